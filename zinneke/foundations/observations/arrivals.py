"""When each stream was heard of by our own clock, and how far its times lay behind it: arrays by stream number, since the process began."""

from __future__ import annotations

import threading

import numpy as np

from zinneke.foundations.observations.tail import NEVER
from zinneke.foundations.observations.values import Int32s, Int64s

_lock = threading.Lock()
_heard: Int64s = np.full(1024, NEVER, np.int64)
_newest: Int64s = np.full(1024, NEVER, np.int64)


def note(streams: Int32s, newest: Int64s, now: int) -> None:
    """Note that these streams were heard of now, and up to which time they have come (microseconds since 1970)."""
    global _heard, _newest
    with _lock:
        if len(streams) and streams.max() >= len(_heard):
            grown = np.full(max(2 * len(_heard), int(streams.max()) + 1) - len(_heard), NEVER, np.int64)
            _heard, _newest = np.r_[_heard, grown], np.r_[_newest, grown]
        later = newest > _newest[streams]
        at = streams[later]
        _heard[at], _newest[at] = now, newest[later]


def heard(streams: Int32s) -> tuple[Int64s, Int64s]:
    """Return when the newest value of each stream arrived, NEVER for none since the process began, and its lag in microseconds.

    A lag below zero: the sender's clock runs ahead of ours.
    """
    with _lock:
        inside = np.where(streams < len(_heard), streams, 0)
        moments = np.where(streams < len(_heard), _heard[inside], NEVER)
        return moments, np.where(moments == NEVER, 0, moments - _newest[inside])


def forget() -> None:
    """Forget everything."""
    with _lock:
        _heard[:] = _newest[:] = NEVER
