"""The search itself, over arrays in memory: which documents, in which order, with which facets. Pure.

Who may see what is one mask over the documents. It stands before anything is counted, ranked or suggested.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zinneke.foundations.catalogue.codes import Codes, Keys, Mask
from zinneke.foundations.catalogue.question import SYNONYM, Wish
from zinneke.foundations.catalogue.segment import FACETS, SIDES, Card, Floats, Ints, Segment, letters
from zinneke.foundations.catalogue.values import Dataset
from zinneke.foundations.catalogue.words import distance, fold
from zinneke.kernel.box import Box
from zinneke.kernel.confidentiality import Level, Reach
from zinneke.kernel.text import choose

PREFIX = 0.4
"""How much a word that only begins as typed counts."""
RANK_BITS = 24
USED_MOST, QUALITY_OF_USE = 3.0, 20
"""The logarithm of the downloads (a thousand) from which more make no difference; points of quality that they are worth without words."""
NOWHERE = Reach((frozenset(), frozenset(), frozenset()))
NONE: Mapping[int, Reach] = {}


@dataclass(frozen=True, slots=True)
class Matches:
    """What matched: how many, the documents of the page with their sort keys, whether more follow, and the counts of each facet."""

    total: int
    documents: list[int]
    keys: list[int]
    more: bool
    counts: dict[str, NDArray[np.int64]]
    relaxed: bool = False


@dataclass(slots=True)
class _Ranks:
    """Orders that do not depend on the query: for each document, its place when all are laid out."""

    best: Keys
    newest: Keys
    quality: Keys
    titles: dict[str, Keys] = field(default_factory=dict)


class Index:
    """One or two segments side by side: a large one, and what changed since.

    Entries of the first that the second has again, or that are `gone`, do not live.
    """

    def __init__(self, segments: Sequence[Segment], gone: Sequence[int] = ()) -> None:
        self.segments = tuple(segments)
        self.sequence = segments[-1].sequence
        self.bounds = [0]
        for segment in segments:
            self.bounds.append(self.bounds[-1] + len(segment))
        self.size = self.bounds[-1]
        self.ids = self._joined("ids")
        self.level = self._joined("level")
        self.versioned = self._joined("versioned").astype(np.bool_)
        self.draft, self.part = (self._joined(name).astype(np.bool_) for name in ("draft", "part"))
        self.quality = self._joined("quality")
        self.modified = self._joined("modified")
        self.distributions = self._joined("distributions")
        self.live = np.ones(self.size, np.bool_)
        if len(segments) > 1:
            self.live[: self.bounds[1]] = ~np.isin(self.ids[: self.bounds[1]], [*self.ids[self.bounds[1] :].tolist(), *gone])
        self.areas, self.area = self._codes([segment.strings.areas for segment in segments], [segment.arrays["area"] for segment in segments])
        self.seen, self.changed = self._joined("seen"), self._joined("changed")
        self.facets = {name: self._facet(name) for name in FACETS}
        self.local = self._joined("local").astype(np.bool_)
        self.sides = [self._joined(name) for name in SIDES]
        self.keywords = self._facet("keyword")
        self.publishers = {key: name for segment in segments for key, name in segment.strings.publishers.items()}
        self.weigh({})
        self.datasets: dict[int, Dataset] = {}
        self.labels: dict[tuple[str, str], list[str]] = {}
        self._masks: dict[object, Mask] = {}
        self._whole: dict[int, dict[str, NDArray[np.int64]]] = {}

    def _joined(self, name: str) -> NDArray[np.int64]:
        return np.concatenate([segment.arrays[name] for segment in self.segments])

    @staticmethod
    def _codes(values: list[list[str]], codes: list[NDArray[Any]]) -> tuple[dict[str, int], Ints]:
        """Bring the codes of several segments to one numbering."""
        numbers: dict[str, int] = {}
        joined = []
        for found, old in zip(values, codes, strict=True):
            table = np.array([numbers.setdefault(value, len(numbers)) for value in found] or [0], np.int32)
            joined.append(table[np.asarray(old, np.int64)])
        return numbers, np.concatenate(joined)

    def _facet(self, name: str) -> Codes:
        numbers, codes = self._codes(
            [segment.strings.facets.get(name, []) for segment in self.segments], [segment.arrays[f"{name}_codes"] for segment in self.segments]
        )
        docs = np.concatenate(
            [
                np.asarray(segment.arrays[f"{name}_docs"], np.int32) + np.int32(start)
                for segment, start in zip(self.segments, self.bounds, strict=False)
            ]
        )
        return Codes(list(numbers), numbers, docs, codes, np.searchsorted(docs, np.arange(self.size + 1)))

    def weigh(self, use: Mapping[int, int]) -> None:
        """Order by what we keep ourselves, quality and use: downloads of late by `ids`."""
        quality, modified, versioned = self.quality, self.modified, self.versioned
        used = np.zeros(self.size, np.float32)
        for document in np.flatnonzero(np.isin(self.ids, list(use))).tolist() if use else ():
            used[document] = min(1.0, float(np.log10(1 + use[int(self.ids[document])])) / USED_MOST)
        valued = quality.astype(np.int64) + np.rint(QUALITY_OF_USE * used).astype(np.int64)
        best = np.empty(self.size, np.int64)
        best[np.lexsort((self.ids, -modified, -valued, ~versioned))] = np.arange(self.size)
        low = (1 << RANK_BITS) - 1 - best
        self.worth = (0.8 + 0.25 * quality / 100 + 0.35 * versioned + 0.25 * self.local + 0.25 * used).astype(np.float32)
        self.ranks = _Ranks(low, (modified << RANK_BITS) | low, (quality.astype(np.int64) << RANK_BITS) | low)

    def coded(self, name: str) -> Codes:
        """Return the codes of a facet, or of the keywords."""
        return self.keywords if name == "keyword" else self.facets[name]

    def mask(self, reach: Reach, parts: Mapping[int, Reach], editing: Reach = NOWHERE, edited: Mapping[int, Reach] = NONE) -> Mask:
        """Return which documents an actor may see, from the reach on the whole catalogue and on single entries (by `ids`).

        What is not published yet is seen by the reach to edit (`editing`, `edited`) instead.
        """
        key = (reach, tuple(parts.items()), editing, tuple(edited.items()))
        if (known := self._masks.get(key)) is not None:
            return known
        mask = np.zeros(self.size, np.bool_)
        for live, whole, single in ((self.live & ~self.draft, reach, parts), (self.live & self.draft, editing, edited)):
            mask |= _reached(live, self.level, self.area, self.areas, whole)
            for entry, narrow in single.items():
                mask |= _reached(live & (self.ids == entry), self.level, self.area, self.areas, narrow)
        if len(self._masks) > 100:
            self._masks, self._whole = {}, {}
        self._masks[key] = mask
        return mask

    def around(self, box: Box, communes: Sequence[str]) -> Mask:
        """Return which documents are about a place: their own box meets it, or they are about one of its communes.

        What is about the Region as a whole is about each of its places.
        """
        west, south, east, north = self.sides
        there = (west <= box[2]) & (east >= box[0]) & (south <= box[3]) & (north >= box[1])
        if communes:
            facet = self.facets["commune"]
            whole = self.local & np.isnan(west) & (facet.starts[1:] == facet.starts[:-1])
            there |= whole | facet.holders(communes, self.size)
        return there

    def card(self, document: int) -> Card:
        """Return what a result shows of a document."""
        for segment, start in zip(reversed(self.segments), reversed(self.bounds[:-1]), strict=True):
            if document >= start:
                return segment.card(document - start)
        raise IndexError(document)

    # --- words ---------------------------------------------------------------------------------------------------

    def postings(self, term: str) -> tuple[Ints, Floats]:
        """Return the documents that have a term, ascending, and its score in each."""
        return self._slices([(segment, *_span(segment, term, exact=True)) for segment in self.segments])

    def beginning(self, start: str) -> tuple[Ints, Floats]:
        """Return the documents that have a term beginning so (a document may come several times), and the scores."""
        return self._slices([(segment, *_span(segment, start, exact=False)) for segment in self.segments])

    def _slices(self, spans: list[tuple[Segment, int, int]]) -> tuple[Ints, Floats]:
        docs, weights = [], []
        for (segment, low, high), base in zip(spans, self.bounds, strict=False):
            if low < high:
                starts = segment.arrays["starts"]
                first, last = int(starts[low]), int(starts[high])
                docs.append(segment.arrays["docs"][first:last] + np.int32(base))
                weights.append(segment.arrays["weights"][first:last])
        if not docs:
            return np.empty(0, np.int32), np.empty(0, np.float32)
        found = docs[0] if len(docs) == 1 else np.concatenate(docs)
        shares = weights[0] if len(weights) == 1 else np.concatenate(weights)
        return found, shares * np.float32(np.log1p(self.size / (len(found) + 0.5)))

    def fields(self, start: str, *, exact: bool) -> NDArray[np.uint8]:
        """Return the fields in which a term, or one beginning so, stands: beside the documents of `postings` or `beginning`."""
        found = []
        for segment in self.segments:
            low, high = _span(segment, start, exact=exact)
            if low < high:
                found.append(segment.arrays["fields"][int(segment.arrays["starts"][low]) : int(segment.arrays["starts"][high])])
        return np.concatenate(found) if found else np.empty(0, np.uint8)

    def phrase(self, stems: Sequence[str]) -> tuple[Ints, Floats]:
        """Return the documents that have every word of a phrase, and the sum of the scores."""
        lists = sorted((self.postings(term) for term in stems), key=lambda each: len(each[0]))
        docs, scores = lists[0]
        for others, weights in lists[1:]:
            if not len(docs) or not len(others):
                return docs[:0], scores[:0]
            places = np.minimum(np.searchsorted(others, docs), len(others) - 1)
            both = others[places] == docs
            docs, scores = docs[both], scores[both] + weights[places[both]]
        return docs, scores

    def scores(self, wish: Wish, mask: Mask) -> Floats:
        """Return, for each document of a mask, how well it answers one wish; zero where it does not, and outside the mask."""
        scores = np.zeros(self.size, np.float32)
        docs, found = self.phrase(wish.stems)
        scores[docs] = found
        for other in wish.others:
            docs, found = self.phrase(other)
            scores[docs] = np.maximum(scores[docs], found * np.float32(SYNONYM * len(wish.stems) / len(other)))
        if wish.last and len(wish.stems) == 1 and len(wish.typed[0]) >= (4 if scores[mask].any() else 2):
            for start in {wish.typed[0], wish.stems[0]}:
                docs, found = self.beginning(start)
                np.maximum.at(scores, docs, found * np.float32(PREFIX))
        scores[~mask] = 0
        return scores

    # --- searching -----------------------------------------------------------------------------------------------

    def search(
        self,
        mask: Mask,
        wishes: Sequence[Wish],
        chosen: Mapping[str, Sequence[str]],
        order: str,
        language: str,
        limit: int,
        offset: int,
        after: int | None,
        counted: bool = True,
    ) -> Matches:
        """Return the page of documents that answer every wish and every facet, and the counts of every facet.

        Inside a facet the choices are alternatives; a facet's own counts leave its own choice aside. Where no document answers
        every wish, those that answer most are taken, if at least half, and the result says so.
        """
        matched, scores, relaxed = self._matched(mask, wishes)
        holders = {name: self.facets[name].holders(values, self.size) for name, values in chosen.items() if values}
        inside = _all(matched, holders.values())
        found = np.flatnonzero(inside)
        few = found if len(found) * 4 < self.size else None
        if not counted:
            counts = {}
        elif wishes or holders:
            counts = {name: facet.count(inside, few) for name, facet in self.facets.items() if name not in holders}
            for name in holders:
                counts[name] = self.facets[name].count(_all(matched, (each for other, each in holders.items() if other != name)))
        else:
            counts = self.everything(mask)
        documents, keys, more = self._page(found, scores, order, language, limit, offset, after)
        return Matches(len(found), documents, keys, more, counts, relaxed)

    def everything(self, mask: Mask) -> dict[str, NDArray[np.int64]]:
        """Return the counts of all that an actor may see, which most visits begin with; a mask in use is kept, and so are its counts."""
        if all(mask is not kept for kept in self._masks.values()):
            return {name: facet.count(mask) for name, facet in self.facets.items()}
        known = self._whole.get(id(mask))
        if known is None:
            known = self._whole[id(mask)] = {name: facet.count(mask) for name, facet in self.facets.items()}
        return known

    def _matched(self, mask: Mask, wishes: Sequence[Wish]) -> tuple[Mask, Floats | None, bool]:
        if not wishes:
            return mask, None, False
        found = [self.scores(wish, mask) for wish in wishes]
        total = found[0] if len(found) == 1 else np.sum(found, axis=0)
        matched = _all(mask, (each > 0 for each in found))
        if len(found) > 1 and not matched.any():
            answered = np.sum([each > 0 for each in found], axis=0)
            most = int(answered.max(initial=0))
            if most * 2 >= len(found):
                return answered == most, total, True
        return matched, total, False

    def _page(
        self, documents: NDArray[np.int64], scores: Floats | None, order: str, language: str, limit: int, offset: int, after: int | None
    ) -> tuple[list[int], list[int], bool]:
        keys = self._keys(documents, scores, order, language)
        if after is not None:
            later = keys < after
            documents, keys, offset = documents[later], keys[later], 0
        last = offset + limit
        more = 0 < last < len(keys)
        if more:
            kept = np.argpartition(keys, len(keys) - last)[len(keys) - last :]
            documents, keys = documents[kept], keys[kept]
        sorted_ = np.argsort(keys)[::-1][offset:last]
        return documents[sorted_].tolist(), keys[sorted_].tolist(), more

    def _keys(self, documents: NDArray[np.int64], scores: Floats | None, order: str, language: str) -> Keys:
        """Return a sort key for each document, unique, the largest first; the last bits are the order without a query."""
        if order == "newest":
            return self.ranks.newest[documents]
        if order == "quality":
            return self.ranks.quality[documents]
        if order == "title":
            return self.titles(language)[documents]
        if scores is None:
            return self.ranks.best[documents]
        worth = (scores[documents] * self.worth[documents] * 65_536).astype(np.int64)
        return (worth << RANK_BITS) | self.ranks.best[documents]

    def names(self) -> Keys:
        """Return each document's place when all are laid out by key."""
        known = self.ranks.titles.get("")
        if known is None:
            keys = [self.card(document).key for document in range(self.size)]
            known = self.ranks.titles[""] = np.empty(self.size, np.int64)
            known[sorted(range(self.size), key=keys.__getitem__)] = np.arange(self.size)
        return known

    def titles(self, language: str) -> Keys:
        """Return each document's place when all are laid out by title in a language, the last one first."""
        known = self.ranks.titles.get(language)
        if known is None:
            titles = [fold(choose(self.card(document).title, language)[0]) for document in range(self.size)]
            known = np.empty(self.size, np.int64)
            known[sorted(range(self.size), key=titles.__getitem__)] = np.arange(self.size, 0, -1)
            self.ranks.titles[language] = known
        return known

    # --- suggesting ----------------------------------------------------------------------------------------------

    def respell(self, mask: Mask, wish: Wish) -> str | None:
        """Return the nearest word that some document of the mask has, in place of a word that none has; None without one."""
        if len(wish.stems) > 1 or not 3 <= len(wish.stems[0]) <= 30 or any(letter.isdigit() for letter in wish.stems[0]):
            return None
        typed = wish.stems[0]
        most = 1 if len(typed) < 6 else 2
        best: tuple[int, int, str] | None = None
        for segment, number in self._alike(typed, most):
            term = segment.strings.terms[number]
            far = distance(typed, term, most)
            if far > most or (best and far > best[0]):
                continue
            holders = int(np.count_nonzero(mask[self.postings(term)[0]]))
            if holders and (best is None or (far, -holders) < best[:2]):
                best = (far, -holders, segment.strings.surfaces[number])
        return best[2] if best else None

    def _alike(self, typed: str, most: int) -> Iterator[tuple[Segment, int]]:
        bits = np.uint32(letters(typed))
        for segment in self.segments:
            lengths = segment.arrays["lengths"].astype(np.int16)
            near = np.flatnonzero(np.abs(lengths - len(typed)) <= most)
            apart = np.bitwise_count(segment.arrays["letters"][near] ^ bits)
            yield from ((segment, int(number)) for number in near[apart <= 2 * most])

    def completions(self, mask: Mask, start: str, limit: int) -> list[str]:
        """Return words that begin so and that documents of the mask have, the most frequent first."""
        found: dict[str, tuple[int, str]] = {}
        for segment in self.segments:
            low, high = _span(segment, start, exact=False)
            starts = segment.arrays["starts"]
            counts = np.diff(starts[low : high + 1]) if low < high else np.empty(0)
            for place in np.argsort(-counts)[: limit * 4].tolist():
                term = segment.strings.terms[low + place]
                holders = int(np.count_nonzero(mask[self.postings(term)[0]]))
                if holders:
                    found.setdefault(term, (holders, segment.strings.surfaces[low + place]))
        return [surface for _holders, surface in sorted(found.values(), key=lambda each: -each[0])[:limit]]


def _span(segment: Segment, start: str, *, exact: bool) -> tuple[int, int]:
    """Return the range of a segment's terms that are a word, or begin with it."""
    terms = segment.strings.terms
    low = bisect_left(terms, start)
    if exact:
        return low, low + int(low < len(terms) and terms[low] == start)
    return low, bisect_left(terms, f"{start}\U0010ffff", low)


def _reached(live: Mask, level: NDArray[np.int64], area: Ints, areas: Mapping[str, int], reach: Reach) -> Mask:
    table = np.zeros((len(Level), max(1, len(areas))), np.bool_)
    for name, number in areas.items():
        for each in Level:
            table[each, number] = reach.allows(each, name)
    return live & table[level, area]


def _all(mask: Mask, others: Iterable[Mask]) -> Mask:
    """Return where a mask and all others hold."""
    result = mask.copy()
    for other in others:
        result &= other
    return result
