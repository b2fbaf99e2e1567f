"""What solutions declare and load is read as SensorThings: sets, entities, links, properties, options, pages, rights."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.foundations.observations.city import HOUR, NOON, batch, make
from tests.standards.sensorthings.conftest import EDITOR
from zinneke.foundations.observations import register, store
from zinneke.foundations.observations.entities import sets
from zinneke.foundations.observations.values import Place, Stream, StreamRow, Thing
from zinneke.kernel.confidentiality import SYSTEM, Level
from zinneke.kernel.solution import Sample
from zinneke.kernel.text import Text

pytestmark = pytest.mark.django_db(transaction=True)
PARTNER = {"authorization": "Bearer partner"}


@pytest.fixture
def stations() -> list[Stream]:
    """Two air stations as their source sends them."""
    name, times = Text("Gare", "Station", "Rail station"), [NOON + at * HOUR for at in range(6)]
    samples = [Sample("s1", "pm25", time, 10.0 + at, name, (4.35, 50.85)) for at, time in enumerate(times)]
    assert store.take_samples(SYSTEM, "air_quality", samples).stored == 6
    samples = [Sample("s2", "no2", time, 20.0 + at, None, (4.40, 50.80)) for at, time in enumerate(times)]
    assert store.take_samples(SYSTEM, "air_quality", samples).stored == 6
    return store.list_streams(SYSTEM)


def value(service: TestClient, address: str, **headers: str) -> list[dict[str, Any]]:
    answer = service.get(address, headers=headers)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["value"]
    return found


def test_the_root_lists_the_sets_and_the_conformance_classes(service: TestClient) -> None:
    root = service.get("http://city/sta/v1.1").json()
    assert [each["name"] for each in root["value"]] == list(sets.SETS)
    assert all(each["url"] == f"http://city/sta/v1.1/{each['name']}" for each in root["value"])
    assert root["serverSettings"]["conformance"]


def test_what_a_source_sends_is_at_once_an_entity_with_name_unit_area_and_time(service: TestClient, stations: list[Stream]) -> None:
    found = value(service, "Datastreams?$expand=Thing($expand=Locations),Sensor,ObservedProperty&$filter=ObservedProperty/name eq 'PM2.5'")[0]
    assert found["unitOfMeasurement"] == {
        "name": "micrograms per cubic metre",
        "symbol": "µg/m³",
        "definition": "http://www.opengis.net/def/uom/UCUM/ug/m3",
    }
    assert found["observedArea"] == {"type": "Point", "coordinates": [4.35, 50.85]}
    assert found["phenomenonTime"] == "2026-03-10T12:00:00Z/2026-03-10T17:00:00Z"
    assert found["Thing"]["name"] == "Rail station"
    assert found["Thing"]["Locations"][0]["location"] == {"type": "Point", "coordinates": [4.35, 50.85]}
    assert found["ObservedProperty"]["definition"] == "http://dd.eionet.europa.eu/vocabulary/aq/pollutant/6001"
    assert found["Sensor"]["name"] == "Monitoring station"


def test_names_are_in_the_language_that_is_asked(service: TestClient, stations: list[Stream]) -> None:
    assert value(service, "Things?$filter=name eq 'Gare'", **{"accept-language": "fr"})[0]["name"] == "Gare"
    assert value(service, "Things?$filter=name eq 'Gare'") == []


def test_links_are_followed_to_any_depth(service: TestClient, stations: list[Stream]) -> None:
    number = stations[0].id
    thing = service.get(f"Datastreams({number})/Thing").json()["@iot.id"]
    assert value(service, f"Things({thing})/Datastreams({number})/Observations?$top=1")[0]["result"] == 10
    assert value(service, f"Observations('{number}.1773144000000000')/Datastream/Thing/Locations")[0]["name"] == "Rail station"
    assert service.get(f"Datastreams({number})/Thing/Locations/99").status_code == 404
    assert service.get(f"Things({thing + 1})/Datastreams({number})").status_code == 404


def test_every_link_of_every_set_can_be_followed_and_expanded(service: TestClient, stations: list[Stream]) -> None:
    for name, each in sets.SETS.items():
        for link, leads in each.links.items():
            assert service.get(f"{name}?$expand={link}").status_code == 200, (name, link)
            inverse = [back for back, there in sets.SETS[leads.target].links.items() if there.target == name]
            for one in value(service, f"{name}?$top=2"):
                answer = service.get(one[f"{link}@iot.navigationLink"])
                assert answer.status_code == 200 or link == "MultiDatastream", (name, link, answer.text)
            assert all(service.get(f"{name}?$filter={link}/{back}/id eq 1").status_code in (200, 400) for back in inverse)


def test_properties_values_counts_and_references_have_addresses(service: TestClient, stations: list[Stream]) -> None:
    number = stations[0].id
    assert service.get(f"Datastreams({number})/name").json() == {"name": "PM2.5"}
    assert service.get(f"Datastreams({number})/name/$value").text == "PM2.5"
    assert service.get(f"Datastreams({number})/unitOfMeasurement/symbol").json() == {"symbol": "µg/m³"}
    assert service.get("Things/$count").text == "2"
    assert value(service, "Things/$ref") == [{"@iot.selfLink": f"http://city/sta/v1.1/Things({at})"} for at in (1, 2)]
    assert service.get(f"Datastreams({number})/Thing/$ref").json()["@iot.selfLink"].startswith("http://city/sta/v1.1/Things(")
    assert service.get(f"Datastreams({number})/resultTime").status_code == 204


def test_pages_stay_as_they_were_while_data_arrive(service: TestClient, stations: list[Stream]) -> None:
    number = stations[0].id
    for order, since in (("phenomenonTime desc", +1), ("phenomenonTime asc", -1)):
        seen: list[str] = []
        link = f"Datastreams({number})/Observations?$orderby={order}&$top=2&$count=true"
        begin = value(service, f"Datastreams({number})/Observations?$orderby={order}")
        for at in range(9):
            answer = service.get(link).json()
            seen += [one["@iot.id"] for one in answer["value"]]
            news = NOON + since * (24 * HOUR + at * timedelta(minutes=1))
            assert store.ingest(SYSTEM, batch((number, news, 1.0))).stored + store.ingest(SYSTEM, batch((number, news, 1.0))).duplicates
            if "@iot.nextLink" not in answer:
                break
            link = answer["@iot.nextLink"]
        assert seen == [one["@iot.id"] for one in begin]


def test_a_page_inside_a_page_has_a_next_link_that_works(service: TestClient, stations: list[Stream]) -> None:
    first = value(service, "Datastreams?$expand=Observations($top=2;$orderby=result desc;$count=true;$select=result)")[0]
    assert [one["result"] for one in first["Observations"]] == [15, 14]
    assert first["Observations@iot.count"] == 6
    following = service.get(first["Observations@iot.nextLink"]).json()
    assert following["value"] == [{"result": 13}, {"result": 12}]


def test_data_arrays_csv_and_geojson(service: TestClient, stations: list[Stream]) -> None:
    found = value(service, f"Datastreams({stations[0].id})/Observations?$resultFormat=dataArray&$top=2&$count=true&$select=phenomenonTime,result")[0]
    assert found["components"] == ["phenomenonTime", "result"]
    assert found["dataArray"] == [["2026-03-10T12:00:00Z", 10.0], ["2026-03-10T13:00:00Z", 11.0]]
    assert found["Datastream@iot.navigationLink"] == f"http://city/sta/v1.1/Datastreams({stations[0].id})"
    assert len(value(service, "Observations?$resultFormat=dataArray")) == 2
    assert service.get("Observations?$resultFormat=CSV&$select=id,result&$top=1").text == f"id,result\r\n{stations[0].id}.1773144000000000,10.0\r\n"
    places = service.get("Locations?$resultFormat=GeoJSON").json()
    assert places["features"][0]["geometry"] == {"type": "Point", "coordinates": [4.35, 50.85]}
    assert service.get("Things?$resultFormat=dataArray").status_code == 400
    assert service.get("Things?$resultFormat=xml").status_code == 400


def test_what_was_observed_before_a_thing_moved_stays_where_it_was(service: TestClient, stations: list[Stream]) -> None:
    late = Sample("s1", "pm25", NOON + 400 * HOUR, 1.0, None, (4.5, 50.9))
    store.take_samples(SYSTEM, "air_quality", [late])
    assert len(value(service, "Things(1)/HistoricalLocations")) == 2
    first = service.get(f"Observations('{stations[0].id}.1773144000000000')/FeatureOfInterest").json()
    assert first["feature"]["coordinates"] == [4.35, 50.85]
    assert value(service, "Things(1)/Locations")[0]["location"]["coordinates"] == [4.5, 50.9]


@pytest.mark.parametrize(
    ("address", "status", "told"),
    [
        ("Nothing", 404, "There is no set"),
        ("Things(7)", 404, "no Thing 7"),
        ("Things('a')/Datastreams", 404, ""),
        ("Observations('x')", 404, ""),
        ("Observations(5)", 404, ""),
        ("Things(1)/Datastreams/Observations", 404, "name one by its id"),
        ("Things/name", 404, "name one by its id"),
        ("Things(1)?$top=1", 400, "for sets"),
        ("Things?$select=nothing", 400, "have no 'nothing'"),
        ("Things?$expand=Nothing", 400, "have no link"),
        ("Things?$filter=name gt 5", 400, "number"),
        ("Things?$filter=nothing eq 1", 400, "have no property"),
        ("Things?$filter=name", 400, "True or false"),
        ("Things?$filter=substringof('a')", 400, "takes 2"),
        ("Things?$filter=foo(name)", 400, "no function"),
        ("Things?$filter=name add 1 eq 2", 400, "does not go between"),
        ("Things?$filter=during(name,name)", 400, "moments and periods"),
        ("Things?$orderby=Datastreams/name", 400, "one entity only"),
        ("Things?$skiptoken=WzEsMiwzXQ", 400, "skiptoken"),
        ("Things?$skiptoken=WyJ4Il0", 400, "do not fit"),
        ("Observations?$filter=phenomenonTime add duration'P9999999D' gt now() add duration'P99999999D'", 200, ""),
        ("Observations?$filter=substring(Datastream/name,1e300) eq ''", 400, "do not fit"),
        ("Things/$value", 404, ""),
        ("Things?$filter=" + " or ".join(f"Datastreams/Observations/Datastream/Thing/name eq '{at}'" for at in range(3)), 200, ""),
    ],
)
def test_a_fault_is_told_in_the_form_of_the_service(service: TestClient, stations: list[Stream], address: str, status: int, told: str) -> None:
    answer = service.get(address)
    assert answer.status_code == status, answer.text
    if status >= 400:
        assert answer.json()["code"] == status
        assert told in answer.json()["message"]


def test_an_answer_that_would_be_endless_is_refused_with_the_reason(service: TestClient) -> None:
    make(*(f"b{at}" for at in range(60)))
    answer = service.get("Things?$expand=Datastreams($expand=Thing($expand=Datastreams($top=10000;$expand=Observations($top=10000))))&$top=10000")
    assert answer.status_code == 400
    assert "smaller $top" in answer.json()["message"]


def test_what_is_hidden_leaks_by_no_path(service: TestClient) -> None:
    for name, level in (("open", Level.PUBLIC), ("shut", Level.SHARED)):
        store.set_things(SYSTEM, [Thing(key=f"demo/{name}", name={"en": name}, place=Place(4.3, 50.8), level=level)])
        for reading in ("a", "b"):
            hidden = Level.SHARED if reading == "b" else Level.PUBLIC
            row = StreamRow(key=f"demo/{name}/{reading}", thing=f"demo/{name}", name={"en": f"{name} {reading}"}, reading=reading, level=hidden)
            store.set_streams(SYSTEM, [row])
            stream = store.find_stream(SYSTEM, row.key)
            assert stream
            store.ingest(SYSTEM, batch((stream.id, NOON, 5.0)))
    for headers, things, streams in (({}, 1, 1), (PARTNER, 2, 4)):
        assert len(value(service, "Things", **headers)) == things
        assert len(value(service, "Things?$filter=Datastreams/name eq 'open b'", **headers)) == (0 if things == 1 else 1)
        assert len(value(service, "Locations?$filter=Things/name eq 'shut'", **headers)) == things - 1
        assert len(value(service, "HistoricalLocations", **headers)) == things
        assert len(value(service, "Locations", **headers)) == len(value(service, "FeaturesOfInterest", **headers)) == things
        assert service.get("Observations?$count=true&$top=0", headers=headers).json()["@iot.count"] == streams
        assert sum(len(thing["Datastreams"]) for thing in value(service, "Things?$expand=Datastreams", **headers)) == streams
        assert len(value(service, "ObservedProperties", **headers)) == (1 if things == 1 else 2)
        inside = value(service, "Things?$filter=Datastreams/Observations/result eq 5&$orderby=name desc&$top=1&$count=true", **headers)
        assert inside[0]["name"] == ("open" if things == 1 else "shut")
    assert service.get("Datastreams(2)").status_code == service.get("Datastreams(99)").status_code == 404
    assert service.get("Observations('2.1773144000000000')").status_code == 404


def test_the_newest_of_each_stream_is_the_same_from_memory_as_by_statement(service: TestClient, stations: list[Stream]) -> None:
    make("silent")
    inside = "Observations($top=1;$orderby=phenomenonTime desc{})"
    for told in (False, True):
        if told:
            detail = {"phenomenonTime": "2026-03-12T12:00:00Z", "result": 7, "parameters": {"a": 1}}
            assert service.post(f"Datastreams({stations[0].id})/Observations", json=detail, headers=EDITOR).status_code == 201
        quick = value(service, f"Datastreams?$expand={inside.format('')}")
        slow = value(service, f"Datastreams?$expand={inside.format(';$filter=true')}")
        assert [one["Observations"] for one in quick] == [one["Observations"] for one in slow]
        following = service.get(quick[0]["Observations@iot.nextLink"]).json()["value"]
        assert following[0]["result"] == (15 if told else 14)


def test_what_another_is_about_to_make_known_is_neither_shown_nor_in_the_way(service: TestClient, stations: list[Stream]) -> None:
    before = register.current()
    coming = Thing(key="demo/coming", name={"en": "coming"})
    register._current = before.changed([coming], [], "not committed")
    assert [thing["name"] for thing in value(service, "Things")] == ["Rail station", "s2"]
    register._current = before
