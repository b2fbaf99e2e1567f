"""Streams, each pulled in one thread from its first piece to its last; the thread then gives its database connections back.

Pulled in whichever thread is free, as pools do, every one of them would keep a connection of its own for a while.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterable

import anyio
import anyio.to_thread
from django.db import connections

MOST = 40
"""Streams that flow at once; more of them wait."""
_streams = anyio.CapacityLimiter(MOST)


async def iterate_in_threadpool(body: Iterable[bytes]) -> AsyncIterator[bytes]:
    """Yield the pieces of a body as they are pulled, one ahead of whoever sends them; a fault comes after the pieces before it."""
    loop, ready, left = asyncio.get_running_loop(), asyncio.Queue[bytes | None](1), False

    def pull() -> None:
        try:
            for chunk in body:
                if left:
                    break
                asyncio.run_coroutine_threadsafe(ready.put(chunk), loop).result()
        finally:
            with contextlib.suppress(ValueError):
                getattr(body, "close", lambda: None)()
            connections.close_all()
            asyncio.run_coroutine_threadsafe(ready.put(None), loop).result()

    pulling = asyncio.ensure_future(anyio.to_thread.run_sync(pull, limiter=_streams))
    try:
        while (chunk := await ready.get()) is not None:
            yield chunk
        await pulling
    finally:
        left = True
        while not pulling.done():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(ready.get(), 0.05)
