"""Where an entity stands: any geometry, of which the house's maps show a point."""

from __future__ import annotations

from typing import Any

from zinneke.foundations.observations import models
from zinneke.foundations.observations.entities import creating, deriving
from zinneke.foundations.observations.values import Place
from zinneke.kernel.problem import wrong


def point(shape: Any) -> Place:
    """Return a point inside a geometry. Raises `Problem` 400 when it is none on Earth."""
    place = creating.place_of(shape)
    if place is None:
        raise wrong("That is not a geometry of GeoJSON in degrees of longitude and latitude.", where="location")
    return place


def settle(key: str, shape: Any, unplaced: bool) -> None:
    """Let a thing, already written with its point, stand at a whole geometry, or nowhere any more (inside the transaction)."""
    thing = models.Thing.objects.get(key=key)
    if unplaced:
        models.Thing.objects.filter(key=key).update(lon=None, lat=None)
        thing.locations.clear()
    if shape is None:
        return
    location = thing.locations.order_by("-pk").first()
    if location is not None and location.location == shape:
        return
    if location is None or location.things.count() > 1 or thing.locations.count() > 1:
        location = models.Location.objects.create(name=thing.name, encoding=deriving.GEOJSON, location=shape)
        deriving.made_from(location).save()
        deriving.settle([(key, [location.pk])])
        return
    models.Location.objects.filter(pk=location.pk).update(location=shape)
    models.Feature.objects.filter(source=location).update(feature=shape)
