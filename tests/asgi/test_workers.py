"""The threads behind the machines' door: each call gets its own answer or fault, and the loop is never held up."""

from __future__ import annotations

import asyncio
import contextvars
import gc
import threading

import pytest

from zinneke.asgi.workers import Workers

ASKED = contextvars.ContextVar("asked", default=0)


def test_each_call_gets_its_own_answer_in_the_context_of_whoever_asks() -> None:
    workers = Workers(2, "test")

    async def ask(number: int) -> int:
        ASKED.set(number)
        return await workers.run(ASKED.get)

    async def all_of_them() -> list[int]:
        return await asyncio.gather(*(ask(number) for number in range(50)))

    assert asyncio.run(all_of_them()) == list(range(50))


@pytest.mark.parametrize("fault", [ValueError("no"), KeyError("no"), SystemExit(1)])
def test_a_fault_goes_to_whoever_waits_and_the_thread_works_on(fault: BaseException) -> None:
    workers = Workers(1, "test")

    def fail() -> None:
        raise fault

    async def first_then_second() -> str:
        with pytest.raises(type(fault)):
            await workers.run(fail)
        return await workers.run(lambda: "well")

    assert asyncio.run(first_then_second()) == "well"


def test_the_end_of_an_iterator_does_not_leave_anybody_waiting() -> None:
    async def ask() -> None:
        await Workers(1, "test").run(lambda: next(iter(())))

    with pytest.raises(RuntimeError, match="StopIteration"):
        asyncio.run(asyncio.wait_for(ask(), 5))


def test_no_more_work_at_once_than_was_said_and_one_who_leaves_disturbs_nobody() -> None:
    workers, busy, most, free = Workers(2, "test"), set[str](), 0, threading.Event()

    def work() -> None:
        nonlocal most
        busy.add(threading.current_thread().name)
        most = max(most, len(busy))
        free.wait(5)

    async def many() -> None:
        waiting = [asyncio.ensure_future(workers.run(work)) for _ in range(6)]
        await asyncio.sleep(0)
        waiting[0].cancel()
        free.set()
        done = await asyncio.gather(*waiting, return_exceptions=True)
        assert isinstance(done[0], asyncio.CancelledError)
        assert done[1:] == [None] * 5

    asyncio.run(many())
    assert 1 <= most <= 2


def test_the_threads_end_when_nobody_holds_them_any_more() -> None:
    async def ask() -> list[threading.Thread]:
        workers = Workers(3, "ending")
        return list(await asyncio.gather(*(workers.run(_here) for _ in range(3))))

    def _here() -> threading.Thread:
        together.wait(30)
        return threading.current_thread()

    together = threading.Barrier(3)
    threads = asyncio.run(ask())
    assert len(set(threads)) == 3
    gc.collect()
    for thread in threads:
        thread.join(30)
        assert not thread.is_alive()
