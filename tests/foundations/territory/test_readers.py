from __future__ import annotations

import json
from typing import Any

import pytest
import shapely

from zinneke.foundations.territory import categories, readers, streets
from zinneke.foundations.territory.values import AreaRow, PlaceRow
from zinneke.kernel.load import Fault


def collection(*features: tuple[dict[str, Any], Any]) -> bytes:
    made = [{"type": "Feature", "properties": properties, "geometry": shapely.geometry.mapping(shape)} for properties, shape in features]
    return json.dumps({"type": "FeatureCollection", "features": made}).encode()


def rows(found: Any) -> tuple[list[Any], list[Fault]]:
    held = list(found)
    return [row for row in held if not isinstance(row, Fault)], [row for row in held if isinstance(row, Fault)]


SQUARE = shapely.box(4.3, 50.8, 4.4, 50.9)
KNOT = shapely.Polygon([(4.3, 50.8), (4.4, 50.9), (4.4, 50.8), (4.3, 50.9)])


def test_a_commune_has_its_names_codes_and_facts_and_english_only_where_english_has_a_name() -> None:
    facts = {"name_fr": "Bruxelles", "name_nl": "Brussel", "postal_codes": ["1000"], "population_2020": 5, "area_km2": 1.5, "other": 3}
    posts = json.dumps([{"postalCode": "1020", "municipality": "21004"}, {"postalCode": "x", "municipality": "21004"}]).encode()
    good, faults = rows(readers.read_municipalities(collection(({"nis": "21004", **facts}, SQUARE), ({"nis": 21007, **facts}, SQUARE)), posts))
    assert good[0] == AreaRow(
        "21004", "commune", {"fr": "Bruxelles", "nl": "Brussel", "en": "Brussels"}, good[0].geometry, "04000", ("1000", "1020"),
        {"population_2020": 5, "area_km2": 1.5},
    )  # fmt: skip
    assert good[1].code == "21007" and "en" not in good[1].name
    assert [fault.where for fault in faults] == ["row 1"]


def test_what_an_area_lacks_is_told_and_the_next_one_is_read() -> None:
    whole = {"nis": "1", "name_fr": "Un", "name_nl": "Een"}
    data = collection(({"nis": "1", "name_fr": ""}, SQUARE), (whole, shapely.Point(4, 50)), (whole, KNOT), (whole, SQUARE))
    good, faults = rows(readers.read_municipalities(data))
    assert [str(fault) for fault in faults] == [
        "feature 0: it lacks name_fr and name_nl.",
        "feature 1: an area needs a Polygon or a MultiPolygon.",
    ]
    assert good[0].note.startswith("feature 2: the outline was invalid (Self-intersection") and good[0].geometry.is_valid
    assert good[1].note == ""


def test_a_neighbourhood_takes_the_dutch_name_and_commune_of_what_covers_most_of_it() -> None:
    left, right = shapely.box(4.3, 50.8, 4.33, 50.9), shapely.box(4.33, 50.8, 4.4, 50.9)
    dutch = collection(({"nis": "1", "name_nl": "Klein"}, left), ({"nis": "2", "name_nl": "Groot"}, right), ({"nis": "3"}, right))
    good, faults = rows(readers.read_neighbourhoods(collection(({"id": 5, "name_fr": "Grand", "density_2018_per_km2": 2.5}, SQUARE)), dutch))
    assert (good[0].code, good[0].name, good[0].parent) == ("5", {"fr": "Grand", "nl": "Groot"}, "2")
    assert good[0].facts == {"density_2018_per_km2": 2.5}
    assert len(faults) == 1
    alone, _ = rows(readers.read_neighbourhoods(collection(({"id": 5, "name_fr": "Grand"}, SQUARE))))
    assert (alone[0].name, alone[0].parent) == ({"fr": "Grand"}, "")


def test_the_region_has_a_five_digit_code_and_its_size() -> None:
    facts = {"NAT_CODE": "4000", "NAME_FRE": "Région", "NAME_DUT": "Gewest", "AREA": 162_423_679.99}
    (region,), _ = rows(readers.read_region(collection((facts, SQUARE))))
    assert (region.code, region.kind, region.facts) == ("04000", "region", {"area_km2": 162.424})


@pytest.mark.parametrize("data", [b"", b"{}", b"[1]", b"\xff\xfe", b'[{"postalCode": 1}'])
def test_a_broken_list_of_postal_codes_is_a_fault(data: bytes) -> None:
    good, faults = rows(readers.read_postal_codes(data))
    assert not good and len(faults) == 1


def test_a_point_of_interest_has_a_category_names_and_what_helps_a_visitor() -> None:
    at = shapely.Point(4.35, 50.85)
    data = collection(
        ({"amenity": "pharmacy", "name": "Multipharma", "opening_hours": "Mo-Fr 09:00-18:00", "addr:street": "Rue X", "addr:housenumber": "4"}, at),
        ({"amenity": "library", "name": "Muntpunt", "name:fr": "Bibliothèque Muntpunt", "wikidata": "Q1"}, at),
        ({"leisure": "park", "name": "Parc Royal - Warandepark"}, at),
        ({"shop": "butcher"}, at),
        ({"shop": "butcher"}, at),
        ({"shop": "butcher"}, SQUARE),
    )
    good, faults = rows(readers.read_pois(data))
    assert [row.category for row in good] == ["pharmacy", "library", "park", "food_shop", "food_shop"]
    assert good[0].detail == {"opening_hours": "Mo-Fr 09:00-18:00", "tag": "amenity=pharmacy", "address": "Rue X 4"}
    assert good[1].name == {"fr": "Bibliothèque Muntpunt", "nl": "Muntpunt"}
    assert good[2].name == {"fr": "Parc Royal", "nl": "Warandepark"}
    assert good[3].name == {} and good[3].key != good[4].key
    assert good[1].weight > good[2].weight > good[3].weight
    assert faults[0].where == "feature 5"
    assert [row.key for row in rows(readers.read_pois(data))[0]] == [row.key for row in good], "keys do not depend on the day"


@pytest.mark.parametrize(
    ("tags", "category"),
    [
        ({"amenity": "school"}, "education"),
        ({"shop": "ebikes;bicycle"}, "shop"),
        ({"shop": "vacant"}, "vacant"),
        ({"shop": "no"}, "other"),
        ({"healthcare": "clinic;doctor"}, "hospital"),
        ({"historic": "memorial"}, "sight"),
        ({"amenity": "restaurant", "tourism": "hotel"}, "restaurant"),
        ({"tourism": "artwork", "shop": "art"}, "sight"),
        ({}, "other"),
    ],
)
def test_tags_make_a_category(tags: dict[str, str], category: str) -> None:
    assert categories.category_of(tags) == category


def test_every_category_that_tags_can_make_has_a_name_in_three_languages() -> None:
    assert set(categories._TAGS) < set(categories.CATEGORIES)
    assert all(text.fr and text.nl and text.en for text in categories.CATEGORIES.values())


def street(osm: str, french: str, dutch: str, *path: tuple[float, float], as_of: str = "2026-01-01", **more: str) -> tuple[dict[str, Any], Any]:
    return {"osm": osm, "name_fr": french, "name_nl": dutch, "as_of": as_of, **more}, shapely.LineString(path)


def test_pieces_and_spellings_of_one_street_become_one_row() -> None:
    data = collection(
        street("w1", "Avenue Émile Max", "Émile Maxlaan", (4.3, 50.8), (4.301, 50.8)),
        street("w2", "Avenue Emile-Max", "Emile Maxlaan", (4.301, 50.8), (4.302, 50.8), as_of="2021-01-01"),
        street("w3", "Avenue Émile Max", "Émile Maxlaan", (4.305, 50.8), (4.306, 50.8), wikidata="Q7"),
    )
    (row,), _ = rows(streets.read_streets(data))
    assert row.name == {"fr": "Avenue Émile Max", "nl": "Émile Maxlaan"}
    assert (row.key, row.detail["wikidata"]) == ("w1", "Q7")
    assert row.detail["length_m"] == pytest.approx(3 * 70.3, abs=1)
    assert row.weight == pytest.approx(0.211, abs=0.002)


def test_the_same_name_far_away_is_another_street() -> None:
    data = collection(
        street("w1", "Rue de l'Église", "Kerkstraat", (4.3, 50.8), (4.301, 50.8)),
        street("w2", "Rue de l’Eglise", "Kerkstraat", (4.4, 50.85), (4.401, 50.85)),
    )
    good, _ = rows(streets.read_streets(data))
    assert [row.key for row in good] == ["w1", "w2"]


def test_of_two_states_of_one_line_the_newer_counts() -> None:
    data = collection(
        street("w1", "Rue Neuve", "Nieuwstraat", (4.3, 50.8), (4.301, 50.8), as_of="2026-03-27"),
        street("w1", "Rue Vieille", "Oudstraat", (4.3, 50.8), (4.309, 50.8), as_of="2021-04-12"),
    )
    (row,), _ = rows(streets.read_streets(data))
    assert row.name["fr"] == "Rue Neuve"


def test_a_street_without_a_name_or_a_line_is_told() -> None:
    data = collection(street("w1", "", "", (4.3, 50.8), (4.301, 50.8)), ({"osm": "w2", "name_fr": "Rue"}, shapely.Point(4, 50)))
    good, faults = rows(streets.read_streets(data))
    assert not good and [fault.where for fault in faults] == ["feature 0", "feature 1"]
    only_french, _ = rows(streets.read_streets(collection(({"osm": "w2", "name_fr": "Rue"}, shapely.LineString([(4, 50), (4.001, 50)])))))
    assert isinstance(only_french[0], PlaceRow) and only_french[0].name == {"fr": "Rue", "nl": "Rue"}
