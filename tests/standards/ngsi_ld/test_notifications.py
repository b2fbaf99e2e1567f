"""What triggers a notification besides an observation, what was there before, and what is told by the clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.foundations.subscriptions.endpoint import Endpoint
from tests.foundations.subscriptions.town import outbox
from tests.standards.ngsi_ld.test_subscriptions import AT, put, sent, turn
from zinneke.foundations.observations import declaring, lifecycle, register
from zinneke.foundations.observations.attributes import evolving
from zinneke.foundations.observations.values import Thing
from zinneke.foundations.subscriptions import changes as noting
from zinneke.foundations.subscriptions import chores, models, store
from zinneke.foundations.subscriptions.delivering import Outbox
from zinneke.kernel.confidentiality import SYSTEM, Level
from zinneke.kernel.period import to_microseconds
from zinneke.kernel.problem import wrong

pytestmark = pytest.mark.django_db(transaction=True)
NULL = "urn:ngsi-ld:null"
BIN = {
    "id": "urn:ngsi-ld:Bin:1",
    "type": "Bin",
    "colour": {"type": "Property", "value": "green"},
    "owner": {"type": "Relationship", "object": "urn:a:1"},
}


def subscribe(reader: TestClient, endpoint: Endpoint, *triggers: str, **more: Any) -> None:
    answer = reader.post("subscriptions", json=sent(endpoint, **({"notificationTrigger": list(triggers)} if triggers else {}), **more))
    assert answer.status_code == 201, answer.text


def told(reader: TestClient, endpoint: Endpoint) -> list[Any]:
    """Return the data of what came since this was asked last."""
    turn(reader)
    found = [each.json["data"] for each in endpoint.sent]
    endpoint.sent.clear()
    return found


def measure(broker: TestClient, fill: float) -> None:
    done(broker.patch("entities/urn:ngsi-ld:Bin:1/attrs/fill", json={"value": fill, "observedAt": "2026-03-01T10:05:00Z"}))


def done(answer: Any) -> None:
    assert answer.status_code in (201, 204), answer.text


@pytest.mark.parametrize(
    ("trigger", "due"),
    [
        ("entityCreated", [1, 0, 0, 0, 0]), ("attributeCreated", [1, 0, 1, 0, 0]), ("attributeUpdated", [0, 1, 0, 0, 0]),
        ("attributeDeleted", [0, 0, 0, 1, 0]), ("entityUpdated", [1, 1, 1, 1, 0]), ("entityDeleted", [0, 0, 0, 0, 1]), ("", [1, 1, 1, 0, 0]),
    ],
)  # fmt: skip
def test_each_trigger_tells_of_its_own_kind_of_change(
    broker: TestClient,
    reader: TestClient,
    endpoint: Endpoint,
    trigger: str,
    due: list[int],
) -> None:
    subscribe(reader, endpoint, *([trigger] if trigger else []))
    at = "entities/urn:ngsi-ld:Bin:1"
    steps = [
        lambda: broker.post("entities", json=BIN),
        lambda: broker.patch(f"{at}/attrs/colour", json={"value": "blue"}),
        lambda: broker.post(f"{at}/attrs", json={"note": {"value": "new"}}),
        lambda: broker.delete(f"{at}/attrs/note"),
        lambda: broker.delete(at),
    ]
    came = []
    for step in steps:
        done(step())
        came.append(len(told(reader, endpoint)))
    assert came == due


@pytest.mark.parametrize(
    ("trigger", "due"), [("attributeCreated", [1, 0, 0, 0]), ("attributeUpdated", [0, 1, 1, 0]), ("attributeDeleted", [0, 0, 0, 1])]
)
def test_what_is_measured_is_created_updated_corrected_and_deleted(
    broker: TestClient,
    reader: TestClient,
    endpoint: Endpoint,
    trigger: str,
    due: list[int],
) -> None:
    subscribe(reader, endpoint, trigger, watchedAttributes=["fill"])
    came = []
    for step in (
        lambda: put(broker, "Bin:1", 0, fill=40),
        lambda: put(broker, "Bin:1", 1, fill=50),
        lambda: put(broker, "Bin:1", 1, fill=51),
        lambda: done(broker.delete("entities/urn:ngsi-ld:Bin:1/attrs/fill")),
    ):
        step()
        came.append(len(told(reader, endpoint)))
    assert came == due


def test_what_was_there_before_is_told_where_it_is_asked_for(broker: TestClient, reader: TestClient, endpoint: Endpoint) -> None:
    done(broker.post("entities", json={**BIN, "title": {"languageMap": {"fr": "Rouge"}}}))
    put(broker, "Bin:1", 0, fill=40)
    notification = {"showChanges": True, "sysAttrs": True, "attributes": ["colour", "owner", "title", "fill"]}
    subscribe(reader, endpoint, "entityUpdated", "entityDeleted", notification=notification)
    done(broker.patch("entities/urn:ngsi-ld:Bin:1", json={"colour": {"value": "blue"}, "owner": {"object": "urn:a:2"}, "title": NULL}))
    (((entity,),)) = told(reader, endpoint)
    assert (entity["colour"]["value"], entity["colour"]["previousValue"]) == ("blue", "green")
    assert (entity["owner"]["object"], entity["owner"]["previousObject"]) == ("urn:a:2", "urn:a:1")
    assert (entity["title"]["languageMap"], entity["title"]["previousLanguageMap"]) == ({"@none": NULL}, {"fr": "Rouge"})
    assert entity["title"]["deletedAt"] and "createdAt" in entity
    assert "previousValue" not in entity["fill"]
    measure(broker, 60)
    (((entity,),)) = told(reader, endpoint)
    assert (entity["fill"]["value"], entity["fill"]["previousValue"], "previousValue" in entity["colour"]) == (60, 40, False)
    measure(broker, 65)
    (((entity,),)) = told(reader, endpoint)
    assert (entity["fill"]["value"], entity["fill"]["previousValue"]) == (65, 60)
    done(broker.delete("entities/urn:ngsi-ld:Bin:1"))
    (((entity,),)) = told(reader, endpoint)
    assert (entity["id"], entity["type"], entity["colour"]["value"], entity["colour"]["previousValue"]) == (BIN["id"], "Bin", NULL, "blue")
    assert entity["fill"]["previousValue"] == 65 and entity["deletedAt"]


@pytest.mark.parametrize("shown", [False, True])
def test_a_store_that_cannot_say_what_was_before_holds_up_no_notification(
    broker: TestClient, reader: TestClient, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch, shown: bool
) -> None:
    put(broker, "Bin:1", 0, fill=40)
    subscribe(reader, endpoint, notification={"showChanges": shown})
    put(broker, "Bin:1", 1, fill=50)
    read: list[Any] = []

    def refuse(*asked: Any) -> Any:
        read.append(asked)
        raise wrong("Too many observations.")

    store, select = type(lifecycle.opened().store), lifecycle.opened().store.select
    monkeypatch.setattr(store, "read", refuse)
    monkeypatch.setattr(store, "select", lambda _, sql, *more: refuse(sql) if "observation" in sql else select(sql, *more))
    (((entity,),)) = told(reader, endpoint)
    assert (entity["fill"]["value"], "previousValue" in entity["fill"], bool(read)) == (50, False, shown)


@pytest.mark.parametrize(("few", "pauses"), [(1_000, (1, 90_000)), (3, (1, 1, 1, 1, 1, 700, 90_000))])
def test_what_was_before_is_found_however_long_ago_by_reading_little(
    broker: TestClient, monkeypatch: pytest.MonkeyPatch, few: int, pauses: tuple[int, ...]
) -> None:
    monkeypatch.setattr(evolving, "FEW", few)
    moments = [datetime(2026, 3, 1, tzinfo=UTC) + timedelta(minutes=sum(pauses[:at])) for at in range(len(pauses) + 1)]
    for value, moment in enumerate(moments):
        body = {"id": "urn:b", "type": "Bin", "fill": {"value": value, "observedAt": moment.isoformat()}}
        done(broker.post("entityOperations/upsert", params={"options": "update"}, json=[body]))
    (stream,) = register.current().streams
    asked, read = [], type(lifecycle.opened().store).read
    monkeypatch.setattr(type(lifecycle.opened().store), "read", lambda *given: asked.append(given[1:]) or read(*given))
    found = [evolving.before(stream, to_microseconds(moment)) for moment in moments]
    assert [each and each.value for each in found] == [None, *range(len(pauses))]
    assert all(limit == few for *_, limit in asked) and len(asked) < 12 * len(moments)


@pytest.mark.parametrize("trigger", ["attributeUpdated", "attributeDeleted"])
def test_a_large_change_is_told_as_it_is_now(
    broker: TestClient, reader: TestClient, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch, trigger: str
) -> None:
    monkeypatch.setattr(noting, "LARGEST", 100)
    done(broker.post("entities", json={**BIN, "title": {"languageMap": {"fr": "rouge" * 50}}}))
    subscribe(reader, endpoint, trigger, notification={"showChanges": True})
    done(broker.patch("entities/urn:ngsi-ld:Bin:1", json={"colour": {"value": "blue" * 50}, "title": NULL}))
    (((entity,),)) = told(reader, endpoint)
    assert entity["colour"] == {"type": "Property", "value": "blue" * 50}
    assert entity["title"] == {"type": "LanguageProperty", "languageMap": {"@none": NULL}}


@pytest.mark.parametrize(
    ("form", "due"),
    [("normalized", {"type": "Property", "value": NULL}), ("concise", NULL), ("simplified", NULL)],
)
def test_what_is_no_more_is_null_in_every_form(broker: TestClient, reader: TestClient, endpoint: Endpoint, form: str, due: Any) -> None:
    done(broker.post("entities", json=BIN))
    subscribe(reader, endpoint, "attributeDeleted", notification={"format": form})
    done(broker.delete("entities/urn:ngsi-ld:Bin:1/attrs/colour"))
    (((entity,),)) = told(reader, endpoint)
    assert entity["colour"] == due


def test_a_deletion_is_told_of_what_was_meant_and_of_nothing_else(broker: TestClient, reader: TestClient, endpoint: Endpoint) -> None:
    geo = {"georel": "near;maxDistance==500", "geometry": "Point", "coordinates": [4.35, 50.85]}
    subscribe(reader, endpoint, "entityDeleted", q='colour=="green";fill>50', geoQ=geo, scopeQ="/Brussels/#")
    near, far = ({"type": "GeoProperty", "value": {"type": "Point", "coordinates": [lon, 50.85]}} for lon in (4.351, 4.4))
    for name, place, fill, more in (
        ("Bin:1", near, 60, {}), ("Bin:2", far, 60, {}), ("Bin:3", near, 40, {}), ("Bin:4", near, 60, {"colour": {"value": "red"}}),
        ("Bin:5", near, 60, {"scope": "/Ghent"}), ("Bench:1", near, 60, {"type": "Bench"}),
    ):  # fmt: skip
        measured = {"value": fill, "observedAt": "2026-03-01T10:00:00Z"}
        done(
            broker.post(
                "entities", json={**BIN, "id": f"urn:ngsi-ld:{name}", "scope": "/Brussels/Centre", "location": place, "fill": measured, **more}
            )
        )
        done(broker.delete(f"entities/urn:ngsi-ld:{name}"))
    assert [entity["id"] for data in told(reader, endpoint) for entity in data] == ["urn:ngsi-ld:Bin:1"]


def test_what_another_door_changes_is_told_too(broker: TestClient, service: TestClient, reader: TestClient, endpoint: Endpoint) -> None:
    answer = service.post("Things", json={"name": "A bin", "description": "", "properties": {"colour": "green"}})
    number = answer.headers["location"].rpartition("/")[2]
    subscribe(reader, endpoint, "entityUpdated", "entityDeleted", entities=[{"type": "Thing"}], notification={"showChanges": True})
    assert service.patch(number, json={"properties": {"colour": "blue"}}).status_code == 200
    (((entity,),)) = told(reader, endpoint)
    assert entity["colour"]["previousValue"] == "green"
    place = {"name": "Here", "description": "", "encodingType": "application/geo+json", "location": {"type": "Point", "coordinates": [4.35, 50.85]}}
    assert service.post(f"{number}/Locations", json=place).status_code == 201
    (((entity,),)) = told(reader, endpoint)
    assert entity["location"]["value"]["coordinates"] == [4.35, 50.85]
    assert service.delete(number).status_code == 200
    (((entity,),)) = told(reader, endpoint)
    assert "deletedAt" in entity


def test_what_is_hidden_from_a_subscriber_is_not_told_nor_what_was_noted_before_it_was_hidden(
    broker: TestClient,
    reader: TestClient,
    endpoint: Endpoint,
) -> None:
    subscribe(reader, endpoint, "entityUpdated", "entityDeleted")
    done(broker.post("entities", json=BIN))
    thing = register.current().things["ngsi-ld/urn:ngsi-ld:Bin:1"]
    hidden = Thing(key=thing.key, kind=thing.kind, level=Level.SHARED, properties=thing.properties)
    assert not declaring.set_things(SYSTEM, [hidden]).refused
    done(broker.delete("entities/urn:ngsi-ld:Bin:1", headers={"authorization": "Bearer partner"}))
    assert told(reader, endpoint) == []


def test_nothing_is_noted_when_nobody_waits(broker: TestClient) -> None:
    done(broker.post("entities", json=BIN))
    done(broker.delete("entities/urn:ngsi-ld:Bin:1"))
    assert models.Occurrence.objects.count() == 0


def test_a_joined_and_picked_notification_in_words_of_its_own(broker: TestClient, reader: TestClient, endpoint: Endpoint) -> None:
    done(broker.post("entities", json={"id": "urn:a:1", "type": "Owner", "city": {"value": "Brussels"}}))
    notification = {"join": "inline", "pick": ["id", "owner"], "format": "concise"}
    subscribe(reader, endpoint, jsonldContext="http://city/ngsi-ld/v1/jsonldContexts/zinneke", notification=notification)
    done(broker.post("entities", json=BIN))
    turn(reader)
    (came,) = endpoint.sent
    (entity,) = came.json["data"]
    assert set(entity) == {"id", "owner"} and entity["owner"]["entity"]["city"] == "Brussels"
    assert "jsonldContexts/zinneke" in came.headers["link"]


def round_of(reader: TestClient, box: Outbox) -> int:
    """Do what is due now; return how many notifications went out."""
    number, count = store.get(reader.actor, "urn:ngsi-ld:Subscription:1").id, 0  # type: ignore[attr-defined]
    while (number in [each for each, _ in box.list_due()]) and (outcome := box.turn(number)) is not None:
        count += outcome.good
        if not outcome.good:
            break
    return count


def test_by_the_clock_everything_that_is_meant_is_told_again_and_again(broker: TestClient, reader: TestClient, endpoint: Endpoint) -> None:
    subscribe(reader, endpoint, timeInterval=60, q="fill>50", notification={"attributes": ["fill"], "format": "simplified"})
    box, clock = outbox()
    assert round_of(reader, box) == 0
    clock.pass_(seconds=59)
    assert round_of(reader, box) == 0
    clock.pass_(seconds=1)
    assert round_of(reader, box) == 0  # nothing is meant yet, so nothing is said
    for name, fill in (("Bin:1", 60), ("Bin:2", 40), ("Bin:3", 90)):
        put(broker, name, 0, fill=fill)
    assert round_of(reader, box) == 0
    clock.pass_(seconds=60)
    assert round_of(reader, box) == 1
    again = Outbox(clock=clock, luck=lambda: 1.0)  # as after a restart
    assert round_of(reader, again) == 0
    clock.pass_(seconds=200)
    assert round_of(reader, again) == 1  # what was missed is not made up for
    clock.pass_(seconds=39)
    assert round_of(reader, again) == 0
    clock.pass_(seconds=1)
    assert round_of(reader, again) == 1
    assert [[(each["id"][-1], each["fill"]) for each in came.json["data"]] for came in endpoint.sent] == [[("1", 60), ("3", 90)]] * 3
    found = reader.get(AT).json()
    assert (found["timeInterval"], found["notification"]["timesSent"]) == (60, 3)


def test_a_round_that_fails_is_tried_again_and_goes_on_where_it_was(
    broker: TestClient,
    reader: TestClient,
    endpoint: Endpoint,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("zinneke.standards.ngsi_ld.telling.PAGE", 2)
    for number in range(5):
        put(broker, f"Bin:{number}", 0, fill=number)
    subscribe(reader, endpoint, timeInterval=60)
    box, clock = outbox()
    round_of(reader, box)
    clock.pass_(seconds=60)
    box.turn(store.get(reader.actor, "urn:ngsi-ld:Subscription:1").id)  # type: ignore[attr-defined]
    endpoint.answer = 503
    assert round_of(reader, box) == 0
    endpoint.answer = 204
    clock.pass_(seconds=30)
    assert round_of(reader, Outbox(clock=clock, luck=lambda: 1.0)) == 2
    sizes = [[each["id"][-1] for each in came.json["data"]] for came in endpoint.sent]
    assert sizes == [["0", "1"], ["2", "3"], ["2", "3"], ["4"]]
    assert len({came.headers["webhook-id"] for came in endpoint.sent}) == 3
    clock.pass_(seconds=30)
    assert round_of(reader, box) == 3


def test_rounds_begin_anew_after_a_pause_and_hold_up_no_journal(broker: TestClient, reader: TestClient, endpoint: Endpoint) -> None:
    put(broker, "Bin:1", 0, fill=1)
    subscribe(reader, endpoint, timeInterval=60)
    box, clock = outbox()
    round_of(reader, box)
    done(reader.patch(AT, json={"isActive": False}))
    clock.pass_(seconds=600)
    assert round_of(reader, box) == 0
    done(reader.patch(AT, json={"isActive": True}))
    assert round_of(reader, box) == 0
    clock.pass_(seconds=60)
    assert round_of(reader, box) == 1
    chores.tidy(clock() + timedelta(days=1))
    done(reader.patch(AT, json={"timeInterval": NULL}))
    put(broker, "Bin:1", 1, fill=2)
    assert len(told(reader, endpoint)) == 2
