"""The territory is asked with the same filters as tables are."""

from __future__ import annotations

from urllib.parse import quote

import pytest
import shapely

from tests.standards.ogc.conftest import get
from zinneke.foundations.territory import store as territory
from zinneke.foundations.territory.values import AreaRow
from zinneke.kernel.confidentiality import SYSTEM

pytestmark = pytest.mark.django_db
ITEMS = "/ogc/collections/territory.communes/items"


@pytest.fixture(autouse=True)
def _communes(db: None) -> None:
    square = [shapely.box(4.3 + number * 0.05, 50.8, 4.35 + number * 0.05, 50.85) for number in range(3)]
    names = [("21004", "Bruxelles", "Brussel"), ("21009", "Ixelles", "Elsene"), ("21013", "Saint-Gilles", "Sint-Gillis")]
    facts = [{"population": 180, "area_km2": 32.6}, {"population": 87, "area_km2": 6.3}, {"population": 50}]
    rows = [
        AreaRow(code=code, kind="commune", name={"fr": fr, "nl": nl}, geometry=shape, facts=known)
        for (code, fr, nl), shape, known in zip(names, square, facts, strict=True)
    ]
    territory.set_areas(SYSTEM, rows)


@pytest.mark.parametrize(
    ("condition", "codes"),
    [
        ("name_nl = 'Elsene'", ["21009"]),
        ("name_fr <> 'Ixelles'", ["21004", "21013"]),
        ("CASEI(ACCENTI(name_fr)) LIKE CASEI(ACCENTI('SAINT%'))", ["21013"]),
        ("code IN ('21004', '21009') AND NOT name_nl LIKE 'E%'", ["21004"]),
        ("code BETWEEN '21005' AND '21013'", ["21009", "21013"]),
        ("name_en IS NULL", ["21004", "21009", "21013"]),
        ("name_fr = name_nl", []),
        ("population > 80", ["21004", "21009"]),
        ("population IN (50, 87)", ["21009", "21013"]),
        ("population BETWEEN 50 AND 90 AND area_km2 IS NULL", ["21013"]),
        ("population / area_km2 > 10", ["21009"]),
        ("population - 7 = 8 * 10", ["21009"]),
        ("population % 2 = 0 AND population div 100 < 1 AND population ^ 2 = 2500", ["21013"]),
        ("NOT population / (area_km2 - area_km2) > 1", []),
        ("(population - 100) ^ 0.5 > 1", ["21004"]),
        ("(population - population) ^ (0 - 1) > 1", []),
        ("S_INTERSECTS(geometry, POINT(4.37 50.82))", ["21009"]),
        ("S_DWITHIN(geometry, POINT(4.36 50.82), 100, 'm')", ["21009"]),
        ("S_TOUCHES(geometry, POINT(4.35 50.82)) OR code = '21013'", ["21004", "21009", "21013"]),
    ],
)
def test_areas_answer_conditions(condition: str, codes: list[str]) -> None:
    found = get(f"{ITEMS}?filter={quote(condition)}")
    assert (found.status, [each["id"] for each in found.json.get("features", [])]) == (200, codes), found.json


@pytest.mark.parametrize("condition", ["nothing = 1", "code > 5", "code + 1 > 2", "population = 'many'", "T_AFTER(code, DATE('2024-01-01'))", "("])
def test_what_means_nothing_is_a_400(condition: str) -> None:
    assert get(f"{ITEMS}?filter={quote(condition)}").status == 400


def test_arithmetic_is_understood_as_json_too() -> None:
    condition = '{"op": ">", "args": [{"op": "/", "args": [{"property": "population"}, {"property": "area_km2"}]}, 10]}'
    assert [each["id"] for each in get(f"{ITEMS}?filter-lang=cql2-json&filter={quote(condition)}").json["features"]] == ["21009"]


@pytest.mark.parametrize(
    ("asked", "codes"),
    [
        ("sortby=-population", ["21004", "21009", "21013"]),
        ("sortby=population", ["21013", "21009", "21004"]),
        ("sortby=-area_km2,code", ["21004", "21009", "21013"]),
        ("sortby=name_nl", ["21004", "21009", "21013"]),
        ("population=87", ["21009"]),
        ("name_nl=Elsene&population=180", []),
        ("datetime=2024-01-01", ["21004", "21009", "21013"]),
    ],
)
def test_areas_are_sorted_and_narrowed_by_what_is_known_of_them(asked: str, codes: list[str]) -> None:
    assert [each["id"] for each in get(f"{ITEMS}?{asked}").json["features"]] == codes


@pytest.mark.parametrize("asked", ["sortby=nothing", "population=many", "properties=nothing", "datetime=soon"])
def test_what_is_not_known_of_areas_is_a_400(asked: str) -> None:
    assert get(f"{ITEMS}?{asked}").status == 400


def test_only_the_properties_that_are_asked_for_are_given_of_areas() -> None:
    first = get(f"{ITEMS}?properties=code,population").json["features"][0]
    assert first["properties"] == {"code": "21004", "population": 180}


def test_its_queryables_are_told() -> None:
    told = get("/ogc/collections/territory.communes/queryables").json["properties"]
    assert {"code", "name_fr", "geometry"} <= set(told) and told["population"] == {"type": "number"}
    assert "geometry" not in get("/ogc/collections/territory.communes/sortables").json["properties"]
    assert get("/ogc/collections/territory.communes/schema").json["properties"]["postal_codes"]["type"] == "array"
