"""The land of the demonstration city: borders drawn around seeds, streets ruled across, places strewn by dice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from zinneke.cli.demo.facts import COMMUNES, PLACES, QUARTERS, STREETS, TREES

CENTRE = (4.368, 50.839)
REACH = (0.099, 0.067)


@dataclass(frozen=True, slots=True)
class Land:
    """The drawn city: its outline, communes by NIS code, and neighbourhoods as (number, NIS code, names, shape)."""

    outline: Any
    communes: dict[str, Any]
    neighbourhoods: list[tuple[str, str, tuple[str, str], Any]]


def draw(dice: np.random.Generator) -> Land:
    """Draw the region as a rounded shape, its communes as cells around their seeds, and each commune's neighbourhoods likewise."""
    angle = np.linspace(0, 2 * np.pi, 145)[:-1]
    wobble = 1 + 0.04 * np.sin(3 * angle + 0.6) + 0.025 * np.sin(7 * angle)
    outline = shapely.Polygon(np.column_stack((CENTRE[0] + REACH[0] * wobble * np.cos(angle), CENTRE[1] + REACH[1] * wobble * np.sin(angle))))
    seeds = [(seed, commune.nis) for commune in COMMUNES for seed in commune.seeds]
    cells = _cells(np.array([seed for seed, _ in seeds]), outline)
    communes = {
        commune.nis: shapely.union_all([cell for cell, (_, nis) in zip(cells, seeds, strict=True) if nis == commune.nis]) for commune in COMMUNES
    }
    neighbourhoods: list[tuple[str, str, tuple[str, str], Any]] = []
    for commune in COMMUNES:
        shape = communes[commune.nis]
        count = 3 + int(commune.population > 50_000) + 2 * int(commune.population > 100_000)
        for at, cell in enumerate(_cells(scatter(shape, count, dice), shape)):
            french, dutch = QUARTERS[at % len(QUARTERS)]
            neighbourhoods.append((str(len(neighbourhoods) + 1), commune.nis, (f"{commune.fr} – {french}", f"{commune.nl} – {dutch}"), cell))
    return Land(outline, communes, neighbourhoods)


def _cells(seeds: Any, outline: Any) -> list[Any]:
    """Return what is nearer to each seed than to any other, within an outline."""
    if len(seeds) == 1:
        return [outline]
    diagram = shapely.voronoi_polygons(shapely.multipoints(seeds), extend_to=outline)
    cells = shapely.get_parts(diagram)
    owner = shapely.STRtree(cells).query(shapely.points(seeds), predicate="within")
    return list(shapely.intersection(cells[owner[1][np.argsort(owner[0])]], outline))


def scatter(shape: Any, count: int, dice: np.random.Generator) -> Any:
    """Return points inside a shape, two columns."""
    west, south, east, north = shape.bounds
    found = np.empty((0, 2))
    while len(found) < count:
        thrown = np.column_stack((dice.uniform(west, east, 4 * count), dice.uniform(south, north, 4 * count)))
        found = np.concatenate((found, thrown[shapely.contains_xy(shape, thrown)]))
    return found[:count].round(6)


def geometry(shape: Any) -> dict[str, Any]:
    """Return a shape as GeoJSON, to six decimals."""
    return dict(shapely.geometry.mapping(shapely.transform(shape, lambda pairs: pairs.round(6))))


def feature(properties: dict[str, Any], shape: Any, key: str | None = None) -> dict[str, Any]:
    """Return one GeoJSON feature."""
    return {"type": "Feature"} | ({"id": key} if key else {}) | {"properties": properties, "geometry": geometry(shape)}


def communes(land: Land) -> Iterator[dict[str, Any]]:
    """Yield the communes with what is known of them."""
    for each in COMMUNES:
        facts = {"nis": each.nis, "name_fr": each.fr, "name_nl": each.nl, "postal_codes": list(each.postal)}
        yield feature(facts | {"population_2020": each.population, "area_km2": each.area}, land.communes[each.nis], each.nis)


def square_km(shape: Any) -> float:
    """Return the size of a shape in square kilometres, right to one in a hundred around Brussels."""
    return round(float(shapely.area(shape)) * 70.3 * 111.2, 4)


def quartiers(land: Land, dice: np.random.Generator) -> Iterator[dict[str, Any]]:
    """Yield the neighbourhoods with French names and an invented density."""
    for key, _, (french, _), shape in land.neighbourhoods:
        density = round(float(dice.uniform(500, 25_000)), 2)
        yield feature({"id": key, "name_fr": french, "density_2018_per_km2": density, "area_km2": square_km(shape)}, shape, key)


def wijken(land: Land) -> Iterator[dict[str, Any]]:
    """Yield the same neighbourhoods with Dutch names and codes that begin with the commune's."""
    for key, nis, (_, dutch), shape in land.neighbourhoods:
        yield feature({"code": f"{nis}_{key}", "nis": nis, "name_nl": dutch, "area_km2": square_km(shape)}, shape, f"{nis}_{key}")


def region(land: Land) -> Iterator[dict[str, Any]]:
    """Yield the outline of the Region."""
    names = {"NAME_FRE": "Région de Bruxelles-Capitale", "NAME_DUT": "Brussels Hoofdstedelijk Gewest"}
    yield feature({"ID": 1, **names, "NAT_CODE": "4000", "AREA": round(square_km(land.outline) * 1e6, 1)}, land.outline)


def streets(land: Land, dice: np.random.Generator) -> Iterator[dict[str, Any]]:
    """Yield a few crooked streets in each commune."""
    number = 0
    for commune in COMMUNES:
        shape = land.communes[commune.nis]
        for french, dutch in STREETS[: 8 + 2 * len(commune.seeds)]:
            path = scatter(shape, 2, dice)
            middle = path.mean(axis=0) + dice.normal(0, 0.0008, 2)
            line = shapely.intersection(shapely.LineString([path[0], middle, path[1]]), shape)
            line = max(shapely.get_parts(line), key=shapely.length)
            number += 1
            facts = {"osm": f"demo{number}", "name": f"{french} - {dutch}", "name_fr": french, "name_nl": dutch, "as_of": "2025-01-01"}
            yield feature(facts, line)


def places(land: Land, dice: np.random.Generator) -> Iterator[dict[str, Any]]:
    """Yield points of interest with tags like OpenStreetMap's."""
    for tags, french, dutch, count in PLACES:
        for at, pair in enumerate(scatter(land.outline, count, dice), 1):
            names = {"name": f"{french} {at}", "name:fr": f"{french} {at}", "name:nl": f"{dutch} {at}"}
            more = {"opening_hours": "Mo-Fr 09:00-17:00", "wheelchair": "yes" if at % 2 else "limited", "operator": "Demonstration"}
            yield feature({**tags, **names, **more}, shapely.Point(pair))


def trees(land: Land, dice: np.random.Generator) -> Iterator[str]:
    """Yield the lines of the table of trees."""
    yield "lon,lat,species,genus,cultivar,height_m,circumference_m,leaf_type,leaf_cycle,denotation,start_date"
    for lon, lat in scatter(land.outline, 1500, dice).tolist():
        species, genus = TREES[int(dice.integers(len(TREES)))]
        yield f"{lon},{lat},{species},{genus},,{dice.uniform(3, 25):.1f},{dice.uniform(0.2, 3):.2f},broadleaved,deciduous,avenue,"
