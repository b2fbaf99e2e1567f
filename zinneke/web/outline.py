"""Maps drawn as plain pictures: outlines and marks as SVG, which stand without script, print well and can be pressed."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

Bbox = tuple[float, float, float, float]

SIDE = 7.0
SHAPES = {
    "good": "M{w} {y}A{r} {r} 0 1 1 {e} {y}A{r} {r} 0 1 1 {w} {y}Z",
    "watch": "M{x} {n}L{e} {s}L{w} {s}Z",
    "act": "M{x} {n}L{e} {y}L{x} {s}L{w} {y}Z",
    "unknown": "M{w} {n}L{e} {n}L{e} {s}L{w} {s}Z",
}
"""A status has a shape: circle, triangle, diamond, square. The same four as in `static/map/marks.js`."""


@dataclass(frozen=True, slots=True)
class Outline:
    """An area of a drawing: its path, its name, where it leads; `on` marks the one that the page is about, `shade` its class (0: none)."""

    path: str
    name: str
    href: str = ""
    on: bool = False
    shade: int = 0


@dataclass(frozen=True, slots=True)
class Label:
    """A name written on a drawing: the middle of its first line, and its lines."""

    x: float
    y: float
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """A point of a drawing: the path of its shape, its colour ("" for the status' own) and the words that go with it."""

    path: str
    status: str
    colour: str
    title: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class Point:
    """What is to be marked: where, how it stands, in which colour, with which words."""

    lon: float
    lat: float
    title: str
    status: str = "unknown"
    colour: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class Drawing:
    """A map as a picture of `width` by `height` units."""

    width: int
    height: int
    outlines: tuple[Outline, ...]
    marks: tuple[Mark, ...] = ()
    lines: tuple[str, ...] = ()
    labels: tuple[Label, ...] = ()


class Frame:
    """The projection of a drawing: degrees to units, north up, undistorted at the latitude in the middle."""

    def __init__(self, bbox: Bbox, width: int = 600, margin: int = 8, highest: int = 640) -> None:
        west, south, east, north = bbox
        self.squeeze = math.cos(math.radians((south + north) / 2))
        across, up = max((east - west) * self.squeeze, 1e-6), max(north - south, 1e-6)
        self.scale = min((width - 2 * margin) / across, (highest - 2 * margin) / up)
        self.west, self.north, self.margin = west, north, margin
        self.width = width
        self.height = math.ceil(up * self.scale) + 2 * margin
        self.shift = (width - 2 * margin - across * self.scale) / 2

    def project(self, lon: float, lat: float) -> tuple[float, float]:
        """Return the place of a point in the picture."""
        x = self.margin + self.shift + (lon - self.west) * self.squeeze * self.scale
        return round(x, 1), round(self.margin + (self.north - lat) * self.scale, 1)

    def path(self, geometry: Mapping[str, Any]) -> str:
        """Return a GeoJSON geometry as an SVG path; points that fall together in the picture are left out."""
        closed = "Polygon" in str(geometry.get("type"))
        return "".join(self._run(run, closed) for run in runs(geometry))

    def _run(self, run: Sequence[Sequence[float]], closed: bool) -> str:
        kept: list[tuple[float, float]] = []
        for lon, lat, *_ in run:
            point = self.project(lon, lat)
            if not kept or abs(point[0] - kept[-1][0]) + abs(point[1] - kept[-1][1]) >= 0.8:
                kept.append(point)
        if len(kept) < 2:
            return ""
        return "M" + "L".join(f"{x:g} {y:g}" for x, y in kept) + ("Z" if closed else "")

    def mark(self, point: Point, side: float = SIDE) -> Mark:
        """Return the mark of a point in the shape of its status."""
        x, y = self.project(point.lon, point.lat)
        shape = SHAPES.get(point.status, SHAPES["unknown"])
        path = shape.format(x=x, y=y, r=side, w=round(x - side, 1), e=round(x + side, 1), n=round(y - side, 1), s=round(y + side, 1))
        return Mark(path, point.status if point.status in SHAPES else "unknown", point.colour, point.title, point.href)


def label(frame: Frame, name: str, lon: float, lat: float) -> Label:
    """Return a name at a point, in two lines, cut at the hyphen nearest its middle, where it is long."""
    cuts = [at + 1 for at, letter in enumerate(name) if letter == "-"]
    cut = min(cuts, key=lambda at: abs(at - len(name) / 2)) if cuts and len(name) > 12 else 0
    lines = (name[:cut], name[cut:]) if cut else (name,)
    x, y = frame.project(lon, lat)
    return Label(x, y + 4 - 7 * (len(lines) - 1), lines)


def spread(labels: Iterable[Label], letter: float = 6.5, line: float = 14) -> tuple[Label, ...]:
    """Move labels up or down until none covers another; those that come first stay where they are."""
    placed: list[Label] = []
    for each in labels:
        tries = (replace(each, y=each.y + move * line) for move in (0, -1, 1, -2, 2, -3, 3))
        placed.append(next((tried for tried in tries if not any(_touch(tried, other, letter, line) for other in placed)), each))
    return tuple(placed)


def _touch(one: Label, other: Label, letter: float, line: float) -> bool:
    across = letter / 2 * (max(map(len, one.lines)) + max(map(len, other.lines)))
    top, bottom = (one, other) if one.y <= other.y else (other, one)
    return abs(one.x - other.x) < across and bottom.y - top.y < line * len(top.lines)


def runs(geometry: Mapping[str, Any]) -> Iterator[Sequence[Sequence[float]]]:
    """Yield the runs of points of a GeoJSON geometry: rings of polygons, lines; points have none."""
    kind, coordinates = geometry.get("type"), geometry.get("coordinates") or ()
    if kind == "LineString":
        yield coordinates
    elif kind in ("Polygon", "MultiLineString"):
        yield from coordinates
    elif kind == "MultiPolygon":
        for polygon in coordinates:
            yield from polygon
    elif kind == "GeometryCollection":
        for part in geometry.get("geometries") or ():
            yield from runs(part)


def around(boxes: Iterable[Bbox]) -> Bbox | None:
    """Return the box around several boxes, None around nothing."""
    found = [box for box in boxes if box]
    if not found:
        return None
    return min(b[0] for b in found), min(b[1] for b in found), max(b[2] for b in found), max(b[3] for b in found)


def draw(
    frame: Frame,
    features: Iterable[Mapping[str, Any]],
    names: Mapping[str, str],
    hrefs: Mapping[str, str],
    on: str = "",
    points: Iterable[Point] = (),
) -> Drawing:
    """Draw areas (GeoJSON features whose `id` or property `code` is their code) and the points upon them."""
    outlines = []
    for feature in features:
        code = str(feature.get("id") or (feature.get("properties") or {}).get("code") or "")
        outlines.append(Outline(frame.path(feature.get("geometry") or {}), names.get(code, code), hrefs.get(code, ""), code == on and bool(on)))
    outlines.sort(key=lambda outline: outline.on)
    west, east = 0, frame.width
    marks = [mark for point in points for mark in (frame.mark(point),) if west <= frame.project(point.lon, point.lat)[0] <= east]
    return Drawing(frame.width, frame.height, tuple(outlines), tuple(marks))
