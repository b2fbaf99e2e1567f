"""`CreateObservations`: observations of several streams as data arrays, thousands in one request."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
import numpy as np

from zinneke.foundations.observations import store, wire
from zinneke.foundations.observations.values import Batch, Draft, Receipt
from zinneke.kernel.period import to_microseconds
from zinneke.kernel.problem import Problem, wrong
from zinneke.kernel.route import Call, Reply
from zinneke.standards.sensorthings import draft
from zinneke.standards.sensorthings.reading import ROOT, encoder

MOST = 100_000
PLAIN = frozenset({"phenomenonTime", "result"})


class Reference(msgspec.Struct):
    """An entity that is there."""

    id: int = msgspec.field(name="@iot.id")


class Group(msgspec.Struct):
    """Observations of one stream: the names of their members, and a row for each."""

    components: list[str]
    dataArray: list[list[Any]]  # noqa: N815  the standard's name
    Datastream: Reference | None = None
    MultiDatastream: Reference | None = None


def create(call: Call[Any]) -> Reply:
    """Store observations sent as data arrays. For each, in order, the answer says its address, or `error` and why it was not taken."""
    try:
        groups = msgspec.json.decode(call.body, type=list[Group])
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as fault:
        raise wrong(f"The body is not a list of data arrays: {fault}. Nothing was stored.") from None
    if sum(len(group.dataArray) for group in groups) > MOST:
        raise Problem(413, "Too many observations", f"One request takes {MOST:,} observations at the most; nothing was stored.")
    taken = [_columns(group) for group in groups]
    told: list[str] = []
    if all(batch is not None for batch in taken):
        plain = [batch for batch in taken if batch is not None and len(batch)]
        batch = plain[0] if len(plain) == 1 else _joined(plain)
        told = _answers(call, batch.streams.tolist(), batch.times.tolist(), store.ingest(call.actor, batch))
    else:
        drafts = [made for group in groups for made in _drafts(group)]
        keys, receipt = store.create_observations(call.actor, drafts)
        told = _answers(call, [stream for stream, _ in keys], [time for _, time in keys], receipt)
    return Reply(encoder.encode(told), 201)


def _joined(batches: Sequence[Batch]) -> Batch:
    if not batches:
        return Batch(np.empty(0, np.int32), np.empty(0, np.int64), np.empty(0))
    unread, at = {}, 0
    for batch in batches:
        unread.update({at + index: one for index, one in batch.unread.items()})
        at += len(batch)
    streams, times = np.concatenate([batch.streams for batch in batches]), np.concatenate([batch.times for batch in batches])
    return Batch(streams, times, np.concatenate([batch.values for batch in batches]), unread)


def _stream(group: Group) -> int:
    found = group.Datastream or group.MultiDatastream
    if found is None or not 0 <= found.id < 2**31:
        raise wrong("Each data array names its Datastream: {'@iot.id': its id}. Nothing was stored.", where="Datastream")
    return found.id


def _columns(group: Group) -> Batch | None:
    """Return a data array of moments and numbers as columns; None when it holds more than that."""
    width = len(group.components)
    if any(len(row) != width for row in group.dataArray):
        raise wrong(f"Each row of this data array has {width} members, as its components say. Nothing was stored.", where="dataArray")
    if group.MultiDatastream or set(group.components) - PLAIN or "result" not in group.components or width != len(set(group.components)):
        return None
    columns = dict(zip(group.components, zip(*group.dataArray, strict=True), strict=True)) if group.dataArray else {}
    values, times = columns.get("result", ()), columns.get("phenomenonTime")
    if any(type(value) is not float and type(value) is not int for value in values):
        return None
    now = to_microseconds(datetime.now(UTC))
    if times is not None and any(type(time) is not str or "/" in time for time in times):
        return None
    moments, unread = wire.read_times(list(times)) if times is not None else (np.full(len(values), now, np.int64), {})
    return Batch(np.full(len(values), _stream(group), np.int32), moments, np.array(values, np.float64), unread)


def _drafts(group: Group) -> list[Draft]:
    link = "MultiDatastream" if group.MultiDatastream else "Datastream"
    number, found = _stream(group), []
    for row in group.dataArray:
        document = {name: value for name, value in zip(group.components, row, strict=True) if name not in ("id", "FeatureOfInterest/id")}
        made = draft.read("Observations", document)
        feature = dict(zip(group.components, row, strict=True)).get("FeatureOfInterest/id")
        links: dict[str, tuple[Draft | int | str, ...]] = {link: (number,)}
        if feature is not None:
            links["FeatureOfInterest"] = (feature,)
        found.append(Draft("Observations", made.values, links))
    return found


def _answers(call: Call[Any], streams: Sequence[int], times: Sequence[int], receipt: Receipt) -> list[str]:
    """Return for each observation its address, or why it was not taken."""
    root = f"{call.base}{ROOT}/Observations"
    told = [f"{root}('{stream}.{time}')" for stream, time in zip(streams, times, strict=True)]
    if receipt.refusals > len(receipt.refused):
        raise Problem(400, "Too much was refused", receipt.refused[0].reason, stored=receipt.stored, refusals=receipt.refusals)
    for one in receipt.refused:
        told[one.index] = f"error: {one.reason}"
    return told
