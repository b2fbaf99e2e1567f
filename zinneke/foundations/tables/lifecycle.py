"""When the server starts: remove what a crash left behind."""

from __future__ import annotations

import structlog

from zinneke.foundations.tables import files
from zinneke.foundations.tables.publishing import sweep_leftovers


def start() -> None:
    """Sweep the folder of versions."""
    if removed := sweep_leftovers():
        structlog.get_logger().info("tables swept", removed=removed)


def stop() -> None:
    """Leave nothing open: the files are read-only and mapped."""


def ready() -> bool:
    """Say whether the folder of versions can be read."""
    return files.folder().is_dir()
