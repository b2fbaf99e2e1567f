"""How long raw observations are kept, by stream, and what stays of them: their hours, which days and months are made of."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from functools import partial

import msgspec
import numpy as np

from zinneke.foundations.audit import store as audit
from zinneke.foundations.observations import declaring, lifecycle, records, register, rules
from zinneke.foundations.observations.register import SUBJECT, Filters
from zinneke.foundations.observations.tail import NEVER
from zinneke.foundations.observations.values import Int32s, Stream
from zinneke.kernel.confidentiality import Actor, Level, Right, reach
from zinneke.kernel.period import from_microseconds, to_microseconds
from zinneke.kernel.problem import not_found, wrong
from zinneke.kernel.route import verb

LONGEST = 36_500


@verb(Right.COMMAND, SUBJECT)
def set_keep(actor: Actor, stream_id: int, days: int | None) -> Stream:
    """Say for how many days a stream's raw observations are kept: 0 for ever, None as its solution says. Raises `Problem` 400 or 404."""
    if days is not None and not 0 <= days <= LONGEST:
        raise wrong(f"Days are a number from 0, for ever, to {LONGEST:,}.", where="keep")
    known = register.current()
    found = known.select(actor, Right.COMMAND, Filters(ids=(stream_id,)))
    if not len(found):
        raise not_found("stream", stream_id)
    stream = msgspec.structs.replace(known.streams[int(found[0])], keep=days)
    declaring.restate(stream)
    audit.record(actor, "keep", f"{SUBJECT}.{stream.solution}", {"stream": stream_id, "days": days})
    return stream


def kept(stream: Stream) -> int:
    """Return for how many days a stream's raw observations are kept, 0 for ever: as it says itself, else as its solution does."""
    return records.kept(stream)


def may_set_keep(actor: Actor, stream: Stream) -> bool:
    """Say whether somebody may say how long this stream is kept."""
    return reach(actor, Right.COMMAND, f"{SUBJECT}.{stream.solution}" if stream.solution else SUBJECT).allows(stream.level, stream.area)


@verb(Right.COMMAND, SUBJECT)
def apply_retention(actor: Actor, now: datetime, behind: int = 0) -> dict[str, int]:
    """Delete the raw observations that are no longer kept, and return how many by solution; nothing is done for less than `behind` microseconds.

    Their quarters of an hour are kept as mean, extremes and count, but those of streams about persons, which are gone for good.
    """
    known, room = register.current(), lifecycle.opened()
    room.tail.cover(known.highest)
    groups: dict[tuple[str, int, bool], list[int]] = defaultdict(list)
    for position in known.select(actor, Right.COMMAND, Filters()).tolist():
        if days := int(known.keep[position]):
            stream = known.streams[position]
            groups[stream.solution, days, stream.level == Level.PERSONAL].append(stream.id)
    gone: dict[str, int] = defaultdict(int)
    for (solution, days, personal), numbers in groups.items():
        edge = rules.edge(days, to_microseconds(now))
        assert edge is not None
        deleted = _delete(room, np.array(numbers, np.int32), edge, behind, 0 if personal else rules.GRAIN)
        gone[solution] += deleted
        if deleted:
            told = {"deleted": deleted, "streams": len(numbers), "before": from_microseconds(edge).isoformat(), "rolled up": not personal}
            audit.record(actor, "retention", f"{SUBJECT}.{solution}", told)
    return dict(gone)


def _delete(room: lifecycle.Opened, streams: Int32s, edge: int, behind: int, grain: int) -> int:
    ends = room.tail.ends(streams)
    older = (ends.last != NEVER) & (ends.first < edge)
    streams, first = streams[older], ends.first[older]
    begin = int(first.min(initial=edge))
    if begin > edge - behind:
        return 0
    rows = float((ends.rows[older] * np.minimum(1.0, (edge - first) / (1.0 + ends.last[older] - first))).sum())
    steps = ((step, streams[first < step]) for step in _steps(begin, edge, int(rows), room.store.at_once))
    return sum(room.writer.do(partial(_drop, room, some, step, grain)) for step, some in steps if len(some))


def _steps(begin: int, edge: int, rows: int, at_once: int) -> list[int]:
    """Return the moments up to which is deleted, one after the other, so that what is stored meanwhile comes in between.

    Each is on a whole quarter of an hour, since a quarter is rolled up once. `rows` is how many go, as far as they came evenly.
    """
    parts = 1 + rows // at_once
    return [*((begin + (edge - begin) * part // parts) // rules.GRAIN * rules.GRAIN for part in range(1, parts)), edge]


def _drop(room: lifecycle.Opened, streams: Int32s, edge: int, grain: int) -> int:
    touched, rows = room.store.drop_before(streams, edge, grain)
    room.tail.drop(streams, np.full(len(streams), edge))
    room.tail.cut(touched, rows, room.store.begin(touched, edge))
    return int(rows.sum())
