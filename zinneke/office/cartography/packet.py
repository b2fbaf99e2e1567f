"""The file in which a profile travels: made inside an administration, sent alone, read by whoever compares.

JSON, so that an officer can open it and see that no value is in it: a manifest (format, version, when, by whom, under which key's name,
how many rows) and the profile. `docs/cartography-finding.md` describes it.
"""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec

from zinneke.kernel.problem import wrong
from zinneke.office.cartography.values import VERSION, TableProfile

FORMAT = "zinneke-sketch"


class Manifest(msgspec.Struct, frozen=True):
    """What a packet says of itself: its format and version, when and by which administration it was made, and under which key (its name)."""

    format: str
    version: str
    made: datetime
    administration: str
    key: str
    rows: int
    columns: int
    note: str = "Pseudonymised, not anonymous: whoever holds the key can try values. It holds no value of any column. Delete it after the comparison."


class Packet(msgspec.Struct, frozen=True):
    """A profile and its manifest."""

    manifest: Manifest
    profile: TableProfile


def write(profile: TableProfile, administration: str, key: str, now: datetime | None = None) -> bytes:
    """Return the packet of a profile as indented JSON. `key` is the name of the key (`sketch.key_name`), never the key."""
    manifest = Manifest(FORMAT, VERSION, now or datetime.now(UTC), administration, key, profile.rows, len(profile.columns))
    return msgspec.json.format(msgspec.json.encode(Packet(manifest, profile)), indent=1)


def read(packet: bytes) -> Packet:
    """Return what a packet holds. Raises `Problem` 400 for anything else, another format, or a later version."""
    try:
        found = msgspec.json.decode(packet, type=Packet)
    except (msgspec.DecodeError, msgspec.ValidationError, UnicodeDecodeError) as reason:
        raise wrong(f"This is no sketch file: {reason}.", where="packet") from reason
    if found.manifest.format != FORMAT or found.manifest.version != VERSION:
        have = f"{found.manifest.format} {found.manifest.version}"
        raise wrong(
            f"The sketch file is in {have[:60]!r}; this program reads {FORMAT} {VERSION}. Make it again with `zinneke sketch`.", where="packet"
        )
    for column in found.profile.columns:
        for sketch in (column.sketch, column.words):
            if sketch and (len(sketch.hashes) % 8 or not 0 <= sketch.level < 40 or sketch.key != found.manifest.key):
                raise wrong(f"The sketch of column {column.name[:60]!r} is damaged or was made under another key.", where="packet")
    return found
