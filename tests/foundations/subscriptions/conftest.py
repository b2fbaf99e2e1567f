"""Each test has a store of its own, an endpoint that listens on loopback, and a clock that it moves itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.foundations.subscriptions.endpoint import Endpoint
from zinneke.foundations.observations import lifecycle
from zinneke.foundations.subscriptions import lifecycle as deliveries
from zinneke.foundations.subscriptions import waiting


@pytest.fixture(autouse=True)
def own_store(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    deliveries.stop()
    lifecycle.stop()
    settings.DATA = tmp_path
    monkeypatch.setenv("ZINNEKE_FETCH_HOSTS", "127.0.0.1")
    waiting.forget()
    yield tmp_path
    lifecycle.stop()
    waiting.forget()


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    with Endpoint() as opened:
        yield opened
