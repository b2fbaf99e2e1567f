"""What both ways of writing CQL2 are read into."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from zinneke.kernel.problem import Problem, wrong

DEEPEST = 50
"""Operations within one another."""
MOST = 2_000
"""Operations and values in one condition."""


@dataclass(frozen=True, slots=True)
class Property:
    """A property by its name."""

    name: str


@dataclass(frozen=True, slots=True)
class Shape:
    """A geometry as it was written: shapely, in the system of the filter; a box has its axes in the order in which they were given."""

    geometry: Any


@dataclass(frozen=True, slots=True)
class Interval:
    """A span of time between two moments, days or properties; None is open."""

    start: date | datetime | Property | None
    end: date | datetime | Property | None


@dataclass(frozen=True, slots=True)
class Operation:
    """An operator or a function by its name in CQL2's JSON, in lower case, and what it is applied to."""

    op: str
    args: tuple[Node, ...]


Node = Operation | Property | Shape | Interval | tuple[Any, ...] | str | float | int | bool | date | datetime | None


def fault(text: str) -> Problem:
    """Return the answer for a condition that cannot be read or answered."""
    return wrong(text, where="filter")


def moment_of(text: str) -> datetime:
    """Read a TIMESTAMP of CQL2, which is always UTC. Raises `Problem` 400."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None or not 1 < found.year < 9999:
        raise fault(f"{text[:60]!r} is no timestamp. Write TIMESTAMP('2024-03-01T12:00:00Z').")
    return found


def day_of(text: str) -> date:
    """Read a DATE of CQL2. Raises `Problem` 400."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or len(text) != 10 or not 1 < found.year < 9999:
        raise fault(f"{text[:60]!r} is no date. Write DATE('2024-03-01').")
    return found


def end_of(text: str) -> date | datetime | None:
    """Read an end of an INTERVAL: a day, a moment, or `..` for an open one. Raises `Problem` 400."""
    if text in ("..", ""):
        return None
    return day_of(text) if len(text) == 10 else moment_of(text)
