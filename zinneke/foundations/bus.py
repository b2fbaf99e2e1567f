"""The bus of this process: what it tells the other processes of the city, and hears from them."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from django.conf import settings
from django.db import transaction

from zinneke.kernel.bus import Alone, Bus

log = logging.getLogger(__name__)
_bus: Bus | None = None
_serving = False
_lock = threading.Lock()
_listeners: dict[str, Callable[[bytes], None]] = {}
_returns: list[Callable[[], None]] = []


def main() -> bool:
    """Say whether this process has the stores; else it hands what it takes in to the one that has them."""
    return bool(settings.NODE != "ingest")


def current() -> Bus:
    """Return the bus of this process, begun when first needed."""
    global _bus
    with _lock:
        if _bus is None:
            _bus = _made()
            for word, call in _listeners.items():
                _bus.hear(word, call)
            for again in _returns:
                _bus.on_return(again)
            _bus.start()
        return _bus


def _made() -> Bus:
    if not settings.BUS_URL:
        return Alone()
    from zinneke.foundations.jetstream import JetStream

    return JetStream(settings.BUS_URL, settings.BUS_BYTES)


def start() -> None:
    """Begin, in a process that serves: from now on it hears what others tell."""
    global _serving
    _serving = True
    current()


def stop() -> None:
    """Leave the others."""
    global _bus, _serving
    with _lock:
        held, _bus, _serving = _bus, None, False
    if held is not None:
        held.stop()


def hear(word: str, call: Callable[[bytes], None], missed: bool = True) -> None:
    """Call with what other processes tell, and, where something may have been `missed`, with nothing. Said once, when the room is loaded."""
    _listeners[word] = call
    again = (lambda: call(b"")) if missed else None
    if again is not None:
        _returns.append(again)
    if _bus is not None:
        _bus.hear(word, call)
        if again is not None:
            _bus.on_return(again)


def tell(word: str, payload: bytes = b"") -> None:
    """Tell every other process once it is committed. It is a courtesy: whoever does not hear it finds out by looking, seconds later."""
    if settings.BUS_URL:
        transaction.on_commit(lambda: _tell(word, payload))


def _tell(word: str, payload: bytes) -> None:
    serving = _serving
    try:
        current().tell(word, payload)
    except Exception:
        log.exception("nobody could be told %s", word)
    if not serving:
        stop()  # a command: it waits until what it told has left
