"""What solutions declare and load, as entities: a thing's place is a location with a history, a reading a property, a kind of asset a sensor."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import transaction
from django.utils import timezone

from zinneke.foundations.observations import models, register
from zinneke.foundations.observations.values import Place, Stream, Thing
from zinneke.kernel import registry
from zinneke.kernel.solution import Asset
from zinneke.kernel.text import Text, same

GEOJSON = "application/geo+json"
HTML = "text/html"


def next_numbers(name: str, count: int, least: int = 0) -> range:
    """Return numbers that nothing of this name ever had (inside the transaction that uses them)."""
    counter, _ = models.Counter.objects.get_or_create(name=name)
    first = max(counter.value, least) + 1
    models.Counter.objects.filter(name=name).update(value=first + count - 1)
    return range(first, first + count)


def highest(name: str) -> int:
    """Return the highest number that was ever taken away from something of this name."""
    return models.Counter.objects.filter(name=name).values_list("value", flat=True).first() or 0


def complete() -> None:
    """Give what was kept before entities existed its numbers, locations and sensors."""
    with register.doubted(), transaction.atomic():
        things = list(models.Thing.objects.filter(number=None).order_by("key"))
        if things:
            follow_things([_thing(row) for row in things], {})
        streams = list(models.Stream.objects.filter(sensor=None).select_related("thing"))
        if streams:
            _follow_rows(streams)
        if things or streams or models.Stamp.objects.filter(value="").exists():
            register.replace([], [])


def _thing(row: models.Thing) -> Thing:
    place = None if row.lon is None or row.lat is None else Place(row.lon, row.lat)
    return Thing(key=row.key, name=row.name, kind=row.kind, solution=row.solution, place=place)


def follow_things(things: Sequence[Thing], before: dict[str, Thing]) -> None:
    """Number things that are new, and give those that stand elsewhere than before a location and a line in their history."""
    new = list(models.Thing.objects.filter(number=None).order_by("key"))
    for row, number in zip(new, next_numbers("thing", len(new)), strict=True):
        row.number = number
    models.Thing.objects.bulk_update(new, ["number"], batch_size=200)
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


def follow_streams(streams: Iterable[Stream]) -> None:
    """Give streams that have none a sensor and the property that they observe."""
    keys = [stream.id for stream in streams]
    for at in range(0, len(keys), 500):
        _follow_rows(list(models.Stream.objects.filter(pk__in=keys[at : at + 500], sensor=None).select_related("thing")))


def _follow_rows(rows: list[models.Stream]) -> None:
    sensors, observed = _sensors(rows), _observed(rows)
    for row in rows:
        row.sensor_id = sensors[_sensor_key(row)]
    models.Stream.objects.bulk_update(rows, ["sensor"], batch_size=200)
    models.Observes.objects.bulk_create([models.Observes(stream_id=row.pk, observed_id=observed[_observed_key(row)]) for row in rows], batch_size=200)


def _owner(row: models.Stream) -> str:
    return row.thing.solution or row.thing.key.partition("/")[0]


def _sensor_key(row: models.Stream) -> str:
    return f"{_owner(row)}/{row.thing.kind}"


def _observed_key(row: models.Stream) -> str:
    return f"{_owner(row)}/{row.reading or row.key.rpartition('/')[2]}"


def _sensors(rows: list[models.Stream]) -> dict[str, int]:
    known = dict(models.Sensor.objects.exclude(key=None).values_list("key", "pk"))
    for row in rows:
        if (key := _sensor_key(row)) not in known:
            asset, solution = _asset(row.thing.solution, row.thing.kind), registry.solutions().get(row.thing.solution)
            name = asset.name if asset else same(row.thing.kind or _owner(row))
            said = solution.purpose if solution else name
            sensor = models.Sensor(key=key, name=name.as_dict(), description=said.as_dict(), encoding=HTML, metadata=asset.model if asset else "")
            sensor.save()
            known[key] = sensor.pk
    return known


def _observed(rows: list[models.Stream]) -> dict[str, int]:
    known = dict(models.ObservedProperty.objects.exclude(key=None).values_list("key", "pk"))
    for row in rows:
        if (key := _observed_key(row)) not in known:
            definition = row.means or f"urn:zinneke:{key.replace('/', ':')}"
            name = _reading(row).as_dict()
            observed = models.ObservedProperty(key=key, name=name, description=name, definition=definition)
            observed.save()
            known[key] = observed.pk
    return known


def _reading(row: models.Stream) -> Text:
    """Return what the solution calls a reading; never the name of one stream, which may be less open than another of the same reading."""
    declared = registry.solutions().get(row.thing.solution)
    found = next((reading.name for reading in declared.readings if reading.key == row.reading), None) if declared else None
    return found or same(row.reading or row.key.rpartition("/")[2])
