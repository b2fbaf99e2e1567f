"""How fast a device may send: a bucket that fills at ten times the rate that its streams declare. What does not pass is refused, never dropped."""

from __future__ import annotations

import math
import threading
import time
from dataclasses import dataclass

from zinneke.foundations.observations.register import Register
from zinneke.kernel.confidentiality import Actor, Right
from zinneke.kernel.problem import Problem

TIMES = 10
"""How much faster than declared a device may send for ever."""
LEAST = 1.0
"""Observations a second that every device may send, however slow or irregular its streams."""
HELD = 1000
"""Observations that a device may always send at once, after it was cut off; else ten times what an hour declares."""
MOST = 50_000
"""Devices whose pace is remembered."""


@dataclass(slots=True)
class Bucket:
    """What a device may still send: `left` at the moment `since`, filled at `rate` a second up to `room`, for one state of the register."""

    left: float
    since: float
    rate: float
    room: float
    stamp: str


clock = time.monotonic
_buckets: dict[str, Bucket] = {}
_lock = threading.Lock()


def check(actor: Actor, known: Register, rows: int) -> None:
    """Take `rows` observations out of a device's bucket; whoever is no device has none. Raises `Problem` 429 with `Retry-After`.

    A batch passes whole while anything is left, and what it took too much is waited for by the next, so that none is too large for ever.
    """
    if not actor.key.startswith("device:") or not rows:
        return
    now = clock()
    with _lock:
        bucket = _filled(actor, known, now)
        if bucket.left <= 0:
            wait = math.ceil((1 - bucket.left) / bucket.rate)
            told = f"{actor.name} sends more than {TIMES} times what its streams declare. Send this again in {wait} seconds; nothing was stored."
            raise Problem(429, "Too much at once", told, {"Retry-After": str(wait)}, stored=0)
        bucket.left = max(bucket.left - rows, -bucket.room)


def _filled(actor: Actor, known: Register, now: float) -> Bucket:
    bucket = _buckets.get(actor.key)
    if bucket is None or bucket.stamp != known.stamp:
        rate = max(LEAST, TIMES * _declared(actor, known))
        room = max(HELD, rate * 3600)
        left = room if bucket is None else min(bucket.left, room)
        if bucket is None and len(_buckets) >= MOST:
            _buckets.clear()
        bucket = _buckets[actor.key] = Bucket(left, now if bucket is None else bucket.since, rate, room, known.stamp)
    bucket.left = min(bucket.room, bucket.left + (now - bucket.since) * bucket.rate)
    bucket.since = now
    return bucket


def _declared(actor: Actor, known: Register) -> float:
    """Return the observations a second that a device's streams declare together."""
    own = known.own(actor, Right.EDIT)
    intervals = known.intervals[known.find(own)] if own is not None else known.intervals[:0]
    return float((1.0 / intervals[intervals > 0]).sum())


def forget() -> None:
    """Forget how fast anybody sent."""
    with _lock:
        _buckets.clear()
