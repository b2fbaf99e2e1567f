"""Linked entities told along, order by distance, single instances over time corrected and deleted; and JSON-LD that a processor understands."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pyld import jsonld
from rdflib import Graph, URIRef
from starlette.testclient import TestClient

from tests.foundations.observations.city import make
from zinneke.kernel.confidentiality import Level
from zinneke.standards.ngsi_ld.core import CORE

pytestmark = pytest.mark.django_db(transaction=True)
A, B, C = (f"urn:ngsi-ld:Room:{name}" for name in "abc")


def entity(key: str, **attributes: Any) -> dict[str, Any]:
    return {"id": key, "type": "Room", **attributes}


def at(lon: float, lat: float) -> dict[str, Any]:
    return {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [lon, lat]}}


def related(*keys: str) -> dict[str, Any]:
    return {"type": "Relationship", "object": list(keys) if len(keys) > 1 else keys[0]}


@pytest.fixture
def linked(broker: TestClient) -> TestClient:
    """Three rooms: a leads to b, b to a, c and one that is not here."""
    for sent in (
        entity(A, next=related(B), size={"type": "Property", "value": 1}, location=at(4.35, 50.85)),
        entity(B, next=related(A, C, "urn:ngsi-ld:Room:away"), size={"type": "Property", "value": 2}, location=at(4.45, 50.85)),
        entity(C, size={"type": "Property", "value": 3}, location=at(4.36, 50.85)),
    ):
        answer = broker.post("entities", json=sent)
        assert answer.status_code == 201, answer.text
    return broker


def test_linked_entities_stand_inside_the_relationship_as_deep_as_asked_and_never_inside_themselves(linked: TestClient) -> None:
    plain = linked.get(f"entities/{A}").json()
    assert plain["next"] == related(B)
    one = linked.get(f"entities/{A}?join=inline").json()
    assert one["next"]["object"] == B
    assert one["next"]["entity"]["size"]["value"] == 2
    assert "entity" not in one["next"]["entity"]["next"]
    two = linked.get(f"entities/{A}?join=inline&joinLevel=2").json()
    assert [each["id"] for each in two["next"]["entity"]["next"]["entity"]] == [C]
    simple = linked.get(f"entities/{A}?join=inline&joinLevel=2&format=simplified").json()
    assert simple["next"]["next"] == [A, linked.get(f"entities/{C}?format=simplified").json(), "urn:ngsi-ld:Room:away"]
    picked = linked.get(f"entities/{A}?join=inline&pick=id,size").json()
    assert set(picked) == {"id", "size"}


def test_linked_entities_stand_behind_in_a_flat_list_each_once(linked: TestClient) -> None:
    assert [each["id"] for each in linked.get(f"entities/{A}?join=flat&joinLevel=3").json()] == [A, B, C]
    assert [each["id"] for each in linked.get(f"entities/{A}?join=flat&joinLevel=3&containedBy={C}").json()] == [A, B]
    assert [each["id"] for each in linked.get(f"entities?id={A}&join=flat").json()] == [A, B]
    sent = {"type": "Query", "entities": [{"id": A, "type": "Room"}], "join": "flat"}
    assert [each["id"] for each in linked.post("entityOperations/query", json=sent).json()] == [A, B]
    assert isinstance(linked.get(f"entities/{A}?join=@none&joinLevel=3").json(), dict)
    for bad in ("join=deep", "join=flat&joinLevel=0", "join=flat&joinLevel=6", "join=flat&containedBy=x"):
        assert linked.get(f"entities/{A}?{bad}").status_code == 400, bad


def test_what_is_closed_is_not_joined(linked: TestClient, visitor: TestClient) -> None:
    make("shut", level=Level.SHARED)
    partner = {"authorization": "Bearer partner"}
    (shut,) = [each["id"] for each in linked.get("entities?local=true", headers=partner).json() if "shut" in each["id"]]
    assert linked.post(f"entities/{C}/attrs", json={"next": related(shut)}).status_code == 204
    assert linked.get(f"entities/{C}?join=inline", headers=partner).json()["next"]["entity"]["id"] == shut
    assert "entity" not in visitor.get(f"entities/{C}?join=inline").json()["next"]
    assert len(visitor.get(f"entities/{C}?join=flat").json()) == 1


def test_entities_are_ordered_by_their_distance(linked: TestClient) -> None:
    def ordered(order: str) -> list[str]:
        return [each["id"] for each in linked.get("entities", params={"type": "Room", "orderBy": order, "orderFrom": "[4.35,50.85]"}).json()]

    assert ordered("location;dist-asc") == [A, C, B]
    assert ordered("location;dist-desc,id") == [B, C, A]
    for bad in ("orderBy=location;dist-asc", "orderBy=id;dist-asc&orderFrom=[4,50]", "orderBy=location;dist-asc&orderFrom=x", "orderBy=location;up"):
        assert linked.get(f"entities?type=Room&{bad}").status_code == 400, bad
    line = {"type": "Room", "orderBy": "location;dist-asc", "orderGeometry": "LineString", "orderFrom": "[[4.45,50.8],[4.45,50.9]]"}
    assert linked.get("entities", params=line).json()[0]["id"] == B


def test_an_instance_over_time_is_corrected_or_deleted_alone(broker: TestClient, visitor: TestClient) -> None:
    moments = [f"2026-03-10T1{hour}:00:00Z" for hour in range(3)]
    values = [{"type": "Property", "value": at, "observedAt": moment} for at, moment in enumerate(moments)]
    other = [{"type": "Property", "value": 9, "observedAt": moments[0], "datasetId": "urn:x:1"}]
    assert broker.post("temporal/entities", json=entity(A, level=values + other)).status_code == 201

    def told() -> dict[str, Any]:
        return {each["instanceId"]: each["value"] for each in broker.get(f"temporal/entities/{A}?attrs=level").json()["level"]}

    first, second, third, apart = told()
    assert broker.patch(f"temporal/entities/{A}/attrs/level/{second}", json={"level": [{"type": "Property", "value": 7}]}).status_code == 204
    assert told() == {first: 0, second: 7, third: 2, apart: 9}
    assert visitor.delete(f"temporal/entities/{A}/attrs/level/{first}").status_code in (401, 403)
    assert broker.delete(f"temporal/entities/{A}/attrs/level/{first}").status_code == 204
    assert broker.delete(f"temporal/entities/{A}/attrs/level/{first}").status_code == 404
    assert broker.delete(f"temporal/entities/{A}/attrs/level/{apart}").status_code == 204
    assert told() == {second: 7, third: 2}
    moved = {"level": {"type": "Property", "value": 7, "observedAt": moments[0]}}
    for body in (moved, {"other": {"type": "Property", "value": 1}}, {}, {"level": []}):
        assert broker.patch(f"temporal/entities/{A}/attrs/level/{second}", json=body).status_code == 400, body
    assert broker.patch(f"temporal/entities/{A}/attrs/level/urn:ngsi-ld:Instance:1", json={"level": 1}).status_code == 404
    assert broker.delete(f"temporal/entities/{A}/attrs/level").status_code == 204


def test_a_processor_of_json_ld_reads_what_is_told(linked: TestClient) -> None:
    """PyLD expands it to the IRIs of the standard, rdflib to the same triples; the context is the published one, served from ours."""
    house = linked.get("jsonldContexts/zinneke").json()
    core = json.loads((jsonld_core()).read_text())

    def load(address: str, options: Any) -> dict[str, Any]:
        document = core if address == CORE else house
        return {"contextUrl": None, "documentUrl": address, "document": document, "contentType": "application/ld+json"}

    told = linked.get(f"entities/{A}?join=inline", headers={"accept": "application/ld+json"}).json()
    (expanded,) = jsonld.expand(told, {"documentLoader": load})
    assert expanded["@id"] == A
    assert expanded["@type"] == ["https://uri.etsi.org/ngsi-ld/default-context/Room"]
    (size,) = expanded["https://uri.etsi.org/ngsi-ld/default-context/size"]
    assert size["https://uri.etsi.org/ngsi-ld/hasValue"] == [{"@value": 1}]
    (leads,) = expanded["https://uri.etsi.org/ngsi-ld/default-context/next"]
    assert leads["https://uri.etsi.org/ngsi-ld/hasObject"] == [{"@id": B}]
    triples = jsonld.to_rdf(told, {"documentLoader": load, "format": "application/n-quads"})
    graph = Graph().parse(data=triples, format="nquads")
    assert (None, URIRef("https://uri.etsi.org/ngsi-ld/hasObject"), URIRef(B)) in graph


def jsonld_core() -> Any:
    """Return the core context as ETSI publishes it, where the city's folder of standards has it."""
    from django.conf import settings

    for folder in (settings.BASE_DIR.parent.parent / "shared", settings.BASE_DIR.parent.parent.parent / "shared"):
        path = folder / "data/standards/json-ld/ngsi-ld-core-context-v1.9.jsonld"
        if path.is_file():
            return path
    pytest.skip("the published core context is not on this machine")
