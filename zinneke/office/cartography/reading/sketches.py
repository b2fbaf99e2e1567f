"""Sketch files (`zinneke sketch`): what an administration measured of a table itself, without any value of it."""

from __future__ import annotations

import msgspec

from zinneke.office.cartography import packet
from zinneke.office.cartography.reading.origin import Origin, column
from zinneke.office.cartography.scanning import Scanned
from zinneke.office.cartography.things import Field, Form, Table


def read(data: bytes, origin: Origin) -> Scanned:
    """Read one sketch file: its table, or form, with the profile. Other tables of the source stay as they are."""
    found = packet.read(data).profile
    key = origin.key(found.name)
    columns = tuple(column(each.name, each.type) for each in found.columns)
    details = Form(tuple(Field(each.name, type=each.type) for each in columns)) if found.asked else Table(columns, found.rows)
    profile = msgspec.structs.replace(found, key=key)
    return Scanned(
        origin=origin.name, things=(origin.row(key, details, found.name),), profiles=(profile,), partial=found.partial, whole=False,
        owner=origin.owner, level=origin.level, area=origin.area,
    )  # fmt: skip
