"""A server in a process of its own, and its CPU time: what the measuring modules share."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import httpx

TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Server:
    """A running server: its address, its process, and how long it took to answer first."""

    url: str
    pid: int
    seconds_to_first_answer: float

    def cpu_seconds(self) -> float:
        """Return the processor time of the server so far, user and system."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICK

    def resident_mb(self) -> float:
        """Return the resident memory in MB."""
        line = next(line for line in Path(f"/proc/{self.pid}/status").read_text().splitlines() if line.startswith("VmRSS"))
        return int(line.split()[1]) / 1000


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def zinneke(data: Path, *words: str, timeout: float = 600) -> subprocess.CompletedProcess[str]:
    """Run one `zinneke` command on a data folder and return what became of it."""
    command = [sys.executable, "-m", "zinneke", *words]
    return subprocess.run(command, env={**os.environ, "ZINNEKE_DATA": str(data)}, capture_output=True, text=True, timeout=timeout, check=False)


@contextmanager
def serve(data: Path, first: str = "/health", timeout: float = 60) -> Iterator[Server]:
    """Serve a data folder on a free port of loopback; stop the server at the end."""
    port = free_port()
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "zinneke", "serve", "--port", str(port)],
        env={**os.environ, "ZINNEKE_DATA": str(data)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        while True:
            try:
                if httpx.get(url + first, timeout=30, follow_redirects=True).status_code == 200:
                    break
            except httpx.TransportError:
                pass
            if process.poll() is not None or time.perf_counter() - started > timeout:
                raise RuntimeError("the server did not start")
            time.sleep(0.02)
        yield Server(url, process.pid, time.perf_counter() - started)
    finally:
        process.terminate()
        process.wait(20)


def ask_in_turn(server: Server, addresses: Sequence[str], seconds: float, connections: int) -> tuple[float, float]:
    """Ask for addresses in turn over some connections; return requests per second and the server's CPU milliseconds per request."""
    host, numbers, done = server.url.removeprefix("http://"), count(), []

    def ask(connection: http.client.HTTPConnection, number: int) -> None:
        connection.request("GET", addresses[number % len(addresses)])
        answer = connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise RuntimeError(body.decode()[:300])

    def work(ends: float) -> None:
        connection, mine = http.client.HTTPConnection(host, timeout=30), 0
        while time.perf_counter() < ends:
            ask(connection, next(numbers))
            mine += 1
        done.append(mine)

    first = http.client.HTTPConnection(host, timeout=60)
    for number in range(40):
        ask(first, number)
    before, started = server.cpu_seconds(), time.perf_counter()
    threads = [threading.Thread(target=work, args=(started + seconds,)) for _ in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took, cpu = time.perf_counter() - started, server.cpu_seconds() - before
    if len(done) < connections:
        raise RuntimeError("a connection failed")
    return sum(done) / took, cpu / sum(done) * 1000
