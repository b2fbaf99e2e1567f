"""Everything that is known about one commune, or one neighbourhood, on one page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse

from zinneke.foundations.catalogue import store as catalogue
from zinneke.foundations.observations import store as observations
from zinneke.foundations.territory import store as territory
from zinneke.foundations.territory.values import Area
from zinneke.kernel.confidentiality import Actor, Right
from zinneke.kernel.problem import not_found
from zinneke.kernel.registry import solutions
from zinneke.kernel.route import Needs, Page
from zinneke.kernel.solution import Solution
from zinneke.kernel.text import choose
from zinneke.web import area_charts, area_facts, formats, ground
from zinneke.web.density import densities
from zinneke.web.layers import DAY, Item
from zinneke.web.outline import around
from zinneke.web.standing import class_of
from zinneke.web.templatetags.zinneke import language

MOST_SENSORS = 40


@dataclass(frozen=True, slots=True)
class Sensors:
    """The sensors of one solution in an area, with their newest values."""

    solution: Solution
    items: tuple[Item, ...]
    more: int


def index(request: HttpRequest) -> HttpResponse:
    """List the communes, on a map and by name."""
    actor: Actor = request.actor
    spoken = language()
    land = ground.ground(actor)
    listed = sorted(
        ((choose(area.name, spoken)[0], ground.commune_address(area, spoken), area) for area in land.communes.values()), key=lambda each: each[0]
    )
    return render(request, "web/communes.html", {"communes": listed, "densities": densities(actor, spoken)})


def show(request: HttpRequest, key: str) -> HttpResponse:
    """Show one commune. Raises `Problem` 404; another spelling of its name leads to the right address."""
    actor: Actor = request.actor
    spoken = language()
    area = area_of(actor, key.partition("-")[0], "commune")
    address = ground.commune_address(area, spoken)
    if request.path != address:
        return HttpResponseRedirect(address)
    found = catalogue.search(actor, "", spoken, {"commune": [area.code]}, limit=8)
    streets, places = area_facts.places(actor, area.code, spoken)
    context = {
        **described(actor, area, spoken),
        "neighbourhoods": named(territory.list_areas(actor, "neighbourhood", area.code), spoken),
        "sensors": sensors(actor, area.code, spoken),
        "datasets": found.hits,
        "dataset_count": found.total,
        "streets": streets,
        "places": places,
        "charts": area_charts.charts(actor, area, spoken, titles(actor, spoken)),
    }
    return render(request, "web/commune.html", context)


def neighbourhood(request: HttpRequest, code: str) -> HttpResponse:
    """Show one neighbourhood. Raises `Problem` 404."""
    actor: Actor = request.actor
    spoken = language()
    area = area_of(actor, code, "neighbourhood")
    beside = [each for each in territory.list_areas(actor, "neighbourhood", area.parent) if each.code != area.code] if area.parent else []
    inside = [each for each in sensors(actor, area.parent, spoken, area.code) if each.items] if area.parent else []
    context = {**described(actor, area, spoken), "neighbourhoods": named(beside, spoken), "sensors": inside}
    return render(request, "web/neighbourhood.html", context)


def titles(actor: Actor, spoken: str) -> dict[str, str]:
    """Return the titles of our own datasets in the reader's language, in one query."""
    return {each.key: each.title_in(spoken)[0] for each in catalogue.list_datasets(actor, limit=1000, source=catalogue.OURS)[0]}


def area_of(actor: Actor, code: str, kind: str) -> Area:
    """Return an area of a kind. Raises `Problem` 404."""
    area = territory.find_area(actor, code)
    if area is None or area.kind != kind:
        raise not_found(kind, code)
    return area


def described(actor: Actor, area: Area, spoken: str) -> dict[str, Any]:
    """Return names, figures beside the Region's, and the map of an area."""
    land = ground.ground(actor)
    parent = land.communes.get(area.parent)
    region = next(iter(territory.list_areas(actor, "region")), None)
    west, south, east, north = around([area.bbox]) or area.bbox
    return {
        "area": area,
        "name": choose(area.name, spoken)[0],
        "other_names": other_names(area, spoken),
        "parent": (choose(parent.name, spoken)[0], ground.commune_address(parent, spoken)) if parent else None,
        "figures": [(each, area_facts.share(each.share, spoken)) for each in area_facts.figures(area, region, list(land.communes.values()))],
        "drawing": ground.picture(actor, spoken, on=area.parent or area.code)
        if area.kind == "neighbourhood"
        else ground.picture(actor, spoken, on=area.code),
        "bounds": [west, south, east, north],
        "outline": reverse("area-outline", kwargs={"code": area.code}),
    }


def other_names(area: Area, spoken: str) -> list[tuple[str, str]]:
    """Return the names in the other languages, with the language of each; those that are the same word are left out."""
    name = choose(area.name, spoken)[0]
    return [(language_, text) for language_, text in area.name.items() if text and text != name]


def named(areas: Sequence[Area], spoken: str) -> list[tuple[str, str]]:
    """Return areas as names and addresses, in order of name."""
    return sorted((choose(each.name, spoken)[0], reverse("neighbourhood", kwargs={"code": each.code})) for each in areas)


def sensors(actor: Actor, commune: str, spoken: str, neighbourhood: str = "") -> list[Sensors]:
    """Return the sensors of a commune, or of one of its neighbourhoods, by solution, with their newest values."""
    latest = observations.latest(actor, area=commune)
    if neighbourhood:
        placed = [each for each in latest if each.thing.place]
        codes = territory.locate(
            actor, [each.thing.place.lon for each in placed if each.thing.place], [each.thing.place.lat for each in placed if each.thing.place]
        )[1]
        latest = [each for each, code in zip(placed, codes.tolist(), strict=True) if code == neighbourhood]
    made = []
    for solution in solutions().values():
        names = {reading.key: (reading.name.said_in(spoken), reading.unit) for reading in solution.readings}
        layers = {layer.reading: layer for layer in reversed(solution.layers)}
        items = []
        for each in latest:
            if each.stream.solution != solution.key:
                continue
            words, unit = names.get(each.stream.reading, (each.stream.reading, each.stream.unit))
            layer = layers.get(each.stream.reading)
            found = class_of(layer, each.value) if layer else None
            place = each.thing.place
            items.append(
                Item(
                    f"{choose(each.thing.name, spoken)[0]}, {words}",
                    formats.quantity(each.value, unit, spoken),
                    found.name.said_in(spoken) if found else "",
                    found.status if found else "unknown",
                    found.colour if found else "",
                    place.lon if place else 0.0,
                    place.lat if place else 0.0,
                    reverse("sensor", kwargs={"number": str(each.stream.id)}),
                    each.time,
                    each.thing.area,
                    each.stream.interval >= DAY,
                )
            )
        if items:
            items.sort(key=lambda item: item.name)
            made.append(Sensors(solution, tuple(items[:MOST_SENSORS]), max(0, len(items) - MOST_SENSORS)))
    return made


def outline(request: HttpRequest, code: str) -> HttpResponse:
    """Give the outline of an area as GeoJSON. Raises `Problem` 404."""
    features = territory.area_geojson(request.actor, [code])
    if not features["features"]:
        raise not_found("area", code)
    answer = JsonResponse(features, content_type="application/geo+json")
    answer["Cache-Control"] = "private, max-age=3600" if request.actor.known else "public, max-age=3600"
    return answer


SEE = Needs(Right.SEE, "territory")
PAGES = (
    Page(name="communes", path="communes/", view=index, audience=SEE),
    Page(name="commune", path="communes/{key}/", view=show, audience=SEE, sample={"key": "21004"}),
    Page(name="neighbourhood", path="neighbourhoods/{code}/", view=neighbourhood, audience=SEE, sample={"code": "1"}),
    Page(name="area-outline", path="areas/{code}/outline.geojson", view=outline, audience=SEE, sample={"code": "21004"}),
)
