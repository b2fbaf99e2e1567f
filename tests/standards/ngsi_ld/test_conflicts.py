"""What a source has alone is kept nowhere else: writing what it does not take is a conflict, and so is a registration of what is elsewhere."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.standards.ngsi_ld.source import Source
from tests.standards.ngsi_ld.test_forwarding import A, B, bin_of, register, valued
from zinneke.standards.ngsi_ld import relaying

pytestmark = pytest.mark.django_db(transaction=True)
OWNER = {"type": "Property", "value": "city"}
CONFLICT = "https://uri.etsi.org/ngsi-ld/errors/Conflict"
READS: dict[str, Any] = {"operations": ["retrieveOps"]}


def kept(broker: TestClient) -> Any:
    """Return the attributes that are kept here, by entity."""
    found = broker.get("entities?local=true&format=simplified").json()
    return {each.pop("id"): {name: value for name, value in each.items() if name != "type"} for each in found}


def claim(broker: TestClient, mode: str, *information: dict[str, Any], **more: Any) -> Any:
    sent = {"type": "ContextSourceRegistration", "mode": mode, "endpoint": "https://other.example", "information": list(information), **more}
    return broker.post("csourceRegistrations", json=sent)


def of(names: str = "", **entity: str) -> dict[str, Any]:
    """Return a part of a registration."""
    return {"entities": [{"type": "Bin", **entity}], **({"propertyNames": names.split()} if names else {})}


@pytest.mark.parametrize("more", [READS, {}])
def test_what_a_source_has_alone_and_does_not_take_is_written_nowhere(broker: TestClient, source: Source, more: dict[str, Any]) -> None:
    register(broker, source, "redirect", **more)
    at = f"entities/{A}"
    for answer in (
        broker.post("entities", json=bin_of(A, owner=OWNER)),
        broker.put(at, json={"type": "Bin", "owner": OWNER}),
        broker.patch(at, json={"type": "Bin", "owner": OWNER}),
        broker.post(f"{at}/attrs", json={"type": "Bin", "owner": OWNER}),
        broker.patch(f"{at}/attrs", json={"type": "Bin", "owner": OWNER}),
    ):
        assert (answer.status_code, answer.json()["type"], "redirect" in answer.json()["detail"]) == (409, CONFLICT, True)
    assert source.written == [] and kept(broker) == {}


def test_the_rest_of_an_entity_is_written_and_the_answer_says_what_was_not(broker: TestClient, source: Source) -> None:
    key = register(broker, source, "exclusive", ("fill",), **READS).rpartition("/")[2]
    answer = broker.post("entities", json=bin_of(A, fill=valued(1), owner=OWNER))
    (error,) = answer.json()["errors"]
    assert (answer.status_code, answer.json()["success"]) == (207, [A])
    assert (error["entityId"], error["registrationId"], error["error"]["type"]) == (A, key, CONFLICT)
    answer = broker.patch(f"entities/{A}/attrs", json={"fill": valued(2), "owner": {"value": "x"}})
    assert (answer.status_code, answer.json()["updated"]) == (207, ["owner"])
    (left,) = answer.json()["notUpdated"]
    assert (left["attributeName"], left["registrationId"]) == ("fill", key)
    assert broker.patch(f"entities/{A}/attrs/fill", json={"value": 3}).status_code == 409
    assert broker.delete(f"entities/{A}/attrs/fill").status_code == 409
    assert broker.patch(f"entities/{A}/attrs/owner", json={"value": "y"}).status_code == 204
    assert kept(broker) == {A: {"owner": "y"}} and source.written == []
    assert broker.post("entities", json=bin_of(B, fill=valued(1))).status_code == 201
    answer = broker.delete(f"entities/{A}")
    assert (answer.status_code, answer.json()["errors"][0]["error"]["type"], set(kept(broker))) == (207, CONFLICT, {B})
    assert broker.delete(f"entities/{A}").status_code == 409


def test_a_batch_lists_each_entity_of_which_something_is_in_conflict(broker: TestClient, source: Source) -> None:
    key = register(broker, source, "exclusive", ("fill",), **READS).rpartition("/")[2]
    one, two = bin_of(A, fill=valued(1)), bin_of(B, fill=valued(1))
    for name, sent in (("create", (one, two)), ("upsert", (one, two)), ("update", (one, two)), ("merge", (one, two)), ("delete", (A, B))):
        answer = broker.post(f"entityOperations/{name}", json=list(sent))
        assert (answer.status_code, answer.json()["success"]) == (207, [B]), (name, answer.text)
        (error,) = answer.json()["errors"]
        assert (error["entityId"], error["registrationId"], error["error"]["type"], error["error"]["status"]) == (A, key, CONFLICT, 409)
    assert kept(broker) == {} and source.written == []


def test_what_was_measured_goes_no_other_way_around(broker: TestClient, source: Source) -> None:
    assert broker.post("entities", json=bin_of(A, owner=OWNER)).status_code == 201
    assert relaying.idle()
    register(broker, source, "exclusive", ("fill",), **READS)
    assert broker.put(f"entities/{A}/attrs/fill", json={"value": 3}).status_code == 409
    assert not relaying.idle()


def test_a_source_of_the_past_has_nothing_to_do_with_how_things_are(broker: TestClient, source: Source) -> None:
    register(broker, source, "redirect", observationInterval={"startAt": "2020-01-01T00:00:00Z"})
    assert broker.post("entities", json=bin_of(A, owner=OWNER)).status_code == 201
    assert [each["id"] for each in broker.get("entities?type=Bin").json()] == [A]
    assert source.asked == [] and source.written == []


@pytest.mark.parametrize(("query", "body"), [("strange=1", {}), ("", {"owner": {"type": "Strange"}}), ("", {"owner": 5, "id": "no uri"})])
def test_a_request_that_is_refused_was_handed_on_to_nobody(broker: TestClient, source: Source, query: str, body: dict[str, Any]) -> None:
    register(broker, source, "redirect", operations=["redirectionOps"])
    at = f"entities/{A}"
    sent = {**bin_of(A), **body}
    answers = [broker.post(f"entities?{query}", json=sent), broker.put(f"{at}?{query}", json=sent), broker.patch(f"{at}?{query}", json=sent)]
    answers += [broker.post(f"{at}/attrs?{query}", json=sent), broker.patch(f"{at}/attrs?{query}", json=sent)]
    answers += [broker.delete(f"{at}?{query}"), broker.delete(f"{at}/attrs/owner?{query}")] if query else []
    assert [each.status_code for each in answers] == [400] * len(answers)
    assert source.written == []


@pytest.mark.parametrize(
    "parts",
    [
        (of("fill"),),
        (of(id=A),),
        (of("fill", idPattern=".*"),),
        ({"propertyNames": ["fill"]},),
        (of("fill", id=A), of("fill", id=B)),
        (of("fill", id=A), of("weight")),
        ({"entities": [{"type": "Bin", "id": A}, {"type": "Bin", "id": B}], "propertyNames": ["fill"]},),
    ],
)
def test_an_exclusive_source_names_one_entity_and_its_attributes(broker: TestClient, parts: tuple[dict[str, Any], ...]) -> None:
    assert claim(broker, "exclusive", *parts).status_code == 400
    assert claim(broker, "exclusive", of("fill", id=A), of("weight", id=A)).status_code == 201


@pytest.mark.parametrize("operations", [["updateOps"], ["retrieveOps", "createEntity"], ["federationOps"]])
def test_an_auxiliary_source_is_only_asked(broker: TestClient, operations: list[str]) -> None:
    assert claim(broker, "auxiliary", of(), operations=operations).status_code == 400
    assert claim(broker, "auxiliary", of(), operations=["retrieveOps", "queryEntity"]).status_code == 201


@pytest.mark.parametrize(
    ("first", "second", "status"),
    [
        (("exclusive", of("fill", id=A)), ("exclusive", of("fill weight", id=A)), 409),
        (("exclusive", of("fill", id=A)), ("exclusive", of("weight", id=A)), 201),
        (("exclusive", of("fill", id=A)), ("exclusive", of("fill", id=B)), 201),
        (("exclusive", of("fill", id=A)), ("redirect", of()), 409),
        (("exclusive", of("fill", id=A)), ("redirect", of("weight")), 201),
        (("exclusive", of("fill", id=A)), ("redirect", of(idPattern="Bin:a$")), 409),
        (("exclusive", of("fill", id=A)), ("redirect", of(idPattern="Bin:b$")), 201),
        (("exclusive", of("fill", id=A)), ("redirect", {"propertyNames": ["fill"]}), 409),
        (("exclusive", of("fill", id=A)), ("redirect", {"entities": [{"type": "Bench"}]}), 201),
        (("redirect", of()), ("exclusive", of("fill", id=A)), 409),
        (("redirect", of()), ("redirect", of()), 201),
        (("inclusive", of()), ("exclusive", of("fill", id=A)), 201),
        (("exclusive", of("fill", id=A)), ("inclusive", of()), 201),
    ],
)
def test_no_two_sources_have_the_same_alone(broker: TestClient, first: Any, second: Any, status: int) -> None:
    assert claim(broker, *first).status_code == 201
    answer = claim(broker, *second)
    assert answer.status_code == status
    assert status != 409 or answer.json()["type"] == CONFLICT


def test_a_registration_that_is_over_or_of_other_times_is_in_nobodys_way(broker: TestClient) -> None:
    assert claim(broker, "exclusive", of("fill", id=A), expiresAt="2020-01-01T00:00:00Z").status_code == 201
    assert claim(broker, "exclusive", of("fill", id=A), observationInterval={"startAt": "2020-01-01T00:00:00Z"}).status_code == 201
    assert claim(broker, "exclusive", of("fill", id=A)).status_code == 201
    assert claim(broker, "exclusive", of("fill", id=A)).status_code == 409


@pytest.mark.parametrize(
    ("mode", "part", "status"),
    [
        ("exclusive", of("fill", id=A), 409),
        ("exclusive", of("weight", id=A), 201),
        ("exclusive", of("fill", id=B), 201),
        ("redirect", of(), 409),
        ("redirect", of("weight"), 201),
        ("redirect", of(idPattern="Bin:a$"), 409),
        ("redirect", {"propertyNames": ["fill"]}, 409),
        ("redirect", {"entities": [{"type": "Bench"}]}, 201),
        ("redirect", of(" ".join(["fill", *(f"x{at:03}" for at in range(150))])), 409),
        ("inclusive", of(), 201),
    ],
)
def test_a_source_has_nothing_alone_that_is_kept_here(broker: TestClient, mode: str, part: dict[str, Any], status: int) -> None:
    broker.post("entities", json=bin_of(A, fill=valued(1)))
    assert claim(broker, mode, part).status_code == status


def test_a_change_of_a_registration_is_looked_at_as_a_new_one_but_not_against_itself(broker: TestClient) -> None:
    one = claim(broker, "exclusive", of("fill", id=A)).headers["location"].removeprefix("/ngsi-ld/v1/")
    two = claim(broker, "exclusive", of("weight", id=A)).headers["location"].removeprefix("/ngsi-ld/v1/")
    assert broker.patch(one, json={"description": "x"}).status_code == 204
    assert broker.patch(two, json={"information": [of("fill", id=A)]}).status_code == 409
    assert broker.patch(two, json={"information": [of("fill")]}).status_code == 400
    assert broker.patch(one, json={"mode": "auxiliary", "operations": ["updateOps"]}).status_code == 400
    broker.post("entities?local=true", json=bin_of(B, fill=valued(1)))
    assert broker.patch(two, json={"mode": "redirect", "information": [of("fill")]}).status_code == 409


def test_kinds_of_entities_that_a_source_has_alone_are_bounded(broker: TestClient) -> None:
    many = {"entities": [{"type": f"Type{at}"} for at in range(101)]}
    assert claim(broker, "redirect", many).status_code == 400
    assert claim(broker, "inclusive", many).status_code == 201


@pytest.mark.parametrize("mode", ["inclusive", "redirect", "exclusive"])
def test_a_source_through_which_a_request_came_is_not_asked_again(broker: TestClient, source: Source, mode: str) -> None:
    source.entities = {A: bin_of(A, fill=valued(7))}
    register(broker, source, mode, ("fill",), contextSourceAlias="them", operations=["redirectionOps"])
    via = {"via": "1.1 others, 1.1 them"}
    assert broker.get(f"entities/{A}", headers=via).status_code == 404
    assert broker.post("entities", json=bin_of(A, fill=valued(1)), headers=via).status_code == 201
    assert kept(broker) == {A: {"fill": 1}} and source.written == source.asked == []
    assert broker.get(f"entities/{A}", headers={"via": "1.1 others"}).status_code == 200
    assert len(source.asked) == 1
