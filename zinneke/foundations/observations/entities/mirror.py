"""The records of entities as tables beside the observations' rows, so that one statement asks both; made anew when their stamp changes."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa
import shapely
from shapely.geometry import shape

from zinneke.foundations.observations import models, register
from zinneke.foundations.observations.attributes import tables as attributes
from zinneke.foundations.observations.register import Register
from zinneke.foundations.observations.values import Stream
from zinneke.kernel.period import to_microseconds
from zinneke.kernel.text import LANGUAGES, choose
from zinneke.kernel.units import unit

WORDS = [f"{name}_{language}" for name in ("name", "description") for language in LANGUAGES]
MEASUREMENT = "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement"
UCUM = "http://www.opengis.net/def/uom/UCUM/"
"""What stands before a UCUM code in the identifier of a unit."""
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


def tables(known: Register) -> dict[str, pa.Table] | None:
    """Return every table of entities as the records stand; None when they changed while they were read."""
    try:
        return _tables(known)
    except (KeyError, ValueError):  # a thing or stream that another line names is not there any more, or not yet
        if register.stamped() == known.stamp:
            raise
        return None


def _tables(known: Register) -> dict[str, pa.Table]:
    numbers = dict(models.Thing.objects.values_list("key", "number"))
    found: dict[str, Columns] = {
        **_things(known, numbers),
        "location": _placed(models.Location, "location"),
        "history": _columns(("id", "thing", "time"), ((pk, numbers[key], to_microseconds(at)) for pk, key, at in _lines())),
        "sensor": _described(models.Sensor, {"encoding": str, "metadata": json.dumps}),
        "observed": _described(models.ObservedProperty, {"definition": str}),
        "actuator": _described(models.Actuator, {"encoding": str, "metadata": json.dumps}),
        "capability": _capabilities(numbers),
        "task": _columns(("id", "capability", "parameters", "created", "status", "changed"), _tasks()),
        "feature": _placed(models.Feature, "feature") | _columns(("source",), models.Feature.objects.order_by("pk").values_list("source_id")),
        "stream_observed": _pairs(("stream", "observed", "rank"), models.Observes.objects.order_by("stream_id", "rank"), "stream_id", "observed_id"),
        "thing_location": _columns(
            ("thing", "location"),
            ((numbers[key], at) for key, at in models.Thing.locations.through.objects.order_by("pk").values_list("thing_id", "location_id")),
        ),
        "history_location": _columns(
            ("history", "location"), models.HistoricalLocation.locations.through.objects.values_list("historicallocation_id", "location_id")
        ),
    }
    found["stream"] = _streams(known, numbers, found)
    found["stay"] = _stays(found)
    return {name: pa.table({column: pa.array(found[name][column], kind) for column, kind in SHAPES[name].items()}) for name in SHAPES}


def _columns(names: Sequence[str], rows: Iterable[Sequence[Any]]) -> Columns:
    lines = list(rows)
    return dict(zip(names, zip(*lines, strict=True), strict=True)) if lines else dict.fromkeys(names, ())


def _pairs(names: Sequence[str], rows: Any, *fields: str) -> Columns:
    return _columns(names, rows.values_list(*fields, "rank"))


def _lines() -> Iterable[tuple[int, str, Any]]:
    return models.HistoricalLocation.objects.order_by("thing_id", "time", "pk").values_list("pk", "thing_id", "time")


def _capabilities(numbers: dict[str, int]) -> Columns:
    pairs = [(numbers[key], actuator) for key, actuator in models.TaskingCapability.objects.order_by("pk").values_list("thing_id", "actuator_id")]
    return _described(models.TaskingCapability, {"parameters": json.dumps}) | _columns(("thing", "actuator"), pairs)


def _tasks() -> Iterable[Sequence[Any]]:
    for task in models.Task.objects.order_by("pk").iterator():
        moments = to_microseconds(task.created), to_microseconds(task.changed)
        yield task.pk, task.capability_id, json.dumps(task.parameters), moments[0], task.status, moments[1]


def _words(names: Sequence[dict[str, str]], descriptions: Sequence[dict[str, str]], keys: Sequence[str]) -> Columns:
    """Return names and descriptions in each language; what has no name is called by its key, what is not described by its name."""
    words: Columns = {}
    for language in LANGUAGES:
        words[f"name_{language}"] = named = [choose(name, language)[0] or key for name, key in zip(names, keys, strict=True)]
        words[f"description_{language}"] = [choose(text, language)[0] or name for text, name in zip(descriptions, named, strict=True)]
    return words


def _described(table: Any, more: dict[str, Callable[[Any], Any]]) -> Columns:
    rows = list(table.objects.order_by("pk").values("id", "key", "name", "description", "properties", *more))
    words = _words([row["name"] for row in rows], [row["description"] for row in rows], [row["key"] or str(row["id"]) for row in rows])
    columns: Columns = {"id": [row["id"] for row in rows], **words, "properties": [json.dumps(row["properties"]) for row in rows]}
    return columns | {name: [write(row[name]) for row in rows] for name, write in more.items()}


def _placed(table: Any, name: str) -> Columns:
    columns = _described(table, {"encoding": str, name: json.dumps})
    return columns | {"geometry": [geometry(json.loads(text)) for text in columns[name]]}


def geometry(value: Any) -> bytes | None:
    """Return a GeoJSON geometry (or that of a feature) as WKB, None for what is none."""
    try:
        if isinstance(value, dict) and value.get("type") == "Feature":
            value = value["geometry"]
        made = shape(value)
        return None if made.is_empty else bytes(shapely.to_wkb(shapely.force_2d(made)))
    except Exception:  # whatever shapely says about what is no geometry: it is kept as it was sent, and found by no place
        return None


def _things(known: Register, numbers: dict[str, int]) -> dict[str, Columns]:
    rows = sorted(known.things.values(), key=lambda thing: numbers[thing.key])
    said = {key: told for key, *told in models.Thing.objects.values_list("key", "description", "created", "changed")}
    words = _words([thing.name for thing in rows], [said[thing.key][0] for thing in rows], [thing.key for thing in rows])
    documents = [{**_origin(thing.solution, thing.kind, thing.area), **thing.properties} for thing in rows]
    things: Columns = {
        "id": [numbers[thing.key] for thing in rows],
        **words,
        "properties": [json.dumps(document) for document in documents],
        "solution": [thing.solution for thing in rows],
        "area": [thing.area for thing in rows],
        "level": [int(thing.level) for thing in rows],
        **{name: [_moment(said[thing.key][place]) for thing in rows] for place, name in ((1, "created"), (2, "changed"))},
        **attributes.of_things(rows),
    }
    told = {numbers[thing.key]: (thing, said[thing.key][0]) for thing in rows}
    return {"thing": things, "instance": _columns(attributes.INSTANCE, attributes.instances(told, geometry))}


def _moment(time: datetime | None) -> int | None:
    return to_microseconds(time) if time else None


def _origin(solution: str, kind: str, area: str) -> dict[str, str]:
    return {name: value for name, value in (("solution", solution), ("kind", kind), ("commune", area)) if value}


def _streams(known: Register, numbers: dict[str, int], found: dict[str, Columns]) -> Columns:
    fields = ("id", "description", "properties", "kind", "units", "types", "multi", "sensor_id")
    more = {row["id"]: row for row in models.Stream.objects.values(*fields)}
    first = {stream: observed for stream, observed, rank in zip(*found["stream_observed"].values(), strict=True) if rank == 0}
    places = dict(zip(found["location"]["id"], zip(found["location"]["location"], found["location"]["geometry"], strict=True), strict=True))
    where = {thing: places[location] for thing, location in zip(*found["thing_location"].values(), strict=True)}
    rows, here = known.streams, [where.get(numbers[stream.thing], (None, None)) for stream in known.streams]
    names = [stream.name for stream in rows]
    return {
        "id": [stream.id for stream in rows],
        **_words(names, [more[stream.id]["description"] for stream in rows], [stream.key for stream in rows]),
        "properties": [json.dumps({"reading": stream.reading, **more[stream.id]["properties"]}) for stream in rows],
        "kind": [more[stream.id]["kind"] or MEASUREMENT for stream in rows],
        "units": [json.dumps(more[stream.id]["units"] or [measure(stream)]) for stream in rows],
        "types": [json.dumps(more[stream.id]["types"]) for stream in rows],
        "area": [stream.area for stream in rows],
        "solution": [stream.solution for stream in rows],
        "level": [int(stream.level) for stream in rows],
        "observed_area": [place for place, _ in here],
        "geometry": [made for _, made in here],
        "thing": [numbers[stream.thing] for stream in rows],
        "sensor": [more[stream.id]["sensor_id"] for stream in rows],
        "observed": [first.get(stream.id) for stream in rows],
        "multi": [more[stream.id]["multi"] for stream in rows],
        **attributes.of_streams(known),
    }


def measure(stream: Stream) -> dict[str, str]:
    """Return the unit of a stream as SensorThings tells it."""
    known = unit(stream.unit)
    return {"name": known.name.en, "symbol": known.symbol or known.code, "definition": UCUM + known.code}


def _stays(found: dict[str, Columns]) -> Columns:
    """Return which feature of interest a thing's observations are about by default: that of where it stood at the time.

    What was observed before its first line in the history is about the first place.
    """
    made = {source: feature for feature, source in zip(found["feature"]["id"], found["feature"]["source"], strict=True) if source}
    at = dict(zip(*(found["history_location"][name] for name in ("history", "location")), strict=True))
    lines = [(thing, time, made.get(at.get(line))) for line, thing, time in zip(*found["history"].values(), strict=True)]
    rows, beginning, end = [], np.iinfo(np.int64).min, np.iinfo(np.int64).max
    for place, (thing, time, feature) in enumerate(lines):
        first = place == 0 or lines[place - 1][0] != thing
        until = lines[place + 1][1] if place + 1 < len(lines) and lines[place + 1][0] == thing else end
        if feature:
            rows.append((thing, beginning if first else time, until, feature))
    return _columns(("thing", "since", "until", "feature"), rows)
