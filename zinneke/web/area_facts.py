"""What is counted of an area: its figures beside the Region's, and its places by category."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from zinneke.foundations.territory import store as territory
from zinneke.foundations.territory.categories import CATEGORIES
from zinneke.foundations.territory.values import Area
from zinneke.kernel.chart import Bar, BarChart
from zinneke.kernel.confidentiality import Actor
from zinneke.kernel.text import Text
from zinneke.web import formats

MOST_BARS = 12


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of an area: its words, its value and unit, and the Region's own where the two compare."""

    name: Text
    value: float
    unit: str
    region: float | None = None
    share: float | None = None
    year: str = ""


POPULATION = Text("Population", "Bevolking", "Population")
AREA = Text("Superficie", "Oppervlakte", "Area")
DENSITY = Text("Densité de population", "Bevolkingsdichtheid", "Population density")


def fact(area: Area | None, key: str) -> tuple[float | None, str]:
    """Return the newest figure among an area's facts `key`, `key_2018`, `key_2018_per_km2`…, and its year."""
    found = []
    for name, value in (area.facts if area else {}).items():
        if isinstance(value, int | float) and not isinstance(value, bool) and (name == key or name.startswith(f"{key}_")):
            year = next((part for part in name.split("_") if len(part) == 4 and part.isdigit()), "")
            found.append((year, float(value)))
    return (max(found)[1], max(found)[0]) if found else (None, "")


def figures(area: Area, region: Area | None, communes: Sequence[Area]) -> list[Figure]:
    """Return population, area and density beside the Region's; the Region's are sums of its communes where it has none of its own."""
    (people, year), (land, _year) = fact(area, "population"), fact(area, "area")
    density, dense_year = fact(area, "density")
    density = density or (people / land if people and land else None)
    all_people = fact(region, "population")[0] or sum(fact(each, "population")[0] or 0 for each in communes) or None
    all_land = fact(region, "area")[0] or sum(fact(each, "area")[0] or 0 for each in communes) or None
    made = []
    if people:
        made.append(Figure(POPULATION, people, "1", all_people, people / all_people if all_people else None, year))
    if density:
        made.append(Figure(DENSITY, density, "/km2", all_people / all_land if all_people and all_land else None, None, dense_year or year))
    if land:
        made.append(Figure(AREA, land, "km2", all_land, land / all_land if all_land else None))
    return made


def share(value: float | None, language: str) -> str:
    """Write a share of the Region: 5 %, 0,4 %."""
    if not value:
        return ""
    if value >= 0.01:
        return formats.quantity(round(value * 100), "%", language)
    return formats.number(value * 100, language, 1) + (f"{formats.NO_BREAK}%" if language == "fr" else "%")


def places(actor: Actor, code: str, language: str) -> tuple[int, BarChart | None]:
    """Return how many streets a commune has, and its points of interest by category as bars."""
    tallied = territory.tally_places(actor, code)
    streets = sum(count for (kind, _category), count in tallied.items() if kind == "street")
    counted = sorted(((count, category) for (kind, category), count in tallied.items() if kind == "poi"), reverse=True)
    if not counted:
        return streets, None
    named = [
        (CATEGORIES[category].said_in(language) if category in CATEGORIES else category, count) for count, category in counted if category != "other"
    ]
    caption = _("%(count)s places on the map of OpenStreetMap.") % {"count": formats.number(sum(count for count, _category in counted), language)}
    bars = tuple(Bar(label, count) for label, count in named[:MOST_BARS])
    return streets, BarChart(key="places", title=_("Shops, schools, care and leisure"), caption=caption, unit="1", bars=bars, source="OpenStreetMap")
