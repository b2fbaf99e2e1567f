"""To whom an entity belongs that has no level of its own: the things and streams that use it decide who may see or change it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from zinneke.foundations.observations import declaring, lifecycle, models
from zinneke.foundations.observations.register import SUBJECT, Register
from zinneke.foundations.observations.values import Stream, Thing
from zinneke.kernel import confidentiality
from zinneke.kernel.confidentiality import Actor, Right, refusal
from zinneke.kernel.problem import Problem

RECORDS: dict[str, Any] = {
    "Locations": models.Location,
    "Sensors": models.Sensor,
    "ObservedProperties": models.ObservedProperty,
    "FeaturesOfInterest": models.Feature,
    "HistoricalLocations": models.HistoricalLocation,
    "Actuators": models.Actuator,
    "TaskingCapabilities": models.TaskingCapability,
    "Tasks": models.Task,
}
"""Sets whose entities are rows of a table and nothing else."""


def missing(set_name: str, number: object) -> Problem:
    """Return the answer for an entity that is not there, or not open to whoever asks."""
    return Problem(404, "Not found", f"There is none of {set_name} with the id {number!r} here, or it is not open to you.")


def thing(known: Register, number: int | str) -> Thing:
    """Return a thing by its number. Raises `Problem` 404."""
    key = models.Thing.objects.filter(number=number).values_list("key", flat=True).first() if isinstance(number, int) else None
    if key is None or key not in known.things:
        raise missing("Things", number)
    return known.things[key]


def stream(known: Register, number: int | str) -> Stream:
    """Return a stream by its number. Raises `Problem` 404."""
    position = int(known.position[number]) if isinstance(number, int) and 0 < number <= known.highest else -1
    if position < 0:
        raise missing("Datastreams", number)
    return known.streams[position]


def of(known: Register, set_name: str, number: int | str) -> list[Thing | Stream]:
    """Return the things and streams that an entity belongs to. Raises `Problem` 404."""
    if set_name == "Things":
        return [thing(known, number)]
    if set_name in ("Datastreams", "MultiDatastreams"):
        return [stream(known, number)]
    row = RECORDS[set_name].objects.filter(pk=number).first() if isinstance(number, int) else None
    if row is None:
        raise missing(set_name, number)
    if set_name == "Sensors":
        return _streams(known, row.streams.values_list("pk", flat=True))
    if set_name == "ObservedProperties":
        return _streams(known, row.streams.values_list("stream_id", flat=True))
    if set_name in ("HistoricalLocations", "TaskingCapabilities"):
        return _things(known, [row.thing_id])
    if set_name == "Tasks":
        return _things(known, [row.capability.thing_id])
    if set_name == "Actuators":
        return _things(known, row.capabilities.values_list("thing_id", flat=True))
    if set_name == "Locations":
        return _things(known, _standing(row))
    told, _ = lifecycle.opened().store.find_about(row.pk)
    placed = _things(known, _standing(row.source)) if row.source else []
    return [*placed, *_streams(known, dict.fromkeys(told.tolist()))]


def _standing(location: models.Location) -> list[str]:
    return [*location.things.values_list("key", flat=True), *location.stays.values_list("thing_id", flat=True)]


def _streams(known: Register, numbers: Iterable[int]) -> list[Thing | Stream]:
    return [known.streams[int(known.position[number])] for number in numbers if 0 < number <= known.highest and known.position[number] >= 0]


def _things(known: Register, keys: Iterable[str]) -> list[Thing | Stream]:
    return [known.things[key] for key in dict.fromkeys(keys) if key in known.things]


def _may(actor: Actor, right: Right, owner: Thing | Stream) -> bool:
    return declaring.may(actor, right, owner.solution, owner.level, owner.area)


def check_seen(actor: Actor, known: Register, set_name: str, number: int | str) -> None:
    """Refuse a reference to what the actor does not see (`Problem` 404)."""
    owners = of(known, set_name, number)
    if owners and not any(_may(actor, Right.SEE, owner) for owner in owners):
        raise missing(set_name, number)


def check_edited(actor: Actor, known: Register, set_name: str, number: int | str) -> list[Thing | Stream]:
    """Refuse a change of what is not wholly the actor's to change: `Problem` 404 when it is hidden, else 401 or 403. Return its owners."""
    owners = of(known, set_name, number)
    demand(actor, owners, set_name, number)
    return owners


def check_commanded(actor: Actor, owners: Sequence[Thing | Stream]) -> None:
    """Refuse unless the actor may command what is to be told to do something (`Problem` 401 or 403)."""
    for owner in owners:
        confidentiality.demand(actor, Right.COMMAND, f"{SUBJECT}.{owner.solution}" if owner.solution else SUBJECT, owner.level, owner.area)


def demand(actor: Actor, owners: Sequence[Thing | Stream], set_name: str, number: int | str) -> None:
    """Refuse unless the actor may change every one of these."""
    if all(_may(actor, Right.EDIT, owner) for owner in owners):
        return
    if not any(_may(actor, Right.SEE, owner) for owner in owners):
        raise missing(set_name, number)
    raise refusal(actor, Right.EDIT, f"{set_name}({number})")
