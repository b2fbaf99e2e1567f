"""A real Mosquitto of one's own on a free port, which a test may stop, kill and start again."""

from __future__ import annotations

import os
import selectors
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import paho.mqtt.client
import pytest

PATIENCE = 30.0
"""Seconds for which a condition is waited for."""
PROGRAM = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin")


def until(what: Callable[[], object], why: str, patience: float = PATIENCE) -> None:
    """Wait for a condition."""
    ends = time.monotonic() + patience
    while not what():
        if time.monotonic() > ends:
            raise AssertionError(f"waited {patience:g} seconds in vain: {why}")
        time.sleep(0.01)


def _select(readers: list[Any], writers: list[Any], _: list[Any], seconds: float) -> tuple[list[Any], list[Any], list[Any]]:
    """Wait as `select.select` does, for files of any number: paho waits with it, and it knows the first 1,024 of a process only."""
    with selectors.DefaultSelector() as wait:
        for each in {*readers, *writers}:
            wait.register(each, (selectors.EVENT_READ if each in readers else 0) | (selectors.EVENT_WRITE if each in writers else 0))
        ready = [(key.fileobj, events) for key, events in wait.select(seconds)]
    return [each for each, events in ready if events & selectors.EVENT_READ], [each for each, events in ready if events & selectors.EVENT_WRITE], []


setattr(paho.mqtt.client, "select", SimpleNamespace(select=_select))  # noqa: B010  types know no such name


class Daemon:
    """A program that listens on a free port of its own; what it keeps survives `stop` and `start`."""

    def __init__(self, log: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self.log = log
        self.words: list[str] = []
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start, and wait until it listens."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(self.words, stdout=log, stderr=log)
        until(self._listens, f"{self.words[0]} listens: {self.log.read_text()}")

    def _listens(self) -> bool:
        assert self._process and self._process.poll() is None, self.log.read_text()
        with socket.socket() as knock:
            return knock.connect_ex(("127.0.0.1", self.port)) == 0

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """Stop it: in order (what it keeps is written), or killed."""
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(PATIENCE)
            self._process = None


class Broker(Daemon):
    """A Mosquitto process."""

    def __init__(self, folder: Path, more: str = "allow_anonymous true\n") -> None:
        assert PROGRAM
        super().__init__(folder / "mosquitto.log")
        self.settings = folder / "mosquitto.conf"
        user = f"user {os.environ['USER']}\n" if os.environ.get("USER") else "user root\n"
        self.settings.write_text(
            f"listener {self.port} 127.0.0.1\nset_tcp_nodelay true\nmax_inflight_messages 1000\nmax_queued_messages 0\n"
            f"persistence true\npersistence_location {folder}/\nautosave_interval 1\n{user if os.geteuid() == 0 else ''}{more}"
        )
        self.words = [PROGRAM, "-c", str(self.settings)]
        self.start()

    @property
    def url(self) -> str:
        """Return its address."""
        return f"mqtt://127.0.0.1:{self.port}"


@contextmanager
def running(folder: Path, more: str = "allow_anonymous true\n") -> Iterator[Broker]:
    """Run a broker; where the program is not, the test is skipped, except in CI, where it fails."""
    if PROGRAM is None:
        if os.environ.get("CI"):
            raise AssertionError("mosquitto is not installed; CI needs it")
        pytest.skip("mosquitto is not installed")
    broker = Broker(folder, more)
    try:
        yield broker
    finally:
        broker.stop()
