"""A hundred million observations in the engine of the house: bytes a row, start, memory, one stream's day, the hourly mean of all."""

from __future__ import annotations

import os
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from zinneke.foundations.observations.duck import DuckStore
from zinneke.foundations.observations.engine import Rows
from zinneke.foundations.observations.tail import Tail

STREAMS, EVERY, ROUNDS = 5_000, 1_800_000_000, 300
MILLIONS = int(os.environ.get("ZINNEKE_BENCH_MILLIONS", "100"))
BEGINNING = 1_400_000_000_000_000
MONTH = 30 * 86_400_000_000
HOURLY = "SELECT t - t % 3600000000 AS hour, avg(value) FROM observation WHERE t >= ? AND t < ? GROUP BY 1 ORDER BY 1"


def measure() -> list[dict[str, Any]]:
    """Store, open again, read; each part timed where it matters."""
    with tempfile.TemporaryDirectory() as folder:
        path, rows = Path(folder) / "observations.duckdb", MILLIONS * 1_000_000
        seconds = fill(path, rows)
        size = path.stat().st_size / rows
        before = time.perf_counter()
        store = DuckStore(path)
        Tail(store)
        opened = time.perf_counter() - before
        turns = rows // STREAMS
        chance = np.random.default_rng(5)
        asked = zip(chance.integers(1, STREAMS + 1, ROUNDS).tolist(), chance.integers(0, turns - 48, ROUNDS).tolist(), strict=True)
        days = _timed([lambda s=s, at=BEGINNING + turn * EVERY: store.read(s, at, at + 48 * EVERY, 1000) for s, turn in asked])  # type: ignore[misc]
        end = BEGINNING + turns * EVERY
        hours = _timed([lambda: store._reader().execute(HOURLY, [end - MONTH, end]).fetchnumpy()] * 15)
        then = _timed([lambda: store.read(77, BEGINNING, BEGINNING + 48 * EVERY, 1000, 2**61)] * 50)
        day, everybody = 48 * EVERY, np.arange(1, STREAMS + 1, dtype=np.int32)
        gone = _timed([lambda edge=BEGINNING + turn * day: _drop(store, everybody, edge) for turn in range(1, 11)])  # type: ignore[misc]
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
        store.close()
    held = f"{MILLIONS} million rows of {STREAMS:,} streams, a value each half hour with jitter, one decimal, in order of arrival; in process"
    month = STREAMS * MONTH // EVERY / 1e6
    return [
        _record("bytes a row", size, "bytes", 8, "lower", None, held),
        _record("stored in batches of 100,000", rows / seconds, "observations/s", None, "higher", seconds * 1e3 / rows, held),
        _record("opened, with the newest value of every stream", opened, "s", None, "lower", None, held),
        _record("one stream, one day", 1000 / statistics.mean(days), "requests/s", 200, "higher", statistics.mean(days), held),
        _record("one stream, one day: p99", sorted(days)[int(len(days) * 0.99)], "ms", 50, "lower", None, held),
        _record("one stream, one day, as of a moment: median", statistics.median(then), "ms", None, "lower", None, held),
        _record(f"hourly mean of {STREAMS:,} streams over a month", statistics.median(hours), "ms", 150, "lower", None, f"{month:.1f} of {held}"),
        _record(
            "a day of every stream no longer kept: median", statistics.median(gone), "ms", None, "lower", None, f"240,000 rows deleted of {held}"
        ),
        _record("memory at the most", memory, "MB", 1500, "lower", None, held),
    ]


def fill(path: Path, rows: int) -> float:
    """Store so many rows, and return the seconds that storing took."""
    chance, store, spent = np.random.default_rng(1), DuckStore(path), 0.0
    each = 100_000 // STREAMS
    for turn in range(0, rows // STREAMS, each):
        streams = np.tile(np.arange(1, STREAMS + 1, dtype=np.int32), each)
        times = BEGINNING + (turn + np.repeat(np.arange(each), STREAMS)) * EVERY + chance.integers(0, 1_000, STREAMS * each) * 1_000_000
        values = np.round(chance.normal(20, 5, STREAMS * each), 1)
        before = time.perf_counter()
        store.append(Rows(streams, times, values, np.zeros(len(streams), np.uint8)))
        spent += time.perf_counter() - before
        if turn // each % 100 == 0:
            sys.stdout.write(f"  {turn * STREAMS / 1e6:.0f} million\r")
    store.close()
    return spent


def _drop(store: DuckStore, streams: Any, edge: int) -> None:
    store.begin(store.drop_before(streams, edge, 900_000_000)[0], edge)


def _timed(calls: list[Callable[[], Any]]) -> list[float]:
    spent = []
    for call in calls:
        before = time.perf_counter()
        call()
        spent.append((time.perf_counter() - before) * 1000)
    return spent


def _record(job: str, value: float, unit: str, bar: float | None, better: str, cpu: float | None, how: str) -> dict[str, Any]:
    record = {"issue": "B", "job": f"history: {job}", "value": round(value, 4), "unit": unit, "bar": bar, "better": better}
    return {**record, "cpu_ms_per_op": cpu and round(cpu, 6), "raw_engine_ratio": None, "how": how}
