"""Writing the map: what people say wins over what machines find, nothing is deleted because a source was silent."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import msgspec
from django.db import transaction
from django.utils import timezone

from zinneke.foundations.audit import store as audit
from zinneke.kernel.confidentiality import Actor, Right, demand
from zinneke.kernel.load import Counts
from zinneke.kernel.problem import Problem, not_found, wrong
from zinneke.office.cartography import models, shelf
from zinneke.office.cartography.shelf import SUBJECT
from zinneke.office.cartography.things import Relation, ThingRow

HEAD = ("title", "about", "owner", "steward", "level", "area", "next_review")
"""What of a thing's head somebody can claim."""
REVIEW = timedelta(days=365)
"""How long a verification holds when nobody says otherwise."""


def allowed(actor: Actor, row: ThingRow) -> None:
    """Refuse whoever may not write a thing of this owner, level and area."""
    demand(actor, Right.EDIT, f"{SUBJECT}.{row.owner}" if row.owner else SUBJECT, row.level, row.area)


def fingerprint(row: ThingRow) -> str:
    """Return a digest of a table's column names, so that the same table under another name is recognised; empty for small ones."""
    names = sorted(column.name.lower() for column in getattr(row.details, "columns", ()))
    return hashlib.blake2b("\n".join(names).encode(), digest_size=16).hexdigest() if len(names) > 2 else ""


def differences(before: ThingRow, after: ThingRow) -> list[str]:
    """Return the names of what differs: of the head, and of the details as `details.hosting`."""
    found = [name for name in HEAD if getattr(before, name) != getattr(after, name)]
    if before.kind != after.kind:
        return [*found, "details"]
    names = after.details.__struct_fields__
    return found + [f"details.{name}" for name in names if getattr(before.details, name) != getattr(after.details, name)]


def merged(held: ThingRow, found: ThingRow, claimed: Sequence[str]) -> ThingRow:
    """Return what a machine found, with everything that people claimed left as they said it."""
    head = {name: getattr(held, name) for name in HEAD if name in claimed}
    details = found.details
    if held.kind == found.kind:
        kept = {name: getattr(held.details, name) for name in held.details.__struct_fields__ if f"details.{name}" in claimed}
        details = msgspec.structs.replace(details, **kept)
    elif "details" in claimed:
        details = held.details
    return msgspec.structs.replace(found, details=details, **head)


def set_by_hand(actor: Actor, row: ThingRow, version: int | None) -> models.Thing:
    """Write a thing as a person says it is. Raises `Problem` 409 when it changed since `version`, 403 when it is not theirs to write."""
    if not any(row.title.values()):
        raise wrong("A thing has a title in at least one language.", where="title")
    allowed(actor, row)
    with transaction.atomic():
        record = models.Thing.objects.select_for_update().filter(key=row.key).first()
        if record is None:
            before = ThingRow(key=row.key, details=type(row.details)(), title={})
            record = models.Thing(key=row.key, version=0)
        else:
            before = msgspec.json.decode(record.document, type=ThingRow)
            allowed(actor, before)
            if version is not None and version != record.version:
                raise Problem(
                    409,
                    "Changed meanwhile",
                    f"{record.by} changed this on {timezone.localtime(record.changed):%Y-%m-%d %H:%M}. Look at it again, then write yours.",
                    by=record.by,
                    version=record.version,
                )
        claimed = sorted({*record.claimed, *differences(before, row)})
        write(record, row, actor.key, claimed, withdrawn=False)
        _tie(record, row.links, "hand")
        audit.record(actor, "thing.set", f"{SUBJECT}:{row.key}", {"kind": row.kind, "changed": differences(before, row)})
    return record


def write(record: models.Thing, row: ThingRow, by: str, claimed: list[str], withdrawn: bool) -> None:
    """Write a row into its record."""
    record.kind, record.title, record.words = row.kind, row.title, shelf.words_of(row)
    record.owner, record.steward, record.level, record.area = row.owner, row.steward, row.level, row.area
    record.document, record.origin = msgspec.json.encode(msgspec.structs.replace(row, links=())).decode(), row.origin
    record.claimed, record.fingerprint, record.withdrawn = claimed, fingerprint(row), withdrawn
    record.next_review = row.next_review
    record.changed, record.by, record.version = datetime.now(UTC), by, record.version + 1
    record.save()


def _tie(record: models.Thing, links: Sequence[tuple[Relation, str]], origin: str) -> list[str]:
    """Add links to things that are known, and return the keys that are not."""
    known = {each.key: each for each in models.Thing.objects.filter(key__in={key for _, key in links})}
    fresh = [models.Link(source=record, relation=relation, target=known[key], origin=origin) for relation, key in links if key in known]
    models.Link.objects.bulk_create(fresh, ignore_conflicts=True)
    return [key for _, key in links if key not in known]


def take(actor: Actor, rows: Sequence[ThingRow], counts: Counts) -> set[str]:
    """Write what a machine found, and return the keys that are now known; a row that is not the actor's to write is refused by itself."""
    held = {each.key: each for each in models.Thing.objects.filter(key__in=[row.key for row in rows])}
    taken: set[str] = set()
    for row in rows:
        record = held.get(row.key)
        try:
            allowed(actor, row)
            if record is not None:
                allowed(actor, msgspec.json.decode(record.document, type=ThingRow))
        except Problem as problem:
            counts.refuse(row.key, problem.detail)
            continue
        taken.add(row.key)
        held[row.key] = _found(actor, record, row, counts)
    for row in rows:
        if row.key in taken and row.links and not held[row.key].withdrawn:
            for key in _tie(held[row.key], row.links, row.origin):
                counts.refuse(row.key, f"it leads to {key!r}, which the map does not know.")
    return taken


def _found(actor: Actor, record: models.Thing | None, row: ThingRow, counts: Counts) -> models.Thing:
    if record is None:
        record = models.Thing(key=row.key, version=0)
        write(record, row, actor.key, [], withdrawn=False)
        counts.added += 1
        return record
    before = msgspec.json.decode(record.document, type=ThingRow)
    after = merged(before, row, record.claimed)
    if record.withdrawn:  # a person said that it is no more
        counts.unchanged += 1
    elif differences(before, after) or record.missing:
        record.missing = None
        write(record, after, actor.key, list(record.claimed), withdrawn=False)
        counts.changed += 1
    else:
        counts.unchanged += 1
    return record


def verify(actor: Actor, key: str, until: date | None) -> models.Thing:
    """Note that a person looked at a thing and found it right, until its next review."""
    record = shelf.record_of(actor, key, Right.EDIT)
    today = timezone.localdate()
    if until is not None and until <= today:
        raise wrong("The next review lies ahead: give a day after today.", where="until")
    with transaction.atomic():
        row = msgspec.json.decode(record.document, type=ThingRow)
        record.reviewed, record.missing = today, None
        write(record, msgspec.structs.replace(row, next_review=until or today + REVIEW), actor.key, list(record.claimed), withdrawn=False)
        audit.record(actor, "thing.verify", f"{SUBJECT}:{key}", {"until": str(record.next_review)})
    return record


def withdraw(actor: Actor, key: str, reason: str) -> None:
    """Note that a thing is no more, for ever: no scan brings it back. Its history stays in the journal."""
    if not reason.strip():
        raise wrong("Say why it is no more.", where="reason")
    record = shelf.record_of(actor, key, Right.EDIT)
    with transaction.atomic():
        record.withdrawn, record.changed, record.by, record.version = True, datetime.now(UTC), actor.key, record.version + 1
        record.save()
        audit.record(actor, "thing.withdraw", f"{SUBJECT}:{key}", {}, reason)


def withdraw_source(actor: Actor, origin: str, reason: str) -> int:
    """Note that all that is known from a source is no more. Raises `Problem` 400 without a reason, 404 when nothing of it is the actor's to write."""
    if not reason.strip():
        raise wrong("Say why it is no more.", where="reason")
    with transaction.atomic():
        keys = list(shelf.things(actor, Right.EDIT).filter(origin=origin).order_by("key").values_list("key", flat=True))
        if not keys:
            raise not_found("source", origin)
        for key in keys:
            withdraw(actor, key, reason)
        audit.record(actor, "source.withdraw", SUBJECT, {"source": origin, "things": len(keys)}, reason)
    return len(keys)
