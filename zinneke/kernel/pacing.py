"""How often something may be done from one place within a while: counted in memory only, and forgotten with the process."""

from __future__ import annotations

import threading
import time
from collections import deque


class Pacing:
    """The last times that each key did something, within a window of `seconds`; beyond `known` keys everybody begins anew."""

    def __init__(self, seconds: float, known: int = 10_000) -> None:
        self.seconds, self.known = seconds, known
        self._times: dict[str, deque[float]] = {}
        self._lock = threading.Lock()

    def take(self, key: str, most: int, now: float | None = None) -> float:
        """Count one time for a key and return 0; where it had `most` already, count nothing and return the seconds until it may again."""
        moment = time.monotonic() if now is None else now
        with self._lock:
            if len(self._times) > self.known:
                self._times.clear()
            mine = self._times.setdefault(key, deque())
            while mine and moment - mine[0] > self.seconds:
                mine.popleft()
            if len(mine) >= most:
                return max(self.seconds - (moment - mine[0]), 0.001) if mine else self.seconds
            mine.append(moment)
            return 0.0

    def forget(self) -> None:
        """Forget everybody."""
        with self._lock:
            self._times.clear()
