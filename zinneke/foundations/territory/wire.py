"""The few forms of Protocol Buffers that a vector tile is made of: varints, fields, packed lists, zigzag differences."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def varint(number: int) -> bytes:
    """Return a whole number >= 0 in seven-bit groups, the lowest first."""
    return _SMALL[number] if number < len(_SMALL) else _long(number)


def _long(number: int) -> bytes:
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    out.append(number)
    return bytes(out)


_HEADS = tuple(bytes((number << 3 | 2,)) for number in range(16))
_SMALL = tuple(_long(number) for number in range(16_384))


def field(number: int, content: bytes) -> bytes:
    """Return a field with a length before its content (wire type 2); the field's number is under 16."""
    return _HEADS[number] + varint(len(content)) + content


def varints(numbers: NDArray[np.int64]) -> tuple[bytes, NDArray[np.int64]]:
    """Return numbers >= 0 and under 2^35 as varints on end, and the offset at which each one ends."""
    if not len(numbers):
        return b"", np.zeros(0, np.int64)
    groups = (numbers[:, None] >> np.array([0, 7, 14, 21, 28])) & 127
    lengths = 1 + np.sum(numbers[:, None] >= np.array([1 << 7, 1 << 14, 1 << 21, 1 << 28]), axis=1)
    place = np.arange(5)
    groups |= np.where(place < (lengths - 1)[:, None], 128, 0)
    return groups[place < lengths[:, None]].astype(np.uint8).tobytes(), np.cumsum(lengths)


def delta_bytes(path: NDArray[np.int64], cursor: tuple[int, int]) -> tuple[bytes, int]:
    """Return a path as zigzag differences from the cursor on, and the number of bytes that its first point takes."""
    steps = np.diff(path, axis=0, prepend=np.array([cursor], np.int64))
    encoded, ends = varints(((steps << 1) ^ (steps >> 63)).reshape(-1))
    return encoded, int(ends[1])
