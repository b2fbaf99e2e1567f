"""Which polygon holds a point: prepared polygons asked in bulk, with one answer for a point on a border."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray


class Locator:
    """Polygons by code. A border belongs to the first of its neighbours in the order of the codes."""

    def __init__(self, polygons: Iterable[tuple[str, Any]]) -> None:
        held = sorted(polygons, key=lambda each: each[0])
        self.codes = [code for code, _ in held]
        self.shapes = np.array([shape for _, shape in held], dtype=object)
        self.boxes = shapely.bounds(self.shapes) if held else np.empty((0, 4))
        shapely.prepare(self.shapes)
        for shape, (west, south, _, _) in zip(self.shapes, self.boxes, strict=True):
            shapely.intersects_xy(shape, west, south)

    @property
    def box(self) -> tuple[float, float, float, float] | None:
        """Return west, south, east, north of all the polygons together, None when there are none."""
        if not self.codes:
            return None
        west, south = self.boxes[:, :2].min(axis=0).tolist()
        east, north = self.boxes[:, 2:].max(axis=0).tolist()
        return west, south, east, north

    def find(self, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.object_]:
        """Return the code for each point, an empty string outside and for what is not a number."""
        found = np.full(len(lon), "", dtype=object)
        order = np.argsort(lon, kind="stable")
        across, up = lon[order], lat[order]
        open_still = np.ones(len(lon), bool)
        starts = np.searchsorted(across, self.boxes[:, 0], "left").tolist()
        ends = np.searchsorted(across, self.boxes[:, 2], "right").tolist()
        for number, (start, end) in enumerate(zip(starts, ends, strict=True)):
            if start == end:
                continue
            south, north = self.boxes[number, 1], self.boxes[number, 3]
            window = up[start:end]
            near = start + np.flatnonzero(open_still[start:end] & (window >= south) & (window <= north))
            if len(near):
                inside = near[shapely.intersects_xy(self.shapes[number], across[near], up[near])]
                found[order[inside]] = self.codes[number]
                open_still[inside] = False
        return found
