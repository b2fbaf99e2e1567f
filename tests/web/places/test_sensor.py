"""The page of a sensor: its newest value, its course by period, its gaps."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest
from django.test import Client

from tests.web.places.conftest import NOW
from zinneke.foundations.observations import store as observations
from zinneke.foundations.observations.values import Place, StreamRow, Thing
from zinneke.foundations.territory import store as territory
from zinneke.foundations.territory.values import AreaRow
from zinneke.kernel.confidentiality import SYSTEM
from zinneke.kernel.solution import Solution
from zinneke.web.views.sensor import periods_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("language", ["fr", "nl", "en"])
def test_a_sensor_shows_its_value_place_and_course(number: Callable[[str], int], read: Callable[..., str], language: str) -> None:
    html = read(f"/{language}/sensors/{number('g1')}/")
    assert "80" in html and 'id="course"' in html and 'class="point status-act"' in html
    assert "/communes/21004-" in html


def _square(west: float) -> AreaRow:
    ring = [[west, 50.8], [west + 0.1, 50.8], [west + 0.1, 50.9], [west, 50.9], [west, 50.8]]
    return AreaRow("21004", "commune", {"fr": "Bruxelles", "nl": "Brussel"}, {"type": "Polygon", "coordinates": [ring]})


def test_a_sensor_is_told_to_stand_outside_the_region_when_the_region_is_known(db: None, read: Callable[..., str]) -> None:
    observations.set_things(SYSTEM, [Thing(key="other/a", name={"en": "A"}, place=Place(4.25, 50.85))])
    observations.set_streams(SYSTEM, [StreamRow(key="other/a/level", thing="other/a", reading="level", unit="%", interval=3600)])
    (stream,) = observations.list_streams(SYSTEM)
    told = "It stands outside the Region"
    assert told not in read(f"/en/sensors/{stream.id}/"), "nothing is known of the Region"
    territory.set_areas(SYSTEM, [_square(4.2)])
    assert told not in read(f"/en/sensors/{stream.id}/"), "it was declared before the Region was known"
    territory.set_areas(SYSTEM, [_square(4.4)])
    assert told in read(f"/en/sensors/{stream.id}/")


@pytest.mark.parametrize("period", ["hour", "day", "week", "month", "year", "nonsense"])
def test_every_period_has_an_address(number: Callable[[str], int], read: Callable[..., str], period: str) -> None:
    assert 'id="chart-course"' in read(f"/en/sensors/{number('g1')}/?period={period}")


def test_gaps_are_told_and_hostile_names_are_text(number: Callable[[str], int], read: Callable[..., str]) -> None:
    html = read(f"/en/sensors/{number('g2')}/?period=week")
    assert "silent once" in html
    assert "&lt;script&gt;" in html


def test_one_can_go_back_in_time(number: Callable[[str], int], read: Callable[..., str]) -> None:
    html = read(f"/en/sensors/{number('g1')}/?period=day&until=2026-03-09")
    assert "until=2026-03-0" in html
    for until in ("never", "0001-01-01", "9999-12-31", "2026-03-09T25:61"):
        read(f"/en/sensors/{number('g1')}/?period=day&until={until}")


def test_a_moment_leads_to_the_period_before_it_and_keeps_its_place_in_the_others(number: Callable[[str], int], read: Callable[..., str]) -> None:
    html = read(f"/en/sensors/{number('g1')}/?period=day&until=2026-03-10T11:00")
    assert "?period=day&amp;until=2026-03-09T11:00#course" in html and "?period=week&amp;until=2026-03-10T11:00#course" in html


def test_one_zooms_to_an_hour_where_values_come_more_often(number: Callable[[str], int]) -> None:
    stream = observations.get_stream(SYSTEM, number("g1"))
    assert periods_of(stream) == ("day", "week", "month", "year")
    assert periods_of(msgspec.structs.replace(stream, interval=60))[0] == "hour"


def test_what_came_of_what_was_due_and_what_is_marked_is_told(number: Callable[[str], int], read: Callable[..., str]) -> None:
    stream = number("g1")
    observations.correct(SYSTEM, stream, NOW, 12.0, "wrong way round")
    html = read(f"/en/sensors/{stream}/?period=day")
    assert "that were due in this period" in html and "One value is marked:" in html and "corrected afterwards" in html
    assert f"/api/datastreams/{stream}/observations?format=csv&amp;from=" in html


def test_the_values_come_as_csv(number: Callable[[str], int]) -> None:
    raw = Client().get(f"/en/sensors/{number('g1')}/csv/?period=day").content.decode()
    assert raw.splitlines()[0] == "time,level,quality"
    assert Client().get(f"/en/sensors/{number('g1')}/csv/?period=month").content.decode().startswith("time,mean,min,max")


@pytest.mark.parametrize("wanted", ["999999", "x", "1" * 12, "-1"])
def test_a_sensor_that_is_not_there_is_not_found(measured: Solution, read: Callable[..., str], wanted: str) -> None:
    read(f"/en/sensors/{wanted}/", 404)
