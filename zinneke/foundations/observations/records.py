"""Things and streams as the database has them, read row by row into what is kept in memory."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

import msgspec
from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast

from zinneke.foundations.observations import models
from zinneke.foundations.observations.values import Place, Stream, Thing
from zinneke.kernel import registry
from zinneke.kernel.confidentiality import Level

V = TypeVar("V")
NOTHING: dict[str, Any] = {}
CHUNK = 2_000
_THING = ("key", "kind", "solution", "lon", "lat", "area", "level")
_STREAM = ("id", "key", "thing_id", "reading", "means", "unit", "interval", "low", "high", "jump", "keep", "level")


def read(keys: Iterable[str] | None = None) -> tuple[list[Thing], list[Stream]]:
    """Return every thing with its streams, or those of these keys; a stream has the solution, area and level that follow from its thing."""
    things, streams, once = models.Thing.objects.all(), models.Stream.objects.all(), Once()
    if keys is not None:
        asked = list(keys)
        things, streams = things.filter(key__in=asked), streams.filter(thing_id__in=asked)
    found = {thing.key: thing for thing in (_thing(row, once) for row in _rows(things, _THING, "name", "properties"))}
    rows = (row for row in _rows(streams, _STREAM, "name") if row[2] in found)  # a thing may have come since; so has its stamp
    return list(found.values()), [placed(_stream(row, found[row[2]], once), found[row[2]]) for row in rows]


def placed(stream: Stream, thing: Thing) -> Stream:
    """Return the stream with what follows from its thing: solution, area, and a level at least as strict."""
    level = max(stream.level, thing.level)
    if (stream.solution, stream.area, stream.level) == (thing.solution, thing.area, level):
        return stream
    return msgspec.structs.replace(stream, solution=thing.solution, area=thing.area, level=level)


def kept(stream: Stream) -> int:
    """Return for how many days a stream's raw observations are kept, 0 for ever: as it says itself, else as its solution does."""
    if stream.keep is not None:
        return stream.keep
    solution = registry.solutions().get(stream.solution) if stream.solution else None
    return solution.keep if solution else 0


def _rows(records: QuerySet[Any], fields: tuple[str, ...], *documents: str) -> Iterable[tuple[Any, ...]]:
    """Yield these columns, the documents as text: made objects of only where they are not known yet."""
    return records.annotate(**{f"{name}_text": Cast(name, TextField()) for name in documents}).values_list(
        *fields, *(f"{name}_text" for name in documents)
    ).iterator(CHUNK)  # fmt: skip


class Once:
    """Words, numbers and names, each kept once: a million streams have a few thousand of them."""

    def __init__(self) -> None:
        self._known: dict[Any, Any] = {}

    def one(self, value: V) -> V:
        """Return a value that is equal, and of the same kind."""
        known: V = self._known.setdefault((type(value), value), value)
        return known

    def document(self, text: str) -> dict[str, Any]:
        """Return what a text of JSON says."""
        found: dict[str, Any] | None = self._known.get(text)
        if found is None:
            found = self._known[text] = self.own(text)
        return found

    def own(self, text: str) -> dict[str, Any]:
        """Return what a text of JSON says, which nothing else is expected to say."""
        told: dict[str, Any] = msgspec.json.decode(text)
        return {self.one(name): value for name, value in told.items()} if told else NOTHING


def _thing(row: tuple[Any, ...], once: Once) -> Thing:
    key, kind, solution, lon, lat, area, level, name, properties = row
    return Thing(
        key=key,
        name=once.own(name),
        kind=once.one(kind),
        solution=once.one(solution),
        place=None if lon is None or lat is None else Place(lon, lat),
        area=once.one(area),
        level=Level(level),
        properties=once.own(properties),
    )


def _stream(row: tuple[Any, ...], thing: Thing, once: Once) -> Stream:
    number, key, _, reading, means, unit, interval, low, high, jump, keep, level, name = row
    return Stream(
        id=number,
        key=key,
        thing=thing.key,
        name=once.document(name),
        reading=once.one(reading),
        means=once.one(means),
        unit=once.one(unit),
        interval=interval,
        low=once.one(low),
        high=once.one(high),
        jump=once.one(jump),
        keep=keep,
        level=max(Level(level), thing.level),
        solution=thing.solution,
        area=thing.area,
    )
