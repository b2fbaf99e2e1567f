"""Geometry in the engine: the predicates of the standard over columns of WKB, computed by shapely."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa
import shapely

NAMES = ("equals", "disjoint", "touches", "within", "overlaps", "crosses", "intersects", "contains")


def install(engine: Any) -> None:
    """Teach a DuckDB connection the functions."""
    for name in NAMES:
        engine.create_function(f"st_{name}", _pairwise(getattr(shapely, name), pa.bool_()), ["BLOB", "BLOB"], "BOOLEAN", type="arrow")
    engine.create_function("geo_distance", _pairwise(shapely.distance, pa.float64()), ["BLOB", "BLOB"], "DOUBLE", type="arrow")
    engine.create_function("geo_metres", _pairwise(metres, pa.float64()), ["BLOB", "BLOB"], "DOUBLE", type="arrow")
    engine.create_function("geo_length", _length, ["BLOB"], "DOUBLE", type="arrow")
    engine.create_function("st_relate", _relate, ["BLOB", "BLOB", "VARCHAR"], "BOOLEAN", type="arrow")


@cache
def _earth() -> Any:
    from pyproj import Geod  # on first use: it would cost the start a twentieth of a second

    return Geod(ellps="WGS84")


def _read(column: Any) -> Any:
    """Read a column of WKB; what is the same in every row is read once."""
    values = column.to_pylist()
    if len(values) > 1 and values[0] == values[-1] and len(set(values)) == 1:
        one = shapely.from_wkb(values[0])
        shapely.prepare(one)
        return one
    return shapely.from_wkb(np.array(values, dtype=object))


def _pairwise(function: Callable[[Any, Any], Any], kind: Any) -> Callable[[Any, Any], Any]:
    def compute(left: Any, right: Any) -> Any:
        found = np.broadcast_to(function(_read(left), _read(right)), len(left))
        return pa.array(found, kind)

    return compute


def metres(left: Any, right: Any) -> Any:
    """Return the distance in metres between geometries in degrees: the nearest two points on a map true around them, along the ellipsoid."""
    middle = shapely.get_y(shapely.centroid(right))
    scale = np.cos(np.radians(np.clip(np.nan_to_num(middle), -89.0, 89.0)))
    one, other = (_stretched(each, scale) for each in np.broadcast_arrays(left, right))
    line = shapely.shortest_line(one, other)
    ends = [shapely.get_point(line, at) for at in (0, 1)]
    lon, lat = [shapely.get_x(end) / scale for end in ends], [shapely.get_y(end) for end in ends]
    return np.asarray(_earth().inv(lon[0], lat[0], lon[1], lat[1])[2])


def _stretched(shapes: Any, scale: Any) -> Any:
    """Return geometries with their longitudes scaled, so that a degree is as long both ways."""
    coordinates, owners = shapely.get_coordinates(shapes, return_index=True)
    factors = np.broadcast_to(scale, np.shape(shapes)).reshape(-1)[owners]
    return shapely.set_coordinates(np.array(shapes, dtype=object), coordinates * np.column_stack([factors, np.ones(len(factors))]))


def _length(column: Any) -> Any:
    return pa.array(np.broadcast_to(shapely.length(_read(column)), len(column)), pa.float64())


def _relate(left: Any, right: Any, pattern: Any) -> Any:
    one, other = np.broadcast_arrays(_read(left), _read(right), np.empty(len(left)))[:2]
    rows = zip(one.tolist(), other.tolist(), pattern.to_pylist(), strict=True)
    return pa.array([bool(shapely.relate_pattern(a, b, mask)) for a, b, mask in rows], pa.bool_())
