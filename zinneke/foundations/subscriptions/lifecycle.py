"""What begins and ends with the server: the deliveries, and listening to what is stored below."""

from __future__ import annotations

from zinneke.foundations.observations import journal
from zinneke.foundations.subscriptions import occurrences, waiting
from zinneke.foundations.subscriptions.running import Running
from zinneke.kernel.event import AlertChanged, ObservationsStored, listen

_running: Running | None = None


def start() -> None:
    """Begin to deliver."""
    global _running
    stop()
    _running = Running()
    waiting.on_news(_running.wake)
    _running.start()


def listen_below() -> None:
    """Hear from the rooms below what is stored and what happens, whether or not anything is delivered in this process."""
    journal.heed(waiting.watched)
    listen(AlertChanged, occurrences.note_alert)
    listen(ObservationsStored, waiting.news)


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
