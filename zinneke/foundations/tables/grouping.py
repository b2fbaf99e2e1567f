"""Groups of rows by several keys, and figures of each group: counts, sums, means, extremes, percentiles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa

from zinneke.foundations import compute as pc
from zinneke.foundations.tables import figures, geography
from zinneke.foundations.tables.combining import of_others
from zinneke.foundations.tables.frame import Array
from zinneke.foundations.tables.terms import Scene, check_term, compute
from zinneke.foundations.tables.values import Bins, Figure, Grouping, Key
from zinneke.kernel.problem import wrong

MOST_KEYS = 8
MOST_FIGURES = 50
MOST_GROUPS = 20_000
"""Groups that are given at once."""
_MOST_BINS = 20_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class _Coded:
    """A key of each row as a number, -1 for none, and what each number means."""

    codes: Array
    labels: list[Any]


def check(asked: Grouping) -> None:
    """Refuse a grouping that is larger than anybody needs, or names one thing twice (`Problem` 400)."""
    if len(asked.keys) > MOST_KEYS or len(asked.figures) > MOST_FIGURES:
        raise wrong(f"A question has at most {MOST_KEYS} keys and {MOST_FIGURES} figures.", where="group_by")
    names = asked.names
    if len(set(names)) < len(names):
        twin = next(name for name in names if names.count(name) > 1)
        raise wrong(f"{twin[:100]!r} is asked for twice. Give one of them another name.", where="group_by")
    if not 1 <= asked.limit <= MOST_GROUPS or not 0 <= asked.offset < 2**53:
        raise wrong(f"`limit` goes from 1 to {MOST_GROUPS:,}.", where="limit")


def group(scene: Scene, asked: Grouping, rows: Array) -> tuple[list[tuple[Any, ...]], int]:
    """Return the groups of some rows (keys, then figures) from `offset` on, and how many there are. Raises `Problem` 400.

    Rows without a value of a key form a group of their own. Without keys, all rows are one group.
    """
    terms = [key.term for key in asked.keys if not (key.bins and key.bins.cell)]
    for term in (*terms, *(figure.term for figure in asked.figures if figure.term and figure.take != "of")):
        check_term(scene, term)
    if len(terms) < len(asked.keys) or any(figure.take == "box" for figure in asked.figures):
        geography.demand_seen(scene)
    coded = [_coded(scene, key, rows) for key in asked.keys]
    if any(key.bins and key.bins.edges for key in asked.keys):
        kept = np.logical_and.reduce([each.codes > -2 for each in coded])
        rows, coded = rows[kept], [_Coded(each.codes[kept], each.labels) for each in coded]
    if coded:
        together, combined = np.zeros(len(rows), dtype=np.int64), 1
        for each in coded:
            size = len(each.labels) + 1
            if combined * size >= 2**62:
                together, combined = np.unique(together, return_inverse=True)[1].astype(np.int64), len(rows) + 1
            together, combined = together * size + each.codes + 1, combined * size
        _, firsts, groups = np.unique(together, return_index=True, return_inverse=True)
    else:
        firsts, groups = np.zeros(1, dtype=np.int64), np.zeros(len(rows), dtype=np.int64)
    keys = [each.codes[firsts] for each in coded]
    made = _Figures(groups, len(firsts))
    told: list[list[Any]] = []
    for figure in asked.figures:
        if figure.take == "of":
            told.append(of_others(figure, dict(zip((each.name for each in asked.figures), told, strict=False)), len(firsts)))
        elif figure.take == "box":
            told.append(geography.boxes(scene, rows, groups, len(firsts)))
        else:
            told.append(made.figure(figure, None if figure.term is None else compute(scene, figure.term, rows)))
    order = _order(asked, keys, told, len(firsts))[asked.offset : asked.offset + asked.limit]
    columns = [[None if code < 0 else each.labels[code] for code in codes[order].tolist()] for each, codes in zip(coded, keys, strict=True)]
    columns += [[cells[place] for place in order.tolist()] for cells in told]
    return list(zip(*columns, strict=True)) if columns else [() for _ in order], len(firsts)


def _order(asked: Grouping, keys: Sequence[Array], told: Sequence[list[Any]], count: int) -> Array:
    """Return the groups in the order asked for, empty values last, equal ones by their keys."""
    names = {name: place for place, name in enumerate(asked.names)}
    by: list[Array] = []
    for codes in reversed(keys):
        by += [codes, codes < 0]
    for word in reversed(asked.order):
        down = word.startswith("-") and word not in names
        name = word[1:] if down else word
        if name not in names:
            raise wrong(f"Groups cannot be ordered by {name[:100]!r}. There are: {', '.join(list(names)[:30])}.", where="order_by")
        place = names[name]
        if place < len(keys):
            values, missing = keys[place].astype(np.int64), keys[place] < 0
        else:
            cells = told[place - len(keys)]
            missing = np.array([cell is None for cell in cells], dtype=bool)
            ranks = {cell: rank for rank, cell in enumerate(sorted({cell for cell in cells if cell is not None}))}
            values = np.array([ranks.get(cell, 0) for cell in cells], dtype=np.int64)
        by += [-values if down else values, missing]
    return np.lexsort(by) if by else np.arange(count)


def _coded(scene: Scene, key: Key, rows: Array) -> _Coded:
    if key.bins is not None and key.bins.cell:
        return _Coded(*geography.cells(scene, rows, key.bins.cell))
    if key.bins is None and key.term.op == "column" and (held := scene.frame.held(scene.columns[key.term.args[0]].name)).words is not None:
        if held.kind == "geometry":
            raise wrong("Shapes cannot be grouped. Choose another column.", where="group_by")
        present, codes = np.unique(held.keys[rows], return_inverse=True)
        missing = None if held.valid is None else ~held.valid[rows]
        words = held.words.take(pa.array(present)).to_pylist() if len(held.words) else [""] * len(present)
        return _Coded(codes if missing is None else np.where(missing, -1, codes), words)
    values = compute(scene, key.term, rows)
    missing = np.asarray(values.is_null().to_numpy(zero_copy_only=False), dtype=bool)
    if key.bins is not None:
        return _binned(values, missing, key.bins, scene.zone)
    if pa.types.is_string(values.type) or pa.types.is_large_string(values.type):
        table = values.dictionary_encode()
        order = pc.array_sort_indices(table.dictionary).to_numpy()
        rank = np.empty(max(len(order), 1), dtype=np.int64)
        rank[order] = np.arange(len(order))
        codes = rank[table.indices.fill_null(0).to_numpy(zero_copy_only=False)] if len(order) else np.zeros(len(rows), dtype=np.int64)
        return _Coded(np.where(missing, -1, codes), table.dictionary.take(pa.array(order)).to_pylist())
    present, codes = np.unique(_numbers(values), return_inverse=True)
    return _Coded(np.where(missing, -1, codes), _labels(present, values.type))


def _numbers(values: pa.Array) -> Array:
    """Return values as numbers that keep their order, 0 under those that are missing."""
    kind = values.type
    if pa.types.is_timestamp(kind):
        values = values.cast(pa.timestamp("us", "UTC") if kind.tz else pa.timestamp("us")).view(pa.int64())
    elif pa.types.is_date(kind):
        values = values.cast(pa.date32()).view(pa.int32()).cast(pa.int64())
    elif pa.types.is_boolean(kind):
        values = values.cast(pa.int64())
    elif not (pa.types.is_integer(kind) or pa.types.is_floating(kind)):
        raise wrong("Figures and groups need numbers, dates, times, texts or yes and no.", where="group_by")
    return np.asarray(values.fill_null(0).to_numpy(zero_copy_only=False))


def _labels(numbers: Array, kind: pa.DataType) -> list[Any]:
    if pa.types.is_timestamp(kind):
        return [moment.replace(tzinfo=UTC) for moment in numbers.astype("M8[us]").tolist()]
    if pa.types.is_date(kind):
        return list(numbers.astype("M8[D]").tolist())
    return [bool(each) for each in numbers.tolist()] if pa.types.is_boolean(kind) else list(numbers.tolist())


def _binned(values: pa.Array, missing: Array, bins: Bins, zone: str) -> _Coded:
    """Return the interval in which each value lies; -2 where it lies in none that is asked for."""
    kind, numbers = values.type, _numbers(values)
    timed = pa.types.is_timestamp(kind) or pa.types.is_date(kind)
    there = numbers[~missing]
    if bins.edges:
        edges = np.array([_edge(each, kind, zone) for each in bins.edges])
        if len(edges) > _MOST_BINS or (np.diff(edges) <= 0).any():
            raise wrong(f"The edges of ranges rise, and are at most {_MOST_BINS:,}.", where="group_by")
        codes = np.searchsorted(edges, numbers, side="right")
        told = _labels(edges, kind)
        labels = [("*", told[0]), *zip(told, told[1:], strict=False), (told[-1], "*")]
        outside = (codes == 0) & (not bins.below) | (codes == len(edges)) & (not bins.above)
        return _Coded(np.where(missing | outside, -2, codes), [_interval(*each) for each in labels])
    if isinstance(bins.width, str):
        if not timed:
            raise wrong("Steps of time divide dates and times only.", where="group_by")
        starts, codes = figures.steps(there, bins.width, pa.types.is_date(kind), zone)
        found = np.full(len(numbers), -1, dtype=np.int64)
        found[~missing] = codes
        return _Coded(found, list(starts))
    if timed or not 0 < bins.width < float("inf"):
        raise wrong("Ranges of one width take numbers and a width above 0; of dates and times a step such as `1 day`.", where="group_by")
    floors, codes = np.unique(np.floor(numbers / bins.width), return_inverse=True)
    spans = [(_plain(floor * bins.width), _plain((floor + 1) * bins.width)) for floor in floors.tolist()]
    return _Coded(np.where(missing, -1, codes), [_interval(*span) for span in spans])


def _edge(value: Any, kind: pa.DataType, zone: str) -> float | int:
    if isinstance(value, datetime | date):
        if pa.types.is_date(kind):
            return (value.date() if isinstance(value, datetime) else value).toordinal() - date(1970, 1, 1).toordinal()
        if pa.types.is_timestamp(kind):
            moment = value if isinstance(value, datetime) else datetime(value.year, value.month, value.day, tzinfo=ZoneInfo(zone))
            return (moment - _EPOCH) // timedelta(microseconds=1)
    elif isinstance(value, int | float) and (pa.types.is_integer(kind) or pa.types.is_floating(kind)):
        return value
    raise wrong(f"{str(value)[:50]!r} cannot be an edge of ranges of {kind}.", where="group_by")


def _plain(number: float) -> float | int:
    return int(number) if number == int(number) else round(number, 10)


def _interval(low: Any, high: Any) -> str:
    low, high = (each.isoformat() if isinstance(each, date) else each for each in (low, high))
    return f"{']' if low == '*' else '['}{low}, {high}["


class _Figures:
    """Figures over groups: the rows of each brought together once."""

    def __init__(self, groups: Array, count: int) -> None:
        self.groups, self.count = groups, count

    def figure(self, asked: Figure, values: pa.Array | None) -> list[Any]:
        """Return one figure per group, None where a group holds no value."""
        if values is None:
            return list(np.bincount(self.groups, minlength=self.count).tolist())
        there = np.asarray(values.is_valid().to_numpy(zero_copy_only=False), dtype=bool)
        groups = self.groups[there]
        sizes = np.bincount(groups, minlength=self.count)
        if asked.take == "count":
            return list(sizes.tolist())
        kept = values.filter(pa.array(there))
        if asked.take == "distinct":
            codes = kept.dictionary_encode().indices.to_numpy(zero_copy_only=False)
            return list(np.bincount(np.unique(groups * (len(kept) + 1) + codes) // (len(kept) + 1), minlength=self.count).tolist())
        timed = pa.types.is_timestamp(kept.type) or pa.types.is_date(kept.type)
        if timed and asked.take not in ("min", "max"):
            raise wrong(f"Of dates and times there is no {asked.take}; there are min, max and count.", where=asked.name)
        found = _reduced(asked, _numbers(kept), groups, sizes)
        told = _labels(found, kept.type) if timed else [_plain(each) if asked.take in ("sum", "min", "max") else each for each in found.tolist()]
        cells: list[Any] = [None] * self.count
        for place, cell in zip(np.flatnonzero(sizes).tolist(), told, strict=True):
            cells[place] = cell
        return cells


def _reduced(asked: Figure, numbers: Array, groups: Array, sizes: Array) -> Array:
    """Return one number per group that has any, in the order of the groups."""
    if not len(numbers):
        return numbers
    by = (numbers, groups) if asked.take in ("median", "percentile") else (groups,)
    order = np.lexsort(by) if len(sizes) > 1 or len(by) > 1 else slice(None)
    sorted_numbers = numbers[order]
    held = sizes[sizes > 0]
    starts = np.concatenate(([0], np.cumsum(held)[:-1]))
    if asked.take in ("min", "max"):
        return np.asarray((np.minimum if asked.take == "min" else np.maximum).reduceat(sorted_numbers, starts))
    if asked.take in ("median", "percentile"):
        share = 50.0 if asked.take == "median" else asked.share
        if not 0 <= share <= 100:
            raise wrong("A percentile goes from 0 to 100.", where=asked.name)
        places = (held - 1) * share / 100
        low = np.floor(places).astype(np.int64)
        high = np.minimum(low + 1, held - 1)
        below, above = sorted_numbers[starts + low].astype(np.float64), sorted_numbers[starts + high].astype(np.float64)
        return np.asarray(below + (above - below) * (places - low))
    if asked.take == "sum" and numbers.dtype.kind == "i" and float(np.abs(numbers.astype(np.float64)).sum()) < 2**62:
        return np.asarray(np.add.reduceat(sorted_numbers, starts))
    floats = sorted_numbers.astype(np.float64)
    sums = np.add.reduceat(floats, starts)
    if asked.take == "sum":
        return np.asarray(sums)
    means = sums / held
    if asked.take == "mean":
        return np.asarray(means)
    gaps = (floats - np.repeat(means, held)) ** 2
    return np.sqrt(np.add.reduceat(gaps, starts) / held)
