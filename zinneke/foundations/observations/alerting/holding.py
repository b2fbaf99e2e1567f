"""Hold rows against a plan: which alerts open, which are over. What the plan remembers moves on; nothing is written or told here."""

from __future__ import annotations

import logging
from dataclasses import dataclass

import numpy as np

from zinneke.foundations.observations.alerting import machine, signals
from zinneke.foundations.observations.alerting.machine import NEITHER, WELL, WRONG, Signals
from zinneke.foundations.observations.alerting.plan import ANOMALY, DECLARED, FROZEN_KIND, RATE, SILENT, THRESHOLD, Plan
from zinneke.foundations.observations.alerting.values import Declared
from zinneke.foundations.observations.tail import NEVER
from zinneke.foundations.observations.values import Floats, Int64s, Truths
from zinneke.kernel.text import Text

log = logging.getLogger(__name__)
MOST_TOLD = 1_000
"""Changes in one batch that are all told; where there are more, only how each stream ends."""


@dataclass(frozen=True, slots=True)
class Change:
    """An alert of a pair opens or is over: when, at which value; `measure` is what was compared, `usual` with what, where that is learned."""

    pair: int
    opens: bool
    time: int
    value: float
    measure: float
    usual: float = float("nan")


class _Rows:
    """Rows by pair and time, with the row before of each."""

    def __init__(self, plan: Plan, pairs: Int64s, times: Int64s, values: Floats, now: int) -> None:
        self.plan, self.pairs, self.times, self.values, self.now = plan, pairs, times, values, now
        self.rule = plan.rule[pairs]
        self.first = machine.starts(pairs)
        carried = plan.last[pairs]
        self.known: Truths = ~self.first | (carried != NEVER)
        self.times_before: Int64s = machine.before(times, self.first, carried)
        self.values_before: Floats = machine.before(values, self.first, plan.value[pairs])
        self.signals: Signals = np.zeros(len(pairs), np.int8)
        self.measures, self.usual = values.copy(), np.full(len(pairs), np.nan)

    def ask(self) -> None:
        """Ask each kind of rule about its rows."""
        kinds, plan, rule = self.plan.kind[self.rule], self.plan, self.rule
        for kind in np.unique(kinds).tolist():
            here = np.flatnonzero(kinds == kind)
            of = rule[here]
            if kind == THRESHOLD:
                self.signals[here] = signals.threshold(self.values[here], plan.above[of], plan.below[of], plan.hysteresis[of])
            elif kind == RATE:
                rates = signals.rate(
                    self.values[here], self.times[here], self.values_before[here], self.times_before[here], self.known[here], plan.span[of]
                )
                self.measures[here], self.signals[here] = rates, signals.beyond(rates, plan.above[of], -plan.below[of])
            elif kind == FROZEN_KIND:
                self.signals[here] = signals.frozen(self.values[here], self.values_before[here], self.known[here])
            elif kind == SILENT:
                self.signals[here] = signals.heard(self.times[here], self.now, plan.after[self.pairs[here]])
            elif kind == DECLARED:
                self._declared(here)
            elif kind == ANOMALY:
                self._usual(here)
        self.signals[~np.isfinite(self.values) & (kinds != SILENT)] = NEITHER

    def _declared(self, here: Int64s) -> None:
        """Ask what solutions declare about the newest row of each stream only: it is a function, called value by value."""
        last = np.r_[self.first[1:], True]
        for row in here[last[here]].tolist():
            when = self.plan.rules[self.rule[row]].when
            assert isinstance(when, Declared)
            self.signals[row] = declared_side(when, float(self.values[row]))

    def _usual(self, here: Int64s) -> None:
        """Ask what is usual for a stream about each row, for those of which that was learned up to the row before."""
        plan = self.plan
        for row in here.tolist():
            usual = plan.learnt.get(int(plan.key[self.pairs[row]]))
            value, time = float(self.values[row]), int(self.times[row])
            if usual is None or not np.isfinite(value) or (usual.until is not None and time <= usual.until):
                continue
            limit = float(plan.above[self.rule[row]])
            if found := usual.look(time, value, limit):
                self.measures[row], self.usual[row] = found
                self.signals[row] = WRONG if abs(found[0]) > limit else WELL


def declared_side(when: Declared, value: float) -> int:
    """Return what a solution's function says of a value; one that fails says nothing."""
    try:
        return WRONG if when.check(value) is not None else WELL
    except Exception:
        log.exception("an alert rule failed on %r", value)
        return NEITHER


def sentence_of(when: Declared, value: float) -> Text | None:
    """Return the sentence of a solution's function about a value."""
    try:
        return when.check(value)
    except Exception:
        log.exception("an alert rule failed on %r", value)
        return None


def take(plan: Plan, pairs: Int64s, times: Int64s, values: Floats, now: int, only_ends: bool = False, most: int = MOST_TOLD) -> list[Change]:
    """Hold rows, by pair and time and newer than what the plan remembers, against it; return what changed, in the order of time.

    With `only_ends` just how each pair stands at its last row counts, as where a past is looked at again.
    """
    if not len(pairs):
        return []
    rows = _Rows(plan, pairs, times, values, now)
    rows.ask()
    onsets = np.where((plan.kind[rows.rule] == FROZEN_KIND) & rows.known, rows.times_before, times)
    lasting = plan.lasting[pairs]
    course = machine.run(rows.signals, times, onsets, rows.first, plan.sides[pairs], plan.since[pairs], lasting)
    changed = machine.changes(course.held, rows.first, plan.told[pairs], 0 if only_ends else most)
    ends = np.flatnonzero(np.r_[rows.first[1:], True])
    at = pairs[ends]
    plan.sides[at], plan.since[at] = course.sides[ends], course.since[ends]
    plan.last[at], plan.value[at] = times[ends], values[ends]
    changes = []
    for row in changed.tolist():
        opens, moment = bool(course.held[row]), int(times[row])
        if only_ends and opens:
            moment = min(moment, max(int(course.since[row]) + int(lasting[row]), int(times[0])))
        changes.append(Change(int(pairs[row]), opens, moment, float(values[row]), float(rows.measures[row]), float(rows.usual[row])))
    return sorted(changes, key=lambda change: change.time)
