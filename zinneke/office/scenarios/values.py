"""What the scenarios' store takes and gives. Texts that people wrote are kept by language: `{"fr": …, "nl": …, "en": …}`, possibly lacking some."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from zinneke.kernel.confidentiality import Level

State = Literal["draft", "published"]
RunState = Literal["waiting", "running", "done", "failed", "cancelled", "interrupted"]
OWN = "own"
"""The engine that every model has: its own function."""


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """What a scenario asks of a model: only what was changed. The same question has the same answer.

    `rows` is the model's table as canonical CSV, "" for the one that comes with the model; `draws` counts draws, or seeds of another engine.
    """

    model: str
    version: str
    changed: dict[str, float] = {}
    rows: str = ""
    seed: int = 1
    draws: int = 1000
    engine: str = OWN


class Band(msgspec.Struct, frozen=True):
    """A figure with its uncertainty: the middle of the draws, and the bounds between which nine in ten of them lie."""

    mid: float
    low: float
    high: float


class Bands(msgspec.Struct, frozen=True):
    """The same along an axis."""

    mid: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """One output: over the whole as it would be anyhow and as decided, the change between the two (draw by draw), and along the axis.

    `relative` is the change in per cent of the baseline, None where the baseline is nothing.
    """

    output: str
    baseline: Band
    scenario: Band
    change: Band
    relative: Band | None
    before: Bands
    after: Bands


class Swing(msgspec.Struct, frozen=True):
    """How far one input alone moves the change of the first output: its low and high value, and the change at each."""

    input: str
    at_low: float
    at_high: float
    low: float
    high: float


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """What a model answers to a question. `digest` is that of the question; `swings` run from the input that matters most to the least."""

    question: Question
    digest: str
    labels: tuple[dict[str, str], ...]
    figures: tuple[Figure, ...]
    swings: tuple[Swing, ...] = ()
    central: float = 0.0

    def figure(self, output: str) -> Figure | None:
        """Return an output's figure, None when this engine does not give it."""
        return next((each for each in self.figures if each.output == output), None)


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """A scenario as somebody writes it."""

    name: dict[str, str]
    purpose: dict[str, str]
    question: Question
    note: dict[str, str] = {}
    discussion: str = ""
    level: Level = Level.PUBLIC
    area: str = ""
    parent: str = ""


class Scenario(msgspec.Struct, frozen=True, kw_only=True):
    """A scenario as it stands. `edition` grows with every change, so that two who write at once notice one another."""

    key: str
    name: dict[str, str]
    purpose: dict[str, str]
    note: dict[str, str]
    question: Question
    state: State
    level: Level
    area: str
    owner: str
    author: str
    discussion: str
    parent: str
    edition: int
    illustration: bool
    created: datetime
    changed: datetime
    published: datetime | None
    computed: datetime | None
    seconds: float | None
    result: Result | None = None


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """A long computation for a scenario: how far it is, out of how many parts, and what became of it in the three languages."""

    id: int
    scenario: str
    state: RunState
    done: int
    total: int
    said: dict[str, str]
    asked: datetime
    begun: datetime | None
    ended: datetime | None


class Difference(msgspec.Struct, frozen=True):
    """One figure that came out otherwise when a scenario was computed again."""

    output: str
    part: str
    was: float
    found: float


class Reproduction(msgspec.Struct, frozen=True, kw_only=True):
    """A scenario computed again: identical or not, what differs, and whether the model has changed since."""

    scenario: str
    identical: bool
    version_then: str
    version_now: str
    differences: tuple[Difference, ...]
    seconds: float
