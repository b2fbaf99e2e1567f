"""Where each technology stands on the drawn radar: quadrants turn clockwise from the upper right, rings grow outwards. Pure geometry."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from zinneke.office.knowledge.kinds import QUADRANTS, RINGS
from zinneke.office.knowledge.values import Entry, Technology

SIZE = 400
CENTRE = SIZE / 2
RADII = dict(zip(RINGS, (78, 126, 164, 194), strict=True))
"""The outer edge of each ring, in units of the drawing."""
MARGIN = math.radians(9)


@dataclass(frozen=True, slots=True)
class Blip:
    """One technology in the drawing: its number in the list, and where it stands, as text for SVG."""

    number: int
    entry: Entry
    quadrant: str
    ring: str
    x: str
    y: str
    moved: str
    """`in`, `out`, `new` or nothing."""


@dataclass(frozen=True, slots=True)
class Group:
    """The technologies of one ring in one quadrant."""

    ring: str
    blips: list[Blip]


@dataclass(frozen=True, slots=True)
class Quadrant:
    """One quarter of the radar, with its corner of the drawing."""

    key: str
    groups: list[Group]
    x: int
    y: int
    anchor: str


def place(entries: Iterable[Entry], moved: dict[str, tuple[str, str]]) -> list[Quadrant]:
    """Return the quadrants with their technologies, numbered in the order in which they are listed.

    `moved` gives the ring that a technology came from and the one it went to; from none where it is new.
    """
    kept = [(entry, entry.details) for entry in entries if isinstance(entry.details, Technology)]
    number, quadrants = 0, []
    for turn, quadrant in enumerate(QUADRANTS):
        groups = []
        for ring in RINGS:
            held = [entry for entry, details in kept if details.quadrant == quadrant and details.ring == ring]
            held.sort(key=lambda entry: entry.key)
            blips = []
            for index, entry in enumerate(held):
                number += 1
                x, y = spot(turn, ring, index, len(held))
                blips.append(Blip(number, entry, quadrant, ring, f"{x:.1f}", f"{y:.1f}", _moved(moved.get(entry.key))))
            if blips:
                groups.append(Group(ring, blips))
        right, low = turn in (0, 1), turn in (1, 2)
        quadrants.append(Quadrant(quadrant, groups, SIZE - 2 if right else 2, SIZE + 14 if low else -5, "end" if right else "start"))
    return quadrants


def spot(turn: int, ring: str, index: int, many: int) -> tuple[float, float]:
    """Return where the `index`th of `many` technologies of a ring stands in quadrant `turn` (0 upper right, clockwise)."""
    names = list(RINGS)
    inner = RADII[names[names.index(ring) - 1]] if ring != names[0] else 20
    outer = RADII[ring]
    middle = (inner + outer) / 2
    swing = (outer - inner) / 5 if many > 3 else 0
    radius = middle + (swing if index % 2 else -swing)
    angle = MARGIN + (index + 0.5) / many * (math.pi / 2 - 2 * MARGIN) + turn * math.pi / 2
    return CENTRE + radius * math.sin(angle), CENTRE - radius * math.cos(angle)


def _moved(move: tuple[str, str] | None) -> str:
    if move is None or move[0] == move[1]:
        return ""
    if not move[0]:
        return "new"
    order = list(RINGS)
    return "in" if order.index(move[1]) < order.index(move[0]) else "out"
