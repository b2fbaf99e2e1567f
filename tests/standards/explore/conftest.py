"""A small city behind Explore v2.1, and a way to ask it without a server."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import msgspec
import pytest

from zinneke.asgi import ask as asking
from zinneke.asgi.door import Door, encoder
from zinneke.foundations.tables import store as tables
from zinneke.foundations.tables.values import Spec
from zinneke.kernel.confidentiality import ANONYMOUS, SYSTEM, Actor
from zinneke.kernel.problem import Problem
from zinneke.kernel.route import Call, Reply
from zinneke.standards.explore import ROUTES

BASE = "http://city.test"
ROOT = "/api/explore/v2.1/catalog"
DOOR = Door(ROUTES, lambda headers, safe: ANONYMOUS)
TREES = "species,height,planted,seen,alive,lat,lon\n" + "\n".join(
    (
        "Chêne rouge,21.5,1999-03-01,2024-05-01T10:00:00Z,true,50.8467,4.3525",
        "chene,3,2005-11-20,2024-05-31T22:30:00Z,true,50.8500,4.3600",
        "=Orme 'gris',12,2010-01-05,2024-07-01T10:00:00Z,false,50.8600,4.3700",
        "100%_pur,8,,2024-08-01T10:00:00Z,true,50.8700,4.3800",
        ",5,2015-07-07,,false,,",
    )
)


def answer(end: str, actor: Actor = ANONYMOUS, **asked: Any) -> tuple[int, bytes]:
    """Return status and body of what the door answers."""
    path, query = f"{ROOT}{end}", urlencode(asked, doseq=True)
    found = DOOR.find(path)
    assert found, path
    route = found[0].methods["GET"]
    try:
        said = route.call(Call(actor, asking.read_ask(route.ask, found[1], query.encode()), base=BASE, query=query))  # type: ignore[arg-type]
    except Problem as problem:
        assert route.fault
        said = route.fault(problem, BASE + path)
    reply = said if isinstance(said, Reply) else Reply(encoder.encode(said))
    return reply.status, reply.body if isinstance(reply.body, bytes) else b"".join(reply.body)


def get(end: str, **asked: Any) -> Any:
    """Return the document that the door answers with."""
    status, body = answer(end, **asked)
    assert status == 200, body
    return msgspec.json.decode(body)


def records(**asked: Any) -> list[Any]:
    """Return the records of the trees that are asked for."""
    return list(get("/datasets/trees/records", **asked)["results"])


@pytest.fixture
def publish(db: None, tmp_path: Any, settings: Any) -> Callable[..., Any]:
    settings.DATA = tmp_path
    return lambda rows, dataset="trees", **spec: tables.publish(SYSTEM, dataset, rows.encode(), Spec(**{"time": "seen", **spec}))


@pytest.fixture
def trees(publish: Callable[..., Any]) -> None:
    publish(TREES)
