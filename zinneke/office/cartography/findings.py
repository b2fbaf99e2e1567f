"""Findings: what the machine judges two tables to be to each other, kept with its evidence; what people decide of it stays for ever."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Literal

import msgspec
from django.db import transaction
from django.db.models import Q, QuerySet

from zinneke.foundations.audit import store as audit
from zinneke.kernel.confidentiality import Actor, Right
from zinneke.kernel.problem import not_found, wrong
from zinneke.kernel.text import Text
from zinneke.office.cartography import models, shelf
from zinneke.office.cartography.shelf import SUBJECT
from zinneke.office.cartography.things import Application, Form, Table, ThingRow, Words
from zinneke.office.cartography.values import ColumnProfile, Relation, TableProfile

Decision = Literal["", "confirmed", "rejected", "justified"]
DECISIONS: dict[Decision, Text] = {
    "": Text("À décider", "Te beslissen", "To be decided"),
    "confirmed": Text("Confirmé", "Bevestigd", "Confirmed"),
    "rejected": Text("Écarté", "Verworpen", "Rejected"),
    "justified": Text("Connu et justifié", "Gekend en verantwoord", "Known and justified"),
}


OURS = "zinneke"
"""The name of the platform as a source of its own map: its datasets are many publishers', no one's design."""
_DESIGNED = 2
"""So few columns shared by two tables of one database are how it refers from one to the other: dogs to their owners."""


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """A finding: the two things, what one is to the other and why, what was decided of it, and what it is worth where prices are known.

    `euros` and `hours` are a year; None when nobody gave what they follow from.
    """

    id: int
    relation: Relation
    left_title: Words
    right_title: Words
    left_owner: str
    right_owner: str
    decision: Decision
    reason: str
    by: str
    decided: datetime | None
    first_seen: datetime
    last_seen: datetime
    gone: bool
    euros: float | None = None
    hours: float | None = None


def table_of(record: models.Thing) -> TableProfile | None:
    """Return what the finder compares of a thing: the measured profile of a table, else its names alone; a form is a table that is asked."""
    measured = shelf.profile(record)
    if measured is not None:
        return msgspec.structs.replace(measured, key=record.key)
    row = msgspec.json.decode(record.document, type=ThingRow)
    if isinstance(row.details, Table) and row.details.columns:
        columns = tuple(ColumnProfile(each.name, labels=tuple(each.label.values())) for each in row.details.columns)
        return TableProfile(record.key, record.key, row.details.rows or 0, columns)
    if isinstance(row.details, Form) and row.details.fields:
        fields = tuple(ColumnProfile(each.name, labels=tuple(each.label.values())) for each in row.details.fields)
        return TableProfile(record.key, record.key, 0, fields, asked=True)
    return None


def known_tables() -> list[TableProfile]:
    """Return every table and form of the map as the finder takes them."""
    records = models.Thing.objects.filter(kind__in=("table", "form"), withdrawn=False).order_by("key")
    return [found for record in records.iterator() if (found := table_of(record))]


def keep(relations: Iterable[Relation]) -> tuple[int, int]:
    """Keep what was found and return how many findings there are and how many are new. A decision is never touched, and nothing is deleted.

    A finding that is not found any more is marked gone; one that a person rejected or justified is not raised again.
    """
    now, new, seen = datetime.now(UTC), 0, set[int]()
    known = {key: (pk, origin) for key, pk, origin in models.Thing.objects.filter(kind__in=("table", "form")).values_list("key", "pk", "origin")}
    with transaction.atomic():
        for each in relations:
            (left, mine), (right, theirs) = known.get(each.left, (None, "")), known.get(each.right, (None, ""))
            if left is None or right is None or (mine == theirs != OURS and each.kind == "joinable" and each.worth.fields <= _DESIGNED):
                continue
            low, high = sorted((left, right))
            values = {"kind": each.kind, "score": each.score, "document": msgspec.msgpack.encode(each), "last_seen": now, "gone": False}
            record, made = models.Finding.objects.update_or_create(
                left_id=low, right_id=high, defaults=values, create_defaults={**values, "first_seen": now}
            )
            seen.add(record.pk)
            new += made
        models.Finding.objects.exclude(pk__in=seen).update(gone=True)
    return len(seen), new


def visible(actor: Actor, right: Right = Right.SEE) -> QuerySet[models.Finding]:
    """Return the findings both of whose things the actor reaches: for deciding, one of them is enough."""
    left, both = shelf.reachable(actor, prefix="left__"), shelf.reachable(actor, prefix="right__")
    found = models.Finding.objects.filter(left & both).select_related("left", "right")
    if right is not Right.SEE:
        found = found.filter(shelf.reachable(actor, right, prefix="left__") | shelf.reachable(actor, right, prefix="right__"))
    return found


def narrowed(
    actor: Actor, kind: str = "", decision: str | None = None, owner: str = "", thing: str = "", gone: bool = False
) -> QuerySet[models.Finding]:
    """Return findings by kind, decision, owner or thing, the surest first."""
    found = visible(actor).filter(gone=gone)
    if kind:
        found = found.filter(kind=kind)
    if decision is not None:
        found = found.filter(decision=decision)
    if owner:
        found = found.filter(Q(left__owner=owner) | Q(right__owner=owner))
    if thing:
        found = found.filter(Q(left__key=thing) | Q(right__key=thing))
    return found.order_by("-score", "pk")


def value(actor: Actor, record: models.Finding) -> Finding:
    """Return a finding with its worth, as far as the actor sees what that follows from; who decided is told as a steward is."""
    relation = msgspec.msgpack.decode(bytes(record.document), type=Relation)
    left, right = _sides(record, relation)
    dropped = right if relation.keep == relation.left else left
    return Finding(
        id=record.pk,
        relation=relation,
        left_title=left.title,
        right_title=right.title,
        left_owner=left.owner,
        right_owner=right.owner,
        decision=record.decision,
        reason=record.reason,
        by=record.by if shelf.personal(actor) else "",
        decided=record.decided,
        first_seen=record.first_seen,
        last_seen=record.last_seen,
        gone=record.gone,
        euros=euros(actor, [record]),
        hours=_hours(relation, dropped) if relation.kind == "asked" else None,
    )


def _sides(record: models.Finding, relation: Relation) -> tuple[models.Thing, models.Thing]:
    things = {record.left.key: record.left, record.right.key: record.right}
    return things[relation.left], things[relation.right]


def euros(actor: Actor, records: Iterable[models.Finding]) -> float | None:
    """Return what the applications behind the tables that could go cost a year, each counted once, of those that the actor sees.

    None when nobody said.
    """
    costs: dict[str, float] = {}
    for record in records:
        if record.kind not in ("copy", "older", "subset"):
            continue
        relation = msgspec.msgpack.decode(bytes(record.document), type=Relation)
        left, right = _sides(record, relation)
        costs |= _costs(actor, right if relation.keep == relation.left else left)
    return sum(costs.values()) if costs else None


def _costs(actor: Actor, record: models.Thing) -> dict[str, float]:
    """Return what each application that uses this table or its database costs a year, where somebody said."""
    holders = shelf.things(actor).filter(out__relation="holds", out__target=record)
    users = (
        shelf.things(actor)
        .filter(kind="application")
        .filter(Q(out__relation="uses", out__target__in=holders) | Q(out__relation="uses", out__target=record))
    )
    found = {each.key: msgspec.json.decode(each.document, type=ThingRow).details for each in users.distinct()}
    return {key: each.cost for key, each in found.items() if isinstance(each, Application) and each.cost is not None}


def _hours(relation: Relation, record: models.Thing) -> float | None:
    from zinneke.office.cartography.once import SECONDS

    details = msgspec.json.decode(record.document, type=ThingRow).details
    if not isinstance(details, Form) or details.volume is None:
        return None
    asked = {each.name: SECONDS if each.seconds is None else each.seconds for each in details.fields}
    twice = {name for match in relation.matches for name in (match.left, match.right) if name in asked}
    return round(sum(asked[name] for name in twice) * details.volume / 3600, 1)


def get(actor: Actor, id: int) -> models.Finding:
    """Return the record of a finding. Raises `Problem` 404 when there is none within reach."""
    found = visible(actor).filter(pk=id).first()
    if found is None:
        raise not_found("finding", id)
    return found


def decide(actor: Actor, id: int, decision: Decision, reason: str) -> models.Finding:
    """Keep what a person decides, for ever. To reject or to justify takes a reason. Raises `Problem` 400 or 404."""
    if decision not in DECISIONS or not decision:
        raise wrong("Decide confirmed, rejected or justified.", where="decision")
    if decision != "confirmed" and not reason.strip():
        raise wrong("Say why, for whoever finds it next.", where="reason")
    with transaction.atomic():
        record = visible(actor, Right.EDIT).filter(pk=id).first()
        if record is None:
            raise not_found("finding", id)
        record.decision, record.reason, record.by, record.decided = decision, reason.strip()[:2000], actor.key, datetime.now(UTC)
        record.save(update_fields=("decision", "reason", "by", "decided"))
        audit.record(actor, f"finding.{decision}", f"{SUBJECT}:{record.left.key}", {"with": record.right.key, "kind": record.kind})
    return record
