"""MQTT end to end: a publisher in a process of its own, Mosquitto, the server; counted when the observation is on disk."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from benchmarks._publisher import CONNECTIONS, DEVICES, EACH, WINDOW
from benchmarks.serving import Server, free_port, serve

COUNT, WARM = 200_000, 20_000
TAKEN = re.compile(r'zinneke_messages_total\{outcome="taken",topic="devices/\{device\}/observations"\} ([\d.e+]+)')
PREPARE = f"""
import django
django.setup()
from zinneke.cli.server import prepare
prepare()
from zinneke.foundations.devices import store as devices
from zinneke.foundations.devices.values import DeviceRow
from zinneke.foundations.observations import lifecycle, store
from zinneke.foundations.observations.values import Place, StreamRow, Thing
from zinneke.kernel.confidentiality import SYSTEM
things = [Thing(key=f"bench/{{i}}", place=Place(4.3 + i % 100 / 1000, 50.8), area="21004") for i in range({DEVICES})]
store.set_things(SYSTEM, things)
rows = [StreamRow(key=f"{{t.key}}/r{{i}}", thing=t.key, reading=f"r{{i}}", low=0, high=1000, interval=60) for t in things for i in range({EACH})]
store.set_streams(SYSTEM, rows)
for i in range({DEVICES}):
    devices.register(SYSTEM, DeviceRow(name=f"device-{{i}}", streams=tuple(range(i * {EACH} + 1, i * {EACH} + {EACH} + 1))))
lifecycle.stop()
"""


def measure() -> list[dict[str, Any]]:
    """Publish observations of a thousand devices, and count until the last is stored."""
    with tempfile.TemporaryDirectory() as folder, broker(Path(folder)) as port:
        environment = {**os.environ, "ZINNEKE_DATA": folder, "DJANGO_SETTINGS_MODULE": "zinneke.settings"}
        subprocess.run([sys.executable, "-c", PREPARE], env=environment, check=True)
        os.environ["ZINNEKE_MQTT_URL"] = f"mqtt://127.0.0.1:{port}"
        try:
            with serve(Path(folder)) as server:
                drive(server, port, WARM, 0)
                rate, cpu = drive(server, port, COUNT, WARM)
        finally:
            del os.environ["ZINNEKE_MQTT_URL"]
    how = f"{DEVICES:,} devices, {DEVICES * EACH:,} streams, an observation a message, {CONNECTIONS} connections of {WINDOW} in flight"
    record = {"issue": "B", "job": "MQTT QoS 1 end to end", "value": round(rate, 1), "unit": "messages/s", "bar": 8_000, "better": "higher"}
    more = "Mosquitto and the publisher on the same two cores, counted when the last is on disk and acknowledged"
    return [{**record, "cpu_ms_per_op": round(cpu, 5), "raw_engine_ratio": None, "how": f"{how}; {more}"}]


def drive(server: Server, port: int, count: int, before: int) -> tuple[float, float]:
    """Publish so many; return messages a second until all are stored, and the server's CPU milliseconds for each."""
    words = [sys.executable, "-m", "benchmarks._publisher", str(port), str(count), "86400" if before else "172800"]
    publisher = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert publisher.stdin and publisher.stdout
    publisher.stdout.readline()
    cpu, begun = server.cpu_seconds(), time.perf_counter()
    publisher.stdin.write("go\n")
    publisher.stdin.flush()
    while taken(server) < before + count:
        time.sleep(0.1)
    ended = time.perf_counter()
    publisher.wait(60)
    return count / (ended - begun), (server.cpu_seconds() - cpu) / count * 1000


def taken(server: Server) -> float:
    """Return how many messages the server has stored."""
    found = TAKEN.search(httpx.get(f"{server.url}/metrics").text)
    return float(found[1]) if found else 0.0


@contextmanager
def broker(folder: Path) -> Iterator[int]:
    """Run Mosquitto with the settings of `deploy/` that bear on speed."""
    program = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin")
    if program is None:
        raise RuntimeError("mosquitto is not installed")
    port, settings = free_port(), folder / "mosquitto.conf"
    settings.write_text(f"listener {port} 127.0.0.1\nallow_anonymous true\nset_tcp_nodelay true\nmax_inflight_messages 1000\nmax_queued_messages 0\n")
    process = subprocess.Popen([program, "-c", str(settings)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        time.sleep(0.5)
        yield port
    finally:
        process.terminate()
        process.wait(10)
