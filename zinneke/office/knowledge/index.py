"""The search over entries: an index in memory, made again when something was published. Words in three languages, themes, typing errors.

It knows nothing of rights: what it finds is asked for again, within the reach of whoever asks, before anything is told.
"""

from __future__ import annotations

import math
import threading
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from itertools import islice, takewhile

from django.db.models import Count, Max

from zinneke.foundations.catalogue.words import distance
from zinneke.office.knowledge import models
from zinneke.office.knowledge.documents import read_concept, read_draft
from zinneke.office.knowledge.thesaurus import Phrase, Thesaurus, names, stems
from zinneke.office.knowledge.values import Article, Draft, Elsewhere, Event, Expert, Norm

Postings = dict[int, float]
WEIGHTS = {"title": 5.0, "theme": 3.0, "detail": 3.0, "summary": 2.0, "body": 1.0}
MOST_BEGUN = 50
"""Longer words that are tried for one that may be unfinished."""
BEGUN, NEAR, MEANT = 0.6, 0.45, 0.7
"""What a word counts that only begins as the one asked, that is misspelt, or that means the same."""


class Index:
    """Which entries hold which words, and how much each weighs there."""

    def __init__(self, rows: Iterable[tuple[int, Draft]], thesaurus: Thesaurus) -> None:
        self.thesaurus = thesaurus
        self.holding: dict[str, Postings] = defaultdict(dict)
        self.themed: dict[str, set[int]] = defaultdict(set)
        self.size = 0
        for number, draft in rows:
            self.size += 1
            for key in draft.themes:
                for concept in thesaurus.path(key):
                    self.themed[concept.key].add(number)
            for weight, text in texts(draft, thesaurus):
                for word in stems(text):
                    held = self.holding[word]
                    held[number] = max(held.get(number, 0.0), weight)
        self.vocabulary = sorted(self.holding)
        self._led: dict[str, Postings] = {}

    def search(self, text: str) -> Postings:
        """Return the entries that answer to a text with their scores; those that hold every word, else those that hold some."""
        question = stems(text[:300])
        asked = [self._answering(word) for word in question]
        if not question:
            return {}
        corrected = tuple(self._corrected(word) for word in question)
        for start, size, keys in self.thesaurus.named(corrected):
            meant = self._meant(keys)
            for place in range(start, start + size):
                asked[place] = _best(asked[place], meant)
        whole = set.intersection(*(set(each) for each in asked)) if asked else set()
        found = whole or set().union(*asked)
        return {number: sum(each.get(number, 0.0) for each in asked) for number in found}

    def _answering(self, word: str) -> Postings:
        found = self._worth(word, 1.0)
        if len(word) >= 3:
            for other in self._begun(word):
                found = _best(found, self._worth(other, BEGUN))
        if not found and len(word) >= 4:
            for other in self.vocabulary:
                if other[0] == word[0] and distance(word, other, allowed(word)) <= allowed(word):
                    found = _best(found, self._worth(other, NEAR))
        return found

    def _begun(self, word: str) -> list[str]:
        """Return the longer words that begin as this one, the nearest in the alphabet first."""
        start = bisect_right(self.vocabulary, word)
        return list(takewhile(lambda other: other.startswith(word), islice(self.vocabulary, start, start + MOST_BEGUN)))

    def _worth(self, word: str, factor: float) -> Postings:
        held = self.holding.get(word)
        if not held:
            return {}
        rare = math.log(1 + self.size / len(held))
        return {number: weight * rare * factor for number, weight in held.items()}

    def _corrected(self, word: str) -> str:
        """Return a word of the thesaurus in its right spelling, any other as it is."""
        if word in self.thesaurus.vocabulary or len(word) < 5:
            return word
        near = [(distance(word, other, allowed(word)), other) for other in self.thesaurus.vocabulary if other[0] == word[0]]
        best = min(near, default=(9, word))
        return best[1] if best[0] <= allowed(word) else word

    def _meant(self, keys: Iterable[str]) -> Postings:
        """Return what concepts lead to: entries of their themes, and entries that hold one of their names in another language."""
        found: Postings = {}
        for key in keys:
            if key not in self._led:
                self._led[key] = self._lead(key)
            found = _best(found, self._led[key])
        return found

    def _lead(self, key: str) -> Postings:
        found: Postings = dict.fromkeys(self.themed.get(key, ()), WEIGHTS["theme"] * MEANT)
        for name in names(self.thesaurus.concepts[key]):
            found = _best(found, self._phrase(stems(name)))
        return found

    def _phrase(self, phrase: Phrase) -> Postings:
        held = [self._worth(word, MEANT) for word in phrase]
        if not held:
            return {}
        return {number: min(each[number] for each in held) for number in set.intersection(*(set(each) for each in held))}


def allowed(word: str) -> int:
    """Return how many letters of a word may be wrong."""
    return 1 if len(word) < 8 else 2


def _best(one: Postings, other: Postings) -> Postings:
    if not one or not other:
        return one or other
    best = dict(one)
    for number, score in other.items():
        if score > best.get(number, 0.0):
            best[number] = score
    return best


def texts(draft: Draft, thesaurus: Thesaurus) -> Iterable[tuple[float, str]]:
    """Yield every text of an entry with what its words weigh."""
    for name in ("title", "summary", "body"):
        for text in getattr(draft, name).values():
            yield WEIGHTS[name], text
    for key in draft.themes:
        for concept in thesaurus.path(key)[:1]:
            yield from ((WEIGHTS["theme"], name) for name in names(concept))
    for key in draft.plans:
        yield from ((WEIGHTS["theme"], name) for concept in thesaurus.path(key) for name in concept.label.values())
    yield from _own(draft)


def _own(draft: Draft) -> Iterable[tuple[float, str]]:
    match draft.details:
        case Elsewhere(city=city, country=country):
            yield WEIGHTS["detail"], f"{city} {country}"
        case Event(place=place):
            yield WEIGHTS["detail"], place
            yield from ((WEIGHTS["body"], each.text) for each in draft.details.conclusions)
        case Article(author=author):
            yield WEIGHTS["detail"], author
        case Norm(number=number):
            yield WEIGHTS["title"], number
        case Expert(organisation=organisation, skills=skills):
            yield WEIGHTS["detail"], " ".join((organisation, *skills))


_lock = threading.Lock()
_held: tuple[object, Index] | None = None


def current() -> Index:
    """Return the index of what is published now."""
    global _held
    live = models.Entry.objects.filter(live=True).exclude(state="archived")
    stamp = (tuple(live.aggregate(Count("pk"), Max("changed"), Max("pk")).values()), models.Concept.objects.aggregate(Count("pk"), Max("pk")))
    with _lock:
        if _held is None or _held[0] != stamp:
            concepts = Thesaurus(read_concept(row) for row in models.Concept.objects.all())
            rows = live.exclude(shown=None).values_list("pk", "shown").iterator()
            _held = (stamp, Index(((number, read_draft(bytes(shown))) for number, shown in rows), concepts))
        return _held[1]
