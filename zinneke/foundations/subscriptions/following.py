"""Server-sent events: whoever reads a subscription itself goes on from the last event they have, since its id tells the place after it.

Nothing is kept for a reader, so that one who stops reading costs nothing, and any number may read the same subscription.
"""

from __future__ import annotations

import asyncio
import re
import threading
from collections import Counter
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec
from django.db import close_old_connections

from zinneke.foundations.identity import store as identity
from zinneke.foundations.subscriptions import gathering, models, records, shapes, waiting
from zinneke.foundations.subscriptions.gathering import Place
from zinneke.foundations.subscriptions.values import OBSERVATION, Notification
from zinneke.kernel.confidentiality import Actor
from zinneke.kernel.problem import Problem, wrong

LIFE = 600.0
"""Seconds after which a reader is asked to come back, which clients do by themselves."""
BEAT = 15.0
"""Seconds of silence after which a comment is sent, so that a line that is cut is noticed."""
GLANCE = 0.25
"""Seconds between two looks at whether there is news."""
MOST, MOST_OWN = 500, 10
"""Readers at a time, and of one person."""
TOKEN = re.compile(r"(\d{1,18})-(\d{1,18})-(\d{1,18})")
_readers = ThreadPoolExecutor(2, "following")
_open: Counter[int] = Counter()
_lock = threading.Lock()


@dataclass(slots=True)
class Following:
    """Somebody who reads: whose rights, which subscription, how far."""

    actor: str
    person: int
    row: int
    place: Place
    sequence: int

    def take(self) -> bytes | None:
        """Return what there is to read as one event, b"" when there is nothing, None when the subscription is over or the rights are gone."""
        row = models.Subscription.objects.filter(pk=self.row, person=self.person, state="active").first()
        actor, now = identity.actor_of_key(self.actor), datetime.now(UTC)
        if row is None or actor is None or (row.expires is not None and row.expires <= now):
            return None
        standing = records.standing(row, now)
        found = gathering.gather(actor, standing.subscription, shapes.holds(standing, actor), self.place)
        self.place = found.place
        if not found.owed:
            return b""
        self.sequence += 1
        kind = found.events[0].kind if found.events else OBSERVATION
        told = Notification(subscription=row.pk, sequence=self.sequence, made=now, events=found.events, kind=kind, missed=found.missed)
        token = f"{self.sequence}-{self.place.position}-{self.place.occurrence}"
        return f"id: {token}\nevent: {kind}\ndata: ".encode() + _line(shapes.shape(standing, told, actor).body) + b"\n\n"

    async def lines(self) -> AsyncIterator[bytes]:
        """Yield events as they come, for a while."""
        loop, seen = asyncio.get_running_loop(), -1
        began = spoke = loop.time()
        _enter(self.person)
        try:
            yield b"retry: 3000\n\n"
            while loop.time() - began < LIFE:
                news = waiting.told()
                if news != seen or loop.time() - spoke > BEAT:
                    event = await loop.run_in_executor(_readers, self._taken)
                    if event is None:
                        return
                    seen = seen if event else news
                    if event or loop.time() - spoke > BEAT:
                        spoke = loop.time()
                        yield event or b": nothing new\n\n"
                else:
                    await asyncio.sleep(GLANCE)
        finally:
            _leave(self.person)

    def _taken(self) -> bytes | None:
        close_old_connections()
        try:
            return self.take()
        finally:
            close_old_connections()


def begin(actor: Actor, row: int, token: str) -> Following:
    """Return a reader who goes on after the event of this id, or begins now. Raises `Problem` 400, or 429 when too many read."""
    assert actor.person is not None
    with _lock:
        if _open.total() >= MOST or _open[actor.person] >= MOST_OWN:
            raise Problem(429, "Too many readers", f"At most {MOST_OWN} readers of one account at a time. Close one.", {"Retry-After": "10"})
    if not token:
        return Following(actor.key, actor.person, row, gathering.here(), 0)
    found = TOKEN.fullmatch(token)
    if found is None:
        raise wrong("This Last-Event-ID is not one that this address gave.", where="Last-Event-ID")
    sequence, position, occurrence = map(int, found.groups())
    return Following(actor.key, actor.person, row, Place(position, occurrence), sequence)


def _enter(person: int) -> None:
    with _lock:
        _open[person] += 1


def _leave(person: int) -> None:
    with _lock:
        _open[person] -= 1
        if not _open[person]:
            del _open[person]


def _line(body: bytes) -> bytes:
    """Return a body as one line, which JSON can always be."""
    return body if b"\n" not in body and b"\r" not in body else msgspec.json.encode(msgspec.json.decode(body))
