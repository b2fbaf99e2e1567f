"""The machines' doors without a server: the route is found, asked and called as the adapter does it, in this thread and transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from zinneke.asgi import ask as asking
from zinneke.asgi.door import Door, encoder, problem_reply
from zinneke.kernel import registry
from zinneke.kernel.confidentiality import ANONYMOUS, Actor
from zinneke.kernel.problem import Problem
from zinneke.kernel.route import Call, Reply

BASE = "http://testserver"
DOOR = Door(registry.routes(), lambda headers, safe: ANONYMOUS)


@dataclass(slots=True)
class Answered:
    """What came back."""

    status_code: int
    content: bytes
    media_type: str
    headers: dict[str, str] = field(default_factory=dict)


def knock(path: str, headers: Mapping[str, str] | None = None, actor: Actor = ANONYMOUS, language: str = "en") -> Answered:
    """Ask one address."""
    at, _, query = path.removeprefix(BASE).partition("?")
    found = DOOR.find(at)
    assert found, f"there is no route for {at}"
    route = found[0].methods["GET"]
    try:
        route.audience.check(actor)
        asked = asking.read_ask(route.ask, found[1], query.encode()) if route.ask else None
        said = route.call(Call(actor, asked, base=BASE, language=language, headers=dict(headers or {}), query=query))
        reply = said if isinstance(said, Reply) else Reply(encoder.encode(said), route.status, route.media_type)
    except Problem as problem:
        reply = problem_reply(problem, at)
    content = reply.body if isinstance(reply.body, bytes) else b"".join(reply.body)
    return Answered(reply.status, content, reply.media_type, {name.lower(): value for name, value in reply.headers.items()})
