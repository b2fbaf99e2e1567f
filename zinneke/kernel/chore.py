"""What the platform does by itself from time to time. A room with a module `chores` has `CHORES: tuple[Chore, ...]` in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Chore:
    """Work of a few seconds that the server does `every` so often, one chore at a time. `run` takes the moment and returns a line for the log, or "".

    It must be safe to run twice, and to be missed: what was done is in the room's own records, never in the clock of the process.
    """

    name: str
    every: timedelta
    run: Callable[[datetime], str]
