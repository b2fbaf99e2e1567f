"""The messages' door: the adapter between a broker and the table of topics. It finds the sender, checks the audience, calls, tells."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

import msgspec
import structlog
from django.conf import settings
from django.db import DatabaseError, close_old_connections
from prometheus_client import Counter, Gauge

from zinneke.asgi.door import encoder
from zinneke.foundations import mqtt
from zinneke.foundations.devices import opening
from zinneke.foundations.devices import store as devices
from zinneke.foundations.devices.sealing import is_sealed
from zinneke.foundations.devices.values import Device
from zinneke.foundations.mqtt import Heard
from zinneke.foundations.observations import quarantine
from zinneke.foundations.observations.refused import RefusedMessage
from zinneke.foundations.observations.resending import NOT_ITS_FAULT, unknown_sender
from zinneke.kernel import registry
from zinneke.kernel.confidentiality import SYSTEM, Actor
from zinneke.kernel.problem import Problem
from zinneke.kernel.topic import Message, Outcome, Topic

log = structlog.get_logger("messages")
MESSAGES = Counter("zinneke_messages_total", "Messages taken in or refused", ["topic", "outcome"])
CONNECTED = Gauge("zinneke_broker_connected", "1 while the broker answers")
WAITING = Gauge("zinneke_broker_waiting", "Messages that came and are not taken in yet")
MOST_PASSED = 20_000
"""Senders that are remembered."""
UNKNOWN = unknown_sender().detail

AGAIN = Outcome(told={"repeated": True})
"""What becomes of a signed message that was taken before, as it stands: nothing."""

Senders = Callable[[Collection[str]], Mapping[str, Actor]]
"""Who may send: takes the names in topics, for which the broker vouches, and returns those that are known."""


class Envelope(msgspec.Struct):
    """What is told of a message that was refused, whole or in part, on the sender's own topic."""

    topic: str
    reason: str
    receipt: Any = None


class Intake:
    """Takes in messages of every topic. `send` publishes without waiting, `signs` says which devices are heard in signed messages only."""

    def __init__(
        self, topics: Iterable[Topic], senders: Senders, send: Callable[[str, bytes, bytes], None], signs: Callable[[str], bool] = lambda name: False
    ) -> None:
        self._topics = [(topic.regex, topic) for topic in topics]
        self._senders, self._send, self._signs = senders, send, signs
        self._passed: dict[tuple[str, str], Actor] = {}

    def take(self, heard: list[Heard]) -> None:
        """Take in messages and return when they are stored, or refused and kept. Raises when that cannot be now; they can be given again then."""
        outcomes: list[Outcome] = [Outcome()] * len(heard)
        senders = [""] * len(heard)
        groups: dict[str, tuple[Topic, list[int], list[Message]]] = {}
        places = [self._place(each) for each in heard]
        named = self._senders({values["device"] for topic, values in places if topic is not None and "device" in values})
        opened = self._opened(heard, places, named)
        for at, (each, (topic, values)) in enumerate(zip(heard, places, strict=True)):
            message, reason = self._read(each, topic, values, named, opened.get(at))
            senders[at] = message.actor.name if message else ""
            if topic is None or message is None or reason:
                outcomes[at] = Outcome(reason)
                MESSAGES.labels(topic.pattern if topic else "unknown", "refused").inc()
                continue
            if at in opened and opened[at].again:
                outcomes[at] = AGAIN
                MESSAGES.labels(topic.pattern, "repeated").inc()
                continue
            _, indexes, messages = groups.setdefault(topic.pattern, (topic, [], []))
            indexes.append(at)
            messages.append(message)
        for topic, indexes, messages in groups.values():
            for at, outcome in zip(indexes, called(topic, messages), strict=True):
                outcomes[at] = outcome
        self._keep(heard, outcomes, senders, opened)
        opening.take(opened.values())
        self._tell(heard, outcomes, senders)

    def _opened(self, heard: list[Heard], places: list[tuple[Topic | None, dict[str, str]]], named: Mapping[str, Actor]) -> dict[int, opening.Opened]:
        """Return what is found of the messages that are signed, or should be, by their place among those that came."""
        signed = [
            (at, values["device"])
            for at, (each, (_, values)) in enumerate(zip(heard, places, strict=True))
            if values.get("device") in named and (is_sealed(each.payload, each.properties) or self._signs(values["device"]))
        ]
        found = opening.open_all([(name, heard[at].topic, heard[at].payload, heard[at].properties) for at, name in signed]) if signed else []
        return {at: each for (at, _), each in zip(signed, found, strict=True)}

    def _place(self, heard: Heard) -> tuple[Topic | None, dict[str, str]]:
        """Return the door to which a message belongs, and what stands in its topic."""
        for regex, topic in self._topics:
            if match := regex.fullmatch(heard.topic):
                return topic, match.groupdict()
        return None, {}

    def _read(
        self, heard: Heard, topic: Topic | None, values: dict[str, str], named: Mapping[str, Actor], opened: opening.Opened | None
    ) -> tuple[Message | None, str]:
        """Return the message with its sender, or why it is refused."""
        if topic is None:
            return None, _reason(topic, heard.payload)
        actor = named.get(values.get("device", ""))
        if actor is None:
            return None, UNKNOWN
        if self._passed.get((topic.pattern, actor.key)) is not actor:
            try:
                topic.audience.check(actor)
            except Problem as problem:
                return None, problem.detail or problem.title
            if len(self._passed) >= MOST_PASSED:
                self._passed.clear()
            self._passed[topic.pattern, actor.key] = actor
        payload = opened.payload if opened else heard.payload
        message = Message(heard.topic, payload, values, heard.properties, actor)
        return message, opened.reason if opened and opened.reason else _reason(topic, payload)

    def _keep(self, heard: list[Heard], outcomes: list[Outcome], senders: list[str], opened: Mapping[int, opening.Opened]) -> None:
        refused = []
        for at, (each, outcome, sender) in enumerate(zip(heard, outcomes, senders, strict=True)):
            if outcome.reason and not outcome.kept:
                signed = at in opened and not opened[at].reason
                payload = opened[at].payload if signed else each.payload
                refused.append(RefusedMessage(each.topic, payload, outcome.reason, f"device:{sender}" if sender else "nobody known", signed))
        if refused:
            quarantine.keep_messages(SYSTEM, refused)

    def _tell(self, heard: list[Heard], outcomes: list[Outcome], senders: list[str]) -> None:
        """Tell senders what was refused, and those that asked what became of their message; both below their own name only."""
        for each, outcome, sender in zip(heard, outcomes, senders, strict=True):
            name = sender or _named(each.topic)
            if not name or not (outcome.reason or each.reply):
                continue
            body = encoder.encode(Envelope(each.topic, outcome.reason, outcome.told))
            if outcome.reason:
                self._send(f"devices/{name}/errors", body, each.correlation)
            if each.reply.startswith(f"devices/{name}/") and "+" not in each.reply and "#" not in each.reply:
                self._send(each.reply, body, each.correlation)


def _reason(topic: Topic | None, payload: bytes) -> str:
    """Return why a payload is refused before anybody looks at it, "" when it is not."""
    if topic is None:
        return "Nothing is taken in on this topic."
    if len(payload) > topic.limit:
        return f"A message here has {topic.limit:,} bytes at the most; this one has {len(payload):,}."
    return ""


_NAMED = re.compile(r"devices/([A-Za-z0-9_-]{1,100})/.*", re.DOTALL)


def _named(topic: str) -> str:
    """Return the name below which a message was published: whoever may publish there may read there, known to us or not."""
    found = _NAMED.fullmatch(topic)
    return found[1] if found else ""


def called(topic: Topic, messages: Sequence[Message]) -> Sequence[Outcome]:
    """Call a topic's function, and where a fault is that of one message, find which, so that it holds up no other."""
    try:
        outcomes = topic.call(messages)
    except DatabaseError:
        raise
    except Exception as fault:
        if isinstance(fault, Problem) and fault.status in NOT_ITS_FAULT:
            raise
        if len(messages) > 1:
            return [outcome for message in messages for outcome in called(topic, [message])]
        log.exception("message", topic=topic.pattern)
        told = fault.detail if isinstance(fault, Problem) else f"The message cannot be taken in: {type(fault).__name__}."
        outcomes = [Outcome(told)]
    refused = sum(bool(outcome.reason) for outcome in outcomes)
    MESSAGES.labels(topic.pattern, "refused").inc(refused)
    MESSAGES.labels(topic.pattern, "taken").inc(len(outcomes) - refused)
    return outcomes


class Registered:
    """The devices of the register, each with one actor as long as nothing about it changes."""

    def __init__(self) -> None:
        self._actors: dict[str, tuple[Device, Actor]] = {}

    def __call__(self, names: Collection[str]) -> dict[str, Actor]:
        """Return those of these names that were not revoked."""
        return {name: self._actor(device) for name, device in devices.find_by_names(names).items() if device.state == "active"}

    def signs(self, name: str) -> bool:
        """Say whether a device, of those that were just asked for, is heard in signed messages only."""
        known = self._actors.get(name)
        return known is not None and known[0].signs

    def _actor(self, device: Device) -> Actor:
        known = self._actors.get(device.name)
        if known is not None and (known[0] is device or known[0] == device):
            return known[1]
        if len(self._actors) >= MOST_PASSED:
            self._actors.clear()
        actor = devices.actor_of(device)
        self._actors[device.name] = device, actor
        return actor


def start() -> None:
    """Begin to take in messages and to tell what changes, when the city has a broker (`ZINNEKE_MQTT_URL`)."""
    if not settings.MQTT_URL:
        return
    topics = open_topics()
    registered = Registered()
    intake = Intake(topics, registered, _post, registered.signs)

    def take(heard: list[Heard]) -> None:
        close_old_connections()
        try:
            intake.take(heard)
        finally:
            close_old_connections()

    session = mqtt.Session(settings.MQTT_URL, settings.MQTT_CLIENT, [topic.filter for topic in topics], take)
    CONNECTED.set_function(lambda: float(session.connected))
    WAITING.set_function(lambda: float(session.waiting))
    mqtt.start(session)
    for telling in registry.tellings():
        if telling.family in settings.MQTT_TOPICS:
            _stopping.append(telling.start(lambda topic, payload: _post(topic, payload, b"")))


_stopping: list[Callable[[], None]] = []


def open_topics() -> list[Topic]:
    """Return the doors for messages that the city opened (`ZINNEKE_MQTT_TOPICS`). Raises ValueError for a word that opens none."""
    known = {topic.family for topic in registry.topics()}
    if unknown := sorted(set(settings.MQTT_TOPICS) - known):
        raise ValueError(f"ZINNEKE_MQTT_TOPICS: {unknown[0]!r} opens nothing. There are: {', '.join(sorted(known))}.")
    return [topic for topic in registry.topics() if topic.family in settings.MQTT_TOPICS]


def stop() -> None:
    """Tell nothing more, and finish what is being taken in."""
    while _stopping:
        _stopping.pop()()
    mqtt.stop()


def _post(topic: str, payload: bytes, correlation: bytes) -> None:
    """Publish without waiting; what cannot be sent now is not told, and stands in the quarantine all the same."""
    if session := mqtt.current():
        with contextlib.suppress(Problem):
            session.publish(topic, payload, 1, correlation)
