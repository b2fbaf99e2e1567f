"""Shapes as WKB in longitude and latitude: read from GeoJSON or points, checked, bounded, and put in an order that keeps neighbours together."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from zinneke.foundations.tables.nesting import deep_text
from zinneke.foundations.tables.raw import Faults
from zinneke.foundations.tables.systems import DEGREES, find_system
from zinneke.foundations.territory.crs import transform

_AREAS = (3, 6)
_MOST_BYTES = 50_000_000
_KINDS = {0: "point", 4: "point", 1: "line", 2: "line", 5: "line", 3: "polygon", 6: "polygon"}


@dataclass(frozen=True, slots=True)
class Shape:
    """A shape as it was given: where, and its GeoJSON."""

    where: str
    text: bytes


def shapes_of(given: Iterable[Shape], count: int, faults: Faults, crs: str) -> np.ndarray[Any, Any]:
    """Return one WKB or None per shape, noting each that cannot be taken."""
    texts = np.empty(count, dtype=object)
    places: list[str] = []
    for number, shape in enumerate(given):
        places.append(shape.where)
        text = shape.text
        if len(text) > _MOST_BYTES or deep_text(text):
            faults.note(shape.where, "its shape is too large or nested too deep; the row was kept without it")
        elif text != b"null":
            texts[number] = text
    shapes = shapely.from_geojson(texts, on_invalid="ignore")
    for number in np.flatnonzero(shapely.is_missing(shapes) & np.array([text is not None for text in texts], dtype=bool)).tolist():
        faults.note(places[number], f"its shape cannot be read: {_why(texts[number])}; the row was kept without it")
    if crs and crs != "EPSG:4326":
        shapes = moved(shapes, crs)
    return checked(shapes, places, faults)


def moved(shapes: np.ndarray[Any, Any], crs: str) -> np.ndarray[Any, Any]:
    """Return shapes of another coordinate system in degrees. Raises `Problem` 400 for a system that is not known here."""
    return np.asarray(shapely.transform(shapes, lambda pairs: np.column_stack(transform(pairs[:, 0], pairs[:, 1], crs, "EPSG:4326"))))


def checked(shapes: np.ndarray[Any, Any], places: Sequence[str], faults: Faults) -> np.ndarray[Any, Any]:
    """Return the WKB of shapes in degrees, None for each that is empty or lies outside the world, which is noted."""
    shapes = _at_home(shapely.force_2d(shapes), faults)
    bounds = shapely.bounds(shapes)
    outside = ~shapely.is_missing(shapes) & ~shapely.is_empty(shapes) & ~_on_earth(bounds)
    for number in np.flatnonzero(outside).tolist():
        west, south, east, north = bounds[number]
        faults.note(
            places[number], f"its shape lies outside the world (from {west:g}, {south:g} to {east:g}, {north:g}); the row was kept without it"
        )
    shapes[outside | shapely.is_empty(shapes)] = None
    _mend(shapes, places, faults)
    return np.asarray(shapely.to_wkb(shapes, output_dimension=2), dtype=object)


def _at_home(shapes: np.ndarray[Any, Any], faults: Faults) -> np.ndarray[Any, Any]:
    """Return shapes in degrees, those too that are in metres of a system in which nearly all of them lie at home; that is noted."""
    box = shapely.bounds(shapes)
    system = find_system((box[:, 0] + box[:, 2]) / 2, (box[:, 1] + box[:, 3]) / 2)
    if system is None or system.crs == DEGREES:
        return shapes
    faults.note("", f"its shapes are in metres and it does not say of which system; they were read as {system.name}")
    return moved(shapes, system.crs)


def _mend(shapes: np.ndarray[Any, Any], places: Sequence[str], faults: Faults) -> None:
    """Mend areas that cross themselves, each noted; what is no area then is left out."""
    areas = np.flatnonzero(np.isin(shapely.get_type_id(shapes), _AREAS))
    for number in areas[~shapely.is_valid(shapes[areas])].tolist():
        why = shapely.is_valid_reason(shapes[number])
        mended = shapely.make_valid(shapes[number], method="structure", keep_collapsed=False)
        if shapely.get_type_id(mended) in _AREAS and not mended.is_empty:
            shapes[number] = mended
            faults.note(places[number], f"its shape is no proper area ({why}); it was mended")
        else:
            shapes[number] = None
            faults.note(places[number], f"its shape is no proper area ({why}); the row was kept without it")


def _on_earth(bounds: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    finite = np.isfinite(bounds).all(axis=1)
    with np.errstate(invalid="ignore"):
        return finite & (bounds[:, 0] >= -180) & (bounds[:, 2] <= 180) & (bounds[:, 1] >= -90) & (bounds[:, 3] <= 90)


def _why(text: bytes) -> str:
    try:
        document = json.loads(text)
        shapely.from_geojson(text)
    except (ValueError, RecursionError, shapely.errors.ShapelyError) as reason:
        return str(reason)[:120]
    return f"{str(document)[:60]} is no shape"


def points(lon: np.ndarray[Any, Any], lat: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return the WKB of points in degrees, None where a coordinate is not finite."""
    packed = np.empty(len(lon), dtype=[("order", "u1"), ("kind", "<u4"), ("x", "<f8"), ("y", "<f8")])
    packed["order"], packed["kind"], packed["x"], packed["y"] = 1, 1, lon, lat
    found = np.empty(len(lon), dtype=object)
    found[:] = packed.view("V21").tolist()
    found[~(np.isfinite(lon) & np.isfinite(lat))] = None
    return found


def bounds(wkb: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return west, south, east, north per shape, NaN where there is none; one row per shape."""
    return np.asarray(shapely.bounds(shapely.from_wkb(wkb)))


def kind(wkb: np.ndarray[Any, Any]) -> str:
    """Return what most of the shapes are: `point`, `line`, `polygon`, `mixed`, or "" without any."""
    sample = wkb[:: max(1, len(wkb) // 50_000)]
    found = {_KINDS.get(int(each), "mixed") for each in shapely.get_type_id(shapely.from_wkb(sample)) if each >= 0}
    return found.pop() if len(found) == 1 else "mixed" if found else ""


def hilbert(boxes: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return the place of each box's centre along a Hilbert curve over all of them; boxes that are NaN come last.

    The curve of order 16, by the bit-wise method of Warren, Hacker's Delight (2013), section 16-2.
    """
    centre = np.column_stack([(boxes[:, 0] + boxes[:, 2]) / 2, (boxes[:, 1] + boxes[:, 3]) / 2])
    low, high = np.nanmin(centre, axis=0), np.nanmax(centre, axis=0)
    with np.errstate(invalid="ignore"):
        cells = np.nan_to_num((centre - low) / np.where(high > low, high - low, 1) * 65_535).astype(np.int64)
    x, y, place = cells[:, 0].copy(), cells[:, 1].copy(), np.zeros(len(cells), dtype=np.int64)
    for bit in range(15, -1, -1):
        side = 1 << bit
        right, up = (x & side) > 0, (y & side) > 0
        place += side * side * ((3 * right) ^ up)
        flip = ~up & right
        x[flip], y[flip] = side - 1 - (x[flip] & (side - 1)), side - 1 - (y[flip] & (side - 1))
        x, y = np.where(up, x, y) & (side - 1), np.where(up, y, x) & (side - 1)
    place[np.isnan(centre[:, 0])] = np.iinfo(np.int64).max
    return place
