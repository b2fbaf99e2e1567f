"""Alerts that open and that are over, written and announced in one transaction: all or nothing, and then remembered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

import numpy as np
from django.db import transaction

from zinneke.foundations.observations import models
from zinneke.foundations.observations.alerting import words
from zinneke.foundations.observations.alerting.holding import Change, sentence_of
from zinneke.foundations.observations.alerting.plan import SILENT, Plan
from zinneke.foundations.observations.alerting.values import Declared
from zinneke.foundations.observations.register import Register
from zinneke.foundations.observations.rules import SECOND
from zinneke.foundations.observations.values import Stream
from zinneke.kernel.event import AlertChanged, AlertsChanged, announce
from zinneke.kernel.period import from_microseconds

PART = 500


def open_alerts(keys: Sequence[str]) -> dict[tuple[str, int], bool]:
    """Return which alerts of these rules are open, by rule and stream."""
    found: dict[tuple[str, int], bool] = {}
    for at in range(0, len(keys), PART):
        rows = models.Alert.objects.filter(until=None, rule__in=list(keys[at : at + PART]))
        found.update(dict.fromkeys(rows.values_list("rule", "stream_id"), True))
    return found


def tell(plan: Plan, changes: Sequence[Change]) -> None:
    """Write what changed, in the order of time, and announce it; what is open already, or no more, is left as it is."""
    if not changes:
        return
    streams = {int(plan.stream[change.pair]) for change in changes}
    with transaction.atomic():
        there = _there(streams)
        new: list[models.Alert] = []
        over: list[models.Alert] = []
        told: list[AlertChanged] = []
        for change in changes:
            rule, stream = plan.rules[plan.rule[change.pair]], plan.register.streams[plan.position[change.pair]]
            row, moment = there.get((rule.key, stream.id)), from_microseconds(change.time)
            if change.opens == (row is not None):
                continue
            if row is None:
                row = there[rule.key, stream.id] = _opened(plan, change, stream, moment)
                new.append(row)
            else:
                row.until = moment
                over.append(row)
                del there[rule.key, stream.id]
            told.append(changed(row, stream, moment, change.opens, None if np.isnan(change.value) else change.value))
        _write(new, [row for row in over if row.pk is not None], told)
    for change in changes:
        plan.told[change.pair] = change.opens


def _there(streams: Iterable[int]) -> dict[tuple[str, int], models.Alert]:
    numbers, found = sorted(streams), {}
    for at in range(0, len(numbers), PART):
        for row in models.Alert.objects.filter(until=None, stream_id__in=numbers[at : at + PART]):
            found[row.rule, row.stream_id] = row
    return found


def _write(new: list[models.Alert], over: list[models.Alert], told: list[AlertChanged]) -> None:
    models.Alert.objects.bulk_create(new, batch_size=200)
    models.Alert.objects.bulk_update(over, ["until"], batch_size=200)
    if told:
        announce(AlertsChanged(tuple(told)))


def _opened(plan: Plan, change: Change, stream: Stream, moment: datetime) -> models.Alert:
    rule, kind = plan.rules[plan.rule[change.pair]], plan.kind[plan.rule[change.pair]]
    if isinstance(rule.when, Declared):
        said = sentence_of(rule.when, change.value)
    else:
        waited = (plan.after if kind == SILENT else plan.lasting)[change.pair] / SECOND
        said = words.sentence(rule.when, stream.unit, change.value, change.measure, change.usual, float(waited))
    return models.Alert(
        stream_id=stream.id,
        solution=stream.solution,
        area=stream.area,
        level=stream.level,
        rule=rule.key,
        owner=rule.owner,
        name=rule.name,
        sentence=said.as_dict() if said else {},
        status=rule.status,
        value=None if np.isnan(change.value) else change.value,
        since=moment,
    )


def changed(row: models.Alert, stream: Stream, moment: datetime, opened: bool, value: float | None) -> AlertChanged:
    """Return what is announced of an alert."""
    return AlertChanged(
        opened=opened,
        stream=stream.id,
        thing=stream.thing,
        reading=stream.reading,
        solution=stream.solution,
        area=stream.area,
        level=stream.level,
        rule=row.rule,
        owner=row.owner,
        name=row.name,
        sentence=row.sentence,
        status=row.status,
        value=value,
        time=moment,
    )


def close_all(known: Register, key: str, moment: datetime) -> int:
    """Close every open alert of a rule that looks no more, and announce it (inside the transaction that says so); return how many."""
    rows = list(models.Alert.objects.filter(rule=key, until=None))
    told = []
    for row in rows:
        row.until = max(moment, row.since)
        position = int(known.find(np.array([row.stream_id], np.int64))[0])
        if position >= 0:
            told.append(changed(row, known.streams[position], row.until, False, None))
    models.Alert.objects.bulk_update(rows, ["until"], batch_size=200)
    if told:
        announce(AlertsChanged(tuple(told)))
    return len(rows)
