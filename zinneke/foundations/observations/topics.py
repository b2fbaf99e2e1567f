"""The door for messages to observations: what devices publish, in the forms of `POST /api/observations` and a shorter one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from zinneke.foundations.observations import intake, register, wire
from zinneke.foundations.observations.register import Register
from zinneke.foundations.observations.samples import samples_of
from zinneke.foundations.observations.values import Batch, Receipt
from zinneke.kernel.confidentiality import Actor, Right
from zinneke.kernel.problem import Problem, wrong
from zinneke.kernel.route import Needs
from zinneke.kernel.topic import Message, Outcome, Topic

EDIT = Needs(Right.EDIT, "observations")
LARGEST = 1_000_000
"""Bytes of one message."""


class SentMessage(wire.SentObservations, forbid_unknown_fields=True):
    """What a device publishes: observations as over HTTP, or a single one, its stream by number or by its reading."""

    stream: wire.Number | None = None
    reading: str | None = None
    time: str | wire.Micros | None = None
    value: float | None = None


_decode = msgspec.json.Decoder(SentMessage).decode


def take_observations(messages: Sequence[Message]) -> list[Outcome]:
    """Store what devices observed; those of many devices share one commit."""
    return take_each(messages, read_sent)


def read_sent(known: Register, message: Message) -> Batch:
    """Return what a message holds as a batch. Raises `Problem` 400."""
    sent = decoded(_decode, message.payload)
    if sent.stream is None and sent.reading is None and sent.time is None and sent.value is None:
        return wire.read(sent)
    if sent.observations is not None or sent.streams is not None or sent.times is not None or sent.values is not None:
        raise wrong("Send either one observation or several, not both.", where="observations")
    if sent.time is None or sent.value is None or (sent.stream is None) == (sent.reading is None):
        raise wrong("One observation has a stream or a reading, a time and a value.", where="value")
    number = sent.stream if sent.stream is not None else own_stream(known, message.actor, sent.reading or "")
    return wire.batch([number], [sent.time], [sent.value])


def decoded(decode: Callable[[bytes], Any], payload: bytes) -> Any:
    """Return a payload as what was sent. Raises `Problem` 400 that says where it cannot be read."""
    try:
        return decode(payload)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as fault:
        raise wrong(f"The message cannot be read: {fault}.") from None


def own_stream(known: Register, actor: Actor, reading: str) -> int:
    """Return the number of the one stream of a device that has a reading. Raises `Problem` 400 when it has none, or several."""
    found = own_streams(known, actor).get(reading)
    if found is None:
        raise wrong(f"This device has no stream, or several, with the reading {reading[:60]!r}. Name the stream by its number.", where="reading")
    return found


def own_streams(known: Register, actor: Actor) -> dict[str, int]:
    """Return the streams that a device writes by what they read; those of which it has several are left out."""
    found: dict[str, int] = {}
    twice = set()
    for grant in actor.grants:
        word = grant.subject.partition(".")[2]
        position = int(known.position[int(word)]) if word.isascii() and word.isdigit() and int(word) <= known.highest else -1
        if position >= 0:
            reading = known.streams[position].reading
            if reading in found:
                twice.add(reading)
            found[reading] = int(word)
    return {reading: number for reading, number in found.items() if reading not in twice}


def declared_codec(known: Register, actor: Actor) -> str:
    """Return the codec of a device's payloads, as the `properties` of the thing of its streams declare it (`codec`), "" when they do not."""
    for number in own_streams(known, actor).values():
        stream = known.streams[int(known.position[number])]
        codec = known.things[stream.thing].properties.get("codec")
        if isinstance(codec, str):
            return codec
    return ""


def decoded_by_source(known: Register, word: str, payload: bytes) -> Batch:
    """Return what a solution's source (`solution/source`) finds in a payload, for streams that are registered. Raises `Problem` 400 or 404."""
    key, _, source = word.partition("/")
    samples = samples_of(key, source, payload)
    streams = [known.by_key.get(f"{key}/{sample.asset}/{sample.reading}") for sample in samples]
    for stream, sample in zip(streams, samples, strict=True):
        if stream is None:
            raise wrong(f"{sample.asset[:100]} has no stream {sample.reading[:60]!r}. Register it first.", where="stream")
    return Batch.of([(stream.id, sample.time, sample.value) for stream, sample in zip(streams, samples, strict=True) if stream])


def take_source(messages: Sequence[Message]) -> list[Outcome]:
    """Store what sources of solutions send, each in the source's own form."""
    return take_each(
        messages, lambda known, message: decoded_by_source(known, f"{message.values['solution']}/{message.values['source']}", message.payload)
    )


def take_payload(messages: Sequence[Message]) -> list[Outcome]:
    """Store what devices send in the form that their thing declares: `codec` in its properties is `solution/source`."""

    def read(known: Register, message: Message) -> Batch:
        codec = declared_codec(known, message.actor)
        if "/" not in codec:
            raise wrong("The thing of this device declares no codec (solution/source) in its properties.", where="codec")
        return decoded_by_source(known, codec, message.payload)

    return take_each(messages, read)


def take_each(messages: Sequence[Message], read: Callable[[Register, Message], Batch]) -> list[Outcome]:
    """Store what `read` finds in each message, in one commit; what it refuses with a `Problem` is refused, the rest is stored all the same."""
    known = register.current()
    outcomes: dict[int, Outcome] = {}
    parts: list[tuple[Actor, Batch]] = []
    places: list[int] = []
    for at, message in enumerate(messages):
        try:
            batch = read(known, message)
        except Problem as problem:
            outcomes[at] = Outcome(problem.detail or problem.title)
        else:
            parts.append((message.actor, batch))
            places.append(at)
    if parts:
        outcomes.update(zip(places, map(outcome, intake.take_each(known, parts)), strict=True))
    return [outcomes[at] for at in range(len(messages))]


def outcome(receipt: Receipt) -> Outcome:
    """Return a receipt as what became of a message; its refused rows stand in the quarantine."""
    if not receipt.refusals:
        return Outcome(told=receipt)
    of = receipt.stored + receipt.duplicates + receipt.refusals
    first = receipt.refused[0].reason
    return Outcome(first if of == 1 else f"{receipt.refusals} of {of} observations were refused, the first because: {first}", kept=True, told=receipt)


TOPICS = (
    Topic(
        pattern="devices/{device}/observations",
        call=take_observations,
        audience=EDIT,
        family="devices",
        limit=LARGEST,
        summary="Store observations of a device",
    ),
    Topic(
        pattern="devices/{device}/up",
        call=take_payload,
        audience=EDIT,
        family="devices",
        limit=LARGEST,
        summary="Store what a device sends in the form that its thing declares",
    ),
    Topic(
        pattern="devices/{device}/solutions/{solution}/{source}",
        call=take_source,
        audience=EDIT,
        family="devices",
        limit=LARGEST,
        summary="Store what a source of a solution sends",
    ),
)
