"""Entries of a catalogue that are one dataset: harvested by two ways, published by two services, or described in another language.

Three pieces of evidence: the same content address, the same title, the same meaning (words weighed by rarity; words of the lexicon count as
their concept, so that French and Dutch meet). Figures in titles must agree, a share is no count: the population of 2021 is no duplicate of 2022's.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b
from itertools import combinations
from os.path import commonprefix
from typing import Any, Literal, NamedTuple
from urllib.parse import unquote, urlsplit

import msgspec
import numpy as np

from zinneke.foundations.tables.wording import fold, known, word_units
from zinneke.office.cartography.candidates import best_pairs

_SHARED_BY = 5
"""A content address in more entries than this is that of a portal or a service, and proves nothing."""
_SURE = 0.6
_SAME_MEANING, _SOME_MEANING = 0.75, 0.35
_ACROSS, _SAME_WORDS = 0.7, 0.85
_SERVICE = re.compile(r"service=|/wms|/wfs|/ows|rest/services|getcapabilities|sparql")
"""Addresses of services, which answer for many layers: they count only beside the same title."""
_FILE = re.compile(r"\.(csv|tsv|json|geojson|xml|kml|gpx|parquet|txt)(\.gz)?$")
"""Addresses of one file that holds one thing; a page, an archive or a workbook may hold several."""
_NEGATIONS = frozenset(("non", "pas", "sans", "hors", "niet", "geen", "zonder", "no", "not", "without"))
_CANDIDATES = 6
Proof = Literal["address", "title", "meaning"]


class Entry(msgspec.Struct, frozen=True):
    """What is compared of an entry: texts by language, keywords, addresses of its content (not of pages about it), who publishes it, its period."""

    key: str
    titles: Mapping[str, str]
    descriptions: Mapping[str, str] = {}
    keywords: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    publisher: str = ""
    period: str = ""


class Doubt(msgspec.Struct, frozen=True):
    """Two entries that may be one, how surely (0 to 1), and on what evidence: the proof, and the title, address or share that shows it."""

    left: str
    right: str
    score: float
    proofs: tuple[tuple[Proof, str], ...]


class Same(msgspec.Struct, frozen=True):
    """Entries that are one dataset, as far as the surest of their doubts says, and those doubts."""

    members: tuple[str, ...]
    score: float
    doubts: tuple[Doubt, ...]


class _Vectors(NamedTuple):
    rows: Any
    texts: Any
    titles: list[frozenset[str]]
    languages: list[frozenset[str]]
    figures: list[tuple[tuple[str, ...], ...]]
    weights: dict[str, float]


def find_duplicates(entries: Sequence[Entry], least: float = _SURE) -> tuple[Same, ...]:
    """Return the groups of entries that are one dataset, the surest first, with the evidence of each pair."""
    proofs: dict[tuple[int, int], dict[Proof, str]] = defaultdict(dict)
    for address, places in _index((address, n) for n, entry in enumerate(entries) for address in set(map(content_address, entry.addresses))):
        if address and len(places) <= _SHARED_BY:
            for pair in combinations(places, 2):
                proofs[pair].setdefault("address", address)
    for title, places in _index((title, n) for n, entry in enumerate(entries) for title in {_plain(each) for each in entry.titles.values()}):
        if len(title) >= 4 and len(places) <= 200:
            for pair in combinations(places, 2):
                proofs[pair].setdefault("title", title)
    vectors = _vectors(entries)
    candidates = _by_meaning(vectors)
    pairs = sorted({*proofs, *candidates})
    alike = zip(pairs, _cosines(vectors.rows, pairs), _cosines(vectors.texts, pairs), strict=True)
    doubts = (_doubt(entries, vectors, pair, cosine, text, proofs.get(pair, {}), least) for pair, cosine, text in alike)
    return _together(filter(None, doubts))


def content_address(address: str) -> str:
    """Return an address in the form in which two spellings are one: without scheme, `www.`, port, fragment, and with its query in order."""
    try:
        parts = urlsplit(address.strip())
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:
        return ""
    path, query = unquote(parts.path).rstrip("/"), "&".join(sorted(filter(None, parts.query.split("&"))))
    return f"{host}{path}{'?' if query else ''}{query}".lower() if host and (path or query) else ""


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+|%", fold(text)))


def _index(keyed: Iterable[tuple[str, int]]) -> Iterable[tuple[str, list[int]]]:
    found: dict[str, list[int]] = defaultdict(list)
    for key, place in keyed:
        found[key].append(place)
    return ((key, places) for key, places in found.items() if len(places) > 1)


def _tokens(text: str) -> list[str]:
    """Return the words of a text, those of the lexicon as their concepts, without small words."""
    small = known("stop_fr") | known("stop_nl") | known("stop_en")
    found: list[str] = []
    for word in re.findall(r"\w{1,40}", fold(text)):
        if word not in small:
            found += word_units(word)
    return found


def _vectors(entries: Sequence[Entry]) -> _Vectors:
    """Return a TF-IDF row per entry (its title counts three times), one of its text alone, and the title's words, languages and figures."""
    titles = [frozenset(token for text in entry.titles.values() for token in _tokens(text)) for entry in entries]
    languages = [frozenset(entry.titles) for entry in entries]
    figures = [tuple(sorted({tuple(re.findall(r"\d+|[%<>≤≥]", text)) for text in entry.titles.values()})[:1]) for entry in entries]
    texts: list[dict[str, float]] = []
    for entry in entries:
        counts: dict[str, float] = {}
        for text in (*entry.descriptions.values(), " ".join(entry.keywords[:20])):
            for token in _tokens(text[:1500])[:100]:
                counts[token] = counts.get(token, 0.0) + 1
        texts.append(counts)
    numbers: dict[str, int] = {}
    for several in (*titles, *texts):
        for token in several:
            numbers.setdefault(token, len(numbers))
    frequency = np.zeros(max(1, len(numbers)))
    for title, counts in zip(titles, texts, strict=True):
        for token in title | counts.keys():
            frequency[numbers[token]] += 1
    rarity = np.log(1 + len(entries) / np.maximum(frequency, 1))
    whole = [{**counts, **{token: counts.get(token, 0.0) + 3 for token in title}} for title, counts in zip(titles, texts, strict=True)]
    rest = [{token: count for token, count in counts.items() if token not in title} for title, counts in zip(titles, texts, strict=True)]
    weights = {token: float(rarity[place]) for token, place in numbers.items()}
    return _Vectors(_matrix(whole, numbers, rarity), _matrix(rest, numbers, rarity), titles, languages, figures, weights)


def _matrix(rows: Sequence[Mapping[str, float]], numbers: Mapping[str, int], rarity: Any) -> Any:
    """Return the rows as a sparse matrix of unit vectors."""
    from scipy import sparse

    indices = np.array([numbers[token] for row in rows for token in row], np.int64)
    data = (1 + np.log(np.array([count for row in rows for count in row.values()]))) * rarity[indices] if len(indices) else np.empty(0)
    ends = np.cumsum([0, *map(len, rows)])
    matrix = sparse.csr_matrix((data, indices, ends), shape=(len(rows), len(rarity)))
    norms = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
    return sparse.diags(1 / np.maximum(norms, 1e-9)) @ matrix


def _by_meaning(vectors: _Vectors) -> set[tuple[int, int]]:
    """Return pairs that share rare words of their titles, two by two, each entry with its best few."""
    frequency: dict[str, int] = defaultdict(int)
    for title in vectors.titles:
        for token in title:
            frequency[token] += 1
    keys, holders = [], []
    for number, title in enumerate(vectors.titles):
        rarest = sorted((token for token in title if frequency[token] > 1), key=lambda token: (frequency[token], token))[:6]
        for two in combinations(sorted(rarest), 2) if len(rarest) > 1 else ((*rarest, ""),) if rarest else ():
            keys.append(int.from_bytes(blake2b(" ".join(two).encode(), digest_size=8).digest(), "little", signed=True))
            holders.append(number)
    found = best_pairs(np.array(keys, np.int64), np.array(holders, np.int64), len(vectors.titles), _CANDIDATES, 1)
    return {(int(one), int(other)) for one, other in found}


def _cosines(rows: Any, pairs: Sequence[tuple[int, int]]) -> list[float]:
    found: list[float] = []
    for start in range(0, len(pairs), 20_000):
        some = np.array(pairs[start : start + 20_000], np.int64)
        found += np.asarray(rows[some[:, 0]].multiply(rows[some[:, 1]]).sum(axis=1)).ravel().tolist()
    return found


def _doubt(
    entries: Sequence[Entry], vectors: _Vectors, pair: tuple[int, int], cosine: float, text: float, proofs: Mapping[Proof, str], least: float
) -> Doubt | None:
    """Weigh the evidence on two entries: an address says most; a title alone says little when publisher and text differ.

    In a series one word is exchanged for another (top, base): then the meaning proves nothing, however much else is the same. One publisher
    who gives two such titles to one address speaks of two things that lie there.
    """
    one, other = entries[pair[0]], entries[pair[1]]
    if vectors.figures[pair[0]] != vectors.figures[pair[1]] or (one.period and other.period and one.period != other.period):
        return None
    shown, score = dict(proofs), 0.0
    apart = not vectors.languages[pair[0]] & vectors.languages[pair[1]] and not _one_language(vectors, pair) and one.publisher == other.publisher
    words = _shared_words(vectors, pair, apart)
    series = one.publisher == other.publisher and "title" not in proofs and told_apart(one.titles, other.titles)
    exchanged = series or (bool(vectors.titles[pair[0]] - vectors.titles[pair[1]]) and bool(vectors.titles[pair[1]] - vectors.titles[pair[0]]))
    if (cosine >= _SAME_MEANING and words >= _SAME_WORDS and not exchanged) or (apart and words >= _ACROSS):
        shown["meaning"], score = f"{cosine:.2f}", 0.6 + 0.3 * cosine
    if (
        "address" in proofs
        and (not series or _FILE.search(proofs["address"]))
        and ("title" in proofs or words >= _SOME_MEANING or not _SERVICE.search(proofs["address"]))
    ):
        score = max(score, 0.6) + 0.15 if "title" not in proofs else 0.9
    elif "address" in proofs:
        del shown["address"]
    told = bool(one.descriptions or one.keywords) and bool(other.descriptions or other.keywords)
    if "title" in proofs and ("address" in shown or (text >= _SOME_MEANING if told else one.publisher == other.publisher)):
        score = max(score, 0.5 + 0.3 * cosine) + (0.1 if one.publisher == other.publisher else 0.05)
    if score < least:
        return None
    order: tuple[Proof, ...] = ("address", "title", "meaning")
    return Doubt(one.key, other.key, round(min(score, 1.0), 3), tuple((proof, shown[proof]) for proof in order if proof in shown))


def told_apart(one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    """Say whether two titles in one language are told apart by a word that each has for itself (wijk, buurt), or by a negation."""
    small = known("stop_fr") | known("stop_nl") | known("stop_en")
    for language in one.keys() & other.keys():
        left, right = (frozenset(re.findall(r"\w{2,40}", fold(title))) for title in (one[language], other[language]))
        if (left ^ right) & _NEGATIONS:
            return True
        mine, theirs = left - right - small, right - left - small
        if any(not _inflected(word, theirs) for word in mine) and any(not _inflected(word, mine) for word in theirs):
            return True
    return False


def _inflected(word: str, others: Iterable[str]) -> bool:
    """Say whether a word is another form of one of these: what both begin with is most of the longer."""
    return any(len(commonprefix((word, each))) >= max(3, 0.7 * max(len(word), len(each)) - 1) for each in others)


def _shared_words(vectors: _Vectors, pair: tuple[int, int], apart: bool) -> float:
    """Return the shared words of two titles over all of them, weighed by rarity; of two languages only concepts, of which three must be there."""
    one, other = vectors.titles[pair[0]], vectors.titles[pair[1]]
    if apart:
        one, other = (frozenset(token for token in title if token[0] == "+") for title in (one, other))
    if apart and len(one & other) < 3:
        return 0.0
    whole = sum(vectors.weights[token] for token in one | other)
    return sum(vectors.weights[token] for token in one & other) / whole if whole else 0.0


def _one_language(vectors: _Vectors, pair: tuple[int, int]) -> bool:
    """Say whether two titles are in one language whatever they say they are in: half of the words that no lexicon has are the same."""
    one, other = ({word for word in vectors.titles[place] if word[0] != "+"} for place in pair)
    return len(one & other) >= max(1, 0.5 * min(len(one), len(other)))


def _together(doubts: Iterable[Doubt]) -> tuple[Same, ...]:
    leader: dict[str, str] = {}

    def lead(name: str) -> str:
        while leader.get(name, name) != name:
            leader[name] = leader.get(leader[name], leader[name])
            name = leader[name]
        return name

    kept = list(doubts)
    for doubt in kept:
        one, other = lead(doubt.left), lead(doubt.right)
        leader[max(one, other)] = min(one, other)
    found: dict[str, list[Doubt]] = defaultdict(list)
    for doubt in kept:
        found[lead(doubt.left)].append(doubt)
    same = []
    for several in found.values():
        several.sort(key=lambda doubt: (-doubt.score, doubt.left, doubt.right))
        same.append(Same(tuple(sorted({name for doubt in several for name in (doubt.left, doubt.right)})), several[0].score, tuple(several)))
    return tuple(sorted(same, key=lambda each: (-each.score, each.members)))
