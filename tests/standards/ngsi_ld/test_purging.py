"""Many entities are deleted by one question, or some of their attributes, as far as whoever asks may."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.foundations.observations.city import actor, make
from tests.standards.ngsi_ld import conftest
from tests.standards.ngsi_ld.source import Source
from tests.standards.ngsi_ld.test_forwarding import A, B, C, bin_of, register, valued
from zinneke.kernel.confidentiality import Level
from zinneke.standards.ngsi_ld import purging

pytestmark = pytest.mark.django_db(transaction=True)
BENCH = "urn:ngsi-ld:Bench:1"


@pytest.fixture
def town(broker: TestClient) -> TestClient:
    """Three bins and a bench."""
    owner = {"type": "Property", "value": "city"}
    for key, value in ((A, 1), (B, 2), (C, 3)):
        assert broker.post("entities", json={**bin_of(key, fill=valued(value), owner=owner, note=owner), "scope": "/Brussels"}).status_code == 201
    assert broker.post("entities", json={"id": BENCH, "type": "Bench", "owner": owner}).status_code == 201
    return broker


def kept(broker: TestClient) -> dict[str, Any]:
    """Return the members of each entity that is here."""
    found = broker.get("entities?local=true&format=simplified").json()
    return {each["id"]: sorted(set(each) - {"id", "type"}) for each in found}


@pytest.mark.parametrize(
    ("params", "left"),
    [
        ("type=Bin", [BENCH]),
        ("type=Bin&q=fill>1", [A, BENCH]),
        (f"id={A},{BENCH}", [B, C]),
        ("idPattern=Bin", [BENCH]),
        ("scopeQ=/Brussels", [BENCH]),
        ("type=Chair", [A, B, C, BENCH]),
        ("local=true", []),
        ("type=*", []),
    ],
)
def test_what_a_question_means_is_deleted(town: TestClient, params: str, left: list[str]) -> None:
    answer = town.delete(f"entities?{params}")
    assert (answer.status_code, answer.content) == (204, b"")
    assert sorted(kept(town)) == sorted(left)


@pytest.mark.parametrize(
    ("params", "left"),
    [
        ("drop=owner,fill", ["note", "scope"]),
        ("drop=owner,strange,scope", ["fill", "note"]),
        ("keep=owner", ["owner", "scope"]),
        ("keep=owner,fill,scope", ["fill", "owner", "scope"]),
        ("drop=strange", ["fill", "note", "owner", "scope"]),
    ],
)
def test_attributes_are_taken_away_from_what_a_question_means(town: TestClient, params: str, left: list[str]) -> None:
    assert town.delete(f"entities?type=Bin&{params}").status_code == 204
    assert kept(town) == {A: left, B: left, C: left, BENCH: ["owner"]}


@pytest.mark.parametrize(
    "params",
    [
        "",
        "type=Bin&drop=id",
        "type=Bin&drop=a&keep=b",
        "type=Bin&drop=",
        "type=Bin&keep=,",
        "type=Bin&q=",
        "type=Bin&scopeQ=%20",
        "type=Bin&attrs=",
        "type=Bin&idPattern=",
        "type=Bin&georel=&geometry=&coordinates=",
        "type=Bin&strange=1",
        "type=Bin&limit=1",
        "type=Bin&offset=2",
        "id=x",
        "q=fill>",
        "q=owner{name}",
    ],
)
def test_what_makes_no_sense_deletes_nothing(town: TestClient, params: str) -> None:
    assert town.delete(f"entities?{params}").status_code == 400
    assert len(kept(town)) == 4


def test_more_than_a_thousand_are_not_deleted_at_once(town: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(purging, "MOST", 2)
    answer = town.delete("entities?type=Bin")
    assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (403, "TooManyResults")
    assert len(kept(town)) == 4
    assert town.delete("entities?type=Bin&q=fill>1").status_code == 204


def test_whoever_may_not_edit_deletes_nothing(town: TestClient, visitor: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    make("shut", level=Level.SHARED)
    assert visitor.delete("entities?type=Bin").status_code in (401, 403)
    monkeypatch.setitem(conftest.PEOPLE, "Bearer part", actor(level=Level.PUBLIC, area="21015"))
    answer = town.delete("entities?type=Bin", headers={"authorization": "Bearer part"})
    assert (answer.status_code, answer.json()["success"]) == (207, [])
    assert [(each["entityId"], each["error"]["status"]) for each in answer.json()["errors"]] == [(A, 403), (B, 403), (C, 403)]
    assert town.delete("entities?local=true").status_code == 204
    assert len(town.get("entities?local=true", headers={"authorization": "Bearer partner"}).json()) == 1


def test_what_a_source_has_alone_is_said_and_stays_there(town: TestClient, source: Source) -> None:
    key = register(town, source, "exclusive", ("weight",), operations=["purgeEntity"]).rpartition("/")[2]
    assert town.delete("entities?type=Bench").status_code == 204
    answer = town.delete("entities?type=Bin&q=fill>1")
    assert (answer.status_code, answer.json()["success"]) == (207, [B, C])
    assert [(each["registrationId"], each["error"]["status"]) for each in answer.json()["errors"]] == [(key, 409)]
    assert town.delete("entities?type=Bin&q=fill>1").status_code == 409
    assert town.delete("entities?type=Bin&local=true").status_code == 204
    assert source.written == source.asked == []
