"""What is computed and how, as data: a small language of queries over the platform's own data, checked before it is kept, never code."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

import msgspec

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
REGION = ""
"""The area code under which a figure is about the whole city."""
ALWAYS = "*"
"""The period of what does not change: a surface."""


class Split(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A column by whose values a figure is told apart: `name` is the dimension (sex, age), `values` maps words of the column to codes."""

    name: Name
    column: Name
    values: dict[str, str]


class Rows(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, tag="rows"):
    """A figure over the rows of one of our datasets that match every condition of `where` (`column:op:value`).

    `area` is the column of the commune: its NIS code, its name, or `geometry` for where the shape lies; `areas` maps other words to
    codes; `only` says that the whole dataset is about one commune. `year` is the column of the time, `period` a fixed one ("" where none is stated).
    `unique` drops repeated rows; `zero` says that no row means nought; `least` withholds figures of fewer rows; `sample` gives a mean
    its interval of 95 %, for measurements that stand for others; `times` multiplies.
    """

    dataset: Name
    take: Literal["count", "sum", "mean", "min", "max", "percentile"] = "count"
    column: str = ""
    percentile: Annotated[float, msgspec.Meta(ge=0, le=100)] = 50
    where: Annotated[tuple[str, ...], msgspec.Meta(max_length=10)] = ()
    area: str = ""
    areas: dict[str, str] = {}
    only: str = ""
    year: str = ""
    period: str | None = None
    split: Split | None = None
    unique: bool = False
    zero: bool | None = None
    least: int = 0
    sample: bool = False
    times: float = 1

    @property
    def filled(self) -> bool:
        """Say whether a commune without a row has nought, and not nothing."""
        return self.take == "count" if self.zero is None else self.zero


class Surface(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="surface"):
    """The surface of each area in square kilometres."""


class Readings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, tag="readings"):
    """A figure over the observations of a solution's reading, by calendar year: of all values, or of days whose mean passes `limit`."""

    solution: Name
    reading: Name
    take: Literal["mean", "sum", "max", "percentile", "days_above"] = "mean"
    percentile: Annotated[float, msgspec.Meta(ge=0, le=100)] = 98
    limit: float = 0
    times: float = 1


class Other(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="indicator"):
    """The validated values of another indicator."""

    key: Name


class Listed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, tag="listed"):
    """A figure of the catalogue on the day of computing: datasets, the share that is open or recent (per cent), or the mean quality (0 to 100)."""

    what: Literal["datasets", "open", "fresh", "quality"]
    source: str = ""
    days: int = 365


class Ranked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, tag="ranked"):
    """The place of a city in a ranking, its score, or the share of cities that it leaves behind (per cent)."""

    ranking: Name
    city: Name
    what: Literal["rank", "score", "behind"] = "rank"


class Sum(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="sum"):
    """Several figures added up; absent where one of them is."""

    parts: Annotated[tuple[Measure, ...], msgspec.Meta(min_length=1, max_length=20)]


class Ratio(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, tag="ratio"):
    """One figure divided by another, `times` so much: 100 for per cent, 1000 for per thousand inhabitants.

    `hold` is how many years back the divisor may be taken from where its own year is not known. `share` says that the first counts a
    part of what the second counts in a sample: the interval of 95 % is Wilson's (1927).
    """

    of: Measure
    per: Measure
    times: float = 1
    hold: Annotated[int, msgspec.Meta(ge=0, le=20)] = 0
    share: bool = False


class Change(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, tag="change"):
    """How much a figure grew since so many years before, in per cent of it or in its own unit."""

    of: Measure
    years: Annotated[int, msgspec.Meta(ge=1, le=50)] = 1
    percent: bool = True


Measure = Rows | Surface | Readings | Other | Listed | Ranked | Sum | Ratio | Change
DEEPEST = 6


def parts(measure: Measure) -> Iterator[Measure]:
    """Yield a measure and everything inside it."""
    yield measure
    inside: tuple[Measure, ...] = ()
    if isinstance(measure, Sum):
        inside = measure.parts
    elif isinstance(measure, Ratio):
        inside = (measure.of, measure.per)
    elif isinstance(measure, Change):
        inside = (measure.of,)
    for each in inside:
        yield from parts(each)


def needs(measure: Measure | None) -> tuple[str, ...]:
    """Return the keys of the indicators that a measure is made of."""
    return tuple(sorted({each.key for each in parts(measure) if isinstance(each, Other)})) if measure else ()


def datasets(measure: Measure | None) -> tuple[str, ...]:
    """Return the keys of the datasets that a measure reads."""
    return tuple(sorted({each.dataset for each in parts(measure) if isinstance(each, Rows)})) if measure else ()


def faults(measure: Measure) -> list[str]:
    """Return what is wrong with a measure, in sentences; an empty list when it can be computed."""
    found = []
    if _depth(measure) > DEEPEST:
        found.append(f"The query is more than {DEEPEST} steps deep. Split it into indicators of their own.")
    for each in parts(measure):
        if not isinstance(each, Rows):
            continue
        if each.take != "count" and not each.column:
            found.append(f"The query over {each.dataset} takes the {each.take} of no column. Name the column.")
        if bool(each.year) == (each.period is not None):
            found.append(f"The query over {each.dataset} needs a column for the year, or a fixed period, and not both.")
        if each.only and each.area:
            found.append(f"The query over {each.dataset} is about one commune only, so that no column can say which.")
    return found


def _depth(measure: Measure) -> int:
    inside = (each for each in parts(measure) if each is not measure)
    return 1 + max((_depth(each) for each in inside), default=0) if isinstance(measure, Sum | Ratio | Change) else 1
