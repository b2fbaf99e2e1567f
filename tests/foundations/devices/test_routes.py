"""Devices at the machines' door."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from tests.foundations.devices.test_doors import sent
from tests.foundations.observations.city import make
from zinneke.asgi.door import Door
from zinneke.foundations.devices.routes import ROUTES
from zinneke.kernel.confidentiality import ANONYMOUS, SYSTEM

pytestmark = pytest.mark.django_db(transaction=True)
HEAD = {"authorization": "Bearer operator"}


@pytest.fixture
def door() -> TestClient:
    return TestClient(Door(ROUTES, lambda headers, safe: SYSTEM if headers.get("authorization") else ANONYMOUS))


def test_a_device_is_registered_described_rotated_changed_and_revoked(door: TestClient, machine: TestClient) -> None:
    (stream,) = make("a")
    made = door.post("/api/devices", json={"name": "bin-17", "streams": [stream.id]}, headers=HEAD)
    assert made.status_code == 201, made.text
    key = made.json()["key"]
    assert machine.post("/api/observations", json=sent(stream.id), headers={"authorization": f"Device {key}"}).status_code == 200
    told = door.get("/api/devices/bin-17", headers=HEAD).json()
    assert told["device"]["streams"] == [stream.id]
    assert told["streams"][0]["lag"] > 0
    assert key not in str(told)
    second = door.post("/api/devices/bin-17/keys", headers=HEAD)
    assert second.status_code == 201
    assert door.post("/api/devices/bin-17/keys", headers=HEAD).status_code == 409
    number = told["device"]["keys"][0]["id"]
    assert door.delete(f"/api/devices/bin-17/keys/{number}", headers=HEAD).status_code == 204
    assert door.delete(f"/api/devices/bin-17/keys/{number}", headers=HEAD).status_code == 404
    changed = door.put("/api/devices/bin-17", json={"kind": "level", "level": "public"}, headers=HEAD).json()
    assert (changed["kind"], changed["streams"]) == ("level", [])
    assert door.post("/api/devices/bin-17/revoke", headers=HEAD).json()["state"] == "revoked"
    assert machine.post("/api/observations", json=sent(stream.id), headers={"authorization": f"Device {second.json()['key']}"}).status_code == 401
    assert door.get("/api/devices?state=active", headers=HEAD).json() == {"devices": [], "next": None}
    assert door.post("/api/devices/bin-17/restore", headers=HEAD).json()["state"] == "active"


def test_bad_input_is_told_where_it_is(door: TestClient) -> None:
    for body, where in (({"name": "a b"}, "name"), ({"name": "a", "level": "secret"}, "level"), ({"name": "a", "kind": "\n"}, "kind")):
        answer = door.post("/api/devices", json=body, headers=HEAD)
        assert (answer.status_code, answer.json()["where"]) == (400, where)
    assert door.post("/api/devices", json={"name": "a"}).status_code == 401
    assert door.get("/api/devices").json() == {"devices": [], "next": None}
    assert door.get("/api/devices/none", headers=HEAD).status_code == 404
