"""Registered sources are asked along: their modes, who may be asked, loops, those that fail, pages."""

from __future__ import annotations

import threading
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from starlette.testclient import TestClient

from tests.broker import until
from tests.standards.ngsi_ld.source import Source
from zinneke.foundations.observations.attributes.values import Instance, Linked
from zinneke.kernel.route import READERS
from zinneke.standards.ngsi_ld import forwarding
from zinneke.standards.ngsi_ld.merged import Part, merge

pytestmark = pytest.mark.django_db(transaction=True)
A, B, C = (f"urn:ngsi-ld:Bin:{name}" for name in "abc")


def valued(value: Any, moment: str = "2026-03-10T12:00:00Z") -> dict[str, Any]:
    return {"type": "Property", "value": value, "observedAt": moment}


def bin_of(key: str, **attributes: Any) -> dict[str, Any]:
    return {"id": key, "type": "Bin", **attributes}


def register(broker: TestClient, source: Source, mode: str = "inclusive", names: tuple[str, ...] = (), key: str = A, **more: Any) -> str:
    """Register a source of bins, an exclusive one of one bin, and return the address of its registration."""
    entity = {"type": "Bin", **({"id": key} if mode == "exclusive" else {})}
    information = {"entities": [entity], **({"propertyNames": list(names)} if names else {})}
    sent = {"type": "ContextSourceRegistration", "mode": mode, "endpoint": source.endpoint, "information": [information], **more}
    answer = broker.post("csourceRegistrations", json=sent)
    assert answer.status_code == 201, answer.text
    return str(answer.headers["location"])


def test_what_another_source_holds_is_told_with_what_the_house_holds(broker: TestClient, source: Source) -> None:
    broker.post("entities", json=bin_of(A, fill=valued(10), owner={"type": "Property", "value": "city"}))
    source.entities = {A: bin_of(A, fill=valued(20, "2026-03-10T13:00:00Z"), weight=valued(5)), B: bin_of(B, fill=valued(1))}
    register(broker, source)
    found = broker.get(f"entities/{A}").json()
    assert (found["fill"]["value"], found["weight"]["value"], found["owner"]["value"]) == (20, 5, "city")
    assert broker.get(f"entities/{B}").json() == source.entities[B]
    assert broker.get(f"entities/{C}").status_code == 404
    page = broker.get("entities?type=Bin&count=true&q=fill>0")
    assert [each["id"] for each in page.json()] == [A, B]
    assert page.headers["ngsild-results-count"] == "2"
    assert "ngsild-warning" not in page.headers
    path, headers = source.asked[-1]
    assert parse_qs(urlsplit(path).query) == {"type": ["Bin"], "q": ["fill>0"], "limit": ["1000"]}
    assert headers["via"] == "1.1 city"
    assert "authorization" not in headers


def test_pages_go_from_what_is_here_to_what_is_elsewhere_without_gap_or_twin(broker: TestClient, source: Source) -> None:
    for at in range(3):
        broker.post("entities", json=bin_of(f"urn:ngsi-ld:Bin:here{at}", fill=valued(at)))
    away = {f"urn:ngsi-ld:Bin:away{at}": bin_of(f"urn:ngsi-ld:Bin:away{at}", fill=valued(at)) for at in range(4)}
    source.entities = {**away, "urn:ngsi-ld:Bin:here1": bin_of("urn:ngsi-ld:Bin:here1", weight=valued(1))}
    register(broker, source)
    told = []
    address = "entities?type=Bin&limit=2"
    for _ in range(4):
        page = broker.get(address)
        told += [each["id"].rpartition(":")[2] for each in page.json()]
        links = {part.partition('rel="')[2].partition('"')[0]: part.partition("<")[2].partition(">")[0] for part in page.headers["link"].split(", ")}
        address = links.get("next", "")
        if not address:
            break
    assert told == ["here0", "here1", "here2", "away0", "away1", "away2", "away3"]


@pytest.mark.parametrize(
    ("mode", "names", "expected"),
    [
        ("inclusive", (), {"fill": 1, "weight": 7, "owner": "city"}),
        ("auxiliary", (), {"fill": 1, "weight": 7, "owner": "city"}),
        ("exclusive", ("fill",), {"fill": 2, "owner": "city"}),
        ("redirect", (), {"fill": 2, "weight": 7}),
    ],
)
def test_modes_say_whose_word_counts(broker: TestClient, source: Source, mode: str, names: tuple[str, ...], expected: dict[str, Any]) -> None:
    source.entities = {A: bin_of(A, fill=valued(2, "2026-03-10T11:00:00Z"), weight=valued(7))}
    register(broker, source, mode, names)
    broker.post("entities?local=true", json=bin_of(A, fill=valued(1), owner={"type": "Property", "value": "city"}))
    for found in (broker.get(f"entities/{A}?format=simplified").json(), broker.get("entities?type=Bin&format=simplified").json()[0]):
        assert {name: value for name, value in found.items() if name not in ("id", "type")} == expected


def test_a_pattern_that_would_take_for_ever_is_matched_at_once(broker: TestClient, source: Source) -> None:
    information = [{"entities": [{"type": "Bin", "idPattern": "(a+)+$"}]}]
    register(broker, source, information=information)
    assert broker.get(f"entities/urn:x:{'a' * 60}b").status_code == 404
    assert source.asked == []
    assert broker.get("entities/urn:x:aa").status_code == 404
    assert len(source.asked) == 1


def test_a_source_that_fails_is_named_and_the_rest_is_told(broker: TestClient, source: Source) -> None:
    broker.post("entities", json=bin_of(A, fill=valued(1)))
    register(broker, source)
    for status, raw in ((500, b"{}"), (200, b"not json"), (200, b'[{"id": 1}]'), (200, b'["x"]')):
        source.status, source.raw = status, raw
        forwarding.forget()
        page = broker.get("entities?type=Bin")
        assert [each["id"] for each in page.json()] == [A]
        assert page.headers["ngsild-warning"].startswith('199 zinneke "127.0.0.1 '), raw
    forwarding.forget()
    source.status, source.raw = 503, b""
    assert "ngsild-warning" in broker.get(f"entities/{B}").headers
    asked = len(source.asked)
    assert "lately" in broker.get(f"entities/{A}").headers["ngsild-warning"]
    assert len(source.asked) == asked


@pytest.mark.parametrize("status", [400, 414, 431])
def test_a_question_that_a_source_refuses_leaves_the_source_to_everybody_else(broker: TestClient, source: Source, status: int) -> None:
    source.entities = {B: bin_of(B, fill=valued(1))}
    register(broker, source)
    source.status = status
    assert "did not answer: not given" in broker.get("entities?type=Bin&q=fill>0").headers["ngsild-warning"]
    source.status = 200
    assert broker.get(f"entities/{B}").status_code == 200


def test_headers_that_no_source_would_take_are_not_handed_on(broker: TestClient, source: Source) -> None:
    source.entities = {B: bin_of(B, fill=valued(1))}
    register(broker, source)
    for link in (f"<http://x.example/{'a' * 2_100}>", b"<http://x.example/\xe9>"):
        answer = broker.get(f"entities/{B}", headers={"link": link})
        assert (answer.status_code, "Link header" in answer.json()["detail"]) == (400, True)
    for via in ("1.1 " + "a" * 2_100, b"1.1 \xe9"):
        assert broker.get(f"entities/{B}", headers={"via": via}).status_code == 404
    assert source.asked == []


def test_while_some_wait_for_a_source_everybody_else_is_answered(broker: TestClient, source: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forwarding, "SECONDS", 50.0)
    broker.post("entities", json=bin_of(A, fill=valued(1)))
    register(broker, source)
    source.open.clear()
    waiting = [
        threading.Thread(target=TestClient(broker.app, base_url=broker.base_url).get, args=("entities?type=Bin",)) for _ in range(READERS // 2)
    ]
    try:
        for each in waiting:
            each.start()
        until(lambda: len(source.asked) == len(waiting), "the source is asked")
        assert broker.get("entities?type=Bin&local=true").json()
        page = broker.get("entities?type=Bin")
        assert [each["id"] for each in page.json()] == [A]
        assert "too many wait" in page.headers["ngsild-warning"]
        assert all(each.is_alive() for each in waiting)
    finally:
        source.open.set()
        for each in waiting:
            each.join(60)
    assert "ngsild-warning" not in broker.get("entities?type=Bin").headers


def test_a_loop_a_local_question_and_an_expired_source_ask_nobody(broker: TestClient, source: Source) -> None:
    source.entities = {B: bin_of(B, fill=valued(1))}
    register(broker, source)
    assert broker.get(f"entities/{B}", headers={"via": "1.1 other, 1.1 city"}).status_code == 404
    assert broker.get(f"entities/{B}?local=true").status_code == 404
    assert broker.get("entities?type=Bin&local=true").json() == []
    assert broker.get("entities?type=Bench").json() == []
    assert broker.get(f"entities/{B}", headers={"via": ", ".join(f"1.1 h{at}" for at in range(10))}).status_code == 404
    assert source.asked == []
    assert broker.get(f"entities/{B}", headers={"via": "1.1 other"}).status_code == 200
    assert source.asked[-1][1]["via"] == "1.1 other, 1.1 city"
    for each in broker.get("csourceRegistrations").json():
        broker.delete(f"csourceRegistrations/{each['id']}")
    register(broker, source, expiresAt="2020-01-01T00:00:00Z")
    register(broker, source, operations=["updateOps"])
    assert broker.get(f"entities/{B}").status_code == 404
    assert len(source.asked) == 1


def test_a_host_inside_the_network_is_never_asked(broker: TestClient, source: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ZINNEKE_FETCH_HOSTS")
    source.entities = {B: bin_of(B, fill=valued(1))}
    register(broker, source)
    answer = broker.get(f"entities/{B}")
    assert answer.status_code == 404
    assert "127.0.0.1 did not answer" in answer.headers["ngsild-warning"]
    assert source.asked == []


def test_of_two_instances_the_later_counts_and_gaps_are_filled_last() -> None:
    def held(mode: str, **values: tuple[Any, int | None]) -> Part:
        attributes = {name: [Instance(value=value, observed=moment)] for name, (value, moment) in values.items()}
        return Part(mode, Linked(id=A, types=("Bin",), attributes=attributes))

    local = held("", x=(1, 10), y=(1, None)).entity
    whole = merge(
        local, [held("auxiliary", x=(9, 99), z=(9, 1)), held("inclusive", x=(2, 11), y=(2, 1)), held("inclusive", x=(3, 5))], (False, frozenset())
    )
    assert whole is not None
    assert {name: instances[0].value for name, instances in whole.attributes.items()} == {"x": 2, "y": 2, "z": 9}
    assert merge(None, [held("auxiliary", x=(1, 1))], (False, frozenset())) is None
    assert merge(local, [], (True, frozenset())) is None
