"""What a device's name and key look like, and what its actor may do. Pure."""

from __future__ import annotations

import re

from zinneke.foundations.devices.values import Device, DeviceRow
from zinneke.kernel.confidentiality import Actor, Grant, Level, Right
from zinneke.kernel.problem import Problem, wrong

KEY_PREFIX = "zd_"
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}")
AREA = re.compile(r"[A-Za-z0-9_-]{0,20}")
KEY = re.compile(r"zd_([1-9][0-9]{0,17})_([A-Za-z0-9_-]{43})")
MOST_STREAMS = 100
"""Streams of one device: each is a grant, and every request looks at them."""
MOST_KEYS = 2
"""Keys of one device at once: the one in use, and the one that replaces it."""


def check(row: DeviceRow) -> None:
    """Refuse a device that cannot be kept as it is described. Raises `Problem` 400."""
    if not NAME.fullmatch(row.name):
        raise wrong("A device's name has letters, figures, hyphens and underscores, 100 at most, and begins with a letter or a figure.", where="name")
    if len(row.kind) > 100 or not row.kind.isprintable():
        raise wrong("The kind of a device is a word or two, of at most 100 printable characters.", where="kind")
    if not AREA.fullmatch(row.area):
        raise wrong(f"{row.area!r} is not the code of an area. Use a commune's NIS code such as 21015, or nothing for everywhere.", where="area")
    if len(row.streams) > MOST_STREAMS:
        raise wrong(f"A device writes {MOST_STREAMS} streams at the most. Register several devices.", where="streams")


def key_number(key: str) -> int | None:
    """Return the number of a key that has the form of one."""
    found = KEY.fullmatch(key)
    return int(found[1]) if found else None


def actor_of(device: Device) -> Actor:
    """Return a device as the actor that verbs take: it edits its own streams, whatever their level, and nothing else.

    Raises `Problem` 403 for one that was revoked.
    """
    if device.state != "active":
        raise Problem(403, "Revoked", f"The device {device.name} was revoked. Ask whoever runs the platform.")
    edit = frozenset({Right.EDIT})
    grants = tuple(Grant("device", edit, Level.PERSONAL, subject=f"observations.{number}") for number in device.streams)
    return Actor(f"device:{device.name}", device.name, device.organisation or None, grants)
