"""Learn what is usual from what is stored, beside the ingest: after a start, or for a rule that is new, it is learned anew from the last while."""

from __future__ import annotations

import threading
import time

import numpy as np

from zinneke.foundations.observations import lifecycle
from zinneke.foundations.observations.alerting.plan import ANOMALY, Plan
from zinneke.foundations.observations.alerting.usual import Usual
from zinneke.foundations.observations.rules import DAY, SECOND
from zinneke.foundations.observations.tail import NEVER

VALUES = 2_000
"""Values from which is learned, as many as a stream has in the time in which it should have so many."""
SPAN = 14 * DAY
BUDGET = 2.0
"""Seconds for one look; what is left is learned at the next."""


def learn(plan: Plan, lock: threading.RLock) -> None:
    """Learn of pairs that know nothing yet, for a while. The lock is held only while the newest rows are caught up with."""
    ends = time.monotonic() + BUDGET
    for pair in np.flatnonzero(plan.kind[plan.rule] == ANOMALY).tolist():
        if time.monotonic() > ends:
            return
        if int(plan.key[pair]) in plan.learnt:
            continue
        usual, stream, limit = Usual(), int(plan.stream[pair]), float(plan.above[plan.rule[pair]])
        catch_up(usual, stream, int(plan.register.intervals[plan.position[pair]]), limit)
        with lock:
            catch_up(usual, stream, 0, limit)
            plan.learnt[int(plan.key[pair])] = usual


def catch_up(usual: Usual, stream: int, interval: int, limit: float, until: int | None = None) -> None:
    """Let it look at what is stored since the newest value that it knows; at first, at the last while."""
    room = lifecycle.opened()
    last = int(room.tail.ends(np.array([stream], np.int32)).last[0]) if until is None else until
    if last == NEVER or (usual.until is not None and usual.until >= last):
        return
    span = min(VALUES * interval * SECOND, 365 * DAY) if interval else SPAN
    start = last - max(span, 3 * DAY) if usual.until is None else usual.until + 1
    rows = room.store.read(stream, start, last + 1, 10 * VALUES)
    for moment, value in zip(rows.times[-VALUES:].tolist(), rows.values[-VALUES:].tolist(), strict=True):
        if value == value:
            usual.look(moment, value, limit)
    usual.until = max(last, usual.until or last)


def count(plan: Plan, key: str) -> int:
    """Return of how many streams a rule does not know yet what is usual."""
    of = [number for number, rule in enumerate(plan.rules) if rule.key == key]
    pairs = np.flatnonzero((plan.kind[plan.rule] == ANOMALY) & np.isin(plan.rule, of))
    return sum(1 for pair in pairs.tolist() if (usual := plan.learnt.get(int(plan.key[pair]))) is None or not usual.ready)
