"""A device's key opens every door through which observations come, for its own streams."""

from __future__ import annotations

import base64
from typing import Any

import pyarrow as pa
import pytest
from starlette.testclient import TestClient

from tests.foundations.devices.test_store import registered, stream_of
from tests.foundations.observations.city import NOON, make
from zinneke.foundations.devices import store
from zinneke.foundations.observations import store as observations
from zinneke.kernel.confidentiality import SYSTEM

pytestmark = pytest.mark.django_db(transaction=True)


def sent(number: int, value: float = 10) -> dict[str, Any]:
    return {"streams": [number], "times": [NOON.isoformat()], "values": [value]}


@pytest.mark.parametrize("scheme", ["Bearer {}", "Device {}", "device {}", "{}", "basic"])
def test_a_key_is_taken_in_every_way_that_devices_know(machine: TestClient, scheme: str) -> None:
    who, key = registered()
    word = "Basic " + base64.b64encode(f"any:{key}".encode()).decode() if scheme == "basic" else scheme.format(key)
    answer = machine.post("/api/observations", json=sent(stream_of(who)), headers={"Authorization": word})
    assert answer.status_code == 200, answer.text
    assert answer.json()["stored"] == 1


def arrow(number: int) -> bytes:
    table = pa.table({"stream": pa.array([number], pa.int32()), "time": pa.array([NOON], pa.timestamp("us", "UTC")), "value": [10.0]})
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue())


def ways(number: int) -> dict[str, dict[str, Any]]:
    """Return a request at each door through which one observation comes."""
    one = {"phenomenonTime": NOON.isoformat(), "result": 10}
    array = [
        {
            "Datastream": {"@iot.id": number},
            "components": ["phenomenonTime", "result"],
            "dataArray@iot.count": 1,
            "dataArray": [[NOON.isoformat(), 10]],
        }
    ]
    return {
        "/api/observations": {"json": sent(number)},
        "/api/observations/arrow": {"content": arrow(number)},
        "/sta/v1.1/Observations": {"json": {**one, "Datastream": {"@iot.id": number}}},
        f"/sta/v1.1/Datastreams({number})/Observations": {"json": one},
        "/sta/v1.1/CreateObservations": {"json": array},
    }


@pytest.mark.parametrize("at", range(5))
def test_every_door_takes_a_device_and_only_for_its_own_streams(machine: TestClient, at: int) -> None:
    who, key = registered()
    (other,) = make("other")
    for number, due in ((other.id, 0), (stream_of(who), 1)):
        path, request = list(ways(number).items())[at]
        answer = machine.post(path, headers={"Authorization": f"Device {key}"}, **request)
        assert answer.status_code < 500, answer.text
        assert observations.get_stream(SYSTEM, number).rows == due, answer.text


def test_a_revoked_key_is_refused_and_nothing_is_stored(machine: TestClient) -> None:
    who, key = registered()
    headers = {"Authorization": f"Bearer {key}"}
    assert machine.post("/api/observations", json=sent(stream_of(who)), headers=headers).status_code == 200
    store.revoke(SYSTEM, "bin-17")
    answer = machine.post("/api/observations", json=sent(stream_of(who), 11), headers=headers)
    assert answer.status_code == 401
    assert observations.count(SYSTEM) == 1


@pytest.mark.parametrize("path", ["/api/devices", "/api/quarantine", "/api/datasets"])
def test_a_key_opens_nothing_else(machine: TestClient, path: str) -> None:
    who, key = registered()
    answer = machine.get(path, headers={"Authorization": f"Bearer {key}"})
    assert who.name not in answer.text.replace("may not", "") or answer.status_code == 403
