"""A result that is on its way from a thread to whoever waits for it; those that come together wake each event loop once."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Iterable
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Pending(Generic[T]):
    """One result, or one fault, for one who waits: in an event loop with `come`, in a thread with `result`.

    Whoever settles it sets the outcome and then looks who waits; whoever waits says so and then looks at the outcome: one of them sees the other.
    """

    __slots__ = ("_fault", "_settled", "_value", "_waiter")

    def __init__(self) -> None:
        self._settled = False
        self._value: Any = None
        self._fault: BaseException | None = None
        self._waiter: tuple[asyncio.AbstractEventLoop, asyncio.Future[None]] | threading.Event | None = None

    def settle(self, value: T) -> None:
        """Set the result; `wake` tells those who wait."""
        self._value, self._settled = value, True

    def fail(self, fault: BaseException) -> None:
        """Set the fault; `wake` tells those who wait."""
        self._fault, self._settled = fault, True

    async def come(self) -> T:
        """Return the result when it is there, or raise the fault."""
        if not self._settled:
            loop = asyncio.get_running_loop()
            future = loop.create_future()
            self._waiter = loop, future
            if not self._settled:
                await future
        return self._outcome()

    def result(self, timeout: float | None = None) -> T:
        """Return the result when it is there, or raise the fault; `TimeoutError` after so many seconds."""
        if not self._settled:
            self._waiter = event = threading.Event()
            if not self._settled and not event.wait(timeout):
                raise TimeoutError
        return self._outcome()

    def _outcome(self) -> T:
        if self._fault is not None:
            raise self._fault
        value: T = self._value
        return value


def wake(settled: Iterable[Pending[Any]]) -> None:
    """Tell those who wait for these results that they are there: one call into each event loop, however many wait in it."""
    loops: dict[asyncio.AbstractEventLoop, list[asyncio.Future[None]]] = {}
    for each in settled:
        waiter = each._waiter
        if isinstance(waiter, threading.Event):
            waiter.set()
        elif waiter is not None:
            loops.setdefault(waiter[0], []).append(waiter[1])
    for loop, futures in loops.items():
        with contextlib.suppress(RuntimeError):  # the loop has ended, and with it whoever waited
            loop.call_soon_threadsafe(_tell, futures)


def _tell(futures: list[asyncio.Future[None]]) -> None:
    for future in futures:
        if not future.done():
            future.set_result(None)
