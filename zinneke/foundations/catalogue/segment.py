"""A part of the search index: some entries as sorted word lists, facet codes and ready-made cards, in arrays that map from a file. Pure."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from zinneke.foundations.catalogue.values import DatasetRow, Texts
from zinneke.foundations.catalogue.vocabularies import REGION_GEONAMES
from zinneke.foundations.catalogue.words import STOP, WORD, fold, stem, words
from zinneke.kernel.box import Box
from zinneke.kernel.confidentiality import Level

FACETS = ("publisher", "theme", "licence", "format", "level", "commune", "source", "language")
CODED = (*FACETS, "keyword")
"""What is kept as codes: the facets that people choose from, and keywords, of which there are too many to list."""
FIELDS = (("title", 6.0, 0.5), ("keywords", 2.5, 0.6), ("publisher", 1.5, 0.3), ("description", 1.0, 0.75))
"""The texts that are searched: how much a word in each weighs, and how much its length counts (b of BM25F)."""
SATURATION = 1.5
"""k1 of BM25F: how soon repeating a word stops helping."""
EXCERPT = 240
LONGEST = 40
"""Letters of the longest word that is kept."""
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
LAYOUT = 6
"""Grows when the files of a segment change shape, so that an old one is built again rather than misread."""

SIDES = ("west", "south", "east", "north")
NOWHERE: Box = (float("nan"),) * 4

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Floats = NDArray[np.float32]


class Card(msgspec.Struct, frozen=True, array_like=True):
    """What a result shows, ready to decode: as `Hit`, with every language."""

    key: str
    title: Texts
    excerpt: Texts
    publisher: str
    publisher_name: Texts
    licence: str
    formats: tuple[str, ...]
    themes: tuple[str, ...]
    communes: tuple[str, ...]
    level: Level
    versioned: bool
    source: str
    modified: datetime | None
    quality: int
    state: str = "published"


@dataclass(frozen=True, slots=True)
class Item:
    """One entry to be indexed."""

    id: int
    key: str
    source: str
    row: DatasetRow
    level: Level
    area: str
    quality: int
    versioned: bool
    state: str = "published"
    first_seen: datetime = LONG_AGO
    changed: datetime = LONG_AGO


@dataclass(slots=True)
class Strings:
    """The texts of a segment: sorted terms with the form people write, areas, the values of each facet, publishers' names."""

    terms: list[str] = field(default_factory=list)
    surfaces: list[str] = field(default_factory=list)
    areas: list[str] = field(default_factory=list)
    facets: dict[str, list[str]] = field(default_factory=dict)
    publishers: dict[str, Texts] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Segment:
    """Some entries, indexed. Arrays of documents: `ids` (entries), `level`, `area`, `quality`, `versioned`, `modified` (seconds
    since 1970), `distributions` (how many), `draft` (not published yet), `part` (a further table of another one), `local` (about
    the Region or one of its communes), `seen` and `changed` (when the entry came and last changed here, seconds since 1970), and
    `west`, `south`, `east`, `north` of the place that the data cover (not a number where nobody says).

    Term i stands in `docs[starts[i]:starts[i + 1]]`, ascending, with `weights` (saturated BM25F without the inverse document
    frequency) and `fields` (a bit for each of `FIELDS` that has it). `profile` is the combination of facet values that a document has, which
    many share; `<facet>_holders` and `<facet>_codes` are the pairs of profiles and values, `keyword_…` those of documents and values. Card i is
    `cards[offsets[i]:offsets[i + 1]]`.
    """

    sequence: int
    strings: Strings
    arrays: dict[str, NDArray[Any]]

    def __len__(self) -> int:
        return len(self.arrays["ids"])

    @property
    def profiles(self) -> int:
        """How many combinations of facet values there are."""
        return int(self.arrays["profile"].max(initial=-1)) + 1

    def card(self, document: int) -> Card:
        """Return what a result shows of a document."""
        offsets = self.arrays["offsets"]
        return _card(self.arrays["cards"][int(offsets[document]) : int(offsets[document + 1])].tobytes())

    def save(self, folder: Path) -> None:
        """Write the segment as files that can be mapped; the folder appears whole or not at all."""
        folder.parent.mkdir(parents=True, exist_ok=True)
        part = Path(mkdtemp(prefix="part-", dir=folder.parent))
        for name, values in self.arrays.items():
            np.save(part / f"{name}.npy", values)
        (part / "strings.json").write_bytes(msgspec.json.encode(self.strings))
        part.rename(folder)


def load(folder: Path, sequence: int) -> Segment:
    """Return a saved segment without reading its arrays: they are mapped, and read when used.

    Raises `ValueError` when it has other arrays than one that is built today.
    """
    strings = msgspec.json.decode((folder / "strings.json").read_bytes(), type=Strings)
    arrays = {path.stem: np.asarray(np.load(path, mmap_mode="r")) for path in folder.glob("*.npy")}
    if arrays.keys() != build((), 0).arrays.keys():
        raise ValueError(f"{folder} was saved in another layout")
    return Segment(sequence, strings, arrays)


def build(items: Iterable[Item], sequence: int) -> Segment:
    """Index some entries."""
    builder = _Builder()
    for item in items:
        builder.add(item)
    return builder.finish(sequence)


_card = msgspec.json.Decoder(Card).decode
_encode = msgspec.json.Encoder().encode


class _Builder:
    """Collects the arrays of a segment, one entry after the other."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}
        self.known: dict[str, int] = {}
        self.surfaces: list[str] = []
        self.spelled: tuple[str, dict[str, str]] = ("", {})
        self.fields = {name: (array("i"), array("i"), array("i")) for name, _weight, _length in FIELDS}
        self.facets: dict[str, dict[str, int]] = {name: {} for name in CODED}
        self.pairs = {name: (array("i"), array("i")) for name in CODED}
        self.profiles: dict[tuple[tuple[int, ...], ...], int] = {}
        self.profile = array("i")
        self.areas: dict[str, int] = {}
        self.columns: dict[str, list[int]] = {
            name: []
            for name in ("ids", "level", "area", "quality", "versioned", "modified", "distributions", "local", "draft", "part", "seen", "changed")
        }
        self.boxes: list[Box] = []
        self.publishers: dict[str, Texts] = {}
        self.cards: list[bytes] = []

    def add(self, item: Item) -> None:
        """Take in one entry."""
        row, document = item.row, len(self.cards)
        if publisher := row.publisher:
            self.publishers.setdefault(publisher.key, publisher.name)
        self._text("title", document, " ".join(row.title.values()))
        self._text("keywords", document, " ".join(word for found in row.keywords.values() for word in found))
        self._text("publisher", document, " ".join(dict.fromkeys(publisher.name.values())) if publisher else "")
        self._text("description", document, " ".join(row.description.values()))
        formats = tuple(dict.fromkeys(each.format for each in row.distributions if each.format))
        values = {
            "publisher": (publisher.key,) if publisher else (),
            "theme": (*row.themes, *row.groups),
            "licence": (row.licence or "unknown",),
            "format": formats,
            "level": (item.level.name.lower(),),
            "commune": row.communes,
            "source": (item.source,),
            "language": row.languages or tuple(language for language in row.title if language != "und"),
            "keyword": tuple(word for found in row.keywords.values() for word in found),
        }
        self._coded(document, values)
        area = self.areas.setdefault(item.area, len(self.areas))
        modified = int(row.modified.timestamp()) if row.modified else 0
        local = bool(row.communes) or any(place.rstrip("/").rsplit("/", 1)[-1] in REGION_GEONAMES for place in row.spatial)
        when = (_seconds(item.first_seen), _seconds(item.changed))
        held = (item.id, item.level, area, item.quality, item.versioned, max(0, modified), len(row.distributions))
        numbers = (*held, local, item.state != "published", bool(row.part_of), *when)
        for name, number in zip(self.columns, numbers, strict=True):
            self.columns[name].append(int(number))
        self.boxes.append(row.box or NOWHERE)
        self.cards.append(_encode(self._card(item, formats)))

    def _coded(self, document: int, values: Mapping[str, Sequence[str]]) -> None:
        """Note the keywords of a document, and which combination of facet values it has."""
        numbers = {}
        for name, found in values.items():
            codes = self.facets[name]
            numbers[name] = tuple(codes.setdefault(value, len(codes)) for value in dict.fromkeys(found))
        key = tuple(numbers[name] for name in FACETS)
        fresh = len(self.profiles)
        profile = self.profiles.setdefault(key, fresh)
        self.profile.append(profile)
        for name, holder in (*((name, profile) for name in FACETS if profile == fresh), ("keyword", document)):
            self.pairs[name][0].extend([holder] * len(numbers[name]))
            self.pairs[name][1].extend(numbers[name])

    def _card(self, item: Item, formats: tuple[str, ...]) -> Card:
        row = item.row
        excerpts = {language: _excerpt(text) for language, text in row.description.items()}
        key, name = (row.publisher.key, row.publisher.name) if row.publisher else ("", {})
        licence = row.licence or "unknown"
        return Card(
            item.key, row.title, excerpts, key, name, licence, formats, row.themes, row.communes,
            item.level, item.versioned, item.source, row.modified, item.quality, item.state,
        )  # fmt: skip

    def _text(self, name: str, document: int, text: str) -> None:
        """Count the words of one field; what was seen once costs one look-up."""
        known, terms = self.known, self.fields[name][1]
        before = len(terms)
        for word in words(text):
            number = known.get(word)
            if number is None:
                number = self._new(word, text)
            if number >= 0:
                terms.append(number)
        count = len(terms) - before
        if count:
            self.fields[name][0].append(document)
            self.fields[name][2].append(count)

    def _new(self, word: str, text: str) -> int:
        if word in STOP or len(word) > LONGEST:
            self.known[word] = -1
            return -1
        term = stem(word)
        number = self.numbers.get(term)
        if number is None:
            number = self.numbers[term] = len(self.numbers)
            if self.spelled[0] is not text:
                self.spelled = text, _spellings(text)
            self.surfaces.append(self.spelled[1].get(word, word))
        self.known[word] = number
        return number

    def finish(self, sequence: int) -> Segment:
        """Sort everything into arrays."""
        terms = sorted(self.numbers)
        order = np.empty(len(terms), np.int64)
        for place, term in enumerate(terms):
            order[self.numbers[term]] = place
        arrays: dict[str, NDArray[Any]] = self._postings(order, len(terms))
        types = {
            "ids": np.int64,
            "level": np.int8,
            "area": np.int32,
            "quality": np.int8,
            "versioned": np.bool_,
            "modified": np.int64,
            "distributions": np.int32,
            "local": np.bool_,
            "draft": np.bool_,
            "part": np.bool_,
            "seen": np.int64,
            "changed": np.int64,
        }
        for name, kind in types.items():
            arrays[name] = np.array(self.columns[name], kind)
        boxes = np.array(self.boxes, np.float32).reshape(-1, 4)
        arrays.update(zip(SIDES, np.ascontiguousarray(boxes.T), strict=True))
        for name, (holders, codes) in self.pairs.items():
            arrays[f"{name}_holders"] = np.array(holders, np.int32)
            arrays[f"{name}_codes"] = np.array(codes, np.int32)
        arrays["profile"] = np.array(self.profile, np.int32)
        lengths = np.fromiter((len(card) for card in self.cards), np.int64, len(self.cards))
        arrays["offsets"] = np.concatenate((np.zeros(1, np.int64), np.cumsum(lengths)))
        arrays["cards"] = np.frombuffer(b"".join(self.cards), np.uint8)
        arrays["letters"] = np.array([letters(term) for term in terms], np.uint32)
        arrays["lengths"] = np.array([len(term) for term in terms], np.uint8)
        surfaces = [self.surfaces[self.numbers[term]] for term in terms]
        facets = {name: list(codes) for name, codes in self.facets.items()}
        return Segment(sequence, Strings(terms, surfaces, list(self.areas), facets, self.publishers), arrays)

    def _postings(self, order: Longs, terms: int) -> dict[str, NDArray[Any]]:
        """Return where each term starts, its documents, weights and fields, from the counted words of every field."""
        documents = max(1, len(self.cards))
        places, shares, sizes = [], [], []
        for name, weight, slope in FIELDS:
            holders, found, counts = (np.array(each, np.int64) for each in self.fields[name])
            lengths = 1 - slope + slope * counts / (counts.mean() if len(counts) else 1)
            places.append(order[found] * documents + np.repeat(holders, counts) if len(found) else found)
            shares.append(np.repeat(weight / lengths, counts))
            sizes.append(len(found))
        pairs, inverse = np.unique(np.concatenate(places), return_inverse=True)
        counted = np.bincount(inverse, np.concatenate(shares), minlength=len(pairs))
        fields = np.zeros(len(pairs), np.uint8)
        for bit, some in enumerate(np.split(inverse, np.cumsum(sizes)[:-1])):
            fields |= (np.bincount(some, minlength=len(pairs)) > 0).astype(np.uint8) << np.uint8(bit)
        return {
            "starts": np.searchsorted(pairs, np.arange(terms + 1) * documents),
            "docs": (pairs % documents).astype(np.int32),
            "weights": (counted / (counted + SATURATION)).astype(np.float32),
            "fields": fields,
        }


def letters(word: str) -> int:
    """Return which letters and digits a word has, one bit each, so that misspellings are compared only with words alike."""
    bits = 0
    for letter in word:
        code = ord(letter)
        bits |= 1 << (code - 97 if 97 <= code <= 122 else 26 + code % 6)
    return bits


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())


def _excerpt(text: str) -> str:
    flat = " ".join(text[: EXCERPT * 2].split())
    return flat if len(flat) <= EXCERPT else flat[:EXCERPT].rsplit(" ", 1)[0] + " …"


def _spellings(text: str) -> dict[str, str]:
    """Return the words of a text as it writes them, accents and all, in lower case, by their folded form."""
    lowered = text.lower()
    return {} if lowered.isascii() else {fold(word): word for word in WORD.findall(lowered)}
