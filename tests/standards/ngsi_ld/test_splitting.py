"""Entities of which each source has a part are put together before it is asked whether they are meant."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from starlette.testclient import TestClient

from tests.standards.ngsi_ld.source import Source
from tests.standards.ngsi_ld.test_forwarding import A, B, C, bin_of, register, valued
from zinneke.standards.ngsi_ld import splitting

pytestmark = pytest.mark.django_db(transaction=True)
CITY = {"type": "Property", "value": "city"}
PLACE = {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [4.35, 50.85]}}


@pytest.fixture
def town(broker: TestClient, source: Source) -> TestClient:
    """Of a and b the owner is here and the fill elsewhere, c is elsewhere only."""
    for key in (A, B):
        assert broker.post("entities", json=bin_of(key, owner=CITY)).status_code == 201
    source.entities = {
        A: bin_of(A, fill=valued(10), location=PLACE),
        B: bin_of(B, fill=valued(90)),
        C: {**bin_of(C, fill=valued(90), owner=CITY), "scope": "/Brussels"},
    }
    register(broker, source)
    return broker


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ('type=Bin&q=owner=="city";fill>50', [B, C]),
        ('type=Bin&q=owner=="city";fill<50', [A]),
        ("type=Bin&scopeQ=/Brussels", [C]),
        ("type=Bin&attrs=location,strange", [A]),
        ("type=Bin&q=owner&georel=near;maxDistance==10&geometry=Point&coordinates=[4.35,50.85]", [A]),
        (f"id={B}&type=Bin", [B]),
        ("type=Bin&idPattern=Bin:[ac]", [A, C]),
        ("type=Bin&limit=1&offset=1", [B]),
        ("type=Bench", []),
    ],
)
def test_a_condition_is_asked_of_the_whole_entity(town: TestClient, source: Source, params: str, expected: list[str]) -> None:
    answer = town.get(f"entities?{params}&splitEntities=true&count=true")
    assert [each["id"] for each in answer.json()] == expected, answer.text
    if source.asked:
        assert set(parse_qs(urlsplit(source.asked[0][0]).query)) <= {"type", "id", "idPattern", "limit"}
    assert int(answer.headers["ngsild-results-count"]) >= len(expected)


def test_without_it_each_part_is_asked_by_itself(town: TestClient) -> None:
    assert town.get('entities?type=Bin&q=owner=="strange";fill>50').json() != []  # the source of this test filters nothing
    told = town.get('entities?type=Bin&q=owner=="strange";fill>50&splitEntities=true')
    assert told.json() == []
    assert town.get('entities?type=Bin&q=owner=="city";fill>50&splitEntities=true&local=true').json() == []


def test_a_query_that_is_sent_puts_entities_together_too(town: TestClient, source: Source) -> None:
    source.status, source.raw = 200, b'[{"id": "urn:ngsi-ld:Bin:a", "type": "Bin", "fill": {"type": "Property", "value": 99}}]'
    sent: dict[str, Any] = {"type": "Query", "entities": [{"type": "Bin"}, {"type": "Bench"}], "q": 'fill>50;owner=="city"', "splitEntities": True}
    assert [each["id"] for each in town.post("entityOperations/query", json=sent).json()] == [A]
    assert source.written[0][2] == {"type": "Query", "entities": sent["entities"]}


def test_pages_are_linked_and_an_order_is_not_kept(town: TestClient) -> None:
    answer = town.get("entities?type=Bin&limit=2&splitEntities=true&orderBy=fill;desc")
    assert [each["id"] for each in answer.json()] == [A, B]
    assert 'rel="next"' in answer.headers["link"] and "splitEntities=true" in answer.headers["link"]
    assert "order of their ids" in answer.headers["ngsild-warning"]


def test_too_many_to_look_at_and_linked_conditions_are_refused(town: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(splitting, "MOST", 1)
    answer = town.get("entities?type=Bin&splitEntities=true")
    assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (403, "TooManyResults")
    assert town.get("entities?type=Bin&splitEntities=true&join=inline&q=owner{name}").status_code == 400
    assert town.get("entities?type=Bin&splitEntities=perhaps").status_code == 400
