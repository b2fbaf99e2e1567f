"""The few forms of Protocol Buffers that a vector tile is made of: varints, fields, packed lists, zigzag differences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

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


def varints(numbers: NDArray[Any]) -> tuple[bytes, NDArray[np.int64]]:
    """Return whole numbers >= 0 as varints on end, and the offset at which each one ends."""
    if not len(numbers):
        return b"", np.zeros(0, np.int64)
    highest = int(numbers.max())
    rest: NDArray[Any] = numbers.astype(np.uint32 if highest < 1 << 32 else np.uint64)
    width = max(1, (highest.bit_length() + 6) // 7)
    groups, more = np.empty((len(rest), width), np.uint8), np.ones((len(rest), width), np.bool_)
    for place in range(width):
        groups[:, place] = rest & 127
        rest = rest >> 7
        if place + 1 < width:
            more[:, place + 1] = rest > 0
            groups[:, place] |= more[:, place + 1].view(np.uint8) << 7
    return groups[more].tobytes(), np.cumsum(more.sum(axis=1))


Ragged = tuple[NDArray[np.uint8], NDArray[np.int64]]
"""The bytes of many things on end, and how many each has."""


def ragged(parts: Sequence[bytes]) -> Ragged:
    """Return some bytes on end, and the length of each."""
    return np.frombuffer(b"".join(parts), np.uint8), np.fromiter(map(len, parts), np.int64, len(parts))


def lengths(sizes: NDArray[np.int64]) -> Ragged:
    """Return numbers as varints on end, and the bytes of each."""
    packed, ends = varints(sizes)
    return np.frombuffer(packed, np.uint8), np.diff(ends, prepend=0)


def same(content: bytes, times: int) -> Ragged:
    """Return the same bytes over and over."""
    return np.tile(np.frombuffer(content, np.uint8), times), np.full(times, len(content), np.int64)


def woven(parts: Sequence[Ragged]) -> bytes:
    """Return the first thing of every part, then the second of every part, and so on."""
    sizes = np.stack([size for _, size in parts], axis=1)
    starts = np.cumsum(sizes.reshape(-1)).reshape(sizes.shape) - sizes
    made = np.empty(int(sizes.sum()), np.uint8)
    for place, (content, size) in enumerate(parts):
        moved = starts[:, place] - (np.cumsum(size) - size)
        made[np.repeat(moved, size) + np.arange(len(content))] = content
    return made.tobytes()


def delta_bytes(path: NDArray[np.int64], cursor: tuple[int, int]) -> tuple[bytes, int]:
    """Return a path as zigzag differences from the cursor on, and the number of bytes that its first point takes."""
    steps = np.diff(path, axis=0, prepend=np.array([cursor], np.int64))
    encoded, ends = varints(((steps << 1) ^ (steps >> 63)).reshape(-1))
    return encoded, int(ends[1])
