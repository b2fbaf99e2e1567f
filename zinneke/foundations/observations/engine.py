"""What a store of observations must be able to do, whichever engine keeps the rows.

Times are microseconds since 1970 in UTC. One thread at a time calls the writing methods; any number may read meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from zinneke.foundations.observations.values import Detail, Flags, Floats, Int32s, Int64s, Step


class Rows(NamedTuple):
    """Observations as columns of one length."""

    streams: Int32s
    times: Int64s
    values: Floats
    qualities: Flags


class Found(NamedTuple):
    """Which of the asked keys are stored: their positions in the question, and the values they have."""

    positions: Int64s
    values: Floats


class Summary(NamedTuple):
    """One line a stream: its first and last time, the value and quality at the last, the number of rows."""

    streams: Int32s
    first: Int64s
    last: Int64s
    values: Floats
    qualities: Flags
    rows: Int64s


@dataclass(frozen=True, slots=True)
class Buckets:
    """One line a step of time in which something was observed, in order; `flagged` counts what is not simply good."""

    times: Int64s
    mean: Floats
    low: Floats
    high: Floats
    count: Int64s
    total: Floats
    flagged: Int64s


@dataclass(frozen=True, slots=True)
class Earlier:
    """A value that a correction replaced."""

    value: float
    quality: int
    until: int
    who: str
    why: str
    detail: str | None = None
    """What else was told of it, as JSON."""


FIRST, LAST = -(2**63), 2**63 - 1


class Bound(NamedTuple):
    """Which observations, and what was told beside them, a statement can need at the most; never fewer.

    Those with start ≤ time < end of these streams (None: of any), no more than `most` of each, the first or the latest ones. With `times`,
    one for each of the streams, those keys alone; with `since`, a key, nothing that is kept before it in the order of stream and time.
    """

    streams: Int32s | None = None
    start: int = FIRST
    end: int = LAST
    most: int | None = None
    latest: bool = False
    times: Int64s | None = None
    since: tuple[int, int] | None = None


Details = Mapping[tuple[int, int], Detail]
"""What observations are beyond a number at a moment, by stream and time."""


class ObservationStore(Protocol):
    """Rows of (stream, time) → value and quality, the values that corrections replaced, and roll-ups of what was dropped.

    `as_of`, where given, is a moment: what was heard or corrected since then is read as if it had not been.
    """

    def append(self, rows: Rows, details: Details | None = None) -> None:
        """Store rows whose keys are not yet there, all or none, and return when they survive a power cut."""

    def details(self, streams: Int32s, times: Int64s) -> Details:
        """Return what is known of these keys beyond their value."""

    def find(self, streams: Int32s, times: Int64s) -> Found:
        """Say which of these keys are stored, and with which value."""

    def detailed(self, streams: Int32s) -> bool:
        """Say whether anything is known of any of these streams beyond values."""

    def revise(self, stream: int, time: int, value: float, quality: int, earlier: Earlier, detail: Detail | None = None) -> None:
        """Give a stored key another value, and other details when they are given, and keep the earlier one: all or nothing."""

    def remove(self, streams: Int32s, times: Int64s) -> int:
        """Delete these keys with their revisions and details; return how many there were."""

    def revisions(self, stream: int, time: int) -> list[Earlier]:
        """Return what a key was before, oldest first."""

    def summarise(self, streams: Int32s | None = None, as_of: int | None = None) -> Summary:
        """Return one line for each stream, or for each of these, that has rows."""

    def read(self, stream: int, start: int, end: int, limit: int, as_of: int | None = None) -> Rows:
        """Return one stream's rows with start ≤ time < end in time order, at most `limit`."""

    def read_many(self, streams: Int32s, start: int, end: int, limit: int, as_of: int | None = None) -> Rows:
        """Return several streams' rows with start ≤ time < end, by stream then time, at most `limit`."""

    def bucket(self, stream: int, start: int, end: int, step: Step, zone: str, limit: int, as_of: int | None = None) -> Buckets:
        """Return one stream's rows with start ≤ time < end by steps of local time, at most `limit` steps; of what was dropped, its roll-ups."""

    @property
    def reflected(self) -> str | None:
        """Return the stamp of the records whose entities stand beside the rows."""

    def reflect(self, stamp: str, parts: Iterable[Mapping[str, Any]]) -> None:
        """Replace the tables of entities (Arrow, by name) by these parts of them, all at once."""

    def amend(self, stamp: str, tables: Mapping[str, Any], gone: Sequence[str], touched: Any) -> None:
        """Take rows out of the tables of entities by statements over `touched` (Arrow), and put others in, all at once."""

    def find_about(self, feature: int) -> tuple[Int32s, Int64s]:
        """Return the keys of what was told to be about a feature."""

    def select(
        self, sql: str, values: Mapping[str, object], relations: Mapping[str, Any], bound: Callable[[], Bound] = Bound
    ) -> list[tuple[Any, ...]]:
        """Run a statement that `entities` made, with its values by name and further tables (Arrow).

        It reads `mirror`, `observation` and `detail` as far as `bound` says, and all of `told_results` (stream, result_time) and
        `told_about` (stream, feature).
        """

    at_once: int
    """How many rows one deletion may take, so that what is stored meanwhile does not wait for long."""

    def drop_before(self, streams: Int32s, time: int, grain: int = 0) -> tuple[Int32s, Int64s]:
        """Delete these streams' rows and revisions older than `time`, for good; return how many rows of which streams.

        Roll-ups of them by `grain` microseconds, where it is given, are kept.
        """

    def begin(self, streams: Int32s, since: int) -> tuple[Int32s, Int64s]:
        """Return which of these streams have rows, and since when; `since` is a moment before which none of them has any."""

    def dropped(self) -> tuple[Int32s, Int64s]:
        """Return of which streams `drop_before` deleted what is older than which moment."""

    def drop(self, streams: Int32s) -> int:
        """Delete every row of these streams; return how many."""

    def hold(self) -> Path | None:
        """Return a file that holds every row stored so far and does not change until `release`, None when the rows are elsewhere."""

    def release(self) -> None:
        """End what `hold` began."""

    def close(self) -> None:
        """Write what is pending and let go of the files."""
