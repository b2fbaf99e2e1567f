"""What waits for the end of the transaction of records that this thread is in.

Observations are stored whatever becomes of the records. Whoever listens to them may need a lock whose holder waits for the records, and must not be
asked about records that may never be.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

log = logging.getLogger(__name__)


class _Waiting(threading.local):
    works: list[Callable[[], None]] | None = None


_waiting = _Waiting()


@contextmanager
def held() -> Iterator[None]:
    """Let what is to be done afterwards wait for the end of the outermost block, whether it fails or not; a fault of it is logged."""
    if _waiting.works is not None:
        yield
        return
    works: list[Callable[[], None]] = []
    _waiting.works = works
    try:
        yield
    finally:
        _waiting.works = None
        for work in works:
            try:
                work()
            except Exception:  # what is stored is stored, and the next value asks again
                log.exception("what waited for the end of a transaction failed")


def do(work: Callable[[], None]) -> None:
    """Do something at once, or where this thread holds the records after it has let go of them."""
    if _waiting.works is None:
        work()
    else:
        _waiting.works.append(work)
