"""A source on its way in: every cell as text in a table of DuckDB's, with shapes beside it, and the faults met so far."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from zinneke.foundations.tables.values import GEOMETRY, Type
from zinneke.kernel.load import Fault
from zinneke.kernel.problem import Problem, wrong

MOST_COLUMNS = 2_000
MOST_ROWS = 20_000_000
KEPT_FAULTS = 100
RESERVED = (GEOMETRY, "bbox")


def connect(work: Path, zone: str) -> duckdb.DuckDBPyConnection:
    """Return a DuckDB of our own for one piece of work: bounded memory, spilling into the working folder, nothing from outside."""
    connection = duckdb.connect(
        config={
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "threads": 2,
            "memory_limit": "256MB",
            "temp_directory": str(work),
        }
    )
    try:
        connection.execute("SET TimeZone = ?", [zone])
    except duckdb.Error as reason:
        raise wrong(f"{zone[:60]!r} is no time zone that is known here. Write it like Europe/Brussels.", where="zone") from reason
    return connection


@dataclass(slots=True)
class Faults:
    """The faults of one source: the first hundred with their place, and the number of all."""

    name: str
    listed: list[Fault] = field(default_factory=list)
    count: int = 0

    def note(self, where: str, what: str, times: int = 1) -> None:
        """Note a fault at a place in the source."""
        self.count += times
        if len(self.listed) < KEPT_FAULTS:
            self.listed.append(Fault(f"{self.name}: {where}" if where else self.name, what))

    def all(self) -> tuple[Fault, ...]:
        """Return the faults, the last one telling how many more there were."""
        more = self.count - len(self.listed)
        return (*self.listed, Fault(self.name, f"and {more:,} more faults like these")) if more > 0 else tuple(self.listed)


@dataclass(slots=True)
class Raw:
    """Cells as text in the table `raw` (columns c0, c1, …) of `connection`; `names` are theirs, `allowed` the types they may take.

    `shapes` holds one WKB or None per row when the source has shapes of its own; `kinds` says of what. `set_aside_lines` are the
    lines of rows that were not taken, so that the place of a fault can be told.
    `marks` are the decimal marks of the columns that have one.
    """

    connection: duckdb.DuckDBPyConnection
    names: list[str]
    faults: Faults
    rows: int
    allowed: Sequence[frozenset[Type] | None]
    first_line: int = 2
    set_aside_lines: Sequence[int] = ()
    shapes: Any = None
    delimiter: str = ""
    marks: dict[str, str] = field(default_factory=dict)

    def place(self, row: int, column: str = "") -> str:
        """Return the words for a cell's place; `row` counts from 0 among the rows that were taken."""
        line = row + self.first_line
        while (moved := row + self.first_line + bisect_right(self.set_aside_lines, line)) != line:
            line = moved
        return f"row {line}, column {column}" if column else f"row {line}"


def few_enough(columns: int, faults: Faults) -> None:
    """Raise `Problem` 413 when a source has too many columns."""
    if columns > MOST_COLUMNS:
        raise Problem(413, "Too large", f"{faults.name} has {columns:,} columns; at most {MOST_COLUMNS:,} are taken.", where=faults.name)


def clean_names(given: Sequence[str], faults: Faults) -> list[str]:
    """Return usable, different names for columns, noting each that had to be changed. Raises `Problem` 413 for too many."""
    few_enough(len(given), faults)
    names: list[str] = []
    seen: Counter[str] = Counter(RESERVED)
    for number, name in enumerate(given, 1):
        wanted = " ".join(name.replace("\x00", "").split())[:200] or f"column_{number}"
        chosen, times = wanted, 1
        while chosen in seen:
            times += 1
            chosen = f"{wanted}_{times}"
        if chosen != name.strip():
            if not name.strip():
                what = f"has no name; it is kept as {chosen!r}"
            elif chosen != wanted:
                what = f"is called {wanted!r}, which is taken; it is kept as {chosen!r}"
            else:
                what = f"has a name with blanks in it; it is kept as {chosen!r}"
            faults.note(f"column {number}", what)
        seen[chosen] += 1
        names.append(chosen)
    return names
