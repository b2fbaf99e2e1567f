"""How rows become records: recognised by source and address, compared by digest, given a readable key that never changes."""

from __future__ import annotations

import hashlib
import time
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

import msgspec
from django.db import transaction

from zinneke.foundations.catalogue import rules
from zinneke.foundations.catalogue.models import Entry, State
from zinneke.foundations.catalogue.values import DatasetRow
from zinneke.foundations.catalogue.words import slug
from zinneke.kernel.confidentiality import Level, Reach
from zinneke.kernel.load import Counts, Fault
from zinneke.kernel.problem import wrong
from zinneke.kernel.text import choose

KEPT = ("digest", "level", "area", "versioned", "gone", "quality", "title", "modified", "changed", "sequence", "document", "part_of")
"""What is written again when an entry changes; its key and the day it was first seen stay."""
BATCH = 500

encode_row = msgspec.json.Encoder().encode
decode_row = msgspec.json.Decoder(DatasetRow).decode


@dataclass(slots=True)
class Plan:
    """What is to be written: the documents of new and changed rows with their digests, and the addresses that the source still lists."""

    counts: Counts
    rows: list[tuple[bytes, str]] = field(default_factory=list)
    listed: set[str] = field(default_factory=set)


def compare(rows: Iterable[DatasetRow | Fault], source: str, reach: Reach) -> Plan:
    """Compare rows with the records of a source, keeping those that are new or changed; what cannot be taken is counted with a reason."""
    known = {uri: (digest, gone, level, area) for uri, digest, gone, level, area in _known(source)}
    plan = Plan(Counts())
    for row in rows:
        if isinstance(row, Fault):
            plan.counts.refuse(row.where, row.what)
            continue
        if fault := _fault(row, plan.listed):
            plan.counts.refuse(row.uri or "a row", fault)
            continue
        held = known.get(row.uri)
        if not reach.allows(row.level or Level.PUBLIC, row.area) or (held and not reach.allows(Level(held[2]), held[3])):
            plan.counts.refuse(row.uri, "you may not edit entries of this level and area. Ask an administrator for a role that does.")
            continue
        plan.listed.add(row.uri)
        document = encode_row(row)
        digest = hashlib.blake2b(document, digest_size=16).hexdigest()
        if held and held[0] == digest and not held[1]:
            plan.counts.unchanged += 1
            continue
        plan.counts.changed += held is not None
        plan.counts.added += held is None
        plan.rows.append((document, digest))
    return plan


def write(plan: Plan, source: str, *, versioned: bool, whole: bool, reach: Reach, state: str = "published") -> int:
    """Write a plan in one transaction; with `whole`, mark what the source no longer lists as gone. Returns how many were marked.

    `state` is that of new entries; the others keep theirs.
    """
    with transaction.atomic():
        gone = [pk for pk, uri, level, area in _missing(source, plan.listed) if reach.allows(Level(level), area)] if whole else []
        if not plan.rows and not gone:
            return 0
        now, sequence = datetime.now(UTC), advance()
        keys = dict(Entry.objects.filter(source=source).values_list("uri", "key"))
        taken = set(Entry.objects.values_list("key", flat=True))
        for start in range(0, len(plan.rows), BATCH):
            made = []
            for document, digest in plan.rows[start : start + BATCH]:
                row = decode_row(document)
                key = keys.get(row.uri) or new_key(row, source, taken)
                taken.add(key)
                made.append(_entry(row, document, digest, source, key, versioned, now, sequence, state))
            Entry.objects.bulk_create(made, update_conflicts=True, unique_fields=("source", "uri"), update_fields=KEPT)
        for start in range(0, len(gone), BATCH):
            Entry.objects.filter(pk__in=gone[start : start + BATCH]).update(gone=True, changed=now, sequence=sequence)
    return len(gone)


def advance() -> int:
    """Move the catalogue's sequence on, inside a transaction, and return it: every process sees that its index is behind.

    It follows the clock, so that a number is never used twice, even when a transaction was rolled back.
    """
    state, _made = State.objects.select_for_update().get_or_create(pk=1, defaults={"lineage": uuid.uuid4().hex})
    state.sequence = max(state.sequence + 1, time.time_ns() // 1000)
    state.save(update_fields=("sequence",))
    return state.sequence


def new_key(row: DatasetRow, source: str, taken: set[str]) -> str:
    """Return a readable key that nothing else has: the title's words, with a short hash where those are taken."""
    if row.key:
        if slug(row.key) != row.key:
            raise wrong(
                f"{row.key!r} cannot be a key. Write lower-case letters, digits and single hyphens, for example {slug(row.key) or 'my-data'!r}."
            )
        if row.key in taken:
            raise wrong(f"The key {row.key!r} belongs to another dataset. Choose another one.")
        return row.key
    stem = slug(choose(row.title, "fr")[0]) or slug(row.identifier) or "dataset"
    mark = hashlib.blake2b(f"{source} {row.uri}".encode(), digest_size=16).hexdigest()
    candidates = (stem, *(f"{stem}-{mark[:length]}" for length in (6, 12, 32)))
    return next(candidate for candidate in candidates if candidate not in taken)


def _known(source: str) -> Iterable[tuple[str, str, bool, int, str]]:
    return Entry.objects.filter(source=source).values_list("uri", "digest", "gone", "level", "area")


def _missing(source: str, listed: set[str]) -> list[tuple[int, str, int, str]]:
    present = Entry.objects.filter(source=source, gone=False).values_list("pk", "uri", "level", "area")
    return [entry for entry in present if entry[1] not in listed]


def _fault(row: DatasetRow, listed: set[str]) -> str:
    if not row.uri or len(row.uri) > 2000:
        return "the dataset needs a uri of 1 to 2,000 characters."
    if row.uri in listed:
        return "the same uri came twice; the first was taken. Give each dataset a uri of its own."
    if not any(row.title.values()):
        return "the dataset has no title in any language. Give it one."
    return ""


def _entry(row: DatasetRow, document: bytes, digest: str, source: str, key: str, versioned: bool, now: datetime, sequence: int, state: str) -> Entry:
    return Entry(
        key=key,
        source=source,
        uri=row.uri,
        digest=digest,
        level=row.level or Level.PUBLIC,
        area=row.area,
        versioned=versioned,
        gone=False,
        state=state,
        since=now if state != "published" else None,
        quality=rules.score(row, now),
        title=choose(row.title, "fr")[0][:500],
        modified=row.modified,
        first_seen=now,
        changed=now,
        sequence=sequence,
        document=document,
        part_of=row.part_of,
    )
