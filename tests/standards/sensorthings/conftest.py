"""A store of its own for each test, and the service behind the door."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.foundations.observations.city import actor
from tests.foundations.observations.mirrored import faithful
from zinneke.asgi.door import Door
from zinneke.foundations.observations import lifecycle, register
from zinneke.kernel.confidentiality import ANONYMOUS, Level
from zinneke.standards.sensorthings import ROUTES

EDITOR = {"authorization": "Bearer editor"}


@pytest.fixture(autouse=True)
def own_store(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    lifecycle.stop()
    monkeypatch.setattr(register, "_current", None)
    settings.DATA = tmp_path
    yield tmp_path
    lifecycle.stop()


@pytest.fixture
def service() -> TestClient:
    people = {"Bearer editor": actor(), "Bearer partner": actor(level=Level.SHARED)}
    door = Door(ROUTES, lambda headers, safe: people.get(headers.get("authorization", ""), ANONYMOUS))
    return TestClient(door, base_url="http://city/sta/v1.1/")


__all__ = ["faithful"]
