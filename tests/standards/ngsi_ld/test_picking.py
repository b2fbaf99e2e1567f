"""Members are picked and left out, of entities and of those that they lead to."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.foundations.subscriptions.endpoint import Endpoint
from tests.standards.ngsi_ld.test_subscriptions import KEY, turn
from zinneke.kernel.problem import Problem
from zinneke.standards.ngsi_ld import picking

HOUSE, ANN, BOB, SHOP = "urn:x:House:1", "urn:x:Person:ann", "urn:x:Person:bob", "urn:x:Shop:1"


def property_of(value: Any) -> dict[str, Any]:
    return {"type": "Property", "value": value}


def related(*keys: str) -> dict[str, Any]:
    return {"type": "Relationship", "object": list(keys) if len(keys) > 1 else keys[0]}


@pytest.fixture
def town(broker: TestClient) -> TestClient:
    """A house with an owner and a tenant; the owner works in a shop, which the tenant owns."""
    ann = {"name": property_of("Ann"), "age": property_of(40), "employer": related(SHOP)}
    for sent in (
        {"id": HOUSE, "type": "House", "owner": related(ANN), "tenant": related(BOB, ANN), "size": property_of(3)},
        {"id": ANN, "type": "Person", **ann},
        {"id": BOB, "type": "Person", "name": property_of("Bob"), "age": property_of(20)},
        {"id": SHOP, "type": "Shop", "name": property_of("Books"), "owner": related(BOB), "rent": property_of(9)},
    ):
        assert broker.post("entities", json=sent).status_code == 201
    return broker


def told(town: TestClient, params: str) -> Any:
    answer = town.get(f"entities/{HOUSE}?format=simplified&{params}")
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ("pick=id,owner{name}", {"id": HOUSE, "owner": {"name": "Ann"}}),
        ("pick=owner{id|age}|size", {"owner": {"id": ANN, "age": 40}, "size": 3}),
        ("pick=owner{name},tenant{id}", {"owner": {"name": "Ann"}, "tenant": [{"id": BOB}, {"id": ANN}]}),
        ("pick=owner{name},owner{age}", {"owner": {"name": "Ann", "age": 40}}),
        ("joinLevel=2&pick=owner{name,employer{name}}", {"owner": {"name": "Ann", "employer": {"name": "Books"}}}),
        ("joinLevel=3&pick=owner{employer{owner{name}}}", {"owner": {"employer": {"owner": {"name": "Bob"}}}}),
        ("pick=owner{name}&omit=owner{name}", {"owner": {}}),
        ("pick=owner,size&omit=owner{name,id,type}", {"owner": {"age": 40, "employer": SHOP}, "size": 3}),
        ("pick=size,nothing{name}", {"size": 3}),
    ],
)
def test_what_is_told_of_linked_entities_is_picked(town: TestClient, params: str, expected: Any) -> None:
    assert told(town, f"join=inline&{params}") == expected


@pytest.mark.django_db(transaction=True)
def test_in_a_flat_list_each_entity_is_told_once_with_all_that_was_picked_of_it(town: TestClient) -> None:
    flat = told(town, "join=flat&pick=id,owner{name},tenant{id,age}")
    assert flat == [{"id": HOUSE, "owner": ANN, "tenant": [BOB, ANN]}, {"id": ANN, "name": "Ann", "age": 40}, {"id": BOB, "age": 20}]
    deep = told(town, "join=flat&joinLevel=3&pick=owner{employer{owner{name}}},tenant{id}")
    assert {"id": BOB, "name": "Bob"} in deep and {"name": "Books"} not in deep
    whole = told(town, "join=flat&joinLevel=2&pick=owner")
    assert [each.get("name") for each in whole] == [None, "Ann", "Books"]
    sent = {"type": "Query", "entities": [{"type": "House"}], "join": "inline", "pick": ["owner{name,age}"], "omit": ["owner{age}"]}
    found = town.post("entityOperations/query?format=simplified", json=sent).json()
    assert found == [{"owner": {"name": "Ann"}}]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "params",
    [
        "pick=owner{name}",
        "omit=owner{name}",
        "join=@none&pick=owner{name}",
        "join=inline&pick=owner{employer{name}}",
        "join=inline&attrs=owner{name}",
        "join=inline&pick=owner{name",
        "join=inline&pick=owner{}",
        "join=inline&pick=owner}name{",
        "join=inline&pick={name}",
        "join=inline&pick=owner{name}x",
        "join=inline&pick=,owner",
        "join=inline&pick=owner,",
        "join=inline&joinLevel=5&pick=" + "a{" * 7 + "b" + "}" * 7,
    ],
)
def test_what_cannot_be_picked_is_refused(town: TestClient, params: str) -> None:
    assert town.get(f"entities/{HOUSE}?{params}").status_code == 400
    assert town.get(f"entities?type=House&{params}").status_code == 400


@pytest.mark.django_db(transaction=True)
def test_over_time_nothing_is_picked_of_linked_entities(town: TestClient) -> None:
    time = "timerel=after&timeAt=2020-01-01T00:00:00Z"
    assert town.get(f"temporal/entities?type=House&{time}&pick=owner{{name}}").status_code == 400


@pytest.mark.django_db(transaction=True)
def test_a_notification_picks_of_linked_entities(town: TestClient, reader: TestClient, endpoint: Endpoint) -> None:
    notification = {"join": "inline", "pick": ["id", "owner{name,age}"], "omit": ["owner{age}"], "format": "simplified"}
    sent = {
        "id": KEY,
        "type": "Subscription",
        "entities": [{"type": "House"}],
        "notification": {**notification, "endpoint": {"uri": endpoint.address}},
    }
    assert reader.post("subscriptions", json=sent).status_code == 201
    town.patch(f"entities/{HOUSE}/attrs", json={"size": property_of(4)})
    turn(reader)
    (came,) = endpoint.sent
    assert came.json["data"] == [{"id": HOUSE, "owner": {"name": "Ann"}}]
    for more in ({"join": ""}, {"pick": ["owner{name"]}, {"omit": ["owner{employer{name}}"]}, {"pick": [5]}):
        bad = {**sent, "id": "urn:x:bad", "notification": {**sent["notification"], **more}}
        assert reader.post("subscriptions", json=bad).status_code == 400, more


@pytest.mark.parametrize(
    ("text", "expected"), [("", {}), (" a , b ", {"a": {}, "b": {}}), ("a{b|c{d}},e", {"a": {"b": {}, "c": {"d": {}}}, "e": {}})]
)
def test_a_list_of_members_is_read(text: str, expected: Any) -> None:
    assert picking.read(text, "pick", str) == expected


def test_a_list_too_deep_is_refused() -> None:
    with pytest.raises(Problem):
        picking.read("a{" * 1000 + "b" + "}" * 1000, "pick", str)
