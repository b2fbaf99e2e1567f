"""Uplinks as network servers of LoRaWAN tell them: The Things Stack v3 and ChirpStack v4, by MQTT and by webhook alike. Pure."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

import msgspec

from zinneke.kernel.period import read_moment_or_none
from zinneke.kernel.problem import wrong

TRUSTED = timedelta(minutes=10)
"""How far a gateway's clock may be from the server's to be believed."""
DEEPEST, MOST = 6, 200
"""Levels and numbers of one decoded payload."""


class Uplink(msgspec.Struct, frozen=True):
    """One uplink: the device as the network server names it, when a gateway heard it, its frame counter, its payload, decoded there or as bytes."""

    device: str
    time: datetime
    counter: str = ""
    decoded: dict[str, float] = {}
    payload: bytes = b""


class _Ids(msgspec.Struct):
    device_id: str


class _Heard(msgspec.Struct):
    time: str | None = None
    gwTime: str | None = None  # noqa: N815  ChirpStack's name


class _Settings(msgspec.Struct, frozen=True):
    time: str | None = None


class _TtnUplink(msgspec.Struct):
    received_at: str | None = None
    session_key_id: str = ""
    f_cnt: int = 0
    frm_payload: str = ""
    decoded_payload: Any = None
    rx_metadata: list[_Heard] = []
    settings: _Settings = _Settings()


class _Ttn(msgspec.Struct):
    end_device_ids: _Ids
    received_at: str | None = None
    uplink_message: _TtnUplink | None = None


class _DeviceInfo(msgspec.Struct):
    devEui: str  # noqa: N815  ChirpStack's name


class _ChirpStack(msgspec.Struct):
    deviceInfo: _DeviceInfo  # noqa: N815  ChirpStack's names
    time: str | None = None
    devAddr: str = ""  # noqa: N815
    fCnt: int = 0  # noqa: N815
    data: str = ""
    object: Any = None
    rxInfo: list[_Heard] = []  # noqa: N815


_read_ttn = msgspec.json.Decoder(_Ttn).decode
_read_chirpstack = msgspec.json.Decoder(_ChirpStack).decode


def read_ttn(body: bytes) -> Uplink | None:
    """Return an uplink of The Things Stack, None for another of its events (a join, a downlink). Raises `Problem` 400."""
    told = _told(_read_ttn, body, "The Things Stack")
    up = told.uplink_message
    if up is None:
        return None
    time = _time([each.time for each in up.rx_metadata], up.received_at, told.received_at, up.settings.time)
    return _uplink(told.end_device_ids.device_id, time, f"{up.session_key_id}/{up.f_cnt}", up.decoded_payload, up.frm_payload)


def read_chirpstack(body: bytes) -> Uplink:
    """Return an uplink of ChirpStack. Raises `Problem` 400."""
    told = _told(_read_chirpstack, body, "ChirpStack")
    time = _time([each.gwTime or each.time for each in told.rxInfo], told.time)
    return _uplink(told.deviceInfo.devEui, time, f"{told.devAddr}/{told.fCnt}", told.object, told.data)


def _told(read: Callable[[bytes], Any], body: bytes, whose: str) -> Any:
    try:
        return read(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as fault:
        raise wrong(f"This is no uplink as {whose} sends it: {fault}.") from None


def _uplink(device: str, time: datetime, counter: str, decoded: Any, payload: str) -> Uplink:
    try:
        raw = base64.b64decode(payload, validate=True)
    except (binascii.Error, ValueError):
        raise wrong("The payload is not base64.", where="payload") from None
    values = dict(_numbers(decoded, "", 0)) if isinstance(decoded, dict) else {}
    if len(values) > MOST:
        raise wrong(f"A decoded payload has {MOST} numbers at the most.", where="payload")
    return Uplink(device, time, counter, values, raw)


def _time(gateways: Iterable[str | None], *servers: str | None) -> datetime:
    """Return when a gateway heard the device; when the server did, where no gateway has a clock that agrees with the server's."""
    server = next((moment for text in servers if text and (moment := read_moment_or_none(text))), None)
    for text in gateways:
        moment = read_moment_or_none(text) if text else None
        if moment and (server is None or abs(moment - server) <= TRUSTED):
            return moment
    if server is None:
        raise wrong("The uplink has no time, of a gateway or of the server.", where="time")
    return server


def _numbers(value: Any, name: str, depth: int) -> Iterator[tuple[str, float]]:
    """Yield every number in a decoded payload by its path: `air.temperature`, `counts.0`; truths count as 1 and 0."""
    if isinstance(value, bool | int | float):
        try:
            yield name, float(value)
        except OverflowError:
            return
    elif depth < DEEPEST and isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _numbers(inner, f"{name}.{key}" if name else str(key), depth + 1)
