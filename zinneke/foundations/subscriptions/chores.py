"""What the room does from time to time: it lets the journal and the occurrences go that nobody is owed any more."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Min

from zinneke.foundations.observations import hearing
from zinneke.foundations.subscriptions import models, occurrences
from zinneke.kernel.chore import Chore

FOLLOWED = 1_000_000
"""Rows of the journal that are kept for those who read server-sent events, and may come back."""
STOPPED = timedelta(days=7)
"""How long the journal is kept for a subscription that the platform stopped."""


def tidy(now: datetime) -> str:
    """Drop what nobody is owed. Returns a line for the log."""
    owed = models.Subscription.objects.filter(state="active") | models.Subscription.objects.filter(state="stopped", changed__gte=now - STOPPED)
    owed = owed.filter(round=None)  # who is told by the clock needs nothing of what happened
    pushed = owed.exclude(document__endpoint__kind="events").aggregate(least=Min("position"))["least"]
    end = hearing.ends()[1]
    hearing.trim(min(end if pushed is None else pushed, end - FOLLOWED if owed.filter(document__endpoint__kind="events").exists() else end))
    gone = occurrences.forget(now)
    return f"{gone} occurrences" if gone else ""


CHORES = (Chore(name="subscriptions.tidy", every=timedelta(minutes=10), run=tidy),)
