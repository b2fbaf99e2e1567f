"""How entities were is told with what other sources tell of it, of the time for which they are registered."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from starlette.testclient import TestClient

from tests.standards.ngsi_ld.source import Source
from tests.standards.ngsi_ld.test_forwarding import A, B, C, bin_of, register, valued
from zinneke.foundations.observations.attributes.values import Evolution, Instance, Linked, Span
from zinneke.standards.ngsi_ld import recalling
from zinneke.standards.ngsi_ld.merged import Part

pytestmark = pytest.mark.django_db(transaction=True)
TIME = "timerel=between&timeAt=2026-03-10T00:00:00Z&endTimeAt=2026-03-11T00:00:00Z"
OPERATIONS = {"operations": ["retrieveTemporal", "queryTemporal"]}


def at(value: Any, hour: int) -> dict[str, Any]:
    return valued(value, f"2026-03-10T{hour:02}:00:00Z")


@pytest.fixture
def town(broker: TestClient) -> TestClient:
    """One bin that was observed at 10 and at 12 o'clock."""
    for hour in (10, 12):
        assert broker.post("temporal/entities", json=bin_of(A, fill=[at(hour, hour)])).status_code in (201, 204)
    return broker


def told(source: Source, *entities: Any) -> None:
    source.raw = json.dumps(entities[0] if len(entities) == 1 else entities).encode()


def values(entity: Any, name: str = "fill") -> list[Any]:
    return [each["value"] for each in entity[name]]


def test_what_was_elsewhere_joins_what_was_here_in_its_order(town: TestClient, source: Source) -> None:
    register(town, source, **OPERATIONS)
    told(source, bin_of(A, fill=[at(11, 11), at(99, 12), at(13, 13), valued(5, "2026-03-12T10:00:00Z")], weight=at(7, 9)))
    found = town.get(f"temporal/entities/{A}?{TIME}").json()
    assert (values(found), found["weight"][0]["value"]) == ([10, 11, 12, 13], 7)
    assert town.get(f"temporal/entities/{A}?{TIME}&lastN=2").json()["fill"][0]["value"] == 13
    assert values(town.get(f"temporal/entities/{A}?{TIME}&lastN=2&attrs=fill").json()) == [13, 12]
    simple = town.get(f"temporal/entities/{A}?{TIME}&options=temporalValues").json()
    assert [value for value, _ in simple["fill"]["values"]] == [10, 11, 12, 13]
    path, headers = source.asked[0]
    assert (urlsplit(path).path, headers["via"]) == (f"/ngsi-ld/v1/temporal/entities/{A}", "1.1 city")
    assert parse_qs(urlsplit(path).query) == {"timerel": ["between"], "timeAt": ["2026-03-10T00:00:00Z"], "endTimeAt": ["2026-03-11T00:00:00Z"]}
    source.asked.clear()
    assert values(town.get(f"temporal/entities/{A}?{TIME}&local=true").json()) == [10, 12]
    assert source.asked == []


def test_pages_go_from_what_was_here_to_what_was_elsewhere(town: TestClient, source: Source) -> None:
    register(town, source, **OPERATIONS)
    told(source, bin_of(A, fill=[at(11, 11)]), bin_of(B, fill=[at(1, 1)]), bin_of(C, fill=[at(2, 2)]))
    page = town.get(f"temporal/entities?type=Bin&{TIME}&count=true&limit=2")
    assert ([each["id"] for each in page.json()], page.headers["ngsild-results-count"]) == ([A, B], "3")
    assert values(page.json()[0]) == [10, 11, 12]
    after = town.get(f"temporal/entities?type=Bin&{TIME}&limit=2&offset=2")
    assert ([each["id"] for each in after.json()], 'rel="next"' in after.headers["link"]) == ([C], False)
    assert 'rel="next"' in page.headers["link"]
    source.status = 200
    sent = {
        "type": "Query",
        "entities": [{"type": "Bin"}],
        "temporalQ": {"timerel": "after", "timeAt": "2026-03-10T00:00:00Z"},
        "pick": ["id", "fill"],
    }
    found = town.post("temporal/entityOperations/query", json=sent).json()
    assert [(each["id"], values(each)) for each in found] == [(A, [10, 11, 12]), (B, [1]), (C, [2])]
    (method, path, body, _) = source.written[0]
    assert (method, path) == ("POST", "/ngsi-ld/v1/temporal/entityOperations/query?limit=1000")
    assert body == {name: value for name, value in sent.items() if name != "pick"}
    source.written.clear()
    assert [each["id"] for each in town.post("temporal/entityOperations/query?local=true", json=sent).json()] == [A]
    assert source.written == []


def test_an_entity_that_was_elsewhere_only_is_found(town: TestClient, source: Source) -> None:
    register(town, source, **OPERATIONS)
    told(source, bin_of(B, fill=[at(1, 1)]))
    assert values(town.get(f"temporal/entities/{B}?{TIME}").json()) == [1]
    source.raw, source.status = b"{}", 500
    answer = town.get(f"temporal/entities/{C}?{TIME}")
    assert (answer.status_code, "127.0.0.1" in answer.headers["ngsild-warning"]) == (404, True)


@pytest.mark.parametrize(
    ("more", "params", "due"),
    [
        ({}, TIME, True),
        ({"observationInterval": {"startAt": "2026-03-01T00:00:00Z"}}, TIME, True),
        ({"observationInterval": {"startAt": "2026-03-01T00:00:00Z", "endAt": "2026-03-09T00:00:00Z"}}, TIME, False),
        ({"observationInterval": {"startAt": "2026-03-11T00:00:00Z"}}, TIME, False),
        ({"observationInterval": {"startAt": "2026-03-11T00:00:00Z"}}, f"{TIME}&timeproperty=modifiedAt", False),
        ({"managementInterval": {"startAt": "2026-03-01T00:00:00Z"}}, f"{TIME}&timeproperty=modifiedAt", True),
        ({"managementInterval": {"startAt": "2026-03-01T00:00:00Z"}}, TIME, False),
        ({"operations": ["federationOps"]}, TIME, False),
        ({"operations": ["retrieveTemporal"]}, TIME, True),
        ({"location": {"type": "Point", "coordinates": [4, 50]}}, TIME, True),
        ({"information": [{"entities": [{"type": "Bench"}]}]}, TIME, False),
    ],
)
def test_who_is_asked_is_decided_by_operation_and_interval(town: TestClient, source: Source, more: dict[str, Any], params: str, due: bool) -> None:
    register(town, source, **{**OPERATIONS, **more})
    told(source, bin_of(A, fill=[at(11, 11)]))
    assert values(town.get(f"temporal/entities/{A}?{params}").json()) == ([10, 11, 12] if due else [10, 12])
    assert len(source.asked) == due


def test_figures_are_of_what_is_here_and_that_is_said(town: TestClient, source: Source) -> None:
    register(town, source, **OPERATIONS)
    answer = town.get(f"temporal/entities?type=Bin&{TIME}&options=aggregatedValues&aggrMethods=max")
    assert answer.json()[0]["fill"]["max"][0][0] == 12
    assert "figures are of what is here" in answer.headers["ngsild-warning"]
    assert source.asked == []


@pytest.mark.parametrize(("mode", "expected"), [("exclusive", [11]), ("redirect", [11]), ("inclusive", [10, 11, 12])])
def test_modes_say_whose_past_counts(town: TestClient, source: Source, mode: str, expected: list[int]) -> None:
    town.delete(f"temporal/entities/{A}")
    register(town, source, mode, ("fill",), **OPERATIONS)
    for hour in (10, 12):
        town.post("temporal/entities", json=bin_of(A, fill=[at(hour, hour)]))
    told(source, bin_of(A, fill=[at(11, 11)]))
    assert values(town.get(f"temporal/entities/{A}?{TIME}").json()) == expected


@pytest.mark.parametrize("raw", [b"5", b"[1]", b'{"id": 5}', b'{"id": "urn:ngsi-ld:Bin:a", "type": "Bin", "fill": [5]}', b"no"])
def test_a_source_that_tells_nonsense_is_named(town: TestClient, source: Source, raw: bytes) -> None:
    register(town, source, **OPERATIONS)
    source.raw = raw
    answer = town.get(f"temporal/entities/{A}?{TIME}")
    assert values(answer.json()) == [10, 12]
    assert "ngsild-warning" in answer.headers or raw.endswith(b"[5]}")


def test_more_than_an_answer_holds_ends_for_all_at_the_same_moment() -> None:
    def linked(**attributes: list[int]) -> Linked:
        instances = {name: [Instance(value=each, observed=each) for each in moments] for name, moments in attributes.items()}
        return Linked(id=A, types=("Bin",), attributes=instances)

    def moments(found: Evolution | None) -> Any:
        assert found is not None
        return {name: [each.observed for each in instances] for name, instances in found.entity.attributes.items()}, found.until

    span = Span(start=0, end=100, limit=3)
    here, away = Evolution(entity=linked(fill=[1, 5])), [Part("inclusive", linked(fill=[2, 3, 4], weight=[1, 9]))]
    assert moments(recalling._merged(here, away, (False, frozenset()), span)) == ({"fill": [1, 2, 3], "weight": [1]}, 4)
    last = Span(start=0, end=100, limit=3, last=2)
    assert moments(recalling._merged(here, away, (False, frozenset()), last)) == ({"fill": [5, 4], "weight": [9, 1]}, None)
    cut = Evolution(entity=linked(fill=[1]), until=2)
    assert moments(recalling._merged(cut, away, (False, frozenset()), span)) == ({"fill": [1], "weight": [1]}, 2)
