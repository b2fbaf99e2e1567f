"""OGC API over a table of a million points: a hundred features in a box, and vector tiles drawn and kept."""

from __future__ import annotations

import http.client
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.serving import Server, ask_in_turn, serve
from benchmarks.tables import CONNECTIONS, ROWS, SECONDS, record, write_source
from zinneke.foundations.territory.tiles import tile_at

PUBLISH = r"""
import sys
import django
django.setup()
from pathlib import Path
from zinneke.cli.server import prepare
prepare()
from zinneke.foundations.tables import store
from zinneke.kernel.confidentiality import SYSTEM
store.publish(SYSTEM, "bench", Path(sys.argv[1]))
"""
ITEMS, TILES = "/ogc/collections/bench/items", "/ogc/collections/bench/tiles/WebMercatorQuad"


def measure() -> list[dict[str, Any]]:
    """Publish a million points and ask for boxes and tiles of them."""
    with tempfile.TemporaryDirectory() as folder:
        source, data = Path(folder) / "million.csv", Path(folder) / "data"
        data.mkdir()
        write_source(source)
        environment = {**os.environ, "ZINNEKE_DATA": str(data), "DJANGO_SETTINGS_MODULE": "zinneke.settings"}
        subprocess.run([sys.executable, "-c", PUBLISH, str(source)], env=environment, check=True, capture_output=True)
        with serve(data) as server:
            rate, cpu = boxes(server)
            cold, kept, drawing, sending = tiles(server)
    asked = "400 different boxes of some hundreds of points each, 10 properties, exact number, GeoJSON"
    drawn = f"GET …/tiles/WebMercatorQuad, 150 tiles of zoom 10 to 14 full of {ROWS:,} points, packed, one after the other, a visitor"
    return [
        record(
            "features in a box (100 of 1 million)", rate, "requests/s", 500, "higher", cpu, None,
            f"GET {ITEMS}?bbox=…&limit=100, {asked}, {CONNECTIONS} connections, a visitor", "C",
        ),
        record("vector tile of a dense layer, cold, 95th percentile", cold, "ms", 30, "lower", drawing, None, drawn, "C"),
        record("vector tile of a dense layer, cached, 95th percentile", kept, "ms", 5, "lower", sending, None, f"{drawn}, the second time", "C"),
    ]  # fmt: skip


def boxes(server: Server) -> tuple[float, float]:
    """Ask for boxes for some seconds over some connections; return requests per second and CPU milliseconds per request."""
    random = np.random.default_rng(2)
    corners = np.column_stack((4.2 + random.random(400) * 0.28, 50.7 + random.random(400) * 0.19)).round(5).tolist()
    addresses = [f"{ITEMS}?bbox={x},{y},{x + 0.006:.5f},{y + 0.004:.5f}&limit=100" for x, y in corners]
    return ask_in_turn(server, addresses, SECONDS, CONNECTIONS)


def tiles(server: Server) -> tuple[float, float, float, float]:
    """Ask for tiles twice; return the 95th percentile of the first and of the second time, and CPU milliseconds of each."""
    random = np.random.default_rng(3)
    places = {(z, *tile_at(4.2 + random.random() * 0.28, 50.7 + random.random() * 0.19, z)) for z in range(10, 15) for _ in range(60)}
    chosen = sorted(places)[:150]
    connection = http.client.HTTPConnection(server.url.removeprefix("http://"), timeout=60)
    fetch(connection, f"{TILES}/15/0/0")
    before = server.cpu_seconds()
    cold = [timed(connection, place) for place in chosen]
    between = server.cpu_seconds()
    kept = [timed(connection, place) for place in chosen]
    drawing, sending = ((end - start) / len(chosen) * 1000 for start, end in ((before, between), (between, server.cpu_seconds())))
    return float(np.percentile(cold, 95)), float(np.percentile(kept, 95)), drawing, sending


def timed(connection: http.client.HTTPConnection, place: tuple[int, int, int]) -> float:
    """Return how many milliseconds a tile takes."""
    z, x, y = place
    started = time.perf_counter()
    fetch(connection, f"{TILES}/{z}/{y}/{x}")
    return (time.perf_counter() - started) * 1000


def fetch(connection: http.client.HTTPConnection, address: str) -> bytes:
    """Ask for an address, as clients that unpack gzip do."""
    connection.request("GET", address, headers={"Accept-Encoding": "gzip"} if "/tiles/" in address else {})
    answer = connection.getresponse()
    body = answer.read()
    if answer.status not in (200, 204):
        raise RuntimeError(body.decode()[:300])
    return body
