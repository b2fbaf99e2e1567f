"""Which projects to choose, and when to start them: the best that fits the budget, the people, the dependencies and the limit, proved so.

Solved in two halves that talk (logic-based Benders decomposition, Hooker and Ottosson, Mathematical Programming 96, 2003): one chooses
the projects as if time were one lump, a second one looks for starts that fit every period; where there are none, the first learns which few
projects cannot go together, and chooses again. The first choice that fits is the best there is: each answer of the first half bounds all others.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np

from zinneke.kernel.problem import Problem
from zinneke.office.selection.rules.programme import Candidate, Clause, Contradiction, Frame, Programme, explain, maximise
from zinneke.office.selection.rules.table import Array

NEAT = 3.0
"""Seconds spent on starting early what has been chosen; the choice itself is proved before."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The best choice: the period (from 0) in which each project starts, its value and cost.

    The certificate is `bound`, which no choice exceeds, and the relative `gap` to it (0: proved the best).
    """

    starts: dict[str, int]
    value: float
    cost: float
    bound: float
    gap: float

    @property
    def proved(self) -> bool:
        """Say whether no better choice exists."""
        return self.gap <= 1e-6


class Search:
    """The search for the best choice among some candidates; what it learns about who cannot go together serves each further question."""

    def __init__(self, candidates: Sequence[Candidate], frame: Frame, seconds: float = 20.0) -> None:
        self.whole = Programme(candidates, frame)
        self.candidates, self.frame, self.ends = tuple(candidates), frame, time.monotonic() + seconds
        self.column = {each.key: at for at, each in enumerate(self.candidates)}
        self.values = np.array([each.value for each in self.candidates], dtype=float)
        self.costs = np.array([each.cost for each in self.candidates], dtype=float)
        self.clauses = self._lump()

    @property
    def left(self) -> float:
        """Return the seconds that are left."""
        return self.ends - time.monotonic()

    def _lump(self) -> list[Clause]:
        """Return what holds whatever the starts: who needs and excludes whom, and people and places over all periods together."""
        frame, found = self.frame, []
        for each in self.candidates:
            own = self.column[each.key]
            if self._head(each) + each.periods > frame.periods:
                found.append(Clause("length", (each.key,), {own: 1.0}, 0, 0))
            found += [Clause("needs", (each.key, other), {own: 1.0, self.column[other]: -1.0}, -np.inf, 0) for other in each.needs]
            found += [Clause("against", (each.key, other), {own: 1.0, self.column[other]: 1.0}, -np.inf, 1) for other in each.against]
            if each.must:
                found.append(Clause("must", (each.key,), {own: 1.0}, 1, 1))
        if len(frame.people) >= frame.periods:
            row = {at: each.people * each.periods for at, each in enumerate(self.candidates)}
            found.append(Clause("people", (), row, -np.inf, sum(frame.people[: frame.periods])))
        if frame.parallel is not None:
            lump = {at: float(each.periods) for at, each in enumerate(self.candidates)}
            found.append(Clause("parallel", (), lump, -np.inf, frame.parallel * frame.periods))
        return found

    def _head(self, each: Candidate) -> int:
        """Return how many periods pass at least before a project can start: the longest chain of what it needs."""
        return max((self._head(other) + other.periods for other in self.candidates if other.key in each.needs), default=0)

    def best(self, gain: Array, budget: float | None, further: Sequence[Clause] = ()) -> Choice | None:
        """Return the choice with the greatest gain within a budget and further conditions, None where there is none."""
        given = [*further]
        if budget is not None:
            given.append(Clause("budget", (), dict(enumerate(self.costs.tolist())), -np.inf, budget))
        while True:
            ones, bound, gap = maximise(gain, [*self.clauses, *given], self.left)
            if ones is None:
                return None
            chosen = [each for each, one in zip(self.candidates, ones, strict=True) if one > 0.5]
            starts = self.schedule(chosen)
            if starts is not None:
                return Choice(starts, sum(each.value for each in chosen), sum(each.cost for each in chosen), bound, gap)
            few = self._clash(chosen)
            self.clauses.append(Clause("clash", tuple(few), {self.column[key]: 1.0 for key in few}, -np.inf, len(few) - 1))
            if self.left <= 0:
                raise Problem(503, "Not solved in time", "No choice was proved in the time there is. Ask with fewer options or periods.")

    def schedule(self, chosen: Sequence[Candidate], neat: bool = False) -> dict[str, int] | None:
        """Return periods in which the chosen ones can start, None where there are none; `neat`: as early as found in a few seconds."""
        keys = {each.key for each in chosen}
        sure = [replace(each, must=True, against=(), needs=tuple(key for key in each.needs if key in keys)) for each in chosen]
        inside = Programme(sure, replace(self.frame, budget=None))
        late = np.array([-start * (1 + self.candidates[self.column[key]].value) for key, start in inside.at], dtype=float)
        ones, *_ = maximise(late if neat else late * 0, inside.clauses, NEAT if neat else max(1.0, self.left))
        return None if ones is None else {key: start for (key, start), at in inside.at.items() if ones[at] > 0.5}

    def _clash(self, chosen: Sequence[Candidate]) -> list[str]:
        """Return a few of the chosen ones that no starts can fit together, none of which could be left out."""
        kept = list(chosen)
        for each in chosen:
            fewer = [other for other in kept if other is not each]
            if not any(each.key in other.needs for other in fewer) and self.schedule(fewer) is None:
                kept = fewer
        return [each.key for each in kept]

    def clause(self, keys: Collection[str]) -> list[Clause]:
        """Return the condition that all of these are chosen."""
        return [Clause("must", (key,), {self.column[key]: 1.0}, 1, 1) for key in sorted(keys)]


def choose(candidates: Sequence[Candidate], frame: Frame, seconds: float = 20.0) -> Choice:
    """Return the choice of greatest value. Raises `Contradiction` where the conditions leave none, naming which contradict one another."""
    search = Search(candidates, frame, seconds)
    best = search.best(search.values, frame.budget)
    if best is None:
        raise Contradiction(explain(search.whole))
    return _neat(search, best)


def _neat(search: Search, found: Choice) -> Choice:
    """Return a choice with its projects started as early as a few seconds of search find."""
    try:
        starts = search.schedule([each for each in search.candidates if each.key in found.starts], neat=True)
    except Problem:
        starts = None
    return replace(found, starts=starts or found.starts)


@dataclass(frozen=True, slots=True)
class Front:
    """The portfolios that no other beats in both value and cost, the dearest first; `complete` False when time or number ran out before the last."""

    choices: tuple[Choice, ...]
    complete: bool


def front(candidates: Sequence[Candidate], frame: Frame, most: int = 60, seconds: float = 8.0, unit: float = 1.0) -> Front:
    """Return every portfolio that is not dominated (impact against cost), by the ε-constraint method.

    For each budget the greatest value, then the least cost for that value; then a budget one `unit` (€) lower, until nothing is left.
    After Haimes, Lasdon and Wismer (1971); with costs in whole units it passes none over.
    """
    search, found = Search(candidates, frame, seconds), list[Choice]()
    worth = dict(enumerate(search.values.tolist()))
    limit = float(search.costs.sum()) if frame.budget is None else frame.budget
    try:
        while len(found) < most and limit >= 0:
            best = search.best(search.values, limit)
            if best is None:
                break
            least = search.best(-search.costs, limit, [Clause("value", (), worth, best.value - 1e-9, np.inf)])
            found.append(least or best)
            limit = found[-1].cost - unit
        return Front(tuple(found), len(found) < most or limit < 0)
    except Problem:
        return Front(tuple(found), False)


@dataclass(frozen=True, slots=True)
class Entry:
    """What would have to be true for a project to enter.

    `forced` is the best choice with it in (None when no choice has it: `why` says which conditions forbid it), `leaving` and `entering` what changes,
    `loss` the value given up, `score` the value it would need to be in the best choice by itself, `budget` the euros to add so that it joins the
    choice as it stands, with what it needs (None: money alone does not do it).
    """

    key: str
    inside: bool
    forced: Choice | None = None
    why: tuple[tuple[str, tuple[str, ...]], ...] = ()
    leaving: tuple[str, ...] = ()
    entering: tuple[str, ...] = ()
    loss: float = 0.0
    score: float | None = None
    budget: float | None = None


def enter(candidates: Sequence[Candidate], frame: Frame, key: str, now: Choice | None = None) -> Entry:
    """Return what would have to be true for one project to enter the best choice, by solving again. Raises `Problem` 404 for an unknown one."""
    if key not in {each.key for each in candidates}:
        raise Problem(404, "Not found", f"There is no option {key!r} here.")
    now = now or choose(candidates, frame)
    if key in now.starts:
        return Entry(key, True)
    search = Search(candidates, frame)
    joined = search.best(-search.costs, None, search.clause({key, *now.starts}))
    more = None if joined is None or frame.budget is None else max(0.0, joined.cost - frame.budget)
    best = search.best(search.values, frame.budget, search.clause({key}))
    if best is None:
        forced = [replace(each, must=True) if each.key == key else each for each in candidates]
        return Entry(key, False, why=tuple(explain(Programme(forced, frame))), budget=more)
    own, loss = float(search.values[search.column[key]]), max(0.0, now.value - best.value)
    leaving = tuple(sorted(now.starts.keys() - best.starts.keys()))
    entering = tuple(sorted(best.starts.keys() - now.starts.keys() - {key}))
    return Entry(key, False, _neat(search, best), (), leaving, entering, loss, own + loss, more)


def running(starts: dict[str, int], candidates: Sequence[Candidate], periods: int) -> list[int]:
    """Return how many projects run in each period."""
    long = {each.key: each.periods for each in candidates}
    return [sum(1 for key, start in starts.items() if start <= period < start + long[key]) for period in range(periods)]
