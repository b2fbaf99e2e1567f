"""When the server starts: listen to what is used, so that it is counted."""

from __future__ import annotations

from datetime import UTC, datetime

from zinneke.kernel.event import Used, listen
from zinneke.office.publishing import counting


def start() -> None:
    """Begin to count."""
    listen(Used, counting.note)


def stop() -> None:
    """Write down what was counted."""
    counting.flush(datetime.now(UTC))


def ready() -> bool:
    """Say that counting never keeps anybody waiting."""
    return True
