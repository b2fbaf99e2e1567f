"""Points from two columns: found by their names and by where they lie, checked against the world and against their neighbours."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from zinneke.foundations.tables import shapes
from zinneke.foundations.tables.raw import Raw
from zinneke.foundations.tables.systems import DEGREES, find_axes, find_system
from zinneke.foundations.tables.values import Spec
from zinneke.foundations.territory.crs import transform
from zinneke.kernel.problem import wrong

_PAIRS = (("lon", "lat"), ("longitude", "latitude"), ("lng", "lat"), ("long", "lat"), ("lon_wgs84", "lat_wgs84"), ("stop_lon", "stop_lat"))
_NEAR, _FAR = 3.0, 10.0
_LOOKED_AT = 20_000


class Place(NamedTuple):
    """The columns of longitude and latitude, or x and y, and their coordinate system; both names are empty when there are none."""

    lon: str = ""
    lat: str = ""
    crs: str = DEGREES


def find_place(raw: Raw, spec: Spec) -> Place:
    """Return where the points are: as the spec says, else by the names of columns and by where their figures lie.

    What is read otherwise than the names say is noted. Raises `Problem` 400 when the spec names a column that is not there.
    """
    names = raw.names
    if spec.lon or spec.lat:
        for name in (spec.lon, spec.lat):
            if name not in names:
                raise wrong(f"There is no column {name!r} to take coordinates from. The columns are: {', '.join(names[:30])}.", where="lon, lat")
        return Place(spec.lon, spec.lat, spec.crs)
    if not spec.geometry:
        return Place()
    if pair := find_degrees(names):
        return _understood(raw, *pair, spec)
    if pair := find_axes(names):
        if spec.crs != DEGREES:
            return Place(*pair, spec.crs)
        system = find_system(*_sample(raw, *pair))
        x, y = reversed(pair) if system and system.swapped else pair
        return Place(x, y, system.crs) if system else Place()
    return Place()


def find_degrees(names: Sequence[str]) -> tuple[str, str] | None:
    """Return the columns that are called longitude and latitude, None when there are none."""
    ends = {name.lower().rpartition(".")[2]: name for name in reversed(names)}
    return next(((ends[lon], ends[lat]) for lon, lat in _PAIRS if lon in ends and lat in ends), None)


def _understood(raw: Raw, lon: str, lat: str, spec: Spec) -> Place:
    """Return a place that is called one in degrees, in the system and the order in which its figures are."""
    system = find_system(*_sample(raw, lon, lat)) if spec.crs == DEGREES else None
    if system and system.swapped:
        raw.faults.note(
            f"columns {lon}, {lat}", "longitude and latitude stand in each other’s column in nearly all rows; they were read the other way round"
        )
        return Place(lat, lon)
    if system and system.crs != DEGREES:
        raw.faults.note(f"columns {lon}, {lat}", f"these are no degrees but metres; they were read as {system.name}")
        return Place(lon, lat, system.crs)
    return Place(lon, lat, spec.crs)


def _sample(raw: Raw, x: str, y: str) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Return some pairs as numbers, NaN where a cell is none."""
    cells = ", ".join(f"TRY_CAST(replace(trim(c{raw.names.index(name)}), ',', '.') AS DOUBLE) AS {axis}" for axis, name in (("x", x), ("y", y)))
    found = raw.connection.execute(f"SELECT {cells} FROM raw LIMIT {_LOOKED_AT}").fetchnumpy()  # noqa: S608 the names are c0, c1, …
    return _plain(found["x"]), _plain(found["y"])


def _plain(found: Any) -> np.ndarray[Any, Any]:
    return np.asarray(np.ma.filled(np.ma.asarray(found, dtype=np.float64), np.nan))


def place_points(table: pa.Table, raw: Raw, place: Place, spec: Spec) -> tuple[pa.Table, np.ndarray[Any, Any] | None, np.ndarray[Any, Any] | None]:
    """Return the table, one WKB point per row and their boxes; a coordinate that cannot be is a fault, and its cells and shape stay empty."""
    lon, lat, crs = place
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
    if crs != DEGREES:
        moved = transform(x[given], y[given], crs, DEGREES)
        x, y = np.full(len(x), np.nan), np.full(len(y), np.nan)
        x[given], y[given] = moved
    bad = given & ~_on_earth(x, y)
    say = (
        (lambda row: f"{lon} {east[row]:g}, {lat} {north[row]:g} is no place on earth; place and cells were left empty")
        if crs == DEGREES
        else (lambda row: f"{lon} {east[row]:g}, {lat} {north[row]:g} is no place in {crs}; place and cells were left empty")
    )
    _note(raw, bad, say, column)
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
