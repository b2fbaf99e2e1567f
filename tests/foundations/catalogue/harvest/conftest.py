"""A catalogue elsewhere, played by a server of this machine: what it answers is written by each test."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from zinneke.foundations.fetching import Fetcher

Said = tuple[int, dict[str, str], bytes]


@dataclass
class Remote:
    """What it gives, by path: bytes, an object that becomes JSON, or a function of the query that returns one of these or (status, headers, body)."""

    address: str = ""
    gives: dict[str, Any] = field(default_factory=dict)
    types: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)

    def answer(self, target: str, headers: dict[str, str]) -> Said:
        self.asked.append(target)
        self.headers.append(headers)
        parts = urlsplit(target)
        given = self.gives.get(parts.path)
        if callable(given):
            given = given({name: values[0] for name, values in parse_qs(parts.query).items()}, headers)
        if isinstance(given, tuple):
            return given
        if given is None:
            return 404, {}, b"nothing"
        if not isinstance(given, bytes):
            given = json.dumps(given).encode()
        etag = f'"{hash(given)}"'
        if headers.get("If-None-Match") == etag:
            return 304, {}, b""
        return 200, {"ETag": etag, "Content-Type": self.types.get(parts.path, "application/json")}, given


@pytest.fixture
def remote(monkeypatch: pytest.MonkeyPatch) -> Iterator[Remote]:
    played = Remote()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            status, headers, body = played.answer(self.path, dict(self.headers))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    played.address = f"http://127.0.0.1:{server.server_port}"
    monkeypatch.setenv("ZINNEKE_FETCH_HOSTS", "127.0.0.1")
    yield played
    server.shutdown()
    server.server_close()


@pytest.fixture
def make() -> Callable[[], Fetcher]:
    """Return fetchers that do not wait."""
    return lambda: Fetcher("tests", wait=lambda seconds: None, seconds=10, most=1_000_000, requests=50)
