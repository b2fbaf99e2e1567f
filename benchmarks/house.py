"""The whole house: loading the city's folder, starting on loaded data, and the memory that it takes."""

from __future__ import annotations

import resource
import tempfile
import time
from pathlib import Path
from typing import Any

import httpx

from benchmarks.serving import Server, serve, zinneke

CITY = Path(__file__).resolve().parents[2] / "shared" / "data"
PAGES = ("/fr/", "/nl/search/?q=fiets", "/en/map/", "/fr/communes/", "/api/latest?limit=100", "/api/datasets?q=air", "/openapi.json")


def measure() -> list[dict[str, Any]]:
    """Load, load again, start, and look around; each once, on an empty folder of its own."""
    if not CITY.is_dir():
        raise SystemExit(f"the real data is not at {CITY}")
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        load, cpu = _timed(data)
        again, _ = _timed(data)
        with serve(data, first="/fr/") as server:
            first = server.seconds_to_first_answer
            _walk(server)
            memory = server.resident_mb()
            dashboard, each = _dashboard(server)
    return [
        _record(
            "the whole load of ../shared/data",
            load,
            "s",
            60,
            cpu * 1000,
            "`zinneke load brussels --from` into an empty folder, Python included",
        ),
        _record("the same load again, nothing changed", again, "s", None, None, "the second run on the same folder"),
        _record("start to first answered page, loaded data", first, "s", 3, None, "`zinneke serve`, then `GET /fr/` until it answers 200"),
        {
            **_record("dashboard, 95th percentile", dashboard, "ms", 150, each, "GET of three dashboards, 60 requests one after the other"),
            "issue": "F",
        },
        _record("resident memory after loading everything", memory, "MB", 600, None, "VmRSS of the server after a walk over every kind of page"),
    ]


def _timed(data: Path) -> tuple[float, float]:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    done = zinneke(data, "load", "brussels", "--from", str(CITY))
    seconds = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        raise SystemExit(done.stdout + done.stderr)
    return seconds, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _walk(server: Server) -> None:
    with httpx.Client(base_url=server.url, timeout=60, follow_redirects=True) as client:
        for page in PAGES * 3:
            client.get(page)


def _dashboard(server: Server) -> tuple[float, float]:
    """Return the 95th percentile of the dashboard's answers in milliseconds, and the server's CPU milliseconds for each."""
    pages, times = ("/fr/dashboard/", "/nl/dashboard/communes/21015/", "/en/dashboard/for/citizens/"), []
    with httpx.Client(base_url=server.url, timeout=60) as client:
        for page in pages:
            client.get(page).raise_for_status()
        before = server.cpu_seconds()
        for number in range(60):
            started = time.perf_counter()
            client.get(pages[number % len(pages)]).raise_for_status()
            times.append(time.perf_counter() - started)
        spent = server.cpu_seconds() - before
    return sorted(times)[int(len(times) * 0.95)] * 1000, spent * 1000 / len(times)


def _record(job: str, value: float, unit: str, bar: float | None, cpu_ms: float | None, how: str) -> dict[str, Any]:
    record = {"issue": "A", "job": job, "value": round(value, 2), "unit": unit, "bar": bar, "better": "lower"}
    return {**record, "cpu_ms_per_op": cpu_ms and round(cpu_ms), "raw_engine_ratio": None, "how": how}
