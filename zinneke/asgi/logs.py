"""Structured logs with a request id, and the counters that `/metrics` shows. No addresses of people, no query strings."""

from __future__ import annotations

import logging
import re
import sys
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import msgspec
import structlog
from prometheus_client import Counter, Histogram

REQUESTS = Counter("zinneke_requests_total", "Requests answered", ["method", "route", "status"])
SECONDS = Histogram("zinneke_request_seconds", "Time to answer", ["route"], buckets=(0.001, 0.005, 0.02, 0.05, 0.1, 0.25, 1, 5, 30))
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


def configure() -> None:
    """Send every log, ours and the libraries', to standard error: as lines for a person at a terminal, else as JSON."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
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

    It is written past the logging machinery, which would cost more than many of the answers do.
    """
    requests, histogram = _counters(method if method.isalpha() and len(method) < 8 else "other", route, status)
    requests.inc()
    histogram.observe(seconds)
    level, ms = "warning" if status >= 500 or seconds > 1 else "info", round(seconds * 1000, 1)
    if _at_terminal(sys.stderr):
        access.log(logging.WARNING if level == "warning" else logging.INFO, "served", method=method, route=route, status=status, ms=ms)
    else:
        moment = datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
        line = Served("served", level, "access", method, route, status, ms, request_id, moment)
        sys.stderr.write(_encode(line).decode() + "\n")


@lru_cache(maxsize=8)
def _at_terminal(stream: Any) -> bool:
    return bool(stream.isatty())


@lru_cache(maxsize=1024)
def _counters(method: str, route: str, status: int) -> tuple[Counter, Histogram]:
    return REQUESTS.labels(method, route, str(status)), SECONDS.labels(route)
