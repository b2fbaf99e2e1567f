"""The course of a reading over a period: each asset a line while they are few, else their mean with the span between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from zinneke.foundations.observations.values import Moments
from zinneke.kernel.chart import Line, LineChart
from zinneke.kernel.solution import Reading, Series
from zinneke.web import formats

HOUR, DAY = 3600, 86_400
FEW = 4
TONES = ("iris", "mobility", "living", "people")
A_YEAR_BEFORE = timedelta(days=364)
"""The same day of the week, a year before."""


@dataclass(frozen=True, slots=True)
class Period:
    """A length of time that a reader can choose: its seconds, and the step in which it is drawn."""

    key: str
    seconds: int
    step: str

    @property
    def gap(self) -> float:
        """Return the seconds of silence that break a line."""
        return {"hour": 2.5 * HOUR, "day": 1.5 * DAY, "week": 10 * DAY}[self.step]


PERIODS = (Period("day", DAY, "hour"), Period("week", 7 * DAY, "hour"), Period("month", 31 * DAY, "day"), Period("year", 366 * DAY, "day"))
BY_KEY = {period.key: period for period in PERIODS}


@dataclass(frozen=True, slots=True)
class Course:
    """Figures by step: their starts, and for each asset (or for all together) its values, None where it was silent."""

    starts: tuple[datetime, ...]
    names: tuple[str, ...]
    values: tuple[tuple[float | None, ...], ...]
    low: tuple[float | None, ...] = ()
    high: tuple[float | None, ...] = ()


def adds_up(reading: Reading) -> bool:
    """Say whether the figures of a reading are counts, which add up over time and over assets."""
    return reading.unit == "1" and reading.interval > 0


def steps_of(times: NDArray[np.int64], step: str) -> NDArray[np.int64]:
    """Return the start of the local step (hour, day) that each moment lies in, in microseconds since 1970."""
    hours = times // (HOUR * 1_000_000)
    if step == "hour":
        return hours * (HOUR * 1_000_000)
    unique, back = np.unique(hours, return_inverse=True)
    zone = formats.zone()
    starts = []
    for hour in unique.tolist():
        local = datetime.fromtimestamp(hour * HOUR, UTC).astimezone(zone)
        midnight = local.replace(hour=0, minute=0)
        starts.append(int(midnight.timestamp()) * 1_000_000)
    made: NDArray[np.int64] = np.array(starts, np.int64)[back]
    return made


def _microseconds(series: Series) -> NDArray[np.int64]:
    if isinstance(series.times, Moments):
        return series.times.microseconds
    return np.array([int(moment.timestamp() * 1_000_000) for moment in series.times], np.int64)


def _by_step(series: Series, step: str, total: bool) -> dict[int, float]:
    values = np.asarray(series.values, np.float64)
    kept = np.isfinite(values)
    starts, back = np.unique(steps_of(_microseconds(series)[kept], step), return_inverse=True)
    sums = np.bincount(back, values[kept], len(starts))
    figures = sums if total else sums / np.maximum(np.bincount(back, minlength=len(starts)), 1)
    return dict(zip(starts.tolist(), figures.tolist(), strict=True))


def course(series: Sequence[Series], reading: Reading, step: str, language: str, together: str) -> Course:
    """Return the course of the series: one line an asset up to four, else all of them together, named `together`."""
    total = adds_up(reading)
    found = [(each.name.said_in(language), _by_step(each, step, total)) for each in series]
    starts = sorted({start for _name, by_step in found for start in by_step})
    moments = tuple(datetime.fromtimestamp(start / 1_000_000, UTC) for start in starts)
    if len(found) <= FEW:
        return Course(moments, tuple(name for name, _by in found), tuple(tuple(by.get(start) for start in starts) for _name, by in found))
    columns = [[by[start] for _name, by in found if start in by] for start in starts]
    if total:
        return Course(moments, (together,), (tuple(sum(column) for column in columns),))
    means = tuple(sum(column) / len(column) for column in columns)
    return Course(moments, (together,), (means,), tuple(map(min, columns)), tuple(map(max, columns)))


def chart(
    now: Course, before: Course | None, reading: Reading, period: Period, language: str, title: str, csv: str, source: str, key: str = "trend"
) -> LineChart | None:
    """Return the chart of a course, with the same period a year before beside it where that is asked; None without figures."""
    lines = [
        Line(name, list(zip(now.starts, values, strict=True)), TONES[at % len(TONES)])
        for at, (name, values) in enumerate(zip(now.names, now.values, strict=True))
    ]
    known = [value for line in now.values for value in line if value is not None]
    if not known:
        return None
    if before and before.starts:
        moved = [moment + A_YEAR_BEFORE for moment in before.starts]
        lines.append(Line(_("a year before"), list(zip(moved, before.values[0], strict=True)), "soft", True))
    band = [
        (moment, low, high)
        for moment, low, high in zip(now.starts, now.low, now.high, strict=False)
        if low is not None and high is not None and not before
    ]
    return LineChart(
        key=key,
        title=title,
        caption=caption(now, reading, period, language, bool(band)),
        unit=reading.unit,
        lines=lines,
        band=band,
        gap=period.gap if reading.interval <= period.gap else reading.interval * 2.5,
        zero=reading.low >= 0,
        csv=csv,
        source=source,
    )


def caption(now: Course, reading: Reading, period: Period, language: str, band: bool) -> str:
    """Return the sentence that says what the chart shows, for those who read by ear."""
    points = [(value, moment) for line in now.values for moment, value in zip(now.starts, line, strict=True) if value is not None]
    high, low = max(points), min(points)
    form = "short" if period.step == "hour" else "plain"
    when = formats.moment if period.step == "hour" else formats.day
    what = _("Sums by %(step)s.") if adds_up(reading) else _("Means by %(step)s.")
    words = [
        what % {"step": {"hour": _("hour"), "day": _("day")}[period.step]},
        _("Highest: %(value)s, %(when)s.") % {"value": formats.quantity(high[0], reading.unit, language), "when": when(high[1], language, form)},
        _("Lowest: %(value)s, %(when)s.") % {"value": formats.quantity(low[0], reading.unit, language), "when": when(low[1], language, form)},
    ]
    if band:
        words.append(_("The band goes from the lowest to the highest place."))
    return " ".join(words)
