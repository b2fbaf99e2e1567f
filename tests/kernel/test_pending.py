"""A result on its way: it reaches whoever waits, wherever and whenever they began to."""

from __future__ import annotations

import asyncio
import threading

import pytest

from zinneke.kernel.pending import Pending, wake


def test_what_is_there_already_is_returned_at_once_and_a_fault_is_raised() -> None:
    good, bad = Pending[int](), Pending[int]()
    good.settle(5)
    bad.fail(ValueError("no"))
    wake([good, bad])
    assert (good.result(), asyncio.run(good.come())) == (5, 5)
    with pytest.raises(ValueError, match="no"):
        bad.result()
    with pytest.raises(TimeoutError):
        Pending[int]().result(0)


def test_many_that_wait_in_one_loop_are_woken_by_one_call_into_it() -> None:
    async def wait() -> tuple[list[int], int]:
        calls, loop = 0, asyncio.get_running_loop()
        pending = [Pending[int]() for _ in range(50)]
        tasks = [asyncio.create_task(each.come()) for each in pending]
        await asyncio.sleep(0)
        tell = loop.call_soon_threadsafe

        def counted(*args: object) -> object:
            nonlocal calls
            calls += 1
            return tell(*args)  # type: ignore[arg-type]

        loop.call_soon_threadsafe = counted  # type: ignore[method-assign,assignment]
        for at, each in enumerate(pending):
            each.settle(at)
        thread = threading.Thread(target=wake, args=(pending,))
        thread.start()
        found = list(await asyncio.gather(*tasks))
        thread.join()
        return found, calls

    assert asyncio.run(wait()) == (list(range(50)), 1)


def test_whoever_left_is_not_told_and_a_thread_that_waits_is() -> None:
    async def leave(pending: Pending[int]) -> None:
        task = asyncio.create_task(pending.come())
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        pending.settle(1)
        wake([pending])
        await asyncio.sleep(0)

    asyncio.run(leave(Pending()))
    pending, heard = Pending[int](), list[int]()
    thread = threading.Thread(target=lambda: heard.append(pending.result(30)))
    thread.start()
    pending.settle(7)
    wake([pending])
    thread.join(30)
    assert heard == [7]
