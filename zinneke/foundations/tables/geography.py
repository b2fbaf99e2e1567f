"""Groups and figures of where rows lie: squares of the map, and the box around each group."""

from __future__ import annotations

from typing import Any

import numpy as np

from zinneke.foundations.tables.frame import Array
from zinneke.foundations.tables.terms import Scene
from zinneke.foundations.tables.values import GEOMETRY
from zinneke.kernel.problem import wrong

_LIMIT = 85.0511


def demand_seen(scene: Scene) -> None:
    """Refuse where there are no shapes, or none that the reader may see (`Problem` 400)."""
    if GEOMETRY not in scene.columns:
        raise wrong("There are no shapes here to group or to put a box around.", where="group_by")


def cells(scene: Scene, rows: Array, width: float) -> tuple[Array, list[Any]]:
    """Return in which square of the map each row lies, -1 for one without shape, and the middle of what lies in each square."""
    if not 1e-9 <= width <= 1:
        raise wrong("A square of the map is a part of its width, from a billionth to the whole.", where="group_by")
    west, south, east, north = (side[rows].astype(np.float64) for side in scene.frame.boxes())
    lon, lat = (west + east) / 2, (south + north) / 2
    there = np.isfinite(lon) & np.isfinite(lat)
    x = lon[there] / 360 + 0.5
    y = 0.5 - np.arcsinh(np.tan(np.radians(np.clip(lat[there], -_LIMIT, _LIMIT)))) / (2 * np.pi)
    across = int(1 / width) + 2
    squares = np.floor(y / width).astype(np.int64) * across + np.floor(x / width).astype(np.int64)
    _, found = np.unique(squares, return_inverse=True)
    codes = np.full(len(rows), -1, dtype=np.int64)
    codes[there] = found
    size = np.bincount(found)
    middles = zip(np.bincount(found, lon[there]) / size, np.bincount(found, lat[there]) / size, strict=True) if len(found) else ()
    return codes, [{"lon": round(float(each), 6), "lat": round(float(other), 6)} for each, other in middles]


def boxes(scene: Scene, rows: Array, groups: Array, count: int) -> list[Any]:
    """Return the box around the shapes of each group, None for a group without any."""
    sides = [side[rows].astype(np.float64) for side in scene.frame.boxes()]
    there = np.isfinite(np.sum(sides, axis=0)) if len(rows) else np.zeros(0, dtype=bool)
    found = [np.full(count, np.inf), np.full(count, np.inf), np.full(count, -np.inf), np.full(count, -np.inf)]
    for side, kept, take in zip(sides, found, (np.minimum, np.minimum, np.maximum, np.maximum), strict=True):
        take.at(kept, groups[there], side[there])
    return [tuple(round(float(each), 7) for each in box) if np.isfinite(box[0]) else None for box in zip(*found, strict=True)]
