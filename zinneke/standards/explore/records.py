"""Records and fields in the form that clients of this interface know."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import shapely

from zinneke.foundations.tables.values import GEOMETRY, Version
from zinneke.kernel.text import Text, choose
from zinneke.standards.explore.meaning import SHAPE_NAMES, Sense
from zinneke.standards.explore.question import Asked, shape_names

_TYPES = {"integer": "int", "decimal": "double", "date": "date", "timestamp": "datetime", "text": "text", "boolean": "boolean"}
_SHAPE_LABELS = (Text("Point géographique", "Geografisch punt", "Geo point"), Text("Forme géographique", "Geografische vorm", "Geo shape"))
_FEW = 1_000
"""Different values up to which a column counts as a facet."""


class TellField(msgspec.Struct):
    """A field of a dataset."""

    name: str
    label: str
    type: str
    description: str | None
    annotations: dict[str, Any]


class Link(msgspec.Struct):
    """An address and what it is to this one."""

    rel: str
    href: str


def fields(version: Version, language: str) -> list[TellField]:
    """Return the fields of a version: its columns, and its place and shape under the names that clients know."""
    found = []
    for column in version.columns:
        if column.type == "geometry":
            continue
        marks: dict[str, Any] = {"facet": []} if is_facet(column.type, column.profile.distinct) else {}
        if marks and column.type in ("text", "boolean"):
            marks["disjunctive"] = []
        if column.unit:
            marks["unit"] = [column.unit]
        found.append(TellField(column.name, choose(column.label, language)[0] or column.name, _TYPES[column.type], None, marks))
    labels = dict(zip(SHAPE_NAMES, _SHAPE_LABELS, strict=True))
    return [*found, *(TellField(name, labels[name].said_in(language), name, None, {}) for name in shape_names(Sense(version)))]


def is_facet(kind: str, distinct: int) -> bool:
    """Say whether a column is one to choose values of."""
    return kind in ("boolean", "date", "timestamp") or (kind == "text" and 0 < distinct <= _FEW)


def writer(asked: Asked, columns: Sequence[str], sense: Sense, flat: bool = False) -> Callable[[Iterable[tuple[Any, ...]]], list[list[Any]]]:
    """Return what turns rows into the values of the labels that are shown; `flat` writes places and shapes as CSV holds them."""
    places = {name: place for place, name in enumerate(columns)}
    zone = ZoneInfo(sense.zone)
    picks = [(label, places[name], name == GEOMETRY) for label, name in asked.labels]

    def told(row: tuple[Any, ...]) -> list[Any]:
        return [_shaped(label, row[place], flat) if shaped else _plain(row[place], zone, flat) for label, place, shaped in picks]

    return lambda rows: [told(row) for row in rows]


def _boxed(cell: tuple[float, ...]) -> dict[str, Any]:
    """Return a box as a shape, its corners against the clock."""
    west, south, east, north = cell
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [ring]}, "properties": {}}


def _plain(cell: Any, zone: ZoneInfo, flat: bool = False) -> Any:
    if isinstance(cell, tuple | dict):
        if flat and isinstance(cell, dict):
            return f"{cell['lat']}, {cell['lon']}"
        made = _boxed(cell) if isinstance(cell, tuple) else cell
        return msgspec.json.encode(made["geometry"]).decode() if flat else made
    return cell.astimezone(zone).isoformat() if isinstance(cell, datetime) and cell.tzinfo else cell


def _shaped(label: str, cell: Any, flat: bool) -> Any:
    if cell is None:
        return None
    if label == SHAPE_NAMES[0]:
        if cell["type"] == "Point":
            lon, lat = cell["coordinates"][:2]
        else:
            middle = shapely.from_geojson(msgspec.json.encode(cell)).centroid
            lon, lat = middle.x, middle.y
        return f"{lat}, {lon}" if flat else {"lon": lon, "lat": lat}
    return msgspec.json.encode(cell).decode() if flat else {"type": "Feature", "geometry": cell, "properties": {}}
