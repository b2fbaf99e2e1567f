"""The bus on NATS: words by its plain publishing, work by a durable queue of JetStream, from which nothing leaves before it is done."""

from __future__ import annotations

import asyncio
import json
import logging
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit
from uuid import uuid4

from zinneke.kernel.problem import Problem

if TYPE_CHECKING:
    from nats.aio.client import Client
    from nats.aio.msg import Msg

log = logging.getLogger(__name__)
AWAY = 5.0
"""Seconds for which whoever hands work over waits for a server that is away, before the sender is asked to come back."""
PATIENCE = 25.0
"""Seconds for which whoever handed work over waits for what became of it."""
AGAIN = 8.0
"""Seconds after which work of which nothing was heard is given to a worker again."""
MOST_BYTES = 256_000_000
"""Bytes that a queue holds; beyond them nothing is taken."""
TWICE = 600.0
"""Seconds within which the same work, handed over twice since an answer was lost, is in the queue once."""
TOGETHER = 64
"""Works that are done together at the most."""
REMEMBERED = 10_000
"""Works of which a worker remembers what became of them, for those that come again since the word that they are done was lost."""
NAME = "Zinneke-Node"


class JetStream:
    """A bus at `nats://user:password@host:port/city` (`tls://` for TLS); the city's name keeps several apart on one server.

    One thread speaks with the server; what is heard, asked and worked is done in threads of their own, each in order.
    """

    def __init__(self, url: str, most_bytes: int = MOST_BYTES) -> None:
        try:
            import nats  # noqa: F401  is it there
        except ImportError:
            raise Problem(500, "The client of NATS is not installed", "Install the extra `bus` of this package.") from None
        parts = urlsplit(url)
        if parts.scheme not in ("nats", "tls") or not parts.hostname:
            raise Problem(500, "Not the address of a bus", "ZINNEKE_BUS_URL is nats://user:password@host:port/city, or tls:// for TLS.")
        self._server = f"{parts.scheme}://{parts.hostname}:{parts.port or 4222}"
        self._user, self._password = unquote(parts.username or "") or None, unquote(parts.password or "") or None
        self._root = f"zinneke.{parts.path.strip('/') or 'city'}"
        self.node, self._most_bytes = uuid4().hex, most_bytes
        self._heard: dict[str, Callable[[bytes], None]] = {}
        self._answers: dict[str, Callable[[bytes], bytes]] = {}
        self._workers: dict[str, Callable[[Sequence[bytes]], Sequence[bytes | None]]] = {}
        self._returns: list[Callable[[], None]] = []
        self._receipts: dict[str, asyncio.Future[bytes]] = {}
        self._queues: set[str] = set()
        self._done: dict[str, bytes] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._working: set[asyncio.Task[None]] = set()
        self._client: Client | None = None
        self._loop = asyncio.new_event_loop()
        self._up, self._stopping = asyncio.Event(), asyncio.Event()
        self._known = threading.Event()
        self._beside = {name: ThreadPoolExecutor(1, f"bus-{name}") for name in ("hear", "answer", "work")}
        self._thread = threading.Thread(target=self._run, name="bus", daemon=True)

    @property
    def connected(self) -> bool:
        """Say whether the server answers."""
        return self._up.is_set()

    @property
    def largest(self) -> int:
        """Return how many bytes a payload may have, what stands before it left out."""
        return (self._client.max_payload if self._client else 1_048_576) - 4_096

    def start(self) -> None:
        """Begin, and wait a moment for the server."""
        self._thread.start()
        if not self._known.wait(AWAY):
            log.warning("the bus at %s is away", self._server)

    def stop(self) -> None:
        """Finish the work at hand, send what is to be sent, and leave."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stopping.set)
            self._thread.join(20)
        for each in self._beside.values():
            each.shutdown(wait=False)

    def tell(self, word: str, payload: bytes = b"") -> None:
        """Publish to every other node."""
        if self.connected:
            self._soon(self._publish(f"{self._root}.told.{word}", payload))

    def hear(self, word: str, call: Callable[[bytes], None]) -> None:
        """Call with what other nodes tell."""
        if word not in self._heard and self._thread.is_alive():
            self._soon(self._later(lambda: self._subscribe(f"{self._root}.told.{word}", self._on_told)))
        self._heard[word] = call

    def answer(self, word: str, call: Callable[[bytes], bytes]) -> None:
        """Answer those who ask, from now on."""
        self._answers[word] = call
        self._soon(self._later(lambda: self._subscribe(f"{self._root}.asked.{word}", self._on_asked)))

    def on_return(self, call: Callable[[], None]) -> None:
        """Call whenever the server answers again."""
        self._returns.append(call)

    def work(self, queue: str, call: Callable[[Sequence[bytes]], Sequence[bytes | None]]) -> None:
        """Do what is handed over on a queue, from now on."""
        self._workers[queue] = call
        self._soon(self._keep_working(queue), self._working)

    def ask(self, word: str, payload: bytes, wait: float) -> bytes | None:
        """Return the first answer, None when there is none in time."""
        from nats.errors import Error

        async def asked() -> bytes | None:
            if self._client is None or not self.connected:
                return None
            try:
                return (await self._client.request(f"{self._root}.asked.{word}", payload, timeout=wait)).data
            except (Error, TimeoutError):
                return None

        return asyncio.run_coroutine_threadsafe(asked(), self._loop).result()

    def hand(self, queue: str, payload: bytes) -> bytes:
        """Put work on a queue under a number of its own, and return what its worker says."""
        if not self._thread.is_alive() or self._stopping.is_set():
            raise Problem(503, "The platform is stopping", "Send this again in a minute.", {"Retry-After": "30"})
        return asyncio.run_coroutine_threadsafe(self._hand(queue, payload), self._loop).result()

    def _soon(self, what: Any, among: set[asyncio.Task[None]] | None = None) -> None:
        kept = self._tasks if among is None else among

        def begin() -> None:
            task = self._loop.create_task(what)
            kept.add(task)
            task.add_done_callback(kept.discard)
            task.add_done_callback(self._ended)

        self._loop.call_soon_threadsafe(begin)

    @staticmethod
    def _ended(task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (fault := task.exception()):
            log.error("the bus: %s %s", type(fault).__name__, fault)

    async def _later(self, what: Callable[[], Any]) -> None:
        await self._up.wait()
        await what()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._live())
        finally:
            self._loop.close()

    async def _live(self) -> None:
        connecting = asyncio.create_task(self._connect())
        await self._stopping.wait()
        connecting.cancel()
        if self._working and self.connected:
            await asyncio.wait(self._working, timeout=10)  # work at hand is done and answered
        self._up.clear()
        for task in (*self._tasks, *self._working):
            task.cancel()
        if self._client is not None and not self._client.is_closed:
            try:
                await asyncio.wait_for(self._client.flush(), 2)
            except Exception as fault:  # it is away: nothing can be sent any more
                log.info("the bus was left without its server: %s", fault)
            await self._client.close()

    async def _connect(self) -> None:
        import nats

        async def lost() -> None:
            self._up.clear()
            if not self._stopping.is_set():
                log.warning("the bus at %s is away", self._server)

        async def back() -> None:
            self._up.set()
            self._known.set()
            log.info("the bus at %s is back", self._server)
            self._loop.run_in_executor(self._beside["hear"], self._after, *self._returns)

        async def fault(what: Exception) -> None:
            log.info("the bus: %s %s", type(what).__name__, what)

        while not self._stopping.is_set():
            try:
                self._client = await nats.connect(
                    self._server, user=self._user, password=self._password, name=f"zinneke {self.node[:8]}", no_echo=True,
                    max_reconnect_attempts=-1, reconnect_time_wait=0.2, connect_timeout=2, ping_interval=5, max_outstanding_pings=2,
                    disconnected_cb=lost, reconnected_cb=back, error_cb=fault,
                )  # fmt: skip
                break
            except Exception as why:
                log.warning("the bus at %s is away: %s %s", self._server, type(why).__name__, why)
                await asyncio.sleep(1)
        await self._subscribe(f"{self._root}.receipt.{self.node}", self._on_receipt)
        for word in tuple(self._heard):
            await self._subscribe(f"{self._root}.told.{word}", self._on_told)
        assert self._client is not None
        try:
            await self._client.flush()  # from here on nothing that is told passes us by
        except Exception as why:
            log.warning("the bus at %s went away: %s", self._server, why)  # when it is back, `back` is called
            return
        self._up.set()
        self._known.set()
        self._loop.run_in_executor(self._beside["hear"], self._after, *self._returns)

    @staticmethod
    def _after(*calls: Callable[[], None]) -> None:
        for call in calls:
            try:
                call()
            except Exception:
                log.exception("the bus came back")

    async def _subscribe(self, subject: str, call: Callable[[Msg], Any]) -> None:
        assert self._client is not None
        await self._client.subscribe(subject, cb=call)

    async def _publish(self, subject: str, payload: bytes, headers: dict[str, str] | None = None) -> None:
        assert self._client is not None
        await self._client.publish(subject, payload, headers=headers)

    async def _on_told(self, message: Msg) -> None:
        call = self._heard[message.subject.rpartition(".told.")[2]]
        self._loop.run_in_executor(self._beside["hear"], self._after, lambda: call(message.data))

    async def _on_asked(self, message: Msg) -> None:
        call = self._answers[message.subject.rpartition(".asked.")[2]]

        async def answer() -> None:
            await message.respond(await self._loop.run_in_executor(self._beside["answer"], call, message.data))

        self._soon(answer())

    async def _on_receipt(self, message: Msg) -> None:
        waiting = self._receipts.get((message.headers or {}).get("Nats-Msg-Id", ""))
        if waiting is not None and not waiting.done():
            waiting.set_result(message.data)

    async def _hand(self, queue: str, payload: bytes) -> bytes:
        number = uuid4().hex
        receipt: asyncio.Future[bytes] = self._loop.create_future()
        self._receipts[number] = receipt
        try:
            await self._put(queue, payload, number)
            return await asyncio.wait_for(receipt, PATIENCE)
        except TimeoutError:
            told = "Whether this is stored is not known yet. Send the same again: what is stored already is not stored twice."
            raise Problem(503, "No answer in time", told, {"Retry-After": "10"}) from None
        finally:
            del self._receipts[number]

    async def _put(self, queue: str, payload: bytes, number: str) -> None:
        """Have work in the queue: tried again under its number, of which the server takes one only, until it says that it has it."""
        from nats.errors import Error
        from nats.js.errors import APIError

        ends = self._loop.time() + AWAY
        why: Exception | None = None
        while (left := ends - self._loop.time()) > 0:
            try:
                await asyncio.wait_for(self._up.wait(), left)
                assert self._client is not None
                stream = self._client.jetstream()
                if queue not in self._queues:
                    await self._make(queue)
                headers = {"Nats-Msg-Id": number, NAME: self.node}
                await stream.publish(f"{self._root}.{queue}", payload, timeout=max(0.1, min(2.0, left)), headers=headers)
                return
            except APIError as fault:
                if fault.err_code in FULL:
                    told = "Too much waits for the node that stores. Send this again in a few seconds."
                    raise Problem(503, "Too much at once", told, {"Retry-After": "5"}) from None
                why = fault
            except (Error, TimeoutError, ConnectionError, OSError) as fault:
                why = fault
            self._queues.discard(queue)
            await asyncio.sleep(0.05)
        log.warning("nothing can be handed over: %s %s", type(why).__name__, why)
        told = "The nodes of this platform cannot reach one another. It is not certain that this is stored: send it again."
        raise Problem(503, "The bus is away", told, {"Retry-After": "5"})

    def _stream(self, queue: str) -> str:
        return f"{self._root}.{queue}".replace(".", "-")

    async def _make(self, queue: str) -> None:
        """Make the queue where it is not yet: kept on disk, bounded, each work in it once, and gone from it when it is done."""
        from nats.js.api import DiscardPolicy, RetentionPolicy, StreamConfig
        from nats.js.errors import BadRequestError

        assert self._client is not None
        wanted = StreamConfig(
            name=self._stream(queue), subjects=[f"{self._root}.{queue}"], retention=RetentionPolicy.WORK_QUEUE, discard=DiscardPolicy.NEW,
            max_bytes=self._most_bytes, duplicate_window=TWICE,
        )  # fmt: skip
        try:
            await self._client.jetstream().add_stream(wanted)
        except BadRequestError as fault:
            if fault.err_code != 10058:  # it is there, as whoever runs it has set it
                raise
        self._queues.add(queue)

    async def _keep_working(self, queue: str) -> None:
        while not self._stopping.is_set():
            try:
                await self._work(queue)
            except Exception as fault:
                log.warning("the queue %s: %s %s", queue, type(fault).__name__, fault)
                await asyncio.sleep(0.5)

    async def _work(self, queue: str) -> None:
        """Ask for work and do it, until the queue is gone or we stop."""
        from nats.errors import TimeoutError as NothingCame
        from nats.js.api import AckPolicy, ConsumerConfig

        assert self._client is not None
        await self._up.wait()
        await self._make(queue)
        wanted = ConsumerConfig(durable_name="store", ack_policy=AckPolicy.EXPLICIT, ack_wait=AGAIN, max_ack_pending=1_000)
        await self._client.jetstream().add_consumer(self._stream(queue), wanted)
        inbox = self._client.new_inbox()
        given = await self._client.subscribe(inbox)
        asked = json.dumps({"batch": TOGETHER, "expires": 1_000_000_000}).encode()
        try:
            while not self._stopping.is_set():
                await self._client.publish(f"$JS.API.CONSUMER.MSG.NEXT.{self._stream(queue)}.store", asked, reply=inbox)
                left = TOGETHER
                while left > 0 and not self._stopping.is_set():
                    try:
                        came = [await given.next_msg(timeout=1.3)]
                    except NothingCame:
                        break
                    while given.pending_msgs and len(came) < TOGETHER:
                        came.append(await given.next_msg(timeout=1))
                    works = [message for message in came if not _status(message)]
                    left -= len(works)
                    await self._do(queue, works)
                    if len(works) < len(came):
                        if any(_status(message) in ("409", "503") for message in came):
                            return  # the queue, or our place at it, is gone
                        break
        finally:
            await given.unsubscribe()

    async def _do(self, queue: str, works: list[Msg]) -> None:
        """Do works, tell those who handed them over, and take them out of the queue."""
        done = self._done
        fresh = [message for message in works if _number(message) not in done]
        if fresh:
            payloads = [message.data for message in fresh]
            try:
                told = await self._loop.run_in_executor(self._beside["work"], self._workers[queue], payloads)
            except Exception:
                log.exception("work of the queue %s could not be done; it comes again", queue)
                told = [None] * len(fresh)
            done.update({_number(message): said for message, said in zip(fresh, told, strict=True) if said is not None})
            while len(done) > REMEMBERED:
                del done[next(iter(done))]
        for message in works:
            number = _number(message)
            if number in done:
                headers = message.headers or {}
                await self._publish(f"{self._root}.receipt.{headers.get(NAME, '')}", done[number], {"Nats-Msg-Id": number})
                await message.ack()
            else:
                await message.nak(delay=1)


FULL = (10077, 10047, 10023, 10122)
"""What JetStream answers when a queue, or what an account may hold, is full."""


def _status(message: Msg) -> str:
    return "" if message.data else (message.headers or {}).get("Status", "")


def _number(message: Msg) -> str:
    return (message.headers or {}).get("Nats-Msg-Id", "")
