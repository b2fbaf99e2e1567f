"""Both doors as one ASGI application: static files, the table of routes for machines, Django for people."""

from __future__ import annotations

import base64
import contextlib
import gc
import hmac
import os
from collections.abc import AsyncIterator, Callable, Mapping
from functools import cache, lru_cache
from http.cookies import CookieError, SimpleCookie
from pathlib import Path
from types import ModuleType
from typing import Any

import anyio.to_thread
import django
import msgspec
import structlog
from a2wsgi import WSGIMiddleware
from django.conf import settings
from django.http.request import split_domain_port, validate_host
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import PlainTextResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

from zinneke.asgi import messages
from zinneke.asgi.door import TOKENS, Door
from zinneke.asgi.proxies import Vouching
from zinneke.asgi.rounds import Rounds, chores
from zinneke.foundations import bus
from zinneke.kernel.confidentiality import ANONYMOUS, SYSTEM, Actor
from zinneke.kernel.problem import Problem

log = structlog.get_logger("house")
MACHINES = (
    "/api",
    "/tiles/",
    "/sta/",
    "/ngsi-ld/",
    "/ogc",
    "/dcat/",
    "/open311/",
    "/gbfs/",
    "/gtfs",
    "/health",
    "/metrics",
    "/openapi.json",
    "/conformance",
)
FORM = 3_000_000
"""Bytes of the largest form that a page takes."""
THREADS = 8
"""Worker threads of the people's door."""
MACHINE_THREADS = 8
"""Worker threads of the machines' door: more of them only wait for one another and keep a database connection each."""


def build() -> ASGIApp:
    """Assemble the house from what the registry finds. Django is set up here when it was not yet."""
    from django.apps import apps

    if not apps.ready:
        django.setup()
    from django.core.wsgi import get_wsgi_application
    from django.urls import get_resolver

    from zinneke.kernel import registry

    get_resolver().url_patterns  # noqa: B018  the pages are read now rather than with the first request
    machines = Door(registry.routes(), find_actor, settings.PUBLIC_URL, find_signer, Vouching(settings.CERTIFICATE_PROXIES))
    people = _squeezed(WSGIMiddleware(get_wsgi_application(), workers=THREADS))
    static = _squeezed(_Cached(directory=Path(settings.BASE_DIR) / "web" / "static", packages=[("django.contrib.admin", "static")]))
    life = Starlette(lifespan=lifespan)
    squeezed = _squeezed(machines)

    async def house(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await life(scope, receive, send)
            return
        path, (host, gzip) = scope["path"], _host_and_gzip(scope)
        if path != "/health" and not answers_to(host):
            await _MISDIRECTED(scope, receive, send)
        elif path.startswith("/static/"):
            await static({**scope, "path": path, "root_path": "/static"}, receive, send)
        elif path.startswith(MACHINES) or machines.find(path):
            await (squeezed if gzip else machines)(scope, receive, send)
        else:
            await (_unread(scope) or people)(scope, receive, send)

    return house


def _squeezed(app: ASGIApp) -> ASGIApp:
    return GZipMiddleware(app, minimum_size=1_000, compresslevel=4)


_MISDIRECTED = Response(
    msgspec.json.encode(
        Problem(400, "Another host", "This platform does not answer to that host name. Whoever runs it adds it to ZINNEKE_HOSTS.").document("")
    ),
    400,
    media_type="application/problem+json",
)


def _host_and_gzip(scope: Scope) -> tuple[str, bool]:
    """Return the Host header, and whether an answer may be gzip; for the rest, looking at each answer as it passes costs more than many of them."""
    host, gzip = None, False
    for name, value in scope["headers"]:
        if name == b"host" and host is None:
            host = value.decode("latin-1")
        elif name == b"accept-encoding" and b"gzip" in value:
            gzip = True
    return host or "", gzip


@lru_cache(1000)
def answers_to(host: str) -> bool:
    """Say whether we answer to a Host header: links in our answers are made of it, so a stranger's must not get in."""
    return not host or validate_host(split_domain_port(host)[0], settings.ALLOWED_HOSTS)


def _unread(scope: Scope) -> Response | None:
    """Return the refusal of a form that is too large, or does not say how large it is: it would be kept on disk before anybody looked."""
    headers = dict(scope["headers"])
    if b"transfer-encoding" in headers:
        return PlainTextResponse("Say with Content-Length how large the form is.", 411)
    length = headers.get(b"content-length", b"0")
    if not length.isdigit() or int(length) > FORM:
        return PlainTextResponse(f"A form has {FORM:,} bytes at the most. Files go to the machines' door: see /api.", 413)
    return None


class _Cached(StaticFiles):
    """Static files; one asked for by its content's hash (`?v=`) may be kept for ever."""

    async def get_response(self, path: str, scope: Scope) -> Any:
        try:
            response = await super().get_response(path, scope)
        except HTTPException as fault:
            return PlainTextResponse(fault.detail, fault.status_code)
        kept = b"v=" in scope.get("query_string", b"")
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if kept else "public, max-age=300"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response


@contextlib.asynccontextmanager
async def lifespan(app: Starlette) -> AsyncIterator[None]:
    """Start the rooms that have something to start, bottom up; stop them top down, whatever one of them does."""
    anyio.to_thread.current_default_thread_limiter().total_tokens = MACHINE_THREADS
    await anyio.to_thread.run_sync(start)
    rounds = Rounds(chores() if bus.main() else ())
    rounds.start()
    await anyio.to_thread.run_sync(messages.start)
    gc.freeze()  # what was loaded stays; going through it again and again would hold every request up
    gc.enable()
    try:
        yield
    finally:
        await anyio.to_thread.run_sync(messages.stop)
        await anyio.to_thread.run_sync(rounds.stop)
        await anyio.to_thread.run_sync(stop)
        gc.unfreeze()


def start() -> None:
    """Start the bus and every room's lifecycle; in a node that only takes in, of those that are everywhere."""
    bus.start()
    for module in lifecycles():
        module.start()


def lifecycles() -> list[ModuleType]:
    """Return what begins and ends with this process, from the ground up."""
    from zinneke.kernel import registry

    return [module for module in registry.modules("lifecycle") if bus.main() or getattr(module, "EVERYWHERE", False)]


def stop() -> None:
    """Leave the bus and stop every room's lifecycle, top down; a fault in one does not keep the others from stopping."""
    bus.stop()
    for module in reversed(lifecycles()):
        try:
            module.stop()
        except Exception:
            log.exception("stop", room=module.__name__)


def find_actor(headers: Mapping[str, str], safe: bool) -> Actor:
    """Return whoever sends these headers: a token's machine, a registered device, a signed-in person, or a visitor.

    A session counts only for requests that change nothing: a page elsewhere cannot make a browser write here.
    Raises `Problem` 401 for a token that is unknown, revoked or expired.
    """
    if sent := headers.get(TOKENS[0]) or headers.get(TOKENS[1]):
        scheme, _, token = sent.strip().partition(" ")
        actor = _finder()(_word(scheme, token.strip()))
        if actor is None and scheme.lower() == "bearer" and _is_control(token):
            return SYSTEM
        if actor is None:
            raise Problem(
                401, "Unknown token", "The token is unknown, revoked or expired. Send 'Authorization: Bearer' and a token of your account page."
            )
        return actor
    if field := headers.get("client-cert"):
        return _certified(field, safe)
    if safe and (key := _session_key(headers.get("cookie", ""))):
        from zinneke.foundations.identity import store as identity

        return identity.actor_of_session(key) or ANONYMOUS
    return ANONYMOUS


@cache
def _finder() -> Callable[[str], Actor | None]:
    """Return what finds the actor of a token or a device's key; its rooms are loaded when it is first asked."""
    from zinneke.foundations.devices import store as devices
    from zinneke.foundations.devices.rules import KEY_PREFIX
    from zinneke.foundations.identity import store as identity

    return lambda word: devices.find_actor_by_key(word) if word.startswith(KEY_PREFIX) else identity.find_actor_by_token(word)


def _certified(field: str, safe: bool) -> Actor:
    """Return the device of a certificate that a trusted proxy hands on; one that we do not know reads as a visitor. Raises `Problem` 401."""
    from zinneke.foundations.devices import certificates

    if actor := certificates.find_actor(field):
        return actor
    if safe:
        return ANONYMOUS
    told = "The certificate is not that of a registered device, was revoked or expired, or its device must sign. Nothing was stored."
    raise Problem(401, "Unknown certificate", told)


def find_signer(scope: Scope, headers: Mapping[str, str], body: bytes) -> Actor:
    """Return the device that signed a request. Raises `Problem` 401."""
    from zinneke.foundations.devices import store as devices
    from zinneke.foundations.devices.signing import Message

    path = (scope.get("raw_path") or scope["path"].encode()).decode("latin-1").partition("?")[0]
    return devices.verify_request(Message(scope["method"], path, scope["query_string"].decode("latin-1"), headers, body))


def _word(scheme: str, sent: str) -> str:
    """Return the token or key in an `Authorization` header: behind `Bearer`, `Device` or `Apikey` (Explore's word), as a password, or alone."""
    if scheme.lower() in ("bearer", "device", "apikey"):
        return sent
    if scheme.lower() == "basic":
        return _password(sent)
    return "" if sent else scheme


def _password(sent: str) -> str:
    """Return the password of `Authorization: Basic`: clients that know nothing else give a token as one, under any name."""
    try:
        return base64.b64decode(sent.strip(), validate=True).decode().partition(":")[2]
    except ValueError:
        return ""


def _is_control(token: str) -> bool:
    """Say whether this is the secret with which the command line of this machine hands work over (see `cli/serve.py`)."""
    control = os.environ.get("ZINNEKE_CONTROL", "")
    return bool(control) and hmac.compare_digest(token.encode(), control.encode())


def _session_key(cookie: str) -> str | None:
    try:
        morsel = SimpleCookie(cookie).get(settings.SESSION_COOKIE_NAME)
    except CookieError:
        return None
    return morsel.value if morsel else None
