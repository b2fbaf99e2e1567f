"""What must not happen: `kill -9` of the server at random moments under load, a full disk, a burst of ten times the rate. Bounded, over loopback."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import random
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.observations import prepare
from benchmarks.serving import Server, serve
from zinneke.foundations.observations.duck import DuckStore

KILLS, SENDERS, BATCH, AGAIN = 100, 4, 200, 50
BEGINNING = 1_735_689_600
"""2025-01-01: the first moment sent, in seconds; one observation a second."""


@dataclass
class Acknowledged:
    """What the server said it had stored: of each stream, all moments before this one. Senders go on from there, a little earlier."""

    upto: dict[int, int] = field(default_factory=dict)
    answers: dict[int, int] = field(default_factory=dict)

    def send(self, url: str, token: str, stream: int) -> None:
        """Send batches, of which the beginning was sent before, and now and then one observation, until the connection breaks."""
        connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=30)
        headers = {"Authorization": f"Bearer {token}"}
        with contextlib.suppress(OSError, http.client.HTTPException):
            while True:
                at = max(self.upto.get(stream, 0) - AGAIN, 0)
                count = 1 if stream % 2 else BATCH
                at = self.upto.get(stream, 0) if count == 1 else at
                body = {"streams": [stream] * count, "times": [(BEGINNING + at + one) * 1_000_000 for one in range(count)]}
                body["values"] = [(at + one) % 1000 for one in range(count)]
                connection.request("POST", "/api/observations", json.dumps(body).encode(), headers)
                answer = connection.getresponse()
                told = answer.read()
                self.answers[answer.status] = self.answers.get(answer.status, 0) + 1
                if answer.status == 200:
                    self.upto[stream] = max(self.upto.get(stream, 0), at + count)
                elif answer.status not in (429, 503, 507):
                    raise RuntimeError(told.decode()[:300])


@dataclass(frozen=True)
class Counted:
    """What was found afterwards."""

    acknowledged: int
    missing: int
    twice: int
    wrong: int


def kill(folder: Path, times: int, chance: random.Random) -> Counted:
    """Start the server, send, and kill it at a random moment, so many times; then count what is stored."""
    token, said = prepare(folder, SENDERS), Acknowledged()
    for _ in range(times):
        with serve(folder) as server:
            threads = [threading.Thread(target=said.send, args=(server.url, token, stream)) for stream in range(1, SENDERS + 1)]
            before = sum(said.upto.values())
            for thread in threads:
                thread.start()
            while sum(said.upto.values()) == before and any(thread.is_alive() for thread in threads):
                time.sleep(0.001)
            time.sleep(chance.uniform(0, 0.4))
            os.kill(server.pid, signal.SIGKILL)
            for thread in threads:
                thread.join()
    return count(folder, said)


def count(folder: Path, said: Acknowledged) -> Counted:
    """Compare what was acknowledged with what the file holds."""
    store = DuckStore(folder / "observations.duckdb")
    missing = twice = wrong = 0
    for stream, upto in said.upto.items():
        rows = store.read(stream, 0, 2**62, 2**31)
        numbers = rows.times // 1_000_000 - BEGINNING
        missing += upto - len(np.intersect1d(numbers, np.arange(upto)))
        twice += len(numbers) - len(np.unique(numbers))
        wrong += int(np.count_nonzero(rows.values != numbers % 1000))
    store.close()
    return Counted(sum(said.upto.values()), missing, twice, wrong)


@contextlib.contextmanager
def small_disk(megabytes: int) -> Iterator[Path]:
    """Give a file system of its own in memory, so small that it fills; needs root."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", folder], check=True)  # noqa: S607
        try:
            yield Path(folder)
        finally:
            subprocess.run(["umount", folder], check=True)  # noqa: S607


def fill(megabytes: int = 48) -> dict[str, Any]:
    """Fill the disk under a running server, ask it, make room, and go on; say what it answered and what was lost."""
    with small_disk(megabytes) as folder:
        token, said = prepare(folder, SENDERS), Acknowledged()
        with serve(folder) as server:
            filler = folder / "filler"
            _some(said, server, token)
            with contextlib.suppress(OSError), filler.open("wb", buffering=0) as file:
                while True:
                    file.write(b"\0" * 65_536)
            refused = [_post(server, token, said, stream) for stream in (2, 4)]
            read = [_get(server, path) for path in ("/api/latest", "/api/datastreams/2/observations?step=hour", "/health")]
            filler.unlink()
            again = [_post(server, token, said, stream) for stream in (2, 4)]
            _some(said, server, token)
        with serve(folder) as server:
            restarted = _get(server, "/api/latest")
        return {"refused": refused, "read": read, "again": again, "restarted": restarted, "counted": count(folder, said)}


def _some(said: Acknowledged, server: Server, token: str) -> None:
    for _ in range(20):
        _post(server, token, said, 2)


def _post(server: Server, token: str, said: Acknowledged, stream: int, count: int = 5_000) -> int:
    at = said.upto.get(stream, 0)
    body = {"streams": [stream] * count, "times": [(BEGINNING + at + one) * 1_000_000 for one in range(count)]}
    sent = json.dumps({**body, "values": [(at + one) % 1000 for one in range(count)]}).encode()
    connection = http.client.HTTPConnection(server.url.removeprefix("http://"), timeout=30)
    connection.request("POST", "/api/observations", sent, {"Authorization": f"Bearer {token}"})
    answer = connection.getresponse()
    answer.read()
    if answer.status == 200:
        said.upto[stream] = at + count
    return answer.status


def _get(server: Server, path: str) -> int:
    connection = http.client.HTTPConnection(server.url.removeprefix("http://"), timeout=30)
    connection.request("GET", path)
    return connection.getresponse().status


def measure() -> list[dict[str, Any]]:
    """Kill a hundred times; fill a small disk where that may be done."""
    with tempfile.TemporaryDirectory() as folder:
        found = kill(Path(folder), KILLS, random.Random(7))
    how = f"kill -9 of the server at random moments, {KILLS} times, {SENDERS} connections that send batches, replays and single observations"
    lost = found.missing + found.twice + found.wrong
    records = [_record(f"{found.acknowledged:,} observations acknowledged under {KILLS} kills: lost, twice or wrong", lost, "observations", how)]
    if os.geteuid() == 0:
        told = fill()
        good = told["refused"] == [507, 507] and told["read"] == [200] * 3 and told["again"] == [200, 200] and told["restarted"] == 200
        lost = told["counted"].missing + told["counted"].twice + told["counted"].wrong
        how = f"writing answered {told['refused']}, reading {told['read']}, with room again writing {told['again']}, restarted {told['restarted']}"
        records.append(_record("full disk: acknowledged and lost, or answered wrongly", lost + (not good), "faults", how))
    return records


def _record(job: str, value: float, unit: str, how: str) -> dict[str, Any]:
    record = {"issue": "B", "job": job, "value": value, "unit": unit, "bar": 0, "better": "lower"}
    return {**record, "cpu_ms_per_op": None, "raw_engine_ratio": None, "how": how}
