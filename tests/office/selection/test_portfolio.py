"""The best portfolio is the best there is, contradictions are named, and what would let a project in is true when tried."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zinneke.kernel.problem import Problem
from zinneke.office.selection.rules import likeness
from zinneke.office.selection.rules.portfolio import choose, enter, front, running
from zinneke.office.selection.rules.programme import Candidate, Contradiction, Frame

WEIGHTS, PROFITS = [23, 31, 29, 44, 53, 38, 63, 85, 89, 82], [92, 57, 49, 68, 60, 43, 67, 84, 87, 72]
"""A 0/1 knapsack of capacity 165 whose published optimum is 309: instance P01 of the collection of J. Burkardt, after Kreher and Stinson (1999)."""


def knapsack() -> list[Candidate]:
    return [Candidate(key=f"k{at}", value=PROFITS[at], cost=WEIGHTS[at]) for at in range(10)]


def test_a_published_instance_is_solved_to_its_published_optimum() -> None:
    found = choose(knapsack(), Frame(periods=1, budget=165))
    assert (found.value, found.cost) == (309, 165)
    assert set(found.starts) == {"k0", "k1", "k2", "k3", "k5"}
    assert found.proved
    assert found.bound == pytest.approx(309)


FIGURES = (st.integers(0, 20), st.integers(0, 9), st.integers(1, 3), st.integers(0, 4), st.integers(-3, 8), st.integers(-6, 8))
items = st.lists(st.tuples(*FIGURES), min_size=1, max_size=7)


def made(rows: list[tuple[int, ...]]) -> list[Candidate]:
    found = []
    for at, (value, cost, periods, people, needs, against) in enumerate(rows):
        found.append(
            Candidate(
                key=f"p{at}", value=value, cost=cost, periods=periods, people=people, needs=(f"p{needs}",) if 0 <= needs < at else (),
                against=(f"p{against}",) if 0 <= against < at else (),
            )
        )  # fmt: skip
    return found


def possible(chosen: tuple[Candidate, ...], frame: Frame) -> bool:
    """Say, by trying every start, whether a set fits."""
    keys = {each.key for each in chosen}
    if any(not keys.issuperset(each.needs) or keys.intersection(each.against) for each in chosen):
        return False
    if sum(each.cost for each in chosen) > (frame.budget or 0):
        return False

    def place(rest: tuple[Candidate, ...], starts: dict[str, int]) -> bool:
        if not rest:
            return True
        each, *others = rest
        for start in range(frame.periods - each.periods + 1):
            if any(starts[key] + next(c.periods for c in chosen if c.key == key) > start for key in each.needs):
                continue
            there = [c for c in chosen if c.key in starts] + [each]
            at = {**starts, each.key: start}
            busy = [[c for c in there if at[c.key] <= period < at[c.key] + c.periods] for period in range(frame.periods)]
            if all(len(now) <= (frame.parallel or 9) and sum(c.people for c in now) <= frame.people[0] for now in busy) and place(tuple(others), at):
                return True
        return False

    return place(chosen, {})


@settings(max_examples=40)
@given(items)
def test_no_other_choice_is_better_when_all_are_tried(rows: list[tuple[int, ...]]) -> None:
    candidates, frame = made(rows), Frame(periods=3, budget=15, people=(5.0,) * 3, parallel=2)
    found = choose(candidates, frame)
    assert possible(tuple(each for each in candidates if each.key in found.starts), frame)
    best = max(
        sum(each.value for each in some) for n in range(len(candidates) + 1) for some in combinations(candidates, n) if possible(some, frame)
    )  # fmt: skip
    assert found.value == best
    assert max(running(found.starts, candidates, 3)) <= 2


def test_every_portfolio_that_nothing_beats_is_found_and_no_other() -> None:
    candidates = knapsack()[:7]
    found = front(candidates, Frame(periods=1, budget=165))
    assert found.complete
    tried = [(sum(c.value for c in some), sum(c.cost for c in some)) for n in range(8) for some in combinations(candidates, n)]
    tried = [each for each in tried if each[1] <= 165]
    best = {each for each in tried if not any(o[0] >= each[0] and o[1] <= each[1] and o != each for o in tried)}
    assert {(each.value, each.cost) for each in found.choices} == best


def test_contradictory_conditions_are_named_and_only_those() -> None:
    candidates = [
        Candidate(key="a", value=1, needs=("b",), must=True), Candidate(key="b", value=1, against=("c",)), Candidate(key="c", value=1, must=True),
        Candidate(key="d", value=5, must=True), Candidate(key="e", value=5, needs=("d",)),
    ]  # fmt: skip
    with pytest.raises(Contradiction) as told:
        choose(candidates, Frame(periods=4, budget=100))
    assert set(told.value.clauses) == {("must", ("a",)), ("needs", ("a", "b")), ("against", ("b", "c")), ("must", ("c",))}
    assert "a needs b to be finished first" in told.value.detail


def test_a_circle_of_needs_is_told_as_one() -> None:
    circle = [Candidate(key=key, value=1, needs=(need,)) for key, need in (("a", "b"), ("b", "c"), ("c", "a"))]
    with pytest.raises(Contradiction, match=r"a → b → c → a|b → c → a → b|c → a → b → c"):
        choose(circle, Frame(periods=4))


def test_what_must_be_and_costs_more_than_there_is_contradicts_the_budget() -> None:
    with pytest.raises(Contradiction) as told:
        choose([Candidate(key="a", value=1, cost=50, must=True), Candidate(key="b", value=1, cost=60, must=True)], Frame(periods=1, budget=100))
    assert {kind for kind, _keys in told.value.clauses} == {"must", "budget"}


def test_what_must_be_and_lasts_too_long_says_so() -> None:
    with pytest.raises(Contradiction) as told:
        choose([Candidate(key="a", value=1, periods=5, must=True)], Frame(periods=4))
    assert ("length", ("a",)) in told.value.clauses


@pytest.mark.parametrize(
    ("candidates", "says"),
    [
        ([Candidate(key="a", value=1), Candidate(key="a", value=2)], "listed twice"),
        ([Candidate(key="a", value=1, needs=("x",))], "names x, which is not among the options"),
        ([Candidate(key="a", value=-1)], "numbers from zero"),
        ([Candidate(key="a", value=1, periods=0)], "at least one period"),
        ([Candidate(key="a", value=float("nan"))], "numbers from zero"),
    ],
)
def test_candidates_that_mean_nothing_are_refused_with_a_sentence(candidates: list[Candidate], says: str) -> None:
    with pytest.raises(Problem, match=says):
        choose(candidates, Frame(periods=2))


def test_with_the_score_that_is_told_a_project_is_as_good_in_as_out() -> None:
    frame, candidates = Frame(periods=1, budget=165), knapsack()
    now = choose(candidates, frame)
    told = enter(candidates, frame, "k4", now)
    assert told.forced is not None
    assert told.score == 92
    assert set(told.leaving) == {"k2", "k5"}
    above = [replace(each, value=each.value + (told.score - 60) + 0.01) if each.key == "k4" else each for each in candidates]
    assert "k4" in choose(above, frame).starts
    below = [replace(each, value=each.value + (told.score - 60) - 0.01) if each.key == "k4" else each for each in candidates]
    assert "k4" not in choose(below, frame).starts


def test_with_the_budget_that_is_told_a_project_joins_the_choice_as_it_stands() -> None:
    frame, candidates = Frame(periods=1, budget=165), knapsack()
    told = enter(candidates, frame, "k4")
    assert told.budget == 53
    assert enter(candidates, frame, "k0").inside


def test_a_project_that_nothing_lets_in_says_which_conditions_forbid_it() -> None:
    candidates = [Candidate(key="a", value=1, must=True), Candidate(key="b", value=9, against=("a",))]
    told = enter(candidates, Frame(periods=1, budget=10), "b")
    assert told.forced is None
    assert ("against", ("b", "a")) in told.why
    assert told.budget is None


def test_no_candidates_at_all_is_an_empty_choice() -> None:
    assert choose([], Frame(periods=4, budget=10)).starts == {}
    assert front([], Frame(periods=4, budget=10)).choices[0].cost == 0


# -- doubles across languages -------------------------------------------------------------------------------------------------


def known(key: str, city: str, *titles: str) -> likeness.Known:
    return likeness.Known(key, city, titles)


def test_the_same_idea_in_two_languages_and_two_names_of_a_city_is_pointed_out() -> None:
    ideas = [
        known("a", "Vienne", "Poubelles intelligentes avec capteurs"), known("b", "Wenen", "Slimme vuilnisbakken met sensoren"),
        known("c", "Vienna", "Open data platform"), known("d", "Copenhague", "Poubelles intelligentes avec capteurs"),
    ]  # fmt: skip
    assert [(each.one, each.other) for each in likeness.pairs(ideas)] == [("a", "b")]


def test_ideas_of_one_city_with_other_words_are_left_alone() -> None:
    ideas = [known("a", "Gand", "Partage de vélos"), known("b", "Gent", "Slimme straatverlichting"), known("c", "Ghent", "Open data")]
    assert likeness.pairs(ideas) == []


@given(st.lists(st.text(max_size=20), max_size=5))
def test_any_titles_can_be_compared(titles: list[str]) -> None:
    found = likeness.pairs([known(str(at), "x", title) for at, title in enumerate(titles)])
    assert all(0 < each.likeness <= 1 + 1e-9 for each in found)
