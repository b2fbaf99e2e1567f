"""Somebody who subscribes, streams, and a clock."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.foundations.observations import city
from zinneke.foundations.identity import store as identity
from zinneke.foundations.observations import store as observations
from zinneke.foundations.observations.values import Stream, Wanted
from zinneke.foundations.subscriptions import store
from zinneke.foundations.subscriptions.delivering import Outbox
from zinneke.foundations.subscriptions.values import Endpoint, Made, Subscription
from zinneke.kernel.confidentiality import SYSTEM, Actor

NOON = city.NOON
make = city.make
_numbers = itertools.count()


@dataclass
class Clock:
    """A clock that a test moves."""

    moment: datetime = datetime(2030, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.moment

    def pass_(self, **time: float) -> None:
        self.moment += timedelta(**time)


def outbox(**more: Any) -> tuple[Outbox, Clock]:
    """Return an outbox with a clock of its own, and no luck in its pauses."""
    clock = Clock()
    return Outbox(clock=clock, luck=lambda: 1.0, **more), clock


def somebody(role: str = "", subject: str = "*") -> Actor:
    """Return a person with a role or none."""
    email = f"reader{next(_numbers)}@brussels.test"
    person = identity.add_person(SYSTEM, email, "Reader")
    if role:
        identity.grant_role(SYSTEM, email, role, "", subject)
    actor = identity.actor_of_person(person.id)
    assert actor is not None
    return actor


def email_of(actor: Actor) -> str:
    box = identity.letterbox_of(actor.person or 0)
    assert box is not None
    return box[0]


def hook(address: str, *, most: int = 100, mode: Any = "structured", headers: dict[str, str] | None = None, **more: Any) -> Subscription:
    """Return a subscription of a webhook."""
    endpoint = Endpoint(kind="webhook", address=address, most=most, mode=mode, headers=headers or {})
    return Subscription(endpoint=endpoint, **{"wanted": Wanted(solution="demo"), **more})


def subscribe(actor: Actor, address: str, **more: Any) -> Made:
    return store.add(actor, hook(address, **more))


def observe(stream: Stream, *values: float, begin: int = 0) -> None:
    """Store values a minute apart; `begin` is the minute of the first."""
    rows = [(stream.id, NOON + timedelta(minutes=begin + at), value) for at, value in enumerate(values)]
    assert observations.ingest(SYSTEM, city.batch(*rows)).stored == len(values)
