"""Everything about one commune, and about one neighbourhood."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from zinneke.foundations.territory.values import Area
from zinneke.kernel.solution import Solution
from zinneke.web import area_facts

pytestmark = pytest.mark.django_db

PEOPLE = "year,nis,name_fr,inhabitants\n2018,21004,B,90000\n2019,21004,B,95000\n2020,21004,B,100000\n2020,21015,S,7\n"


@pytest.mark.parametrize(("language", "address"), [("fr", "21004-bruxelles"), ("nl", "21004-brussel"), ("en", "21004-brussels")])
def test_a_commune_has_a_readable_address_in_each_language(measured: Solution, read: Callable[..., str], language: str, address: str) -> None:
    for other in ("21004", "21004-anything"):
        answer = Client().get(f"/{language}/communes/{other}/")
        assert answer.status_code == 302 and answer["Location"] == f"/{language}/communes/{address}/"
    html = read(f"/{language}/communes/{address}/")
    assert "1000" in html and 'class="area on"' in html


def test_a_commune_shows_its_figures_beside_the_region(measured: Solution, read: Callable[..., str]) -> None:
    html = read("/en/communes/21004-brussels/")
    assert "100,000" in html and "200,000" in html and "50%" in html


def test_a_commune_shows_its_sensors_and_not_those_of_another(measured: Solution, number: Callable[[str], int], read: Callable[..., str]) -> None:
    html = read("/en/communes/21004-brussels/")
    assert "Canal, Level" in html and "80%" in html
    assert f"/sensors/{number('g1')}/" in html and f"/sensors/{number('g2')}/" not in html


def test_a_table_with_the_columns_of_a_recipe_is_drawn(measured: Solution, publish: Callable[..., Any], read: Callable[..., str]) -> None:
    publish("people", PEOPLE)
    html = read("/fr/communes/21004-bruxelles/")
    assert 'id="chart-population"' in html and "95 000" in html.replace("\u00a0", " ")


def test_hostile_names_are_text(measured: Solution, read: Callable[..., str]) -> None:
    html = read("/fr/communes/")
    assert "&lt;script&gt;" in html
    assert "&lt;script&gt;" in read(Client().get("/fr/communes/21015/")["Location"])


@pytest.mark.parametrize("key", ["99999", "21004x", "N1", "-"])
def test_a_commune_that_is_not_there_is_not_found(measured: Solution, read: Callable[..., str], key: str) -> None:
    read(f"/en/communes/{key}/", 404)


def test_an_empty_city_says_that_communes_will_come(db: None, read: Callable[..., str]) -> None:
    assert "once the boundaries of the city are loaded" in read("/en/communes/")


def test_a_neighbourhood_leads_to_its_commune_and_shows_its_own_sensors(
    measured: Solution, number: Callable[[str], int], read: Callable[..., str]
) -> None:
    html = read("/nl/neighbourhoods/N1/")
    assert "Zavel" in html and "/nl/communes/21004-brussel/" in html
    assert f"/sensors/{number('g1')}/" not in html
    read("/nl/neighbourhoods/21004/", 404)


def test_an_outline_is_geojson(measured: Solution) -> None:
    assert Client().get("/en/areas/21004/outline.geojson").json()["features"][0]["id"] == "21004"
    assert Client().get("/en/areas/none/outline.geojson").status_code == 404


def test_the_newest_figure_of_a_kind_counts() -> None:
    area = Area("1", "commune", {}, "", (), {"population_2018": 1, "population_2020": 3, "population_note": "x"}, (0, 0, 1, 1), (0, 0))
    assert area_facts.fact(area, "population") == (3.0, "2020")
    assert area_facts.fact(None, "population") == (None, "")


def test_a_row_that_the_source_holds_twice_is_not_counted_twice(measured: Solution, publish: Callable[..., Any], read: Callable[..., str]) -> None:
    rows = "Brussel,4de kwartaal 2022,4100\nBrussel,4de kwartaal 2023,4321\nBrussel,4de kwartaal 2023,4321\n"
    publish("businesses", f"municipality_nl,quarter,establishments\n{rows}")
    html = read("/en/communes/21004-brussels/")
    assert "4,321" in html and "8,642" not in html
