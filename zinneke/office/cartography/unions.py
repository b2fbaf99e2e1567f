"""Tables that could stand under one another: columns are compared by the words in them, weighed by rarity, and assigned one to one.

The cosine of TF-IDF vectors per column and the best assignment of columns (Hungarian method; Kuhn, 1955) is a plain method that on public
benchmarks does better than learned ones; names, in three languages, are added to the words.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from zinneke.office.cartography.features import Features, Matrix, lay_out, names_alike, numbers_alike, shapes_alike
from zinneke.office.cartography.sketch import Hashes
from zinneke.office.cartography.values import TableProfile

_SPELT = 0.6
"""How alike two names must be by their letters to be taken for forms of one word."""


class Library:
    """Tables to be searched for those that could be united with one."""

    def __init__(self, tables: Sequence[TableProfile]) -> None:
        self._tables = [lay_out(table) for table in tables]
        words = [np.unique(np.concatenate((table.words.different, table.values.different))) for table in self._tables]
        whole = np.sort(np.concatenate(words)) if words else np.empty(0, np.uint64)
        starts = np.flatnonzero(np.concatenate(([True], whole[1:] != whole[:-1]))) if len(whole) else np.empty(0, np.int64)
        self._known: Hashes = whole[starts]
        frequency = np.diff(np.append(starts, len(whole)))
        self._weights: NDArray[np.float64] = np.log(1 + len(tables) / np.maximum(frequency, 1))

    def search(self, query: TableProfile, most: int = 10) -> tuple[tuple[str, float], ...]:
        """Return the keys of the tables most like the query (never itself), the best first, with the mean over its columns of what each is worth."""
        laid = lay_out(query)
        scores = [(table.profile.key, self._score(laid, table)) for table in self._tables if table.profile.key != query.key]
        return tuple(sorted(scores, key=lambda each: (-each[1], each[0]))[:most])

    def _score(self, query: Features, table: Features) -> float:
        from scipy.optimize import linear_sum_assignment

        if not len(query) or not len(table):
            return 0.0
        words = np.maximum(self._cosine(query, table, "words"), self._cosine(query, table, "values"))
        letters, meaning = names_alike(query, table)
        # Words that share less than that of their letters are other words, as `wording` has it; of two long names a third is alike by chance.
        letters = np.where(letters > _SPELT, letters, 0.0)
        looks = np.nan_to_num(np.fmax(numbers_alike(query, table), shapes_alike(query, table)))
        same = (query.rough[:, None] == table.rough[None, :]).astype(float)
        # Words say what a column is about; a name says it in one word; the look of the values decides between equals.
        alike = 0.55 * words + 0.35 * np.maximum(meaning, letters) + 0.1 * looks * same
        rows, columns = linear_sum_assignment(-alike)
        return float(alike[rows, columns].sum() / max(len(query), 1))

    def _cosine(self, query: Features, table: Features, what: str) -> Matrix:
        one, other = getattr(query, what), getattr(table, what)
        shape = (len(one.levels), len(other.levels))
        common = np.intersect1d(one.different, other.different)
        dot: Matrix = np.zeros(shape)
        if len(common):
            weights = self._weight(common) ** 2
            left, right = (self._rows(bag, common, width) for bag, width in ((one, shape[0]), (other, shape[1])))
            dot = (left * weights[:, None]).T @ right
        norms = [np.sqrt(np.bincount(bag.columns, self._weight(bag.different)[bag.places] ** 2, len(bag.levels))) for bag in (one, other)]
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.nan_to_num(dot / (norms[0][:, None] * norms[1][None, :]))

    @staticmethod
    def _rows(bag: object, common: Hashes, width: int) -> Matrix:
        hashes, columns = bag.different[bag.places], bag.columns  # type: ignore[attr-defined]
        places = np.minimum(np.searchsorted(common, hashes), len(common) - 1)
        there = common[places] == hashes
        found: Matrix = np.zeros((len(common), width))
        found[places[there], columns[there]] = 1
        return found

    def _weight(self, hashes: Hashes) -> NDArray[np.float64]:
        if not len(self._known):
            return np.ones(len(hashes))
        places = np.minimum(np.searchsorted(self._known, hashes), len(self._known) - 1)
        return np.where(self._known[places] == hashes, self._weights[places], self._weights.max(initial=1.0))
