"""Batches are handed on to registered sources: one batch each of its part, told entity by entity, never around."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.foundations.observations.city import actor
from tests.standards.ngsi_ld import conftest
from tests.standards.ngsi_ld.source import Source, each_mode
from tests.standards.ngsi_ld.test_forwarding import A, B, C, bin_of, register, valued
from zinneke.kernel.confidentiality import Level
from zinneke.standards.ngsi_ld import batching, relaying

pytestmark = pytest.mark.django_db(transaction=True)
OWNER = {"type": "Property", "value": "city"}
BATCHES = {"operations": ["createBatch", "upsertBatch", "updateBatch", "deleteBatch", "mergeBatch"]}
SINGLES = {"operations": ["redirectionOps"]}
BENCH = {"id": "urn:ngsi-ld:Bench:1", "type": "Bench", "owner": OWNER}


@pytest.fixture
def second(source: Source) -> Iterator[Source]:
    made = Source()
    yield made
    made.close()


def post(broker: TestClient, name: str, *entities: Any, **more: Any) -> Any:
    return broker.post(f"entityOperations/{name}", json=list(entities), **more)


def kept(broker: TestClient) -> dict[str, Any]:
    """Return the attributes that are kept here of each entity."""
    found = broker.get("entities?local=true&format=simplified").json()
    return {each.pop("id"): {name: value for name, value in each.items() if name != "type"} for each in found}


def written(source: Source) -> list[tuple[str, str, Any]]:
    """Return what was written there since this was asked last: how, where, and of each entity which attributes."""

    def short(body: Any) -> Any:
        if isinstance(body, list):
            return [each if isinstance(each, str) else (each["id"], sorted(set(each) - {"id", "type"})) for each in body]
        return None if body is None else sorted(set(body) - {"id", "type"})

    found = [(method, path.removeprefix("/ngsi-ld/v1/"), short(body)) for method, path, body, _ in source.written]
    source.written.clear()
    return found


@each_mode
def test_each_source_gets_one_batch_of_its_part(
    broker: TestClient, source: Source, mode: str, names: tuple[str, ...], there: list[str] | None, here: dict[str, Any] | None
) -> None:
    for key in (A, B) if mode == "exclusive" else (A,):
        register(broker, source, mode, names, key, **({} if mode == "auxiliary" else BATCHES))
    answer = post(broker, "create", *(bin_of(key, fill=valued(1), owner=OWNER) for key in (A, B)), BENCH)
    assert (answer.status_code, answer.json()) == (201, [A, B, BENCH["id"]])
    found = [one for _, _, batch in written(source) for one in batch]
    assert sorted(found) == ([] if there is None else [(A, there), (B, there)])
    assert kept(broker) == {BENCH["id"]: {"owner": "city"}, **({} if here is None else {A: here, B: here})}


def test_every_batch_is_handed_on_as_it_came(broker: TestClient, source: Source) -> None:
    register(broker, source, "redirect", **BATCHES)
    one = bin_of(A, owner=OWNER)
    for name, sent in (
        ("upsert?options=update", one),
        ("update?options=noOverwrite", one),
        ("merge", {"id": A, "owner": {"value": "x"}}),
        ("delete", A),
    ):
        answer = post(broker, name, sent)
        assert answer.status_code in (201, 204), answer.text
    paths = [(path, body) for _, path, body in written(source)]
    body = [(A, ["owner"])]
    assert [path.partition("/")[2] for path, _ in paths] == ["upsert?options=update", "update?options=noOverwrite", "merge", "delete"]
    assert [each for _, each in paths] == [body, body, body, [A]]
    assert kept(broker) == {}


def test_where_a_source_takes_no_batches_it_gets_each_entity_by_itself(broker: TestClient, source: Source) -> None:
    register(broker, source, "redirect", **SINGLES)
    one, two = bin_of(A, owner=OWNER), bin_of(B, owner=OWNER)
    assert post(broker, "create", one, two).status_code == 201
    assert written(source) == [("POST", "entities", ["owner"])] * 2
    assert post(broker, "update?options=noOverwrite", one).status_code == 204
    assert written(source) == [("POST", f"entities/{A}/attrs?options=noOverwrite", ["owner"])]
    assert post(broker, "merge", one).status_code == 204
    assert written(source) == [("PATCH", f"entities/{A}", ["owner"])]
    assert (post(broker, "upsert", one, two).status_code, len(written(source))) == (201, 2)
    source.status = 409
    assert post(broker, "upsert", one).status_code == 207
    assert [(method, path) for method, path, _ in written(source)] == [("POST", "entities"), ("PUT", f"entities/{A}")]
    assert post(broker, "upsert?options=update", one).status_code == 207
    assert [(method, path) for method, path, _ in written(source)] == [("POST", "entities"), ("PATCH", f"entities/{A}/attrs")]
    source.status = 200
    broker.post("entities?local=true", json=one)
    assert post(broker, "delete", A).status_code == 204
    assert written(source) == [("DELETE", f"entities/{A}", None)]


def test_what_one_source_has_alone_goes_to_no_other(broker: TestClient, source: Source, second: Source) -> None:
    register(broker, source, "exclusive", ("fill",), **BATCHES)
    register(broker, second, "inclusive", **BATCHES)
    assert post(broker, "create", bin_of(A, fill=valued(1), owner=OWNER), bin_of(B, fill=valued(1))).status_code == 201
    assert written(source) == [("POST", "entityOperations/create", [(A, ["fill"])])]
    assert written(second) == [("POST", "entityOperations/create", [(A, ["owner"]), (B, ["fill"])])]
    assert kept(broker) == {A: {"owner": "city"}, B: {"fill": 1}}


def test_so_it_is_with_a_single_entity(broker: TestClient, source: Source, second: Source) -> None:
    register(broker, source, "exclusive", ("fill",), **SINGLES)
    register(broker, second, "inclusive", **SINGLES)
    assert broker.post("entities", json=bin_of(A, fill=valued(1), owner=OWNER)).status_code == 201
    assert (written(source), written(second)) == ([("POST", "entities", ["fill"])], [("POST", "entities", ["owner"])])
    assert kept(broker) == {A: {"owner": "city"}}


def test_the_answer_tells_of_each_entity_what_was_done_here_and_there(broker: TestClient, source: Source) -> None:
    register(broker, source, "inclusive", **BATCHES)
    (key,) = [each["id"] for each in broker.get("csourceRegistrations").json()]
    broker.post("entities?local=true", json=bin_of(B, owner=OWNER))
    source.status = 207
    there = [{"entityId": A, "error": {"type": "https://uri.etsi.org/ngsi-ld/errors/AlreadyExists", "status": 409, "detail": "It is there."}}]
    source.raw = json.dumps({"success": [B], "errors": there}).encode()
    answer = post(broker, "create", *(bin_of(each, owner=OWNER) for each in (A, B, C)), {"id": "urn:ngsi-ld:Bin:d"})
    assert (answer.status_code, answer.json()["success"]) == (207, [A, B, C])
    told = [(each["entityId"], each.get("registrationId"), each["error"]["status"], each["error"]["detail"]) for each in answer.json()["errors"]]
    odd = "urn:ngsi-ld:Bin:d"
    assert [each[:3] for each in told] == [(B, None, 409), (odd, None, 400), (A, key, 409), (C, key, 502)]
    assert "127.0.0.1 answered: It is there." in [each[3] for each in told]
    assert set(kept(broker)) == {A, B, C}


@pytest.mark.parametrize(
    ("status", "raw"), [(500, b"no"), (207, b"no json"), (207, b"[1]"), (207, b'{"success": 5, "errors": [1, {"entityId": 3}]}')]
)
def test_a_source_that_answers_nonsense_is_said(broker: TestClient, source: Source, status: int, raw: bytes) -> None:
    register(broker, source, "inclusive", **BATCHES)
    source.status, source.raw = status, raw
    answer = post(broker, "create", bin_of(A, owner=OWNER), bin_of(B, owner=OWNER))
    assert (answer.status_code, answer.json()["success"]) == (207, [A, B])
    assert [(each["entityId"], each["error"]["status"]) for each in answer.json()["errors"]] == [(A, 502), (B, 502)]


@pytest.mark.parametrize("query", ["strange=1", "options=strange", "local=true&strange=1"])
@pytest.mark.parametrize("name", ["create", "upsert", "update", "merge", "delete"])
def test_a_batch_that_is_refused_was_handed_on_to_nobody(broker: TestClient, source: Source, name: str, query: str) -> None:
    register(broker, source, "redirect", **BATCHES)
    if name != "upsert" and query == "options=strange":
        query = "options=update&strange=1"
    answer = post(broker, f"{name}?{query}", A if name == "delete" else bin_of(A, owner=OWNER))
    assert (answer.status_code, source.written) == (400, [])


def test_an_entity_that_cannot_be_read_goes_nowhere_and_the_others_do(broker: TestClient, source: Source) -> None:
    register(broker, source, "redirect", **BATCHES)
    answer = post(broker, "create", bin_of(A, owner=OWNER), bin_of(B, owner={"type": "Property"}))
    assert (answer.status_code, answer.json()["success"]) == (207, [A])
    assert [(each["entityId"], each["error"]["status"]) for each in answer.json()["errors"]] == [(B, 400)]
    assert written(source) == [("POST", "entityOperations/create", [(A, ["owner"])])]


def test_an_update_goes_singly_to_whoever_updates_entities(broker: TestClient, source: Source) -> None:
    register(broker, source, "redirect", operations=["updateOps"])
    assert post(broker, "update", bin_of(A, owner=OWNER)).status_code == 204
    assert written(source) == [("PATCH", f"entities/{A}/attrs", ["owner"])]
    answer = post(broker, "update?options=noOverwrite", bin_of(A, owner=OWNER))
    assert (answer.status_code, answer.json()["errors"][0]["error"]["status"], source.written) == (207, 409, [])


@pytest.mark.parametrize("how", [BATCHES, SINGLES])
def test_a_source_that_is_away_is_said_of_each_entity_and_what_is_kept_here_stays(broker: TestClient, source: Source, how: dict[str, Any]) -> None:
    register(broker, source, **how)
    source.close()
    answer = post(broker, "create", bin_of(A, owner=OWNER), bin_of(B, owner=OWNER))
    assert (answer.status_code, answer.json()["success"]) == (207, [A, B])
    assert [(each["entityId"], each["error"]["title"]) for each in answer.json()["errors"]] == [(A, "Not reached"), (B, "Not reached")]
    assert set(kept(broker)) == {A, B}


def test_entities_whose_turn_does_not_come_in_time_are_said(broker: TestClient, source: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    register(broker, source, "redirect", **SINGLES)
    monkeypatch.setattr(batching, "BEGUN", 0.0)
    answer = post(broker, "create", bin_of(A, owner=OWNER))
    assert (answer.status_code, answer.json()["success"], answer.json()["errors"][0]["error"]["status"]) == (207, [], 504)


def test_what_is_new_elsewhere_is_told_of_an_upsert(broker: TestClient, source: Source) -> None:
    register(broker, source, "redirect", **BATCHES)
    source.raw = json.dumps([A]).encode()
    answer = post(broker, "upsert", bin_of(A, owner=OWNER), bin_of(B, owner=OWNER))
    assert (answer.status_code, answer.json()) == (201, [A])
    source.status, source.raw = 204, None
    assert post(broker, "upsert", bin_of(A, owner=OWNER)).status_code == 204


def test_deletions_go_where_the_entity_may_be(broker: TestClient, source: Source) -> None:
    broker.post("entities", json=bin_of(A, owner=OWNER))
    broker.post("entities", json=BENCH)
    register(broker, source, "inclusive", **BATCHES)
    assert post(broker, "delete", A, B, BENCH["id"]).status_code == 204
    assert written(source) == [("POST", "entityOperations/delete", [A, B])]
    assert kept(broker) == {}


def test_what_goes_on_names_the_way_and_the_context_and_no_token(broker: TestClient, source: Source) -> None:
    register(broker, source, "redirect", **BATCHES)
    link = '<http://city/ngsi-ld/v1/jsonldContexts/zinneke>; rel="http://www.w3.org/ns/json-ld#context"'
    assert post(broker, "create", bin_of(A), headers={"link": link, "via": "1.1 other"}).status_code == 201
    headers = source.written[0][3]
    assert (headers["via"], headers["link"], "authorization" in headers) == ("1.1 other, 1.1 city", link, False)
    whole = {**bin_of(A, fill=valued(1)), "@context": [{"fill": "urn:own:fill"}]}
    answer = broker.post("entityOperations/create", content=json.dumps([whole]), headers={"content-type": "application/ld+json"})
    assert (answer.status_code, source.written[1][2], source.written[1][3]["content-type"]) == (201, [whole], "application/ld+json")


def test_a_loop_is_refused_and_local_writes_nowhere_else(broker: TestClient, source: Source) -> None:
    register(broker, source, "redirect", **BATCHES)
    answer = post(broker, "create", bin_of(A, owner=OWNER), headers={"via": "1.1 city"})
    assert (answer.status_code, "came through this broker" in answer.json()["detail"]) == (508, True)
    assert kept(broker) == {} and source.written == []
    assert post(broker, "create?local=true", bin_of(A, owner=OWNER)).status_code == 201
    assert kept(broker) == {A: {"owner": "city"}} and source.written == []


def test_whoever_may_write_in_a_part_only_writes_to_nobody_else(broker: TestClient, source: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    register(broker, source, "redirect", **BATCHES)
    monkeypatch.setitem(conftest.PEOPLE, "Bearer part", actor(level=Level.PUBLIC, area="21015"))
    assert post(broker, "create", bin_of(A), headers={"authorization": "Bearer part"}).status_code == 403
    assert source.written == []


@pytest.mark.parametrize("sent", [{}, [], [1], [None], ["x"], [{"type": "Bin"}], [{"id": 5}], "x", [[]]])
@pytest.mark.parametrize("name", ["create", "upsert", "update", "merge", "delete"])
def test_what_makes_no_sense_is_refused_and_sent_to_nobody(broker: TestClient, source: Source, name: str, sent: Any) -> None:
    register(broker, source, "redirect", **BATCHES)
    answer = broker.post(f"entityOperations/{name}", json=sent)
    assert answer.status_code in (400, 207), answer.text
    if answer.status_code == 207:
        assert answer.json()["success"] == []
    assert source.written == []


def test_a_batch_too_long_goes_nowhere(broker: TestClient, source: Source) -> None:
    register(broker, source, "redirect", **BATCHES)
    assert post(broker, "create", *(bin_of(f"urn:a:{at}") for at in range(1001))).status_code == 400
    assert source.written == []


def test_nothing_is_asked_where_no_source_is_written_to(broker: TestClient, source: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    post(broker, "create", bin_of(A, fill=valued(1)))
    assert relaying.idle()
    monkeypatch.setattr(relaying, "writers", lambda: pytest.fail("the records were asked"))
    assert post(broker, "update", bin_of(A, fill=valued(2))).status_code == 204
