"""What tells how things stand, by the clock or first of all: when it is due, and when the next. Kept in the records, it outlives a restart."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from zinneke.foundations.subscriptions import models

ANEW: dict[str, Any] = {"round": None, "page": 0}
"""What is kept of a subscription whose rounds begin anew, or end."""


def every(row: models.Subscription) -> float:
    """Return the seconds between two rounds, 0 for a subscription that is told what happens."""
    return float(row.document.get("every", 0))


def first(row: models.Subscription) -> bool:
    """Say whether a subscription is told first how things stand."""
    return bool(row.document.get("first", False))


def is_next(row: models.Subscription) -> bool:
    """Say whether the next notification tells how things stand, rather than what happened."""
    return bool(every(row)) or (first(row) and row.round is None)


def is_due(row: models.Subscription, moment: datetime) -> bool:
    """Say whether a round is to be told; the first at once where that was asked for, else one pause after this was asked first."""
    if row.round is None and not first(row):
        models.Subscription.objects.filter(pk=row.pk, round=None).update(round=moment + timedelta(seconds=every(row)))
        return False
    return row.round is None or row.round <= moment


def after(row: models.Subscription, moment: datetime, more: bool) -> dict[str, Any]:
    """Return what is kept once a notification is over: that its round goes on, or when the next is. Rounds that were missed are not made up for."""
    pause = every(row)
    if not is_next(row) or (row.round is None and not first(row)):
        return {}
    if more:
        return {"page": row.page + 1}
    if row.round is None:  # told first, and never again unless by the clock
        return {"page": 0, "round": moment + timedelta(seconds=pause)}
    missed = max(0, int((moment - row.round) / timedelta(seconds=pause)))
    return {"page": 0, "round": row.round + timedelta(seconds=pause * (missed + 1))}
