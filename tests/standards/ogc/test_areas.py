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
    rows = [
        AreaRow(code=code, kind="commune", name={"fr": fr, "nl": nl}, geometry=shape) for (code, fr, nl), shape in zip(names, square, strict=True)
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
        ("S_INTERSECTS(geometry, POINT(4.37 50.82))", ["21009"]),
        ("S_DWITHIN(geometry, POINT(4.36 50.82), 100, 'm')", ["21009"]),
        ("S_TOUCHES(geometry, POINT(4.35 50.82)) OR code = '21013'", ["21004", "21009", "21013"]),
    ],
)
def test_areas_answer_conditions(condition: str, codes: list[str]) -> None:
    found = get(f"{ITEMS}?filter={quote(condition)}")
    assert (found.status, [each["id"] for each in found.json.get("features", [])]) == (200, codes), found.json


@pytest.mark.parametrize("condition", ["nothing = 1", "code > 5", "code + 1 > 2", "T_AFTER(code, DATE('2024-01-01'))", "("])
def test_what_means_nothing_is_a_400(condition: str) -> None:
    assert get(f"{ITEMS}?filter={quote(condition)}").status == 400


def test_its_queryables_are_told() -> None:
    told = get("/ogc/collections/territory.communes/queryables").json["properties"]
    assert {"code", "name_fr", "geometry"} <= set(told)
