"""Vector tiles: the encoder of the Mapbox Vector Tile specification 2.1, and the arithmetic of tile numbers.

Geometries come in longitude and latitude and leave as whole numbers in a square of 4,096 units, clipped to the tile with a
margin, thinned to what a tile can show, rings wound as the specification asks, with properties typed and shared.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from zinneke.foundations.territory.tags import Columns, Tags
from zinneke.foundations.territory.wire import Ragged, delta_bytes, field, lengths, ragged, same, varint, varints, woven
from zinneke.kernel.problem import wrong

EXTENT = 4096
BUFFER = 64
MAX_ZOOM = 22
_LIMIT = 85.0511287798066


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer of a tile: shapely geometries in degrees (longitude, latitude) and, for each, its properties.

    Points may be an array of longitude and latitude instead: that costs a fraction of it.
    """

    name: str
    geometries: Sequence[Any] | NDArray[Any]
    properties: Sequence[Mapping[str, Any]] | Columns


def check(z: int, x: int, y: int) -> None:
    """Refuse a tile that is not on Earth (Problem 400)."""
    if not (0 <= z <= MAX_ZOOM and 0 <= x < 1 << z and 0 <= y < 1 << z):
        raise wrong(f"There is no tile {z}/{x}/{y}: the zoom goes from 0 to {MAX_ZOOM}, x and y from 0 to 2 to the power of the zoom, less one.")


def bounds(z: int, x: int, y: int) -> tuple[float, float, float, float]:
    """Return a tile's west, south, east, north in degrees. Raises Problem 400 for a tile that does not exist."""
    check(z, x, y)
    size = 1 << z

    def latitude(row: int) -> float:
        return math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * row / size))))

    return x / size * 360 - 180, latitude(y + 1), (x + 1) / size * 360 - 180, latitude(y)


def buffered(z: int, x: int, y: int) -> tuple[float, float, float, float]:
    """Return a tile's bounds with the margin that is drawn into it, in degrees: what to select for it."""
    west, south, east, north = bounds(z, x, y)
    margin = BUFFER / EXTENT
    wide, high = (east - west) * margin, (north - south) * margin * 1.05
    return west - wide, south - high, east + wide, north + high


def tile_at(lon: float, lat: float, z: int) -> tuple[int, int]:
    """Return the numbers x and y of the tile that holds a point."""
    size = 1 << z
    row = (1 - math.asinh(math.tan(math.radians(max(-_LIMIT, min(_LIMIT, lat))))) / math.pi) / 2 * size
    return min(size - 1, max(0, int((lon + 180) / 360 * size))), min(size - 1, max(0, int(row)))


def encode(layers: Sequence[Layer], z: int, x: int, y: int) -> bytes:
    """Return one tile; empty bytes when nothing is in it. Raises Problem 400 for a tile that does not exist."""
    check(z, x, y)
    return b"".join(field(3, encoded) for layer in layers if (encoded := _layer(layer, z, x, y)))


def _layer(layer: Layer, z: int, x: int, y: int) -> bytes:
    shapes = layer.geometries if isinstance(layer.geometries, np.ndarray) else np.asarray(layer.geometries, dtype=object)
    if not len(shapes):
        return b""
    chosen, kinds, geometry = _dots(shapes, z, x, y) if shapes.dtype.kind == "f" else _shapes(shapes, z, x, y)
    if not len(chosen):
        return b""
    if isinstance(layer.properties, Columns):
        packed, tables = layer.properties.pack(chosen)
    else:
        tags = Tags()
        packed = ragged([tags.pack(layer.properties[at]) for at in chosen.tolist()])
        tables = tags.tables()
    return field(1, layer.name.encode()) + _features(packed, kinds, geometry) + tables + b"\x28" + varint(EXTENT) + b"\x78\x02"


def _features(tags: Ragged, kinds: NDArray[np.uint8], geometry: Ragged) -> bytes:
    """Return the messages of all features: each its tags, where it has some, its type and its commands."""
    count = len(kinds)
    tagged = (tags[1] > 0).astype(np.int64)
    size = lengths(tags[1])
    if not tagged.all():
        size = size[0][np.repeat(tagged, size[1]) > 0], size[1] * tagged
    head = np.full(int(tagged.sum()), 0x12, np.uint8), tagged
    kind = np.stack((np.full(count, 0x18, np.uint8), kinds, np.full(count, 0x22, np.uint8)), axis=1).reshape(-1), np.full(count, 3, np.int64)
    parts = [head, size, tags, kind, lengths(geometry[1]), geometry]
    whole = np.sum([each for _, each in parts], axis=0)
    return woven([same(b"\x12", count), lengths(whole), *parts])


def _dots(places: NDArray[np.float64], z: int, x: int, y: int) -> tuple[NDArray[np.int64], NDArray[np.uint8], Ragged]:
    """Return which points lie in the tile, that they are points, and their commands."""
    pairs = _to_pixels(places, z, x, y)
    with np.errstate(invalid="ignore"):
        chosen = np.flatnonzero(np.all((pairs >= -BUFFER) & (pairs < EXTENT + BUFFER), axis=1))
    whole = np.floor(pairs[chosen]).astype(np.int64)
    moves = lengths(((whole << 1) ^ (whole >> 63)).reshape(-1))
    moved = moves[0], moves[1].reshape(-1, 2).sum(axis=1)
    commands = np.frombuffer(woven([same(b"\x09", len(chosen)), moved]), np.uint8), moved[1] + 1
    return chosen, np.ones(len(chosen), np.uint8), commands


def _shapes(shapes: NDArray[Any], z: int, x: int, y: int) -> tuple[NDArray[np.int64], NDArray[np.uint8], Ragged]:
    """Return which shapes show in the tile, their types, and their commands."""
    west, south, east, north = buffered(z, x, y)
    boxes = shapely.bounds(shapes)
    with np.errstate(invalid="ignore"):
        near = (boxes[:, 0] <= east) & (boxes[:, 2] >= west) & (boxes[:, 1] <= north) & (boxes[:, 3] >= south)
    chosen = np.flatnonzero(near)
    drawn = _drawn(shapely.transform(shapes[chosen], lambda pairs: _to_pixels(pairs, z, x, y))) if len(chosen) else []
    kinds = np.array([kind for kind, _, _ in drawn], np.uint8)
    return chosen[[at for _, at, _ in drawn]], kinds, ragged([commands for _, _, commands in drawn])


def _to_pixels(pairs: NDArray[np.float64], z: int, x: int, y: int) -> NDArray[np.float64]:
    """Project degrees to units of the tile; y goes down."""
    size = float(1 << z)
    sine = np.sin(np.radians(np.clip(pairs[:, 1], -_LIMIT, _LIMIT)))
    row = (0.5 - np.log((1 + sine) / (1 - sine)) / (4 * math.pi)) * size
    return np.column_stack((((pairs[:, 0] + 180) / 360 * size - x) * EXTENT, (row - y) * EXTENT))


def _drawn(shapes: NDArray[Any]) -> list[tuple[int, int, bytes]]:
    """Return (MVT type, index, geometry bytes) of what is left of each shape in the tile, in the order in which they came."""
    dimensions = shapely.get_dimensions(shapes)
    found: list[tuple[int, int, bytes]] = []
    for dimension, draw in ((0, _points), (1, _lines), (2, _polygons)):
        at = np.flatnonzero((dimensions == dimension) & ~shapely.is_empty(shapes))
        if len(at):
            found += [(dimension + 1, int(at[part]), geometry) for part, geometry in draw(shapes[at])]
    return sorted(found, key=lambda each: each[1])


def _points(shapes: NDArray[Any]) -> list[tuple[int, bytes]]:
    pairs, owner = shapely.get_coordinates(shapes, return_index=True)
    low, high = -BUFFER, EXTENT + BUFFER
    inside = np.all((pairs >= low) & (pairs < high), axis=1)
    whole, owner = np.floor(pairs[inside]).astype(np.int64), owner[inside]
    if len(owner) and (owner[1:] != owner[:-1]).all():
        zigzag = (whole << 1) ^ (whole >> 63)
        encoded, ends = varints(zigzag.reshape(-1))
        cuts = ends[1::2].tolist()
        return [(at, b"\x09" + encoded[start:end]) for at, start, end in zip(owner.tolist(), [0, *cuts[:-1]], cuts, strict=True)]
    found = []
    for at in np.unique(owner).tolist():
        moves, _ = delta_bytes(whole[owner == at], (0, 0))
        found.append((at, varint(int((owner == at).sum()) << 3 | 1) + moves))
    return found


def _clip(shapes: NDArray[Any]) -> NDArray[Any]:
    low, high = -BUFFER, EXTENT + BUFFER
    boxes = shapely.bounds(shapes)
    beyond = (boxes[:, :2].min(axis=1) < low) | (boxes[:, 2:].max(axis=1) > high)
    clipped = shapes.copy()
    clipped[beyond] = shapely.clip_by_rect(shapes[beyond], low, low, high, high)
    return clipped


def _lines(shapes: NDArray[Any]) -> list[tuple[int, bytes]]:
    thin = shapely.simplify(_clip(shapes), 1.0, preserve_topology=False)
    parts, owner = shapely.get_parts(thin, return_index=True)
    keep = shapely.get_dimensions(parts) == 1
    pairs, part = shapely.get_coordinates(parts[keep], return_index=True)
    return _paths(np.floor(pairs + 0.5).astype(np.int64), part, owner[keep], 2, b"")


def _paths(path: NDArray[np.int64], part: NDArray[np.int64], owner: NDArray[np.int64], least: int, end: bytes) -> list[tuple[int, bytes]]:
    """Return the commands of lines or rings: all their points, of which part each is, and of which feature each part.

    Points that repeat the one before are dropped, and parts of fewer than `least` points. `end` closes a ring.
    """
    if not len(path):
        return []
    fresh = np.concatenate(([True], np.any(path[1:] != path[:-1], axis=1) | (part[1:] != part[:-1])))
    path, part = path[fresh], part[fresh]
    sizes = np.bincount(part, minlength=len(owner))
    path, part = path[sizes[part] >= least], part[sizes[part] >= least]
    if not len(path):
        return []
    whose = owner[part]
    steps = np.diff(path, axis=0, prepend=path[:1])
    begins = np.concatenate(([True], whose[1:] != whose[:-1]))
    steps[begins] = path[begins]
    encoded, ends = varints(((steps << 1) ^ (steps >> 63)).reshape(-1))
    ends = ends[1::2]
    first = np.flatnonzero(np.concatenate(([True], part[1:] != part[:-1])))
    last = np.concatenate((first[1:], [len(part)])) - 1
    cuts = zip(whose[first].tolist(), (ends[first - 1] * (first > 0)).tolist(), ends[first].tolist(), ends[last].tolist(), strict=True)
    found: dict[int, list[bytes]] = {}
    for (at, start, moved, stop), size in zip(cuts, (last - first).tolist(), strict=True):
        found.setdefault(at, []).append(b"\x09" + encoded[start:moved] + varint(size << 3 | 2) + encoded[moved:stop] + end)
    return [(at, b"".join(each)) for at, each in found.items()]


def _whole(shapes: NDArray[Any]) -> NDArray[Any]:
    """Return polygons clipped, thinned and valid on whole numbers; one that GEOS cannot do is done the slow way, or left out."""
    try:
        return np.asarray(shapely.set_precision(shapely.simplify(shapely.make_valid(_clip(shapes)), 1.0), 1.0))
    except shapely.errors.GEOSException:
        if len(shapes) > 1:
            return np.concatenate([_whole(shapes[at : at + 1]) for at in range(len(shapes))])
    try:
        inside = shapely.intersection(shapely.make_valid(shapes), shapely.box(-BUFFER, -BUFFER, EXTENT + BUFFER, EXTENT + BUFFER))
        return np.asarray(shapely.set_precision(inside, 1.0))
    except shapely.errors.GEOSException:
        return np.array([shapely.Polygon()], dtype=object)


def _polygons(shapes: NDArray[Any]) -> list[tuple[int, bytes]]:
    whole = _whole(shapes)
    parts, owner = shapely.get_parts(whole, return_index=True)
    nested = shapely.get_type_id(parts) >= 4
    if nested.any():
        inner, inside = shapely.get_parts(parts[nested], return_index=True)
        parts, owner = np.concatenate((parts[~nested], inner)), np.concatenate((owner[~nested], owner[nested][inside]))
    keep = (shapely.get_type_id(parts) == 3) & (shapely.area(parts) >= 4)
    # y goes down in a tile, so counter-clockwise in these numbers is clockwise on screen: positive area, as asked
    rings, inside = shapely.get_rings(shapely.orient_polygons(parts[keep], exterior_cw=False), return_index=True)
    pairs, ring = shapely.get_coordinates(rings, return_index=True)
    open_ended = np.concatenate((ring[1:] == ring[:-1], [False])) if len(ring) else np.zeros(0, bool)
    return _paths(pairs[open_ended].astype(np.int64), ring[open_ended], owner[keep][inside], 3, b"\x0f")
