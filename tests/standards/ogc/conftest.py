"""A small city behind OGC API, and a way to knock at its door without a server in between."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
import pytest

from zinneke.asgi.ask import read_ask
from zinneke.asgi.door import Door, problem_reply
from zinneke.foundations.tables import store as tables
from zinneke.foundations.tables.values import Published, Spec
from zinneke.kernel.confidentiality import ANONYMOUS, SYSTEM, Actor
from zinneke.kernel.problem import Problem
from zinneke.kernel.route import Call, Reply
from zinneke.standards.ogc import ROUTES

BASE = "http://city.test"
DOOR = Door(ROUTES, lambda headers, safe: ANONYMOUS)
TREES = "name,height,planted,seen,alive,lat,lon\n" + "\n".join(
    (
        "Chêne,21.5,1999-03-01,2024-05-01T10:00:00Z,true,50.8467,4.3525",
        "chene,3,2005-11-20,2024-06-01T10:00:00Z,true,50.8500,4.3600",
        "Orme 'gris',12,2010-01-05,2024-07-01T10:00:00Z,false,50.8600,4.3700",
        "100%_pur,8,,2024-08-01T10:00:00Z,true,50.8700,4.3800",
        ",5,2015-07-07,,false,,",
    )
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    type: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return msgspec.json.decode(self.body)

    @property
    def names(self) -> list[Any]:
        return [each["properties"].get("name") for each in self.json["features"]]


def get(path: str, actor: Actor = ANONYMOUS, language: str = "en", sent: bytes | None = None, **headers: str) -> Answer:
    """Knock as the door does: a path with its question, a body that is sent, and headers (`if_none_match`)."""
    path = path.removeprefix(BASE)
    where, _, query = path.partition("?")
    found = DOOR.find(where)
    try:
        if found is None:
            raise Problem(404, "Not found")
        doorway, values = found
        route = doorway.methods["GET" if sent is None else "POST"]
        route.audience.check(actor)
        told = {name.replace("_", "-"): value for name, value in headers.items()}
        asked = read_ask(route.ask, values, query.encode())  # type: ignore[arg-type]
        call: Call[Any] = Call(actor, asked, sent, base=BASE, language=language, headers=told, query=query)
        reply = route.call(call)
    except Problem as problem:
        reply = problem_reply(problem, where)
    assert isinstance(reply, Reply) and isinstance(reply.body, bytes)
    return Answer(reply.status, reply.media_type, reply.headers, reply.body)


@pytest.fixture
def publish(db: None, tmp_path: Any, settings: Any) -> Callable[..., Published]:
    settings.DATA = tmp_path

    def run(source: str = TREES, dataset: str = "trees", **spec: Any) -> Published:
        return tables.publish(SYSTEM, dataset, source.encode(), Spec(**{"time": "seen", "source": "The city", **spec}))

    return run


@pytest.fixture
def trees(publish: Callable[..., Published]) -> Published:
    return publish()
