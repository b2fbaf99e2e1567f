"""Which streams somebody waits for, so that the journal notes them and no others; and who wakes when something is stored."""

from __future__ import annotations

import threading
from collections.abc import Callable

import numpy as np
from django.db import connection, transaction

from zinneke.foundations import bus
from zinneke.foundations.observations import hearing
from zinneke.foundations.observations.register import Register
from zinneke.foundations.observations.values import Truths
from zinneke.foundations.subscriptions.values import OBSERVATION
from zinneke.kernel.event import ObservationsStored

_lock = threading.Lock()
_generation = 0
_known: tuple[int, Register, Truths | None] | None = None
_awaited: tuple[int, frozenset[str]] | None = None
_wake: Callable[[], None] | None = None
_told = 0


def watched(register: Register) -> Truths | None:
    """Return a mask over the register's streams, None when nobody waits for any; worked out again when streams or wishes change."""
    global _known  # noqa: PLW0603  one for the process, as the journal is
    known = _known
    if known is not None and known[0] == _generation and known[1] is register:
        return known[2]
    from zinneke.foundations.subscriptions import records

    generation = _generation
    mask = hearing.mask_for(register, [each.wanted for each in records.wishes() if OBSERVATION in each.kinds])
    if not connection.in_atomic_block:
        with _lock:
            _known = (generation, register, mask)
    return mask


def awaited() -> frozenset[str]:
    """Return the kinds of events that anybody waits for; worked out again when wishes change."""
    global _awaited  # noqa: PLW0603  one for the process
    known = _awaited
    if known is not None and known[0] == _generation:
        return known[1]
    from zinneke.foundations.subscriptions import records

    generation = _generation
    kinds = frozenset(kind for each in records.wishes() for kind in each.kinds)
    if not connection.in_atomic_block:
        with _lock:
            _awaited = (generation, kinds)
    return kinds


def changed() -> None:
    """Say that wishes changed: at once, and again once it is committed."""
    _renew()
    transaction.on_commit(_renew)
    bus.tell(CHANGED)


def _renew(told: bytes = b"") -> None:
    global _generation
    with _lock:
        _generation += 1
    news()


def told() -> int:
    """Return a number that is another one whenever there may be news."""
    return _told


def news(_: object = None) -> None:
    """Wake whoever delivers."""
    global _told
    _told += 1
    if _wake is not None:
        _wake()


def stored(told: ObservationsStored) -> None:
    """Wake whoever delivers, unless it is known that nobody waits for what was stored."""
    known = _known
    if known is None or known[0] != _generation:
        news()
        return
    _, register, mask = known
    if mask is None:
        return
    places = register.find(np.array(told.streams, np.int32))
    if (places < 0).any() or mask[places].any():  # of a stream that is newer than the mask nobody knows
        news()


def on_news(wake: Callable[[], None] | None) -> None:
    """Say who is to be woken."""
    global _wake
    _wake = wake


def forget() -> None:
    """Forget what was worked out."""
    _renew()


CHANGED = "wishes"
bus.hear(CHANGED, _renew)
