"""The platform's own doors: is it well, what does it count, what does it offer, and the work that the command hands over."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from typing import Any

import msgspec
from django.db import connection
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from zinneke import __version__
from zinneke.kernel import openapi, registry
from zinneke.kernel.command import find
from zinneke.kernel.confidentiality import SYSTEM, Right
from zinneke.kernel.problem import Problem, wrong
from zinneke.kernel.route import EVERYONE, Call, Needs, Reply, Route


class Health(msgspec.Struct):
    """Whether the platform can answer, and each of its stores."""

    status: str
    version: str
    stores: dict[str, str]


def get_health(call: Call[None]) -> Reply:
    """Say whether the platform is ready: 200 when every store answers, 503 when one does not."""
    from zinneke.asgi.house import lifecycles

    stores = {"records": _records(), **{module.__name__.split(".")[-2]: _asked(module) for module in lifecycles()}}
    well = all(state == "ok" for state in stores.values())
    body = msgspec.json.encode(Health("ok" if well else "failing", __version__, stores))
    return Reply(body, 200 if well else 503, headers={"Cache-Control": "no-store"})


def _records() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Exception:
        return "failing"
    return "ok"


def _asked(module: Any) -> str:
    try:
        return "ok" if module.ready() else "failing"
    except Exception:
        return "failing"


def get_metrics(call: Call[None]) -> Reply:
    """Give the counters in Prometheus' text format: counts and times by route, nothing about who asked."""
    return Reply(generate_latest(), media_type=CONTENT_TYPE_LATEST)


def get_index(call: Call[None]) -> dict[str, Any]:
    """List every address that machines can use, with its method and purpose."""
    interfaces = [
        {"method": route.method, "address": call.base + route.path, "summary": route.summary or (route.call.__doc__ or "").split("\n", 1)[0]}
        for route in registry.routes()
    ]
    return {
        "title": "Zinneke",
        "version": __version__,
        "openapi": f"{call.base}/openapi.json",
        "conformance": f"{call.base}/conformance",
        "interfaces": interfaces,
    }


def get_openapi(call: Call[None]) -> dict[str, Any]:
    """Describe every route in OpenAPI 3.1."""
    return openapi.describe(registry.routes(), call.base)


def get_conformance(call: Call[None]) -> dict[str, list[str]]:
    """List the conformance classes of the routes that are mounted, computed from them."""
    return {"conformsTo": sorted({each for route in registry.routes() for each in route.conformance})}


class RunCommand(msgspec.Struct, forbid_unknown_fields=True):
    """The words of a `zinneke` command, handed over by the command line of the same machine."""

    words: list[str]


class _Stream:
    """An `Out` whose lines travel back to the terminal as they come."""

    def __init__(self) -> None:
        self.lines: queue.Queue[Any] = queue.Queue(10_000)

    def say(self, line: str) -> None:
        """Send one line."""
        self.lines.put({"say": line})

    def progress(self, label: str, done: int, total: int) -> None:
        """Send how far the work is."""
        self.lines.put({"progress": [label, done, total]})


def post_command(call: Call[None]) -> Reply:
    """Run an exclusive command inside the server, which owns the observations, and stream what it says as JSON lines.

    Only for the command line of this machine, known by the secret on the server's card: a command reads any file that the server can.
    """
    if call.actor is not SYSTEM:
        raise Problem(403, "Not allowed", "Commands are taken from the `zinneke` command of this machine only.")
    found = find(registry.commands(), call.body.words)
    if found is None or not found[0].exclusive:
        raise wrong("Only an exclusive command of `zinneke` can be handed over.")
    command, args = found
    out = _Stream()

    def work() -> None:
        try:
            status = command.run(args, out)
        except Problem as problem:
            out.say(f"{problem.title}: {problem.detail}")
            status = 1
        except Exception as fault:
            out.say(f"{type(fault).__name__}: {fault}")
            status = 1
        finally:
            connection.close()
        out.lines.put({"exit": status})

    threading.Thread(target=work, name=f"command-{command.name}", daemon=True).start()
    return Reply(_told(out), media_type="application/x-ndjson")


def _told(out: _Stream) -> Iterator[bytes]:
    while True:
        line = out.lines.get()
        yield msgspec.json.encode(line) + b"\n"
        if "exit" in line:
            return


ROUTES = (
    Route(method="GET", path="/health", call=get_health, audience=EVERYONE, gives=Health, tags=("platform",)),
    Route(method="GET", path="/metrics", call=get_metrics, audience=EVERYONE, media_type="text/plain", tags=("platform",)),
    Route(method="GET", path="/api", call=get_index, audience=EVERYONE, tags=("platform",)),
    Route(method="GET", path="/openapi.json", call=get_openapi, audience=EVERYONE, tags=("platform",)),
    Route(method="GET", path="/conformance", call=get_conformance, audience=EVERYONE, tags=("platform",)),
    Route(
        method="POST",
        path="/api/commands",
        call=post_command,
        audience=Needs(Right.COMMAND, "platform"),
        takes=RunCommand,
        media_type="application/x-ndjson",
        tags=("platform",),
    ),
)
