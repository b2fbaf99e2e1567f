"""Live databases: their tables and columns, read-only, in a bounded time, without looking at a row unless asked to (`sampling`).

The address and its password are used and forgotten: never kept, logged or shown.
"""

from __future__ import annotations

import msgspec

from zinneke.foundations import databases
from zinneke.foundations.databases import Ask, Broken, Dialect, Relation
from zinneke.kernel.load import Fault
from zinneke.kernel.problem import wrong
from zinneke.office.cartography.reading.origin import MOST_COLUMNS, Origin, column
from zinneke.office.cartography.reading.sampling import Sampling, Target, look
from zinneke.office.cartography.scanning import Scanned
from zinneke.office.cartography.things import Table
from zinneke.office.cartography.values import TableProfile


def read(address: str, origin: Origin, sampling: Sampling | None = None) -> Scanned:
    """Read the tables of `postgresql://…`, `mysql://…` or `sqlite:PATH`; with `sampling`, some rows of each table too, for its profile alone.

    A connection that drops half-way gives what was seen, and says so. Views are not looked into: they repeat their tables.
    """
    engine = databases.engine_of(address)
    tables: list[Relation] = []
    faults: list[Fault] = []
    profiles: list[TableProfile] = []
    partial = ""
    try:
        with databases.opened(address) as (ask, _):
            tables.extend(databases.read_relations(ask, engine))
            if sampling is not None:
                targets = [_target(each) for each in tables if not each.view]
                partial = _sample(ask, engine.dialect, targets, sampling, profiles, faults)
    except Broken as fault:
        if not tables:
            raise wrong(f"The database did not answer: {fault}. Nothing was read, and nothing in the map changes.") from None
        partial = f"The connection broke off after {len(tables):,} tables: {fault}. What was not seen stays as it was."
    found = ((each.name, Table(tuple(column(*one) for one in each.fields[:MOST_COLUMNS]), each.rows), each.about) for each in tables)
    measured = tuple(msgspec.structs.replace(each, key=origin.key(each.key)) for each in profiles)
    return msgspec.structs.replace(origin.with_tables(found, engine.name, faults, partial), profiles=measured)


def _target(table: Relation) -> Target:
    fields = table.fields[:MOST_COLUMNS]
    return Target(table.name, table.spelled, [each.name for each in fields], [each.name for each in fields if each.key], table.rows)


def _sample(ask: Ask, dialect: Dialect, targets: list[Target], sampling: Sampling, profiles: list[TableProfile], faults: list[Fault]) -> str:
    """Look at some rows of each table, and return a sentence when the connection was lost before the last one."""
    partial = ""
    for number, target in enumerate(targets, 1):
        found, fault, lost = look(ask, dialect, target, sampling)
        profiles += [found] if found else []
        faults += [fault] if fault else []
        if lost:
            partial = f"The connection broke off at table {number:,} of {len(targets):,}. What was read is kept; what was not seen stays as it was."
            break
    return partial
