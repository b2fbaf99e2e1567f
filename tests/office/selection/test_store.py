"""What the store promises: decisions counted and kept, nothing overwritten, the same state the same for ever, and sentences for what is bad."""

from __future__ import annotations

import io
from dataclasses import replace as _replace
from typing import Any

import msgspec
import pytest
from openpyxl import Workbook

from zinneke.foundations.identity import store as identity
from zinneke.kernel.confidentiality import ANONYMOUS, SYSTEM, Actor, Level
from zinneke.kernel.problem import Problem
from zinneke.office.selection import intake, models, results, store
from zinneke.office.selection.values import Cell, Criterion, ExerciseRow, IdeaRow, MethodRow, OptionRow, Plan, StepRow

pytestmark = pytest.mark.django_db


def evaluator(number: int) -> Actor:
    return Actor(f"person:{9000 + number}", name=f"Evaluator {number}", grants=SYSTEM.grants)


def idea(key: str, **other: Any) -> IdeaRow:
    return IdeaRow(**{"key": key, "title": {"en": key.title()}, "city": "Vienna", "domain": "mobility", **other})


def method(**other: Any) -> MethodRow:
    criteria = (
        Criterion(key="fit", name={"en": "Fit"}, low=1, high=5, weight=60),
        Criterion(key="risk", name={"en": "Risk"}, low=1, high=5, better="less", weight=40, veto=4),
    )
    return MethodRow(**{"key": "m", "name": {"en": "Method"}, "criteria": criteria, **other})


@pytest.fixture
def exercise() -> str:
    store.add_method(SYSTEM, method(), "", 0)
    store.add_exercise(SYSTEM, ExerciseRow(key="x", name={"en": "X"}, method="m", method_version=1, first=1))
    store.add_options(SYSTEM, "x", [OptionRow(key=key, name={"en": key}) for key in ("a", "b", "c")])
    return "x"


def score(who: Actor, option: str, fit: float | None, risk: float | None, sequence: int = 0, exercise: str = "x") -> Any:
    return store.set_scores(who, exercise, option, [Cell("fit", fit), Cell("risk", risk)], sequence)


# -- ideas and decisions ---------------------------------------------------------------------------------------------------


def test_the_funnel_is_counted_from_decisions_and_each_is_kept_with_who_when_and_why() -> None:
    store.set_ideas(SYSTEM, [idea("one"), idea("two"), idea("three")])
    store.decide(SYSTEM, "one", "pass", "Strong on all three", 1)
    store.compare(SYSTEM, "one", "missing", [], "", 2)
    store.decide(SYSTEM, "one", "pass", "Nothing like it here", 3)
    store.decide(SYSTEM, "two", "exclude", "No role for government", 1)
    found = {each.stage: (each.reached, each.excluded, each.waiting) for each in store.get_funnel(ANONYMOUS)}
    assert found == {"base": (3, 1, 1), "relevant": (1, 0, 0), "longlist": (1, 0, 1), "roadmap": (0, 0, 0)}
    told = store.list_decisions(ANONYMOUS, "one")
    assert [(each.kind, each.after) for each in told] == [("pass", "longlist"), ("compare", "missing"), ("pass", "relevant")]
    assert all(each.by_name == "Zinneke" and each.time for each in told)


def test_an_idea_is_compared_before_the_long_list_and_no_stage_is_skipped() -> None:
    store.set_ideas(SYSTEM, [idea("one")])
    with pytest.raises(Problem, match="one stage at a time"):
        store.decide(SYSTEM, "one", "pass", "why", 1, "longlist")
    store.decide(SYSTEM, "one", "pass", "why", 1)
    with pytest.raises(Problem, match="Compare the idea"):
        store.decide(SYSTEM, "one", "pass", "why", 2)


def test_a_decision_without_a_reason_is_refused() -> None:
    store.set_ideas(SYSTEM, [idea("one")])
    with pytest.raises(Problem, match="A decision has a reason"):
        store.decide(SYSTEM, "one", "exclude", "  ", 1)


def test_two_people_changing_one_idea_overwrite_nothing() -> None:
    store.set_ideas(SYSTEM, [idea("one")])
    store.set_idea(evaluator(1), "one", idea("one", title={"en": "First"}), 1)
    with pytest.raises(Problem, match="changed meanwhile by Evaluator 1"):
        store.set_idea(evaluator(2), "one", idea("one", title={"en": "Second"}), 1)
    assert store.get_idea(SYSTEM, "one").row.title == {"en": "First"}


def test_loading_twice_changes_nothing_and_leaves_what_people_changed() -> None:
    assert store.set_ideas(SYSTEM, [idea("one"), idea("two")], loading=True).added == 2
    store.set_idea(evaluator(1), "one", idea("one", title={"en": "Better"}), 1)
    counts = store.set_ideas(SYSTEM, [idea("one"), idea("two")], loading=True)
    assert (counts.added, counts.changed, counts.unchanged) == (0, 0, 2)
    assert store.get_idea(SYSTEM, "one").row.title == {"en": "Better"}


def test_filters_count_what_each_choice_would_leave() -> None:
    store.set_ideas(SYSTEM, [idea("one"), idea("two", city="Lyon"), idea("three", city="Lyon", domain="living", title={"fr": "Vélos partagés"})])
    found = store.find_ideas(ANONYMOUS, facets={"city": ["Lyon"]})
    assert found.total == 2
    assert found.facets["city"] == {"Lyon": 2, "Vienna": 1}
    assert found.facets["domain"] == {"mobility": 1, "living": 1}
    assert [each.key for each in store.find_ideas(ANONYMOUS, "velo").ideas] == ["three"]


def test_merged_ideas_are_counted_once_and_what_was_told_apart_is_not_asked_again() -> None:
    rows = [idea("a", title={"fr": "Poubelles intelligentes"}, city="Vienne"), idea("b", title={"nl": "Slimme vuilnisbakken"}, city="Wenen")]
    store.set_ideas(SYSTEM, [*rows, idea("c", title={"en": "Smart bins"})])
    assert {(one.key, other.key) for one, other, _ in store.list_doubles(SYSTEM)} == {("a", "b"), ("a", "c"), ("b", "c")}
    store.merge(SYSTEM, "b", "a", "the same")
    store.keep_apart(SYSTEM, "c", "a", "another")
    assert store.list_doubles(SYSTEM) == []
    assert store.find_ideas(SYSTEM).total == 2
    with pytest.raises(Problem, match="neither merged before"):
        store.merge(SYSTEM, "a", "b", "back")


# -- tables of ideas ---------------------------------------------------------------------------------------------------------


def test_a_half_empty_table_keeps_its_good_rows_and_tells_the_others_by_number() -> None:
    text = "Titre;Ville;Domaine;Année;Source\nVélos;Lyon;Mobilité;2005;Ville\n;Lyon;;;\nSans ville;;;;\nBus;Vienne;;deux mille;\nTram;Vienne;;;\n"
    rows, counts = intake.read("ideas.csv", text.encode())
    assert [(row.title, row.city, row.domain, row.since) for row in rows] == [
        ({"fr": "Vélos"}, "Lyon", "mobility", 2005),
        ({"fr": "Tram"}, "Vienne", "", None),
    ]
    assert [fault.where for fault in counts.faults] == ["row 3", "row 4", "row 5"]
    first, again = store.set_ideas(SYSTEM, rows), store.set_ideas(SYSTEM, rows)
    assert (first.added, again.added, again.unchanged) == (2, 0, 2)


def test_a_workbook_in_dutch_is_read_like_a_table() -> None:
    book = Workbook()
    for row in (["titel", "stad", "jaar"], ["Deelfietsen", "Gent", 2012], [None, None, None]):
        book.active.append(row)
    held = io.BytesIO()
    book.save(held)
    rows, counts = intake.read("ideas.xlsx", held.getvalue())
    assert [(row.title, row.city, row.since) for row in rows] == [({"nl": "Deelfietsen"}, "Gent", 2012)]
    assert counts.refused == 0


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b"a;b\n1;2\n", "at least a title and a city"),
        (b"PK\x03\x04rubbish", "cannot be opened"),
        (b"x" * 2_000_001, "larger than 2"),
    ],
)
def test_a_file_that_is_no_table_of_ideas_is_told_in_a_sentence(content: bytes, says: str) -> None:
    with pytest.raises(Problem, match=says):
        intake.read("x", content)


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (idea("x", title={}), "has a title"), (idea("x", city=" "), "has a city"), (idea("x", domain="space"), "no domain"),
        (idea("x", source_url="javascript:1"), "http"), (idea("x", since=3), "not a year"), (idea("x", evidence="verified"), "has a source"),
    ],
)  # fmt: skip
def test_a_faulty_idea_is_refused_with_a_sentence(row: IdeaRow, says: str) -> None:
    counts = store.set_ideas(SYSTEM, [row, idea("good")])
    assert (counts.added, counts.refused) == (1, 1)
    assert says in counts.faults[0].what


# -- methods -------------------------------------------------------------------------------------------------------------------


def test_a_published_method_never_changes_and_the_next_version_says_why() -> None:
    store.add_method(SYSTEM, method(), "", 0)
    with pytest.raises(Problem, match="what changed since"):
        store.add_method(SYSTEM, method(way="topsis"), "", 1)
    store.add_method(SYSTEM, method(way="topsis"), "A closer look at risk", 1)
    assert [store.get_method(ANONYMOUS, "m", version).row.way for version in (1, 2)] == ["weighted_sum", "topsis"]
    with pytest.raises(Problem, match="changed meanwhile"):
        store.add_method(SYSTEM, method(), "late", 1)


@pytest.mark.parametrize(
    ("criteria", "says"),
    [
        ((), "1 to 40 criteria"),
        ((Criterion(key="a", name={}), Criterion(key="a", name={})), "the same key"),
        ((Criterion(key="a", name={}, low=5, high=1),), "lower to a higher"),
        ((Criterion(key="a", name={}, veto=9),), "lies on its scale"),
        ((Criterion(key="a", name={}, weight=0),), "All weights are zero"),
        ((Criterion(key="a", name={}, weight=-1),), "cannot be negative"),
    ],
)
def test_a_method_that_could_rank_nothing_is_refused_with_a_sentence(criteria: tuple[Criterion, ...], says: str) -> None:
    with pytest.raises(Problem, match=says):
        store.add_method(SYSTEM, method(criteria=criteria), "", 0)


# -- exercises ---------------------------------------------------------------------------------------------------------------


def test_the_same_state_gives_the_same_ranking_for_ever(exercise: str) -> None:
    score(evaluator(1), "a", 5, 2)
    score(evaluator(1), "b", 3, 1)
    then = store.get_ledger(ANONYMOUS, exercise)
    before = results.rank(then, results.question(then))
    score(evaluator(1), "b", 5, 1, store.get_sheet(evaluator(1), exercise, "b").sequence)
    store.withdraw_option(SYSTEM, exercise, "a", "no longer")
    store.add_options(SYSTEM, exercise, [OptionRow(key="d", name={"en": "d"})])
    store.settle(SYSTEM, exercise, "b", "risk", 3, "after talking")
    again = store.get_ledger(ANONYMOUS, exercise, then.sequence)
    assert again.digest == then.digest
    assert results.rank(again, results.question(again)) == before
    assert store.get_ledger(ANONYMOUS, exercise).digest != then.digest
    with pytest.raises(Problem, match="There is no state"):
        store.get_ledger(ANONYMOUS, exercise, 999)


def test_one_evaluator_in_two_windows_overwrites_nothing(exercise: str) -> None:
    score(evaluator(1), "a", 5, 2)
    with pytest.raises(Problem, match="changed meanwhile"):
        score(evaluator(1), "a", 1, 1)
    assert store.get_sheet(evaluator(1), exercise, "a").cells["fit"].value == 5


def test_two_evaluators_at_once_keep_both_and_see_only_their_own(exercise: str) -> None:
    score(evaluator(1), "a", 5, 2)
    score(evaluator(2), "a", 1, 2)
    assert store.get_sheet(evaluator(2), exercise, "a").cells["fit"].value == 1
    found = results.gathered(store.get_ledger(ANONYMOUS, exercise))
    assert (found.middle[0][0], found.spread[0][0], found.voices[0][0]) == (3, 4, 2)


def test_what_is_not_scored_stays_out_of_the_ranking_and_is_named(exercise: str) -> None:
    score(evaluator(1), "a", 5, 2)
    score(evaluator(1), "b", 4, None)
    score(evaluator(1), "c", 5, 5)
    ledger = store.get_ledger(ANONYMOUS, exercise)
    found = results.rank(ledger, results.question(ledger), 500)
    assert [line.option.key for line in found.lines] == ["a"]
    assert {(each.option.key, each.why, each.criteria) for each in found.aside} == {("c", "veto", ("risk",)), ("b", "missing", ("risk",))}
    assert results.firmness(ledger, results.question(ledger)).turnings[0].high == 100


def test_an_exercise_without_scores_ranks_nothing_and_breaks_nothing(exercise: str) -> None:
    ledger = store.get_ledger(ANONYMOUS, exercise)
    found = results.rank(ledger, results.question(ledger), 100)
    assert found.lines == ()
    assert len(found.aside) == 3
    assert results.disagreements(ledger) == []
    assert {each.plain.value for each in results.accords(ledger)} == {None}


@pytest.mark.parametrize(("fit", "says"), [(9, "scored from 1 to 5"), (2.5, "in steps of 1")])
def test_a_score_off_its_scale_is_refused_with_a_sentence(exercise: str, fit: float, says: str) -> None:
    with pytest.raises(Problem, match=says):
        score(evaluator(1), "a", fit, 1)


def test_disagreements_are_listed_settled_and_stay_beside_what_was_said(exercise: str) -> None:
    score(evaluator(1), "a", 5, 2)
    score(evaluator(2), "a", 1, 2)
    (open_,) = results.disagreements(store.get_ledger(ANONYMOUS, exercise))
    assert (open_.criterion.key, open_.spread, open_.settled) == ("fit", 4, None)
    with pytest.raises(Problem, match="Say why"):
        store.settle(SYSTEM, exercise, "a", "fit", 4, "")
    store.settle(SYSTEM, exercise, "a", "fit", 4, "We talked it over")
    ledger = store.get_ledger(ANONYMOUS, exercise)
    (settled,) = results.disagreements(ledger)
    assert (settled.settled, settled.reason, len(settled.values)) == (4, "We talked it over", 2)
    assert results.gathered(ledger).middle[0][0] == 4


def test_a_closed_exercise_takes_no_score(exercise: str) -> None:
    store.close_exercise(SYSTEM, exercise)
    with pytest.raises(Problem, match="closed"):
        score(evaluator(1), "a", 5, 2)


def test_an_evaluator_who_left_is_a_former_one_whose_scores_stay(exercise: str) -> None:
    person = identity.add_person(SYSTEM, "left@example.org", "Left Already")
    actor = Actor(f"person:{person.id}", name="Left Already", grants=SYSTEM.grants, person=person.id)
    score(actor, "a", 5, 2)
    assert [each.former for each in store.list_progress(SYSTEM, exercise)] == [False]
    identity.set_active(SYSTEM, "left@example.org", False)
    (progress,) = store.list_progress(SYSTEM, exercise)
    assert (progress.former, progress.given, progress.name) == (True, 2, "Left Already")
    assert len(store.get_ledger(ANONYMOUS, exercise).scores) == 2


def test_the_public_sees_numbers_of_evaluators_and_no_names(exercise: str) -> None:
    score(evaluator(1), "a", 5, 2)
    assert [(each.number, each.name) for each in store.list_progress(ANONYMOUS, exercise)] == [(1, "")]
    assert "Evaluator" not in repr(store.get_ledger(ANONYMOUS, exercise))


def test_a_confidential_idea_cannot_be_shown_in_a_public_exercise(exercise: str) -> None:
    store.set_ideas(SYSTEM, [idea("secret", level=Level.SHARED, area="21015")])
    with pytest.raises(Problem, match="more confidential"):
        store.add_options(SYSTEM, exercise, [OptionRow(key="secret", name={"en": "x"}, refers="idea:secret")])


def test_whoever_holds_one_exercise_evaluates_in_that_one_only(exercise: str) -> None:
    store.add_exercise(SYSTEM, ExerciseRow(key="y", name={"en": "Y"}, method="m", method_version=1))
    store.add_options(SYSTEM, "y", [OptionRow(key="a", name={"en": "a"})])
    (grant,) = SYSTEM.grants[:1]
    held = Actor("person:9", name="N", grants=(_replace(grant, subject="selection.x"),))
    assert score(held, "a", 5, 2).cells["fit"].value == 5
    with pytest.raises(Problem):
        score(held, "a", 5, 2, exercise="y")


def test_an_option_that_needs_one_which_is_not_ranked_is_told_and_not_chosen(exercise: str) -> None:
    store.set_plan(SYSTEM, exercise, "a", Plan(needs=("c",)), 1)
    score(evaluator(1), "a", 5, 2)
    score(evaluator(1), "b", 3, 2)
    ledger = store.get_ledger(ANONYMOUS, exercise)
    candidates, blocked = results.candidates(results.rank(ledger, results.question(ledger)))
    assert [each.key for each in candidates] == ["b"]
    assert [(option.key, need) for option, need in blocked] == [("a", "c")]
    with pytest.raises(Problem, match="changed meanwhile"):
        store.set_plan(SYSTEM, exercise, "a", Plan(), 1)


# -- the roadmap -----------------------------------------------------------------------------------------------------------


def step(key: str, **other: Any) -> StepRow:
    return StepRow(**{"key": key, "name": {"fr": key, "nl": key}, "start": "2027-Q1", "domain": "mobility", **other})


def test_starting_above_the_limit_takes_a_decision_of_its_own_which_is_recorded() -> None:
    store.publish_roadmap(SYSTEM, "Begin", 1)
    store.set_step(SYSTEM, step("one", state="running"), "first")
    with pytest.raises(Problem, match="the limit is 1"):
        store.set_step(SYSTEM, step("two", state="running"), "second")
    store.set_step(SYSTEM, step("two", state="running"), "second", beyond="Asked by the government")
    (change, *_) = store.list_changes(ANONYMOUS, "two")
    assert change.beyond
    assert "Asked by the government" in change.reason


def test_every_change_keeps_its_reason_and_an_edition_never_changes() -> None:
    store.set_step(SYSTEM, step("one"), "first plan")
    store.set_step(SYSTEM, step("secret", level=Level.SHARED, area="21015"), "not public")
    first = store.publish_roadmap(SYSTEM, "Edition one", 5)
    store.set_step(SYSTEM, step("one", start="2028-Q1"), "the supplier is late", 1)
    with pytest.raises(Problem, match="changed meanwhile"):
        store.set_step(SYSTEM, step("one"), "again", 1)
    with pytest.raises(Problem, match="has a reason"):
        store.set_step(SYSTEM, step("one"), "", 2)
    assert [each.start for each in store.get_edition(ANONYMOUS, first.number).steps] == ["2027-Q1"]
    assert [each.reason for each in store.list_changes(ANONYMOUS, "one")] == ["the supplier is late", "first plan"]


@pytest.mark.parametrize(("row", "says"), [(step("x", start="spring"), "not a quarter"), (step("x", quarters=0), "1 to 40 quarters")])
def test_a_plan_that_means_nothing_is_refused_with_a_sentence(row: StepRow, says: str) -> None:
    with pytest.raises(Problem, match=says):
        store.set_step(SYSTEM, row, "why")


def test_the_shipped_content_loads_twice_and_says_that_it_is_an_exercise() -> None:
    from zinneke.cli.manifest import CITIES
    from zinneke.office.selection.loading import load_ideas, load_methods

    assert load_ideas(CITIES / "brussels" / "ideas.toml", {}).added >= 150
    assert load_methods(CITIES / "brussels" / "selection.toml", {}).added > 0
    again = load_methods(CITIES / "brussels" / "selection.toml", {})
    assert (again.added, again.changed) == (0, 0)
    assert all(each.row.example for each in store.list_exercises(ANONYMOUS))
    assert models.Decision.objects.count() == 0
    ledger = store.get_ledger(ANONYMOUS, "exercise")
    found = results.rank(ledger, results.question(ledger), 1000)
    assert len(found.lines) >= 10
    assert msgspec.json.encode(found)
