"""A store of its own for each test, and both standards behind one door: what is written through one is read through the other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.foundations.observations.city import actor
from tests.foundations.observations.mirrored import faithful
from tests.foundations.subscriptions.endpoint import Endpoint
from tests.foundations.subscriptions.town import somebody
from tests.standards.ngsi_ld.source import Source
from zinneke.asgi.door import Door
from zinneke.foundations.identity import memory
from zinneke.foundations.observations import lifecycle, register
from zinneke.foundations.subscriptions import waiting
from zinneke.kernel.confidentiality import ANONYMOUS, Level
from zinneke.standards import ngsi_ld, sensorthings
from zinneke.standards.ngsi_ld import contexts, forwarding, relaying

EDITOR = {"authorization": "Bearer editor"}
PEOPLE = {"Bearer editor": actor(), "Bearer partner": actor(level=Level.SHARED)}


@pytest.fixture(autouse=True)
def own_store(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    lifecycle.stop()
    contexts.forget()
    monkeypatch.setattr(register, "_current", None)
    settings.DATA = tmp_path
    yield tmp_path
    lifecycle.stop()
    contexts.forget()


def door() -> Door:
    routes = (*ngsi_ld.ROUTES, *sensorthings.ROUTES)
    return Door(routes, lambda headers, safe: PEOPLE.get(headers.get("authorization", ""), ANONYMOUS))


@pytest.fixture
def broker() -> TestClient:
    """Somebody who may write, at NGSI-LD."""
    return TestClient(door(), base_url="http://city/ngsi-ld/v1/", headers=EDITOR)


@pytest.fixture
def service() -> TestClient:
    """The same, at SensorThings."""
    return TestClient(door(), base_url="http://city/sta/v1.1/", headers=EDITOR)


@pytest.fixture
def visitor() -> TestClient:
    """Somebody who only looks."""
    return TestClient(door(), base_url="http://city/ngsi-ld/v1/")


@pytest.fixture
def endpoint(monkeypatch: pytest.MonkeyPatch) -> Iterator[Endpoint]:
    monkeypatch.setenv("ZINNEKE_FETCH_HOSTS", "127.0.0.1")
    waiting.forget()
    with Endpoint() as opened:
        yield opened
    waiting.forget()


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch) -> TestClient:
    """Somebody with an account."""
    one = somebody()
    monkeypatch.setitem(PEOPLE, "Bearer reader", one)
    client = TestClient(door(), base_url="http://city/ngsi-ld/v1/", headers={"authorization": "Bearer reader"})
    client.actor = one  # type: ignore[attr-defined]
    return client


@pytest.fixture
def source(monkeypatch: pytest.MonkeyPatch) -> Iterator[Source]:
    monkeypatch.setenv("ZINNEKE_FETCH_HOSTS", "127.0.0.1")
    memory.forget()
    forwarding.forget()
    relaying.doubt()
    made = Source()
    yield made
    made.close()
    memory.forget()
    forwarding.forget()
    relaying.doubt()


__all__ = ["faithful"]
