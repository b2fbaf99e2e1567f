"""Notifications over MQTT: below which topics somebody may be told, at the city's own broker and at no other."""

from __future__ import annotations

import asyncio
import re
from urllib.parse import unquote, urlsplit

from django.conf import settings

from zinneke.foundations import mqtt
from zinneke.foundations.subscriptions.values import Outcome
from zinneke.kernel.problem import Problem, wrong

ROOT = "subscribers"
PORTS = {"mqtt": 1883, "mqtts": 8883}
TOPIC = re.compile(r"[^\x00-\x1f\x7f+#/]+(/[^\x00-\x1f\x7f+#/]+)*")
LONGEST = 300


def prefix(person: int) -> str:
    """Return what the topics of a person begin with; the broker's rules let that account, and nobody else, read below it."""
    return f"{ROOT}/{person}/"


def check_topic(topic: str, person: int) -> None:
    """Refuse a topic that is not one's own, or none at all."""
    if not settings.MQTT_URL:
        raise wrong("This platform has no MQTT broker. Choose another way to be told.", where="endpoint.kind")
    own = prefix(person)
    if not topic.startswith(own):
        raise wrong(f"Your topics begin with {own}: give an address such as {own}alerts.", where="endpoint.address")
    if not TOPIC.fullmatch(topic) or len(topic) > LONGEST:
        told = f"A topic has names with slashes between, no + and no #, {LONGEST} characters at the most."
        raise wrong(told, where="endpoint.address")


def topic_at(uri: str) -> str:
    """Return the topic that an address `mqtt://broker/topic` names. Raises `Problem` 422 for another broker than the city's own."""
    try:
        parts = urlsplit(uri)
        there = (parts.hostname or "").lower(), parts.port or PORTS.get(parts.scheme, 0)
    except ValueError:
        raise wrong("This is no address of a broker: mqtt://broker/topic.", where="endpoint.uri") from None
    if parts.username or parts.password:
        raise wrong("Leave the account out of the address: the platform has its own at the broker.", where="endpoint.uri")
    if there not in _known():
        named = settings.MQTT_PUBLIC_URL or "mqtt://…"
        told = f"Notifications go to the city's own broker and to no other. Give {named.rstrip('/')}/topic, or a web address."
        raise Problem(422, "Another broker", told, where="endpoint.uri")
    return unquote(parts.path.removeprefix("/"))


def _known() -> set[tuple[str, int]]:
    """Return by which names and ports the city's broker goes."""
    found = set()
    for address in (settings.MQTT_URL, settings.MQTT_PUBLIC_URL):
        parts = urlsplit(address)
        if parts.hostname:
            found |= {(parts.hostname.lower(), parts.port or PORTS.get(parts.scheme, 0))}
    return found


async def publish(topic: str, payload: bytes, media_type: str, seconds: float) -> Outcome:
    """Publish once with QoS 1, and say whether the broker has it."""
    session = mqtt.current()
    if session is None:
        raise Problem(503, "No broker", "This platform has no MQTT broker now.")
    try:
        await asyncio.wait_for(asyncio.wrap_future(session.publish(topic, payload, 1, media_type=media_type)), seconds)
    except TimeoutError:
        raise Problem(504, "Not acknowledged", "The broker did not acknowledge it in time.") from None
    return Outcome(True)
