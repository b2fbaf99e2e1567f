"""What a registration demands of whoever asks its source: headers without secrets, how long is waited, no further; and several types."""

from __future__ import annotations

import time
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.standards.ngsi_ld.source import Source
from tests.standards.ngsi_ld.test_forwarding import A, B, bin_of, register, valued
from zinneke.standards.ngsi_ld import forwarding

pytestmark = pytest.mark.django_db(transaction=True)
WRITES = ["retrieveOps", "queryBatch", "appendAttrs", "createBatch", "mergeEntity"]


def info(**headers: str) -> list[dict[str, str]]:
    return [{"key": name.replace("_", "-"), "value": value} for name, value in headers.items()]


def test_headers_go_along_with_whatever_is_asked_and_written(broker: TestClient, source: Source) -> None:
    headers = info(Fiware_Service="brussels", accept="application/ld+json")
    register(broker, source, contextSourceInfo=headers, operations=WRITES)
    assert broker.get("csourceRegistrations").json()[0]["contextSourceInfo"] == headers
    source.entities = {A: bin_of(A, fill=valued(1))}
    assert broker.get(f"entities/{A}").json()["fill"]["value"] == 1
    assert (source.asked[0][1]["fiware-service"], source.asked[0][1]["accept"]) == ("brussels", "application/ld+json")
    broker.post("entityOperations/query", json={"type": "Query", "entities": [{"type": "Bin"}]})
    broker.post(f"entities/{A}/attrs", json={"type": "Bin", "fill": valued(2)})
    broker.post("entityOperations/create", json=[bin_of(B, fill=valued(2))])
    assert [each[3]["fiware-service"] for each in source.written] == ["brussels"] * 3
    assert source.written[0][3]["accept"] == "application/ld+json"


@pytest.mark.parametrize(
    "given",
    [
        *(
            [{"key": name, "value": "x"}]
            for name in ("Authorization", "X-Api-Key", "Cookie", "X-Auth-Token", "Set-Cookie", "My-Secret", "X-Password")
        ),
        *([{"key": name, "value": "x"}] for name in ("Host", "Via", "Link", "Content-Type", "Accept-Encoding", "NGSILD-Tenant", "X-Forwarded-For")),
        *([{"key": name, "value": "x"}] for name in ("jsonldContext", "contentType", "ngsildConformance", "a b", "é", "", "x\r\ny")),
        *([{"key": "X-More", "value": value}] for value in ("", " x", "é", "a\r\nb: c", "urn:ngsi-ld:request", "x" * 501)),
        [{"key": "accept", "value": "text/html"}],
        [{"key": "X-More"}],
        [{"key": "X-More", "value": 5}],
        ["X-More"],
        [{"key": "X-More", "value": "a"}, {"key": "x-more", "value": "b"}],
        {"X-More": "x"},
        [{"key": f"X-{at}", "value": "x"} for at in range(21)],
    ],
)
def test_headers_with_secrets_or_of_our_own_are_refused(broker: TestClient, source: Source, given: Any) -> None:
    sent = {"type": "ContextSourceRegistration", "endpoint": source.endpoint, "information": [{"entities": [{"type": "Bin"}]}]}
    answer = broker.post("csourceRegistrations", json={**sent, "contextSourceInfo": given})
    assert (answer.status_code, answer.json()["where"]) == (400, "contextSourceInfo")


def test_a_source_that_is_to_ask_no_further_is_told_so(broker: TestClient, source: Source) -> None:
    register(broker, source, management={"localOnly": True}, operations=WRITES)
    source.entities = {A: bin_of(A, fill=valued(1))}
    broker.get(f"entities/{A}")
    broker.get("entities?type=Bin")
    broker.post("entityOperations/query", json={"type": "Query", "entities": [{"type": "Bin"}]})
    broker.post(f"entities/{A}/attrs?options=noOverwrite", json={"type": "Bin", "fill": valued(2)})
    broker.patch(f"entities/{A}", json={"type": "Bin", "fill": valued(2)})
    broker.post("entityOperations/create", json=[bin_of(B, fill=valued(2))])
    asked = [path for path, _ in source.asked] + [path for _, path, _, _ in source.written]
    assert len(asked) == 6
    assert all(path.endswith(("?local=true", "&local=true")) and path.count("?") == 1 for path in asked)


def test_a_source_is_waited_for_and_left_alone_as_it_says(broker: TestClient, source: Source) -> None:
    broker.post("entities", json=bin_of(A, fill=valued(1)))
    register(broker, source, management={"timeout": 100, "cooldown": 60_000})
    source.open.clear()
    began = time.monotonic()
    answer = broker.get("entities?type=Bin")
    assert time.monotonic() - began < forwarding.SECONDS
    assert ([each["id"] for each in answer.json()], "did not answer" in answer.headers["ngsild-warning"]) == ([A], True)
    source.open.set()
    assert "was not asked" in broker.get("entities?type=Bin").headers["ngsild-warning"]
    assert 30 < forwarding._resting[source.endpoint] - time.monotonic() <= 60
    forwarding.forget()
    source.entities = {B: bin_of(B, fill=valued(2))}
    assert [each["id"] for each in broker.get("entities?type=Bin").json()] == [A, B]


@pytest.mark.parametrize(
    "given",
    [
        5,
        {"strange": 1},
        {"localOnly": "yes"},
        {"timeout": 0},
        {"timeout": "5"},
        {"cooldown": -1},
        {"cooldown": 10**9},
        {"cooldown": True},
        {"cacheDuration": 5},
    ],
)
def test_management_that_makes_no_sense_is_refused(broker: TestClient, source: Source, given: Any) -> None:
    sent = {"type": "ContextSourceRegistration", "endpoint": source.endpoint, "information": [{"entities": [{"type": "Bin"}]}]}
    assert broker.post("csourceRegistrations", json={**sent, "management": given}).status_code == 400
    assert broker.post("csourceRegistrations", json={**sent, "management": {"cacheDuration": "PT1M", "timeout": 50.5}}).status_code == 201


def test_one_of_entities_may_be_of_several_types(broker: TestClient, source: Source) -> None:
    register(broker, source, information=[{"entities": [{"type": ["Bin", "Bench"]}]}])
    assert broker.get("csourceRegistrations").json()[0]["information"] == [{"entities": [{"type": ["Bin", "Bench"]}]}]
    for kind, due in (("Bench", 1), ("Bin", 1), ("Chair", 0), ("Bin;Bench", 1), ("Bin;Chair", 0)):
        source.asked.clear()
        assert broker.get(f"entities?type={kind}").status_code == 200
        assert len(source.asked) == due, kind
        assert len(broker.get(f"csourceRegistrations?type={kind}").json()) == due
    broker.post("entities?local=true", json={"id": "urn:x:bench", "type": "Bench"})
    sent = {"type": "ContextSourceRegistration", "endpoint": source.endpoint, "mode": "redirect"}
    for kinds, status in ((["Bin", "Bench"], 409), (["Bin", "Chair"], 201), ([], 400), ([5], 400), (["x"] * 21, 400)):
        assert broker.post("csourceRegistrations", json={**sent, "information": [{"entities": [{"type": kinds}]}]}).status_code == status


@pytest.mark.parametrize(
    "given",
    [
        {"expiresAt": "soon"},
        {"expiresAt": 5},
        {"expiresAt": "2999-01-01T00:00:00"},
        {"observationInterval": "2020-01-01T00:00:00Z"},
        {"observationInterval": {}},
        {"observationInterval": {"startAt": "2020-01-01T00:00:00Z", "endAt": "soon"}},
        {"managementInterval": {"endAt": "2020-01-01T00:00:00Z"}},
        {"location": "Brussels"},
        {"observationSpace": {"type": "Point", "coordinates": ["x"]}},
    ],
)
def test_a_time_that_never_comes_or_a_place_where_nothing_is_is_refused(broker: TestClient, source: Source, given: Any) -> None:
    sent = {"type": "ContextSourceRegistration", "endpoint": source.endpoint, "information": [{"entities": [{"type": "Bin"}]}]}
    answer = broker.post("csourceRegistrations", json={**sent, **given})
    assert (answer.status_code, answer.json()["where"].partition(".")[0] in given) == (400, True)
    at = register(broker, source).removeprefix("/ngsi-ld/v1/")
    assert broker.patch(at, json=given).status_code == 400


@pytest.mark.parametrize("kind", [["a"], {"a": 1}, 5])
def test_an_attribute_whose_type_is_no_text_is_refused_and_passed_over_where_a_source_tells_it(broker: TestClient, source: Source, kind: Any) -> None:
    broken = {**bin_of(A, fill=valued(1)), "note": {"type": kind, "value": 1}}
    assert broker.post("entities", json=broken).status_code == 400
    assert broker.post("entities", json=bin_of(A, fill=valued(1))).status_code == 201
    assert broker.patch(f"entities/{A}/attrs/note", json=broken["note"]).status_code == 400
    source.entities = {A: broken, B: bin_of(B, fill=valued(2))}
    register(broker, source)
    answer = broker.get("entities?type=Bin")
    assert ([each["id"] for each in answer.json()], "cannot be read" in answer.headers["ngsild-warning"]) == ([A, B], True)
    assert broker.get(f"entities/{A}").status_code == 200
