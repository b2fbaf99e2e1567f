"""Corrections: another value for an observation that is stored; the earlier one is kept with who, when and why."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec
import numpy as np

from zinneke.foundations.audit import store as audit
from zinneke.foundations.observations import afterwards, lifecycle, register, rules
from zinneke.foundations.observations.alerting import watching
from zinneke.foundations.observations.engine import Earlier
from zinneke.foundations.observations.register import SUBJECT
from zinneke.foundations.observations.values import Detail, Quality, Stream
from zinneke.kernel.confidentiality import Actor
from zinneke.kernel.event import ObservationCorrected, announce
from zinneke.kernel.period import from_microseconds, to_microseconds
from zinneke.kernel.problem import not_found, wrong


def correct(actor: Actor, stream: Stream, moment: int, value: float, reason: str, detail: Detail | None = None) -> Earlier:
    """Replace a value, and what else was told when `detail` is given; return the earlier one. Raises `Problem` 400 or 404."""
    if not reason.strip():
        raise wrong("A correction says why. Give a reason.", where="reason")
    now = to_microseconds(datetime.now(UTC))
    document = detail is not None and detail.result is not None
    if not document:
        _judge(stream, moment, value, now)
    room = lifecycle.opened()

    def write() -> Earlier:
        found = room.store.read(stream.id, moment, moment + 1, 1)
        if not len(found.times):
            raise not_found("observation", f"{stream.id} at {from_microseconds(moment).isoformat()}")
        told = room.store.details(np.array([stream.id], np.int32), np.array([moment], np.int64)).get((stream.id, moment))
        kept = msgspec.json.encode(told._asdict()).decode() if told else None
        before = room.store.revisions(stream.id, moment)
        until = max(now, before[-1].until + 1) if before else now  # in order, whatever our clock does
        earlier = Earlier(float(found.values[0]), int(found.qualities[0]), until, actor.key, reason, kept)
        room.store.revise(stream.id, moment, value, Quality.CORRECTED, earlier, detail)
        room.tail.revise(stream.id, moment, value, Quality.CORRECTED)
        return earlier

    earlier: Earlier = room.writer.do(write)
    told = {"stream": stream.id, "time": from_microseconds(moment).isoformat(), "from": _said(earlier.value), "to": _said(value)}
    audit.record(actor, "correct", f"{SUBJECT}.{stream.solution}", told, reason)
    _tell(stream, moment, earlier.value, value, reason)
    afterwards.do(lambda: watching.corrected(register.current(), stream.id, moment))
    return earlier


def _tell(stream: Stream, moment: int, before: float, value: float, reason: str) -> None:
    """Announce a correction to those above."""
    place: dict[str, Any] = {"stream": stream.id, "thing": stream.thing, "reading": stream.reading, "solution": stream.solution, "area": stream.area}
    time = from_microseconds(moment)
    announce(ObservationCorrected(**place, level=int(stream.level), time=time, before=_said(before), value=_said(value), reason=reason))


def _said(value: float) -> float | None:
    return None if np.isnan(value) else value


def _judge(stream: Stream, moment: int, value: float, now: int) -> None:
    low, high = stream.low if stream.low is not None else -np.inf, stream.high if stream.high is not None else np.inf
    verdict = rules.judge(np.array([True]), np.array([moment]), np.array([value]), np.array([low]), np.array([high]), now)[0]
    if verdict:
        raise wrong(rules.explain(int(verdict), stream.id, value, low, high), where="value")
