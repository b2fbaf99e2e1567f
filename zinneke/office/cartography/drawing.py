"""The surroundings of a thing as a drawing: itself in the middle, what lies around it on rings, lines between; a list beside it says the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from math import cos, pi, sin

from zinneke.kernel.chart import Line, LineChart
from zinneke.kernel.text import Text, choose
from zinneke.office.cartography.around import Neighbourhood
from zinneke.office.cartography.summary import Summary
from zinneke.office.cartography.things import KIND_NAMES, Thing

WIDTH, HEIGHT = 960, 460
RINGS = (0, 200, 300, 340, 360)
LABEL = 22
LETTER, LINE, DOT = 7.4, 17, 8
"""How wide a letter, how high a line of a label and how large half a thing are, about."""
Box = tuple[float, float, float, float]


FOUND = Text("Gardé ou demandé deux fois", "Dubbel bewaard of gevraagd", "Kept or asked twice")
VERIFIED = Text("Fiches vérifiées", "Nagekeken fiches", "Verified entries")
RATE = Text("Taux « une seule fois »", "Eénmaligheidsgraad", "Only Once rate")
FROM_TO = Text("De {} à {}.", "Van {} tot {}.", "From {} to {}.")


@dataclass(frozen=True, slots=True)
class LabelAt:
    """Where a label stands beside its thing; one that no place is left for is crowded, and shows when its thing is pointed at."""

    anchor: str
    dx: int
    dy: int
    crowded: bool = False


@dataclass(frozen=True, slots=True)
class Node:
    """A thing on the drawing: where, what it is called there, where it leads, and of which kind it is."""

    key: str
    kind: str
    kind_name: str
    label: str
    title: str
    x: float
    y: float
    centre: bool
    label_at: LabelAt


@dataclass(frozen=True, slots=True)
class Edge:
    """A line between two things."""

    x1: float
    y1: float
    x2: float
    y2: float


@dataclass(frozen=True, slots=True)
class Drawing:
    """The drawing in pixels."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    width: int = WIDTH
    height: int = HEIGHT


def draw(around: Neighbourhood, language: str) -> Drawing:
    """Place the things of a neighbourhood on rings, those of one kind beside each other."""
    rings: dict[int, list[int]] = {}
    for index, (_, distance) in enumerate(around.things):
        rings.setdefault(distance, []).append(index)
    places: dict[str, tuple[float, float]] = {}
    placed: list[tuple[Thing, float, bool]] = []
    for distance, members in sorted(rings.items()):
        members.sort(key=lambda index: (around.things[index][0].kind, around.things[index][0].key))
        for place, index in enumerate(members):
            thing, turn = around.things[index][0], 2 * pi * (place + (distance % 2) / 2) / len(members) - pi / 2
            radius = RINGS[min(distance, len(RINGS) - 1)]
            places[thing.key] = WIDTH / 2 + radius * 1.2 * cos(turn), HEIGHT / 2 + radius * 0.62 * sin(turn)
            placed.append((thing, cos(turn) if radius else 0, not distance))
    taken: list[Box] = [(x - DOT, y - DOT, x + DOT, y + DOT) for x, y in places.values()]
    nodes: list[Node] = []
    for thing, aside, centre in placed:
        x, y = places[thing.key]
        title = choose(thing.title, language)[0]
        label = title if len(title) <= LABEL else f"{title[: LABEL - 1].rstrip()}…"
        at = _label_at(x, y, label, "middle" if abs(aside) < 0.3 else "start" if aside > 0 else "end", taken)
        nodes.append(Node(thing.key, thing.kind, KIND_NAMES[thing.kind].said_in(language), label, title, round(x, 1), round(y, 1), centre, at))
    drawn = {tuple(sorted((source, target))) for source, _, target in around.links}
    lines = (Edge(*(round(each, 1) for each in (*places[one], *places[other]))) for one, other in sorted(drawn))
    return Drawing(tuple(nodes), tuple(lines))


def _label_at(x: float, y: float, label: str, side: str, taken: list[Box]) -> LabelAt:
    """Return the first place around a thing at which its label covers no other and no thing, and note that it is taken."""
    wide = len(label) * LETTER
    places = {"start": LabelAt("start", 14, 5), "end": LabelAt("end", -14, 5), "middle": LabelAt("middle", 0, 28), "above": LabelAt("middle", 0, -16)}
    for place in (places[side], *(each for name, each in places.items() if name != side)):
        left = x + place.dx - (0 if place.anchor == "start" else wide if place.anchor == "end" else wide / 2)
        box = left, y + place.dy - LINE + 4, left + wide, y + place.dy + 4
        inside = box[0] >= 0 and box[1] >= 0 and box[2] <= WIDTH and box[3] <= HEIGHT
        if inside and not any(box[0] < each[2] and each[0] < box[2] and box[1] < each[3] and each[1] < box[3] for each in taken):
            taken.append(box)
            return place
    return LabelAt(side, places[side].dx, places[side].dy, crowded=True)


def draw_trend(kept: Sequence[Summary], language: str) -> list[LineChart]:
    """Return the course of the map from day to day: what was found and verified, and the Only Once rate; nothing of fewer than two days."""
    if len(kept) < 2:
        return []
    days = [datetime.combine(each.day, time(12), UTC) for each in kept]
    caption = FROM_TO.said_in(language).format(kept[0].day.isoformat(), kept[-1].day.isoformat())
    found = Line(FOUND.said_in(language), list(zip(days, [float(each.findings) for each in kept], strict=True)))
    verified = Line(VERIFIED.said_in(language), list(zip(days, [float(each.verified) for each in kept], strict=True)), "soft", dashed=True)
    rate = Line(RATE.said_in(language), list(zip(days, [None if each.rate is None else 100 * each.rate for each in kept], strict=True)))
    charts = [LineChart(key="found", title=FOUND.said_in(language), caption=caption, unit="1", lines=[found, verified])]
    if sum(each.rate is not None for each in kept) > 1:
        charts.append(LineChart(key="rate", title=RATE.said_in(language), caption=caption, unit="%", lines=[rate]))
    return charts
