"""In which coordinate system pairs of figures are, told by where they lie when nobody says."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from zinneke.foundations.territory.crs import CODES, code_of

DEGREES = "EPSG:4326"
_HOME = (2.3, 49.3, 6.6, 51.7)
"""West, south, east, north of what the Lambert systems were made for, in degrees."""
_METRES = {"EPSG:31370": (15_000, 15_000, 305_000, 255_000), "EPSG:3812": (515_000, 515_000, 805_000, 755_000)}
"""The same in the metres of each; the two do not overlap."""
_SHARE = 0.9
_AROUND = r"(?:coord[a-z0-9]*|pos[a-z0-9]*|lamb[a-z0-9]*|belg[a-z0-9]*|lb?(?:72|08|2008)|bl72|epsg|31370|3812|72|2008|08|m)"
_AXIS = re.compile(rf"(?>(?:{_AROUND}_)*)(?:coord|pos|lambert|epsg)?(?P<axis>[xy])(?>(?:_?{_AROUND})*)")
"""Each word is passed in one way only, so that a long name takes no longer than its letters."""


class System(NamedTuple):
    """A coordinate system, and whether the two figures of a pair stand the wrong way round in it."""

    crs: str
    swapped: bool = False

    @property
    def name(self) -> str:
        """Return its name for people."""
        return CODES[code_of(self.crs)]


def find_system(x: np.ndarray[Any, Any], y: np.ndarray[Any, Any]) -> System | None:
    """Return the system in which nine in ten of the pairs lie where Lambert is used, None when there is none."""
    good = np.isfinite(x) & np.isfinite(y)
    if not good.any():
        return None
    x, y = x[good], y[good]
    if _mostly(x, y, _HOME):
        return System(DEGREES)
    if _mostly(y, x, _HOME):
        return System(DEGREES, swapped=True)
    return next((System(crs) for crs, box in _METRES.items() if _mostly(x, y, box)), None)


def _mostly(x: np.ndarray[Any, Any], y: np.ndarray[Any, Any], box: tuple[float, float, float, float]) -> bool:
    west, south, east, north = box
    return bool(np.mean((x >= west) & (x <= east) & (y >= south) & (y <= north)) >= _SHARE)


def find_axes(names: Sequence[str]) -> tuple[str, str] | None:
    """Return two columns that are called x and y and otherwise the same (`X`, `coord_x`, `x_lambert72`), None when there are none."""
    plain = {re.sub("[^a-z0-9]+", "_", name.lower()).strip("_"): name for name in reversed(names)}
    for short, name in reversed(plain.items()):
        if (found := _AXIS.fullmatch(short)) and found["axis"] == "x":
            start, end = found.span("axis")
            if other := plain.get(f"{short[:start]}y{short[end:]}"):
                return name, other
    return None
