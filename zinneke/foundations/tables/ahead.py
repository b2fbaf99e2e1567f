"""Archives of tiles built ahead: what was published last, one after the other, so that whoever first opens its map does not wait."""

from __future__ import annotations

from collections import deque
from datetime import datetime

from zinneke.foundations.tables import store
from zinneke.kernel.confidentiality import ANONYMOUS
from zinneke.kernel.event import DatasetPublished
from zinneke.kernel.problem import Problem

_waiting: deque[str] = deque(maxlen=200)


def note(published: DatasetPublished) -> None:
    """Remember that a dataset has a new version."""
    if published.dataset not in _waiting:
        _waiting.append(published.dataset)


def build_next(now: datetime) -> str:
    """Build the archive of one dataset as the public sees it, and return a line for the log; what has no shapes or is closed is passed over."""
    while _waiting:
        dataset = _waiting.popleft()
        try:
            place, _ = store.archive(ANONYMOUS, dataset)
        except Problem:
            continue
        return f"{dataset}: {place.stat().st_size:,} bytes of tiles"
    return ""


def forget() -> None:
    """Forget what waits."""
    _waiting.clear()
