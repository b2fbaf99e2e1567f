"""Alerts as values; and the silence that everybody sees without a rule, worked out when it is looked at."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np

from zinneke.foundations.observations import lifecycle, models, rules
from zinneke.foundations.observations.register import Register
from zinneke.foundations.observations.tail import NEVER
from zinneke.foundations.observations.values import EPOCH, AlertState, Int32s, Stream
from zinneke.kernel.text import Text

SILENT = Text("Silencieux", "Geen gegevens", "Silent")
SILENCE = Text(
    "Aucune mesure depuis plus de trois intervalles.", "Al meer dan drie intervallen geen meting.", "No value for more than three intervals."
)


def state(register: Register, row: models.Alert) -> AlertState:
    """Return a kept alert as a value."""
    stream = register.streams[int(register.find(np.array([row.stream_id]))[0])]
    return AlertState(
        stream=stream.id,
        thing=stream.thing,
        thing_name=register.things[stream.thing].name,
        solution=row.solution,
        area=row.area,
        rule=row.rule,
        name=row.name,
        sentence=row.sentence,
        status=row.status,
        value=row.value,
        since=row.since,
        until=row.until,
    )


def silences(register: Register, positions: Int32s) -> list[AlertState]:
    """Return which of these streams have gone silent, measured against the newest moment of their family among them.

    A family is what a key begins with: the solution, or the source of things that belong to none.
    """
    tail = lifecycle.opened().tail
    tail.cover(register.highest)
    last = tail.ends(register.ids[positions]).last
    streams = [register.streams[position] for position in positions.tolist()]
    families = [stream.thing.partition("/")[0] for stream in streams]
    newest: dict[str, int] = {}
    for family, moment in zip(families, last.tolist(), strict=True):
        newest[family] = max(moment, newest.get(family, moment))
    reference = np.array([newest[family] for family in families], np.int64)
    heard = last != NEVER
    quiet = np.flatnonzero(heard & rules.silent(np.where(heard, last, reference), register.intervals[positions], reference))
    return [_silence(register, streams[at], EPOCH + timedelta(microseconds=int(last[at]), seconds=3 * streams[at].interval)) for at in quiet.tolist()]


def _silence(register: Register, stream: Stream, since: datetime) -> AlertState:
    return AlertState(
        stream=stream.id,
        thing=stream.thing,
        thing_name=register.things[stream.thing].name,
        solution=stream.solution,
        area=stream.area,
        rule="silent",
        name=SILENT.as_dict(),
        sentence=SILENCE.as_dict(),
        status="watch",
        value=None,
        since=since,
    )
