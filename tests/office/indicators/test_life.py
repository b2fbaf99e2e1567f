from __future__ import annotations

import pytest

from tests.office.indicators.conftest import NORTH, in_force, officer, sheet
from zinneke.kernel.confidentiality import ANONYMOUS, Actor, Right
from zinneke.kernel.problem import Problem
from zinneke.office.indicators import chores, models, store
from zinneke.office.indicators.values import Objective, ValueRow, Waypoint

pytestmark = pytest.mark.usefixtures("town")
WRITER, REVIEWER = officer(1, Right.SEE, Right.EDIT), officer(2, Right.SEE, Right.EDIT, Right.COMMAND)


def test_a_proposal_is_seen_by_administrations_only_until_it_is_validated() -> None:
    store.propose(WRITER, "trees", sheet())
    with pytest.raises(Problem, match="no indicator"):
        store.get_indicator(ANONYMOUS, "trees")
    store.submit(WRITER, "trees")
    assert [each.key for each in store.list_in_review(REVIEWER)] == ["trees"]
    store.decide(REVIEWER, "trees", "validated", "I read the source")
    found = store.get_indicator(ANONYMOUS, "trees")
    assert (found.state, found.evidence) == ("validated", "I read the source")
    assert [each.deed for each in store.list_deeds(WRITER, "trees")] == ["proposed", "submitted", "validated"]


def test_nobody_validates_their_own_definition_nor_their_own_values() -> None:
    store.propose(REVIEWER, "trees", sheet())
    store.submit(REVIEWER, "trees")
    with pytest.raises(Problem, match="does not validate"):
        store.decide(REVIEWER, "trees", "validated", "mine")
    in_force("birds", sheet())
    store.enter_values(REVIEWER, "birds", [ValueRow(period="2025", value=4)])
    (draft,) = [value.id for _, value in store.list_drafts(REVIEWER)]
    with pytest.raises(Problem, match="does not decide"):
        store.decide_values(REVIEWER, [draft], True, "mine")


def test_a_token_is_the_hand_of_its_person() -> None:
    store.propose(Actor("token:9", "machine", "agency", WRITER.grants, person=2), "trees", sheet())
    store.submit(WRITER, "trees")
    with pytest.raises(Problem, match="does not validate"):
        store.decide(REVIEWER, "trees", "validated", "mine, by another door")


def test_a_decision_needs_evidence_and_a_returned_proposal_can_be_mended() -> None:
    store.propose(WRITER, "trees", sheet())
    store.submit(WRITER, "trees")
    with pytest.raises(Problem, match="evidence"):
        store.decide(REVIEWER, "trees", "validated", " ")
    assert store.decide(REVIEWER, "trees", "returned", "the unit is missing").state == "returned"
    mended = store.revise(WRITER, "trees", sheet(unit="/km2"), store.get_indicator(WRITER, "trees").revision)
    assert (mended.state, mended.sheet.unit) == ("proposed", "/km2")


def test_two_owners_editing_at_once_overwrite_nothing_in_silence() -> None:
    first = store.propose(WRITER, "trees", sheet())
    store.revise(WRITER, "trees", sheet(unit="/km2"), first.revision)
    with pytest.raises(Problem, match="Nothing of theirs was overwritten") as refused:
        store.revise(REVIEWER, "trees", sheet(unit="%"), first.revision)
    assert (refused.value.status, refused.value.extra["changed_by"]) == (409, WRITER.key)
    assert store.get_indicator(WRITER, "trees").sheet.unit == "/km2"


def test_a_changed_unit_says_from_when_and_older_values_keep_theirs() -> None:
    found = in_force("trees", sheet())
    with pytest.raises(Problem) as refused:
        store.revise(WRITER, "trees", sheet(unit="/km2"), found.revision, reason="by area")
    assert refused.value.extra["faults"][0]["field"] == "unit"
    store.enter_values(WRITER, "trees", [ValueRow(period="2024", value=7)])
    store.revise(WRITER, "trees", sheet(unit="/km2"), store.get_indicator(WRITER, "trees").revision, "2025", "by area")
    store.submit(WRITER, "trees")
    store.decide(REVIEWER, "trees", "validated", "read")
    store.enter_values(WRITER, "trees", [ValueRow(period="2025", value=3)])
    store.decide_values(REVIEWER, [value.id for _, value in store.list_drafts(REVIEWER)], True, "seen")
    assert [(v.period, v.unit) for v in store.list_values(ANONYMOUS, "trees")] == [("2024", "1"), ("2025", "/km2")]


def test_only_validated_values_are_public_and_a_correction_keeps_the_old_one() -> None:
    in_force("trees", sheet())
    store.enter_values(WRITER, "trees", [ValueRow(period="2025", value=4), ValueRow(period="2025", value=5, area=NORTH)])
    assert store.list_values(ANONYMOUS, "trees") == []
    drafts = [value.id for _, value in store.list_drafts(REVIEWER)]
    assert store.decide_values(REVIEWER, drafts, True, "seen") == 2
    store.enter_values(WRITER, "trees", [ValueRow(period="2025", value=6)], "a street was counted twice")
    assert [v.value for v in store.list_values(ANONYMOUS, "trees") if not v.area] == [4]
    store.decide_values(REVIEWER, [value.id for _, value in store.list_drafts(REVIEWER)], True, "counted again")
    old, new = store.history(ANONYMOUS, "trees", "2025")
    assert (old.value, old.why_ended, new.value, new.evidence) == (4, "a street was counted twice", 6, "counted again")


def test_a_refused_value_is_never_public_and_one_can_be_taken_back() -> None:
    in_force("trees", sheet())
    store.enter_values(WRITER, "trees", [ValueRow(period="2024", value=4), ValueRow(period="2025", value=5)])
    first, second = (value.id for _, value in store.list_drafts(REVIEWER))
    store.decide_values(REVIEWER, [first], False, "not the right street")
    store.decide_values(REVIEWER, [second], True, "seen")
    assert [v.value for v in store.list_values(ANONYMOUS, "trees")] == [5]
    store.withdraw_value(REVIEWER, second, "the counter was broken")
    assert store.list_values(ANONYMOUS, "trees") == []


def test_a_person_who_left_is_named_to_nobody_and_nothing_breaks() -> None:
    in_force("trees", sheet())
    store.enter_values(officer(404, Right.SEE, Right.EDIT), "trees", [ValueRow(period="2025", value=4)])
    store.decide_values(REVIEWER, [value.id for _, value in store.list_drafts(REVIEWER)], True, "seen")
    (shown,) = store.list_values(ANONYMOUS, "trees")
    assert (shown.entered_by, shown.decided_by) == ("", "")
    assert store.list_values(WRITER, "trees")[0].entered_by == "person:404"


def test_an_owner_keeps_up_their_own_and_nobody_elses() -> None:
    theirs = officer(5, Right.SEE, Right.EDIT, subject="indicators.stib")
    assert store.propose(theirs, "stops", sheet(owner="stib")).owner == "stib"
    with pytest.raises(Problem):
        store.propose(theirs, "trees", sheet(owner="agency"))


def test_a_retired_indicator_says_why_and_what_follows() -> None:
    in_force("trees", sheet())
    in_force("trees-new", sheet())
    found = store.retire(REVIEWER, "trees", "counted from the air now", "trees-new")
    assert (found.state, found.successor, store.list_indicators(ANONYMOUS)[0].key) == ("retired", "trees-new", "trees-new")
    with pytest.raises(Problem, match="takes no values"):
        store.enter_values(WRITER, "trees", [ValueRow(period="2025", value=4)])
    with pytest.raises(Problem, match="retired"):
        store.revise(WRITER, "trees", sheet(), found.revision)


def test_an_indicator_that_leaves_its_path_is_told_once_with_a_letter(mailoutbox: list[object]) -> None:
    promised = Objective(says={"fr": "x", "nl": "x"}, value=20, period="2030")
    in_force("air", sheet(objective=promised, baseline=Waypoint("2023", 30), better="down", tolerance=1))
    models.IndicatorRecord.objects.filter(key="air").update(contact="air@example.org")
    store.enter_values(WRITER, "air", [ValueRow(period="2025", value=35)])
    store.decide_values(REVIEWER, [value.id for _, value in store.list_drafts(REVIEWER)], True, "seen")
    assert store.standing(ANONYMOUS, "air").status == "act"
    moment = models.ValueRecord.objects.get().entered
    assert chores.watch(moment)
    assert not chores.watch(moment)
    assert len(mailoutbox) == 1
    assert [each.deed for each in store.list_deeds(WRITER, "air")][-1] == "left-path"
