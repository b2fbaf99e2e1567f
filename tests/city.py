"""Served processes of one city, as tests start, ask, kill and start them again."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from benchmarks.serving import free_port
from tests.broker import until

SERVE = """
import sys
import django
django.setup()
from zinneke.foundations.identity import memory
from zinneke.foundations.observations import register
memory.SECONDS, register.RECHECK = 3600.0, 3600.0
from zinneke.cli import main
sys.exit(main(sys.argv[1:]))
"""
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


class City:
    """The processes of a city: `main` has the stores, `ingest` takes in. Each has a data folder of its name."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.folder = folder
        self.shared = {**os.environ, "DJANGO_SETTINGS_MODULE": "zinneke.settings", **settings}
        self.ports = {"main": free_port(), "ingest": free_port()}
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.token = ""

    def environment(self, node: str) -> dict[str, str]:
        (self.folder / node).mkdir(exist_ok=True)
        return {**self.shared, "ZINNEKE_NODE": node, "ZINNEKE_DATA": str(self.folder / node)}

    def command(self, *words: str, given: str = "", node: str = "main") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "zinneke", *words],
            env=self.environment(node), input=given, capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip

    def admit(self, email: str, *scopes: str) -> str:
        """Make an operator, and return a token of theirs."""
        given = "quatre mots peu communs"
        added = self.command("user", "add", email, "--name", "Ann", "--role", "operator", "--password-stdin", given=given)
        assert added.returncode == 0, added.stdout + added.stderr
        words = [word for scope in scopes for word in ("--scope", scope)]
        told = self.command("user", "token", email, *words, "--days", "1").stdout
        found = re.search(r"zk_\S+", told)
        assert found, told
        return found[0]

    def url(self, node: str) -> str:
        return f"http://127.0.0.1:{self.ports[node]}"

    def start(self, node: str) -> None:
        log = (self.folder / f"{node}.log").open("ab")
        words = [sys.executable, "-c", SERVE, "serve", "--port", str(self.ports[node])]
        self.processes[node] = subprocess.Popen(words, env=self.environment(node), stdout=log, stderr=log)
        log.close()
        until(lambda: self.well(node), f"{node} is well; its log is {node}.log", 120)  # a first start makes every table

    def well(self, node: str) -> bool:
        assert self.processes[node].poll() is None, (self.folder / f"{node}.log").read_text()
        try:
            return httpx.get(f"{self.url(node)}/health", trust_env=False).status_code == 200
        except httpx.TransportError:
            return False

    def stop(self, node: str, how: signal.Signals = signal.SIGTERM) -> int:
        process = self.processes.pop(node)
        process.send_signal(how)
        return process.wait(60)

    def ask(self, node: str, method: str, path: str, key: str = "", **more: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {key or self.token}"}
        return httpx.request(method, f"{self.url(node)}{path}", headers=headers, timeout=60, trust_env=False, **more)

    def make_stream(self, node: str, name: str) -> int:
        """Declare a thing with a datastream at a node, and return the datastream's number."""
        stream = {
            "name": "noise", "description": "how loud it is", "observationType": "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement",
            "unitOfMeasurement": {"name": "decibel", "symbol": "dB", "definition": "ucum:dB"},
            "ObservedProperty": {"name": "noise", "definition": "urn:noise", "description": "noise"},
            "Sensor": {"name": "ear", "description": "an ear", "encodingType": "text/html", "metadata": "none"},
        }  # fmt: skip
        made = self.ask(node, "POST", "/sta/v1.1/Things", json={"name": name, "description": name, "Datastreams": [stream]})
        assert made.status_code == 201, made.text
        path = "/sta/v1.1/" + made.headers["location"].split("/sta/v1.1/")[1]
        return int(self.ask("main", "GET", f"{path}/Datastreams").json()["value"][0]["@iot.id"])

    def make_device(self, name: str, *streams: int) -> str:
        made = self.ask("main", "POST", "/api/devices", json={"name": name, "streams": streams})
        assert made.status_code in (200, 201), made.text
        return str(made.json()["key"])

    def stored(self, stream: int) -> list[tuple[str, float]]:
        rows: list[tuple[str, float]] = []
        start: str | None = BEGIN.isoformat()
        while start:
            params = {"from": start, "to": (BEGIN + timedelta(days=300)).isoformat(), "limit": 10_000}
            page = self.ask("main", "GET", f"/api/datastreams/{stream}/observations", params=params)
            assert page.status_code == 200, page.text
            rows += [(row["time"], row["value"]) for row in page.json()["points"]]
            start = page.json()["next"]
        return rows


def sent(stream: int, first: int, rows: int = 1) -> dict[str, Any]:
    """Return a body of one observation a second, with its number as the value."""
    numbers = range(first, first + rows)
    times = [(BEGIN + timedelta(seconds=number)).isoformat() for number in numbers]
    return {"streams": [stream] * rows, "times": times, "values": [float(number) for number in numbers]}
