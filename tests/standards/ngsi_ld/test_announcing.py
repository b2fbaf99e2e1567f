"""Subscriptions to registrations of sources: what matches is told first, then what begins to, changes, and ceases to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.foundations.subscriptions.endpoint import Endpoint
from tests.foundations.subscriptions.town import outbox, somebody
from tests.standards.ngsi_ld.conftest import PEOPLE
from tests.standards.ngsi_ld.test_contexts import HOME, LINK
from tests.standards.ngsi_ld.test_kept import SOURCE
from tests.standards.ngsi_ld.test_subscriptions import KEY, turn
from zinneke.foundations.observations import models as observed
from zinneke.foundations.observations.attributes import keeping
from zinneke.foundations.subscriptions import models, store
from zinneke.standards.ngsi_ld import announcing

pytestmark = pytest.mark.django_db(transaction=True)
AT = f"csourceSubscriptions/{KEY}"
ONE, TWO = "urn:ngsi-ld:ContextSourceRegistration:1", "urn:ngsi-ld:ContextSourceRegistration:2"


def sent(endpoint: Endpoint | None, **more: Any) -> dict[str, Any]:
    address = endpoint.address if endpoint else "https://away.example/hook"
    notification = {"endpoint": {"uri": address, **more.pop("told", {})}, **more.pop("notification", {})}
    return {"id": KEY, "type": "Subscription", "entities": [{"type": "Bin"}], "notification": notification, **more}


def register(broker: TestClient, key: str = ONE, kind: str = "Bin", names: tuple[str, ...] = ("fill",), **more: Any) -> None:
    information = [{"entities": [{"type": kind}], **({"propertyNames": list(names)} if names else {})}]
    answer = broker.post("csourceRegistrations", json={**SOURCE, "id": key, "information": information, **more})
    assert answer.status_code == 201, answer.text


def told(reader: TestClient, endpoint: Endpoint) -> list[tuple[str, list[str]]]:
    """Return why and of which registrations was told since this was asked last."""
    turn(reader)
    for each in endpoint.sent:
        assert (each.json["type"], each.json["subscriptionId"]) == ("ContextSourceNotification", KEY)
    found = [(each.json["triggerReason"], [one["id"] for one in each.json["data"]]) for each in endpoint.sent]
    endpoint.sent.clear()
    return found


def test_what_matches_is_told_first_and_then_each_change(broker: TestClient, reader: TestClient, endpoint: Endpoint) -> None:
    register(broker)
    register(broker, "urn:ngsi-ld:ContextSourceRegistration:bench", "Bench")
    answer = reader.post("csourceSubscriptions", json=sent(endpoint))
    assert (answer.status_code, answer.headers["location"]) == (201, f"/ngsi-ld/v1/{AT}")
    assert told(reader, endpoint) == [("newlyMatching", [ONE])]
    register(broker, TWO)
    broker.patch(f"csourceRegistrations/{TWO}", json={"endpoint": "https://new.example"})
    broker.patch("csourceRegistrations/urn:ngsi-ld:ContextSourceRegistration:bench", json={"endpoint": "https://new.example"})
    broker.patch(f"csourceRegistrations/{TWO}", json={"information": [{"entities": [{"type": "Bench"}]}]})
    broker.patch(f"csourceRegistrations/{TWO}", json={"information": [{"entities": [{"type": "Bin"}]}]})
    broker.delete(f"csourceRegistrations/{TWO}")
    assert told(reader, endpoint) == [(why, [TWO]) for why in ("newlyMatching", "updated", "noLongerMatching", "newlyMatching", "noLongerMatching")]
    found = reader.get(AT).json()
    assert (found["status"], found["notification"]["timesSent"], found["notification"]["status"]) == ("active", 6, "ok")


def test_only_what_is_meant_of_a_registration_is_told(broker: TestClient, reader: TestClient, endpoint: Endpoint) -> None:
    parts = [{"entities": [{"type": "WasteContainer"}], "propertyNames": ["fillingLevel"]}, {"entities": [{"type": "Device"}]}]
    body = {**SOURCE, "information": parts}
    assert broker.post("csourceRegistrations", json=body, headers={"link": LINK.format(HOME)}).status_code == 201
    asked = sent(endpoint, entities=[{"type": "WasteContainer"}], told={"accept": "application/ld+json"}, notification={"sysAttrs": True})
    assert reader.post("csourceSubscriptions", json=asked, headers={"link": LINK.format(HOME)}).status_code == 201
    turn(reader)
    (came,) = endpoint.sent
    (one,) = came.json["data"]
    assert one["information"] == parts[:1]
    assert "createdAt" in one and one["endpoint"] == SOURCE["endpoint"]
    assert came.headers["content-type"] == "application/ld+json" and HOME in str(came.json["@context"])
    listed = broker.get("csourceRegistrations", params={"type": "WasteContainer"}, headers={"link": LINK.format(HOME)}).json()
    assert [each["information"] for each in listed] == [parts[:1]]


def test_nothing_is_sent_first_where_nothing_matches(broker: TestClient, reader: TestClient, endpoint: Endpoint) -> None:
    reader.post("csourceSubscriptions", json=sent(endpoint))
    assert told(reader, endpoint) == []
    register(broker)
    assert told(reader, endpoint) == [("newlyMatching", [ONE])]


def test_after_a_change_or_a_pause_what_matches_is_told_anew(broker: TestClient, reader: TestClient, endpoint: Endpoint) -> None:
    register(broker)
    register(broker, TWO, "Bench")
    reader.post("csourceSubscriptions", json=sent(endpoint))
    assert told(reader, endpoint) == [("newlyMatching", [ONE])]
    assert reader.patch(AT, json={"entities": [{"type": "Bench"}]}).status_code == 204
    assert told(reader, endpoint) == [("newlyMatching", [TWO])]
    assert reader.patch(AT, json={"isActive": False}).status_code == 204
    broker.delete(f"csourceRegistrations/{TWO}")
    register(broker, "urn:ngsi-ld:ContextSourceRegistration:3", "Bench")
    assert told(reader, endpoint) == []
    assert reader.patch(AT, json={"isActive": True}).status_code == 204
    assert told(reader, endpoint) == [("newlyMatching", ["urn:ngsi-ld:ContextSourceRegistration:3"])]


def test_many_that_match_come_in_several_notifications(
    broker: TestClient, reader: TestClient, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(announcing, "PAGE", 2)
    keys = [f"urn:ngsi-ld:ContextSourceRegistration:{at}" for at in range(5)]
    for key in keys:
        register(broker, key)
    register(broker, "urn:ngsi-ld:ContextSourceRegistration:over", expiresAt="2020-01-01T00:00:00Z")
    reader.post("csourceSubscriptions", json=sent(endpoint))
    came = told(reader, endpoint)
    assert [why for why, _ in came] == ["newlyMatching"] * 3
    assert [key for _, each in came for key in each] == keys


def test_by_the_clock_all_that_match_are_told_at_once_and_after_each_interval(broker: TestClient, reader: TestClient, endpoint: Endpoint) -> None:
    register(broker)
    reader.post("csourceSubscriptions", json=sent(endpoint, timeInterval=60))
    number = store.get(reader.actor, KEY).id  # type: ignore[attr-defined]
    box, clock = outbox()
    came = []
    for _ in range(4):
        outcome = box.turn(number)
        came.append(outcome is not None)
        clock.pass_(seconds=30)
    assert came == [True, False, True, False]
    assert [each.json["triggerReason"] for each in endpoint.sent] == ["newlyMatching"] * 2


def test_an_endpoint_that_fails_gets_the_same_again(broker: TestClient, reader: TestClient, endpoint: Endpoint) -> None:
    register(broker)
    reader.post("csourceSubscriptions", json=sent(endpoint))
    number = store.get(reader.actor, KEY).id  # type: ignore[attr-defined]
    box, clock = outbox()
    register(broker, TWO)
    endpoint.answer = 503
    assert not box.turn(number).good  # type: ignore[union-attr]
    endpoint.answer = 204
    clock.pass_(seconds=60)
    while box.turn(number) is not None:
        pass
    reasons = [(each.json["triggerReason"], [one["id"] for one in each.json["data"]]) for each in endpoint.sent]
    assert reasons == [("newlyMatching", [ONE, TWO]), ("newlyMatching", [ONE, TWO]), ("newlyMatching", [TWO])]


POINT, FAR = {"type": "Point", "coordinates": [4.35, 50.85]}, {"type": "Point", "coordinates": [4.5, 50.85]}
SQUARE = {"type": "Polygon", "coordinates": [[[4.3, 50.8], [4.4, 50.8], [4.4, 50.9], [4.3, 50.9], [4.3, 50.8]]]}


def around(georel: str, geometry: Any = POINT, **more: Any) -> dict[str, Any]:
    return {"georel": georel, "geometry": geometry["type"], "coordinates": geometry["coordinates"], **more}


@pytest.mark.parametrize(
    ("source", "asked", "due"),
    [
        ({}, {"entities": [{"type": "Bin", "id": "urn:a:1"}]}, True),
        ({"id": "urn:a:1"}, {"entities": [{"type": "Bin", "id": "urn:a:1"}]}, True),
        ({"id": "urn:a:2"}, {"entities": [{"type": "Bin", "id": "urn:a:1"}]}, False),
        ({"idPattern": "^urn:a:"}, {"entities": [{"type": "Bin", "id": "urn:a:1"}]}, True),
        ({"idPattern": "^urn:b:"}, {"entities": [{"type": "Bin", "id": "urn:a:1"}]}, False),
        ({"id": "urn:a:1"}, {"entities": [{"type": "Bin", "idPattern": "a:1$"}]}, True),
        ({"id": "urn:a:1"}, {"entities": [{"type": "Bin", "idPattern": "a:2$"}]}, False),
        ({"idPattern": "x"}, {"entities": [{"type": "Bin", "idPattern": "y"}]}, True),
        ({}, {"entities": [{"type": "Bench"}, {"type": "(Tree|Bin)"}]}, True),
        ({}, {"watchedAttributes": ["weight"]}, True),
        ({}, {"watchedAttributes": ["weight"], "notification": {"attributes": ["fill"]}}, True),
        ({}, {"watchedAttributes": ["weight"], "notification": {"attributes": ["colour"]}}, False),
        ({}, {"geoQ": around("near;maxDistance==100")}, False),
        ({"location": POINT}, {"geoQ": around("near;maxDistance==100")}, True),
        ({"location": FAR}, {"geoQ": around("near;maxDistance==100")}, False),
        ({"location": SQUARE}, {"geoQ": around("near;minDistance==5000")}, True),
        ({"location": POINT}, {"geoQ": around("near;minDistance==5000")}, False),
        ({"location": SQUARE}, {"geoQ": around("within", SQUARE)}, True),
        ({"location": FAR}, {"geoQ": around("within", SQUARE)}, False),
        ({"location": POINT}, {"geoQ": around("disjoint", SQUARE)}, False),
        ({"observationSpace": POINT}, {"geoQ": around("within", SQUARE, geoproperty="observationSpace")}, True),
        ({}, {"scopeQ": "/Brussels/#"}, False),
        ({"scope": ["/Ghent", "/Brussels/Parks"]}, {"scopeQ": "/Brussels/#"}, True),
        ({"observationInterval": {"startAt": "2026-01-01T00:00:00Z"}}, {}, False),
    ],
)
def test_what_matches(broker: TestClient, reader: TestClient, endpoint: Endpoint, source: dict[str, Any], asked: dict[str, Any], due: bool) -> None:
    named = {name: source[name] for name in ("id", "idPattern") if name in source}
    more = {name: value for name, value in source.items() if name not in named}
    register(broker, information=[{"entities": [{"type": "Bin", **named}], "propertyNames": ["fill"]}], **more)
    answer = reader.post("csourceSubscriptions", json=sent(endpoint, **asked))
    assert answer.status_code == 201, answer.text
    assert told(reader, endpoint) == ([("newlyMatching", [ONE])] if due else [])


@pytest.mark.parametrize(
    ("params", "due"),
    [
        ("type=Bin", True), ("type=(Bench|Bin)&attrs=fill", True), ("attrs=colour", False), ("id=urn:a:1&idPattern=x", True), ("scopeQ=/B", False),
        ("georel=near;maxDistance==10&geometry=Point&coordinates=[4.35,50.85]", True), ("type=Bin;Bench", False),
        ("georel=near;maxDistance==10&geometry=Point&coordinates=[4.5,50.85]", False),
    ],
)  # fmt: skip
def test_registrations_are_found_by_the_same_questions(broker: TestClient, params: str, due: bool) -> None:
    register(broker, location=POINT)
    assert [each["id"] for each in broker.get(f"csourceRegistrations?{params}").json()] == ([ONE] if due else [])


@pytest.mark.parametrize(
    "params", ["id=no%20uri", "idPattern=(", "georel=near", "georel=within&geometry=Point&coordinates=[1,2]&geoproperty=x", "q=a"]
)
def test_questions_for_registrations_that_make_no_sense_are_refused(broker: TestClient, params: str) -> None:
    assert broker.get(f"csourceRegistrations?{params}").status_code == 400


@pytest.mark.parametrize(
    "more",
    [
        {"type": "Strange"}, {"entities": []}, {"entities": [{}]}, {"entities": "Bin"}, {"entities": [{"id": "urn:a:1"}]}, {"q": "fill>1"},
        {"entities": [{"type": "Bin", "idPattern": "("}]}, {"entities": [{"type": "Bin", "id": "no uri"}]}, {"entities": [{"type": 5}]},
        {"throttling": -1}, {"expiresAt": "2020-01-01T00:00:00Z"}, {"strange": 1}, {"timeInterval": 2}, {"notification": {}}, {"id": "no uri"},
        {"geoQ": {"georel": "near"}}, {"geoQ": around("near;maxDistance==1", geoproperty="spot")}, {"scopeQ": "x"}, {"scopeQ": 5},
        {"watchedAttributes": "fill"}, {"notificationTrigger": ["entityCreated"]}, {"temporalQ": {}},
        {"notification": {"endpoint": {"uri": "ftp://x"}}}, {"notification": {"join": "flat", "endpoint": {"uri": "https://x.example"}}},
        {"notification": {"endpoint": {"uri": "https://x.example", "accept": "application/geo+json"}}},
    ],
)  # fmt: skip
def test_what_cannot_be_subscribed_to_is_refused(reader: TestClient, more: dict[str, Any]) -> None:
    answer = reader.post("csourceSubscriptions", json={**sent(None), **more})
    assert answer.status_code == 400, answer.text
    assert reader.get("csourceSubscriptions").json() == []


def test_it_is_ones_own_and_apart_from_subscriptions_to_entities(
    broker: TestClient, reader: TestClient, visitor: TestClient, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(PEOPLE, "Bearer other", somebody())
    other = {"authorization": "Bearer other"}
    assert visitor.post("csourceSubscriptions", json=sent(endpoint)).status_code == 401
    assert reader.post("csourceSubscriptions", json=sent(endpoint)).status_code == 201
    assert reader.post("csourceSubscriptions", json=sent(endpoint)).status_code == 409
    assert reader.post("subscriptions", json=sent(endpoint)).status_code == 409
    assert [each["id"] for each in reader.get("csourceSubscriptions?count=true").json()] == [KEY]
    assert reader.get("subscriptions").json() == []
    for answer in (reader.get(f"subscriptions/{KEY}"), reader.delete(f"subscriptions/{KEY}"), broker.get(AT), broker.delete(AT), visitor.get(AT)):
        assert answer.status_code in (401, 404)
    assert visitor.get("csourceSubscriptions", headers=other).json() == []
    for answer in (visitor.get(AT, headers=other), visitor.patch(AT, json={}, headers=other), visitor.delete(AT, headers=other)):
        assert answer.status_code == 404
    assert reader.delete(AT).status_code == 204
    assert reader.get(AT).status_code == 404


def test_nothing_is_noted_while_nobody_waits_for_it(broker: TestClient) -> None:
    register(broker)
    assert not models.Occurrence.objects.exists()


def test_a_registration_too_large_to_be_told_is_refused(broker: TestClient) -> None:
    assert broker.post("csourceRegistrations", json={**SOURCE, "description": "x" * 200_000}).status_code == 400


def test_a_registration_that_comes_to_its_end_is_told_once(broker: TestClient, reader: TestClient, endpoint: Endpoint) -> None:
    soon = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    register(broker, expiresAt=soon)
    register(broker, TWO)
    register(broker, "urn:ngsi-ld:ContextSourceRegistration:over", expiresAt="2020-01-01T00:00:00Z")
    reader.post("csourceSubscriptions", json=sent(endpoint))
    assert told(reader, endpoint) == [("newlyMatching", [ONE, TWO])]
    assert keeping.end() == 0
    observed.Source.objects.filter(pk=ONE).update(document=observed.Source.objects.get(pk=ONE).document | {"expiresAt": "2026-01-01T00:00:00Z"})
    assert (keeping.end(), keeping.end()) == (1, 0)
    assert told(reader, endpoint) == [("noLongerMatching", [ONE])]
    broker.patch(f"csourceRegistrations/{ONE}", json={"description": "over all the same"})
    broker.patch(f"csourceRegistrations/{ONE}", json={"expiresAt": soon})
    assert told(reader, endpoint) == [("newlyMatching", [ONE])]
    broker.patch(f"csourceRegistrations/{ONE}", json={"expiresAt": "2026-01-01T00:00:00Z"})
    broker.delete(f"csourceRegistrations/{ONE}")
    assert told(reader, endpoint) == [("noLongerMatching", [ONE])]
    assert keeping.end() == 0


def test_sources_are_filtered_by_what_they_say_of_themselves(broker: TestClient, reader: TestClient, endpoint: Endpoint) -> None:
    register(broker, registrationName="Theirs")
    register(broker, TWO, registrationName="Ours")
    assert reader.post("csourceSubscriptions", json=sent(endpoint, csf='registrationName=="Theirs"')).status_code == 201
    assert told(reader, endpoint) == [("newlyMatching", [ONE])]
    broker.patch(f"csourceRegistrations/{ONE}", json={"registrationName": "Ours"})
    assert told(reader, endpoint) == [("noLongerMatching", [ONE])]
    for csf in ("a=", 5):
        assert reader.post("csourceSubscriptions", json={**sent(endpoint, csf=csf), "id": "urn:x:bad"}).status_code == 400
