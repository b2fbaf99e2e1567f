"""What is decided without a database: whether a sheet can be published, where a value stands on its path, which way a series goes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import combinations
from typing import Literal

from zinneke.kernel.policy import AUDIENCES, CHALLENGES, DOMAINS
from zinneke.kernel.problem import Problem
from zinneke.kernel.text import Text, same
from zinneke.office.indicators import measures
from zinneke.office.indicators import sentences as say
from zinneke.office.indicators.periods import UNSTATED, read_period, years_of
from zinneke.office.indicators.sentences import Told, fill
from zinneke.office.indicators.values import Better, Frequency, Objective, Point, Sheet, Status, Trend, Waypoint

LEAST_YEARS = 5
"""Values under which no trend is told: with four, even a perfect order has an interval as wide as all of them."""
_CYCLE: dict[Frequency, int] = {"day": 1, "month": 31, "quarter": 92, "year": 366}
_NORMAL = 1.959964
"""The 97.5 % point of the normal distribution."""


def sheet_faults(sheet: Sheet) -> list[Told]:
    """Return why a sheet cannot be kept, each with its field and a sentence; an empty list when it can."""
    checks = (
        (all(sheet.name.get(each, "").strip() for each in ("fr", "nl")), "name", say.NAME),
        (all(sheet.definition.get(each, "").strip() for each in ("fr", "nl")), "definition", say.DEFINITION),
        (bool(sheet.unit.strip()), "unit", say.UNIT),
        (sheet.low is None or sheet.high is None or sheet.low <= sheet.high, "low", say.BOUNDS),
        (0 <= sheet.tolerance < math.inf, "tolerance", say.TOLERANCE),
    )
    found = [Told(field, sentence) for passed, field, sentence in checks if not passed]
    words = (
        ("domain", (sheet.domain,) if sheet.domain else (), DOMAINS),
        ("challenges", sheet.challenges, CHALLENGES),
        ("audiences", sheet.audiences, AUDIENCES),
        ("expected", sheet.expected, say.DIMENSIONS),
    )
    for field, given, known in words:
        found += [Told(field, fill(say.UNKNOWN, word=word, known=", ".join(known))) for word in given if word not in known]
    if sheet.measure is not None:
        found += [Told("measure", same(fault)) for fault in measures.faults(sheet.measure)]
    return found + (_objective_faults(sheet, sheet.objective) if sheet.objective else [])


def _objective_faults(sheet: Sheet, promised: Objective) -> list[Told]:
    """Return what keeps an objective from being one: it has an indicator, a baseline, a target, a date and an owner, or it is not published."""
    negative = not sheet.signed and any(each.value < 0 for each in (Waypoint(promised.period, promised.value), *promised.path))
    checks = (
        (bool(sheet.owner), "owner", say.OWNER),
        (sheet.baseline is not None, "baseline", say.BASELINE),
        (bool(promised.period), "objective", say.BY_WHEN),
        (bool(sheet.better), "better", say.BETTER),
        (bool(promised.says.get("fr") and promised.says.get("nl")), "objective", say.PROMISE),
        (not negative, "objective", say.NEGATIVE),
    )
    return [Told(field, sentence) for passed, field, sentence in checks if not passed] + _path_faults(sheet, promised)


def _path_faults(sheet: Sheet, promised: Objective) -> list[Told]:
    steps = [*([sheet.baseline.period] if sheet.baseline else []), *(each.period for each in promised.path), promised.period]
    starts = []
    for period in filter(None, steps):
        try:
            starts.append(read_period(period)[0])
        except Problem:
            return [Told("objective", fill(say.PERIOD, period=period))]
    return [] if starts == sorted(set(starts)) else [Told("objective", say.FORWARD)]


def unit_change(before: Sheet, after: Sheet, since: str) -> list[Told]:
    """Return why a new definition with another unit cannot be taken as it is, an empty list when it can: older values keep theirs."""
    return [] if before.unit == after.unit or since else [Told("unit", fill(say.UNIT_CHANGE, before=before.unit, after=after.unit))]


def path_at(sheet: Sheet, period: str) -> float | None:
    """Return where the path to the target is in a period, straight between baseline, steps and target; None until the baseline is past."""
    if sheet.objective is None or sheet.baseline is None or not period:
        return None
    steps = [sheet.baseline, *sheet.objective.path, Waypoint(sheet.objective.period, sheet.objective.value)]
    places = [(years_of(each.period), each.value) for each in steps]
    at = years_of(period)
    if at <= places[0][0]:
        return None
    for (left, low), (right, high) in zip(places, places[1:], strict=False):
        if at <= right:
            return low + (high - low) * (at - left) / (right - left) if right > left else high
    return places[-1][1]


def judge(value: float | None, path: float | None, better: Better, tolerance: float) -> tuple[Status, float | None]:
    """Return the status of a value and how far it is from its path, in its unit: a positive gap is on the wrong side."""
    if value is None or path is None or not better:
        return "unknown", None
    gap = path - value if better == "up" else value - path
    return ("good" if gap <= 0 else "watch" if gap <= tolerance else "act"), gap


def trend(points: Sequence[Point]) -> Trend:
    """Return the slope per year of a series by Theil and Sen with its 95 % interval after Sen (1968), over the newest unit and definition."""
    held = [point for point in points if point.value is not None and point.start != UNSTATED]
    held = [point for point in held if (point.unit, point.version) == (held[-1].unit, held[-1].version)]
    if len(held) < LEAST_YEARS:
        return Trend("unknown", years=len(held))
    pairs = [(years_of(point.period), point.value or 0.0) for point in held]
    slopes = sorted((b - a) / (t - s) for (s, a), (t, b) in combinations(pairs, 2) if t != s)
    low, high = sen_bounds(slopes, len(pairs), _ties([value for _, value in pairs]))
    slope = _median(slopes)
    direction: Literal["up", "down", "steady"] = "up" if low > 0 else "down" if high < 0 else "steady"
    return Trend(direction, slope, low, high, len(pairs))


def sen_bounds(slopes: Sequence[float], count: int, ties: Sequence[int] = ()) -> tuple[float, float]:
    """Return the bounds of the median slope at 95 %: the slopes whose ranks lie 1.96 standard deviations of Kendall's S around the middle."""
    variance = (count * (count - 1) * (2 * count + 5) - sum(each * (each - 1) * (2 * each + 5) for each in ties)) / 18
    spread, total = _NORMAL * math.sqrt(variance), len(slopes)
    upper = min(round((total + spread) / 2), total - 1)
    lower = max(round((total - spread) / 2) - 1, 0)
    return slopes[lower], slopes[upper]


def _ties(values: Sequence[float]) -> list[int]:
    return [count for value in set(values) if (count := values.count(value)) > 1]


def _median(ordered: Sequence[float]) -> float:
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def going(better: Better, found: Trend) -> Literal["better", "worse", "steady", "unknown"]:
    """Return whether a trend goes the good way."""
    if not better or found.direction == "unknown":
        return "unknown"
    if found.direction == "steady":
        return "steady"
    return "better" if found.direction == better else "worse"


def wilson(part: float, whole: float) -> tuple[float, float]:
    """Return the interval of 95 % of a share of a sample (Wilson, 1927), both bounds between 0 and 1."""
    if whole <= 0:
        return 0.0, 1.0
    share, square = part / whole, _NORMAL**2
    middle = (share + square / (2 * whole)) / (1 + square / whole)
    half = _NORMAL / (1 + square / whole) * math.sqrt(max(0.0, share * (1 - share) / whole + square / (4 * whole**2)))
    return max(0.0, middle - half), min(1.0, middle + half)


def mean_interval(mean: float, deviation: float, count: int) -> tuple[float, float] | tuple[None, None]:
    """Return the interval of 95 % of a mean from the sample's standard deviation; nothing under two values."""
    if count < 2:
        return None, None
    half = _NORMAL * deviation / math.sqrt(count)
    return mean - half, mean + half


def due_after(sheet: Sheet, latest: str) -> date | None:
    """Return when the value after this one is due: one cycle after the period's end, and the delay of the sheet; None for what is measured once."""
    cycle = _CYCLE.get(sheet.frequency)
    if cycle is None or not latest:
        return None
    return read_period(latest)[1] + timedelta(days=cycle - 1 + sheet.delay)


def plausible(sheet: Sheet, value: float) -> Text | None:
    """Return why a value cannot be believed as it is, None when it can."""
    if not math.isfinite(value):
        return say.NOT_FINITE
    if value < 0 and not sheet.signed:
        return say.BELOW_NOUGHT
    if sheet.low is not None and value < sheet.low:
        return fill(say.BELOW, bound=f"{sheet.low:g}")
    if sheet.high is not None and value > sheet.high:
        return fill(say.ABOVE, bound=f"{sheet.high:g}")
    return None
