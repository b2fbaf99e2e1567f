"""SensorThings over HTTP: data arrays, single observations, the latest value of a hundred streams; Arrow in bulk beside them."""

from __future__ import annotations

import json
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from benchmarks import _devices as devices
from benchmarks.observations import CONNECTIONS, SECONDS, STREAMS, drive, prepare
from benchmarks.serving import ask_in_turn, serve

ROWS, BULK, DEVICES, ROOT = 1_000, 100_000, 100, "/sta/v1.1"


def measure() -> list[dict[str, Any]]:
    """Drive one server with each kind of request in turn."""
    with tempfile.TemporaryDirectory() as folder:
        token = prepare(folder)
        with serve(Path(folder)) as server:
            arrays = drive(server, "POST", f"{ROOT}/CreateObservations", token, _arrays(600), lambda told: b"error" not in told)
            singles = devices.drive(server, "POST", f"{ROOT}/Observations", _singles(60_000), token, DEVICES, SECONDS)
            bulk = drive(server, "POST", "/api/observations/arrow", token, _bulk(100), lambda told: json.loads(told)["stored"] == BULK)
            query = "$expand=Thing,Observations($orderby=phenomenonTime desc;$top=1)&$top=100&$filter=id gt {}".replace(" ", "%20")
            addresses = [f"{ROOT}/Datastreams?{query.format(at)}" for at in range(1, STREAMS - 100, 37)]
            ask_in_turn(server, addresses, 3.0, 1)  # what the records say of each stream is prepared at the first question
            latest = drive(server, "GET", addresses, None, None)
    single = f"{DEVICES} devices with a connection each, {STREAMS:,} streams, on disk before the answer"
    shared = f"{CONNECTIONS} connections, {STREAMS:,} streams"
    stored = f"{shared}, on disk before the answer"
    return [
        _record(
            "SensorThings data array", arrays[0] * ROWS, "observations/s", 100_000, "higher", arrays[1] / ROWS, f"{ROWS} rows a request, {stored}"
        ),
        _record("SensorThings, one observation a request", singles[0], "requests/s", 4_000, "higher", singles[1], single),
        _record("SensorThings, one observation a request: p99", singles[2], "ms", 50, "lower", singles[1], single),
        _record("Arrow IPC bulk", bulk[0] * BULK, "observations/s", 700_000, "higher", bulk[1] / BULK, f"{BULK:,} rows a request, {stored}"),
        _record(
            "SensorThings, latest of 100 with thing",
            latest[0],
            "requests/s",
            2_000,
            "higher",
            latest[1],
            f"$expand of Datastreams with Thing and the newest Observation, {len(addresses)} pages in turn, asked for before, {shared}, a visitor",
        ),
    ]


def _moment(seconds: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


def _arrays(count: int) -> list[bytes]:
    start = int(time.time()) - 50 * 86_400
    groups = 10
    made = []
    for number in range(count):
        times = [_moment(start + number * 6_000 + at * 60) for at in range(ROWS // groups)]
        rows = [[moment, at % 40 + 0.5] for at, moment in enumerate(times)]
        first = number * groups % STREAMS
        body = [{"Datastream": {"@iot.id": first + at + 1}, "components": ["phenomenonTime", "result"], "dataArray": rows} for at in range(groups)]
        made.append(json.dumps(body).encode())
    return made


def _singles(count: int) -> list[bytes]:
    start = int(time.time()) - 30_000
    return [
        json.dumps({"phenomenonTime": _moment(start + at // STREAMS * 60), "result": 1.5, "Datastream": {"@iot.id": at % STREAMS + 1}}).encode()
        for at in range(count)
    ]


def _bulk(count: int) -> list[bytes]:
    start = (int(time.time()) - 20_000) * 1_000_000
    made = []
    for number in range(count):
        each = BULK // STREAMS
        times = start + (np.tile(np.arange(each), STREAMS) + number * each) * 1_000_000
        columns = {"stream": np.repeat(np.arange(1, STREAMS + 1, dtype=np.int32), each), "time": times, "value": np.full(BULK, 2.5)}
        table, sink = pa.table(columns), pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, table.schema) as writer:
            writer.write_table(table)
        made.append(bytes(sink.getvalue()))
    return made


def _record(job: str, value: float, unit: str, bar: float, better: str, cpu: float, how: str) -> dict[str, Any]:
    record = {"issue": "B", "job": job, "value": round(value, 5), "unit": unit, "bar": bar, "better": better}
    return {**record, "cpu_ms_per_op": round(cpu, 5), "raw_engine_ratio": None, "how": how}
