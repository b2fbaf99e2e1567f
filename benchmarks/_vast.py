"""A hundred filtered and sorted rows of a hundred million, question by question, over HTTP: 8 GB of disk and some minutes, so by its name alone.

The table is generated as Parquet and recorded as a version, since publishing takes twenty million rows at the most.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.serving import Server, serve
from benchmarks.tables import record, told

ROWS, GROUP, ROUNDS = 100_000_000, 1_000_000, 8
LEAST_DISK = 10 << 30
BEGAN, LASTS = 1_577_836_800_000_000, 150_000_000_000_000
"""The first moment of the table (the first of January 2020) and how long it goes on, in microseconds."""
PREPARE = r"""
import sys, time
import django
django.setup()
from pathlib import Path
from zinneke.cli.server import prepare
prepare()
from zinneke.foundations.tables import files, store
from zinneke.foundations.tables.models import VersionRecord
from zinneke.foundations.tables.values import Query
from zinneke.kernel.confidentiality import ANONYMOUS, SYSTEM
store.publish(SYSTEM, "bench", Path(sys.argv[1]))
first, target = VersionRecord.objects.get(), files.path_of("bench", 2, "f" * 64)
Path(sys.argv[2]).rename(target)
VersionRecord.objects.update(current=False)
first.pk, first.number, first.digest, first.rows, first.current = None, 2, "f" * 64, int(sys.argv[3]), True
first.save(force_insert=True)
before = time.process_time()
for name in ("when", "sensor", "value", "count", "flag"):
    store.read_rows(ANONYMOUS, "bench", Query(order=(name,), limit=1))
print(time.process_time() - before)
"""
Asked = tuple[str, list[tuple[str, str, Any]], list[str]]


def questions(turn: int) -> list[Asked]:
    """Return one question of each shape: its name, its conditions, its order."""
    low, part, day = turn * 7 % 90, turn * 13 % 900, turn % 28 + 1
    window = [("when", "ge", f"2022-{turn % 12 + 1:02}-{day:02}T00:00:00Z"), ("when", "lt", f"2022-{turn % 12 + 1:02}-{day:02}T20:00:00Z")]
    sensor, other = ("sensor", "eq", f"Sensor {turn * 331 % 5000}"), ("sensor", "eq", f"Sensor {turn * 77 % 5000}")
    return [
        ("one value", [sensor], []),
        ("a narrow range", [("value", "between", [low, low + 0.05])], []),
        ("a wide range", [("value", "gt", low)], []),
        ("a wide range and one value", [("value", "gt", low), other], []),
        ("two wide ranges", [("value", "gt", low), ("count", "lt", 100 + part)], []),
        ("two wide ranges, sorted by a third column", [("value", "gt", low), ("count", "lt", 60 + part)], ["-when"]),
        ("part of a word", [("sensor", "contains", f"sensor {turn % 40 + 10}")], []),
        ("one value, sorted downwards", [("count", "eq", part)], ["-value"]),
        ("a wide range, sorted by time", [("value", "lt", 10 + low)], ["when"]),
        ("a wide range, sorted by the same column downwards", [("value", "lt", 10 + low)], ["-value"]),
        ("a window of time", window, []),
        ("a window of time and a range, sorted", [*window, ("value", "gt", low)], ["-value"]),
        ("yes or no and a wide range, sorted downwards", [("flag", "eq", True), ("value", "gt", low)], ["-count"]),
        ("three wide conditions, sorted", [("flag", "eq", False), ("value", "gt", low), ("count", "ge", part // 2)], ["value"]),
        ("no condition, sorted", [], ["-value" if turn % 2 else "count"]),
        ("part of a word and a wide range", [("sensor", "contains", f"r {turn % 9 + 1}"), ("value", "gt", low)], []),
        ("a wide range, sorted by two columns", [("value", "gt", low)], ["count", "-value"]),
    ]


def measure() -> list[dict[str, Any]]:
    """Generate the table, lay it open, and ask each shape some times."""
    with tempfile.TemporaryDirectory() as folder:
        if shutil.disk_usage(folder).free < LEAST_DISK:
            raise SystemExit(f"{folder} has less than {LEAST_DISK >> 30} GB free")
        data, whole, small = Path(folder) / "data", Path(folder) / "whole.parquet", Path(folder) / "small.parquet"
        data.mkdir()
        write(whole, ROWS)
        write(small, 2000)
        environment = {**os.environ, "ZINNEKE_DATA": str(data), "DJANGO_SETTINGS_MODULE": "zinneke.settings"}
        command = [sys.executable, "-c", PREPARE, str(small), str(whole), str(ROWS)]
        laid = subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout.split()[-1]
        size = sum(path.stat().st_size for path in data.rglob("*") if path.is_file())
        with serve(data) as server:
            taken = drive(server)
            memory = server.resident_mb()
    every = sorted(seconds for some, _cpu in taken.values() for seconds in some)
    shapes = "; ".join(f"{name} {sorted(some)[-1]:.0f} ms, {cpu:.0f} CPU-ms" for name, (some, cpu) in taken.items())
    how = (
        f"GET /api/tables/…/rows, {len(taken)} shapes × {ROUNDS} different questions, exact totals, one connection; {size / 1e9:.1f} GB on disk, "
        f"laid open in {float(laid):.0f} CPU-s, server {memory:.0f} MB with the mapped pages; the slowest of each: {shapes}"
    )
    cpu = sum(cpu for _some, cpu in taken.values()) / len(taken)
    p95 = every[int(len(every) * 0.95)]
    return [record("100 filtered and sorted rows of 100 million, 95th percentile", p95, "ms", 100, "lower", cpu, None, how, "C")]


def write(path: Path, rows: int) -> None:
    """Write what five thousand sensors told, by time: a million rows a group."""
    random = np.random.default_rng(1)
    names = pa.array([f"Sensor {number}" for number in range(5000)])
    writer = None
    for start in range(0, rows, GROUP):
        size = min(GROUP, rows - start)
        table = pa.table(
            {
                "when": pa.array(BEGAN + LASTS // rows * np.arange(start, start + size), pa.timestamp("us", "UTC")),
                "sensor": names.take(pa.array(random.integers(0, 5000, size))),
                "value": np.round(random.random(size) * 100, 3),
                "count": random.integers(0, 977, size),
                "flag": random.random(size) < 2 / 3,
            }
        )
        writer = writer or pq.ParquetWriter(path, table.schema, compression="zstd")
        writer.write_table(table)
    assert writer is not None
    writer.close()


def drive(server: Server) -> dict[str, tuple[list[float], float]]:
    """Ask every shape in turn; return the milliseconds of each answer, after the first, and the CPU milliseconds of one, by shape."""
    taken: dict[str, tuple[list[float], float]] = {}
    with httpx.Client(base_url=server.url, timeout=300) as client:
        for turn in range(ROUNDS + 1):
            for name, where, order in questions(turn):
                pairs = [*(("where", told(*each)) for each in where), *(("order", each) for each in order)]
                before, began = server.cpu_seconds(), time.perf_counter()
                answer = client.get(f"/api/tables/bench/rows?{urlencode(pairs)}")
                seconds, cpu = time.perf_counter() - began, server.cpu_seconds() - before
                if answer.status_code != 200 or not answer.json()["rows"]:
                    raise RuntimeError(f"{name}: {answer.text[:500]}")
                if turn:
                    some, spent = taken.get(name, ([], 0.0))
                    taken[name] = ([*some, seconds * 1000], spent + cpu * 1000 / ROUNDS)
    return taken


if __name__ == "__main__":
    ROWS = int(sys.argv[1])
    sys.stdout.write(json.dumps(measure(), indent=1))
