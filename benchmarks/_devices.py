"""Many devices, each with a connection of its own and one request under way: a client that costs a tenth of the server."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Sequence
from typing import Any

import uvloop

from benchmarks.serving import Server


class Device(asyncio.Protocol):
    """One connection: sends the next request when the answer to the one before is whole."""

    def __init__(self, requests: Iterator[bytes], delays: list[float], ends: float, gone: asyncio.Future[None]) -> None:
        self.requests, self.delays, self.ends, self.gone = requests, delays, ends, gone
        self.heard, self.asked = b"", 0.0

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        self._next()

    def _next(self) -> None:
        request = next(self.requests, None) if time.perf_counter() < self.ends else None
        if request is None:
            self.transport.close()
            return
        self.asked = time.perf_counter()
        self.transport.write(request)

    def data_received(self, data: bytes) -> None:
        self.heard += data
        head, found, body = self.heard.partition(b"\r\n\r\n")
        if not found:
            return
        length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0] or 0)
        if len(body) < length:
            return
        if not head.startswith((b"HTTP/1.1 200", b"HTTP/1.1 201", b"HTTP/1.1 204")):
            self.gone.set_exception(RuntimeError(self.heard.decode()[:500]))
            self.transport.close()
            return
        self.delays.append(time.perf_counter() - self.asked)
        self.heard = b""
        self._next()

    def connection_lost(self, fault: Exception | None) -> None:
        if not self.gone.done():
            self.gone.set_result(None)


def drive(server: Server, method: str, addresses: str | Sequence[str], bodies: Sequence[bytes], token: str, devices: int, seconds: float) -> Driven:
    """Let so many devices send the bodies in turn for some seconds."""
    asked = [addresses] * len(bodies) if isinstance(addresses, str) else addresses
    header = f" HTTP/1.1\r\nHost: {server.url.removeprefix('http://')}\r\n" + (f"Authorization: Bearer {token}\r\n" if token else "")
    requests = (f"{method} {address}{header}Content-Length: {len(body)}\r\n\r\n".encode() + body for address, body in zip(asked, bodies, strict=True))
    return uvloop.run(_drive(server, iter(requests), devices, seconds))


class Driven(tuple[float, float, float]):
    """Requests per second, the server's CPU milliseconds a request, and the 99th percentile in milliseconds."""


async def _drive(server: Server, requests: Iterator[bytes], devices: int, seconds: float) -> Driven:
    loop, delays = asyncio.get_running_loop(), list[float]()
    host, _, port = server.url.removeprefix("http://").partition(":")
    before, started = server.cpu_seconds(), time.perf_counter()
    ends, gone = started + seconds, [loop.create_future() for _ in range(devices)]
    for each in gone:
        await loop.create_connection(lambda each=each: Device(requests, delays, ends, each), host, int(port))  # type: ignore[misc]
    await asyncio.gather(*gone)
    took, cpu = time.perf_counter() - started, server.cpu_seconds() - before
    return Driven((len(delays) / took, cpu / len(delays) * 1000, sorted(delays)[int(len(delays) * 0.99)] * 1000))
