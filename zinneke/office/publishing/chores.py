"""What the room does by itself: fetch datasets again, forget what nobody finished."""

from __future__ import annotations

from datetime import datetime, timedelta

from zinneke.kernel.chore import Chore
from zinneke.office.publishing import counting, refreshing, uploads


def _forget(now: datetime) -> str:
    count = uploads.forget_old(now)
    return f"{count} unfinished publications deleted" if count else ""


CHORES = (
    Chore(name="publishing.refresh", every=timedelta(minutes=1), run=refreshing.refresh_due),
    Chore(name="publishing.use", every=timedelta(minutes=1), run=counting.flush),
    Chore(name="publishing.rank", every=timedelta(hours=1), run=counting.tell),
    Chore(name="publishing.forget", every=timedelta(hours=12), run=_forget),
)
