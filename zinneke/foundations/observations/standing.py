"""How streams stand: heard of in time, by a clock that agrees with ours, moving as what they measure does."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Literal

import msgspec
import numpy as np

from zinneke.foundations.observations import arrivals, lifecycle, register, rules
from zinneke.foundations.observations.register import SUBJECT, Filters
from zinneke.foundations.observations.tail import NEVER
from zinneke.foundations.observations.values import Int32s, Int64s, Quality, Truths
from zinneke.kernel.confidentiality import Actor, Right
from zinneke.kernel.period import from_microseconds, to_microseconds
from zinneke.kernel.route import verb

Finding = Literal["never", "silent", "ahead", "behind", "frozen", "jump"]
MOST_READ = 200_000
"""Rows that are read to see whether streams stand still."""


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How a stream stands. `heard` is when its newest value arrived and `lag` how many seconds after its own time, both since the process began.

    Findings: `never` heard of; `silent` for more than three intervals; its clock runs `ahead`, or its values come late (`behind`); `frozen`, the
    same value for twelve intervals; `jump`, the newest value is further from the one before than is plausible.
    """

    stream: int
    last: datetime | None = None
    value: float | None = None
    heard: datetime | None = None
    lag: float | None = None
    findings: tuple[Finding, ...] = ()


@verb(Right.SEE, SUBJECT)
def list_standing(actor: Actor, numbers: Iterable[int], now: datetime | None = None) -> list[Standing]:
    """Return how these streams stand at a moment, those within reach in order of number. Reads memory, and the last twelve intervals of each."""
    known, room = register.current(), lifecycle.opened()
    at = known.select(actor, Right.SEE, Filters(ids=tuple(numbers)))
    room.tail.cover(known.highest)
    ids, intervals = known.ids[at], known.intervals[at]
    ends, moment = room.tail.ends(ids), to_microseconds(now or datetime.now(UTC))
    heard, lag = arrivals.heard(ids)
    there, arrived = ends.last != NEVER, heard != NEVER
    flags: dict[Finding, Truths] = {
        "never": ~there,
        "silent": there & rules.quiet(np.where(there, ends.last, moment), intervals, moment),
        "ahead": arrived & (lag < -rules.CLOCK_AHEAD),
        "behind": arrived & rules.late(lag, intervals),
        "frozen": there & _frozen(ids, ends.last, intervals),
        "jump": there & (ends.qualities == Quality.SUSPECT),
    }
    return [
        Standing(
            stream=int(ids[one]),
            last=from_microseconds(int(ends.last[one])) if there[one] else None,
            value=float(ends.values[one]) if there[one] else None,
            heard=from_microseconds(int(heard[one])) if arrived[one] else None,
            lag=float(lag[one]) / rules.SECOND if arrived[one] else None,
            findings=tuple(finding for finding, found in flags.items() if found[one]),
        )
        for one in range(len(ids))
    ]


def _frozen(ids: Int32s, last: Int64s, intervals: Int64s) -> Truths:
    """Say which streams stand still, reading those of one interval together."""
    found = np.zeros(len(ids), bool)
    for interval in np.unique(intervals[intervals > 0]).tolist():
        span = rules.FROZEN * interval * rules.SECOND
        mine = np.flatnonzero((intervals == interval) & (last != NEVER))
        mine = mine[last[mine] > last[mine].max() - span] if len(mine) else mine  # who is further behind is silent
        if not len(mine):
            continue
        rows = lifecycle.opened().store.read_many(ids[mine], int(last[mine].min()) - span, int(last[mine].max()) + 1, MOST_READ)
        for one in mine.tolist():
            chosen = (rows.streams == ids[one]) & (rows.times >= last[one] - span)
            found[one] = rules.frozen(rows.values[chosen])
    return found
