"""`zinneke serve`: both doors in one process."""

from __future__ import annotations

import argparse
import gc
import signal
import socket
import sys

import uvicorn
from django.conf import settings

from zinneke.cli.server import ownership, prepare
from zinneke.kernel.command import Command, Out
from zinneke.kernel.problem import Problem, wrong

HAND_OVER = 0.001
"""Seconds after which a busy thread lets another work: whoever commits waits several times for the one that answers."""


def _configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default=settings.HOST, help="address to listen on (ZINNEKE_HOST)")
    parser.add_argument("--port", type=int, default=settings.PORT, help="port to listen on (ZINNEKE_PORT)")


def _serve(args: argparse.Namespace, out: Out) -> int:
    url = f"http://{'127.0.0.1' if args.host in ('0.0.0.0', '::') else args.host}:{args.port}"  # noqa: S104  what somebody asked for, read back
    gc.disable()  # until the house stands, which is in `lifespan`
    with ownership(url):
        _demand_free(args.host, args.port)
        prepare()
        out.say(f"Zinneke is at {url} (stop it with Ctrl-C).")
        config = uvicorn.Config(
            "zinneke.asgi:application",
            host=args.host,
            port=args.port,
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,  # the house does that itself, and remembers whose word it is
            ws="none",
            timeout_graceful_shutdown=10,
            lifespan="on",
        )
        server = uvicorn.Server(config)
        sys.setswitchinterval(HAND_OVER)
        for asked in (signal.SIGTERM, signal.SIGINT):
            signal.signal(asked, _stopped)
        server.run()
    return 0 if server.started else 1


def _demand_free(host: str, port: int) -> None:
    """Raise `Problem` where nothing can listen, before anything says that something does."""
    try:
        socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET).close()
    except OverflowError:
        raise wrong(f"{port} is no port: they go from 0 to 65535.", where="port") from None
    except OSError as fault:
        detail = f"{host} port {port}: {fault.strerror}. Stop what uses it, or choose another with ZINNEKE_PORT=8001 or --port 8001."
        raise Problem(409, "Nothing can listen there", detail) from None


def _stopped(number: int, frame: object) -> None:
    """Do nothing more: uvicorn stops gracefully, then sends the signal again to whoever handled it before."""


COMMAND = Command(name="serve", summary="Serve the platform to people and machines.", configure=_configure, run=_serve)
