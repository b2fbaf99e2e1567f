"""What somebody typed, understood: words, and for each the other ways, in three languages, to say the same. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from zinneke.foundations.catalogue.concepts import CONCEPTS
from zinneke.foundations.catalogue.vocabularies import COMMUNES
from zinneke.foundations.catalogue.words import ASKING, STOP, stem, words

LONGEST = 300
"""Letters of a query that are read."""
MOST = 12
"""Words of a query that are used."""
SYNONYM = 0.7
"""How much a synonym counts beside the word that was typed."""

Phrase = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Wish:
    """One thing that is wanted: the words as typed (folded), their stems, and phrases of stems that mean the same."""

    typed: Phrase
    stems: Phrase
    others: tuple[Phrase, ...]
    last: bool


def stems_of(text: str) -> Phrase:
    """Return the stems of the words of a text that say something; all of them where none does."""
    found = words(text)
    return tuple(stem(word) for word in ([word for word in found if word not in STOP] or found))


def understand(text: str) -> tuple[Wish, ...]:
    """Return what a query wants, the longest known concept first where words belong together.

    Anything is data: there is no syntax that could be wrong.
    """
    typed = words(text[:LONGEST])
    typed = list(dict.fromkeys([word for word in typed if word not in ASKING] or typed))[:MOST]
    stems = [stem(word) for word in typed]
    wishes: list[Wish] = []
    place = 0
    while place < len(stems):
        length = next((size for size in range(min(_LONGEST, len(stems) - place), 1, -1) if tuple(stems[place : place + size]) in _BY_PHRASE), 1)
        phrase = tuple(stems[place : place + length])
        others = tuple(dict.fromkeys(other for concept in _BY_PHRASE.get(phrase, ()) for other in _CONCEPTS[concept] if other != phrase))
        wishes.append(Wish(tuple(typed[place : place + length]), phrase, others, place + length == len(stems)))
        place += length
    return tuple(dict.fromkeys(wishes))


def _phrases() -> list[tuple[Phrase, ...]]:
    names = [(commune.name.fr, commune.name.nl, *commune.other) for commune in COMMUNES.values()]
    return [tuple(dict.fromkeys(stems_of(phrase) for phrase in concept)) for concept in (*CONCEPTS, *names)]


def _brought() -> list[tuple[Phrase, ...]]:
    """Return, for each concept, the phrases that the others bring: those without a star."""
    names = _PHRASES[len(CONCEPTS) :]
    return [tuple(dict.fromkeys(stems_of(phrase) for phrase in concept if not phrase.startswith("*"))) for concept in CONCEPTS] + names


_PHRASES = _phrases()
_CONCEPTS = _brought()
_BY_PHRASE: dict[Phrase, list[int]] = {}
for _number, _concept in enumerate(_PHRASES):
    for _phrase in _concept:
        _BY_PHRASE.setdefault(_phrase, []).append(_number)
_LONGEST = max(len(phrase) for phrase in _BY_PHRASE)
