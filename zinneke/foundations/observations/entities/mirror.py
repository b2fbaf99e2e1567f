"""The records of entities as tables beside the observations' rows, so that one statement asks both; they follow what changes."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from datetime import datetime
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
import shapely
from django.db.models import JSONField, TextField
from django.db.models.functions import Cast
from shapely.geometry import shape

from zinneke.foundations.observations import followed, models
from zinneke.foundations.observations.attributes import tables as attributes
from zinneke.foundations.observations.records import Once
from zinneke.foundations.observations.register import Register
from zinneke.foundations.observations.values import Stream, Thing
from zinneke.kernel.period import to_microseconds
from zinneke.kernel.text import LANGUAGES, choose
from zinneke.kernel.units import unit

WORDS = [f"{name}_{language}" for name in ("name", "description") for language in LANGUAGES]
MEASUREMENT = "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement"
UCUM = "http://www.opengis.net/def/uom/UCUM/"
"""What stands before a UCUM code in the identifier of a unit."""
POINT = struct.Struct("<BIdd")
"""A point as WKB."""
TEXT, NUMBER, WKB = pa.string(), pa.int64(), pa.binary()
Columns = dict[str, Sequence[Any]]

SHAPES: dict[str, dict[str, Any]] = {
    "thing": {
        "id": NUMBER, **dict.fromkeys([*WORDS, "properties", "solution", "area", "key", "uri", "types", "scopes"], TEXT),
        **dict.fromkeys(["level", "created", "changed"], NUMBER),
    },
    "instance": {
        "thing": NUMBER, **dict.fromkeys(["name", "dataset", "kind"], TEXT), "part": pa.bool_(), "value": TEXT, "document": TEXT, "geometry": WKB,
    },
    "location": {"id": NUMBER, **dict.fromkeys([*WORDS, "properties", "encoding", "location"], TEXT), "geometry": WKB},
    "history": {"id": NUMBER, "thing": NUMBER, "time": NUMBER},
    "sensor": {"id": NUMBER, **dict.fromkeys([*WORDS, "properties", "encoding", "metadata"], TEXT)},
    "observed": {"id": NUMBER, **dict.fromkeys([*WORDS, "properties", "definition"], TEXT)},
    "feature": {"id": NUMBER, **dict.fromkeys([*WORDS, "properties", "encoding", "feature"], TEXT), "geometry": WKB, "source": NUMBER},
    "stream": {
        "id": NUMBER, **dict.fromkeys([*WORDS, "properties", "kind", "units", "types", "area", "solution", "observed_area"], TEXT),
        "attribute": TEXT, "dataset": TEXT,
        "geometry": WKB, "level": NUMBER, "thing": NUMBER, "sensor": NUMBER, "observed": NUMBER, "multi": pa.bool_(),
    },
    "actuator": {"id": NUMBER, **dict.fromkeys([*WORDS, "properties", "encoding", "metadata"], TEXT)},
    "capability": {"id": NUMBER, **dict.fromkeys([*WORDS, "properties", "parameters"], TEXT), "thing": NUMBER, "actuator": NUMBER},
    "task": {"id": NUMBER, "capability": NUMBER, "parameters": TEXT, "created": NUMBER, "status": TEXT, "changed": NUMBER},
    "stream_observed": {"stream": NUMBER, "observed": NUMBER, "rank": NUMBER},
    "thing_location": {"thing": NUMBER, "location": NUMBER},
    "history_location": {"history": NUMBER, "location": NUMBER},
    "stay": {"thing": NUMBER, "since": NUMBER, "until": NUMBER, "feature": NUMBER},
}  # fmt: skip
"""The tables, their columns and kinds. `stay` says which feature a thing's observations are about, from when until when."""


_THINGS = "(SELECT t.id FROM mirror.thing t JOIN touched ON touched.record = 'thing' AND touched.row = t.key)"
_OWN: dict[str, Any] = {
    "location": models.Location,
    "sensor": models.Sensor,
    "observed": models.ObservedProperty,
    "feature": models.Feature,
    "actuator": models.Actuator,
    "task": models.Task,
}
_OF_A_THING = ("instance", "history", "stream", "thing_location", "stay", "capability")
GONE = tuple(
    f"DELETE FROM mirror.{table} WHERE {condition}"  # noqa: S608  our own names
    for table, condition in (
        ("stream_observed", f"stream IN (SELECT id FROM mirror.stream WHERE thing IN {_THINGS})"),  # noqa: S608
        ("history_location", f"history IN (SELECT id FROM mirror.history WHERE thing IN {_THINGS})"),  # noqa: S608
        *((name, f"thing IN {_THINGS}") for name in _OF_A_THING),
        *((name, f"id IN (SELECT row::BIGINT FROM touched WHERE record = '{name}')") for name in _OWN),  # noqa: S608
        ("thing", f"id IN {_THINGS}"),
    )
)
"""What is taken out, in this order, before what changed is put in; `touched` names it."""
MOST = 5_000
"""Records that are read at once; where more changed, all are read anew."""
CHUNK = 500
Part = dict[str, set[Any]]
"""Of each record, the keys or numbers that are meant; things are named with all that hangs on them."""


def whole(known: Register) -> Iterator[dict[str, pa.Table]]:
    """Yield every table of entities, part by part so that a million need no more memory than a few thousand."""
    keys = sorted(known.things)
    own = {name: list(table.objects.order_by("pk").values_list("pk", flat=True)) for name, table in _OWN.items()}
    for at in range(0, max(len(keys), 1, *map(len, own.values())), MOST):
        numbers: Part = {name: set(found[at : at + MOST]) for name, found in own.items()}
        yield tables(known, {**numbers, "thing": set(keys[at : at + MOST])})


def part(known: Register, since: str) -> Part | None:
    """Return what changed since a stamp, with all that follows from it; None when that is unknown or so much that all is to be read."""
    found = followed.since(since, MOST)
    if found is None:
        return None
    made: Part = {name: set(map(int, found.get(name, ()))) for name in _OWN}
    things, stay, stood = set(found.get("thing", ())), models.HistoricalLocation.objects, models.HistoricalLocation.locations.through.objects
    positions = known.find(np.array(sorted(map(int, found.get("stream", ()))), np.int64))
    things |= {known.streams[at].thing for at in positions.tolist() if at >= 0}
    things |= set(_among(stay, "pk", map(int, found.get("history", ())), "thing_id"))
    things |= set(_among(models.Thing.locations.through.objects, "location_id", made["location"], "thing_id"))
    things |= set(_among(stood, "location_id", map(int, found.get("source", ())), "historicallocation__thing_id"))
    made["thing"] = things
    return made if sum(map(len, made.values())) <= MOST else None


def touched(part: Part) -> pa.Table:
    """Return a part as a table of records and rows, for `GONE`."""
    lines = [(name, str(row)) for name, rows in part.items() for row in rows]
    return pa.table({"record": pa.array([name for name, _ in lines], TEXT), "row": pa.array([row for _, row in lines], TEXT)})


def _among(records: Any, field: str, keys: Iterable[Any], *columns: str) -> Iterable[Any]:
    """Yield columns of the records whose field is among keys, documents as text; one column as it is."""
    documents = {each.name for each in records.model._meta.fields if isinstance(each, JSONField)}
    asked, told = sorted(keys), {f"{name}_text": Cast(name, TextField()) for name in columns if name in documents}
    for at in range(0, len(asked), CHUNK):
        found = records.filter(**{f"{field}__in": asked[at : at + CHUNK]}).order_by("pk").annotate(**told)
        yield from found.values_list(*(f"{name}_text" if name in documents else name for name in columns), flat=len(columns) == 1)


def tables(known: Register, part: Part) -> dict[str, pa.Table]:
    """Return the rows of each table that are about a part of the records, without what was deleted since `known`.

    What changes meanwhile may stand here half; it stands in the log too, after the stamp of `known`, and is read again for the next question.
    """
    found_things = _among(models.Thing.objects, "key", part["thing"] & known.things.keys(), "key", "number", "description", "created", "changed")
    once = Once()
    said = {key: [number, once.document(described), *times] for key, number, described, *times in found_things}
    numbers, keys = {key: told[0] for key, told in said.items()}, said.keys()
    rows = sorted(map(known.things.__getitem__, keys), key=lambda thing: numbers[thing.key])
    streams = sorted((one for key in keys for one in known.of(key)), key=lambda one: one.id)
    here, then = models.Thing.locations.through.objects, models.HistoricalLocation.locations.through.objects
    lines = _among(models.HistoricalLocation.objects, "thing_id", keys, "thing_id", "time", "pk")
    found: dict[str, Columns] = {
        **_things(rows, said),
        "location": _placed(models.Location, "location", part["location"]),
        "history": _columns(("id", "thing", "time"), ((pk, numbers[key], to_microseconds(at)) for key, at, pk in sorted(lines))),
        "sensor": _described(models.Sensor, {"encoding": str, "metadata": str}, "pk", part["sensor"]),
        "observed": _described(models.ObservedProperty, {"definition": str}, "pk", part["observed"]),
        "actuator": _described(models.Actuator, {"encoding": str, "metadata": str}, "pk", part["actuator"]),
        "capability": _capabilities(numbers),
        "task": _columns(("id", "capability", "parameters", "created", "status", "changed"), _tasks(part["task"])),
        "feature": _features(part["feature"]),
        "stream_observed": _columns(
            ("stream", "observed", "rank"),
            sorted(_among(models.Observes.objects, "stream__thing_id", keys, "stream_id", "observed_id", "rank"), key=lambda one: (one[0], one[2])),
        ),
        "thing_location": _columns(
            ("thing", "location"), ((numbers[key], at) for key, at in _among(here, "thing_id", keys, "thing_id", "location_id"))
        ),
        "history_location": _columns(
            ("history", "location"), _among(then, "historicallocation__thing_id", keys, "historicallocation_id", "location_id")
        ),
    }
    found["stream"] = _streams(known, streams, numbers, found, keys)
    found["stay"] = _stays(found)
    return {name: pa.table({column: pa.array(found[name][column], kind) for column, kind in SHAPES[name].items()}) for name in SHAPES}


def _columns(names: Sequence[str], rows: Iterable[Sequence[Any]]) -> Columns:
    lines = list(rows)
    return dict(zip(names, zip(*lines, strict=True), strict=True)) if lines else dict.fromkeys(names, ())


def _capabilities(numbers: dict[str, int]) -> Columns:
    more: dict[str, Callable[[Any], Any]] = {"parameters": str, "thing_id": numbers.__getitem__, "actuator_id": int}
    found = _described(models.TaskingCapability, more, "thing_id", numbers.keys())
    return {**found, "thing": found["thing_id"], "actuator": found["actuator_id"]}


def _tasks(numbers: Set[int]) -> Iterable[Sequence[Any]]:
    fields = ("id", "capability_id", "parameters", "created", "status", "changed")
    for pk, capability, parameters, created, status, changed in _among(models.Task.objects, "pk", numbers, *fields):
        yield pk, capability, parameters, to_microseconds(created), status, to_microseconds(changed)


def _words(names: Sequence[dict[str, str]], descriptions: Sequence[dict[str, str]], keys: Sequence[str]) -> Columns:
    """Return names and descriptions in each language; what has no name is called by its key, what is not described by its name."""
    words: Columns = {}
    for language in LANGUAGES:
        words[f"name_{language}"] = named = [choose(name, language)[0] or key for name, key in zip(names, keys, strict=True)]
        words[f"description_{language}"] = [choose(text, language)[0] or name for text, name in zip(descriptions, named, strict=True)]
    return words


def _described(table: Any, more: dict[str, Callable[[Any], Any]], field: str, keys: Set[Any]) -> Columns:
    names = ("id", "key", "name", "description", "properties", *more)
    rows, once = [dict(zip(names, row, strict=True)) for row in _among(table.objects, field, keys, *names)], Once()
    said, described = ([once.document(row[name]) for row in rows] for name in ("name", "description"))
    words = _words(said, described, [row["key"] or str(row["id"]) for row in rows])
    columns: Columns = {"id": [row["id"] for row in rows], **words, "properties": [row["properties"] for row in rows]}
    return columns | {name: [write(row[name]) for row in rows] for name, write in more.items()}


def _placed(table: Any, name: str, numbers: Set[int], **more: Callable[[Any], Any]) -> Columns:
    columns = _described(table, {"encoding": str, name: str, **more}, "pk", numbers)
    return columns | {"geometry": [geometry(msgspec.json.decode(text)) for text in columns[name]]}


def _features(numbers: Set[int]) -> Columns:
    found = _placed(models.Feature, "feature", numbers, source_id=lambda source: source)
    return {**found, "source": found["source_id"]}


def geometry(value: Any) -> bytes | None:
    """Return a GeoJSON geometry (or that of a feature) as WKB, None for what is none."""
    try:
        if value["type"] == "Point" and all(type(each) in (int, float) for each in value["coordinates"]) and len(value["coordinates"]) in (2, 3):
            return POINT.pack(1, 1, *value["coordinates"][:2])
        if isinstance(value, dict) and value.get("type") == "Feature":
            value = value["geometry"]
        made = shape(value)
        return None if made.is_empty else bytes(shapely.to_wkb(shapely.force_2d(made)))
    except Exception:  # whatever shapely says about what is no geometry: it is kept as it was sent, and found by no place
        return None


def _things(rows: Sequence[Thing], said: dict[str, list[Any]]) -> dict[str, Columns]:
    words = _words([thing.name for thing in rows], [said[thing.key][1] for thing in rows], [thing.key for thing in rows])
    documents = [{**_origin(thing.solution, thing.kind, thing.area), **thing.properties} for thing in rows]
    things: Columns = {
        "id": [said[thing.key][0] for thing in rows],
        **words,
        "properties": [_text(document) for document in documents],
        "solution": [thing.solution for thing in rows],
        "area": [thing.area for thing in rows],
        "level": [int(thing.level) for thing in rows],
        **{name: [_moment(said[thing.key][place]) for thing in rows] for place, name in ((2, "created"), (3, "changed"))},
        **attributes.of_things(rows),
    }
    told = {said[thing.key][0]: (thing, said[thing.key][1]) for thing in rows}
    return {"thing": things, "instance": _columns(attributes.INSTANCE, attributes.instances(told, geometry))}


def _moment(time: datetime | None) -> int | None:
    return to_microseconds(time) if time else None


def _origin(solution: str, kind: str, area: str) -> dict[str, str]:
    return {name: value for name, value in (("solution", solution), ("kind", kind), ("commune", area)) if value}


def _streams(known: Register, rows: Sequence[Stream], numbers: dict[str, int], found: dict[str, Columns], keys: Set[str]) -> Columns:
    fields, once = ("id", "description", "properties", "kind", "units", "types", "multi", "sensor_id"), Once()
    more = {row[0]: dict(zip(fields, row, strict=True)) for row in _among(models.Stream.objects, "thing_id", keys, *fields)}
    first = {stream: observed for stream, observed, rank in zip(*found["stream_observed"].values(), strict=True) if rank == 0}
    stands = dict(zip(*found["thing_location"].values(), strict=True))
    located = _among(models.Location.objects, "pk", set(stands.values()), "pk", "location")
    places = {at: (location, geometry(msgspec.json.decode(location))) for at, location in located}
    where = {thing: places[location] for thing, location in stands.items() if location in places}
    rows = [stream for stream in rows if stream.id in more]
    here = [where.get(numbers[stream.thing], (None, None)) for stream in rows]
    names, described = [stream.name for stream in rows], [once.document(more[stream.id]["description"]) for stream in rows]
    measures = {code: _text([measure(code)]) for code in {stream.unit for stream in rows}}
    return {
        "id": [stream.id for stream in rows],
        **_words(names, described, [stream.key for stream in rows]),
        "properties": [_text({"reading": stream.reading, **once.document(more[stream.id]["properties"])}) for stream in rows],
        "kind": [more[stream.id]["kind"] or MEASUREMENT for stream in rows],
        "units": [measures[stream.unit] if units == "[]" else units for stream, units in ((each, more[each.id]["units"]) for each in rows)],
        "types": [more[stream.id]["types"] for stream in rows],
        "area": [stream.area for stream in rows],
        "solution": [stream.solution for stream in rows],
        "level": [int(stream.level) for stream in rows],
        "observed_area": [place for place, _ in here],
        "geometry": [made for _, made in here],
        "thing": [numbers[stream.thing] for stream in rows],
        "sensor": [more[stream.id]["sensor_id"] for stream in rows],
        "observed": [first.get(stream.id) for stream in rows],
        "multi": [more[stream.id]["multi"] for stream in rows],
        **attributes.of_streams(known, rows),
    }


def _text(document: Any) -> str:
    return msgspec.json.encode(document).decode()


def measure(code: str) -> dict[str, str]:
    """Return a unit as SensorThings tells it."""
    known = unit(code)
    return {"name": known.name.en, "symbol": known.symbol or known.code, "definition": UCUM + known.code}


def _stays(found: dict[str, Columns]) -> Columns:
    """Return which feature of interest a thing's observations are about by default: that of where it stood at the time.

    What was observed before its first line in the history is about the first place.
    """
    made = dict(_among(models.Feature.objects, "source_id", set(found["history_location"]["location"]), "source_id", "pk"))
    at = dict(zip(*(found["history_location"][name] for name in ("history", "location")), strict=True))
    lines = [(thing, time, made.get(at.get(line))) for line, thing, time in zip(*found["history"].values(), strict=True)]
    rows, beginning, end = [], np.iinfo(np.int64).min, np.iinfo(np.int64).max
    for place, (thing, time, feature) in enumerate(lines):
        first = place == 0 or lines[place - 1][0] != thing
        until = lines[place + 1][1] if place + 1 < len(lines) and lines[place + 1][0] == thing else end
        if feature:
            rows.append((thing, beginning if first else time, until, feature))
    return _columns(("thing", "since", "until", "feature"), rows)
