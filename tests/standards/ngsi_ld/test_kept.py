"""Contexts and sources that others entrust to the house; what this source is."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.foundations.observations.city import actor
from tests.standards.ngsi_ld.conftest import PEOPLE
from tests.standards.ngsi_ld.test_contexts import HOME, LINK
from zinneke.kernel.confidentiality import Actor, Grant, Right
from zinneke.standards.ngsi_ld.core import CORE, HOUSE

pytestmark = pytest.mark.django_db(transaction=True)
SOURCE: dict[str, Any] = {
    "id": "urn:ngsi-ld:ContextSourceRegistration:1",
    "type": "ContextSourceRegistration",
    "information": [{"entities": [{"type": "Bin"}], "propertyNames": ["fill"]}],
    "endpoint": "http://other.example/ngsi-ld/v1",
}


def test_a_context_is_added_named_and_deleted(broker: TestClient, visitor: TestClient) -> None:
    terms = {"niveau": "http://x.example/level"}
    answer = broker.post("jsonldContexts", json={"@context": [HOME, terms]})
    assert answer.status_code == 201, answer.text
    address = f"http://city{answer.headers['location']}"
    served = visitor.get(address)
    assert (served.json(), served.headers["content-type"]) == ({"@context": [HOME, terms]}, "application/ld+json")
    assert visitor.get("jsonldContexts").json() == [CORE, HOME, address]
    assert [each["URL"] for each in visitor.get("jsonldContexts", params={"details": "true"}).json()] == [CORE, HOME, address]
    assert visitor.get(HOME).json() == {"@context": HOUSE}
    sent = {"id": "urn:x:1", "type": "WasteContainer", "niveau": {"type": "Property", "value": 1}}
    assert broker.post("entities", json=sent, headers={"link": LINK.format(address)}).status_code == 201
    assert broker.get("entities/urn:x:1", headers={"link": LINK.format(address)}).json() == sent
    assert "http://x.example/level" in broker.get("entities/urn:x:1").json()
    assert broker.delete(address).status_code == 204
    assert broker.get("entities/urn:x:1", headers={"link": LINK.format(address)}).status_code == 504
    assert visitor.get(address).status_code == 404


def test_contexts_that_cannot_be_kept(broker: TestClient, visitor: TestClient) -> None:
    for sent in ({}, {"@context": 1}, {"@context": {}, "more": 1}, []):
        assert broker.post("jsonldContexts", json=sent).status_code == 400, sent
    assert broker.post("jsonldContexts", json={"@context": "http://away.example/c"}).status_code == 504
    assert broker.delete(HOME).status_code == 403
    assert visitor.post("jsonldContexts", json={"@context": {}}).status_code == 401
    assert visitor.get("jsonldContexts", params={"kind": "Strange"}).status_code == 400


def test_a_source_is_registered_listed_changed_and_deleted(broker: TestClient) -> None:
    address = f"csourceRegistrations/{SOURCE['id']}"
    assert broker.post("csourceRegistrations", json=SOURCE).status_code == 201
    assert broker.post("csourceRegistrations", json=SOURCE).status_code == 409
    assert broker.get(address).json() == SOURCE
    assert broker.get("csourceRegistrations", params={"type": "Bin", "count": "true"}).headers["ngsild-results-count"] == "1"
    assert broker.get("csourceRegistrations", params={"type": "Bench"}).json() == []
    assert broker.patch(address, json={"endpoint": "https://new.example"}).status_code == 204
    assert broker.get(address).json() == {**SOURCE, "endpoint": "https://new.example"}
    assert broker.patch(address, json={"endpoint": "file:///etc"}).status_code == 400
    assert broker.delete(address, headers={"authorization": "Bearer partner"}).status_code == 204
    assert broker.get(address).status_code == 404


@pytest.mark.parametrize(("area", "rights"), [("", {Right.SEE, Right.EDIT}), ("21004", set(Right))])
def test_whoever_merely_writes_or_commands_one_area_registers_changes_and_deletes_no_source(
    broker: TestClient, monkeypatch: pytest.MonkeyPatch, area: str, rights: set[Right]
) -> None:
    monkeypatch.setitem(PEOPLE, "Bearer device", Actor("device", grants=(Grant("device", frozenset(rights), area=area, subject="observations"),)))
    monkeypatch.setitem(PEOPLE, "Bearer second", Actor("second", grants=actor().grants))
    device, address = {"authorization": "Bearer device"}, f"csourceRegistrations/{SOURCE['id']}"
    assert broker.post("csourceRegistrations", json={**SOURCE, "mode": "redirect"}, headers=device).status_code == 403
    assert broker.post("csourceRegistrations", json=SOURCE).status_code == 201
    assert broker.patch(address, json={"mode": "redirect"}, headers=device).status_code == 403
    assert broker.delete(address, headers=device).status_code == 403
    assert broker.get(address, headers=device).json() == SOURCE
    assert broker.delete(address, headers={"authorization": "Bearer second"}).status_code == 204


@pytest.mark.parametrize("pattern", ["(", "(?=a)", "a{5000}", 1, ["a"], "a" * 501])
def test_a_pattern_of_ids_that_cannot_be_matched_safely_is_refused(broker: TestClient, pattern: Any) -> None:
    information = [{"entities": [{"type": "Bin", "idPattern": pattern}]}]
    answer = broker.post("csourceRegistrations", json={**SOURCE, "information": information})
    assert answer.status_code == 400
    assert "idPattern" in answer.json()["detail"]


@pytest.mark.parametrize("more", [{"type": "X"}, {"endpoint": "no"}, {"information": []}, {"information": [{"x": 1}]}, {"mode": "x"}, {"strange": 1}])
def test_what_is_no_registration_is_refused(broker: TestClient, more: dict[str, Any]) -> None:
    assert broker.post("csourceRegistrations", json={**SOURCE, **more}).status_code == 400


def test_what_this_source_is(visitor: TestClient) -> None:
    told = visitor.get("info/sourceIdentity").json()
    assert (told["type"], told["contextSourceAlias"]) == ("ContextSourceIdentity", "city")
