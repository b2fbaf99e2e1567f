"""Which documents a tree of wishes means, how well each answers, and in which order they come. Pure, over the arrays of the index."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from zinneke.foundations.catalogue.codes import Keys, Mask
from zinneke.foundations.catalogue.index import Index
from zinneke.foundations.catalogue.question import stems_of, understand
from zinneke.foundations.catalogue.segment import FIELDS, Floats
from zinneke.foundations.catalogue.wanted import (
    Boxed,
    Coded,
    Dated,
    Draft,
    Either,
    Every,
    Kept,
    Named,
    Not,
    Numbered,
    Only,
    Part,
    Placed,
    Titled,
    Wanted,
    Words,
)
from zinneke.foundations.catalogue.words import words
from zinneke.kernel.spelling import begun

ORDERS = ("score", "modified", "seen", "changed", "title", "key", "quality")
_BITS = {name: np.uint8(1 << place) for place, (name, _weight, _slope) in enumerate(FIELDS)}
Answer = tuple[Mask, Floats | None]


class Selection:
    """One question being answered. `entries` of a `Named` part and `communes` of a `Placed` one are looked up beforehand."""

    def __init__(self, index: Index, mask: Mask, entries: Mapping[Named, Sequence[int]], communes: Mapping[Placed, Sequence[str]]) -> None:
        self.index, self.mask, self.entries, self.communes = index, mask, entries, communes

    def answer(self, wanted: Wanted) -> Answer:
        """Return which documents of the mask are meant, and how well each answers, None when it asks for no words."""
        if isinstance(wanted, Every):
            found, scores = self.mask.copy(), None
            for part in wanted.parts:
                inside, worth = self.answer(part)
                found &= inside
                scores = _sum(scores, worth)
            return found, scores
        if isinstance(wanted, Either):
            found, scores = np.zeros(self.index.size, np.bool_), None
            for part in wanted.parts:
                inside, worth = self.answer(part)
                found |= inside
                scores = _sum(scores, worth)
            return found, scores
        if isinstance(wanted, Not):
            return self.mask & ~self.answer(wanted.part)[0], None
        if isinstance(wanted, Titled | Numbered | Boxed | Only):
            return self.mask & self._compared(wanted), None
        return self._words(wanted) if isinstance(wanted, Words) else (self.mask & self._held(wanted), None)

    def _compared(self, wanted: Titled | Numbered | Boxed | Only) -> Mask:
        index = self.index
        if isinstance(wanted, Titled):
            return self._titled(wanted)
        if isinstance(wanted, Boxed):
            return self._boxed(wanted)
        if isinstance(wanted, Numbered):
            figures: NDArray[Any] = getattr(index, wanted.field)
            return (figures >= wanted.low) & (figures <= wanted.high)
        return ~index.holders(wanted.field, [each for each in index.coded(wanted.field).values if each not in wanted.values])

    def _held(self, wanted: Coded | Named | Dated | Placed | Kept | Draft | Part) -> Mask:
        index = self.index
        if isinstance(wanted, Kept):
            return index.versioned
        if isinstance(wanted, Draft):
            return index.draft
        if isinstance(wanted, Part):
            return index.part
        if isinstance(wanted, Named):
            return np.isin(index.ids, list(self.entries[wanted]))
        if isinstance(wanted, Placed):
            return index.around(wanted.box, self.communes[wanted])
        if isinstance(wanted, Dated):
            moments: Keys = getattr(index, wanted.field)
            found = moments > 0
            if wanted.low is not None:
                found &= moments >= int(wanted.low.timestamp())
            if wanted.high is not None:
                found &= moments <= int(wanted.high.timestamp())
            return found
        facet = index.coded(wanted.field)
        values = list(wanted.values)
        if wanted.like:
            matches = pattern(wanted.like).fullmatch
            values += [value for value in facet.values if matches(value)]
        return index.holders(wanted.field, values)

    def _titled(self, wanted: Titled) -> Mask:
        """Read the titles of the mask one by one."""
        found = np.zeros(self.index.size, np.bool_)
        matches = re.compile(likeness(_plain(wanted.like, wanted)), re.DOTALL).fullmatch
        for document in np.flatnonzero(self.mask).tolist():
            found[document] = any(matches(_plain(title, wanted)) for title in self.index.card(document).title.values())
        return found

    def _boxed(self, wanted: Boxed) -> Mask:
        found = np.zeros(self.index.size, np.bool_)
        sides = self.index.sides
        there = np.flatnonzero(self.mask & np.isfinite(sides[0]))
        boxes = shapely.box(*(side[there] for side in sides))
        found[there] = getattr(shapely, wanted.relation)(boxes, shapely.from_wkb(wanted.shape))
        return found

    def _words(self, wanted: Words) -> Answer:
        if not wanted.field and not wanted.together and not wanted.begins:
            wishes = understand(wanted.text)
            if not wishes:
                return self.mask, None
            documents, worth, relaxed = self.index.answering(self.mask, wishes)
            inside, scores = np.zeros(self.index.size, np.bool_), np.zeros(self.index.size, np.float32)
            inside[documents], scores[documents] = not relaxed, worth
            return inside, scores
        return self._exactly(wanted)

    def _exactly(self, wanted: Words) -> Answer:
        """Find words as they are typed, in one field or in one and the same."""
        index = self.index
        typed = words(wanted.text)
        terms = list(stems_of(wanted.text))
        bits = np.full(index.size, _BITS[wanted.field] if wanted.field else 0xFF, np.uint8)
        scores = np.zeros(index.size, np.float32)
        if not terms:
            return self.mask, None
        for place, term in enumerate(terms):
            here = np.zeros(index.size, np.uint8)
            starts = [(term, True), *([(typed[-1], False)] if wanted.begins and place == len(terms) - 1 else [])]
            if wanted.nearly and place == len(terms) - 1 and not any(self.mask[index.beginning(start)[0]].any() for start in (typed[-1], term)):
                starts += [(other, True) for other in _nearly(index, typed[-1])]
            for start, exact in starts:
                docs, weights = index.postings(start) if exact else index.beginning(start)
                np.bitwise_or.at(here, docs, index.fields(start, exact=exact))
                np.add.at(scores, docs, weights)
            bits = bits & here if wanted.field or wanted.together else np.where(here > 0, bits, 0).astype(np.uint8)
        return self.mask & (bits > 0), scores


def _nearly(index: Index, start: str) -> list[str]:
    """Return the terms that begin so but for one letter."""
    near = re.compile(begun(start)).match
    found: set[str] = set()
    for segment in index.segments:
        terms = segment.strings.terms
        span = terms[bisect_left(terms, start[0]) : bisect_left(terms, f"{start[0]}\U0010ffff")]
        found.update(term for term in span if near(term))
    return list(found)


def _sum(scores: Floats | None, more: Floats | None) -> Floats | None:
    return more if scores is None else scores if more is None else scores + more


def pattern(like: str) -> re.Pattern[str]:
    """Return a pattern with `*` and `?` as a regular expression; runs of `*` are one."""
    parts = re.split(r"(\*+|\?)", like)
    return re.compile("".join("." if part == "?" else ".*" if part.startswith("*") else re.escape(part) for part in parts), re.IGNORECASE | re.DOTALL)


def likeness(like: str) -> str:
    """Return a text with `%`, `_` and strokes before either as a regular expression; runs of `%` are one.

    What stands between two `%` is taken where it comes first and not sought again, so that a title is read once however many there are.
    """
    parts = [""]
    for each in re.findall(r"\\.|%+|_|[^%_\\]+|\\", like, re.DOTALL):
        if each[0] == "%":
            parts.append("")
            continue
        plain = each[1:] if each[:1] == "\\" and len(each) > 1 else each
        parts[-1] += "." if each == "_" else re.escape(plain)
    if len(parts) == 1:
        return parts[0]
    return parts[0] + "".join(f"(?>.*?{part})" for part in parts[1:-1] if part) + f".*{parts[-1]}"


def is_like(text: str, like: str, case: bool, accents: bool) -> bool:
    """Say whether a text is like another, as titles are."""
    titled = Titled(like, case, accents)
    return re.fullmatch(likeness(_plain(like, titled)), _plain(text, titled), re.DOTALL) is not None


def _plain(text: str, wanted: Titled) -> str:
    """Return a text without what does not count."""
    text = text.casefold() if wanted.case else text
    return "".join(each for each in unicodedata.normalize("NFKD", text) if not unicodedata.combining(each)) if wanted.accents else text


def order(index: Index, found: Mask, scores: Floats | None, by: Sequence[str], language: str, offset: int, limit: int) -> list[int]:
    """Return a page of the documents found; `by` holds names of `ORDERS`, `-name` for the largest first. Ties fall to the better entry."""
    documents = np.flatnonzero(found)
    keys: list[NDArray[Any]] = []
    for name in by:
        values = _values(index, name.lstrip("-"), scores, language)
        if values is not None:
            keys.append(-values[documents] if name.startswith("-") else values[documents])
    keys.append(-index.ranks.best[documents])
    if 0 < (last := offset + limit) < len(documents):
        few = keys[0] <= np.partition(keys[0], last - 1)[last - 1]  # whatever the other keys say, the page is among these
        documents, keys = documents[few], [key[few] for key in keys]
    return documents[np.lexsort(keys[::-1])][offset : offset + limit].tolist()


def _values(index: Index, name: str, scores: Floats | None, language: str) -> NDArray[Any] | None:
    if name == "score":
        return None if scores is None else scores * index.ranks.worth
    if name == "title":
        return -index.titles(language)
    if name == "key":
        return index.names()
    return {"modified": index.modified, "seen": index.seen, "changed": index.changed, "quality": index.quality}[name]


def count(index: Index, found: Mask, fields: Sequence[str], most: int) -> dict[str, list[tuple[str, int]]]:
    """Return for each coded field its values with the number of documents found that have it, the `most` frequent first (0: all)."""
    tally = index.tally(found)
    counted = {}
    for name in fields:
        facet, counts = index.coded(name), index.counted(name, found, tally)
        shown = np.flatnonzero(counts)
        if 0 < most < len(shown):
            least = np.partition(counts[shown], len(shown) - most)[len(shown) - most]
            shown = shown[counts[shown] >= least]
        shown = shown[np.argsort(-counts[shown], kind="stable")][: most or None]
        counted[name] = [(facet.values[place], int(counts[place])) for place in shown.tolist()]
    return counted
