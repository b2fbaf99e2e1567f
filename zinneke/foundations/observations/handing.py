"""Between a node that takes observations in and the one that stores them: a batch on its way, and what became of it on the way back."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import msgspec
import numpy as np

from zinneke.foundations.observations.singles import One
from zinneke.foundations.observations.values import Batch, Detail, Flags
from zinneke.kernel.bus import Bus
from zinneke.kernel.problem import Problem

log = logging.getLogger(__name__)
QUEUE = "observations"
MOST_ROWS = 20_000
"""Rows that travel together; what is more goes in parts, so that many are on their way at once."""
MOST_AT_ONCE = 100_000
"""Rows of those that came together that are stored in one commit."""
SILENCE = 5.0
"""Seconds without a word of the main node after which it counts as away."""


class _Handed(msgspec.Struct):
    streams: bytes
    times: bytes
    values: bytes
    details: dict[int, tuple[Any, ...]]
    whole: bool = False


class _Told(msgspec.Struct):
    """What became of each row, or why nothing was stored: status, title, sentence, headers, further members."""

    fates: bytes = b""
    problem: tuple[int, str, str, dict[str, str], dict[str, Any]] | None = None


def written(batch: Batch) -> bytes:
    """Return a batch as bytes."""
    details = {at: tuple(detail) for at, detail in batch.details.items()}
    return msgspec.msgpack.encode(_Handed(batch.streams.tobytes(), batch.times.tobytes(), batch.values.tobytes(), details, batch.whole))


def read(payload: bytes) -> Batch:
    """Return the batch that was written."""
    sent = msgspec.msgpack.decode(payload, type=_Handed)
    details = {at: Detail(*detail) for at, detail in sent.details.items()}
    columns = np.frombuffer(sent.streams, np.int32), np.frombuffer(sent.times, np.int64), np.frombuffer(sent.values, np.float64)
    return Batch(*columns, details=details, whole=sent.whole)


def elsewhere() -> Problem:
    """Return the answer for what only the node can do that has the stores."""
    told = "This node takes observations in and knows the newest ones. Ask the main node for this."
    return Problem(421, "Not at this node", told)


class Elsewhere:
    """Stands where a store does in a node that has none: whatever is asked of it, the main node has it."""

    def __getattr__(self, name: str) -> Any:
        raise elsewhere()

    def close(self) -> None:
        """Nothing is open."""


class Handing:
    """Stands where the writer does in a node that has no store: it hands batches over, and returns when they are stored there."""

    waiting = 0

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._parts = ThreadPoolExecutor(8, "observations-handing")
        self._heard = -SILENCE

    def heard(self) -> None:
        """Note that the main node said something."""
        self._heard = time.monotonic()

    @property
    def ready(self) -> bool:
        """Say whether the main node is there."""
        return self._bus.connected and time.monotonic() - self._heard < SILENCE

    def take(self, batch: Batch) -> Flags:
        """Have a batch stored and return what became of each row. Raises `Problem` 503 when the main node is away, or what it raises."""
        if not self.ready:
            told = "The node that stores cannot be reached. Nothing of this was stored: send it again."
            raise Problem(503, "The main node is away", told, {"Retry-After": "5"})
        if (len(batch) <= MOST_ROWS or batch.whole) and len(payload := written(batch)) <= self._bus.largest:
            return self._handed(payload)
        if len(batch) == 1:
            raise Problem(413, "Too large", f"One observation has {self._bus.largest:,} bytes at the most here.")
        if batch.whole:
            raise Problem(413, "Too large", f"What is stored whole or not at all has {self._bus.largest:,} bytes at the most here.")
        size = min(MOST_ROWS, -(-len(batch) // 2))
        parts = [batch.only(np.arange(start, min(start + size, len(batch)))) for start in range(0, len(batch), size)]
        if len(parts) > 2:
            return np.concatenate(list(self._parts.map(self.take, parts)))
        return np.concatenate([self.take(part) for part in parts])

    def _handed(self, payload: bytes) -> Flags:
        told = msgspec.msgpack.decode(self._bus.hand(QUEUE, payload), type=_Told)
        if told.problem is not None:
            status, title, detail, headers, extra = told.problem
            raise Problem(status, title, detail, headers, **extra)
        return np.frombuffer(told.fates, np.uint8)

    def do(self, job: Callable[[], Any]) -> Any:
        """Refuse: corrections and deletions are done where the store is."""
        raise elsewhere()

    def close(self) -> None:
        """Let go of the threads; nothing waits here."""
        self._parts.shutdown(wait=True)


def store_handed(payloads: Sequence[bytes], commit: Callable[[Batch], Flags]) -> list[bytes | None]:
    """Store batches that were handed over, several in one commit, and say what became of each; one that fails is refused alone."""
    read_of = [_readable(payload) for payload in payloads]
    told = iter(_stored_in_parts([batch for batch in read_of if batch is not None], commit))
    return [_failed() if batch is None else next(told) for batch in read_of]


def _readable(payload: bytes) -> Batch | None:
    try:
        return read(payload)
    except Exception:
        log.exception("a batch that was handed over cannot be read")
        return None


def _stored_in_parts(batches: Sequence[Batch], commit: Callable[[Batch], Flags]) -> list[bytes]:
    told: list[bytes] = []
    start = 0
    while start < len(batches):
        end, rows = start + 1, len(batches[start])
        while end < len(batches) and not (batches[start].whole or batches[end].whole) and rows + len(batches[end]) <= MOST_AT_ONCE:
            rows, end = rows + len(batches[end]), end + 1
        told += _stored(batches[start:end], commit)
        start = end
    return told


def _stored(batches: Sequence[Batch], commit: Callable[[Batch], Flags]) -> list[bytes]:
    joined, edges = joined_of(batches)
    try:
        fates = commit(joined)
    except Problem as problem:  # nothing of it was stored, and whoever sent it is told why
        return [_refused(problem)] * len(batches)
    except Exception:
        if len(batches) > 1:  # one of them may be at fault, and the others shall not wait for it
            return [told for batch in batches for told in _stored([batch], commit)]
        log.exception("a batch that was handed over could not be stored")
        return [_failed()]
    return [msgspec.msgpack.encode(_Told(part.tobytes())) for part in np.split(fates, edges[1:-1])]


def _refused(problem: Problem) -> bytes:
    return msgspec.msgpack.encode(_Told(problem=(problem.status, problem.title, problem.detail, problem.headers, problem.extra)))


def _failed() -> bytes:
    told = "The node that stores failed at this, and wrote down why. Send it again; if it fails again, tell who runs the platform."
    return _refused(Problem(500, "It failed", told))


def columns(ones: Sequence[One]) -> Batch:
    """Return single observations as a batch."""
    streams, times, values = ([getattr(one, name) for one in ones] for name in ("stream", "time", "value"))
    return Batch(np.array(streams, np.int32), np.array(times, np.int64), np.array(values, np.float64))


def joined_of(parts: Sequence[Batch | One]) -> tuple[Batch, list[int]]:
    """Return batches as one, and where each begins in it, and the end."""
    ones = [part for part in parts if isinstance(part, One)]
    if len(ones) == len(parts):
        return columns(ones), list(range(len(ones) + 1))
    batches = [columns([part]) if isinstance(part, One) else part for part in parts]
    edges = [0, *np.cumsum([len(batch) for batch in batches]).tolist()]
    if len(batches) == 1:
        return batches[0], edges
    unread = {start + at: told for batch, start in zip(batches, edges, strict=False) for at, told in batch.unread.items()}
    details = {start + at: told for batch, start in zip(batches, edges, strict=False) for at, told in batch.details.items()}
    streams, times, values = (np.concatenate([getattr(batch, name) for batch in batches]) for name in ("streams", "times", "values"))
    return Batch(streams, times, values, unread, details), edges
