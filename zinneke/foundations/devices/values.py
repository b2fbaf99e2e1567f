"""What the devices' store takes and gives. Pure: no framework, no storage."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

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


class CertificateRecord(msgspec.Struct, frozen=True):
    """A client certificate by its SHA-256; who it was made for and until when is not known of one registered by its fingerprint alone."""

    id: int
    fingerprint: str
    subject: str
    expires: datetime | None
    made: datetime
    revoked: datetime | None = None
    last_used: date | None = None


class Device(DeviceRow, frozen=True, kw_only=True):
    """A device as it stands."""

    state: State = "active"
    registered: datetime
    registered_by: str = ""
    keys: tuple[KeyRecord, ...] = ()
    certificates: tuple[CertificateRecord, ...] = ()


class Campaign(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What people are invited to measure: `reading` in `unit` (UCUM), from `low` to `high`, from the day `starts` to the day `ends`.

    A place is coarsened to the middle of a square of `metres`, or of its neighbourhood when that is 0, before anything is stored.
    One that is `closed` takes nothing more, whatever its days. Texts are by language; `area` is the commune that it is for, "" for the whole Region.
    """

    key: str = ""
    name: dict[str, str]
    about: dict[str, str]
    reading: dict[str, str]
    unit: str = "1"
    low: float
    high: float
    metres: int = 500
    starts: date
    ends: date
    area: str = ""
    level: Level = Level.PUBLIC
    closed: bool = False


class Taking(msgspec.Struct, frozen=True):
    """What came of a campaign from one square or neighbourhood: how often, when and what last."""

    stream: int
    lon: float
    lat: float
    area: str
    times: int
    last: datetime
    value: float


class Contribution(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What somebody measured, and where: degrees of longitude and latitude. It is of now."""

    value: float
    lon: Annotated[float, msgspec.Meta(ge=-180, le=180)]
    lat: Annotated[float, msgspec.Meta(ge=-90, le=90)]


class Contributed(msgspec.Struct, frozen=True):
    """What was kept of a contribution: its stream, time and value, the coarsened place, and the pseudonym of the day."""

    stream: int
    time: datetime
    value: float
    lon: float
    lat: float
    contributor: str
