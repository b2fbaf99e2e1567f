"""What the shapes of rows are to a given shape: their boxes are compared first, then only those whose boxes leave it open."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely

from zinneke.foundations.tables.frame import Array, Frame, Held
from zinneke.foundations.tables.values import GEOMETRY, Spatial
from zinneke.kernel.problem import wrong

MOST_POINTS = 100_000
"""Points of a shape that is asked about."""
_FARTHEST = 1_000_000.0
_A, _E2 = 6_378_137.0, 0.00669437999014
_TURNED: dict[str, Callable[..., Any]] = {
    "intersects": shapely.intersects, "disjoint": shapely.disjoint, "within": shapely.contains, "contains": shapely.within,
    "equals": shapely.equals, "touches": shapely.touches, "crosses": shapely.crosses, "overlaps": shapely.overlaps,
}  # fmt: skip
"""Each relation as seen from the given shape, which is the one that is prepared."""


def metres_per_degree(latitude: float) -> tuple[float, float]:
    """Return how many metres a degree of longitude and one of latitude measure at a latitude, on the WGS 84 ellipsoid.

    Radii of curvature after Snyder, Map Projections (1987), page 25.
    """
    phi = np.radians(latitude)
    bent = 1 - _E2 * np.sin(phi) ** 2
    return float(np.pi / 180 * _A * np.cos(phi) / np.sqrt(bent)), float(np.pi / 180 * _A * (1 - _E2) / bent**1.5)


@dataclass(frozen=True, slots=True)
class Related:
    """Rows whose shape is something to a given one."""

    op: str
    boxes: tuple[Array, ...]
    held: Held
    given: Any
    metres: float
    reach: tuple[float, float, float, float] = field(default=(0.0, 0.0, 0.0, 0.0))
    scale: tuple[float, float] = (1.0, 1.0)

    def at(self, rows: Array | slice) -> Array:
        """Return which of some rows match."""
        west, south, east, north = (side[rows] for side in self.boxes)
        near = (west <= self.reach[2]) & (east >= self.reach[0]) & (south <= self.reach[3]) & (north >= self.reach[1])
        found = ~np.isnan(west) & ~near if self.op == "disjoint" else np.zeros(len(west), dtype=bool)
        places = np.flatnonzero(near)
        if len(places):
            found[places] = self._closely(rows, places, west, south, east, north)
        return found

    def known(self, rows: Array | slice) -> Array | None:
        """Return which of some rows have a shape."""
        return ~np.isnan(self.boxes[0][rows])

    def _closely(self, rows: Array | slice, places: Array, west: Array, south: Array, east: Array, north: Array) -> Array:
        """Compare shape by shape; a box without extent is its shape, a point, and needs no reading."""
        flat = (west[places] == east[places]) & (south[places] == north[places])
        shapes = np.empty(len(places), dtype=object)
        shapes[flat] = shapely.points(west[places[flat]], south[places[flat]])
        if not flat.all():
            rest = places[~flat] + (rows.start or 0) if isinstance(rows, slice) else rows[places[~flat]]
            shapes[~flat] = shapely.from_wkb(self.held.wkb(rest))
        try:
            if self.op != "dwithin":
                return np.asarray(_TURNED[self.op](self.given, shapes), dtype=bool)
            measured = shapely.transform(shapes, lambda pairs: pairs * self.scale)
            return np.asarray(shapely.dwithin(self.given, measured, self.metres), dtype=bool)
        except shapely.errors.ShapelyError as reason:
            raise wrong(f"The shapes cannot be compared: {str(reason)[:150]}.", where="where") from reason


def related(frame: Frame, asked: Spatial) -> Related:
    """Return a condition on the shapes of a frame. Raises `Problem` 400 for a shape or a distance that cannot be asked about.

    Distances are measured on a plane that touches the ellipsoid at the middle of the given shape.
    """
    try:
        given = shapely.force_2d(shapely.from_wkb(asked.shape))
    except shapely.errors.ShapelyError as reason:
        raise wrong("The shape that is asked about cannot be read.", where="where") from reason
    if given.is_empty or not np.isfinite(given.bounds).all():
        raise wrong("The shape that is asked about is empty.", where="where")
    if shapely.get_num_coordinates(given) > MOST_POINTS:
        raise wrong(f"The shape that is asked about has more than {MOST_POINTS:,} points.", where="where")
    if asked.op in ("within", "contains", "overlaps", "crosses", "touches", "equals") and not given.is_valid:
        raise wrong(f"The shape that is asked about is not valid: {shapely.is_valid_reason(given)[:100]}.", where="where")
    west, south, east, north = given.bounds
    held, boxes = frame.held(GEOMETRY), frame.boxes()
    if asked.op != "dwithin":
        shapely.prepare(given)
        return Related(asked.op, boxes, held, given, 0.0, (west, south, east, north))
    if not 0 <= asked.metres <= _FARTHEST:
        raise wrong(f"A distance goes from 0 to {_FARTHEST:,.0f} metres.", where="where")
    if not (-89 < south <= north < 89):
        raise wrong("Distances are measured between the latitudes -89 and 89.", where="where")
    x, y = metres_per_degree((south + north) / 2)
    far_x, far_y = asked.metres / x, asked.metres / y
    measured = shapely.transform(given, lambda pairs: pairs * (x, y))
    shapely.prepare(measured)
    reach = (west - far_x, south - far_y, east + far_x, north + far_y)
    return Related("dwithin", boxes, held, measured, asked.metres, reach, (x, y))
