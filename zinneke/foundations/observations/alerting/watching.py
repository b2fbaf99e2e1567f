"""The plan of this process, held against each commit and looked at from time to time; what changes is written and told in one transaction."""

from __future__ import annotations

import threading
import time
from collections.abc import Collection
from datetime import datetime

import numpy as np

from zinneke.foundations import bus
from zinneke.foundations.observations import lifecycle, models, register
from zinneke.foundations.observations.alerting import fences, holding, learning, looking_back, records, telling
from zinneke.foundations.observations.alerting.holding import Change
from zinneke.foundations.observations.alerting.machine import LONG_AGO, WRONG
from zinneke.foundations.observations.alerting.plan import SILENT, Plan
from zinneke.foundations.observations.register import Register
from zinneke.foundations.observations.rules import FORGOTTEN
from zinneke.foundations.observations.tail import NEVER
from zinneke.foundations.observations.values import Floats, Int32s, Int64s
from zinneke.kernel.period import to_microseconds

MOST_DOUBTED = 200
"""Pairs whose past is looked at again at once when late rows come; the others have their turn at the next look."""
_lock = threading.RLock()
_counting = threading.Lock()
_plan: Plan | None = None
_generation = 0
_made = -1
_stamp: str | None = None
_began = time.time_ns() // 1000
_doubted: set[int] = set()


def watch(known: Register, streams: Int32s, times: Int64s, values: Floats) -> None:
    """Hold rows that were stored against the rules; open what is wrong, close what is over."""
    plan = _plan
    if plan is None or plan.register is not known or _made != _generation:
        plan = _renewed(register.current())
    if not len(plan.order) or not plan.counts[plan.register.find(streams)].any():
        return
    order = np.lexsort((times, streams))
    streams, times, values = streams[order], times[order], values[order]
    with _lock:
        plan = _plan or plan
        rows, pairs = plan.meet(plan.register.find(streams))
        if len(rows):
            _hold(plan, pairs, times[rows], values[rows])


def _hold(plan: Plan, pairs: Int64s, times: Int64s, values: Floats) -> None:
    now = time.time_ns() // 1000
    last = plan.last[pairs]
    new = times > last
    late = ~new & (times > last - plan.lookback[pairs]) & (times != last)
    if not late.any():
        telling.tell(plan, holding.take(plan, pairs[new], times[new], values[new], now))
        return
    doubted = np.unique(pairs[late])
    changes = holding.take(plan, pairs[new], times[new], values[new], now)
    _doubted.update(plan.key[doubted[MOST_DOUBTED:]].tolist())
    telling.tell(plan, changes)
    telling.tell(plan, looking_back.again(plan, doubted[:MOST_DOUBTED], now))


def begin() -> None:
    """Before anything new is taken in, tell what was stored and not told before we stopped, or were stopped; nothing to do without people's rules."""
    if models.AlertRule.objects.filter(state="active").exists():
        _renewed(register.current())


def corrected(known: Register, stream: int, moment: int) -> None:
    """Look again at the rules about a stream of which a value was replaced, as far back as they look."""
    plan = _renewed(known)
    with _lock:
        pairs = plan.of_stream(stream)
        pairs = pairs[moment > plan.last[pairs] - plan.lookback[pairs]]
        telling.tell(plan, looking_back.again(plan, pairs, time.time_ns() // 1000))


def _renewed(known: Register) -> Plan:
    """Return the plan for what is known now; pairs that are new in it are held against what is stored already."""
    global _plan, _made
    with _lock:
        if _plan is not None and _plan.register is known and _made == _generation:
            return _plan
        generation, now = _generation, time.time_ns() // 1000
        plan = Plan(known, records.watched(), _plan)
        if plan.fresh.any():
            plan.open(telling.open_alerts([rule.key for rule in plan.rules]))
        _plan, _made = plan, generation
        lifecycle.opened().tail.cover(known.highest)
        changes = [*looking_back.begin(plan, now), *fences.look(plan, now)]
        telling.tell(plan, changes)
        return plan


def moved(things: Collection[str]) -> None:
    """Hold things that stand elsewhere now against the fences, where any concerns them; those that nobody knew yet may be anybody's."""
    plan = _plan
    if plan is None or not plan.fenced or not bus.main():
        return
    if any(thing in plan.fenced or thing not in plan.register.things for thing in things):
        _renewed(register.current())  # the register is another since they moved, and with it the plan, which looks at the fences when it is made


def look(now: datetime) -> int:
    """Do what no observation sets off: who fell silent, where things are, what was left to look at again, what is usual. Returns what changed."""
    if not bus.main():  # the node that stores is the one that looks
        return 0
    _hear_of_others()
    plan, moment = _renewed(register.current()), to_microseconds(now)
    with _lock:
        changes = [*_silences(plan, moment), *fences.look(plan, moment)]
        if _doubted:
            pairs = np.flatnonzero(np.isin(plan.key, np.array(sorted(_doubted), np.int64)))[: 10 * MOST_DOUBTED]
            changes += looking_back.again(plan, pairs, moment)
            _doubted.difference_update(plan.key[pairs].tolist()) if len(pairs) else _doubted.clear()
        telling.tell(plan, changes)
    learning.learn(plan, _lock)
    return len(changes)


def _silences(plan: Plan, now: int) -> list[Change]:
    """Return who fell silent: heard of within the last month or ten times as long as is waited for, and not since, while we were there to hear."""
    pairs = np.flatnonzero((plan.kind[plan.rule] == SILENT) & ~plan.told)
    if not len(pairs):
        return []
    last, after = lifecycle.opened().tail.ends(plan.stream[pairs]).last, plan.after[pairs]
    heard = last != NEVER
    since = np.maximum(np.where(heard, last, now), _began)
    quiet = heard & (now - since > after) & (now - np.where(heard, last, now) <= np.maximum(10 * np.minimum(after, FORGOTTEN), FORGOTTEN))
    found = pairs[quiet]
    plan.sides[found], plan.since[found] = WRONG, LONG_AGO
    moments = (since + after)[quiet]
    return [Change(pair, True, at, np.nan, float(plan.after[pair])) for pair, at in zip(found.tolist(), moments.tolist(), strict=True)]


def changed() -> None:
    """Say that rules changed: here at once, and to other processes by a stamp (inside the transaction)."""
    global _generation
    records.stamp()
    with _counting:  # not the other lock: whoever holds that may be waiting for the transaction that we are in
        _generation += 1


def _hear_of_others() -> None:
    """Notice that another process changed rules."""
    global _stamp, _generation
    stamp = models.Stamp.objects.filter(pk=records.STAMP).values_list("value", flat=True).first() or ""
    if _stamp is not None and stamp != _stamp:
        with _counting:
            _generation += 1
    _stamp = stamp


def learning_of(key: str) -> int:
    """Return of how many streams a rule does not know yet what is usual."""
    plan = _plan
    return learning.count(plan, key) if plan is not None else 0


def renew() -> None:
    """Hold rules that are committed now against what is stored; on a node that only takes in, the one that stores does so at its next look."""
    global _generation
    with _counting:
        _generation += 1  # whoever stored since `changed` has read the rules before the commit
    if bus.main():
        _renewed(register.current())


def forget() -> None:
    """Forget everything that is remembered."""
    global _plan, _stamp
    with _lock:
        _plan, _stamp = None, None
        _doubted.clear()
