"""What the platform knows of its own data, put on the map like anybody's; and what it finds by itself from time to time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import msgspec

from zinneke.foundations.catalogue import store as catalogue
from zinneke.foundations.tables import store as tables
from zinneke.foundations.tables.values import Version
from zinneke.kernel.confidentiality import ANONYMOUS, SYSTEM, Level, strictest
from zinneke.office.cartography import findings, meaning, measuring, models, scanning, summary
from zinneke.office.cartography.duplicates import Entry, find_duplicates
from zinneke.office.cartography.scanning import Scanned, ScanRecord
from zinneke.office.cartography.things import Column, Database, Relation, Table, ThingRow
from zinneke.office.cartography.values import TableProfile

ORIGIN = findings.OURS


def register() -> ScanRecord:
    """Put every dataset that the platform keeps on the map, with its columns and how confidential each is, and measure what is new of them."""
    versions, offices = list(_versions()), _offices()
    rows = [_row(version, offices) for version in versions]
    holds: tuple[tuple[Relation, str], ...] = tuple(("holds", row.key) for row in rows)
    title = {"fr": "Jeux de données de la plateforme", "nl": "Datasets van het platform", "en": "Datasets of the platform"}
    database = ThingRow(key=f"{ORIGIN}/tables", details=Database(engine="Parquet"), title=title, level=Level.PUBLIC, links=holds)
    scanned = Scanned(origin=ORIGIN, things=(*rows, database), profiles=tuple(_measured(versions)), level=Level.PUBLIC)
    found = scanning.take(SYSTEM, scanned)
    meaning.suggest_all()
    return found


def _versions() -> Iterator[Version]:
    after = ""
    while page := tables.list_datasets(SYSTEM, after, 500):
        yield from page
        after = page[-1].dataset


def _key(version: Version) -> str:
    return f"{ORIGIN}/tables/{version.dataset}".lower()


def _measured(versions: list[Version]) -> Iterator[TableProfile]:
    """Yield the profiles of datasets that were not measured since their last version."""
    held = dict(models.Profile.objects.filter(thing__origin=ORIGIN).values_list("thing__key", "when"))
    for version in versions:
        measured = held.get(_key(version))
        if (measured is None or measured < version.created) and (found := measuring.measure(version, _key(version))):
            yield found


def _offices() -> dict[str, str]:
    """Return the keys of the administrations on the map by what they are called in any language."""
    known = models.Thing.objects.filter(kind="administration", withdrawn=False).exclude(owner="")
    return {said.casefold(): each.owner for each in known for said in each.title.values()}


def _row(version: Version, offices: Mapping[str, str]) -> ThingRow:
    """Return a dataset as a table of the map; its publisher answers for it where that is an administration of the map."""
    entry = catalogue.find_by_uri(SYSTEM, f"urn:zinneke:{version.dataset}")
    columns = tuple(Column(each.name, each.type, each.label, each.level) for each in version.columns)
    names = entry.row.publisher.name.values() if entry and entry.row.publisher else ()
    return ThingRow(
        key=_key(version),
        details=Table(columns, version.rows, entry.key if entry else version.dataset),
        title=dict(entry.row.title) if entry else {"en": version.dataset},
        level=strictest((version.level, *(column.level for column in version.columns))),
        area=version.area,
        owner=next((offices[each.casefold()] for each in names if each.casefold() in offices), ""),
    )


def find(told: Callable[[int, int], Any] | None = None) -> tuple[int, int]:
    """Compare every table and form of the map with every other that is worth it, and keep what was found: how many, and how many new."""
    from zinneke.office.cartography import candidates

    found = findings.keep(candidates.find(findings.known_tables(), told))
    summary.remember()
    return found


class Twins(msgspec.Struct, frozen=True, kw_only=True):
    """Entries of the public catalogue that seem to be one dataset: their keys and titles, how surely, and on what evidence."""

    id: int
    members: tuple[tuple[str, dict[str, str]], ...]
    score: float
    proofs: tuple[str, ...]
    decision: findings.Decision
    reason: str


def find_twins() -> int:
    """Find entries of the public catalogue that are one dataset, and return how many groups there are. Decisions stay."""
    entries, titles = [], {}
    after = 0
    while True:
        page, after = catalogue.list_datasets(ANONYMOUS, after, 1000)
        for each in page:
            titles[each.key] = dict(each.row.title)
            addresses = tuple(way.url for way in each.row.distributions if way.url)
            words = tuple(word for said in each.row.keywords.values() for word in said)
            publisher = each.row.publisher.key if each.row.publisher else ""
            entries.append(Entry(each.key, each.row.title, each.row.description, words, addresses, publisher))
        if not after:
            break
    groups = find_duplicates(entries)
    seen = set()
    for group in groups:
        members = [[key, titles[key]] for key in sorted(group.members)]
        mark = " ".join(sorted(group.members))[:2000]
        proofs = sorted({proof for doubt in group.doubts for proof, _ in doubt.proofs})
        values = {"members": members, "score": group.score, "proofs": proofs, "gone": False}
        models.Twins.objects.update_or_create(mark=mark, defaults=values)
        seen.add(mark)
    for record in models.Twins.objects.filter(gone=False):
        if record.mark not in seen:
            models.Twins.objects.filter(pk=record.pk).update(gone=True)
    return len(groups)


def twins(record: models.Twins) -> Twins:
    """Return a group as a value."""
    return Twins(
        id=record.pk, members=tuple((key, title) for key, title in record.members), score=record.score, proofs=tuple(record.proofs),
        decision=record.decision, reason=record.reason,
    )  # fmt: skip
