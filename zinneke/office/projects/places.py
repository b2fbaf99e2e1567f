"""The geometries of projects, and the names by which files call organisations and communes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import shapely

from zinneke.foundations.territory import store as territory
from zinneke.kernel.confidentiality import Actor
from zinneke.office.projects import shelf
from zinneke.office.projects.intake import Lookups


def shapes(actor: Actor, keys: Iterable[str]) -> dict[str, Any]:
    """Return the GeoJSON geometries of projects within reach, by key."""
    wanted = set(keys)
    placed = shelf.records(actor).filter(geometry__isnull=False).values_list("key", "geometry")
    return {key: shapely.geometry.mapping(shapely.from_wkb(bytes(wkb))) for key, wkb in placed if key in wanted}


def lookups(actor: Actor) -> Lookups:
    """Return the names by which a file may call organisations and communes."""
    organisations = {key: each.name for key, each in shelf.organisations().items()}
    return Lookups.of(organisations, {area.code: area.name for area in territory.list_areas(actor, "commune")})
