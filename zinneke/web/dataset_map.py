"""The map of a dataset: its shapes as tiles for the living map, and the first of them as a drawing and a list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from zinneke.foundations.tables import store as tables
from zinneke.foundations.tables.values import Query, Version
from zinneke.kernel.confidentiality import Actor
from zinneke.web import formats, ground, table_view
from zinneke.web.outline import Bbox, Drawing, Frame, Point, around, runs

LISTED = 12
DRAWN = 400
SPREAD = 200_000
"""Rows up to which the drawing takes its shapes from all of them."""
MAPPED = 2_000
"""Rows that the living map draws when only some are asked for."""
NAMES = ("name", "title", "label", "naam", "nom", "street", "rue", "straat", "address", "adresse", "adres", "species", "category", "type")


@dataclass(frozen=True, slots=True)
class Item:
    """A shape of the list beside the map: what it is called, what else is known, and a point in it."""

    name: str
    facts: tuple[tuple[str, str], ...]
    lon: float
    lat: float

    @property
    def place(self) -> str:
        """Return the point as `lon,lat`, as scripts read it."""
        return f"{self.lon:.5f},{self.lat:.5f}"


@dataclass(frozen=True, slots=True)
class DatasetMap:
    """All that a page needs to show a dataset on the map; `layers` is what the living map is told."""

    items: tuple[Item, ...]
    drawing: Drawing | None
    layers: list[dict[str, Any]]
    bounds: list[float] | None
    more: int


def tiles_of(version: Version, name: str) -> dict[str, Any]:
    """Return the layer of a dataset as the living map reads it."""
    return {
        "id": version.dataset,
        "kind": "tiles",
        "url": f"/tiles/tables/{version.dataset}/{{z}}/{{x}}/{{y}}.mvt",
        "layer": version.dataset,
        "name": name,
    }


def of_version(actor: Actor, version: Version, language: str) -> DatasetMap:
    """Return the map of a version that has shapes."""
    features = tables.features(actor, version.dataset, None, DRAWN, version.number)["features"]
    box = box_of(version.bbox, features)
    items = tuple(item for item in (item_of(feature, version, language) for feature in features[:LISTED]) if item)
    drawn = drawing(actor, spread(actor, version) if DRAWN < version.rows <= SPREAD else features, box, language)
    return DatasetMap(items, drawn, [tiles_of(version, version.dataset)], list(box) if box else None, version.rows - len(items))


def spread(actor: Actor, version: Version) -> list[dict[str, Any]]:
    """Return shapes by chance from all rows, always the same: the first rows alone often lie in one corner."""
    found = tables.read_rows(actor, version.dataset, Query(columns=("geometry",), limit=DRAWN, shuffle=1), version.number)
    return [{"geometry": shape} for shape in (row[0] for row in found.rows) if shape]


def of_rows(actor: Actor, version: Version, where: Sequence[str], language: str) -> DatasetMap:
    """Return the map of the rows that answer conditions (`column:op:value`): the first of them, since tiles hold all rows."""
    if not where:
        return of_version(actor, version, language)
    found = tables.features(actor, version.dataset, None, DRAWN, version.number, where)
    features, total = found["features"], found["numberMatched"]
    box = box_of(version.bbox if total > len(features) else None, features)
    url = f"/api/tables/{quote(version.dataset)}/features?{urlencode([*(('where', each) for each in where), ('limit', MAPPED)])}"
    layer = {"id": version.dataset, "kind": "shapes", "url": url, "name": version.dataset}
    return DatasetMap((), drawing(actor, features, box, language), [layer], list(box) if box else None, max(0, total - MAPPED))


def box_of(bbox: Bbox | None, features: list[dict[str, Any]]) -> Bbox | None:
    """Return the box of a version, from its shapes where it is not recorded."""
    boxes = (box for box in (_box(each) for each in features) if box)
    return bbox or around(boxes)


def _box(feature: Mapping[str, Any]) -> Bbox | None:
    geometry = feature.get("geometry") or {}
    points = [point for run in runs(geometry) for point in run] or _points(geometry)
    return (min(p[0] for p in points), min(p[1] for p in points), max(p[0] for p in points), max(p[1] for p in points)) if points else None


def _points(geometry: Mapping[str, Any]) -> list[Any]:
    if geometry.get("type") == "Point":
        return [geometry["coordinates"]]
    return list(geometry["coordinates"]) if geometry.get("type") == "MultiPoint" else []


def name_column(version: Version, language: str) -> str:
    """Return the column that names a row for this reader, "" where none does."""
    texts = [column for column in version.columns if column.type == "text" and column.profile.distinct > 1]
    known = {column.name.lower(): column.name for column in texts}
    for stem in NAMES:
        for candidate in (f"{stem}_{language}", f"{stem}{language}", stem, f"{stem}_fr", f"{stem}_nl", f"{stem}fr", f"{stem}nl"):
            if candidate in known:
                return known[candidate]
    return max(texts, key=lambda column: min(column.profile.distinct, 2000) * (1 - column.profile.nulls)).name if texts else ""


def item_of(feature: Mapping[str, Any], version: Version, language: str) -> Item | None:
    """Return one line of the list beside the map, None for a feature without a place."""
    box = _box(feature)
    if box is None:
        return None
    properties = feature.get("properties") or {}
    named = name_column(version, language)
    facts: list[tuple[str, str]] = []
    for column in table_view.shown(version):
        value = properties.get(column.name)
        if value not in (None, "") and column.name != named and len(facts) < 3 and column.name.lower() not in ("lon", "lat"):
            measured = column.unit not in ("", "1") and isinstance(value, int | float)
            words = formats.quantity(value, column.unit, language) if measured else table_view.cell(column, value, language).words
            facts.append((table_view.label(column, language)[0], words))
    name = str(properties.get(named) or "").strip() or (facts[0][1] if facts else version.dataset)
    return Item(name[:120], tuple(facts), round((box[0] + box[2]) / 2, 5), round((box[1] + box[3]) / 2, 5))


def drawing(actor: Actor, features: list[dict[str, Any]], box: Bbox | None, language: str) -> Drawing | None:
    """Draw shapes over the communes, or alone where they lie elsewhere; None without shapes."""
    if box is None:
        return None
    land = ground.ground(actor).bbox
    inside = land is not None and box[0] >= land[0] - 0.1 and box[2] <= land[2] + 0.1 and box[1] >= land[1] - 0.1 and box[3] <= land[3] + 0.1
    whole = land if inside and land else box
    frame = Frame(whole)
    points = [Point(point[0], point[1], "", "good") for each in features for point in _points(each.get("geometry") or {})]
    marks = tuple(frame.mark(point, 2.6) for point in points)
    lines = tuple(filter(None, (frame.path(each.get("geometry") or {}) for each in features)))
    under = ground.picture(actor, language, (), "", whole) if inside else None
    return Drawing(frame.width, frame.height, under.outlines if under else (), marks, lines)
