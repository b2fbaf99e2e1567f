"""A second person: what each publisher asks, and the versions of published datasets that wait for somebody to look at them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import get_args

from django.db import transaction

from zinneke.foundations.audit import store as audit
from zinneke.foundations.catalogue import intake
from zinneke.foundations.catalogue.authoring import OURS, note_turn, own_entry, take_version
from zinneke.foundations.catalogue.models import Entry, Rule
from zinneke.foundations.catalogue.standing import CONFLICT, SUBJECT, asks_of, dataset_of, edited_by, who
from zinneke.foundations.catalogue.values import Asks, Dataset, ReviewRule
from zinneke.foundations.tables import store as tables
from zinneke.foundations.tables.values import Spec, Version
from zinneke.kernel.confidentiality import SYSTEM, Actor, Right, demand
from zinneke.kernel.event import RowsComing
from zinneke.kernel.problem import Problem, not_found, wrong
from zinneke.kernel.route import verb


@verb(Right.SEE, SUBJECT)
def list_rules(actor: Actor) -> dict[str, ReviewRule]:
    """Return what publishers ask of a second person, by their keys: for everybody, so that it can be relied on."""
    found = Rule.objects.order_by("publisher")
    return {each.publisher: ReviewRule(publisher=each.publisher, asks=each.asks, actor=each.actor, since=each.time) for each in found}


@verb(Right.COMMAND, SUBJECT)
def set_rule(actor: Actor, publisher: str, asks: Asks) -> ReviewRule:
    """Declare what a publisher asks of a second person from now on, everywhere. Raises `Problem` 400, 403."""
    demand(actor, Right.COMMAND, SUBJECT)
    if asks not in get_args(Asks) or not publisher or len(publisher) > 200:
        raise wrong(f"A rule names a publisher, and asks for one of {', '.join(get_args(Asks))}.", where="asks")
    now = datetime.now(UTC)
    name = actor.name[:200] or actor.key[:200]
    Rule.objects.update_or_create(publisher=publisher, defaults={"asks": asks, "actor": name, "time": now})
    audit.record(actor, "set review rule", f"{SUBJECT}.{publisher}"[:200], {"asks": asks})
    return ReviewRule(publisher=publisher, asks=asks, actor=name, since=now)


@verb(Right.EDIT, SUBJECT)
def list_waiting(actor: Actor) -> list[Dataset]:
    """Return the published datasets of which a version waits, as far as the actor may edit them."""
    found = Entry.objects.filter(edited_by(actor), source=OURS, waits__gt=0).order_by("pk")
    return [dataset_of(entry) for entry in found[:1000]]


@verb(Right.EDIT, SUBJECT)
def find_waiting(actor: Actor, key: str) -> Version | None:
    """Return the version of a dataset that waits for somebody to look at it, None when there is none. Raises `Problem` 404."""
    if not Entry.objects.filter(edited_by(actor), key=key).exists():
        raise not_found("dataset", key)
    return tables.find_waiting(actor, key)


@verb(Right.EDIT, SUBJECT)
def accept_version(actor: Actor, key: str, mark: str, reason: str = "") -> Dataset:
    """Make the version that waits, the one that was looked at by its `mark`, the current one.

    Raises `Problem` 404 when none waits, 409 when another one does by now, and to whoever sent it.
    """
    with transaction.atomic():
        entry = own_entry(actor, key)
        sent = entry.turns.filter(state="waiting").order_by("pk").last()
        if sent is not None and sent.actor == who(actor) and actor is not SYSTEM:
            raise Problem(409, CONFLICT, "You sent this version yourself, so somebody else looks at it before it is public.")
        before = tables.find_version(actor, key)
        version = tables.settle(actor, key, True, mark)
        assert version is not None
        take_version(actor, key, before, version, Spec(licence=version.licence))
        return _turned(actor, entry, "renewed", reason)


@verb(Right.EDIT, SUBJECT)
def refuse_version(actor: Actor, key: str, mark: str, reason: str) -> Dataset:
    """Forget the version that waits, and say why; who sent it may do so too. Raises `Problem` 404 when none waits, 409 when another one does."""
    if not reason.strip():
        raise wrong("Say why: whoever meets this dataset next will want to know.", where="reason")
    with transaction.atomic():
        entry = own_entry(actor, key)
        tables.settle(actor, key, False, mark)
        return _turned(actor, entry, "refused", reason.strip())


def _turned(actor: Actor, entry: Entry, state: str, reason: str) -> Dataset:
    Entry.objects.filter(pk=entry.pk).update(waits=0, sequence=intake.advance())
    note_turn(actor, entry, state, reason)
    return dataset_of(Entry.objects.get(pk=entry.pk))


def list_unsettled() -> list[str]:
    """Return the keys of what is not published, or of which a version waits. Needs no right: the platform at work lets them rest."""
    return list(Entry.objects.filter(source=OURS).exclude(state="published", waits=0).values_list("key", flat=True))


def guard(coming: RowsComing) -> None:
    """Refuse rows that come past the description of what is not published, or where each version waits. Needs no right: it only ever says no."""
    entry = Entry.objects.filter(source=OURS, key=coming.dataset).first()
    if entry is not None and entry.state != "published":
        said = "It is not published, so its rows are sent by the pages, or with resource_update, and are public once it is accepted."
        raise Problem(409, CONFLICT, said)
    if entry is not None and asks_of(intake.decode_row(bytes(entry.document))) == "always":
        said = "Its publisher has each version looked at by somebody else. Send it by the pages, or with resource_update: there it waits for them."
        raise Problem(409, CONFLICT, said)
