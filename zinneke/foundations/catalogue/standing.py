"""Where a dataset stands on its way to the public, and who may see it there: the condition that every query of entries carries."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db.models import Q

from zinneke.foundations.catalogue import intake, rules
from zinneke.foundations.catalogue.models import Entry, Rule
from zinneke.foundations.catalogue.values import Dataset, DatasetRow
from zinneke.foundations.identity.within import within
from zinneke.kernel.confidentiality import Actor, Level, Right, reach

SUBJECT = "catalogue"
CONFLICT = "Not as things stand"
UNPUBLISHED = ("draft", "review")
OPEN = ("published", "withdrawn")
"""States in which an entry is seen as its level says; a withdrawn one keeps its page, which says why."""
NEXT = {
    "submit": (("draft", "withdrawn"), "review"),
    "accept": (("review",), "published"),
    "send back": (("review",), "draft"),
    "withdraw": (("published",), "withdrawn"),
}
"""For each move, the states it starts from and the one it leads to."""


def seen_by(actor: Actor) -> Q:
    """Return the condition under which an actor may see an entry: by its level once it is published, before that by the right to edit."""
    return (Q(state__in=OPEN) & within(actor, Right.SEE, SUBJECT)) | (Q(state__in=UNPUBLISHED) & within(actor, Right.EDIT, SUBJECT))


def asks_of(row: DatasetRow) -> str:
    """Return what the publisher of a dataset asks of a second person."""
    found = Rule.objects.filter(publisher=row.publisher.key).first() if row.publisher else None
    return found.asks if found else "declared"


def who(actor: Actor) -> str:
    """Return whom a step is kept for: the person, by whichever session or token of theirs it came."""
    return actor.key[:200] if actor.person is None else f"person:{actor.person}"


def commands(actor: Actor, entry: Entry) -> bool:
    """Say whether an actor may command this very entry, so that nobody else need look at it."""
    return reach(actor, Right.COMMAND, f"{SUBJECT}.{entry.key}").allows(Level(entry.level), entry.area)


def edited_by(actor: Actor) -> Q:
    """Return the condition under which an actor may edit an entry."""
    return Q(state__in=(*UNPUBLISHED, *OPEN)) & within(actor, Right.EDIT, SUBJECT)


def dataset_of(entry: Entry) -> Dataset:
    """Return an entry as whoever may see it gets it."""
    row = intake.decode_row(bytes(entry.document))
    quality, advice = rules.assess(row, datetime.now(UTC))
    return Dataset(
        key=entry.key,
        source=entry.source,
        row=row,
        level=Level(entry.level),
        area=entry.area,
        quality=quality,
        advice=advice,
        versioned=entry.versioned,
        gone=entry.gone,
        first_seen=entry.first_seen,
        changed=entry.changed,
        state=entry.state,
        since=entry.since,
        reason=entry.reason,
        etag=entry.digest,
        waits=entry.waits,
    )
