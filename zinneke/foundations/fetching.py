"""Fetch what others offer on the web as if the address meant harm: only public hosts, only so much, only so long, one request at a time.

Every fetch of the house goes through here: an address may have been typed by anybody, and what answers may be anything.
"""

from __future__ import annotations

import asyncio
import ipaddress
import os
import socket
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from zinneke import __version__
from zinneke.kernel.problem import Problem, wrong

if TYPE_CHECKING:
    import ssl

    import httpx  # at the start of the platform nobody fetches, and it would cost a quarter of a second

HOPS = 3
PORTS = (80, 443, 8080, 8443)
AGAIN = (1.0, 5.0, 20.0)
"""Seconds to wait before asking again after 429, 502, 503 or 504, or when nobody answered."""
BUSY = frozenset({429, 502, 503, 504})
CHUNK = 1 << 16
Resolve = Callable[[str, int], list[str]]


def resolve(host: str, port: int) -> list[str]:
    """Return the numeric addresses that a name has now."""
    try:
        return sorted({str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)})
    except (OSError, UnicodeError):
        raise Problem(502, "Not found", f"The host {host} cannot be found.") from None


def allowed_hosts() -> frozenset[str]:
    """Return the hosts inside that a city allows itself to fetch from (`ZINNEKE_FETCH_HOSTS`)."""
    return frozenset(host for host in os.environ.get("ZINNEKE_FETCH_HOSTS", "").lower().replace(" ", "").split(",") if host)


def check_address(address: str, resolve: Resolve = resolve) -> tuple[str, str]:
    """Return the host of an address and the numeric address to connect to. Raises `Problem` 400 for one that is not public.

    Every number that the name has must be public, and it is that number which is connected to, so that a name cannot lead elsewhere later.
    """
    try:
        parts = urlsplit(address)
        host, port = (parts.hostname or "").lower(), parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        raise wrong("This is not a web address.", where="address") from None
    if parts.scheme not in ("http", "https") or not host or parts.username or parts.password:
        raise wrong("Give a web address that begins with https:// or http://, without a password in it.", where="address")
    numbers = resolve(host, port)
    if numbers and host in allowed_hosts():
        return host, numbers[0]
    if port not in PORTS:
        raise wrong(f"Only the usual ports are asked ({', '.join(map(str, PORTS))}).", where="address")
    if not numbers or not all(is_public(number) for number in numbers):
        raise wrong(f"{host} lies inside this network or this machine. Only public addresses are followed.", where="address")
    return host, numbers[0]


def is_public(number: str) -> bool:
    """Say whether a numeric address is public, itself and any older address that it carries inside."""
    try:
        found = ipaddress.ip_address(number.partition("%")[0])
    except ValueError:
        return False
    return all(each.is_global and not each.is_multicast and not getattr(each, "is_site_local", False) for each in (found, *_carried(found)))


_CARRIERS = ("::/96", "::ffff:0:0/96", "::ffff:0:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48")
"""Networks whose last four bytes are an IPv4 address: compatible, mapped, translated, and NAT64's two."""
_NETWORKS = tuple(ipaddress.IPv6Network(each) for each in _CARRIERS)


def _carried(found: ipaddress.IPv4Address | ipaddress.IPv6Address) -> Iterator[ipaddress.IPv4Address]:
    if isinstance(found, ipaddress.IPv6Address):
        if any(found in network for network in _NETWORKS):
            yield ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
        if found.sixtofour:
            yield found.sixtofour
        if found.teredo:
            yield from found.teredo


@dataclass(frozen=True, slots=True)
class Answer:
    """What came: `status` 200 with the body, or 304 when nothing changed.

    `address` is where it was in the end, `etag` and `modified` what to ask with next time.
    """

    status: int
    address: str
    body: bytes = b""
    media_type: str = ""
    etag: str = ""
    modified: str = ""


@dataclass(slots=True)
class Fetcher:
    """Asks one thing after the other over one connection, patiently and within bounds.

    `most` bytes and `seconds` for one answer, `requests` and `patience` (seconds waited) for the whole of it, `pause` seconds between two
    requests. Faults are `Problem`s: 400 for an address that may not be asked, 502 for a remote that fails, 413 for one that gives too much.
    """

    agent: str = "fetches open data"
    most: int = 20_000_000
    seconds: float = 60.0
    requests: int = 1_000
    pause: float = 0.0
    patience: float = 120.0
    again: tuple[float, ...] = AGAIN
    resolve: Resolve = resolve
    wait: Callable[[float], None] = time.sleep
    transport: httpx.BaseTransport | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    asked: int = 0
    _waited: float = 0.0
    _client: httpx.Client | None = None
    _host: str = ""
    _accept: dict[str, str] = field(default_factory=dict)

    def __enter__(self) -> Fetcher:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let the connection go."""
        if self._client is not None:
            self._client.close()
            self._client = None

    def get(self, address: str, *, accept: str = "*/*", etag: str = "", modified: str = "") -> Answer:
        """Return what is at an address, in memory. With what an earlier answer said of itself, an unchanged one is a 304 without a body."""
        body = bytearray()
        answer = self._ask(address, accept, etag, modified, body.extend, body.clear)
        return Answer(answer.status, answer.address, bytes(body), answer.media_type, answer.etag, answer.modified)

    def save(self, address: str, path: Path, *, accept: str = "*/*", etag: str = "", modified: str = "") -> Answer:
        """Write what is at an address to a file, never holding more than a piece of it."""
        with path.open("wb") as file:
            return self._ask(address, accept, etag, modified, file.write, lambda: (file.seek(0), file.truncate()))

    def _ask(self, address: str, accept: str, etag: str, modified: str, write: Callable[[bytes], object], anew: Callable[[], object]) -> Answer:
        """Ask, following redirects, each checked anew, and coming back later where a server is busy."""
        import httpx

        asked = {**self.headers, "User-Agent": f"Zinneke/{__version__} ({self.agent})", "Accept": accept, "Accept-Encoding": "gzip"}
        asked |= {"If-None-Match": etag} if etag else {}
        asked |= {"If-Modified-Since": modified} if modified else {}
        hops, pauses = 0, iter(self.again)
        while True:
            host, number = check_address(address, self.resolve)
            self._count()
            until = time.monotonic() + self.seconds
            pause: float | None = None
            try:
                with self._open(address, host, number, asked) as came:
                    status, headers = came.status_code, came.headers
                    if status in (301, 302, 303, 307, 308) and headers.get("location"):
                        hops, address = hops + 1, urljoin(address, headers["location"])
                        if hops > HOPS:
                            raise Problem(502, "Led around", f"The address leads on more than {HOPS} times.")
                        continue
                    if status == 304:
                        return Answer(304, address, b"", "", etag, modified)
                    if status == 200:
                        anew()
                        self._take(came, host, until, write)
                        kind = headers.get("content-type", "").partition(";")[0].strip().lower()
                        return Answer(200, address, b"", kind, headers.get("etag", "")[:500], headers.get("last-modified", "")[:100])
                    if status in BUSY:
                        pause = _asked_to_wait(headers)
                    fault = Problem(502, "Not given", f"{host} answered {status}.", status_there=status)
            except httpx.HTTPError as raised:
                self.close()
                pause, fault = 0.0, Problem(502, "Not reached", f"{host} could not be reached: {type(raised).__name__}.")
            step = next(pauses, None) if pause is not None else None
            if step is None or pause is None:
                raise fault
            self._rest(max(step, pause), fault)

    def _count(self) -> None:
        if self.asked >= self.requests:
            raise Problem(413, "Too much", f"After {self.requests:,} requests there is still more; that is not taken.")
        if self.asked and self.pause:
            self.wait(self.pause)
        self.asked += 1

    def _rest(self, seconds: float, fault: Problem) -> None:
        """Wait, unless that would be longer than there is patience for."""
        if self._waited + seconds > self.patience:
            raise Problem(502, fault.title, f"{fault.detail} It would take {seconds:.0f} more seconds; that is too long to wait.") from fault
        self._waited += seconds
        self.wait(seconds)

    @contextmanager
    def _open(self, address: str, host: str, number: str, asked: Mapping[str, str]) -> Iterator[httpx.Response]:
        """Open an address by its number, keeping its name for TLS and for the server; one connection at a time, one host a connection."""
        import httpx

        if self._client is None or self._host != host:
            self.close()
            timeout = httpx.Timeout(min(20.0, self.seconds), connect=min(10.0, self.seconds))
            limits = httpx.Limits(max_connections=1)
            self._client = httpx.Client(transport=self.transport, timeout=timeout, limits=limits, follow_redirects=False, trust_env=False)
            self._host = host
        url = httpx.URL(address)
        with self._client.stream(
            "GET", url.copy_with(host=number), headers={**asked, "Host": _named(url, host)}, extensions={"sni_hostname": host}
        ) as answer:  # fmt: skip
            yield answer

    def _take(self, answer: httpx.Response, host: str, until: float, write: Callable[[bytes], object]) -> None:
        size = 0
        for piece in _pieces(answer, host):
            size += len(piece)
            if size > self.most:
                raise Problem(413, "Too large", f"{host} sends more than {self.most:,} bytes; that is not taken.")
            if time.monotonic() > until:
                raise Problem(502, "Too slow", f"{host} sends too slowly; {size:,} bytes had come after {self.seconds:.0f} seconds.")
            write(piece)


def _named(url: httpx.URL, host: str) -> str:
    """Return what the Host header says of an address that is opened by its number."""
    named = f"[{host}]" if ":" in host else host
    return named if url.port is None else f"{named}:{url.port}"


_names = ThreadPoolExecutor(16, "names")
"""Where names are looked up for those who cannot wait for them."""


@cache
def _trusted() -> ssl.SSLContext:
    import httpx

    return httpx.create_ssl_context(trust_env=False)


async def post(address: str, body: bytes, headers: Mapping[str, str], seconds: float = 10.0) -> tuple[int, float]:
    """Send something to an address under the same rules, and return the status of the answer and the seconds that it asks to wait.

    Nothing is followed, and of the answer only the head is read. `seconds` is for all of it, however slowly the other side gives it.
    Raises `Problem` 400 for an address that may not be asked, 502 for one that cannot be reached or takes too long.
    """
    import httpx

    try:
        async with asyncio.timeout(seconds):
            host, number = await asyncio.get_running_loop().run_in_executor(_names, check_address, address)
            url = httpx.URL(address)
            sent = {"User-Agent": f"Zinneke/{__version__} (tells what was asked for)", **headers, "Host": _named(url, host)}
            async with (
                httpx.AsyncClient(verify=_trusted(), timeout=seconds, follow_redirects=False, trust_env=False) as client,
                client.stream("POST", url.copy_with(host=number), content=body, headers=sent, extensions={"sni_hostname": host}) as answer,
            ):
                return answer.status_code, _asked_to_wait(answer.headers)
    except TimeoutError:
        raise Problem(502, "Too slow", f"{urlsplit(address).hostname} did not answer within {seconds:g} seconds.") from None
    except httpx.HTTPError as fault:
        raise Problem(502, "Not reached", f"{urlsplit(address).hostname} could not be reached: {type(fault).__name__}.") from None


def send(method: str, address: str, body: bytes, headers: Mapping[str, str], seconds: float, most: int) -> tuple[int, bytes]:
    """Send something to an address under the same rules, in this thread, and return the status and at most so many bytes of the answer.

    Nothing is followed. Raises `Problem` 400 for an address that may not be asked, 502 for one that cannot be reached or takes too long.
    """
    import httpx

    host, number = check_address(address)
    url, until = httpx.URL(address), time.monotonic() + seconds
    sent = {"User-Agent": f"Zinneke/{__version__} (hands on what is written)", **headers, "Host": _named(url, host), "Accept-Encoding": "gzip"}
    try:
        with (
            httpx.Client(verify=_trusted(), timeout=seconds, follow_redirects=False, trust_env=False) as client,
            client.stream(method, url.copy_with(host=number), content=body, headers=sent, extensions={"sni_hostname": host}) as answer,
        ):
            came = bytearray()
            for piece in _pieces(answer, host):
                if time.monotonic() > until:
                    raise Problem(502, "Too slow", f"{host} answers too slowly.")
                came += piece
                if len(came) > most:
                    break
            return answer.status_code, bytes(came[:most])
    except httpx.HTTPError as fault:
        raise Problem(502, "Not reached", f"{host} could not be reached: {type(fault).__name__}.") from None


def _pieces(answer: httpx.Response, host: str) -> Iterator[bytes]:
    """Yield the body in small pieces, unpacked by ourselves, so that a little gzip cannot become much memory."""
    coding = answer.headers.get("content-encoding", "identity").lower()
    if coding == "identity":
        yield from answer.iter_raw(CHUNK)
        return
    if coding not in ("gzip", "x-gzip"):
        raise Problem(502, "Not readable", f"{host} packs its answer as {coding[:20]!r}, which was not asked for.")
    unpack = zlib.decompressobj(31)
    try:
        for packed in answer.iter_raw(CHUNK):
            rest = packed
            while rest:
                yield unpack.decompress(rest, CHUNK)
                rest = unpack.unconsumed_tail
    except zlib.error as fault:
        raise Problem(502, "Not readable", f"{host} sends a broken gzip: {fault}.") from None
    if not unpack.eof:
        raise Problem(502, "Broken off", f"The answer of {host} breaks off before its end.")


def _asked_to_wait(headers: Mapping[str, str]) -> float:
    """Return the seconds that a server asks to wait, as a number or as a date."""
    asked = headers.get("retry-after", "").strip()
    if asked.isdigit():
        return float(asked[:6])
    try:
        return max(0.0, (parsedate_to_datetime(asked) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return 0.0
