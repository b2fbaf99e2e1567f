"""Kept subscriptions and dead letters as values."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from zinneke.foundations.identity import vault
from zinneke.foundations.observations import hearing
from zinneke.foundations.subscriptions import gathering, models, rules
from zinneke.foundations.subscriptions.values import Lag, Letter, Standing, Subscription
from zinneke.kernel.confidentiality import Actor
from zinneke.kernel.period import from_microseconds


def document(subscription: Subscription) -> dict[str, Any]:
    """Return a subscription as it is kept, without what has a column of its own."""
    return msgspec.to_builtins(msgspec.structs.replace(subscription, name="", expires=None, key=None))


def seal(secret: str, person: int) -> str:
    """Return the secret of a person's webhook as it is kept."""
    return vault.seal(secret, f"webhook:{person}")


def unseal(row: models.Subscription) -> str:
    """Return the secret of a kept subscription, "" when it has none or it no longer opens."""
    return (vault.unseal(row.secret, f"webhook:{row.person}") or "") if row.secret else ""


def explain() -> str:
    """Return why a subscription stands still that an operator stopped."""
    return "Whoever runs the platform stopped it."


def asked(row: models.Subscription) -> Subscription:
    """Return what a kept subscription wants."""
    found = msgspec.convert(row.document, Subscription)
    return msgspec.structs.replace(found, name=row.name, expires=row.expires, key=row.key)


def standing(row: models.Subscription, now: datetime, actor: Actor | None = None) -> Standing:
    """Return a kept subscription as it stands; with an actor, also what is owed."""
    wanted, health = asked(row), rules.Health(row.failures, row.failing_since, row.refusals, row.due)
    return Standing(
        id=row.pk, subscription=wanted, owner=row.person, state=row.state, why=row.why, circuit=rules.circuit(health, now), created=row.created,
        changed=row.changed, sequence=row.sequence, sent=row.sent, failed=row.failed, last_attempt=row.last_attempt, last_success=row.last_success,
        last_failure=row.last_failure, last_status=row.last_status, last_reason=row.last_reason,
        next_attempt=row.due or (row.round if wanted.every else None), letters=getattr(row, "given_up", 0),
        lag=gathering.lag(actor, wanted, gathering.Place(row.position, row.occurrence)) if actor and wanted.endpoint.kind != "events" else None,
    )  # fmt: skip


def behind(row: models.Subscription, found: Standing) -> Standing:
    """Return how a subscription stands with since when the notification at hand waits, without looking at what it holds."""
    if row.pending_position is None:
        return found
    moments = [from_microseconds(moment)] if (moment := hearing.stored_at(row.position)) is not None and row.pending_position > row.position else []
    moments += models.Occurrence.objects.filter(number__gt=row.occurrence).order_by("number").values_list("stored", flat=True)[:1]
    return msgspec.structs.replace(found, lag=Lag(0, False, min(moments, default=None)))


def letter(row: models.Letter) -> Letter:
    """Return a kept dead letter."""
    return Letter(
        id=row.pk, subscription=row.subscription_id, sequence=row.sequence, made=row.made, media_type=row.media_type, body=row.body,
        status=row.status, reason=row.reason,
    )  # fmt: skip


def wishes() -> list[Subscription]:
    """Return what all that are not paused or over want."""
    return [asked(row) for row in models.Subscription.objects.filter(state__in=("active", "stopped"))]
