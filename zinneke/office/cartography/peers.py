"""What peer cities publish and we do not: titles and keywords compared by meaning across French, Dutch and English. Pure.

A word that the catalogue knows as a city's subject counts as that subject, one of the lexicon as its concept, any other as its stem; rarer ones
count more (TF-IDF), those of titles most. A peer's dataset is lacking when none of ours comes near it; those that are
alike are one subject.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import msgspec
import numpy as np

from zinneke.foundations.catalogue.question import Wish, stems_of, understand
from zinneke.foundations.tables.wording import known, word_units

NEAR = 0.3
"""From which resemblance on (0 to 1) we have something of the kind."""
TOGETHER = 0.4
"""From which resemblance on two lacking datasets are of one subject."""
_CITY = """stad ville city town commune gemeente communal gemeentelijk municipal dataset jeu données gegevens
data lijst liste list carte kaart map locaties"""
_KEYWORDS = 12


class Piece(msgspec.Struct, frozen=True, array_like=True):
    """A dataset as far as it is compared: its address, titles and keywords by language."""

    address: str
    title: dict[str, str]
    keywords: dict[str, tuple[str, ...]] = {}


class Lacking(msgspec.Struct, frozen=True):
    """A subject that peers publish: who (keys of peers), some of their datasets (peer, address, title), how many, and what of ours comes nearest."""

    peers: tuple[str, ...]
    examples: tuple[tuple[str, str, dict[str, str]], ...]
    datasets: int
    nearest: dict[str, str]
    address: str
    resemblance: float


def lacking(ours: Sequence[Piece], theirs: Mapping[str, Sequence[Piece]], names: Iterable[str] = ()) -> list[Lacking]:
    """Return the subjects that we lack, those of most peers first. `names` are words that say nothing: what the cities are called."""
    silent = frozenset(stem for word in (*names, *_CITY.split()) for stem in stems_of(word))
    pieces = [(peer, piece) for peer, several in theirs.items() for piece in several]
    if not pieces:
        return []
    rows = _vectors([_weights(piece, silent) for piece in (*ours, *(piece for _, piece in pieces))])
    mine, others = rows[: len(ours)], rows[len(ours) :]
    nearest, likeness = _nearest(others, mine)
    found = []
    for members in _subjects(others, np.flatnonzero(likeness < NEAR)):
        some = sorted({pieces[place][0]: place for place in reversed(members)}.values())  # one of each peer
        best = max(members, key=lambda place: likeness[place])
        close = ours[nearest[best]] if likeness[best] > 0 else None
        found.append(
            Lacking(
                peers=tuple(sorted({pieces[place][0] for place in members})),
                examples=tuple((pieces[place][0], pieces[place][1].address, pieces[place][1].title) for place in some[:6]),
                datasets=len(members),
                nearest=close.title if close else {},
                address=close.address if close else "",
                resemblance=round(float(likeness[best]), 3),
            )
        )
    return sorted(found, key=lambda each: (-len(each.peers), -each.datasets, each.resemblance, each.examples))


def _weights(piece: Piece, silent: frozenset[str]) -> dict[str, float]:
    """Return how often each meaning stands in a piece, one of its title three times."""
    found: dict[str, float] = defaultdict(float)
    for text in piece.title.values():
        for token in _meanings(text, silent):
            found[token] = max(found[token], 3.0)
    for words in piece.keywords.values():
        for token in _meanings(" ".join(words[:_KEYWORDS]), silent):
            found[token] += 1
    return found


def _meanings(text: str, silent: frozenset[str]) -> set[str]:
    small = known("stop_fr") | known("stop_nl") | known("stop_en")
    found: set[str] = set()
    for wish in understand(text):
        if wish.others:
            found.add(_subject(wish))
            continue
        for typed, stem in zip(wish.typed, wish.stems, strict=True):
            if stem not in silent and typed not in small and len(typed) > 2 and not typed.isdecimal():
                found.update(meaning for meaning in _of_word(typed, stem) if meaning not in silent)
    return found


def _subject(wish: Wish) -> str:
    return "#" + " ".join(min((wish.stems, *wish.others)))


@lru_cache(20_000)
def _of_word(typed: str, stem: str) -> tuple[str, ...]:
    """Return what a word that is no subject itself means: of a Dutch compound (geluidskaart) a subject and the rest, else concepts or its stem."""
    for cut in range(len(typed) - 3, 3, -1):
        for head in dict.fromkeys((typed[:cut], typed[:cut].removesuffix("s"))):
            (wish, *more) = understand(head) or (None,)
            if wish and wish.others and not more and len(head) > 3:
                rest = understand(typed[cut:])
                return (_subject(wish), *(_subject(each) if each.others else each.stems[0] for each in rest))
    return tuple(unit if unit[0] == "+" else stem for unit in word_units(typed))


def _vectors(rows: Sequence[Mapping[str, float]]) -> Any:
    """Return the rows as a sparse matrix of unit vectors."""
    from scipy import sparse

    numbers = {token: place for place, token in enumerate(dict.fromkeys(token for row in rows for token in row))}
    indices = np.array([numbers[token] for row in rows for token in row], np.int64)
    rarity = np.log(1 + len(rows) / np.maximum(np.bincount(indices, minlength=max(1, len(numbers))), 1))
    data = (1 + np.log(np.array([count for row in rows for count in row.values()]))) * rarity[indices] if len(indices) else np.empty(0)
    matrix = sparse.csr_matrix((data, indices, np.cumsum([0, *map(len, rows)])), shape=(len(rows), len(rarity)))
    norms = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
    return sparse.diags(1 / np.maximum(norms, 1e-9)) @ matrix


def _nearest(others: Any, mine: Any) -> tuple[Any, Any]:
    """Return for each row which of ours comes nearest, and how near."""
    if not mine.shape[0]:
        return np.zeros(others.shape[0], np.int64), np.zeros(others.shape[0])
    places, shares = [], []
    for start in range(0, others.shape[0], 2_000):
        dense = (others[start : start + 2_000] @ mine.T).toarray()
        places.append(dense.argmax(axis=1))
        shares.append(dense.max(axis=1))
    return np.concatenate(places), np.concatenate(shares)


def _subjects(rows: Any, places: Any) -> list[list[int]]:
    """Return the places of lacking datasets, those together that resemble the first of them: a chain of likenesses makes no subject."""
    left, found = [int(place) for place in places if rows[int(place)].nnz], []
    while left:
        alike = np.asarray((rows[left] @ rows[left[0]].T).todense()).ravel()
        members = [place for place, share in zip(left, alike, strict=True) if share >= TOGETHER]
        found.append(members)
        left = [place for place, share in zip(left, alike, strict=True) if share < TOGETHER]
    return found
