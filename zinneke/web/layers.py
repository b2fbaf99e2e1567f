"""What the maps can show: the layers of every solution with live values, and the datasets that have shapes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from zinneke.foundations.observations import store as observations
from zinneke.foundations.observations.values import Latest
from zinneke.kernel.confidentiality import Actor
from zinneke.kernel.registry import solutions
from zinneke.kernel.solution import Class, Layer, Solution
from zinneke.kernel.text import choose
from zinneke.web import formats
from zinneke.web.outline import Point
from zinneke.web.standing import class_of, of_layer

DAY = 86_400


@dataclass(frozen=True, slots=True)
class Item:
    """A value on the map and in the list beside it; `daily` when it stands for a whole day."""

    name: str
    value: str
    note: str
    status: str
    colour: str
    lon: float
    lat: float
    href: str
    time: Any
    area: str
    daily: bool = False

    @property
    def said(self) -> str:
        """Return the class in words, empty where its words only repeat the range of the value."""
        return "" if any(letter.isdigit() for letter in self.note) else self.note

    @property
    def place(self) -> str:
        """Return the point as `lon,lat`, as scripts read it."""
        return f"{self.lon:.5f},{self.lat:.5f}"


@dataclass(frozen=True, slots=True)
class Key:
    """One line of a legend: a class, its range in words, and how many assets are in it."""

    name: str
    status: str
    colour: str
    span: str
    count: int


def items(layer: Layer, solution: Solution, latest: Iterable[Latest], language: str) -> list[Item]:
    """Return what a layer shows, in order of name, what stands on the territory first."""
    unit = solution.reading(layer.reading).unit
    made = []
    for each in of_layer(layer, latest):
        found = class_of(layer, each.value)
        place = each.thing.place
        if place is None:
            continue
        made.append(
            Item(
                choose(each.thing.name, language)[0] or each.thing.key.partition("/")[2],
                formats.quantity(each.value, unit, language),
                found.name.said_in(language) if found else "",
                found.status if found else "unknown",
                found.colour if found else "",
                place.lon,
                place.lat,
                reverse("sensor", kwargs={"number": str(each.stream.id)}),
                each.time,
                each.thing.area,
                each.stream.interval >= DAY,
            )
        )
    return sorted(made, key=lambda item: (not item.area, item.name))


def points(shown: Iterable[Item]) -> list[Point]:
    """Return the marks of a drawing for the items of a layer."""
    return [
        Point(
            each.lon,
            each.lat,
            f"{each.name}: {each.value} ({each.said})" if each.said else f"{each.name}: {each.value}",
            each.status,
            each.colour,
            each.href,
        )
        for each in shown
    ]


def legend(layer: Layer, solution: Solution, shown: Sequence[Item], language: str) -> list[Key]:
    """Return a layer's classes in words, with how many of the shown items are in each."""
    unit = solution.reading(layer.reading).unit
    made = []
    below: float | None = None
    for each in layer.classes:
        name = each.name.said_in(language)
        count = sum(1 for item in shown if item.note == name and item.colour == each.colour)
        words = "" if any(letter.isdigit() for letter in name) else span(below, each, unit, language)
        made.append(Key(name, each.status, each.colour, words, count))
        below = each.upto
    return made


def span(below: float | None, each: Class, unit: str, language: str) -> str:
    """Return the range of a class: `≤ 10`, `10 – 20`, `> 40`, with the unit."""
    low = formats.number(below, language) if below is not None else ""
    if each.upto == float("inf"):
        return f"> {formats.quantity(below, unit, language)}" if below is not None else ""
    high = formats.quantity(each.upto, unit, language)
    return f"{low} – {high}" if low else f"≤ {high}"


def geojson(shown: Iterable[Item], language: str) -> dict[str, Any]:
    """Return a layer as GeoJSON: name, label, note and colour are what the living map draws."""
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "geometry": {"type": "Point", "coordinates": [each.lon, each.lat]},
                "properties": {
                    "name": each.name,
                    "label": each.value,
                    "note": each.said,
                    "status": each.status,
                    "colour": each.colour,
                    "href": each.href,
                    "when": formats.day(each.time, language) if each.daily else formats.moment(each.time, language, "short"),
                },
            }
            for each in shown
        ],
    }


def values_layer(solution: Solution, layer: Layer, language: str) -> dict[str, Any]:
    """Return a solution's layer as the living map reads it."""
    return {
        "id": f"{solution.key}.{layer.key}",
        "kind": "values",
        "url": reverse("map-layer", kwargs={"layer": f"{solution.key}.{layer.key}"}),
        "name": f"{solution.name.said_in(language)}: {layer.name.said_in(language)}",
    }


def find(word: str) -> tuple[Solution, Layer] | None:
    """Return the solution and layer that `solution.layer` names, None when there is no such layer."""
    key, _, name = word.partition(".")
    solution = solutions().get(key)
    layer = next((each for each in solution.layers if each.key == name), None) if solution else None
    return (solution, layer) if solution and layer else None


def available(actor: Actor) -> Mapping[str, int]:
    """Return how many values each solution's reading has now on the territory: `solution/reading` by number, from memory."""
    counted: dict[str, int] = {}
    for each in observations.latest(actor):
        if each.thing.place and each.thing.area:
            word = f"{each.thing.solution}/{each.stream.reading}"
            counted[word] = counted.get(word, 0) + 1
    return counted
