"""Where a project is: its geometry checked against the Region, its box, and the communes it touches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import shapely

from zinneke.foundations.territory import store as territory
from zinneke.kernel.confidentiality import ANONYMOUS
from zinneke.kernel.text import Text
from zinneke.office.projects.rules import Wrong

LARGEST = 200_000
"""Points of a geometry at the most."""
KINDS = frozenset({"Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon"})


@dataclass(frozen=True, slots=True)
class Placed:
    """A geometry that was checked: its WKB, its box, and the communes it touches."""

    wkb: bytes
    bbox: tuple[float, float, float, float]
    communes: tuple[str, ...]


class Ground:
    """The Region and its communes, read once for as many places as there are to check."""

    def __init__(self) -> None:
        self.communes = territory.area_shapes(ANONYMOUS, "commune")
        self.region = shapely.union_all([shape for _, shape in self.communes]) if self.communes else None
        self.codes = {area.code for area, _ in self.communes}

    def place(self, geometry: Mapping[str, Any]) -> Placed | Wrong:
        """Return a GeoJSON geometry with its communes, or what is wrong with it."""
        shape = _shape(geometry)
        if isinstance(shape, Wrong):
            return shape
        if self.region is not None and not shape.intersects(self.region):
            return self._outside(shape)
        communes = tuple(sorted(area.code for area, outline in self.communes if outline.intersects(shape) and not outline.touches(shape)))
        west, south, east, north = shape.bounds
        return Placed(shapely.to_wkb(shape), (west, south, east, north), communes)

    def _outside(self, shape: Any) -> Wrong:
        x, y = shape.centroid.x, shape.centroid.y
        if self.region is not None and self.region.buffer(0.05).contains(shapely.Point(y, x)):
            return Wrong("place", Text(
                "Longitude et latitude semblent inversées : écrivez d’abord la longitude (vers 4,35), puis la latitude (vers 50,85).",
                "Lengte en breedte lijken omgewisseld: schrijf eerst de lengte (rond 4,35), dan de breedte (rond 50,85).",
                "Longitude and latitude look swapped: write the longitude (about 4.35) first, then the latitude (about 50.85).",
            ))  # fmt: skip
        return Wrong("place", Text(
            f"Cet endroit ({x:.4f}, {y:.4f}) est en dehors de la Région. Vérifiez les coordonnées, ou laissez le lieu vide.",
            f"Deze plaats ({x:.4f}, {y:.4f}) ligt buiten het Gewest. Kijk de coördinaten na, of laat de plaats leeg.",
            f"This place ({x:.4f}, {y:.4f}) lies outside the Region. Check the coordinates, or leave the place empty.",
        ))  # fmt: skip

    def unknown(self, codes: tuple[str, ...]) -> Wrong | None:
        """Return what is wrong with a list of communes: a code that is none."""
        strange = [code for code in codes if self.codes and code not in self.codes]
        if not strange:
            return None
        return Wrong("communes", Text(
            f"« {strange[0]} » n’est pas le code INS d’une commune de la Région, tel que 21015.",
            f"“{strange[0]}” is niet de NIS-code van een gemeente van het Gewest, zoals 21015.",
            f"“{strange[0]}” is not the NIS code of a commune of the Region, such as 21015.",
        ))  # fmt: skip


def _shape(geometry: Mapping[str, Any]) -> Any:
    try:
        if geometry.get("type") not in KINDS:
            raise ValueError
        shape = shapely.geometry.shape(geometry)
        whole = not shape.is_empty and shapely.get_num_coordinates(shape) <= LARGEST and all(abs(bound) < 1e6 for bound in shape.bounds)
    except (ValueError, TypeError, AttributeError, KeyError, IndexError, shapely.errors.ShapelyError):
        whole = False
    if not whole:
        return Wrong("place", Text(
            "Le lieu ne se lit pas : donnez un point « longitude, latitude » ou une géométrie GeoJSON en degrés.",
            "De plaats is niet leesbaar: geef een punt “lengte, breedte” of een GeoJSON-geometrie in graden.",
            "The place cannot be read: give a point “longitude, latitude” or a GeoJSON geometry in degrees.",
        ))  # fmt: skip
    return shape if shape.is_valid else shapely.make_valid(shape)
