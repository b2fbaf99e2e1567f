"""What is written: entities created, changed, replaced, deleted. The answer comes when everything is stored."""

from __future__ import annotations

import math
import re
from typing import Any, Protocol

import msgspec

from zinneke.foundations.observations import store
from zinneke.foundations.observations.entities import sets, whole
from zinneke.foundations.observations.singles import One
from zinneke.foundations.observations.values import Draft, Receipt
from zinneke.kernel.confidentiality import Actor
from zinneke.kernel.period import read_microseconds
from zinneke.kernel.problem import Problem, wrong
from zinneke.kernel.route import Call, Later, Reply
from zinneke.standards.sensorthings import address, document, draft, patching
from zinneke.standards.sensorthings.address import Address
from zinneke.standards.sensorthings.reading import ROOT, encoder

BACK = {
    ("Things", "Datastreams"): "Thing",
    ("Things", "MultiDatastreams"): "Thing",
    ("Things", "Locations"): "Things",
    ("Things", "HistoricalLocations"): "Thing",
    ("Datastreams", "Observations"): "Datastream",
    ("MultiDatastreams", "Observations"): "MultiDatastream",
    ("Sensors", "Datastreams"): "Sensor",
    ("Sensors", "MultiDatastreams"): "Sensor",
    ("ObservedProperties", "Datastreams"): "ObservedProperty",
    ("FeaturesOfInterest", "Observations"): "FeatureOfInterest",
    ("Locations", "Things"): "Locations",
    ("Things", "TaskingCapabilities"): "Thing",
    ("Actuators", "TaskingCapabilities"): "Actuator",
    ("TaskingCapabilities", "Tasks"): "TaskingCapability",
}
"""How what is created under a link leads back."""

_OBSERVATIONS = re.compile(r"(?:Datastreams\((\d{1,9})\)/)?Observations", re.ASCII)


class Writing(Protocol):
    """Whoever writes entities: the store itself, or what writes several together."""

    def create_entity(self, actor: Actor, draft: Draft, /) -> int | str:
        """Write an entity with all that hangs on it, and return its id."""
        ...

    def change_entity(self, actor: Actor, number: int | str, draft: Draft, /) -> None:
        """Change what a draft names of an entity."""
        ...

    def remove_entity(self, actor: Actor, set_name: str, number: int | str, /) -> None:
        """Delete an entity with what cannot be without it."""
        ...


def decoded(body: bytes) -> Any:
    """Return a body as JSON. Raises `Problem` 400."""
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as fault:
        raise wrong(f"The body is not JSON: {fault}. Nothing was stored.") from None


def create(call: Call[Any], by: Writing = store) -> Reply:
    """Create an entity with all that is sent inside it, or nothing; the answer is a 201 with its address."""
    here = address.walk(call.actor, address.read(call.ask.path), call.language)
    if here.one or here.property or here.form:
        raise Problem(
            405, "Method not allowed", f"POST is for sets, such as {here.set}; change an entity with PATCH.", {"Allow": "GET, PATCH, PUT, DELETE"}
        )
    sent = decoded(call.body)
    made = draft.read(here.set, sent)
    if here.parent is not None:
        made = _under(here, made)
    return _created(call, here.set, by.create_entity(call.actor, made))


class _Stream(msgspec.Struct):
    id: int = msgspec.field(name="@iot.id")


class _Plain(msgspec.Struct, forbid_unknown_fields=True):
    """What most machines send of an observation: when, what, and of which stream where the address does not say."""

    time: str = msgspec.field(name="phenomenonTime")
    result: float
    stream: _Stream | None = msgspec.field(name="Datastream", default=None)


_plain = msgspec.json.Decoder(_Plain)


def observe(call: Call[Any]) -> Later | None:
    """Store an observation that is a moment and a result, together with what others send at the same time."""
    stream = _OBSERVATIONS.fullmatch(call.ask.path)
    if stream is None:
        return None
    handed = store.hand_over_observation(call.actor, _observation(call.body, stream[1]))
    if handed is None:
        return None
    number, done = handed

    def told(receipt: Receipt) -> Reply:
        if receipt.refusals:
            raise whole.refused(receipt)
        return _created(call, "Observations", number)

    return Later(done, told)


def _observation(body: bytes, stream: str | None) -> Draft | One:
    """Return an observation as a draft, or as plain as most are. Raises `Problem` 400."""
    try:
        sent = _plain.decode(body)
        of = int(stream) if stream else sent.stream.id if sent.stream else None
        if of is not None and "/" not in sent.time and math.isfinite(sent.result):
            return One(of, read_microseconds(sent.time), sent.result)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, Problem):  # whatever is wrong with it is said below
        pass
    made = draft.read("Observations", decoded(body))
    return Draft(made.set, made.values, {**made.links, "Datastream": (int(stream),)}) if stream else made


def _created(call: Call[Any], set_name: str, number: int | str) -> Reply:
    link = f"{call.base}{ROOT}/{document.reference(set_name, number)}"
    return Reply(encoder.encode({"@iot.id": number, "@iot.selfLink": link}), 201, headers={"Location": link})


def _under(here: Address, made: Draft) -> Draft:
    assert here.parent
    back = BACK.get((here.parent.set, here.parent.link))
    if back is None:
        raise wrong(f"{here.parent.link} are not created under {here.parent.set}. POST to {here.set} and name the relation.")
    return Draft(made.set, made.values, {**made.links, back: (here.parent.id,)})


def _target(actor: Actor, call: Call[Any]) -> Address:
    here = address.walk(actor, address.read(call.ask.path), call.language)
    if not here.one or here.property or here.form:
        raise Problem(405, "Method not allowed", f"Name one entity by its id: {here.set}(1).", {"Allow": "GET, POST"})
    if here.parent is not None or here.id is None:
        here = Address(here.set, address.find(actor, here, call.language).id, one=True)
    return here


def change(call: Call[Any], by: Writing = store) -> Reply:
    """Change what is sent of an entity, as a document or as a JSON Patch (RFC 6902)."""
    here = _target(call.actor, call)
    sent = decoded(call.body)
    if isinstance(sent, list):
        before = address.find(call.actor, here, call.language)
        known = {name: msgspec.json.decode(msgspec.json.encode(value)) for name, value in before.values.items() if value is not None}
        sent = patching.patched(known, sent)
    assert here.id is not None
    by.change_entity(call.actor, here.id, draft.read(here.set, sent, whole=False))
    return _told(call, here)


def replace(call: Call[Any], by: Writing = store) -> Reply:
    """Replace an entity by what is sent; what is left out is empty from then on."""
    here = _target(call.actor, call)
    assert here.id is not None
    by.change_entity(call.actor, here.id, draft.replacing(here.set, decoded(call.body)))
    return _told(call, here)


def _told(call: Call[Any], here: Address) -> Reply:
    assert here.id is not None
    link = f"{call.base}{ROOT}/{document.reference(here.set, here.id)}"
    return Reply(encoder.encode({"@iot.id": here.id, "@iot.selfLink": link}))


def remove(call: Call[Any], by: Writing = store) -> Reply:
    """Delete an entity with what cannot be without it."""
    here = _target(call.actor, call)
    assert here.id is not None
    by.remove_entity(call.actor, here.set, here.id)
    return Reply(encoder.encode({"deleted": sets.get(here.set).one}))
