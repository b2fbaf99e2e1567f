"""What is created through the standard: whole or not at all, on disk before the answer, and read by the house's own doors too."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from starlette.testclient import TestClient

from tests.foundations.observations.city import NOON, make
from tests.standards.sensorthings.conftest import EDITOR
from zinneke.foundations.audit import store as audit
from zinneke.foundations.observations import lifecycle, store
from zinneke.foundations.observations.values import Place, Thing
from zinneke.kernel.confidentiality import ANONYMOUS, SYSTEM, Level
from zinneke.kernel.event import ObservationsStored, _listeners, listen

pytestmark = pytest.mark.django_db(transaction=True)
UNIT = {"name": "degree Celsius", "symbol": "°C", "definition": "http://www.opengis.net/def/uom/UCUM/Cel"}
SENSOR = {"name": "DHT22", "description": "a cheap one", "encodingType": "application/pdf", "metadata": "https://example.org/dht22.pdf"}
PROPERTY = {"name": "Air temperature", "definition": "http://vocab.nerc.ac.uk/standard_name/air_temperature", "description": "of the air"}
PLACE = {"name": "Roof", "description": "", "encodingType": "application/geo+json", "location": {"type": "Point", "coordinates": [4.35, 50.85]}}
MEASUREMENT = "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement"


def stream(**more: Any) -> dict[str, Any]:
    plain = {"name": "Temperature", "description": "of the roof", "observationType": MEASUREMENT, "unitOfMeasurement": UNIT}
    return {**plain, "Sensor": SENSOR, "ObservedProperty": PROPERTY, **more}


def station(**more: Any) -> dict[str, Any]:
    heard = {"phenomenonTime": "2026-03-10T12:00:00Z", "result": 21.5}
    return {
        "name": "Station",
        "description": "on the roof",
        "properties": {"owner": "me"},
        "Locations": [PLACE],
        "Datastreams": [stream(Observations=[heard])],
        **more,
    }


@pytest.fixture
def editor(service: TestClient) -> TestClient:
    service.headers.update(EDITOR)
    return service


def made(service: TestClient, address: str, document: Any, status: int = 201) -> Any:
    answer = service.post(address, json=document)
    assert answer.status_code == status, answer.text
    return answer.json().get("@iot.id")


def first(service: TestClient, name: str) -> str:
    """Return the address of the first entity of a set."""
    link: str = service.get(f"{name}?$top=1").json()["value"][0]["@iot.selfLink"]
    return link.rpartition("/")[2]


def test_a_thing_is_created_with_all_that_hangs_on_it(editor: TestClient) -> None:
    answer = editor.post("Things", json=station())
    assert answer.status_code == 201, answer.text
    assert answer.headers["location"] == "http://city/sta/v1.1/Things(1)"
    found = editor.get(
        "Things(1)?$expand=Locations,HistoricalLocations,Datastreams($expand=Sensor,ObservedProperty,Observations($expand=FeatureOfInterest))"
    ).json()
    assert (found["name"], found["properties"]) == ("Station", {"owner": "me"})
    assert found["Locations"][0]["location"] == PLACE["location"]
    assert len(found["HistoricalLocations"]) == 1
    inside = found["Datastreams"][0]
    assert inside["unitOfMeasurement"] == UNIT
    assert {name: inside["Sensor"][name] for name in SENSOR} == SENSOR
    assert {name: inside["ObservedProperty"][name] for name in PROPERTY} == PROPERTY
    assert inside["Observations"][0]["result"] == 21.5
    assert inside["Observations"][0]["FeatureOfInterest"]["feature"] == PLACE["location"]
    assert inside["observedArea"] == PLACE["location"]


def test_what_is_created_is_read_by_the_house_itself(editor: TestClient) -> None:
    made(editor, "Things", station())
    (latest,) = store.latest(ANONYMOUS)
    assert (latest.value, latest.stream.unit, latest.thing.name["fr"], latest.thing.place) == (21.5, "Cel", "Station", Place(4.35, 50.85))
    assert latest.stream.reading == "air_temperature"


def test_nothing_is_written_when_something_deep_inside_is_wrong(editor: TestClient) -> None:
    before = [editor.get(f"{name}/$count").text for name in ("Things", "Sensors", "Locations", "ObservedProperties")]
    wrong = [
        station(Datastreams=[stream(Observations=[{"phenomenonTime": "yesterday", "result": 1}])]),
        station(Datastreams=[stream(Observations=[{"phenomenonTime": "1970-01-01T00:00:00Z", "result": 1}])]),
        station(Datastreams=[stream(Sensor={"name": "no more"})]),
        station(Datastreams=[stream(Sensor={"@iot.id": 99})]),
        station(Datastreams=[stream(ObservedProperty=[PROPERTY])]),
        station(nothing=1),
        station(name=5),
        station(Locations=[{"@iot.id": "x"}]),
    ]
    for document in wrong:
        answer = editor.post("Things", json=document)
        assert answer.status_code in (400, 404), answer.text
        assert answer.json()["message"]
    assert [editor.get(f"{name}/$count").text for name in ("Things", "Sensors", "Locations", "ObservedProperties")] == before


def test_of_a_deep_insert_that_is_refused_no_observation_is_kept_or_announced(editor: TestClient) -> None:
    told: list[ObservationsStored] = []
    listen(ObservationsStored, told.append)
    heard = [{"phenomenonTime": f"{year}-03-10T12:00:00Z", "result": 21.5} for year in (2026, 1970)]
    try:
        made(editor, "Things", station(Datastreams=[stream(Observations=heard)]), status=400)
    finally:
        _listeners[ObservationsStored].remove(told.append)
    assert (lifecycle.opened().tail.highest, told) == (0, [])


def test_entities_are_created_one_by_one_and_related_by_their_ids(editor: TestClient) -> None:
    thing = made(editor, "Things", {"name": "Pole", "description": ""})
    sensor, observed = made(editor, "Sensors", SENSOR), made(editor, "ObservedProperties", PROPERTY)
    place = made(editor, f"Things({thing})/Locations", PLACE)
    links = {"Thing": {"@iot.id": thing}, "Sensor": {"@iot.id": sensor}, "ObservedProperty": {"@iot.id": observed}}
    number = made(editor, "Datastreams", stream(**links))
    first = made(editor, f"Datastreams({number})/Observations", {"phenomenonTime": "2026-03-10T12:00:00Z", "result": 1})
    second = made(editor, "Observations", {"phenomenonTime": "2026-03-10T13:00:00Z", "result": 2, "Datastream": {"@iot.id": number}})
    assert [one["@iot.id"] for one in editor.get(f"Things({thing})/Datastreams({number})/Observations").json()["value"]] == [first, second]
    assert editor.get(f"Locations({place})/Things").json()["value"][0]["@iot.id"] == thing


def test_sending_an_observation_again_changes_nothing_and_another_result_is_a_conflict(editor: TestClient) -> None:
    made(editor, "Things", station())
    for document in (
        {"phenomenonTime": "2026-03-10T12:00:00Z", "result": 21.5},
        {"phenomenonTime": "2026-03-10T13:00:00Z", "result": "wet", "parameters": {"by": "eye"}},
    ):
        assert made(editor, "Datastreams(1)/Observations", document) == made(editor, "Datastreams(1)/Observations", document)
        assert editor.post("Datastreams(1)/Observations", json={**document, "result": "other"}).status_code == 409
    assert editor.get("Observations/$count").text == "2"


def test_an_acknowledged_observation_is_there_after_the_store_was_opened_again(editor: TestClient) -> None:
    made(editor, "Things", station())
    told = {
        "phenomenonTime": "2026-03-10T13:00:00Z/2026-03-10T14:00:00Z",
        "result": {"colour": "red", "depth": [1, 2]},
        "resultTime": "2026-03-10T15:00:00Z",
        "validTime": "2026-03-10T00:00:00Z/2026-03-11T00:00:00Z",
        "resultQuality": {"code": "good"},
        "parameters": {"run": 7},
    }
    number = made(editor, "Datastreams(1)/Observations", told)
    lifecycle.stop()
    found = editor.get(f"Observations('{number}')").json()
    assert {name: found[name] for name in told} == told
    for condition in (
        "result/colour eq 'red'",
        "parameters/run eq 7",
        "resultTime gt phenomenonTime",
        "overlaps(validTime, phenomenonTime)",
        "result/depth/1 eq 2",
    ):
        assert [one["@iot.id"] for one in editor.get(f"Observations?$filter={condition}").json()["value"]] == [number], condition


def test_an_observation_may_be_about_a_feature_of_its_own(editor: TestClient) -> None:
    made(editor, "Things", station())
    feature = {"name": "Pond", "description": "", "encodingType": "application/geo+json", "feature": {"type": "Point", "coordinates": [4.4, 50.9]}}
    number = made(editor, "Datastreams(1)/Observations", {"phenomenonTime": "2026-03-10T13:00:00Z", "result": 3, "FeatureOfInterest": feature})
    assert editor.get(f"Observations('{number}')/FeatureOfInterest/name").json() == {"name": "Pond"}
    within = "st_within(FeatureOfInterest/feature, geography'POLYGON((4.39 50.8, 4.5 50.8, 4.5 51, 4.39 51, 4.39 50.8))')"
    assert [one["result"] for one in editor.get(f"Observations?$filter={within}").json()["value"]] == [3]
    pond = editor.get("FeaturesOfInterest?$filter=name eq 'Pond'").json()["value"][0]["@iot.id"]
    assert editor.get(f"FeaturesOfInterest({pond})/Observations").json()["value"][0]["@iot.id"] == number


def test_patch_changes_what_it_names_and_put_empties_the_rest(editor: TestClient) -> None:
    made(editor, "Things", station())
    assert editor.patch("Things(1)", json={"name": "Other"}).status_code == 200
    found = editor.get("Things(1)").json()
    assert (found["name"], found["description"], found["properties"]) == ("Other", "on the roof", {"owner": "me"})
    assert editor.put("Things(1)", json={"name": "Third", "description": "new"}).status_code == 200
    found = editor.get("Things(1)").json()
    assert (found["name"], found["properties"]) == ("Third", {})
    assert editor.put("Things(1)", json={"description": "no name"}).status_code == 400
    patch = [{"op": "replace", "path": "/description", "value": "by patch"}, {"op": "add", "path": "/properties/a~1b", "value": 1}]
    answer = editor.patch("Things(1)", content=msgspec.json.encode(patch), headers={"content-type": "application/json-patch+json"})
    assert answer.status_code == 200, answer.text
    assert editor.get("Things(1)/properties").json() == {"properties": {"a/b": 1}}
    for name, change in (
        (first(editor, "Sensors"), {"metadata": "x"}),
        (first(editor, "ObservedProperties"), {"definition": "urn:x"}),
        ("Datastreams(1)", {"name": "Renamed"}),
    ):
        assert editor.patch(name, json=change).status_code == 200
        found = editor.get(name).json()
        assert {member: found[member] for member in change} == change
    fahrenheit = {"name": "F", "symbol": "°F", "definition": "ucum:[degF]"}
    assert editor.patch("Datastreams(1)", json={"unitOfMeasurement": fahrenheit}).status_code == 200
    assert store.get_stream(ANONYMOUS, 1).unit == "[degF]"


def test_a_changed_result_keeps_the_earlier_one(editor: TestClient) -> None:
    made(editor, "Things", station())
    (number,) = [one["@iot.id"] for one in editor.get("Observations").json()["value"]]
    for _ in range(2):
        assert editor.patch(f"Observations('{number}')", json={"result": 22, "parameters": {"why": "calibrated"}}).status_code == 200
    found = editor.get(f"Observations('{number}')").json()
    assert (found["result"], found["parameters"], found["resultQuality"]) == (22, {"why": "calibrated"}, "corrected")
    revisions = store.list_revisions(SYSTEM, 1, NOON)
    assert [(revision.value, revision.who) for revision in revisions] == [(21.5, "somebody")]
    assert editor.patch(f"Observations('{number}')", json={"phenomenonTime": "2026-03-11T12:00:00Z"}).status_code == 400
    assert editor.patch("Observations('1.5')", json={"result": 1}).status_code == 404


def test_a_thing_that_moves_leaves_a_history(editor: TestClient) -> None:
    made(editor, "Things", station())
    before = editor.get("Things(1)/Locations").json()["value"][0]["@iot.id"]
    other = {**PLACE, "name": "Garden", "location": {"type": "Polygon", "coordinates": [[[4.3, 50.8], [4.32, 50.8], [4.32, 50.82], [4.3, 50.8]]]}}
    assert editor.patch("Things(1)", json={"Locations": [other]}).status_code == 200
    assert [place["name"] for place in editor.get("Things(1)/Locations").json()["value"]] == ["Garden"]
    assert len(editor.get("Things(1)/HistoricalLocations").json()["value"]) == 2
    place = store.latest(ANONYMOUS)[0].thing.place
    assert place is not None
    assert 4.3 < place.lon < 4.32
    assert editor.get("Datastreams(1)").json()["observedArea"]["type"] == "Polygon"
    made(editor, "HistoricalLocations", {"time": "2020-01-01T00:00:00Z", "Thing": {"@iot.id": 1}, "Locations": [{"@iot.id": before}]})
    assert len(editor.get("Things(1)/HistoricalLocations").json()["value"]) == 3


def test_deleting_takes_what_cannot_be_without_it_and_no_number_is_used_again(editor: TestClient) -> None:
    made(editor, "Things", station())
    made(editor, "Datastreams(1)/Observations", {"phenomenonTime": "2026-03-10T13:00:00Z", "result": 3})
    assert editor.delete(f"Observations('1.{int(NOON.timestamp()) * 1_000_000}')").status_code == 200
    assert [one["result"] for one in editor.get("Observations").json()["value"]] == [3]
    assert editor.delete(first(editor, "FeaturesOfInterest")).status_code == 409
    assert editor.delete(first(editor, "Sensors")).status_code == 200
    assert [editor.get(f"{name}/$count").text for name in ("Things", "Datastreams", "Observations", "Sensors")] == ["1", "0", "0", "0"]
    number = made(editor, "Datastreams", stream(Thing={"@iot.id": 1}))
    assert number == 2
    lifecycle.stop()
    assert editor.delete("Things(1)").status_code == 200
    assert [editor.get(f"{name}/$count").text for name in ("Things", "Datastreams", "HistoricalLocations")] == ["0", "0", "0"]
    assert made(editor, "Things", station()) == 2
    assert editor.get("Datastreams").json()["value"][0]["@iot.id"] == 3
    assert editor.get("Observations/$count").text == "1"
    assert {entry.action for entry in audit.list_entries(SYSTEM)} >= {"delete"}


def test_data_arrays_are_stored_at_once_and_each_row_is_answered(editor: TestClient) -> None:
    made(editor, "Things", station(Datastreams=[stream(), stream()]))
    rows = [[f"2026-03-10T{hour:02}:00:00Z", hour] for hour in range(10)]
    body = [
        {"Datastream": {"@iot.id": 1}, "components": ["phenomenonTime", "result"], "dataArray@iot.count": 10, "dataArray": rows},
        {"Datastream": {"@iot.id": 2}, "components": ["result", "phenomenonTime"], "dataArray": [[1.5, "2026-03-10T01:00:00Z"], [2, "never"]]},
    ]
    answer = editor.post("CreateObservations", json=body)
    assert answer.status_code == 201, answer.text
    told = answer.json()
    assert len(told) == 12
    assert told[11].startswith("error: ")
    assert editor.get(told[3]).json()["result"] == 3
    assert editor.post("CreateObservations", json=body).json() == told
    assert editor.get("Observations/$count").text == "11"
    richer = [{"Datastream": {"@iot.id": 1}, "components": ["phenomenonTime", "result", "resultTime", "parameters", "FeatureOfInterest/id"]}]
    feature = editor.get("FeaturesOfInterest").json()["value"][0]["@iot.id"]
    richer[0]["dataArray"] = [["2026-03-11T00:00:00Z/PT1H", True, "2026-03-11T01:00:00Z", {"a": 1}, feature]]  # type: ignore[assignment]
    (link,) = editor.post("CreateObservations", json=richer).json()
    found = editor.get(link).json()
    assert (found["result"], found["phenomenonTime"]) == (True, "2026-03-11T00:00:00Z/2026-03-11T01:00:00Z")
    for wrong in ([{"components": ["result"], "dataArray": [[1]]}], [{**body[0], "dataArray": [[1]]}], {"a": 1}, [1]):
        assert editor.post("CreateObservations", json=wrong).status_code == 400


def test_a_multidatastream_takes_as_many_results_as_it_observes(editor: TestClient) -> None:
    thing = made(editor, "Things", {"name": "Mast", "description": ""})
    document = {
        "name": "Wind",
        "description": "",
        "multiObservationDataTypes": [MEASUREMENT, MEASUREMENT],
        "unitOfMeasurements": [{"name": "", "symbol": "m/s", "definition": ""}, {"name": "", "symbol": "deg", "definition": ""}],
        "Thing": {"@iot.id": thing},
        "Sensor": SENSOR,
        "ObservedProperties": [{**PROPERTY, "name": "Speed"}, {**PROPERTY, "name": "Direction"}],
    }
    number = made(editor, "MultiDatastreams", document)
    found = editor.get(f"MultiDatastreams({number})?$expand=ObservedProperties").json()
    assert (found["unitOfMeasurements"], len(found["ObservedProperties"])) == (document["unitOfMeasurements"], 2)
    made(editor, f"MultiDatastreams({number})/Observations", {"phenomenonTime": "2026-03-10T12:00:00Z", "result": [5.5, 180]})
    assert editor.get(f"MultiDatastreams({number})/Observations?$filter=result/0 gt 5").json()["value"][0]["result"] == [5.5, 180]
    for result in ([1], 5, [1, 2, 3]):
        assert editor.post(f"MultiDatastreams({number})/Observations", json={"result": result}).status_code == 400
    assert editor.get("Datastreams/$count").text == "0"
    assert editor.post("MultiDatastreams", json={**document, "unitOfMeasurements": []}).status_code == 400
    assert editor.get("Observations?$expand=MultiDatastream,Datastream").json()["value"][0]["MultiDatastream"]["@iot.id"] == number


def test_a_batch_answers_each_request_and_later_ones_name_what_earlier_ones_created(editor: TestClient) -> None:
    batch = {
        "requests": [
            {"id": "s", "method": "post", "url": "Sensors", "body": SENSOR},
            {"id": "t", "method": "post", "url": "Things", "body": {"name": "T", "description": ""}},
            {"id": "d", "method": "post", "url": "$t/Datastreams", "body": stream(Sensor={"@iot.id": "$s"})},
            {"id": "x", "method": "get", "url": "Things(99)"},
            {"id": "o", "method": "post", "url": "$d/Observations", "body": {"phenomenonTime": "2026-03-10T12:00:00Z", "result": 1}},
            {"id": "g", "method": "get", "url": "/sta/v1.1/Observations?$select=result"},
            {"id": "p", "method": "patch", "url": "$t", "body": {"name": "U"}},
            {"id": "r", "method": "delete", "url": "$nothing"},
        ]
    }
    answer = editor.post("$batch", json=batch)
    assert answer.status_code == 200, answer.text
    told = {one["id"]: one for one in answer.json()["responses"]}
    assert [one["status"] for one in told.values()] == [201, 201, 201, 404, 201, 200, 200, 400]
    assert told["g"]["body"]["value"] == [{"result": 1}]
    assert editor.get("Things(1)/name").json() == {"name": "U"}
    assert editor.post("$batch", json={"requests": 1}).status_code == 400


def test_who_may_not_write_here_changes_nothing_and_learns_nothing(service: TestClient) -> None:
    make("open")
    store.set_things(SYSTEM, [Thing(key="demo/shut", name={"en": "shut"}, level=Level.SHARED)])
    shut = service.get("Things?$filter=name eq 'shut'", headers={"authorization": "Bearer partner"}).json()["value"][0]["@iot.id"]
    for work in (
        lambda headers: service.post("Things", json=station(), headers=headers),
        lambda headers: service.patch("Things(1)", json={"name": "x"}, headers=headers),
        lambda headers: service.delete("Things(1)", headers=headers),
    ):
        assert work({}).status_code == 401
    for work in (
        lambda: service.patch(f"Things({shut})", json={"name": "x"}, headers=EDITOR),
        lambda: service.delete(f"Things({shut})", headers=EDITOR),
        lambda: service.post("Datastreams", json=stream(Thing={"@iot.id": shut}), headers=EDITOR),
        lambda: service.post(f"Things({shut})/Locations", json=PLACE, headers=EDITOR),
    ):
        answer = work()
        assert answer.status_code == 404, answer.text
        assert "shut" not in answer.text


def test_what_several_streams_share_is_changed_by_those_only_who_may_change_all(service: TestClient) -> None:
    made_by = {"authorization": "Bearer partner"}
    thing = service.post("Things", json=station(), headers=made_by).json()["@iot.id"]
    key = store.list_things(SYSTEM)[0].key
    store.set_things(SYSTEM, [Thing(key=key, name={"en": "Station"}, level=Level.SHARED)])
    sensor = service.get(f"Things({thing})/Datastreams?$expand=Sensor", headers=made_by).json()["value"][0]["Sensor"]["@iot.id"]
    assert service.patch(f"Sensors({sensor})", json={"name": "x"}, headers=EDITOR).status_code == 404
    assert service.patch(f"Sensors({sensor})", json={"name": "x"}, headers=made_by).status_code == 200
