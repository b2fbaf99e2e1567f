"""Rules and streams as pairs: columns with what each pair waits for and what it remembers, made anew when rules or streams change."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np

from zinneke.foundations.identity import store as identity
from zinneke.foundations.observations import hearing
from zinneke.foundations.observations.alerting.machine import LONG_AGO, WELL, WRONG
from zinneke.foundations.observations.alerting.usual import Usual
from zinneke.foundations.observations.alerting.values import Anomaly, Declared, Frozen, Geofence, Rate, Silent, Threshold, Watched, When
from zinneke.foundations.observations.register import Register
from zinneke.foundations.observations.rules import FROZEN, SECOND
from zinneke.foundations.observations.tail import NEVER
from zinneke.foundations.observations.values import Floats, Int32s, Int64s, Truths
from zinneke.kernel.confidentiality import SYSTEM, Actor

KINDS = (Threshold, Rate, Silent, Frozen, Anomaly, Declared, Geofence)
THRESHOLD, RATE, SILENT, FROZEN_KIND, ANOMALY, DECLARED, GEOFENCE = range(len(KINDS))
HOUR = 3600 * SECOND
FOR_EVER = 2**61
"""Longer than anything lasts, in microseconds."""
MOST_STREAMS, MOST_LEARNT = 100_000, 1_000
"""Streams that one rule watches, and of which one rule learns what is usual; those with the lowest numbers."""
_codes: dict[tuple[str, str], int] = {}


class Plan:
    """Every pair of a rule and a stream that it watches. `register` is what it was made from; positions are in it.

    Remembered, by pair: `sides` and `since` as in `machine`, time and value of the newest row that was looked at, whether an alert is open.
    """

    def __init__(self, register: Register, rules: Sequence[Watched], earlier: Plan | None = None, reach: Actor | None = None) -> None:
        self.register, self.rules = register, list(rules)
        reached = [_reached(register, rule, reach) for rule in self.rules]
        self.rule: Int32s = np.repeat(np.arange(len(self.rules), dtype=np.int32), [len(each) for each in reached])
        self.position: Int32s = np.concatenate([np.empty(0, np.int32), *reached])
        self.stream: Int32s = register.ids[self.position]
        self._wait()
        self._index()
        codes = np.array([_codes.setdefault((rule.key, rule.stamp), len(_codes)) for rule in self.rules], np.int64)
        self.key: Int64s = (codes[self.rule] << 32) | self.stream if len(codes) else np.empty(0, np.int64)
        self._remember(earlier)

    def _wait(self) -> None:
        """Lay out what each rule, and where it depends on the stream each pair, waits for."""
        whens = [rule.when for rule in self.rules]
        self.kind = np.array([KINDS.index(type(when)) for when in whens], np.uint8)
        limits = np.array([_limits(when) for when in whens], np.float64).reshape(-1, 3)
        self.above, self.below, self.hysteresis = limits[:, 0], limits[:, 1], limits[:, 2]
        self.span = np.array([60 * SECOND if isinstance(when, Rate) and when.per == "minute" else HOUR for when in whens], np.int64)
        kinds, intervals = self.kind[self.rule], self.register.intervals[self.position] * SECOND
        asked = np.array([_asked(when) for when in whens], np.float64)[self.rule] if whens else np.empty(0)
        usual = np.where(kinds == FROZEN_KIND, FROZEN, 3) * intervals
        patience = np.where(np.isnan(asked), np.where(intervals > 0, usual, FOR_EVER), np.nan_to_num(asked) * SECOND).astype(np.int64)
        waits = (kinds == SILENT) | (kinds == FROZEN_KIND)
        lasting = np.array([getattr(when, "lasting", 0.0) for when in whens], np.float64)
        self.after: Int64s = np.where(kinds == SILENT, patience, FOR_EVER)
        self.lasting: Int64s = np.where(waits, np.where(kinds == SILENT, 0, patience), (lasting[self.rule] * SECOND).astype(np.int64))
        simple = (kinds == DECLARED) | ((kinds == THRESHOLD) & (self.lasting == 0) & (self.hysteresis[self.rule] == 0))
        self.simple: Truths = simple | (kinds == SILENT)
        """Pairs for which only the newest row counts."""
        back = np.maximum(2 * np.minimum(self.lasting, FOR_EVER // 4), np.maximum(6 * intervals, HOUR))
        self.lookback: Int64s = np.where(self.simple, 1, back)

    def _index(self) -> None:
        """Lay out which pairs rows of a stream are held against; what is at position -1, in no register, meets none."""
        by_row = np.flatnonzero(self.kind[self.rule] != GEOFENCE)
        self.counts = np.bincount(self.position[by_row], minlength=len(self.register.ids) + 1).astype(np.int64)
        self.order: Int64s = by_row[np.argsort(self.position[by_row], kind="stable")]
        self.offset: Int64s = np.r_[0, np.cumsum(self.counts)[:-1]]

    @cached_property
    def fenced(self) -> frozenset[str]:
        """Return the things that a fence concerns."""
        pairs = np.flatnonzero(self.kind[self.rule] == GEOFENCE) if len(self.rules) else np.empty(0, np.int64)
        return frozenset(self.register.streams[at].thing for at in self.position[pairs].tolist())

    def _remember(self, earlier: Plan | None) -> None:
        """Carry over what an earlier plan remembers of the same pairs; the others are `fresh`."""
        size = len(self.rule)
        self.sides = np.full(size, WELL, np.int8)
        self.since: Int64s = np.full(size, LONG_AGO, np.int64)
        self.last: Int64s = np.full(size, NEVER, np.int64)
        self.value: Floats = np.full(size, np.nan)
        self.told: Truths = np.zeros(size, bool)
        self.fresh: Truths = np.ones(size, bool)
        self.learnt: dict[int, Usual] = {}
        self.places: dict[int, Any] = {}
        if earlier is None or not len(earlier.key) or not size:
            return
        order = np.argsort(earlier.key)
        at = np.minimum(np.searchsorted(earlier.key[order], self.key), len(order) - 1)
        there = earlier.key[order][at] == self.key
        source = order[at[there]]
        for name in ("sides", "since", "last", "value", "told", "fresh"):
            getattr(self, name)[there] = getattr(earlier, name)[source]
        kept = set(self.key[there].tolist())
        self.learnt = {key: usual for key, usual in earlier.learnt.items() if key in kept}
        self.places = {key: place for key, place in earlier.places.items() if key in kept}

    def open(self, told: dict[tuple[str, int], bool]) -> None:
        """Take in which alerts are open, for the pairs that are fresh; of those nobody remembers since when."""
        for pair in np.flatnonzero(self.fresh).tolist():
            if (self.rules[self.rule[pair]].key, int(self.stream[pair])) in told:
                self.told[pair], self.sides[pair] = True, WRONG

    def meet(self, positions: Int32s) -> tuple[Int64s, Int64s]:
        """Return the pairs of rows, by the positions of their streams: for each meeting the row and the pair, by pair, in the order of the rows."""
        counts = self.counts[positions]
        rows = np.repeat(np.arange(len(positions)), counts)
        within = np.arange(len(rows)) - np.repeat(np.cumsum(counts) - counts, counts)
        pairs = self.order[np.repeat(self.offset[positions], counts) + within]
        order = np.argsort(pairs, kind="stable")
        return rows[order], pairs[order]

    def of_stream(self, number: int) -> Int64s:
        """Return the pairs of a stream."""
        position = int(self.register.find(np.array([number], np.int64))[0])
        return self.order[self.offset[position] : self.offset[position] + self.counts[position]] if position >= 0 else np.empty(0, np.int64)


def _reached(register: Register, rule: Watched, reach: Actor | None) -> Int32s:
    """Return the positions of the streams that a rule watches, one of each thing where it is about where things are."""
    actor = reach or (identity.actor_of_key(rule.actor) if rule.actor else SYSTEM)
    if actor is None or not len(register.ids):
        return np.empty(0, np.int32)
    found = np.flatnonzero(hearing.wanted_mask(register, actor, rule.wanted)).astype(np.int32)
    if isinstance(rule.when, Geofence):
        first = {register.streams[at].thing: at for at in reversed(found.tolist())}
        found = np.array(sorted(first.values()), np.int32)
    return found[: MOST_LEARNT if isinstance(rule.when, Anomaly) else MOST_STREAMS]


def _limits(when: When | Declared) -> tuple[float, float, float]:
    """Return above what, below what it is wrong, and by how much it must be back; for rates how far it may rise and, negated, fall."""
    if isinstance(when, Threshold):
        above, below, hysteresis = when.above, when.below, when.hysteresis
    elif isinstance(when, Rate):
        above, below, hysteresis = when.rises, None if when.falls is None else -when.falls, 0.0
    elif isinstance(when, Anomaly):
        above, below, hysteresis = when.deviations, None, 0.0
    else:
        above, below, hysteresis = None, None, 0.0
    return np.inf if above is None else above, -np.inf if below is None else below, hysteresis


def _asked(when: When | Declared) -> float:
    """Return for how many seconds a rule waits, not a number when that is by the stream's interval."""
    after = when.after if isinstance(when, Silent | Frozen) else 0.0
    return np.nan if after is None else after


def empty(register: Register) -> Plan:
    """Return a plan in which nothing is watched."""
    return Plan(register, [])
