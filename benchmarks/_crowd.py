"""Thousands of profiles, made without tables: what the finder costs when a whole region is on the map."""

from __future__ import annotations

import math
import random

import numpy as np
from numpy.typing import NDArray

from benchmarks._registers import COMMUNE, CREATED, ID, REGISTERS, STATUS, Field
from zinneke.office.cartography.sketch import ceiling
from zinneke.office.cartography.values import ColumnProfile, Sketch, TableProfile

CODES = {
    "status": 4,
    "commune": 19,
    "sex": 3,
    "postcode": 19,
    "zone": 6,
    "year": 5,
    "grade": 6,
    "language": 2,
    "form": 5,
    "breed": 7,
    "dog": 9,
    "species": 40,
}
NUMBERS = frozenset(("amount", "height", "girth", "lat", "lon", "staff"))
DATES = frozenset(("created", "birth", "start", "end", "decided", "planted"))


def crowd(tables: int, seed: int = 1) -> tuple[list[TableProfile], set[frozenset[str]]]:
    """Return so many profiles of ten columns each, and the pairs of which one was made from the other: one table in ten."""
    chance, found, truth = random.Random(seed), [], set()
    kept: list[tuple[str, tuple[Field, ...], int, int]] = []
    registers = list(REGISTERS)
    for number in range(tables):
        style = chance.choice(["fr", "nl", "en", "short"])
        if kept and chance.random() < 0.1:
            name, fields, start, count = chance.choice(kept[-2_000:])
            truth.add(frozenset((name, f"t{number}")))
            count = int(count * chance.choice([1.0, 0.85, 0.4]))
        else:
            fields = _fields(chance, registers)
            start, count = number * 1_000_000, int(10 ** chance.uniform(2, 4.3))
            kept.append((f"t{number}", fields, start, count))
        rows = np.arange(start, start + count)
        found.append(TableProfile(f"t{number}", f"table {number}", len(rows), tuple(_column(field, style, rows) for field in fields)))
    return found, truth


def _fields(chance: random.Random, registers: list[str]) -> tuple[Field, ...]:
    own = list(REGISTERS[chance.choice(registers)])
    more = [field for name in chance.sample(registers, 3) for field in REGISTERS[name]]
    chosen = {field.key: field for field in (ID, *own[: chance.randint(4, 7)], STATUS, COMMUNE, CREATED, *more)}
    return tuple(chosen.values())[:10]


def _column(field: Field, style: str, rows: NDArray[np.int64]) -> ColumnProfile:
    count = len(rows)
    if field.key == "id":
        values, kind = np.arange(1, count + 1), "integer"
    elif field.key in CODES:
        values, kind = np.arange(min(CODES[field.key], count)), "text"
    elif field.key in NUMBERS or field.key in DATES:
        values, kind = np.arange(min(3_000, count)), "decimal" if field.key in NUMBERS else "date"
    else:
        values, kind = rows, "text"
    hashed = _mix(values.astype(np.uint64) + np.uint64(sum(map(ord, field.key)) * 7_919 if field.key != "id" else 0))
    level = max(0, math.floor(math.log2(max(1, len(hashed)) / 1_024)))
    kept = np.sort(hashed[hashed <= ceiling(level)])
    sketch = Sketch(len(hashed), level, kept.astype("<u8").tobytes(), "crowd")
    lengths = (8, 8.0, 8) if kind == "text" else (1, 4.0, 6)
    return ColumnProfile(field.named(style), kind, count, count, len(hashed), len(hashed) == count, field.key == "id", lengths, sketch=sketch)  # type: ignore[arg-type]


def _mix(numbers: NDArray[np.uint64]) -> NDArray[np.uint64]:
    with np.errstate(over="ignore"):
        numbers = (numbers ^ (numbers >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        numbers = (numbers ^ (numbers >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return numbers ^ (numbers >> np.uint64(31))
