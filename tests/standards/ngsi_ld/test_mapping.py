"""Entity maps: the pages of a question do not shift, each map is its owner's alone, and all of them are bounded."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote

import pytest
from starlette.testclient import TestClient

from tests.standards.ngsi_ld.source import Source
from tests.standards.ngsi_ld.test_forwarding import A, B, C, bin_of, register, valued
from zinneke.standards.ngsi_ld import maps

pytestmark = pytest.mark.django_db(transaction=True)
MAP, NEW = "ngsild-entitymap", "urn:ngsi-ld:Bin:aa"


@pytest.fixture(autouse=True)
def no_maps() -> Iterator[None]:
    maps.forget()
    yield
    maps.forget()


@pytest.fixture
def town(broker: TestClient) -> TestClient:
    for key, value in ((A, 1), (B, 2), (C, 3)):
        assert broker.post("entities", json=bin_of(key, fill=valued(value))).status_code == 201
    return broker


def ids(answer: Any) -> list[str]:
    return [each["id"] for each in answer.json()]


def test_pages_of_a_map_do_not_shift(town: TestClient) -> None:
    first = town.get("entities?type=Bin&limit=2&orderBy=fill;desc&entityMap=true&count=true")
    assert (first.status_code, ids(first), first.headers["ngsild-results-count"]) == (201, [C, B], "3")
    used = {"NGSILD-EntityMap": first.headers[MAP]}
    town.post("entities", json=bin_of(NEW, fill=valued(9)))
    town.patch(f"entities/{C}/attrs/fill", json={"value": 0, "observedAt": "2026-03-11T12:00:00Z"})
    again = town.get("entities?type=Bin&limit=2&orderBy=fill;desc&count=true", headers=used)
    assert (again.status_code, ids(again), again.json()[0]["fill"]["value"]) == (200, [C, B], 0)
    after = town.get("entities?type=Bin&limit=2&offset=2", headers=used)
    assert (ids(after), after.headers[MAP], 'rel="next"' in after.headers["link"]) == ([A], first.headers[MAP], False)
    town.delete(f"entities/{A}")
    assert ids(town.get("entities?type=Bin&limit=2&offset=2", headers=used)) == []
    sent = {"type": "Query", "entities": [{"type": "Bin"}]}
    assert ids(town.post("entityOperations/query?limit=1", json=sent, headers=used)) == [C]
    assert NEW in ids(town.get("entities?type=Bin"))


def test_a_map_is_made_read_prolonged_and_dropped(town: TestClient) -> None:
    made = town.get("entityMaps?type=Bin&q=fill>1&entityMapLifetime=PT5M")
    assert (made.status_code, made.headers["content-type"]) == (201, "application/json")
    document = made.json()
    assert (document["type"], document["entityMap"], document["linkedMaps"]) == ("EntityMap", {B: ["@none"], C: ["@none"]}, {})
    at = made.headers[MAP].removeprefix("/ngsi-ld/v1/")
    assert unquote(at) == f"entityMaps/{document['id']}"
    assert town.get(at).json() == document
    ends = datetime.fromisoformat(document["expiresAt"])
    assert timedelta(minutes=4) < ends - datetime.now(UTC) <= timedelta(minutes=5)
    assert town.patch(at, json={"expiresAt": "2999-01-01T00:00:00Z", "entityMap": {}}).status_code == 204
    changed = town.get(at).json()
    assert timedelta(minutes=59) < datetime.fromisoformat(changed["expiresAt"]) - datetime.now(UTC) <= timedelta(hours=1)
    assert changed["entityMap"] == document["entityMap"]
    for bad in ({"expiresAt": "soon"}, {"expiresAt": 5}, []):
        assert town.patch(at, json=bad).status_code == 400
    assert town.delete(at).status_code == 204
    assert [town.get(at).status_code, town.delete(at).status_code, town.patch(at, json={}).status_code] == [404, 404, 404]
    again = town.get("entities?type=Bin", headers={"NGSILD-EntityMap": made.headers[MAP]})
    assert (again.status_code, ids(again), again.headers[MAP] != made.headers[MAP]) == (201, [A, B, C], True)
    sent = town.post("entityMaps", json={"type": "Query", "entities": [{"type": "Bin"}], "q": "fill>2"})
    assert (sent.status_code, sent.json()["entityMap"]) == (201, {C: ["@none"]})


def test_a_map_that_is_over_is_gone(town: TestClient) -> None:
    at = town.get("entityMaps?type=Bin").headers[MAP].removeprefix("/ngsi-ld/v1/")
    assert town.patch(at, json={"expiresAt": "2020-01-01T00:00:00Z"}).status_code == 204
    assert town.get(at).status_code == 404


def test_a_map_is_its_owners_alone(town: TestClient, visitor: TestClient, reader: TestClient) -> None:
    made = town.get("entityMaps?type=Bin")
    at = made.headers[MAP].removeprefix("/ngsi-ld/v1/")
    assert [each.get(at).status_code for each in (visitor, reader)] == [404, 404]
    assert [reader.patch(at, json={}).status_code, reader.delete(at).status_code] == [404, 404]
    assert [visitor.patch(at, json={}).status_code, visitor.delete(at).status_code] == [401, 401]
    assert visitor.get("entities?type=Bin", headers={"NGSILD-EntityMap": made.headers[MAP]}).headers[MAP] != made.headers[MAP]
    assert visitor.get("entityMaps?type=Bin").status_code == 201


def test_a_map_says_who_has_what_and_only_these_are_asked(town: TestClient, source: Source) -> None:
    away = "urn:ngsi-ld:Bin:away"
    source.entities = {A: bin_of(A, weight=valued(7)), away: bin_of(away, fill=valued(5))}
    key = register(town, source).rpartition("/")[2]
    made = town.get("entityMaps?type=Bin")
    assert made.json()["entityMap"] == {A: ["@none", key], B: ["@none"], C: ["@none"], away: [key]}
    used = {"NGSILD-EntityMap": made.headers[MAP]}
    source.asked.clear()
    page = town.get("entities?type=Bin&limit=1", headers=used)
    assert (ids(page), page.json()[0]["weight"]["value"], len(source.asked)) == ([A], 7, 1)
    source.asked.clear()
    assert (ids(town.get("entities?type=Bin&limit=2&offset=1", headers=used)), source.asked) == ([B, C], [])
    assert ids(town.get("entities?type=Bin&offset=3", headers=used)) == [away]
    source.raw, source.status = b"", 500
    assert "127.0.0.1" in town.get("entities?type=Bin&offset=3", headers=used).headers["ngsild-warning"]


def test_maps_are_bounded(town: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(maps, "MOST_IDS", 2)
    answer = town.get("entityMaps?type=Bin")
    assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (403, "TooManyResults")
    monkeypatch.setattr(maps, "MOST_IDS", 3)
    monkeypatch.setattr(maps, "MOST", 2)
    made = [town.get("entityMaps?type=Bin").headers[MAP].removeprefix("/ngsi-ld/v1/") for _ in range(3)]
    assert [town.get(each).status_code for each in made] == [404, 200, 200]
    monkeypatch.setattr(maps, "MOST_TOGETHER", 5)
    made.append(town.get("entityMaps?type=Bin").headers[MAP].removeprefix("/ngsi-ld/v1/"))
    assert [town.get(each).status_code for each in made] == [404, 404, 404, 200], "not more entities than fit in memory"


def test_a_map_that_is_over_takes_no_place(town: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(maps, "MOST", 2)
    made = [town.get("entityMaps?type=Bin").headers[MAP].removeprefix("/ngsi-ld/v1/") for _ in range(2)]
    assert town.patch(made[1], json={"expiresAt": "2020-01-01T00:00:00Z"}).status_code == 204
    town.get("entityMaps?type=Bin")
    assert town.get(made[0]).status_code == 200


@pytest.mark.parametrize(
    "params", ["", "type=Bin&strange=1", "type=Bin&entityMapLifetime=long", "type=Bin&entityMapLifetime=PT", "type=Bin&splitEntities=true"]
)
def test_what_makes_no_sense_makes_no_map(town: TestClient, params: str) -> None:
    assert town.get(f"entityMaps?{params}").status_code == 400
    assert town.get(f"entities?{params}&entityMap=true").status_code == 400


@pytest.mark.parametrize("entities", [True, 5, {"type": "Bin"}, "Bin"])
@pytest.mark.parametrize("path", ["entityMaps", "entityOperations/query", "temporal/entityOperations/query"])
def test_entities_that_are_no_list_are_refused(broker: TestClient, path: str, entities: Any) -> None:
    asked = {"timerel": "after", "timeAt": "2020-01-01T00:00:00Z"} if "temporal" in path else None
    sent = {"type": "Query", "entities": entities, **({"temporalQ": asked} if asked else {})}
    assert broker.post(path, json=sent).status_code == 400
