"""Histories: one stream's values by steps, many streams' series, the newest; as they stand, or as they stood at a moment."""

from __future__ import annotations

from datetime import datetime
from typing import get_args
from zoneinfo import ZoneInfo

import numpy as np
from django.conf import settings

from zinneke.foundations.observations import lifecycle, rules
from zinneke.foundations.observations.register import Register
from zinneke.foundations.observations.values import Bucket, History, Int32s, Latest, Moments, Point, Step, Stream
from zinneke.kernel.period import from_microseconds, to_microseconds
from zinneke.kernel.problem import wrong
from zinneke.kernel.solution import Series
from zinneke.kernel.text import Text

MOST_IN_SERIES = 2_000_000
MOST_THEN = 1_000
"""Streams whose newest value as of a moment is read at once."""


def history(stream: Stream, span: tuple[datetime, datetime], step: Step, limit: int, as_of: datetime | None) -> History:
    """Return a stream's values; see `store.history`. Raises `Problem` 400."""
    since, until = to_microseconds(span[0]), to_microseconds(span[1])
    if step not in get_args(Step):
        raise wrong(f"{step!r} is not a step. Choose one of {', '.join(get_args(Step))}.", where="step")
    if since >= until:
        raise wrong("The period is empty: its start must be before its end.", where="from")
    store, then = lifecycle.opened().store, None if as_of is None else to_microseconds(as_of)
    points: list[Point] = []
    buckets: list[Bucket] = []
    if step == "raw":
        found = store.read(stream.id, since, until, limit + 1, then)
        times, columns = found.times, (found.values.tolist(), found.qualities.tolist())
        points = [Point(*row) for row in zip(Moments(times[:limit]), *(column[:limit] for column in columns), strict=True)]
    else:
        grouped = store.bucket(stream.id, since, until, step, settings.CITY_ZONE, limit + 1, then)
        times, zone = grouped.times, ZoneInfo(settings.CITY_ZONE)
        local = [moment.astimezone(zone) for moment in Moments(times[:limit])]
        figures = (grouped.mean, grouped.low, grouped.high, grouped.count, grouped.total, grouped.flagged)
        buckets = [Bucket(*row) for row in zip(local, *(column[:limit].tolist() for column in figures), strict=True)]
    edge = int(lifecycle.opened().tail.kept_from(np.array([stream.id], np.int32))[0])
    return History(
        stream=stream,
        step=step,
        start=span[0],
        end=span[1],
        interval=stream.interval,
        points=points,
        buckets=buckets,
        gaps=rules.gaps(times, step, stream.interval),
        next=from_microseconds(int(times[limit])) if len(times) > limit else None,
        as_of=as_of,
        raw_from=from_microseconds(edge) if since < edge else None,
    )


def series(known: Register, found: Int32s, span: tuple[datetime, datetime], as_of: datetime | None) -> list[Series]:
    """Return one series for each of these streams. Raises `Problem` 400 when that is too much."""
    since, until = to_microseconds(span[0]), to_microseconds(span[1])
    then = None if as_of is None else to_microseconds(as_of)
    rows = lifecycle.opened().store.read_many(known.ids[found], since, until, MOST_IN_SERIES + 1, then)
    if len(rows.streams) > MOST_IN_SERIES:
        raise wrong(f"That is more than {MOST_IN_SERIES:,} observations. Ask for a shorter period or for one area.", where="start")
    edges = np.searchsorted(rows.streams, known.ids[found], "left"), np.searchsorted(rows.streams, known.ids[found], "right")
    return [
        _series(known, position, Moments(rows.times[low:high]), rows.values[low:high].tolist())
        for position, low, high in zip(found.tolist(), *(edge.tolist() for edge in edges), strict=True)
        if high > low
    ]


def _series(known: Register, position: int, times: Moments, values: list[float]) -> Series:
    stream = known.streams[position]
    thing = known.things[stream.thing]
    asset = thing.key.partition("/")[2] if thing.solution else thing.key
    names = [thing.name.get(language) or next(iter(thing.name.values()), asset) for language in ("fr", "nl", "en")]
    place = (thing.place.lon, thing.place.lat) if thing.place else None
    return Series(asset, Text(*names), stream.reading, times, values, place, stream.area)


def latest(known: Register, found: Int32s, as_of: datetime) -> list[Latest]:
    """Return the newest value of each of these streams that was known at a moment. Raises `Problem` 400 for too many of them."""
    if len(found) > MOST_THEN:
        raise wrong(f"As of a moment, the newest values of {MOST_THEN:,} datastreams are read at the most. Name them with ids, or ask for an area.")
    ends = lifecycle.opened().store.summarise(known.ids[found], to_microseconds(as_of))
    rows = zip(ends.streams.tolist(), Moments(ends.last), ends.values.tolist(), ends.qualities.tolist(), strict=True)
    streams = {known.streams[position].id: known.streams[position] for position in found.tolist()}
    lines = [Latest(streams[number], known.things[streams[number].thing], moment, value, quality) for number, moment, value, quality in rows]
    return sorted(lines, key=lambda line: line.stream.id)
