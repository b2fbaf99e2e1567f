"""Observations as they come over HTTP, turned into columns without a step per row where nothing is wrong."""

from __future__ import annotations

from typing import Annotated

import msgspec
import numpy as np
import pyarrow as pa

from zinneke.foundations.observations.values import UNREADABLE, Batch, Floats, Int32s, Int64s, Unread
from zinneke.kernel.period import read_moment, to_microseconds
from zinneke.kernel.problem import Problem, wrong

Number = Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)]
Micros = Annotated[int, msgspec.Meta(ge=-(2**62), le=2**62)]
MOST = 100_000
MOST_ARROW = 1_000_000
"""Rows that one request takes as Arrow."""


class SentObservation(msgspec.Struct, forbid_unknown_fields=True):
    """One observation: the number of its stream, its time (ISO 8601 with an offset, or microseconds since 1970), its value."""

    stream: Number
    time: str | Micros
    value: float


class SentObservations(msgspec.Struct, forbid_unknown_fields=True):
    """Observations to store: either a list of objects, or three columns of one length, which is shorter."""

    observations: list[SentObservation] | None = None
    streams: list[Number] | None = None
    times: list[str | Micros] | None = None
    values: list[float] | None = None


def read(sent: SentObservations) -> Batch:
    """Return what was sent as a batch. Raises `Problem` 400 when it has neither form, or both, or columns of unequal length."""
    if sent.observations is not None:
        if sent.streams is not None or sent.times is not None or sent.values is not None:
            raise wrong("Send either observations, or streams, times and values; not both.", where="observations", stored=0)
        rows = sent.observations
        return batch([row.stream for row in rows], [row.time for row in rows], [row.value for row in rows])
    if sent.streams is None or sent.times is None or sent.values is None:
        raise wrong("Send observations, or the three columns streams, times and values.", where="observations", stored=0)
    if not len(sent.streams) == len(sent.times) == len(sent.values):
        lengths = f"{len(sent.streams)}, {len(sent.times)} and {len(sent.values)}"
        raise wrong(f"The columns streams, times and values have {lengths} entries. They need the same number.", where="streams", stored=0)
    return batch(sent.streams, sent.times, sent.values)


def batch(streams: list[int], times: list[str | int], values: list[float]) -> Batch:
    """Return columns of one length as a batch; times that cannot be read are told in it. Raises `Problem` 413 for too many rows."""
    if len(streams) > MOST:
        raise Problem(413, "Too many observations", f"One request takes {MOST:,} observations at the most; nothing was stored.", stored=0)
    moments, unread = read_times(times)
    return Batch(np.array(streams, np.int32), moments, np.array(values, np.float64), unread)


def read_times(times: list[str | int]) -> tuple[Int64s, dict[int, Unread]]:
    """Return times as microseconds since 1970 in UTC, UNREADABLE for those that are not times, with what was sent and why."""
    try:
        return _at_once(times), {}
    except pa.ArrowException:
        return _one_by_one(times)


def _at_once(times: list[str | int]) -> Int64s:
    if len(times) == 1 and isinstance(times[0], int):
        return np.array(times, np.int64)
    if times and isinstance(times[0], int):
        return np.array(pa.array(times, pa.int64()))
    return np.array(pa.array(times, pa.string()).cast(pa.timestamp("us", "UTC")).cast(pa.int64()))


def _one_by_one(times: list[str | int]) -> tuple[Int64s, dict[int, Unread]]:
    moments, unread = np.empty(len(times), np.int64), {}
    for at, time in enumerate(times):
        try:
            moments[at] = time if isinstance(time, int) else to_microseconds(read_moment(time))
        except (Problem, OverflowError) as fault:
            try:
                moments[at] = _at_once([time])[0]
            except pa.ArrowException:
                moments[at] = UNREADABLE
                unread[at] = Unread(str(time)[:60], str(fault))
    return moments, unread


def read_arrow(body: bytes) -> Batch:
    """Return an Arrow IPC stream with the columns stream, time and value as a batch. Raises `Problem` 400 or 413."""
    parts, rows = [], 0
    try:
        with pa.ipc.open_stream(body) as stream:
            if missing := [name for name in ("stream", "time", "value") if stream.schema.get_field_index(name) < 0]:
                raise wrong(f"The stream has no column {', '.join(missing)}. It needs stream, time and value.", where=missing[0], stored=0)
            for part in stream:
                rows += part.num_rows
                if rows > MOST_ARROW:
                    raise Problem(
                        413, "Too many observations", f"One request takes {MOST_ARROW:,} observations at the most; nothing was stored.", stored=0
                    )
                part.validate(full=True)
                parts.append(_columns(part))
    except (pa.ArrowException, OSError, ValueError, KeyError, TypeError) as fault:
        told = f"The body is not an Arrow IPC stream of stream (int32), time (timestamp with a zone, or microseconds) and value (double): {fault}"
        raise wrong(told[:400], stored=0) from None
    streams, times, values = (np.concatenate([part[at] for part in parts]) if parts else np.empty(0) for at in range(3))
    return Batch(streams.astype(np.int32, copy=False), times.astype(np.int64, copy=False), values.astype(np.float64, copy=False))


def _columns(part: pa.RecordBatch) -> tuple[Int32s, Int64s, Floats]:
    times = part.column("time")
    if pa.types.is_timestamp(times.type):
        if times.type.tz is None:
            raise ValueError("the column time has no zone")
        times = times.cast(pa.timestamp("us", times.type.tz)).cast(pa.int64())
    columns = part.column("stream").cast(pa.int32()), times.cast(pa.int64()), part.column("value").cast(pa.float64())
    if any(column.null_count for column in columns):
        raise ValueError("a column has empty cells")
    return columns[0].to_numpy(), columns[1].to_numpy(), columns[2].to_numpy()
