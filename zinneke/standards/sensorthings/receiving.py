"""Observations created over MQTT: published to `v1.1/Observations`, or under a stream, below the name of a device."""

from __future__ import annotations

from collections.abc import Sequence

from zinneke.foundations.observations.entities import creating
from zinneke.foundations.observations.register import Register
from zinneke.foundations.observations.topics import take_each
from zinneke.foundations.observations.values import Batch, Draft
from zinneke.kernel.confidentiality import Right
from zinneke.kernel.problem import wrong
from zinneke.kernel.route import Needs
from zinneke.kernel.topic import Message, Outcome, Topic
from zinneke.standards.sensorthings import address, draft
from zinneke.standards.sensorthings.reading import FAMILY, VERSION
from zinneke.standards.sensorthings.writing import decoded

PARENTS = {"Datastreams": "Datastream", "MultiDatastreams": "MultiDatastream"}


def create(messages: Sequence[Message]) -> list[Outcome]:
    """Store observations that were published; those of many senders share one commit."""
    return take_each(messages, read)


def read(known: Register, message: Message) -> Batch:
    """Return the observation that a message creates. Raises `Problem` 400 or 404."""
    match address.read(message.values["path"]):
        case [("Observations", None)]:
            links: dict[str, tuple[Draft | int | str, ...]] = {}
        case [("Datastreams" | "MultiDatastreams" as parent, int() as number), ("Observations", None)]:
            links = {PARENTS[parent]: (number,)}
        case _:
            raise wrong(f"Observations are created by publishing to {VERSION}/Observations or {VERSION}/Datastreams(1)/Observations.", where="topic")
    made = draft.read("Observations", decoded(message.payload))
    return creating.batch_of(message.actor, [Draft(made.set, made.values, {**made.links, **links})])


TOPICS = (
    Topic(
        pattern=f"devices/{{device}}/{VERSION}/{{path:path}}",
        call=create,
        audience=Needs(Right.EDIT, "observations"),
        family=FAMILY,
        summary="SensorThings API: create an observation",
    ),
)
