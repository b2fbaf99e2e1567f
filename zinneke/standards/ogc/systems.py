"""Coordinate systems by their OGC names, and the order in which each has its axes."""

from __future__ import annotations

from dataclasses import dataclass

from zinneke.foundations.territory import crs
from zinneke.kernel.problem import wrong

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
_EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
NAMES = (CRS84, *(f"{_EPSG}{code}" for code in (4326, 3857, 31370, 3812)))
"""Every system in which we answer, the one in which shapes are kept first."""
Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class System:
    """A coordinate system: its name, its EPSG code, and whether its first axis is the latitude."""

    name: str
    code: int
    flipped: bool


WGS84 = System(CRS84, 4326, False)


def read_system(text: str, where: str = "crs") -> System:
    """Read the name of a coordinate system. Raises `Problem` 400 naming those that are known."""
    name = text.strip().removeprefix("<").removesuffix(">").removeprefix("[").removesuffix("]")
    if not name or name.upper().endswith("CRS84"):
        return WGS84
    plain = name.replace("https://", "http://", 1)
    for known in NAMES[1:]:
        code = known.removeprefix(_EPSG)
        if plain in (known, f"EPSG:{code}", f"urn:ogc:def:crs:EPSG::{code}"):
            return System(known, int(code), code == "4326")
    raise wrong(f"{text[:120]!r} is not a coordinate system of this collection. Use one of {', '.join(NAMES)}.", where=where)


def read_box(text: str, system: System) -> Box | None:
    """Read `bbox` in a system as a box in degrees; four numbers, or six of which the heights do not count. Raises `Problem` 400."""
    if not text:
        return None
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError:
        raise wrong(f"{text[:100]!r} is no box. Write four numbers: {_order(system)}.", where="bbox") from None
    if len(numbers) == 6:
        numbers = [numbers[at] for at in (0, 1, 3, 4)]
    if len(numbers) != 4 or not all(abs(each) < 1e9 for each in numbers):
        raise wrong(f"A box has four numbers, or six with heights: {_order(system)}. This one has {len(numbers)}.", where="bbox")
    west, south, east, north = (numbers[at] for at in ((1, 0, 3, 2) if system.flipped else (0, 1, 2, 3)))
    if west > east or south > north:
        raise wrong(f"The corners of the box are swapped, or it crosses the antimeridian: write {_order(system)}.", where="bbox")
    if system.code != 4326:
        return crs.box_in_degrees((west, south, east, north), system.code)
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise wrong(f"The box is not on Earth, or longitude and latitude are swapped: write {_order(system)}.", where="bbox")
    return west, south, east, north


def _order(system: System) -> str:
    if system.code != 4326:
        return "the lower x and y, then the higher, in metres"
    return "south,west,north,east in degrees" if system.flipped else "west,south,east,north in degrees"
