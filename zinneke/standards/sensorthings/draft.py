"""What is sent, as drafts: every member known and of its kind, links as ids or as drafts of their own."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from zinneke.foundations.observations.entities import sets
from zinneke.foundations.observations.values import Draft
from zinneke.kernel.period import read_moment, to_microseconds
from zinneke.kernel.problem import Problem, wrong
from zinneke.standards.sensorthings.grammar import read_period

DEEPEST = 6
MOST = 10_000
NEEDED: dict[str, tuple[str, ...]] = {
    "Things": ("name",),
    "Locations": ("name", "encodingType", "location"),
    "HistoricalLocations": ("time",),
    "Datastreams": ("name", "unitOfMeasurement"),
    "MultiDatastreams": ("name", "unitOfMeasurements", "multiObservationDataTypes"),
    "Sensors": ("name", "encodingType", "metadata"),
    "ObservedProperties": ("name", "definition"),
    "Observations": ("result",),
    "FeaturesOfInterest": ("name", "encodingType", "feature"),
    "TaskingCapabilities": ("name", "taskingParameters"),
    "Actuators": ("name", "encodingType", "metadata"),
    "Tasks": ("taskingParameters",),
}
"""What an entity cannot be without; a description that is not given is its name."""
GIVEN = {
    "Datastreams": ("observedArea", "phenomenonTime", "resultTime"),
    "MultiDatastreams": ("observedArea", "phenomenonTime", "resultTime"),
    "Tasks": ("creationTime", "statusTime"),
}
"""Members that the service works out itself; what is sent is not taken."""
LENGTHS = {"name": 1_000, "description": 10_000, "definition": 500, "encodingType": 100, "observationType": 200}


def read(set_name: str, document: Any, *, whole: bool = True, count: list[int] | None = None, depth: int = 0) -> Draft:
    """Return a document as a draft; `whole` says that nothing needed may be missing. Raises `Problem` 400 that names the member."""
    here, count = sets.get(set_name), count if count is not None else [0]
    count[0] += 1
    if depth > DEEPEST or count[0] > MOST:
        raise wrong(f"One request holds {MOST:,} entities, {DEEPEST} links deep, at the most. Nothing was stored.")
    if not isinstance(document, dict):
        raise wrong(f"One of {set_name} is an object with members. Nothing was stored.", where=set_name)
    values: dict[str, Any] = {}
    links: dict[str, tuple[Draft | int | str, ...]] = {}
    for name, value in document.items():
        if "@iot." in name or name == "id" or name in GIVEN.get(set_name, ()):
            continue
        if name in here.properties:
            values[name] = _value(set_name, name, value)
        elif name in here.links:
            links[name] = _links(here.links[name], name, value, count, depth)
        else:
            known = ", ".join([*here.properties, *here.links])
            raise wrong(f"{set_name} have no member {name!r}. They have: {known}. Nothing was stored.", where=name)
    if whole:
        missing = [name for name in NEEDED[set_name] if values.get(name) is None and not (name == "result" and name in values)]
        if missing:
            raise wrong(f"{set_name} need {', '.join(missing)}. Nothing was stored.", where=missing[0])
        _check_types(set_name, values)
    return Draft(set_name, values, links)


def replacing(set_name: str, document: Any) -> Draft:
    """Return a document that replaces an entity: what it leaves out is empty from then on."""
    draft = read(set_name, document)
    empty: dict[str, Any] = {"description": "", "properties": {}, "resultTime": None, "validTime": None, "resultQuality": None, "parameters": None}
    values = {name: value for name, value in empty.items() if name in sets.get(set_name).properties and name not in GIVEN.get(set_name, ())}
    return Draft(set_name, {**values, **draft.values}, draft.links)


def _links(link: sets.Link, name: str, value: Any, count: list[int], depth: int) -> tuple[Draft | int | str, ...]:
    items = value if isinstance(value, list) else [value]
    if not link.many and isinstance(value, list):
        raise wrong(f"{name} leads to one entity, not to a list. Nothing was stored.", where=name)
    return tuple(_linked(link.target, name, item, count, depth) for item in items)


def _linked(target: str, name: str, item: Any, count: list[int], depth: int) -> Draft | int | str:
    if not isinstance(item, dict):
        raise wrong(f"{name} takes an entity, or {{'@iot.id': its id}}. Nothing was stored.", where=name)
    number = item.get("@iot.id")
    if number is None:
        return read(target, item, count=count, depth=depth + 1)
    if isinstance(number, bool) or not isinstance(number, int | str):
        raise wrong(f"{name}: {str(number)[:40]!r} is not an id. Nothing was stored.", where=name)
    return number


def _value(set_name: str, name: str, value: Any) -> Any:
    kind = sets.get(set_name).properties[name].kind
    try:
        return _READ.get((set_name, name), _KINDS[kind])(name, value)
    except Problem as problem:
        problem.extra.setdefault("where", name)
        raise


def _text(name: str, value: Any) -> str:
    longest = LENGTHS.get(name, 10_000)
    if not isinstance(value, str) or len(value) > longest or "\0" in value:
        raise wrong(f"{name} is a text of at most {longest:,} characters. Nothing was stored.")
    return value


def _document(name: str, value: Any) -> Any:
    if value is not None and not isinstance(value, dict):
        raise wrong(f"{name} is an object with members. Nothing was stored.")
    return value


def _units(name: str, value: Any) -> Any:
    if not isinstance(value, list) or not value or not all(isinstance(each, dict) for each in value):
        raise wrong(f"{name} is a list of units, one for each result. Nothing was stored.")
    return value


def _types(name: str, value: Any) -> Any:
    if not isinstance(value, list) or not value or not all(isinstance(each, str) for each in value):
        raise wrong(f"{name} is a list of observation types, one for each result. Nothing was stored.")
    return value


def _result(name: str, value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        raise wrong("A result that is a number is finite. Nothing was stored.")
    return value


def _moment(name: str, value: Any) -> int | None:
    if value is None:
        return None
    if not isinstance(value, str):
        raise wrong(f"{name} is a moment such as 2026-11-23T14:05:00Z. Nothing was stored.")
    return to_microseconds(read_moment(value))


def _period(name: str, value: Any) -> Any:
    if value is None:
        return None
    if not isinstance(value, str):
        raise wrong(f"{name} is a moment such as 2026-11-23T14:05:00Z, or two with a slash between. Nothing was stored.")
    return read_period(value)


def _any(name: str, value: Any) -> Any:
    return value


_KINDS: dict[str, Callable[[str, Any], Any]] = {
    "text": _text,
    "json": _document,
    "geometry": _document,
    "time": _moment,
    "period": _period,
    "result": _result,
}
_READ: dict[tuple[str, str], Callable[[str, Any], Any]] = {
    ("Sensors", "metadata"): _any,
    ("Actuators", "metadata"): _any,
    ("Observations", "resultQuality"): _any,
    ("MultiDatastreams", "unitOfMeasurements"): _units,
    ("MultiDatastreams", "multiObservationDataTypes"): _types,
}


def _check_types(set_name: str, values: dict[str, Any]) -> None:
    if set_name == "MultiDatastreams" and len(values["unitOfMeasurements"]) != len(values["multiObservationDataTypes"]):
        raise wrong("A MultiDatastream has as many unitOfMeasurements as multiObservationDataTypes. Nothing was stored.", where="unitOfMeasurements")
