"""Through a real Mosquitto: messages that devices sign, in MQTT 5 and 3.1.1, and devices that it knows by their certificate."""

from __future__ import annotations

import json
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from tests.asgi.test_broker import PREPARE, ROOT, Server, payload
from tests.broker import PATIENCE, PROGRAM, Broker, running, until
from tests.foundations.devices.certificates import Authority, pem, pem_of
from tests.foundations.devices.test_sealing import signed, token

OURS = Authority()
MORE = """
devices.set_device(SYSTEM, DeviceRow(name="bin-1", streams=(1,), signs=True))
print(devices.add_key(SYSTEM, "bin-1"))
"""


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """Run a broker as `deploy/` has it, its rules of access too."""
    folder = tmp_path_factory.mktemp("broker")
    if PROGRAM:
        (folder / "passwords").touch(0o600)
        for name in ("zinneke", "bin-1"):
            subprocess.run(["mosquitto_passwd", "-b", str(folder / "passwords"), name, f"key of {name}"], check=True, capture_output=True)
    for name in ("broker", "bin-1", "bin-2", "lost"):
        made, key = OURS.make("bin-2" if name == "lost" else name)
        (folder / f"{name}.pem").write_text(pem(made))
        (folder / f"{name}.key").write_text(pem_of(key))
        if name == "lost":
            (folder / "revoked.pem").write_bytes(OURS.taken_back(made))
    (folder / "authority.pem").write_text(pem(OURS.certificate))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        secure: int = free.getsockname()[1]
    rules = f"allow_anonymous false\npassword_file {folder}/passwords\nacl_file {ROOT}/deploy/mosquitto.acl\n"
    rules += f"listener {secure} 127.0.0.1\ncertfile {folder}/broker.pem\nkeyfile {folder}/broker.key\ncafile {folder}/authority.pem\n"
    rules += f"crlfile {folder}/revoked.pem\nrequire_certificate true\nuse_identity_as_username true\n"
    with running(folder, rules) as started:
        (folder / "secure").write_text(str(secure))
        yield started


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, broker: Broker) -> Iterator[Server]:
    started = Server(tmp_path_factory.mktemp("data"), broker, PREPARE + MORE)
    yield started
    started.stop()


@contextmanager
def connected(broker: Broker, name: str, heard: list[Any], version: Any = MQTTProtocolVersion.MQTTv311, certificate: str = "") -> Iterator[Client]:
    """Connect as a device, by its key at the broker or its certificate, and collect what it is told was refused."""
    client, ready = Client(CallbackAPIVersion.VERSION2, f"{name}-{certificate}", protocol=version), threading.Event()
    folder = broker.settings.parent
    port = broker.port
    if certificate:
        port = int((folder / "secure").read_text())
        client.tls_set(str(folder / "authority.pem"), str(folder / f"{certificate}.pem"), str(folder / f"{certificate}.key"))
    else:
        client.username_pw_set(name, f"key of {name}")
    client.on_connect = lambda *_: client.subscribe("devices/+/errors", 1)
    client.on_subscribe = lambda *_: ready.set()
    client.on_message = lambda _, __, message: heard.append(json.loads(message.payload)["reason"])
    client.connect("127.0.0.1", port)
    client.loop_start()
    try:
        assert ready.wait(PATIENCE)
        yield client
    finally:
        client.disconnect()
        client.loop_stop()


def test_a_device_that_signs_is_heard_in_signed_messages_only_and_each_once(broker: Broker, server: Server) -> None:
    key, heard, topic = server.said[-1], list[str](), "devices/bin-1/observations"
    with connected(broker, "bin-1", heard, MQTTProtocolVersion.MQTTv5) as client:

        def publish(body: bytes, properties: Any) -> None:
            told = Properties(PacketTypes.PUBLISH)
            told.UserProperty = list(properties.items())
            client.publish(topic, body, 1, properties=told).wait_for_publish(PATIENCE)

        _, _, body, properties = signed(key, 1, payload(1), topic, "bin-1")
        publish(body, properties)
        until(lambda: server.rows(1) == 1, "the signed one")
        publish(body, properties)  # as a broker, or whoever listens, may send it again
        publish(payload(2), {})
        until(lambda: heard, "the unsigned one")
        assert "not signed" in heard.pop()
        publish(payload(2), {**properties, "number": "2"})
        until(lambda: heard, "the forged one")
        assert "not made with a key" in heard.pop()
    assert not heard
    with connected(broker, "bin-1", heard) as client:
        _, _, body, _ = token(key, 3, payload(3), topic)
        for _ in range(2):
            client.publish(topic, body, 1).wait_for_publish(PATIENCE)
        until(lambda: server.rows(1) == 2, "the token")
        server.stop()
        server.start()
        client.publish(topic, body, 1).wait_for_publish(PATIENCE)
        _, _, body, _ = token(key, 4, payload(4), topic)
        client.publish(topic, body, 1).wait_for_publish(PATIENCE)
        until(lambda: server.rows(1) == 3, "the one after a restart")
    assert not heard


@pytest.mark.skipif(PROGRAM is None, reason="mosquitto is not installed")
def test_a_device_is_its_certificate_and_one_that_was_taken_back_does_not_connect(broker: Broker, server: Server) -> None:
    heard: list[str] = []
    before = server.rows(2)
    with connected(broker, "bin-2", heard, certificate="bin-2") as client:
        client.publish("devices/bin-1/observations", payload(5), 1)
        client.publish("devices/bin-2/observations", payload(5), 1).wait_for_publish(PATIENCE)
        until(lambda: server.rows(2) == before + 1, "its own")
    assert not heard
    folder = broker.settings.parent
    for certificate in ("lost", ""):
        context = ssl.create_default_context(cafile=str(folder / "authority.pem"))
        if certificate:
            context.load_cert_chain(folder / f"{certificate}.pem", folder / f"{certificate}.key")
        with pytest.raises((ssl.SSLError, ConnectionError)):
            knock(int((folder / "secure").read_text()), context)


def knock(port: int, context: ssl.SSLContext) -> None:
    """Connect, and raise when the broker hangs up."""
    with socket.create_connection(("127.0.0.1", port)) as raw, context.wrap_socket(raw, server_hostname="127.0.0.1") as secure:
        secure.settimeout(PATIENCE)
        if not secure.recv(1):
            raise ConnectionError("the broker hung up")
