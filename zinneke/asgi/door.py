"""The machines' door: the adapter between ASGI and the table of routes. It validates, checks the audience, calls, encodes."""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from collections.abc import AsyncIterable, Awaitable, Callable, Iterable, Iterator, Mapping, MutableMapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from urllib.parse import quote

import anyio.to_thread
import msgspec
import structlog
from django.core.exceptions import SynchronousOnlyOperation
from django.db import close_old_connections
from starlette.routing import compile_path

from zinneke.asgi import ask as asking
from zinneke.asgi import logs
from zinneke.asgi.streaming import iterate_in_threadpool
from zinneke.asgi.workers import Workers
from zinneke.kernel.confidentiality import ANONYMOUS, Actor
from zinneke.kernel.problem import Problem
from zinneke.kernel.route import READERS, Call, Later, Reply, Route
from zinneke.kernel.text import LANGUAGES, Text

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Signer = Callable[[Scope, Mapping[str, str], bytes], Actor]
"""Finds whoever signed a request, from its scope, its headers and its body; it may read and write a database. Raises `Problem` 401."""
SAFE = frozenset({"GET", "HEAD"})
TOKENS = ("authorization", "x-ckan-api-key")
"""Headers in which clients send a token: `Authorization` with or without `Bearer` or `Apikey`, and the older one of CKAN's."""
CERTIFICATE = "client-cert"
"""The header in which a proxy hands on a client's certificate (RFC 9440)."""
NONE_SHOWN = ("", "{")
"""How it begins, without colons, when a client shows none: with nothing, or with the name of what a proxy would have put there."""
CREDENTIALS = frozenset({*TOKENS, "cookie", "signature-input", CERTIFICATE})
COURTESIES = [
    (b"x-content-type-options", b"nosniff"),
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", b"Content-Crs, Content-Range, ETag, Link, Location, Retry-After, X-Request-Id"),
]
UNREAD = 30.0
"""Seconds after which whoever does not read what a stream sends is let go."""
WRITERS = 8
"""Threads that may write at once: more of them only wait for one another and keep a database connection each."""
QUICK = 4_096
"""Bytes of the largest body that is read in the event loop itself."""
_numbers = random.Random()  # noqa: S311  names of requests are no secret, and the system's own numbers cost a change of thread
log = structlog.get_logger("door")


def _plain(value: Any) -> Any:
    """Turn the few kernel values that JSON does not know into what it does."""
    if isinstance(value, Text):
        return value.as_dict()
    if hasattr(value, "tolist"):
        return value.tolist()
    raise NotImplementedError(f"{type(value).__name__} has no JSON form")


encoder = msgspec.json.Encoder(enc_hook=_plain)


@dataclass(slots=True)
class Doorway:
    """One path with a route for each of its methods."""

    regex: Any
    methods: dict[str, Route] = field(default_factory=dict)


class Door:
    """The routes as an ASGI application. `find_actor` turns request headers into whoever asks; it may read a database.

    `vouches` says whether whoever connected is a proxy whose word on a client's certificate is believed.
    """

    def __init__(
        self,
        routes: Iterable[Route],
        find_actor: Callable[[Mapping[str, str], bool], Actor],
        public_url: str = "",
        find_signer: Signer | None = None,
        vouches: Callable[[Scope], bool] = lambda scope: False,
    ) -> None:
        self.find_actor, self.find_signer, self.vouches = find_actor, find_signer, vouches
        self.public_url = public_url
        self.readers = Workers(READERS, "reading")
        self.writers = Workers(WRITERS, "writing")
        self.plain: dict[str, Doorway] = {}
        self.patterns: dict[str, list[Doorway]] = {}
        known: dict[str, Doorway] = {}
        for route in routes:
            regex, form, _ = compile_path(route.path)
            if form not in known:
                known[form] = Doorway(regex)
                if "{" in route.path:
                    self.patterns.setdefault(_first(route.path), []).append(known[form])
                else:
                    self.plain[route.path] = known[form]
            known[form].methods[route.method] = route

    def find(self, path: str) -> tuple[Doorway, dict[str, str]] | None:
        """Return the doorway of a path and the values in the path; None when no route has it."""
        if doorway := self.plain.get(path):
            return doorway, {}
        for doorway in self.patterns.get(_first(path), ()):
            if match := doorway.regex.match(path):
                return doorway, match.groupdict()
        return None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request; every fault becomes a problem document, an unforeseen one with the request's id only."""
        started = time.perf_counter()
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        if CERTIFICATE in headers and (headers[CERTIFICATE].strip(": ")[:1] in NONE_SHOWN or not self.vouches(scope)):
            del headers[CERTIFICATE]  # no certificate was shown; or anybody can write it who reaches us past the proxy
        request_id = logs.request_id(headers.get("x-request-id")) or f"{_numbers.getrandbits(128):032x}"
        route: Route | None = None
        doorway: Doorway | None = None
        method, path = scope["method"], scope["path"]
        bound = logs.REQUEST.set(request_id)
        try:
            try:
                doorway, values = self.find(path) or (None, {})
                if doorway is None:
                    raise Problem(404, "Not found", f"There is no address {path}. The index is at /api.")
                route = _choose(doorway, method)
                if route is None:
                    if method != "OPTIONS":
                        raise _not_allowed(doorway, method)
                    reply = _options(doorway)
                else:
                    body = await _read(route, headers, receive) if route.takes is not None else b""
                    reply = await self._answer(route, scope, headers, values, body)
            except Problem as problem:
                reply = _told(problem, doorway, path, self._base(scope, headers))
            except Exception:
                log.exception("fault", method=method, path=path)
                broken = Problem(500, "Something broke on our side", f"It is noted as {request_id}.")
                reply = _told(broken, doorway, path, self._base(scope, headers))
            await _send(reply, method, request_id, receive, send)
            logs.served(method, route.path if route else "unknown", reply.status, time.perf_counter() - started, request_id)
        finally:
            logs.REQUEST.reset(bound)

    def _base(self, scope: Scope, headers: Mapping[str, str]) -> str:
        return self.public_url or f"{scope['scheme']}://{headers.get('host', 'localhost')}"

    def _asker(self, scope: Scope, headers: Mapping[str, str], body: bytes) -> Actor:
        """Return who asks: whoever signed the request, else whoever its headers name."""
        if self.find_signer is not None and "signature-input" in headers:
            return self.find_signer(scope, headers, body)
        return self.find_actor(headers, scope["method"] in SAFE)

    async def _answer(self, route: Route, scope: Scope, headers: Mapping[str, str], values: dict[str, str], body: bytes) -> Reply:
        """Find the actor, check the audience, decode, call and encode: in a worker thread when anything of it may wait.

        What is not slow, or quick, is tried where we are, which spares two changes of thread; Django itself refuses it the database there.
        """

        def work() -> Reply:
            try:
                call = self._asked(route, scope, headers, values, body, came)
                found = quick(call) if quick is not None else None
                if isinstance(found, Later):
                    found = found.told(found.done.result())
                return _encode(route, route.call(call) if found is None else found, call.actor)
            finally:
                close_old_connections()

        came = time.time_ns() // 1000
        fits = len(body) <= QUICK and "signature-input" not in headers  # a signature is looked at once only
        quick = route.quick if fits else None
        try:
            if not route.slow:
                return work()
            if quick is not None:
                call = self._asked(route, scope, headers, values, body, came)
                found = quick(call)
                if isinstance(found, Later):
                    found = found.told(await found.done.come())
                if found is not None:
                    return _encode(route, found, call.actor)
                quick = None
        except SynchronousOnlyOperation:  # it wants the database after all
            pass
        return await (self.readers if scope["method"] in SAFE else self.writers).run(work)

    def _asked(self, route: Route, scope: Scope, headers: Mapping[str, str], values: dict[str, str], body: bytes, came: int) -> Call[Any]:
        """Return the request as the route's function sees it. Raises `Problem` when it is not understood, or not for whoever asks."""
        actor = ANONYMOUS if CREDENTIALS.isdisjoint(headers) else self._asker(scope, headers, body)
        route.audience.check(actor)
        return Call(
            actor=actor,
            ask=asking.read_ask(route.ask, values, scope["query_string"]) if route.ask else None,
            body=asking.read_body(route.takes, body) if route.takes is not None else None,
            base=self._base(scope, headers),
            language=_language(headers.get("accept-language", "")),
            headers=headers,
            query=scope["query_string"].decode("latin-1"),
            client=(scope.get("client") or ("",))[0],
            came=came,
        )


@lru_cache(500)
def _header(name: str) -> bytes:
    return name.lower().encode()


def _first(path: str) -> str:
    return path.split("/", 2)[1]


def _choose(doorway: Doorway, method: str) -> Route | None:
    return doorway.methods.get("GET" if method == "HEAD" and "HEAD" not in doorway.methods else method)


def _allowed(doorway: Doorway) -> str:
    return ", ".join(sorted({*doorway.methods, "OPTIONS", *(["HEAD"] if "GET" in doorway.methods else [])}))


def _options(doorway: Doorway) -> Reply:
    headers = {
        "Allow": _allowed(doorway),
        "Access-Control-Allow-Methods": _allowed(doorway),
        "Access-Control-Allow-Headers": "Authorization, X-CKAN-API-Key, Content-Type, Content-Encoding, Content-Digest, Signature, Signature-Input",
        "Access-Control-Max-Age": "86400",
    }
    return Reply(status=204, headers=headers)


def _not_allowed(doorway: Doorway, method: str) -> Problem:
    allowed = _allowed(doorway)
    return Problem(405, "Method not allowed", f"{method} is not for this address; {allowed} are.", headers={"Allow": allowed})


def _told(problem: Problem, doorway: Doorway | None, path: str, base: str) -> Reply:
    """Tell a problem as the doorway's standard does; one address belongs to one standard, so any of its routes knows how."""
    fault = next(iter(doorway.methods.values())).fault if doorway else None
    if fault is None:
        return problem_reply(problem, path)
    reply = fault(problem, base + quote(path))
    reply.headers = {**_courtesies(problem), **reply.headers}
    return reply


async def _read(route: Route, headers: Mapping[str, str], receive: Receive) -> bytes:
    """Read the body, bounded; a gzip one is decompressed, bounded too. Raises `Problem` 400, 413 or 415."""
    length = headers.get("content-length", "0")
    if length.isdigit() and int(length) > route.limit:
        raise asking.too_large(route.limit)
    chunks: list[bytes] = []
    size = 0
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Problem(400, "The request ended too early", "The connection closed before the whole body was sent. Nothing was stored.")
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > route.limit:
            raise asking.too_large(route.limit)
        chunks.append(chunk)
        more = message.get("more_body", False)
    coding = headers.get("content-encoding", "identity").lower()
    if coding == "gzip":
        return await anyio.to_thread.run_sync(asking.inflate, iter(chunks), route.limit)
    if coding != "identity":
        raise Problem(415, "Unknown content encoding", f"{coding!r} is not understood here. Send the body as it is, or as gzip.")
    return b"".join(chunks)


def _language(accept: str) -> str:
    if not accept:
        return "en"
    for part in accept.split(","):
        code = part.strip()[:2].lower()
        if code in LANGUAGES:
            return code
    return "en"


def _encode(route: Route, answer: Any, actor: Actor) -> Reply:
    if not isinstance(answer, Reply):
        answer = Reply(encoder.encode(answer), status=route.status, media_type=route.media_type)
    elif not isinstance(answer.body, bytes | AsyncIterable):
        answer.body = _started(iter(answer.body))
    if actor.known:
        answer.headers = {"Cache-Control": "private", "Vary": "Authorization, X-CKAN-API-Key, Cookie, Accept-Encoding", **answer.headers}
    return answer


def _started(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Pull the first chunk now, so that a fault in a stream's beginning is still answered as a problem."""
    first = next(chunks, b"")

    def rest() -> Iterator[bytes]:
        yield first
        yield from chunks

    return rest()


def problem_reply(problem: Problem, instance: str = "") -> Reply:
    """Return a problem document (RFC 9457) as a reply."""
    return Reply(encoder.encode(problem.document(quote(instance))), problem.status, "application/problem+json", _courtesies(problem))


def _courtesies(problem: Problem) -> dict[str, str]:
    """Return the headers that go with a problem, however it is told."""
    return {**({"WWW-Authenticate": 'Bearer realm="zinneke"'} if problem.status == 401 else {}), **problem.headers}


async def _send(reply: Reply, method: str, request_id: str, receive: Receive, send: Send) -> None:
    headers = [(b"x-request-id", request_id.encode()), *COURTESIES]
    if reply.status not in (204, 304):
        headers.insert(0, (b"content-type", reply.media_type.encode()))
    reply.headers.setdefault("Vary", "Accept-Encoding")
    headers += [(_header(name), value.encode("latin-1", "replace")) for name, value in reply.headers.items()]
    if isinstance(reply.body, bytes):
        if reply.status not in (204, 304):
            headers.append((b"content-length", str(len(reply.body)).encode()))
        await send({"type": "http.response.start", "status": reply.status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if method == "HEAD" else reply.body})
        return
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    if isinstance(reply.body, AsyncIterable):
        if method != "HEAD":
            await _flow(reply.body, receive, send)
    elif method != "HEAD":
        async for chunk in iterate_in_threadpool(reply.body):
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


async def _flow(body: AsyncIterable[bytes], receive: Receive, send: Send) -> None:
    """Send a stream that mostly waits, until it ends, the other side leaves, or it has not read for a while."""

    async def flow() -> None:
        async for chunk in body:
            await asyncio.wait_for(send({"type": "http.response.body", "body": chunk, "more_body": True}), UNREAD)

    async def leave() -> None:
        while (await receive())["type"] != "http.disconnect":
            pass

    tasks = [asyncio.create_task(flow()), asyncio.create_task(leave())]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        outcomes = await asyncio.gather(*tasks, return_exceptions=True)
        with contextlib.suppress(AttributeError):
            await body.aclose()  # type: ignore[attr-defined]
    if isinstance(outcomes[0], Exception) and not isinstance(outcomes[0], TimeoutError):
        log.error("fault", fault=repr(outcomes[0]))
