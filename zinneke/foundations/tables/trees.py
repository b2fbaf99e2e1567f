"""Trees of conditions: what is asked with and, or, not and of shapes, made ready to be put to rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from zinneke.foundations.tables.conditions import Condition, condition, merged
from zinneke.foundations.tables.frame import Array, Frame
from zinneke.foundations.tables.relations import related
from zinneke.foundations.tables.rules import choose_column
from zinneke.foundations.tables.terms import compared, scene
from zinneke.foundations.tables.values import GEOMETRY, And, Column, Compare, Filter, Not, Or, Spatial, Where
from zinneke.kernel.problem import wrong

DEEPEST = 40
"""Conditions within one another."""
MOST = 500
"""Conditions in one question."""


@dataclass(frozen=True, slots=True)
class _Several:
    parts: tuple[Condition, ...]

    def known(self, rows: Array | slice) -> Array | None:
        """Return None: what is not known was already settled in the parts."""
        return None


class Both(_Several):
    """Conditions that must all hold."""

    __slots__ = ()

    def at(self, rows: Array | slice) -> Array:
        """Return which of some rows match."""
        found = self.parts[0].at(rows)
        for each in self.parts[1:]:
            found = found & each.at(rows)
        return found


class Either(_Several):
    """Conditions of which one must hold."""

    __slots__ = ()

    def at(self, rows: Array | slice) -> Array:
        """Return which of some rows match."""
        found = self.parts[0].at(rows)
        for each in self.parts[1:]:
            found = found | each.at(rows)
        return found


@dataclass(frozen=True, slots=True)
class Otherwise:
    """Rows of which it is known that a condition does not hold."""

    part: Condition

    def at(self, rows: Array | slice) -> Array:
        """Return which of some rows match."""
        found, known = ~self.part.at(rows), self.part.known(rows)
        return found if known is None else found & known

    def known(self, rows: Array | slice) -> Array | None:
        """Return of which of some rows it can be said."""
        return self.part.known(rows)


@dataclass(frozen=True, slots=True)
class Always:
    """Every row, or none."""

    rows: int
    wanted: bool

    def at(self, rows: Array | slice) -> Array:
        """Return which of some rows match."""
        count = len(range(*rows.indices(self.rows))) if isinstance(rows, slice) else len(rows)
        return np.full(count, self.wanted)

    def known(self, rows: Array | slice) -> Array | None:
        """Return None: it is always known."""
        return None


def check_size(where: Sequence[Where | str]) -> None:
    """Refuse a tree that is deeper or larger than anybody needs (`Problem` 400)."""
    count, layer = 0, list(where)
    for _ in range(DEEPEST):
        if not layer:
            return
        count += len(layer)
        if count > MOST:
            raise wrong(f"There are more than {MOST} conditions. Ask several times, or use `in`.", where="where")
        layer = [part for each in layer for part in (each.parts if isinstance(each, And | Or) else (each.part,) if isinstance(each, Not) else ())]
    raise wrong(f"Conditions stand within one another more than {DEEPEST} deep. Write them flatter.", where="where")


def conditions(frame: Frame, where: Sequence[Where], columns: Sequence[Column], zone: str) -> list[Condition]:
    """Return the conditions of a query over a frame, all of which must hold; `columns` are those that the reader may see.

    A contrary is carried down to the single conditions, so that an empty cell matches neither (three-valued logic).
    """
    check_size(where)
    flat: list[Where] = []
    for each in where:
        flat += each.parts if isinstance(each, And) else (each,)
    return merged([_condition(frame, each, columns, zone, False) for each in flat])


def _condition(frame: Frame, asked: Where, columns: Sequence[Column], zone: str, contrary: bool) -> Condition:
    if isinstance(asked, Not):
        return _condition(frame, asked.part, columns, zone, not contrary)
    if isinstance(asked, And | Or):
        every = isinstance(asked, And) != contrary
        parts = [_condition(frame, each, columns, zone, contrary) for each in asked.parts]
        if not parts:
            return Always(frame.rows, every)
        return Both(tuple(merged(parts))) if every else Either(tuple(parts))
    found = _leaf(frame, asked, columns, zone)
    return Otherwise(found) if contrary else found


def _leaf(frame: Frame, asked: Filter | Spatial | Compare, columns: Sequence[Column], zone: str) -> Condition:
    if isinstance(asked, Filter):
        return condition(frame, choose_column(columns, asked.column, "where"), asked, zone)
    if isinstance(asked, Compare):
        return compared(scene(frame, columns, zone), asked)
    if GEOMETRY not in {column.name for column in columns}:
        raise wrong("This dataset has no shapes to compare.", where="where")
    return related(frame, asked)
