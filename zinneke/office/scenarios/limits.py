"""How often somebody may try a model: a few answers a minute for visitors, so that nobody keeps the others waiting."""

from __future__ import annotations

import threading
import time
from collections import deque

from zinneke.kernel.confidentiality import Actor
from zinneke.kernel.problem import Problem

A_MINUTE = 30
"""Answers that one address gets in a minute without signing in."""
MOST_KNOWN = 5_000
_asked: dict[str, deque[float]] = {}
_lock = threading.Lock()


def demand(address: str, actor: Actor, now: float | None = None) -> None:
    """Count one answer for a visitor's address. Raises `Problem` 429 when there were too many in the last minute."""
    if actor.known:
        return
    moment = time.monotonic() if now is None else now
    with _lock:
        if len(_asked) > MOST_KNOWN:
            _asked.clear()
        mine = _asked.setdefault(address, deque())
        while mine and moment - mine[0] > 60:
            mine.popleft()
        if len(mine) >= A_MINUTE:
            raise Problem(429, "A moment, please", f"You asked {A_MINUTE} answers within a minute. Wait a little; the address keeps what you chose.")
        mine.append(moment)


def forget() -> None:
    """Forget everybody."""
    with _lock:
        _asked.clear()
