"""What begins and ends with the server: the deliveries."""

from __future__ import annotations

from zinneke.foundations.subscriptions import waiting
from zinneke.foundations.subscriptions.running import Running

_running: Running | None = None


def start() -> None:
    """Begin to deliver."""
    global _running
    stop()
    _running = Running()
    waiting.on_news(_running.wake)
    _running.start()


def stop() -> None:
    """Stop delivering."""
    global _running
    if _running is not None:
        waiting.on_news(None)
        _running.stop()
        _running = None


def ready() -> bool:
    """Say whether deliveries run."""
    return _running is not None
