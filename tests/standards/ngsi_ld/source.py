"""Another broker, on loopback: it holds some entities, takes what is written to it, and may be made to fail."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest


class Source:
    """It notes what it was asked and what was written, and answers `status`; while `open` is not set it does not answer."""

    def __init__(self) -> None:
        self.entities: dict[str, dict[str, Any]] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.written: list[tuple[str, str, Any, dict[str, str]]] = []
        self.status = 200
        self.raw: bytes | None = None
        self.open = threading.Event()
        self.open.set()
        source = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                source.asked.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
                source.open.wait(60)
                parts = urlsplit(self.path)
                key = unquote(parts.path.removeprefix("/ngsi-ld/v1/entities").strip("/"))
                found: Any = source.entities.get(key) if key else list(source.entities.values())
                body = source.raw if source.raw is not None else json.dumps(found).encode()
                self.send_response(404 if found is None and source.raw is None else source.status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                headers = {name.lower(): value for name, value in self.headers.items()}
                source.written.append((self.command, self.path, json.loads(body) if body else None, headers))
                source.open.wait(60)
                self.send_response(source.status if source.status != 200 else 201 if self.command == "POST" else 204)
                self.send_header("Content-Length", str(len(source.raw or b"")))
                self.end_headers()
                self.wfile.write(source.raw or b"")

            do_PATCH = do_PUT = do_DELETE = do_POST  # noqa: N815  the names that the library calls

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        self.endpoint = f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


each_mode = pytest.mark.parametrize(
    ("mode", "names", "there", "here"),
    [
        ("inclusive", (), ["fill", "owner"], {"fill": 1, "owner": "city"}), ("inclusive", ("fill",), ["fill"], {"fill": 1, "owner": "city"}),
        ("exclusive", ("fill",), ["fill"], {"owner": "city"}), ("redirect", (), ["fill", "owner"], None),
        ("redirect", ("owner",), ["owner"], {"fill": 1}), ("auxiliary", (), None, {"fill": 1, "owner": "city"}),
    ],
)  # fmt: skip
"""In which mode, and for which attributes, a source is registered; what of a bin with `fill` and `owner` is written there, and kept here."""
