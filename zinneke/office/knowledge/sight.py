"""How far an actor sees and reaches in this room, as a condition of a query: the one place where the room asks for rights."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from zinneke.foundations.identity import within as identity
from zinneke.kernel.confidentiality import Actor, Level, Right, parts, reach, refusal
from zinneke.kernel.problem import not_found
from zinneke.office.knowledge import models

SUBJECT = "knowledge"


def within(actor: Actor, right: Right, to: str = "") -> Q:
    """Return the reach of a right over rows with level, area and owner; `to` is the way there from another table (`entry__`)."""
    return identity.within(actor, right, SUBJECT, part="owner", prefix=to)


def visible(actor: Actor, to: str = "") -> Q:
    """Return the condition for entries that somebody may read: what is published within reach, and what they may edit."""
    return Q(**{f"{to}live": True}) & within(actor, Right.SEE, to) | within(actor, Right.EDIT, to)


def may(actor: Actor, right: Right, level: Level, area: str, owner: str) -> bool:
    """Say whether a right reaches a thing of this level, area and owner."""
    if reach(actor, right, SUBJECT).allows(level, area):
        return True
    narrow = parts(actor, right, SUBJECT).get(f"{SUBJECT}.{owner}") if owner else None
    return narrow is not None and narrow.allows(level, area)


def insist(actor: Actor, right: Right, level: Level, area: str, owner: str = "") -> None:
    """Refuse unless a right reaches there (Problem 401 or 403)."""
    if not may(actor, right, level, area, owner):
        raise refusal(actor, right, SUBJECT)


def may_entry(actor: Actor, right: Right, row: models.Entry, level: Level | None = None) -> bool:
    """Say whether a right reaches an entry, or what is kept with it at a stricter level."""
    return may(actor, right, Level(row.level) if level is None else max(level, Level(row.level)), row.area, row.owner)


def find_row(actor: Actor, kind: str, key: str) -> models.Entry:
    """Return the row of an entry that the actor may read. Raises `Problem` 404."""
    row = models.Entry.objects.filter(visible(actor), kind=kind, key=key).first()
    if row is None:
        raise not_found(kind, key)
    return row


def find_editable(actor: Actor, kind: str, key: str, lock: bool = False) -> models.Entry:
    """Return the row of an entry that the actor may edit, locked until the transaction ends where asked. Raises `Problem` 404."""
    rows: QuerySet[models.Entry] = models.Entry.objects.filter(within(actor, Right.EDIT), kind=kind, key=key)
    row = (rows.select_for_update() if lock else rows).first()
    if row is None:
        raise not_found(kind, key)
    return row
