"""The search itself, over arrays in memory: which documents, in which order, with which facets. Pure.

Who may see what is one mask over the documents. It stands before anything is counted, ranked or suggested.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zinneke.foundations.catalogue.codes import Codes, Keys, Mask, Profiles, reached
from zinneke.foundations.catalogue.question import SYNONYM, Wish
from zinneke.foundations.catalogue.ranking import Page, Ranks, few_of, walk
from zinneke.foundations.catalogue.segment import FACETS, SIDES, Card, Floats, Ints, Segment, letters
from zinneke.foundations.catalogue.values import Dataset
from zinneke.foundations.catalogue.words import distance, fold
from zinneke.kernel.box import Box
from zinneke.kernel.confidentiality import Reach
from zinneke.kernel.text import choose

PREFIX = 0.4
"""How much a word that only begins as typed counts."""
KEPT = 64 << 20
"""Bytes of masks that are kept: one for each reach that asked of late."""
DENSE = 8
"""Where more than one document in so many is meant, all are looked at in turn."""
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


class Index:
    """One or two segments side by side: a large one, and what changed since.

    Entries of the first that the second has again, or that are `gone`, do not live.
    """

    def __init__(self, segments: Sequence[Segment], gone: Sequence[int] = (), use: Mapping[int, int] | None = None) -> None:
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
        starts = np.cumsum([0, *(segment.profiles for segment in segments)]).tolist()
        of = [
            segment.arrays["profile"] + np.int32(start) if start else segment.arrays["profile"]
            for segment, start in zip(segments, starts, strict=False)
        ]
        self.profiles = Profiles(_together(of), starts[-1], {name: self._coded(name, starts) for name in FACETS})
        self.facets = self.profiles.facets
        self.local = self._joined("local").astype(np.bool_)
        self.sides = [self._joined(name) for name in SIDES]
        self.publishers = {key: name for segment in segments for key, name in segment.strings.publishers.items()}
        self.weigh(use or {})
        self.datasets: dict[int, Dataset] = {}
        self.labels: dict[tuple[str, str], list[str]] = {}
        self._masks: dict[object, Mask] = {}
        self._tallies, self._titles = dict[int, Keys](), dict[str, Keys]()

    def _joined(self, name: str) -> NDArray[np.int64]:
        return _together([segment.arrays[name] for segment in self.segments])

    @staticmethod
    def _codes(values: list[list[str]], codes: list[NDArray[Any]]) -> tuple[dict[str, int], Ints]:
        """Bring the codes of several segments to one numbering."""
        numbers: dict[str, int] = {}
        joined = []
        for found, old in zip(values, codes, strict=True):
            table = np.array([numbers.setdefault(value, len(numbers)) for value in found] or [0], np.int32)
            joined.append(table[np.asarray(old, np.int64)])
        return numbers, _together(joined)

    def _coded(self, name: str, starts: Sequence[int]) -> Codes:
        numbers, codes = self._codes(
            [segment.strings.facets.get(name, []) for segment in self.segments], [segment.arrays[f"{name}_codes"] for segment in self.segments]
        )
        holders = [segment.arrays[f"{name}_holders"] + np.int32(start) for segment, start in zip(self.segments, starts, strict=False)]
        return Codes(list(numbers), numbers, _together(holders), codes)

    @cached_property
    def keywords(self) -> Codes:
        """Return the keywords of each document."""
        return self._coded("keyword", self.bounds)

    def weigh(self, use: Mapping[int, int]) -> None:
        """Order by what we keep ourselves, quality and use: downloads of late by `ids`."""
        self.ranks = Ranks(self.ids, self.quality, self.modified, self.versioned, self.local, use)

    def holders(self, name: str, values: Sequence[str]) -> Mask:
        """Return the documents that have any of the values of a facet, or of the keywords."""
        if name == "keyword":
            return self.keywords.having(values, self.size)
        return self.profiles.having(name, values)[self.profiles.of]

    def counted(self, name: str, found: Mask, tally: Keys) -> Keys:
        """Return how many of the documents found, which have been tallied, have each value of a facet, or each keyword."""
        return self.keywords.count(found.astype(np.int64)) if name == "keyword" else self.facets[name].count(tally)

    def coded(self, name: str) -> Codes:
        """Return the values of a facet, or the keywords."""
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
            mask |= reached(live, self.level, self.area, self.areas, whole)
            for entry, narrow in single.items():
                mask |= reached(live & (self.ids == entry), self.level, self.area, self.areas, narrow)
        if len(self._masks) * self.size > KEPT:
            self._masks, self._tallies = {}, {}
        self._masks[key] = mask
        return mask

    def around(self, box: Box, communes: Sequence[str]) -> Mask:
        """Return which documents are about a place: their own box meets it, or they are about one of its communes.

        What is about the Region as a whole is about each of its places.
        """
        west, south, east, north = self.sides
        there = (west <= box[2]) & (east >= box[0]) & (south <= box[3]) & (north >= box[1])
        if communes:
            bare = self.facets["commune"].bare(self.profiles.size)[self.profiles.of]
            there |= (self.local & np.isnan(west) & bare) | self.holders("commune", communes)
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
                docs.append(segment.arrays["docs"][first:last] + np.int32(base) if base else segment.arrays["docs"][first:last])
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

    def knows(self, wish: Wish, mask: Mask) -> bool:
        """Say whether any document of a mask answers one wish."""
        return any(mask[docs].any() for docs in self._answers(wish, mask)[1])

    def _answers(self, wish: Wish, mask: Mask) -> tuple[Floats, list[Ints]]:
        """Return how well each document answers one wish, zero where it does not, and those that do, in several lists."""
        scores = np.zeros(self.size, np.float32)
        docs, found = self.phrase(wish.stems)
        scores[docs], lists = found, [docs]
        for other in wish.others:
            docs, found = self.phrase(other)
            scores[docs] = np.maximum(scores[docs], found * np.float32(SYNONYM * len(wish.stems) / len(other)))
            lists.append(docs)
        if wish.last and len(wish.stems) == 1 and len(wish.typed[0]) >= (4 if any(mask[docs].any() for docs in lists) else 2):
            for start in {wish.typed[0], wish.stems[0]}:
                docs, found = self.beginning(start)
                np.maximum.at(scores, docs, found * np.float32(PREFIX))
                lists.append(docs)
        return scores, [docs for docs in lists if len(docs)]

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
        documents, scores, relaxed = self.answering(mask, wishes) if wishes else (None, None, False)
        tally = self.tally(mask) if documents is None else self.profiles.tally(documents)
        chosen_by = {name: self.profiles.having(name, values) for name, values in chosen.items() if values}
        inside = _all(tally > 0, chosen_by.values())
        total = int(tally[inside].sum())
        counts = {}
        for name, facet in self.facets.items() if counted else ():
            others = inside if name not in chosen_by else _all(tally > 0, (each for other, each in chosen_by.items() if other != name))
            counts[name] = facet.count(np.where(others, tally, 0))
        if chosen_by and documents is not None and scores is not None:
            few = inside[self.profiles.of[documents]]
            documents, scores = documents[few], scores[few]
        if scores is not None and documents is not None and order == "relevance":
            page = self.ranks.answered(documents, scores, limit, offset, after)
        else:
            page = self._laid_out(documents, mask, inside, total, order, language, limit, offset, after)
        return Matches(total, page.documents, page.keys, page.more, counts, relaxed)

    def _laid_out(
        self, documents: Ints | None, mask: Mask, inside: Mask, total: int, order: str, language: str, limit: int, offset: int, after: int | None
    ) -> Page:
        """Return a page in an order that does not depend on the words: of few documents by their keys, of many along the order."""
        keys = self.titles(language) if order == "title" else self.ranks.keys(order)
        if documents is None:
            if total > DENSE * (offset + limit):
                kept = self.ranks.laid_out(f"title {language}" if order == "title" else order, keys)
                return walk(kept, keys, lambda some: mask[some] & inside[self.profiles.of[some]], limit, offset, after)
            documents = np.flatnonzero(mask & inside[self.profiles.of]).astype(np.int32)
        return few_of(documents, keys[documents], limit, offset, after)

    def everything(self, mask: Mask) -> dict[str, Keys]:
        """Return the counts of all that an actor may see, which most visits begin with."""
        tally = self.tally(mask)
        return {name: facet.count(tally) for name, facet in self.facets.items()}

    def tally(self, mask: Mask) -> Keys:
        """Return how many documents of a mask have each profile; of a mask that is kept, this is kept too."""
        if all(mask is not kept for kept in self._masks.values()):
            return self.profiles.tally(mask)
        known = self._tallies.get(id(mask))
        if known is None:
            known = self._tallies[id(mask)] = self.profiles.tally(mask)
        return known

    def answering(self, mask: Mask, wishes: Sequence[Wish]) -> tuple[Ints, Floats, bool]:
        """Return the documents of a mask that answer every wish, ascending, how well each does, and whether some wishes had to be passed over."""
        found = [self._answers(wish, mask) for wish in wishes]
        rare, lists = min(found, key=lambda each: sum(map(len, each[1])))
        docs = _union(rare, lists)
        docs = docs[mask[docs]]
        for scores, _lists in found:
            docs = docs if scores is rare else docs[scores[docs] > 0]
        relaxed = False
        if len(found) > 1 and not len(docs):
            answered = np.sum([scores > 0 for scores, _lists in found], axis=0) * mask
            most = int(answered.max(initial=0))
            if relaxed := most * 2 >= len(found):
                docs = np.flatnonzero(answered == most).astype(np.int32)
        return docs, np.sum([scores[docs] for scores, _lists in found], axis=0, dtype=np.float32), relaxed

    def names(self) -> Keys:
        """Return each document's place when all are laid out by key."""
        known = self._titles.get("")
        if known is None:
            keys = [self.card(document).key for document in range(self.size)]
            known = self._titles[""] = np.empty(self.size, np.int64)
            known[sorted(range(self.size), key=keys.__getitem__)] = np.arange(self.size)
        return known

    def titles(self, language: str) -> Keys:
        """Return each document's place when all are laid out by title in a language, the last one first."""
        known = self._titles.get(language)
        if known is None:
            titles = [fold(choose(self.card(document).title, language)[0]) for document in range(self.size)]
            known = np.empty(self.size, np.int64)
            known[sorted(range(self.size), key=titles.__getitem__)] = np.arange(self.size, 0, -1)
            self._titles[language] = known
        return known

    # --- suggesting ----------------------------------------------------------------------------------------------

    def respell(self, mask: Mask, wish: Wish, least: int = 1) -> str | None:
        """Return the nearest other word that at least so many documents of the mask have, in place of a word that none or few have."""
        if len(wish.stems) > 1 or not 3 <= len(wish.stems[0]) <= 30 or any(letter.isdigit() for letter in wish.stems[0]):
            return None
        typed = wish.stems[0]
        most = 1 if len(typed) < 6 else 2
        best: tuple[int, int, str] | None = None
        for segment, number in self._alike(typed, most):
            term = segment.strings.terms[number]
            far = distance(typed, term, most)
            if not 0 < far <= most or (best and far > best[0]):
                continue
            holders = int(np.count_nonzero(mask[self.postings(term)[0]]))
            if holders >= least and (best is None or (far, -holders) < best[:2]):
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


def _together(arrays: Sequence[NDArray[Any]]) -> NDArray[Any]:
    return arrays[0] if len(arrays) == 1 else np.concatenate(arrays)


def _union(scores: Floats, lists: Sequence[Ints]) -> Ints:
    """Return the documents of several lists, which are those that have a score, ascending and once each."""
    if sum(map(len, lists)) * DENSE < len(scores):
        return np.unique(np.concatenate(lists)) if lists else np.empty(0, np.int32)
    return np.flatnonzero(scores).astype(np.int32)


def _all(mask: Mask, others: Iterable[Mask]) -> Mask:
    """Return where a mask and all others hold."""
    result = mask.copy()
    for other in others:
        result &= other
    return result
