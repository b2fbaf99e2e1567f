"""Scenarios to work on, and somebody who may edit them."""

from __future__ import annotations

from typing import Any

from zinneke.kernel.confidentiality import Actor, Grant, Level, Right
from zinneke.office.scenarios.values import Draft, Question

EDITOR = Actor("person:7", name="An Peeters", grants=(Grant("manager", frozenset(Right), Level.PERSONAL, subject="scenarios"),), person=7)
QUESTION = Question(model="traffic-light", version="1.0", changed={"cycle": 60.0, "green_main": 32.0}, draws=100)


def draft(**other: Any) -> Draft:
    """Return a scenario about a crossing."""
    words: dict[str, Any] = {"name": {"en": "A shorter cycle"}, "purpose": {"en": "Who waits less?"}, "question": QUESTION}
    return Draft(**{**words, **other})
