"""The people's doors over all the worlds at once: pages may only show what whoever looks may see."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable
from importlib import import_module
from types import ModuleType
from typing import Any

import shapely

from tests import access
from tests.access import catalogue, observations, tables
from tests.access.cast import ANDERLECHT, ITEMS, SCHAERBEEK, Item, Somebody
from tests.access.doors import Door, at_most, lists, opens
from zinneke.foundations.territory import store as territory
from zinneke.foundations.territory.values import AreaRow
from zinneke.kernel.confidentiality import SYSTEM

Get = Callable[[Somebody, str], Any]
WORLDS: tuple[ModuleType, ...] = tuple(
    module for info in pkgutil.iter_modules(access.__path__) if hasattr(module := import_module(f"{access.__name__}.{info.name}"), "ROOM")
)
"""The world of each room: what is planted behind its doors, and how each is asked. A module with `ROOM`, `HANDLED`, `doors`, `writing`, `routes`,
and, where the room has pages of its own, `pages(get)` and `OWN_PAGES`: those that show nothing but one's own, or take a form."""
OWN = {
    "sign-in", "sign-in-code", "second-factor", "sign-out", "account", "account-language", "account-password", "add-own-token", "revoke-own-token",
}.union(*(getattr(world, "OWN_PAGES", ()) for world in WORLDS))  # fmt: skip
"""Pages that show nothing but one's own: tests/foundations/identity/test_pages.py and the tests of each room."""


def plant() -> dict[tuple[str, str], int]:
    """Plant every world in two communes, the catalogue's entries over the tables' datasets."""
    areas = [AreaRow("04000", "region", {"fr": "Région", "nl": "Gewest"}, shapely.box(4.3, 50.8, 4.5, 50.9))]
    areas += [
        AreaRow(code, "commune", {"fr": f"Commune {code}", "nl": f"Gemeente {code}"}, shapely.box(west, 50.8, west + 0.1, 50.9), "04000")
        for code, west in ((ANDERLECHT, 4.3), (SCHAERBEEK, 4.4))
    ]
    areas.append(AreaRow("1", "neighbourhood", {"fr": "Quartier", "nl": "Wijk"}, shapely.box(4.3, 50.8, 4.4, 50.9), ANDERLECHT))
    territory.set_areas(SYSTEM, areas)
    tables.plant()
    catalogue.plant()
    return observations.plant()


def doors(get: Get) -> list[Door]:
    """Plant the worlds and return every page that shows data."""
    numbers = plant()
    bins, air = "observations.smart_bins", "observations.air_quality"

    def bin_of(item: Item) -> int:
        return numbers["smart_bins", item.mark]

    def station_of(item: Item) -> int:
        return numbers["air_quality", item.mark]

    found = [
        lists("search", lambda who: get(who, "/en/search/?q=kerkrade").content),
        opens("dataset", lambda who, item: get(who, f"/en/data/{item.mark}/")),
        opens("dataset-compare", lambda who, item: get(who, f"/en/data/{item.mark}/compare/")),
        opens("explorer", lambda who, item: get(who, f"/en/data/{item.mark}/explore/?by=name")),
        opens("explorer-embed", lambda who, item: get(who, f"/en/data/{item.mark}/embed/?by=time&step=day&figure=sum:figure")),
        opens("dataset-map", lambda who, item: get(who, f"/en/data/{item.mark}/map/")),
        opens("dataset-chart", lambda who, item: get(who, f"/en/data/{item.mark}/chart.csv")),
        *(opens(name, lambda who, item, a=path: get(who, a.format(station_of(item))), air) for name, path in SENSOR),
        *(opens(name, lambda who, item, a=path: get(who, a.format(bin_of(item))), bins) for name, path in SENSOR),
        opens("dashboard-compare", lambda who, item: get(who, f"/en/dashboard/compare/{item.mark}/")),
        opens("dashboard-embed", lambda who, item: get(who, f"/nl/dashboard/embed/{item.mark}/")),
        *(at_most("search", lambda who, i=item: get(who, f"/nl/search/?q={i.mark[:6]}&kind={i.mark[:4]}").content) for item in ITEMS[:1]),
    ]
    for solution, subject in (("smart_bins", bins), ("air_quality", air)):
        for name, path in SOLUTION:
            found.append(at_most(name, lambda who, a=path, s=solution: get(who, a.format(s)).content, subject))
    for layer, subject in (("smart_bins.fill", bins), ("air_quality.pm25", air)):
        found.append(at_most("map-layer", lambda who, a=f"/en/map/layers/{layer}.geojson": get(who, a).content, subject))
    for name, path in MIXED:
        found.append(at_most(name, lambda who, a=path: get(who, a).content, bins))
    for world in WORLDS:
        if hasattr(world, "pages"):
            found += world.pages(get)
    return found


SENSOR = (("sensor", "/en/sensors/{}/"), ("sensor-csv", "/en/sensors/{}/csv/"))
SOLUTION = (
    ("solution", "/fr/solutions/{}/"),
    ("solution-trend", "/en/solutions/{}/trend.csv"),
    ("solution-latest", "/en/solutions/{}/latest.csv"),
)
MIXED = (
    ("home", "/en/"),
    ("map", "/en/map/"),
    ("about", "/en/about/"),
    ("accessibility", "/en/accessibility/"),
    ("developers", "/en/developers/"),
    ("domain", "/en/domains/environment/"),
    ("domain", "/en/domains/mobility/"),
    ("communes", "/en/communes/"),
    ("commune", f"/en/communes/{SCHAERBEEK}/"),
    ("commune", f"/nl/communes/{ANDERLECHT}/"),
    ("neighbourhood", "/en/neighbourhoods/1/"),
    ("area-outline", f"/en/areas/{SCHAERBEEK}/outline.geojson"),
    ("solutions", "/en/solutions/"),
    ("office", "/en/office/"),
    ("desk", "/en/desk/"),
    ("dashboard", "/en/dashboard/"),
    ("dashboard-audience", "/fr/dashboard/for/academia/"),
    ("dashboard-commune", f"/nl/dashboard/communes/{SCHAERBEEK}/"),
    ("dashboard-manager", "/en/dashboard/manager/"),
    ("dashboard-csv", "/en/dashboard/dashboard.csv"),
    ("dashboard-pdf", "/en/dashboard/report.pdf"),
)
"""Pages that gather from several rooms: nobody may find there more than they may see anywhere."""
