"""Figures over the rows that match: per step of the city's own time, and per value of a column."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from zinneke.foundations.tables.frame import Array, Held
from zinneke.foundations.tables.values import Aggregate, Step
from zinneke.kernel.problem import wrong

_MOST_STEPS = 20_000
_FIXED = {"minute": 60_000_000, "hour": 3_600_000_000}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def chosen(held: Held, found: Array | None) -> Array:
    """Return the rows that match and hold a value in a column."""
    if found is None:
        return np.arange(len(held.keys)) if held.valid is None else np.flatnonzero(held.valid)
    return np.flatnonzero(found if held.valid is None else found & held.valid)


def per_step(time: Held, values: Sequence[Held], step: Step, aggregate: Aggregate, found: Array | None, zone: str) -> list[tuple[Any, ...]]:
    """Return (start of the step, figure of each value column or the count of rows) for every step that holds rows.

    Days, weeks (from Monday), months and years begin at local midnight, so the day the clock changes has 23 or 25 hours.
    Raises `Problem` 400 for more than 20,000 steps.
    """
    rows = chosen(time, found)
    if not len(rows):
        return []
    labels, groups = steps(time.keys[rows], step, time.kind == "date", zone)
    if not values:
        return list(zip(labels, np.bincount(groups, minlength=len(labels)).tolist(), strict=True))
    return list(zip(labels, *(_figures(groups, rows, value, len(labels), aggregate) for value in values), strict=True))


def steps(keys: Array, step: Step, days: bool, zone: str) -> tuple[list[Any], Array]:
    """Return the local starts of the steps of time that hold keys (days, or microseconds since 1970), and the step of each key.

    Raises `Problem` 400 for more than 20,000 steps.
    """
    if not len(keys):
        return [], keys
    if not days and step in _FIXED:
        size = _FIXED[step]
        starts, groups = np.unique(keys // size, return_inverse=True)
        labels = [(_EPOCH + timedelta(microseconds=int(start) * size)).astimezone(ZoneInfo(zone)) for start in starts[: _MOST_STEPS + 1].tolist()]
    else:
        edges, marks = _edges(int(keys.min()), int(keys.max()), "day" if step in _FIXED else step, days, zone)
        held, groups = np.unique(np.searchsorted(marks, keys, side="right") - 1, return_inverse=True)
        labels = [edges[place] for place in held.tolist()]
    if len(labels) > _MOST_STEPS:
        raise wrong(f"That would be more than {_MOST_STEPS:,} steps. Ask for a longer step, or for less time with a condition.", where="step")
    return labels, groups


def _edges(first: int, last: int, step: Step, days: bool, zone: str) -> tuple[list[Any], Array]:
    """Return the local starts of the steps between two keys, and the same as keys."""
    here = ZoneInfo(zone)
    begin, end = (
        (_EPOCH + timedelta(days=key)).date() if days else (_EPOCH + timedelta(microseconds=key)).astimezone(here).date() for key in (first, last)
    )
    current, starts = _floor(begin, step), []
    while current <= end:
        starts.append(current)
        if len(starts) > _MOST_STEPS:
            raise wrong(
                f"From {begin} to {end} there are more than {_MOST_STEPS:,} steps of a {step}. Ask for a longer one, or for less time.",
                where="step",
            )
        current = _next(current, step)
    if days:
        return list(starts), np.array([(each - _EPOCH.date()).days for each in starts])
    moments = [datetime(each.year, each.month, each.day, tzinfo=here) for each in starts]
    return list(moments), np.array([(each - _EPOCH) // timedelta(microseconds=1) for each in moments])


def _floor(day: date, step: Step) -> date:
    if step == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(month=1, day=1) if step == "year" else day.replace(day=1) if step == "month" else day


def _next(day: date, step: Step) -> date:
    if step == "year":
        return day.replace(year=day.year + 1)
    if step == "month":
        return day.replace(year=day.year + day.month // 12, month=day.month % 12 + 1)
    return day + timedelta(days=7 if step == "week" else 1)


def _figures(groups: Array, rows: Array, value: Held, count: int, aggregate: Aggregate) -> list[float | None]:
    """Return one figure per group over the rows that hold a value, None for a group without any."""
    if value.valid is not None:
        there = value.valid[rows]
        groups, rows = groups[there], rows[there]
    numbers = value.keys[rows].astype(np.float64)
    sizes = np.bincount(groups, minlength=count)
    if aggregate == "count":
        return [int(size) for size in sizes]
    if aggregate in ("sum", "mean"):
        sums = np.bincount(groups, weights=numbers, minlength=count)
        with np.errstate(invalid="ignore", divide="ignore"):
            found = sums if aggregate == "sum" else sums / sizes
    else:
        found = np.full(count, np.inf if aggregate == "min" else -np.inf)
        (np.minimum if aggregate == "min" else np.maximum).at(found, groups, numbers)
    return [float(each) if size else None for each, size in zip(found.tolist(), sizes.tolist(), strict=True)]


def per_value(label: Held, value: Held | None, aggregate: Aggregate, limit: int, found: Array | None) -> list[tuple[Any, float]]:
    """Return (label, figure) for the values of a column, the largest figure first, equal ones in the order of the column."""
    rows = chosen(label, found)
    keys, firsts, groups = np.unique(label.keys[rows], return_index=True, return_inverse=True)
    counts: list[float | None] = [*np.bincount(groups, minlength=len(keys)).tolist()]
    figures = counts if value is None else _figures(groups, rows, value, len(keys), aggregate)
    order = sorted((place for place, figure in enumerate(figures) if figure is not None), key=lambda place: (-(figures[place] or 0.0), place))[:limit]
    labels = label.cells(rows[firsts[order]]) if order else []
    return [(name, figures[place] or 0) for name, place in zip(labels, order, strict=True)]
