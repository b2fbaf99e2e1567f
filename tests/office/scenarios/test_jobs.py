"""Long computations: followed, ended past their time, cancelled, found again after a restart; and SUMO where it is installed."""

from __future__ import annotations

import dataclasses
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.office.scenarios.conftest import EDITOR, QUESTION, draft
from zinneke.kernel.problem import Problem
from zinneke.office.scenarios import child, declared, lifecycle, models, repeating, running, store
from zinneke.office.scenarios.declaring import Engine
from zinneke.office.scenarios.values import Question

HERE = Path(__file__).parent
WITH_ENGINE = Question(model="traffic-light", version="1.0", changed=QUESTION.changed, engine="sumo")


def speaking(*lines: str, then: str = "") -> tuple[str, ...]:
    """Return a command that reads its question, says these lines, and then does something."""
    said = "".join(f"print({line!r}, flush=True);" for line in lines)
    return sys.executable, "-c", f"import sys,time; sys.stdin.read(); {said} {then or 'pass'}"


def until(done: Callable[[], bool]) -> None:
    """Wait until something is so, at most ten seconds."""
    for _ in range(500):
        if done():
            return
        time.sleep(0.02)
    raise AssertionError("it did not come to pass within ten seconds")


def test_a_question_computed_in_a_process_of_its_own_has_the_same_answer() -> None:
    from zinneke.office.scenarios import rules

    ended = child.Child(QUESTION).follow(lambda done, total: None)
    assert ended.result == rules.answer(declared.get_model("traffic-light"), QUESTION)


def test_a_computation_that_never_ends_is_ended_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child, "COMMAND", speaking(then="time.sleep(600)"))
    process = child.Child(QUESTION, longest=0.3)
    ended = process.follow(lambda done, total: None)
    assert ended.result is None
    assert "not finished" in ended.said.en
    assert process._process.poll() is not None


def test_progress_is_passed_on_and_a_fault_is_said_in_its_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child, "COMMAND", speaking('{"done":1,"total":4}', '{"fault":{"fr":"a","nl":"b","en":"the bridge is closed"}}'))
    heard: list[tuple[int, int]] = []
    ended = child.Child(QUESTION).follow(lambda done, total: heard.append((done, total)))
    assert heard == [(1, 4)]
    assert ended.said.en == "the bridge is closed"


@pytest.mark.parametrize("words", ["this is not a line", '{"result": {"question": 5}}'])
def test_nonsense_from_the_child_is_no_result(monkeypatch: pytest.MonkeyPatch, words: str) -> None:
    monkeypatch.setattr(child, "COMMAND", speaking(words))
    ended = child.Child(QUESTION).follow(lambda done, total: None)
    assert ended.result is None
    assert "without a result" in ended.said.en


def test_a_child_that_dies_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child, "COMMAND", speaking(then="sys.exit(3)"))
    assert child.Child(QUESTION).follow(lambda done, total: None).result is None


def shaky(values: dict[str, float], rows: object, seed: int) -> dict[str, float]:
    """Return delays that depend on the seed: an engine for tests."""
    return {"delay_main": values["cycle"] / 4 + seed, "delay_side": values["cycle"] / 3 + seed}


def test_another_engine_is_run_for_both_worlds_with_the_same_seeds() -> None:
    model = declared.get_model("traffic-light")
    engine = dataclasses.replace(model.engines[0], function=f"{__name__}:shaky", runs=4)
    heard: list[int] = []
    found = repeating.answer(dataclasses.replace(model, engines=(engine,)), WITH_ENGINE, lambda done, total: heard.append(done))
    figure = found.figure("delay_main")
    assert figure is not None
    assert heard == list(range(1, 9))
    assert figure.change.mid == figure.change.low == figure.change.high == (60 - 90) / 4, "the same seed in both worlds"
    assert figure.baseline.low < figure.baseline.mid < figure.baseline.high
    assert found.figure("waited") is None


@pytest.mark.django_db
def test_without_the_engine_a_job_is_refused_and_the_draft_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child, "installed", lambda engine: False)
    kept = store.add_scenario(EDITOR, draft(question=WITH_ENGINE))
    assert kept.result is None
    with pytest.raises(Problem, match="not installed"):
        store.start_run(EDITOR, kept.key)
    with pytest.raises(Problem, match="before you publish"):
        store.publish_scenario(EDITOR, kept.key, kept.edition)
    assert store.get_scenario(EDITOR, kept.key).state == "draft"


def test_an_engine_that_is_nowhere_is_not_installed() -> None:
    engine = declared.get_model("traffic-light").engines[0]
    assert isinstance(engine, Engine)
    assert not child.installed(dataclasses.replace(engine, needs="no_such_package_anywhere"))


@pytest.mark.django_db(transaction=True)
def test_a_job_runs_to_its_end_and_its_result_is_the_scenarios(monkeypatch: pytest.MonkeyPatch) -> None:
    import msgspec

    kept = store.add_scenario(EDITOR, draft())
    told = msgspec.json.encode(child.Told(result=kept.result)).decode()
    monkeypatch.setattr(child, "COMMAND", speaking('{"done":1,"total":2}', told))
    models.Scenario.objects.update(result=None)
    run = store.start_run(EDITOR, kept.key)
    until(lambda: store.get_run(EDITOR, run.id).state == "done")
    assert store.get_scenario(EDITOR, kept.key).result == kept.result
    assert [each.id for each in store.list_runs(EDITOR, kept.key)] == [run.id]


@pytest.mark.django_db(transaction=True)
def test_a_job_can_be_cancelled_and_is_then_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child, "COMMAND", speaking(then="time.sleep(600)"))
    kept = store.add_scenario(EDITOR, draft())
    run = store.start_run(EDITOR, kept.key)
    assert store.start_run(EDITOR, kept.key).id == run.id, "one that is under way is not started twice"
    until(lambda: store.get_run(EDITOR, run.id).state == "running")
    until(lambda: run.id in running._children)
    process = running._children[run.id]
    assert store.cancel_run(EDITOR, run.id).state == "cancelled"
    until(lambda: process._process.poll() is not None)
    until(lambda: run.id not in running._children)
    assert store.get_run(EDITOR, run.id).state == "cancelled"


@pytest.mark.django_db
def test_after_a_restart_what_was_under_way_is_marked_and_can_be_run_again(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = store.add_scenario(EDITOR, draft())
    row = models.Scenario.objects.get(key=kept.key)
    lost = models.Run.objects.create(scenario=row, state="running", asked=datetime.now(UTC))
    done = models.Run.objects.create(scenario=row, state="done", asked=datetime.now(UTC))
    lifecycle.start()
    assert store.get_run(EDITOR, lost.pk).state == "interrupted"
    assert store.get_run(EDITOR, done.pk).state == "done"
    assert store.start_run(EDITOR, kept.key).id not in (lost.pk, done.pk)


@pytest.mark.django_db
def test_only_so_many_jobs_wait() -> None:
    for number in range(running.MOST_WAITING):
        row = models.Scenario.objects.get(key=store.add_scenario(EDITOR, draft(name={"en": f"Number {number}"})).key)
        models.Run.objects.create(scenario=row, state="waiting", asked=datetime.now(UTC))
    kept = store.add_scenario(EDITOR, draft())
    with pytest.raises(Problem) as caught:
        store.start_run(EDITOR, kept.key)
    assert caught.value.status == 503


sumo = pytest.mark.skipif(
    not child.installed(declared.get_model("traffic-light").engines[0]), reason="SUMO is not installed: pip install 'zinneke[simulation]'"
)


@sumo
def test_sumo_finds_that_a_shorter_cycle_helps_the_side_street() -> None:
    from zinneke.office.scenarios.sumo import traffic_light

    model = declared.get_model("traffic-light")
    before, again, after = (traffic_light(model.defaults() | changed, (), 1) for changed in ({}, {}, {"cycle": 60.0, "green_main": 32.0}))
    assert before == again, "the same seed gives the same figures"
    assert after["delay_side"] < before["delay_side"] - 5


@sumo
def test_sumo_finds_that_thirty_in_quiet_streets_keeps_through_traffic_out() -> None:
    from zinneke.office.scenarios.sumo import speed_limit

    model = declared.get_model("speed-limit")
    before, after = (speed_limit(model.defaults() | changed, (), 1) for changed in ({}, {"limit_local": 30.0}))
    assert after["local_km"] < before["local_km"] / 2
