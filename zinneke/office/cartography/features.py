"""A profile laid out for comparison: arrays over the columns of a table, so that two tables are compared in a few matrix products."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zinneke.foundations.tables.wording import alike
from zinneke.office.cartography.sketch import Hashes, ceiling, different, hashes_of
from zinneke.office.cartography.values import Sketch, TableProfile

LEVELS = 41
_CEILINGS = np.array([ceiling(level) for level in range(LEVELS)], np.uint64)
_ROUGH = {"integer": 1, "decimal": 1, "date": 2, "timestamp": 2, "text": 3, "boolean": 4, "empty": 0}
Matrix = NDArray[np.float64]
Rarity = Callable[[Hashes], Matrix]
"""Says how much each of these values counts, 0 to 1: little for one that stands in many tables."""


@dataclass(slots=True)
class Bag:
    """The hashes of several columns: the different ones in order, which of them each column has, and how many it keeps at every level."""

    different: Hashes
    places: NDArray[np.int32]
    columns: NDArray[np.int32]
    levels: NDArray[np.int64]
    counts: NDArray[np.int64]
    sizes: Matrix
    known: NDArray[np.bool_]


@dataclass(slots=True)
class Features:
    """A table's columns as arrays: one entry, or one row, per column."""

    profile: TableProfile
    names: list[str]
    values: Bag
    words: Bag
    quantiles: Matrix
    dates: Matrix
    rough: NDArray[np.int64]
    whole: NDArray[np.bool_]
    dense: NDArray[np.bool_]
    different: Matrix
    blank: Matrix
    rows: Matrix
    length: Matrix
    kinds: list[str]
    shapes: list[dict[str, float]] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.names)


def lay_out(profile: TableProfile) -> Features:
    """Return the features of a table. Columns without sketch (of which only the metadata are known) are compared by their names."""
    columns = profile.columns
    return Features(
        profile,
        [column.name for column in columns],
        _bag([column.sketch for column in columns]),
        _bag([column.words for column in columns]),
        np.array([column.quantiles if len(column.quantiles) == 7 else (np.nan,) * 7 for column in columns], float).reshape(-1, 7),
        np.array([(_month(column.first), _month(column.last)) for column in columns], float).reshape(-1, 2),
        np.array([_ROUGH[column.type] if column.rows else 0 for column in columns], np.int64),
        np.array([column.type == "integer" for column in columns], bool),
        np.array([column.sequence for column in columns], bool),
        np.array([column.distinct / column.filled if column.filled else np.nan for column in columns], float),
        np.array([1 - column.filled / column.rows if column.rows else np.nan for column in columns], float),
        np.array([column.rows for column in columns], float),
        np.array([column.lengths[1] or np.nan for column in columns], float),
        [column.kind or "" for column in columns],
        [dict(column.shapes) for column in columns],
    )


def _month(text: str) -> float:
    return int(text[:4]) * 12 + int(text[5:7]) if len(text) >= 7 else np.nan


def _bag(sketches: Sequence[Sketch | None]) -> Bag:
    arrays = [hashes_of(each) if each else np.empty(0, np.uint64) for each in sketches]
    hashes = np.concatenate(arrays) if arrays else np.empty(0, np.uint64)
    ordered = different(hashes)
    return Bag(
        ordered,
        np.searchsorted(ordered, hashes).astype(np.int32),
        np.repeat(np.arange(len(arrays), dtype=np.int32), [len(each) for each in arrays]),
        np.array([each.level if each else 0 for each in sketches], np.int64),
        np.array([np.searchsorted(each, _CEILINGS, "right") for each in arrays], np.int64).reshape(-1, LEVELS),
        np.array([each.size if each else 0 for each in sketches], float),
        np.array([each is not None and each.size > 0 for each in sketches], bool),
    )


@dataclass(slots=True)
class Overlap:
    """Per pair of columns: the share of the left one's different values that the right has, the other way round, Jaccard, and samples.

    `rare` is the same as the larger share, each value weighed by its rarity.
    """

    contained: Matrix
    covers: Matrix
    jaccard: Matrix
    sample: Matrix
    rare: Matrix


def overlap(left: Bag, right: Bag, rarity: Rarity | None = None) -> Overlap:
    """Compare every column of one table with every column of another by their sampled values."""
    shape = (len(left.levels), len(right.levels))
    levels = np.maximum(left.levels[:, None], right.levels[None, :])
    mine = left.counts[np.arange(shape[0])[:, None], levels].astype(float)
    theirs = right.counts[np.arange(shape[1])[None, :], levels].astype(float)
    mine_at, theirs_at = _common(left.different, right.different)
    both, weighed = np.zeros(shape), np.zeros(shape)
    if len(mine_at):
        common = left.different[mine_at]
        one, other = _incidence(left, mine_at, shape[0]), _incidence(right, theirs_at, shape[1])
        both = (one.T @ other).astype(float)
        weighed = (one.T @ (other * rarity(common)[:, None].astype(np.float32))).astype(float) if rarity else both
    least = np.minimum(mine, theirs)
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = [np.nan_to_num(each) for each in (both / mine, both / theirs, both / (mine + theirs - both), weighed / least)]
    return Overlap(shares[0], shares[1], shares[2], least, shares[3])


def _common(one: Hashes, other: Hashes) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return where the numbers that two ordered arrays share stand in each."""
    if len(one) > len(other):
        theirs, mine = _common(other, one)
        return mine, theirs
    if not len(one):
        return np.empty(0, np.int64), np.empty(0, np.int64)
    places = np.minimum(np.searchsorted(other, one), len(other) - 1)
    mine = np.flatnonzero(other[places] == one)
    return mine, places[mine]


def _incidence(bag: Bag, common: NDArray[np.int64], width: int) -> NDArray[np.float32]:
    numbered = np.full(len(bag.different), -1)
    numbered[common] = np.arange(len(common))
    rows = numbered[bag.places]
    there = rows >= 0
    found = np.zeros((len(common), width), np.float32)
    found[rows[there], bag.columns[there]] = 1
    return found


def names_alike(left: Features, right: Features) -> tuple[Matrix, Matrix]:
    """Return how alike the names are by their letters, and by their meaning; a name that only tells its place is like no other.

    Of columns that have labels the likest of names and labels counts.
    """
    pairs = np.array([[alike(one, other) for other in right.names] for one in left.names], float).reshape(len(left), len(right), 2)
    pairs[_nameless(left)], pairs[:, _nameless(right)] = 0, 0
    for row, column, words in _labelled(left, right):
        pairs[row, column] = np.maximum(pairs[row, column], [alike(one, other) for one, other in words]).max(axis=0)
    return pairs[:, :, 0], pairs[:, :, 1]


def _labelled(left: Features, right: Features) -> Iterator[tuple[int, int, list[tuple[str, str]]]]:
    """Yield the pairs of columns of which one has labels, with all that can be compared of them beside their names."""
    mine, theirs = ([(name, *each.labels) for name, each in zip(one.names, one.profile.columns, strict=True)] for one in (left, right))
    if sum(map(len, mine)) > len(mine) or sum(map(len, theirs)) > len(theirs):
        for row, some in enumerate(mine):
            for column, others in enumerate(theirs):
                if words := list(product(some, others))[1:]:
                    yield row, column, words


def _nameless(table: Features) -> list[int]:
    """Return where the columns stand that had no name when they were read, and were given one by their place."""
    return [place for place, name in enumerate(table.names) if name == f"column_{place + 1}"]


def numbers_alike(left: Features, right: Features) -> Matrix:
    """Return how alike the distributions are, 0 to 1, NaN where one is no known number: the distance of quantiles over the joint spread."""
    one, other = left.quantiles[:, None, :], right.quantiles[None, :, :]
    spread = np.maximum(np.maximum(one[..., 6], other[..., 6]) - np.minimum(one[..., 0], other[..., 0]), 1e-9)
    middle = np.maximum(np.maximum(one[..., 5], other[..., 5]) - np.minimum(one[..., 1], other[..., 1]), 1e-9)
    apart = np.abs(one - other)
    return np.asarray(np.exp(-2 * (apart[..., 1:6].mean(axis=2) / middle + apart[..., (0, 6)].mean(axis=2) / spread)))


def dates_alike(left: Features, right: Features) -> Matrix:
    """Return the shared part of two ranges of months, over both; NaN where one is no known date."""
    start = np.maximum(left.dates[:, None, 0], right.dates[None, :, 0])
    end = np.minimum(left.dates[:, None, 1], right.dates[None, :, 1])
    whole = np.maximum(left.dates[:, None, 1], right.dates[None, :, 1]) - np.minimum(left.dates[:, None, 0], right.dates[None, :, 0])
    return np.maximum(end - start + 1, 0) / (whole + 1)


def shapes_alike(left: Features, right: Features) -> Matrix:
    """Return how alike the patterns of the values are (cosine of their shares), and their lengths; NaN where one has none."""
    known = sorted({shape for each in (*left.shapes, *right.shapes) for shape in each})
    place = {shape: number for number, shape in enumerate(known)}

    def table(given: list[dict[str, float]]) -> Matrix:
        found: Matrix = np.zeros((len(given), len(known)))
        for row, each in enumerate(given):
            for shape, share in each.items():
                found[row, place[shape]] = share
        norm = np.linalg.norm(found, axis=1, keepdims=True)
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray(found / norm)

    with np.errstate(invalid="ignore"):
        lengths = np.minimum(left.length[:, None], right.length[None, :]) / np.maximum(left.length[:, None], right.length[None, :])
        return np.asarray(0.6 * table(left.shapes) @ table(right.shapes).T + 0.4 * lengths)


def rarity_of(frequency: dict[int, int], tables: int) -> Rarity:
    """Return how much values count by the number of tables in which each stands; one that is not listed stands in a single one."""

    def rarity(hashes: Hashes) -> Any:
        counts = np.array([frequency.get(int(each), 1) for each in hashes], float)
        return 1 - np.log(counts) / np.log(max(tables, 2))

    return rarity
