"""What the journal takes and gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the journal. `hash` seals every other field; `previous` is the hash of the line before it."""

    seq: int
    time: datetime
    actor: str
    action: str
    subject: str
    detail: Mapping[str, object]
    ground: str
    previous: str
    hash: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What reading the whole journal again showed: how many entries stand, and the number of the first that does not."""

    ok: bool
    entries: int
    first_bad: int | None = None
