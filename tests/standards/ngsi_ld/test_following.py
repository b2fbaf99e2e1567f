"""Conditions on entities to which relationships lead: by type, through several, within what whoever asks may see."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.foundations.subscriptions.endpoint import Endpoint
from tests.standards.ngsi_ld.test_contexts import HOME, LINK
from tests.standards.ngsi_ld.test_notifications import told
from tests.standards.ngsi_ld.test_subscriptions import sent
from zinneke.foundations.observations import store
from zinneke.foundations.observations.values import Thing
from zinneke.kernel.confidentiality import SYSTEM, Level

pytestmark = pytest.mark.django_db(transaction=True)
MOMENT = "2026-03-01T10:00:00Z"
JOINED = {"join": "inline", "joinLevel": "5"}


def key(name: str) -> str:
    return f"urn:ngsi-ld:{name}"


def leads(*names: str) -> dict[str, Any]:
    return {"type": "Relationship", "object": [key(name) for name in names] if len(names) > 1 else key(names[0])}


def put(broker: TestClient, name: str, **attributes: Any) -> None:
    written = {each: value if isinstance(value, dict) else {"type": "Property", "value": value} for each, value in attributes.items()}
    answer = broker.post("entities", json={"id": key(name), "type": name.partition(":")[0], **written})
    assert answer.status_code == 201, answer.text


@pytest.fixture
def town(broker: TestClient) -> TestClient:
    """Bins that lead to who has them: people and shops, who lead to a firm; one leads nowhere."""
    put(
        broker,
        "Firm:1",
        title={"type": "LanguageProperty", "languageMap": {"fr": "Propre", "nl": "Net"}},
        address={"type": "Property", "value": {"city": "Ixelles"}},
    )
    put(broker, "Person:ann", label="Ann", age=40, employer=leads("Firm:1"))
    put(broker, "Person:bob", label="Bob", age=20)
    put(broker, "Shop:1", label="Ann", size={"type": "Property", "value": 7, "observedAt": MOMENT, "unitCode": "MTK"}, owner=leads("Person:bob"))
    put(broker, "Bin:1", owner=leads("Person:ann"))
    put(broker, "Bin:2", owner=leads("Person:bob", "Shop:1"))
    put(broker, "Bin:3", owner={"type": "ListRelationship", "objectList": [{"object": key("Shop:1")}]})
    put(broker, "Bin:4", owner=leads("Person:away"))
    put(broker, "Bin:5", owner="Ann")
    put(broker, "Bin:6", owner=leads("Bin:6"), age=1)
    return broker


def asked(client: TestClient, q: str, **params: str) -> list[str]:
    answer = client.get("entities", params={"type": "Bin", "q": q, **JOINED, **params})
    assert answer.status_code == 200, answer.text
    return [each["id"].rpartition(":")[2] for each in answer.json()]


@pytest.mark.parametrize(
    ("q", "due"),
    [
        ('owner{label}=="Ann"', "123"),
        ('owner{Person:label}=="Ann"', "1"), ('owner{Shop:label}=="Ann"', "23"), ('owner{Person,Shop:label}=="Ann"', "123"),
        ('owner{label}!="Ann"', "2"), ("owner{label}", "123"), ("owner{age}>30", "1"), ("owner{age}==15..25", "2"), ("owner{age}==1,40", "16"),
        ('owner{label}~="^B"', "2"), ("owner{size}>5", "23"), ("owner{size.observedAt}<2026-06-01T00:00:00Z", "23"), ("owner{size.unitCode}", "23"),
        ('owner{employer{address[city]}}=="Ixelles"', "1"), ('owner{Person:employer{Firm:title[fr]}}=="Propre"', "1"),
        ("owner{owner{age}}<30", "236"),
        ('owner{employer{title[*]}}=="Net"', "1"), ('owner{label}=="Ann";owner{label}=="Bob"', "2"), ('(owner{age}>30|owner{size}==7)', "123"),
        ("owner{owner{owner{owner{owner{age}}}}}==1", "6"), (f'owner=="{key("Person:ann")}"', "1"), ("owner{nothing}", ""), ("age{label}", ""),
        ("owner{Person:https://uri.etsi.org/ngsi-ld/default-context/age}>30", "1"),
        ("owner{https://uri.etsi.org/ngsi-ld/default-context/age}>30", "1"),
        ("owner{https://uri.etsi.org/ngsi-ld/default-context/Person:age}>30", "1"),
    ],
)  # fmt: skip
def test_a_condition_follows_relationships(town: TestClient, q: str, due: str) -> None:
    assert asked(town, q) == list(due)
    answer = town.post("entityOperations/query", json={"type": "Query", "entities": [{"type": "Bin"}], "q": q, **JOINED})
    assert [each["id"].rpartition(":")[2] for each in answer.json()] == list(due)
    assert town.get("entities", params={"type": "Bin", "q": q, "count": "true", "limit": "0", **JOINED}).headers["ngsild-results-count"] == str(
        len(due)
    )


def test_names_in_braces_mean_what_the_context_says(broker: TestClient) -> None:
    link = {"link": LINK.format(HOME)}
    container = {"id": key("c"), "type": "WasteContainer", "fillingLevel": {"type": "Property", "value": 90}}
    assert broker.post("entities", json=container, headers=link).status_code == 201
    put(broker, "Bin:1", near=leads("c"))
    assert [each["id"] for each in broker.get("entities?join=inline&q=near{WasteContainer:fillingLevel}>80", headers=link).json()] == [key("Bin:1")]
    assert broker.get("entities?join=flat&pick=id&q=near{WasteContainer:fillingLevel}>80").json() == []
    named = "near{dm-wastemanagement:WasteContainer:fillingLevel}>80"
    assert [each["id"] for each in broker.get("entities", params={"q": named, **JOINED}, headers=link).json()] == [key("Bin:1")]


def test_what_one_may_not_see_never_meets_a_condition(broker: TestClient, visitor: TestClient) -> None:
    store.set_things(SYSTEM, [Thing(key="demo/secret", name={"en": "Ann"}, solution="demo", level=Level.SHARED, properties={"label": "Ann"})])
    (hidden,) = [each["id"] for each in broker.get("entities?q=label", headers={"authorization": "Bearer partner"}).json()]
    partner = {"authorization": "Bearer partner"}
    put(broker, "Bin:1", owner={"type": "Relationship", "object": hidden})
    put(broker, "Shop:1", has={"type": "Relationship", "object": key("Bin:1")})
    for q in ("owner{label}", 'owner{label}=="Ann"', 'owner{label}!="Bob"', "owner{name}", "owner{Person,Thing:label}"):
        assert asked(visitor, q) == [], q
    assert visitor.get("entities?type=Shop&join=inline&joinLevel=2&q=has{owner{label}}").json() == []
    assert visitor.get("entities?type=Bin&join=inline&q=owner{label}&count=true&limit=0").headers["ngsild-results-count"] == "0"
    for q in ("owner{label}", 'owner{label}=="Ann"'):
        assert [each["id"] for each in broker.get("entities", params={"type": "Bin", "q": q, **JOINED}, headers=partner).json()] == [key("Bin:1")]
    assert len(broker.get("entities?type=Shop&join=inline&joinLevel=2&q=has{owner{label}}", headers=partner).json()) == 1


@pytest.mark.parametrize(
    "q",
    [
        "owner{", "owner{}", "owner{label", "owner{label}}", "owner{:label}", "owner{Person:}", "owner{,:label}", "owner{Person}.label",
        "owner.x{label}",
        "owner{label>3}", "{label}", "owner{a;b}", "owner}", "owner{Person:label}==", "owner{[x]}", "owner[a]{label}", "owner{a{b}",
    ],
)  # fmt: skip
def test_braces_that_cannot_be_read_are_refused(town: TestClient, q: str) -> None:
    answer = town.get("entities", params={"type": "Bin", "q": q, **JOINED})
    assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (400, "BadRequestData"), answer.text


@pytest.mark.parametrize(
    ("join", "due"), [({}, 400), ({"join": "@none"}, 400), ({"join": "flat"}, 400), ({"join": "flat", "joinLevel": "2"}, 200), (JOINED, 200)]
)
def test_conditions_follow_no_farther_than_one_asks_to_be_told(town: TestClient, join: dict[str, str], due: int) -> None:
    answer = town.get("entities", params={"type": "Bin", "q": "owner|(age;owner{employer{title}})", **join})
    assert (answer.status_code, "joinLevel" in answer.text) == (due, due == 400)
    body = {"type": "Query", "entities": [{"type": "Bin"}], "q": "owner{employer{title}}", **join}
    assert town.post("entityOperations/query", json=body).status_code == due


def test_what_would_take_too_long_and_what_stands_elsewhere_is_refused(town: TestClient, reader: TestClient) -> None:
    deep = town.get("entities", params={"q": "owner{" * 6 + "age" + "}" * 6, **JOINED})
    assert (deep.status_code, deep.json()["type"].rpartition("/")[2]) == (403, "TooComplexQuery")
    far = reader.post("subscriptions", json=sent(None, q="owner{" * 6 + "age" + "}" * 6))
    assert (far.status_code, reader.get("subscriptions").json()) == (403, [])
    assert town.get("entities?type=Bin&orderBy=owner{label}").status_code == 400
    past = {"type": "Bin", "q": "owner{label}", "timerel": "after", "timeAt": MOMENT}
    assert town.get("temporal/entities", params=past).status_code == 400
    assert town.get("temporal/entities", params={**past, "q": "a|(b;owner{label})"}).status_code == 400
    body = {"type": "Query", "q": "owner{label}", "entities": [{"type": "Bin"}], "temporalQ": {"timerel": "after", "timeAt": MOMENT}}
    assert town.post("temporal/entityOperations/query", json=body).status_code == 400


def test_a_subscription_follows_relationships_too(town: TestClient, reader: TestClient, endpoint: Endpoint) -> None:
    triggers = ["attributeUpdated", "entityDeleted"]
    answer = reader.post("subscriptions", json=sent(endpoint, q='owner{Person:label}=="Ann"', notificationTrigger=triggers))
    assert answer.status_code == 201, answer.text
    for name in ("Bin:1", "Bin:2"):
        assert (
            town.patch(f"entities/{key(name)}/attrs/owner", json={"object": town.get(f"entities/{key(name)}").json()["owner"]["object"]}).status_code
            == 204
        )
        assert town.post(f"entities/{key(name)}/attrs", json={"note": {"value": 1}}).status_code == 204
        assert town.patch(f"entities/{key(name)}/attrs/note", json={"value": 2}).status_code == 204
    assert [each["id"] for data in told(reader, endpoint) for each in data] == [key("Bin:1")]
    for name in ("Bin:1", "Bin:2"):
        assert town.delete(f"entities/{key(name)}").status_code == 204
    assert [each["id"] for data in told(reader, endpoint) for each in data] == [key("Bin:1")]
