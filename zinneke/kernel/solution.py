"""What a smart solution declares. From this the platform makes pages, ingestion, standards, catalogue entries and roles."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from zinneke.kernel.confidentiality import Level, Right
from zinneke.kernel.text import Text

Domain = Literal["environment", "people", "living", "government", "economy", "mobility"]
DOMAINS: tuple[Domain, ...] = ("environment", "people", "living", "government", "economy", "mobility")
Shape = Literal["point", "line", "area"]
Status = Literal["good", "watch", "act", "unknown"]


@dataclass(frozen=True, slots=True)
class Sample:
    """One value as a source sends it: whose (`asset` is the source's own identifier), which reading, when (aware), how much.

    The name, place and properties of the asset may come along; the platform registers an asset when first heard of.
    """

    asset: str
    reading: str
    time: datetime
    value: float
    name: Text | None = None
    place: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """Something an asset measures: `unit` in UCUM, `means` the IRI that defines it, `low` and `high` its plausible range.

    `interval` is the normal time between two values in seconds; silence of three times as long is shown as silence.
    """

    key: str
    name: Text
    unit: str
    means: str
    low: float
    high: float
    interval: int = 3600
    level: Level = Level.PUBLIC


@dataclass(frozen=True, slots=True)
class Asset:
    """A kind of thing in the city. `model` is the published model it follows (Smart Data Models or another)."""

    key: str
    name: Text
    model: str
    readings: tuple[Reading, ...]
    shape: Shape = "point"
    level: Level = Level.PUBLIC


@dataclass(frozen=True, slots=True)
class Source:
    """Where samples come from: one pure function from bytes to samples is all that differs between two makes of sensor.

    `address` is the publisher's live endpoint ("" when it only comes from files or devices).
    """

    key: str
    name: Text
    decode: Callable[[bytes], Iterable[Sample]]
    publisher: str
    licence: str
    transport: Literal["http", "mqtt", "file"] = "http"
    address: str = ""


@dataclass(frozen=True, slots=True)
class Series:
    """What an indicator is given: one asset's reading in time order, with the asset's name, place and area."""

    asset: str
    name: Text
    reading: str
    times: Sequence[datetime]
    values: Sequence[float]
    place: tuple[float, float] | None = None
    area: str = ""


@dataclass(frozen=True, slots=True)
class Indicator:
    """A figure with a label, a unit and a source. A new definition is a second one with the same key and a later `since`.

    `formula` takes the series of `reading` over `window` seconds and gives a number, or None when it cannot say.
    """

    key: str
    name: Text
    unit: str
    reading: str
    formula: Callable[[Sequence[Series]], float | None]
    source: Text | str
    window: int = 86_400
    target: float | None = None
    since: date = date(2020, 1, 1)
    lower_is_better: bool = True


@dataclass(frozen=True, slots=True)
class Profile:
    """How a reading usually runs, drawn as bars with a table: by hour of the day, by day of the week, by month.

    `formula` takes the series of `reading` over `window` seconds and gives one number for each of `labels`, None where it cannot say.
    """

    key: str
    name: Text
    reading: str
    unit: str
    labels: tuple[Text, ...]
    formula: Callable[[Sequence[Series]], Sequence[float | None]]
    window: int = 28 * 86_400


@dataclass(frozen=True, slots=True)
class Class:
    """A class of a map layer or an index: values up to and including `upto` belong to it; status gives shape and colour."""

    upto: float
    name: Text
    status: Status
    colour: str = ""


@dataclass(frozen=True, slots=True)
class Layer:
    """A map layer: which asset, coloured by which reading, in which classes, from low to high."""

    key: str
    name: Text
    asset: str
    reading: str
    classes: tuple[Class, ...]


@dataclass(frozen=True, slots=True)
class Alert:
    """A rule that speaks up: `check` takes a reading's latest value and gives a sentence, or None while all is well."""

    key: str
    name: Text
    reading: str
    check: Callable[[float], Text | None]
    status: Status = "act"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the page of a solution says in its first second: a sentence, how things stand, and a list to act on."""

    sentence: Text
    status: Status = "unknown"
    rows: tuple[AnswerRow, ...] = ()


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """One line under the answer: an asset, a value with its unit, and what it means or asks."""

    asset: str
    name: Text
    value: float
    unit: str
    note: Text
    status: Status = "unknown"


@dataclass(frozen=True, slots=True)
class Role:
    """A role that the solution brings: rights on this solution only."""

    key: str
    name: Text
    rights: frozenset[Right]
    level: Level = Level.PUBLIC


@dataclass(frozen=True, slots=True, kw_only=True)
class Solution:
    """A smart solution, whole. See `docs/solutions.md`; `zinneke check` lists its faults.

    `answer` takes the series of every reading by key, over the `window` seconds that end with the newest value of the
    solution, and says how things stand. `keep` is days of raw observations (0: for ever). `speaks` are keys of standards.
    """

    key: str
    name: Text
    purpose: Text
    domain: Domain
    assets: tuple[Asset, ...]
    sources: tuple[Source, ...]
    answer: Callable[[Mapping[str, Sequence[Series]]], Answer]
    how: Text
    window: int = 2 * 86_400
    indicators: tuple[Indicator, ...] = ()
    profiles: tuple[Profile, ...] = ()
    layers: tuple[Layer, ...] = ()
    alerts: tuple[Alert, ...] = ()
    roles: tuple[Role, ...] = ()
    speaks: frozenset[str] = frozenset()
    keep: int = 0
    icon: str = "circle-dot"
    datasets: tuple[str, ...] = ()

    def reading(self, key: str) -> Reading:
        """Return one of the declared readings. Raises KeyError."""
        for asset in self.assets:
            for reading in asset.readings:
                if reading.key == key:
                    return reading
        raise KeyError(key)

    @property
    def readings(self) -> tuple[Reading, ...]:
        """Return every reading of every asset."""
        return tuple(reading for asset in self.assets for reading in asset.readings)

    @property
    def subject(self) -> str:
        """Return the subject under which rights on this solution are granted."""
        return f"observations.{self.key}"
