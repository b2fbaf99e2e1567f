"""Where things are, and whether that is where they may be."""

from __future__ import annotations

import logging
from functools import lru_cache
from typing import Any

import msgspec
import numpy as np
import shapely

from zinneke.foundations.observations.alerting import machine
from zinneke.foundations.observations.alerting.holding import Change
from zinneke.foundations.observations.alerting.machine import NEITHER, WELL, WRONG
from zinneke.foundations.observations.alerting.plan import GEOFENCE, Plan
from zinneke.foundations.observations.alerting.values import Geofence
from zinneke.foundations.observations.values import Floats, Truths
from zinneke.foundations.territory import store as territory
from zinneke.kernel.confidentiality import SYSTEM
from zinneke.kernel.problem import Problem, wrong

log = logging.getLogger(__name__)
MOST_CORNERS = 2_000


def look(plan: Plan, now: int) -> list[Change]:
    """Hold where things are now against the fences, and return what changed."""
    changes: list[Change] = []
    for number in np.flatnonzero(plan.kind == GEOFENCE).tolist():
        pairs, when = np.flatnonzero(plan.rule == number), plan.rules[number].when
        assert isinstance(when, Geofence)
        if not len(pairs):
            continue
        places = [plan.register.things[plan.register.streams[at].thing].place for at in plan.position[pairs].tolist()]
        lon = np.array([place.lon if place else np.nan for place in places])
        lat = np.array([place.lat if place else np.nan for place in places])
        times, first = np.maximum(plan.last[pairs], now), np.ones(len(pairs), bool)
        found = _sides(plan.rules[number].key, when, lon, lat)
        course = machine.run(found, times, times, first, plan.sides[pairs], plan.since[pairs], plan.lasting[pairs])
        plan.sides[pairs], plan.since[pairs], plan.last[pairs] = course.sides, course.since, times
        for at in np.flatnonzero(course.held != plan.told[pairs]).tolist():
            changes.append(Change(int(pairs[at]), bool(course.held[at]), now, np.nan, np.nan))
    return changes


def _sides(rule: str, when: Geofence, lon: Floats, lat: Floats) -> machine.Signals:
    """Say the same for a rule that was made earlier; where its area is no more, of no place."""
    try:
        return sides(when, lon, lat)
    except Problem as problem:
        _warn(rule, str(problem))
        return np.full(len(lon), NEITHER, np.int8)


@lru_cache(maxsize=200)
def _warn(rule: str, why: str) -> None:
    """Write once that a rule cannot be looked at."""
    log.warning("%s says nothing about where things are: %s", rule, why)


def sides(when: Geofence, lon: Floats, lat: Floats) -> machine.Signals:
    """Say of places whether they are wrong, well, or not known (not a number)."""
    known = np.isfinite(lon) & np.isfinite(lat)
    inside: Truths = np.zeros(len(lon), bool)
    inside[known] = shapely.intersects_xy(shape(when), lon[known], lat[known])
    wrong_side = inside if when.when == "inside" else ~inside
    return np.where(~known, NEITHER, np.where(wrong_side, WRONG, WELL)).astype(np.int8)


def shape(when: Geofence) -> Any:
    """Return the area of a fence. Raises `Problem` 400 when it is none."""
    return _shape(msgspec.json.encode(when), territory.edition(SYSTEM))


@lru_cache(maxsize=200)
def _shape(document: bytes, edition: str) -> Any:
    when = msgspec.json.decode(document, type=Geofence)
    parts = [shapely.from_geojson(msgspec.json.encode(feature["geometry"])) for feature in _features(when)]
    if when.box is not None:
        west, south, east, north = when.box
        if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
            raise wrong("A box is west, south, east, north in degrees, west before east and south before north.", where="when.box")
        parts.append(shapely.box(west, south, east, north))
    if when.polygon is not None:
        parts.append(_polygon(when.polygon))
    if not parts:
        raise wrong("Say where: areas by their codes, a box, or a polygon.", where="when")
    whole = shapely.union_all(parts)
    shapely.prepare(whole)
    return whole


def _features(when: Geofence) -> list[Any]:
    found = territory.area_geojson(SYSTEM, when.areas)["features"] if when.areas else []
    known = {feature["properties"]["code"] for feature in found}
    if missing := [code for code in when.areas if code not in known]:
        raise wrong(f"There is no area {missing[0]!r} here.", where="when.areas")
    return list(found)


def _polygon(document: dict[str, Any]) -> Any:
    told = f"The polygon is a Polygon or MultiPolygon of GeoJSON in degrees, of {MOST_CORNERS} corners at the most, that does not cross itself."
    try:
        found = shapely.from_geojson(msgspec.json.encode(document))
    except (shapely.errors.GEOSException, TypeError, ValueError):
        raise wrong(told, where="when.polygon") from None
    sound = found.geom_type in ("Polygon", "MultiPolygon") and found.is_valid and not found.is_empty
    if not sound or shapely.get_num_coordinates(found) > MOST_CORNERS:
        raise wrong(told, where="when.polygon")
    west, south, east, north = found.bounds
    if west < -180 or east > 180 or south < -90 or north > 90:
        raise wrong(told, where="when.polygon")
    return found
