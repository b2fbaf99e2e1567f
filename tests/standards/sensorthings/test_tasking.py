"""Commands to things: declared parameters, states in order, and only for those who may command."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.foundations.observations.city import actor
from tests.standards.sensorthings.conftest import EDITOR
from zinneke.asgi.door import Door
from zinneke.foundations.observations import store
from zinneke.foundations.observations.values import Question, Thing
from zinneke.kernel.confidentiality import ANONYMOUS, SYSTEM, Level, Right
from zinneke.standards.sensorthings import ROUTES

pytestmark = pytest.mark.django_db(transaction=True)
ACTUATOR = {"name": "Relay", "description": "", "encodingType": "application/pdf", "metadata": "x"}
PARAMETERS = {
    "type": "DataRecord",
    "field": [
        {"name": "light", "type": "Category", "constraint": {"type": "AllowedTokens", "value": ["on", "off"]}},
        {"name": "level", "type": "Quantity", "constraint": {"type": "AllowedValues", "interval": [[0, 10], [20, 30]]}},
    ],
}
CAPABILITY = {"name": "Switch", "description": "", "taskingParameters": PARAMETERS, "Actuator": ACTUATOR}


@pytest.fixture
def capability(service: TestClient) -> int:
    service.headers.update(EDITOR)
    answer = service.post("Things", json={"name": "Lamp", "description": "", "TaskingCapabilities": [CAPABILITY]})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = service.get("Things?$expand=TaskingCapabilities($expand=Actuator)").json()["value"][0]["TaskingCapabilities"][0]
    assert (found["taskingParameters"], found["Actuator"]["name"]) == (PARAMETERS, "Relay")
    number: int = found["@iot.id"]
    return number


def test_a_task_goes_from_state_to_state_and_never_back(service: TestClient, capability: int) -> None:
    answer = service.post(f"TaskingCapabilities({capability})/Tasks", json={"taskingParameters": {"light": "on", "level": 25}})
    assert answer.status_code == 201, answer.text
    link = answer.json()["@iot.selfLink"]
    assert service.get(link).json()["status"] == "pending"
    for status, due in (("running", 200), ("running", 200), ("pending", 409), ("done", 200), ("failed", 409), ("lost", 400)):
        assert service.patch(link, json={"status": status}).status_code == due, status
    found = service.get("Tasks?$filter=status eq 'done' and TaskingCapability/Thing/name eq 'Lamp' and statusTime ge creationTime").json()["value"]
    assert [task["taskingParameters"] for task in found] == [{"light": "on", "level": 25}]
    assert service.patch(link, json={"taskingParameters": {}}).status_code == 400


@pytest.mark.parametrize("parameters", [{"light": "dim"}, {"level": 15}, {"level": "high"}, {"heat": 1}, [1], 5])
def test_what_a_capability_does_not_declare_is_refused(service: TestClient, capability: int, parameters: Any) -> None:
    assert service.post(f"TaskingCapabilities({capability})/Tasks", json={"taskingParameters": parameters}).status_code == 400
    assert service.get("Tasks/$count").text == "0"


def test_only_who_may_command_a_thing_tells_it_what_to_do_and_hidden_ones_stay_hidden(service: TestClient, capability: int) -> None:
    people = {"Bearer writer": actor(rights=frozenset({Right.SEE, Right.EDIT}))}
    writer = TestClient(Door(ROUTES, lambda headers, safe: people.get(headers.get("authorization", ""), ANONYMOUS)), base_url="http://city/sta/v1.1/")
    task = {"taskingParameters": {"light": "on"}}
    assert writer.post(f"TaskingCapabilities({capability})/Tasks", json=task, headers={"authorization": "Bearer writer"}).status_code == 403
    assert service.post(f"TaskingCapabilities({capability})/Tasks", json=task).status_code == 201
    assert len(writer.get("Tasks").json()["value"]) == 1
    (thing,) = store.ask(SYSTEM, Question(set="Things")).entities
    store.set_things(SYSTEM, [Thing(key=f"sensorthings/{thing.id}", name={"en": "Lamp"}, level=Level.SHARED)])
    for name in ("Tasks", "TaskingCapabilities", "Actuators"):
        assert writer.get(name).json()["value"] == [], name
    assert writer.get(f"TaskingCapabilities({capability})").status_code == 404


def test_deleting_an_actuator_takes_its_capabilities_and_tasks(service: TestClient, capability: int) -> None:
    service.post(f"TaskingCapabilities({capability})/Tasks", json={"taskingParameters": {"light": "on"}})
    number = service.get("Actuators").json()["value"][0]["@iot.id"]
    assert service.delete(f"Actuators({number})").status_code == 200
    assert [service.get(f"{name}/$count").text for name in ("Actuators", "TaskingCapabilities", "Tasks", "Things")] == ["0", "0", "0", "1"]
