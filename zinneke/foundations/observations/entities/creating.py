"""Entities that others create, with all that hangs on them: records in one transaction, observations by the room's one writer."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import msgspec
import numpy as np
import shapely

from zinneke.foundations.observations import declaring, intake, models, register
from zinneke.foundations.observations.attributes import changes
from zinneke.foundations.observations.entities import deriving, mirror, owners, sets, tasking, told, whole
from zinneke.foundations.observations.records import placed
from zinneke.foundations.observations.values import Batch, Detail, Draft, Place, Stream, Thing
from zinneke.kernel.confidentiality import Actor
from zinneke.kernel.period import from_microseconds, to_microseconds
from zinneke.kernel.problem import wrong
from zinneke.kernel.text import same
from zinneke.kernel.units import UNITS

PREFIX = "sensorthings"
STREAMS = ("Datastream", "MultiDatastream")


def create(actor: Actor, draft: Draft) -> int | str:
    """Write a draft and return its id. Raises `Problem` 400, 403, 404, 409; then nothing of it was written."""
    if draft.set == "Observations" and not any(isinstance(each, Draft) for links in draft.links.values() for each in links):
        return store_observations(actor, [draft])[0]
    with register.doubted(), register.alone():
        making = Making(actor)
        number = making.make(draft)
        making.finish()
        return making.observe(number)


@dataclass(slots=True)
class Making:
    """What is being written together: what becomes known at the end, and the observations that follow it."""

    actor: Actor
    things: dict[str, Thing] = field(default_factory=dict)
    streams: list[Stream] = field(default_factory=list)
    observations: list[Draft] = field(default_factory=list)
    written: bool = False

    def finish(self) -> None:
        """Make known what was written, inside the transaction."""
        if self.written:
            before, things = register.current().things, list(self.things.values())
            register.replace(things, self.streams)
            changes.tell([thing for thing in things if thing != before.get(thing.key)], before)

    def observe(self, number: int | str) -> int | str:
        """Store the observations; return the id of the only one where it is what was to be made."""
        if not self.observations:
            return number
        batch = batch_of(self.actor, self.observations)
        whole.store(self.actor, batch)
        return number if number != "" else f"{batch.streams[0]}.{batch.times[0]}"

    def make(self, draft: Draft) -> int | str:
        """Write one draft after what it refers to, and announce it; an observation waits for the end and has no id yet."""
        number = self._make(draft)
        told.entity(draft.set, number)
        return number

    def _make(self, draft: Draft) -> int | str:
        self.written |= draft.set != "Observations"
        if draft.set == "Things":
            return self._thing(draft)
        if draft.set in ("Datastreams", "MultiDatastreams"):
            return self._stream(draft)
        if draft.set == "Observations":
            links: dict[str, tuple[Draft | int | str, ...]] = {
                name: (self.one(draft, name),) for name in (*STREAMS, "FeatureOfInterest") if draft.links.get(name)
            }
            self.observations.append(Draft("Observations", draft.values, links))
            return ""
        if draft.set == "HistoricalLocations":
            return self._stay(draft)
        if draft.set == "Tasks":
            return tasking.create(self.actor, register.current(), _id(self.one(draft, "TaskingCapability")), draft)
        row = record(draft)
        if draft.set == "TaskingCapabilities":
            row.thing_id, row.actuator_id = self.thing_of(_first(draft, "Thing")).key, self.one(draft, "Actuator")
        row.save()
        if draft.set == "Locations":
            deriving.made_from(row).save()
            for each in draft.links.get("Things", ()):
                self.stand(self.thing_of(each), [row.pk])
        for name in ("Datastreams", "MultiDatastreams", "Observations", "TaskingCapabilities", "Tasks"):
            self._make_under(draft, name, ONES_OF[draft.set], row.pk)
        return int(row.pk)

    def _make_under(self, draft: Draft, name: str, back: str, number: int) -> None:
        for each in draft.links.get(name, ()):
            if not isinstance(each, Draft):
                raise wrong(f"{name} of something new are sent whole, not by their id.", where=name)
            self.make(msgspec.structs.replace(each, links={**each.links, back: (number,)}))

    def one(self, draft: Draft, name: str) -> int | str:
        """Return the id of what a link leads to: made now, or there already and seen by whoever sends."""
        given = draft.links.get(name, ())
        if len(given) != 1:
            raise wrong(f"{draft.set} need one {name}: whole, or {{'@iot.id': its id}}.", where=name)
        (each,) = given
        if isinstance(each, Draft):
            return self.make(each)
        return each if name in STREAMS else self.seen(name, each)

    def seen(self, name: str, number: int | str) -> int | str:
        """Return the id of something that is there, when whoever sends sees it. Raises `Problem` 404."""
        targets = {
            "Thing": "Things",
            "Sensor": "Sensors",
            "ObservedProperty": "ObservedProperties",
            "ObservedProperties": "ObservedProperties",
            "FeatureOfInterest": "FeaturesOfInterest",
            "Locations": "Locations",
            "Actuator": "Actuators",
            "TaskingCapability": "TaskingCapabilities",
        }
        owners.check_seen(self.actor, register.current(), targets[name], number)
        return number

    def thing_of(self, each: Draft | int | str) -> Thing:
        """Return the thing that a link leads to: made now, being made, or there already and the actor's to change."""
        number = self.make(each) if isinstance(each, Draft) else each
        mine = next((thing for key, thing in self.things.items() if numbered(key) == number), None)
        if mine is None:
            mine = owners.thing(register.current(), number)
            owners.demand(self.actor, [mine], "Things", number)
        return mine

    def _thing(self, draft: Draft) -> int:
        number = deriving.next_numbers("thing", 1, models.Thing.objects.order_by("-number").values_list("number", flat=True).first() or 0)[0]
        locations = [int(self.make(each) if isinstance(each, Draft) else self.seen("Locations", each)) for each in draft.links.get("Locations", ())]
        name = same(draft.values["name"]).as_dict()
        thing = Thing(key=f"{PREFIX}/{number}", name=name, properties=draft.values.get("properties") or {})
        thing = self.placed(thing, locations)
        owners.demand(self.actor, [thing], "Things", number)
        declaring.store_things([thing])
        models.Thing.objects.filter(key=thing.key).update(number=number, description=described(draft))
        self.things[thing.key] = thing
        if locations:
            deriving.settle([(thing.key, locations)])
        for link in ("Datastreams", "MultiDatastreams", "TaskingCapabilities"):
            self._make_under(draft, link, "Thing", number)
        return number

    def stand(self, thing: Thing, locations: Sequence[int]) -> None:
        """Let a thing stand at these locations from now on, and its commune follow."""
        moved = self.placed(thing, locations)
        owners.demand(self.actor, [thing, moved], "Things", thing.key)
        declaring.store_things([moved])
        deriving.settle([(thing.key, locations)])
        self.things[thing.key] = moved

    def placed(self, thing: Thing, locations: Sequence[int]) -> Thing:
        """Return a thing as it stands at these locations, in their commune."""
        for location in models.Location.objects.filter(pk__in=locations):
            if place := place_of(location.location):
                return declaring.located([msgspec.structs.replace(thing, place=place, area="")])[0]
        return thing

    def _stay(self, draft: Draft) -> int:
        thing = self.thing_of(_first(draft, "Thing"))
        row = models.HistoricalLocation.objects.create(thing_id=thing.key, time=from_microseconds(draft.values["time"]))
        row.locations.set([int(self.make(each) if isinstance(each, Draft) else self.seen("Locations", each)) for each in draft.links["Locations"]])
        return int(row.pk)

    def _stream(self, draft: Draft) -> int:
        thing = self.thing_of(_first(draft, "Thing"))
        sensor = self.one(draft, "Sensor")
        multi = draft.set == "MultiDatastreams"
        if multi:
            given = draft.links.get("ObservedProperties", ())
            observed = [self.make(each) if isinstance(each, Draft) else self.seen("ObservedProperties", each) for each in given]
        else:
            observed = [self.one(draft, "ObservedProperty")]
        number = max(declaring.highest_stream(), *(stream.id for stream in self.streams), 0) + 1
        made = Stream(
            id=number,
            key=f"{thing.key}/{number}",
            thing=thing.key,
            name=same(draft.values["name"]).as_dict(),
            reading=_word(models.ObservedProperty.objects.get(pk=observed[0]).name.get("en", "")) if observed else "",
            unit=unit_code(draft.values.get("unitOfMeasurement") or {}),
        )
        stream = placed(made, thing)
        owners.demand(self.actor, [stream], draft.set, number)
        declaring.store_streams([stream])
        told = stream_columns(draft)
        models.Stream.objects.filter(pk=number).update(**told, description=described(draft), sensor_id=sensor, multi=multi)
        models.Observes.objects.bulk_create([models.Observes(stream_id=number, observed_id=each, rank=at) for at, each in enumerate(observed)])
        self.streams.append(stream)
        self._make_under(draft, "Observations", "MultiDatastream" if multi else "Datastream", number)
        return number


def numbered(key: str) -> int | None:
    """Return the number of a thing that was created here, from its key."""
    owner, _, rest = key.partition("/")
    return int(rest) if owner == PREFIX and rest.isdigit() else None


def _id(number: int | str) -> int:
    if not isinstance(number, int):
        raise owners.missing("TaskingCapabilities", number)
    return number


def _first(draft: Draft, name: str) -> Draft | int | str:
    given = draft.links.get(name, ())
    if len(given) != 1:
        raise wrong(f"{draft.set} need one {name}: whole, or {{'@iot.id': its id}}.", where=name)
    return given[0]


def described(draft: Draft) -> dict[str, str]:
    """Return the description of a draft as records keep it."""
    text = draft.values.get("description") or ""
    return same(text).as_dict() if text else {}


COLUMNS = {
    "Locations": ("location", "location"),
    "Sensors": ("metadata", "metadata"),
    "ObservedProperties": ("definition", "definition"),
    "FeaturesOfInterest": ("feature", "feature"),
    "Actuators": ("metadata", "metadata"),
    "TaskingCapabilities": ("parameters", "taskingParameters"),
}
ONES_OF = {name: each.one for name, each in sets.SETS.items()}


def record(draft: Draft) -> Any:
    """Return a new row of a set that is a table of its own."""
    column, name = COLUMNS[draft.set]
    more = {"encoding": draft.values["encodingType"]} if "encodingType" in draft.values else {}
    name_of = same(draft.values["name"]).as_dict()
    row = owners.RECORDS[draft.set](name=name_of, description=described(draft), properties=draft.values.get("properties") or {}, **more)
    setattr(row, column, draft.values[name])
    return row


def stream_columns(draft: Draft) -> dict[str, Any]:
    """Return what a draft says of a stream beyond what the register keeps."""
    found: dict[str, Any] = {}
    for name, column in (("properties", "properties"), ("observationType", "kind"), ("multiObservationDataTypes", "types")):
        if name in draft.values:
            found[column] = draft.values[name]
    if "unitOfMeasurement" in draft.values:
        found["units"] = [draft.values["unitOfMeasurement"]]
    if "unitOfMeasurements" in draft.values:
        found["units"] = draft.values["unitOfMeasurements"]
    return found


def unit_code(given: dict[str, Any]) -> str:
    """Return the UCUM code of a unit, from its definition or its symbol; else the symbol."""
    definition, symbol = str(given.get("definition") or ""), str(given.get("symbol") or "")
    for prefix in (mirror.UCUM, "ucum:"):
        if definition.startswith(prefix):
            return definition[len(prefix) :][:50] or "1"
    return next((code for code, known in UNITS.items() if symbol and symbol in (code, known.symbol)), symbol[:50] or "1")


def _word(name: str) -> str:
    return re.sub(r"\W+", "_", name.lower()).strip("_")[:100]


def place_of(value: Any) -> Place | None:
    """Return a point inside a geometry, where the house's own maps show the thing; None when it is none on Earth."""
    made = mirror.geometry(value)
    if made is None:
        return None
    point = shapely.from_wkb(made).representative_point()
    good = math.isfinite(point.x) and math.isfinite(point.y) and abs(point.x) <= 180 and abs(point.y) <= 90
    return Place(point.x, point.y) if good else None


_multi: tuple[str, dict[int, int]] = ("-", {})


def multiple(known: register.Register) -> dict[int, int]:
    """Return the streams whose observations have several results, with how many."""
    global _multi
    if _multi[0] != known.stamp or not known.stamp:
        rows = models.Stream.objects.filter(multi=True).values_list("pk", "types")
        _multi = (known.stamp, {number: len(types) for number, types in rows})
    return _multi[1]


def store_observations(actor: Actor, drafts: Sequence[Draft]) -> list[str]:
    """Store observations, all of them, and return their ids once they are on disk.

    Raises `Problem` 400, or 409 where another value is stored; what was good in the same request is kept, and said.
    """
    batch = batch_of(actor, drafts)
    receipt = intake.take(actor, register.current(), batch)
    if receipt.refusals:
        raise whole.refused(receipt)
    return [f"{stream}.{time}" for stream, time in zip(batch.streams.tolist(), batch.times.tolist(), strict=True)]


def batch_of(actor: Actor, drafts: Sequence[Draft]) -> Batch:
    """Return drafts of observations as a batch."""
    known, now = register.current(), to_microseconds(datetime.now(UTC))
    streams, times, values, details = [], [], [], {}
    several = multiple(known)
    for at, draft in enumerate(drafts):
        name = "MultiDatastream" if draft.links.get("MultiDatastream") else "Datastream"
        number = _first(draft, name)
        if not isinstance(number, int) or not 0 <= number < 2**31:
            raise owners.missing("Datastreams", number)
        value, detail = result_of(draft)
        expected = several.get(number)
        given = draft.values.get("result")
        if expected is not None and not (isinstance(given, list) and len(given) == expected):
            raise wrong(f"The result of an observation of MultiDatastream {number} is a list of {expected} values.", where="result")
        if feature := draft.links.get("FeatureOfInterest"):
            detail = detail._replace(feature=_feature(actor, known, number, feature[0]))
        start, end = draft.values.get("phenomenonTime") or (now, now)
        if end != start:
            detail = detail._replace(until=end)
        streams.append(number)
        times.append(start)
        values.append(value)
        if any(each is not None for each in detail):
            details[at] = detail
    return Batch(np.array(streams, np.int32), np.array(times, np.int64), np.array(values, np.float64), details=details)


def _feature(actor: Actor, known: register.Register, number: int, feature: Draft | int | str) -> int | None:
    """Return a feature that the actor sees; nothing when it is that of where the thing stands, which need not be told of each observation."""
    if not isinstance(feature, int):
        raise owners.missing("FeaturesOfInterest", feature)
    owners.check_seen(actor, known, "FeaturesOfInterest", feature)
    if number > known.highest or known.position[number] < 0:
        return feature
    thing = known.streams[int(known.position[number])].thing
    at = models.Feature.objects.filter(source__things__key=thing).order_by("pk").values_list("pk", flat=True).first()
    return None if at == feature else feature


def result_of(draft: Draft) -> tuple[float, Detail]:
    """Return the number that a draft's result is, NaN where it is none, and what else it tells."""
    told, result = draft.values, draft.values.get("result")
    number = float(result) if isinstance(result, int | float) and not isinstance(result, bool) else math.nan
    valid = told.get("validTime") or (None, None)
    detail = Detail(
        result=msgspec.json.encode(result).decode() if math.isnan(number) else None,
        result_time=told.get("resultTime"),
        valid_start=valid[0],
        valid_end=valid[1],
        quality=None if told.get("resultQuality") is None else msgspec.json.encode(told["resultQuality"]).decode(),
        parameters=None if told.get("parameters") is None else msgspec.json.encode(told["parameters"]).decode(),
    )
    return number, detail
