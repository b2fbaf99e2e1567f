"""Uplinks of registered devices become observations of their streams, over MQTT and over HTTP; everything else is kept and told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.foundations.observations.city import actor
from tests.standards.lorawan.test_uplinks import HEARD, chirpstack, ttn
from zinneke.asgi.door import Door
from zinneke.asgi.messages import Intake, Registered
from zinneke.foundations.devices import store as devices
from zinneke.foundations.devices.values import DeviceRow
from zinneke.foundations.mqtt import Heard
from zinneke.foundations.observations import lifecycle, quarantine, store
from zinneke.foundations.observations.refused import RefusedMessage
from zinneke.foundations.observations.values import StreamRow, Thing
from zinneke.kernel.confidentiality import ANONYMOUS, SYSTEM, Right
from zinneke.standards.lorawan import ROUTES, TOPICS, taking

pytestmark = pytest.mark.django_db
TTN, CHIRPSTACK = "v3/parks@city/devices/{}/up", "application/7/device/{}/event/up"


@pytest.fixture(autouse=True)
def own_store(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    lifecycle.stop()
    settings.DATA = tmp_path
    monkeypatch.setattr(taking, "frames", taking.Frames())
    yield
    lifecycle.stop()


def register(name: str, *readings: str, codec: str = "") -> dict[str, int]:
    """Register a device with a stream for each reading, and return their numbers."""
    store.set_things(SYSTEM, [Thing(key=f"demo/{name}", name={"en": name}, solution="demo", properties={"codec": codec} if codec else {})])
    store.set_streams(SYSTEM, [StreamRow(key=f"demo/{name}/{each}", thing=f"demo/{name}", reading=each) for each in readings])
    found = {each: store.find_stream(SYSTEM, f"demo/{name}/{each}") for each in readings}
    numbers = {each: stream.id for each, stream in found.items() if stream}
    devices.register(SYSTEM, DeviceRow(name=name, streams=tuple(numbers.values())))
    return numbers


def publish(*sent: tuple[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Take in messages, and return what was told."""
    told: list[tuple[str, dict[str, Any]]] = []
    intake = Intake(TOPICS, Registered(), lambda topic, body, correlation: told.append((topic, json.loads(body))))
    intake.take([Heard(topic, body if isinstance(body, bytes) else json.dumps(body).encode()) for topic, body in sent])
    return told


def stored(number: int) -> list[tuple[str, float]]:
    points = store.history(SYSTEM, number, HEARD - timedelta(days=1), HEARD + timedelta(days=1)).points
    return [(point.time.isoformat(), point.value) for point in points]


def test_decoded_numbers_go_to_the_streams_of_the_device_at_the_gateways_time() -> None:
    numbers = register("soil-4", "temperature", "air.humidity")
    assert publish((TTN.format("soil-4"), ttn())) == []
    assert stored(numbers["temperature"]) == [(HEARD.isoformat(), 23.5)]
    assert stored(numbers["air.humidity"]) == [(HEARD.isoformat(), 63.5)]


def test_chirpstack_names_devices_by_their_eui() -> None:
    numbers = register("0102030405060708", "temperature")
    assert publish((CHIRPSTACK.format("0102030405060708"), chirpstack())) == []
    assert stored(numbers["temperature"]) == [(HEARD.isoformat(), 23.5)]


@pytest.mark.parametrize("codec", ["cayenne-lpp", ""])
def test_bytes_are_decoded_by_the_codec_that_the_thing_declares(codec: str) -> None:
    numbers = register("soil-4", "temperature", "relative_humidity_2", codec=codec)
    told = publish((TTN.format("soil-4"), ttn(decoded_payload=None)))
    assert [value for number in numbers.values() for _, value in stored(number)] == ([23.5, 63.5] if codec else [])
    assert [topic for topic, _ in told] == ([] if codec else ["devices/soil-4/errors"])
    assert not told or "codec" in told[0][1]["reason"]


def test_bytes_are_decoded_by_a_source_of_a_solution() -> None:
    key = "smart_bins/bin-1"
    store.set_things(SYSTEM, [Thing(key=key, solution="smart_bins", properties={"codec": "smart_bins/sensor"})])
    store.set_streams(SYSTEM, [StreamRow(key=f"{key}/fill", thing=key, reading="fill", unit="%")])
    stream = store.find_stream(SYSTEM, f"{key}/fill")
    assert stream
    devices.register(SYSTEM, DeviceRow(name="bin-1", streams=(stream.id,)))
    body = b'{"id": "bin-1", "time": "2026-11-28T08:00:00.123456Z", "fill": 40}'
    import base64

    assert publish((TTN.format("bin-1"), {**ttn(frm_payload=base64.b64encode(body).decode()), "end_device_ids": {"device_id": "bin-1"}})) == []
    assert stored(stream.id) == [(HEARD.isoformat(), 40)]


def test_a_frame_that_comes_again_through_another_gateway_changes_nothing() -> None:
    numbers = register("soil-4", "temperature")
    later = [{"time": "2026-11-28T08:00:00.3Z"}]
    publish((TTN.format("soil-4"), ttn()), (TTN.format("soil-4"), ttn()), (TTN.format("soil-4"), ttn(rx_metadata=later)))
    assert stored(numbers["temperature"]) == [(HEARD.isoformat(), 23.5)]
    publish((TTN.format("soil-4"), ttn(f_cnt=18, rx_metadata=later)))
    assert len(stored(numbers["temperature"])) == 2


def test_unknown_devices_other_devices_and_poison_are_kept_and_told() -> None:
    numbers = register("soil-4", "temperature")
    register("soil-5", "temperature")
    told = publish(
        (TTN.format("nobody"), ttn()),
        (TTN.format("soil-5"), ttn()),  # its topic names one device, its ids another
        (TTN.format("soil-4"), b"\xff\x00"),
        (TTN.format("soil-4"), ttn(decoded_payload={"nothing": 1})),
        (TTN.format("soil-4"), ttn()),
    )
    assert stored(numbers["temperature"]) == [(HEARD.isoformat(), 23.5)]
    assert [topic for topic, _ in told] == ["devices/soil-5/errors", "devices/soil-4/errors", "devices/soil-4/errors"]
    assert len(quarantine.list_quarantine(SYSTEM)) == 4


def test_a_revoked_device_is_unknown() -> None:
    numbers = register("soil-4", "temperature")
    devices.revoke(SYSTEM, "soil-4")
    publish((TTN.format("soil-4"), ttn()))
    assert stored(numbers["temperature"]) == []
    assert len(quarantine.list_quarantine(SYSTEM)) == 1


@pytest.fixture
def machine(transactional_db: None) -> TestClient:
    people = {"Bearer writer": actor(), "Bearer reader": actor(rights=frozenset({Right.SEE})), "Bearer other": actor("observations.other")}
    return TestClient(Door(ROUTES, lambda headers, safe: people.get(headers.get("authorization", ""), ANONYMOUS)), base_url="http://city")


def post(machine: TestClient, path: str, body: Any, who: str = "writer") -> Any:
    return machine.post(f"/api/lorawan/{path}", content=json.dumps(body), headers={"authorization": f"Bearer {who}"})


def test_webhooks_store_within_the_reach_of_their_token(machine: TestClient) -> None:
    numbers = register("soil-4", "temperature") | {"eui": register("0102030405060708", "temperature")["temperature"]}
    assert post(machine, "ttn", ttn()).json()["stored"] == 1
    assert post(machine, "ttn", ttn()).json()["duplicates"] == 1
    assert post(machine, "chirpstack?event=up", chirpstack()).json()["stored"] == 1
    assert len(stored(numbers["temperature"])) == len(stored(numbers["eui"])) == 1
    assert post(machine, "chirpstack?event=join", {"devAddr": "x"}).json()["stored"] == 0
    assert post(machine, "ttn", {"end_device_ids": {"device_id": "soil-4"}, "join_accept": {}}).json()["stored"] == 0


def test_webhooks_refuse_the_unknown_and_keep_it(machine: TestClient) -> None:
    assert post(machine, "ttn", ttn(), "nobody").status_code == 401
    assert post(machine, "ttn", ttn(), "reader").status_code == 403
    assert quarantine.list_quarantine(SYSTEM) == []
    assert post(machine, "ttn", ttn()).status_code == 422
    assert post(machine, "ttn", {"nothing": 1}).status_code == 422
    register("soil-4", "temperature")
    refused = post(machine, "ttn", ttn(), "other")
    assert refused.status_code == 422 and "not yours" in refused.text
    assert [each.who for each in quarantine.list_quarantine(SYSTEM)] == ["somebody"] * 3


def test_uplinks_of_a_device_that_is_registered_later_are_sent_again_whichever_way_they_came(machine: TestClient) -> None:
    assert post(machine, "ttn", ttn()).status_code == 422
    body = json.dumps(ttn()).encode()
    quarantine.keep_messages(SYSTEM, [RefusedMessage("v3/soil/devices/soil-4/up", body, "?", "nobody known")])
    kept = [each.id for each in quarantine.list_quarantine(SYSTEM)]
    assert {each.state for each in quarantine.replay_many(SYSTEM, kept)} == {"waiting"}
    numbers = register("soil-4", "temperature")
    assert {each.state for each in quarantine.replay_many(SYSTEM, kept)} == {"stored"}
    outcomes = sorted(quarantine.get_quarantined(SYSTEM, each).attempts[-1].outcome for each in kept)
    assert outcomes == ["Read: 0 stored, 1 there already, 0 refused.", "Read: 1 stored, 0 there already, 0 refused."]
    assert len(stored(numbers["temperature"])) == 1
