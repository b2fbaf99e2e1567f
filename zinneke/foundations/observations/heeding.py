"""Which streams somebody waits for: said by a room above, asked by the intake. Nothing heavy is imported for it, since it is said at each start."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zinneke.foundations.observations.register import Register
    from zinneke.foundations.observations.values import Truths

_heed: Callable[[Register], Truths | None] | None = None


def heed(which: Callable[[Register], Truths | None]) -> None:
    """Say which streams somebody waits for: a function from the register to a mask over its streams, None when nobody waits."""
    global _heed
    _heed = which


def heeded(register: Register) -> Truths | None:
    """Return which streams somebody waits for, None when nobody does."""
    return _heed(register) if _heed is not None else None
