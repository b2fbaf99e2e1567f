"""The page of a sensor: its newest value, its course by period, its gaps."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from zinneke.kernel.solution import Solution

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("language", ["fr", "nl", "en"])
def test_a_sensor_shows_its_value_place_and_course(number: Callable[[str], int], read: Callable[..., str], language: str) -> None:
    html = read(f"/{language}/sensors/{number('g1')}/")
    assert "80" in html and 'id="course"' in html and 'class="point status-act"' in html
    assert "/communes/21004-" in html


@pytest.mark.parametrize("period", ["day", "week", "month", "year", "nonsense"])
def test_every_period_has_an_address(number: Callable[[str], int], read: Callable[..., str], period: str) -> None:
    assert 'id="chart-course"' in read(f"/en/sensors/{number('g1')}/?period={period}")


def test_gaps_are_told_and_hostile_names_are_text(number: Callable[[str], int], read: Callable[..., str]) -> None:
    html = read(f"/en/sensors/{number('g2')}/?period=week")
    assert "silent once" in html
    assert "&lt;script&gt;" in html


def test_one_can_go_back_in_time(number: Callable[[str], int], read: Callable[..., str]) -> None:
    html = read(f"/en/sensors/{number('g1')}/?period=day&until=2026-03-09")
    assert "until=2026-03-0" in html
    read(f"/en/sensors/{number('g1')}/?period=day&until=never")


def test_the_values_come_as_csv(number: Callable[[str], int]) -> None:
    raw = Client().get(f"/en/sensors/{number('g1')}/csv/?period=day").content.decode()
    assert raw.splitlines()[0] == "time,level,quality"
    assert Client().get(f"/en/sensors/{number('g1')}/csv/?period=month").content.decode().startswith("time,mean,min,max")


@pytest.mark.parametrize("wanted", ["999999", "x", "1" * 12, "-1"])
def test_a_sensor_that_is_not_there_is_not_found(measured: Solution, read: Callable[..., str], wanted: str) -> None:
    read(f"/en/sensors/{wanted}/", 404)
