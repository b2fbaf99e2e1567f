"""How deep a written shape is nested: what reads shapes follows them without a limit of its own, and a deep one would end the whole program."""

from __future__ import annotations

import struct

import numpy as np

DEEPEST = 24
"""Lists and objects in each other: an area among areas in a collection in a collection needs half of it."""
_OPENING = b"(", b"[", b"{"
_POINT, _LINES, _POLYGON, _HOLDERS = 1, (2, 8), 3, (4, 5, 6, 7, 9, 10, 11, 12)


def deep_text(text: bytes) -> bool:
    """Say whether a shape in GeoJSON or WKT opens more brackets in each other than any shape needs, however its words are written."""
    if sum(map(text.count, _OPENING)) <= DEEPEST:
        return False
    letters = np.frombuffer(text, np.uint8)
    steps = np.isin(letters, (40, 91, 123)).astype(np.int8) - np.isin(letters, (41, 93, 125)).astype(np.int8)
    return int(np.cumsum(steps, dtype=np.int64).max()) > DEEPEST


def deep_wkb(data: bytes) -> bool:
    """Say whether a shape in WKB or EWKB holds shapes in each other deeper than any needs; what breaks off before is left to its reader."""
    place, left = 0, list[int]()
    try:
        while True:
            order = "<" if data[place] else ">"
            (code,) = struct.unpack_from(f"{order}I", data, place + 1)
            place += 9 if code & 0x20000000 else 5
            kind, further = (code & 0xFFFF) % 1000, (code & 0xFFFF) // 1000
            size = 8 * (2 + (bool(code & 0x80000000) or further in (1, 3)) + (bool(code & 0x40000000) or further in (2, 3)))
            if kind in _HOLDERS:
                left += struct.unpack_from(f"{order}I", data, place)
                place += 4
                if len(left) > DEEPEST:
                    return True
            else:
                place = _behind(data, place, order, kind, size)
                if left:
                    left[-1] -= 1
            while left and not left[-1]:
                left.pop()
                if left:
                    left[-1] -= 1
            if not left:
                return False
    except (struct.error, IndexError, ValueError):
        return False


def _behind(data: bytes, place: int, order: str, kind: int, size: int) -> int:
    """Return where a shape without others in it ends. Raises `ValueError` for another kind."""
    if kind == _POINT:
        return place + size
    if kind not in (*_LINES, _POLYGON):
        raise ValueError
    rings = 1
    if kind == _POLYGON:
        (rings,) = struct.unpack_from(f"{order}I", data, place)
        place += 4
    for _ in range(rings):
        (points,) = struct.unpack_from(f"{order}I", data, place)
        place += 4 + points * size
    return place
