"""Uplinks become observations: each number that a device's streams read, at the moment at which a gateway heard it."""

from __future__ import annotations

import threading
from collections import OrderedDict
from datetime import datetime

from zinneke.foundations.observations import wire
from zinneke.foundations.observations.register import Register
from zinneke.foundations.observations.topics import declared_codec, decoded_by_source, own_streams
from zinneke.foundations.observations.values import Batch
from zinneke.kernel.confidentiality import Actor
from zinneke.kernel.period import to_microseconds
from zinneke.kernel.problem import wrong
from zinneke.standards.lorawan import cayenne
from zinneke.standards.lorawan.uplinks import Uplink

CAYENNE = "cayenne-lpp"
REMEMBERED = 50_000
"""Frames of which the moment is remembered."""


class Frames:
    """When each frame was first heard. A frame that comes again, through another gateway or another way, keeps that moment, and so its key."""

    def __init__(self, most: int = REMEMBERED) -> None:
        self._most, self._lock = most, threading.Lock()
        self._heard: OrderedDict[tuple[str, str, int], datetime] = OrderedDict()

    def first(self, uplink: Uplink) -> datetime:
        """Return when a frame was heard first."""
        key = (uplink.device, uplink.counter, hash((uplink.payload, tuple(uplink.decoded.items()))))
        with self._lock:
            moment = self._heard.setdefault(key, uplink.time)
            if len(self._heard) > self._most:
                self._heard.popitem(last=False)
        return moment


frames = Frames()


def batch_of(known: Register, device: Actor, uplink: Uplink) -> Batch:
    """Return what a device's uplink observes. Raises `Problem` 400 when nothing in it belongs to a stream of the device."""
    codec = declared_codec(known, device)
    if "/" in codec:
        return decoded_by_source(known, codec, uplink.payload)
    values = uplink.decoded or (cayenne.decode(uplink.payload) if codec == CAYENNE else {})
    if not values:
        raise wrong(
            "The uplink brings no decoded numbers. Let the network server decode it, or declare a codec (cayenne-lpp, or solution/source) in the "
            "properties of the device's thing.",
            where="payload",
        )
    streams = own_streams(known, device)
    found = {reading: value for reading in streams if (value := _value(values, reading)) is not None}
    if not found:
        there, wanted = ", ".join(sorted(values))[:200], ", ".join(sorted(streams))[:200]
        raise wrong(f"None of its numbers ({there}) is what a stream of this device reads ({wanted or 'it has none'}).", where="payload")
    moment = to_microseconds(frames.first(uplink))
    return wire.batch([streams[reading] for reading in found], [moment] * len(found), list(found.values()))


def _value(values: dict[str, float], reading: str) -> float | None:
    """Return the number of a reading: under its own name, or with a channel behind it (`temperature_1`) when there is only one such."""
    if reading in values:
        return values[reading]
    channels = [name for name in values if name.rpartition("_")[0] == reading and name.rpartition("_")[2].isdigit()]
    return values[channels[0]] if len(channels) == 1 else None
