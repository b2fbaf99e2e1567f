"""How observations are taken in: judged, committed, and what could not be taken kept in quarantine with the reason."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from datetime import timedelta

import numpy as np
from django.db import DatabaseError
from django.utils import timezone

from zinneke.foundations.observations import alerts, arrivals, lifecycle, models, pace, rules
from zinneke.foundations.observations.register import Register
from zinneke.foundations.observations.values import EPOCH, Batch, Floats, Int32s, Int64s, Receipt, Refusal
from zinneke.foundations.observations.writer import CONFLICT, DUPLICATE
from zinneke.kernel.confidentiality import Actor, Level, Right
from zinneke.kernel.event import ObservationsStored, announce

log = logging.getLogger(__name__)
MOST_TOLD = 1000
"""Refusals that a receipt lists and the quarantine keeps from one batch."""
MOST_KEPT = 20_000
"""Rows of the quarantine; beyond it the oldest go."""


def take(actor: Actor, register: Register, batch: Batch, keeping: bool = True) -> Receipt:
    """Store what can be stored of a batch and say exactly what became of the rest; returns after the commit.

    What is refused goes to the quarantine, unless it comes from there. Raises `Problem` 429 when a device sends too fast; then nothing was stored.
    """
    pace.check(actor, register, len(batch))
    positions = register.find(batch.streams)
    known = positions >= 0
    known[known] = register.allowed(actor, Right.EDIT, positions[known])
    low, high = _of(register.low, positions, -np.inf), _of(register.high, positions, np.inf)
    reasons = rules.judge(known, batch.times, _judged(register, batch, positions), low, high, time.time_ns() // 1000)
    refused = []
    for at in np.flatnonzero(reasons)[:MOST_TOLD].tolist():
        why = rules.explain(int(reasons[at]), int(batch.streams[at]), float(batch.values[at]), float(low[at]), float(high[at]))
        if reasons[at] == rules.NO_TIME and at in batch.unread:
            why = batch.unread[at].why
        refused.append(Refusal(at, why, _where(batch, at)))
    good = np.flatnonzero(reasons == rules.TAKEN)
    receipt = Receipt(refusals=len(batch) - len(good), refused=refused)
    if len(good):
        receipt += _commit(register, batch, good, positions)
        receipt.refused.sort(key=lambda refusal: refusal.index)
    if receipt.refused and keeping:
        try:
            quarantine(actor, register, batch, receipt.refused)
        except DatabaseError:  # the receipt tells the sender all the same
            log.exception("the quarantine could not be written")
    return receipt


def _judged(register: Register, batch: Batch, positions: Int32s) -> Floats:
    """Return the values to judge: a document in the place of a number is in every range, but solutions compute with numbers."""
    told = [at for at, detail in batch.details.items() if detail.result is not None and positions[at] >= 0]
    values = batch.values.copy() if told else batch.values
    for at in told:
        position = int(positions[at])
        if not register.streams[position].solution:
            values[at] = np.clip(0.0, register.low[position], register.high[position])
    return values


def _of(column: Floats, positions: Int32s, unknown: float) -> Floats:
    if not len(column):
        return np.full(len(positions), unknown)
    return np.where(positions >= 0, column[positions], unknown)


def _where(batch: Batch, at: int) -> str:
    return f"stream {int(batch.streams[at])}"


def _commit(register: Register, batch: Batch, good: Int64s, positions: Int32s) -> Receipt:
    chosen = batch if len(good) == len(batch) else batch.only(good)
    room = lifecycle.opened()
    room.tail.cover(register.highest)
    outcome = room.writer.take(chosen, register.jump[positions[good]])
    conflicts = np.flatnonzero(outcome == CONFLICT)
    duplicates = int(np.count_nonzero(outcome == DUPLICATE))
    told = [
        Refusal(at, "Another value is stored for this stream and time. Send a correction if this one is right.", _where(batch, at))
        for at in good[conflicts[:MOST_TOLD]].tolist()
    ]
    stored = len(chosen) - len(conflicts) - duplicates
    if stored:
        heard = np.unique(chosen.streams[outcome == 0])
        arrivals.note(heard, room.tail.ends(heard).last, time.time_ns() // 1000)
        try:
            alerts.watch(register, heard)
        except DatabaseError:  # what is stored is acknowledged, whatever becomes of the alerts; the next value asks again
            log.exception("the alert rules could not be asked")
        announce(ObservationsStored(tuple(heard.tolist()), stored))
    return Receipt(stored, duplicates, len(conflicts), told)


def quarantine(actor: Actor, register: Register, batch: Batch, refused: Sequence[Refusal]) -> None:
    """Keep refused observations of a batch with what was sent."""
    rows = []
    for refusal in refused:
        number, unread = int(batch.streams[refusal.index]), batch.unread.get(refusal.index)
        position = int(register.find(batch.streams[refusal.index : refusal.index + 1])[0])
        stream = register.streams[position] if position >= 0 else None
        detail = batch.details.get(refusal.index)
        rows.append(
            models.Quarantined(
                stream=stream.key if stream else str(number),
                time=unread.sent if unread else _told(int(batch.times[refusal.index])),
                value=repr(float(batch.values[refusal.index])),
                detail=detail._asdict() if detail else None,
                reason=refusal.reason[:300],
                solution=stream.solution if stream else "",
                area=stream.area if stream else "",
                level=stream.level if stream else Level.PERSONAL,
            )
        )
    keep(actor, rows)


def _told(microseconds: int) -> str:
    try:
        return (EPOCH + timedelta(microseconds=microseconds)).isoformat()
    except OverflowError:
        return f"{microseconds} µs"


def keep(actor: Actor, rows: list[models.Quarantined]) -> None:
    """Keep rows in the quarantine, and let the oldest go beyond what it holds."""
    heard = timezone.now()
    for row in rows:
        row.who, row.heard = actor.key[:200], heard
    models.Quarantined.objects.bulk_create(rows, batch_size=200)
    newest = models.Quarantined.objects.order_by("-pk").values_list("pk", flat=True)[MOST_KEPT : MOST_KEPT + 1].first()
    if newest is not None:
        models.Quarantined.objects.filter(pk__lte=newest).delete()
