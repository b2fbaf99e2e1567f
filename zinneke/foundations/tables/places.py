"""Points from two columns: found by their names, checked against the world and against their neighbours."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from zinneke.foundations.tables import shapes
from zinneke.foundations.tables.raw import Raw
from zinneke.foundations.tables.values import Spec
from zinneke.foundations.territory.crs import transform
from zinneke.kernel.problem import wrong

_PAIRS = (("lon", "lat"), ("longitude", "latitude"), ("lng", "lat"), ("long", "lat"), ("lon_wgs84", "lat_wgs84"), ("stop_lon", "stop_lat"))
_NEAR, _FAR = 3.0, 10.0


def find_place(names: Sequence[str], spec: Spec) -> tuple[str, str]:
    """Return the names of the columns of longitude and latitude (or x and y), two empty ones when there are none."""
    if spec.lon or spec.lat:
        for name in (spec.lon, spec.lat):
            if name not in names:
                raise wrong(f"There is no column {name!r} to take coordinates from. The columns are: {', '.join(names[:30])}.", where="lon, lat")
        return spec.lon, spec.lat
    if not spec.geometry:
        return "", ""
    ends = {name.lower().rpartition(".")[2]: name for name in reversed(names)}
    return next(((ends[lon], ends[lat]) for lon, lat in _PAIRS if lon in ends and lat in ends), ("", ""))


def place_points(
    table: pa.Table, raw: Raw, lon: str, lat: str, spec: Spec
) -> tuple[pa.Table, np.ndarray[Any, Any] | None, np.ndarray[Any, Any] | None]:
    """Return the table, one WKB point per row and their boxes; a coordinate that cannot be is a fault, and its cells and shape stay empty."""
    renamed = {each.name: each.to or each.name for each in spec.columns}
    x_name, y_name = renamed.get(lon, lon), renamed.get(lat, lat)
    if not all(
        name in table.column_names and pa.types.is_floating(table[name].type) | pa.types.is_integer(table[name].type) for name in (x_name, y_name)
    ):
        return table, None, None
    x, y = _floats(table[x_name]), _floats(table[y_name])
    half = np.isfinite(x) != np.isfinite(y)
    column = f"{lon}, {lat}"
    _note(raw, half, lambda row: f"has only one of {lon} and {lat}; the row was kept without place", column)
    given = np.isfinite(x) & np.isfinite(y)
    east, north = x.copy(), y.copy()
    if spec.crs != "EPSG:4326":
        moved = transform(x[given], y[given], spec.crs, "EPSG:4326")
        x, y = np.full(len(x), np.nan), np.full(len(y), np.nan)
        x[given], y[given] = moved
    bad = given & ~_on_earth(x, y)
    system = "on earth" if spec.crs == "EPSG:4326" else f"in {spec.crs}"
    _note(raw, bad, lambda row: f"{lon} {east[row]:g}, {lat} {north[row]:g} is no place {system}; place and cells were left empty", column)
    swapped = _swapped(x, y, given & ~bad)
    _note(raw, swapped, lambda row: f"{lon} {x[row]:g} and {lat} {y[row]:g} look swapped: the other rows lie elsewhere; both were left empty", column)
    nowhere = (x == 0) & (y == 0) & given & bool(np.median(np.abs(x[given])) > _FAR / 10 if given.any() else False)
    _note(raw, nowhere, lambda row: f"{lon} 0, {lat} 0 stands for an unknown place; place and cells were left empty", column)
    bad |= swapped | nowhere
    if bad.any():
        table = _without(_without(table, x_name, bad), y_name, bad)
    x[bad | ~given] = y[bad | ~given] = np.nan
    return table, shapes.points(x, y), np.column_stack((x, y, x, y))


def _on_earth(x: np.ndarray[Any, Any], y: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    with np.errstate(invalid="ignore"):
        return (np.abs(x) <= 180) & (np.abs(y) <= 90)


def _swapped(x: np.ndarray[Any, Any], y: np.ndarray[Any, Any], good: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return the rows that lie far from the middle of all, but near it once their two coordinates change places."""
    if good.sum() < 3:
        return np.zeros(len(x), dtype=bool)
    middle_x, middle_y = np.median(x[good]), np.median(y[good])
    with np.errstate(invalid="ignore"):
        far = (np.abs(x - middle_x) > _FAR) | (np.abs(y - middle_y) > _FAR)
        near = (np.abs(y - middle_x) < _NEAR) & (np.abs(x - middle_y) < _NEAR)
    return good & far & near


def _note(raw: Raw, rows: np.ndarray[Any, Any], say: Any, column: str) -> None:
    found = np.flatnonzero(rows)
    for row in found[:20].tolist():
        raw.faults.note(raw.place(row, column), say(row))
    if len(found) > 20:
        raw.faults.note(f"columns {column}", f"{len(found) - 20:,} more rows like this", len(found) - 20)


def _floats(column: pa.ChunkedArray) -> np.ndarray[Any, Any]:
    return np.array(column.cast(pa.float64()).to_numpy(zero_copy_only=False), dtype=np.float64)


def _without(table: pa.Table, name: str, rows: np.ndarray[Any, Any]) -> pa.Table:
    place = table.column_names.index(name)
    column = table[name].combine_chunks()
    emptied = pa.compute.if_else(pa.array(rows), pa.scalar(None, column.type), column)
    return table.set_column(place, name, emptied)
