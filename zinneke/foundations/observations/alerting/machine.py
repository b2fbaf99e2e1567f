"""From signals to alerts: what is wrong must last, what is neither changes nothing. Pure, over columns; rows are by pair, then by time."""

from __future__ import annotations

from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from zinneke.foundations.observations.values import Int64s, Truths

Signals = NDArray[np.int8]
Column = TypeVar("Column", bound=NDArray[Any])
WRONG, NEITHER, WELL = 1, 0, -1
LONG_AGO = -(2**62)
"""Since when it was wrong, where nobody remembers: longer than anything must last."""


class Course(NamedTuple):
    """After each row: whether it is wrong (by sign), since when, and whether it has lasted long enough for an alert."""

    sides: Signals
    since: Int64s
    held: Truths


def starts(pairs: Int64s) -> Truths:
    """Return where the rows of another pair begin."""
    return np.r_[True, pairs[1:] != pairs[:-1]] if len(pairs) else np.empty(0, bool)


def before(column: Column, first: Truths, carried: Column) -> Column:
    """Return for each row what stood in the row before of the same pair, or what is carried over from earlier batches."""
    moved = np.empty_like(column)
    moved[1:] = column[:-1]
    moved[first] = carried[first]
    return moved


def run(signals: Signals, times: Int64s, onsets: Int64s, first: Truths, sides: Signals, since: Int64s, lasting: Int64s) -> Course:
    """Follow each pair through its rows. `sides` and `since` are what is carried over, `onsets` from when a row counts as wrong, if it does."""
    at = np.arange(len(times))
    begin = np.maximum.accumulate(np.where(first, at, 0))
    spoke = np.maximum.accumulate(np.where(signals != NEITHER, at, -1))
    now = np.where(spoke >= begin, signals[spoke], sides).astype(np.int8)
    turned = now != before(now, first, sides)
    turn = np.maximum.accumulate(np.where(turned, at, -1))
    from_when = np.where(turn >= begin, onsets[turn], since)
    return Course(now, from_when, (now == WRONG) & (times - from_when >= lasting))


def changes(held: Truths, first: Truths, told: Truths, most: int) -> Int64s:
    """Return the rows at which an alert opens or closes; where there are more than `most`, only how each pair ends."""
    found = np.flatnonzero(held != before(held, first, told))
    if len(found) <= most:
        return found
    last = np.flatnonzero(np.r_[first[1:], True])
    carried = told[np.flatnonzero(first)]
    return last[held[last] != carried]
