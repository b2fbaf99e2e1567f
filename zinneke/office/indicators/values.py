"""What the room takes and gives: sheets, indicators, values, standings, gaps. Texts are `{fr, nl, en}`; units are UCUM codes.

A period is written `2023`, `2023-Q4`, `2023-11`, `2023-11-20`, `2020-06/2021-05`, or is empty where the source does not state one.
An area is a commune's NIS code, or empty for the whole Region.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

import msgspec

from zinneke.kernel.confidentiality import Level
from zinneke.kernel.text import choose
from zinneke.office.indicators.measures import Measure

Words = dict[str, str]
Key = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]
Kind = Literal["input", "process", "output", "outcome", "impact"]
Frequency = Literal["once", "day", "month", "quarter", "year", "irregular"]
Better = Literal["", "up", "down"]
State = Literal["proposed", "review", "returned", "refused", "validated", "retired"]
ValueState = Literal["draft", "validated", "refused", "replaced"]
Status = Literal["good", "watch", "act", "unknown"]
Absence = Literal["", "zero_divisor", "no_divisor", "no_data", "too_few", "no_earlier"]
Problems = tuple[str, ...]


class Waypoint(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A value at a period: the baseline, or a step on the path to the target."""

    period: str
    value: float


class Objective(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A promise that can be checked: what is promised, the value, by when, the steps on the way, and the public plan that promises it."""

    says: Words
    value: float
    period: str
    path: tuple[Waypoint, ...] = ()
    plan: Words = {}


class Sheet(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """The definition of an indicator, as it is proposed and validated; another definition is another version.

    `domain` is one of the six, or empty for a general one; `references` are numbers in other catalogues (iso37120, iso37122, u4ssc,
    sdg); `expected` the dimensions by which it ought to be known; `quality` the grade of six, 1 the best; `better` whether more or
    less is better; `tolerance` how far, in its unit, a value may be off the path before somebody must act; `signed` that it may be
    below nought. `low` and `high` bound what is plausible. `accept` says which values need nobody to look at them: `computed` ones
    within those bounds, or none. `delay` is how many days after a period its value is due.
    """

    name: Words
    definition: Words
    unit: str
    owner: Key
    owner_name: Words = {}
    formula: Words = {}
    source: Words = {}
    frequency: Frequency = "year"
    kind: Kind = "outcome"
    domain: str = ""
    challenges: tuple[str, ...] = ()
    audiences: tuple[str, ...] = ()
    references: dict[str, str] = {}
    expected: tuple[str, ...] = ("commune",)
    baseline: Waypoint | None = None
    objective: Objective | None = None
    better: Better = ""
    tolerance: float = 0
    quality: Annotated[int, msgspec.Meta(ge=1, le=6)] = 6
    misses: Words = {}
    signed: bool = False
    low: float | None = None
    high: float | None = None
    accept: Literal["each", "computed"] = "each"
    delay: Annotated[int, msgspec.Meta(ge=0, le=1500)] = 365
    measure: Measure | None = None
    level: Level = Level.PUBLIC

    def title(self, language: str) -> str:
        """Return the name in a language."""
        return choose(self.name, language)[0]


class Decision(msgspec.Struct, frozen=True):
    """Who decided what, when and on which evidence. `who` is a key; a person's name is looked up, for they may have left."""

    deed: str
    who: str
    organisation: str
    at: datetime
    why: str
    version: int = 0


class Version(msgspec.Struct, frozen=True):
    """One definition: from which period on it holds (empty: from the beginning), what became of it, and why it was made."""

    number: int
    since: str
    state: State
    sheet: Sheet
    reason: str
    created: datetime


class Indicator(msgspec.Struct, frozen=True, kw_only=True):
    """An indicator as somebody may see it: the definition in force, where it stands in its life, and what is next.

    `sheet` is the validated one, or the open one before there is a validated one. `open` is the number of a version under way, 0 without.
    `revision` is for whoever edits it: it has changed when somebody else was quicker. `areas` and `dimensions` are what its values tell
    apart; `home` is the area that it is about: the Region, or the one commune of which alone there are values.
    """

    key: str
    state: State
    owner: str
    level: Level
    area: str
    version: int
    open: int
    revision: int
    sheet: Sheet
    since: str
    created: datetime
    changed: datetime
    validated: datetime | None = None
    evidence: str = ""
    reason: str = ""
    successor: str = ""
    due: date | None = None
    updated: datetime | None = None
    latest: str = ""
    home: str = ""
    areas: int = 0
    dimensions: tuple[str, ...] = ()
    measured: bool = False
    fault: str = ""

    def title(self, language: str) -> str:
        """Return the name in a language."""
        return self.sheet.title(language)

    def late(self, today: date) -> bool:
        """Say whether an update is overdue."""
        return self.state == "validated" and self.due is not None and self.due < today


class ValueRow(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A value as somebody enters it; `quality` 0 takes the grade of the sheet."""

    period: str
    value: float | None
    area: str = ""
    dimension: str = ""
    low: float | None = None
    high: float | None = None
    quality: Annotated[int, msgspec.Meta(ge=0, le=6)] = 0
    note: str = ""


class Value(msgspec.Struct, frozen=True, kw_only=True):
    """A value as it is kept. `absent` says why there is none; `provenance` from what it came; `ended` when another took its place."""

    id: int
    period: str
    area: str
    dimension: str
    value: float | None
    absent: Absence
    low: float | None
    high: float | None
    quality: int
    state: ValueState
    version: int
    unit: str
    provenance: dict[str, Any]
    entered: datetime
    entered_by: str
    decided: datetime | None = None
    decided_by: str = ""
    evidence: str = ""
    ended: datetime | None = None
    why_ended: str = ""


class Point(msgspec.Struct, frozen=True):
    """One point of a series."""

    period: str
    start: date
    value: float | None
    low: float | None = None
    high: float | None = None
    quality: int = 6
    version: int = 1
    unit: str = "1"
    state: ValueState = "validated"


class Series(msgspec.Struct, frozen=True):
    """The values of an indicator in one area, in order of time. A change of `version` is a break that charts should show."""

    area: str
    dimension: str
    points: tuple[Point, ...]


class Trend(msgspec.Struct, frozen=True):
    """The slope per year with its interval of 95 %: Theil and Sen's median of slopes, its bounds after Sen (1968).

    `direction` is `up` or `down` when the interval leaves out nought, `steady` when it does not, `unknown` under five years.
    """

    direction: Literal["up", "down", "steady", "unknown"]
    slope: float | None = None
    low: float | None = None
    high: float | None = None
    years: int = 0
    method: str = "theil-sen"


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """Where an indicator stands in an area: newest and previous value, the path at that time, the target, the trend.

    `status` is `good` on the path, `watch` within the tolerance, `act` beyond it, `unknown` without target or value. `going` says
    whether the trend goes the good way.
    """

    key: str
    area: str
    latest: Point | None
    previous: Point | None
    target: Waypoint | None
    path: float | None
    gap: float | None
    status: Status
    trend: Trend
    going: Literal["better", "worse", "steady", "unknown"]
    due: date | None
    late: bool


class Placed(msgspec.Struct, frozen=True):
    """One area among others: its value and its place from the highest down (0 without a value)."""

    area: str
    value: float | None
    low: float | None
    high: float | None
    place: int
    absent: Absence = ""


class Comparison(msgspec.Struct, frozen=True):
    """The communes beside one another at a period, the highest first, with the Region's own value."""

    key: str
    period: str
    periods: tuple[str, ...]
    region: float | None
    communes: tuple[Placed, ...]


class Gap(msgspec.Struct, frozen=True):
    """Something that is not measured, or not as it ought to be: which kind of gap, of which indicator or domain, and what exactly."""

    kind: Literal["unmeasured", "disaggregation", "no_outcome", "late", "no_target", "fault"]
    key: str = ""
    domain: str = ""
    what: str = ""


class Run(msgspec.Struct, frozen=True):
    """One computing: of which definition, over which versions of the data, how long it took, and what came of it."""

    at: datetime
    key: str
    version: int
    seconds: float
    values: int
    changed: int
    inputs: tuple[str, ...]
    fault: str


class City(msgspec.Struct, frozen=True):
    """A city in a ranking."""

    name: str
    country: str
    rank: int
    score: float
    parts: dict[str, float] = {}


class Ranking(msgspec.Struct, frozen=True, kw_only=True):
    """One edition of an international ranking: who made it, how, of how many cities.

    `parts` names the scores of which the score is made; `compared` the cities to show first, our own before all.
    """

    key: str
    name: Words
    edition: str
    publisher: str
    method: Words
    address: str
    cities: int
    parts: dict[str, Words]
    note: Words
    compared: tuple[str, ...] = ()


class Statement(msgspec.Struct, frozen=True, kw_only=True):
    """What is so about one of the building blocks of the policy, how far it is (0 nothing to 4 everyday use), since when, and what shows it."""

    key: str
    block: str
    says: Words
    missing: Words
    grade: int
    evidence: Words
    address: str
    owner: str
    since: date
    revision: int
