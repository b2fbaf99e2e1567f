"""Samples of a solution's sources become observations: assets and readings are registered when first heard of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from math import isfinite

import msgspec
import numpy as np

from zinneke.foundations.observations import declaring, intake, models, register
from zinneke.foundations.observations.values import Batch, Place, Receipt, Refusal, StreamRow, Thing
from zinneke.kernel import registry
from zinneke.kernel.confidentiality import Actor, Level, strictest
from zinneke.kernel.period import to_microseconds
from zinneke.kernel.problem import Problem, not_found, wrong
from zinneke.kernel.solution import Asset, Reading, Sample, Solution
from zinneke.kernel.text import same

CHUNK = 50_000


def samples_of(solution_key: str, source_key: str, body: bytes) -> list[Sample]:
    """Return what a source of a solution finds in what was sent. Raises `Problem` 404 for a source that there is not, 400 for a body that is none."""
    solution = registry.solutions().get(solution_key)
    if solution is None:
        raise not_found("solution", solution_key)
    source = next((one for one in solution.sources if one.key == source_key), None)
    if source is None:
        raise not_found("source", source_key)
    try:
        return list(source.decode(body))
    except Problem as problem:
        problem.extra.setdefault("stored", 0)
        raise
    except Exception as fault:  # a decoder is a pure function of the body, so its fault is the body's
        told = f"The body cannot be read as {source.name.en}: {type(fault).__name__} {fault}. Nothing was stored."
        raise wrong(told, where=_origin(fault), stored=0) from fault


def _origin(fault: Exception) -> str:
    """Say where decoding stopped, as far as the fault knows: the byte, or the member."""
    if isinstance(fault, UnicodeDecodeError):
        return f"byte {fault.start}"
    return str(getattr(fault, "pos", "") or (fault.args[0] if isinstance(fault, KeyError) and fault.args else "body"))


def take(actor: Actor, solution: Solution, samples: Iterable[Sample]) -> Receipt:
    """Take in samples, some ten thousand at a time; each part is committed before the next is read."""
    receipt, sent = Receipt(), 0
    for chunk in _chunks(samples):
        part = _take_chunk(actor, solution, chunk)
        part.refused = [Refusal(refusal.index + sent, refusal.reason, refusal.where) for refusal in part.refused]
        receipt += part
        sent += len(chunk)
    return receipt


def _chunks(samples: Iterable[Sample]) -> Iterator[list[Sample]]:
    iterator = iter(samples)
    while chunk := list(islice(iterator, CHUNK)):
        yield chunk


def _take_chunk(actor: Actor, solution: Solution, chunk: list[Sample]) -> Receipt:
    declared = {reading.key: (asset, reading) for asset in solution.assets for reading in asset.readings}
    pairs = {(sample.asset, sample.reading) for sample in chunk if _named(sample.asset) and sample.reading in declared and _stands(sample.place)}
    _register(actor, solution, declared, pairs, chunk)
    known = register.current()
    numbers: dict[tuple[str, str], int] = {}
    for pair in pairs:
        stream = known.by_key.get(f"{_key(solution, pair[0])}/{pair[1]}")
        if stream:
            numbers[pair] = stream.id
    streams = [numbers.get((sample.asset, sample.reading), 0) for sample in chunk]
    times = [_moment(sample.time) for sample in chunk]
    good = np.array([bool(stream) and time is not None and _stands(one.place) for stream, time, one in zip(streams, times, chunk, strict=True)])
    at = np.flatnonzero(good)
    batch = Batch(
        np.array(streams, np.int32)[at],
        np.array([time or 0 for time in times], np.int64)[at],
        np.array([sample.value for sample in chunk], np.float64)[at],
    )
    receipt = intake.take(actor, known, batch) if len(at) else Receipt()
    receipt.refused = [Refusal(int(at[one.index]), one.reason, _where(chunk[int(at[one.index])])) for one in receipt.refused]
    lost = np.flatnonzero(~good)
    receipt.refusals += len(lost)
    told = [Refusal(i, _reason(chunk[i], declared), _where(chunk[i])) for i in lost[: intake.MOST_TOLD].tolist()]
    receipt.refused = sorted(receipt.refused + told, key=lambda refusal: refusal.index)[: intake.MOST_TOLD]
    if told:
        intake.keep(actor, [_kept(solution, declared, chunk[refusal.index], refusal.reason) for refusal in told])
    return receipt


def _moment(time: datetime) -> int | None:
    return None if time.tzinfo is None else to_microseconds(time)


def _key(solution: Solution, asset: str) -> str:
    return f"{solution.key}/{asset}"


def _where(sample: Sample) -> str:
    return f"{sample.asset} {sample.reading} {sample.time.isoformat()}"


def _reason(sample: Sample, declared: dict[str, tuple[Asset, Reading]]) -> str:
    if not sample.asset:
        return "It does not say which asset it belongs to."
    if not _named(sample.asset):
        return "The asset's identifier is longer than 150 characters, or holds characters that cannot be printed."
    if sample.reading not in declared:
        return f"{sample.reading!r} is not a reading of this solution. It knows {', '.join(sorted(declared))}."
    if sample.time.tzinfo is None:
        return "The time has no zone."
    if not _stands(sample.place):
        return f"The place {sample.place} is not a longitude and a latitude in degrees."
    return "This asset is not yours to write."


def _kept(solution: Solution, declared: dict[str, tuple[Asset, Reading]], sample: Sample, reason: str) -> models.Quarantined:
    asset, reading = declared.get(sample.reading, (None, None))
    return models.Quarantined(
        stream=f"{_key(solution, sample.asset)}/{sample.reading}"[:300].replace("\0", "�"),
        time=sample.time.isoformat(),
        value=repr(sample.value)[:60],
        reason=reason[:300],
        solution=solution.key,
        level=strictest((asset.level, reading.level)) if asset and reading else Level.PERSONAL,
    )


def _register(actor: Actor, solution: Solution, declared: dict[str, tuple[Asset, Reading]], pairs: set[tuple[str, str]], chunk: list[Sample]) -> None:
    """Make known the assets and readings heard of for the first time, or described anew."""
    known = register.current()
    heard: dict[str, Thing] = {}
    for asset, reading in pairs:
        kind = declared[reading][0]
        key = _key(solution, asset)
        before = known.things.get(key)
        heard[asset] = before or Thing(key=key, name=same(asset).as_dict(), kind=kind.key, solution=solution.key, level=kind.level)
    described: dict[str, tuple[dict[str, str], Place | None]] = {}
    for sample in chunk:
        if (sample.name is None and sample.place is None) or sample.asset not in heard or not _stands(sample.place):
            continue
        name, place = described.get(sample.asset) or (heard[sample.asset].name, heard[sample.asset].place)
        described[sample.asset] = (sample.name.as_dict() if sample.name else name, Place(*sample.place) if sample.place else place)
    things = []
    for asset, thing in heard.items():
        name, place = described.get(asset) or (thing.name, thing.place)
        kept = thing.area if place == thing.place else ""
        things.append(msgspec.structs.replace(thing, name=name, place=place, area=kept))
    if any(known.things.get(thing.key) != thing or (thing.place and not thing.area) for thing in things):
        declaring.set_things(actor, things)
    rows = [_row(_key(solution, asset), declared[reading][1]) for asset, reading in pairs]
    if any(_differs(known.by_key.get(row.key), row) for row in rows):
        declaring.set_streams(actor, rows)


def _named(asset: str) -> bool:
    """Say whether an asset's identifier can be kept."""
    return 0 < len(asset) <= 150 and asset.isprintable()


def _stands(place: tuple[float, float] | None) -> bool:
    """Say whether a place, if given, is a longitude and a latitude on Earth."""
    return place is None or (isfinite(place[0]) and isfinite(place[1]) and abs(place[0]) <= 180 and abs(place[1]) <= 90)


def _row(thing: str, reading: Reading) -> StreamRow:
    return StreamRow(
        key=f"{thing}/{reading.key}",
        thing=thing,
        name=reading.name.as_dict(),
        reading=reading.key,
        means=reading.means,
        unit=reading.unit,
        interval=reading.interval,
        low=reading.low,
        high=reading.high,
        level=reading.level,
    )


def _differs(known: StreamRow | None, row: StreamRow) -> bool:
    return known is None or any(getattr(known, name) != getattr(row, name) for name in row.__struct_fields__ if name not in ("level", "keep"))
