"""Entities as they stand: what is kept of them and the newest of each stream, within the reach of whoever asks."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from zinneke.foundations.observations import declaring, lifecycle, register
from zinneke.foundations.observations.attributes import documents, naming, remembering
from zinneke.foundations.observations.attributes.finding import Statement
from zinneke.foundations.observations.attributes.remembering import Record
from zinneke.foundations.observations.attributes.units import CODES
from zinneke.foundations.observations.attributes.values import Found, Instance, Linked, TypeCount, Wanted
from zinneke.foundations.observations.engine import Bound
from zinneke.foundations.observations.entities import asking
from zinneke.foundations.observations.entities.sight import Sight
from zinneke.foundations.observations.entities.terms import Values
from zinneke.foundations.observations.register import Register
from zinneke.foundations.observations.values import Detail, Stream, Thing
from zinneke.kernel.confidentiality import Actor, Right
from zinneke.kernel.problem import not_found


def find(actor: Actor, wanted: Wanted) -> Found:
    """Return the page of entities that is meant."""
    asking.reflect()
    known, made = register.current(), Statement(wanted, Sight(actor))
    rows = select(*made.page()) if wanted.limit else []
    count = int(select(*Statement(wanted, Sight(actor)).counting())[0][0]) if wanted.count else None
    more = len(rows) > wanted.limit
    return Found(entities=entities(actor, known, rows[: wanted.limit]), more=more, count=count)


def list_ids(actor: Actor, wanted: Wanted) -> tuple[list[str], bool]:
    """Return the ids of a page of the entities that are meant, and whether there are more."""
    asking.reflect()
    known = register.current()
    rows = select(*Statement(wanted, Sight(actor)).page())
    return [naming.uri(known.things[row[1]]) for row in rows[: wanted.limit] if row[1] in known.things], len(rows) > wanted.limit


def recall(actor: Actor, entity: str) -> Linked | None:
    """Return one entity from memory alone; None when some of it must be read, is not there, or may not be seen: then `get`."""
    known = register.current()
    thing = _seen(actor, known, entity)
    record = remembering.recall(known, thing.key) if thing is not None else None
    if thing is None or record is None or lifecycle.opened().store.detailed(known.ids[list(naming.attributes(known, thing.key).values())]):
        return None
    return _entities(actor, known, [record])[0]


def get(actor: Actor, entity: str) -> Linked:
    """Return one entity. Raises `Problem` 404."""
    known = register.current()
    thing = _seen(actor, known, entity)
    if thing is not None and (record := remembering.recall(known, thing.key) or remembering.read(known, thing)) is not None:
        return _entities(actor, known, [record])[0]
    found = find(actor, Wanted(ids=(entity,), limit=1)).entities
    if not found:
        raise not_found("entity", entity)
    return found[0]


def _seen(actor: Actor, known: Register, entity: str) -> Thing | None:
    thing = naming.find(known, entity)
    return thing if thing is not None and declaring.may(actor, Right.SEE, thing.solution, thing.level, thing.area) else None


def select(sql: str, values: dict[str, Any], bound: Callable[[], Bound] = Bound) -> list[tuple[Any, ...]]:
    """Run a statement; the newest observation of each stream is beside the tables where it is asked for, with what was told of it alone."""
    store = lifecycle.opened().store
    if "newest e" not in sql:
        return store.select(sql, values, {}, bound)
    ends = _newest()
    return store.select(sql, values, {"newest": ends}, lambda: Bound(ends["stream"].to_numpy(), times=ends["last"].to_numpy()))


def _newest() -> Any:
    known, tail = register.current(), lifecycle.opened().tail
    tail.cover(known.highest)
    ends = tail.ends(known.ids)
    heard = np.flatnonzero(ends.rows > 0)
    units = [CODES.get(known.streams[at].unit, known.streams[at].unit) or None for at in heard.tolist()]
    columns = {"stream": known.ids[heard], "last": ends.last[heard], "first": ends.first[heard], "value": ends.values[heard]}
    return pa.table({**columns, "unit": pa.array(units, pa.string())})


def entities(actor: Actor, known: Register, rows: Sequence[tuple[Any, ...]]) -> list[Linked]:
    """Return the entities of these rows: number, key, first and last change."""
    return _entities(actor, known, _records(known, [row for row in rows if row[1] in known.things]))


def _records(known: Register, rows: Sequence[tuple[Any, ...]]) -> list[Record]:
    """Return what the tables of entities say of these, remembered where they are those of the register."""
    store = lifecycle.opened().store
    ours = store.reflected == known.stamp
    found = {row[1]: record for row in rows if (record := remembering.recall(known, row[1]))} if ours else {}
    numbers = [row[0] for row in rows if row[1] not in found]
    kept, places = _kept(numbers), _places(numbers)
    read = {row[1]: Record(row[1], row[2], row[3], kept.get(row[0], []), places.get(row[0])) for row in rows if row[1] not in found}
    if ours and store.reflected == known.stamp:
        remembering.remember(known, read.values())
    return [found.get(row[1]) or read[row[1]] for row in rows]


def _entities(actor: Actor, known: Register, records: Sequence[Record]) -> list[Linked]:
    """Return these entities with what is measured of them."""
    streams = {record.key: naming.seen(known, actor, record.key) for record in records}
    measured = newest(known, [position for each in streams.values() for position in each.values()])
    found = []
    for record in records:
        key, created, changed = record.key, record.created, record.changed
        thing = known.things[key]
        attributes: dict[str, list[Instance]] = {}
        for name, instance in record.kept:
            instance.created, instance.modified = created, changed
            attributes.setdefault(name, []).append(instance)
        if record.place is not None:
            attributes["location"] = [Instance(kind="GeoProperty", value=record.place, created=created, modified=changed)]
        for (name, dataset), position in streams[key].items():
            if position in measured:
                measured[position].dataset = dataset
                attributes.setdefault(name, []).append(measured[position])
        scopes = documents.scopes(thing.properties)
        found.append(Linked(id=naming.uri(thing), types=naming.types(thing), scopes=scopes, attributes=attributes, created=created, modified=changed))
    return found


def _kept(numbers: Sequence[int]) -> dict[int, list[tuple[str, Instance]]]:
    found: dict[int, list[tuple[str, Instance]]] = {}
    if numbers:
        sql = f"SELECT thing, name, document FROM mirror.instance WHERE thing IN ({_listed(numbers)}) AND NOT part"  # noqa: S608  numbers
        for number, name, document in select(sql, {}):
            found.setdefault(number, []).append((name, documents.read(json.loads(document))[0]))
    return found


def _places(numbers: Sequence[int]) -> dict[int, Any]:
    if not numbers:
        return {}
    source = "mirror.thing_location x JOIN mirror.location l ON l.id = x.location"
    sql = f"SELECT x.thing, l.location FROM {source} WHERE x.thing IN ({_listed(numbers)}) AND l.geometry IS NOT NULL ORDER BY l.id DESC"  # noqa: S608  numbers
    return {number: remembering.placed(json.loads(place)) for number, place in select(sql, {})}


def _listed(numbers: Sequence[int]) -> str:
    return ", ".join(str(int(number)) for number in numbers)


def newest(known: Register, positions: Sequence[int]) -> dict[int, Instance]:
    """Return the newest observation of each of these streams that has one, by position."""
    if not positions:
        return {}
    room, at = lifecycle.opened(), np.array(positions, np.int32)
    ids = known.ids[at]
    room.tail.cover(known.highest)
    ends = room.tail.ends(ids)
    told = {}
    if room.store.detailed(ids):
        sql = f"SELECT * FROM detail WHERE stream IN ({_listed(ids.tolist())}) AND t BETWEEN $low AND $high"  # noqa: S608  numbers
        rows = select(sql, {"low": int(ends.last.min()), "high": int(ends.last.max())}, lambda: Bound(ids, times=ends.last))
        told = {(row[0], row[1]): Detail(*row[2:]) for row in rows}
    found = {}
    columns = (ends.first, ends.last, ends.values, ends.rows)
    for position, first, last, value, count in zip(positions, *(column.tolist() for column in columns), strict=True):
        if count:
            stream = known.streams[position]
            found[position] = measured(stream, last, value, told.get((stream.id, last)))
            found[position].created, found[position].modified = first, last
    return found


def measured(stream: Stream, time: int, value: float, detail: Detail | None) -> Instance:
    """Return an observation as an instance of an attribute."""
    result: Any = None if math.isnan(value) else int(value) if value.is_integer() and abs(value) < 2**53 else value
    if detail and detail.result is not None:
        result = json.loads(detail.result)
    about = {name: documents.read(each) for name, each in json.loads(detail.parameters).items()} if detail and detail.parameters else {}
    return Instance(value=result, unit=CODES.get(stream.unit, stream.unit), observed=time, about=about)


def count_types(actor: Actor) -> list[TypeCount]:
    """Return which attributes entities of each type have: those that are kept, those that are measured, and where they stand."""
    asking.reflect()
    values, sight = Values(), Sight(actor)
    things = sight.condition("Things", "t", values)
    streams = sight.condition("Datastreams", "s", values)
    ways = (
        f"SELECT t.types, '' AS name, '' AS kind, t.id FROM mirror.thing t WHERE {things}",  # noqa: S608  our own names
        f"SELECT t.types, a.name, a.kind, t.id FROM mirror.thing t JOIN mirror.instance a ON a.thing = t.id WHERE {things}",  # noqa: S608  our own names
        f"SELECT t.types, 'location', 'GeoProperty', t.id FROM mirror.thing t JOIN mirror.thing_location x ON x.thing = t.id WHERE {things}",  # noqa: S608  our own names
        f"SELECT t.types, s.attribute, 'Property', t.id FROM mirror.thing t JOIN mirror.stream s ON s.thing = t.id "  # noqa: S608  our own names
        f"JOIN newest e ON e.stream = s.id WHERE {things} AND {streams}",
    )
    sql = f"SELECT types, name, kind, count(DISTINCT id) FROM ({' UNION ALL '.join(ways)}) GROUP BY ALL ORDER BY ALL"  # noqa: S608  our own names
    return [TypeCount(tuple(types.split()), name, kind, count) for types, name, kind, count in select(sql, values.bound)]
