"""kill -9 of a served process with subscribers: nothing that was acknowledged is missing for them, nor any alert of a rule."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.foundations.subscriptions.endpoint import Endpoint
from tests.test_process import alone, start

pytestmark = pytest.mark.xdist_group("process")
PATIENCE = 30.0
KILLS = 4
SETUP = """
import json, os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "zinneke.settings"
import django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from zinneke.foundations.identity import store as identity
from zinneke.foundations.observations import lifecycle, store
from zinneke.foundations.observations.values import StreamRow, Thing
from zinneke.kernel.confidentiality import SYSTEM

store.set_things(SYSTEM, [Thing(key="demo/one", name={"en": "one"})])
store.set_streams(SYSTEM, [StreamRow(key="demo/one/fill", thing="demo/one", reading="fill", unit="%", low=0, high=1e9, interval=60)])
person = identity.add_person(SYSTEM, "a@b.test", "A")
identity.grant_role(SYSTEM, "a@b.test", "steward")
token = identity.add_own_token(identity.actor_of_person(person.id), "machine", ["see:*", "edit:*"])
print(json.dumps({"token": token, "stream": store.find_stream(SYSTEM, "demo/one/fill").id}))
lifecycle.stop()
"""


def prepared(data: Path) -> dict[str, Any]:
    """Make a sensor, a person and a token in a folder of records; return the token and the number of the stream."""
    made = subprocess.run([sys.executable, "-c", SETUP], env=alone(data), capture_output=True, text=True, timeout=240, check=False)
    assert made.returncode == 0, made.stderr
    found: dict[str, Any] = json.loads(made.stdout.splitlines()[-1])
    return found


def subscribe(url: str, headers: dict[str, str], endpoint: Endpoint, kinds: list[str], **wanted: Any) -> None:
    wish = {"endpoint": {"kind": "webhook", "address": endpoint.address}, "kinds": kinds, "wanted": wanted}
    answer = httpx.post(f"{url}/api/subscriptions", json=wish, headers=headers)
    assert answer.status_code == 201, answer.text


def value_at(at: int) -> float:
    """Return the value of a moment: every other one is odd."""
    return at + (1e9 - 1e6 if at % 2 else 0)


def send(url: str, headers: dict[str, str], stream: int, begin: datetime, at: int) -> bool:
    """Send one value, and say whether it was acknowledged; one that was not is sent again after the next start."""
    row = {"stream": stream, "time": (begin + timedelta(seconds=at)).isoformat(), "value": value_at(at)}
    try:
        answer = httpx.post(f"{url}/api/observations", json={"observations": [row]}, headers=headers, timeout=PATIENCE)
    except httpx.TransportError:
        return False
    return answer.status_code == 200 and answer.json()["stored"] + answer.json()["duplicates"] == 1


def events(endpoint: Endpoint) -> dict[str, dict[str, Any]]:
    """Return what came, each once, in the order of its first arrival."""
    found: dict[str, dict[str, Any]] = {}
    for sent in list(endpoint.sent):
        for event in sent.json["data"]["events"]:
            found.setdefault(event["id"], {**event, "type": sent.json["type"]})
    return found


def test_after_kill_9_everything_that_was_acknowledged_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZINNEKE_FETCH_HOSTS", "127.0.0.1")
    known, begin, chance = prepared(tmp_path), datetime.now(UTC) - timedelta(days=2), random.Random(7)  # noqa: S311
    headers, at = {"Authorization": f"Bearer {known['token']}"}, 1
    acknowledged: list[float] = []
    with Endpoint() as measured, Endpoint() as alerted:
        process, url = start(tmp_path)
        try:
            rule = {"name": "Odd", "when": {"kind": "threshold", "above": 5e8}, "wanted": {"reading": "fill"}}
            made = httpx.post(f"{url}/api/alert-rules", json=rule, headers=headers)
            assert made.status_code == 201, made.text
            subscribe(url, headers, measured, ["observation"], streams=[known["stream"]])
            subscribe(url, headers, alerted, ["alert.opened", "alert.closed"], rules=[made.json()["key"]])
            for _ in range(KILLS):
                killer = threading.Timer(chance.uniform(0.2, 1.0), os.kill, (process.pid, 9))
                killer.start()
                while process.poll() is None:
                    at += acknowledged[-1:] == [value_at(at)]
                    if send(url, headers, known["stream"], begin, at):
                        acknowledged.append(value_at(at))
                killer.join()
                process, url = start(tmp_path)
            at += acknowledged[-1:] == [value_at(at)]
            assert send(url, headers, known["stream"], begin, at)
            acknowledged.append(value_at(at))
            ends = time.monotonic() + PATIENCE
            while [event["value"] for event in events(measured).values()] != acknowledged and time.monotonic() < ends:
                time.sleep(0.05)
            assert [event["value"] for event in events(measured).values()] == acknowledged
            told = list(events(alerted).values())
            expected = httpx.get(f"{url}/api/alerts?all=true", headers=headers).json()["alerts"]
            opened = [alert for alert in expected if alert["rule"] == made.json()["key"]]
            while len(told) < 2 * len(opened) - bool(at % 2) and time.monotonic() < ends:
                time.sleep(0.05)
                told = list(events(alerted).values())
            kinds = [event["type"] for event in told]
            assert kinds == ["zinneke.alert.opened", "zinneke.alert.closed"] * (len(kinds) // 2) + ["zinneke.alert.opened"] * (len(kinds) % 2)
            assert len(opened) == (at + 1) // 2 and [alert["until"] is None for alert in opened].count(True) == at % 2
            numbers = [sent.json["data"]["sequence"] for sent in alerted.sent]
            assert sorted(set(numbers)) == list(range(1, max(numbers) + 1)), "sequence numbers have no hole"
        finally:
            process.kill()
            process.wait(PATIENCE)
