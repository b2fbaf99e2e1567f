"""Entities changed: what a draft names of them, and where its links lead. What an observation was before is kept."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np
from django.utils import timezone

from zinneke.foundations.observations import correcting, declaring, lifecycle, models, register
from zinneke.foundations.observations.attributes import past
from zinneke.foundations.observations.entities import creating, owners, statement, tasking, told
from zinneke.foundations.observations.entities.creating import Making
from zinneke.foundations.observations.records import placed
from zinneke.foundations.observations.values import Detail, Draft, Stream, Thing
from zinneke.kernel.confidentiality import Actor
from zinneke.kernel.period import from_microseconds
from zinneke.kernel.problem import wrong
from zinneke.kernel.text import same

REASON = "changed through SensorThings"


def change(actor: Actor, number: int | str, draft: Draft) -> None:
    """Change an entity. Raises `Problem` 400, 403, 404; then nothing is changed."""
    if draft.set == "Observations":
        _observation(actor, number, draft)
        return
    with register.doubted(), register.alone():
        known = register.current()
        owned = owners.check_edited(actor, known, draft.set, number)
        making = Making(actor, written=True)
        if draft.set == "Things":
            assert isinstance(owned[0], Thing)
            _thing(making, owned[0], draft)
        elif draft.set in ("Datastreams", "MultiDatastreams"):
            assert isinstance(owned[0], Stream)
            _stream(making, owned[0], draft)
        elif draft.set == "HistoricalLocations":
            _stay(making, number, draft)
        elif draft.set == "Tasks":
            tasking.change(number, draft)
        else:
            _record(making, number, draft)
        making.finish()
        declaring.follow(known, register.current(), set(making.things) | {stream.thing for stream in making.streams})
        told.entity(draft.set, number, draft.values)


def _named(draft: Draft) -> dict[str, Any]:
    """Return name, description and properties as records keep them, where the draft names them."""
    found: dict[str, Any] = {}
    if "name" in draft.values:
        found["name"] = same(draft.values["name"]).as_dict()
    if "description" in draft.values:
        found["description"] = creating.described(draft)
    if "properties" in draft.values:
        found["properties"] = draft.values["properties"] or {}
    return found


def _thing(making: Making, thing: Thing, draft: Draft) -> None:
    told = _named(draft)
    if told:
        models.Thing.objects.filter(key=thing.key).update(**told, changed=timezone.now())
        fields = {name: value for name, value in told.items() if name != "description"}
        before, thing = thing, msgspec.structs.replace(thing, **fields)
        past.keep([thing], {thing.key: before})
    making.things[thing.key] = thing
    if locations := draft.links.get("Locations"):
        making.stand(thing, [int(making.make(each) if isinstance(each, Draft) else making.seen("Locations", each)) for each in locations])


def _stream(making: Making, stream: Stream, draft: Draft) -> None:
    told = {**_named(draft), **creating.stream_columns(draft)}
    fields: dict[str, Any] = {"name": told["name"]} if "name" in told else {}
    if "unitOfMeasurement" in draft.values:
        fields["unit"] = told["unit"] = creating.unit_code(draft.values["unitOfMeasurement"])
    if draft.links.get("Sensor"):
        told["sensor_id"] = making.one(draft, "Sensor")
    thing = register.current().things[stream.thing]
    if draft.links.get("Thing"):
        thing = making.thing_of(draft.links["Thing"][0])
        fields |= {"thing": thing.key, "key": f"{thing.key}/{stream.id}"}
        told |= {"thing_id": thing.key, "key": fields["key"]}
    if told:
        models.Stream.objects.filter(pk=stream.id).update(**told)
    given = draft.links.get("ObservedProperty") or draft.links.get("ObservedProperties")
    if given:
        observed = [making.make(each) if isinstance(each, Draft) else making.seen("ObservedProperties", each) for each in given]
        models.Observes.objects.filter(stream_id=stream.id).delete()
        models.Observes.objects.bulk_create([models.Observes(stream_id=stream.id, observed_id=each, rank=at) for at, each in enumerate(observed)])
    making.streams.append(placed(msgspec.structs.replace(stream, **fields), thing))


def _stay(making: Making, number: int | str, draft: Draft) -> None:
    row = models.HistoricalLocation.objects.get(pk=number)
    if "time" in draft.values:
        row.time = from_microseconds(draft.values["time"])
        row.save()
    if locations := draft.links.get("Locations"):
        row.locations.set([int(making.make(each) if isinstance(each, Draft) else making.seen("Locations", each)) for each in locations])


def _record(making: Making, number: int | str, draft: Draft) -> None:
    row = owners.RECORDS[draft.set].objects.get(pk=number)
    column, name = creating.COLUMNS[draft.set]
    for field, value in _named(draft).items():
        setattr(row, field, value)
    if name in draft.values:
        setattr(row, column, draft.values[name])
    if "encodingType" in draft.values:
        row.encoding = draft.values["encodingType"]
    row.save()
    if draft.set == "Locations":
        _moved(making, row)
        for each in draft.links.get("Things", ()):
            making.stand(making.thing_of(each), [row.pk])


def _moved(making: Making, location: models.Location) -> None:
    """Let the feature made from a corrected location, and the things that stand there, follow it."""
    fresh = {"name": location.name, "description": location.description, "encoding": location.encoding, "feature": location.location}
    models.Feature.objects.filter(source=location).update(**fresh)
    known = register.current()
    for key in location.things.values_list("key", flat=True):
        moved = making.placed(known.things[key], [location.pk])
        owners.demand(making.actor, [moved], "Things", key)
        declaring.store_things([moved])
        making.things[key] = moved


def _observation(actor: Actor, number: int | str, draft: Draft) -> None:
    stream_number, time = statement.split(number)
    known = register.current()
    owned = owners.check_edited(actor, known, "Datastreams", stream_number)
    assert isinstance(owned[0], Stream)
    stream = owned[0]
    room = lifecycle.opened()
    found = room.store.read(stream_number, time, time + 1, 1)
    if not len(found.times):
        raise owners.missing("Observations", number)
    keys = np.array([stream_number], np.int32), np.array([time], np.int64)
    before = room.writer.do(lambda: room.store.details(*keys)).get((stream_number, time)) or Detail()
    after, value = _changed(actor, known, draft, time, before, float(found.values[0]))
    same_value = value == float(found.values[0]) or (np.isnan(value) and np.isnan(found.values[0]))
    if after != before or not same_value:
        correcting.correct(actor, stream, time, value, REASON, after)


def _changed(actor: Actor, known: register.Register, draft: Draft, time: int, before: Detail, value: float) -> tuple[Detail, float]:
    told, after = draft.values, before
    start, end = told.get("phenomenonTime") or (time, before.until or time)
    if start != time:
        raise wrong("The time of an observation is its key and stays. Delete it and send it anew with the other time.", where="phenomenonTime")
    if any(draft.links.get(name) not in (None, ()) for name in creating.STREAMS):
        raise wrong("An observation stays with its stream. Delete it and send it anew to the other one.", where="Datastream")
    after = after._replace(until=None if end == start else end)
    number, sent = creating.result_of(draft)
    if "result" in told:
        value, after = number, after._replace(result=sent.result)
    if "resultTime" in told:
        after = after._replace(result_time=sent.result_time)
    if "validTime" in told:
        after = after._replace(valid_start=sent.valid_start, valid_end=sent.valid_end)
    if "resultQuality" in told:
        after = after._replace(quality=sent.quality)
    if "parameters" in told:
        after = after._replace(parameters=sent.parameters)
    if feature := draft.links.get("FeatureOfInterest"):
        if not isinstance(feature[0], int):
            raise wrong("Name the feature of interest by its id.", where="FeatureOfInterest")
        owners.check_seen(actor, known, "FeaturesOfInterest", feature[0])
        after = after._replace(feature=feature[0])
    return after, value
