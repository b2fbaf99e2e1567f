"""The ground under every map: the communes' names, addresses and outlines, kept in memory until the territory changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.urls import reverse
from django.utils.text import slugify

from zinneke.foundations.territory import store as territory
from zinneke.foundations.territory.values import Area
from zinneke.kernel.confidentiality import ANONYMOUS, Actor
from zinneke.kernel.text import choose
from zinneke.web.outline import Bbox, Drawing, Frame, Point, around, draw


@dataclass(frozen=True, slots=True)
class Ground:
    """The communes by code, and their GeoJSON features."""

    communes: Mapping[str, Area]
    features: tuple[Mapping[str, Any], ...]

    @property
    def bbox(self) -> Bbox | None:
        """Return the box around all communes, None before there are any."""
        return around(area.bbox for area in self.communes.values())

    def name(self, code: str, language: str) -> str:
        """Return a commune's name for a reader, empty for a code that is none."""
        return choose(self.communes[code].name, language)[0] if code in self.communes else ""

    def href(self, code: str, language: str) -> str:
        """Return the address of a commune's page, empty for a code that is none."""
        return commune_address(self.communes[code], language) if code in self.communes else ""


def ground(actor: Actor) -> Ground:
    """Return the communes; the territory's facts are the same for everybody."""
    return _ground(territory.edition(actor))


@lru_cache(maxsize=2)
def _ground(edition: str) -> Ground:
    communes = {area.code: area for area in territory.list_areas(ANONYMOUS, "commune")}
    features = territory.area_geojson(ANONYMOUS, communes)["features"] if communes else []
    return Ground(communes, tuple(features))


def commune_address(area: Area, language: str) -> str:
    """Return the address of a commune's page: its NIS code and its name, so that it can be read."""
    return reverse("commune", kwargs={"key": f"{area.code}-{slugify(choose(area.name, language)[0])}"})


def picture(actor: Actor, language: str, points: Iterable[Point] = (), on: str = "", bbox: Bbox | None = None, width: int = 600) -> Drawing | None:
    """Draw the Region with its communes, each leading to its page, and points upon it; None before there are communes."""
    land = ground(actor)
    box = bbox or land.bbox
    if box is None:
        return None
    names = {code: choose(area.name, language)[0] for code, area in land.communes.items()}
    hrefs = {code: commune_address(area, language) for code, area in land.communes.items()}
    return draw(Frame(box, width), land.features, names, hrefs, on, points)
