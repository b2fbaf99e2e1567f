"""The machines' door of the territory: areas, where a point is, places by name, coordinates transformed, the base map."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
import numpy as np
from msgspec import Meta

from zinneke.foundations.territory import basemap, crs, store
from zinneke.foundations.territory.categories import CATEGORIES
from zinneke.foundations.territory.values import Area, Bbox, Place
from zinneke.kernel.box import read_box
from zinneke.kernel.confidentiality import Actor, Right
from zinneke.kernel.load import Fault
from zinneke.kernel.problem import wrong
from zinneke.kernel.route import Call, Needs, Reply, Route

_SEE = Needs(Right.SEE, store.SUBJECT)
_TAGS = ("territory",)
Number = Annotated[float, Meta(ge=-1e9, le=1e9)]
Code = Annotated[str, Meta(min_length=1, max_length=40)]


class AskAreas(msgspec.Struct, forbid_unknown_fields=True):
    """Which areas: of which kind, inside which parent, with a name that starts how."""

    kind: str = "commune"
    parent: Annotated[str, Meta(max_length=40)] = ""
    q: Annotated[str, Meta(max_length=200)] = ""
    geometry: bool = False


class AskArea(msgspec.Struct, forbid_unknown_fields=True):
    """One area by its code (a commune's is its NIS code), with its outline where asked."""

    code: Code
    geometry: bool = False


class AreaAnswer(msgspec.Struct):
    """An area: its code, names by language, the code of the area around it, facts, box (west, south, east, north) and a point inside."""

    code: str
    kind: str
    name: dict[str, str]
    parent: str
    postal_codes: tuple[str, ...]
    facts: dict[str, Any]
    bbox: Bbox
    centre: tuple[float, float]
    geometry: dict[str, Any] | msgspec.UnsetType = msgspec.UNSET


class AskWhere(msgspec.Struct, forbid_unknown_fields=True):
    """A point: `lon` and `lat` in degrees, or `x` and `y` in the system `crs`."""

    lon: float | None = None
    lat: float | None = None
    x: Number | None = None
    y: Number | None = None
    crs: Annotated[str, Meta(max_length=60)] = "EPSG:31370"


class TakeWhere(msgspec.Struct, forbid_unknown_fields=True):
    """Points as pairs, longitude (or x) first; `crs` is the system they are in."""

    points: Annotated[list[tuple[float | None, float | None]], Meta(max_length=store.BULK)]
    crs: Annotated[str, Meta(max_length=60)] = "EPSG:4326"


class Where(msgspec.Struct):
    """Where a point is. Null outside. `accuracy_m` is how far the transformation may have moved it."""

    lon: float
    lat: float
    commune: Area | None
    neighbourhood: Area | None
    accuracy_m: float = 0.0


class Wheres(msgspec.Struct):
    """Codes in the order of the points, empty outside; what looks wrong with a point is in `faults`, a hundred at most."""

    communes: list[str]
    neighbourhoods: list[str]
    outside: int
    faults: list[Fault]
    accuracy_m: float


class AskPlaces(msgspec.Struct, forbid_unknown_fields=True):
    """Places by name (`q`), or all of those in a box: `bbox` is west,south,east,north in degrees."""

    q: Annotated[str, Meta(max_length=200)] = ""
    lang: Annotated[str, Meta(pattern="^(fr|nl|en)$")] | None = None
    kind: Annotated[list[str], Meta(max_length=10)] = []
    category: Annotated[str, Meta(max_length=40)] = ""
    area: Annotated[str, Meta(max_length=40)] = ""
    bbox: Annotated[str, Meta(max_length=120)] = ""
    limit: Annotated[int, Meta(ge=1, le=1000)] = 10
    after: Annotated[int, Meta(ge=0, le=1_000_000)] = 0


class Places(msgspec.Struct):
    """The places found, the best first."""

    places: list[Place]


class AskTransform(msgspec.Struct, forbid_unknown_fields=True):
    """Coordinates to transform: as many `x` as `y` (longitude is x), from one system to another."""

    x: Annotated[list[Number], Meta(min_length=1, max_length=200)]
    y: Annotated[list[Number], Meta(min_length=1, max_length=200)]
    source: Annotated[str, Meta(max_length=60)] = msgspec.field(name="from")
    target: Annotated[str, Meta(max_length=60)] = msgspec.field(name="to", default="EPSG:4326")


class Transformed(msgspec.Struct):
    """The coordinates in the new system, how they were computed, and how far they may be off in metres."""

    x: list[float]
    y: list[float]
    operation: str
    accuracy_m: float


class AskTile(msgspec.Struct, forbid_unknown_fields=True):
    """A tile of the web map grid: zoom, column, row."""

    z: Annotated[int, Meta(ge=0, le=22)]
    x: Annotated[int, Meta(ge=0)]
    y: Annotated[int, Meta(ge=0)]


def list_areas(call: Call[AskAreas]) -> list[AreaAnswer]:
    """List areas: `kind` is region, commune or neighbourhood. With `geometry=true` each comes with its outline."""
    ask = call.ask
    areas = store.list_areas(call.actor, ask.kind, ask.parent)
    if ask.q:
        named = {place.key for place in store.find_places(call.actor, ask.q, call.language, (ask.kind,), 1000)}
        areas = [area for area in areas if area.code in named]
    return _answers(call.actor, areas, ask.geometry)


def get_area(call: Call[AskArea]) -> AreaAnswer:
    """Give one area: names, postal codes, facts, box and centre; with `geometry=true` its outline too."""
    return _answers(call.actor, [store.get_area(call.actor, call.ask.code)], call.ask.geometry)[0]


def _answers(actor: Actor, areas: list[Area], geometry: bool) -> list[AreaAnswer]:
    """Return areas as they are answered, with their GeoJSON geometries where asked."""
    codes = [area.code for area in areas]
    shapes = {feature["id"]: feature["geometry"] for feature in store.area_geojson(actor, codes)["features"]} if geometry else {}
    return [
        AreaAnswer(
            area.code, area.kind, area.name, area.parent, area.postal_codes, area.facts, area.bbox, area.centre, shapes.get(area.code, msgspec.UNSET)
        )
        for area in areas
    ]


def get_where(call: Call[AskWhere]) -> Where:
    """Say in which commune and neighbourhood a point is, given in degrees or in Lambert 72, Lambert 2008 or Web Mercator."""
    ask = call.ask
    if ask.lon is not None and ask.lat is not None and ask.x is None and ask.y is None:
        lon, lat, accuracy = ask.lon, ask.lat, 0.0
        if max(abs(lon), abs(lat)) > 1000:
            raise wrong("lon and lat are degrees. Give metres as x and y, with their crs.", where="lon, lat")
    elif ask.x is not None and ask.y is not None and ask.lon is None and ask.lat is None:
        xs, ys = crs.transform([ask.x], [ask.y], ask.crs, 4326)
        lon, lat, accuracy = float(xs[0]), float(ys[0]), crs.accuracy(ask.crs, 4326)
    else:
        raise wrong("Give lon and lat in degrees, or x and y with their crs: one pair, and not half of it.", where="lon, lat")
    located = store.locate_one(call.actor, lon, lat)
    commune, neighbourhood = (_area(call.actor, code) for code in (located.commune, located.neighbourhood))
    return Where(round(lon, 8), round(lat, 8), commune, neighbourhood, accuracy)


def _area(actor: Actor, code: str) -> Area | None:
    return store.find_area(actor, code) if code else None


def post_where(call: Call[None]) -> Wheres:
    """Say in which commune and neighbourhood each of up to 100,000 points is. A point that looks wrong does not stop the others."""
    body: TakeWhere = call.body
    pairs = np.array(body.points, dtype=np.float64).reshape(-1, 2)
    lon, lat = crs.transform(pairs[:, 0], pairs[:, 1], body.crs, 4326) if len(pairs) else (pairs[:, 0], pairs[:, 1])
    communes, neighbourhoods = store.locate(call.actor, lon, lat)
    faults = store.check_coordinates(call.actor, lon, lat)
    outside = int((communes == "").sum())
    return Wheres(communes.tolist(), neighbourhoods.tolist(), outside, faults, crs.accuracy(body.crs, 4326))


def get_places(call: Call[AskPlaces]) -> Places:
    """Find communes, neighbourhoods, streets and points of interest by name, in French or Dutch, unfinished or slightly misspelt."""
    ask = call.ask
    box = read_box(ask.bbox) if ask.bbox else None
    if ask.q.strip():
        return Places(store.find_places(call.actor, ask.q, ask.lang or call.language, ask.kind, ask.limit, box))
    if box is None and not ask.area:
        raise wrong("Say which places: a name (q), a box (bbox=west,south,east,north) or a commune (area).", where="q")
    if len(ask.kind) > 1:
        raise wrong("Without a name, ask for one kind at a time.", where="kind")
    kind = ask.kind[0] if ask.kind else ""
    return Places(store.list_places(call.actor, box, ask.area, kind, ask.limit, ask.category, ask.after))


def list_categories(call: Call[None]) -> dict[str, dict[str, str]]:
    """Give the categories of points of interest with their names in French, Dutch and English."""
    return {key: name.as_dict() for key, name in CATEGORIES.items()}


def get_transform(call: Call[AskTransform]) -> Transformed:
    """Transform coordinates between EPSG:4326, 31370 (Lambert 72), 3812 (Lambert 2008) and 3857, and say how precise the result is."""
    ask = call.ask
    xs, ys = crs.transform(ask.x, ask.y, ask.source, ask.target)
    for at in np.flatnonzero(~(np.isfinite(xs) & np.isfinite(ys)))[:1].tolist():
        raise wrong(f"Point {at} ({ask.x[at]:g}, {ask.y[at]:g}) lies where {ask.source} cannot be transformed to {ask.target}.", where=f"x[{at}]")
    digits = 9 if crs.code_of(ask.target) == 4326 else 4
    operation, accuracy = crs.operation(ask.source, ask.target), crs.accuracy(ask.source, ask.target)
    return Transformed(xs.round(digits).tolist(), ys.round(digits).tolist(), operation, accuracy)


def get_tile(call: Call[AskTile]) -> Reply:
    """Give one vector tile of the base map: layers region, communes, neighbourhoods, streets, labels; 204 where nothing is."""
    made = basemap.tile(call.actor, call.ask.z, call.ask.x, call.ask.y)
    headers = {"ETag": made.etag, "Cache-Control": "public, max-age=300, stale-while-revalidate=3600"}
    if not made.content:
        return Reply(b"", 204, "application/vnd.mapbox-vector-tile", headers)
    if made.etag in call.headers.get("if-none-match", ""):
        return Reply(b"", 304, "application/vnd.mapbox-vector-tile", headers)
    return Reply(made.content, 200, "application/vnd.mapbox-vector-tile", headers)


ROUTES = (
    Route(
        method="GET", path="/api/areas", call=list_areas, audience=_SEE, ask=AskAreas, gives=list[AreaAnswer], tags=_TAGS,
        summary="Regions, communes, neighbourhoods",
    ),
    Route(
        method="GET", path="/api/areas/{code}", call=get_area, audience=_SEE, ask=AskArea, gives=AreaAnswer, tags=_TAGS,
        summary="One commune, neighbourhood or region",
    ),
    Route(
        method="GET", path="/api/where", call=get_where, audience=_SEE, ask=AskWhere, gives=Where, tags=_TAGS,
        summary="Which commune and neighbourhood is this point in",
    ),
    Route(
        method="POST", path="/api/where", call=post_where, audience=_SEE, takes=TakeWhere, gives=Wheres, tags=_TAGS, limit=10_000_000,
        summary="Which commune and neighbourhood are these points in, up to 100,000",
    ),
    Route(
        method="GET", path="/api/places", call=get_places, audience=_SEE, ask=AskPlaces, gives=Places, tags=_TAGS,
        summary="Streets and places by name, or in a box",
    ),
    Route(
        method="GET", path="/api/places/categories", call=list_categories, audience=_SEE, gives=dict[str, dict[str, str]], slow=False, tags=_TAGS,
        summary="The categories of places",
    ),
    Route(
        method="GET", path="/api/transform", call=get_transform, audience=_SEE, ask=AskTransform, gives=Transformed, tags=_TAGS,
        summary="Coordinates from one system to another",
    ),
    Route(
        method="GET", path="/tiles/base/{z}/{x}/{y}.mvt", call=get_tile, audience=_SEE, ask=AskTile, tags=_TAGS,
        media_type="application/vnd.mapbox-vector-tile", summary="A vector tile of the base map",
    ),
)  # fmt: skip
