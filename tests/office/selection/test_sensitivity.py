"""How firm a ranking is: what is claimed of a weight, of ten thousand weightings and of an option that goes is true when tried."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from zinneke.kernel.problem import Problem
from zinneke.office.selection.rules import accord, hierarchy
from zinneke.office.selection.rules.ranking import WAYS, ranks, score, scorer
from zinneke.office.selection.rules.sensitivity import compare_ways, correlate, moved, removals, sample, weight_intervals
from zinneke.office.selection.rules.table import Preference, Table, share


def table(values: np.ndarray, weights: list[float]) -> Table:
    columns = values.shape[1]
    return Table(
        values, share(weights), np.ones(columns, bool), np.zeros(columns), np.full(columns, 10.0), (Preference("linear", q=0.5, p=4),) * columns
    )


tables = st.integers(2, 6).flatmap(
    lambda rows: st.integers(2, 4).flatmap(
        lambda columns: st.tuples(
            arrays(float, (rows, columns), elements=st.integers(0, 20).map(lambda n: n / 2)),
            st.lists(st.integers(1, 9).map(float), min_size=columns, max_size=columns),
        )
    )
)


@given(tables, st.sampled_from(WAYS), st.sampled_from([None, 1, 2]))
def test_inside_its_interval_a_weight_changes_nothing_and_just_outside_something(made: tuple, way: str, first: int | None) -> None:
    of = table(*made)
    give, before = scorer(of, way, "scale"), score(of, way)

    def kept(at: float, criterion: int) -> bool:
        after = np.round(give(moved(of.weights, criterion, at)[None, :])[0], 8)
        if first is None:
            ahead, behind = np.nonzero(np.round(before[:, None], 10) > np.round(before[None, :], 10))
        else:
            inside = ranks(before) <= first
            ahead, behind = np.nonzero(inside[:, None] & ~inside[None, :])
        return bool((after[ahead] >= after[behind]).all())

    for criterion, found in enumerate(weight_intervals(of, way, "scale", first)):
        assert -1e-9 <= found.low <= of.weights[criterion] + 1e-9
        assert of.weights[criterion] - 1e-9 <= found.high <= 1 + 1e-9
        for part in (0.1, 0.5, 0.9):
            assert kept(found.low + part * (found.high - found.low), criterion)
        if way != "topsis":
            for edge, pair, sign in ((found.low, found.below, -1), (found.high, found.above, 1)):
                if pair is not None and 0.02 < edge < 0.98:
                    after = give(moved(of.weights, criterion, edge + sign * 0.01)[None, :])[0]
                    assert after[pair[0]] <= after[pair[1]] + 1e-9


def test_an_interval_by_hand() -> None:
    """A is better on the first, B on the second criterion: they meet where both weigh a half."""
    of = table(np.array([[10.0, 0.0], [0.0, 10.0]]), [7, 3])
    found = weight_intervals(of, "weighted_sum", "scale")
    assert (found[0].low, found[0].high) == pytest.approx((0.5, 1.0))
    assert found[0].below == (0, 1)
    assert (found[1].low, found[1].high) == pytest.approx((0.0, 0.5))


def test_ten_thousand_weightings_agree_with_geometry() -> None:
    """With two options each best on one criterion, each is first in half of all weightings; the same draw gives the same figures."""
    found = sample(table(np.array([[10.0, 0.0], [0.0, 10.0]]), [1, 1]), "weighted_sum", "scale", 1)
    assert found.draws == 10_000
    assert found.best == pytest.approx([0.5, 0.5], abs=0.02)
    again = sample(table(np.array([[10.0, 0.0], [0.0, 10.0]]), [1, 1]), "weighted_sum", "scale", 1)
    assert (found.acceptability == again.acceptability).all()


@given(tables, st.sampled_from(WAYS))
def test_acceptabilities_are_shares_and_who_is_better_everywhere_is_always_first(made: tuple, way: str) -> None:
    values = np.vstack([made[0], np.full(made[0].shape[1], 20.0)])
    found = sample(table(values, made[1]), way, "minmax", 1, draws=200, near=20)
    assert found.acceptability.sum(axis=1) == pytest.approx(1.0)
    assert found.best[-1] == 1.0
    assert (found.low <= found.high).all()


def test_on_declared_scales_a_weighted_sum_never_reverses_when_an_option_goes() -> None:
    values = np.random.default_rng(4).uniform(0, 10, (30, 5))
    assert removals(table(values, [1, 2, 3, 4, 5]), "weighted_sum", "scale") == []


@pytest.mark.parametrize("way", ["topsis", "promethee"])
def test_a_reversal_that_is_told_happens_when_tried(way: str) -> None:
    values = np.random.default_rng(4).uniform(0, 10, (30, 5))
    of = table(values, [1, 2, 3, 4, 5])
    found = removals(of, way, "minmax")
    assert found
    for each in found[:10]:
        before, rest = score(of, way, "minmax"), [at for at in range(30) if at != each.removed]
        after = dict(zip(rest, score(of.only(rest), way, "minmax"), strict=True))
        assert before[each.ahead] > before[each.behind]
        assert after[each.ahead] < after[each.behind]


def test_ways_that_agree_say_one_and_opposite_ones_minus_one() -> None:
    assert correlate(np.array([1, 2, 3]), np.array([1, 2, 3])) == (1.0, 1.0)
    assert correlate(np.array([1, 2, 3]), np.array([3, 2, 1])) == pytest.approx((-1.0, -1.0))
    assert correlate(np.array([1, 1, 1]), np.array([1, 2, 3])) == (0.0, 0.0)
    _found, agreed = compare_ways(table(np.array([[9.0, 9], [5, 5], [1, 1]]), [1, 1]), "scale")
    assert {each.kendall for each in agreed} == {1.0}


# -- weights from comparisons ------------------------------------------------------------------------------------------------

HOUSE = [
    [1, 5, 3, 7, 6, 6, 1 / 3, 1 / 4], [1 / 5, 1, 1 / 3, 5, 3, 3, 1 / 5, 1 / 7], [1 / 3, 3, 1, 6, 3, 4, 6, 1 / 5],
    [1 / 7, 1 / 5, 1 / 6, 1, 1 / 3, 1 / 4, 1 / 7, 1 / 8], [1 / 6, 1 / 3, 1 / 3, 3, 1, 1 / 2, 1 / 5, 1 / 6],
    [1 / 6, 1 / 3, 1 / 4, 4, 2, 1, 1 / 5, 1 / 6],
    [3, 5, 1 / 6, 7, 5, 5, 1, 1 / 2], [4, 7, 5, 8, 6, 6, 2, 1],
]  # fmt: skip
"""Buying a house: T. L. Saaty, How to make a decision, EJOR 48 (1990), table 3."""


def test_the_hierarchy_gives_the_published_weights_and_consistency_of_the_house() -> None:
    found = hierarchy.weigh(np.array(HOUSE))
    assert found.weights == pytest.approx([0.173, 0.054, 0.188, 0.018, 0.031, 0.036, 0.167, 0.333], abs=6e-4)
    assert (found.largest, found.index, found.ratio) == pytest.approx((9.669, 0.238, 0.169), abs=6e-4)
    assert not found.consistent
    assert found.worst == (2, 6)


@given(st.lists(st.floats(0.1, 0.85), min_size=1, max_size=15))
def test_consistent_judgements_give_back_the_weights_both_ways(weights: list[float]) -> None:
    given_ = np.array(weights)
    found = hierarchy.weigh(given_[:, None] / given_[None, :])
    assert found.weights == pytest.approx(given_ / given_.sum(), abs=1e-6)
    assert found.geometric == pytest.approx(given_ / given_.sum(), abs=1e-6)
    assert found.ratio == pytest.approx(0.0, abs=1e-6)
    assert found.consistent


def test_judgements_that_cannot_be_are_refused_with_a_sentence() -> None:
    with pytest.raises(Problem, match="between 1/9 and 9"):
        hierarchy.complete({(0, 1): 12}, 3)
    with pytest.raises(Problem, match="1 to 15 criteria"):
        hierarchy.complete({}, 16)
    with pytest.raises(Problem, match="inverse"):
        hierarchy.weigh(np.array([[1.0, 3.0], [3.0, 1.0]]))


# -- agreement ------------------------------------------------------------------------------------------------------------


def test_kappa_gives_the_published_figure() -> None:
    """Fleiss, Levin and Paik (2003), Statistical Methods for Rates and Proportions, table 18.1: κ = 0.676."""
    found = accord.from_table(np.array([[75.0, 1, 4], [5, 4, 1], [0, 0, 10]]))
    assert (found.observed, found.expected) == pytest.approx((0.89, 0.66))
    assert found.value == pytest.approx(0.676, abs=6e-4)


def test_kappa_of_fifty_proposals() -> None:
    """Two readers, 20 times yes-yes, 5 yes-no, 10 no-yes, 15 no-no: 0.40."""
    assert accord.from_table(np.array([[20.0, 5], [10, 15]])).value == pytest.approx(0.4)


def test_kappa_says_nothing_where_there_is_nothing_to_say() -> None:
    assert accord.kappa([1, 1], [1, 1], [0, 1]).value is None
    assert accord.kappa([], [], [0, 1]).value is None
    assert accord.kappa([1, float("nan")], [float("nan"), 1], [0, 1]).judged == 0
    assert accord.say(None).en == "cannot be measured"


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=40))
def test_kappa_is_one_only_for_full_agreement_and_never_above(rows: list[tuple[int, int]]) -> None:
    for weighing in ("", "linear", "quadratic"):
        found = accord.kappa([a for a, _ in rows], [b for _, b in rows], [0, 1, 2, 3], weighing)
        if found.value is not None:
            assert found.value <= 1 + 1e-12
            assert (found.value > 1 - 1e-12) == all(a == b for a, b in rows)
