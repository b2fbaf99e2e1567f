"""What becomes of things and of what is not measured of them: announced inside the transaction, worked out only when somebody waits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import msgspec

from zinneke.foundations.observations import afterwards
from zinneke.foundations.observations.alerting import watching
from zinneke.foundations.observations.attributes import documents, naming, reading, tables
from zinneke.foundations.observations.attributes.values import Instance, Linked
from zinneke.foundations.observations.register import Register
from zinneke.foundations.observations.values import Stream, Thing
from zinneke.kernel.event import ThingChanged, ThingsChanged, announce

MOST = 1_000
"""Things written together that are told; more are a load from files, which nobody follows thing by thing."""
VALUE, KIND = "value", "type"
"""Where a value stands in what is told, or its kind alone where values would be too much; neither is there when the attribute is not."""


def tell(written: Sequence[Thing], before: Mapping[str, Thing]) -> None:
    """Announce things that were made known or changed, of too many those that moved; and judge where they stand when that is written."""
    stood = {thing.key for thing in written if thing.key not in before or thing.place != before[thing.key].place}
    if stood:
        afterwards.do(partial(watching.moved, stood))
    many = len(written) > MOST
    told = [_written(thing, before.get(thing.key)) for thing in written]
    if told := [each for each in told if each.moved or not many]:
        announce(ThingsChanged(tuple(told), many))


def tell_gone(known: Register, things: Sequence[Thing], streams: Sequence[Stream]) -> None:
    """Announce things that are about to be deleted, and attributes that go with their streams while their things stay."""
    gone = [_told("deleted", thing, partial(_last, known, thing)) for thing in things]
    keys = {thing.key for thing in things}
    by_thing: dict[str, list[Stream]] = {}
    for stream in streams:
        if stream.thing not in keys:
            by_thing.setdefault(stream.thing, []).append(stream)
    gone += [
        _told("changed", known.things[key], partial(_ended, known, known.things[key], each), max(stream.level for stream in each))
        for key, each in by_thing.items()
    ]
    if gone and len(gone) <= MOST:
        announce(ThingsChanged(tuple(gone)))


def shortened(about: Mapping[str, Any]) -> dict[str, Any]:
    """Return which attributes changed and of what kind they are, without their values."""
    changed = {name: [_kind(side) for side in sides] for name, sides in about.get("changes", {}).items()}
    return {"entity": about["entity"], "types": about["types"], "changes": changed}


def _kind(side: Mapping[str, Any]) -> dict[str, Any]:
    return {KIND: documents.read(side[VALUE])[0].kind} if side else {}


def entity_of(about: Mapping[str, Any]) -> Linked:
    """Return the entity as it was when it was deleted."""
    return msgspec.convert(about["last"], Linked)


def _written(thing: Thing, before: Thing | None) -> ThingChanged:
    about = partial(_differing, thing, before)
    if before is None:
        return _told("created", thing, about)
    moved = (thing.level, thing.area, thing.solution) != (before.level, before.area, before.solution)
    return _told("changed", thing, about, before.level, moved)


def _told(what: Any, thing: Thing, about: Any, level: int = 0, moved: bool = False) -> ThingChanged:
    return ThingChanged(
        what=what, thing=thing.key, solution=thing.solution, area=thing.area, level=max(thing.level, level), about=about, moved=moved
    )  # fmt: skip


def _named(thing: Thing) -> dict[str, Any]:
    return {"entity": naming.uri(thing), "types": list(naming.types(thing))}


def _differing(thing: Thing, before: Thing | None) -> dict[str, Any]:
    """Return which attributes are other than before, each as it was and as it is."""
    was, now = _kept(before) if before else {}, _kept(thing)
    changed = {name: [_held(was, name), _held(now, name)] for name in {**was, **now} if was.get(name) != now.get(name)}
    return {**_named(thing), "changes": changed}


def _kept(thing: Thing) -> dict[str, Any]:
    found = {name: documents.written(instances) for name, instances in tables.kept(thing, {}).items()}
    return found | ({"location": {"type": "Point", "coordinates": [thing.place.lon, thing.place.lat]}} if thing.place else {})


def _held(kept: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {VALUE: kept[name]} if name in kept else {}


def _ended(known: Register, thing: Thing, streams: Sequence[Stream]) -> dict[str, Any]:
    """Return which measured attributes end with their streams."""
    ids = {stream.id for stream in streams}
    ended = {key: at for key, at in naming.attributes(known, thing.key).items() if known.streams[at].id in ids}
    found = _measured(known, ended)
    return {**_named(thing), "changes": {name: [{VALUE: documents.written(instances)}, {}] for name, instances in found.items()}}


def _last(known: Register, thing: Thing) -> dict[str, Any]:
    """Return the entity as it is before it is deleted, without what is less open than itself."""
    streams = {key: at for key, at in naming.attributes(known, thing.key).items() if known.streams[at].level <= thing.level}
    attributes = {name: documents.read(value) for name, value in _kept(thing).items()}
    for name, instances in _measured(known, streams).items():
        attributes[name] = [*attributes.get(name, ()), *instances]
    last = Linked(id=naming.uri(thing), types=naming.types(thing), scopes=documents.scopes(thing.properties), attributes=attributes)
    return {**_named(thing), "last": msgspec.to_builtins(last)}


def _measured(known: Register, streams: Mapping[tuple[str, str], int]) -> dict[str, list[Instance]]:
    found: dict[str, list[Instance]] = {}
    newest = reading.newest(known, list(streams.values()))
    for (name, dataset), at in streams.items():
        if at in newest:
            newest[at].dataset = dataset
            found.setdefault(name, []).append(newest[at])
    return found
