"""What the room promises about scenarios: immutable once published, reproducible, nothing overwritten in silence."""

from __future__ import annotations

import dataclasses

import msgspec
import pytest

from tests.office.scenarios.conftest import EDITOR, QUESTION, draft
from zinneke.kernel.confidentiality import ANONYMOUS, Level
from zinneke.kernel.problem import Problem
from zinneke.office.scenarios import declared, limits, rules, running, store
from zinneke.office.scenarios import models as tables
from zinneke.office.scenarios.values import Question

pytestmark = pytest.mark.django_db


def test_a_draft_is_computed_kept_and_seen_by_editors_only() -> None:
    kept = store.add_scenario(EDITOR, draft())
    assert kept.key == "a-shorter-cycle"
    assert kept.state == "draft"
    assert kept.result is not None
    assert kept.result.figure("delay_walk").change.mid < 0  # type: ignore[union-attr]
    assert store.list_scenarios(ANONYMOUS) == []
    with pytest.raises(Problem, match="no scenario"):
        store.get_scenario(ANONYMOUS, kept.key)
    assert [each.key for each in store.list_scenarios(EDITOR, state="draft")] == [kept.key]


def test_what_is_as_by_default_is_not_kept_as_a_change() -> None:
    kept = store.add_scenario(EDITOR, draft(question=msgspec.structs.replace(QUESTION, changed={"cycle": 90.0, "green_main": 50.0})))
    assert kept.question.changed == {"green_main": 50.0}


def test_a_published_scenario_never_changes_and_a_new_one_names_it_as_its_origin() -> None:
    kept = store.add_scenario(EDITOR, draft())
    published = store.publish_scenario(EDITOR, kept.key, kept.edition)
    assert store.get_scenario(ANONYMOUS, kept.key).state == "published"
    for refused in (
        lambda: store.set_scenario(EDITOR, kept.key, draft(), published.edition),
        lambda: store.remove_draft(EDITOR, kept.key),
        lambda: store.start_run(EDITOR, kept.key),
    ):
        with pytest.raises(Problem) as caught:
            refused()
        assert caught.value.status == 409
    child = store.add_scenario(EDITOR, draft(parent=kept.key))
    assert child.key == "a-shorter-cycle-2"
    assert child.parent == kept.key


def test_two_editors_at_once_are_told_and_nothing_is_overwritten() -> None:
    kept = store.add_scenario(EDITOR, draft())
    first = store.set_scenario(EDITOR, kept.key, draft(purpose={"en": "mine"}), kept.edition)
    with pytest.raises(Problem, match="Nothing was overwritten") as caught:
        store.set_scenario(EDITOR, kept.key, draft(purpose={"en": "yours"}), kept.edition)
    assert caught.value.status == 409
    assert store.get_scenario(EDITOR, kept.key).purpose == {"en": "mine"}
    with pytest.raises(Problem, match="since you read it"):
        store.publish_scenario(EDITOR, kept.key, kept.edition)
    assert store.set_scenario(EDITOR, kept.key, draft(purpose={"en": "yours"}), first.edition).purpose == {"en": "yours"}


@pytest.mark.parametrize(
    ("other", "says"),
    [
        ({"name": {"en": "  "}}, "name"),
        ({"name": {"en": "x" * 121}}, "121 characters"),
        ({"discussion": "javascript:alert(1)"}, "https"),
        ({"parent": "nowhere"}, "nowhere"),
        ({"question": Question(model="nothing", version="1")}, "model"),
        ({"question": Question(model="traffic-light", version="1", changed={"cycle": float("nan")})}, "number"),
        ({"question": Question(model="traffic-light", version="1", changed={"cycle": float("inf")})}, "number"),
        ({"question": Question(model="traffic-light", version="1", changed={"cycle": 500.0})}, "between 30 and 180"),
        ({"question": Question(model="traffic-light", version="1", changed={"nothing": 5.0})}, "no such input"),
        ({"question": Question(model="traffic-light", version="1", draws=10)}, "draws"),
        ({"question": Question(model="traffic-light", version="1", rows="a,b")}, "no table"),
        ({"question": Question(model="low-emission-zone", version="1", changed={"years": 900.0})}, "between 1 and 25"),
        ({"question": Question(model="low-emission-zone", version="1", rows="a,b\n1,2")}, "columns"),
        ({"question": Question(model="street-lighting", version="1", changed={"led": 200.0})}, "between 0 and 100"),
        ({"question": Question(model="street-lighting", version="1", changed={"lamps": -5.0})}, "between 0"),
        ({"question": Question(model="street-lighting", version="1", changed={"lamps": 10.5})}, "whole"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_kept(other: dict[str, object], says: str) -> None:
    with pytest.raises(Problem) as caught:
        store.add_scenario(EDITOR, draft(**other))
    assert caught.value.status in (400, 404)
    assert says in caught.value.detail
    assert not tables.Scenario.objects.exists()


def test_the_same_question_has_the_same_answer_to_the_last_digit_and_another_seed_nearly() -> None:
    kept = store.add_scenario(EDITOR, draft())
    assert kept.result == store.get_answer(ANONYMOUS, kept.question)
    other = store.get_answer(ANONYMOUS, msgspec.structs.replace(kept.question, seed=2))
    first, second = kept.result.figure("waited"), other.figure("waited")  # type: ignore[union-attr]
    assert first != second
    assert first.change.mid == pytest.approx(second.change.mid, rel=0.1)  # type: ignore[union-attr]


def test_a_scenario_computed_again_is_identical_or_says_what_differs(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = store.add_scenario(EDITOR, draft())
    told = store.get_reproduction(EDITOR, kept.key)
    assert told.identical
    assert told.differences == ()
    model = declared.get_model("traffic-light")
    inputs = tuple(dataclasses.replace(each, default=600.0) if each.key == "walkers" else each for each in model.inputs)
    changed = dataclasses.replace(model, version="2.0", inputs=inputs)
    monkeypatch.setitem(declared.models(), "traffic-light", changed)
    told = store.get_reproduction(EDITOR, kept.key)
    assert not told.identical
    assert (told.version_then, told.version_now) == ("1.0", "2.0")
    assert {each.output for each in told.differences} == {"waited"}


def test_one_more_input_changes_no_draw_of_the_others() -> None:
    model = declared.get_model("street-lighting")
    fewer = dataclasses.replace(model, inputs=tuple(each for each in model.inputs if each.key != "loss"))
    values = model.defaults()
    assert (rules.draw(model, values, 3, 50)["price"][-50:] == rules.draw(fewer, values, 3, 50)["price"][-50:]).all()


def test_draws_lie_between_their_bounds_and_centre_on_the_value() -> None:
    model = declared.get_model("street-lighting")
    drawn = rules.draw(model, model.defaults(), 1, 20_000)["price"][-20_000:]
    assert 0.2 * 0.7 <= drawn.min() < drawn.max() <= 0.2 * 1.4
    assert drawn.mean() == pytest.approx(0.2 * (0.7 + 1 + 1.4) / 3, rel=0.01), "the mean of a triangle"


def test_an_editor_of_one_commune_keeps_scenarios_there_only() -> None:
    local = dataclasses.replace(EDITOR, grants=tuple(dataclasses.replace(grant, area="21015") for grant in EDITOR.grants))
    assert store.list_areas_to_edit(local) == ["21015"]
    assert store.add_scenario(local, draft(area="21015", level=Level.SHARED)).area == "21015"
    with pytest.raises(Problem) as caught:
        store.add_scenario(local, draft())
    assert caught.value.status == 403


def test_up_to_four_scenarios_of_one_model_are_compared() -> None:
    keys = []
    for cycle in (60.0, 70.0, 80.0, 100.0, 110.0):
        question = Question(model="traffic-light", version="1.0", changed={"cycle": cycle, "green_main": cycle - 28}, draws=100)
        keys.append(store.add_scenario(EDITOR, draft(question=question)).key)
    assert [each.key for each in store.list_compared(EDITOR, [*keys[:3], keys[0], ""])] == keys[:3]
    with pytest.raises(Problem, match="at most 4"):
        store.list_compared(EDITOR, keys)
    lamps = store.add_scenario(EDITOR, draft(question=Question(model="street-lighting", version="1.0", draws=100)))
    with pytest.raises(Problem, match="one model"):
        store.list_compared(EDITOR, [keys[0], lamps.key])


def test_a_visitor_waits_after_many_answers_and_somebody_known_does_not() -> None:
    for second in range(limits.A_MINUTE):
        limits.demand("10.0.0.1", ANONYMOUS, now=float(second))
    with pytest.raises(Problem) as caught:
        limits.demand("10.0.0.1", ANONYMOUS, now=31.0)
    assert caught.value.status == 429
    limits.demand("10.0.0.2", ANONYMOUS, now=31.0)
    limits.demand("10.0.0.1", EDITOR, now=31.0)
    limits.demand("10.0.0.1", ANONYMOUS, now=61.5)


def test_when_too_many_compute_the_next_is_asked_to_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "PATIENCE", 0.01)
    for _ in range(running.AT_ONCE):
        running._turn.acquire()
    try:
        with pytest.raises(Problem) as caught:
            store.get_answer(ANONYMOUS, QUESTION)
        assert caught.value.status == 503
    finally:
        for _ in range(running.AT_ONCE):
            running._turn.release()
    assert store.get_answer(ANONYMOUS, QUESTION)


def test_illustrations_are_loaded_once_and_left_alone_ever_after() -> None:
    from pathlib import Path

    from zinneke.cli.manifest import CITIES
    from zinneke.office.scenarios.loading import READERS

    path: Path = CITIES / "brussels" / "scenarios.toml"
    counts = READERS["illustrations"](path, {})
    assert counts.added >= 8
    assert not counts.faults
    assert all(each.illustration for each in store.list_scenarios(ANONYMOUS))
    again = READERS["illustrations"](path, {})
    assert (again.added, again.unchanged) == (0, counts.added)
