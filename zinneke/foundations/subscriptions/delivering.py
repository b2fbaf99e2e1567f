"""The outbox: what is due is made ready, and what became of it kept. One notification of a subscription is on its way at a time."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.db import transaction
from django.db.models import F, Q

from zinneke.foundations.identity import store as identity
from zinneke.foundations.subscriptions import gathering, models, records, rounds, rules, sending, shapes, waiting
from zinneke.foundations.subscriptions.gathering import Place
from zinneke.foundations.subscriptions.sending import Parcel
from zinneke.foundations.subscriptions.values import OBSERVATION, ROUND, Endpoint, Notification, Outcome, Shaped
from zinneke.kernel.confidentiality import SYSTEM, Actor

KEPT = 20_000
"""Rows of the journal that were looked through in vain before that is written down; after a crash they are looked through again."""
MOST_LETTERS = 1000
"""Dead letters of one subscription; with more it is stopped, since nobody reads them."""


def now() -> datetime:
    """Return this moment."""
    return datetime.now(UTC)


@dataclass(slots=True)
class Outbox:
    """Finds, readies and settles. `clock` and `luck` (0 to 1) are given by tests; `looked`: how far was looked in vain since it was written down."""

    clock: Callable[[], datetime] = now
    luck: Callable[[], float] = random.random
    send: Callable[[Parcel, datetime], Awaitable[Outcome]] = sending.send
    looked: dict[int, Place] = field(default_factory=dict)

    def list_due(self) -> list[tuple[int, str]]:
        """Return the subscriptions that may be owed something now, each with the host that it leads to; close those that are over."""
        moment = self.clock()
        waiting.awaited()  # remembered here, outside of any transaction
        over = models.Subscription.objects.filter(state="active", expires__lte=moment)
        if over.exists() and over.update(state="expired"):  # asked first, since who only looks waits for nobody who writes
            waiting.changed()
        rows = list(models.Subscription.objects.filter(Q(due=None) | Q(due__lte=moment), state="active").order_by("pk"))
        if not rows:
            return []
        here = gathering.here()
        return [(row.pk, _host(row)) for row in rows if self._may_be_owed(row, here, moment)]

    def _may_be_owed(self, row: models.Subscription, here: Place, moment: datetime) -> bool:
        if row.document["endpoint"]["kind"] == "events":
            return False
        if row.pending_position is None and _rests(row, moment):
            return False
        if rounds.is_next(row):
            return row.round is None or row.round <= moment
        place = self._place(row)
        return row.pending_position is not None or place.position != here.position or place.occurrence != here.occurrence

    def _place(self, row: models.Subscription) -> Place:
        looked = self.looked.get(row.pk, Place(0, 0))
        return Place(max(row.position, looked.position), max(row.occurrence, looked.occurrence))

    def ready(self, number: int) -> Parcel | None:
        """Make the next notification of a subscription ready, None when it is not due or nothing is owed. What it holds is fixed from then on."""
        row, moment = models.Subscription.objects.filter(pk=number, state="active").first(), self.clock()
        if row is None or (row.due is not None and row.due > moment) or (row.expires is not None and row.expires <= moment):
            return None
        if row.pending_position is None and _rests(row, moment):
            return None
        actor = identity.actor_of_key(row.actor)
        if actor is None:
            _stop(row, fault_of(row, actor))
            return None
        if rounds.is_next(row):
            return self._ready_round(row, actor, moment)
        standing = records.standing(row, moment)
        until = None if row.pending_position is None else Place(row.pending_position, row.pending_occurrence)
        place = Place(row.position, row.occurrence) if until else self._place(row)
        holds = shapes.holds(standing, actor)
        found = gathering.gather(actor, standing.subscription, holds, place, until)
        while until is None and not found.owed and found.place.occurrence != place.occurrence:  # what was stored after them waits behind them
            place = found.place
            found = gathering.gather(actor, standing.subscription, holds, place)
        if until is None:
            if not found.owed:
                self._note_look(row, found.place)
                return None
            fields = {"pending_position": found.place.position, "pending_occurrence": found.place.occurrence}
            if not models.Subscription.objects.filter(pk=row.pk, sequence=row.sequence, pending_position=None, state="active").update(**fields):
                return None
        kind = found.events[0].kind if found.events else OBSERVATION
        told = Notification(subscription=row.pk, sequence=row.sequence + 1, made=moment, events=found.events, kind=kind, missed=found.missed)
        return _parcel(row, actor, told)

    def _ready_round(self, row: models.Subscription, actor: Actor, moment: datetime) -> Parcel | None:
        """Make the next notification of how things stand ready: as they do now, whenever it is tried."""
        if not rounds.is_due(row, moment):
            return None
        told = Notification(subscription=row.pk, sequence=row.sequence + 1, made=moment, events=[], kind=ROUND, page=row.page)
        parcel = _parcel(row, actor, told)
        if not parcel.shaped.body:
            _update(row, rounds.after(row, moment, more=False))
            return None
        _update(row, {"pending_position": row.position, "pending_occurrence": row.occurrence})
        return parcel

    def _note_look(self, row: models.Subscription, place: Place) -> None:
        """Keep how far was looked in vain: here, and from time to time in the records."""
        self.looked[row.pk] = place
        if place.position - row.position > KEPT or place.occurrence != row.occurrence:
            fields = {"position": place.position, "occurrence": place.occurrence}
            models.Subscription.objects.filter(pk=row.pk, sequence=row.sequence, pending_position=None).update(**fields)

    def settle(self, parcel: Parcel, outcome: Outcome) -> bool:
        """Keep what became of an attempt, and say whether the next notification may follow at once."""
        moment = self.clock()
        row = models.Subscription.objects.filter(pk=parcel.row).first()
        told = parcel.notification
        if row is None or told is None or row.sequence != told.sequence - 1 or row.pending_position is None:
            return False
        base: dict[str, Any] = {"last_attempt": moment, "last_status": outcome.status}
        passed = {
            "sequence": row.sequence + 1, "position": row.pending_position, "occurrence": row.pending_occurrence,
            "pending_position": None, "pending_occurrence": None,
            **rounds.after(row, moment, parcel.shaped.more),
        }  # fmt: skip
        if outcome.good:
            healthy = _columns(rules.Health())
            _update(row, {**base, **passed, **healthy, "sent": F("sent") + 1, "last_success": moment, "last_reason": ""})
            return True
        health = rules.failed(rules.Health(row.failures, row.failing_since, row.refusals, row.due), outcome, moment, self.luck())
        base |= {"failed": F("failed") + 1, "last_failure": moment, "last_reason": outcome.reason[:300]}
        if rules.gives_up_notification(health):
            with transaction.atomic():
                _bury(row, parcel, outcome, moment)
                _update(row, {**base, **passed, **_columns(rules.let_go(health))})
            if why := fault_of(row):
                _stop(row, why)
            return False
        _update(row, {**base, **_columns(health)})
        if why := rules.explain(health, outcome, moment):
            _stop(row, why)
        return False

    def turn(self, number: int) -> Outcome | None:
        """Do one attempt for a subscription from beginning to end, and return what became of it, None when nothing was due."""
        parcel = self.ready(number)
        if parcel is None:
            return None
        outcome = asyncio.run(_awaited(self.send(parcel, self.clock())))
        self.settle(parcel, outcome)
        return outcome


def fault_of(row: models.Subscription, actor: Actor | None = SYSTEM) -> str:
    """Return why a subscription cannot go on, or nothing."""
    if actor is None:
        return "The account or the token that it was made with is no longer valid."
    if row.letters.count() >= MOST_LETTERS:
        return f"{MOST_LETTERS} of its notifications were refused. Read what could not be delivered."
    return ""


async def _awaited(outcome: Awaitable[Outcome]) -> Outcome:
    return await outcome


def _parcel(row: models.Subscription, actor: Actor, told: Notification) -> Parcel:
    standing = records.standing(row, told.made)
    secret = records.unseal(row)
    shaped = shapes.shape(standing, told, actor)
    endpoint = standing.subscription.endpoint
    return Parcel(row.pk, endpoint, shapes.identifier(told), shaped, secret, told, row.name, _box(row, endpoint))


def _box(row: models.Subscription, endpoint: Endpoint) -> tuple[str, str] | None:
    return identity.letterbox_of(row.person) if endpoint.kind == "mail" else None


def _rests(row: models.Subscription, moment: datetime) -> bool:
    """Say whether a subscription was told so recently that it is to be left alone."""
    pause = float(row.document.get("throttling", 0))
    return bool(pause and row.last_success is not None and moment < row.last_success + timedelta(seconds=pause))


def _host(row: models.Subscription) -> str:
    """Return where an endpoint is; those of one place that fail wait for one another, not those that do not."""
    endpoint = row.document["endpoint"]
    return f"{urlsplit(endpoint['address']).netloc or endpoint['kind']}{' failing' if row.failures else ''}"


def _columns(health: rules.Health) -> dict[str, Any]:
    return {"failures": health.failures, "failing_since": health.since, "refusals": health.refusals, "due": health.due}


def _update(row: models.Subscription, fields: dict[str, Any]) -> None:
    models.Subscription.objects.filter(pk=row.pk, sequence=row.sequence).update(**fields)


def _stop(row: models.Subscription, why: str) -> None:
    models.Subscription.objects.filter(pk=row.pk, state="active").update(state="stopped", why=why, changed=now())
    waiting.changed()


def _bury(row: models.Subscription, parcel: Parcel, outcome: Outcome, moment: datetime) -> None:
    """Keep a notification that was given up, as it was sent."""
    assert parcel.notification is not None
    models.Letter.objects.create(
        subscription=row, sequence=parcel.notification.sequence, made=parcel.notification.made, given_up=moment,
        media_type=parcel.shaped.media_type, headers=parcel.shaped.headers, body=parcel.shaped.body.decode(), status=outcome.status,
        reason=outcome.reason[:300],
    )  # fmt: skip


def try_out(row: models.Subscription, actor: Actor) -> Outcome:
    """Send a notification that says it is a test, and return what became of it; nothing is counted."""
    moment = now()
    told = Notification(subscription=row.pk, sequence=row.sequence, made=moment, events=[], test=True)
    return asyncio.run(sending.send(_parcel(row, actor, told), moment))


def send_again(row: models.Subscription, letter: models.Letter) -> Outcome:
    """Send a dead letter as it was, with its own identifier; gone when it arrives."""
    shaped = Shaped(letter.body.encode(), letter.media_type, letter.headers)
    secret = records.unseal(row)
    endpoint = records.asked(row).endpoint
    parcel = Parcel(row.pk, endpoint, f"{row.pk}-{letter.sequence}", shaped, secret, None, row.name, _box(row, endpoint))
    outcome = asyncio.run(sending.send(parcel, now()))
    if outcome.good:
        letter.delete()
    else:
        models.Letter.objects.filter(pk=letter.pk).update(status=outcome.status, reason=outcome.reason[:300])
    return outcome
