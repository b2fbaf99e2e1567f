"""Datasets counted in groups: by any facets and moments together, with figures. Pure, over the arrays of the index."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from zinneke.foundations import compute as pc
from zinneke.foundations.catalogue.codes import Mask
from zinneke.foundations.catalogue.index import Index
from zinneke.foundations.catalogue.wanted import CodedField, Moment
from zinneke.kernel.problem import Problem, wrong

MOST_PAIRS, MOST_COUNTED, MOST_GROUPS = 2_000_000, 10_000_000, 200_000
"""Datasets times their values in each key, those times the values that a figure counts, and groups: more would take more memory than an
answer is worth."""
Step = Literal["", "year", "quarter", "month", "day"]
Number = Literal["quality", "distributions"]
Take = Literal["count", "distinct", "min", "max", "sum", "mean", "median", "percentile", "stddev"]
Longs = NDArray[np.int64]
_MOMENTS = ("modified", "seen", "changed")


@dataclass(frozen=True, slots=True)
class Key:
    """What groups are made by: a facet, a moment or a part of one (its year, …), whether we keep the rows, or steps of the quality of a `width`."""

    field: CodedField | Moment | Literal["versioned", "quality"]
    step: Step = ""
    width: float = 1.0


@dataclass(frozen=True, slots=True)
class Figure:
    """What is said of a group: how many datasets (those with a `field` when one is named), different values of a facet, bounds, sums, means.

    `share` is that of a percentile, 0 to 1.
    """

    take: Take
    field: CodedField | Moment | Number | Literal["", "versioned"] = ""
    share: float = 0.5


def group(index: Index, found: Mask, keys: Sequence[Key], figures: Sequence[Figure], zone: str = "UTC") -> list[tuple[Any, ...]]:
    """Return for each group its keys (None: no value), then its figures; a dataset with two values is in the groups of both.

    Raises `Problem` 400 where the keys multiply to too many values.
    """
    documents = np.flatnonzero(found)
    codes: list[Longs] = []
    names: list[Sequence[Any]] = []
    inside, first = np.zeros(len(documents), np.int64), np.zeros(min(1, len(documents)), np.int64)
    for key in keys:
        owners, code, values = _coded(index, documents, key, zone, MOST_PAIRS)
        documents, codes = documents[owners], [*(each[owners] for each in codes), code]
        names.append(values)
        _, first, inside = np.unique(inside[owners] * (len(values) + 1) + code, return_index=True, return_inverse=True)
        if len(first) > MOST_GROUPS:
            raise _too_many()
    size = len(first) if keys else 1
    columns = [[None if place < 0 else values[place] for place in code[first].tolist()] for code, values in zip(codes, names, strict=True)]
    columns += [_figure(index, documents, inside, size, figure, zone) for figure in figures]
    return list(zip(*columns, strict=True)) if columns else []


def _coded(index: Index, documents: Longs, key: Key, zone: str, most: int) -> tuple[Longs, Longs, Sequence[Any]]:
    """Return pairs of a place in the documents and the code of a value (-1: none), and the values by their codes.

    Raises `Problem` 400 for more than the most pairs, before they take any memory.
    """
    every = np.arange(len(documents))
    if key.field == "versioned":
        return every, index.versioned[documents].astype(np.int64), (False, True)
    if key.field == "quality":
        steps, codes = np.unique(np.floor(index.quality[documents] / key.width), return_inverse=True)
        return every, codes.astype(np.int64), (steps * key.width).tolist()
    if key.field in _MOMENTS:
        seconds: Longs = getattr(index, key.field)[documents]
        values, codes = np.unique(_steps(seconds, key.step, zone), return_inverse=True)
        codes = np.where(seconds > 0, codes, -1)
        if key.step:
            return every, codes, values.tolist()
        return every, codes, [datetime.fromtimestamp(value, UTC).astimezone(ZoneInfo(zone)) for value in values.tolist()]
    held = index.coded(key.field)
    holders = documents if key.field == "keyword" else index.profiles.of[documents]
    starts, ends = np.searchsorted(held.holders, holders, "left"), np.searchsorted(held.holders, holders, "right")
    times = np.maximum(ends - starts, 1)
    if times.sum() > most:
        raise _too_many()
    owners = np.repeat(every, times)
    within = np.arange(len(owners)) - np.repeat(np.cumsum(times) - times, times)
    places = starts[owners] + within
    codes = np.full(len(owners), -1, np.int64)
    there = ends[owners] > places
    codes[there] = held.codes[places[there]]
    return owners, codes, held.values


def _too_many() -> Problem:
    return wrong("Grouped by all of these at once, the catalogue has too many groups. Group by fewer, or ask about less.", where="by")


def _steps(seconds: Longs, step: Step, zone: str) -> Longs:
    if not step:
        return seconds
    read = {"year": pc.year, "quarter": pc.quarter, "month": pc.month, "day": pc.day}[step]
    return np.asarray(read(pa.array(seconds, pa.timestamp("s", tz=zone)))).astype(np.int64)


def _figure(index: Index, documents: Longs, inside: Longs, size: int, figure: Figure, zone: str) -> list[Any]:
    if figure.take == "count" and not figure.field:
        return np.bincount(inside, minlength=size).tolist()
    if figure.take in ("count", "distinct"):
        owners, codes, values = _coded(index, documents, Key(figure.field), zone, MOST_COUNTED)  # type: ignore[arg-type]
        there = codes >= 0
        wide = len(values) if figure.take == "distinct" else len(documents)
        pairs = np.unique(inside[owners[there]] * max(1, wide) + (codes if figure.take == "distinct" else owners)[there])
        return np.bincount(pairs // max(1, wide), minlength=size).tolist()
    numbers: Longs = getattr(index, figure.field)[documents].astype(np.int64)
    known = numbers > 0 if figure.field in _MOMENTS else np.ones(len(numbers), np.bool_)
    numbers, groups = numbers[known], inside[known]
    counts = np.bincount(groups, minlength=size)
    if figure.take in ("median", "percentile", "stddev"):
        return _spread(numbers, groups, size, figure)
    if figure.take in ("sum", "mean"):
        sums = np.bincount(groups, numbers, minlength=size)
        told = sums.astype(np.int64).tolist() if figure.take == "sum" else (sums / np.maximum(counts, 1)).tolist()
    else:
        ends = np.full(size, np.iinfo(np.int64).max if figure.take == "min" else np.iinfo(np.int64).min)
        (np.minimum if figure.take == "min" else np.maximum).at(ends, groups, numbers)
        told = ends.tolist()
    if figure.field in _MOMENTS:
        told = [datetime.fromtimestamp(value, UTC).astimezone(ZoneInfo(zone)) if count else None for value, count in zip(told, counts, strict=True)]
    return [value if count else None for value, count in zip(told, counts.tolist(), strict=True)]


def _spread(numbers: Longs, groups: Longs, size: int, figure: Figure) -> list[float | None]:
    """Return a percentile (the median by default) or the standard deviation of all of each group, None for one without numbers."""
    counts = np.bincount(groups, minlength=size)
    if figure.take == "stddev":
        means = np.bincount(groups, numbers, minlength=size) / np.maximum(counts, 1)
        squares = np.bincount(groups, (numbers - means[groups]) ** 2, minlength=size)
        told = np.sqrt(squares / np.maximum(counts, 1))
    else:
        ordered = numbers[np.lexsort((numbers, groups))].astype(np.float64)
        place = (counts - 1).clip(0) * (0.5 if figure.take == "median" else figure.share)
        below, start = np.floor(place).astype(np.int64), np.cumsum(counts) - counts
        last = max(len(ordered) - 1, 0)
        low, high = (ordered[np.minimum(start + each, last)] if len(ordered) else np.zeros(size) for each in (below, np.ceil(place).astype(np.int64)))
        told = low + (high - low) * (place - below)
    return [value if count else None for value, count in zip(told.tolist(), counts.tolist(), strict=True)]
