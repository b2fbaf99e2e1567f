"""Alerts: the rules that solutions declare, asked about each new latest value; and silence, worked out when it is looked at."""

from __future__ import annotations

import logging
import threading
from datetime import datetime, timedelta
from functools import cache

import numpy as np
from django.db import transaction

from zinneke.foundations.observations import lifecycle, models, rules
from zinneke.foundations.observations.register import Register
from zinneke.foundations.observations.tail import NEVER
from zinneke.foundations.observations.values import EPOCH, AlertState, Int32s, Stream
from zinneke.kernel import registry
from zinneke.kernel.event import AlertChanged, announce
from zinneke.kernel.solution import Alert
from zinneke.kernel.text import Text

SILENT = Text("Silencieux", "Geen gegevens", "Silent")
SILENCE = Text(
    "Plus de mesure depuis plus de trois intervalles.", "Al meer dan drie intervallen geen meting.", "No value for more than three intervals."
)
log = logging.getLogger(__name__)
_lock = threading.Lock()


@cache
def declared() -> dict[tuple[str, str], tuple[Alert, ...]]:
    """Return the rules by solution and reading."""
    found: dict[tuple[str, str], tuple[Alert, ...]] = {}
    for key, solution in registry.solutions().items():
        for rule in solution.alerts:
            found[key, rule.reading] = (*found.get((key, rule.reading), ()), rule)
    return found


def watch(register: Register, heard: Int32s) -> None:
    """Ask the rules about the latest value of each of these streams; open what is new, close what is over."""
    known = declared()
    if not known:
        return
    streams = [register.streams[position] for position in register.find(heard).tolist()]
    watched = [stream for stream in streams if (stream.solution, stream.reading) in known]
    if not watched:
        return
    ends = lifecycle.opened().tail.ends(np.array([stream.id for stream in watched], np.int32))
    with _lock:
        numbers = {stream.id for stream in watched}
        still = {(row.stream_id, row.rule): row for row in models.Alert.objects.filter(until=None) if row.stream_id in numbers}
        begun: list[tuple[Stream, models.Alert]] = []
        over: list[tuple[Stream, models.Alert]] = []
        for stream, value, last in zip(watched, ends.values.tolist(), ends.last.tolist(), strict=True):
            moment = EPOCH + timedelta(microseconds=last)
            for rule in known[stream.solution, stream.reading]:
                sentence = _ask(rule, value)
                row = still.get((stream.id, rule.key))
                if sentence and row is None:
                    begun.append((stream, _opened(stream, rule, sentence, value, moment)))
                elif not sentence and row is not None:
                    row.until, row.value = moment, value
                    over.append((stream, row))
        write(begun, over)


def write(begun: list[tuple[Stream, models.Alert]], over: list[tuple[Stream, models.Alert]]) -> None:
    """Keep alerts that opened and that closed, and announce them, all or nothing."""
    if not begun and not over:
        return
    with transaction.atomic():
        models.Alert.objects.bulk_create([row for _, row in begun], ignore_conflicts=True)
        for _, row in over:
            models.Alert.objects.filter(pk=row.pk).update(until=row.until)
        for stream, row in begun:
            announce(_changed(stream, row, row.since, True))
        for stream, row in over:
            announce(_changed(stream, row, row.until, False))


def _changed(stream: Stream, row: models.Alert, moment: datetime, opened: bool) -> AlertChanged:
    return AlertChanged(
        opened=opened,
        stream=stream.id,
        thing=stream.thing,
        reading=stream.reading,
        solution=stream.solution,
        area=stream.area,
        level=stream.level,
        rule=row.rule,
        name=row.name,
        sentence=row.sentence,
        status=row.status,
        value=row.value,
        time=moment,
    )


def _ask(rule: Alert, value: float) -> Text | None:
    try:
        return rule.check(value)
    except Exception:
        log.exception("the alert rule %s failed on %r", rule.key, value)
        return None


def _opened(stream: Stream, rule: Alert, sentence: Text, value: float, moment: datetime) -> models.Alert:
    return models.Alert(
        stream_id=stream.id,
        solution=stream.solution,
        area=stream.area,
        level=stream.level,
        rule=rule.key,
        name=rule.name.as_dict(),
        sentence=sentence.as_dict(),
        status=rule.status,
        value=value,
        since=moment,
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
