"""Uplinks as network servers tell them: read whatever they are, or refused with a reason."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zinneke.kernel.problem import Problem
from zinneke.standards.lorawan import cayenne
from zinneke.standards.lorawan.uplinks import MOST, read_chirpstack, read_ttn

HEARD = datetime(2026, 11, 28, 8, 0, 0, 123456, UTC)


def ttn(**changes: Any) -> dict[str, Any]:
    """Return an uplink as The Things Stack publishes it, with members of `uplink_message` changed."""
    up = {
        "session_key_id": "AX0sSx==", "f_port": 1, "f_cnt": 17, "frm_payload": "AWcA6wJofw==",
        "decoded_payload": {"temperature": 23.5, "air": {"humidity": 63.5}, "battery_low": False, "note": "fine"},
        "rx_metadata": [{"gateway_ids": {"gateway_id": "roof"}, "time": "2026-11-28T08:00:00.123456789Z", "rssi": -60}],
        "settings": {"data_rate": {"lora": {"bandwidth": 125000}}, "time": "2026-11-28T08:00:00.2Z"},
        "received_at": "2026-11-28T08:00:00.5Z",
    }  # fmt: skip
    ids = {"device_id": "soil-4", "application_ids": {"application_id": "parks"}, "dev_eui": "0102030405060708"}
    return {"end_device_ids": ids, "correlation_ids": ["x"], "received_at": "2026-11-28T08:00:01Z", "uplink_message": {**up, **changes}}


def chirpstack(**changes: Any) -> dict[str, Any]:
    """Return an uplink as ChirpStack publishes it."""
    up = {
        "deduplicationId": "3ac7e3c4", "time": "2026-11-28T08:00:00.5+00:00", "deviceInfo": {"tenantName": "city", "devEui": "0102030405060708"},
        "devAddr": "00189440", "dr": 5, "fCnt": 17, "fPort": 1, "confirmed": False, "data": "AWcA6wJofw==", "object": {"temperature": 23.5},
        "rxInfo": [{"gatewayId": "roof", "gwTime": "2026-11-28T08:00:00.123456+00:00", "nsTime": "2026-11-28T08:00:00.4+00:00"}],
    }  # fmt: skip
    return {**up, **changes}


def test_an_uplink_of_the_things_stack() -> None:
    up = read_ttn(json.dumps(ttn()).encode())
    assert up is not None
    assert (up.device, up.time, up.counter) == ("soil-4", HEARD, "AX0sSx==/17")
    assert up.decoded == {"temperature": 23.5, "air.humidity": 63.5, "battery_low": 0.0}
    assert up.payload == base64.b64decode("AWcA6wJofw==")


def test_an_uplink_of_chirpstack() -> None:
    up = read_chirpstack(json.dumps(chirpstack()).encode())
    assert (up.device, up.time, up.counter, up.decoded) == ("0102030405060708", HEARD, "00189440/17", {"temperature": 23.5})


def test_another_event_is_no_uplink() -> None:
    assert read_ttn(json.dumps({"end_device_ids": {"device_id": "soil-4"}, "join_accept": {}}).encode()) is None


@pytest.mark.parametrize(
    ("gateways", "expected"),
    [
        ([], "08:00:00.5"),
        ([{"rssi": -1}], "08:00:00.5"),
        ([{"time": "1980-01-06T00:00:00Z"}], "08:00:00.5"),
        ([{"time": "nonsense"}, {"time": "2026-11-28T07:59:59Z"}], "07:59:59"),
        ([{"time": "2026-11-28T09:00:00Z"}], "08:00:00.5"),
    ],
)
def test_a_gateway_whose_clock_is_wrong_is_not_believed(gateways: list[dict[str, Any]], expected: str) -> None:
    up = read_ttn(json.dumps(ttn(rx_metadata=gateways)).encode())
    assert up is not None
    assert up.time == datetime.fromisoformat(f"2026-11-28T{expected}+00:00")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "no uplink"),
        (b"\xff", "no uplink"),
        (b"[]", "no uplink"),
        (b"[" * 50_000, "no uplink"),
        (b'{"end_device_ids": {"device_id": 4}}', "no uplink"),
        (json.dumps(ttn(frm_payload="§")).encode(), "base64"),
        (json.dumps(ttn(frm_payload="A")).encode(), "base64"),
        (json.dumps(ttn(decoded_payload={str(at): at for at in range(MOST + 1)})).encode(), "numbers"),
    ],
    ids=range(8),
)
def test_what_is_no_uplink_is_refused(body: bytes, reason: str) -> None:
    with pytest.raises(Problem, match=reason):
        read_ttn(body)


def test_an_uplink_without_any_time_is_refused() -> None:
    with pytest.raises(Problem, match="no time"):
        read_chirpstack(json.dumps(chirpstack(time=None, rxInfo=[])).encode())


documents = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=12,
)


@given(
    st.binary(max_size=200)
    | documents.map(lambda each: json.dumps(each).encode())
    | documents.map(lambda each: json.dumps(ttn(decoded_payload=each, rx_metadata=[])).encode())
)
def test_any_bytes_are_an_uplink_or_refused(body: bytes) -> None:
    for read in (read_ttn, read_chirpstack):
        try:
            up = read(body)
        except Problem as problem:
            assert problem.status == 400 and problem.detail
        else:
            assert up is None or all(isinstance(value, float) for value in up.decoded.values())


def test_cayenne_payloads_are_decoded() -> None:
    assert cayenne.decode(bytes.fromhex("03670110056700FF")) == {"temperature_3": 27.2, "temperature_5": 25.5}  # myDevices' own examples
    assert cayenne.decode(bytes.fromhex("0167FFD7067104D2FB2E0000")) == {
        "temperature_1": -4.1, "accelerometer_6.x": 1.234, "accelerometer_6.y": -1.234, "accelerometer_6.z": 0,
    }  # fmt: skip
    assert cayenne.decode(bytes.fromhex("018806765FF2960A0003E8")) == {"gps_1.latitude": 42.3519, "gps_1.longitude": -87.9094, "gps_1.altitude": 10}
    assert cayenne.decode(bytes.fromhex("02687F0373276003650100040200 0A".replace(" ", ""))) == {
        "relative_humidity_2": 63.5, "barometric_pressure_3": 1008, "luminosity_3": 256, "analog_in_4": 0.1,
    }  # fmt: skip
    assert cayenne.decode(b"") == {}


@pytest.mark.parametrize(
    ("payload", "reason"),
    [(b"\x01", "no type"), (b"\x01\xff\x00", "no type"), (b"\x01\x67\x00", "breaks off"), (b"\x01\x88" + b"\0" * 8, "breaks off")],
)
def test_a_payload_that_is_not_cayenne_is_refused(payload: bytes, reason: str) -> None:
    with pytest.raises(Problem, match=reason):
        cayenne.decode(payload)


values = st.lists(st.tuples(st.integers(0, 255), st.sampled_from(sorted(cayenne.KINDS)), st.integers(0, 2**32 - 1)), max_size=10)


@given(values)
def test_what_is_encoded_is_decoded(written: list[tuple[int, int, int]]) -> None:
    payload, expected = b"", {}
    for channel, number, word in written:
        kind = cayenne.KINDS[number]
        payload += bytes((channel, number))
        for part in kind.parts:
            raw = (word % 256**kind.size).to_bytes(kind.size, "big")
            payload += raw
            expected[f"{kind.name}_{channel}{part}"] = round(int.from_bytes(raw, "big", signed=kind.signed) * kind.step, 4)
    assert cayenne.decode(payload) == expected


@given(st.binary(max_size=60))
def test_any_payload_is_decoded_or_refused(payload: bytes) -> None:
    try:
        assert all(isinstance(value, float | int) for value in cayenne.decode(payload).values())
    except Problem as problem:
        assert problem.status == 400
