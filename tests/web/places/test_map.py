"""The map: layers, list and position in the address, and the same content without script."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.test import Client

from tests.web.places.conftest import HOSTILE
from zinneke.kernel.solution import Solution
from zinneke.web.views.map import pair, position

pytestmark = pytest.mark.django_db


def layers_of(html: str) -> list[str]:
    return [layer["id"] for layer in json.loads(unescape(re.search(r'data-layers="([^"]*)"', html)[1]))]  # type: ignore[index]


@pytest.mark.parametrize("language", ["fr", "nl", "en"])
def test_an_empty_city_still_has_a_map_page(db: None, solution: Solution, read: Callable[..., str], language: str) -> None:
    assert 'id="map"' in read(f"/{language}/map/")


def test_the_map_shows_values_as_drawing_legend_and_list(measured: Solution, read: Callable[..., str]) -> None:
    html = read("/fr/map/")
    assert layers_of(html) == ["levels.levels"]
    assert html.count('class="point status-') == 2
    assert "80\u00a0%" in html and "haut" in html
    assert 'aria-label="Bruxelles"' in html


def test_layers_and_position_round_trip_through_the_address(measured: Solution, publish: Callable[..., Any], read: Callable[..., str]) -> None:
    publish()
    html = read("/en/map/?layer=data.trees&layer=levels.levels&at=13.0/50.85/4.35")
    assert layers_of(html) == ["trees", "levels.levels"]
    assert 'data-at="13.0/50.85/4.35"' in html
    assert html.count(" checked") == 2


def test_no_more_than_three_layers_are_shown(measured: Solution, read: Callable[..., str]) -> None:
    html = read("/en/map/?layer=levels.levels&layer=a.b&layer=data.none&layer=c.d")
    assert layers_of(html) == ["levels.levels"]
    assert "the first three are shown" in html


def test_no_layer_at_all_can_be_chosen(measured: Solution, read: Callable[..., str]) -> None:
    assert layers_of(read("/en/map/?chosen=1")) == []


def test_an_address_is_found_and_leads_to_its_place(measured: Solution, read: Callable[..., str]) -> None:
    html = read("/fr/map/?q=haute")
    assert "Rue Haute" in html and "at=15.5/50.8200/4.2200" in html


def test_a_place_that_is_not_known_is_said_without_being_believed(measured: Solution) -> None:
    html = Client().get("/en/map/", {"q": f"zzqx {HOSTILE}"}).content.decode()
    assert "<script>alert" not in html and "We know no place" in html


def test_the_list_is_nearest_first_around_a_point(measured: Solution, read: Callable[..., str]) -> None:
    east = read("/en/map/?layer=levels.levels&near=4.36,50.85")
    west = read("/en/map/?layer=levels.levels&near=4.24,50.85")
    assert east.index('data-place="4.35000') < east.index('data-place="4.25000')
    assert west.index('data-place="4.25000') < west.index('data-place="4.35000')


def test_a_layer_is_geojson_with_class_and_shape(measured: Solution) -> None:
    answer = Client().get("/en/map/layers/levels.levels.geojson")
    found = {each["properties"]["label"]: each["properties"] for each in answer.json()["features"]}
    assert found["80%"]["status"] == "act" and found["80%"]["colour"] == "#b3261e"
    assert Client().get("/en/map/layers/no.such.geojson").status_code == 404


@pytest.mark.parametrize("text", ["", "x", "1/2", "99/50/4", "13/91/4", "13/50/181", "13/nan/4"])
def test_a_position_that_is_none_is_left_out(text: str) -> None:
    assert position(text) == ""


@pytest.mark.parametrize("text", ["", "4.3", "a,b", "4.3,95", "nan,50"])
def test_a_point_that_is_none_is_left_out(text: str) -> None:
    assert pair(text) is None
