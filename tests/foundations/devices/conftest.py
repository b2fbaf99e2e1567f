"""Each test has a store of observations of its own, closed afterwards, and a client at the machines' door."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from zinneke.foundations.observations import lifecycle


@pytest.fixture(autouse=True)
def own_store(tmp_path: Path, settings: Any) -> Iterator[Path]:
    lifecycle.stop()
    settings.DATA = tmp_path
    yield tmp_path
    lifecycle.stop()


@pytest.fixture
def machine(transactional_db: None) -> TestClient:
    from zinneke.asgi.house import build

    return TestClient(build(), raise_server_exceptions=False)
