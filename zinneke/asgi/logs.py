"""Structured logs with a request id, and the counters that `/metrics` shows. No addresses of people, no query strings."""

from __future__ import annotations

import asyncio
import logging
import re
import sys
from bisect import bisect_left
from collections.abc import Iterator
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import lru_cache
from itertools import accumulate
from typing import Any

import msgspec
import structlog
from prometheus_client import REGISTRY
from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily
from prometheus_client.registry import Collector

BOUNDS = (0.001, 0.005, 0.02, 0.05, 0.1, 0.25, 1.0, 5.0, 30.0)
"""Seconds up to which answers are counted together."""
REQUEST: ContextVar[str] = ContextVar("request_id")
"""The id of the request that is answered, which every line of the log carries meanwhile."""
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
access = structlog.get_logger("access")


class Served(msgspec.Struct):
    """The line of one answered request, in the shape of every other line of the log."""

    event: str
    level: str
    logger: str
    method: str
    route: str
    status: int
    ms: float
    request_id: str
    timestamp: str


_encode = msgspec.json.Encoder().encode
_lines: list[bytes] = []


class Tally(Collector):
    """How many requests were answered, and in how many seconds. Only the event loop counts, so that no lock is needed."""

    def __init__(self) -> None:
        self._counts: dict[tuple[str, str, int], int] = {}
        self._seconds: dict[str, tuple[list[int], list[float]]] = {}

    def add(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one answer."""
        key = (method, route, status)
        self._counts[key] = self._counts.get(key, 0) + 1
        found = self._seconds.get(route)
        if found is None:
            found = self._seconds[route] = [0] * (len(BOUNDS) + 1), [0.0]
        found[0][bisect_left(BOUNDS, seconds)] += 1
        found[1][0] += seconds

    def collect(self) -> Iterator[Any]:
        """Yield what was counted, as Prometheus has it."""
        counted = CounterMetricFamily("zinneke_requests_total", "Requests answered", labels=["method", "route", "status"])
        for (method, route, status), count in sorted(self._counts.items()):
            counted.add_metric([method, route, str(status)], count)
        took = HistogramMetricFamily("zinneke_request_seconds", "Time to answer", labels=["route"])
        names = [*map(str, BOUNDS), "+Inf"]
        for route, (counts, (total,)) in sorted(self._seconds.items()):
            took.add_metric([route], list(zip(names, accumulate(counts), strict=True)), total)
        return iter((counted, took))


tally = Tally()
REGISTRY.register(tally)


def _named(logger: Any, method: str, event: Any) -> Any:
    """Add the id of the request to a line of the log."""
    if request := REQUEST.get(""):
        event.setdefault("request_id", request)
    return event


def configure() -> None:
    """Send every log, ours and the libraries', to standard error: as lines for a person at a terminal, else as JSON."""
    shared: list[Any] = [
        _named,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    last = structlog.dev.ConsoleRenderer() if sys.stderr.isatty() else structlog.processors.JSONRenderer()
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler()
    steps = [structlog.stdlib.ProcessorFormatter.remove_processors_meta, last]
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=steps))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    for noisy in ("httpx", "httpcore", "django.server", "uvicorn.error", "asyncio"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def request_id(given: str | None) -> str | None:
    """Return a caller's request id when it looks like one, so that a trace can cross systems."""
    return given if given and _REQUEST_ID.fullmatch(given) else None


def served(method: str, route: str, status: int, seconds: float, request_id: str) -> None:
    """Count and log one answered request by the route's pattern, never by the address as asked.

    It is written past the logging machinery, which would cost more than many of the answers do, together with those of the same turn of the loop.
    """
    tally.add(method if method.isalpha() and len(method) < 8 else "other", route, status, seconds)
    level, ms = "warning" if status >= 500 or seconds > 1 else "info", round(seconds * 1000, 1)
    if _at_terminal(sys.stderr):
        access.log(logging.WARNING if level == "warning" else logging.INFO, "served", method=method, route=route, status=status, ms=ms)
    else:
        moment = datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
        _lines.append(_encode(Served("served", level, "access", method, route, status, ms, request_id, moment)))
        if len(_lines) == 1:
            asyncio.get_running_loop().call_soon(_write)


def _write() -> None:
    lines = b"\n".join((*_lines, b""))
    _lines.clear()
    sys.stderr.write(lines.decode())


@lru_cache(maxsize=8)
def _at_terminal(stream: Any) -> bool:
    return bool(stream.isatty())
