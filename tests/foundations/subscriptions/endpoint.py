"""A subscriber's endpoint: a real HTTP server on loopback that answers as it is told, and remembers what it was sent."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Sent:
    """What came: headers with small letters, and the body."""

    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def values(self) -> list[float]:
        return [event["value"] for event in self.json["data"]["events"]]


@dataclass
class Endpoint:
    """`answer` is the status given, 0 for none at all: it then hangs until it is closed; `after` is its Retry-After."""

    answer: int = 204
    after: str = ""
    sent: list[Sent] = field(default_factory=list)
    news: threading.Condition = field(default_factory=threading.Condition)
    _open: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Endpoint:
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:  # noqa: N802  the name that the library calls
                body = self.rfile.read(int(self.headers["content-length"]))
                with endpoint.news:
                    endpoint.sent.append(Sent({name.lower(): value for name, value in self.headers.items()}, body))
                    endpoint.news.notify_all()
                if not endpoint.answer:
                    endpoint._open.wait(60)
                    return
                self.send_response(endpoint.answer)
                if endpoint.after:
                    self.send_header("Retry-After", endpoint.after)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._open.set()
        self._server.shutdown()
        self._server.server_close()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/hook"

    def wait(self, count: int) -> None:
        """Wait until so many were sent."""
        with self.news:
            assert self.news.wait_for(lambda: len(self.sent) >= count, 30), f"{len(self.sent)} of {count} came"
