"""The words that the observations' store takes and gives. Pure: no framework, no storage."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from typing import Annotated, Any, Literal, NamedTuple, overload

import msgspec
import numpy as np
from numpy.typing import NDArray

from zinneke.kernel.confidentiality import Level

Int32s = NDArray[np.int32]
Int64s = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.uint8]
Truths = NDArray[np.bool_]

Step = Literal["raw", "minute", "hour", "day", "week", "month"]
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
UNREADABLE = -(2**63)
"""The time, in a batch, of an observation whose time could not be read."""
MOST_ROWS = 10_000
"""The most rows that one page of history holds."""


class Quality(IntEnum):
    """What is known against or for a value. `SUSPECT`: it jumped further than its stream plausibly can; it is kept all the same."""

    GOOD = 0
    SUSPECT = 1
    ESTIMATED = 2
    CORRECTED = 3


class Place(msgspec.Struct, frozen=True, gc=False):
    """Where a thing stands: degrees of longitude and latitude in WGS 84."""

    lon: Annotated[float, msgspec.Meta(ge=-180, le=180)]
    lat: Annotated[float, msgspec.Meta(ge=-90, le=90)]


class Thing(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Something in the city that measures. `key` is `<solution>/<its own identifier>`; `area` the commune's NIS code, "" when unknown."""

    key: str
    name: dict[str, str] = {}
    kind: str = ""
    solution: str = ""
    place: Place | None = None
    area: str = ""
    level: Level = Level.PUBLIC
    properties: dict[str, Any] = {}


ThingRow = Thing
"""What `set_things` takes; an `area` left empty is found from the place."""


class StreamRow(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A stream as it is declared: one reading of one thing.

    `unit` is a UCUM code, `means` the IRI of what is observed, `interval` the normal seconds between two values (0: irregular),
    `low` and `high` the plausible range, `jump` the largest plausible change between two values. `area` and `solution` are its thing's.
    `keep` is the days for which raw observations are kept (0: for ever); None: as its solution says.
    """

    key: str
    thing: str
    name: dict[str, str] = {}
    reading: str = ""
    means: str = ""
    unit: str = "1"
    interval: int = 0
    low: float | None = None
    high: float | None = None
    jump: float | None = None
    level: Level = Level.PUBLIC
    keep: int | None = None


class Stream(StreamRow, frozen=True, kw_only=True, gc=False):
    """A stream as it stands: its number, where and whose it is, and its first and last time and number of rows."""

    id: int
    solution: str = ""
    area: str = ""
    first: datetime | None = None
    last: datetime | None = None
    rows: int = 0


class Latest(msgspec.Struct, frozen=True):
    """The newest value of a stream, by the time it was observed, not the time it arrived."""

    stream: Stream
    thing: Thing
    time: datetime
    value: float
    quality: int = 0


class Wanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Of which streams one wants to hear: each field that is given narrows. `rules` narrows alerts to those of these rules, by their keys."""

    solution: str | None = None
    reading: str | None = None
    area: str | None = None
    things: tuple[str, ...] | None = None
    streams: tuple[int, ...] | None = None
    rules: tuple[str, ...] | None = None


class Unread(NamedTuple):
    """A time that could not be read: what was sent, and why it is not a time."""

    sent: str
    why: str


class Detail(NamedTuple):
    """What an observation is beyond a number at a moment: until when, a result that is no number, and what else was told. Documents are JSON.

    `feature` is the feature of interest when it is not where the thing stood; its value, when `result` is given, is not a number.
    """

    until: int | None = None
    result: str | None = None
    result_time: int | None = None
    valid_start: int | None = None
    valid_end: int | None = None
    quality: str | None = None
    parameters: str | None = None
    feature: int | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """Observations to take in, as columns of one length: stream numbers, microseconds since 1970 in UTC, values.

    A time that could not be read is UNREADABLE, and described in `unread` under its index; `details` are by index too.
    `revises`: another value for what is stored is a correction that the sender makes next, not for the quarantine; `whole`: all is stored or none.
    """

    streams: Int32s
    times: Int64s
    values: Floats
    unread: Mapping[int, Unread] = field(default_factory=dict)
    details: Mapping[int, Detail] = field(default_factory=dict)
    revises: bool = False
    whole: bool = False

    @classmethod
    def of(cls, rows: Sequence[tuple[int, datetime, float]]) -> Batch:
        """Make a batch from rows of stream, aware time and value."""
        times = [(time - EPOCH) // timedelta(microseconds=1) for _, time, _ in rows]
        streams = np.array([row[0] for row in rows], np.int32)
        return cls(streams, np.array(times, np.int64), np.array([row[2] for row in rows], np.float64))

    def only(self, chosen: Int64s) -> Batch:
        """Return these rows of it."""
        details = {at: self.details[index] for at, index in enumerate(chosen.tolist()) if index in self.details} if self.details else {}
        return Batch(self.streams[chosen], self.times[chosen], self.values[chosen], details=details)

    def __len__(self) -> int:
        return len(self.streams)


class Refusal(msgspec.Struct, frozen=True):
    """One observation that was not stored: its place in what was sent, why, and where (stream, field)."""

    index: int
    reason: str
    where: str = ""


class Receipt(msgspec.Struct):
    """What became of a batch, exactly: newly stored, already there with the same value, refused. Given only after the commit.

    `refused` lists up to a thousand; `refusals` counts all.
    """

    stored: int = 0
    duplicates: int = 0
    refusals: int = 0
    refused: list[Refusal] = []

    def __iadd__(self, other: Receipt) -> Receipt:
        self.stored += other.stored
        self.duplicates += other.duplicates
        self.refusals += other.refusals
        self.refused = (self.refused + other.refused)[:1000]
        return self


class Point(msgspec.Struct, frozen=True):
    """One observation of a history; `time` in UTC."""

    time: datetime
    value: float
    quality: int = 0


class Bucket(msgspec.Struct, frozen=True):
    """What a stream observed in one step of time, which begins at `time`, in the city's time. `flagged` are those whose quality is not 0."""

    time: datetime
    mean: float
    min: float
    max: float
    count: int
    sum: float
    flagged: int = 0


class Gap(msgspec.Struct, frozen=True):
    """A silence inside a history: nothing between these two moments, at which something was observed or a step began."""

    after: datetime
    before: datetime


class History(msgspec.Struct, frozen=True, kw_only=True):
    """A stream's values over a period: `points` when the step is raw, else `buckets`; steps without a value are absent and listed in `gaps`.

    `interval` is the stream's normal seconds between two values; `next` the moment from which to ask for what follows. `as_of` is the moment
    as of which it is told; what is before `raw_from`, where it is given, is there by steps of an hour or longer only.
    """

    stream: Stream
    step: Step
    start: datetime
    end: datetime
    interval: int
    points: list[Point] = []
    buckets: list[Bucket] = []
    gaps: list[Gap] = []
    next: datetime | None = None
    as_of: datetime | None = None
    raw_from: datetime | None = None


class AlertState(msgspec.Struct, frozen=True, kw_only=True):
    """An alert: which rule spoke about which stream, what it said, since when, until when (None: still)."""

    stream: int
    thing: str
    thing_name: dict[str, str]
    solution: str
    area: str
    rule: str
    name: dict[str, str]
    sentence: dict[str, str]
    status: str
    value: float | None
    since: datetime
    until: datetime | None = None


class Revision(msgspec.Struct, frozen=True):
    """An earlier value of an observation: what it was until when, who replaced it and why."""

    value: float
    quality: int
    until: datetime
    who: str
    why: str


class Path(msgspec.Struct, frozen=True):
    """A property as a question names it: links to follow, then the property, then members inside it: `Datastream`, `Thing`, `name`."""

    steps: tuple[str, ...]


class Period(NamedTuple):
    """A span of time: microseconds since 1970."""

    start: int
    end: int


class Given(msgspec.Struct, frozen=True):
    """A value that a question gives. `kind` says what it is: number, text, truth, time, period, duration, geometry (WKB), null."""

    kind: str
    value: Any = None


class Apply(msgspec.Struct, frozen=True):
    """An operator or a function over operands: `eq`, `and`, `substringof`, `geo.distance`."""

    function: str
    operands: tuple[Node, ...]


Node = Path | Given | Apply


class Order(msgspec.Struct, frozen=True):
    """By what a page is ordered."""

    by: Node
    descending: bool = False


class Parent(msgspec.Struct, frozen=True):
    """The entity from which a link is followed."""

    set: str
    id: int | str
    link: str


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked of one set of entities. `after` holds the values of `order`, and the id, of the last one seen; `expand` leads on by link."""

    set: str
    ids: tuple[int | str, ...] | None = None
    parent: Parent | None = None
    where: Node | None = None
    order: tuple[Order, ...] = ()
    top: int = 100
    skip: int = 0
    count: bool = False
    after: tuple[Any, ...] | None = None
    expand: tuple[tuple[str, Question], ...] = ()
    language: str = "en"


@dataclass(slots=True)
class Entity:
    """One entity: its id, its properties, and what was asked to be brought along by its links."""

    id: int | str
    values: dict[str, Any]
    linked: dict[str, Answered | Entity | None] = field(default_factory=dict)


@dataclass(slots=True)
class Answered:
    """A page of entities; `next` is the `after` of the page that follows, None on the last."""

    set: str
    entities: list[Entity]
    count: int | None = None
    next: tuple[Any, ...] | None = None


class Draft(msgspec.Struct, frozen=True):
    """An entity as somebody sends it: its properties, and by its links other drafts, or the ids of entities that are there.

    Moments are microseconds since 1970, periods `Period`; documents are as JSON gave them.
    """

    set: str
    values: Mapping[str, Any]
    links: Mapping[str, tuple[Draft | int | str, ...]] = {}


class Moments(Sequence[datetime]):
    """Moments in UTC kept as microseconds since 1970, made into `datetime` only when looked at."""

    __slots__ = ("microseconds",)

    def __init__(self, microseconds: Int64s) -> None:
        self.microseconds = microseconds

    def __len__(self) -> int:
        return len(self.microseconds)

    @overload
    def __getitem__(self, index: int) -> datetime: ...
    @overload
    def __getitem__(self, index: slice) -> Moments: ...
    def __getitem__(self, index: int | slice) -> datetime | Moments:
        if isinstance(index, slice):
            return Moments(self.microseconds[index])
        return EPOCH + timedelta(microseconds=int(self.microseconds[index]))

    def __iter__(self) -> Iterator[datetime]:
        return (EPOCH + timedelta(microseconds=moment) for moment in self.microseconds.tolist())

    def __eq__(self, other: object) -> bool:
        return list(self) == list(other) if isinstance(other, Sequence) else NotImplemented

    __hash__ = None  # type: ignore[assignment]
