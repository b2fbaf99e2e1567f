"""Write to the journal, read it, and prove that it is whole."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from django.db import transaction

from zinneke.foundations.audit import models, rules
from zinneke.foundations.audit.values import Entry, Verdict
from zinneke.kernel.confidentiality import Actor, Level, Right, reach
from zinneke.kernel.route import verb

INTERNAL = ("record",)
NOTHING: Mapping[str, object] = {}


def record(actor: Actor | str, action: str, subject: str, detail: Mapping[str, object] = NOTHING, ground: str = "") -> int:
    """Append an entry and return its number.

    Needs no right: whoever was allowed the deed is allowed, and bound, to have it written down. It joins the caller's
    transaction, so that the deed and its entry are kept together or not at all.
    """
    key = actor if isinstance(actor, str) else actor.key
    text, action, subject, ground = rules.canonical(detail), action[:100], subject[:200], ground[:300]
    with transaction.atomic():
        models.Head.objects.get_or_create(pk=1, defaults={"hash": rules.START})
        head = models.Head.objects.select_for_update().get(pk=1)
        seq, time = head.count + 1, datetime.now(UTC)
        sealed = rules.seal(seq, time, key[:100], action, subject, text, ground, head.hash)
        models.Entry.objects.create(
            seq=seq, time=time, actor=key[:100], action=action, subject=subject, detail=text, ground=ground, previous=head.hash, hash=sealed
        )
        head.count, head.hash = seq, sealed
        head.save(update_fields=("count", "hash"))
    return int(seq)


@verb(Right.SEE, "audit")
def list_entries(actor: Actor, after: int = 0, limit: int = 100, subject: str = "", who: str = "") -> list[Entry]:
    """Return entries in order, from the one after `after`; only those about one subject or by one actor where given."""
    if not reach(actor, Right.SEE, "audit").allows(Level.SHARED):
        return []
    found = models.Entry.objects.filter(seq__gt=after)
    if subject:
        found = found.filter(subject=subject)
    if who:
        found = found.filter(actor=who)
    return [_value(entry) for entry in found[: max(1, min(limit, 1000))]]


@verb(Right.SEE, "audit")
def verify(actor: Actor) -> Verdict:
    """Read the whole journal again and say whether every entry is what it was when written."""
    with transaction.atomic():
        head = models.Head.objects.select_for_update().filter(pk=1).first()
        count, sealed = (head.count, head.hash) if head else (0, rules.START)
        return rules.judge(_lines(), count, sealed)


def _lines() -> Iterator[rules.Line]:
    fields = ("seq", "time", "actor", "action", "subject", "detail", "ground", "previous", "hash")
    yield from models.Entry.objects.order_by("seq").values_list(*fields).iterator(chunk_size=2000)


def _value(entry: models.Entry) -> Entry:
    return Entry(entry.seq, entry.time, entry.actor, entry.action, entry.subject, json.loads(entry.detail), entry.ground, entry.previous, entry.hash)
