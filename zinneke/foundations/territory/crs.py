"""Coordinate systems: WGS 84 (4326), Lambert 72 (31370), Lambert 2008 (3812) and Web Mercator (3857), always x before y.

WGS 84 is taken to be ETRS89, as Belgian sources do: the two frames were one in 1989 and now differ by the drift of the plate
(about 2.5 cm a year), which no source states. With that, Lambert 2008 and Web Mercator are exact projections. Lambert 72 lies
on an older datum: without the grid of the National Geographic Institute (not in pyproj's wheel) the seven-parameter
transformation EPSG:15928 is the best there is, right to 0.2 m; with the grid (`add_grids`) it is right to a centimetre.
"""

from __future__ import annotations

import warnings
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from zinneke.kernel.problem import wrong

if TYPE_CHECKING:
    from pyproj.transformer import Transformer

CODES = {4326: "WGS 84", 31370: "Belgian Lambert 72", 3812: "Belgian Lambert 2008", 3857: "Web Mercator"}
_EXACT = 0.001
_FAR = 3e6
"""Metres beyond which a Lambert coordinate is no place at all; the formulas would still give one."""
_FRAME = {4326: 4258, 3857: 4258}
"""The code under which pyproj looks for the datum shift: ETRS89 for whatever is on WGS 84."""


def code_of(name: str | int) -> int:
    """Read the name of a coordinate system: `EPSG:31370`, `31370`, `urn:ogc:def:crs:EPSG::31370` or `CRS84`. Raises Problem 400."""
    text = str(name).strip()
    if text.upper().endswith("CRS84"):
        return 4326
    last = text.replace("/", ":").rpartition(":")[2]
    if last.isascii() and last.isdigit() and int(last) in CODES:
        return int(last)
    known = ", ".join(f"EPSG:{code} ({label})" for code, label in CODES.items())
    raise wrong(f"{text[:60]!r} is not a coordinate system that is known here. Known are {known}.", where="crs")


def add_grids(folder: Path) -> bool:
    """Use the datum grids (`be_ign_bd72lb72_etrs89lb08.tif`) of a folder from now on, and say whether there are any."""
    if not any(folder.glob("*.tif")):
        return False
    from pyproj import datadir

    datadir.append_data_dir(str(folder))
    _shift.cache_clear()
    return True


@lru_cache(maxsize=32)
def _shift(source: int, target: int) -> tuple[Transformer, float]:
    """Return the best available operation between two systems and its stated accuracy in metres."""
    from pyproj.transformer import TransformerGroup

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        best = TransformerGroup(_FRAME.get(source, source), _FRAME.get(target, target), always_xy=True).transformers[0]
    return best, best.accuracy if best.accuracy > 0 else _EXACT


@lru_cache(maxsize=4)
def _mercator(inverse: bool) -> Transformer:
    from pyproj.transformer import Transformer

    return Transformer.from_crs(3857, 4326, always_xy=True) if inverse else Transformer.from_crs(4326, 3857, always_xy=True)


def accuracy(from_crs: str | int, to_crs: str | int) -> float:
    """Return how far, in metres, a transformed point may lie from its true place; 0 when nothing is transformed."""
    source, target = code_of(from_crs), code_of(to_crs)
    if source == target:
        return 0.0
    if _FRAME.get(source, source) == _FRAME.get(target, target):
        return _EXACT
    return _shift(source, target)[1]


def operation(from_crs: str | int, to_crs: str | int) -> str:
    """Return the name of the operation that is used, as the EPSG register has it."""
    source, target = code_of(from_crs), code_of(to_crs)
    if _FRAME.get(source, source) == _FRAME.get(target, target):
        return f"{CODES[source]} to {CODES[target]}"
    return str(_shift(source, target)[0].description).replace(" (with axis order normalized for visualization)", "")


def transform(xs: ArrayLike, ys: ArrayLike, from_crs: str | int, to_crs: str | int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Transform coordinates: x (or longitude, degrees) and y (or latitude), in metres for projected systems.

    Returns two float64 arrays of the same length; a point that cannot be transformed becomes infinite. Raises Problem 400
    for an unknown system or lists of different lengths.
    """
    source, target = code_of(from_crs), code_of(to_crs)
    x = np.atleast_1d(np.asarray(xs, np.float64))
    y = np.atleast_1d(np.asarray(ys, np.float64))
    if x.shape != y.shape:
        raise wrong(f"There are {x.size} x and {y.size} y: each point needs both.", where="crs")
    if source == target:
        return x.copy(), y.copy()
    if source in (31370, 3812):
        near = (np.abs(x) < _FAR) & (np.abs(y) < _FAR)
        x, y = np.where(near, x, np.inf), np.where(near, y, np.inf)
    if source == 3857:
        x, y = _mercator(True).transform(x, y)
        source = 4326
    if _FRAME.get(source, source) != _FRAME.get(target, target):
        x, y = _shift(source, target)[0].transform(x, y)
    if target == 3857:
        x, y = _mercator(False).transform(x, y)
    return np.asarray(x, np.float64), np.asarray(y, np.float64)


def box_in_degrees(box: tuple[float, float, float, float], from_crs: str | int) -> tuple[float, float, float, float]:
    """Return the smallest box in degrees around a box in another system, whose edges are no straight lines there.

    Raises Problem 400 for a box that lies where the system says nothing.
    """
    west, south, east, north = box
    steps = np.linspace(0.0, 1.0, 21)
    across, up = west + (east - west) * steps, south + (north - south) * steps
    flat, steep = np.ones_like(steps), np.ones_like(steps)
    x = np.concatenate((across, across, west * steep, east * steep))
    y = np.concatenate((south * flat, north * flat, up, up))
    lon, lat = transform(x, y, from_crs, 4326)
    if not (np.isfinite(lon).all() and np.isfinite(lat).all() and (np.abs(lat) <= 90).all()):
        raise wrong(f"The box {west:g},{south:g},{east:g},{north:g} lies where {CODES[code_of(from_crs)]} says nothing.", where="bbox")
    return float(lon.min()), float(lat.min()), float(lon.max()), float(lat.max())
