"""LoRaWAN: uplinks of registered devices, as The Things Stack v3 and ChirpStack v4 publish them over MQTT or send them by HTTP."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, cast

import msgspec

from zinneke.foundations.devices import store as devices
from zinneke.foundations.observations import quarantine
from zinneke.foundations.observations.refused import RefusedMessage
from zinneke.foundations.observations.register import Register
from zinneke.foundations.observations.topics import take_each
from zinneke.foundations.observations.values import Batch, Receipt
from zinneke.kernel.confidentiality import SYSTEM, Actor, Right
from zinneke.kernel.problem import Problem, wrong
from zinneke.kernel.route import Call, Needs, Route
from zinneke.kernel.topic import Message, Outcome, Topic
from zinneke.standards.lorawan.taking import batch_of
from zinneke.standards.lorawan.uplinks import Uplink, read_chirpstack, read_ttn

EDIT = Needs(Right.EDIT, "observations")
Read = Callable[[bytes], Uplink | None]


def taken(read: Read) -> Callable[[Sequence[Message]], list[Outcome]]:
    """Return what takes in the uplinks of one kind of network server: over MQTT of the device that the topic names, over HTTP of any."""

    def batch(known: Register, message: Message) -> Batch:
        uplink = read(message.payload)
        if "device" not in message.values:
            return batch_of(known, _sender(uplink), uplink) if uplink else Batch.of([])
        if uplink is None or uplink.device != message.values["device"]:
            raise wrong("The message is no uplink of the device that its topic names.", where="topic")
        return batch_of(known, message.actor, uplink)

    return lambda messages: take_each(messages, batch)


def _sender(uplink: Uplink) -> Actor:
    device = devices.find_by_name(uplink.device)
    if device is None or device.state != "active":
        raise wrong(f"No device is registered as {uplink.device[:100]!r}, or it was revoked.", where="device")
    return devices.actor_of(device)


def over_http(read: Read, call: Call[Any], door: str) -> Receipt:
    """Take in an uplink that a network server sends, within the reach of its token. Raises `Problem` 422; then it stands in the quarantine."""
    (outcome,) = taken(read)([Message(door, call.body, actor=call.actor)])
    if outcome.reason and not outcome.kept:
        quarantine.keep_messages(SYSTEM, [RefusedMessage(door, call.body, outcome.reason, call.actor.key)])
    if outcome.reason:
        raise Problem(422, "Not everything was stored", outcome.reason)
    return cast(Receipt, outcome.told)


def take_ttn(call: Call[None]) -> Receipt:
    """Take in what a webhook of The Things Stack sends: uplinks are stored, other events are passed over."""
    return over_http(read_ttn, call, f"{ROOT}/ttn")


class AskEvent(msgspec.Struct, forbid_unknown_fields=True):
    """What ChirpStack tells of: `up` is an uplink."""

    event: str = "up"


def take_chirpstack(call: Call[AskEvent]) -> Receipt:
    """Take in what the HTTP integration of ChirpStack sends: uplinks (`event=up`) are stored, other events are passed over."""
    return over_http(read_chirpstack if call.ask.event == "up" else lambda body: None, call, f"{ROOT}/chirpstack")


ROOT = "/api/lorawan"
TAGS = ("LoRaWAN",)
ROUTES = (
    Route(
        method="POST",
        path=f"{ROOT}/ttn",
        call=take_ttn,
        audience=EDIT,
        takes=bytes,
        gives=Receipt,
        summary="LoRaWAN: take in what a webhook of The Things Stack sends",
        tags=TAGS,
    ),
    Route(
        method="POST",
        path=f"{ROOT}/chirpstack",
        call=take_chirpstack,
        audience=EDIT,
        ask=AskEvent,
        takes=bytes,
        gives=Receipt,
        summary="LoRaWAN: take in what the HTTP integration of ChirpStack sends",
        tags=TAGS,
    ),
)
TOPICS = tuple(
    Topic(pattern=pattern, path=f"{ROOT}/{path}", call=taken(read), audience=EDIT, family="lorawan", summary=f"LoRaWAN: take in an uplink of {whose}")
    for pattern, path, read, whose in (
        ("v3/{application}/devices/{device}/up", "ttn", read_ttn, "The Things Stack"),
        ("application/{application}/device/{device}/event/up", "chirpstack", read_chirpstack, "ChirpStack"),
    )
)
