"""What changed between two versions of a dataset: columns, and rows added, removed and changed, of what an actor sees of both."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb

from zinneke.foundations.tables import files
from zinneke.foundations.tables.findings import ChangedColumn, ChangedRow, Difference
from zinneke.foundations.tables.raw import connect
from zinneke.foundations.tables.values import GEOMETRY, Column
from zinneke.kernel.problem import Problem, wrong

SHOWN = 20
"""Rows that are shown of each kind."""
MOST_ROWS = 3_000_000
_LONG = 200


def compare(older: Path, newer: Path, before: Sequence[Column], after: Sequence[Column], key: str, rows: tuple[int, int]) -> Difference:
    """Compare two files by the columns that are seen of each; `key` names the column that tells rows apart, "" lets one be found.

    Raises `Problem` 400 for a key that is not in both or does not tell rows apart, 413 for more rows than are compared.
    """
    if max(rows) > MOST_ROWS:
        raise Problem(413, "Too large", f"Versions of up to {MOST_ROWS:,} rows are compared; one of these has {max(rows):,}.")
    types = {each.name: each.type for each in before}, {each.name: each.type for each in after}
    changed = tuple(
        [ChangedColumn(name, kind, "") for name, kind in types[0].items() if name not in types[1]]
        + [ChangedColumn(name, "", kind) for name, kind in types[1].items() if name not in types[0]]
        + [ChangedColumn(name, kind, types[1][name]) for name, kind in types[0].items() if types[1].get(name, kind) != kind]
    )
    common = [name for name in types[0] if name in types[1]]
    plain = [name for name in common if name != GEOMETRY]
    if key and key not in plain:
        raise wrong("The column that tells rows apart must be in both versions.", where="key")
    with files.workplace() as work, connect(work, "UTC") as connection:
        connection.execute("SET enable_geoparquet_conversion = false")
        _view(connection, "older", older, common)
        _view(connection, "newer", newer, common)
        named = [key] if key else plain[:8]
        found = next((name for name in named if _unique(connection, f"c{common.index(name)}")), "")
        if key and not found:
            raise wrong("The same value of this column stands in several rows, so it does not tell them apart. Choose another one.", where="key")
        done = _by_key(connection, common, common.index(found)) if found else _whole(connection, common)
    added, removed, changes, some = done
    return Difference(tuple(common), changed, found, rows[0], rows[1], added, removed, changes, some)


def _view(connection: duckdb.DuckDBPyConnection, name: str, path: Path, columns: Sequence[str]) -> None:
    """Lay the common columns of a file out as text under names of our own."""
    quoted = [f'"{each.replace(chr(34), chr(34) * 2)}"' for each in columns]
    chosen = ", ".join(
        f"{'md5(' + cell + ')' if each == GEOMETRY else f'CAST({cell} AS VARCHAR)'} AS c{number}"
        for number, (each, cell) in enumerate(zip(columns, quoted, strict=True))
    )
    source = str(path).replace("'", "''")
    connection.execute(f"CREATE TABLE {name} AS SELECT {chosen or '1 AS c0'} FROM read_parquet('{source}')")  # noqa: S608 names of our own


def _unique(connection: duckdb.DuckDBPyConnection, cell: str) -> bool:
    counts = [connection.execute(f"SELECT count(*) = count(DISTINCT {cell}) FROM {name}").fetchone() for name in ("older", "newer")]  # noqa: S608
    return all(each and each[0] for each in counts)


def _by_key(connection: duckdb.DuckDBPyConnection, common: Sequence[str], at: int) -> tuple[int, int, int, tuple[ChangedRow, ...]]:
    cells = [f"c{number}" for number in range(len(common))]
    differ = " OR ".join(f"o.{cell} IS DISTINCT FROM n.{cell}" for cell in cells)
    both = f"older o JOIN newer n ON o.c{at} = n.c{at} WHERE {differ}"
    gone = f"older WHERE c{at} NOT IN (SELECT c{at} FROM newer)"  # noqa: S608 names of our own
    come = f"newer WHERE c{at} NOT IN (SELECT c{at} FROM older)"  # noqa: S608
    wide = len(cells)
    changed = _some(connection, f"o.*, n.* FROM {both} ORDER BY o.c{at}")
    rows = [ChangedRow("changed", _row(each[:wide]), _row(each[wide:])) for each in changed]
    rows += [ChangedRow("removed", _row(each), ()) for each in _some(connection, f"* FROM {gone} ORDER BY c{at}")]
    rows += [ChangedRow("added", (), _row(each)) for each in _some(connection, f"* FROM {come} ORDER BY c{at}")]
    return _count(connection, come), _count(connection, gone), _count(connection, both), tuple(rows)


def _whole(connection: duckdb.DuckDBPyConnection, common: Sequence[str]) -> tuple[int, int, int, tuple[ChangedRow, ...]]:
    gone, come = ("(SELECT * FROM older EXCEPT ALL SELECT * FROM newer)", "(SELECT * FROM newer EXCEPT ALL SELECT * FROM older)")
    rows = [
        *(ChangedRow("removed", _row(each), ()) for each in _some(connection, f"* FROM {gone} ORDER BY ALL")),
        *(ChangedRow("added", (), _row(each)) for each in _some(connection, f"* FROM {come} ORDER BY ALL")),
    ]
    return _count(connection, come), _count(connection, gone), 0, tuple(rows)


def _some(connection: duckdb.DuckDBPyConnection, query: str) -> list[tuple[Any, ...]]:
    return connection.execute(f"SELECT {query} LIMIT {SHOWN}").fetchall()  # noqa: S608 names of our own


def _count(connection: duckdb.DuckDBPyConnection, source: str) -> int:
    found = connection.execute(f"SELECT count(*) FROM {source}").fetchone()  # noqa: S608 names of our own
    return int(found[0]) if found else 0


def _row(cells: Sequence[Any]) -> tuple[str, ...]:
    return tuple("" if each is None else str(each)[:_LONG] for each in cells)
