"""From a device through a real broker to the disk: nothing that the broker acknowledged is missing or there twice, whoever is killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from benchmarks.serving import free_port
from tests.broker import PATIENCE, PROGRAM, Broker, running, until

ROOT = Path(__file__).parents[2]
PREPARE = """
import django
django.setup()
from zinneke.cli.server import prepare
prepare()
from zinneke.foundations.devices import store as devices
from zinneke.foundations.devices.values import DeviceRow
from zinneke.foundations.observations import lifecycle, store
from zinneke.foundations.observations.values import StreamRow, Thing
from zinneke.kernel.confidentiality import SYSTEM
for name in ("bin-1", "bin-2"):
    store.set_things(SYSTEM, [Thing(key=f"demo/{name}", solution="demo")])
    store.set_streams(SYSTEM, [StreamRow(key=f"demo/{name}/fill", thing=f"demo/{name}", reading="fill", unit="%", low=0, high=100)])
    stream = store.find_stream(SYSTEM, f"demo/{name}/fill")
    devices.register(SYSTEM, DeviceRow(name=name, streams=(stream.id,)))
lifecycle.stop()
"""


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """Run a broker with the rules of access that `deploy/` has."""
    folder = tmp_path_factory.mktemp("broker")
    if PROGRAM:
        passwords = folder / "passwords"
        passwords.touch(0o600)
        for name in ("zinneke", "bin-1", "bin-2"):
            subprocess.run(["mosquitto_passwd", "-b", str(passwords), name, f"key of {name}"], check=True, capture_output=True)
    rules = f"allow_anonymous false\npassword_file {folder}/passwords\nacl_file {ROOT}/deploy/mosquitto.acl\n"
    with running(folder, rules) as started:
        yield started


class Server:
    """`zinneke serve` on a data folder, which may be killed and started again."""

    def __init__(self, data: Path, broker: Broker, prepare: str = PREPARE) -> None:
        self.url = f"http://127.0.0.1:{free_port()}"
        self._log = data / "serve.log"
        self._environment = {
            **os.environ, "ZINNEKE_DATA": str(data), "ZINNEKE_PORT": self.url.rpartition(":")[2], "DJANGO_SETTINGS_MODULE": "zinneke.settings",
            "ZINNEKE_MQTT_URL": f"mqtt://zinneke:key%20of%20zinneke@127.0.0.1:{broker.port}", "ZINNEKE_MQTT_TOPICS": "devices,sensorthings",
        }  # fmt: skip
        made = subprocess.run([sys.executable, "-c", prepare], env=self._environment, check=True, capture_output=True, text=True)
        self.said = made.stdout.split()
        self.start()

    def start(self) -> None:
        with self._log.open("ab") as log:
            self._process = subprocess.Popen([sys.executable, "-m", "zinneke", "serve"], env=self._environment, stdout=log, stderr=log)
        until(self._answers, "the server answers")

    def _answers(self) -> bool:
        assert self._process.poll() is None, self._log.read_text()[-2000:]
        try:
            return httpx.get(f"{self.url}/health", timeout=1).status_code == 200
        except httpx.TransportError:
            return False

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        self._process.send_signal(how)
        self._process.wait(PATIENCE)

    def rows(self, stream: int) -> int:
        try:
            return int(httpx.get(f"{self.url}/api/datastreams/{stream}", timeout=10).json()["rows"])
        except httpx.TransportError:
            return -1


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, broker: Broker) -> Iterator[Server]:
    started = Server(tmp_path_factory.mktemp("data"), broker)
    yield started
    started.stop()


@contextmanager
def device(broker: Broker, name: str, heard: list[tuple[str, Any]] | None = None) -> Iterator[Client]:
    """Connect as a device, and collect what is told below its name and on the topics of SensorThings."""
    client = Client(CallbackAPIVersion.VERSION2, name)
    client.username_pw_set(name, f"key of {name}")
    client.reconnect_delay_set(1, 1)
    client.max_inflight_messages_set(100)
    ready = threading.Event()
    client.on_connect = lambda *_: client.subscribe([("devices/+/errors", 1), ("v1.1/#", 1)])
    client.on_subscribe = lambda *_: ready.set()
    if heard is not None:
        client.on_message = lambda _, __, message: heard.append((message.topic, json.loads(message.payload)))
    client.connect("127.0.0.1", broker.port)
    client.loop_start()
    try:
        assert ready.wait(PATIENCE)
        yield client
    finally:
        client.disconnect()
        client.loop_stop()


def kept_out(broker: Broker, topic: str) -> bool:
    """Say whether the broker refuses what bin-1 publishes on a topic, with a reason code or by hanging up."""
    client, refused = Client(CallbackAPIVersion.VERSION2, protocol=MQTTProtocolVersion.MQTTv5), threading.Event()
    client.username_pw_set("bin-1", "key of bin-1")
    client.on_connect = lambda *_: client.publish(topic, payload(0), 1)
    client.on_publish = lambda _, __, ___, reason, ____: refused.set() if reason.is_failure else None
    client.on_disconnect = lambda *_: refused.set()
    client.connect("127.0.0.1", broker.port)
    client.loop_start()
    try:
        return refused.wait(PATIENCE)
    finally:
        client.loop_stop()


def payload(at: int) -> bytes:
    return b'{"reading": "fill", "time": "2026-03-%02dT%02d:%02d:%02dZ", "value": 1}' % (1 + at // 86_400, at // 3_600 % 24, at // 60 % 60, at % 60)


def test_a_device_publishes_below_its_own_name_only_and_is_told_what_was_refused(broker: Broker, server: Server) -> None:
    first: list[tuple[str, Any]] = []
    second: list[tuple[str, Any]] = []
    before = server.rows(1), server.rows(2)
    with device(broker, "bin-1", first) as one, device(broker, "bin-2", second):
        for body in (b"poison", payload(80_000)):
            one.publish("devices/bin-1/observations", body, 1).wait_for_publish(PATIENCE)
        until(lambda: server.rows(1) == before[0] + 1, "the good one")
        until(lambda: any(topic == "devices/bin-1/errors" for topic, _ in first), "what was refused")
        until(lambda: any(topic == "v1.1/Datastreams(1)/Observations" for topic, _ in second), "what is public")
    assert kept_out(broker, "devices/bin-2/observations") and kept_out(broker, "v1.1/Datastreams(2)/Observations")
    assert server.rows(2) == before[1]
    assert [topic for topic, _ in second if topic.startswith("devices/")] == []
    assert "cannot be read" in next(body["reason"] for topic, body in first if topic == "devices/bin-1/errors")


@pytest.mark.skipif(PROGRAM is None, reason="mosquitto is not installed")
def test_mosquitto_pub_is_heard(broker: Broker, server: Server) -> None:
    before = server.rows(2)
    sent = ["-t", "devices/bin-2/observations", "-m", payload(80_001).decode(), "-q", "1", "-u", "bin-2", "-P", "key of bin-2"]
    subprocess.run(["mosquitto_pub", "-p", str(broker.port), *sent], check=True)
    until(lambda: server.rows(2) == before + 1, "the observation")


def test_nothing_that_the_broker_acknowledged_is_missing_or_there_twice(broker: Broker, server: Server) -> None:
    before, acknowledged, done = server.rows(1), [0], threading.Event()

    def publish() -> None:
        with device(broker, "bin-1") as client:
            for start in range(0, 3_000, 100):
                for told in [client.publish("devices/bin-1/observations", payload(at), 1) for at in range(start, start + 100)]:
                    told.wait_for_publish(PATIENCE)
                acknowledged[0] += 100
        done.set()

    sender = threading.Thread(target=publish)
    sender.start()
    for fault in (lambda: server.stop(signal.SIGKILL), broker.stop, lambda: server.stop(signal.SIGKILL)):
        reached = acknowledged[0]
        until(lambda reached=reached: acknowledged[0] >= reached + 200 or done.is_set(), "a load")  # type: ignore[misc]
        fault()
        broker.start() if fault == broker.stop else server.start()
    sender.join(2 * PATIENCE)
    assert done.is_set()
    until(lambda: server.rows(1) >= before + 3_000, "what was acknowledged")
    assert server.rows(1) == before + 3_000
