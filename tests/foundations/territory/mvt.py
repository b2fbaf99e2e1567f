"""A small decoder of vector tiles, written from the specification and not from the encoder, to hold the encoder to it."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any


@dataclass
class Feature:
    kind: int
    properties: dict[str, Any]
    paths: list[list[tuple[int, int]]]


@dataclass
class Decoded:
    version: int
    extent: int
    features: list[Feature]


def fields(data: bytes) -> Iterator[tuple[int, int, Any]]:
    at = 0
    while at < len(data):
        tag, at = varint(data, at)
        number, wire = tag >> 3, tag & 7
        if wire == 0:
            value, at = varint(data, at)
        elif wire == 1:
            value, at = data[at : at + 8], at + 8
        elif wire == 2:
            size, at = varint(data, at)
            assert at + size <= len(data), "a field runs past the end"
            value, at = data[at : at + size], at + size
        else:
            raise AssertionError(f"wire type {wire}")
        yield number, wire, value


def varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return value, at


def varints(data: bytes) -> list[int]:
    found, at = [], 0
    while at < len(data):
        value, at = varint(data, at)
        found.append(value)
    return found


def unzigzag(number: int) -> int:
    return (number >> 1) ^ -(number & 1)


def value(data: bytes) -> Any:
    ((number, _, content),) = fields(data)
    if number == 1:
        return content.decode()
    if number == 3:
        return struct.unpack("<d", content)[0]
    if number == 6:
        return unzigzag(content)
    if number == 7:
        return bool(content)
    assert number in (4, 5), number
    return content


def paths(kind: int, numbers: list[int]) -> list[list[tuple[int, int]]]:
    found: list[list[tuple[int, int]]] = []
    x = y = at = 0
    while at < len(numbers):
        command, count = numbers[at] & 7, numbers[at] >> 3
        assert command in (1, 2, 7) and count > 0
        at += 1
        if command == 7:
            assert kind == 3 and count == 1
            found[-1].append(found[-1][0])
            continue
        for _ in range(count):
            x, y = x + unzigzag(numbers[at]), y + unzigzag(numbers[at + 1])
            at += 2
            if command == 1:
                found.append([(x, y)])
            else:
                assert kind != 1
                found[-1].append((x, y))
    return found


def decode(tile: bytes) -> dict[str, Decoded]:
    layers: dict[str, Decoded] = {}
    for number, _, data in fields(tile):
        assert number == 3
        parts = list(fields(data))
        keys = [content.decode() for number, _, content in parts if number == 3]
        values = [value(content) for number, _, content in parts if number == 4]
        (name,) = [content.decode() for number, _, content in parts if number == 1]
        (version,) = [content for number, _, content in parts if number == 15]
        (extent,) = [content for number, _, content in parts if number == 5]
        layer = Decoded(version, extent, [])
        for number, _, content in parts:
            if number == 2:
                held = {inner: inside for inner, _, inside in fields(content)}
                tags = varints(held.get(2, b""))
                properties = {keys[tags[at]]: values[tags[at + 1]] for at in range(0, len(tags), 2)}
                layer.features.append(Feature(held[3], properties, paths(held[3], varints(held[4]))))
        assert name not in layers
        layers[name] = layer
    return layers


def area(ring: list[tuple[int, int]]) -> float:
    """The surveyor's formula, with y going down: positive is an exterior ring."""
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in zip(ring, ring[1:], strict=False)) / 2
