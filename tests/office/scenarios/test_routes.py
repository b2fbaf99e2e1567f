"""The machines' doors: models, answers, scenarios, as JSON and CSV; a bad question is a sentence."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.office.scenarios.conftest import EDITOR, draft
from zinneke.office.scenarios import store

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def machine() -> Any:
    from zinneke.asgi.house import build

    return TestClient(build())


def test_models_are_told_with_inputs_assumptions_and_what_they_do_not_tell(machine: Any) -> None:
    told = machine.get("/api/scenarios/models").json()
    assert {each["key"] for each in told} >= {"low-emission-zone", "street-lighting", "speed-limit", "traffic-light"}
    one = machine.get("/api/scenarios/models/street-lighting").json()
    assert one["blind"][0]["fr"]
    assert one["assumptions"][0]["source"]["nl"]
    assert machine.get("/api/scenarios/models/nothing").status_code == 404


def test_an_answer_is_the_same_as_json_and_csv(machine: Any) -> None:
    query = "set=cycle:60&set=green_main:32&draws=200&seed=5"
    told = machine.get(f"/api/scenarios/models/traffic-light/answer?{query}").json()
    csv = machine.get(f"/api/scenarios/models/traffic-light/answer.csv?{query}")
    assert csv.headers["content-type"].startswith("text/csv")
    whole = next(line for line in csv.text.splitlines() if line.startswith("waited,whole")).split(",")
    figure = told["figures"][0]
    assert [float(cell) for cell in whole[2:]] == [*_band(figure["baseline"]), *_band(figure["scenario"])]
    assert len(csv.text.splitlines()) == 1 + 5 * 25


def _band(band: dict[str, float]) -> list[float]:
    return [band["mid"], band["low"], band["high"]]


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("set=cycle", "INPUT:VALUE"),
        ("set=nothing:3", "an input among"),
        ("set=cycle:1000", "between 30 and 180"),
        ("set=cycle:nan", "Give a number"),
        ("draws=999999", "draws"),
        ("table=a,b", "no table"),
        ("colour=blue", "colour"),
    ],
)
def test_a_question_with_faults_is_a_sentence(machine: Any, query: str, says: str) -> None:
    response = machine.get(f"/api/scenarios/models/traffic-light/answer?{query}")
    assert response.status_code == 400
    assert says in response.json()["detail"]


def test_a_fleet_with_wrong_columns_is_a_sentence(machine: Any) -> None:
    response = machine.get("/api/scenarios/models/low-emission-zone/answer", params={"table": "a,b\n1,2"})
    assert response.status_code == 400
    assert "columns" in response.json()["detail"]


def test_published_scenarios_are_listed_told_and_computed_again(machine: Any) -> None:
    made = store.add_scenario(EDITOR, draft())
    assert machine.get("/api/scenarios").json() == []
    store.publish_scenario(EDITOR, made.key, 1)
    assert [each["key"] for each in machine.get("/api/scenarios?model=traffic-light").json()] == [made.key]
    assert machine.get(f"/api/scenarios/{made.key}").json()["result"]["digest"]
    assert machine.get(f"/api/scenarios/{made.key}/reproduction").json()["identical"] is True
    assert machine.get(f"/api/scenarios/{made.key}/result.csv").text.startswith("output,step")
