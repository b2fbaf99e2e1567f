"""Try a rule on the past before it is kept: what it would have said of what is stored, bounded in streams and rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo

import msgspec
import numpy as np
from django.conf import settings
from django.db.models import Prefetch

from zinneke.foundations.observations import lifecycle, models, register
from zinneke.foundations.observations.alerting import fences, holding, learning, machine, words
from zinneke.foundations.observations.alerting.holding import Change
from zinneke.foundations.observations.alerting.plan import ANOMALY, Plan
from zinneke.foundations.observations.alerting.usual import Usual
from zinneke.foundations.observations.alerting.values import Anomaly, Geofence, OnDay, Raised, Rule, Silent, Trial, Watched
from zinneke.foundations.observations.engine import Rows
from zinneke.foundations.observations.register import Register
from zinneke.foundations.observations.rules import DAY, SECOND
from zinneke.foundations.observations.tail import NEVER
from zinneke.foundations.observations.values import Int64s
from zinneke.kernel.confidentiality import Actor
from zinneke.kernel.period import from_microseconds
from zinneke.kernel.text import same

MOST_STREAMS, MOST_ROWS, MOST_LEARNT = 1_000, 500_000, 50
SHOWN = 200


def trial(actor: Actor, rule: Rule, days: int, now: int) -> Trial:
    """Return what a rule would have said over the days that end now, or with the newest of its observations where these are older."""
    known, room = register.current(), lifecycle.opened()
    room.tail.cover(known.highest)
    watched = Watched(key="", stamp="", name=same(rule.name).as_dict(), status=rule.status, when=rule.when, wanted=rule.wanted)
    plan = _plan(actor, known, watched)
    matching = len(plan.stream)
    last = room.tail.ends(plan.stream).last
    heard = last != NEVER
    end = min(now, int(last[heard].max()) + 1) if heard.any() and not isinstance(rule.when, Geofence | Silent) else now
    if isinstance(rule.when, Silent) and heard.any() and now - int(last[heard].max()) > DAY:
        end = int(last[heard].max()) + 1
    start = end - days * DAY
    chosen = np.flatnonzero(heard)[: MOST_LEARNT if isinstance(rule.when, Anomaly) else MOST_STREAMS]
    if isinstance(rule.when, Geofence):
        changes, read = _moves(plan, start, end)
        return _told(plan, changes, start, end, Counts(matching, matching, read, read >= MOST_ROWS))
    rows = room.store.read_many(plan.stream[chosen], start, end, MOST_ROWS)
    changes = _quiet(plan, chosen, rows, end) if isinstance(rule.when, Silent) else _held(plan, chosen, rows, start)
    cut = len(rows.times) >= MOST_ROWS or len(chosen) < int(heard.sum())
    return _told(plan, changes, start, end, Counts(len(chosen), matching, len(rows.times), cut))


class Counts(msgspec.Struct, frozen=True):
    """How much was tried."""

    streams: int
    matching: int
    rows: int
    cut: bool


def _plan(actor: Actor, known: Register, watched: Watched) -> Plan:
    """Return a plan of one rule, within the reach of who tries it."""
    return Plan(known, [watched], reach=actor)


def _held(plan: Plan, chosen: Int64s, rows: Rows, start: int) -> list[Change]:
    """Hold rows against the plan as if they came one after the other."""
    pairs = _pairs(plan, chosen, rows)
    if (plan.kind == ANOMALY).any():
        for pair in chosen.tolist():
            usual = plan.learnt[int(plan.key[pair])] = Usual()
            interval = int(plan.register.intervals[plan.position[pair]])
            learning.catch_up(usual, int(plan.stream[pair]), interval, float(plan.above[0]), until=start - 1)
            usual.until = None
    return holding.take(plan, pairs, rows.times, rows.values, 0, most=MOST_ROWS)


def _pairs(plan: Plan, chosen: Int64s, rows: Rows) -> Int64s:
    """Return the pair of each row; pairs of one rule are in the order of their streams."""
    return chosen[np.searchsorted(plan.stream[chosen], rows.streams)] if len(rows.streams) else np.empty(0, np.int64)


def _quiet(plan: Plan, chosen: Int64s, rows: Rows, end: int) -> list[Change]:
    """Find the silences between rows, and up to the end."""
    pairs = _pairs(plan, chosen, rows)
    if not len(pairs):
        return []
    last = np.r_[pairs[1:] != pairs[:-1], True]
    follows = np.where(last, end, np.r_[rows.times[1:], end])
    changes = []
    for row in np.flatnonzero(follows - rows.times > plan.after[pairs]).tolist():
        pair, begin = int(pairs[row]), int(rows.times[row] + plan.after[pairs[row]])
        changes.append(Change(pair, True, begin, np.nan, float(plan.after[pair])))
        if not last[row]:
            changes.append(Change(pair, False, int(follows[row]), np.nan, 0.0))
    return sorted(changes, key=lambda change: change.time)


def _moves(plan: Plan, start: int, end: int) -> tuple[list[Change], int]:
    """Follow things from place to place, as their histories tell it."""
    (watched,) = plan.rules
    when = watched.when
    assert isinstance(when, Geofence)
    by_thing = {plan.register.streams[at].thing: pair for pair, at in enumerate(plan.position.tolist())}
    keys, found = list(by_thing), []
    for at in range(0, len(keys), 500):
        stays = models.HistoricalLocation.objects.filter(thing_id__in=keys[at : at + 500], time__lt=from_microseconds(end))
        stays = stays.order_by("thing_id", "time")
        found += list(stays.prefetch_related(Prefetch("locations", models.Location.objects.all()))[: MOST_ROWS // 10])
    pairs, times, lon, lat = [], [], [], []
    for stay in found:
        location = next(iter(stay.locations.all()), None)
        point = location.location.get("coordinates") if location and location.location.get("type") == "Point" else None
        if point:
            pairs.append(by_thing[stay.thing_id])
            times.append(int(stay.time.timestamp() * SECOND))
            lon.append(float(point[0]))
            lat.append(float(point[1]))
    return _fenced(plan, when, np.array(pairs, np.int64), np.array(times, np.int64), (np.array(lon), np.array(lat)), start), len(found)


def _fenced(plan: Plan, when: Geofence, pairs: Int64s, times: Int64s, places: tuple[np.ndarray, np.ndarray], start: int) -> list[Change]:
    order = np.lexsort((times, pairs))
    pairs, times = pairs[order], times[order]
    if not len(pairs):
        return []
    first = machine.starts(pairs)
    told = fences.sides(when, places[0][order], places[1][order])
    course = machine.run(told, times, times, first, plan.sides[pairs], plan.since[pairs], plan.lasting[pairs])
    changed = machine.changes(course.held, first, plan.told[pairs], MOST_ROWS)
    changes = [Change(int(pairs[row]), bool(course.held[row]), int(times[row]), np.nan, np.nan) for row in changed.tolist()]
    return sorted((change for change in changes if change.time >= start), key=lambda change: change.time)


def _told(plan: Plan, changes: Sequence[Change], start: int, end: int, counts: Counts) -> Trial:
    zone = ZoneInfo(settings.CITY_ZONE)
    opened: dict[int, Raised] = {}
    raised: list[Raised] = []
    days: Counter[object] = Counter()
    for change in changes:
        if change.opens:
            opened[change.pair] = _raised(plan, change)
            days[from_microseconds(change.time).astimezone(zone).date()] += 1
        elif change.pair in opened:
            raised.append(msgspec.structs.replace(opened.pop(change.pair), until=from_microseconds(change.time)))
    raised += opened.values()
    raised.sort(key=lambda each: each.since, reverse=True)
    first = from_microseconds(start).astimezone(zone).date()
    span = (from_microseconds(end - 1).astimezone(zone).date() - first).days + 1
    by_day = [OnDay(day, days[day]) for day in (first + timedelta(days=at) for at in range(span))]
    begin, until = from_microseconds(start), from_microseconds(end)
    return Trial(
        start=begin, end=until, streams=counts.streams, matching=counts.matching, rows=counts.rows, cut=counts.cut, count=len(raised),
        alerts=raised[:SHOWN], days=by_day,
    )  # fmt: skip


def _raised(plan: Plan, change: Change) -> Raised:
    stream, (rule,) = plan.register.streams[plan.position[change.pair]], plan.rules
    waited = float((plan.after if isinstance(rule.when, Silent) else plan.lasting)[change.pair]) / SECOND
    said = words.sentence(rule.when, stream.unit, change.value, change.measure, change.usual, waited)  # type: ignore[arg-type]
    value = None if np.isnan(change.value) else change.value
    name, moment = plan.register.things[stream.thing].name, from_microseconds(change.time)
    return Raised(stream=stream.id, thing=stream.thing, thing_name=name, sentence=said.as_dict(), value=value, since=moment)
