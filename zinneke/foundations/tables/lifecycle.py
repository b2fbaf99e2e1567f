"""When the server starts: remove what a crash left behind, and hear what is published, to cut its tiles ahead."""

from __future__ import annotations

import structlog

from zinneke.foundations.tables import ahead, files
from zinneke.foundations.tables.publishing import sweep_leftovers
from zinneke.kernel.event import DatasetPublished, listen


def start() -> None:
    """Sweep the folder of versions and begin to listen."""
    listen(DatasetPublished, ahead.note)
    if removed := sweep_leftovers():
        structlog.get_logger().info("tables swept", removed=removed)


def stop() -> None:
    """Leave nothing open: the files are read-only and mapped."""


def ready() -> bool:
    """Say whether the folder of versions can be read."""
    return files.folder().is_dir()
