"""What the devices' store takes and gives. Pure: no framework, no storage."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

import msgspec

from zinneke.kernel.confidentiality import Level

State = Literal["active", "revoked"]


class DeviceRow(msgspec.Struct, frozen=True, kw_only=True):
    """A device as it is registered: `area` is a commune's NIS code, "" for the whole Region; `streams` the numbers of those that it writes.

    One that `signs` is heard only in signed messages: its key alone, sent along, opens nothing.
    """

    name: str
    kind: str = ""
    organisation: str = ""
    area: str = ""
    level: Level = Level.SHARED
    streams: tuple[int, ...] = ()
    signs: bool = False


class KeyRecord(msgspec.Struct, frozen=True):
    """A key without its secret."""

    id: int
    made: datetime
    revoked: datetime | None = None
    last_used: date | None = None


class Device(DeviceRow, frozen=True, kw_only=True):
    """A device as it stands."""

    state: State = "active"
    registered: datetime
    registered_by: str = ""
    keys: tuple[KeyRecord, ...] = ()
