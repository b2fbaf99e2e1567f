"""Entities over time: each observation an instance, each place since when the thing stood there; or figures by period."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

import numpy as np

from zinneke.foundations.observations import lifecycle, register
from zinneke.foundations.observations.attributes import naming, past, reading
from zinneke.foundations.observations.attributes.finding import Statement
from zinneke.foundations.observations.attributes.values import Evolution, Found, Instance, Linked, Span, Wanted
from zinneke.foundations.observations.engine import Bound
from zinneke.foundations.observations.entities import asking
from zinneke.foundations.observations.entities.sight import Sight
from zinneke.foundations.observations.values import Detail, Stream, Thing
from zinneke.kernel.confidentiality import Actor
from zinneke.kernel.problem import Problem, not_found, wrong

FIGURES = {
    "totalCount": "count(*)",
    "distinctCount": "count(DISTINCT value)",
    "sum": "sum(value)",
    "avg": "avg(value)",
    "min": "min(value)",
    "max": "max(value)",
    "stddev": "stddev_pop(value)",
    "sumsq": "sum(value * value)",
}
MOST_PERIODS = 10_000
"""Periods that one answer holds at the most, over all attributes."""
NEAR, FARTHER = 3_600_000_000, 8
"""How far back an earlier observation is looked for first, in microseconds, and how many times as far when nothing was there."""
FEW = 1_000
"""Observations that are read at a time to find the last of them."""


def evolve(actor: Actor, wanted: Wanted, span: Span, names: Sequence[str]) -> tuple[Found, list[Evolution]]:
    """Return the page of entities that is meant, and how each evolved."""
    asking.reflect()
    known = register.current()
    rows = reading.select(*Statement(wanted, Sight(actor)).page())
    count = int(reading.select(*Statement(wanted, Sight(actor)).counting())[0][0]) if wanted.count else None
    page = rows[: wanted.limit]
    entities = reading.entities(actor, known, page)
    found = []
    for entity in entities:
        thing = naming.find(known, entity.id)
        streams = naming.seen(known, actor, thing.key) if thing else {}
        chosen = {key: known.streams[at].id for key, at in streams.items() if not names or key[0] in names}
        made = _figures(entity, chosen, span) if span.methods else _instances(known, thing, entity, streams, chosen, span, names)
        found.append(made)
    return Found(entities=entities, more=len(rows) > wanted.limit, count=count), found


def find_instance(actor: Actor, entity: str, name: str, dataset: str, moment: int) -> str:
    """Return the key of the observation that is an attribute's instance at a moment. Raises `Problem` 404."""
    known = register.current()
    thing = naming.find(known, entity)
    position = naming.seen(known, actor, thing.key).get((name, dataset)) if thing else None
    if position is None:
        raise not_found("attribute", name)
    stream = known.streams[position].id
    if not len(lifecycle.opened().store.read(stream, moment, moment + 1, 1).times):
        raise not_found("instance", moment)
    return f"{stream}.{moment}"


def before(stream: Stream, moment: int) -> Instance | None:
    """Return what was observed of a stream last before a moment, None when nothing was or the store cannot say."""
    try:
        if (found := _last_before(stream.id, moment)) is None:
            return None
        room, at = lifecycle.opened(), (np.array([stream.id], np.int32), np.array([found[0]], np.int64))
        told = room.writer.do(lambda: room.store.details(*at)) if room.store.detailed(at[0]) else {}
    except Problem:
        return None
    return reading.measured(stream, *found, told.get((stream.id, found[0])))


def _last_before(stream: int, end: int) -> tuple[int, float] | None:
    """Return the time and value of the last observation before a moment, looking back in steps, since stores read forwards only."""
    room = lifecycle.opened()
    room.tail.cover(stream)
    ends = room.tail.ends(np.array([stream], np.int32))
    first, step, farther = int(ends.first[0]), NEAR, FARTHER
    while ends.rows[0] and end > first:
        start = max(first, end - step)
        rows = room.store.read(stream, start, end, FEW)
        if len(rows.times) == FEW and end - start > FEW:  # there may be later ones: half as far, and from then on never farther
            step, farther = (end - start) // 2, 1
        elif len(rows.times):
            return int(rows.times[-1]), float(rows.values[-1])
        else:
            end, step = start, step * farther
    return None


def _instances(
    known: register.Register,
    thing: Thing | None,
    entity: Linked,
    measured: Iterable[tuple[str, str]],
    streams: dict[tuple[str, str], int],
    span: Span,
    names: Sequence[str],
) -> Evolution:
    last = min(span.last or span.limit, span.limit)
    newest = "DESC" if span.last else "ASC"
    attributes: dict[str, list[Instance]] = {}
    untils = []
    for (name, dataset), number in streams.items():
        rows = reading.select(
            "SELECT o.t, o.value, d.* FROM observation o LEFT JOIN detail d ON d.stream = o.stream AND d.t = o.t "  # noqa: S608  ASC or DESC
            f"WHERE o.stream = $stream AND o.t >= $start AND o.t < $end ORDER BY o.t {newest} LIMIT $limit",
            {"stream": number, "start": span.start, "end": span.end, "limit": last + 1},
            partial(Bound, np.array([number], np.int32), span.start, span.end, last + 1, bool(span.last)),
        )
        if len(rows) > last and not span.last:
            untils.append(rows[last][0])
        if len(rows) > last and span.last and span.last > span.limit:
            untils.append(rows[last - 1][0])
        stream = known.streams[int(known.position[number])]
        for time, value, stream_told, _, *told in rows[:last]:
            instance = reading.measured(stream, time, value, Detail(*told) if stream_told is not None else None)
            instance.dataset, instance.created, instance.modified = dataset, time, time
            attributes.setdefault(name, []).append(instance)
    if not names or "location" in names:
        places = _places(entity, span)
        if places:
            attributes["location"] = places
    for name, instances in past.told(thing.key, entity, measured).items() if thing else ():
        kept = [each for each in instances if span.start <= past.moment(each) < span.end]
        if kept and (not names or name in names):
            attributes[name] = [*attributes.get(name, ()), *(kept[-last:] if span.last else kept[:last])]
    shown = Linked(id=entity.id, types=entity.types, scopes=entity.scopes, attributes=attributes, created=entity.created, modified=entity.modified)
    until = (max(untils) if span.last else min(untils)) if untils else None
    return Evolution(entity=shown if until is None or span.last else _before(shown, until), until=until)


def _before(entity: Linked, until: int) -> Linked:
    """Return what is told until a moment, so that every attribute ends at the same."""
    for name, instances in entity.attributes.items():
        entity.attributes[name] = [each for each in instances if past.moment(each) < until]
    entity.attributes = {name: instances for name, instances in entity.attributes.items() if instances}
    return entity


def _places(entity: Linked, span: Span) -> list[Instance]:
    source = "mirror.thing t JOIN mirror.history h ON h.thing = t.id JOIN mirror.history_location x ON x.history = h.id"
    where = "t.uri = $uri AND h.time >= $start AND h.time < $end"
    sql = f"SELECT h.time, l.location FROM {source} JOIN mirror.location l ON l.id = x.location WHERE {where}"  # noqa: S608  our own names
    newest = "DESC" if span.last else "ASC"
    rows = reading.select(
        f"{sql} ORDER BY h.time {newest} LIMIT $limit",
        {"uri": entity.id, "start": span.start, "end": span.end, "limit": min(span.last or span.limit, span.limit)},
    )
    return [Instance(kind="GeoProperty", value=json.loads(place), observed=time, created=time, modified=time) for time, place in rows]


def _figures(entity: Linked, streams: dict[tuple[str, str], int], span: Span) -> Evolution:
    figures: dict[tuple[str, str], dict[str, list[tuple[Any, int, int]]]] = {}
    period = span.period or "PT0S"
    whole = period in ("PT0S", "P0D")
    origin = span.start if span.origin is None else span.origin
    wanted = ", ".join(FIGURES[method] for method in span.methods)
    bucket = "0" if whole else "time_bucket(CAST($period AS INTERVAL), make_timestamp(t), make_timestamp($origin))"
    for key, number in streams.items():
        ends = "min(t), max(t) + 1" if whole else "epoch_us(b), epoch_us(b + CAST($period AS INTERVAL))"
        inner = f"SELECT {bucket} AS b, t, value FROM observation WHERE stream = $stream AND t >= $start AND t < $end AND NOT isnan(value)"  # noqa: S608  our own names
        sql = f"SELECT {ends}, {wanted} FROM ({inner}) GROUP BY b ORDER BY b LIMIT $limit"  # noqa: S608  our own names
        values = {"stream": number, "start": span.start, "end": span.end, "limit": MOST_PERIODS + 1}
        bound = partial(Bound, np.array([number], np.int32), span.start, span.end)
        rows = reading.select(sql, values if whole else {**values, "origin": origin, "period": _interval(period)}, bound)
        if len(rows) > MOST_PERIODS:
            raise wrong(f"That is more than {MOST_PERIODS:,} periods. Ask for longer ones, or for a shorter time.", code="TooManyResults")
        if rows:
            figures[key] = {
                method: [(row[2 + at], max(row[0], origin), min(row[1], span.end)) for row in rows] for at, method in enumerate(span.methods)
            }
    shown = Linked(id=entity.id, types=entity.types, scopes=entity.scopes, created=entity.created, modified=entity.modified)
    return Evolution(entity=shown, figures=figures)


def _interval(period: str) -> str:
    """Return a duration of ISO 8601 as the engine says it. Raises `Problem` 400."""
    match = re.fullmatch(r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?", period)
    parts = [(int(number), word) for number, word in zip(match.groups(), _PARTS, strict=True) if number] if match else []
    months = {word for _, word in parts} & {"years", "months"}
    if not parts or not any(number for number, _ in parts) or (months and len(parts) > 1) or any(number > 10**6 for number, _ in parts):
        raise wrong(f"{period[:40]!r} is not a duration such as PT1H, P1D or P1M (months and years stand alone).", where="aggrPeriodDuration")
    return " ".join(f"{number} {word}" for number, word in parts)


_PARTS = ("years", "months", "weeks", "days", "hours", "minutes", "seconds")
