"""What solutions declare and load, as entities: a thing's place is a location with a history, a reading a property, a kind of asset a sensor."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils import timezone

from zinneke.foundations.observations import models
from zinneke.foundations.observations.values import Stream, Thing
from zinneke.kernel import registry
from zinneke.kernel.solution import Asset
from zinneke.kernel.text import Text, same

GEOJSON = "application/geo+json"
HTML = "text/html"


def next_numbers(name: str, count: int, least: int = 0) -> range:
    """Return numbers that nothing of this name ever had (inside the transaction that uses them)."""
    if not count:
        return range(0)
    counter, _ = models.Counter.objects.get_or_create(name=name)
    first = max(counter.value, least) + 1
    models.Counter.objects.filter(name=name).update(value=first + count - 1)
    return range(first, first + count)


def highest(name: str) -> int:
    """Return the highest number that was ever taken away from something of this name."""
    return models.Counter.objects.filter(name=name).values_list("value", flat=True).first() or 0


def follow_things(things: Sequence[Thing], before: dict[str, Thing]) -> None:
    """Give things that stand elsewhere than before a location and a line in their history."""
    moved = [thing for thing in things if thing.place and (thing.key not in before or before[thing.key].place != thing.place)]
    locations = models.Location.objects.bulk_create([_location(thing) for thing in moved], batch_size=100)
    models.Feature.objects.bulk_create([made_from(location) for location in locations], batch_size=100)
    settle([(thing.key, [location.pk]) for thing, location in zip(moved, locations, strict=True)])


def _location(thing: Thing) -> models.Location:
    assert thing.place
    point = {"type": "Point", "coordinates": [thing.place.lon, thing.place.lat]}
    return models.Location(name=thing.name, description=_described(thing), encoding=GEOJSON, location=point)


def _described(thing: Thing) -> dict[str, str]:
    asset = _asset(thing.solution, thing.kind)
    return asset.name.as_dict() if asset else same(thing.kind).as_dict()


def _asset(solution: str, kind: str) -> Asset | None:
    declared = registry.solutions().get(solution)
    return next((asset for asset in declared.assets if asset.key == kind), None) if declared else None


def made_from(location: models.Location) -> models.Feature:
    """Return the feature of interest of whatever is observed at a location, where nobody names another."""
    return models.Feature(
        name=location.name, description=location.description, encoding=location.encoding, feature=location.location, source=location
    )


def settle(stays: Sequence[tuple[str, Sequence[int]]]) -> None:
    """Let each of these things stand at these locations from now on."""
    now, here, history, then = timezone.now(), models.Thing.locations.through, models.HistoricalLocation, models.HistoricalLocation.locations.through
    for at in range(0, len(stays), 500):
        part = stays[at : at + 500]
        here.objects.filter(thing_id__in=[key for key, _ in part]).delete()
        here.objects.bulk_create([here(thing_id=key, location_id=number) for key, numbers in part for number in numbers], batch_size=200)
        lines = history.objects.bulk_create([history(thing_id=key, time=now) for key, _ in part], batch_size=200)
        pairs = [(line.pk, number) for line, (_, numbers) in zip(lines, part, strict=True) for number in numbers]
        then.objects.bulk_create([then(historicallocation_id=line, location_id=number) for line, number in pairs], batch_size=200)


def sensors(streams: Sequence[Stream], things: Mapping[str, Thing]) -> dict[int, int]:
    """Return the sensor of each of these streams, by number: that of its kind of asset, made where it is not there yet."""
    keys = {stream.id: _sensor_key(things[stream.thing]) for stream in streams}
    known = _known(models.Sensor, keys.values())
    for stream in streams:
        if (key := keys[stream.id]) not in known:
            known[key] = _sensor(key, things[stream.thing])
    return {number: known[key] for number, key in keys.items()}


def observe(streams: Sequence[Stream], things: Mapping[str, Thing]) -> None:
    """Let new streams observe the property of their reading, made where it is not there yet."""
    keys = {stream.id: _observed_key(stream, things[stream.thing]) for stream in streams}
    known = _known(models.ObservedProperty, keys.values())
    for stream in streams:
        if (key := keys[stream.id]) not in known:
            known[key] = _observed(key, stream)
    models.Observes.objects.bulk_create([models.Observes(stream_id=number, observed_id=known[key]) for number, key in keys.items()], batch_size=200)


def _known(table: Any, keys: Iterable[str]) -> dict[str, int]:
    asked, found = sorted(set(keys)), dict[str, int]()
    for at in range(0, len(asked), 500):
        found.update(table.objects.filter(key__in=asked[at : at + 500]).values_list("key", "pk"))
    return found


def _owner(thing: Thing) -> str:
    return thing.solution or thing.key.partition("/")[0]


def _sensor_key(thing: Thing) -> str:
    return f"{_owner(thing)}/{thing.kind}"


def _observed_key(stream: Stream, thing: Thing) -> str:
    return f"{_owner(thing)}/{_word(stream)}"


def _word(stream: Stream) -> str:
    return stream.reading or stream.key.rpartition("/")[2]


def _sensor(key: str, thing: Thing) -> int:
    asset, solution = _asset(thing.solution, thing.kind), registry.solutions().get(thing.solution)
    name = asset.name if asset else same(thing.kind or _owner(thing))
    said = solution.purpose if solution else name
    described = {"name": name.as_dict(), "description": said.as_dict()}
    return int(models.Sensor.objects.create(key=key, encoding=HTML, metadata=asset.model if asset else "", **described).pk)


def _observed(key: str, stream: Stream) -> int:
    name, definition = _reading(stream).as_dict(), stream.means or f"urn:zinneke:{key.replace('/', ':')}"
    return int(models.ObservedProperty.objects.create(key=key, name=name, description=name, definition=definition).pk)


def _reading(stream: Stream) -> Text:
    """Return what the solution calls a reading; never the name of one stream, which may be less open than another of the same reading."""
    declared = registry.solutions().get(stream.solution)
    found = next((reading.name for reading in declared.readings if reading.key == stream.reading), None) if declared else None
    return found or same(_word(stream))
