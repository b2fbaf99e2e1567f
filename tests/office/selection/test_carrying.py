"""A portfolio is carried into the roadmap, and a screening's verdicts into decisions: shown first, all or nothing, with reasons."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from tests.office.selection.test_pages import text
from zinneke.kernel.confidentiality import SYSTEM
from zinneke.kernel.problem import Problem
from zinneke.office.selection import models, store
from zinneke.office.selection.values import Carried, Cell, ExerciseRow, IdeaRow, OptionRow, Plan, StepRow, Verdict

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]
BASE = "/en/selection/exercises/real"
CARRY = f"{BASE}/portfolio/carry/?budget=500&quarters=4&parallel=2"
CRITERIA = ("strategy", "reuse", "transversality", "effort", "risk")


@pytest.fixture
def scored() -> None:
    store.add_exercise(SYSTEM, ExerciseRow(key="real", name={"en": "Real"}, method="selection", method_version=1))
    names = ("first", "second")
    store.add_options(SYSTEM, "real", [OptionRow(key=key, name={"en": f"Option {key}"}, plan=Plan(cost=100.0, quarters=2)) for key in names])
    for key in names:
        store.set_scores(SYSTEM, "real", key, [Cell(each, 3.0) for each in CRITERIA], 0)


def form_of(shown: str) -> dict[str, Any]:
    """Return what a browser would send back unchanged."""
    main = shown.partition("<main")[2]
    hidden = re.search(r'name="seen" value="([0-9a-f]+)"', main)
    assert hidden
    starts = dict(re.findall(r'name="(start-[\w-]+)"[^>]*value="([^"]*)"', main))
    ticked = {f"on-{name.removeprefix('start-')}": "on" for name in starts}
    return {"seen": hidden[1], "reason": "Chosen", "beyond": "", **starts, **ticked}


def test_a_portfolio_is_shown_then_carried_each_with_its_quarter_and_reason(chief: Client, scored: None) -> None:  # noqa: F811
    assert "Carry into the roadmap" in text(chief.get(f"{BASE}/portfolio/?budget=500&quarters=4&parallel=2"))
    given = form_of(text(chief.get(CARRY)))
    assert not models.Step.objects.filter(key="first").exists()
    shown = text(chief.post(CARRY, {**given, "start-first": "soon", "reason-second": "Kept words"}), 422)
    assert "Write a quarter as 2027-Q1" in shown
    assert "Kept words" in shown
    assert chief.post(CARRY, {**given, "start-first": "2028-Q2", "reason-second": "Its own reason"}).status_code == 302
    assert store.get_step(SYSTEM, "first").row.start == "2028-Q2"
    assert [store.list_changes(SYSTEM, key)[0].reason for key in ("first", "second")] == ["Chosen", "Its own reason"]
    assert "Nothing was carried" in text(chief.post(CARRY, given), 422)
    again = {**form_of(text(chief.get(CARRY))), "start-first": "2029-Q1", "on-second": ""}
    assert chief.post(CARRY, again).status_code == 302
    assert (store.get_step(SYSTEM, "first").row.start, store.get_step(SYSTEM, "second").version) == ("2029-Q1", 1)


def test_more_than_the_limit_start_only_by_a_decision_of_its_own(chief: Client, scored: None) -> None:  # noqa: F811
    store.publish_roadmap(SYSTEM, "one at a time", 1)
    given = {**form_of(text(chief.get(CARRY))), "state-first": "running", "state-second": "running"}
    assert "decide to go above it" in text(chief.post(CARRY, given), 422)
    assert not models.Step.objects.filter(key__in=("first", "second")).exists()
    assert chief.post(CARRY, {**given, "beyond": "The council asked for both"}).status_code == 302
    assert sorted(each.beyond for key in ("first", "second") for each in store.list_changes(SYSTEM, key)) == [False, True]


def test_verdicts_become_one_decision_each(chief: Client) -> None:  # noqa: F811
    from zinneke.office.selection.carrying import verdicts_of
    from zinneke.office.selection.results import question, rank

    ledger = store.get_ledger(SYSTEM, "screening-exercise")
    stage = store.get_idea(SYSTEM, ledger.options[0].row.refers.removeprefix("idea:")).stage
    page = f"/en/selection/exercises/screening-exercise/verdicts/?stage={stage}"
    ideas = store.find_ideas(SYSTEM, facets={"standing": [stage]}, limit=1000).ideas
    verdicts = verdicts_of(rank(ledger, question(ledger)), ideas, stage)
    assert verdicts
    given = form_of(text(chief.get(page)))
    before = models.Decision.objects.count()
    assert "This field is required" in text(chief.post(page, {**given, "reason": ""}), 422)
    assert "Nothing was decided" in text(chief.post(page, {**given, "seen": "0"}), 422)
    assert models.Decision.objects.count() == before
    answer = chief.post(page, {**given, "reason": "By the screening."})
    if answer.status_code == 302:
        assert models.Decision.objects.count() == before + len(verdicts)
        assert "has a verdict here" in text(chief.get(page))
    else:
        assert "Compare the idea" in text(answer, 422)
        assert models.Decision.objects.count() == before


def test_what_is_carried_is_all_or_nothing() -> None:
    store.set_ideas(SYSTEM, [IdeaRow(key=key, title={"en": key}, city="Gent") for key in ("one", "two")])
    late = [(Verdict(idea="one", kind="pass", criteria=(), version=1), "why"), (Verdict(idea="two", kind="pass", criteria=(), version=7), "why")]
    with pytest.raises(Problem, match="changed meanwhile"):
        store.carry_verdicts(SYSTEM, late)
    assert store.get_idea(SYSTEM, "one").stage == "base"
    rows = [StepRow(key="one", name={"en": "one"}, start="2027-Q1"), StepRow(key="two", name={"en": "two"}, start="never")]
    with pytest.raises(Problem, match="not a quarter"):
        store.carry_steps(SYSTEM, [Carried(row=row, reason="why", version=0) for row in rows])
    assert not models.Step.objects.filter(key="one").exists()
