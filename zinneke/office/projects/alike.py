"""What projects have in common, each reason spelled out and weighed, so that the few pairs worth a conversation come first.

What many share says little: every reason weighs `ln(n / shared)`, as in the inverse document frequency of Spärck Jones (1972). Words are compared
language by language by the cosine of their tf-idf vectors (Salton and Buckley 1988), and a project described in one language only is compared by the
words that both texts have, whatever their language: names such as wifi, parking or Fidus travel.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations

from zinneke.kernel.finding import fold
from zinneke.kernel.text import LANGUAGES
from zinneke.office.projects.values import Fiche, Reason, Texts

NEAR = 100.0
"""Metres within which two places are the same place."""
APART = 365
"""Days that may lie between two works in one place for a common opening of the street to make sense."""
ALIKE, SAME = 0.3, 0.6
"""Cosines from which words are worth a remark, and from which two projects may be one."""
ENOUGH = 1.5
"""The score from which a pair is pointed out."""
MOST = 5
"""Pairs of one project that are pointed out: the best."""
TOGETHER = 200
"""Pairs of one kind that are pointed out: nobody reads more."""
METRES = 111_195.0
SMALL = frozenset(
    [
        "de",
        "la",
        "le",
        "les",
        "des",
        "du",
        "un",
        "une",
        "et",
        "en",
        "pour",
        "par",
        "sur",
        "aux",
        "au",
        "avec",
        "dans",
        "qui",
        "que",
        "son",
        "sa",
        "ses",
        "leur",
        "est",
        "sont",
        "ou",
        "d",
        "l",
        "van",
        "het",
        "een",
        "en",
        "voor",
        "op",
        "met",
        "in",
        "die",
        "dat",
        "hun",
        "zijn",
        "is",
        "of",
        "te",
        "ter",
        "aan",
        "door",
        "bij",
        "wordt",
        "worden",
        "om",
        "the",
        "of",
        "and",
        "for",
        "a",
        "an",
        "to",
        "in",
        "on",
        "with",
        "by",
        "that",
        "its",
        "their",
        "is",
        "are",
        "or",
        "which",
        "from",
        "be",
        "at",
        "as",
        "bruxelles",
        "brussel",
        "brussels",
        "bruxellois",
        "bruxelloise",
        "brusselse",
        "region",
        "gewest",
        "regionale",
        "gewestelijke",
        "regional",
    ]
)
"""Words that tell no project from another."""


@dataclass(frozen=True, slots=True)
class Match:
    """Two projects by key, what they have in common, and how much it weighs together."""

    one: str
    other: str
    reasons: tuple[Reason, ...]
    score: float
    duplicate: bool


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a project is: the middle and half the diagonal of its box, in degrees and metres."""

    lon: float
    lat: float
    radius: float

    @classmethod
    def of(cls, box: tuple[float, float, float, float]) -> Spot:
        """Return the middle of a box, and how far its corners are from it."""
        west, south, east, north = box
        lon, lat = (west + east) / 2, (south + north) / 2
        return cls(lon, lat, distance(lon, lat, east, north))


def distance(lon: float, lat: float, to_lon: float, to_lat: float) -> float:
    """Return the metres between two points given in degrees; within a city the plane is good enough (error below 0.1 %)."""
    return math.hypot((to_lon - lon) * math.cos(math.radians((lat + to_lat) / 2)), to_lat - lat) * METRES


def stem(word: str) -> str:
    """Return the front of a word, so that parking, parkings and parkeren come close, and plurals are one."""
    return word[:6]


def bags(fiche: Fiche) -> dict[str, Counter[str]]:
    """Return the words of a fiche's name (counted twice) and summary, language by language."""
    return {language: _bag(fiche.name, language) + _bag(fiche.name, language) + _bag(fiche.summary, language) for language in LANGUAGES}


def _bag(texts: Texts, language: str) -> Counter[str]:
    return Counter(stem(word) for word in fold(texts.get(language, "")) if len(word) > 2 and word not in SMALL)


class Words:
    """The words of many fiches as vectors of length one, for each language and for all languages together (`*`)."""

    def __init__(self, fiches: Sequence[Fiche]) -> None:
        counted = [bags(fiche) for fiche in fiches]
        self.whole = {stem(word): word for fiche in fiches for texts in (fiche.summary, fiche.name) for text in texts.values() for word in fold(text)}
        self.vectors: list[dict[str, dict[str, float]]] = [{} for _ in fiches]
        for language in (*map(str, LANGUAGES), "*"):
            chosen = [sum(each.values(), Counter[str]()) if language == "*" else each[language] for each in counted]
            seen = Counter(word for bag in chosen for word in bag)
            weights = {word: math.log(1 + len(fiches) / number) for word, number in seen.items()}
            for at, bag in enumerate(chosen):
                if bag:
                    self.vectors[at][language] = _unit({word: (1 + math.log(number)) * weights[word] for word, number in bag.items()})

    def cosine(self, one: int, other: int) -> float:
        """Return how near the words of two fiches are, 0 to 1: in the language both are best in, or across languages where they share none."""
        a, b = self.vectors[one], self.vectors[other]
        common = (a.keys() & b.keys()) - {"*"} or a.keys() & b.keys()
        return max((_dot(a[each], b[each]) for each in common), default=0.0)

    def shared(self, one: int, other: int) -> list[str]:
        """Return up to four words that make two fiches alike, the weightiest first, of the language in which they are most alike."""
        first, second = self.vectors[one], self.vectors[other]
        languages = (first.keys() & second.keys()) - {"*"} or {"*"}
        language = max(sorted(languages), key=lambda each: _dot(first.get(each, {}), second.get(each, {})))
        a, b = first.get(language, {}), second.get(language, {})
        best = sorted(a.keys() & b.keys(), key=lambda word: (-a[word] * b[word], word))[:4]
        return [self.whole.get(word, word) for word in best]


def _unit(vector: dict[str, float]) -> dict[str, float]:
    length = math.sqrt(sum(value * value for value in vector.values()))
    return {word: value / length for word, value in vector.items()}


def _dot(a: Mapping[str, float], b: Mapping[str, float]) -> float:
    small, large = (a, b) if len(a) <= len(b) else (b, a)
    return sum(value * large[word] for word, value in small.items() if word in large)


def match(fiches: Sequence[Fiche], spots: Mapping[str, Spot]) -> list[Match]:
    """Return the pairs with enough in common, the weightiest first, at most `MOST` of each project."""
    by_kind: dict[str, list[int]] = defaultdict(list)
    for at, fiche in enumerate(fiches):
        by_kind[fiche.kind].append(at)
    found: list[Match] = []
    for kind, members in by_kind.items():
        chosen = [fiches[at] for at in members]
        found += _best(_works(chosen, spots) if kind == "works" else _smart(chosen, spots))
    return found


def _best(found: Iterable[Match]) -> list[Match]:
    kept, used = [], Counter[str]()
    for each in sorted(found, key=lambda each: (-each.score, each.one, each.other)):
        if used[each.one] < MOST and used[each.other] < MOST:
            used.update((each.one, each.other))
            kept.append(each)
    return kept[:TOGETHER]


def _smart(fiches: Sequence[Fiche], spots: Mapping[str, Spot]) -> list[Match]:
    texts = Words(fiches)
    reasons: dict[tuple[int, int], list[Reason]] = defaultdict(list)
    for kind, factor, of in FEATURES:
        for what, holders in _holders(fiches, of).items():
            if 2 <= len(holders) <= max(3, len(fiches) // 5):
                weight = factor * max(0.3, math.log(max(len(fiches), 8) / len(holders)) / math.log(max(len(fiches), 8)))
                for one, other in combinations(holders, 2):
                    reasons[one, other].append(Reason(kind, what, round(weight, 2)))
    _feeding(fiches, reasons)
    for one, other in combinations(range(len(fiches)), 2):
        cosine = texts.cosine(one, other)
        if cosine >= ALIKE:
            reasons[one, other].append(Reason("words", ", ".join(texts.shared(one, other)), round(4 * cosine, 2)))
        if near := _near(fiches[one], fiches[other], spots):
            reasons[one, other].append(near)
        if reasons.get((one, other)) and (public := sorted({*fiches[one].audiences} & {*fiches[other].audiences} - {"administrations"})):
            reasons[one, other].append(Reason("public", ", ".join(public), 0.2))
    made = [_match(fiches[one], fiches[other], why, texts.cosine(one, other) >= SAME) for (one, other), why in reasons.items()]
    return [each for each in made if each.score >= ENOUGH]


FEATURES = (
    ("data", 2.0, lambda fiche: [*_data(fiche.uses), *_data(fiche.gives)]),
    ("component", 2.0, lambda fiche: fiche.components),
    ("supplier", 1.5, lambda fiche: fiche.suppliers),
    ("partner", 1.0, lambda fiche: [each.name for each in fiche.partners]),
)
"""What projects can share: the kind of reason, what it weighs at the most, and where it stands in a fiche."""


def _data(data: Iterable[object]) -> list[str]:
    return [getattr(each, "key", "") or getattr(each, "name", "") for each in data]


def _holders(fiches: Sequence[Fiche], of: object) -> dict[str, list[int]]:
    held: dict[str, list[int]] = defaultdict(list)
    for at, fiche in enumerate(fiches):
        for what in dict.fromkeys(each.strip() for each in of(fiche) if each.strip()):  # type: ignore[operator]
            held[what].append(at)
    return held


def _feeding(fiches: Sequence[Fiche], reasons: dict[tuple[int, int], list[Reason]]) -> None:
    givers = _holders(fiches, lambda fiche: _data(fiche.gives))
    for what, takers in _holders(fiches, lambda fiche: _data(fiche.uses)).items():
        for giver in givers.get(what, ()):
            for taker in takers:
                if giver != taker:
                    pair = (min(giver, taker), max(giver, taker))
                    reasons[pair] = [each for each in reasons[pair] if not (each.kind == "data" and each.what == what)] + [Reason("feeds", what, 2.0)]


def _near(one: Fiche, other: Fiche, spots: Mapping[str, Spot]) -> Reason | None:
    a, b = spots.get(one.key), spots.get(other.key)
    if a is None or b is None:
        return None
    gap = max(0.0, distance(a.lon, a.lat, b.lon, b.lat) - a.radius - b.radius)
    return Reason("place", f"{gap:.0f} m", round(1.5 * (1 - gap / NEAR), 2)) if gap < NEAR else None


def _works(fiches: Sequence[Fiche], spots: Mapping[str, Spot]) -> list[Match]:
    """Pair works of different owners or suppliers in one place within a year: one opening of the street instead of two."""
    placed = [fiche for fiche in fiches if fiche.key in spots and (fiche.start or fiche.end)]
    cells: dict[tuple[int, int], list[Fiche]] = defaultdict(list)
    for fiche in placed:
        spot = spots[fiche.key]
        cells[int(spot.lon * 300), int(spot.lat * 450)].append(fiche)
    found = []
    for (x, y), here in cells.items():
        beside = [fiche for dx in (-1, 0, 1) for dy in (-1, 0, 1) for fiche in cells.get((x + dx, y + dy), ())]
        for one in here:
            for other in beside:
                if one.key < other.key and one.suppliers != other.suppliers and (why := _together(one, other, spots)):
                    found.append(_match(one, other, why, False))
    return found


def _together(one: Fiche, other: Fiche, spots: Mapping[str, Spot]) -> list[Reason]:
    a, b = spots[one.key], spots[other.key]
    metres = distance(a.lon, a.lat, b.lon, b.lat)
    days = _gap(one, other)
    if metres > max(a.radius, b.radius) or metres > NEAR or days > APART or one.start == other.start:
        return []  # works that begin on the same day were planned together already
    return [Reason("place", f"{metres:.0f} m", round(2 * (1 - metres / NEAR), 2)), Reason("time", str(days), round(2 * (1 - days / APART), 2))]


def _gap(one: Fiche, other: Fiche) -> int:
    """Return the days between two works, 0 where they overlap."""
    a, b = _span(one), _span(other)
    return max(0, (max(a[0], b[0]) - min(a[1], b[1])).days)


def _span(fiche: Fiche) -> tuple[date, date]:
    start, end = fiche.start or fiche.end, fiche.end or fiche.start
    assert start and end
    return start, end


def _match(one: Fiche, other: Fiche, reasons: Iterable[Reason], duplicate: bool) -> Match:
    ordered = tuple(sorted(reasons, key=lambda each: (-each.weight, each.kind, each.what)))
    first, second = sorted((one.key, other.key))
    return Match(first, second, ordered, round(sum(each.weight for each in ordered), 2), duplicate)
