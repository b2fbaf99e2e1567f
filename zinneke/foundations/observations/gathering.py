"""Small batches that arrive together are judged and committed together, by one thread; nobody keeps a thread while waiting."""

from __future__ import annotations

import threading
import time
from queue import SimpleQueue

from django.db import close_old_connections, connections

from zinneke.foundations.observations import intake, register
from zinneke.foundations.observations.singles import One
from zinneke.foundations.observations.values import Batch, Receipt
from zinneke.kernel.confidentiality import Actor
from zinneke.kernel.pending import Pending, wake
from zinneke.kernel.problem import Problem

ROOM = 20_000
"""Batches that may wait; beyond them, `Problem` 429 asks the sender to come back."""
MOST_TOGETHER = 2_000
LINGER = 0.006
"""Seconds to wait for more, while many send at once: one commit for fifty is hardly dearer than for one."""


class Gathering:
    """A thread that takes what came while it was busy with what came before."""

    def __init__(self, room: int = ROOM) -> None:
        self._room = room
        self._waiting: list[tuple[tuple[Actor, Batch | One], Pending[Receipt]]] = []
        self._closed = False
        self._lock = threading.Lock()
        self._news: SimpleQueue[None] = SimpleQueue()
        """One word each time that somebody waits where nobody did, and one at the end."""
        self._thread = threading.Thread(target=self._run, name="observations-gathering", daemon=True)
        self._thread.start()

    def put(self, actor: Actor, batch: Batch | One) -> Pending[Receipt]:
        """Hand over a batch; its receipt comes after the commit. Raises `Problem` 429 or 503; then it was not taken."""
        done: Pending[Receipt] = Pending()
        with self._lock:
            if self._closed:
                raise Problem(503, "The platform is stopping", "Send this again in a minute.", {"Retry-After": "30"})
            if len(self._waiting) >= self._room:
                raise Problem(429, "Too much at once", f"{self._room} requests are waiting. Send this again in a second.", {"Retry-After": "1"})
            self._waiting.append(((actor, batch), done))
            if len(self._waiting) == 1:
                self._news.put(None)
        return done

    def close(self) -> None:
        """Finish what waits, then stop."""
        with self._lock:
            self._closed = True
            self._news.put(None)
        self._thread.join()

    def _run(self) -> None:
        group: list[tuple[tuple[Actor, Batch | One], Pending[Receipt]]] = []
        while True:
            if len(group) > 1:
                time.sleep(LINGER)
            self._news.get()
            with self._lock:
                group, self._waiting = self._waiting[:MOST_TOGETHER], self._waiting[MOST_TOGETHER:]
                if self._waiting:
                    self._news.put(None)
            if not group:
                break
            try:
                receipts = intake.take_each(register.current(register.RECHECK / 2), [part for part, _ in group])
            except BaseException as fault:
                for _, done in group:
                    done.fail(fault)
            else:
                for (_, done), receipt in zip(group, receipts, strict=True):
                    done.settle(receipt)
            wake(done for _, done in group)
            close_old_connections()
        connections.close_all()
