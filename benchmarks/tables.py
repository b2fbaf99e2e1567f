"""A hundred filtered rows of a table of a million: over HTTP, in process, and by plain DuckDB on the same file; and publishing that table."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import duckdb
import numpy as np

from benchmarks.serving import Server, ask_in_turn, serve

EXPORTED = "GET /api/tables/…/export/csv, 11 columns with the shapes as WKT, {:,} bytes, one connection, streamed"
ROWS, SECONDS, CONNECTIONS = 1_000_000, 6.0, 4
HERE = r"""
import json, os, sys, time
import django
django.setup()
from pathlib import Path
from zinneke.cli.server import prepare
prepare()
from zinneke.foundations.tables import routes, store
from zinneke.foundations.tables.values import Filter, Query
from zinneke.kernel.confidentiality import ANONYMOUS, SYSTEM
import msgspec
wall, before = time.perf_counter(), time.process_time()
done = store.publish(SYSTEM, "bench", Path(sys.argv[1]))
publishing = [time.perf_counter() - wall, time.process_time() - before]
queries = [Query(where=tuple(Filter(*each) for each in where), order=tuple(order)) for where, order in json.loads(sys.argv[2])]
def ask(query):
    found = store.read_rows(ANONYMOUS, "bench", query)
    assert found.total >= 100, (query, found.total)
    return msgspec.json.encode(routes.TellRows(found.columns, found.records(), found.total, found.next))
for query in queries[:20]:
    ask(query)
before = time.process_time()
for query in queries:
    ask(query)
print(json.dumps([publishing, (time.process_time() - before) / len(queries) * 1000, done.kept]))
"""


def questions(number: int) -> list[tuple[list[tuple[str, str, Any]], list[str]]]:
    """Return different questions of ten shapes, each with at least a hundred rows to answer."""
    made: list[tuple[list[tuple[str, str, Any]], list[str]]] = []
    for n in range(number):
        low, part = n * 7 % 90, n * 13 % 700
        shapes: list[tuple[list[tuple[str, str, Any]], list[str]]] = [
            ([("street", "eq", f"Rue {part}")], []),
            ([("value", "between", [low, low + 0.5])], []),
            ([("value", "gt", low)], []),
            ([("value", "gt", low), ("street", "eq", f"Rue {part}")], []),
            ([("value", "gt", low), ("count", "lt", 100 + part)], []),
            ([("name", "contains", f"NAME {n % 40 + 1}")], []),
            ([("count", "eq", part)], ["-value"]),
            ([("value", "lt", 10 + low)], ["when"]),
            ([("when", "ge", f"2024-{n % 12 + 1:02}-01T00:00:00Z"), ("when", "lt", f"2024-{n % 12 + 1:02}-08T00:00:00Z")], []),
            ([("flag", "eq", True), ("value", "gt", low)], ["-count"]),
        ]
        made.append(shapes[n % len(shapes)])
    return made


def measure() -> list[dict[str, Any]]:
    """Publish a table of a million rows and ask it the same questions in three ways."""
    asked = questions(400)
    with tempfile.TemporaryDirectory() as folder:
        source, data = Path(folder) / "million.csv", Path(folder) / "data"
        data.mkdir()
        write_source(source)
        environment = {**os.environ, "ZINNEKE_DATA": str(data), "DJANGO_SETTINGS_MODULE": "zinneke.settings"}
        done = subprocess.run(
            [sys.executable, "-c", HERE, str(source), json.dumps(asked)], env=environment, check=True, capture_output=True, text=True
        )
        publishing, inside, kept = json.loads(next(line for line in done.stdout.splitlines() if line.startswith("[[")))
        if kept != ROWS:
            raise RuntimeError(f"{kept} rows were kept of {ROWS}")
        with serve(data) as server:
            rate, cpu = drive(server, asked)
            whole, export_cpu, size = download(server)
            rest, _, _ = download(server, size // 2)
        raw = raw_engine(next((data / "tables" / "bench").glob("*.parquet")), asked[:60])
    job = "100 filtered rows of a 1-million-row table"
    mixed = "400 different questions of ten shapes (text, ranges, contains, times, two conditions, ordered), 10 columns, exact total"
    how = f"GET /api/tables/…/rows, {mixed}, JSON, {CONNECTIONS} connections, a visitor; raw: DuckDB, rows and count, on the same Parquet file"
    return [
        record(f"{job}: CPU", cpu, "CPU-ms", 2, "lower", cpu, cpu / raw, how),
        record("100 filtered and sorted rows of 1 million", rate, "requests/s", 800, "higher", cpu, cpu / raw, how, "C"),
        record(
            f"{job}: CPU, in process", inside, "CPU-ms", 2, "lower", inside, inside / raw, f"the store's verb and the JSON, without HTTP; {mixed}"
        ),
        record(
            "load of 1 million rows of CSV to a published version",
            publishing[0],
            "s",
            5,
            "lower",
            publishing[1] * 1000,
            None,
            "10 columns, 78 MB; typed, profiled, sorted by place",
            "C",
        ),
        record("CSV export of 1 million rows", whole, "s", 3, "lower", export_cpu * 1000, None, EXPORTED.format(size), "C"),
        record(
            "CSV export of 1 million rows: its second half, resumed", rest, "s", None, "lower", 0.0, None, "Range with the ETag of the first", "C"
        ),
    ]


def download(server: Server, start: int = 0) -> tuple[float, float, int]:
    """Download the whole as CSV, or what comes after a byte; return the seconds, the server's CPU seconds and the bytes."""
    connection = http.client.HTTPConnection(server.url.removeprefix("http://"), timeout=60)
    connection.request("HEAD", "/api/tables/bench/export/csv")
    first = connection.getresponse()
    first.read()
    headers = {"Range": f"bytes={start}-", "If-Range": first.headers["ETag"]} if start else {}
    began, before, size = time.perf_counter(), server.cpu_seconds(), 0
    connection.request("GET", "/api/tables/bench/export/csv", headers=headers)
    answer = connection.getresponse()
    while chunk := answer.read(1 << 18):
        size += len(chunk)
    if answer.status != (206 if start else 200):
        raise RuntimeError(f"the download was answered with {answer.status}")
    return time.perf_counter() - began, server.cpu_seconds() - before, size


def write_source(path: Path) -> None:
    """Write the table: numbers, words, codes, times and places."""
    random = np.random.default_rng(1)
    value, lat, lon = random.random(ROWS) * 100, 50.7 + random.random(ROWS) / 5, 4.2 + random.random(ROWS) * 0.3
    with path.open("w") as file:
        file.write("id,name,street,value,count,when,code,flag,lat,lon\n")
        for n in range(ROWS):
            when = f"2024-{n % 12 + 1:02}-{n % 28 + 1:02} {n % 24:02}:00:00"
            flag = "true" if n % 3 else "false"
            words = f"name {n * 7919 % 5000},Rue {n * 31 % 700}"
            file.write(f"{n},{words},{value[n]:.3f},{n % 977},{when},{n % 9000:05},{flag},{lat[n]:.6f},{lon[n]:.6f}\n")


def drive(server: Server, asked: list[tuple[list[tuple[str, str, Any]], list[str]]]) -> tuple[float, float]:
    """Ask for some seconds over some connections; return requests per second and the server's CPU milliseconds per request."""
    addresses = [
        f"/api/tables/bench/rows?{urlencode([*(('where', told(*each)) for each in where), *(('order', name) for name in order)])}"
        for where, order in asked
    ]
    return ask_in_turn(server, addresses, SECONDS, CONNECTIONS)


def told(column: str, op: str, value: Any) -> str:
    """Return a condition as a client writes it."""
    return f"{column}:{op}:{'|'.join(map(str, value)) if isinstance(value, list) else str(value).lower() if isinstance(value, bool) else value}"


def raw_engine(parquet: Path, asked: list[tuple[list[tuple[str, str, Any]], list[str]]]) -> float:
    """Return plain DuckDB's CPU milliseconds for a hundred rows and their number, from the same file."""
    signs = {"eq": "=", "gt": ">", "lt": "<", "ge": ">="}
    with duckdb.connect(config={"threads": 2, "memory_limit": "500MB"}) as connection:
        before = time.process_time()
        for where, order in asked:
            parts, values = [], []
            for column, op, value in where:
                if op == "between":
                    parts.append(f'"{column}" BETWEEN ? AND ?')
                    values += value
                else:
                    parts.append(f'"{column}" ILIKE ?' if op == "contains" else f'"{column}" {signs[op]} ?')
                    values.append(f"%{value}%" if op == "contains" else value)
            keys = [f'"{name.lstrip("-")}"{" DESC" if name.startswith("-") else ""}' for name in order]
            told_order = f"ORDER BY {', '.join(keys)}" if keys else ""
            source = f"FROM read_parquet('{parquet}') WHERE {' AND '.join(parts)}"
            connection.execute(
                f'SELECT id, name, street, value, count, epoch("when"), code, flag, lat, lon {source} {told_order} LIMIT 100', values
            ).fetchall()
            connection.execute(f"SELECT count(*) {source}", values).fetchall()
        return (time.process_time() - before) / len(asked) * 1000


def record(
    job: str, value: float, unit: str, bar: float | None, better: str, cpu: float, ratio: float | None, how: str, issue: str = "A"
) -> dict[str, Any]:
    """Return one record of the results."""
    figures = {"cpu_ms_per_op": round(cpu, 4), "raw_engine_ratio": None if ratio is None else round(ratio, 3)}
    return {"issue": issue, "job": job, "value": round(value, 3), "unit": unit, "bar": bar, "better": better, **figures, "how": how}
