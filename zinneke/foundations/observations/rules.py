"""What an observation must be to be taken, and what silence is. Pure."""

from __future__ import annotations

import numpy as np

from zinneke.foundations.observations.values import UNREADABLE, Floats, Gap, Int64s, Moments, Step, Truths

SECOND = 1_000_000
DAY = 86_400 * SECOND
EARLIEST = 631_152_000 * SECOND
"""1990-01-01: older times come from clocks that were never set."""
AHEAD = 600 * SECOND
"""Ten minutes: what a clock may run ahead."""
STEP_LENGTH: dict[Step, int] = {
    "minute": 60 * SECOND,
    "hour": 3600 * SECOND,
    "day": 25 * 3600 * SECOND,
    "week": 169 * 3600 * SECOND,
    "month": 32 * DAY,
}
"""The longest that one step of local time lasts, in microseconds."""
FORGOTTEN = 30 * DAY
CLOCK_AHEAD = 5 * SECOND
"""What a sender's clock may run ahead before it is told."""
LATE = 600 * SECOND
"""Ten minutes: what a value may always take to arrive."""
FROZEN = 12
"""Intervals for which a value that never changes is plausible."""
GRAIN = 900 * SECOND
"""What roll-ups are made by: a quarter of an hour, on which the days of every zone begin."""

TAKEN, UNKNOWN, NO_TIME, NOT_FINITE, TOO_OLD, AHEAD_OF_TIME, OUT_OF_RANGE, NOT_KEPT = range(8)


def judge(known: Truths, times: Int64s, values: Floats, low: Floats, high: Floats, now: int) -> Int64s:
    """Return for each observation TAKEN or the first reason against it; `low` and `high` are the plausible range of each."""
    reasons = np.full(len(times), TAKEN)
    with np.errstate(invalid="ignore"):
        reasons[(values < low) | (values > high)] = OUT_OF_RANGE
    reasons[times > now + AHEAD] = AHEAD_OF_TIME
    reasons[times < EARLIEST] = TOO_OLD
    reasons[~np.isfinite(values)] = NOT_FINITE
    reasons[times == UNREADABLE] = NO_TIME
    reasons[~known] = UNKNOWN
    return reasons


def explain(reason: int, stream: int, value: float, low: float, high: float) -> str:
    """Say in a sentence why an observation was not taken."""
    if reason == UNKNOWN:
        return f"There is no stream {stream} here, or it is not yours to write."
    if reason == NO_TIME:
        return "The time cannot be read."
    if reason == NOT_FINITE:
        return "The value is not a number."
    if reason == NOT_KEPT:
        return "This stream no longer keeps what is as old as this."
    if reason == TOO_OLD:
        return "The time is before 1990: check the sensor's clock."
    if reason == AHEAD_OF_TIME:
        return "The time is more than ten minutes in the future: check the sensor's clock and its time zone."
    return f"{value:g} is outside the plausible range of this stream, {low:g} to {high:g}."


def edge(days: int, now: int) -> int | None:
    """Return the moment before which raw observations are not kept, on a whole quarter of an hour; None when they are kept for ever."""
    return (now - days * DAY) // GRAIN * GRAIN if days else None


def gaps(times: Int64s, step: Step, interval: int, limit: int = 1000) -> list[Gap]:
    """Return where a history is silent: a step is missing, or in raw rows three intervals (seconds; 0: irregular, none) passed."""
    longest = STEP_LENGTH.get(step, 3 * interval * SECOND)
    if not longest or len(times) < 2:
        return []
    after = np.flatnonzero(np.diff(times) > longest)[:limit]
    return [Gap(a, b) for a, b in zip(Moments(times[after]), Moments(times[after + 1]), strict=True)]


def silent(last: Int64s, intervals: Int64s, now: Int64s) -> Truths:
    """Say which streams have gone silent: nothing for three intervals, but heard within the last 30 days or 30 intervals.

    What has been silent for longer was taken away, and is no alert. `now` is, for each, the newest moment of the same solution.
    """
    age = now - last
    length = intervals * SECOND
    return (length > 0) & (age > 3 * length) & (age <= np.maximum(30 * length, FORGOTTEN))


def quiet(last: Int64s, intervals: Int64s, now: int) -> Truths:
    """Say which streams have not been heard of for more than three of their intervals (seconds) at a moment."""
    return (intervals > 0) & (now - last > 3 * intervals * SECOND)


def late(lag: Int64s, intervals: Int64s) -> Truths:
    """Say which streams' values came later than three intervals, and than ten minutes, after their own time (lag in microseconds)."""
    return lag > np.maximum(3 * intervals * SECOND, LATE)


def frozen(values: Floats) -> bool:
    """Say whether a stream stands still: at least half of the last twelve intervals were heard of, and every value is the same."""
    return len(values) > FROZEN // 2 and bool((values == values[0]).all())
