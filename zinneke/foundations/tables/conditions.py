"""Conditions over open columns: which rows match, how many, and in which order they come."""

from __future__ import annotations

import math
import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pyarrow as pa

from zinneke.foundations import compute as pc
from zinneke.foundations.tables.blocks import Blocks, touching
from zinneke.foundations.tables.frame import INDEXED, Array, Frame, Held
from zinneke.foundations.tables.rules import check_operator, fold, value_of
from zinneke.foundations.tables.values import BBox, Column, Filter
from zinneke.kernel.problem import wrong
from zinneke.kernel.spelling import begun

_CHUNK = 65_536
_FEW = 20_000
_STRIDE = 4_096
_MOST_VALUES = 1_000
_LETTER = r"\pL"


class Condition(Protocol):
    """What can say of rows whether they match."""

    def at(self, rows: Array | slice) -> Array:
        """Return which of some rows match."""
        ...

    def known(self, rows: Array | slice) -> Array | None:
        """Return of which of some rows it can be said at all; None: of each."""
        ...


class _OfCells:
    """A condition on the cells of a column: of an empty one nothing can be said."""

    __slots__ = ()
    held: Held

    def known(self, rows: Array | slice) -> Array | None:
        """Return which of some rows hold a value; None: each."""
        return None if self.held.valid is None else self.held.valid[rows]


@dataclass(frozen=True, slots=True)
class Between(_OfCells):
    """Keys from `low` to `high`, both included; None is without bound."""

    held: Held
    low: float | int | None
    high: float | int | None

    def at(self, rows: Array | slice) -> Array:
        """Return which of some rows match."""
        keys = self.held.keys[rows]
        if self.low is not None and self.low == self.high:
            found = keys == self.low
        elif self.low is None:
            found = np.ones(len(keys), dtype=bool) if self.high is None else keys <= self.high
        else:
            found = keys >= self.low
            if self.high is not None:
                found &= keys <= self.high
        return found if self.held.valid is None else found & self.held.valid[rows]

    def span(self) -> tuple[int, int]:
        """Return from where to where the matching rows stand in the column's order."""
        keys, order = self.held.keys, self.held.order()
        low = 0 if self.low is None else _search(keys, order, self.low, bisect_left)
        high = len(order) if self.high is None else _search(keys, order, self.high, bisect_right)
        return low, max(low, high)


def _search(keys: Array, order: Array, value: float | int, find: Callable[..., int]) -> int:
    """Return where a value would stand; twenty steps in Python, because numpy would copy the whole order first."""
    return find(range(len(order)), value, key=lambda place: keys[order[place]])


@dataclass(frozen=True, slots=True)
class Among(_OfCells):
    """Keys that are (or, with `inverted`, are not) among some; `table` says it for each key of a text column."""

    held: Held
    chosen: Array
    table: bool = False
    inverted: bool = False

    def at(self, rows: Array | slice) -> Array:
        """Return which of some rows match."""
        keys = self.held.keys[rows]
        if self.table:
            found = self.chosen[np.where(self.held.valid[rows], keys, 0) if self.held.valid is not None else keys]
        elif len(self.chosen) == 1:
            found = keys == self.chosen[0]
        else:
            found = np.isin(keys, self.chosen)
        if self.inverted:
            found = ~found
        return found if self.held.valid is None else found & self.held.valid[rows]


@dataclass(frozen=True, slots=True)
class Empty:
    """Cells that are empty, or those that are not."""

    held: Held
    wanted: bool
    shapes: Array | None = None

    def at(self, rows: Array | slice) -> Array:
        """Return which of some rows match."""
        if self.shapes is not None:
            missing = np.isnan(self.shapes[rows])
        else:
            missing = np.zeros(len(self.held.keys[rows]), dtype=bool) if self.held.valid is None else ~self.held.valid[rows]
        return missing if self.wanted else ~missing

    def known(self, rows: Array | slice) -> Array | None:
        """Return None: of every cell it can be said whether it is empty."""
        return None


@dataclass(frozen=True, slots=True)
class Touching:
    """Rows whose shape's box touches a box."""

    blocks: Blocks
    bbox: BBox

    def at(self, rows: Array | slice) -> Array:
        """Return which of some rows match."""
        return touching(self.blocks.boxes, rows, self.bbox)

    def rows(self) -> Array:
        """Return every row that matches, in the order of the table."""
        return self.blocks.touching(self.bbox)

    def known(self, rows: Array | slice) -> Array | None:
        """Return which of some rows have a shape."""
        return ~np.isnan(self.blocks.boxes[0][rows])


def merged(asked: Sequence[Condition]) -> list[Condition]:
    """Return the same conditions with all bounds on one column as one, so that a window of time is one search."""
    found: list[Condition] = []
    bounds: dict[int, list[Between]] = {}
    for each in asked:
        if isinstance(each, Between):
            bounds.setdefault(id(each.held), []).append(each)
        else:
            found.append(each)
    for some in bounds.values():
        lows, highs = [each.low for each in some if each.low is not None], [each.high for each in some if each.high is not None]
        found.append(Between(some[0].held, max(lows, default=None), min(highs, default=None)))
    return found


def condition(frame: Frame, column: Column, asked: Filter, zone: str) -> Condition:
    """Return a condition on a column, ready to be put to rows. Raises `Problem` 400 for one that says nothing about the column."""
    check_operator(column, asked.op)
    held = frame.held(column.name)
    if asked.op == "null":
        wanted = str(asked.value).lower() not in ("false", "0")
        return Empty(held, wanted, frame.boxes()[0] if column.type == "geometry" else None)
    if asked.op in _TEXTUAL:
        return Among(held, _words_that(held, asked.op, str(asked.value)), table=True)
    if asked.op in ("in", "between"):
        values = [value_of(column, each, zone) for each in (asked.value if isinstance(asked.value, list | tuple) else [asked.value])]
        if asked.op == "between":
            if len(values) != 2:
                raise wrong(f"`between` takes two values, the lower and the higher, as in {column.name}:between:1|5.", where=column.name)
            return Between(held, _bound(held, "ge", values[0]), _bound(held, "le", values[1]))
        if len(values) > _MOST_VALUES:
            raise wrong(f"`in` takes at most {_MOST_VALUES:,} values.", where=column.name)
        return Among(held, _keys(held, values))
    value = value_of(column, asked.value, zone)
    if asked.op == "ne":
        return Among(held, _keys(held, [value]), inverted=True)
    if asked.op == "eq":
        keys = _keys(held, [value])
        return Between(held, keys[0], keys[0]) if len(keys) else Among(held, keys)
    bound = _bound(held, asked.op, value)
    return Between(held, bound, None) if asked.op in ("gt", "ge") else Between(held, None, bound)


def _bound(held: Held, op: str, value: float | int | str) -> float | int:
    """Return the first or last key that an operator lets in."""
    if held.words is not None:
        place = _place(held, str(value), right=op in ("gt", "le"))
        return place if op in ("gt", "ge") else place - 1
    assert not isinstance(value, str)
    if held.keys.dtype.kind == "f":
        bound = float(value)
        return bound if op in ("ge", "le") else float(np.nextafter(bound, np.inf if op == "gt" else -np.inf))
    limits = np.iinfo(held.keys.dtype)
    if math.isinf(value) or not limits.min < value < limits.max:
        return int(limits.max if value > 0 else limits.min)
    return {"ge": math.ceil(value), "gt": math.floor(value) + 1, "le": math.floor(value), "lt": math.ceil(value) - 1}[op]


def _place(held: Held, text: str, right: bool) -> int:
    """Return how many words come before a text in the order of the column, or before and with it."""
    assert held.words is not None and held.folded is not None
    words, folded = held.words, held.folded
    find = bisect_right if right else bisect_left
    return find(range(len(words)), (fold(text), text), key=lambda place: (folded[place].as_py(), words[place].as_py()))


def _keys(held: Held, values: Sequence[float | int | str]) -> Array:
    """Return the keys of values, leaving out those that the column cannot hold."""
    if held.words is not None:
        spans = [(_place(held, str(value), False), _place(held, str(value), True)) for value in values]
        return np.array([low for low, high in spans if high > low], dtype=held.keys.dtype)
    if held.keys.dtype.kind == "f":
        return np.array([float(value) for value in values])
    limits = np.iinfo(held.keys.dtype)
    return np.array(
        [int(value) for value in values if not isinstance(value, str) and value == value // 1 and limits.min <= value <= limits.max],
        dtype=held.keys.dtype,
    )


_TEXTUAL: dict[str, Callable[[Held, str], pa.Array]] = {
    "contains": lambda held, text: pc.match_substring(held.folded, fold(text)),
    "near": lambda held, text: pc.match_substring_regex(held.folded, _near(fold(text))),
    "begins": lambda held, text: pc.match_substring_regex(held.folded, rf"(?:^|[^\pL\pN]){begun(fold(text), _LETTER)}"),
    "starts": lambda held, text: pc.starts_with(held.words, text),
    "like": lambda held, text: pc.match_like(held.words, text),
    "ilike": lambda held, text: pc.match_like(held.folded, fold(text)),
    "caselike": lambda held, text: pc.match_like(pc.utf8_lower(held.words), pc.utf8_lower(text).as_py()),
    "accentlike": lambda held, text: pc.match_like(_plain(held.words), _plain(pa.array([text]))[0].as_py()),
}


def _near(word: str) -> str:
    """Return the pattern of what holds a word, or has one that differs from it by one letter: another, one more, one less, two in turn."""
    if not 4 <= len(word) <= 40 or not word.isalpha():
        return re.escape(word)
    others = [word[:at] + r"\pL?" + word[at + 1 :] for at in range(len(word))]
    others += [word[:at] + r"\pL" + word[at:] for at in range(len(word) + 1)]
    others += [word[:at] + word[at + 1] + word[at] + word[at + 2 :] for at in range(len(word) - 1)]
    return rf"{word}|(?:^|[^\pL\pN])(?:{'|'.join(others)})(?:[^\pL\pN]|$)"


def _plain(words: pa.Array) -> pa.Array:
    """Return texts without their accents."""
    return pc.replace_substring_regex(pc.utf8_normalize(words, "NFKD"), "\\p{Mn}", "")


def _words_that(held: Held, op: str, text: str) -> Array:
    """Return for each word of a column whether it contains a text, begins with it or is like it."""
    found = np.asarray(_TEXTUAL[op](held, text).to_numpy(zero_copy_only=False), dtype=bool)
    return found if len(found) else np.zeros(1, dtype=bool)


def mask(frame: Frame, asked: Sequence[Condition]) -> Array | None:
    """Return for every row whether it matches, None when there is no condition."""
    if not asked:
        return None
    found = np.empty(frame.rows, dtype=bool)
    for start in range(0, frame.rows, _CHUNK):
        found[start : start + _CHUNK] = _all(asked, slice(start, start + _CHUNK))
    return found


def _all(asked: Sequence[Condition], rows: Array | slice) -> Array:
    found = asked[0].at(rows)
    for condition in asked[1:]:
        found &= condition.at(rows)
    return found


def page(frame: Frame, asked: Sequence[Condition], order: Sequence[tuple[Held, bool]], limit: int, place: int) -> tuple[Array, int, int]:
    """Return the rows of a page, the number of rows that match, and the place where the next page begins (-1 after the last).

    The place is a row in the order of the table, or a position in the order asked for; versions never change, so it stays true.
    """
    few = _few(frame, asked)
    if isinstance(few, np.ndarray) and (len(order) != 1 or len(few) <= INDEXED):
        rows = few if not order else few[np.lexsort([key for held, down in reversed(order) for key in held.sort_keys(few, down)])]
        return rows[place : place + limit], len(rows), place + limit if place + limit < len(rows) else -1
    known = few if isinstance(few, int) else None
    if not order:
        return _walk_table(frame, asked, known, limit, place)
    if len(order) == 1:
        return _walk_order(frame, asked, known, order[0], limit, place)
    found = mask(frame, asked)
    rows = np.arange(frame.rows) if found is None else np.flatnonzero(found)
    rows = rows[np.lexsort([key for held, down in reversed(order) for key in held.sort_keys(rows, down)])]
    return rows[place : place + limit], len(rows), place + limit if place + limit < len(rows) else -1


def matching(frame: Frame, asked: Sequence[Condition], order: Sequence[tuple[Held, bool]] = ()) -> Array:
    """Return every row that matches, in the order of the table or of some columns, empty cells last."""
    few = _few(frame, asked)
    if not isinstance(few, np.ndarray):
        found = mask(frame, asked)
        if len(order) == 1:
            held, down = order[0]
            sequence = held.order(down) if held.valid is None else np.concatenate([held.order(down), held.empty_rows()])
            return sequence if found is None else sequence[found[sequence]]
        few = np.arange(frame.rows) if found is None else np.flatnonzero(found)
    return few if not order else few[np.lexsort([key for held, down in reversed(order) for key in held.sort_keys(few, down)])]


def _few(frame: Frame, asked: Sequence[Condition]) -> Array | int | None:
    """Return the matching rows when they are quickly found; else their number where it is known."""
    box = next((condition for condition in asked if isinstance(condition, Touching)), None)
    if box is not None:
        others, rows = [condition for condition in asked if condition is not box], box.rows()
        return rows[_all(others, rows)] if others else rows
    if frame.rows <= INDEXED:
        found = mask(frame, asked)
        return np.arange(frame.rows) if found is None else np.flatnonzero(found)
    if not asked:
        return frame.rows
    if len(asked) == 1 and isinstance(asked[0], Among) and asked[0].table:
        return int(asked[0].held.counts()[asked[0].chosen].sum())
    spans = [(condition.span(), condition) for condition in asked if isinstance(condition, Between)]
    if not spans:
        return None
    (low, high), best = min(spans, key=lambda each: each[0][1] - each[0][0])
    if high - low > _FEW:
        return high - low if len(asked) == 1 else None
    rows = np.sort(best.held.order()[low:high])
    others = [condition for condition in asked if condition is not best]
    return rows[_all(others, rows)] if others else rows


def _walk_table(frame: Frame, asked: Sequence[Condition], total: int | None, limit: int, place: int) -> tuple[Array, int, int]:
    """Look through the table from a row on until a page is full; count all when the number is not known yet."""
    if not asked:
        end = min(frame.rows, place + limit)
        return np.arange(place, end), frame.rows, end if end < frame.rows else -1
    if total is None:
        found = mask(frame, asked)
        assert found is not None
        total = int(np.count_nonzero(found))
    rows: list[Array] = []
    missing, start = limit + 1, place
    step = max(1024, min(_CHUNK, 4 * limit * frame.rows // max(total, 1)))
    while start < frame.rows and missing > 0:
        match = np.flatnonzero(_all(asked, slice(start, start + step)))[:missing] + start
        rows.append(match)
        missing -= len(match)
        start += step
    all_rows = np.concatenate(rows) if rows else np.empty(0, dtype=np.int64)
    return all_rows[:limit], total, int(all_rows[limit]) if len(all_rows) > limit else -1


def _walk_order(
    frame: Frame, asked: Sequence[Condition], total: int | None, order: tuple[Held, bool], limit: int, place: int
) -> tuple[Array, int, int]:
    """Look through the table in the order of one column, empty cells last, until a page is full."""
    held, descending = order
    sequence = held.order(descending)
    if held.valid is not None:
        sequence = np.concatenate([sequence, held.empty_rows()])
    if not asked:
        end = min(len(sequence), place + limit)
        return sequence[place:end], frame.rows, end if end < frame.rows else -1
    found = mask(frame, asked) if total is None else None
    if found is not None:
        total = int(np.count_nonzero(found))
    rows: list[Array] = []
    missing, start, next_place = limit + 1, place, -1
    while start < len(sequence) and missing > 0:
        some = sequence[start : start + _STRIDE]
        positions = np.flatnonzero(_all(asked, some) if found is None else found[some])[:missing] + start
        missing -= len(positions)
        if missing <= 0:
            next_place = int(positions[-1])
            positions = positions[:-1]
        rows.append(sequence[positions])
        start += _STRIDE
    return np.concatenate(rows) if rows else np.empty(0, dtype=np.int64), total or 0, next_place
