"""When the server starts: hear how much each dataset is used, so that the search ranks by it."""

from __future__ import annotations

from zinneke.foundations.catalogue import shelf
from zinneke.kernel.event import UseCounted, listen


def start() -> None:
    """Begin to listen."""
    listen(UseCounted, shelf.take_use)


def stop() -> None:
    """Nothing is open."""


def ready() -> bool:
    """Say that the index is made when it is first asked."""
    return True
