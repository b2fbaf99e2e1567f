"""From rows to values and back, and the actor's reach as a condition of every query of this room."""

from __future__ import annotations

import hashlib

import msgspec
from django.db.models import Q, QuerySet

from zinneke.foundations.identity.within import within as condition
from zinneke.kernel.confidentiality import Actor, Level, Right, parts, reach
from zinneke.office.projects.models import Common, Part, Party, Passed, Record
from zinneke.office.projects.values import Component, Fiche, Gate, Organisation, Pair, Project, Reason

SUBJECT = "projects"
_fiche = msgspec.json.Decoder(Fiche)
_component = msgspec.json.Decoder(Component)
_organisation = msgspec.json.Decoder(Organisation)


def within(actor: Actor, right: Right, prefix: str = "") -> Q:
    """Return the actor's reach as a condition: on the whole room, and on what each organisation owns where it is held as a part."""
    return condition(actor, right, SUBJECT, part="owner", prefix=prefix)


def may(actor: Actor, right: Right, owner: str, level: Level, area: str) -> bool:
    """Say whether an actor holds a right over what an organisation owns, at a level, in an area."""
    return reach(actor, right, SUBJECT).allows(level, area) or reach(actor, right, f"{SUBJECT}.{owner}").allows(level, area)


def holds(actor: Actor, right: Right, owner: str = "") -> bool:
    """Say whether an actor holds a right over the whole room everywhere, or over all of one organisation's part of it."""
    subjects = (SUBJECT, f"{SUBJECT}.{owner}") if owner else (SUBJECT,)
    return any(reach(actor, right, subject).allows(Level.PUBLIC) for subject in subjects)


def owners(actor: Actor) -> set[str]:
    """Return the organisations whose projects are the actor's own: their organisation, and the parts of the room that they hold."""
    held = {part.partition(".")[2] for part in parts(actor, Right.EDIT, SUBJECT)}
    return held | ({actor.organisation} if actor.organisation else set())


def records(actor: Actor, right: Right = Right.SEE) -> QuerySet[Record]:
    """Return the projects within reach."""
    return Record.objects.filter(within(actor, right))


def components(actor: Actor, right: Right = Right.SEE) -> QuerySet[Part]:
    """Return the components within reach."""
    return Part.objects.filter(within(actor, right))


def project(record: Record) -> Project:
    """Return a row as a value."""
    box = (record.west, record.south, record.east, record.north)
    return Project(
        key=record.key,
        fiche=_fiche.decode(bytes(record.document)),
        phase=record.phase,
        since=record.since,
        version=record.version,
        created=record.created,
        changed=record.changed,
        confirmed=record.confirmed,
        bbox=None if record.west is None else box,
    )


def component(row: Part) -> Component:
    """Return a component's row as a value."""
    return msgspec.structs.replace(_component.decode(bytes(row.document)), version=row.version)


def gate(row: Passed) -> Gate:
    """Return a passed gate as a value."""
    return Gate(before=row.before, after=row.after, day=row.day, by=row.by, reason=row.reason, evidence=row.evidence)


def pair(row: Common) -> Pair:
    """Return two projects with something in common as a value."""
    one, other = project(row.one), project(row.other)
    reasons = tuple(Reason(*each) for each in row.reasons)
    return Pair(
        id=row.pk, one=one.key, other=other.key, names=(one.fiche.name, other.fiche.name), duplicate=row.duplicate, score=row.score,
        reasons=reasons, state=row.state, by=row.by, day=row.day, reason=row.reason,
    )  # fmt: skip


def organisations() -> dict[str, Organisation]:
    """Return every organisation by key: their names are public facts."""
    return {row.key: _organisation.decode(bytes(row.document)) for row in Party.objects.order_by("key")}


def encode(value: Fiche | Component | Organisation) -> bytes:
    """Return a value as its row keeps it."""
    return msgspec.json.encode(value, order="deterministic")


def digest(document: bytes) -> str:
    """Return the mark by which a loaded document is known again."""
    return hashlib.sha256(document).hexdigest()[:32]
