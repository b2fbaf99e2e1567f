"""What the map looks through the public catalogue for: what the Region's datasets cover, and what peer cities publish and we do not.

Both are made anew when something is looked for, and kept until then: reading every entry takes longer than a page should.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime

import msgspec
from django.db import transaction

from zinneke.foundations.catalogue import store as catalogue
from zinneke.foundations.catalogue.values import Dataset
from zinneke.foundations.catalogue.vocabularies import REGION_GEONAMES
from zinneke.kernel.confidentiality import ANONYMOUS
from zinneke.kernel.finding import fold
from zinneke.kernel.problem import wrong
from zinneke.kernel.text import LANGUAGES
from zinneke.office.cartography import gaps, models
from zinneke.office.cartography.coverage import Covering, Survey, periods
from zinneke.office.cartography.peers import Lacking, Piece, lacking
from zinneke.office.cartography.reading import dcat
from zinneke.office.cartography.reading.origin import Origin, slugged

COVERAGE, PEERS = "coverage", "peers"
MOST = 20_000
"""Datasets of one imported catalogue that are compared."""


class PeerRow(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A city to compare with: its name, and which publishers of our catalogue it is."""

    key: str
    title: dict[str, str]
    publishers: tuple[str, ...] = ()


class Peer(msgspec.Struct, frozen=True, kw_only=True):
    """A city that we compare with, how many of its datasets are known, and since when."""

    key: str
    title: dict[str, str]
    datasets: int
    when: datetime


class Compared(msgspec.Struct, frozen=True, kw_only=True):
    """What peers publish and we do not, with the peers that were compared, how many datasets of ours and of theirs, and when; None for never."""

    lacks: tuple[Lacking, ...] = ()
    ours: int = 0
    theirs: int = 0
    when: datetime | None = None


def set_peers(rows: Sequence[PeerRow]) -> None:
    """Keep the cities that the city's own file compares with; those that were imported stay."""
    for row in rows:
        models.Peer.objects.update_or_create(key=row.key, defaults={"title": row.title, "publishers": list(row.publishers)})


def take_peer(data: bytes, name: str) -> tuple[str, int]:
    """Keep a catalogue in DCAT as that of a peer city, in place of what was known of it; return its key and how many datasets it lists."""
    key = slugged(name)[:60]
    if not key:
        raise wrong("Say which city's catalogue it is, such as Lyon.", where="name")
    found = dcat.read(data, Origin(name=key)).things[:-1][:MOST]
    pieces = [Piece(getattr(each.details, "dataset", ""), each.title, {}) for each in found]
    values = {"document": msgspec.msgpack.encode(pieces), "datasets": len(pieces), "when": datetime.now(UTC)}
    models.Peer.objects.update_or_create(key=key, defaults=values, create_defaults={**values, "title": dict.fromkeys(LANGUAGES, name.strip()[:200])})
    return key, len(pieces)


def list_peers() -> list[Peer]:
    """Return the cities that we compare with."""
    return [Peer(key=each.key, title=each.title, datasets=each.datasets, when=each.when) for each in models.Peer.objects.order_by("key")]


def look() -> Compared:
    """Look through the public catalogue, and keep what was found."""
    entries = list(_entries())
    ours = _ours(entries)
    high_value = gaps.count_high_value({each.key for each in ours})
    covered = Survey(datasets=tuple(map(_covering, ours)), administrations=_administrations(ours), high_value=high_value)
    compared = _compare(entries, ours)
    now = datetime.now(UTC)
    with transaction.atomic():
        for name, value in ((COVERAGE, covered), (PEERS, compared)):
            models.Survey.objects.update_or_create(name=name, defaults={"document": msgspec.msgpack.encode(value), "when": now})
    return msgspec.structs.replace(compared, when=now)


def find_coverage() -> tuple[Survey, datetime | None]:
    """Return what the Region's public datasets cover, and when that was looked at; None for never."""
    kept = models.Survey.objects.filter(name=COVERAGE).first()
    return (msgspec.msgpack.decode(bytes(kept.document), type=Survey), kept.when) if kept else (Survey(), None)


def find_compared() -> Compared:
    """Return what peers publish and we do not, as it was last compared."""
    kept = models.Survey.objects.filter(name=PEERS).first()
    return msgspec.structs.replace(msgspec.msgpack.decode(bytes(kept.document), type=Compared), when=kept.when) if kept else Compared()


def _entries() -> Iterator[Dataset]:
    after = 0
    while True:
        page, after = catalogue.list_datasets(ANONYMOUS, after, 1000)
        yield from page
        if not after:
            return


def _ours(entries: Sequence[Dataset]) -> list[Dataset]:
    """Return what is about the Region, and what those publish who mostly publish about it."""
    about = [bool(each.row.communes) or any(map(_in_region, each.row.spatial)) for each in entries]
    whole = Counter(each.row.publisher.key for each in entries if each.row.publisher)
    local = Counter(each.row.publisher.key for each, here in zip(entries, about, strict=True) if here and each.row.publisher)
    return [
        each
        for each, here in zip(entries, about, strict=True)
        if here or (each.row.publisher and 2 * local[each.row.publisher.key] >= whole[each.row.publisher.key])
    ]


def _in_region(place: str) -> bool:
    return place.rstrip("/").rpartition("/")[2] in REGION_GEONAMES


def _named(name: Mapping[str, str]) -> str:
    """Return a key by which one administration under two keys is one: its name's words."""
    return " ".join(fold(next((name[each] for each in LANGUAGES if name.get(each)), "")))


def _covering(entry: Dataset) -> Covering:
    row = entry.row
    until = row.end or (row.modified.isoformat() if row.start and row.modified else "")
    administration = _named(row.publisher.name) if row.publisher else ""
    return Covering(row.themes, row.communes, (administration,) if administration else (), periods(row.start, until))


def _administrations(ours: Sequence[Dataset]) -> dict[str, dict[str, str]]:
    """Return those who publish, and the administrations on the public map that do not."""
    found = {_named(each.row.publisher.name): dict(each.row.publisher.name) for each in ours if each.row.publisher}
    listed = models.Thing.objects.filter(kind="administration", level=0, withdrawn=False).values_list("title", flat=True)
    for title in listed:
        if _named(title) not in found:
            found[_named(title)] = dict(title)
    return {key: found[key] for key in sorted(found) if key}


def _compare(entries: Sequence[Dataset], ours: Sequence[Dataset]) -> Compared:
    theirs: dict[str, list[Piece]] = {}
    names: list[str] = []
    for peer in models.Peer.objects.order_by("key"):
        wanted = set(peer.publishers)
        pieces = [_piece(each) for each in entries if each.row.publisher and each.row.publisher.key in wanted]
        if wanted:
            models.Peer.objects.filter(pk=peer.pk).update(datasets=len(pieces) + len(_imported(peer)), when=datetime.now(UTC))
        theirs[peer.key] = pieces + _imported(peer)
        names += peer.title.values()
    mine = [_piece(each) for each in ours]
    return Compared(lacks=tuple(lacking(mine, theirs, names)), ours=len(mine), theirs=sum(map(len, theirs.values())))


def _imported(peer: models.Peer) -> list[Piece]:
    return msgspec.msgpack.decode(bytes(peer.document), type=list[Piece]) if peer.document else []


def _piece(entry: Dataset) -> Piece:
    return Piece(entry.key, entry.row.title, entry.row.keywords)
