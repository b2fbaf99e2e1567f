"""Threads in which the machines' door does what may wait: handing a call over costs a third of what a general pool takes."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import queue
import threading
import weakref
from collections.abc import Callable
from typing import Any, TypeVar, cast

T = TypeVar("T")


class Workers:
    """So many threads at most, begun one by one as calls come while none is idle; they end when nobody holds the workers any more."""

    def __init__(self, most: int, name: str) -> None:
        self.most, self.name = most, name
        self._waiting: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._begun = 0
        self._busy = 0  # only the event loop counts, so that no lock is needed
        weakref.finalize(self, self._waiting.put, None)

    async def run(self, call: Callable[[], T]) -> T:
        """Return what the call returns, or raise what it raises; it sees the context variables of whoever awaits it."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[tuple[T | None, BaseException | None]] = loop.create_future()
        self._busy += 1
        if self._busy > self._begun < self.most:
            self._begun += 1
            threading.Thread(target=_work, args=(self._waiting,), name=f"{self.name}-{self._begun}", daemon=True).start()
        self._waiting.put((loop, answer, contextvars.copy_context().run, call))
        try:
            told, fault = await answer
        finally:
            self._busy -= 1
        if fault is not None:
            raise fault
        return cast(T, told)


def _work(waiting: queue.SimpleQueue[Any]) -> None:
    """Do what waits, until None says that nothing will come any more, which is passed on to the next thread."""
    while (asked := waiting.get()) is not None:
        loop, answer, within, call = asked
        told: tuple[Any, BaseException | None]
        try:
            told = within(call), None
        except BaseException as fault:  # whoever awaits it decides
            told = None, fault
        with contextlib.suppress(RuntimeError):  # the loop has ended, and with it whoever waited
            loop.call_soon_threadsafe(_tell, answer, told)
        del asked, answer, within, call, told  # nothing of this call is kept while waiting for the next
    waiting.put(None)


def _tell(answer: asyncio.Future[Any], told: Any) -> None:
    if not answer.done():
        answer.set_result(told)
