"""The thread that delivers: one event loop, in which each endpoint waits for itself only; the records are read and written beside it."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar

import structlog
from django.db import close_old_connections

from zinneke.foundations.subscriptions.delivering import Outbox

T = TypeVar("T")
PACE = 1.0
"""Seconds between two looks when nothing wakes us: for pauses that end, and what another process stored."""
BREATH = 0.05
"""Seconds between two looks at the least: what comes in them goes together."""
RUN = 50
"""Notifications of one subscription in a row, before its host serves another."""
AT_ONCE = 8
"""Attempts to one host at a time, and as many to those of its endpoints that failed."""
log = structlog.get_logger("outbox")


class Running:
    """Delivers until it is stopped. What was on its way then is tried again at the next start."""

    def __init__(self, outbox: Outbox | None = None) -> None:
        self.outbox = outbox or Outbox()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._news: asyncio.Event | None = None
        self._woken = False
        self._stopping = False
        self._busy: set[int] = set()
        self._hosts: dict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(AT_ONCE))
        self._records = ThreadPoolExecutor(2, "outbox")
        self._thread = threading.Thread(target=lambda: asyncio.run(self._go()), name="outbox", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def wake(self) -> None:
        """Say that there is news; called from any thread, often, so that it costs next to nothing."""
        if self._loop is None or self._news is None or self._woken:
            return
        self._woken = True
        with contextlib.suppress(RuntimeError):  # the loop has just stopped
            self._loop.call_soon_threadsafe(self._news.set)

    def stop(self) -> None:
        """Stop; attempts under way are broken off."""
        self._stopping = True
        self._woken = False
        self.wake()
        if self._thread.is_alive():
            self._thread.join(20)
        self._records.shutdown(wait=True)

    async def _go(self) -> None:
        self._news, self._loop = asyncio.Event(), asyncio.get_running_loop()
        tasks: set[asyncio.Task[None]] = set()
        while not self._stopping:
            self._news.clear()
            self._woken = False
            try:
                for number, host in await self._beside(self.outbox.list_due):
                    if number not in self._busy:
                        self._busy.add(number)
                        task = asyncio.create_task(self._serve(number, host))
                        tasks.add(task)
                        task.add_done_callback(tasks.discard)
            except Exception:
                log.exception("outbox")
            await asyncio.sleep(BREATH)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), PACE)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _serve(self, number: int, host: str) -> None:
        """Deliver to one subscription until nothing is due, it fails, or others of its host should have their turn."""
        try:
            async with self._hosts[host]:
                for _ in range(RUN):
                    parcel = await self._beside(partial(self.outbox.ready, number))
                    if parcel is None:
                        return
                    outcome = await self.outbox.send(parcel, self.outbox.clock())
                    if not await self._beside(partial(self.outbox.settle, parcel, outcome)):
                        return
            self._news.set() if self._news else None
        except Exception:
            log.exception("outbox", subscription=number)
        finally:
            self._busy.discard(number)

    async def _beside(self, work: Callable[[], T]) -> T:
        def done() -> T:
            close_old_connections()
            try:
                return work()
            finally:
                close_old_connections()

        return await asyncio.get_running_loop().run_in_executor(self._records, done)
