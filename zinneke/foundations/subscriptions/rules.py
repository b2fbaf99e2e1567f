"""When to try, when to wait, when to give up; and how a notification is signed. Pure."""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from zinneke.foundations.subscriptions.values import Circuit, Outcome

FIRST, LONGEST = 5.0, 3600.0
"""Seconds before the second attempt, and between two attempts at the most."""
TRIP = 5
"""Failures in a row after which the circuit opens: from then on one attempt at a time finds out whether the endpoint is back."""
PATIENCE = timedelta(days=3)
"""How long an endpoint may fail before the platform stops and leaves it to a person."""
REFUSED = frozenset({400, 405, 406, 409, 411, 413, 414, 415, 422, 431, 501})
"""Answers that are about the notification rather than about the endpoint."""
REFUSALS = 3
"""How often one notification is refused before it becomes a dead letter, and the next has its turn."""
GONE = 410
"""The answer with which an endpoint says that it wants no more."""


@dataclass(frozen=True, slots=True)
class Health:
    """How an endpoint does: failures in a row, since when, how often the notification at hand was refused, not to be tried before `due`."""

    failures: int = 0
    since: datetime | None = None
    refusals: int = 0
    due: datetime | None = None


def circuit(health: Health, now: datetime) -> Circuit:
    """Return whether notifications flow, are held back, or one may find out."""
    if health.failures < TRIP:
        return "closed"
    return "open" if health.due is not None and health.due > now else "half-open"


def failed(health: Health, outcome: Outcome, now: datetime, luck: float) -> Health:
    """Return the health after a failed attempt; `luck` is between 0 and 1 and spreads the next attempts of many (full to half of the pause)."""
    failures = health.failures + 1
    pause = min(LONGEST, FIRST * 2.0 ** min(failures - 1, 20)) * (0.5 + luck / 2)
    refusals = health.refusals + (1 if outcome.status in REFUSED else 0)
    due = now + timedelta(seconds=max(pause, min(outcome.after, 4 * LONGEST)))
    return Health(failures, health.since or now, refusals, due)


def gives_up_notification(health: Health) -> bool:
    """Say whether the notification at hand is to become a dead letter."""
    return health.refusals >= REFUSALS


def explain(health: Health, outcome: Outcome, now: datetime) -> str:
    """Return why the platform stops trying an endpoint, or nothing."""
    if outcome.status == GONE:
        return "The endpoint answered 410: it wants no more."
    if health.since is not None and now - health.since >= PATIENCE:
        return f"The endpoint failed for {PATIENCE.days} days. What it is owed is kept as long as the journal holds it."
    return ""


def let_go(health: Health) -> Health:
    """Return the health once the notification at hand became a dead letter: the next is tried when its time comes."""
    return replace(health, refusals=0, failures=0, since=None)


def sign(secret: str, identifier: str, moment: int, body: bytes) -> str:
    """Return the signature of a notification as Standard Webhooks has it: HMAC-SHA-256 of `id.timestamp.body` under the secret `whsec_…`.

    Source: https://www.standardwebhooks.com, version 1 of the specification. `moment` is in seconds since 1970.
    """
    key = base64.b64decode(secret.removeprefix("whsec_"))
    digest = hmac.new(key, b".".join((identifier.encode(), str(moment).encode(), body)), hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"
