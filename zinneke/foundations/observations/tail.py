"""The newest value of every stream, in memory: arrays indexed by stream number, changed only after a commit."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from zinneke.foundations.observations.engine import ObservationStore, Rows, Summary
from zinneke.foundations.observations.values import Flags, Floats, Int32s, Int64s

NEVER = np.iinfo(np.int64).min
"""The last time of a stream that has no rows."""


class Ends(NamedTuple):
    """What is known of some streams, one line each: first and last time, the value and quality at the last, number of rows."""

    first: Int64s
    last: Int64s
    values: Floats
    qualities: Flags
    rows: Int64s


class Tail:
    """The ends of every stream. Readers get copies taken under a lock, so that a time and its value belong together."""

    on_change: Callable[[Int32s], None] | None = None
    """Called with the streams of which something changed, after it did."""

    def __init__(self, store: ObservationStore | None) -> None:
        self._lock = threading.Lock()
        self._size = 0
        self._clock = time.time_ns()  # so that what was seen of an earlier tail is not taken for what is seen of this
        self._grow(1024)
        if store is not None:  # else another node has it, and tells
            self._set(store.summarise())
            self.drop(*store.dropped())

    def _grow(self, size: int) -> None:
        size = max(size, 2 * self._size)
        for name, kind, empty in (
            ("_first", np.int64, NEVER),
            ("_last", np.int64, NEVER),
            ("_values", np.float64, 0),
            ("_qualities", np.uint8, 0),
            ("_rows", np.int64, 0),
            ("_kept_from", np.int64, NEVER),
            ("_changed", np.int64, self._clock),
        ):
            grown = np.full(size, empty, kind)
            if self._size:
                grown[: self._size] = getattr(self, name)
            setattr(self, name, grown)
        self._size = size

    _first: Int64s
    _last: Int64s
    _values: Floats
    _qualities: Flags
    _rows: Int64s
    _kept_from: Int64s
    _changed: Int64s

    def _set(self, ends: Summary) -> None:
        at = ends.streams
        if len(at):
            if at.max() >= self._size:
                self._grow(int(at.max()) + 1)
            self._first[at], self._last[at], self._values[at] = ends.first, ends.last, ends.values
            self._qualities[at], self._rows[at] = ends.qualities, ends.rows

    def _note(self, streams: Int32s | int | slice) -> None:
        """Note that what is known of these streams changes now."""
        self._clock += 1
        self._changed[streams] = self._clock

    def cover(self, stream: int) -> None:
        """Make room for a stream number."""
        if stream >= self._size:
            with self._lock:
                self._grow(stream + 1)

    @property
    def highest(self) -> int:
        """Return the highest stream number that has rows, 0 when there is none."""
        known = np.flatnonzero(self._rows)
        return int(known[-1]) if len(known) else 0

    def known(self) -> Int32s:
        """Return the numbers of the streams that have rows, in order."""
        return np.flatnonzero(self._rows).astype(np.int32)

    def last(self, streams: Int32s) -> Int64s:
        """Return the last time of each of these, NEVER for one without rows (for the writer, who alone changes it)."""
        return self._last[streams]

    def kept_from(self, streams: Int32s) -> Int64s:
        """Return the moment before which each of these was dropped, NEVER for one of which nothing was."""
        return self._kept_from[streams]

    def drop(self, streams: Int32s, edges: Int64s) -> None:
        """Take in that what is older was dropped."""
        if len(streams):
            self.cover(int(streams.max()))
            self._kept_from[streams] = edges

    def ends(self, streams: Int32s) -> Ends:
        """Return what is known of these streams."""
        with self._lock:
            return self._ends(streams)

    def _ends(self, streams: Int32s) -> Ends:
        return Ends(self._first[streams], self._last[streams], self._values[streams], self._qualities[streams], self._rows[streams])

    def stand(self, streams: Int32s) -> tuple[Int64s, Ends]:
        """Return the same, and before it for each a number that is another whenever something of it has changed."""
        with self._lock:
            return self._changed[streams], self._ends(streams)

    def add(self, rows: Rows) -> None:
        """Take in rows that were committed, ordered by stream and then time."""
        if not len(rows.streams):
            return
        starts = np.flatnonzero(np.r_[True, rows.streams[1:] != rows.streams[:-1]])
        ends = np.r_[starts[1:], len(rows.streams)] - 1
        at = rows.streams[ends]
        with self._lock:
            self._note(at)
            known = self._last[at] != NEVER
            self._first[at] = np.where(known, np.minimum(self._first[at], rows.times[starts]), rows.times[starts])
            self._rows[at] += ends - starts + 1
            newer = rows.times[ends] > self._last[at]
            heard, at, ends = at, at[newer], ends[newer]
            self._last[at], self._values[at], self._qualities[at] = rows.times[ends], rows.values[ends], rows.qualities[ends]
        self._tell(heard)

    def revise(self, stream: int, moment: int, value: float, quality: int) -> None:
        """Take in a correction that was committed."""
        with self._lock:
            if self._last[stream] == moment:
                self._note(stream)
                self._values[stream], self._qualities[stream] = value, quality
        self._tell(np.array([stream], np.int32))

    def renew(self, streams: Int32s, summary: Summary) -> None:
        """Replace what is known of some streams, after rows were deleted."""
        with self._lock:
            self._note(streams)
            self._first[streams] = self._last[streams] = NEVER
            self._rows[streams] = 0
            self._set(summary)
        self._tell(streams)

    def cut(self, streams: Int32s, gone: Int64s, begin: tuple[Int32s, Int64s]) -> None:
        """Take in how many of the oldest rows of these streams were deleted, and where those that have others begin."""
        with self._lock:
            self._note(streams)
            self._rows[streams] -= gone
            self._first[streams] = NEVER
            self._first[begin[0]] = begin[1]
            none = streams[self._first[streams] == NEVER]
            self._last[none], self._rows[none] = NEVER, 0
        self._tell(streams)

    def replace(self, ends: Summary) -> None:
        """Take over what another node knows of some streams."""
        with self._lock:
            self._set(ends)
            self._note(ends.streams)

    def take_over(self, all_ends: Sequence[Summary]) -> None:
        """Take over everything that another node knows, in place of what is here."""
        with self._lock:
            self._first[:] = self._last[:] = NEVER
            self._rows[:] = 0
            for ends in all_ends:
                self._set(ends)
            self._note(slice(None))

    def _tell(self, streams: Int32s) -> None:
        if self.on_change is not None:
            self.on_change(streams)
