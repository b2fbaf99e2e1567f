"""What is told by the clock: when a round is due, and when the next. It is kept in the records, so that it outlives a restart."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from zinneke.foundations.subscriptions import models

ANEW: dict[str, Any] = {"round": None, "page": 0}
"""What is kept of a subscription whose rounds begin anew, or end."""


def every(row: models.Subscription) -> float:
    """Return the seconds between two rounds, 0 for a subscription that is told what happens."""
    return float(row.document.get("every", 0))


def is_due(row: models.Subscription, moment: datetime) -> bool:
    """Say whether a round is to be told; the first is due one pause after this was asked first."""
    if row.round is None:
        models.Subscription.objects.filter(pk=row.pk, round=None).update(round=moment + timedelta(seconds=every(row)))
        return False
    return row.round <= moment


def after(row: models.Subscription, moment: datetime, more: bool) -> dict[str, Any]:
    """Return what is kept once a notification is over: that its round goes on, or when the next is. Rounds that were missed are not made up for."""
    pause = every(row)
    if not pause or row.round is None:
        return {}
    if more:
        return {"page": row.page + 1}
    missed = max(0, int((moment - row.round) / timedelta(seconds=pause)))
    return {"page": 0, "round": row.round + timedelta(seconds=pause * (missed + 1))}
