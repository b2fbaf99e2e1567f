"""What tells the rows of a table apart: single columns, or else pairs of columns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from itertools import combinations

import numpy as np

from zinneke.office.cartography.sketch import Hashes, different
from zinneke.office.cartography.values import ColumnProfile

_LOOKED_AT = 20_000
_MOST_COLUMNS, _MOST_PAIRS = 8, 2


def find_keys(columns: Sequence[ColumnProfile], marks: Callable[[str, int], Hashes], rows: int) -> tuple[tuple[str, ...], ...]:
    """Return the columns that are different in every row, numbers given out by a database last; without any, the pairs that are.

    `marks` gives a number per row, of the first so many rows, for a column without gaps. Pairs are looked for among the
    eight columns with the most of those, first in 20,000 rows, then in all.
    """
    single = sorted((column for column in columns if column.unique), key=lambda column: column.sequence)
    if any(not column.sequence for column in single) or rows < 2:
        return tuple((column.name,) for column in single)
    known = {column.name: column for column in columns}
    whole = (column for column in columns if column.filled == rows and not column.unique)
    names = [column.name for column in sorted(whole, key=lambda column: -column.distinct)[:_MOST_COLUMNS]]
    marks = cache(marks)
    pairs: list[tuple[str, ...]] = []
    for one, other in combinations(names, 2):
        if known[one].distinct * known[other].distinct < rows or len(pairs) == _MOST_PAIRS:
            continue
        if _apart(marks(one, _LOOKED_AT), marks(other, _LOOKED_AT)) and (rows <= _LOOKED_AT or _apart(marks(one, rows), marks(other, rows))):
            pairs.append((one, other))
    return (*((column.name,) for column in single), *pairs)


def _apart(one: Hashes, other: Hashes) -> bool:
    """Say whether no two rows agree in both columns."""
    with np.errstate(over="ignore"):
        both = one * np.uint64(0x9E3779B97F4A7C15) ^ other
    return len(different(both)) == len(both)
