"""Environmental Data Retrieval: what stations measured, found by point, distance, area, box and name."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest

from tests.standards.ogc.conftest import get
from zinneke.foundations.observations import lifecycle
from zinneke.foundations.observations import store as observations
from zinneke.foundations.observations.values import Batch, Place, StreamRow, Thing
from zinneke.foundations.territory.crs import transform
from zinneke.kernel.confidentiality import SYSTEM, Level

AIR = "/ogc/collections/observations.air_quality"
START = datetime(2026, 11, 20, tzinfo=UTC)
PLACES = {"north": Place(lon=4.36, lat=50.88), "centre": Place(lon=4.35, lat=50.85), "far": Place(lon=4.9, lat=50.9)}


@pytest.fixture
def stations(db: None, tmp_path: Any, settings: Any) -> Iterator[None]:
    settings.DATA = tmp_path
    lifecycle.stop()
    for at, (name, place) in enumerate(PLACES.items()):
        key = f"air_quality/{name}"
        observations.set_things(SYSTEM, [Thing(key=key, name={"en": name.title()}, kind="station", solution="air_quality", place=place)])
        for reading in ("no2", "pm25")[: 1 if name == "far" else 2]:
            level = Level.PERSONAL if name == "north" and reading == "pm25" else Level.PUBLIC
            row = StreamRow(key=f"{key}/{reading}", thing=key, reading=reading, unit="ug/m3", interval=3600, low=0, high=1000, level=level)
            observations.set_streams(SYSTEM, [row])
            stream = observations.find_stream(SYSTEM, row.key)
            assert stream
            observations.ingest(SYSTEM, Batch.of([(stream.id, START + timedelta(hours=n), 10.0 * at + n) for n in range(5)]))
    yield
    lifecycle.stop()


def ask(query: str, **parameters: str) -> Any:
    words = "&".join(f"{name.replace('_', '-')}={quote(value)}" for name, value in parameters.items())
    return get(f"{AIR}/{query}?{words}")


def ids(answer: Any) -> list[str]:
    assert answer.status == 200, answer.json
    return [each["id"] for each in answer.json["coverages"]]


def test_a_collection_tells_how_it_may_be_asked_and_what_is_measured(stations: None) -> None:
    told = get(AIR).json
    assert set(told["data_queries"]) == {"position", "radius", "area", "cube", "locations", "items"}
    assert set(told["parameter_names"]) == {"no2", "pm25"} and told["parameter_names"]["no2"]["unit"]["symbol"]["value"] == "ug/m3"
    assert told["extent"]["spatial"]["bbox"] == [[4.35, 50.85, 4.9, 50.9]] and told["extent"]["temporal"]["interval"][0][0] == "2026-11-20T00:00:00Z"
    assert AIR.rpartition("/")[2] in {each["id"] for each in get("/ogc/collections").json["collections"]}
    assert get("/ogc/collections/observations.nothing").status == 404


def test_a_point_is_answered_with_the_nearest_station(stations: None) -> None:
    told = ask("position", coords="POINT(4.352 50.851)", datetime="2026-11-20T01:00:00Z/2026-11-20T03:00:00Z", parameter_name="no2").json
    assert told["type"] == "Coverage" and told["domain"]["domainType"] == "PointSeries" and told["id"] == "centre"
    assert told["domain"]["axes"]["t"]["values"] == ["2026-11-20T01:00:00Z", "2026-11-20T02:00:00Z", "2026-11-20T03:00:00Z"]
    assert told["ranges"]["no2"]["values"] == [11.0, 12.0, 13.0] and told["ranges"]["no2"]["shape"] == [3] and set(told["parameters"]) == {"no2"}
    assert ask("position", coords="POINT(3 50)").status == 204
    assert ids(ask("position", coords="MULTIPOINT((4.35 50.85), (4.36 50.88))")) == ["centre", "north"]


def test_without_a_time_the_newest_value_is_given(stations: None) -> None:
    told = ask("position", coords="POINT(4.35 50.85)").json
    assert told["domain"]["axes"]["t"]["values"] == ["2026-11-20T04:00:00Z"] and told["ranges"]["pm25"]["values"] == [14.0]


def test_stations_are_found_by_distance_area_and_box(stations: None) -> None:
    assert ids(ask("radius", coords="POINT(4.35 50.85)", within="4", within_units="km")) == ["centre", "north"]
    assert ids(ask("radius", coords="POINT(4.35 50.85)", within="500", within_units="m")) == ["centre"]
    assert ids(ask("area", coords="POLYGON((4.3 50.8, 4.5 50.8, 4.5 50.95, 4.3 50.95, 4.3 50.8))")) == ["centre", "north"]
    assert ids(ask("cube", bbox="4.8,50.8,5,51")) == ["far"]


def test_lambert_72_is_understood_and_given(stations: None) -> None:
    x, y = (float(each[0]) for each in transform([4.35], [50.85], 4326, 31370))
    answer = ask("position", coords=f"POINT({x} {y})", crs="http://www.opengis.net/def/crs/EPSG/0/31370")
    assert answer.json["domain"]["axes"]["x"]["values"][0] == pytest.approx(x, abs=0.01) and "31370" in answer.headers["Content-Crs"]


def test_a_station_has_an_address_and_a_place_in_the_list(stations: None) -> None:
    listed = get(f"{AIR}/locations?bbox=4.3,50.8,4.5,51").json
    assert [each["id"] for each in listed["features"]] == ["centre", "north"] and listed["numberMatched"] == 2
    assert listed["features"][0]["properties"]["parameter-name"] == ["no2", "pm25"]
    told = ask("locations/far", datetime="2026-11-20/..").json
    assert len(told["ranges"]["no2"]["values"]) == 5
    page = get(f"{AIR}/items?limit=1").json
    following = next(link["href"] for link in page["links"] if link["rel"] == "next")
    assert get(following).json["features"][0]["id"] == "far" and get(f"{AIR}/items/far").json["geometry"]["coordinates"] == [4.9, 50.9]
    assert get(f"{AIR}/locations/nowhere").status == 404


def test_geojson_has_a_feature_for_each_moment(stations: None) -> None:
    told = ask("locations/centre", datetime="2026-11-20T00:00:00Z/2026-11-20T01:00:00Z", f="GeoJSON")
    assert told.type == "application/geo+json"
    assert [each["properties"] for each in told.json["features"]] == [
        {"location": "centre", "datetime": "2026-11-20T00:00:00Z", "no2": 10.0, "pm25": 10.0},
        {"location": "centre", "datetime": "2026-11-20T01:00:00Z", "no2": 11.0, "pm25": 11.0},
    ]


def test_a_closed_stream_is_in_no_answer(stations: None) -> None:
    assert set(ask("locations/north", datetime="2026-11-20/..").json["ranges"]) == {"no2"}
    assert get(f"{AIR}/locations").json["features"][2]["properties"]["parameter-name"] == ["no2"]


def test_many_streams_are_read_at_once_and_give_the_same(stations: None, monkeypatch: pytest.MonkeyPatch) -> None:
    from zinneke.standards.ogc import edr

    asked = {"bbox": "4,50,5,51", "datetime": "2026-11-20T01:00:00Z/2026-11-20T03:00:00Z"}
    few = ask("cube", **asked).json
    monkeypatch.setattr(edr, "_FEW", 0)
    assert ask("cube", **asked).json == few
    monkeypatch.setattr(edr, "MOST", 3)
    assert "more than 3 values" in ask("cube", **asked).json["detail"]


@pytest.mark.parametrize(
    ("query", "asked", "says"),
    [
        ("position", {"coords": "POINT(4.35)"}, "cannot be read"),
        ("position", {"coords": "POLYGON((4 50, 5 50, 5 51, 4 50))"}, "is a POINT"),
        ("position", {"coords": "POINT(50.85 400)"}, "not on Earth"),
        ("position", {"coords": "POINT EMPTY"}, "is a POINT"),
        ("area", {"coords": "POLYGON((4 50, 5 51, 4 51, 5 50, 4 50))"}, "not valid"),
        ("area", {"coords": "x" * 1000}, "cannot be read"),
        ("radius", {"coords": "POINT(4.35 50.85)", "within": "1", "within_units": "ells"}, "within"),
        ("radius", {"coords": "POINT(4.35 50.85)", "within": "-1"}, "within"),
        ("radius", {"coords": "POINT(4.35 50.85)"}, "within"),
        ("cube", {"bbox": "1,2"}, "four numbers"),
        ("cube", {"bbox": "4,50,5,51", "parameter_name": "gold"}, "not measured"),
        ("cube", {"bbox": "4,50,5,51", "datetime": "soon"}, "is not a date"),
        ("cube", {"bbox": "4,50,5,51", "f": "NetCDF"}, "no form"),
        ("position", {"coords": "POINT(4 50)", "crs": "EPSG:1"}, "coordinate system"),
    ],
)
def test_what_cannot_be_asked_is_told(stations: None, query: str, asked: dict[str, str], says: str) -> None:
    answer = ask(query, **asked)
    assert answer.status == 400 and says in answer.json["detail"]
