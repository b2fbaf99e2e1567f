"""Keyed sketches: which share of one column's values another one has, without either side showing a value.

A value's hash has two parts, both under the key. The first 24 bits come from a fast keyed hash over all rows and choose the sample:
every value whose hash lies below a threshold is kept, so that two administrations keep *the same* values without talking to each
other. The last 40 come from keyed BLAKE2b (RFC 7693) of the chosen values only, and are what cannot be guessed without the key.
Threshold sampling: Gibbons and Tirthapura, Estimating simple functions on the union of data streams (SPAA 2001).
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from zinneke.office.cartography.values import Sketch

SIZE = 1024
"""A sketch keeps at least this many values, all of a smaller set."""
_SHARE, _MOST = 6, 16_384
"""Of large sets one value in 2^6 is kept as long as that makes no more than this many, so that a small set finds its values in them."""
_CHOOSING, _RECOGNISING = 24, 40
Hashes = NDArray[np.uint64]


class Estimate(NamedTuple):
    """A share between 0 and 1 with its 95 % interval (Wilson, 1927), and how many sampled values it rests on (0: nothing known)."""

    share: float
    low: float
    high: float
    sample: int


def key_name(key: bytes) -> str:
    """Return a name by which two sketches can tell that they were made under one key; it does not tell the key."""
    return hashlib.blake2b(b"zinneke sketch key name", key=_bounded(key), digest_size=8).hexdigest()


def _bounded(key: bytes) -> bytes:
    if len(key) < 16:
        raise ValueError("A key has at least 16 bytes: make one with `openssl rand -hex 32`.")
    return hashlib.blake2b(key, digest_size=32).digest()


def choose(values: pa.StringArray | pa.ChunkedArray, key: bytes) -> Hashes:
    """Return a keyed 64-bit number per text, vectorised over the bytes: equal texts, equal numbers; used only to choose a sample."""
    if isinstance(values, pa.ChunkedArray):
        values = values.combine_chunks() if values.num_chunks != 1 else values.chunk(0)
    values = values.cast(pa.large_string())
    count = len(values)
    if not count:
        return np.empty(0, np.uint64)
    _, offsets, data = values.buffers()
    ends = np.frombuffer(offsets, np.int64, count + 1, values.offset * 8)
    text = np.zeros((len(data) if data else 0) + 8, np.uint8)
    if data:
        text[:-8] = np.frombuffer(data, np.uint8)
    words: Hashes = np.ndarray((len(text) - 7,), "<u8", text, strides=(1,))
    seeds = np.frombuffer(hashlib.blake2b(b"choose", key=_bounded(key), digest_size=32).digest(), "<u8")
    starts, lengths = ends[:-1], np.diff(ends)
    with np.errstate(over="ignore"):
        state = _mix(lengths.astype(np.uint64) ^ seeds[0], seeds[1])
        going = np.arange(count)
        for place in range(0, min(int(lengths.max(initial=0)), 256), 8):
            going = going[lengths[going] > place]
            left = np.minimum(lengths[going] - place, 8).astype(np.uint64)
            word = words[starts[going] + place] & (np.uint64(0xFFFFFFFFFFFFFFFF) >> (np.uint64(64) - left * np.uint64(8)))
            state[going] = _mix(state[going] ^ word ^ seeds[2], seeds[1])
        return _mix(state ^ seeds[3], seeds[1])


def _mix(state: Hashes, odd: Any) -> Hashes:
    """Scramble 64-bit numbers (the finaliser of SplitMix64; Steele, Lea and Flood, 2014), times a secret odd number."""
    state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    state = (state ^ (state >> np.uint64(27))) * (odd | np.uint64(1))
    return state ^ (state >> np.uint64(31))


def sketch(
    values: pa.Array | pa.ChunkedArray | Sequence[str], key: bytes, size: int = SIZE, about: int | None = None, chosen: Hashes | None = None
) -> Sketch:
    """Return the sketch of a column's texts; nulls are left out. `about` is their number where all are known to be different.

    `size` is the fewest values kept of a set that is larger. Raises `ValueError` for a key of less than 16 bytes.
    """
    if not isinstance(values, pa.Array | pa.ChunkedArray):
        values = pa.array(list(values), pa.large_string())
    values = values.drop_null()
    values = values if about else values.unique()
    about, chosen = len(values), choose(values, key)
    level = _level(about, size)
    while True:
        below = chosen if not level else np.flatnonzero(chosen < np.uint64(2 ** (64 - level)))
        order = np.argsort(chosen[below] if level else chosen)
        marks = (chosen[below] if level else chosen)[order]
        first = order[np.concatenate(([True], marks[1:] != marks[:-1]))[: len(order)]]
        marks = different(marks)
        if len(marks) >= size or not level:
            break
        level -= 1
    rows = below[first] if level else first
    keyed = _bounded(key)
    texts = values.take(pa.array(rows)).to_pylist()
    macs = np.frombuffer(b"".join(hashlib.blake2b(text.encode(), key=keyed, digest_size=8).digest() for text in texts), "<u8")
    joined = (marks >> np.uint64(_RECOGNISING) << np.uint64(_RECOGNISING)) | (macs >> np.uint64(_CHOOSING))
    return Sketch(len(marks) << level, level, different(joined).astype("<u8").tobytes(), key_name(key))


def _level(about: int, size: int) -> int:
    """Return the level at which a set of about this many values keeps enough of them, and not too many."""
    enough = max(0, math.floor(math.log2(max(1, about) / size)))
    few = max(0, math.ceil(math.log2(max(1, about) / _MOST)))
    return min(enough, max(_SHARE, few))


def different(marks: Hashes) -> Hashes:
    """Return the different numbers among many, in order; by sorting, which is faster than numpy's own way."""
    ordered = np.sort(marks)
    return ordered[np.concatenate(([True], ordered[1:] != ordered[:-1]))[: len(ordered)]]


def hashes_of(sketch: Sketch) -> Hashes:
    """Return the sorted hashes of a sketch."""
    return np.frombuffer(sketch.hashes, "<u8")


def ceiling(level: int) -> np.uint64:
    """Return the largest hash that a level keeps."""
    return np.uint64(2 ** (64 - level) - 1)


def containment(small: Sketch, large: Sketch) -> Estimate:
    """Estimate which share of the first one's different values the second one has. Raises `ValueError` for different keys."""
    mine, both, _ = _shared(small, large)
    return _estimate(both, mine)


def resemblance(one: Sketch, other: Sketch) -> Estimate:
    """Estimate the Jaccard coefficient: shared different values over all different values. Raises `ValueError` for different keys."""
    mine, both, theirs = _shared(one, other)
    return _estimate(both, mine + theirs - both)


def _shared(one: Sketch, other: Sketch) -> tuple[int, int, int]:
    if one.key != other.key:
        raise ValueError("These sketches were made under different keys and cannot be compared.")
    level = max(one.level, other.level)
    mine, theirs = (each[: np.searchsorted(each, ceiling(level), "right")] for each in (hashes_of(one), hashes_of(other)))
    return len(mine), int(np.isin(mine, theirs, assume_unique=True).sum()), len(theirs)


def _estimate(hits: int, sample: int) -> Estimate:
    if not sample:
        return Estimate(0.0, 0.0, 1.0, 0)
    share, z = hits / sample, 1.96
    middle = (share + z * z / (2 * sample)) / (1 + z * z / sample)
    half = z * math.sqrt(share * (1 - share) / sample + z * z / (4 * sample * sample)) / (1 + z * z / sample)
    return Estimate(share, max(0.0, middle - half), min(1.0, middle + half), sample)


def merge(sketches: Iterable[Sketch]) -> Sketch | None:
    """Return the sketch of the union of several sets made under one key; None of none."""
    found = list(sketches)
    if not found:
        return None
    level = max(each.level for each in found)
    union = np.unique(np.concatenate([hashes_of(each) for each in found]))
    kept = union[: np.searchsorted(union, ceiling(level), "right")]
    return Sketch(len(kept) << level, level, kept.astype("<u8").tobytes(), found[0].key)
