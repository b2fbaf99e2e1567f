"""Rows of live tables, at most so many of each, for the profile alone: no value of them is kept.

Of a larger table those rows are taken whose key has a small hash: two systems that hold the same entities give the same ones, as far as it goes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import batched, chain
from typing import Any, NamedTuple

import msgspec

from zinneke.foundations.databases import Ask, Broken, Dialect, Refused
from zinneke.kernel.load import Fault
from zinneke.office.cartography.profile import profile
from zinneke.office.cartography.sources import read_rows
from zinneke.office.cartography.values import TableProfile

MOST = 1_000_000
"""Rows of one table that are looked at, whatever was asked for."""
_TOGETHER = 500
_LONGEST = 2_000
"""Signs of a cell that are looked at."""


class Sampling(NamedTuple):
    """How many rows of a table are looked at, and the key of the sketches."""

    rows: int
    key: bytes


class Target(NamedTuple):
    """A table as its engine spells it: its name on the map, its quoted address, its columns, those of its key, about how many rows."""

    name: str
    address: str
    columns: Sequence[str]
    keys: Sequence[str]
    about: int | None


def look(ask: Ask, dialect: Dialect, target: Target, sampling: Sampling) -> tuple[TableProfile | None, Fault | None, bool]:
    """Return a table's profile, what went wrong, and whether the connection is lost; rows that came before that are in the profile."""
    most = max(1, min(sampling.rows, MOST))
    lost: list[Broken] = []

    def coming(rows: Iterator[tuple[Any, ...]]) -> Iterator[list[tuple[Any, ...]]]:
        try:
            for some in batched(rows, _TOGETHER):  # noqa: B911 the last batch is shorter
                yield [tuple(cell[:_LONGEST] if isinstance(cell, str) else cell for cell in row) for row in some]
        except Broken as fault:
            lost.append(fault)
            raise

    try:
        count = target.about if target.about and target.about > most else _count(ask, target)
        batches = coming(ask(_question(dialect, target, most, count)))
        first = next(batches, [])
    except Refused as fault:
        return None, Fault(target.name, f"its rows could not be read ({fault}); its names and types were."), False
    except Broken:
        return None, Fault(target.name, "the connection was lost before any of its rows came; its names and types were read."), True
    with read_rows(target.name, target.columns, chain([first], batches)) as source:
        if count > most:
            how = "chosen by their key" if target.keys else "the first ones"
            source.faults.append(f"{source.rows:,} of about {count:,} rows were looked at, {how}.")
        found = msgspec.structs.replace(profile(source, sampling.key), key=target.name)
    cut = Fault(target.name, found.partial) if found.partial else None
    return found, cut, any(not isinstance(each, Refused) for each in lost)


def _count(ask: Ask, target: Target) -> int:
    ((count,),) = ask(f"SELECT count(*) FROM {target.address}")  # noqa: S608 the engine quoted it
    return int(count)


def _question(dialect: Dialect, target: Target, most: int, count: int) -> str:
    """Return the SQL for a table's rows: all of a small one, else those whose key has a hash below a threshold that lets so many through."""
    columns = ", ".join(dialect.quoted(name) for name in target.columns)
    chosen = ""
    if count > most and target.keys:
        hashed = dialect.hashed.format(", ".join(dialect.quoted(name) for name in target.keys))
        chosen = f" WHERE {hashed} < '{int(most / count * 2**32):08x}'"
    return f"SELECT {columns} FROM {target.address}{chosen} LIMIT {most}"  # noqa: S608 quoted names and our own numbers
