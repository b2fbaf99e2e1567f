"""When the server starts: hear how much each dataset is used, so that the search ranks by it."""

from __future__ import annotations

from zinneke.foundations.catalogue import reviewing, shelf
from zinneke.kernel.event import RowsComing, UseCounted, listen


def start() -> None:
    """Begin to listen."""
    listen(UseCounted, shelf.take_use)
    listen(RowsComing, reviewing.guard)


def stop() -> None:
    """Nothing is open."""


def ready() -> bool:
    """Say that the index is made when it is first asked."""
    return True
