"""One city behind two standards: what is written through SensorThings is read through NGSI-LD, and back."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.foundations.observations.city import NOON, batch, make
from zinneke.foundations.observations import lifecycle, store
from zinneke.kernel.confidentiality import SYSTEM, Level

pytestmark = pytest.mark.django_db(transaction=True)
TREE: dict[str, Any] = {
    "name": "Station",
    "properties": {"height": 3, "note": {"deep": [1, 2]}, "scope": "/Brussels"},
    "Locations": [{"name": "Roof", "encodingType": "application/geo+json", "location": {"type": "Point", "coordinates": [4.35, 50.85]}}],
    "Datastreams": [
        {
            "name": "Air",
            "unitOfMeasurement": {"name": "degree Celsius", "symbol": "°C", "definition": "ucum:Cel"},
            "Sensor": {"name": "S", "encodingType": "text/plain", "metadata": "x"},
            "ObservedProperty": {"name": "Temperature", "definition": "urn:temperature"},
            "Observations": [{"phenomenonTime": "2026-03-01T10:00:00Z", "result": 12.5, "parameters": {"calibrated": True}}],
        }
    ],
}


def test_a_thing_is_an_entity(service: TestClient, broker: TestClient) -> None:
    number = service.post("Things", json=TREE).json()["@iot.id"]
    entity = f"urn:ngsi-ld:Thing:sensorthings:{number}"
    found = broker.get(f"entities/{entity}").json()
    assert found == {
        "id": entity,
        "type": "Thing",
        "scope": "/Brussels",
        "name": {"type": "Property", "value": "Station"},
        "height": {"type": "Property", "value": 3},
        "note": {"type": "Property", "value": {"deep": [1, 2]}},
        "location": {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [4.35, 50.85]}},
        "temperature": {
            "type": "Property", "value": 12.5, "unitCode": "CEL", "observedAt": "2026-03-01T10:00:00Z",
            "calibrated": {"type": "Property", "value": True},
        },
    }  # fmt: skip
    part = {"value": 14, "observedAt": "2026-03-01T11:00:00Z"}
    assert broker.patch(f"entities/{entity}/attrs/temperature", json=part).status_code == 204
    assert broker.post(f"entities/{entity}/attrs", json={"height": {"type": "Property", "value": 4}}).status_code == 204
    results = service.get(f"Things({number})/Datastreams", params={"$expand": "Observations($orderby=phenomenonTime)"}).json()["value"][0][
        "Observations"
    ]
    assert [each["result"] for each in results] == [12.5, 14]
    assert results[1]["parameters"] == {"calibrated": True}
    assert service.get(f"Things({number})").json()["properties"]["height"] == 4


def test_an_entity_is_a_thing(service: TestClient, broker: TestClient) -> None:
    sent = {
        "id": "urn:ngsi-ld:Bin:1",
        "type": "Bin",
        "name": {"type": "Property", "value": "Bin"},
        "colour": {"type": "Property", "value": "green"},
        "owner": {"type": "Relationship", "object": "urn:x:1"},
        "location": {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [4.3, 50.8]}},
        "fill": {"type": "Property", "value": 40, "unitCode": "P1", "observedAt": "2026-03-01T10:00:00Z"},
        "state": {"type": "Property", "value": "open", "observedAt": "2026-03-01T10:00:00Z"},
    }
    assert broker.post("entities", json=sent).status_code == 201
    thing = service.get("Things", params={"$expand": "Datastreams($expand=Observations,ObservedProperty),Locations,HistoricalLocations"}).json()[
        "value"
    ][0]
    assert thing["name"] == "Bin"
    assert thing["properties"] == {"kind": "Bin", "colour": "green", "owner": {"type": "Relationship", "object": "urn:x:1"}}
    assert thing["Locations"][0]["location"] == {"type": "Point", "coordinates": [4.3, 50.8]}
    streams = {each["name"]: each for each in thing["Datastreams"]}
    assert streams["fill"]["unitOfMeasurement"]["definition"].endswith("/%")
    assert streams["fill"]["ObservedProperty"]["definition"] == "https://uri.etsi.org/ngsi-ld/default-context/fill"
    assert [each["result"] for each in streams["fill"]["Observations"]] == [40]
    assert [each["result"] for each in streams["state"]["Observations"]] == ["open"]
    more = {"result": 60, "phenomenonTime": "2026-03-01T12:00:00Z"}
    assert service.post(f"Datastreams({streams['fill']['@iot.id']})/Observations", json=more).status_code == 201
    service.patch(f"Things({thing['@iot.id']})", json={"name": "Renamed", "properties": {"colour": "red"}})
    found = broker.get("entities/urn:ngsi-ld:Bin:1").json()
    assert (found["fill"]["value"], found["name"]["value"], found["colour"]["value"]) == (60, "Renamed", "red")
    assert broker.delete("entities/urn:ngsi-ld:Bin:1").status_code == 204
    assert service.get("Things").json()["value"] == []
    assert service.get("Datastreams").json()["value"] == []


def test_what_is_not_open_is_not_there(broker: TestClient, visitor: TestClient) -> None:
    (shown,) = make("shown", solution="demo")
    (hidden,) = make("hidden", solution="demo", level=Level.SHARED)
    store.ingest(SYSTEM, batch((shown.id, NOON, 5.0), (hidden.id, NOON, 50.0)))
    partner = {"authorization": "Bearer partner"}
    ids = ["urn:ngsi-ld:Thing:demo:hidden", "urn:ngsi-ld:Thing:demo:shown"]
    for parameters in (
        {"local": "true"},
        {"q": "fill"},
        {"q": "fill>1"},
        {"attrs": "fill"},
        {"type": "Thing"},
        {"idPattern": ".*"},
        {"id": ",".join(ids)},
    ):
        parameters = {**parameters, "count": "true"}
        found = visitor.get("entities", params=parameters)
        assert ([each["id"] for each in found.json()], found.headers["ngsild-results-count"]) == (ids[1:], "1"), parameters
        found = visitor.get("entities", params={**parameters, "orderBy": "id"}, headers=partner)
        assert [each["id"] for each in found.json()] == ids, parameters
    assert visitor.get(f"entities/{ids[0]}").status_code == 404
    assert broker.patch(f"entities/{ids[0]}/attrs/fill", json={"value": 1}).status_code == 404
    assert broker.delete(f"entities/{ids[0]}").status_code == 404
    assert visitor.get("attributes/fill").json()["attributeCount"] == 1
    assert visitor.get("attributes/fill", headers=partner).json()["attributeCount"] == 2


def test_of_an_entity_that_is_refused_no_measurement_is_kept(broker: TestClient) -> None:
    make("shown", solution="demo")
    height = {"type": "Property", "value": 3, "unitCode": "MTR", "observedAt": "2026-03-10T12:00:00Z"}
    fill = {"type": "Property", "value": 500, "observedAt": "2026-03-10T12:00:00Z"}
    answer = broker.post("entities/urn:ngsi-ld:Thing:demo:shown/attrs", json={"height": height, "fill": fill})
    assert (answer.status_code, lifecycle.opened().tail.highest) == (400, 0), answer.text
