"""The adapter: what a route is given is checked, what goes wrong is a problem document, what is public stays small."""

from __future__ import annotations

import asyncio
import gzip
import json
import threading
from collections.abc import Iterator
from typing import Annotated, Any

import msgspec
import pytest
from django.core.exceptions import SynchronousOnlyOperation
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from zinneke.asgi import streaming
from zinneke.asgi.door import Door
from zinneke.kernel import openapi
from zinneke.kernel.confidentiality import ANONYMOUS, Actor, Grant, Level, Right
from zinneke.kernel.problem import Problem, wrong
from zinneke.kernel.route import EVERYONE, Call, Needs, Reply, Route

STEWARD = Actor("person:1", name="Ada", grants=(Grant("steward", frozenset({Right.SEE, Right.EDIT}), Level.SHARED),))


class Ask(msgspec.Struct, forbid_unknown_fields=True):
    key: str
    limit: Annotated[int, msgspec.Meta(ge=1, le=10)] = 5
    kind: list[str] = []


class Body(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    size: int = 0


def get_thing(call: Call[Ask]) -> dict[str, Any]:
    """Give back what was asked."""
    return {"key": call.ask.key, "limit": call.ask.limit, "kind": call.ask.kind, "who": call.actor.key, "base": call.base}


def post_thing(call: Call[None]) -> dict[str, Any]:
    """Give back what was sent."""
    return {"name": call.body.name, "size": call.body.size}


_begun: list[bool] = []


def get_kept(call: Call[None]) -> bool:
    """Answer from memory, but for the first time, which needs the records."""
    _begun.append(_in_a_loop())
    if len(_begun) == 1:
        raise SynchronousOnlyOperation("as Django says it of the database")
    return True


def _in_a_loop() -> bool:
    try:
        return asyncio.get_running_loop() is not None
    except RuntimeError:
        return False


def get_broken(call: Call[None]) -> None:
    """Break."""
    raise RuntimeError("a secret detail")


pulled: list[int] = []
"""The threads in which streams were pulled."""


def get_stream(call: Call[None]) -> Reply:
    """Stream, or break at the first piece."""

    def chunks() -> Iterator[bytes]:
        if call.query == "bad=1":
            raise wrong("It cannot be streamed.")
        yield b"a" * 10
        pulled.append(threading.get_ident())
        yield b"b" * 10

    return Reply(chunks(), media_type="text/plain")


def tell_short(problem: Problem, address: str) -> Reply:
    """Tell a fault as some standard does."""
    return Reply(msgspec.json.encode({"code": problem.title, "at": address}), problem.status)


ROUTES = (
    Route(method="GET", path="/api/things/{key}", call=get_thing, audience=Needs(Right.SEE, "tables"), ask=Ask),
    Route(method="POST", path="/api/things", call=post_thing, audience=Needs(Right.EDIT, "tables"), takes=Body, limit=1000),
    Route(method="POST", path="/api/open", call=post_thing, audience=EVERYONE, takes=Body, limit=1000),
    Route(method="GET", path="/api/broken", call=get_broken, audience=EVERYONE),
    Route(method="GET", path="/api/kept", call=get_kept, audience=EVERYONE, slow=False),
    Route(method="GET", path="/api/stream", call=get_stream, audience=EVERYONE),
    Route(method="GET", path="/std/broken", call=get_broken, audience=EVERYONE, fault=tell_short),
    Route(method="GET", path="/std/things/{key}", call=get_thing, audience=Needs(Right.EDIT, "tables"), ask=Ask, fault=tell_short),
)


def find_actor(headers: Any, safe: bool) -> Actor:
    if headers.get("authorization") == "Bearer steward":
        return STEWARD
    if "authorization" in headers:
        raise Problem(401, "Unknown token")
    return ANONYMOUS


@pytest.mark.parametrize(
    ("method", "address", "status", "code"),
    [
        ("GET", "/std/broken", 500, "Something broke on our side"),
        ("GET", "/std/things/a%20b", 401, "Sign in"),
        ("GET", "/std/things/x?limit=11", 400, "The request needs a correction"),
        ("DELETE", "/std/things/x", 405, "Method not allowed"),
    ],
)
def test_a_standard_tells_every_fault_of_its_doors_in_its_own_words(client: TestClient, method: str, address: str, status: int, code: str) -> None:
    who = {"authorization": "Bearer steward"} if status != 401 else {}
    answer = client.request(method, address, headers=who)
    assert answer.status_code == status
    assert answer.json() == {"code": code, "at": f"http://testserver{address.partition('?')[0]}"}
    assert ("www-authenticate" in answer.headers) is (status == 401)
    assert ("allow" in answer.headers) is (status == 405)


@pytest.fixture
def client() -> TestClient:
    return TestClient(Door(ROUTES, find_actor), raise_server_exceptions=False)


def test_what_answers_from_memory_changes_no_thread_unless_it_needs_the_records(client: TestClient) -> None:
    _begun.clear()
    assert client.get("/api/kept").json() is True
    assert _begun == [True, False]
    assert client.get("/api/kept").json() is True
    assert _begun == [True, False, True]


def test_path_and_query_arrive_typed(client: TestClient) -> None:
    answer = client.get("/api/things/trees?limit=3&kind=a&kind=b")
    assert answer.json() == {"key": "trees", "limit": 3, "kind": ["a", "b"], "who": "anonymous", "base": "http://testserver"}
    assert answer.headers["x-request-id"]


@pytest.mark.parametrize(
    ("query", "word"),
    [("limit=0", "limit"), ("limit=x", "limit"), ("limit=1&limit=2", "twice"), ("colour=red", "colour"), ("limit=%ff", "UTF-8"), ("kind=%00", "NUL")],
)
def test_a_bad_parameter_is_named(client: TestClient, query: str, word: str) -> None:
    answer = client.get(f"/api/things/trees?{query}")
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert word in answer.json()["detail"]


@pytest.mark.parametrize(
    ("body", "status", "word"),
    [
        (b'{"name": "a", "colour": 1}', 400, "There is no member 'colour' here. Known: name, size. Nothing was stored."),
        (b'{"name": 1}', 400, "It should be a text, not a whole number, in the member name. Nothing was stored."),
        (b"{}", 400, "The member 'name' is missing. Add it."),
        (b"[]", 400, "It should be an object, not a list; its members are name, size. Nothing was stored."),
        (b'{"name": "a", "name": "b"}', 400, "twice"),
        (b'{"name": "a"', 400, "(byte 12)"),
        (b'{"name": "\xff"}', 400, "byte 10 is not UTF-8"),
        (b"[" * 900, 400, ""),
        (b'{"name": "' + b"a" * 1000 + b'"}', 413, "bytes"),
    ],
)
def test_a_bad_body_is_told_apart_and_what_came_of_it(client: TestClient, body: bytes, status: int, word: str) -> None:
    answer = client.post("/api/open", content=body)
    assert answer.status_code == status
    assert word in answer.json()["detail"]


def test_an_unknown_parameter_is_answered_with_those_that_there_are(client: TestClient) -> None:
    answer = client.get("/api/things/trees?colour=red").json()
    assert answer["detail"] == "There is no parameter 'colour' here. Known: key, limit, kind."
    assert answer["where"] == "colour"


def test_a_gzip_body_is_read_and_a_bomb_is_not(client: TestClient) -> None:
    headers = {"content-encoding": "gzip"}
    assert client.post("/api/open", content=gzip.compress(b'{"name": "a"}'), headers=headers).json()["name"] == "a"
    bomb = gzip.compress(b" " * 10_000_000)[:999]
    assert client.post("/api/open", content=bomb, headers=headers).status_code == 413
    assert client.post("/api/open", content=b"not gzip", headers=headers).status_code == 400
    assert client.post("/api/open", content=gzip.compress(b'{"name": "a"}')[:-4], headers=headers).status_code == 400
    assert client.post("/api/open", content=b"{}", headers={"content-encoding": "br"}).status_code == 415


def test_a_visitor_is_asked_to_sign_in_and_a_token_that_is_wrong_is_refused(client: TestClient) -> None:
    anonymous = client.post("/api/things", json={"name": "a"})
    assert anonymous.status_code == 401
    assert anonymous.headers["www-authenticate"].startswith("Bearer")
    assert client.post("/api/things", json={"name": "a"}, headers={"authorization": "Bearer x"}).status_code == 401
    assert client.post("/api/things", json={"name": "a"}, headers={"authorization": "Bearer steward"}).status_code == 200


def test_who_may_not_is_refused_before_the_body_is_understood(client: TestClient) -> None:
    assert client.post("/api/things", content=b"nonsense").status_code == 401


def test_a_fault_of_ours_tells_its_number_and_nothing_else(client: TestClient) -> None:
    answer = client.get("/api/broken", headers={"x-request-id": "trace-12345678"})
    assert answer.status_code == 500
    assert "trace-12345678" in answer.json()["detail"]
    assert "secret" not in answer.text


def test_methods_are_told(client: TestClient) -> None:
    answer = client.delete("/api/things/trees")
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, HEAD, OPTIONS"
    assert client.options("/api/things/trees").status_code == 204
    head = client.head("/api/things/trees")
    assert head.status_code == 200
    assert head.content == b""


def test_a_stream_flows_in_one_thread_that_gives_its_connections_back(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[int] = []
    monkeypatch.setattr(streaming.connections, "close_all", lambda: given.append(threading.get_ident()))
    pulled.clear()
    for _time in range(3):
        assert client.get("/api/stream").text == "a" * 10 + "b" * 10
    assert given == pulled


def test_a_stream_flows_and_its_early_fault_is_a_problem(client: TestClient) -> None:
    assert client.get("/api/stream").text == "a" * 10 + "b" * 10
    assert client.get("/api/stream?bad=1").status_code == 400


def test_an_address_that_is_not_there_says_where_the_index_is(client: TestClient) -> None:
    assert "/api" in client.get("/api/nothing").json()["detail"]


@given(st.binary(max_size=200))
def test_no_body_breaks_the_door(body: bytes) -> None:
    client = TestClient(Door(ROUTES, find_actor), raise_server_exceptions=False)
    assert client.post("/api/open", content=body).status_code < 500


@given(st.text(max_size=50))
def test_no_query_breaks_the_door(text: str) -> None:
    client = TestClient(Door(ROUTES, find_actor), raise_server_exceptions=False)
    assert client.get("/api/things/x", params={"limit": text}).status_code < 500


def test_openapi_says_what_the_routes_do() -> None:
    page = openapi.describe(ROUTES, "http://testserver")
    operation = page["paths"]["/api/things/{key}"]["get"]
    assert [(each["name"], each["in"], each["required"]) for each in operation["parameters"]] == [
        ("key", "path", True),
        ("limit", "query", False),
        ("kind", "query", False),
    ]
    assert page["paths"]["/api/things"]["post"]["requestBody"]["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/Body"}
    assert json.dumps(page)


def test_a_stream_that_nobody_reads_to_its_end_is_closed_and_a_fault_in_its_middle_is_told() -> None:
    closed: list[str] = []

    def body(breaks: bool) -> Iterator[bytes]:
        try:
            yield b"a"
            if breaks:
                raise RuntimeError("in the middle")
            yield from (b"b" for _ in range(1_000))
        finally:
            closed.append("closed")

    async def leave() -> None:
        pieces = streaming.iterate_in_threadpool(body(False))
        assert await anext(pieces) == b"a"
        await pieces.aclose()  # type: ignore[attr-defined]

    async def read() -> list[bytes]:
        return [piece async for piece in streaming.iterate_in_threadpool(body(True))]

    asyncio.run(leave())
    with pytest.raises(RuntimeError, match="in the middle"):
        asyncio.run(read())
    assert closed == ["closed", "closed"]
