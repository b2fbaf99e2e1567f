"""The radar and what is seen elsewhere: votes, moves with their reasons, referrals that are accepted or declined."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.office.knowledge.conftest import VISITOR, draft, person
from zinneke.kernel.confidentiality import SYSTEM
from zinneke.kernel.problem import Problem
from zinneke.office.knowledge import desk, radar, store, watch
from zinneke.office.knowledge.kinds import RINGS
from zinneke.office.knowledge.rules import tally
from zinneke.office.knowledge.values import Elsewhere, Entry, Technology

Publish = Callable[..., Entry]
pytestmark = pytest.mark.django_db
WHY = {"fr": "Deux projets l’emploient.", "nl": "Twee projecten gebruiken het."}
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture
def lora(publish: Publish) -> Entry:
    return publish("lora", Technology(quadrant="networks", ring="assess"))


def test_the_group_votes_and_a_later_vote_replaces_ones_own(lora: Entry) -> None:
    steward = person("steward")
    watch.cast_vote(steward, "lora", "trial", "cheap")
    watch.cast_vote(steward, "lora", "adopt", "proven")
    watch.cast_vote(SYSTEM, "lora", "hold", "no")
    votes = watch.list_votes(SYSTEM, "lora")
    assert {(each.ring, each.argument) for each in votes} == {("adopt", "proven"), ("hold", "no")}
    assert tally(each.ring for each in votes) == [("adopt", 1), ("trial", 0), ("assess", 0), ("hold", 1)]


def test_the_public_reads_arguments_but_not_whose_they_are(lora: Entry) -> None:
    watch.cast_vote(person("steward"), "lora", "trial", "cheap")
    assert [each.name for each in watch.list_votes(VISITOR, "lora")] == [""]
    assert watch.list_votes(SYSTEM, "lora")[0].name


@pytest.mark.parametrize(("ring", "argument"), [("middle", "x"), ("trial", "  ")])
def test_a_vote_needs_a_ring_and_an_argument(lora: Entry, ring: str, argument: str) -> None:
    with pytest.raises(Problem):
        watch.cast_vote(SYSTEM, "lora", ring, argument)


def test_a_move_keeps_its_reason_and_the_whole_history(lora: Entry) -> None:
    watch.cast_vote(SYSTEM, "lora", "trial", "cheap")
    moved = watch.move_technology(SYSTEM, "lora", "trial", WHY)
    assert isinstance(moved.details, Technology) and moved.details.ring == "trial"
    moves = watch.list_moves(VISITOR, "lora")
    assert [(each.before, each.after) for each in moves] == [("assess", "trial"), ("", "assess")]
    assert moves[0].argument == WHY and watch.list_votes(SYSTEM, "lora") == []
    assert watch.list_moved(VISITOR, LONG_AGO) == {"lora": ("", "trial")}


def test_only_who_commands_moves_and_only_with_reasons_in_both_languages(lora: Entry) -> None:
    with pytest.raises(Problem) as refused:
        watch.move_technology(person("steward"), "lora", "trial", WHY)
    assert refused.value.status == 403
    with pytest.raises(Problem) as silent:
        watch.move_technology(SYSTEM, "lora", "trial", {"fr": "Oui"})
    assert silent.value.extra["where"] == "argument"
    with pytest.raises(Problem):
        watch.move_technology(SYSTEM, "lora", "assess", WHY)


def test_a_move_leaves_a_change_that_waits_waiting(lora: Entry) -> None:
    store.set_entry(SYSTEM, draft("lora", Technology(quadrant="data", ring="assess"), title={"fr": "Neuf", "nl": "Nieuw"}), lora.version)
    watch.move_technology(SYSTEM, "lora", "hold", WHY)
    shown, working = store.get_entry(VISITOR, "technology", "lora"), store.get_working(SYSTEM, "technology", "lora")
    assert shown.draft.title["fr"] == "Titre lora" and working.draft.title["fr"] == "Neuf"
    assert [each.details.ring for each in (shown, working) if isinstance(each.details, Technology)] == ["hold", "hold"]


def test_a_ring_changed_by_an_edit_joins_the_history_when_it_is_published(lora: Entry) -> None:
    changed = store.set_entry(SYSTEM, draft("lora", Technology(quadrant="networks", ring="hold")), lora.version)
    store.set_state(SYSTEM, "technology", "lora", "published", changed.version)
    assert [(each.before, each.after) for each in watch.list_moves(VISITOR, "lora")] == [("assess", "hold"), ("", "assess")]


@pytest.fixture
def sentilo(publish: Publish) -> Entry:
    return publish("sentilo", Elsewhere(city="Barcelona", source="https://example.org/", seen=date(2026, 11, 1)))


def test_the_party_that_was_asked_finds_it_on_its_desk_and_answers(sentilo: Entry) -> None:
    stib = person("nobody", organisation="stib")
    watch.refer(SYSTEM, "sentilo", "stib", "Could you?")
    assert [each.title for each in desk.waiting(stib)] == ["Titre sentilo"] or [each.page for each in desk.waiting(stib)] == ["knowledge-entry"]
    (asked,) = watch.list_referrals(stib, open_only=True)
    watch.answer_referral(stib, asked.id, accept=False, reason="We have one already.")
    (answered,) = watch.list_referrals(SYSTEM, "sentilo")
    assert (answered.state, answered.reason) == ("declined", "We have one already.")
    with pytest.raises(Problem) as twice:
        watch.answer_referral(stib, asked.id, accept=True)
    assert twice.value.status == 409


def test_a_refusal_says_why_and_nobody_answers_for_another(sentilo: Entry) -> None:
    stib, other = person("nobody", organisation="stib"), person("nobody", organisation="citydev")
    watch.refer(SYSTEM, "sentilo", "stib")
    (asked,) = watch.list_referrals(SYSTEM)
    with pytest.raises(Problem) as silent:
        watch.answer_referral(stib, asked.id, accept=False)
    assert silent.value.extra["where"] == "reason"
    for stranger in (other, VISITOR):
        assert watch.list_referrals(stranger) == []
        with pytest.raises(Problem) as refused:
            watch.answer_referral(stranger, asked.id, accept=True)
        assert refused.value.status == 404
    with pytest.raises(Problem) as twice:
        watch.refer(SYSTEM, "sentilo", "stib")
    assert twice.value.status == 409


@given(st.integers(0, 3), st.sampled_from(list(RINGS)), st.integers(1, 12))
def test_every_technology_stands_in_its_own_ring_and_quadrant(turn: int, ring: str, many: int) -> None:
    spots = [radar.spot(turn, ring, index, many) for index in range(many)]
    for x, y in spots:
        distance = ((x - radar.CENTRE) ** 2 + (y - radar.CENTRE) ** 2) ** 0.5
        inner = max((radius for name, radius in radar.RADII.items() if radius < radar.RADII[ring]), default=0)
        assert inner < distance < radar.RADII[ring]
        assert (x > radar.CENTRE) == (turn in (0, 1)) and (y > radar.CENTRE) == (turn in (1, 2))


def test_three_of_a_ring_do_not_hide_one_another() -> None:
    for ring in RINGS:
        spots = [radar.spot(0, ring, index, 3) for index in range(3)]
        nearest = min(((a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2) ** 0.5 for a in spots for b in spots if a != b)
        assert nearest > 22 or ring == "adopt" and nearest > 18
