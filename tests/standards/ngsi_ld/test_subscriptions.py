"""Subscriptions in this standard's words: what is observed arrives as a notification, in every form, within the rights of its owner."""

from __future__ import annotations

import json
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.foundations.subscriptions.endpoint import Endpoint
from tests.foundations.subscriptions.town import outbox
from tests.standards.ngsi_ld.test_contexts import HOME, LINK
from zinneke.foundations.subscriptions import brokers, store
from zinneke.foundations.subscriptions.values import Outcome

pytestmark = pytest.mark.django_db(transaction=True)
KEY = "urn:ngsi-ld:Subscription:1"
AT = f"subscriptions/{KEY}"


def sent(endpoint: Endpoint | None, **more: Any) -> dict[str, Any]:
    address = endpoint.address if endpoint else "https://away.example/hook"
    notification = {"endpoint": {"uri": address, **more.pop("told", {})}, **more.pop("notification", {})}
    return {"id": KEY, "type": "Subscription", "entities": [{"type": "Bin"}], "notification": notification, **more}


def put(broker: TestClient, name: str, minute: int, **values: Any) -> None:
    moment = f"2026-03-01T10:{minute:02}:00Z"
    attributes = {each: {"type": "Property", "value": value, "observedAt": moment} for each, value in values.items()}
    body = [{"id": f"urn:ngsi-ld:{name}", "type": name.partition(":")[0], "colour": {"type": "Property", "value": "green"}, **attributes}]
    answer = broker.post("entityOperations/upsert", params={"options": "update"}, json=body)
    assert answer.status_code in (201, 204), answer.text


def turn(reader: TestClient) -> None:
    number = store.get(reader.actor, KEY).id  # type: ignore[attr-defined]
    box, _ = outbox()
    for _ in range(20):
        outcome = box.turn(number)
        if outcome is None:
            return
        assert outcome.good


def test_what_is_observed_arrives(broker: TestClient, reader: TestClient, endpoint: Endpoint) -> None:
    pairs = [{"key": "X-Own", "value": "yes"}]
    asked = sent(endpoint, watchedAttributes=["fill"], q="fill>50", told={"receiverInfo": pairs}, notification={"attributes": ["fill"]})
    answer = reader.post("subscriptions", json=asked)
    assert (answer.status_code, answer.headers["location"]) == (201, f"/ngsi-ld/v1/{AT}")
    put(broker, "Bin:1", 0, fill=40, weight=3)
    put(broker, "Bin:2", 0, weight=90)
    put(broker, "Bench:1", 0, fill=90)
    turn(reader)
    assert endpoint.sent == []
    put(broker, "Bin:1", 1, fill=60)
    turn(reader)
    (told,) = endpoint.sent
    assert (told.json["type"], told.json["subscriptionId"]) == ("Notification", KEY)
    level = {"type": "Property", "value": 60, "observedAt": "2026-03-01T10:01:00Z"}
    assert told.json["data"] == [{"id": "urn:ngsi-ld:Bin:1", "type": "Bin", "fill": level}]
    assert told.headers["x-own"] == "yes"
    assert "ngsi-ld-core-context" in told.headers["link"]
    found = reader.get(AT).json()
    assert (found["status"], found["notification"]["timesSent"], found["notification"]["status"]) == ("active", 1, "ok")
    assert found["q"] == "fill>50"


@pytest.mark.parametrize("accept", ["application/json", "application/ld+json", "application/geo+json"])
def test_in_each_form_and_in_ones_own_words(broker: TestClient, reader: TestClient, endpoint: Endpoint, accept: str) -> None:
    more = {"entities": [{"type": "WasteContainer", "idPattern": "Bin:"}], "notification": {"format": "concise"}, "told": {"accept": accept}}
    assert reader.post("subscriptions", json=sent(endpoint, **more), headers={"link": LINK.format(HOME)}).status_code == 201
    body = {"id": "urn:ngsi-ld:Bin:1", "type": "WasteContainer", "fillingLevel": {"value": 5, "unitCode": "P1"}}
    assert broker.post("entities", json=body, headers={"link": LINK.format(HOME)}).status_code == 201
    turn(reader)
    (told,) = endpoint.sent
    data = told.json["data"]
    entity = data["features"][0]["properties"] if accept.endswith("geo+json") else data[0]
    assert (entity["type"], entity["fillingLevel"]["value"]) == ("WasteContainer", 5)
    assert ("@context" in entity) == accept.endswith("ld+json")


def test_one_changes_pauses_and_ends_it(broker: TestClient, reader: TestClient, visitor: TestClient, endpoint: Endpoint) -> None:
    assert reader.post("subscriptions", json=sent(endpoint)).status_code == 201
    assert reader.post("subscriptions", json=sent(endpoint)).status_code == 409
    assert reader.patch(AT, json={"throttling": 5, "isActive": False}).status_code == 204
    found = reader.get(AT).json()
    assert (found["throttling"], found["isActive"], found["status"]) == (5, False, "paused")
    put(broker, "Bin:1", 0, fill=40)
    turn(reader)
    assert endpoint.sent == []
    assert reader.patch(AT, json={"isActive": True}).status_code == 204
    assert [each["id"] for each in reader.get("subscriptions").json()] == [KEY]
    assert visitor.get(AT).status_code == 401
    assert reader.delete(AT).status_code == 204
    assert reader.get(AT).status_code == 404
    assert reader.delete(AT).status_code == 404


@pytest.mark.parametrize(
    "more",
    [
        {"type": "Strange"}, {"entities": []}, {"entities": [{}]}, {"q": "a=="}, {"throttling": -1}, {"expiresAt": "2020-01-01T00:00:00Z"},
        {"strange": 1}, {"timeInterval": 2}, {"notification": {}}, {"geoQ": {"georel": "near"}}, {"id": "no uri"},
        {"watchedAttributes": "fill"}, {"notificationTrigger": ["entityMoved"]}, {"notification": {"endpoint": {"uri": "ftp://x"}}},
        {"notification": {"endpoint": {"uri": "https://x.example", "accept": "text/plain"}}}, {"timeInterval": 0},
        {"timeInterval": 60, "watchedAttributes": ["fill"]}, {"timeInterval": 60, "throttling": 5}, {"jsonldContext": 5, "notification": {}},
        {"notification": {"showChanges": True, "format": "simplified", "endpoint": {"uri": "https://x.example"}}},
        {"notification": {"strange": True, "endpoint": {"uri": "https://x.example"}}}, {"notification": {"sysAttrs": 1, "endpoint": {"uri": "https://x.example"}}},
        {"notification": {"endpoint": {"uri": "https://x.example", "notifierInfo": [{"key": "MQTT-QoS", "value": "1"}]}}},
        {"notification": {"join": "deep", "endpoint": {"uri": "https://x.example"}}},
    ],
)  # fmt: skip
def test_what_cannot_be_subscribed_to_is_refused(reader: TestClient, more: dict[str, Any]) -> None:
    answer = reader.post("subscriptions", json={**sent(None), **more})
    assert answer.status_code == 400, answer.text
    assert reader.get("subscriptions").json() == []


def test_over_mqtt_the_notification_comes_with_its_metadata_at_the_citys_own_broker_only(
    broker: TestClient, reader: TestClient, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.MQTT_URL, settings.MQTT_PUBLIC_URL = "mqtt://127.0.0.1:1884", ""
    came: list[tuple[str, Any]] = []

    async def publish(topic: str, payload: bytes, media_type: str, seconds: float) -> Outcome:
        came.append((topic, json.loads(payload)))
        return Outcome(True)

    monkeypatch.setattr(brokers, "publish", publish)
    topic = f"{brokers.prefix(reader.actor.person)}bins"  # type: ignore[attr-defined]
    pairs = [{"key": "X-Own", "value": "yes"}]
    elsewhere = reader.post("subscriptions", json=sent(None, told={"uri": f"mqtt://away.example/{topic}"}))
    assert elsewhere.status_code == 422 and "own broker" in elsewhere.text
    not_own = reader.post("subscriptions", json=sent(None, told={"uri": "mqtt://127.0.0.1:1884/devices/bin-17/x"}))
    assert not_own.status_code == 400 and "begin with" in not_own.text
    asked = sent(None, watchedAttributes=["fill"], told={"uri": f"mqtt://127.0.0.1:1884/{topic}", "receiverInfo": pairs})
    assert reader.post("subscriptions", json=asked).status_code == 201
    put(broker, "Bin:1", 0, fill=60)
    turn(reader)
    ((where, told),) = came
    assert where == topic
    assert (told["metadata"]["Content-Type"], told["metadata"]["X-Own"]) == ("application/json", "yes")
    assert told["body"]["type"] == "Notification" and told["body"]["data"][0]["fill"]["value"] == 60
