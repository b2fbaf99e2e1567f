"""The page of a solution: generated for any declaration, with data and without."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from tests.web.places.conftest import NOW
from zinneke.foundations.observations import store as observations
from zinneke.kernel.confidentiality import ANONYMOUS, SYSTEM, Level
from zinneke.kernel.solution import Sample, Solution
from zinneke.web import standing

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("language", "words"), [("fr", "Rien n’a encore été mesuré"), ("nl", "Er is nog niets gemeten"), ("en", "Nothing has been measured yet")]
)
def test_a_solution_without_data_says_what_will_be_here_and_how_to_begin(
    solution: Solution, read: Callable[..., str], language: str, words: str
) -> None:
    html = read(f"/{language}/solutions/levels/")
    assert words in html
    assert "http://testserver/api/solutions/levels/sensor" in html


@pytest.mark.parametrize(("language", "answer"), [("fr", "L’eau monte."), ("nl", "Het water stijgt."), ("en", "The water rises.")])
def test_the_answer_comes_first_then_map_trend_figures_method_and_data(
    measured: Solution, read: Callable[..., str], language: str, answer: str
) -> None:
    html = read(f"/{language}/solutions/levels/")
    order = [html.index(each) for each in (answer, 'id="map-part"', 'id="trend"', 'id="figures"', 'id="how"', 'id="data"', 'id="code"')]
    assert order == sorted(order)
    assert html.count('class="point status-') == 2


def test_the_period_and_the_comparison_are_in_the_address(measured: Solution, read: Callable[..., str]) -> None:
    html = read("/en/solutions/levels/?reading=level&period=day&compare=year")
    assert "reading=level&amp;period=day#trend" in html
    assert "There are no values of a year before" in html
    assert 'aria-current="true">beside a year before' in html


def test_a_year_before_is_drawn_beside_when_it_is_there(measured: Solution, read: Callable[..., str]) -> None:
    past = [Sample("g1", "level", NOW - timedelta(days=364, hours=hour), 10.0 + hour) for hour in range(30)]
    observations.take_samples(SYSTEM, "levels", past)
    assert "a year before" in Client().get("/en/solutions/levels/trend.csv?period=day&compare=year").content.decode()
    assert "dashed" in read("/en/solutions/levels/?period=day&compare=year")


def test_a_solution_whose_answer_fails_still_has_a_page(measured: Solution, monkeypatch: pytest.MonkeyPatch, read: Callable[..., str]) -> None:
    broken = replace(measured, answer=lambda readings: readings["none"])  # type: ignore[arg-type,return-value]
    monkeypatch.setattr("zinneke.web.views.solution.solutions", lambda: {"levels": broken})
    standing._kept.clear()
    assert "could not be computed" in read("/en/solutions/levels/")


def test_an_unknown_solution_is_not_found(solution: Solution, read: Callable[..., str]) -> None:
    read("/en/solutions/nothing/", 404)


def test_a_shared_reading_does_not_reach_a_visitor(solution: Solution, city: None, monkeypatch: pytest.MonkeyPatch, read: Callable[..., str]) -> None:
    reading = replace(solution.readings[0], level=Level.SHARED)
    closed = replace(solution, assets=(replace(solution.assets[0], readings=(reading,)),))
    for module in ("zinneke.kernel.registry", "zinneke.web.views.solution", "zinneke.web.layers", "zinneke.web.views.map"):
        monkeypatch.setattr(f"{module}.solutions", lambda: {"levels": closed})
    observations.take_samples(SYSTEM, "levels", [Sample("g1", "level", NOW, 77.0, place=(4.25, 50.85))])
    standing._kept.clear()
    assert standing.standing(SYSTEM, closed).newest == NOW
    assert standing.standing(ANONYMOUS, closed).newest is None
    for path in ("/en/solutions/levels/", "/en/solutions/levels/latest.csv", "/en/map/", "/en/map/layers/levels.levels.geojson"):
        html = Client().get(path).content.decode()
        assert "77%" not in html and ",77.0," not in html
    stream = observations.find_stream(SYSTEM, "levels/g1/level")
    assert stream
    read(f"/en/sensors/{stream.id}/", 404)


def test_the_list_says_how_each_stands(measured: Solution, read: Callable[..., str]) -> None:
    assert "Het water stijgt." in read("/nl/solutions/")


def test_latest_values_come_as_csv(measured: Solution) -> None:
    lines = Client().get("/en/solutions/levels/latest.csv").content.decode().splitlines()
    assert lines[0] == "sensor,name,reading,time,value,unit,commune,longitude,latitude"
    assert any(line.startswith("levels/g1,Canal,level,2026-03-10T12:00:00+00:00,80.0,%,21004,") for line in lines)


def test_pages_do_not_ask_more_queries_for_more_sensors(measured: Solution, django_assert_max_num_queries: Any) -> None:
    Client().get("/en/solutions/levels/")
    with django_assert_max_num_queries(12):
        Client().get("/en/solutions/levels/")
