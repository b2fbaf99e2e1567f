"""The conditions of a portfolio as an integer programme in time, what contradicts what in it, and the sentences that say so."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

import numpy as np

from zinneke.kernel.problem import Problem, wrong
from zinneke.office.selection.rules.table import Array


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A project that may be chosen: what it is worth (0 or more), what it costs (€), for how many periods, and how many people each of them takes.

    `needs` are keys of projects that must be finished before it starts; `against` keys that cannot be chosen with it.
    """

    key: str
    value: float
    cost: float = 0.0
    periods: int = 1
    people: float = 0.0
    needs: tuple[str, ...] = ()
    against: tuple[str, ...] = ()
    must: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What there is: budget (€, None for no limit), people in each period (empty: no limit), projects at a time (None: no limit), periods."""

    periods: int = 8
    budget: float | None = None
    people: tuple[float, ...] = ()
    parallel: int | None = None


@dataclass(frozen=True, slots=True)
class Clause:
    """One condition as a row of the programme, with whom it is about: `kind` and keys make its sentence."""

    kind: str
    keys: tuple[str, ...]
    row: dict[int, float]
    low: float
    high: float


class Contradiction(Problem):
    """No choice meets all conditions; `clauses` are a few that contradict one another, none of which could be left out."""

    def __init__(self, clauses: Sequence[tuple[str, tuple[str, ...]]]) -> None:
        self.clauses = tuple(clauses)
        told = "; ".join(_english(kind, keys) for kind, keys in clauses)
        super().__init__(409, "These conditions contradict one another", f"No choice meets all of them: {told}. Give up one of these.")


def _english(kind: str, keys: tuple[str, ...]) -> str:
    one, other = (*keys, "", "")[:2]
    return {
        "must": f"{one} must be chosen",
        "needs": f"{one} needs {other} to be finished first",
        "against": f"{one} and {other} exclude each other",
        "budget": "the budget",
        "people": "the people there are",
        "parallel": "the limit of projects at a time",
        "length": f"{one} does not fit into the periods",
        "cycle": f"each needs the next: {' → '.join(keys)}",
        "enter": f"{one} is to be in",
    }[kind]


def check(candidates: Sequence[Candidate], frame: Frame) -> None:
    """Refuse what means nothing, with a sentence: a key twice or unknown, a negative figure, itself as a condition, a circle of needs."""
    keys = [each.key for each in candidates]
    known = set(keys)
    if len(known) < len(keys):
        raise wrong(f"{next(key for key in keys if keys.count(key) > 1)} is listed twice.", where="options")
    if frame.periods < 1 or (frame.budget is not None and frame.budget < 0) or (frame.parallel is not None and frame.parallel < 0):
        raise wrong("Budget, limit and number of periods cannot be negative.", where="frame")
    for each in candidates:
        if min(each.value, each.cost, each.people) < 0 or each.periods < 1 or not np.isfinite([each.value, each.cost, each.people]).all():
            raise wrong(f"{each.key}: value, cost and people are numbers from zero, and it lasts at least one period.", where=each.key)
        for other in (*each.needs, *each.against):
            if other not in known:
                raise wrong(f"{each.key} names {other}, which is not among the options. Add it, or take the condition away.", where=each.key)
    try:
        TopologicalSorter({each.key: each.needs for each in candidates}).prepare()
    except CycleError as fault:
        circle = tuple(reversed(fault.args[1]))
        raise Contradiction([("cycle", circle)]) from None


class Programme:
    """The integer programme of some candidates within a frame."""

    def __init__(self, candidates: Sequence[Candidate], frame: Frame) -> None:
        check(candidates, frame)
        self.candidates, self.frame = tuple(candidates), frame
        self.at: dict[tuple[str, int], int] = {}
        for each in candidates:
            for start in range(frame.periods - each.periods + 1):
                self.at[each.key, start] = len(self.at)
        self.clauses = list(self._clauses())

    def starts(self, key: str) -> list[tuple[int, int]]:
        """Return (start, column) of a candidate, for each period in which it can start."""
        return [(start, column) for (held, start), column in self.at.items() if held == key]

    def chosen(self, key: str) -> dict[int, float]:
        """Return the row that sums to one when a candidate is chosen."""
        return {column: 1.0 for _start, column in self.starts(key)}

    def _clauses(self) -> Iterable[Clause]:
        for each in self.candidates:
            yield Clause("once", (each.key,), self.chosen(each.key), 0, 1)
            if each.must:
                yield Clause("must", (each.key,), self.chosen(each.key), 1, np.inf)
            for other in each.needs:
                yield from self._before(each, other)
            for other in each.against:
                both = self.chosen(each.key)
                yield Clause("against", (each.key, other), {**both, **self.chosen(other)}, -np.inf, 1)
        yield from self._limits()

    def _before(self, each: Candidate, other: str) -> Iterable[Clause]:
        """Yield for each period: who has started by then had what it needs finished by then."""
        long = next(found.periods for found in self.candidates if found.key == other)
        for period in range(self.frame.periods):
            row = {column: 1.0 for start, column in self.starts(each.key) if start <= period}
            row |= {column: -1.0 for start, column in self.starts(other) if start + long <= period}
            if any(value > 0 for value in row.values()):
                yield Clause("needs", (each.key, other), row, -np.inf, 0)

    def _limits(self) -> Iterable[Clause]:
        frame, by_key = self.frame, {each.key: each for each in self.candidates}
        if frame.budget is not None:
            costs = {column: by_key[key].cost for (key, _start), column in self.at.items()}
            yield Clause("budget", (), costs, -np.inf, frame.budget)
        for period in range(frame.periods):
            running = {column: by_key[key] for (key, start), column in self.at.items() if start <= period < start + by_key[key].periods}
            if period < len(frame.people):
                yield Clause("people", (), {column: each.people for column, each in running.items()}, -np.inf, frame.people[period])
            if frame.parallel is not None:
                yield Clause("parallel", (), dict.fromkeys(running, 1.0), -np.inf, frame.parallel)


def maximise(gain: Array, clauses: Sequence[Clause], seconds: float = 20.0) -> tuple[Array | None, float, float]:
    """Return the zeros and ones that bring the most, the bound and the relative gap; None where the clauses leave none. By HiGHS."""
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csr_array

    if not len(gain):
        return (gain, 0.0, 0.0) if all(each.low <= 0 <= each.high for each in clauses) else (None, 0.0, 0.0)
    rows = [(at, column, value) for at, each in enumerate(clauses) for column, value in each.row.items()]
    lines, columns, values = zip(*rows, strict=True) if rows else ((), (), ())
    matrix = csr_array((values, (lines, columns)), shape=(len(clauses), len(gain)))
    conditions = [LinearConstraint(matrix, [each.low for each in clauses], [each.high for each in clauses])] if clauses else []
    options = {"time_limit": max(0.1, seconds), "mip_rel_gap": 0.0}
    found = milp(-gain, constraints=conditions, integrality=np.ones(len(gain)), bounds=Bounds(0, 1), options=options)
    if found.x is None:
        if found.status == 1:
            raise Problem(503, "Not solved in time", f"No choice was found in {seconds:.0f} seconds. Ask with fewer options or periods.")
        return None, 0.0, 0.0
    return np.round(found.x), -float(found.mip_dual_bound), float(found.mip_gap or 0.0)


def explain(programme: Programme) -> list[tuple[str, tuple[str, ...]]]:
    """Return a few conditions that cannot all hold, none of which could be left out (a deletion filter over groups of clauses)."""
    nothing = np.zeros(len(programme.at))
    names = list(dict.fromkeys((each.kind, each.keys) for each in programme.clauses if each.kind != "once"))
    needed = list(names)
    for name in sorted(names, key=lambda each: each[0] in ("must", "enter", "budget", "people", "parallel")):
        fewer = [each for each in needed if each != name]
        kept = [each for each in programme.clauses if each.kind == "once" or (each.kind, each.keys) in fewer]
        if maximise(nothing, kept)[0] is None:
            needed = fewer
    too_long = [("length", name[1]) for name in needed if name[0] in ("must", "enter") and not programme.starts(name[1][0])]
    return [*needed, *too_long]
