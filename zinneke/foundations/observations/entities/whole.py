"""Observations that are stored with the records they belong to: all of them, or none."""

from __future__ import annotations

import dataclasses
import time
from typing import Any

import numpy as np

from zinneke.foundations.observations import intake, lifecycle, register, rules
from zinneke.foundations.observations.register import Register
from zinneke.foundations.observations.values import Batch, Receipt
from zinneke.kernel.confidentiality import Actor, Right
from zinneke.kernel.problem import Problem


def store(actor: Actor, batch: Batch) -> None:
    """Store observations, all or none: what would be refused is found before anything is written. Raises `Problem`."""
    known = register.current()
    judge(actor, known, batch)
    _compare(known, batch)
    receipt = intake.take(actor, known, dataclasses.replace(batch, whole=True), keeping=False)
    if receipt.refusals:  # somebody else wrote another value since we looked
        raise refused(receipt)


def judge(actor: Actor, known: Register, batch: Batch) -> None:
    """Refuse what the intake would refuse of a batch, whatever is stored. Raises `Problem` 400 or 404."""
    positions = known.find(batch.streams)
    mine = positions >= 0
    mine[mine] = known.allowed(actor, Right.EDIT, positions[mine])
    low, high = intake.of(known.low, positions, -np.inf), intake.of(known.high, positions, np.inf)
    reasons = rules.judge(mine, batch.times, intake.judged(known, batch, positions), low, high, time.time_ns() // 1000)
    for at in np.flatnonzero(reasons != rules.TAKEN)[:1].tolist():
        why = rules.explain(int(reasons[at]), int(batch.streams[at]), float(batch.values[at]), float(low[at]), float(high[at]))
        raise Problem(404 if reasons[at] == rules.UNKNOWN else 400, "Nothing was stored", why)


def _compare(known: Register, batch: Batch) -> None:
    """Refuse a batch that contradicts itself or what is stored. Raises `Problem` 409."""
    room = lifecycle.opened()
    room.tail.cover(known.highest)
    older = batch.times <= room.tail.last(batch.streams)  # what is newer than its stream's last cannot be there
    seen: dict[tuple[int, int], float] = {}
    rows = zip(batch.streams.tolist(), batch.times.tolist(), batch.values.tolist(), older.tolist(), strict=True)
    for stream, moment, value, maybe in rows:
        stored = room.store.read(stream, moment, moment + 1, 1).values.tolist() if maybe else []
        other = seen.setdefault((stream, moment), stored[0] if stored else value)
        if other != value and not (np.isnan(other) and np.isnan(value)):
            why = "Another value is stored for this stream and time. Send a correction if this one is right."
            raise Problem(409, "Nothing was stored", why)


def refused(receipt: Receipt) -> Problem:
    """Return the answer for observations that were not all taken."""
    reason = receipt.refused[0].reason
    status = 409 if reason.startswith("Another value") else 404 if reason.startswith("There is no stream") else 400
    more: dict[str, Any] = {"stored": receipt.stored, "duplicates": receipt.duplicates, "refusals": receipt.refusals}
    return Problem(status, "Not everything was stored" if receipt.stored else "Nothing was stored", reason, **more)
