"""What the room does by itself: read the sources, send the letters, remind and forget those who came."""

from __future__ import annotations

from datetime import datetime, timedelta

from zinneke.foundations.fetching import Answer, Fetcher
from zinneke.kernel.chore import Chore
from zinneke.office.knowledge import events, letters, sending, watch
from zinneke.office.knowledge.feeds import LARGEST

FEED = "application/atom+xml, application/rss+xml, application/xml;q=0.9, */*;q=0.1"


def _read_sources(now: datetime) -> str:
    return watch.read_due(now, _fetch)


def _fetch(address: str, etag: str, modified: str) -> Answer:
    """Fetch one feed; the watch itself comes back later where a server is busy."""
    with Fetcher("reads feeds", most=LARGEST, seconds=15, again=()) as fetcher:
        return fetcher.get(address, accept=FEED, etag=etag, modified=modified)


def _forget(now: datetime) -> str:
    emptied, forgotten = events.erase_old(now), letters.erase_unconfirmed(now)
    return f"{emptied} registrations emptied, {forgotten} addresses forgotten" if emptied or forgotten else ""


CHORES = (
    Chore(name="knowledge.sources", every=timedelta(minutes=15), run=_read_sources),
    Chore(name="knowledge.letters", every=timedelta(minutes=1), run=sending.send_due),
    Chore(name="knowledge.reminders", every=timedelta(minutes=30), run=sending.remind_due),
    Chore(name="knowledge.forget", every=timedelta(hours=6), run=_forget),
)
