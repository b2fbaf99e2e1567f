"""Take in observations, read the latest, the history, the alerts. Nothing is answered before it is on disk."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import TypeVar

import msgspec
import numpy as np
from django.db.models import Q

from zinneke.foundations.observations import alerts, correcting, declaring, histories, intake, lifecycle, models, pace, register, samples
from zinneke.foundations.observations.engine import Earlier
from zinneke.foundations.observations.entities import asking, changing, creating, removing, together
from zinneke.foundations.observations.entities import newest as newest_of
from zinneke.foundations.observations.entities.newest import Stood
from zinneke.foundations.observations.entities.together import Together
from zinneke.foundations.observations.register import SUBJECT, Filters, Register, within_reach
from zinneke.foundations.observations.singles import One
from zinneke.foundations.observations.values import (
    MOST_ROWS,
    AlertState,
    Answered,
    Batch,
    Draft,
    History,
    Int32s,
    Latest,
    Moments,
    Question,
    Receipt,
    Revision,
    Step,
    Stream,
    StreamRow,
    Thing,
    ThingRow,
)
from zinneke.kernel import registry
from zinneke.kernel.confidentiality import Actor, Right
from zinneke.kernel.load import Counts
from zinneke.kernel.pending import Pending
from zinneke.kernel.period import from_microseconds, to_microseconds
from zinneke.kernel.problem import not_found
from zinneke.kernel.route import verb
from zinneke.kernel.solution import Sample, Series

T = TypeVar("T")


@verb(Right.EDIT, SUBJECT)
def set_things(actor: Actor, rows: Iterable[ThingRow]) -> Counts:
    """Write things; a commune that is not given is found from the place."""
    return declaring.set_things(actor, rows)


@verb(Right.EDIT, SUBJECT)
def set_streams(actor: Actor, rows: Iterable[StreamRow]) -> Counts:
    """Write streams of things that are known. A stream keeps its number for ever."""
    return declaring.set_streams(actor, rows)


@verb(Right.EDIT, SUBJECT)
def ingest(actor: Actor, batch: Batch) -> Receipt:
    """Store observations and say exactly what became of each; returns only after the commit.

    An observation that is already there with the same value is a duplicate and changes nothing; with another value it is refused.
    Raises `Problem` 429 when too much waits, 507 when the disk is full; then nothing of the batch was stored.
    """
    return intake.take(actor, register.current(), batch)


@verb(Right.EDIT, SUBJECT)
def hand_over(actor: Actor, batch: Batch) -> Pending[Receipt]:
    """Store a small batch together with those of others that arrive at the same time; its receipt, as of `ingest`, comes after the commit."""
    pace.check(actor, register.current(), len(batch))
    return lifecycle.opened().gathering.put(actor, batch)


@verb(Right.EDIT, SUBJECT)
def take_samples(actor: Actor, solution_key: str, samples_sent: Iterable[Sample]) -> Receipt:
    """Take in what a solution's source decoded: assets and readings are registered when first heard of, then as `ingest`."""
    solution = registry.solutions().get(solution_key)
    if solution is None:
        raise not_found("solution", solution_key)
    return samples.take(actor, solution, samples_sent)


@verb(Right.EDIT, SUBJECT)
def correct(actor: Actor, stream_id: int, time: datetime, value: float, reason: str) -> Revision:
    """Give a stored observation another value; the earlier one is kept with who, when and why, and returned."""
    return _revision(correcting.correct(actor, _one(actor, Right.EDIT, stream_id), to_microseconds(time), value, reason))


def _revision(earlier: Earlier) -> Revision:
    return Revision(earlier.value, earlier.quality, from_microseconds(earlier.until), earlier.who, earlier.why)


@verb(Right.EDIT, SUBJECT)
def list_revisions(actor: Actor, stream_id: int, time: datetime) -> list[Revision]:
    """Return what an observation was before its corrections, oldest first; for those who may correct it."""
    _one(actor, Right.EDIT, stream_id)
    return [_revision(earlier) for earlier in lifecycle.opened().store.revisions(stream_id, to_microseconds(time))]


def _one(actor: Actor, right: Right, stream_id: int) -> Stream:
    known = register.current()
    found = known.select(actor, right, Filters(ids=(stream_id,)))
    if not len(found):
        raise not_found("stream", stream_id)
    return _filled(known, found)[0]


@verb(Right.EDIT, SUBJECT)
def check_streams(actor: Actor, numbers: Iterable[int]) -> None:
    """Refuse numbers of streams that the actor may not write. Raises `Problem` 404 naming the first."""
    known, asked = register.current(), sorted(set(numbers))
    found = known.ids[known.select(actor, Right.EDIT, Filters(ids=asked))].tolist()
    if missing := sorted(set(asked) - set(found)):
        raise not_found("stream", missing[0])


def _filled(known: Register, positions: Int32s) -> list[Stream]:
    """Return these streams with their first and last time and number of rows."""
    tail = lifecycle.opened().tail
    tail.cover(known.highest)
    ends = tail.ends(known.ids[positions])
    filled = []
    spans = zip(Moments(np.maximum(ends.first, 0)), Moments(np.maximum(ends.last, 0)), ends.rows.tolist(), strict=True)
    for position, (first, last, rows) in zip(positions.tolist(), spans, strict=True):
        stream = known.streams[position]
        filled.append(msgspec.structs.replace(stream, first=first, last=last, rows=rows) if rows else stream)
    return filled


@verb(Right.SEE, SUBJECT)
def list_streams(
    actor: Actor,
    *,
    solution: str | None = None,
    reading: str | None = None,
    area: str | None = None,
    thing: str | None = None,
    after: int = 0,
    limit: int = 100,
) -> list[Stream]:
    """Return streams in order of their number, from the one after `after`."""
    known = register.current()
    found = known.select(actor, Right.SEE, Filters(solution, reading, area, _only(thing), after=after))
    return _filled(known, found[: max(1, limit)])


@verb(Right.SEE, SUBJECT)
def get_stream(actor: Actor, stream_id: int) -> Stream:
    """Return one stream. Raises `Problem` 404."""
    return _one(actor, Right.SEE, stream_id)


@verb(Right.SEE, SUBJECT)
def find_stream(actor: Actor, key: str) -> Stream | None:
    """Return the stream of a key (`<solution>/<asset>/<reading>`), or None."""
    stream = register.current().by_key.get(key)
    if stream is None:
        return None
    known = register.current()
    found = known.select(actor, Right.SEE, Filters(ids=(stream.id,)))
    return _filled(known, found)[0] if len(found) else None


@verb(Right.SEE, SUBJECT)
def get_thing(actor: Actor, key: str) -> Thing:
    """Return a thing that has a stream within the actor's reach. Raises `Problem` 404."""
    known = register.current()
    if not len(known.select(actor, Right.SEE, Filters(things=(key,)))):
        raise not_found("thing", key)
    return known.things[key]


@verb(Right.SEE, SUBJECT)
def list_things(actor: Actor, *, solution: str | None = None, area: str | None = None) -> list[Thing]:
    """Return the things that have a stream within the actor's reach, in order of key."""
    known = register.current()
    found = known.select(actor, Right.SEE, Filters(solution, area=area))
    return [known.things[key] for key in sorted({known.streams[position].thing for position in found.tolist()})]


@verb(Right.SEE, SUBJECT)
def ask(actor: Actor, question: Question) -> Answered:
    """Answer a question about a set of entities: filtered, ordered, counted, with what their links bring along."""
    return asking.ask(actor, question)


@verb(Right.SEE, SUBJECT)
def newest_stamp(actor: Actor) -> str | None:
    """Return the stamp of the records under which questions about the newest can be answered from memory, None when they cannot."""
    return newest_of.stamp(actor)


@verb(Right.SEE, SUBJECT)
def list_numbers(actor: Actor) -> Int32s:
    """Return the numbers of the datastreams within reach, in order."""
    return newest_of.numbers(actor)


@verb(Right.SEE, SUBJECT)
def stand(actor: Actor, numbers: Int32s) -> Stood | None:
    """Return how these streams stand, from memory; None when one is not within reach, or memory does not know all of it."""
    return newest_of.stand(actor, numbers)


@verb(Right.EDIT, SUBJECT)
def create_entity(actor: Actor, draft: Draft) -> int | str:
    """Write an entity with all that hangs on it, or nothing, and return its id; observations are on disk by then."""
    return creating.create(actor, draft)


@verb(Right.EDIT, SUBJECT)
def create_observations(actor: Actor, drafts: Sequence[Draft]) -> tuple[list[tuple[int, int]], Receipt]:
    """Store observations as drafts, and return their keys and what became of them; returns only after the commit."""
    batch = creating.batch_of(actor, drafts)
    return list(zip(batch.streams.tolist(), batch.times.tolist(), strict=True)), intake.take(actor, register.current(), batch)


@verb(Right.EDIT, SUBJECT)
def hand_over_observation(actor: Actor, draft: Draft | One) -> tuple[str, Pending[Receipt]] | None:
    """Store an observation as `hand_over` does and return its id; None when what it tells must be looked up first: then `create_entity`."""
    if isinstance(draft, One):
        known = register.current()
        if not 0 <= draft.stream < 2**31 or draft.stream in creating.multiple(known):
            return None
        pace.check(actor, known, 1)
        return f"{draft.stream}.{draft.time}", lifecycle.opened().gathering.put(actor, draft)
    if set(draft.links) != {"Datastream"} or not isinstance(draft.links["Datastream"][0], int):
        return None
    batch = creating.batch_of(actor, [draft])
    pace.check(actor, register.current(), 1)
    return f"{batch.streams[0]}.{batch.times[0]}", lifecycle.opened().gathering.put(actor, batch)


@verb(Right.EDIT, SUBJECT)
def change_entity(actor: Actor, number: int | str, draft: Draft) -> None:
    """Change what a draft names of an entity, and where its links lead. An observation's earlier result is kept."""
    changing.change(actor, number, draft)


@verb(Right.EDIT, SUBJECT)
def write_together(actor: Actor, work: Callable[[Together], T]) -> T:
    """Create, change and delete several entities, or none: what `work` does counts when all of it is done."""
    return together.write(actor, work)


@verb(Right.EDIT, SUBJECT)
def remove_entity(actor: Actor, set_name: str, number: int | str) -> None:
    """Delete an entity with what cannot be without it: a thing's streams, a stream's observations."""
    removing.remove(actor, set_name, number)


@verb(Right.SEE, SUBJECT)
def latest(
    actor: Actor,
    *,
    solution: str | None = None,
    reading: str | None = None,
    area: str | None = None,
    thing: str | None = None,
    ids: Iterable[int] | None = None,
    after: int = 0,
    limit: int = 100_000,
    as_of: datetime | None = None,
) -> list[Latest]:
    """Return the newest value of each stream that has one, in order of stream number, from memory.

    With `as_of`, the newest that was known at that moment, of a thousand streams at the most; that is read from disk.
    """
    known = register.current()
    filters = Filters(solution, reading, area, _only(thing), None if ids is None else tuple(ids), after)
    found = _heard(known, known.select(actor, Right.SEE, filters))[:limit]
    if as_of is not None:
        return histories.latest(known, found, as_of)
    ends = lifecycle.opened().tail.ends(known.ids[found])
    return [
        Latest(stream, known.things[stream.thing], moment, value, quality)
        for stream, moment, value, quality in zip(
            _filled(known, found), Moments(ends.last), ends.values.tolist(), ends.qualities.tolist(), strict=True
        )
    ]


class LatestLine(msgspec.Struct):
    """A line of `latest_document`: what changes, and what does not as JSON made before."""

    time: datetime
    value: float
    quality: int
    stream: msgspec.Raw


@verb(Right.SEE, SUBJECT)
def latest_document(
    actor: Actor,
    *,
    solution: str | None = None,
    reading: str | None = None,
    area: str | None = None,
    thing: str | None = None,
    ids: Iterable[int] | None = None,
    after: int = 0,
    limit: int = 1000,
) -> bytes:
    """Return what `latest` does as JSON, `{"latest": […], "next": number or null}`, for the door that is knocked at most."""
    known = register.current()
    filters = Filters(solution, reading, area, _only(thing), None if ids is None else tuple(ids), after)
    found = _heard(known, known.select(actor, Right.SEE, filters))
    page = found[:limit]
    ends = lifecycle.opened().tail.ends(known.ids[page])
    times = ends.last.tolist()
    moments = {time: from_microseconds(time) for time in set(times)}  # the streams of one network were heard of at the same few
    figures = (map(moments.__getitem__, times), ends.values.tolist(), ends.qualities.tolist())
    lines = [LatestLine(*row) for row in zip(*figures, map(known.fragment, page.tolist()), strict=True)]
    return msgspec.json.encode({"latest": lines, "next": int(known.ids[page[-1]]) if len(found) > limit else None})


def _heard(known: Register, positions: Int32s) -> Int32s:
    tail = lifecycle.opened().tail
    tail.cover(known.highest)
    return positions[tail.ends(known.ids[positions]).rows > 0]


@verb(Right.SEE, SUBJECT)
def history(
    actor: Actor, stream_id: int, start: datetime, end: datetime, step: Step = "raw", limit: int = 1000, as_of: datetime | None = None
) -> History:
    """Return a stream's values with start ≤ time < end, as they are or by steps of the city's local time.

    A step without a value is absent, and listed in `gaps`. At most 10,000 rows; `next` is where to go on. With `as_of`, what was heard or
    corrected after that moment is as if it had not been: what was published then can be made again.
    """
    return histories.history(_one(actor, Right.SEE, stream_id), (start, end), step, max(1, min(limit, MOST_ROWS)), as_of)


@verb(Right.SEE, SUBJECT)
def series(
    actor: Actor,
    solution: str,
    reading: str,
    start: datetime,
    end: datetime,
    area: str | None = None,
    thing: str | None = None,
    as_of: datetime | None = None,
) -> list[Series]:
    """Return one series for each stream of a reading, with start ≤ time < end, as solutions' formulas take them; `as_of` as in `history`."""
    known = register.current()
    found = _heard(known, known.select(actor, Right.SEE, Filters(solution, reading, area, _only(thing))))
    return histories.series(known, found, (start, end), as_of) if len(found) else []


@verb(Right.SEE, SUBJECT)
def count(actor: Actor, solution: str | None = None) -> int:
    """Return how many observations are within the actor's reach."""
    known = register.current()
    tail = lifecycle.opened().tail
    tail.cover(known.highest)
    return int(tail.ends(known.ids[known.select(actor, Right.SEE, Filters(solution))]).rows.sum())


@verb(Right.SEE, SUBJECT)
def newest(actor: Actor, solution: str | None = None) -> datetime | None:
    """Return the newest moment observed within the actor's reach, None when there is nothing."""
    known = register.current()
    found = _heard(known, known.select(actor, Right.SEE, Filters(solution)))
    return from_microseconds(int(lifecycle.opened().tail.ends(known.ids[found]).last.max())) if len(found) else None


@verb(Right.SEE, SUBJECT)
def list_alerts(actor: Actor, solution: str | None = None, only_open: bool = True, limit: int = 1000, rule: str | None = None) -> list[AlertState]:
    """Return alerts, newest first, then the streams that have gone silent (see `rules.silent`). Those of people's own rules are for them alone."""
    known = register.current()
    rows = models.Alert.objects.filter(within_reach(actor, Right.SEE), Q(owner=None) | Q(owner=actor.person)).order_by("-since")
    if solution is not None:
        rows = rows.filter(solution=solution)
    if only_open:
        rows = rows.filter(until=None)
    if rule is not None:
        return [alerts.state(known, row) for row in rows.filter(rule=rule)[:limit]]
    spoken = [alerts.state(known, row) for row in rows[:limit]]
    visible = known.select(actor, Right.SEE, Filters(solution))
    return [*spoken, *alerts.silences(known, visible)][:limit]


def _only(thing: str | None) -> tuple[str, ...] | None:
    return None if thing is None else (thing,)
