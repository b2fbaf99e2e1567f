"""Environmental Data Retrieval: what was measured at a point, around it, in an area, in a box or at a station, over a time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import numpy as np
import shapely

from zinneke.foundations.observations import store as observations
from zinneke.foundations.observations.values import Stream
from zinneke.foundations.territory import crs
from zinneke.kernel.problem import Problem, not_found, wrong
from zinneke.kernel.route import Call, Reply
from zinneke.standards.ogc import coverages
from zinneke.standards.ogc.answers import COVERAGE, GEOJSON, JSON, ROOT, Link, address, form_of, itself
from zinneke.standards.ogc.asks import AskArea, AskCube, AskItems, AskLocation, AskLocations, AskPosition, AskRadius
from zinneke.standards.ogc.coverages import Measured, Parameter
from zinneke.standards.ogc.cql2.spatial import in_degrees
from zinneke.standards.ogc.items import USUAL, FeatureCollection, told
from zinneke.standards.ogc.stations import Station, location, parameters, stations
from zinneke.standards.ogc.systems import WGS84, System, read_box, read_system
from zinneke.standards.ogc.times import Span, read_span, written

MOST = 200_000
"""Values in one answer."""
NEAR = 10_000.0
"""Metres within which a point is answered with the nearest station."""
_FEW = 48
"""Streams that are read one by one; more of them are read all at once."""
_PAGE = 10_000
_UNITS = {"m": 1.0, "km": 1_000.0, "mi": 1_609.344, "": 1.0}
_DEGREE = 111_195.0
"""Metres of a degree on a great circle."""


def get_position(call: Call[AskPosition]) -> Reply:
    """Give what the station nearest to a point measured, at most ten kilometres away."""
    found = stations(call.actor, call.ask.collection)
    points = shapely.get_parts(_shape(call.ask.coords, read_system(call.ask.crs), ("Point", "MultiPoint")))
    nearest = []
    for point in points:
        near = sorted(((_apart(point, station), station) for station in found if station.place), key=lambda each: each[0])[:1]
        nearest += [station for metres, station in near if metres <= NEAR and station not in nearest]
    return _answer(call, nearest, found, single=len(points) == 1)


def get_radius(call: Call[AskRadius]) -> Reply:
    """Give what the stations around a point measured."""
    found, ask = stations(call.actor, call.ask.collection), call.ask
    point = _shape(ask.coords, read_system(ask.crs), ("Point",))
    unit = _UNITS.get(ask.within_units.lower().strip())
    if unit is None or not ask.within >= 0:
        raise wrong("`within` is a distance from 0 on, `within-units` one of m, km and mi.", where="within")
    return _answer(call, [station for station in found if station.place and _apart(point, station) <= ask.within * unit], found)


def get_area(call: Call[AskArea]) -> Reply:
    """Give what the stations in an area measured."""
    found = stations(call.actor, call.ask.collection)
    area = _shape(call.ask.coords, read_system(call.ask.crs), ("Polygon", "MultiPolygon"))
    return _answer(call, [station for station in found if station.place and area.intersects(shapely.Point(station.place))], found)


def get_cube(call: Call[AskCube]) -> Reply:
    """Give what the stations in a box measured."""
    found = stations(call.actor, call.ask.collection)
    west, south, east, north = read_box(call.ask.bbox, read_system(call.ask.crs)) or (-180.0, -90.0, 180.0, 90.0)
    inside = [each for each in found if each.place and west <= each.place[0] <= east and south <= each.place[1] <= north]
    return _answer(call, inside, found)


def list_locations(call: Call[AskLocations]) -> Reply:
    """List the stations, those in a box and those that measured within a time where these are given."""
    return _listed(call, "locations")


def list_stations(call: Call[AskItems]) -> Reply:
    """List the stations as items of the collection."""
    if call.ask.filter or call.ask.sortby or call.ask.properties:
        raise wrong("Stations are narrowed by `bbox`, `datetime` and `parameter-name`.", where="filter")
    return _listed(call, "items")


def _listed(call: Call[Any], what: str) -> Reply:
    ask, found = call.ask, stations(call.actor, call.ask.collection)
    box, span = read_box(ask.bbox, WGS84), read_span(ask.datetime)
    keys = {parameter.key for parameter in parameters(found, ask.parameter_name)}
    chosen = [each for each in found if _inside(each, box) and _heard(each, span, keys)]
    start = int(ask.after) if ask.after.isascii() and ask.after.isdigit() and len(ask.after) < 9 else 0
    page = chosen[start : start + min(ask.limit or USUAL, _PAGE)]
    path = f"{ROOT}/collections/{ask.collection}/{what}"
    links = [*itself(call, path, GEOJSON), Link(f"{call.base}{ROOT}/collections/{ask.collection}", "collection", JSON)]
    if start + len(page) < len(chosen):
        links.append(Link(address(call, path, after=str(start + len(page))), "next", GEOJSON))
    made = [location(call, ask.collection, each) for each in page]
    now = written(datetime.now(UTC))
    return told(call, FeatureCollection(now, len(chosen), len(made), links, made), links, WGS84, lambda: str(ask.collection))


def get_station(call: Call[Any]) -> Reply:
    """Give one station as an item."""
    found = _named(stations(call.actor, call.ask.collection), call.ask.item)
    path = f"{ROOT}/collections/{call.ask.collection}"
    links = [*itself(call, f"{path}/items/{found.id}", GEOJSON), Link(call.base + path, "collection", JSON)]
    return told(call, {**location(call, call.ask.collection, found), "links": links}, links, WGS84, lambda: found.id)


def get_location(call: Call[AskLocation]) -> Reply:
    """Give what one station measured."""
    found = stations(call.actor, call.ask.collection)
    return _answer(call, [_named(found, call.ask.location)], found, single=True)


def _named(found: Sequence[Station], id: str) -> Station:
    for station in found:
        if station.id == id:
            return station
    raise not_found("location", id[:100])


def _inside(station: Station, box: tuple[float, float, float, float] | None) -> bool:
    if box is None:
        return True
    place = station.place
    return place is not None and box[0] <= place[0] <= box[2] and box[1] <= place[1] <= box[3]


def _heard(station: Station, span: Span | None, keys: set[str]) -> bool:
    streams = [stream for stream in station.streams if stream.reading in keys]
    if span is None:
        return bool(streams)
    return any(
        stream.first and stream.last and (not span.end or stream.first <= span.end) and (not span.start or stream.last >= span.start)
        for stream in streams
    )


def _shape(coords: str, system: System, kinds: tuple[str, ...]) -> Any:
    """Read `coords` as a shape in degrees. Raises `Problem` 400."""
    try:
        shape = shapely.from_wkt(coords)
    except shapely.errors.ShapelyError as reason:
        raise wrong(f"`coords` cannot be read: {str(reason)[:120]}. Write {kinds[0].upper()}(…).", where="coords") from None
    if shape is None or shape.geom_type not in kinds or shape.is_empty:
        raise wrong(f"`coords` is a {' or a '.join(each.upper() for each in kinds)} here, as in POINT(4.35 50.85).", where="coords")
    if not shape.is_valid:
        raise wrong(f"The shape of `coords` is not valid: {shapely.is_valid_reason(shape)[:100]}.", where="coords")
    return in_degrees(shapely.force_2d(shape), system)


def _apart(point: Any, station: Station) -> float:
    """Return the metres of a great circle between a point and a station."""
    assert station.place
    lon, lat, other_lon, other_lat = np.radians([point.x, point.y, *station.place])
    half = np.sin((other_lat - lat) / 2) ** 2 + np.cos(lat) * np.cos(other_lat) * np.sin((other_lon - lon) / 2) ** 2
    return float(np.degrees(2 * np.arcsin(np.sqrt(half))) * _DEGREE)


def _answer(call: Call[Any], chosen: Sequence[Station], found: Sequence[Station], single: bool = False) -> Reply:
    """Answer with what the chosen stations measured: CoverageJSON, or GeoJSON with a feature for each moment; 204 where that is nothing."""
    form = form_of(call, ("CoverageJSON", "GeoJSON", "json", "covjson", "geojson"))
    system = read_system(call.ask.crs)
    wanted = parameters(found if call.ask.parameter_name else chosen, call.ask.parameter_name)
    measured = [each for each in _measured(call, chosen, wanted, read_span(call.ask.datetime), system) if each.times]
    if not measured:
        return Reply(b"", 204, COVERAGE)
    headers = {"Content-Crs": f"<{system.name}>"}
    if form.lower() == "geojson":
        features = coverages.features(measured, system)
        document = {"type": "FeatureCollection", "numberReturned": len(features), "features": features}
        document["parameters"] = {each.key: each.as_dict() for each in wanted}
        return Reply(msgspec.json.encode(document), 200, GEOJSON, headers)
    return Reply(msgspec.json.encode(coverages.document(measured, wanted, system, single)), 200, COVERAGE, headers)


def _measured(call: Call[Any], chosen: Sequence[Station], wanted: Sequence[Parameter], span: Span | None, system: System) -> list[Measured]:
    keys = {parameter.key for parameter in wanted}
    streams = [stream for station in chosen for stream in station.streams if stream.reading in keys]
    series = _latest(call, streams) if span is None else _series(call, streams, span)
    made = []
    for station in chosen:
        own = {stream.reading: series[stream.id] for stream in station.streams if stream.id in series}
        times, values = coverages.joined(own)
        lon, lat = station.place or (float("nan"), float("nan"))
        x, y = (lon, lat) if system.code == 4326 else (float(each[0]) for each in crs.transform([lon], [lat], 4326, system.code))
        if station.place:
            made.append(Measured(station.id, station.thing.name, x, y, times, values))
    return made


Rows = list[tuple[datetime, float]]


def _latest(call: Call[Any], streams: Sequence[Stream]) -> dict[int, Rows]:
    """Return the newest value of each stream: what is meant where no time is given."""
    ids = [stream.id for stream in streams]
    return {each.stream.id: [(each.time, each.value)] for each in observations.latest(call.actor, ids=ids)} if ids else {}


def _series(call: Call[Any], streams: Sequence[Stream], span: Span) -> dict[int, Rows]:
    """Return the values of each stream within a time. Raises `Problem` 400 when they are too many for one answer."""
    found: dict[int, Rows] = {}
    left = MOST
    if len(streams) > _FEW:
        return _at_once(call, streams, span)
    for stream in streams:
        if stream.first is None or stream.last is None:
            continue
        start, end = max(span.start or stream.first, stream.first), min(span.end or stream.last, stream.last) + timedelta(microseconds=1)
        rows: Rows = []
        while start < end:
            page = observations.history(call.actor, stream.id, start, end, "raw", _PAGE)
            rows += [(point.time, point.value) for point in page.points]
            left -= len(page.points)
            if left < 0:
                raise _too_many()
            if page.next is None:
                break
            start = page.next
        found[stream.id] = rows
    return found


def _at_once(call: Call[Any], streams: Sequence[Stream], span: Span) -> dict[int, Rows]:
    found: dict[int, Rows] = {}
    left = MOST
    for reading in dict.fromkeys(stream.reading for stream in streams):
        own = {stream.thing.partition("/")[2] or stream.thing: stream for stream in streams if stream.reading == reading}
        first = min((stream.first for stream in own.values() if stream.first), default=None)
        last = max((stream.last for stream in own.values() if stream.last), default=None)
        start, end = span.start or first, span.end or last
        if start is None or end is None or start > end:
            continue
        for each in observations.series(call.actor, next(iter(own.values())).solution, reading, start, end + timedelta(microseconds=1)):
            if each.asset in own:
                found[own[each.asset].id] = list(zip(each.times, each.values, strict=True))
                left -= len(each.times)
        if left < 0:
            raise _too_many()
    return found


def _too_many() -> Problem:
    return wrong(f"That is more than {MOST:,} values. Ask for a shorter time, fewer stations or one parameter.", where="datetime")
