"""Themes, communes, administrations and periods against one another: how many public datasets of each two, and where none. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from typing import Literal, get_args

import msgspec

Axis = Literal["theme", "commune", "administration", "period"]
AXES: tuple[Axis, ...] = get_args(Axis)
PERIODS = ("before", "2000", "2005", "2010", "2015", "2020", "2025")
"""Five years each, by the first of them; `before` is everything earlier, and "" what nobody said."""


class Covering(msgspec.Struct, frozen=True, array_like=True):
    """What a public dataset covers; no commune is the whole Region, no period one that nobody said."""

    theme: tuple[str, ...]
    commune: tuple[str, ...]
    administration: tuple[str, ...]
    period: tuple[str, ...]


class Survey(msgspec.Struct, frozen=True, kw_only=True):
    """What the Region's public datasets cover, and the administrations there are, with or without any: by key, their names.

    `high_value` says how many of them answer to each kind of high-value data; nothing before that was looked at.
    """

    datasets: tuple[Covering, ...] = ()
    administrations: dict[str, dict[str, str]] = {}
    high_value: tuple[int, ...] = ()


class Crossing(msgspec.Struct, frozen=True):
    """Two axes against each other: the keys of rows and columns, the number of datasets in each cell, and how many cells are blank."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]
    blanks: int
    datasets: int


def periods(start: str, end: str) -> tuple[str, ...]:
    """Return the periods that a dataset about the time from `start` to `end` (ISO, or only a year; "" for not said) touches."""
    years = [int(each[:4]) for each in (start, end) if each[:4].isdecimal()]
    if not years:
        return ()
    first, last = min(years), max(years)
    found = ["before"] if first < int(PERIODS[1]) else []
    return (*found, *(each for each in PERIODS[1:] if first < int(each) + 5 and last >= int(each)))


def cross(
    survey: Survey, rows: Axis, columns: Axis, known: Mapping[Axis, Sequence[str]], narrowed: Mapping[Axis, str], unsaid: Iterable[Axis] = AXES
) -> Crossing:
    """Count datasets by two axes, those alone that have the values of `narrowed`; `known` are the values of each axis, with datasets or not.

    Of the axes `unsaid` there is a last row or column "" for datasets that say nothing, where there are such.
    """
    chosen = [each for each in survey.datasets if all(value in getattr(each, axis) for axis, value in narrowed.items() if value)]
    counted: Counter[tuple[str, str]] = Counter()
    for each in chosen:
        counted.update(product(getattr(each, rows) or ("",), getattr(each, columns) or ("",)))
    sides = []
    for axis, place in ((rows, 0), (columns, 1)):
        silent = axis in unsaid and any(key[place] == "" for key in counted)
        sides.append((*known[axis], *([""] if silent else [])))
    table = tuple(tuple(counted[row, column] for column in sides[1]) for row in sides[0])
    blanks = sum(not n for row, cells in zip(sides[0], table, strict=True) for column, n in zip(sides[1], cells, strict=True) if row and column)
    return Crossing(sides[0], sides[1], table, blanks, len(chosen))
