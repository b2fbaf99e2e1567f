"""The map of the communes that says something: how many people live on a square kilometre, as quiet shades with their legend."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, replace
from functools import lru_cache

from django.utils.translation import gettext as _

from zinneke.foundations.territory import store as territory
from zinneke.foundations.territory.values import Area
from zinneke.kernel.confidentiality import ANONYMOUS, Actor
from zinneke.web import formats
from zinneke.web.area_facts import fact
from zinneke.web.ground import Ground, ground
from zinneke.web.outline import Drawing, Frame, draw, label, spread

BOUNDS = (5_000, 10_000, 15_000, 20_000)
"""People on a square kilometre, where one shade ends and the next begins."""
WIDTH = 640


@dataclass(frozen=True, slots=True)
class Densities:
    """The drawing, its legend (shade, words) and the year of the figures; without figures, a drawing with names alone."""

    drawing: Drawing
    legend: tuple[tuple[int, str], ...]
    year: str


def densities(actor: Actor, language: str) -> Densities | None:
    """Return the map of the communes by density of population; None before there are communes."""
    return _densities(territory.edition(actor), language)


@lru_cache(maxsize=6)
def _densities(_edition: str, language: str) -> Densities | None:
    land = ground(ANONYMOUS)  # the facts of the territory are the same for everybody
    if land.bbox is None:
        return None
    found = {code: density(area) for code, area in land.communes.items()}
    names = {code: _name(land, code, language, value) for code, (value, _year) in found.items()}
    frame = Frame(land.bbox, WIDTH)
    drawn = draw(frame, land.features, names, {code: land.href(code, language) for code in found})
    shades = {names[code]: 0 if value is None else 1 + bisect_left(BOUNDS, value) for code, (value, _year) in found.items()}
    outlines = tuple(replace(each, shade=shades.get(each.name, 0)) for each in drawn.outlines)
    small_first = sorted(land.communes.values(), key=lambda area: fact(area, "area")[0] or 0)
    labels = spread(label(frame, land.name(area.code, language), *area.centre) for area in small_first)
    used = sorted(set(shades.values()) - {0})
    years = {year for value, year in found.values() if value is not None and year}
    return Densities(replace(drawn, outlines=outlines, labels=labels), tuple((each, words(each, language)) for each in used), max(years, default=""))


def density(area: Area) -> tuple[float | None, str]:
    """Return how many people live on a square kilometre of an area, and in which year; None where that is not known."""
    (people, year), (land, _year) = fact(area, "population"), fact(area, "area")
    return (people / land, year) if people and land else (None, "")


def words(shade: int, language: str) -> str:
    """Return a shade's range in words."""
    low, high = (formats.number(BOUNDS[at], language) if 0 <= at < len(BOUNDS) else "" for at in (shade - 2, shade - 1))
    if not low:
        return _("under %(high)s") % {"high": high}
    return _("%(low)s to %(high)s") % {"low": low, "high": high} if high else _("over %(low)s") % {"low": low}


def _name(land: Ground, code: str, language: str, value: float | None) -> str:
    name = land.name(code, language)
    return name if value is None else _("%(name)s: %(value)s people per km²") % {"name": name, "value": formats.number(round(value, -1), language)}
