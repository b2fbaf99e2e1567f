"""Make, see, change and end subscriptions: one's own, and for operators everybody's."""

from __future__ import annotations

import base64
import secrets
from datetime import UTC, datetime
from typing import Any

import msgspec
from django.db import IntegrityError, transaction
from django.db.models import Count, QuerySet

from zinneke.foundations.audit import store as audit
from zinneke.foundations.subscriptions import checking, delivering, following, gathering, models, occurrences, records, rounds, waiting
from zinneke.foundations.subscriptions.following import Following
from zinneke.foundations.subscriptions.values import Letter, Made, Outcome, Standing, State, Subscription, Told
from zinneke.kernel.confidentiality import Actor, Right
from zinneke.kernel.problem import Problem, not_found, wrong
from zinneke.kernel.route import verb

SUBJECT = "subscriptions"
INTERNAL = (
    "add",
    "get",
    "find",
    "list_own",
    "change",
    "remove",
    "pause",
    "resume",
    "renew_secret",
    "list_letters",
    "remove_letter",
    "test",
    "send_letter",
    "follow",
    "count_told",
)
MOST = 200
"""Subscriptions that one person has at the most."""


def add(actor: Actor, subscription: Subscription) -> Made:
    """Make a subscription; it is told of what is stored from now on. Needs no right: it is one's own, and tells only what its owner may see.

    Raises `Problem` 400 for what makes no sense, 401 for visitors, 403 for a token without `edit:subscriptions`, 409 for a key that is taken.
    """
    person, now = _owner(actor, Right.EDIT), datetime.now(UTC)
    checking.check(subscription, person)
    if _of(person).count() >= MOST:
        raise Problem(409, "Too many", f"You have {MOST} subscriptions, which is the most. Remove one that you no longer need.")
    place, secret = gathering.here(), _new_secret() if subscription.endpoint.kind == "webhook" else ""
    try:
        with transaction.atomic():
            row = models.Subscription.objects.create(
                key=subscription.key, person=person, actor=actor.key, name=subscription.name, document=records.document(subscription),
                secret=records.seal(secret, person) if secret else "", created=now, changed=now, expires=subscription.expires,
                position=place.position, occurrence=place.occurrence,
            )  # fmt: skip
            audit.record(actor, "subscription.add", f"subscription:{row.pk}", {"endpoint": subscription.endpoint.kind})
    except IntegrityError:
        raise Problem(409, "Taken", f"There is a subscription {subscription.key!r} already.") from None
    waiting.changed()
    return Made(records.standing(row, now), secret)


def get(actor: Actor, number: int | str) -> Standing:
    """Return one of one's own subscriptions, by its number or its key, with what it is owed. Needs no right: it is one's own."""
    return records.standing(_own(actor, number), datetime.now(UTC), actor)


def find(actor: Actor, key: str) -> Standing | None:
    """Return one's own subscription of a key, None when there is none. Needs no right: it is one's own."""
    row = _of(_owner(actor, Right.SEE)).filter(key=key).first()
    return records.standing(row, datetime.now(UTC)) if row else None


def list_own(actor: Actor, shape: str | None = None, after: int = 0, limit: int = MOST) -> list[Standing]:
    """Return one's own subscriptions in order of number, those of one form where given. Needs no right: they are one's own."""
    rows = _of(_owner(actor, Right.SEE)).filter(pk__gt=after).order_by("pk").annotate(given_up=Count("letters"))
    chosen = [row for row in rows if shape is None or row.document.get("shape", "") == shape][:limit]
    now = datetime.now(UTC)
    return [records.standing(row, now, actor) for row in chosen]


def change(actor: Actor, number: int | str, subscription: Subscription) -> Standing:
    """Replace what one's own subscription wants, when and where; what it is owed already stays owed. Needs no right: it is one's own."""
    row = _own(actor, number, Right.EDIT)
    checking.check(subscription, row.person)
    if subscription.key != row.key:
        raise wrong("A subscription keeps its key.", where="key")
    fields: dict[str, Any] = {"name": subscription.name, "document": records.document(subscription), "expires": subscription.expires}
    if subscription.endpoint.kind == "webhook" and not row.secret:
        fields["secret"] = records.seal(_new_secret(), row.person)
    state = {"state": "active", "why": ""} if row.state == "expired" else {}
    fields |= {**state, "changed": datetime.now(UTC), "actor": actor.key, "failures": 0, "failing_since": None, "refusals": 0, "due": None}
    if subscription.every or subscription.first or rounds.every(row):
        fields |= _here()
    _write(actor, row, "subscription.change", fields)
    return get(actor, row.pk)


def remove(actor: Actor, number: int | str) -> None:
    """End one's own subscription, with its dead letters. Needs no right: it is one's own."""
    row = _own(actor, number, Right.EDIT)
    with transaction.atomic():
        audit.record(actor, "subscription.remove", f"subscription:{row.pk}")
        row.delete()
    waiting.changed()


def pause(actor: Actor, number: int | str) -> Standing:
    """Tell nothing for now; what happens meanwhile is not told later either. Needs no right: it is one's own."""
    row = _own(actor, number, Right.EDIT)
    _write(actor, row, "subscription.pause", {"state": "paused", "why": "", "changed": datetime.now(UTC)})
    return get(actor, row.pk)


def resume(actor: Actor, number: int | str) -> Standing:
    """Go on: after a pause from now on, after the platform stopped from where it was. Needs no right: it is one's own."""
    row = _own(actor, number, Right.EDIT)
    if row.state == "expired":
        raise Problem(409, "Over", "This subscription is over. Give it a later end first.")
    fields: dict[str, Any] = {"state": "active", "why": "", "actor": actor.key, "failures": 0, "failing_since": None, "refusals": 0, "due": None}
    if row.state == "paused":
        fields |= _here()
    _write(actor, row, "subscription.resume", {**fields, "changed": datetime.now(UTC)})
    return get(actor, row.pk)


def renew_secret(actor: Actor, number: int | str) -> str:
    """Make another secret for one's own webhook and return it; the earlier one signs nothing any more. Needs no right: it is one's own."""
    row, secret = _own(actor, number, Right.EDIT), _new_secret()
    _write(actor, row, "subscription.secret", {"secret": records.seal(secret, row.person), "changed": datetime.now(UTC)})
    return secret


def list_letters(actor: Actor, number: int | str, after: int = 0, limit: int = 100) -> list[Letter]:
    """Return the dead letters of one's own subscription, oldest first. Needs no right: they are one's own."""
    rows = _own(actor, number).letters.filter(pk__gt=after).order_by("pk")[:limit]
    return [records.letter(row) for row in rows]


def remove_letter(actor: Actor, number: int | str, letter_number: int) -> None:
    """Let a dead letter go. Needs no right: it is one's own."""
    if not _own(actor, number, Right.EDIT).letters.filter(pk=letter_number).delete()[0]:
        raise not_found("dead letter", letter_number)


def send_letter(actor: Actor, number: int | str, letter_number: int) -> Outcome:
    """Send a dead letter again, and return what became of it; it is gone when it arrived. Needs no right: it is one's own."""
    row = _own(actor, number, Right.EDIT)
    found = row.letters.filter(pk=letter_number).first()
    if found is None:
        raise not_found("dead letter", letter_number)
    return delivering.send_again(row, found)


def test(actor: Actor, number: int | str) -> Outcome:
    """Send a notification that says it is a test, and return what became of it. Needs no right: it is one's own."""
    row = _own(actor, number, Right.EDIT)
    if row.document["endpoint"]["kind"] == "events":
        raise wrong("Nothing is sent for this subscription: its events are read at its own address.")
    return delivering.try_out(row, actor)


def follow(actor: Actor, number: int, token: str) -> Following:
    """Begin to read a subscription as server-sent events, after the event of this id, or from now on. Needs no right: it is one's own."""
    row = _own(actor, number)
    if row.document["endpoint"]["kind"] != "events":
        raise Problem(
            409, "Sent elsewhere", "The events of this subscription are sent to its endpoint. Make one whose endpoint is of the kind events."
        )
    return following.begin(actor, row.pk, token)


def count_told(actor: Actor, rule: str) -> Told:
    """Return how many subscriptions are about one rule and how they do, without whose they are. Needs no right: it tells figures only."""
    _owner(actor, Right.SEE)
    rows = [row for row in models.Subscription.objects.exclude(state="expired").order_by("pk") if rule in (records.asked(row).wanted.rules or ())]
    troubled = sum(1 for row in rows if row.state != "active" or row.failures)
    waits = [moment for row in rows if row.state == "active" if (moment := occurrences.oldest(rule, row.occurrence)) is not None]
    return Told(len(rows), troubled, min(waits, default=None))


@verb(Right.COMMAND, SUBJECT)
def list_all(actor: Actor, state: State | None = None, after: int = 0, limit: int = 200) -> list[Standing]:
    """Return everybody's subscriptions and how they do, for who runs the platform: not where they lead, nor what they tell."""
    rows = models.Subscription.objects.filter(pk__gt=after).order_by("pk").annotate(given_up=Count("letters"))
    now = datetime.now(UTC)
    return [_veiled(records.behind(row, records.standing(row, now))) for row in (rows.filter(state=state) if state else rows)[:limit]]


@verb(Right.COMMAND, SUBJECT)
def stop(actor: Actor, number: int) -> None:
    """Stop anybody's subscription; its owner sees that it was, and may go on."""
    row = models.Subscription.objects.filter(pk=number).first()
    if row is None:
        raise not_found("subscription", number)
    _write(actor, row, "subscription.stop", {"state": "stopped", "why": records.explain(), "changed": datetime.now(UTC)})


def _veiled(found: Standing) -> Standing:
    endpoint = msgspec.structs.replace(found.subscription.endpoint, address="", headers={})
    return msgspec.structs.replace(found, subscription=msgspec.structs.replace(found.subscription, endpoint=endpoint, settings={}, key=None))


def _owner(actor: Actor, right: Right) -> int:
    if actor.person is None:
        raise Problem(401, "Sign in", "Sign in, or send a token of your account: a subscription belongs to somebody.")
    if not actor.within_scopes(right, SUBJECT):
        raise Problem(403, "Not allowed", f"This token does not have the scope {right}:{SUBJECT}.")
    return actor.person


def _of(person: int) -> QuerySet[models.Subscription]:
    return models.Subscription.objects.filter(person=person)


def _own(actor: Actor, number: int | str, right: Right = Right.SEE) -> models.Subscription:
    rows = _of(_owner(actor, right)).annotate(given_up=Count("letters"))
    row = (rows.filter(pk=number) if isinstance(number, int) else rows.filter(key=number)).first()
    if row is None:
        raise not_found("subscription", number)
    return row


def _here() -> dict[str, Any]:
    """Return what is kept of a subscription that is told from now on."""
    place = gathering.here()
    return {"position": place.position, "occurrence": place.occurrence, "pending_position": None, "pending_occurrence": None, **rounds.ANEW}


def _write(actor: Actor, row: models.Subscription, what: str, fields: dict[str, Any]) -> None:
    with transaction.atomic():
        models.Subscription.objects.filter(pk=row.pk).update(**fields)
        audit.record(actor, what, f"subscription:{row.pk}")
    waiting.changed()


def _new_secret() -> str:
    return f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}"
