"""The real files: what they become, and questions to which anybody in Brussels knows the answer."""

from __future__ import annotations

import csv
import time
from pathlib import Path

import numpy as np
import pytest
import shapely

from tests.foundations.territory import mvt
from zinneke.foundations.territory import basemap, crs, readers, store
from zinneke.foundations.territory.tiles import bounds, tile_at
from zinneke.kernel.confidentiality import ANONYMOUS, SYSTEM
from zinneke.kernel.load import Counts
from zinneke.kernel.problem import Problem

pytestmark = [pytest.mark.usefixtures("brussels"), pytest.mark.django_db]


def test_everything_is_there_and_nothing_was_refused(brussels: dict[str, Counts]) -> None:
    assert all(counts.refused == 0 and not counts.faults for counts in brussels.values())
    assert {name: counts.added for name, counts in brussels.items()} == {
        "region": 1, "communes": 19, "neighbourhoods": 145, "streets": brussels["streets"].added, "pois": 15_955,
    }  # fmt: skip
    assert 5_400 < brussels["streets"].added < 5_700


def test_communes_have_both_names_and_every_postal_code() -> None:
    communes = store.list_areas(ANONYMOUS)
    assert [area.code for area in communes] == [f"210{number:02d}" for number in range(1, 20)]
    brussels = communes[3]
    assert brussels.name == {"fr": "Bruxelles", "nl": "Brussel", "en": "Brussels"}
    assert set(brussels.postal_codes) >= {"1000", "1020", "1120", "1130"}
    assert sum(area.facts["population_2020"] for area in communes) == pytest.approx(1_218_000, rel=0.01)
    assert sum(area.facts["area_km2"] for area in communes) == pytest.approx(162.4, abs=0.2)
    assert all(area.parent == "04000" and area.name["fr"] and area.name["nl"] for area in communes)


def test_neighbourhoods_have_dutch_names_and_a_commune() -> None:
    neighbourhoods = store.list_areas(ANONYMOUS, "neighbourhood")
    assert len(neighbourhoods) == 145
    assert {area.parent for area in neighbourhoods} == {area.code for area in store.list_areas(ANONYMOUS)}
    assert all(area.name.get("nl") for area in neighbourhoods)
    names = {area.name["fr"]: (area.name["nl"], area.parent) for area in neighbourhoods}
    assert names["Bas Forest"] == ("Laag Vorst", "21007")


def test_the_dutch_name_by_overlap_is_the_one_that_the_codes_say(shared_data: Path) -> None:
    dutch = {}
    for row in readers._areas((shared_data / "geography/brussels_wijken_nl.geojson.gz").read_bytes(), ("code", "name_nl")):
        dutch.setdefault(row[1]["code"].split("_")[1], set()).add(row[1]["name_nl"])
    for area in store.list_areas(ANONYMOUS, "neighbourhood"):
        assert area.name["nl"] in dutch[area.code]


@pytest.mark.parametrize(
    ("lon", "lat", "commune", "neighbourhood"),
    [
        (4.3525, 50.8467, "21004", "Grand Place"),
        (4.3418, 50.8566, "21012", "Molenbeek Historique"),  # Place Communale de Molenbeek
        (4.3720, 50.8275, "21009", None),  # Place Flagey
        (4.3415, 50.8949, "21004", None),  # Atomium
        (4.3716, 50.8503, "21014", None),  # Place Saint-Josse
        (4.3739, 50.8679, "21015", None),  # Maison communale de Schaerbeek
        (4.3456, 50.8257, "21013", None),  # Maison communale de Saint-Gilles
        (4.4116, 50.7990, "21017", None),  # Watermael-Boitsfort
        (4.4844, 50.9014, "", ""),  # Brussels Airport, in Flanders
        (4.70, 50.88, "", ""),  # Leuven
    ],
)
def test_known_places_are_where_everybody_knows(lon: float, lat: float, commune: str, neighbourhood: str | None) -> None:
    located = store.locate_one(ANONYMOUS, lon, lat)
    assert located.commune == commune
    assert bool(located.neighbourhood) == bool(commune)
    if neighbourhood:
        assert store.get_area(ANONYMOUS, located.neighbourhood).name["fr"] == neighbourhood


def test_a_hundred_thousand_points_agree_with_brute_force_and_take_microseconds_each() -> None:
    dice = np.random.default_rng(5)
    lon, lat = dice.uniform(4.22, 4.50, 100_000), dice.uniform(50.75, 50.93, 100_000)
    store.locate(ANONYMOUS, [4.35], [50.85])
    started = time.process_time()
    communes, neighbourhoods = store.locate(ANONYMOUS, lon, lat)
    each = (time.process_time() - started) / 100_000
    assert each < 1e-4, f"{each * 1e6:.1f} microseconds a point"
    for found, kind in ((communes, "commune"), (neighbourhoods, "neighbourhood")):
        codes, shapes = zip(*((area.code, shape) for area, shape in store.area_shapes(ANONYMOUS, kind)), strict=True)
        at, which = shapely.STRtree(shapes).query(shapely.points(lon, lat), predicate="intersects")
        wanted = np.full(100_000, "", dtype=object)
        for point, code in sorted(zip(at.tolist(), (codes[each] for each in which.tolist()), strict=True), key=lambda each: each[1], reverse=True):
            wanted[point] = code
        assert (found == wanted).all()


def test_the_bike_counters_are_in_the_commune_of_their_address(shared_data: Path) -> None:
    posts = {code: area.code for area in store.list_areas(ANONYMOUS) for code in area.postal_codes if code not in ("1040", "1050", "1000")}
    rows = list(csv.DictReader((shared_data / "mobility/brussels_bike_counters.csv").open(encoding="utf-8")))
    checked = 0
    for row in rows:
        code = next((code for code in posts if f" {code} " in row["road_fr"]), None)
        if code and "Poincaré" not in row["road_fr"]:  # that boulevard is the border itself
            checked += 1
            assert store.locate_one(ANONYMOUS, float(row["lon"]), float(row["lat"])).commune == posts[code], row["road_fr"]
    assert checked >= 8


def test_swapped_coordinates_are_recognised() -> None:
    with pytest.raises(Problem, match="look swapped: longitude 4.3525, latitude 50.8467 would be inside"):
        store.locate_one(ANONYMOUS, 50.8467, 4.3525)
    faults = store.check_coordinates(ANONYMOUS, [4.35, 50.85, np.nan, 2.35], [50.85, 4.35, 50.0, 48.85])
    assert [fault.where for fault in faults] == ["point 1", "point 2"]


@pytest.mark.parametrize(
    ("text", "language", "kind", "name"),
    [
        ("bruxelles", "fr", "commune", "Bruxelles"),
        ("Brussels", "en", "commune", "Bruxelles"),
        ("brussel", "nl", "commune", "Bruxelles"),
        ("ixelles", "fr", "commune", "Ixelles"),
        ("elsene", "nl", "commune", "Ixelles"),
        ("IXEL", "fr", "commune", "Ixelles"),
        ("ixeles", "fr", "commune", "Ixelles"),
        ("Molenbek", "fr", "commune", "Molenbeek-Saint-Jean"),
        ("st gilles", "fr", "commune", "Saint-Gilles"),
        ("saint josse", "fr", "commune", "Saint-Josse-ten-Noode"),
        ("rue neuve", "fr", "street", "Rue Neuve"),
        ("nieuwstraat", "nl", "street", "Rue Neuve"),
        ("rue de la lio", "fr", "street", "Rue de la Loi"),
        ("av louise", "fr", "street", "Avenue Louise"),
        ("chaussee d'ixelles", "fr", "street", "Chaussée d'Ixelles"),
        ("elsense steenweg", "nl", "street", "Chaussée d'Ixelles"),
        ("bd anspach", "fr", "street", "Boulevard Anspach"),
        ("place flagey", "fr", "street", "Place Eugène Flagey"),
        ("marollen", "nl", "neighbourhood", "Marolles"),
        ("atomium", "en", "poi", "Atomium"),
    ],
)
def test_people_find_what_they_mean(text: str, language: str, kind: str, name: str) -> None:
    first = store.find_places(ANONYMOUS, text, language, limit=3)[0]
    assert (first.kind, first.name["fr"]) == (kind, name)


def test_a_search_keeps_to_the_kinds_the_box_and_the_limit() -> None:
    assert {place.kind for place in store.find_places(ANONYMOUS, "eglise", "fr", ("street",), 50)} == {"street"}
    box = (4.30, 50.86, 4.36, 50.92)
    found = store.find_places(ANONYMOUS, "rue", "fr", (), 20, box)
    assert len(found) == 20
    assert all(box[0] <= place.lon <= box[2] and box[1] <= place.lat <= box[3] for place in found)
    assert store.find_places(ANONYMOUS, "xqzzwv", "fr") == []
    assert store.find_places(ANONYMOUS, "  ", "fr") == []
    assert store.find_places(ANONYMOUS, "%_\\'\"", "fr") == []


def test_a_long_street_names_every_commune_it_crosses() -> None:
    first = store.find_places(ANONYMOUS, "chaussée de wavre", "fr", ("street",), 1)[0]
    assert {"21009", "21005", "21002"} <= set(first.detail["communes"])
    assert first.name["nl"]


def test_one_street_is_there_once_in_a_commune() -> None:
    seen = set()
    for place in store.list_places(ANONYMOUS, kind="street", limit=10_000):
        for code in place.detail["communes"]:
            mark = (place.name["fr"].casefold(), code)
            assert mark not in seen, mark
            seen.add(mark)


def test_places_are_listed_by_box_commune_kind_and_category() -> None:
    box = (4.34, 50.84, 4.36, 50.85)
    museums = store.list_places(ANONYMOUS, box, kind="poi", category="museum", limit=500)
    assert museums and all(place.category == "museum" for place in museums)
    schools = store.list_places(ANONYMOUS, area="21013", kind="poi", category="education", limit=500)
    assert schools and all(place.area == "21013" for place in schools)
    assert store.list_places(ANONYMOUS, box, limit=5, after=5) == store.list_places(ANONYMOUS, box, limit=10)[5:]


@pytest.mark.parametrize(
    ("z", "layers"), [(9, {"region", "communes", "labels"}), (12, {"region", "communes", "neighbourhoods", "streets", "labels"})]
)
def test_the_base_map_shows_what_its_zoom_can(z: int, layers: set[str]) -> None:
    x, y = tile_at(4.3525, 50.8467, z)
    decoded = mvt.decode(basemap.tile(ANONYMOUS, z, x, y).content)
    assert set(decoded) == layers
    names = {feature.properties["name_nl"] for feature in decoded["communes"].features}
    assert "Brussel" in names
    brussels = next(feature for feature in decoded["communes"].features if feature.properties["code"] == "21009")
    assert brussels.properties["name"] == "Ixelles / Elsene"


def test_tiles_are_small_enough_for_a_telephone_and_quick() -> None:
    x, y = tile_at(4.3525, 50.8467, 14)
    basemap.tile(ANONYMOUS, 3, 4, 2)
    started = time.process_time()
    made = basemap.tile(ANONYMOUS, 14, x, y)
    assert time.process_time() - started < 1
    assert 2_000 < len(made.content) < 200_000
    again = basemap.tile(ANONYMOUS, 14, x, y)
    assert again is made
    west, south, east, north = bounds(14, x, y)
    assert west < 4.3525 < east and south < 50.8467 < north


def test_nothing_is_drawn_on_the_other_side_of_the_world() -> None:
    assert basemap.tile(ANONYMOUS, 10, 0, 0).content == b""


def test_the_grand_place_in_lambert_is_in_brussels_too() -> None:
    x, y = crs.transform([148_855.0], [170_700.0], 31370, 4326)
    assert (x[0], y[0]) == pytest.approx((4.3525, 50.8467), abs=1e-5)
    x, y = crs.transform([648_855.0], [670_700.0], 3812, 4326)
    assert store.locate_one(SYSTEM, float(x[0]), float(y[0])).commune == "21004"
