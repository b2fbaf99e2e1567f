"""The ways of ranking against worked examples of the literature and against another's implementation."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from pymcdm.methods import PROMETHEE_II, TOPSIS
from pymcdm.normalizations import max_normalization, minmax_normalization, sum_normalization, vector_normalization

from zinneke.kernel.problem import Problem
from zinneke.office.selection.rules.ranking import WAYS, normalise, prefer, ranks, score
from zinneke.office.selection.rules.table import Preference, Table, gather, share

AIRCRAFT = [
    [2.0, 1500, 20000, 5.5, 5, 9],
    [2.5, 2700, 18000, 6.5, 3, 5],
    [1.8, 2000, 21000, 4.5, 7, 7],
    [2.2, 1800, 20000, 5.0, 5, 5],
]
"""Choosing a fighter aircraft: Hwang and Yoon (1981), Multiple Attribute Decision Making, example of TOPSIS."""
DAMS = [
    [80, 90, 600, 5.4, 8, 5],
    [65, 58, 200, 9.7, 1, 1],
    [83, 60, 400, 7.2, 4, 7],
    [40, 80, 1000, 7.5, 7, 10],
    [52, 72, 600, 2.0, 3, 8],
    [94, 96, 700, 3.6, 5, 6],
]
"""Siting a hydroelectric power station: Brans, Vincke and Mareschal (1986), EJOR 24, § 3."""
DAM_PREFERENCES = (
    Preference("u", q=10),
    Preference("v", p=30),
    Preference("linear", q=50, p=500),
    Preference("level", q=1, p=6),
    Preference("usual"),
    Preference("gaussian", s=5),
)


def table(values: list[list[float]] | np.ndarray, weights: list[float], more: list[bool] | np.ndarray, preferences: tuple = ()) -> Table:
    x = np.array(values, dtype=float)
    return Table(x, share(weights), np.array(more), x.min(axis=0), x.max(axis=0), preferences)


def test_topsis_gives_the_published_closeness_of_the_four_aircraft() -> None:
    made = table(AIRCRAFT, [0.2, 0.1, 0.1, 0.1, 0.2, 0.3], [True, True, True, False, True, True])
    assert score(made, "topsis", "vector") == pytest.approx([0.643, 0.268, 0.613, 0.312], abs=6e-4)
    assert ranks(score(made, "topsis", "vector")).tolist() == [1, 4, 2, 3]


def test_promethee_gives_the_published_net_flows_of_the_six_dams_with_all_six_functions() -> None:
    made = table(DAMS, [1] * 6, [False, True, False, False, False, True], DAM_PREFERENCES)
    assert score(made, "promethee") == pytest.approx([-0.146, 0.017, -0.089, -0.020, 0.293, -0.055], abs=1e-3)


def test_a_weighted_sum_gives_the_published_scores() -> None:
    """Triantaphyllou (2000), Multi-Criteria Decision Making Methods: a Comparative Study, example of the WSM: 21.50, 22.00, 22.00."""
    values = np.array([[25, 20, 15, 30], [10, 30, 20, 30], [30, 10, 30, 10]], dtype=float)
    made = Table(values, share([0.20, 0.15, 0.40, 0.25]), np.ones(4, bool), np.zeros(4), np.full(4, 100.0))
    assert score(made, "weighted_sum") * 100 == pytest.approx([21.5, 22.0, 22.0])
    assert ranks(score(made, "weighted_sum")).tolist() == [3, 1, 1]


matrices = st.integers(2, 7).flatmap(
    lambda rows: st.integers(1, 5).flatmap(lambda columns: arrays(float, (rows, columns), elements=st.floats(0.5, 100).map(lambda x: round(x, 3))))
)


@pytest.mark.filterwarnings("ignore::UserWarning")
@given(matrices, st.data())
def test_topsis_and_promethee_agree_with_pymcdm_on_whatever_numbers(values: np.ndarray, data: st.DataObject) -> None:
    columns = values.shape[1]
    weights = np.array(data.draw(st.lists(st.floats(0.05, 1), min_size=columns, max_size=columns)))
    more = np.array(data.draw(st.lists(st.booleans(), min_size=columns, max_size=columns)))
    types, shares = np.where(more, 1, -1), weights / weights.sum()
    apart = (values.max(axis=0) > values.min(axis=0)).all()
    made = table(values, weights.tolist(), more)
    if apart:
        for ours, theirs in (("minmax", minmax_normalization), ("vector", vector_normalization)):
            assert score(made, "topsis", ours) == pytest.approx(TOPSIS(theirs)(values, shares, types), abs=1e-9)
    for ours, theirs in (("usual", "usual"), ("u", "ushape"), ("v", "vshape"), ("level", "level"), ("linear", "vshape_2")):
        made = table(values, weights.tolist(), more, (Preference(ours, q=2.0, p=9.0),) * columns)
        method = PROMETHEE_II(theirs, p=np.full(columns, 9.0), q=np.full(columns, 2.0))
        expected = method(values, shares, types)
        assert score(made, "promethee") == pytest.approx(expected, abs=1e-9)


@given(matrices, st.data())
def test_each_normalisation_agrees_with_pymcdm(values: np.ndarray, data: st.DataObject) -> None:
    more = np.array(data.draw(st.lists(st.booleans(), min_size=values.shape[1], max_size=values.shape[1])))
    made = table(values, [1] * values.shape[1], more)
    theirs = {"minmax": minmax_normalization, "max": max_normalization, "sum": sum_normalization, "vector": vector_normalization}
    for name, function in theirs.items():
        expected = np.column_stack([function(values[:, at], cost=not more[at]) for at in range(values.shape[1])])
        assert normalise(made, name) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("by", ["scale", "minmax", "max", "vector"])
def test_when_all_are_equal_on_everything_all_share_the_first_place_and_nothing_is_nan(way: str, by: str) -> None:
    made = table([[3, 0], [3, 0], [3, 0]], [1, 1], [True, False])
    found = score(made, way, by)
    assert np.isfinite(found).all()
    assert ranks(found).tolist() == [1, 1, 1]


@pytest.mark.parametrize("way", WAYS)
def test_one_option_alone_is_first(way: str) -> None:
    assert ranks(score(table([[3, 1]], [1, 1], [True, False]), way)).tolist() == [1]


@pytest.mark.parametrize("way", WAYS)
def test_no_option_at_all_gives_no_rank(way: str) -> None:
    made = Table(np.zeros((0, 2)), share([1, 1]), np.ones(2, bool), np.zeros(2), np.ones(2))
    assert score(made, way).shape == (0,)


@given(matrices)
def test_doing_better_on_a_criterion_never_costs_a_place(values: np.ndarray) -> None:
    made = table(values, [1] * values.shape[1], [True] * values.shape[1])
    better = values.copy()
    better[0] += 5
    after = Table(better, made.weights, made.more, made.low, made.high + 5)
    for way in ("weighted_sum", "promethee"):
        assert ranks(score(after, way))[0] <= ranks(score(made, way))[0]


@pytest.mark.parametrize(
    ("weights", "says"),
    [([0, 0], "All weights are zero"), ([1, -1], "cannot be negative"), ([], "at least one criterion"), ([1, float("nan")], "is a number")],
)
def test_weights_that_mean_nothing_are_refused_with_a_sentence(weights: list[float], says: str) -> None:
    with pytest.raises(Problem, match=says):
        share(weights)


@pytest.mark.parametrize(("by", "says"), [("sum", "must be above zero"), ("max", "not below zero")])
def test_a_normalisation_that_cannot_take_negative_values_says_which_can(by: str, says: str) -> None:
    with pytest.raises(Problem, match=says):
        normalise(table([[-1.0], [2.0]], [1], [True]), by)


def test_negative_values_are_ranked_where_the_normalisation_can() -> None:
    made = table([[-3.0, 1], [2.0, 1], [-1.0, 1]], [1, 1], [True, True])
    for way in WAYS:
        assert ranks(score(made, way, "minmax")).tolist() == [3, 1, 2]


def test_a_preference_never_leaves_zero_to_one() -> None:
    differences = np.linspace(-20, 20, 81)
    for each in (*DAM_PREFERENCES, Preference("v"), Preference("linear", q=3, p=3), Preference("gaussian")):
        found = prefer(differences, each)
        assert ((found >= 0) & (found <= 1)).all()
        assert (found[differences <= 0] == 0).all()


# -- gathering several evaluators ---------------------------------------------------------------------------------------------

NAN = float("nan")
SCORES = np.array([[[2.0, 4.0, NAN], [1.0, 1.0, 1.0]], [[NAN, NAN, NAN], [3.0, 2.0, 4.0]], [[4.0, 4.0, 4.0], [0.0, 0.0, 0.0]]])


def gathered(**rules: object) -> object:
    return gather(SCORES, np.array([True, False]), np.zeros(2), np.full(2, 4.0), **{"veto": [None, None], **rules})


def test_a_missing_score_is_never_a_zero() -> None:
    left = gathered()
    assert left.ranked == (0, 2)
    assert left.left_out == (1,)
    worst, median = gathered(missing="worst"), gathered(missing="median")
    assert worst.middle[1, 0] == 0.0
    assert median.middle[1, 0] == 3.5
    assert worst.filled.tolist() == median.filled.tolist() == [[False, False], [True, False], [False, False]]


def test_several_evaluators_give_a_middle_and_a_spread() -> None:
    mean, median = gathered(), gathered(middle="median")
    assert mean.middle[0].tolist() == median.middle[0].tolist() == [3.0, 1.0]
    assert mean.spread[0].tolist() == [2.0, 0.0]
    assert mean.voices.tolist() == [[2, 3], [0, 3], [3, 3]]


def test_a_veto_stands_apart_from_the_scores_and_is_judged_on_what_was_said() -> None:
    found = gathered(veto=[None, 2.0], missing="worst")
    assert found.vetoed == ((1, 1),)
    assert found.ranked == (0, 2)
    assert gathered(veto=[1.0, None], missing="worst").vetoed == ()
