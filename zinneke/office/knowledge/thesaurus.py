"""The tree of themes: which concepts a question names, in any of the three languages, and what is part of them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from zinneke.foundations.catalogue.words import stem, words
from zinneke.office.knowledge.values import Concept

Phrase = tuple[str, ...]


_stem = lru_cache(50_000)(stem)


def stems(text: str) -> Phrase:
    """Return the words of a text in the form in which they are compared."""
    return tuple(map(_stem, words(text)))


class Thesaurus:
    """Concepts by key, and by each of their names."""

    def __init__(self, concepts: Iterable[Concept]) -> None:
        self.concepts: Mapping[str, Concept] = {concept.key: concept for concept in concepts}
        self.names: dict[Phrase, set[str]] = {}
        for concept in self.concepts.values():
            for name in names(concept):
                if phrase := stems(name):
                    self.names.setdefault(phrase, set()).add(concept.key)
        self.longest = max(map(len, self.names), default=0)
        self.vocabulary = frozenset(word for phrase in self.names for word in phrase)

    def within(self, key: str) -> set[str]:
        """Return a concept's key and those of everything that is part of it."""
        found, open_ = set(), [key]
        while open_:
            current = open_.pop()
            if current not in found:
                found.add(current)
                open_ += [each.key for each in self.concepts.values() if each.broader == current]
        return found

    def path(self, key: str) -> list[Concept]:
        """Return a concept and what it is part of, nearest first."""
        found: list[Concept] = []
        while (concept := self.concepts.get(key)) and concept not in found:
            found.append(concept)
            key = concept.broader
        return found

    def named(self, question: Phrase) -> Iterator[tuple[int, int, set[str]]]:
        """Yield where a question names concepts: from which word, how many words, which concepts; the longest names first."""
        for size in range(min(self.longest, len(question)), 0, -1):
            for start in range(len(question) - size + 1):
                if keys := self.names.get(question[start : start + size]):
                    yield start, size, keys


def names(concept: Concept) -> Iterator[str]:
    """Yield every name of a concept, in every language."""
    yield from concept.label.values()
    for others in concept.also.values():
        yield from others
