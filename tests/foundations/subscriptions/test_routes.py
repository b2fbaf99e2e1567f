"""The machines' doors, and server-sent events: who comes back goes on where they were, who never reads is let go."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.foundations.subscriptions.endpoint import Endpoint
from tests.foundations.subscriptions.town import make, observe, outbox, somebody
from zinneke.asgi import door
from zinneke.asgi.house import build
from zinneke.foundations.identity import store as identity
from zinneke.foundations.subscriptions import following, models, store
from zinneke.foundations.subscriptions import values as v
from zinneke.kernel.confidentiality import Actor

pytestmark = pytest.mark.django_db(transaction=True)
AT = "/api/subscriptions"
SCOPES = ["see:*", "edit:subscriptions"]


@pytest.fixture
def client() -> TestClient:
    return TestClient(build())


@pytest.fixture
def actor() -> Actor:
    return somebody()


@pytest.fixture
def headers(actor: Actor) -> dict[str, str]:
    return {"Authorization": f"Bearer {identity.add_own_token(actor, 'machine', SCOPES)}"}


def test_the_life_of_a_subscription(client: TestClient, headers: dict[str, str], endpoint: Endpoint) -> None:
    (stream,) = make("one")
    wish = {"name": "mine", "endpoint": {"kind": "webhook", "address": endpoint.address}, "wanted": {"solution": "demo"}, "throttling": 0}
    made = client.post(AT, json=wish, headers=headers)
    assert made.status_code == 201, made.text
    number = made.json()["standing"]["id"]
    at = f"{AT}/{number}"
    assert made.json()["secret"].startswith("whsec_")
    observe(stream, 5)
    found = client.get(at, headers=headers).json()
    assert (found["lag"]["waiting"], found["lag"]["exact"], found["circuit"], found["state"]) == (1, True, "closed", "active")
    assert [each["id"] for each in client.get(AT, headers=headers).json()["subscriptions"]] == [number]
    assert client.post(f"{at}/test", headers=headers).json()["good"] is True
    outbox()[0].turn(number)
    assert endpoint.sent[-1].values == [5]
    assert client.get(at, headers=headers).json()["lag"]["waiting"] == 0
    assert client.get(f"{at}/letters", headers=headers).json() == {"letters": []}
    assert client.post(f"{at}/secret", headers=headers).json()["secret"] != made.json()["secret"]
    assert client.post(f"{at}/pause", headers=headers).json()["state"] == "paused"
    assert client.post(f"{at}/resume", headers=headers).json()["state"] == "active"
    assert client.put(at, json={**wish, "name": "other"}, headers=headers).json()["subscription"]["name"] == "other"
    assert client.delete(at, headers=headers).status_code == 204
    assert client.get(at, headers=headers).status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"endpoint": {"kind": "pigeon"}},
        {"endpoint": {"kind": "events"}, "colour": "red"},
        {"endpoint": {"kind": "events", "most": 0}},
        {"endpoint": {"kind": "events"}, "throttling": -1},
        {"endpoint": {"kind": "events"}, "wanted": {"streams": ["x"]}},
        {"endpoint": {"kind": "webhook", "address": "http://10.0.0.1/"}},
    ],
)
def test_bodies_that_make_no_sense_are_a_400(client: TestClient, headers: dict[str, str], body: dict[str, Any]) -> None:
    answer = client.post(AT, json=body, headers=headers)
    assert answer.status_code == 400 and answer.json()["detail"]


def test_a_page_at_a_time_and_nothing_for_visitors(client: TestClient, headers: dict[str, str]) -> None:
    numbers = [client.post(AT, json={"endpoint": {"kind": "events"}}, headers=headers).json()["standing"]["id"] for _ in range(3)]
    page = client.get(f"{AT}?limit=2", headers=headers).json()
    assert [each["id"] for each in page["subscriptions"]] == numbers[:2]
    rest = client.get(f"{AT}?limit=2&after={page['next']}", headers=headers).json()
    assert [each["id"] for each in rest["subscriptions"]] == numbers[2:] and rest["next"] is None
    for method, path in (("GET", AT), ("POST", AT), ("GET", f"{AT}/{numbers[0]}"), ("GET", f"{AT}/{numbers[0]}/events"), ("GET", f"{AT}/all")):
        assert client.request(method, path).status_code == 401, (method, path)


# -- server-sent events --------------------------------------------------------------------------------------------------


@pytest.fixture
def number(actor: Actor) -> int:
    return store.add(actor, v.Subscription(endpoint=v.Endpoint(kind="events", most=2))).standing.id


def events(chunks: list[bytes]) -> list[dict[str, Any]]:
    """Return the events in what a stream sent: id and data."""
    found = []
    for block in b"".join(chunks).decode().split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith(":") and ": " in line)
        if "data" in fields:
            found.append({"id": fields["id"], "kind": fields["event"], "data": json.loads(fields["data"])["data"]})
    return found


def read(actor: Actor, number: int, token: str, count: int) -> list[dict[str, Any]]:
    """Read so many events as server-sent events."""

    async def some() -> list[dict[str, Any]]:
        chunks: list[bytes] = []
        lines = follow.lines()
        async with asyncio.timeout(30):
            async for chunk in lines:
                chunks.append(chunk)
                if len(events(chunks)) >= count:
                    break
        await lines.aclose()  # type: ignore[attr-defined]
        return events(chunks)

    follow = store.follow(actor, number, token)
    return asyncio.run(some())


def test_whoever_comes_back_goes_on_after_the_last_event_they_have(actor: Actor, number: int) -> None:
    (stream,) = make("one")
    begin = following.begin(actor, number, "").place
    token = f"0-{begin.position}-{begin.occurrence}"
    observe(stream, 1, 2, 3, 4, 5)
    first = read(actor, number, token, 2)
    assert [[event["value"] for event in each["data"]["events"]] for each in first] == [[1, 2], [3, 4]]
    observe(stream, 6, begin=10)
    rest = read(actor, number, first[0]["id"], 2)
    assert [[event["value"] for event in each["data"]["events"]] for each in rest] == [[3, 4], [5, 6]]
    assert [each["data"]["sequence"] for each in rest] == [2, 3]
    assert following._open.total() == 0


def test_the_door_streams_events_and_closes_when_the_reader_leaves(actor: Actor, number: int, headers: dict[str, str]) -> None:
    (stream,) = make("one")
    observe(stream, 1)
    sent = asyncio.run(asked(f"{AT}/{number}/events", {**headers, "last-event-id": "0-0-0"}, enough=2))
    assert sent[0]["status"] == 200
    assert (b"content-type", b"text/event-stream") in sent[0]["headers"]
    (event,) = events([message.get("body", b"") for message in sent[1:]])
    assert event["kind"] == "observation" and event["data"]["events"][0]["value"] == 1
    assert following._open.total() == 0


def test_a_reader_who_never_reads_is_let_go(actor: Actor, number: int, headers: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "UNREAD", 0.2)
    sent = asyncio.run(asked(f"{AT}/{number}/events", headers, enough=None, reads=False))
    assert sent[0]["status"] == 200 and following._open.total() == 0


async def asked(path: str, headers: dict[str, str], enough: int | None, reads: bool = True) -> list[dict[str, Any]]:
    """Ask an address and leave after so many pieces; one who does not read takes the head, and then nothing."""
    told: list[dict[str, Any]] = []
    left = asyncio.Event()

    async def receive() -> dict[str, Any]:
        await left.wait()
        return {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        told.append(message)
        if enough is not None and len(told) > enough:
            left.set()
        if not reads and message["type"] == "http.response.body" and message.get("more_body"):
            await asyncio.Event().wait()

    named = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": "GET", "path": path, "query_string": b"", "scheme": "http", "headers": named}
    async with asyncio.timeout(30):
        await build()(scope, receive, send)  # type: ignore[arg-type]
    return told


def test_rights_and_removal_end_a_stream(actor: Actor, number: int) -> None:
    follow = store.follow(actor, number, "")
    assert follow.take() == b""
    store.remove(actor, number)
    assert follow.take() is None


@pytest.mark.parametrize("token", ["x", "1", "1-2", "1-2-3-4", "-1-2-3", "1-2-99999999999999999999"])
def test_an_id_that_we_never_gave_is_refused(client: TestClient, number: int, headers: dict[str, str], token: str) -> None:
    assert client.get(f"{AT}/{number}/events", headers={**headers, "Last-Event-ID": token}).status_code == 400


def test_only_so_many_read_at_a_time(client: TestClient, number: int, headers: dict[str, str], full: None) -> None:
    answer = client.get(f"{AT}/{number}/events", headers=headers)
    assert answer.status_code == 429 and answer.headers["retry-after"]


@pytest.fixture
def full(actor: Actor) -> Iterator[None]:
    following._open[actor.person or 0] = following.MOST_OWN
    yield
    following._open.clear()


def test_what_is_pushed_is_not_read_here(client: TestClient, headers: dict[str, str], endpoint: Endpoint) -> None:
    body = {"endpoint": {"kind": "webhook", "address": endpoint.address}}
    made = client.post(AT, json=body, headers=headers).json()["standing"]["id"]
    assert client.get(f"{AT}/{made}/events", headers=headers).status_code == 409
    assert models.Subscription.objects.count() == 1
