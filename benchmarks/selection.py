"""The selection's arithmetic: 700 projects ranked with ten thousand weightings, and a portfolio of a hundred proved the best."""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from zinneke.office.selection.rules.portfolio import choose
from zinneke.office.selection.rules.programme import Candidate, Frame
from zinneke.office.selection.rules.ranking import WAYS, ranks, score
from zinneke.office.selection.rules.sensitivity import compare_ways, removals, sample, weight_intervals
from zinneke.office.selection.rules.table import Preference, Table, gather, share

PROJECTS, CRITERIA, EVALUATORS, DRAWS = 700, 12, 10, 10_000
SEEDS = 6


def measure() -> list[dict[str, Any]]:
    """Rank in each way with everything that says how firm it is, and solve several portfolios; the slowest of each counts."""
    import scipy.optimize
    import scipy.stats  # noqa: F401  their first import is no part of the work

    rankings = {way: _rank(way) for way in WAYS}
    portfolios = [_choose(seed) for seed in range(SEEDS)]
    slowest = max(rankings, key=lambda way: rankings[way])
    told = ", ".join(f"{way} {seconds:.2f}" for way, seconds in rankings.items())
    record = {"issue": "F", "unit": "s", "better": "lower", "cpu_ms_per_op": None, "raw_engine_ratio": None}
    return [
        {
            **record,
            "job": "700 projects × 12 criteria × 10 evaluators ranked with 10,000-draw sensitivity",
            "value": round(rankings[slowest], 3),
            "bar": 5,
            "how": f"in process: gather, rank, room of each weight, 10,000 weightings, other ways, removals; seconds by way: {told}",
        },
        {
            **record,
            "job": "portfolio of 100 projects with dependencies proved optimal",
            "value": round(max(portfolios), 3),
            "bar": 10,
            "how": f"in process: budget, people and limit in each of 8 quarters, needs, exclusions, one must; slowest of {SEEDS} random instances",
        },
    ]


def _rank(way: str) -> float:
    made = np.random.default_rng(1)
    truth = made.uniform(1, 5, (PROJECTS, CRITERIA, 1))
    scores = np.clip(np.round(truth + made.normal(0, 0.7, (PROJECTS, CRITERIA, EVALUATORS))), 1, 5)
    more, low, high = made.random(CRITERIA) < 0.7, np.full(CRITERIA, 1.0), np.full(CRITERIA, 5.0)
    began = time.perf_counter()
    found = gather(scores, more, low, high, [None] * CRITERIA)
    weights, linear = share(made.uniform(1, 9, CRITERIA)), (Preference("linear", q=0.5, p=2),) * CRITERIA
    table = Table(found.middle, weights, more, low, high, linear)
    ranks(score(table, way))
    weight_intervals(table, way, "scale", 50)
    sample(table, way, "scale", 50, DRAWS)
    compare_ways(table, "scale")
    removals(table, way, "scale")
    return time.perf_counter() - began


def _choose(seed: int) -> float:
    made = np.random.default_rng(seed)
    candidates = []
    for at in range(100):
        needs = (f"p{int(made.integers(0, at))}",) if at > 5 and made.random() < 0.4 else ()
        against = (f"p{int(made.integers(0, at))}",) if at > 5 and made.random() < 0.1 else ()
        candidates.append(
            Candidate(
                key=f"p{at}", value=round(float(made.uniform(20, 95)), 1), cost=float(made.integers(50, 900) * 1000),
                periods=int(made.integers(1, 5)), people=float(made.integers(1, 9)), needs=needs, against=against, must=at == 3,
            )
        )  # fmt: skip
    began = time.perf_counter()
    found = choose(candidates, Frame(periods=8, budget=10_000_000, people=(40.0,) * 8, parallel=12))
    if not found.proved:
        raise RuntimeError(f"instance {seed} was not proved")
    return time.perf_counter() - began
