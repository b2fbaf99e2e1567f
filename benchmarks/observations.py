"""Taking in a thousand observations a request, and the latest value of a hundred streams: over HTTP, the client's time apart."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from benchmarks.serving import Server, serve

STREAMS, BATCH, SECONDS, CONNECTIONS = 5_000, 1_000, 6.0, 4
PREPARE = """
import sys
import django
django.setup()
from zinneke.cli.server import prepare
prepare()
from zinneke.foundations.identity import store as identity
from zinneke.foundations.observations import lifecycle, store
from zinneke.foundations.observations.values import Place, StreamRow, Thing
from zinneke.kernel.confidentiality import SYSTEM
NAME = {"fr": "Dioxyde d’azote", "nl": "Stikstofdioxide", "en": "Nitrogen dioxide"}
MEANS = "http://dd.eionet.europa.eu/vocabulary/aq/pollutant/8"
described = dict(name=NAME, reading="no2", means=MEANS, unit="ug/m3", interval=60, low=0, high=1000, jump=500)
count, names = int(sys.argv[1]), sys.argv[2:]
for begin in range(0, count, 20_000):
    things = [
        Thing(key=f"bench/{i}", name={"fr": f"Capteur {i}", "nl": f"Sensor {i}"}, place=Place(4.3 + i % 100 / 1000, 50.8), area="21004")
        for i in range(begin, min(begin + 20_000, count))
    ]
    store.set_things(SYSTEM, things)
    store.set_streams(SYSTEM, [StreamRow(key=f"{thing.key}/{name}", thing=thing.key, **described) for thing in things for name in names])
identity.add_person(SYSTEM, "bench@example.org", "Bench")
identity.grant_role(SYSTEM, "bench@example.org", "steward")
print(identity.add_token(SYSTEM, "bench@example.org", "bench", ["edit:observations", "see:observations"]))
lifecycle.stop()
"""


def prepare(folder: str | Path, things: int = STREAMS, names: Sequence[str] = ("no2",)) -> str:
    """Make a data folder with so many things and, of each, streams of these names; return a token that may write them."""
    environment = {**os.environ, "ZINNEKE_DATA": str(folder), "DJANGO_SETTINGS_MODULE": "zinneke.settings"}
    command = [sys.executable, "-c", PREPARE, str(things), *names]
    return subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout.split()[-1]


def measure() -> list[dict[str, Any]]:
    """Send batches for some seconds over four connections, then ask for latest values, against one server."""
    with tempfile.TemporaryDirectory() as folder:
        token = prepare(folder)
        bodies = _bodies(1200)
        with serve(Path(folder)) as server:
            ingest = drive(server, "POST", "/api/observations", token, bodies, _all_stored)
            addresses = ["/api/latest?ids=" + ",".join(map(str, range(at, at + 100))) for at in range(1, STREAMS - 100, 37)]
            latest = drive(server, "GET", addresses, None, None)
    raw = _raw_engine()
    rate, cpu = ingest[0] * BATCH, ingest[1] / BATCH
    how = f"POST /api/observations, {BATCH} JSON objects a request, {STREAMS:,} streams, {CONNECTIONS} connections, on disk before the answer"
    asked = f"GET /api/latest of 100 of {STREAMS:,} streams with thing, unit and place, {CONNECTIONS} connections, a visitor"
    return [
        _record("batch ingest over HTTP", rate, "observations/s", 50_000, "higher", cpu, cpu / raw, how),
        _record("batch ingest over HTTP: CPU", cpu, "CPU-ms/observation", 0.02, "lower", cpu, cpu / raw, how),
        _record("latest value of 100 datastreams with metadata", latest[0], "requests/s", 500, "higher", latest[1], None, asked),
    ]


def _bodies(count: int) -> list[bytes]:
    start, made = int(time.time()) - count * 60 // (STREAMS // BATCH) - 60, []
    for number in range(count):
        turn, part = divmod(number, STREAMS // BATCH)
        moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(start + turn * 60))
        first = 1 + part * BATCH
        rows = [{"stream": stream, "time": moment, "value": stream * 7 % 400 / 10} for stream in range(first, first + BATCH)]
        made.append(json.dumps({"observations": rows}).encode())
    return made


def _all_stored(told: bytes) -> bool:
    return bool(json.loads(told)["stored"] == BATCH)


def drive(
    server: Server,
    method: str,
    addresses: str | Sequence[str],
    token: str | None,
    bodies: list[bytes] | None,
    good: Callable[[bytes], bool] | None = None,
    delays: list[float] | None = None,
) -> tuple[float, float]:
    """Send requests for some seconds; return requests per second and the server's CPU milliseconds per request. `delays` takes each one's seconds."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    turn = iter(range(10**9))
    done: list[int] = []
    lock = threading.Lock()
    ends = time.perf_counter() + SECONDS
    host = server.url.removeprefix("http://")

    def send() -> None:
        connection = http.client.HTTPConnection(host, timeout=30)
        count = 0
        while time.perf_counter() < ends:
            with lock:
                number = next(turn)
            if bodies is not None and number >= len(bodies):
                break
            address = addresses if isinstance(addresses, str) else addresses[number % len(addresses)]
            asked = time.perf_counter()
            connection.request(method, address, bodies[number] if bodies else None, headers)
            answer = connection.getresponse()
            told = answer.read()
            if delays is not None:
                delays.append(time.perf_counter() - asked)
            if answer.status not in (200, 201, 204) or (good is not None and not good(told)):
                raise RuntimeError(told.decode()[:500])
            count += 1
        with lock:
            done.append(count)

    seconds, cpu = _timed(server, send)
    if len(done) < CONNECTIONS:
        raise RuntimeError("a connection failed")
    return sum(done) / seconds, cpu / sum(done) * 1000


def _timed(server: Server, send: Callable[[], None]) -> tuple[float, float]:
    threads = [threading.Thread(target=send) for _ in range(CONNECTIONS)]
    before, started = server.cpu_seconds(), time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.perf_counter() - started, server.cpu_seconds() - before


def _raw_engine() -> float:
    """Return the bare engine's CPU milliseconds for storing one observation in commits of a thousand."""
    with tempfile.TemporaryDirectory() as folder, duckdb.connect(f"{folder}/raw.duckdb", config={"threads": 2}) as connection:
        connection.execute("CREATE TABLE observation (stream INTEGER, t BIGINT, value DOUBLE, quality UTINYINT)")
        streams, values, qualities = np.arange(BATCH, dtype=np.int32), np.random.default_rng(1).random(BATCH), np.zeros(BATCH, np.uint8)
        before, rounds = time.process_time(), 300
        for turn in range(rounds):
            batch = {"stream": streams, "t": np.full(BATCH, turn * 60_000_000), "value": values, "quality": qualities}
            connection.execute("INSERT INTO observation SELECT * FROM batch")
            del batch
        return (time.process_time() - before) * 1000 / rounds / BATCH


def _record(job: str, value: float, unit: str, bar: float, better: str, cpu: float, ratio: float | None, how: str) -> dict[str, Any]:
    record = {"issue": "A", "job": job, "value": round(value, 5), "unit": unit, "bar": bar, "better": better}
    return {**record, "cpu_ms_per_op": round(cpu, 5), "raw_engine_ratio": ratio and round(ratio, 2), "how": how}
