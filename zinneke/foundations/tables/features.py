"""Shapes as GeoJSON, in degrees or in metres; points are read off their boxes, and what was written once is kept for the next who asks."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import msgspec
import numpy as np
import shapely

from zinneke.foundations.tables.frame import Array, Frame
from zinneke.foundations.tables.values import GEOMETRY
from zinneke.foundations.territory.crs import transform

WGS84 = 4326
_DIGITS = {WGS84: 9}
_METRES = 3
_MOST_KEPT = 20_000
_LONGEST_KEPT = 2_000
"""Letters of the longest shape that is kept: a frame keeps 40 MB of them at the most."""


class _Point(msgspec.Struct, tag_field="type", tag="Point"):
    coordinates: tuple[float, float]


Shape = msgspec.Raw | _Point | None


def geojson(frame: Frame, rows: Array, crs: int = WGS84, flipped: bool = False) -> Sequence[Shape]:
    """Return the shapes of some rows, ready for JSON; `flipped` puts latitude first, as EPSG:4326 has it."""
    west, south, east, north = (side[rows] for side in frame.boxes())
    if ((west == east) & (south == north) | np.isnan(west)).all():
        x, y = (west, south) if crs == WGS84 else transform(west, south, WGS84, crs)
        if crs != WGS84:
            x, y = x.round(_METRES), y.round(_METRES)
        pairs = zip(y.tolist(), x.tolist(), strict=True) if flipped else zip(x.tolist(), y.tolist(), strict=True)
        return [None if pair[0] != pair[0] else _Point(pair) for pair in pairs]
    if crs == WGS84 and not flipped:
        return _kept(frame, rows)
    shapes = shapely.from_wkb(frame.held(GEOMETRY).wkb(rows))
    return _written(shapely.transform(shapes, partial(_moved, crs=crs, flipped=flipped)))


def _moved(pairs: Array, crs: int, flipped: bool) -> Array:
    x, y = (pairs[:, 0], pairs[:, 1]) if crs == WGS84 else transform(pairs[:, 0], pairs[:, 1], WGS84, crs)
    digits = _DIGITS.get(crs, _METRES)
    return np.column_stack((y, x) if flipped else (x, y)).round(digits)


def _written(shapes: Array) -> list[msgspec.Raw | None]:
    return [None if text is None else msgspec.Raw(text) for text in shapely.to_geojson(shapes).tolist()]


def _kept(frame: Frame, rows: Array) -> list[msgspec.Raw | None]:
    """Return shapes in degrees, each written once while the frame is open, unless it is long."""
    kept = frame.written
    asked = rows.tolist()
    missing = [row for row in asked if row not in kept]
    fresh = {}
    if missing:
        shapes = shapely.from_wkb(frame.held(GEOMETRY).wkb(np.array(missing)))
        fresh = dict(zip(missing, _written(shapes), strict=True))
    found = [fresh[row] if row in fresh else kept[row] for row in asked]
    if len(kept) > _MOST_KEPT:
        frame.written = kept = {}
    kept.update((row, shape) for row, shape in fresh.items() if shape is None or len(bytes(shape)) <= _LONGEST_KEPT)
    return found
