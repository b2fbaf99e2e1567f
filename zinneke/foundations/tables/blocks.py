"""Which shapes touch a box, found without looking at each: neighbours lie together in a version, so that whole blocks are in or out."""

from __future__ import annotations

from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]
BBox = tuple[float, float, float, float]
_SIZE = 256
_MANY = 64
"""Blocks inside the box from which on a mark for every row is cheaper than a list of rows."""


def touching(boxes: tuple[Array, ...], rows: Array | slice, bbox: BBox) -> Array:
    """Return which of some rows have a box (west, south, east, north) that touches another."""
    west, south, east, north = bbox
    found: Array = boxes[0][rows] <= east
    found &= boxes[2][rows] >= west
    found &= boxes[1][rows] <= north
    found &= boxes[3][rows] >= south
    return found


class Blocks:
    """The boxes of all shapes, and of each block of 256 the box around them; a row without a shape has a box of NaN."""

    def __init__(self, boxes: tuple[Array, ...]) -> None:
        self.boxes = boxes
        self.rows = len(boxes[0])
        starts = np.arange(0, self.rows, _SIZE)
        if self.rows:
            low = (np.fmin.reduceat(side, starts) for side in boxes[:2])
            high = (np.fmax.reduceat(side, starts) for side in boxes[2:])
            self.around = (*low, *high)
            self.whole = ~np.maximum.reduceat(np.isnan(boxes[0]), starts)
        else:
            self.around, self.whole = tuple(np.empty(0) for _ in boxes), np.empty(0, bool)

    def touching(self, bbox: BBox) -> Array:
        """Return the rows whose box touches a box, in the order of the table."""
        near = np.flatnonzero(touching(self.around, slice(None), bbox))
        west, south, east, north = bbox
        around = [side[near] for side in self.around]
        inside = self.whole[near] & (around[0] >= west) & (around[1] >= south) & (around[2] <= east) & (around[3] <= north)
        edge = _rows_of(near[~inside], self.rows)
        edge = edge[touching(self.boxes, edge, bbox)]
        if not inside.any():
            return edge
        if np.count_nonzero(inside) < _MANY:
            return np.sort(np.concatenate((edge, _rows_of(near[inside], self.rows))))
        found = np.zeros(-(-self.rows // _SIZE) * _SIZE, bool)
        found.reshape(-1, _SIZE)[near[inside]] = True
        found[edge] = True
        return np.flatnonzero(found[: self.rows])


def _rows_of(blocks: Array, rows: int) -> Array:
    found = (blocks[:, None] * _SIZE + np.arange(_SIZE)).reshape(-1)
    return found[found < rows] if len(blocks) and blocks[-1] == (rows - 1) // _SIZE else found
