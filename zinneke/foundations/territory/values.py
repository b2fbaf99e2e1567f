"""What the territory takes and gives: areas, places, and where a point lies. All coordinates are WGS 84, longitude first."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

AreaKind = Literal["region", "commune", "neighbourhood"]
PlaceKind = Literal["commune", "neighbourhood", "street", "poi", "address"]

AREA_KINDS: tuple[AreaKind, ...] = ("region", "commune", "neighbourhood")
PLACE_KINDS: tuple[PlaceKind, ...] = ("street", "poi", "address")
"""The kinds that `set_places` takes; `find_places` also finds areas, as places of their own kind."""

FAMOUS = 2.0
"""The weight from which a point of interest is known beyond its own street."""

Bbox = tuple[float, float, float, float]
"""West, south, east, north in degrees."""


@dataclass(frozen=True, slots=True)
class Area:
    """A region, commune or neighbourhood. `parent` is the code of the area around it; `centre` is a point inside (lon, lat)."""

    code: str
    kind: str
    name: dict[str, str]
    parent: str
    postal_codes: tuple[str, ...]
    facts: dict[str, Any]
    bbox: Bbox
    centre: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Place:
    """Something with a name and a point. `area` is the commune it lies in, of a long street the one with most of it.

    `detail` holds what else is known: `communes` (every commune a street passes through), `bbox`, opening hours.
    """

    key: str
    kind: str
    name: dict[str, str]
    category: str
    lon: float
    lat: float
    area: str
    detail: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Located:
    """The commune and the neighbourhood of a point; empty strings outside."""

    commune: str
    neighbourhood: str


@dataclass(frozen=True, slots=True)
class AreaRow:
    """An area as a source gives it. `geometry` is a polygon or multipolygon: a shapely geometry or a GeoJSON-like dict.

    `note` is a sentence for the load report, about something that was repaired.
    """

    code: str
    kind: AreaKind
    name: dict[str, str]
    geometry: Any
    parent: str = ""
    postal_codes: tuple[str, ...] = ()
    facts: dict[str, Any] = field(default_factory=dict)
    note: str = ""


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """A place as a source gives it. `geometry` is a point or a line; the store finds the commune where `area` is empty."""

    key: str
    name: dict[str, str]
    geometry: Any
    category: str = ""
    area: str = ""
    detail: dict[str, Any] = field(default_factory=dict)
    weight: float = 0.0
