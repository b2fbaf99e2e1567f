"""Entities over time: instances, values, figures, compared with what was put in; a long answer says where it ends."""

from __future__ import annotations

import statistics
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from zinneke.standards.ngsi_ld import temporal

pytestmark = pytest.mark.django_db(transaction=True)
BIN, HERE = "urn:ngsi-ld:Bin:1", "temporal/entities"
START = datetime(2026, 3, 1, tzinfo=UTC)
LEVELS = [(START + at * timedelta(minutes=30), float(at * 7 % 50)) for at in range(100)]
EVER = {"timerel": "after", "timeAt": "2020-01-01T00:00:00Z"}


def text(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


@pytest.fixture
def past(broker: TestClient) -> TestClient:
    levels = [{"type": "Property", "value": value, "observedAt": text(moment), "unitCode": "P1"} for moment, value in LEVELS]
    states = [{"type": "Property", "value": word, "observedAt": text(START + at * timedelta(hours=1))} for at, word in enumerate(("open", "full"))]
    sent = {"id": BIN, "type": "Bin", "fill": levels, "state": states, "colour": {"type": "VocabProperty", "vocab": "green"}}
    answer = broker.post(HERE, json=sent)
    assert answer.status_code == 201, answer.text
    assert broker.post(HERE, json=sent).status_code == 204, "the same again changes nothing"
    return broker


def read(past: TestClient, **parameters: Any) -> Any:
    answer = past.get(f"{HERE}/{BIN}", params=parameters)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_each_observation_is_an_instance(past: TestClient) -> None:
    found = read(past)
    assert (found["id"], found["type"]) == (BIN, "Bin")
    assert [(each["observedAt"], each["value"]) for each in found["fill"]] == [(text(moment), value) for moment, value in LEVELS]
    assert found["fill"][0]["unitCode"] == "P1"
    assert len({each["instanceId"] for each in found["fill"]}) == len(LEVELS)
    assert [each["value"] for each in found["state"]] == ["open", "full"]
    assert "observedAt" not in found["colour"][0], "it was observed at no moment"
    assert found["colour"][0]["modifiedAt"]
    now = past.get(f"entities/{BIN}").json()
    assert (now["fill"]["value"], now["colour"]["vocab"]) == (LEVELS[-1][1], "green")


@pytest.mark.parametrize("relation", ["before", "after", "between"])
def test_a_time_is_chosen(past: TestClient, relation: str) -> None:
    first, last = LEVELS[10][0], LEVELS[20][0]
    due = {
        "before": [value for moment, value in LEVELS if moment < first],
        "after": [value for moment, value in LEVELS if moment > first],
        "between": [value for moment, value in LEVELS if first <= moment < last],
    }[relation]
    time = {"timerel": relation, "timeAt": text(first), **({"endTimeAt": text(last)} if relation == "between" else {})}
    told = read(past, **time, attrs="fill", options="temporalValues")["fill"]
    assert [value for value, _ in told["values"]] == due
    (page,) = past.get(HERE, params={**time, "type": "Bin", "attrs": "fill"}).json()
    assert [each["value"] for each in page["fill"]] == due
    query = {"type": "Query", "entities": [{"type": "Bin"}], "attrs": ["fill"], "temporalQ": time}
    (page,) = past.post("temporal/entityOperations/query", json=query).json()
    assert [each["value"] for each in page["fill"]] == due


def test_the_last_are_the_newest(past: TestClient) -> None:
    told = read(past, lastN=3, attrs="fill")["fill"]
    assert [each["value"] for each in told] == [value for _, value in LEVELS[:-4:-1]]


def test_figures_by_period(past: TestClient) -> None:
    methods = {
        "totalCount": len, "distinctCount": lambda found: len(set(found)), "sum": sum, "avg": statistics.fmean, "min": min, "max": max,
        "stddev": statistics.pstdev, "sumsq": lambda found: sum(value * value for value in found),
    }  # fmt: skip
    asked = {"options": "aggregatedValues", "aggrMethods": ",".join(methods), "attrs": "fill"}
    time = {"timerel": "between", "timeAt": text(START), "endTimeAt": text(START + timedelta(days=3))}
    for period, hours in (("PT1H", 1), ("P1D", 24), ("PT5H", 5)):
        told = read(past, **asked, **time, aggrPeriodDuration=period)["fill"]
        for name, compute in methods.items():
            due: dict[int, list[float]] = {}
            for moment, value in LEVELS:
                due.setdefault(int((moment - START) / timedelta(hours=hours)), []).append(value)
            assert [value for value, _, _ in told[name]] == pytest.approx([compute(values) for values in due.values()]), (name, period)
            assert told[name][1][1] == text(START + timedelta(hours=hours))
    later = read(past, **asked, timerel="after", timeAt=text(START), aggrPeriodDuration="P1D")["fill"]
    assert later["totalCount"][0] == [47, text(START), text(START + timedelta(days=1))], "periods begin at timeAt, which is not after itself"
    whole = read(past, **asked)["fill"]
    assert whole["avg"] == [[pytest.approx(statistics.fmean(value for _, value in LEVELS)), text(START), whole["avg"][0][2]]]
    months = read(past, **asked, **time, aggrPeriodDuration="P1M")["fill"]
    assert months["totalCount"][0][0] == len(LEVELS)


def test_an_answer_that_does_not_hold_all_says_where_it_ends(past: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(temporal, "MOST", 40)
    seen: list[float] = []
    since = text(START - timedelta(seconds=1))
    while True:
        answer = past.get(f"{HERE}/{BIN}", params={"timerel": "after", "timeAt": since, "attrs": "fill"})
        instances = answer.json()["fill"]
        seen += [each["value"] for each in instances]
        if answer.status_code == 200:
            break
        assert answer.status_code == 206
        assert answer.headers["content-range"] == f"DateTime {instances[0]['observedAt']}-{text(LEVELS[len(seen)][0])}/*"
        since = instances[-1]["observedAt"]
    assert seen == [value for _, value in LEVELS]


def test_where_an_entity_stood(past: TestClient) -> None:
    for lon in (4.3, 4.4):
        place = {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [lon, 50.8]}}
        assert past.post(f"entities/{BIN}/attrs", json={"location": place}).status_code == 204
    assert [each["value"]["coordinates"][0] for each in read(past)["location"]] == [4.3, 4.4]


def test_more_is_appended_and_taken_away(past: TestClient) -> None:
    more = [{"type": "Property", "value": at, "observedAt": f"2026-04-01T0{at}:00:00Z"} for at in range(3)]
    assert past.post(f"{HERE}/{BIN}/attrs", json={"fill": more, "weight": more}).status_code == 204
    assert len(read(past)["fill"]) == len(LEVELS) + 3
    assert past.delete(f"{HERE}/{BIN}/attrs/weight").status_code == 204
    assert "weight" not in read(past)
    assert past.delete(f"{HERE}/{BIN}").status_code == 204
    assert past.get(f"{HERE}/{BIN}").status_code == 404


@pytest.mark.parametrize(
    "parameters",
    [
        {}, {"timerel": "after"}, {"timerel": "around", "timeAt": text(START)}, {"timerel": "between", "timeAt": text(START)},
        {"timerel": "between", "timeAt": text(START), "endTimeAt": text(START)}, {**EVER, "timeproperty": "strange"}, {**EVER, "lastN": "x"},
        {**EVER, "aggrMethods": "sum"}, {**EVER, "options": "aggregatedValues"},
        {**EVER, "options": "aggregatedValues", "aggrMethods": "median"},
        {**EVER, "options": "aggregatedValues", "aggrMethods": "sum", "aggrPeriodDuration": "hour"},
        {**EVER, "options": "aggregatedValues", "aggrMethods": "sum", "lastN": "2"},
        {**EVER, "timeAt": "yesterday"},
    ],
)  # fmt: skip
def test_what_cannot_be_asked_of_the_past_is_refused(past: TestClient, parameters: dict[str, str]) -> None:
    answer = past.get(HERE, params={"type": "Bin", **parameters})
    assert answer.status_code in (400, 403), answer.text
    assert answer.json()["detail"]


def test_what_is_not_measured_has_a_past_too_whoever_changed_it(broker: TestClient, service: TestClient) -> None:
    key = "urn:ngsi-ld:Bench:past"
    owner = "urn:ngsi-ld:Organisation:"
    first = {"colour": {"type": "Property", "value": "red"}, "owner": {"type": "Relationship", "object": f"{owner}1"}}
    assert broker.post("entities", json={"id": key, "type": "Bench", **first}).status_code == 201
    assert broker.patch(f"entities/{key}/attrs", json={"colour": {"type": "Property", "value": "green"}}).status_code == 204
    assert broker.patch(f"entities/{key}/attrs", json={"owner": {"type": "Relationship", "object": f"{owner}2"}}).status_code == 204
    thing = service.get("Things?$select=id,properties").json()["value"][-1]
    assert service.patch(f"Things({thing['@iot.id']})", json={"properties": {**thing["properties"], "colour": "blue"}}).status_code == 200
    assert broker.post(f"entities/{key}/attrs", json={"made": {"type": "Property", "value": "oak"}}).status_code == 204
    told = broker.get(f"temporal/entities/{key}").json()
    assert [each["value"] for each in told["colour"]] == ["red", "green", "blue"]
    assert [each["object"][-1] for each in told["owner"]] == ["1", "2"]
    assert [each["value"] for each in told["made"]] == ["oak"]
    moments = [each["modifiedAt"] for each in told["colour"]]
    assert moments == sorted(moments)
    assert told["made"][0]["modifiedAt"] > moments[0]
    values = broker.get(f"temporal/entities/{key}?options=temporalValues&attrs=colour&lastN=2").json()
    assert values["colour"] == {"type": "Property", "values": [["green", moments[1]], ["blue", moments[2]]]}
    since = {"type": "Bench", "timerel": "after", "timeAt": moments[1]}
    assert [each["value"] for each in broker.get("temporal/entities", params=since).json()[0]["colour"]] == ["blue"]
    assert broker.delete(f"entities/{key}/attrs/colour").status_code == 204
    assert [each["value"] for each in broker.get(f"temporal/entities/{key}").json()["colour"]] == ["red", "green", "blue"]
    assert broker.post(f"entities/{key}/attrs", json={"colour": {"type": "Property", "value": "white"}}).status_code == 204
    assert broker.delete(f"temporal/entities/{key}/attrs/colour").status_code == 204
    assert "colour" not in broker.get(f"temporal/entities/{key}").json()


def test_instances_that_are_not_measured_are_sent_over_time_and_read_again(broker: TestClient) -> None:
    key = "urn:ngsi-ld:Bench:owned"
    owners = [{"type": "Relationship", "object": f"urn:ngsi-ld:Organisation:{at}", "observedAt": f"2026-03-0{at}T00:00:00Z"} for at in (2, 1, 3)]
    assert broker.post("temporal/entities", json={"id": key, "type": "Bench", "owner": owners}).status_code == 201
    later = {"owner": [{"type": "Relationship", "object": "urn:ngsi-ld:Organisation:4", "observedAt": "2026-03-04T00:00:00Z"}]}
    assert broker.post(f"temporal/entities/{key}/attrs", json=later).status_code == 204
    assert [each["object"][-1] for each in broker.get(f"temporal/entities/{key}").json()["owner"]] == ["1", "2", "3", "4"]
    span = {"type": "Bench", "timerel": "between", "timeAt": "2026-03-02T00:00:00Z", "endTimeAt": "2026-03-04T00:00:00Z"}
    assert [each["object"][-1] for each in broker.get("temporal/entities", params=span).json()[0]["owner"]] == ["2", "3"]
    assert broker.get(f"entities/{key}").json()["owner"]["object"][-1] == "4"
