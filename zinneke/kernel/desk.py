"""What waits for somebody, and what changed since they were last here.

A room with a module `desk` has `waiting(actor) -> Iterable[Waiting]` in it; the desk shows them all, oldest first. It may have
`changed(actor, since) -> Iterable[Change]` as well, of what the actor may see; those are shown newest first.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from zinneke.kernel.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """One thing to do: `what` is a verb with its object, `title` the thing's own name; where, since when, and until when if there is a term."""

    what: Text
    title: str
    page: str
    values: tuple[tuple[str, str], ...] = ()
    since: datetime
    due: date | None = None
    icon: str = "inbox"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing that changed: `what` says how, `title` is the thing's own name; where it is read, and when it changed."""

    what: Text
    title: str
    page: str
    values: tuple[tuple[str, str], ...] = ()
    at: datetime
    icon: str = "history"
