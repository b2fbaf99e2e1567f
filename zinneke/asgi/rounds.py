"""The rounds of the house: one thread that does every room's chores when their time has come, one after the other."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import structlog
from django.db import close_old_connections

from zinneke.kernel import registry
from zinneke.kernel.chore import Chore

log = structlog.get_logger("rounds")
FIRST = timedelta(minutes=1)
"""How long after the start the first round begins, so that starting is quick."""
PACE = 5.0
"""Seconds between two looks at what is due."""


class Rounds:
    """Does chores until it is stopped; a fault in one is logged and does not keep the others, or its next time, from coming."""

    def __init__(self, chores: tuple[Chore, ...]) -> None:
        self._due = {chore: datetime.now(UTC) + min(FIRST, chore.every) for chore in chores}
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._go, name="rounds", daemon=True)

    def start(self) -> None:
        """Begin."""
        if self._due:
            self._thread.start()

    def stop(self) -> None:
        """Finish the chore at hand, and no other."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join(20)

    def _go(self) -> None:
        while not self._stopped.wait(PACE):
            self.look(datetime.now(UTC))

    def look(self, now: datetime) -> None:
        """Do what is due."""
        for chore, due in self._due.items():
            if due <= now and not self._stopped.is_set():
                self._due[chore] = now + chore.every
                self._do(chore, now)

    def _do(self, chore: Chore, now: datetime) -> None:
        close_old_connections()
        try:
            if said := chore.run(now):
                log.info("chore", chore=chore.name, said=said)
        except Exception:
            log.exception("chore", chore=chore.name)
        finally:
            close_old_connections()


def chores() -> tuple[Chore, ...]:
    """Return the chores of every room."""
    return tuple(chore for module in registry.modules("chores") for chore in module.CHORES)
