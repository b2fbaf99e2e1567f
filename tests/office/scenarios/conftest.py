"""Scenarios to work on, and somebody who may edit them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from zinneke.kernel.confidentiality import Actor, Grant, Level, Right
from zinneke.office.scenarios import limits, running
from zinneke.office.scenarios.values import Draft, Question

EDITOR = Actor("person:7", name="An Peeters", grants=(Grant("manager", frozenset(Right), Level.PERSONAL, subject="scenarios"),), person=7)
QUESTION = Question(model="traffic-light", version="1.0", changed={"cycle": 60.0, "green_main": 32.0}, draws=100)


@pytest.fixture(autouse=True)
def nothing_remembered() -> Iterator[None]:
    """Remember no answers and no visitors between tests."""
    limits.forget()
    running._memory.clear()
    yield
    limits.forget()


def draft(**other: Any) -> Draft:
    """Return a scenario about a crossing."""
    words: dict[str, Any] = {"name": {"en": "A shorter cycle"}, "purpose": {"en": "Who waits less?"}, "question": QUESTION}
    return Draft(**{**words, **other})
