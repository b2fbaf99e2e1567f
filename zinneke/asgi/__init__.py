"""Two doors, one process: machines come in by the table of routes, people by Django, through one ASGI application."""

from __future__ import annotations

from functools import cache
from typing import Any


@cache
def _built() -> Any:
    from zinneke.asgi.house import build
    from zinneke.asgi.proxies import Proxied

    return Proxied(build())


async def application(scope: Any, receive: Any, send: Any) -> None:
    """Answer one connection; the house is built at the first, so that importing this costs nothing."""
    await _built()(scope, receive, send)
