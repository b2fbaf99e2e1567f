"""Cayenne Low Power Payload: channel, type, value, again and again, as many makes of LoRaWAN sensors send. Pure.

Types, sizes and resolutions: myDevices Cayenne, "Cayenne Low Power Payload" (IPSO object number less 3200), and the further types of
`ElectronicCats/CayenneLPP`. Names are those that The Things Stack gives: `temperature_1` is the temperature of channel 1.
"""

from __future__ import annotations

from dataclasses import dataclass

from zinneke.kernel.problem import wrong


@dataclass(frozen=True, slots=True)
class Kind:
    """A type of value: its name, the bytes of one part, what one step is worth, whether it has a sign, and the names of its parts."""

    name: str
    size: int
    step: float
    signed: bool = False
    parts: tuple[str, ...] = ("",)


KINDS = {
    0: Kind("digital_in", 1, 1),
    1: Kind("digital_out", 1, 1),
    2: Kind("analog_in", 2, 0.01, signed=True),
    3: Kind("analog_out", 2, 0.01, signed=True),
    100: Kind("generic", 4, 1),
    101: Kind("luminosity", 2, 1),
    102: Kind("presence", 1, 1),
    103: Kind("temperature", 2, 0.1, signed=True),
    104: Kind("relative_humidity", 1, 0.5),
    113: Kind("accelerometer", 2, 0.001, signed=True, parts=(".x", ".y", ".z")),
    115: Kind("barometric_pressure", 2, 0.1),
    116: Kind("voltage", 2, 0.01),
    117: Kind("current", 2, 0.001),
    118: Kind("frequency", 4, 1),
    120: Kind("percentage", 1, 1),
    121: Kind("altitude", 2, 1, signed=True),
    125: Kind("concentration", 2, 1),
    128: Kind("power", 2, 1),
    130: Kind("distance", 4, 0.001),
    131: Kind("energy", 4, 0.001),
    132: Kind("direction", 2, 1),
    134: Kind("gyrometer", 2, 0.01, signed=True, parts=(".x", ".y", ".z")),
    142: Kind("switch", 1, 1),
}
GPS = 136
"""Latitude and longitude in steps of 0.0001 degree, altitude in steps of 0.01 m, three bytes each."""


def decode(payload: bytes) -> dict[str, float]:
    """Return the values of a payload by name and channel. Raises `Problem` 400 that names the byte where it cannot be read."""
    found: dict[str, float] = {}
    at = 0
    while at < len(payload):
        channel, number = payload[at], payload[at + 1] if at + 1 < len(payload) else -1
        if number == GPS:
            columns = [("latitude", 3, 0.0001), ("longitude", 3, 0.0001), ("altitude", 3, 0.01)]
            parts = [(f"gps_{channel}.{name}", size, step, True) for name, size, step in columns]
        elif kind := KINDS.get(number):
            parts = [(f"{kind.name}_{channel}{part}", kind.size, kind.step, kind.signed) for part in kind.parts]
        else:
            raise wrong(f"Byte {at + 1} of the payload is no type of Cayenne LPP.", where=f"byte {at + 1}")
        at += 2
        for name, size, step, signed in parts:
            if at + size > len(payload):
                raise wrong(f"The payload breaks off at byte {len(payload)}, inside {name}.", where=f"byte {len(payload)}")
            found[name] = round(int.from_bytes(payload[at : at + size], "big", signed=signed) * step, 4)
            at += size
    return found
