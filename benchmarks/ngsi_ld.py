"""NGSI-LD over HTTP: an attribute updated with its history, and one entity read."""

from __future__ import annotations

import json
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks import _devices as devices
from benchmarks.observations import CONNECTIONS, SECONDS, STREAMS, drive, prepare
from benchmarks.sensorthings import DEVICES
from benchmarks.serving import serve

ROOT = "/ngsi-ld/v1/entities"


def measure() -> list[dict[str, Any]]:
    """Drive one server with updates of one attribute, then with reads of one entity."""
    with tempfile.TemporaryDirectory() as folder:
        token = prepare(folder)
        entities = [f"{ROOT}/urn:ngsi-ld:Thing:bench:{at}" for at in range(STREAMS)]
        with serve(Path(folder)) as server:
            bodies = _updates(60_000)
            addresses = [f"{entities[at % STREAMS]}/attrs/no2" for at in range(len(bodies))]
            devices.drive(server, "PATCH", addresses[:500], bodies[:500], token, DEVICES, SECONDS)  # what is read once, when it is first needed
            addresses, bodies = addresses[500:], bodies[500:]
            updates = devices.drive(server, "PATCH", addresses, bodies, token, DEVICES, SECONDS)
            reads = drive(server, "GET", entities, None, None)
    shared = f"{CONNECTIONS} connections, {STREAMS:,} entities"
    how = f"PATCH …/attrs/no2, {DEVICES} devices with a connection each, {STREAMS:,} entities, on disk before the answer"
    return [
        _record("NGSI-LD attribute update with history", updates[0], "requests/s", 3_500, updates[1], how),
        _record("NGSI-LD, one entity read", reads[0], "requests/s", None, reads[1], f"GET …/entities/ID, {shared}, a visitor"),
    ]


def _updates(count: int) -> list[bytes]:
    start = int(time.time()) - 30_000
    moments = [time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(start + at // STREAMS * 60)) for at in range(count)]
    return [json.dumps({"value": 1.5 + at % 40, "observedAt": moment}).encode() for at, moment in enumerate(moments)]


def _record(job: str, value: float, unit: str, bar: float | None, cpu: float, how: str) -> dict[str, Any]:
    record = {"issue": "B", "job": job, "value": round(value, 5), "unit": unit, "bar": bar, "better": "higher"}
    return {**record, "cpu_ms_per_op": round(cpu, 5), "raw_engine_ratio": None, "how": how}
