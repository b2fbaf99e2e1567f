"""The words of the quarantine. Pure: no framework, no storage."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

State = Literal["waiting", "stored", "dismissed"]


class Attempt(msgspec.Struct, frozen=True):
    """A sending again of what was refused: who, when, as what (the members that were sent), and what became of it."""

    who: str
    at: datetime
    sent: dict[str, str]
    outcome: str


class Quarantined(msgspec.Struct, frozen=True, kw_only=True):
    """What was refused: what was sent, by whom, when it was heard, and why it was not taken.

    A message that could not be read at all has no stream, time and value: `size` is the bytes of its body, `raw` the body as text where it
    is UTF-8, else in hexadecimal, shown with its attempts when one is looked at alone.
    """

    id: int
    stream: str
    time: str
    value: str
    reason: str
    who: str
    heard: datetime
    solution: str = ""
    area: str = ""
    state: State = "waiting"
    source: str = ""
    size: int = 0
    raw: str = ""
    attempts: tuple[Attempt, ...] = ()


class Mend(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to send instead; what is not given stays as it was. `stream` is a number or a key, `raw` the whole text of a message."""

    stream: str | None = None
    time: str | None = None
    value: str | None = None
    raw: str | None = None


class Sought(msgspec.Struct, frozen=True, kw_only=True):
    """Which of what was refused: each field that is given narrows. `who` is as told, `device:bin-17`; `reason` a part of the sentence."""

    state: State | None = "waiting"
    solution: str | None = None
    who: str | None = None
    reason: str | None = None


class RefusedMessage(msgspec.Struct, frozen=True):
    """A message that was refused whole: where it came, what it brought, why it was not taken, and who sent it as far as is known.

    `signed` says that it was signed, and rightly so; the payload is then what it brought, without the signature.
    """

    topic: str
    payload: bytes
    reason: str
    who: str
    signed: bool = False
