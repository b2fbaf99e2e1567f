"""What the room does when the server starts and stops: jobs of a process that is gone are marked, those under way ended."""

from __future__ import annotations

from zinneke.office.scenarios import running

_started = False


def start() -> None:
    """Mark the jobs that were under way when the server was stopped."""
    global _started
    running.interrupt()
    _started = True


def stop() -> None:
    """End what is under way; its jobs can be run again."""
    global _started
    running.interrupt()
    running.end_children()
    _started = False


def ready() -> bool:
    """Say whether jobs can be taken."""
    return _started
