"""How things and streams become known: written to the database and to the register in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
import numpy as np
from django.utils import timezone

from zinneke.foundations.observations import lifecycle, models, register
from zinneke.foundations.observations.attributes import changes, past
from zinneke.foundations.observations.entities import deriving, told
from zinneke.foundations.observations.records import placed
from zinneke.foundations.observations.register import SUBJECT, Register
from zinneke.foundations.observations.values import Stream, StreamRow, Thing
from zinneke.foundations.territory import store as territory
from zinneke.kernel import registry
from zinneke.kernel.confidentiality import SYSTEM, Actor, Level, Right, reach
from zinneke.kernel.load import Counts

NONE: Mapping[Any, Any] = {}


def may(actor: Actor, right: Right, solution: str, level: Level, area: str) -> bool:
    """Say whether the actor's right reaches one thing or stream of a solution."""
    return reach(actor, right, f"{SUBJECT}.{solution}" if solution else SUBJECT).allows(level, area)


def located(things: Sequence[Thing]) -> list[Thing]:
    """Return the things with the commune in which each stands, where it was not given."""
    asked = [at for at, thing in enumerate(things) if thing.place and not thing.area]
    result = list(things)
    if asked:
        places = [thing.place for thing in things if thing.place and not thing.area]
        lon, lat = np.array([place.lon for place in places]), np.array([place.lat for place in places])
        communes, _ = territory.locate(SYSTEM, lon, lat)
        for at, area in zip(asked, communes, strict=True):
            result[at] = msgspec.structs.replace(things[at], area=str(area))
    return result


def set_things(actor: Actor, rows: Iterable[Thing]) -> Counts:
    """Write things; those that the actor may not write are refused one by one."""
    counts = Counts()
    with register.alone():
        known = register.current()
        given = {row.key: row for row in rows}
        written: list[Thing] = []
        for thing in located(list(given.values())):
            before = known.things.get(thing.key)
            if fault := _misnamed(thing):
                counts.refuse(thing.key, fault)
            elif not all(may(actor, Right.EDIT, one.solution, one.level, one.area) for one in (thing, before) if one):
                counts.refuse(thing.key, "This thing is not yours to write here.")
            elif thing == before:
                counts.unchanged += 1
            else:
                written.append(thing)
                counts.added += before is None
                counts.changed += before is not None
        if written:
            new = [thing.key for thing in written if thing.key not in known.things]
            store_things(written, dict(zip(new, deriving.next_numbers("thing", len(new)), strict=True)))
            past.keep(written, known.things)
            deriving.follow_things(written, known.things)
            fresh = register.replace(written, [])
            follow(known, fresh, {thing.key for thing in written})
            told.things(written, known.things)
            changes.tell(written, known.things)
    return counts


def _misnamed(thing: Thing) -> str:
    """Say what is wrong with a thing's key: its first part is its solution's, so that nobody takes a name in another's."""
    owner, _, rest = thing.key.partition("/")
    if not rest or len(thing.key) > 200 or not thing.key.isprintable():
        return "A thing's key is <solution>/<identifier>, of at most 200 printable characters."
    if owner != thing.solution and (thing.solution or owner in registry.solutions()):
        return f"The key begins with {owner!r}, but the thing belongs to the solution {thing.solution!r}."
    return ""


def store_things(things: Sequence[Thing], numbers: Mapping[str, int] = NONE) -> None:
    """Write things as they are, after their keys; those that are new with their numbers."""
    now = timezone.now()
    fields = ["name", "kind", "solution", "lon", "lat", "area", "level", "properties", "changed"]
    models.Thing.objects.bulk_create(
        [
            models.Thing(
                key=thing.key,
                number=numbers.get(thing.key),
                name=thing.name,
                kind=thing.kind,
                solution=thing.solution,
                lon=thing.place.lon if thing.place else None,
                lat=thing.place.lat if thing.place else None,
                area=thing.area,
                level=thing.level,
                properties=thing.properties,
                created=now,
                changed=now,
            )
            for thing in things
        ],
        update_conflicts=True,
        unique_fields=["key"],
        update_fields=fields,
        batch_size=100,
    )


def set_streams(actor: Actor, rows: Iterable[StreamRow]) -> Counts:
    """Write streams of known things; those that the actor may not write are refused one by one. Numbers are never used twice."""
    counts = Counts()
    with register.alone():
        known = register.current()
        highest = highest_stream()
        written: list[Stream] = []
        for row in {row.key: row for row in rows}.values():
            thing, before = known.things.get(row.thing), known.by_key.get(row.key)
            if fault := _fault(actor, row, thing, before):
                counts.refuse(row.key, fault)
                continue
            assert thing
            described = {name: getattr(row, name) for name in StreamRow.__struct_fields__}
            if before and row.keep is None:
                described["keep"] = before.keep
            stream = placed(Stream(**described, id=before.id if before else highest + 1), thing)
            if stream == before:
                counts.unchanged += 1
                continue
            highest = max(highest, stream.id)
            written.append(stream)
            counts.added += before is None
            counts.changed += before is not None
        if written:
            new = [stream for stream in written if stream.key not in known.by_key]
            store_streams(written, deriving.sensors(new, known.things))
            deriving.observe(new, known.things)
            follow(known, register.replace([], written), {stream.thing for stream in written})
            told.streams(written, known.by_key)
    return counts


def restate(stream: Stream) -> None:
    """Write what was changed of one stream that is there."""
    with register.alone():
        store_streams([stream])
        register.replace([], [stream])


def highest_stream() -> int:
    """Return the highest number that a stream ever had."""
    return max(register.current().highest, lifecycle.opened().tail.highest, deriving.highest("stream"))


def _fault(actor: Actor, row: StreamRow, thing: Thing | None, before: Stream | None) -> str:
    if thing is None:
        return f"There is no thing {row.thing!r}. Send the thing first."
    if not row.key.startswith(f"{row.thing}/") or len(row.key) > 300 or not row.key.isprintable():
        return "A stream's key is its thing's key, a slash and a name; at most 300 printable characters."
    if row.low is not None and row.high is not None and row.low > row.high:
        return f"Its plausible range is empty: low {row.low:g} is above high {row.high:g}."
    if not may(actor, Right.EDIT, thing.solution, max(row.level, thing.level), thing.area):
        return "This stream is not yours to write here."
    if before and not may(actor, Right.EDIT, before.solution, before.level, before.area):
        return "This stream is not yours to write here."
    return ""


def store_streams(streams: Sequence[Stream], sensors: Mapping[int, int] = NONE) -> None:
    """Write streams as they are, after their numbers; those that are new with their sensors."""
    fields = ["thing_id", "name", "reading", "means", "unit", "interval", "low", "high", "jump", "level", "keep"]
    described = [{name: getattr(stream, "thing" if name == "thing_id" else name) for name in ("id", "key", *fields)} for stream in streams]
    models.Stream.objects.bulk_create(
        [models.Stream(**one, sensor_id=sensors.get(one["id"])) for one in described],
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["thing" if name == "thing_id" else name for name in fields],
        batch_size=80,
    )


def follow(before: Register, fresh: Register, things: set[str]) -> None:
    """Let what was kept about these things' streams take over their level and area, so that nothing old stays more open."""
    for stream in (stream for thing in things for stream in fresh.of(thing)):
        old = before.by_key.get(stream.key)
        if old and (old.level, old.area, old.solution) != (stream.level, stream.area, stream.solution):
            models.Alert.objects.filter(stream_id=stream.id).update(level=stream.level, area=stream.area, solution=stream.solution)
            models.Quarantined.objects.filter(stream=stream.key).update(level=stream.level, area=stream.area, solution=stream.solution)
