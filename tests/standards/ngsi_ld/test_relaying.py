"""What is written is handed on to registered sources: by mode and operation, in part, never around, never to a host inside."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.foundations.observations.city import actor
from tests.standards.ngsi_ld import conftest
from tests.standards.ngsi_ld.source import Source, each_mode
from tests.standards.ngsi_ld.test_forwarding import A, B, bin_of, register, valued
from zinneke.kernel.confidentiality import Level
from zinneke.standards.ngsi_ld import forwarding, relaying

pytestmark = pytest.mark.django_db(transaction=True)
OWNER = {"type": "Property", "value": "city"}
ALL = {"operations": ["redirectionOps"]}


def kept(broker: TestClient) -> dict[str, Any] | None:
    """Return what is kept here."""
    answer = broker.get(f"entities/{A}?local=true&format=simplified")
    return None if answer.status_code == 404 else {name: value for name, value in answer.json().items() if name not in ("id", "type")}


def written(source: Source) -> list[tuple[str, str, Any]]:
    """Return what was written there since this was asked last: how, where, which attributes."""
    found = [
        (method, path.removeprefix("/ngsi-ld/v1/entities"), None if body is None else sorted(set(body) - {"id", "type"}))
        for method, path, body, _ in source.written
    ]
    source.written.clear()
    return found


@each_mode
def test_modes_say_where_an_entity_is_kept(
    broker: TestClient, source: Source, mode: str, names: tuple[str, ...], there: list[str] | None, here: dict[str, Any] | None
) -> None:
    register(broker, source, mode, names, **({} if mode == "auxiliary" else ALL))
    answer = broker.post("entities", json=bin_of(A, fill=valued(1), owner=OWNER))
    assert (answer.status_code, answer.headers["location"]) == (201, f"/ngsi-ld/v1/entities/{A}")
    assert written(source) == ([] if there is None else [("POST", "", there)])
    assert kept(broker) == here


def test_every_operation_on_an_entity_is_handed_on_as_it_came(broker: TestClient, source: Source) -> None:
    register(broker, source, "redirect", **ALL)
    at, name = f"entities/{A}", f"/{A}"
    for answer in (
        broker.put(at, json={"type": "Bin", "fill": valued(1)}),
        broker.patch(at, json={"fill": valued(2)}),
        broker.post(f"{at}/attrs", json={"owner": OWNER}),
        broker.patch(f"{at}/attrs", json={"owner": OWNER}),
        broker.patch(f"{at}/attrs/owner", json={"value": "x"}),
        broker.put(f"{at}/attrs/owner", json={"value": "x"}),
        broker.delete(f"{at}/attrs/owner?deleteAll=true"),
        broker.delete(at),
    ):
        assert answer.status_code == 204, answer.text
    methods, paths = zip(*[(method, path) for method, path, _ in written(source)], strict=True)
    assert methods == ("PUT", "PATCH", "POST", "PATCH", "PATCH", "PUT", "DELETE", "DELETE")
    assert paths == (name, name, f"{name}/attrs", f"{name}/attrs", *[f"{name}/attrs/owner"] * 2, f"{name}/attrs/owner?deleteAll=true", name)
    assert kept(broker) is None


@pytest.mark.parametrize(
    ("named", "due"), [([], 0), (["updateOps"], 1), (["retrieveOps", "mergeEntity"], 0), (["updateEntity"], 1), (["appendAttrs"], 0)]
)
def test_only_the_operations_that_a_registration_names_are_handed_on(broker: TestClient, source: Source, named: list[str], due: int) -> None:
    broker.post("entities", json=bin_of(A, owner=OWNER))
    register(broker, source, **({"operations": named} if named else {}))
    assert broker.patch(f"entities/{A}/attrs", json={"owner": {"value": "x"}}).status_code == 204
    assert len(source.written) == due
    assert kept(broker) == {"owner": "x"}


def test_what_goes_on_names_the_way_and_the_context_and_no_token(broker: TestClient, source: Source) -> None:
    register(broker, source, "redirect", **ALL)
    link = '<http://city/ngsi-ld/v1/jsonldContexts/zinneke>; rel="http://www.w3.org/ns/json-ld#context"'
    assert broker.post("entities", json=bin_of(A), headers={"link": link, "via": "1.1 other"}).status_code == 201
    headers = source.written[0][3]
    assert (headers["via"], headers["link"], "authorization" in headers) == ("1.1 other, 1.1 city", link, False)
    whole = {**bin_of(A, fill=valued(1)), "@context": [{"fill": "urn:own:fill"}]}
    broker.post("entities", json=whole, headers={"content-type": "application/ld+json"})
    assert (source.written[1][2], source.written[1][3]["content-type"]) == (whole, "application/ld+json")


def test_what_was_written_in_part_is_said(broker: TestClient, source: Source) -> None:
    register(broker, source, "exclusive", ("fill",), **ALL)
    broker.post("entities?local=true", json=bin_of(A, owner=OWNER, fill={"type": "Property", "value": 1}))
    (key,) = [each["id"] for each in broker.get("csourceRegistrations").json()]
    source.status, source.raw = 409, b'{"title": "No room", "detail": "The tank is full."}'
    answer = broker.patch(f"entities/{A}/attrs", json={"owner": {"value": "x"}, "fill": {"value": 2}})
    assert answer.status_code == 207
    reason = "127.0.0.1 answered 409: The tank is full."
    assert answer.json() == {"updated": ["owner"], "notUpdated": [{"attributeName": "fill", "reason": reason, "registrationId": key}]}
    answer = broker.patch(f"entities/{A}", json={"owner": {"value": "y"}, "fill": {"value": 2}})
    assert answer.status_code == 207
    (error,) = answer.json()["errors"]
    assert (error["entityId"], error["registrationId"], error["error"]["status"], error["error"]["detail"]) == (A, key, 409, reason)
    assert answer.json()["success"] == [A]
    assert broker.get(f"entities/{A}?local=true&format=simplified").json()["owner"] == "y"
    alone = broker.patch(f"entities/{A}/attrs/fill", json={"value": 3})
    assert (alone.status_code, alone.json()["detail"]) == (409, reason)
    broker.delete(f"entities/{A}?local=true")
    source.status = 404
    missing = broker.patch(f"entities/{A}/attrs", json={"fill": {"value": 2}, "owner": {"value": "z"}})
    assert missing.status_code == 404  # neither here nor there


def test_a_source_that_is_away_is_said_and_what_is_kept_here_stays(broker: TestClient, source: Source) -> None:
    register(broker, source, **ALL)
    source.close()
    answer = broker.post("entities", json=bin_of(A, owner=OWNER))
    assert (answer.status_code, answer.json()["success"], answer.json()["errors"][0]["error"]["title"]) == (207, [A], "Not reached")
    assert kept(broker) == {"owner": "city"}


def test_a_loop_is_refused_and_local_writes_nowhere_else(broker: TestClient, source: Source) -> None:
    register(broker, source, "redirect", **ALL)
    answer = broker.post("entities", json=bin_of(A), headers={"via": "1.1 city"})
    assert (answer.status_code, "came through this broker" in answer.json()["detail"]) == (508, True)
    assert kept(broker) is None and source.written == []
    assert broker.post("entities?local=true", json=bin_of(A, owner=OWNER)).status_code == 201
    assert kept(broker) == {"owner": "city"} and source.written == []


def test_a_host_inside_the_network_is_never_written_to(broker: TestClient, source: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ZINNEKE_FETCH_HOSTS")
    register(broker, source, "redirect", **ALL)
    assert broker.post("entities", json=bin_of(A)).status_code == 400
    assert source.written == []


def test_whoever_may_write_in_a_part_only_writes_to_nobody_else(broker: TestClient, source: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    register(broker, source, "redirect", **ALL)
    monkeypatch.setitem(conftest.PEOPLE, "Bearer part", actor(level=Level.PUBLIC, area="21015"))
    answer = broker.post("entities", json=bin_of(A), headers={"authorization": "Bearer part"})
    assert answer.status_code == 403, answer.text
    assert source.written == []


def test_where_no_source_is_written_to_nothing_is_asked_for_it(broker: TestClient, source: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    broker.post("entities", json=bin_of(A, fill=valued(1)))
    assert relaying.idle()
    monkeypatch.setattr(relaying, "writers", lambda: pytest.fail("the records were asked"))
    assert broker.patch(f"entities/{A}/attrs/fill", json={"value": 2}).status_code == 204
    monkeypatch.undo()
    register(broker, source, "inclusive", **ALL)
    assert not relaying.idle()


@pytest.mark.parametrize("named", [["strange"], "updateOps", [1]])
def test_operations_that_nobody_knows_are_refused(broker: TestClient, source: Source, named: Any) -> None:
    sent = {"type": "ContextSourceRegistration", "endpoint": source.endpoint, "information": [{"entities": [{"type": "Bin"}]}], "operations": named}
    assert broker.post("csourceRegistrations", json=sent).status_code == 400


@pytest.mark.parametrize("local", ["local=true", "local=false"])
def test_local_is_taken_while_no_source_is_written_to(broker: TestClient, source: Source, local: str) -> None:
    assert broker.post("entities", json=bin_of(A, owner=OWNER)).status_code == 201
    assert relaying.idle()
    at = f"entities/{A}"
    for answer in (
        broker.put(f"{at}?{local}", json={"type": "Bin", "owner": OWNER}),
        broker.patch(f"{at}?{local}", json={"owner": {"value": "x"}}),
        broker.post(f"{at}/attrs?{local}", json={"note": {"value": "x"}}),
        broker.patch(f"{at}/attrs?{local}", json={"owner": {"value": "y"}}),
        broker.patch(f"{at}/attrs/owner?{local}", json={"value": "z"}),
        broker.delete(f"{at}/attrs/note?{local}"),
    ):
        assert answer.status_code == 204, answer.text
    assert kept(broker) == {"owner": "z"}


def test_what_was_read_before_a_registration_is_not_kept_after_it(broker: TestClient, source: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    read = forwarding.registered

    def slow() -> list[dict[str, Any]]:
        found = read()
        monkeypatch.undo()
        monkeypatch.setenv("ZINNEKE_FETCH_HOSTS", "127.0.0.1")
        register(broker, source, "exclusive", ("fill",), **ALL)
        return found

    monkeypatch.setattr(forwarding, "registered", slow)
    broker.post("entities", json=bin_of(B))
    assert broker.post("entities", json=bin_of(A, fill=valued(1), owner=OWNER)).status_code == 201
    assert written(source) == [("POST", "", ["fill"])]
    assert kept(broker) == {"owner": "city"}
