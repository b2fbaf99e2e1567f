"""Who stands before us: the address of a connection is remembered before a proxy's word on its clients is taken, so that only some are believed."""

from __future__ import annotations

import os
from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Any

from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

PEER = "zinneke.peer"


class Proxied:
    """An application behind proxies: `scope` says who connected, and `client` and `scheme` become what a proxy on this machine says of its client."""

    def __init__(self, app: Any) -> None:
        self._app = ProxyHeadersMiddleware(app, os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1"))

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one connection."""
        if client := scope.get("client"):
            scope[PEER] = client[0]
        await self._app(scope, receive, send)


class Vouching:
    """The proxies whose word on a client's certificate is believed, by address or network."""

    def __init__(self, words: Iterable[str] = ()) -> None:
        self._networks: list[IPv4Network | IPv6Network] = [ip_network(word, strict=False) for word in words]

    def __call__(self, scope: Any) -> bool:
        """Say whether whoever connected is one of them."""
        if not self._networks:
            return False
        try:
            peer = ip_address(scope.get(PEER, ""))
        except ValueError:
            return False
        return any(peer in network for network in self._networks)
