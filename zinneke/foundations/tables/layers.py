"""Maps: what lies in a box as GeoJSON, and vector tiles whose dense places are thinned in the same way each time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
import shapely

from zinneke.foundations.tables.frame import Array, Frame
from zinneke.foundations.tables.values import GEOMETRY
from zinneke.foundations.territory.tags import Column, Columns
from zinneke.foundations.territory.tiles import Layer, buffered, encode

_MOST_PROPERTIES = 16
_FAR_PROPERTIES = 8
"""Properties of a feature on tiles where nobody can point at one of them."""
_NEAR_FROM = 12
_MOST_LETTERS = 200
_CROWD = 8
"""Times as many shapes as a tile may hold, from which on not each of them is looked at."""
_WHOLE_FROM = 15


def most_features(z: int) -> int:
    """Return how many features a tile may hold at a zoom: from 15 on, where streets are looked at, nearly all of them."""
    return 20_000 if z >= _WHOLE_FROM else 4_000 if z >= _NEAR_FROM else 2_500


def thinned(frame: Frame, rows: Array, most: int) -> Array:
    """Return at most so many of the rows, the same ones each time, in their order: the largest shapes, of points some spread evenly."""
    if len(rows) <= most:
        return rows
    if len(rows) > _CROWD * most:
        rows = rows[:: len(rows) // (most * _CROWD // 2)]  # neighbours lie together, so each so-manieth is spread evenly too
    west, south, east, north = (side[rows] for side in frame.boxes())
    spans = np.maximum(east - west, north - south)
    if np.count_nonzero(spans) > most:
        return np.sort(rows[np.argpartition(-spans, most)[:most]])
    mixed = (rows.astype(np.uint64) * np.uint64(2_654_435_761)) & np.uint64(0xFFFFFFFF)
    return np.sort(rows[np.argpartition(mixed, most)[:most]])


def draw_tile(frame: Frame, layer: str, names: Sequence[str], z: int, x: int, y: int) -> bytes:
    """Return one vector tile with the first sixteen of the named columns as properties; empty bytes where nothing is."""
    rows = thinned(frame, frame.blocks().touching(buffered(z, x, y)), most_features(z))
    if not len(rows):
        return b""
    columns = [
        _column(frame, name, rows)
        for name in [name for name in names if name != GEOMETRY][: _MOST_PROPERTIES if z >= _NEAR_FROM else _FAR_PROPERTIES]
    ]
    return encode([Layer(layer, drawn_shapes(frame, rows), Columns(columns))], z, x, y)


def drawn_shapes(frame: Frame, rows: Array) -> Array:
    """Return the shapes of some rows; where all of them are points, their places, read off their boxes, which costs much less."""
    west, south, east, north = (side[rows] for side in frame.boxes())
    if ((west == east) & (south == north)).all():
        return np.column_stack((west, south))
    return np.asarray(shapely.from_wkb(frame.held(GEOMETRY).wkb(rows)))


def _column(frame: Frame, name: str, rows: Array) -> Column:
    held = frame.held(name)
    keys, valid = held.keys[rows], None if held.valid is None else held.valid[rows]
    if held.words is not None and not len(held.words):
        valid = np.zeros(len(rows), bool)
    if held.kind in ("integer", "decimal"):
        finite = np.isfinite(keys)
        return Column(name, keys, valid if finite.all() else finite if valid is None else valid & finite)
    return Column(name, keys, valid, lambda different: _plain(held.values(different)) if valid is None or valid.any() else [])


def _plain(cells: list[Any]) -> list[Any]:
    """Return the cells of one column as a tile holds them: texts of a bounded length, moments as text."""
    if cells and isinstance(cells[0], str):
        return cells if max(map(len, cells)) <= _MOST_LETTERS else [cell[:_MOST_LETTERS] for cell in cells]
    return [_written(cell) for cell in cells]


def _written(cell: Any) -> Any:
    """Return a cell as JSON can hold it: dates as ISO text, moments in UTC."""
    return cell.isoformat().replace("+00:00", "Z") if isinstance(cell, date) else cell


def feature_collection(records: Sequence[dict[str, Any]], matched: int) -> dict[str, Any]:
    """Return records with a shape as a GeoJSON FeatureCollection that says how many matched in all."""
    features = [
        {
            "type": "Feature",
            "geometry": record.get(GEOMETRY),
            "properties": {key: _written(value) for key, value in record.items() if key != GEOMETRY},
        }
        for record in records
    ]
    return {"type": "FeatureCollection", "numberMatched": matched, "numberReturned": len(features), "features": features}
