"""How a place becomes coarse. Pure."""

from __future__ import annotations

import math

METRES_A_DEGREE = 111_320.0
"""Of latitude, on a sphere of the Earth's mean radius; enough for a grid of which only the size is promised."""


def cell(lon: float, lat: float, metres: int) -> tuple[str, float, float]:
    """Return the name and the middle of the square of about `metres` in which a point (degrees, WGS 84) lies.

    Rows are of equal latitude; the width of a row's squares is measured at its middle, so that everything in a square has the same middle.
    """
    step = metres / METRES_A_DEGREE
    row = math.floor((lat + 90) / step)
    middle = min(90.0, (row + 0.5) * step - 90)
    width = step / max(0.01, math.cos(math.radians(middle)))
    column = math.floor((lon + 180) / width)
    return f"{row}-{column}", round(min(180.0, (column + 0.5) * width - 180), 6), round(middle, 6)
