"""The properties of a tile's features: keys and values written once and referred to by number, feature by feature or column by column."""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zinneke.foundations.territory.wire import Ragged, field, lengths, same, varint, varints, woven


class Tags:
    """The keys and values of a layer, each written once and referred to by number."""

    def __init__(self) -> None:
        self.keys: dict[str, int] = {}
        self.values: dict[tuple[type, Any], int] = {}
        self.pairs: dict[tuple[str, type, Any], bytes] = {}

    def pack(self, properties: Mapping[str, Any]) -> bytes:
        """Return the numbers of the keys and values of one feature; what has no value is left out."""
        pairs, parts = self.pairs, []
        for key, value in properties.items():
            try:
                pair = pairs.get((key, value.__class__, value))
            except TypeError:
                pair = self._pair(key, json.dumps(value, ensure_ascii=False, default=str))
            if pair is None:
                pair = pairs[key, value.__class__, value] = self._pair(key, value)
            parts.append(pair)
        return b"".join(parts)

    def _pair(self, key: str, value: Any) -> bytes:
        """Return the numbers of a key and a value, both entered in the tables; nothing for what has no value."""
        if isinstance(value, np.generic):
            value = value.item()
        if value is None or (isinstance(value, float) and not math.isfinite(value)):
            return b""
        if not isinstance(value, bool | int | float | str):
            value = json.dumps(value, ensure_ascii=False, default=str) if isinstance(value, tuple) else str(value)
        number = self.values.setdefault((value.__class__, value), len(self.values))
        return varint(self.keys.setdefault(key, len(self.keys))) + varint(number)

    def tables(self) -> bytes:
        """Return the keys and values of the layer."""
        keys = b"".join(field(3, key.encode()) for key in self.keys)
        return keys + b"".join(field(4, _value(kind, value)) for kind, value in self.values)


def _value(kind: type, value: Any) -> bytes:
    if kind is bool:
        return b"\x38\x01" if value else b"\x38\x00"
    if kind is int and -(1 << 63) <= value < 1 << 63:
        return b"\x28" + varint(value) if value >= 0 else b"\x30" + varint((-value << 1) - 1)
    if kind is float:
        return b"\x19" + struct.pack("<d", value)
    return field(1, str(value).encode())


@dataclass(frozen=True, slots=True)
class Column:
    """One property of many features: a key for each, where it has one, and what turns keys into values (None: they are the values)."""

    name: str
    keys: NDArray[Any]
    valid: NDArray[np.bool_] | None
    values: Callable[[NDArray[Any]], list[Any]] | None = None


@dataclass(frozen=True, slots=True)
class Columns:
    """The properties of many features, column by column: each different value is looked at once."""

    columns: Sequence[Column]

    def pack(self, chosen: NDArray[Any]) -> tuple[Ragged, bytes]:
        """Return the numbers of the keys and values of each chosen feature, and the keys and values of the layer."""
        pairs = np.empty((len(chosen), 2 * len(self.columns)), np.int64)
        given = np.ones(pairs.shape, np.bool_)
        tables = [field(3, column.name.encode()) for column in self.columns]
        number = 0
        for key, column in enumerate(self.columns):
            different, places = np.unique(column.keys[chosen], return_inverse=True)
            tables.append(_values(different if column.values is None else column.values(different)))
            pairs[:, 2 * key], pairs[:, 2 * key + 1] = key, number + places
            number += len(different)
            if column.valid is not None:
                given[:, 2 * key] = given[:, 2 * key + 1] = column.valid[chosen]
        packed, ends = varints(pairs[given])
        sizes = np.zeros(pairs.shape, np.int64)
        sizes[given] = np.diff(ends, prepend=0)
        return (np.frombuffer(packed, np.uint8), sizes.sum(axis=1)), b"".join(tables)


def _values(different: NDArray[Any] | list[Any]) -> bytes:
    """Return the value messages of a column."""
    if isinstance(different, np.ndarray):
        if different.dtype.kind == "f":
            return _doubles(different)
        if different.dtype.kind in "iu" and len(different) and int(different.min()) >= 0:
            content = lengths(different)
            return woven([same(b"\x22", len(different)), lengths(content[1] + 1), same(b"\x28", len(different)), content])
        return b"".join(map(_written, different.tolist()))
    try:
        return b"".join([_TEXTS[len(text)] + text for text in map(str.encode, different)])
    except (TypeError, IndexError):
        return b"".join(map(_written, different))


_TEXTS = tuple(b"\x22" + varint(length + 1 + len(varint(length))) + b"\x0a" + varint(length) for length in range(1_024))
"""What stands before a text of each length: the heads of the value message and of its text."""


def _written(value: Any) -> bytes:
    if value.__class__ is str:
        text = value.encode()
        if len(text) < len(_TEXTS):
            return _TEXTS[len(text)] + text
    return field(4, _value(value.__class__, value))


def _doubles(numbers: NDArray[Any]) -> bytes:
    """Return the value messages of many numbers at once: each is two heads and eight bytes."""
    made = np.empty((len(numbers), 11), np.uint8)
    made[:, :3] = (0x22, 0x09, 0x19)
    made[:, 3:] = numbers.astype("<f8").view(np.uint8).reshape(-1, 8)
    return made.tobytes()
