"""What the room does by itself: ask the live addresses of publishers, and the rules about what did not come."""

from __future__ import annotations

from datetime import datetime, timedelta

from zinneke.foundations.observations import feeds, retention
from zinneke.foundations.observations.alerting import watching
from zinneke.foundations.observations.attributes import keeping
from zinneke.foundations.observations.rules import DAY
from zinneke.kernel.chore import Chore
from zinneke.kernel.confidentiality import SYSTEM


def look(now: datetime) -> str:
    """Ask the rules that no observation sets off. Returns a line for the log."""
    changes = watching.look(now)
    return f"{changes} alerts" if changes else ""


def end(now: datetime) -> str:
    """Tell of the registrations of other sources that came to their end. Returns a line for the log."""
    count = keeping.end()
    return f"{count} registrations of sources ended" if count else ""


def forget(now: datetime) -> str:
    """Delete what is no longer kept, of each solution when there is a day of it. Returns a line for the log."""
    deleted = sum(retention.apply_retention(SYSTEM, now, DAY).values())
    return f"{deleted:,} observations are no longer kept" if deleted else ""


CHORES = (
    Chore(name="observations.feeds", every=timedelta(seconds=30), run=feeds.ask_due),
    Chore(name="observations.sources", every=timedelta(seconds=15), run=end),
    Chore(name="observations.alerts", every=timedelta(seconds=15), run=look),
    Chore(name="observations.retention", every=timedelta(hours=1), run=forget),
)
