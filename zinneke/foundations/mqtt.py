"""Speak MQTT with a broker: one session that outlives both ends, in which a message is acknowledged only when what it brought is stored.

Nothing here knows what messages mean. What is not acknowledged waits at the broker, which is the back-pressure.
"""

from __future__ import annotations

import contextlib
import logging
import os
import random
import selectors
import socket
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as TookTooLong
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from zinneke.kernel.problem import Problem

if TYPE_CHECKING:  # where no broker is set nobody needs it at the start
    from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags, MQTTMessage
    from paho.mqtt.properties import Properties
    from paho.mqtt.reasoncodes import ReasonCode

log = logging.getLogger(__name__)
WINDOW = 1_000
"""Messages that the broker may send before the first of them is acknowledged (receive maximum), and the most that are taken in together."""
EXPIRY = 30 * 86_400
"""Seconds for which the broker keeps what comes while nobody of ours is there."""
MOST_WAITING, MOST_BYTES = 5_000, 64_000_000
"""Messages and bytes in memory beyond which nothing more is read from the broker."""
MOST_OUTGOING = 10_000
KEEPALIVE = 30
SHORTEST, LONGEST = 0.2, 30.0
"""Seconds before the first and the last attempt to reach a broker that is away; before taking in again what could not be."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A message as it came: its user properties, and where its sender wants an answer (both of MQTT 5, empty in 3.1.1)."""

    topic: str
    payload: bytes
    properties: Mapping[str, str] = field(default_factory=dict)
    reply: str = ""
    correlation: bytes = b""


@dataclass(frozen=True, slots=True)
class Letter:
    """A message on its way out."""

    topic: str
    payload: bytes
    qos: int
    correlation: bytes = b""
    media_type: str = ""
    sent: Future[None] = field(default_factory=Future)


Take = Callable[[list[Heard]], None]
"""Takes in messages and returns when they are stored; when it raises, they are given to it again."""


class Session:
    """A session with a broker, `mqtt://user:password@host:port` (`mqtts://` for TLS), under a name that is its own at that broker.

    Two threads: one speaks with the broker, the other takes in what came. `filters` are subscribed to with QoS 1, without what we send ourselves.
    """

    def __init__(self, url: str, name: str, filters: Sequence[str] = (), take: Take = lambda heard: None, window: int = WINDOW) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("mqtt", "mqtts") or not parts.hostname:
            raise ValueError("ZINNEKE_MQTT_URL is mqtt://user:password@host:port, or mqtts:// for TLS.")
        self.host, self.port = parts.hostname, parts.port or (8883 if parts.scheme == "mqtts" else 1883)
        self._filters, self._take, self._window = list(filters), take, window
        self._client = self._made(name, parts.scheme == "mqtts", unquote(parts.username or ""), unquote(parts.password or ""))
        self._news = threading.Condition()
        self._waiting: deque[tuple[int, int, Heard]] = deque()
        self._bytes = 0
        self._came: list[tuple[int, int, Heard]] = []
        self._done: deque[tuple[int, list[int]]] = deque()
        self._outgoing: deque[Letter] = deque()
        self._sent: dict[int, Letter] = {}
        self._may_send = 20
        self._connection = 0
        self._connected = threading.Event()
        self._stopped, self._finished = threading.Event(), threading.Event()
        self._awake, self._wake = socket.socketpair()
        self._awake.setblocking(False)
        self._wake.setblocking(False)
        self._threads = [threading.Thread(target=work, name=f"mqtt-{work.__name__.strip('_')}", daemon=True) for work in (self._speak, self._work)]

    def _made(self, name: str, secure: bool, user: str, password: str) -> Client:
        from paho.mqtt.client import Client
        from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

        client = Client(CallbackAPIVersion.VERSION2, name, protocol=MQTTProtocolVersion.MQTTv5, manual_ack=True, reconnect_on_failure=False)
        client.max_inflight_messages_set(0)  # what the broker allows is counted here, since it says so only when it is connected
        if secure:
            client.tls_set(ca_certs=os.environ.get("ZINNEKE_MQTT_CA") or None)
        if user:
            client.username_pw_set(user, password or None)
        client.on_connect, client.on_disconnect, client.on_subscribe = self._on_connect, self._on_disconnect, self._on_subscribe
        client.on_message, client.on_publish = self._on_message, self._on_publish
        return client

    def start(self) -> None:
        """Begin; a broker that is not there yet is tried again and again."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Finish and acknowledge what is being taken in, and leave; the session stays at the broker."""
        with self._news:
            self._stopped.set()
            self._news.notify_all()
        self._poke()
        for thread in reversed(self._threads):
            thread.join(20)
        for letter in (*self._outgoing, *self._sent.values()):
            letter.sent.cancel()

    @property
    def connected(self) -> bool:
        """Say whether the broker answers, and knows what we want to hear."""
        return self._connected.is_set()

    @property
    def waiting(self) -> int:
        """Return how many messages came and are not taken in yet."""
        return len(self._waiting)

    def publish(self, topic: str, payload: bytes, qos: int = 1, correlation: bytes = b"", media_type: str = "") -> Future[None]:
        """Send a message; the future is done when the broker has acknowledged it. Raises `Problem` 503 when too many wait to be sent."""
        letter = Letter(topic, payload, qos, correlation, media_type)
        if len(self._outgoing) >= MOST_OUTGOING or self._stopped.is_set():
            raise Problem(503, "Not sent", "Too many messages wait for the broker. Try again in a minute.")
        self._outgoing.append(letter)
        self._poke()
        return letter.sent

    def _poke(self) -> None:
        with contextlib.suppress(BlockingIOError):  # it is being woken already
            self._wake.send(b"\0")

    def _speak(self) -> None:
        """Connect and converse, again and again, more patiently each time that it fails."""
        pause = SHORTEST
        while not self._stopped.is_set():
            try:
                self._connect()
                self._converse()
                why = "the connection ended"
            except Exception as fault:  # whatever a broken connection does to the client, this thread goes on
                why = f"{type(fault).__name__} {fault}"
            pause = SHORTEST if self._connected.is_set() else pause
            self._connected.clear()
            if not self._stopped.is_set():
                log.warning("the broker %s:%d is away: %s", self.host, self.port, why)
            self._stopped.wait(pause * (0.5 + random.random()))  # noqa: S311  so that many do not come back in one moment
            pause = min(LONGEST, 2 * pause)

    def _connect(self) -> None:
        self._connection += 1
        asked = _properties("CONNECT", SessionExpiryInterval=EXPIRY, ReceiveMaximum=self._window)
        self._client.connect(self.host, self.port, KEEPALIVE, clean_start=False, properties=asked)
        connection: Any = self._client.socket()
        if connection is not None:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def _converse(self) -> None:
        """Read, acknowledge and send until the connection is lost, or everything is said after `stop`."""
        with selectors.DefaultSelector() as wait:
            wait.register(self._awake, selectors.EVENT_READ)
            watched: Any = self._client.socket()
            if watched is None:
                return
            asked, leaving = selectors.EVENT_READ, False
            wait.register(watched, asked)
            while self._client.socket() is watched:
                want = (selectors.EVENT_READ if self._has_room() else 0) | (selectors.EVENT_WRITE if self._client.want_write() else 0)
                if want != asked:
                    _watch(wait, watched, asked, want)
                    asked = want
                for key, _ in wait.select(1.0):
                    if key.fileobj is self._awake:
                        _drain(self._awake)
                    elif asked & selectors.EVENT_READ:
                        self._read(watched)
                self._acknowledge()
                self._send()
                if self._client.want_write():
                    self._client.loop_write()
                self._client.loop_misc()
                if self._finished.is_set() and not self._done and not leaving:
                    leaving = True
                    self._client.disconnect()  # the last to be written; with it the connection closes

    def _has_room(self) -> bool:
        return len(self._waiting) < MOST_WAITING and self._bytes < MOST_BYTES

    def _read(self, connection: Any) -> None:
        """Read what has come, and hand it over at once."""
        while len(self._came) < self._window:
            before = len(self._came)
            self._client.loop_read()
            if self._client.socket() is not connection or (len(self._came) == before and not getattr(connection, "pending", int)()):
                break
        if self._came:
            with self._news:
                self._waiting.extend(self._came)
                self._bytes += sum(len(heard.payload) for _, _, heard in self._came)
                self._news.notify_all()
            self._came.clear()

    def _acknowledge(self) -> None:
        """Acknowledge what is stored; what came over an earlier connection comes again, and its numbers mean others now."""
        while self._done:
            connection, numbers = self._done.popleft()
            if connection == self._connection:
                for number in numbers:
                    self._client.ack(number, 1)

    def _send(self) -> None:
        while self._outgoing and self._connected.is_set() and len(self._sent) < self._may_send:
            letter = self._outgoing.popleft()
            if not letter.sent.set_running_or_notify_cancel():
                continue
            told = {"CorrelationData": letter.correlation, "ContentType": letter.media_type}
            more = _properties("PUBLISH", **told) if any(told.values()) else None
            try:
                info = self._client.publish(letter.topic, letter.payload, letter.qos, properties=more)
            except ValueError as fault:
                letter.sent.set_exception(Problem(400, "Not sent", f"{letter.topic[:100]!r} is no topic to publish to: {fault}."))
                continue
            if letter.qos:
                self._sent[info.mid] = letter
            else:
                letter.sent.set_result(None)

    def _work(self) -> None:
        try:
            self._take_in()
        finally:
            self._finished.set()
            self._poke()

    def _take_in(self) -> None:
        """Take in what came, as much as there is at a time, until `stop`."""
        while True:
            with self._news:
                self._news.wait_for(lambda: self._waiting or self._stopped.is_set())
                if self._stopped.is_set():
                    return
                group = [self._waiting.popleft() for _ in range(min(len(self._waiting), self._window))]
            if not self._taken([heard for _, _, heard in group]):
                return
            with self._news:
                self._bytes -= sum(len(heard.payload) for _, _, heard in group)
            by_connection: dict[int, list[int]] = {}
            for connection, number, _ in group:
                if number:
                    by_connection.setdefault(connection, []).append(number)
            self._done.extend(by_connection.items())
            self._poke()

    def _taken(self, group: list[Heard]) -> bool:
        """Have messages taken in, however long it takes; False when we are stopped before."""
        pause = SHORTEST
        while True:
            try:
                self._take(group)
            except Exception as fault:
                log.warning("%d messages could not be taken in and are tried again: %s", len(group), fault)
            else:
                return True
            if self._stopped.wait(pause):
                return False
            pause = min(LONGEST, 2 * pause)

    def _on_connect(self, client: Client, _: Any, flags: ConnectFlags, reason: ReasonCode, properties: Properties | None) -> None:
        if reason.is_failure:
            log.error("the broker %s:%d refuses us: %s", self.host, self.port, reason)
            client.disconnect()
            return
        log.info("the broker %s:%d has us; the session was %s", self.host, self.port, "there" if flags.session_present else "not there")
        self._may_send = min(500, getattr(properties, "ReceiveMaximum", 65_535))
        if self._filters:
            from paho.mqtt.subscribeoptions import SubscribeOptions

            options = SubscribeOptions(qos=1, noLocal=True, retainHandling=SubscribeOptions.RETAIN_SEND_IF_NEW_SUB)
            client.subscribe([(each, options) for each in self._filters])
        else:
            self._connected.set()

    def _on_subscribe(self, client: Client, _: Any, number: int, reasons: list[ReasonCode], properties: Properties | None) -> None:
        for each, reason in zip(self._filters, reasons, strict=False):
            if reason.is_failure:
                log.error("the broker does not let us read %s: %s", each, reason)
        self._connected.set()  # from here on nothing that is published passes us by

    def _on_disconnect(self, client: Client, _: Any, flags: DisconnectFlags, reason: ReasonCode, properties: Properties | None) -> None:
        if reason.is_failure:
            log.warning("the broker ended the connection: %s", reason)

    def _on_message(self, client: Client, _: Any, message: MQTTMessage) -> None:
        told = message.properties
        pairs = dict(getattr(told, "UserProperty", ()))
        heard = Heard(message.topic, bytes(message.payload), pairs, getattr(told, "ResponseTopic", ""), getattr(told, "CorrelationData", b""))
        self._came.append((self._connection, message.mid if message.qos else 0, heard))

    def _on_publish(self, client: Client, _: Any, number: int, reason: ReasonCode, properties: Properties) -> None:
        letter = self._sent.pop(number, None)
        if letter is None:
            return
        if reason.is_failure:
            letter.sent.set_exception(Problem(502, "Not sent", f"The broker refuses what is published on {letter.topic}: {reason}."))
        else:
            letter.sent.set_result(None)


def _watch(wait: selectors.BaseSelector, watched: Any, before: int, now: int) -> None:
    if not now:
        wait.unregister(watched)
    elif before:
        wait.modify(watched, now)
    else:
        wait.register(watched, now)


def _drain(awake: socket.socket) -> None:
    with contextlib.suppress(BlockingIOError):
        while awake.recv(4096):
            pass


def _properties(packet: str, **values: Any) -> Properties:
    """Return the properties of MQTT 5 that have a value, for a kind of packet."""
    from paho.mqtt.packettypes import PacketTypes
    from paho.mqtt.properties import Properties

    made = Properties(getattr(PacketTypes, packet))  # type: ignore[no-untyped-call]
    for name, value in values.items():
        if value:
            setattr(made, name, value)
    return made


_session: Session | None = None


def start(session: Session) -> None:
    """Begin the session of this process, the one that `publish` uses."""
    global _session
    _session = session
    session.start()


def stop() -> None:
    """End the session of this process, if there is one."""
    global _session
    if _session is not None:
        _session.stop()
        _session = None


def current() -> Session | None:
    """Return the session of this process, None where no broker is set."""
    return _session


def publish(topic: str, payload: bytes, qos: int = 1, wait: float = 10.0) -> None:
    """Publish to the city's broker, and return when it has acknowledged; with `wait` 0 (seconds) do not wait for that.

    Raises `Problem` 503 when there is no broker or too much waits, 502 when it refuses, 504 when it does not answer in time; it may have it all
    the same then.
    """
    if _session is None:
        raise Problem(503, "No broker", "This platform has no MQTT broker: set ZINNEKE_MQTT_URL.")
    sent = _session.publish(topic, payload, qos)
    if not wait:
        return
    try:
        sent.result(wait)
    except TookTooLong:
        sent.cancel()
        raise Problem(504, "Not acknowledged", f"The broker did not acknowledge a message on {topic} within {wait:g} seconds.") from None
