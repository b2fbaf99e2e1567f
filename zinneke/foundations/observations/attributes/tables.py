"""Attributes as columns and tables beside the observations' rows: what a thing is as an entity, and each instance in its document."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from zinneke.foundations.observations.attributes import documents, naming
from zinneke.foundations.observations.attributes.values import Instance
from zinneke.foundations.observations.register import Register
from zinneke.foundations.observations.values import Stream, Thing

Columns = dict[str, Sequence[Any]]
INSTANCE = ("thing", "name", "dataset", "kind", "part", "value", "document", "geometry")


def of_things(rows: Sequence[Thing]) -> Columns:
    """Return what things are as entities: key, id, types (a space on both sides of each), scopes (a line each)."""
    return {
        "key": [thing.key for thing in rows],
        "uri": [naming.uri(thing) for thing in rows],
        "types": [f" {' '.join(naming.types(thing))} " for thing in rows],
        "scopes": ["".join(f"{scope}\n" for scope in documents.scopes(thing.properties)) for thing in rows],
    }


def of_streams(known: Register, rows: Sequence[Stream]) -> Columns:
    """Return of which attribute, and of which dataset, each of these streams is; they are all those of their things."""
    named = {position: key for thing in {stream.thing for stream in rows} for key, position in naming.attributes(known, thing).items()}
    places = [named[int(known.position[stream.id])] for stream in rows]
    return {name: [place[at] for place in places] for at, name in enumerate(("attribute", "dataset"))}


def instances(rows: Mapping[int, tuple[Thing, dict[str, str]]], geometry: Callable[[Any], bytes | None]) -> Iterator[tuple[Any, ...]]:
    """Yield a line for each instance, each element of a list and each language of a text; `rows` gives things and their descriptions by number."""
    for number, (thing, description) in rows.items():
        for name, each in kept(thing, description).items():
            for instance in each:
                yield from _lines(number, name, instance, geometry)


def kept(thing: Thing, description: dict[str, str]) -> dict[str, list[Instance]]:
    """Return the attributes that are kept with a thing: its name, its description, its properties document, and of which solution it is."""
    words = {name: documents.of_words(said) for name, said in (("name", thing.name), ("description", description))}
    found = {name: [said] for name, said in words.items() if said}
    origin = {"solution": thing.solution, "commune": thing.area} if thing.solution else {}
    told = {**{name: value for name, value in origin.items() if value}, **thing.properties}
    if documents.scopes(told):
        told = {name: value for name, value in told.items() if name != documents.SCOPE}
    return {**found, **{name: documents.read(value) for name, value in told.items()}}


def _lines(number: int, name: str, instance: Instance, geometry: Callable[[Any], bytes | None]) -> Iterator[tuple[Any, ...]]:
    document = json.dumps(plain(instance))
    made = geometry(instance.value) if instance.kind == "GeoProperty" else None
    yield number, name, instance.dataset, instance.kind, False, json.dumps(instance.value), document, made
    for each in parts(instance):
        yield number, name, instance.dataset, instance.kind, True, json.dumps(each), document, None


def parts(instance: Instance) -> list[Any]:
    """Return the elements of a list, and what a text is in each language."""
    if instance.kind == "LanguageProperty" and isinstance(instance.value, dict):
        return [one for said in instance.value.values() for one in (said if isinstance(said, list) else [said])]
    return instance.value if isinstance(instance.value, list) and instance.kind != "JsonProperty" else []


def plain(instance: Instance) -> dict[str, Any]:
    """Return an instance with all that is about it written out, so that paths lead into it."""
    whole: dict[str, Any] = documents.write(instance, plainly=False)
    return {**whole, **{name: plain(about[0]) for name, about in instance.about.items()}}
