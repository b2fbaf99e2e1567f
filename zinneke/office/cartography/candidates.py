"""Which of thousands of tables are worth comparing: through what few of them share, so that the work grows with the tables, not their pairs.

Two indexes lead from a table to its candidates. *Values*: sampled values of columns that may tell entities apart, as long as they stand in
few tables; what stands in many (codes, communes, numbers given out) leads nowhere. *Meanings*: the rarer concepts in column names and the
table's name, two by two. Each table keeps its best candidates of each index; the pairs are then judged one by one.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Sequence
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zinneke.foundations.tables.wording import units
from zinneke.office.cartography.features import Features, Rarity, lay_out
from zinneke.office.cartography.relations import could_tell, relate
from zinneke.office.cartography.sketch import Hashes, hashes_of
from zinneke.office.cartography.values import Relation, TableProfile

_SAMPLED = 128
"""Of each column the lowest so many hashes are indexed: the same ones in every table, since all keep the lowest."""
_FEW = 24
"""A value, or a pair of meanings, that stands in more tables than this leads nowhere."""
_FEWEST = 3
_BY_VALUES, _BY_MEANING = 12, 6
"""How many candidates a table keeps of each index."""
_MEANINGS = 7
_FEW_TABLES = 40
"""Up to so many tables all pairs are compared, which takes a few seconds."""
Pairs = NDArray[np.int64]
Told = Callable[[int, int], Any]


def find(profiles: Sequence[TableProfile], told: Told | None = None) -> tuple[Relation, ...]:
    """Return all relations found among these tables, the most certain first. `told` hears how many pairs are done, of how many."""
    laid = [lay_out(profile) for profile in profiles]
    pairs, rarity = choose(laid)
    found: list[Relation] = []
    for done, (one, other) in enumerate(pairs.tolist()):
        relation = relate(laid[one], laid[other], rarity)
        if relation is not None:
            found.append(relation)
        if told and done % 1_000 == 0:
            told(done, len(pairs))
    return tuple(sorted(found, key=lambda relation: (-relation.score, relation.left, relation.right)))


def choose(tables: Sequence[Features]) -> tuple[Pairs, Rarity]:
    """Return the pairs of tables worth comparing (lower number first, in order), and how rare each value is among all tables.

    Of few tables all pairs are: what is rare among them cannot be known.
    """
    if len(tables) <= _FEW_TABLES:
        return np.array(list(combinations(range(len(tables)), 2)), np.int64).reshape(-1, 2), _rarity(tables)
    hashes, holders = _values(tables)
    pairs = [best_pairs(hashes, holders, len(tables), _BY_VALUES, _FEWEST)]
    meanings, holders = _meanings(tables)
    pairs.append(best_pairs(meanings, holders, len(tables), _BY_MEANING, 1))
    return np.unique(np.concatenate(pairs), axis=0) if pairs else np.empty((0, 2), np.int64), _rarity(tables)


def _values(tables: Sequence[Features]) -> tuple[Hashes, NDArray[np.int64]]:
    """Return the lowest hashes of the telling columns, and the table of each; a table once for each of its values."""
    found, holders = [], []
    for number, table in enumerate(tables):
        arrays = [hashes_of(column.sketch)[:_SAMPLED] for column in table.profile.columns if column.sketch and could_tell(column)]
        if arrays:
            different = np.unique(np.concatenate(arrays))
            found.append(different)
            holders.append(np.full(len(different), number, np.int64))
    return (np.concatenate(found), np.concatenate(holders)) if found else (np.empty(0, np.uint64), np.empty(0, np.int64))


def _meanings(tables: Sequence[Features]) -> tuple[Hashes, NDArray[np.int64]]:
    """Return the rarest meanings in each table, two by two, as numbers, and the table of each."""
    said = [_said(table) for table in tables]
    frequency: dict[str, int] = defaultdict(int)
    for meanings in said:
        for meaning in meanings:
            frequency[meaning] += 1
    numbers, holders = [], []
    for number, meanings in enumerate(said):
        rarest = sorted((each for each in meanings if frequency[each] > 1), key=lambda each: (frequency[each], each))[:_MEANINGS]
        for two in combinations(sorted(rarest), 2):
            numbers.append(int.from_bytes(hashlib.blake2b(" ".join(two).encode(), digest_size=8).digest(), "little"))
            holders.append(number)
    return np.array(numbers, np.uint64), np.array(holders, np.int64)


def _said(table: Features) -> set[str]:
    """Return the meanings in a table's name, its columns' names and their labels; of a word with several, all of them together."""
    names = [table.profile.name, *table.names, *(label for column in table.profile.columns for label in column.labels)]
    return {"|".join(sorted(unit)) for name in names for unit in units(name)}


def best_pairs(keys: NDArray[Any], holders: NDArray[np.int64], tables: int, most: int, fewest: int) -> Pairs:
    """Return for each table the others with which it shares most keys, rarer keys counting more, as pairs."""
    order = np.argsort(keys, kind="stable")
    keys, holders = keys[order], holders[order]
    starts = np.flatnonzero(np.concatenate(([True], keys[1:] != keys[:-1]))) if len(keys) else np.empty(0, np.int64)
    counts = np.diff(np.append(starts, len(keys)))
    codes, weights = [], []
    for count in range(2, _FEW + 1):
        some = starts[counts == count]
        if len(some):
            together = holders[some[:, None] + np.arange(count)]
            for one, other in combinations(range(count), 2):
                codes.append(together[:, one] * tables + together[:, other])
                weights.append(np.full(len(some), 1 / np.log2(count + 1)))
    if not codes:
        return np.empty((0, 2), np.int64)
    different, place, number = np.unique(np.concatenate(codes), return_inverse=True, return_counts=True)
    strength = np.bincount(place, np.concatenate(weights))
    enough = number >= fewest
    return _strongest(different[enough], strength[enough], tables, most)


def _strongest(codes: NDArray[np.int64], strength: NDArray[np.float64], tables: int, most: int) -> Pairs:
    """Return the pairs that are among the strongest of either of their tables."""
    left, right = codes // tables, codes % tables
    kept = np.zeros(len(codes), bool)
    for side in (left, right):
        order = np.lexsort((-strength, side))
        first = np.searchsorted(side[order], np.arange(tables))
        rank = np.arange(len(order)) - first[side[order]]
        kept[order[rank < most]] = True
    pairs = np.column_stack((left[kept], right[kept]))
    return np.sort(pairs, axis=1)


def _rarity(tables: Sequence[Features]) -> Rarity:
    """Return how much a value counts by the number of tables in which it stands, counted over the values that lead somewhere or nowhere."""
    lists = [table.values.different[:: max(1, len(table.values.different) // 512)] for table in tables]
    whole = np.sort(np.concatenate(lists)) if lists else np.empty(0, np.uint64)
    starts = np.flatnonzero(np.concatenate(([True], whole[1:] != whole[:-1]))) if len(whole) else np.empty(0, np.int64)
    counts = np.diff(np.append(starts, len(whole)))
    common = counts > 2
    known, frequency = whole[starts[common]], counts[common]

    def rarity(hashes: Hashes) -> NDArray[np.float64]:
        found = np.ones(len(hashes))
        if len(known):
            places = np.minimum(np.searchsorted(known, hashes), len(known) - 1)
            there = known[places] == hashes
            found[there] = np.maximum(0.0, 1 - np.log(frequency[places[there]]) / np.log(max(len(tables), 8)))
        return found

    return rarity
