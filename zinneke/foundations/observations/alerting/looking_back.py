"""Hold what is stored against pairs: those that are new, and those of which something late or corrected says that the past was another."""

from __future__ import annotations

import numpy as np

from zinneke.foundations.observations import lifecycle
from zinneke.foundations.observations.alerting import holding
from zinneke.foundations.observations.alerting.holding import Change
from zinneke.foundations.observations.alerting.machine import LONG_AGO, WELL, WRONG
from zinneke.foundations.observations.alerting.plan import ANOMALY, GEOFENCE, Plan
from zinneke.foundations.observations.engine import Rows
from zinneke.foundations.observations.tail import NEVER
from zinneke.foundations.observations.values import Floats, Int64s

MOST_READ = 500_000
MOST_GROUPS = 20
"""Readings of the past for streams that were heard of at very different times; beyond them only the newest value counts."""


def begin(plan: Plan, now: int) -> list[Change]:
    """Hold fresh pairs against what is stored of their streams: simple ones against the newest value, the others against a while before."""
    fresh = np.flatnonzero(plan.fresh)
    if not len(fresh):
        return []
    plan.fresh[fresh] = False
    kinds = plan.kind[plan.rule[fresh]]
    return again(plan, fresh[(kinds != ANOMALY) & (kinds != GEOFENCE)], now)


def again(plan: Plan, pairs: Int64s, now: int) -> list[Change]:
    """Look at the last while of these pairs again, as stored now, and return what that changes; an empty stream says nothing more."""
    pairs = pairs[plan.kind[plan.rule[pairs]] != ANOMALY]
    if not len(pairs):
        return []
    ends = lifecycle.opened().tail.ends(plan.stream[pairs])
    heard = ends.last != NEVER
    gone = pairs[~heard & plan.told[pairs]]
    plan.sides[gone] = WELL
    over = [Change(pair, False, now, np.nan, np.nan) for pair in gone.tolist()]
    pairs, last, values = pairs[heard], ends.last[heard], ends.values[heard]
    begin_at = last - np.where(plan.simple[pairs], 1, plan.lookback[pairs])
    plan.sides[pairs] = np.where(plan.told[pairs] & (plan.since[pairs] < begin_at), WRONG, WELL)
    plan.since[pairs], plan.last[pairs], plan.value[pairs] = LONG_AGO, NEVER, np.nan
    simple = plan.simple[pairs]
    at, times, found = _read(plan, pairs[~simple], begin_at[~simple], last[~simple])
    lacking = simple | ~np.isin(pairs, at)
    at, times, found = np.r_[at, pairs[lacking]], np.r_[times, last[lacking]], np.r_[found, values[lacking]]
    order = np.lexsort((times, at))
    return over + holding.take(plan, at[order], times[order], found[order], now, only_ends=True)


def _read(plan: Plan, pairs: Int64s, begin_at: Int64s, last: Int64s) -> tuple[Int64s, Int64s, Floats]:
    """Read what is stored of pairs between two moments of each: pair, time, value. Those heard of at about the same time are read together."""
    parts: list[tuple[Int64s, Int64s, Floats]] = [(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0))]
    left = np.argsort(-last)
    for _ in range(MOST_GROUPS):
        if not len(left):
            break
        newest, span = last[left[0]], last[left[0]] - begin_at[left[0]]
        together = last[left] >= newest - span
        group, left = left[together], left[~together]
        rows = lifecycle.opened().store.read_many(np.unique(plan.stream[pairs[group]]), int(begin_at[group].min()), int(newest) + 1, MOST_READ)
        parts.append(_met(plan, pairs[group], begin_at[group], last[group], rows))
    return tuple(np.concatenate(column) for column in zip(*parts, strict=True))  # type: ignore[return-value]


def _met(plan: Plan, pairs: Int64s, begin_at: Int64s, last: Int64s, rows: Rows) -> tuple[Int64s, Int64s, Floats]:
    """Return the rows of each pair that lie between its two moments; a stream may belong to several pairs."""
    order = np.argsort(plan.stream[pairs], kind="stable")
    streams = plan.stream[pairs][order]
    left, right = np.searchsorted(streams, rows.streams, "left"), np.searchsorted(streams, rows.streams, "right")
    counts = right - left
    row = np.repeat(np.arange(len(rows.streams)), counts)
    at = order[np.repeat(left, counts) + np.arange(len(row)) - np.repeat(np.cumsum(counts) - counts, counts)]
    inside = (rows.times[row] >= begin_at[at]) & (rows.times[row] <= last[at])
    return pairs[at[inside]], rows.times[row[inside]], rows.values[row[inside]]
