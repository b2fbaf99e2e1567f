"""A million datastreams: declared, opened, asked; and one observation a request among them. Some minutes, and 2 GB of memory."""

from __future__ import annotations

import json
import os
import resource
import tempfile
import time
from pathlib import Path
from typing import Any

import httpx

from benchmarks import _devices as devices
from benchmarks.observations import SECONDS, prepare
from benchmarks.sensorthings import DEVICES, ROOT
from benchmarks.serving import serve

STREAMS = int(os.environ.get("ZINNEKE_BENCH_STREAMS", "1000000"))
NAMES = ("no2", "o3", "pm10", "pm25", "temperature")
PATIENCE = 600


def measure() -> list[dict[str, Any]]:
    """Declare, start, ask, send, start again."""
    with tempfile.TemporaryDirectory() as folder:
        token, seconds = _declare(Path(folder))
        with serve(Path(folder), timeout=PATIENCE) as server:
            starting = server.seconds_to_first_answer
            first = _asked(server.url)
            singles = devices.drive(server, "POST", f"{ROOT}/Observations", _singles(40_000), token, DEVICES, SECONDS)
            httpx.patch(f"{server.url}{ROOT}/Things(77)", json={"name": "Renamed"}, headers={"Authorization": f"Bearer {token}"}).raise_for_status()
            followed = _asked(server.url)
            memory = server.resident_mb()
        with serve(Path(folder), timeout=PATIENCE) as server:
            again = _asked(server.url)
    held = f"{STREAMS:,} datastreams of {STREAMS // len(NAMES):,} things"
    page = f"GET {ROOT}/Datastreams, a page of 100 with things, {held}"
    return [
        _record("declared", STREAMS / seconds, "streams/s", "higher", seconds * 1000 / STREAMS, f"processor time, in parts of 100,000; {held}"),
        _record("start to first answer", starting, "s", "lower", None, f"`zinneke serve`, then `GET /health`, {held}"),
        _record("the first question of entities ever", first, "s", "lower", None, page),
        _record("the first question of entities after a start", again, "s", "lower", None, page),
        _record("a question after a thing was renamed", followed, "s", "lower", None, page),
        _record("one observation a request", singles[0], "requests/s", "higher", singles[1], f"{DEVICES} devices with a connection each, {held}"),
        _record("one observation a request: p99", singles[2], "ms", "lower", None, f"{DEVICES} devices with a connection each, {held}"),
        _record("memory at the end", memory, "MB", "lower", None, held),
    ]


def _declare(folder: Path) -> tuple[str, float]:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    token = prepare(folder, STREAMS // len(NAMES), NAMES)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return token, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _asked(url: str) -> float:
    before = time.perf_counter()
    found = httpx.get(f"{url}{ROOT}/Datastreams?$top=100&$expand=Thing", timeout=PATIENCE).raise_for_status().json()
    if len(found["value"]) != min(STREAMS, 100):
        raise RuntimeError(json.dumps(found)[:300])
    return time.perf_counter() - before


def _singles(count: int) -> list[bytes]:
    moment, step = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 600)), max(STREAMS // count, 1)
    return [json.dumps({"phenomenonTime": moment, "result": 1.5, "Datastream": {"@iot.id": at * step % STREAMS + 1}}).encode() for at in range(count)]


def _record(job: str, value: float, unit: str, better: str, cpu: float | None, how: str) -> dict[str, Any]:
    record = {"issue": "B", "job": f"a million datastreams: {job}", "value": round(value, 4), "unit": unit, "bar": None, "better": better}
    return {**record, "cpu_ms_per_op": cpu and round(cpu, 5), "raw_engine_ratio": None, "how": how}
