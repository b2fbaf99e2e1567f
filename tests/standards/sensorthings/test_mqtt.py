"""SensorThings over MQTT: observations created by publishing, and what changed published to whoever listens, as far as everybody may see it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.asgi.test_messages import device
from tests.foundations.observations.city import HOUR, NOON, batch, make
from tests.standards.sensorthings.conftest import EDITOR
from tests.standards.sensorthings.test_writing import PROPERTY, SENSOR
from zinneke.asgi.messages import Intake
from zinneke.foundations.mqtt import Heard
from zinneke.foundations.observations import quarantine, store
from zinneke.foundations.observations.values import StreamRow
from zinneke.kernel.confidentiality import SYSTEM, Level
from zinneke.kernel.event import EntityChanged, ObservationsStored, listen
from zinneke.standards.sensorthings import TOPICS, telling

pytestmark = pytest.mark.django_db
TIME = "2026-03-10T12:00:00Z"


def publish(named: str, own: int, *sent: tuple[str, Any]) -> list[dict[str, Any]]:
    """Take in messages of a device that owns one stream, and return what was told."""
    somebody = device(named, own)

    told: list[dict[str, Any]] = []
    heard = [Heard(topic, body if isinstance(body, bytes) else json.dumps(body).encode()) for topic, body in sent]
    Intake(TOPICS, lambda names: {named: somebody} if named in names else {}, lambda topic, body, correlation: told.append(json.loads(body))).take(
        heard
    )
    return told


def values(number: int) -> list[float]:
    return [point.value for point in store.history(SYSTEM, number, NOON, NOON + 24 * HOUR).points]


def test_observations_are_created_below_the_name_of_a_device() -> None:
    (bin,) = make("a")
    assert publish("a", bin.id, (f"devices/a/v1.1/Datastreams({bin.id})/Observations", {"phenomenonTime": TIME, "result": 1})) == []
    linked = {"phenomenonTime": "2026-03-10T13:00:00Z", "result": 2, "Datastream": {"@iot.id": bin.id}, "parameters": {"a": 1}}
    assert publish("a", bin.id, ("devices/a/v1.1/Observations", linked)) == []
    assert values(bin.id) == [1, 2]
    publish("a", bin.id, (f"v1.1/Datastreams({bin.id})/Observations", {"phenomenonTime": "2026-03-10T14:00:00Z", "result": 3}))
    assert values(bin.id) == [1, 2], "a topic that names nobody is nobody's"


@pytest.mark.parametrize(
    ("path", "body", "reason"),
    [
        ("Things", {"name": "x"}, "publishing to"),
        ("Datastreams(1)", {"name": "x"}, "publishing to"),
        ("Datastreams/Observations", {"result": 1}, "publishing to"),
        ("Datastreams('x')/Observations", {"result": 1}, "publishing to"),
        ("Things(1)/Datastreams(1)/Observations", {"result": 1}, "publishing to"),
        ("Observations", {"phenomenonTime": TIME, "result": 1}, "Datastream"),
        ("Observations", b"{", "JSON"),
        ("Observations", b"\xff", "JSON"),
        ("Observations", [], "members"),
        ("Observations", {"phenomenonTime": TIME}, "result"),
        ("Datastreams(99)/Observations", {"phenomenonTime": TIME, "result": 1}, "not yours"),
        ("Datastreams(1)/Observations", {"phenomenonTime": "soon", "result": 1}, "soon"),
        ("Datastreams(1)/Observations", {"phenomenonTime": TIME, "result": 1e9}, "plausible"),
        ("%", {"result": 1}, "no part"),
    ],
)
def test_what_cannot_be_created_is_refused_and_told(path: str, body: Any, reason: str) -> None:
    (bin,) = make("a")
    (told,) = publish("a", bin.id, (f"devices/a/v1.1/{path}", body))
    assert reason in told["reason"]
    assert len(quarantine.list_quarantine(SYSTEM)) == 1
    assert values(bin.id) == []


def test_a_device_creates_in_its_own_streams_only() -> None:
    one, other = make("a", "b")
    (told,) = publish("a", one.id, (f"devices/a/v1.1/Datastreams({other.id})/Observations", {"phenomenonTime": TIME, "result": 1}))
    assert "not yours" in told["reason"]
    assert values(other.id) == []


def told_of(*events: Any) -> dict[str, Any]:
    """Return what is published of events, by topic."""
    stored = [event.keys for event in events if isinstance(event, ObservationsStored)]
    changed = [event for event in events if isinstance(event, EntityChanged)]
    return {topic: json.loads(body) for topic, body in (*telling.entities(changed), *telling.observations(stored))}


@pytest.fixture
def heard(transactional_db: None) -> Any:
    """Return a function that does something and returns the events that it announces."""
    events: list[Any] = []
    for kind in (ObservationsStored, EntityChanged):
        listen(kind, events.append)

    def doing(what: Any) -> list[Any]:
        events.clear()
        what()
        return list(events)

    return doing


def test_stored_observations_are_told_to_everybody_when_everybody_may_see_them(heard: Any, settings: Any) -> None:
    settings.PUBLIC_URL = "https://city.example"
    (bin,) = make("a")
    (shared,) = make("b", level=Level.SHARED)
    events = heard(lambda: store.ingest(SYSTEM, batch((bin.id, NOON, 10), (shared.id, NOON, 20))))
    told = told_of(*events)
    assert set(told) == {"v1.1/Observations", f"v1.1/Datastreams({bin.id})/Observations"}
    one = told["v1.1/Observations"]
    assert (one["result"], one["phenomenonTime"][:19]) == (10, "2026-03-10T12:00:00")
    assert one["@iot.selfLink"] == f"https://city.example/sta/v1.1/Observations('{one['@iot.id']}')"
    assert told_of(*heard(lambda: store.ingest(SYSTEM, batch((bin.id, NOON, 10))))) == {}, "nothing was stored"


def test_declared_selections_are_told_on_topics_of_their_own(heard: Any, settings: Any) -> None:
    settings.MQTT_SELECT = (("result", "phenomenonTime"), ("name",))
    (bin,) = make("a")
    told = told_of(*heard(lambda: store.ingest(SYSTEM, batch((bin.id, NOON, 10)))))
    assert set(told[f"v1.1/Datastreams({bin.id})/Observations?$select=result,phenomenonTime"]) == {"result", "phenomenonTime"}
    assert len(told) == 4


def test_entities_are_told_when_they_are_made_and_changed(heard: Any, service: TestClient) -> None:
    def make_one() -> None:
        answer = service.post("Things", json={"name": "Bench", "description": "wood", "Locations": [PLACE]}, headers=EDITOR)
        assert answer.status_code == 201, answer.text

    told = told_of(*heard(make_one))
    things = {topic for topic in told if topic.startswith("v1.1/Things") and topic.count("/") == 1}
    (own,) = things - {"v1.1/Things"}
    assert told[own]["name"] == told["v1.1/Things"]["name"] == "Bench"
    assert "v1.1/Locations" in told
    told = told_of(*heard(lambda: service.patch(own.removeprefix("v1.1/"), json={"name": "Seat"}, headers=EDITOR)))
    assert told[own]["name"] == "Seat"
    assert told[f"{own}/name"] == {"name": "Seat"}
    assert f"{own}/description" not in told


def test_entities_are_told_by_each_link_that_leads_to_them(heard: Any, service: TestClient) -> None:
    whole = {
        "name": "Bench", "description": "wood", "Locations": [PLACE],
        "MultiDatastreams": [{
            "name": "both", "description": "", "unitOfMeasurements": [{"name": "%", "symbol": "%", "definition": "ucum:%"}] * 2,
            "observationType": "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_ComplexObservation",
            "multiObservationDataTypes": ["http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement"] * 2,
            "Sensor": SENSOR, "ObservedProperties": [PROPERTY, {**PROPERTY, "name": "other"}],
        }],
    }  # fmt: skip

    def make_one() -> None:
        answer = service.post("Things", json=whole, headers=EDITOR)
        assert answer.status_code == 201, answer.text

    told = told_of(*heard(make_one))
    own = {each: next(topic for topic in told if topic.startswith(f"v1.1/{each}(")).split("/")[1] for each in ("Things", "Locations", "Sensors")}
    many = next(topic for topic in told if topic.startswith("v1.1/MultiDatastreams(") and topic.count("/") == 1).removeprefix("v1.1/")
    number = many[17:-1]
    ways = {f"{own['Locations']}/Things", f"{own['Things']}/Locations", f"{own['Things']}/MultiDatastreams", f"{own['Sensors']}/MultiDatastreams"}
    assert {f"v1.1/{way}" for way in (*ways, "Things", own["Things"], many, f"{many}/ObservedProperties")} <= set(told)
    assert told[f"v1.1/{own['Things']}/MultiDatastreams"] == told[f"v1.1/{many}"]
    sent = {"phenomenonTime": TIME, "result": [1, 2]}
    told = told_of(*heard(lambda: service.post(f"MultiDatastreams({number})/Observations", json=sent, headers=EDITOR)))
    assert set(told) == {"v1.1/Observations", f"v1.1/MultiDatastreams({number})/Observations"}


PLACE = {"name": "here", "description": "here", "encodingType": "application/geo+json", "location": {"type": "Point", "coordinates": [4.35, 50.85]}}


def test_what_solutions_register_is_told_and_what_is_closed_is_not(heard: Any) -> None:
    assert {"v1.1/Things", "v1.1/Datastreams"} <= set(told_of(*heard(lambda: make("a"))))
    assert told_of(*heard(lambda: make("b", level=Level.SHARED))) == {}
    renamed = StreamRow(key="demo/a/fill", thing="demo/a", name={"en": "Level"}, reading="fill", unit="%", low=0, high=100, interval=3600)
    told = told_of(*heard(lambda: store.set_streams(SYSTEM, [renamed])))
    assert any(topic.endswith(")/name") and body == {"name": "Level"} for topic, body in told.items())


def test_a_flood_is_told_by_the_newest_of_each_stream(heard: Any) -> None:
    (bin,) = make("a")
    rows = [(bin.id, NOON + at * HOUR / 100, 1) for at in range(telling.MOST + 1)]
    events = heard(lambda: store.ingest(SYSTEM, batch(*rows)))
    told = list(telling.observations([event.keys for event in events]))
    assert len(told) == 2
    assert json.loads(told[0][1])["phenomenonTime"].startswith(rows[-1][1].strftime("%Y-%m-%dT%H:%M"))


def test_the_teller_publishes_until_it_is_stopped() -> None:
    posted: list[str] = []
    stop = telling.start(lambda topic, payload: posted.append(topic))
    stop()
    telling._heard(EntityChanged("Things", 1))
    assert posted == []
