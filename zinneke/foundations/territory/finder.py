"""The search for places by name: an index of words in memory, small enough to be built in a blink after each load."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from zinneke.foundations.territory.rules import normalise, one_slip_away, spelled_out
from zinneke.foundations.territory.values import FAMOUS, Bbox
from zinneke.kernel.text import LANGUAGES

_RANK = {"region": 0, "commune": 0, "neighbourhood": 0, "street": 1, "address": 1, "poi": 4}
"""How far a kind stands back: a street comes after areas that fit as well, a shop only where it fits better by two steps."""
_KINDS = tuple(_RANK)
_NEAR = (0.004, 0.0027)
"""About 300 m in degrees of longitude and latitude: the same name of the same kind within it is the same place twice."""
_NONE: NDArray[np.int32] = np.zeros(0, np.int32)


AreaEntry = tuple[str, str, str, float, float, str]
"""Code, kind, names, longitude, latitude, area."""
PlaceEntry = tuple[int, str, str, float, float, str, float]
"""Number, kind, names, longitude, latitude, area, weight."""


class Finder:
    """Words to entries. An entry is an area (by code) or a place (by number) with its names and a point."""

    def __init__(self, areas: Iterable[AreaEntry], places: Iterable[PlaceEntry]) -> None:
        held: list[tuple[str, str | int, str, str, float, float, str, float]] = []
        held += (("area", *area, 0.0) for area in areas)
        held += (("place", *place) for place in places)
        self.keys = [(sort, key) for sort, key, *_ in held]
        self.names = [each[3] for each in held]
        self.kinds = np.array([_KINDS.index(each[2]) for each in held], np.int8)
        self.points = np.array([each[4:6] for each in held], np.float64).reshape(-1, 2)
        self.outside = np.array([not each[6] for each in held], bool)
        self.weights = np.array([each[7] for each in held], np.float64)
        entries: dict[str, list[int]] = defaultdict(list)
        for at, names in enumerate(self.names):
            for word in set(names.replace("|", " ").split()):
                entries[word].append(at)
        self.words = sorted(entries)
        self.entries = {word: np.array(held, np.int32) for word, held in entries.items()}

    def find(self, text: str, kinds: frozenset[str], limit: int, bbox: Bbox | None = None, language: str = "") -> list[tuple[str, str | int]]:
        """Return the keys of the entries that answer best to a text."""
        asked = normalise(text)
        words = asked.split()[:12]
        if not words or limit < 1:
            return []
        found = self._matching(words, slips=False)
        found = self._within(found, kinds, bbox)
        if not len(found):
            found = self._within(self._matching(words, slips=True), kinds, bbox)
        if len(found) > 2000:
            found = self._sift(found, asked)
        ways = tuple({asked, " ".join(map(spelled_out, words))})
        chosen: list[int] = []
        for at in sorted(found.tolist(), key=lambda at: self._order(at, ways, language)):
            if not any(self._same(at, other) for other in chosen):
                chosen.append(at)
                if len(chosen) == limit:
                    break
        return [self.keys[at] for at in chosen]

    def _same(self, at: int, other: int) -> bool:
        """Say whether two entries are one place: the same names, the same kind, next to each other."""
        if self.names[at] != self.names[other] or self.kinds[at] != self.kinds[other]:
            return False
        return bool((np.abs(self.points[at] - self.points[other]) < _NEAR).all())

    def _matching(self, words: list[str], slips: bool) -> NDArray[np.int32]:
        """Return the entries that hold every word; each may be unfinished, and when `slips` misspelt."""
        found: NDArray[np.int32] | None = None
        for word in sorted(words, key=len, reverse=True):
            holding = self._holding(word, slips)
            found = holding if found is None else np.intersect1d(found, holding)
            if not len(found):
                return _NONE
        return _NONE if found is None else found

    def _holding(self, word: str, slips: bool) -> NDArray[np.int32]:
        words = set(self._starting(word)) | set(self._starting(spelled_out(word)))
        if slips and len(word) > 2:
            for other in set(one_slip_away(word)):
                words.update(self._starting(other) if len(word) > 4 else (other,) if other in self.entries else ())
        held = [self.entries[each] for each in words]
        return np.unique(np.concatenate(held)) if held else _NONE

    def _starting(self, word: str) -> list[str]:
        start = bisect_left(self.words, word)
        return self.words[start : bisect_left(self.words, word + "\uffff", start)]

    def _within(self, found: NDArray[np.int32], kinds: frozenset[str], bbox: Bbox | None) -> NDArray[np.int32]:
        if kinds and len(found):
            found = found[np.isin(self.kinds[found], [_KINDS.index(kind) for kind in kinds if kind in _RANK])]
        if bbox and len(found):
            west, south, east, north = bbox
            lon, lat = self.points[found].T
            found = found[(lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)]
        return found

    def _sift(self, found: NDArray[np.int32], asked: str) -> NDArray[np.int32]:
        """Of very many, keep the areas, those named just so, and the weightiest."""
        exact = [at for at in found.tolist() if f"|{asked}" in f"|{self.names[at]}"]
        heavy = found[np.argsort(-self.weights[found], kind="stable")[:500]]
        areas = found[self.kinds[found] < _KINDS.index("street")]
        return np.unique(np.concatenate((np.array(exact[:1000], np.int32), heavy, areas)))

    def _order(self, at: int, ways: tuple[str, ...], language: str) -> tuple[int, int, bool, float, int, str]:
        """Return the sorting key of an entry: how well a name fits, what it is, in the reader's language or not, how weighty, how short."""
        variants = self.names[at].split("|")
        fits = [min(_fit(variant, asked) for asked in ways) for variant in variants]
        best = min(fits)
        own = LANGUAGES.index(language) if language in LANGUAGES else fits.index(best)
        kind = _KINDS[self.kinds[at]]
        back = 2 if kind == "poi" and self.weights[at] >= FAMOUS else _RANK[kind]
        score = 2 * best + back + 3 * int(self.outside[at])
        return score, int(self.kinds[at]), fits[own] > best, -float(self.weights[at]), min(map(len, filter(None, variants))), variants[0]


def _fit(name: str, asked: str) -> int:
    """Say how well a name fits what was asked: 0 the name itself, 1 its beginning, 2 whole words in it, 3 else."""
    if name == asked:
        return 0
    if name.startswith(asked):
        return 1
    return 2 if f" {asked} " in f" {name} " else 3
