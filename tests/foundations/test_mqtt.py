"""The session with a broker: acknowledged only when taken in, kept by the broker while either end is away."""

from __future__ import annotations

import os
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from tests.broker import PATIENCE, Broker, running, until
from zinneke.foundations import mqtt
from zinneke.foundations.mqtt import Heard, Session
from zinneke.kernel.problem import Problem


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    with running(tmp_path_factory.mktemp("broker")) as started:
        yield started


@contextmanager
def session(broker: Broker, name: str, take: Callable[[list[Heard]], None], *filters: str, window: int = mqtt.WINDOW) -> Iterator[Session]:
    made = Session(broker.url, name, filters, take, window)
    made.start()
    try:
        until(lambda: made.connected, "the broker has us")
        yield made
    finally:
        made.stop()


@contextmanager
def device(broker: Broker, version: MQTTProtocolVersion = MQTTProtocolVersion.MQTTv311) -> Iterator[Client]:
    client = Client(CallbackAPIVersion.VERSION2, protocol=version)
    client.max_inflight_messages_set(200)
    client.connect("127.0.0.1", broker.port)
    client.loop_start()
    try:
        until(client.is_connected, "the broker has the device")
        yield client
    finally:
        client.disconnect()
        client.loop_stop()


def send(client: Client, topic: str, *payloads: bytes, properties: Properties | None = None) -> None:
    for told in [client.publish(topic, payload, 1, properties=properties) for payload in payloads]:
        told.wait_for_publish(PATIENCE)
        assert told.is_published(), "the broker acknowledged nothing"


@pytest.mark.parametrize("version", [MQTTProtocolVersion.MQTTv311, MQTTProtocolVersion.MQTTv5])
def test_what_is_published_in_either_version_arrives(broker: Broker, version: MQTTProtocolVersion) -> None:
    came: list[Heard] = []
    with session(broker, f"arrives-{version}", came.extend, f"arrives/{version}/+"), device(broker, version) as client:
        send(client, f"arrives/{version}/1", b"one", b"two")
        until(lambda: len(came) == 2, "both messages")
    assert [(each.topic, each.payload) for each in came] == [(f"arrives/{version}/1", b"one"), (f"arrives/{version}/1", b"two")]


def test_user_properties_and_the_wish_for_an_answer_come_along(broker: Broker) -> None:
    came: list[Heard] = []
    told: Any = Properties(PacketTypes.PUBLISH)
    told.UserProperty, told.ResponseTopic, told.CorrelationData = [("signature", "abc")], "devices/a/receipts", b"7"
    with session(broker, "properties", came.extend, "properties"), device(broker, MQTTProtocolVersion.MQTTv5) as client:
        send(client, "properties", b"x", properties=told)
        until(lambda: came, "the message")
    assert came == [Heard("properties", b"x", {"signature": "abc"}, "devices/a/receipts", b"7")]


def test_a_process_with_many_files_open_hears_all_the_same(broker: Broker) -> None:
    came: list[Heard] = []
    with ExitStack() as held:
        for _ in range(1_100):
            held.enter_context(Path(os.devnull).open("rb"))
        with session(broker, "many-files", came.extend, "many-files"), device(broker) as client:
            send(client, "many-files", b"x")
            until(lambda: came, "the message")


def test_what_was_not_taken_in_comes_again_after_we_were_away(broker: Broker) -> None:
    hold, came = threading.Event(), []

    def refuse(heard: list[Heard]) -> None:
        came.extend(heard)
        hold.set()
        raise Problem(507, "Full", "The disk is full.")

    with device(broker) as client:
        with session(broker, "again", refuse, "again/#"):
            send(client, "again/1", b"1")
            assert hold.wait(PATIENCE)
        send(client, "again/2", b"2")  # while nobody of ours is there
        taken: list[Heard] = []
        with session(broker, "again", taken.extend, "again/#"):
            until(lambda: len(taken) == 2, "both messages")
    assert [each.payload for each in taken] == [b"1", b"2"]


def test_what_was_taken_in_does_not_come_again(broker: Broker) -> None:
    came: list[Heard] = []
    with device(broker) as client:
        with session(broker, "once", came.extend, "once"):
            send(client, "once", *(b"%d" % at for at in range(500)))
            until(lambda: len(came) == 500, "all of them")
        with session(broker, "once", came.extend, "once"):
            send(client, "once", b"last")
            until(lambda: came[-1].payload == b"last", "the last")
    assert len(came) == 501


def test_a_fault_is_tried_again_and_meanwhile_the_broker_holds_back(broker: Broker) -> None:
    came: list[int] = []
    tries = iter(range(3))

    def take(heard: list[Heard]) -> None:
        if next(tries, None) is not None:
            raise OSError("not now")
        came.extend(int(each.payload) for each in heard)

    with session(broker, "holds", take, "holds", window=10) as ours, device(broker) as client:
        send(client, "holds", *(b"%d" % at for at in range(100)))
        assert ours.waiting <= 10
        until(lambda: len(came) == 100, "all of them")
    assert came == list(range(100))


def test_a_broker_that_is_restarted_under_load_loses_nothing_that_it_acknowledged(tmp_path: Path) -> None:
    came: set[bytes] = set()
    acknowledged: set[bytes] = set()
    with running(tmp_path) as own, session(own, "restart", lambda heard: came.update(each.payload for each in heard), "load"):
        done = threading.Event()

        def publish() -> None:
            with device(own) as client:
                client.reconnect_delay_set(1, 1)
                for at in range(1_500):
                    payload = b"%d" % at
                    client.publish(payload=payload, topic="load", qos=1).wait_for_publish(PATIENCE)
                    acknowledged.add(payload)
            done.set()

        sender = threading.Thread(target=publish)
        sender.start()
        for _ in range(2):
            before = len(acknowledged)
            until(lambda before=before: len(acknowledged) > before + 200 or done.is_set(), "a load")  # type: ignore[misc]
            own.stop()
            own.start()
        sender.join(PATIENCE * 2)
        assert done.is_set()
        until(lambda: acknowledged <= came, "what was acknowledged")
    assert len(acknowledged) == 1_500


def test_publish_returns_when_the_broker_has_it(broker: Broker) -> None:
    came: list[Heard] = []
    with session(broker, "hears", came.extend, "says/#"), session(broker, "says", lambda heard: None, "says/#") as ours:
        sent: Future[None] = ours.publish("says/1", b"hello")
        sent.result(PATIENCE)
        ours.publish("says/2", b"at most once", 0).result(PATIENCE)
        until(lambda: len(came) == 2, "both")
        with pytest.raises(Problem, match="no topic"):
            ours.publish("says/#", b"wildcards").result(PATIENCE)


def test_the_process_publishes_through_its_session_or_says_that_there_is_none(broker: Broker) -> None:
    with pytest.raises(Problem, match="no MQTT broker"):
        mqtt.publish("nobody", b"x")
    mqtt.start(Session(broker.url, "process"))
    try:
        mqtt.publish("process/1", b"x", wait=PATIENCE)
        mqtt.publish("process/1", b"x", wait=0)
    finally:
        mqtt.stop()


def test_what_cannot_be_sent_in_time_is_said(tmp_path: Path) -> None:
    with running(tmp_path) as own:
        port = own.port
    mqtt.start(Session(f"mqtt://127.0.0.1:{port}", "away"))
    try:
        with pytest.raises(Problem, match="did not acknowledge"):
            mqtt.publish("away", b"x", wait=0.05)
    finally:
        mqtt.stop()


@pytest.mark.parametrize("url", ["", "http://broker", "mqtt://", "mqtt:/x"])
def test_an_address_that_is_none_is_told(url: str) -> None:
    with pytest.raises(ValueError, match="ZINNEKE_MQTT_URL"):
        Session(url, "nobody")


def test_a_broker_that_refuses_us_is_tried_again(tmp_path: Path) -> None:
    with running(tmp_path, "allow_anonymous false\n") as own:
        ours = Session(own.url, "stranger")
        ours.start()
        until(lambda: own.log.read_text().count("not authorised") > 1, "two attempts")
        assert not ours.connected
        ours.stop()


def test_a_broker_that_hangs_up_at_once_is_tried_again() -> None:
    with socket.create_server(("127.0.0.1", 0)) as rude:
        ours = Session(f"mqtt://127.0.0.1:{rude.getsockname()[1]}", "patient")
        ours.start()
        rude.settimeout(PATIENCE)
        for _ in range(4):
            knock, _ = rude.accept()
            knock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # a reset, not a farewell
            knock.close()
        ours.stop()
