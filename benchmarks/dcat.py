"""The whole national catalogue as DCAT-AP 3, over HTTP, in each form: how long the stream takes and how much memory more it needs."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import httpx

from benchmarks.catalogue import CATALOGUE, PREPARE
from benchmarks.serving import Server, serve

FORMS = ("ttl", "jsonld", "rdf")


def measure() -> list[dict[str, Any]]:
    """Load the catalogue into a folder of its own, serve it, and read it to its end in every form."""
    if not CATALOGUE.is_file():
        raise SystemExit(f"the real data is not at {CATALOGUE}")
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "ZINNEKE_DATA": folder, "DJANGO_SETTINGS_MODULE": "zinneke.settings"}
        subprocess.run([sys.executable, "-c", PREPARE, str(CATALOGUE)], env=environment, check=True, capture_output=True)
        with serve(Path(folder)) as server:
            before = server.resident_mb()
            took = {form: _read(server, form) for form in FORMS}
            more = server.resident_mb() - before
    slowest = max(took, key=lambda form: took[form][0])
    seconds, cpu, size = took[slowest]
    how = f"GET /dcat/catalog.{slowest}, the slowest of {', '.join(FORMS)}; 17,828 datasets, {size / 1e6:.0f} MB, one connection, a visitor"
    return [
        {"issue": "C", "job": "DCAT of the whole catalogue", "value": round(seconds, 2), "unit": "s", "bar": 10, "better": "lower",
         "cpu_ms_per_op": round(cpu * 1000), "raw_engine_ratio": None, "how": how},
        {"issue": "C", "job": "DCAT of the whole catalogue: memory more than before", "value": round(more), "unit": "MB", "bar": 100,
         "better": "lower", "cpu_ms_per_op": None, "raw_engine_ratio": None, "how": "VmRSS of the server after the three forms, one after the other"},
    ]  # fmt: skip


def _read(server: Server, form: str) -> tuple[float, float, int]:
    """Return the seconds, the CPU seconds and the bytes of one form."""
    cpu, began, size = server.cpu_seconds(), time.perf_counter(), 0
    with httpx.stream("GET", f"{server.url}/dcat/catalog.{form}", headers={"Accept-Encoding": "identity"}, timeout=120) as answer:
        assert answer.status_code == 200
        for piece in answer.iter_raw():
            size += len(piece)
    return time.perf_counter() - began, server.cpu_seconds() - cpu, size
