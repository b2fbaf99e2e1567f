"""Documents that others entrust to the house: JSON-LD contexts, registrations of other sources. They are facts about vocabularies and addresses."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.db import IntegrityError, transaction

from zinneke.foundations.audit import store as audit
from zinneke.foundations.observations import models
from zinneke.foundations.observations.attributes.values import Kept
from zinneke.foundations.observations.register import SUBJECT
from zinneke.kernel.confidentiality import Actor
from zinneke.kernel.event import SourceChanged, announce
from zinneke.kernel.period import read_moment_or_none
from zinneke.kernel.problem import Problem, not_found

TABLES: dict[str, Any] = {"context": models.Context, "source": models.Source}
MOST = 1_000
"""Documents of one kind that are kept at the most."""


def _kept(row: Any) -> Kept:
    return Kept(id=row.pk, document=row.document, created=row.created, modified=row.modified)


def listed(kind: str) -> list[Kept]:
    """Return the documents of a kind, in the order in which they came."""
    return [_kept(row) for row in TABLES[kind].objects.order_by("created", "pk")]


def get(kind: str, key: str) -> Kept:
    """Return one document. Raises `Problem` 404."""
    row = TABLES[kind].objects.filter(pk=key).first()
    if row is None:
        raise not_found(kind, key)
    return _kept(row)


def add(actor: Actor, kind: str, key: str, document: Any) -> None:
    """Keep a new document. Raises `Problem` 409 when its id is taken, 403 when there are too many."""
    if TABLES[kind].objects.count() >= MOST:
        raise Problem(403, "Too many", f"{MOST:,} of these are kept at the most. Delete one first.")
    try:
        with transaction.atomic():
            more = {"ended": is_over(document)} if kind == "source" else {}
            TABLES[kind].objects.create(pk=key, document=document, who=actor.key[:200], **more)
            _tell(kind, key, {}, document)
    except IntegrityError:
        raise Problem(409, "Already exists", f"There is a {kind} {key!r} already.") from None
    audit.record(actor, "add", SUBJECT, {kind: key})


def change(actor: Actor, kind: str, key: str, document: Any) -> None:
    """Replace a document that one added, or any source. Raises `Problem` 403, 404."""
    with transaction.atomic():
        row = _own(actor, kind, key)
        was, row.document = row.document, document
        if kind == "source":
            was, row.ended = {} if row.ended else was, is_over(document)
        row.save()
        _tell(kind, key, was, document)
    audit.record(actor, "change", SUBJECT, {kind: key})


def remove(actor: Actor, kind: str, key: str) -> None:
    """Delete a document that one added, or any source. Raises `Problem` 403, 404."""
    with transaction.atomic():
        row = _own(actor, kind, key)
        row.delete()
        _tell(kind, key, {} if getattr(row, "ended", False) else row.document, {})
    audit.record(actor, "delete", SUBJECT, {kind: key})


def is_over(document: Mapping[str, Any]) -> bool:
    """Say whether a registration has come to its end."""
    moment = read_moment_or_none(str(document.get("expiresAt", "")))
    return moment is not None and moment <= datetime.now(UTC)


def end() -> int:
    """Tell of the registrations that came to their end, each once, and return how many there were."""
    count = 0
    for key in [row.pk for row in models.Source.objects.filter(ended=False, document__has_key="expiresAt") if is_over(row.document)]:
        with transaction.atomic():
            row = models.Source.objects.select_for_update().filter(pk=key, ended=False).first()
            if row is not None and is_over(row.document):
                models.Source.objects.filter(pk=key).update(ended=True)
                _tell("source", key, row.document, {})
                count += 1
    return count


def _tell(kind: str, key: str, was: Any, now: Any) -> None:
    now = {} if kind == "source" and is_over(now) else now
    if kind == "source" and (was or now):
        announce(SourceChanged(key, was, now))


def _own(actor: Actor, kind: str, key: str) -> Any:
    row = TABLES[kind].objects.select_for_update().filter(pk=key).first()
    if row is None:
        raise not_found(kind, key)
    if row.who != actor.key[:200] and kind != "source":
        raise Problem(403, "Not allowed", "Whoever added it may change or delete it.")
    return row
