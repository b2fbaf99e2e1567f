"""Doors for messages as data: a `Topic` is to what comes over MQTT what a `Route` is to what comes over HTTP."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from zinneke.kernel.confidentiality import ANONYMOUS, Actor
from zinneke.kernel.route import Needs

_PART = re.compile(r"\{(\w+)(:path)?\}")


@dataclass(frozen=True, slots=True)
class Message:
    """One message as a topic's function sees it: who sends it, what stands in the topic's `{…}`, the bytes, the user properties of MQTT 5."""

    topic: str
    payload: bytes
    values: Mapping[str, str] = field(default_factory=dict)
    properties: Mapping[str, str] = field(default_factory=dict)
    actor: Actor = ANONYMOUS


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a message. A `reason` says that it, or something in it, was refused, and why.

    `kept` says that what was refused stands in the quarantine already; `told` is what a sender is told that asked for an answer.
    """

    reason: str = ""
    kept: bool = False
    told: Any = None


TAKEN = Outcome()


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """A door for messages. `call` takes those of one moment together, in the order in which they came, and says what became of each.

    It returns when what it took is stored: only then are they acknowledged. A fault that is not the messages' own (too much waits, the disk is
    full, the records cannot be reached) is raised, and they come again. `pattern` is the topic with names in braces: `devices/{device}/…`, a last
    one as `{path:path}` for all that follows; `{device}` names the sender. `family` is the word in `ZINNEKE_MQTT_TOPICS` that opens it.
    `path` is the address at which the same comes over HTTP, from somebody who may write, and without what stands in a topic.
    """

    pattern: str
    call: Callable[[Sequence[Message]], Sequence[Outcome]]
    audience: Needs
    family: str
    limit: int = 1_000_000
    summary: str = ""
    path: str = ""

    @property
    def filter(self) -> str:
        """Return what is subscribed to."""
        return _PART.sub(lambda part: "#" if part[2] else "+", self.pattern)

    @property
    def regex(self) -> re.Pattern[str]:
        """Return what a topic looks like that belongs here."""
        words = _PART.split(self.pattern)  # text, name, ":path" or None, text, …
        parts = [f"(?P<{words[at]}>{'.+' if words[at + 1] else '[^/]+'})" + re.escape(words[at + 2]) for at in range(1, len(words), 3)]
        return re.compile(re.escape(words[0]) + "".join(parts))


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """What the platform publishes by itself, opened by the same word as the topics of its `family`.

    `start` takes what publishes without waiting (topic, payload), and returns what stops it.
    """

    family: str
    start: Callable[[Callable[[str, bytes], None]], Callable[[], None]]
    topics: tuple[str, ...] = ()
    summary: str = ""
