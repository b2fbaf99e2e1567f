"""The map of the Region: at most three layers, a legend in words, and beside it a list with the same content."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse

from zinneke.foundations.observations import store as observations
from zinneke.foundations.tables import store as tables
from zinneke.foundations.tables.values import Version
from zinneke.foundations.territory import store as territory
from zinneke.foundations.territory.values import Place
from zinneke.kernel.confidentiality import Actor, Right
from zinneke.kernel.problem import not_found
from zinneke.kernel.registry import solutions
from zinneke.kernel.route import EVERYONE, Front, Needs, Page
from zinneke.kernel.solution import Layer, Solution
from zinneke.kernel.text import Text, choose
from zinneke.web import dataset_map, ground, layers
from zinneke.web.templatetags.zinneke import language
from zinneke.web.views.commune import titles

MOST = 3
LISTED = 40
DATA = "data."
HUES = ("government", "living", "economy")
"""The hues of datasets on the map, in the order in which they were chosen; their names stand beside them."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A layer that can be chosen: its word in the address, its name, how many values or shapes, whether it is on."""

    word: str
    name: str
    count: int
    on: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """A layer that is on: what the living map is told, its legend, and the first of its items as a list."""

    name: str
    about: str
    layer: dict[str, Any]
    legend: Sequence[layers.Key]
    items: Sequence[layers.Item]
    shapes: Sequence[dataset_map.Item]
    more: int
    href: str
    hue: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks: layers, position (`zoom/lat/lon`), a place to look for, and a point to be near."""

    words: tuple[str, ...]
    refused: tuple[str, ...]
    at: str
    text: str
    near: tuple[float, float] | None

    def address(self, **changes: Any) -> str:
        """Return the address of the page with something changed."""
        state: dict[str, Any] = {"layer": list(self.words), "at": self.at, "q": self.text, **changes}
        return "?" + urlencode(
            [(key, each) for key, value in state.items() for each in (value if isinstance(value, list) else [value]) if each], safe="/."
        )


def asked(request: HttpRequest) -> Asked:
    """Read the address; what cannot be read is left out."""
    words = tuple(dict.fromkeys(request.GET.getlist("layer")))
    return Asked(
        words[:MOST], words[MOST:], position(request.GET.get("at", "")), request.GET.get("q", "").strip()[:100], pair(request.GET.get("near", ""))
    )


def position(text: str) -> str:
    """Return a position `zoom/lat/lon` if it is one, else nothing."""
    try:
        zoom, lat, lon = (float(part) for part in text.split("/"))
    except ValueError:
        return ""
    return text if 0 <= zoom <= 22 and -90 <= lat <= 90 and -180 <= lon <= 180 else ""


def pair(text: str) -> tuple[float, float] | None:
    """Return `lon,lat` as two numbers, None where it is not a place on Earth."""
    try:
        lon, lat = (float(part) for part in text.split(","))
    except ValueError:
        return None
    return (lon, lat) if -180 <= lon <= 180 and -90 <= lat <= 90 else None


def show(request: HttpRequest) -> HttpResponse:
    """Show the map with the layers of the address; without any, with the first layer that has values."""
    actor: Actor = request.actor
    state, spoken = asked(request), language()
    offers = live(actor, state, spoken)
    if not state.words and "layer" not in request.GET and offers and not request.GET.get("chosen"):
        first = max(offers, key=lambda offer: offer.count)
        state = Asked((first.word,), (), state.at, state.text, state.near)
        offers = live(actor, state, spoken)
    versions = shaped(actor)
    shown = [each for at, word in enumerate(state.words) for each in (on(actor, word, at, state, versions, spoken),) if each]
    marks = layers.points(item for each in shown for item in each.items)
    context = {
        "state": state,
        "live": offers,
        "data": data(actor, state, versions, spoken),
        "shown": shown,
        "layers": [each.layer for each in shown],
        "drawing": ground.picture(actor, spoken, marks),
        "places": places(actor, state, spoken) if state.text else None,
        "communes": [(choose(area.name, spoken)[0], ground.commune_address(area, spoken)) for area in ground.ground(actor).communes.values()],
        "clear": "?chosen=1",
    }
    return render(request, "web/map.html", context)


def live(actor: Actor, state: Asked, spoken: str) -> list[Offer]:
    """Return the layers of the solutions that have values now."""
    counts = layers.available(actor)
    return [
        Offer(word, f"{solution.name.said_in(spoken)}: {layer.name.said_in(spoken)}", count, word in state.words)
        for solution in solutions().values()
        for layer in solution.layers
        if (count := counts.get(f"{solution.key}/{layer.reading}", 0))
        for word in (f"{solution.key}.{layer.key}",)
    ]


def shaped(actor: Actor) -> dict[str, Version]:
    """Return the datasets that have shapes, by key."""
    return {version.dataset: version for version in tables.list_datasets(actor, limit=500) if version.geometry}


def data(actor: Actor, state: Asked, versions: dict[str, Version], spoken: str) -> list[Offer]:
    """Return the datasets with shapes that can be put on the map."""
    named = titles(actor, spoken)
    offers = (Offer(DATA + key, named[key], version.rows, DATA + key in state.words) for key, version in versions.items() if key in named)
    return sorted(offers, key=lambda offer: offer.name)


def on(actor: Actor, word: str, at: int, state: Asked, versions: dict[str, Version], spoken: str) -> Shown | None:
    """Return a layer that is on; None for a word that names none."""
    if word.startswith(DATA):
        version = versions.get(word.removeprefix(DATA))
        return of_data(actor, version, HUES[at % len(HUES)], spoken) if version else None
    found = layers.find(word)
    return of_solution(actor, *found, state, spoken) if found else None


def of_solution(actor: Actor, solution: Solution, layer: Layer, state: Asked, spoken: str) -> Shown:
    """Return a solution's layer with its values now, nearest first where the address names a point."""
    items = layers.items(layer, solution, observations.latest(actor, solution=solution.key, reading=layer.reading), spoken)
    if state.near:
        items.sort(key=lambda item: apart(item.lon, item.lat, *state.near))  # type: ignore[misc]
    unit = solution.reading(layer.reading).name.said_in(spoken)
    href = reverse("solution", kwargs={"key": solution.key})
    told = layers.values_layer(solution, layer, spoken)
    return Shown(
        solution.name.said_in(spoken),
        unit,
        told,
        layers.legend(layer, solution, items, spoken),
        items[:LISTED],
        (),
        max(0, len(items) - LISTED),
        href,
    )


def apart(lon: float, lat: float, west: float, south: float) -> float:
    """Return a distance that puts places in order of nearness, in degrees of latitude."""
    return math.hypot((lon - west) * math.cos(math.radians(lat)), lat - south)


def of_data(actor: Actor, version: Version, hue: str, spoken: str) -> Shown:
    """Return a dataset's layer with the first of its shapes."""
    features = tables.features(actor, version.dataset, None, LISTED, version.number)["features"]
    items = [item for item in (dataset_map.item_of(each, version, spoken) for each in features) if item]
    name = titles(actor, spoken).get(version.dataset, version.dataset)
    layer = dataset_map.tiles_of(version, name) | {"colour": f"--{hue}"}
    return Shown(name, "", layer, (), (), items, max(0, version.rows - len(items)), reverse("dataset", kwargs={"key": version.dataset}), hue)


def places(actor: Actor, state: Asked, spoken: str) -> list[tuple[Place, str, str]]:
    """Return the places that answer to the text, each with its name and the address that shows it."""
    found = territory.find_places(actor, state.text, spoken, limit=8)
    return [(place, choose(place.name, spoken)[0], state.address(at=f"15.5/{place.lat:.4f}/{place.lon:.4f}")) for place in found]


def layer(request: HttpRequest, layer: str) -> HttpResponse:
    """Give a solution's layer with its values now as GeoJSON. Raises `Problem` 404."""
    found = layers.find(layer)
    if found is None:
        raise not_found("layer", layer)
    solution, declared = found
    spoken = language()
    latest = observations.latest(request.actor, solution=solution.key, reading=declared.reading)
    answer = JsonResponse(layers.geojson(layers.items(declared, solution, latest, spoken), spoken), content_type="application/geo+json")
    answer["Cache-Control"] = "private, max-age=30"
    return answer


SAMPLE = {"layer": next((f"{each.key}.{each.layers[0].key}" for each in solutions().values() if each.layers), "")}
PAGES = (
    Page(
        name="map",
        path="map/",
        view=show,
        audience=EVERYONE,
        front=Front(
            icon="map",
            title=Text("Carte", "Kaart", "Map"),
            about=Text(
                "Toutes les couches sur une carte de la Région.", "Alle lagen op één kaart van het Gewest.", "Every layer on one map of the Region."
            ),
        ),
    ),
    Page(name="map-layer", path="map/layers/{layer}.geojson", view=layer, audience=Needs(Right.SEE, "observations"), sample=SAMPLE),
)
