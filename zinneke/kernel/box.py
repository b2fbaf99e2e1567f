"""Boxes on the map: west, south, east, north in degrees, as every interface of the house writes them."""

from __future__ import annotations

import math

from zinneke.kernel.problem import wrong

Box = tuple[float, float, float, float]
"""West, south, east, north in degrees (WGS 84)."""


def read_box(text: str, where: str = "bbox") -> Box:
    """Read `west,south,east,north`. Raises `Problem` 400 that says what is wrong, swapped corners among it."""
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        raise wrong(f"{text[:60]!r} is not a box. Write four numbers: west,south,east,north in degrees.", where=where) from None
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90) or not all(map(math.isfinite, (west, south, east, north))):
        raise wrong(f"The box {text[:60]} is not on Earth, or its corners are swapped: west,south,east,north in degrees.", where=where)
    return west, south, east, north
