"""Public suites of column matching and table union, read where they lie; they are not part of the house, and nothing was fitted to them."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from zinneke.kernel.problem import Problem
from zinneke.office.cartography.profile import profile
from zinneke.office.cartography.sources import read
from zinneke.office.cartography.values import TableProfile

KEY = b"a key for measuring, made up here"


class Task(NamedTuple):
    """A pair of tables with what matches; `suite` is the first folder below the one that was named."""

    suite: str
    name: str
    left: Path
    right: Path
    truth: frozenset[tuple[str, str]]


def profiled(path: Path) -> TableProfile:
    """Return the profile of a file under the key of the measurement; of one that cannot be read, an empty one."""
    try:
        with read(path) as source:
            return profile(source, KEY)
    except Problem:
        return TableProfile(path.stem, path.stem, 0, ())


def tasks(folder: Path) -> Iterator[Task]:
    """Yield the tasks below a folder, in either of two layouts.

    Valentine's: `*_source.csv`, `*_target.csv` and `*_mapping.json` with `{"matches": [{"source_column": …, "target_column": …}]}`.
    Schematch's: `source/`, `target/` and `ground_truth/LEFT___RIGHT.csv`, a matrix of noughts and ones without header.
    """
    for mapping in sorted(folder.rglob("*.json")):
        left = next(iter(sorted(mapping.parent.glob("*source*.csv"))), None)
        right = next(iter(sorted(mapping.parent.glob("*target*.csv"))), None)
        found = json.loads(mapping.read_text(encoding="utf-8"))
        if left and right and isinstance(found, dict) and "matches" in found:
            truth = frozenset((each["source_column"], each["target_column"]) for each in found["matches"])
            yield Task(mapping.relative_to(folder).parts[0], mapping.parent.name, left, right, truth)
    for matrix in sorted(folder.rglob("ground_truth/*___*.csv")):
        one, _, other = matrix.stem.partition("___")
        left, right = matrix.parents[1] / "source" / f"{one}.csv", matrix.parents[1] / "target" / f"{other}.csv"
        if left.is_file() and right.is_file():
            rows, columns = _header(left), _header(right)
            with matrix.open(encoding="utf-8") as file:
                cells = [row for row in csv.reader(file) if row]
            truth = frozenset((rows[r], columns[c]) for r, row in enumerate(cells) for c, cell in enumerate(row) if cell.strip() in ("1", "1.0"))
            if truth:
                yield Task(matrix.relative_to(folder).parts[0], f"{matrix.parents[1].name}/{matrix.stem}", left, right, truth)


def _header(path: Path) -> list[str]:
    with path.open(encoding="utf-8", errors="replace", newline="") as file:
        return [" ".join(name.split()) for name in next(csv.reader(file))]


def unions(folder: Path) -> Iterator[tuple[str, list[Path], list[Path], dict[str, set[str]]]]:
    """Yield suites of table union: name, queries, tables, and for each query's file name those of the tables that can be united with it.

    A suite has `query/`, `datalake/` and `groundtruth.csv` (query_table, data_lake_table or unionable_table, and unionable 0 or 1 where not all are).
    """
    for truth in sorted(folder.rglob("*round*ruth.csv")):
        queries, lake = truth.parent / "query", truth.parent / "datalake"
        if queries.is_dir() and lake.is_dir():
            yield truth.parent.name, sorted(queries.glob("*.csv")), sorted(lake.glob("*.csv")), pairs(truth)


def pairs(truth: Path) -> dict[str, set[str]]:
    """Return for each query the tables that can be united with it."""
    found: dict[str, set[str]] = {}
    with truth.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if str(row.get("unionable", "1")).strip() in ("1", "1.0", "True", "true"):
                found.setdefault(row["query_table"], set()).add(row.get("data_lake_table") or row.get("unionable_table") or "")
    return found
