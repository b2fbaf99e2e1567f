"""What the tests of the command line share: an `Out` that remembers, and a store of observations for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from zinneke.foundations.observations import lifecycle


class Told:
    """An `Out` that keeps what was said."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.bars: list[tuple[str, int, int]] = []

    def say(self, line: str) -> None:
        self.lines.append(line)

    def progress(self, label: str, done: int, total: int) -> None:
        self.bars.append((label, done, total))

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def own_store(tmp_path: Path, settings: Any) -> Iterator[Path]:
    lifecycle.stop()
    settings.DATA = tmp_path / "var"
    settings.DATA.mkdir()
    yield settings.DATA
    lifecycle.stop()
