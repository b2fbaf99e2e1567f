"""How observations are taken in: judged, committed, and what could not be taken kept in quarantine with the reason."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from datetime import timedelta

import numpy as np
from django.db import DatabaseError, close_old_connections
from django.utils import timezone

from zinneke.foundations.observations import afterwards, arrivals, handing, lifecycle, models, pace, rules
from zinneke.foundations.observations.alerting import watching
from zinneke.foundations.observations.heeding import heeded
from zinneke.foundations.observations.register import Register, current, doubt
from zinneke.foundations.observations.singles import One
from zinneke.foundations.observations.values import EPOCH, Batch, Flags, Floats, Int32s, Int64s, Receipt, Refusal, Truths
from zinneke.foundations.observations.writer import CONFLICT, DUPLICATE, GONE, STORED, WITHHELD, Writer
from zinneke.kernel.confidentiality import Actor, Level, Right
from zinneke.kernel.event import ObservationsStored, announce

log = logging.getLogger(__name__)
REFUSED = 4
"""The fate of a row that did not come to the writer; those of the writer are others."""
MOST_TOLD = 1000
"""Refusals that a receipt lists and the quarantine keeps from one batch."""
MOST_KEPT = 20_000
"""Rows of the quarantine; beyond it the oldest go."""


def take(actor: Actor, register: Register, batch: Batch, keeping: bool = True) -> Receipt:
    """Store what can be stored of a batch and say exactly what became of the rest; returns after the commit.

    What is refused goes to the quarantine, unless it comes from there. Raises `Problem` 429 when a device sends too fast; then nothing was stored.
    """
    pace.check(actor, register, len(batch))
    return take_each(register, [(actor, batch)], keeping)[0]


def take_each(register: Register, parts: Sequence[tuple[Actor, Batch | One]], keeping: bool = True) -> list[Receipt]:
    """Take in the batches of several senders in one commit, each within the sender's reach, and say what became of each."""
    batch, edges = handing.joined_of([batch for _, batch in parts])
    positions = register.find(batch.streams)
    known = positions >= 0
    listed = positions.tolist()
    for (actor, _), start, end in zip(parts, edges, edges[1:], strict=False):
        if end - start == 1:
            known[start] = listed[start] >= 0 and register.allows(actor, Right.EDIT, listed[start])
        else:
            here = known[start:end]
            here[here] = register.allowed(actor, Right.EDIT, positions[start:end][here])
    low, high = of(register.low, positions, -np.inf), of(register.high, positions, np.inf)
    reasons = rules.judge(known, batch.times, judged(register, batch, positions), low, high, time.time_ns() // 1000)
    good = np.flatnonzero(reasons == rules.TAKEN)
    fates = np.full(len(batch), REFUSED, np.uint8)
    if batch.whole and len(good) < len(batch):
        fates[good] = WITHHELD
    elif len(good):
        fates[good] = _commit(register, batch, good, positions)
        reasons[fates == GONE] = rules.NOT_KEPT
        reasons[good[fates[good] == REFUSED]] = rules.UNKNOWN  # taken away while it was on its way to another node
    counts = [_counted(mask, edges) for mask in (fates == STORED, fates == DUPLICATE, fates >= CONFLICT)]
    receipts = [Receipt(*each) for each in zip(*counts, strict=True)]
    for at in np.flatnonzero(counts[2]).tolist():
        own = fates[edges[at] : edges[at + 1]]
        lost = np.flatnonzero((own >= CONFLICT) & (own != WITHHELD))[:MOST_TOLD]
        receipts[at].refused = [_refusal(batch, edges[at], row, reasons, low, high) for row in lost.tolist()]
        if not keeping:
            continue
        try:
            kept = [each for each in receipts[at].refused if not (parts[at][1].revises and fates[each.index + edges[at]] == CONFLICT)]
            quarantine(parts[at][0], register, batch, [Refusal(each.index + edges[at], each.reason) for each in kept])
        except DatabaseError:  # the receipt tells the sender all the same
            log.exception("the quarantine could not be written")
    return receipts


def _counted(mask: Truths, edges: list[int]) -> list[int]:
    """Return how many rows of each part are meant."""
    counted: list[int] = np.diff(np.concatenate(([0], np.cumsum(mask)))[edges]).tolist()
    return counted


def _refusal(batch: Batch, start: int, at: int, reasons: Int64s, low: Floats, high: Floats) -> Refusal:
    """Say why a row was refused; `at` is its place in its own part, which begins at `start`."""
    row = start + at
    if reasons[row] == rules.TAKEN:
        why = "Another value is stored for this stream and time. Send a correction if this one is right."
    elif reasons[row] == rules.NO_TIME and row in batch.unread:
        why = batch.unread[row].why
    else:
        why = rules.explain(int(reasons[row]), int(batch.streams[row]), float(batch.values[row]), float(low[row]), float(high[row]))
    return Refusal(at, why, f"stream {int(batch.streams[row])}")


def judged(register: Register, batch: Batch, positions: Int32s) -> Floats:
    """Return the values to judge: a document in the place of a number is in every range, but solutions compute with numbers."""
    told = [at for at, detail in batch.details.items() if detail.result is not None and positions[at] >= 0]
    values = batch.values.copy() if told else batch.values
    for at in told:
        position = int(positions[at])
        if not register.streams[position].solution:
            values[at] = np.clip(0.0, register.low[position], register.high[position])
    return values


def of(column: Floats, positions: Int32s, unknown: float) -> Floats:
    """Return a column of the register at positions, `unknown` where there is none."""
    if not len(column):
        return np.full(len(positions), unknown)
    return np.where(positions >= 0, column[positions], unknown)


def _commit(register: Register, batch: Batch, good: Int64s, positions: Int32s) -> Flags:
    """Commit rows of a batch, here or at the node that stores; return what became of each."""
    chosen = batch if len(good) == len(batch) else batch.only(good)
    room = lifecycle.opened()
    room.tail.cover(register.highest)
    if isinstance(room.writer, handing.Handing):
        return room.writer.take(chosen)
    return _keep(room, room.writer, register, chosen, positions[good])


def _keep(room: lifecycle.Opened, writer: Writer, register: Register, batch: Batch, positions: Int32s) -> Flags:
    """Store a batch, and tell who listens; return what became of each row."""
    waited = heeded(register)
    outcome = writer.take(batch, register.jump[positions], None if waited is None else waited[positions])
    new = outcome == STORED
    heard = np.unique(batch.streams[new])
    if len(heard):
        arrivals.note(heard, room.tail.ends(heard).last, time.time_ns() // 1000)
        try:
            afterwards.do(lambda: watching.watch(register, batch.streams[new], batch.times[new], batch.values[new]))
        except Exception:  # what is stored is acknowledged, whatever becomes of the alerts; the next value asks again
            log.exception("the alert rules could not be asked")
        announce(ObservationsStored(tuple(heard.tolist()), int(np.count_nonzero(new)), (batch.streams[new], batch.times[new])))
    return outcome


def store_handed(payloads: Sequence[bytes]) -> list[bytes | None]:
    """Store batches that other nodes took in and judged, and say what became of each."""
    close_old_connections()
    return handing.store_handed(payloads, _keep_handed)


def _keep_handed(batch: Batch) -> Flags:
    known = current()
    positions = known.find(batch.streams)
    if (positions < 0).any():  # declared at another node a moment ago?
        doubt()
        known = current()
        positions = known.find(batch.streams)
    room = lifecycle.opened()
    assert isinstance(room.writer, Writer)
    room.tail.cover(known.highest)
    there = np.flatnonzero(positions >= 0)
    fates = np.full(len(batch), REFUSED, np.uint8)
    if batch.whole and len(there) < len(batch):
        fates[there] = WITHHELD
    elif len(there):
        fates[there] = _keep(room, room.writer, known, batch if len(there) == len(batch) else batch.only(there), positions[there])
    return fates


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
        row.who, row.heard = row.who or actor.key[:200], heard
    models.Quarantined.objects.bulk_create(rows, batch_size=200)
    newest = models.Quarantined.objects.order_by("-pk").values_list("pk", flat=True)[MOST_KEPT : MOST_KEPT + 1].first()
    if newest is not None:
        models.Quarantined.objects.filter(pk__lte=newest).delete()
