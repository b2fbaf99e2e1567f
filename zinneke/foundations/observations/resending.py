"""A message that was refused whole is sent again through the door at which it came, as it was or mended."""

from __future__ import annotations

from collections.abc import Mapping

from zinneke.foundations.observations import samples
from zinneke.foundations.observations.values import Receipt
from zinneke.kernel import registry
from zinneke.kernel.confidentiality import Actor
from zinneke.kernel.problem import Problem, wrong
from zinneke.kernel.topic import Message, Topic

STORED = "It is stored."
NOT_ITS_FAULT = frozenset({429, 503, 507})
"""Statuses that say nothing about the message: what raised them is tried again."""


def through_source(actor: Actor, key: str, name: str, body: bytes) -> tuple[str, bool]:
    """Let a source of a solution read a message, and return what became of it and whether that settles it. Raises `Problem` 409."""
    solution = registry.solutions().get(key)
    source = next((one for one in solution.sources if one.key == name), None) if solution else None
    if solution is None or source is None:
        raise Problem(409, "Nobody reads it", "No solution of this platform reads this message. Let it go, or send what it meant as observations.")
    try:
        decoded = list(source.decode(body))
    except Exception as fault:  # whatever a decoder meets, the message is at fault and stays
        return fault_of(fault), False
    return explain(samples.take(actor, solution, decoded)), True


def through_door(actor: Actor, topic: str, body: bytes, signed: bool = False) -> tuple[str, bool]:
    """Give a message to the door of its topic, as the device that the topic names, else as whoever asks; return what became of it, and whether
    that settles it. Of a device that signs, what was not rightly `signed` is refused again. Raises `Problem` 409 when no door takes it, 429, 503
    or 507 when none can now.
    """
    door, values = _door(topic)
    try:
        sender = find_sender(values["device"], signed) if "device" in values else actor
        door.audience.check(sender)
        (outcome,) = door.call([Message(topic, body, values, {}, sender)])
    except Problem as problem:
        if problem.status in NOT_ITS_FAULT:
            raise
        return problem.detail or problem.title, False
    except Exception as fault:  # whatever a door meets, the message is at fault and stays
        return fault_of(fault), False
    told = explain(outcome.told) if isinstance(outcome.told, Receipt) else STORED
    return (outcome.reason, False) if outcome.reason and not outcome.kept else (told, True)


def _door(topic: str) -> tuple[Topic, Mapping[str, str]]:
    for door in registry.topics():
        if topic == door.path:
            return door, {}
        if found := door.regex.fullmatch(topic):
            return door, found.groupdict()
    raise Problem(409, "Nobody reads it", "Nothing is taken in on this topic. Let it go, or send what it meant as observations.")


def find_sender(name: str, signed: bool) -> Actor:
    """Return whom a device of this name acts as. Raises `Problem` 400 when there is none, or it signs what it sends, and this is not `signed`."""
    for module in registry.modules("senders"):
        if found := module.find_sender(name, signed):
            sender: Actor = found
            return sender
    raise unknown_sender()


def unknown_sender() -> Problem:
    """Return the refusal of what nobody known sends."""
    return wrong("No device that may send here goes by this name. Register it, or ask whoever runs the platform.")


def fault_of(fault: Exception) -> str:
    """Say in a sentence why a message cannot be read, from what its decoder met."""
    return f"It cannot be read: {type(fault).__name__} {fault}"


def explain(receipt: Receipt) -> str:
    """Say in a sentence what became of a message that was read."""
    return f"Read: {receipt.stored} stored, {receipt.duplicates} there already, {receipt.refusals} refused."
