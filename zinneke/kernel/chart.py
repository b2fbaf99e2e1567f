"""Charts as words: what is to be drawn, without saying how. A room describes its chart, the pages draw it with `{% line_chart … %}`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal


@dataclass(frozen=True, slots=True)
class Line:
    """One line: a name written at its end, and points in time order (aware moments; None is a gap). `tone` is a hue: iris, soft, or a domain."""

    name: str
    points: Sequence[tuple[datetime, float | None]]
    tone: str = "iris"
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Limit:
    """A horizontal line with words: a limit value, a target."""

    value: float
    name: str
    status: str = "act"


@dataclass(frozen=True, slots=True, kw_only=True)
class LineChart:
    """A chart over time. `gap` is the seconds of silence that break a line (0: never); `band` is (time, low, high); `caption` says what it shows.

    `step` is for years, and for months or hours of no year in particular: the moments are then written as that and nothing more.
    """

    key: str
    title: str
    caption: str
    unit: str
    lines: Sequence[Line]
    band: Sequence[tuple[datetime, float, float]] = ()
    limits: Sequence[Limit] = ()
    gap: float = 0
    zero: bool = True
    step: Literal["", "year", "month", "hour"] = ""
    csv: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its label, its value, and the status that colours it, if any."""

    label: str
    value: float | None
    status: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BarChart:
    """Horizontal bars from zero, the value written at the end of each."""

    key: str
    title: str
    caption: str
    unit: str
    bars: Sequence[Bar]
    csv: str = ""
    source: str = ""
    mark: Limit | None = None


@dataclass(frozen=True, slots=True)
class Dot:
    """A point on a map, in degrees: its name, where it leads, its colour (of middle tone) and the status that gives its shape."""

    lon: float
    lat: float
    name: str
    address: str = ""
    colour: str = ""
    status: str = "good"
