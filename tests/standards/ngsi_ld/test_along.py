"""Which registered sources a question is asked along: by type, id, attribute, place and scope; also one that is sent."""

from __future__ import annotations

import json
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.standards.ngsi_ld.source import Source
from tests.standards.ngsi_ld.test_forwarding import A, B, bin_of, register, valued

pytestmark = pytest.mark.django_db(transaction=True)
SQUARE = {"type": "Polygon", "coordinates": [[[4, 50], [5, 50], [5, 51], [4, 51], [4, 50]]]}
INSIDE, OUTSIDE = "geometry=Point&coordinates=[4.5,50.5]", "geometry=Point&coordinates=[9,9]"
NEAR = "georel=near;maxDistance==1000"


def asked(broker: TestClient, source: Source, params: str) -> bool:
    """Say whether the source was asked along."""
    source.asked.clear()
    answer = broker.get(f"entities?{params}")
    assert answer.status_code == 200, answer.text
    assert "ngsild-warning" not in answer.headers
    return bool(source.asked)


@pytest.mark.parametrize(
    ("more", "params", "due"),
    [
        ({"location": SQUARE}, f"type=Bin&{NEAR}&{INSIDE}", True),
        ({"location": SQUARE}, f"type=Bin&{NEAR}&{OUTSIDE}", False),
        ({"location": SQUARE}, "type=Bin", True),
        ({}, f"type=Bin&{NEAR}&{OUTSIDE}", True),
        ({"location": SQUARE}, f"type=Bin&georel=disjoint&{OUTSIDE}", True),
        ({"location": SQUARE}, f"type=Bin&{NEAR}&{OUTSIDE}&geoproperty=observationSpace", True),
        ({"observationSpace": SQUARE}, f"type=Bin&{NEAR}&{OUTSIDE}&geoproperty=observationSpace", False),
        ({"operationSpace": SQUARE}, f"type=Bin&{NEAR}&{INSIDE}&geoproperty=operationSpace", True),
        ({"location": SQUARE}, f"type=Bin&{NEAR}&{OUTSIDE}&geoproperty=entrance", True),
        ({"scope": "/Brussels"}, "type=Bin&scopeQ=/Brussels", True),
        ({"scope": ["/Ghent", "/Brussels/Ixelles"]}, "type=Bin&scopeQ=/Brussels/%23", True),
        ({"scope": "/Ghent"}, "type=Bin&scopeQ=/Brussels", False),
        ({}, "type=Bin&scopeQ=/Brussels", True),
    ],
)
def test_a_source_elsewhere_is_not_asked(broker: TestClient, source: Source, more: dict[str, Any], params: str, due: bool) -> None:
    register(broker, source, **more)
    assert asked(broker, source, params) is due


@pytest.mark.parametrize(
    ("entity", "params", "due"),
    [
        ({"type": "Bin"}, "type=(Bin|Bench);Thing", False),
        ({"type": "Bin"}, "type=Bench,Bin", True),
        ({"type": "Bin", "id": A}, f"id={B}&type=Bin", False),
        ({"type": "Bin", "id": A}, f"id={B},{A}", True),
        ({"type": "Bin", "id": A}, "type=Bin&idPattern=Bin:b", False),
        ({"type": "Bin", "id": A}, "type=Bin&idPattern=Bin:a", True),
        ({"type": "Bin", "idPattern": "Bin:a"}, f"type=Bin&id={B}", False),
        ({"type": "Bin"}, "attrs=weight", False),
        ({"type": "Bin"}, "attrs=weight,fill", True),
    ],
)
def test_a_source_of_something_else_is_not_asked(broker: TestClient, source: Source, entity: Any, params: str, due: bool) -> None:
    register(broker, source, information=[{"entities": [entity], "propertyNames": ["fill"]}])
    assert asked(broker, source, params) is due


def test_a_question_that_is_sent_goes_along_as_it_came(broker: TestClient, source: Source) -> None:
    broker.post("entities", json=bin_of(A, fill=valued(1)))
    register(broker, source)
    source.status, source.raw = 200, b'[{"id": "urn:ngsi-ld:Bin:b", "type": "Bin", "fill": {"type": "Property", "value": 5}}]'
    sent = {"type": "Query", "entities": [{"type": "Bin"}], "q": "fill>0", "pick": ["id", "fill"], "lang": "fr"}
    answer = broker.post("entityOperations/query?count=true&limit=5", json=sent)
    assert [(each["id"], each["fill"]["value"]) for each in answer.json()] == [(A, 1), (B, 5)]
    assert answer.headers["ngsild-results-count"] == "2"
    (method, path, body, headers) = source.written[0]
    assert (method, path) == ("POST", "/ngsi-ld/v1/entityOperations/query?limit=1000")
    assert body == {"type": "Query", "entities": [{"type": "Bin"}], "q": "fill>0"}
    assert (headers["via"], headers["content-type"], "authorization" in headers) == ("1.1 city", "application/json", False)
    whole = {**sent, "@context": {"fill": "urn:own:fill"}}
    broker.post("entityOperations/query", json=whole, headers={"content-type": "application/ld+json"})
    assert (source.written[1][2]["@context"], source.written[1][3]["content-type"]) == ({"fill": "urn:own:fill"}, "application/ld+json")
    source.written.clear()
    for more in ({"params": {"local": "true"}}, {"headers": {"via": "1.1 city"}}):
        assert [each["id"] for each in broker.post("entityOperations/query", json=sent, **more).json()] == [A]
    other = {"type": "Query", "entities": [{"type": "Bench"}, {"type": "Bin", "idPattern": "x"}]}
    assert broker.post("entityOperations/query", json={**other, "entities": other["entities"][:1]}).json() == []
    assert source.written == []
    source.status = 500
    assert "500" not in broker.post("entityOperations/query", json=sent).text
    assert len(source.written) == 1


@pytest.mark.parametrize(("operations", "due"), [(["retrieveOps"], 0), (["queryBatch"], 1), (["associationOps"], 1), (None, 1)])
def test_questions_that_are_sent_go_to_whoever_takes_them(broker: TestClient, source: Source, operations: list[str] | None, due: int) -> None:
    register(broker, source, **({"operations": operations} if operations else {}))
    source.status, source.raw = 200, b"[]"
    assert broker.post("entityOperations/query", json={"type": "Query", "entities": [{"type": "Bin"}]}).status_code == 200
    assert len(source.written) == due


def test_a_source_with_tenants_is_told_which_is_meant(broker: TestClient, source: Source) -> None:
    register(broker, source, tenant="brussels", operations=["retrieveOps", "updateOps", "createBatch", "appendAttrs"])
    source.entities = {A: bin_of(A, fill=valued(1))}
    assert broker.get(f"entities/{A}").status_code == 200
    broker.post(f"entities/{A}/attrs", json={"type": "Bin", "fill": valued(2)})
    broker.post("entityOperations/create", json=[bin_of(A, fill=valued(2))])
    told = [source.asked[0][1], source.written[0][3], source.written[1][3]]
    assert [each["ngsild-tenant"] for each in told] == ["brussels"] * 3


@pytest.mark.parametrize("tenant", ["a\r\nX-More: 1", "", "é", "x" * 201, 5.5, ["a"]])
def test_a_tenant_is_a_name(broker: TestClient, source: Source, tenant: Any) -> None:
    sent = {"type": "ContextSourceRegistration", "endpoint": source.endpoint, "information": [{"entities": [{"type": "Bin"}]}], "tenant": tenant}
    answer = broker.post("csourceRegistrations", json=sent)
    assert (answer.status_code, answer.json()["where"]) == (400, "tenant")


SENSOR = {"sourceType": {"type": "Property", "value": "sensor"}, "operator": {"type": "Relationship", "object": "urn:x:city"}}


@pytest.mark.parametrize(
    ("csf", "due"),
    [
        ('sourceType=="sensor"', True),
        ('sourceType=="archive"', False),
        ('sourceType=="archive"|operator=="urn:x:city"', True),
        ("sourceType", True),
        ("strange", False),
        ('registrationName=="Theirs";mode=="inclusive"', True),
        ('registrationName!="Theirs"', False),
    ],
)
def test_sources_are_filtered_by_what_they_say_of_themselves(broker: TestClient, source: Source, csf: str, due: bool) -> None:
    register(broker, source, **SENSOR, registrationName="Theirs")
    told = {"type": "Property", "value": 1, "observedAt": "2026-03-10T12:00:00Z"}
    source.status, source.raw = 200, json.dumps([bin_of(A, fill=told)]).encode()
    answer = broker.get("entities", params={"type": "Bin", "csf": csf})
    assert ([each["id"] for each in answer.json()], len(source.asked)) == ([A] if due else [], due)
    broker.post("entityOperations/query", json={"type": "Query", "entities": [{"type": "Bin"}], "csf": csf})
    assert (len(source.written), source.written and "csf" in source.written[0][2]) == (due, [] if not due else False)
    assert len(broker.get("csourceRegistrations", params={"type": "Bin", "csf": csf}).json()) == due


@pytest.mark.parametrize("csf", ["sourceType=", "owner{name}", "(a"])
def test_a_filter_of_sources_that_makes_no_sense_is_refused(broker: TestClient, csf: str) -> None:
    for path in ("entities", "csourceRegistrations"):
        assert broker.get(path, params={"type": "Bin", "csf": csf}).status_code == 400


def test_a_registration_has_properties_of_its_own(broker: TestClient, source: Source) -> None:
    link = {"link": '<http://city/ngsi-ld/v1/jsonldContexts/zinneke>; rel="http://www.w3.org/ns/json-ld#context"'}
    own = {"no2": {"type": "Property", "value": {"limit": 40}}, **SENSOR}
    sent = {"type": "ContextSourceRegistration", "endpoint": source.endpoint, "information": [{"entities": [{"type": "Bin"}]}], **own}
    at = broker.post("csourceRegistrations", json=sent, headers=link).headers["location"].removeprefix("/ngsi-ld/v1/")
    found = broker.get(at, headers=link).json()
    assert {name: found[name] for name in own} == own
    assert "https://smartdatamodels.org/dataModel.Environment/no2" in broker.get(at).json()
    changed = {"no2": "urn:ngsi-ld:null", "sourceType": {"type": "Property", "value": "archive"}}
    assert broker.patch(at, json=changed, headers=link).status_code == 204
    found = broker.get(at, headers=link).json()
    assert ("no2" in found, found["sourceType"]["value"], found["operator"], found["endpoint"]) == (
        False,
        "archive",
        own["operator"],
        source.endpoint,
    )
    for bad in ({"x": 1}, {"x": {"type": "Property"}}, {"x": {"type": "Strange", "value": 1}}, {"x": {"type": "Property", "value": 1, "y": 2}}):
        assert broker.post("csourceRegistrations", json={**sent, **bad}).status_code == 400, bad
        assert broker.patch(at, json=bad).status_code == 400, bad
    assert broker.post("csourceRegistrations", json={**sent, "x": {"type": "Relationship", "object": "no uri"}}).status_code == 400
    assert broker.post("csourceRegistrations", json={**sent, "contextSourceInfo": [{"key": "Authorization", "value": "secret"}]}).status_code == 400
