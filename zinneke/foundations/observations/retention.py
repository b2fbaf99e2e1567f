"""Let go of what solutions no longer keep."""

from __future__ import annotations

from datetime import datetime, timedelta

from zinneke.foundations.audit import store as audit
from zinneke.foundations.observations import lifecycle, register
from zinneke.foundations.observations.register import SUBJECT, Filters
from zinneke.foundations.observations.values import EPOCH, Int32s
from zinneke.kernel import registry
from zinneke.kernel.confidentiality import Actor, Right
from zinneke.kernel.period import to_microseconds


def apply(actor: Actor, now: datetime) -> dict[str, int]:
    """Delete the observations that solutions no longer keep, and return how many by solution; each deletion is in the journal."""
    known, room = register.current(), lifecycle.opened()
    gone: dict[str, int] = {}
    for key, solution in registry.solutions().items():
        found = known.ids[known.select(actor, Right.COMMAND, Filters(key))]
        if not solution.keep or not len(found):
            continue
        edge = to_microseconds(now - timedelta(days=solution.keep))

        def drop(streams: Int32s = found, edge: int = edge) -> int:
            dropped = room.store.drop_before(streams, edge)
            room.tail.cover(known.highest)
            room.tail.renew(streams, room.store.summarise(streams))
            return dropped

        gone[key] = room.writer.do(drop)
        audit.record(actor, "retention", f"{SUBJECT}.{key}", {"deleted": gone[key], "before": (EPOCH + timedelta(microseconds=edge)).isoformat()})
    return gone
