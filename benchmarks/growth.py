"""From one to a hundred million rows: the same requests to a house that holds few, and to one that holds many. 700 MB of disk, some minutes."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import patch

from benchmarks import history, ngsi_ld, observations, sensorthings

FEW, MANY = 1, int(os.environ.get("ZINNEKE_BENCH_MILLIONS", "100"))
MEASURED = (sensorthings, ngsi_ld, observations)


def measure() -> list[dict[str, Any]]:
    """Return for each rate how many times lower it is with many rows than with few."""
    few, many = _rates(FEW), _rates(MANY)
    how = f"rate with {FEW} million rows stored before, over that with {MANY}: {{:,.0f}} and {{:,.0f}} {{}}, one run of each"
    return [_record(job, few[job][0] / many[job][0], how.format(few[job][0], many[job][0], few[job][1])) for job in few]


def _rates(millions: int) -> dict[str, tuple[float, str]]:
    found = [record for module in MEASURED for record in _filled(module, millions)]
    return {record["job"]: (record["value"], record["unit"]) for record in found if record["better"] == "higher"}


def _filled(module: Any, millions: int) -> list[dict[str, Any]]:
    prepare: Callable[..., str] = observations.prepare

    def filled(folder: str | Path, *more: Any) -> str:
        token = prepare(folder, *more)
        history.fill(Path(folder) / "observations.duckdb", millions * 1_000_000)
        return token

    with patch.object(module, "prepare", filled):
        measured: list[dict[str, Any]] = module.measure()
    return measured


def _record(job: str, slower: float, how: str) -> dict[str, Any]:
    record = {"issue": "B", "job": f"growth: {job}", "value": round(slower, 3), "unit": "times slower", "bar": 1.5, "better": "lower"}
    return {**record, "cpu_ms_per_op": None, "raw_engine_ratio": None, "how": how}
