"""Pages of tables of any size; of very large ones by ranks, so that a page and the number of all that match take no look at every value."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from zinneke.foundations.tables import conditions
from zinneke.foundations.tables.conditions import Among, Between, Condition, Touching
from zinneke.foundations.tables.frame import LARGE, Array, Frame, Held, Large
from zinneke.foundations.tables.ranked import CHUNK, EMPTY, Ranked
from zinneke.kernel.problem import wrong

MANY = 300_000
"""Rows that match one condition up to which the others are put to each of them."""
SPANS = 5_000
"""Stretches of an order that are put together."""
STRIDE, WALK = 4_096, 2_000_000
"""Rows of an order that are looked at first, and at most, before the whole table is."""
NEAR = 24
"""Pieces of the table that may hold a match up to which they are all looked at, rather than the order walked along."""
FROM = 1 << 40
"""A place from here on counts the matches before it; a smaller one is a row or a place in an order."""
FEW = 8
"""Stretches of values that are counted by codes at once."""
_halves = ThreadPoolExecutor(2, "counting")
"""Counting takes no lock for most of its time, so that two do it in half of it."""
Order = Sequence[tuple[Held, bool]]
Run = tuple[Any, Any]


def page(frame: Frame, asked: Sequence[Condition], order: Order, limit: int, place: int) -> tuple[Array, int, int]:
    """Return the rows of a page, the number of rows that match, and the place where the next page begins (-1 after the last)."""
    if not frame.large or any(isinstance(each, Touching) for each in asked):
        return conditions.page(frame, asked, order, limit, place)
    few, total = _few(asked, frame.rows)
    if few is not None:
        start = place % FROM
        rows = few[start : start + limit] if not order else _first(few, order, start + limit)[start:]
        return rows, total, start + limit if start + limit < total else -1
    near = _near(frame.rows, asked)
    if total < 0:
        total = _count(frame.rows, asked, near)
    if not order and place < FROM:
        return _along_table(frame.rows, asked, near, limit, place, total)
    if len(order) == 1 and place < FROM and (not asked or np.count_nonzero(near) > NEAR):
        found = _along_order(frame.rows, asked, order[0], limit, place)
        if found is not None:
            return found[0], total, found[1]
    start = place - FROM if place >= FROM else 0
    if order and (len(order) > 1 or place >= FROM) and (some := _along_groups(asked, order, start + limit)) is not None:
        most = start + limit
        return _first(some, order, most)[start:], total, FROM + most if most < total else -1
    if place >= FROM:
        return _best(frame.rows, asked, near, order, limit, start, total)
    if len(order) == 1:
        rows, following = _behind(frame.rows, asked, near, order[0], limit, place)
        return rows, total, following
    return _best(frame.rows, asked, near, order, limit, 0, total)


def skip(frame: Frame, asked: Sequence[Condition], order: Order, limit: int, offset: int, shuffle: int | None = None) -> tuple[Array, int]:
    """Return at most `limit` rows that match, past the first `offset`, and the number of all; with a seed to `shuffle`, in an order by chance."""
    if frame.large and shuffle is None and offset + limit <= MANY:
        rows, total, _ = page(frame, asked, order, limit, FROM + offset)
        return rows, total
    every = conditions.matching(frame, asked, order)
    every = every if shuffle is None else shuffled(every, shuffle)
    return every[offset : offset + limit], len(every)


def shuffled(rows: Array, seed: int) -> Array:
    """Return rows in an order by chance that is always the same for a seed. Raises `Problem` 400 for more rows than that is done with."""
    if len(rows) > LARGE:
        raise wrong(f"An order by chance is for at most {LARGE:,} rows. Narrow the question.", where="order")
    mixed = (rows.astype(np.uint64) + np.uint64(seed % 2**32 << 32)) * np.uint64(0x9E3779B97F4A7C15)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    return rows[np.argsort(mixed ^ (mixed >> np.uint64(31)), kind="stable")]


def _few(asked: Sequence[Condition], count: int) -> tuple[Array | None, int]:
    """Return the rows that match where they are quickly found, and their number; -1 where it is not known."""
    if not asked:
        return None, count
    spans = [(found, each) for each in asked if (found := _spans(each)) is not None]
    if not spans:
        return None, -1
    (ranks, places), best = min(spans, key=lambda each: sum(high - low for low, high in each[0][1]))
    size = sum(high - low for low, high in places)
    if size > MANY:
        return None, size if len(asked) == 1 else -1
    rows = np.sort(np.concatenate([ranks.order[low:high] for low, high in places])) if places else np.empty(0, np.int32)
    for each in asked:
        rows = rows if each is best or not len(rows) else rows[each.at(rows)]
    return rows, len(rows)


def _runs(asked: Condition) -> tuple[Ranked, list[Run]] | None:
    """Return the stretches of values of one column that a condition means, None where it means something else or too many."""
    if not isinstance(asked, Between | Among) or not isinstance(asked.held, Large):
        return None
    if isinstance(asked, Between):
        return asked.held.ranks, [(asked.low, asked.high)]
    chosen = np.flatnonzero(asked.chosen) if asked.table else np.unique(asked.chosen)
    if asked.inverted:
        return None
    if asked.table and len(chosen):
        parts = np.flatnonzero(np.diff(chosen) > 1)
        pairs = zip(chosen[np.r_[0, parts + 1]].tolist(), chosen[np.r_[parts, len(chosen) - 1]].tolist(), strict=True)
        return (asked.held.ranks, list(pairs)) if len(parts) < SPANS else None
    return asked.held.ranks, [(value, value) for value in chosen.tolist()]


def _spans(asked: Condition) -> tuple[Ranked, list[tuple[int, int]]] | None:
    """Return the stretches of a column's order that a condition means, None where it means something else or too many."""
    if (found := _runs(asked)) is None:
        return None
    ranks, spans = found[0], []
    for first, last in found[1]:
        low = 0 if first is None else ranks.place(first, right=False)
        spans.append((low, max(low, len(ranks.order) if last is None else ranks.place(last, right=True))))
    return ranks, spans


def _near(count: int, asked: Sequence[Condition]) -> Array:
    """Return which pieces of the table may hold a match."""
    near = np.ones(-(-count // CHUNK), np.bool_)
    for each in asked:
        if (found := _runs(each)) is None or len(found[1]) > FEW:
            continue
        here, ranks = np.zeros(len(near), np.bool_), found[0]
        for low, high in found[1]:
            least = True if low is None else ranks.highs >= ranks.code(low)
            here |= least & (True if high is None else ranks.lows <= ranks.code(high))
        near &= here
    return near


Sure = list[tuple[Array, list[tuple[int, int]]]]


def _count(count: int, asked: Sequence[Condition], near: Array) -> int:
    """Return how many rows match: by codes alone but for the few rows whose code does not tell."""
    sure: Sure = []
    others, doubtful = [], [np.empty(0, np.int32)]
    for each in asked:
        found = _runs(each)
        if found is None or len(found[1]) > FEW:
            others.append(each)
        else:
            ranges, unsure = _coded(*found)
            sure.append((found[0].codes, ranges))
            doubtful += unsure

    def counted(numbers: list[int]) -> int:
        total = 0
        for number in numbers:
            piece = slice(number * CHUNK, min((number + 1) * CHUNK, count))
            inside = _certain(sure, piece, piece.stop - piece.start)
            for each in others:
                inside &= each.at(piece)
            total += int(np.count_nonzero(inside))
        return total

    pieces = np.flatnonzero(near).tolist()
    total = sum(_halves.map(counted, (pieces[::2], pieces[1::2]))) if len(pieces) > NEAR else counted(pieces)
    rows = np.unique(np.concatenate(doubtful))
    rows = rows[~_certain(sure, rows, len(rows))]
    for each in asked:
        rows = rows[each.at(rows)]
    return total + len(rows)


def _coded(ranks: Ranked, runs: Sequence[Run]) -> tuple[list[tuple[int, int]], list[Array]]:
    """Return stretches of values as codes, both ends included, and the rows whose code does not tell whether they are inside."""
    last = EMPTY if len(ranks.order) == len(ranks.codes) else EMPTY - 1
    ranges, unsure = [], []
    for bounds in runs:
        ends = [0, last]
        for side, value in enumerate(bounds):
            if value is not None:
                ends[side] = code = ranks.code(value)
                if code % 2 == 0:
                    unsure.append(ranks.order[int(ranks.starts[code]) : int(ranks.starts[code + 1])])
                    ends[side] += 1 if side == 0 else -1
        if ends[0] <= ends[1]:
            ranges.append((ends[0], ends[1]))
    return ranges, unsure


def _certain(sure: Sure, rows: Array | slice, size: int) -> Array:
    """Return which of some rows are inside by their codes."""
    inside = None
    for codes, ranges in sure:
        some, found = codes[rows], None
        for first, last in ranges:
            here = _between(some, first, last)
            found = here if found is None else found | here
        if found is None:
            return np.zeros(size, np.bool_)
        inside = found if inside is None else np.logical_and(inside, found, out=inside)
    return np.ones(size, np.bool_) if inside is None else inside


def _between(codes: Array, first: int, last: int) -> Array:
    """Return which codes lie between two, in one comparison where one says it all."""
    found: Array
    if first == last:
        found = codes == first
    elif first == 0:
        found = codes <= last
    elif last == EMPTY:
        found = codes >= first
    else:
        found = codes - np.uint16(first) <= last - first
    return found


def _pieces(count: int, asked: Sequence[Condition], near: Array, start: int = 0) -> Iterator[Array]:
    """Yield the rows that match from a row on, piece by piece."""
    for number in np.flatnonzero(near).tolist():
        piece = slice(max(start, number * CHUNK), min((number + 1) * CHUNK, count))
        if piece.start < piece.stop:
            found = np.ones(piece.stop - piece.start, np.bool_)
            for each in asked:
                found &= each.at(piece)
            yield np.flatnonzero(found) + piece.start


def _along_table(count: int, asked: Sequence[Condition], near: Array, limit: int, place: int, total: int) -> tuple[Array, int, int]:
    if not asked:
        end = min(count, place + limit)
        return np.arange(place, end), count, end if end < count else -1
    rows = np.empty(0, np.int64)
    for some in _pieces(count, asked, near, place):
        rows = np.concatenate((rows, some[: limit + 1]))
        if len(rows) > limit:
            return rows[:limit], total, int(rows[limit])
    return rows, total, -1


def _along_order(count: int, asked: Sequence[Condition], order: tuple[Held, bool], limit: int, place: int) -> tuple[Array, int] | None:
    """Look along the order of one column, empty cells last, until a page is full; None when that takes too long."""
    held, down = order
    assert isinstance(held, Large)
    full = len(held.ranks.order)
    begin, end, others = _stretch(asked, held, down)
    at, stride, rows, missing = max(place, begin), STRIDE, [np.empty(0, np.int64)], limit + 1
    furthest = at + WALK
    empty = held.empty_rows() if len(others) == len(asked) and held.valid is not None and place + WALK > full else np.empty(0, np.int64)
    while at < end + len(empty):
        if at >= furthest:
            return None
        stop = min(at + stride, end if at < end else end + len(empty))
        some = held.ranks.piece(at, stop, down) if at < end else empty[at - end : stop - end]
        found = np.ones(len(some), np.bool_)
        for each in others:
            found &= each.at(some)
        positions = np.flatnonzero(found)[:missing]
        rows.append(some[positions])
        missing -= len(positions)
        if missing <= 0:
            return np.concatenate(rows)[:limit], at + int(positions[-1])
        at, stride = stop, min(stride * 2, CHUNK)
    return np.concatenate(rows), -1


def _stretch(asked: Sequence[Condition], held: Large, down: bool) -> tuple[int, int, list[Condition]]:
    """Return from where to where in the order of a column rows may match, and the conditions that are not settled by that."""
    own = next((each for each in asked if isinstance(each, Between) and each.held is held), None)
    spans = None if own is None else _spans(own)
    full = len(held.ranks.order)
    if own is None or spans is None:
        return 0, full, list(asked)
    ((low, high),) = spans[1]
    return *((full - high, full - low) if down else (low, high)), [each for each in asked if each is not own]


def _along_groups(asked: Sequence[Condition], order: Order, most: int) -> Array | None:
    """Look along the order of the first column until so many rows match and no equal one is left; None when that takes too long."""
    held, down = order[0]
    assert isinstance(held, Large)
    at, end, others = _stretch(asked, held, down)
    furthest, stride, full, kept = at + WALK, STRIDE, len(held.ranks.order), np.empty(0, np.int64)
    while at < end:
        stop = min(at + stride, end)
        if len(kept) >= most:
            key = held.keys[held.ranks.piece(at - 1, at, down)[0]]
            stop = min(end, full - held.ranks.place(key, right=False) if down else held.ranks.place(key, right=True))
        if stop > furthest:
            return None
        some = held.ranks.piece(at, stop, down)
        for each in others:
            some = some[each.at(some)]
        full_before, at, stride = len(kept) >= most, stop, min(stride * 2, CHUNK)
        kept = np.concatenate((kept, some))
        if full_before:
            return _first(kept, order, most)
    return kept if len(others) != len(asked) or held.valid is None else None


def _behind(count: int, asked: Sequence[Condition], near: Array, order: tuple[Held, bool], limit: int, place: int) -> tuple[Array, int]:
    """Look through the whole table for what comes first in an order from a place on; return it, and the place of what follows."""
    held, down = order
    assert isinstance(held, Large)
    kept = np.empty(0, np.int64)
    begin = held.ranks.piece(place, place + 1, down)
    if not len(begin) and place:
        begin = held.empty_rows()[place - len(held.ranks.order) :][:1]
    (bound,), (lacking,) = held.sort_keys(begin, down) if len(begin) else (np.zeros(1), np.zeros(1, np.bool_))
    for some in _pieces(count, asked, near):
        if place:
            keys, missing = held.sort_keys(some, down)
            later = (keys > bound) | ((keys == bound) & (some >= begin[0]))
            some = some[missing & later if lacking else missing | later]
        kept = np.concatenate((kept, _first(some, [order], limit + 1)))
        kept = _first(kept, [order], limit + 1) if len(kept) > CHUNK else kept
    kept = _first(kept, [order], limit + 1)
    return kept[:limit], _position(held, int(kept[limit]), down) if len(kept) > limit else -1


def _position(held: Large, row: int, down: bool) -> int:
    """Return at which place of an order a row stands."""
    ranks = held.ranks
    if held.valid is not None and not held.valid[row]:
        return len(ranks.order) + int(np.searchsorted(held.empty_rows(), row))
    key = held.keys[row]
    low, high = ranks.place(key, right=False), ranks.place(key, right=True)
    within = int(np.searchsorted(ranks.order[low:high], row))
    return (len(ranks.order) - high if down else low) + within


def _best(count: int, asked: Sequence[Condition], near: Array, order: Order, limit: int, offset: int, total: int) -> tuple[Array, int, int]:
    """Look through the table and keep what comes first."""
    if offset >= total:
        return np.empty(0, np.int64), total, -1
    most = offset + limit
    kept = np.empty(0, np.int64)
    for some in _pieces(count, asked, near):
        kept = np.concatenate((kept, _first(some, order, most) if order else some))
        if len(kept) > max(4 * most, CHUNK):
            kept = _first(kept, order, most) if order else kept
        if not order and len(kept) >= most:
            break
    rows = (_first(kept, order, most) if order else kept[:most])[offset:]
    return rows, total, FROM + most if most < total else -1


def _first(rows: Array, order: Order, most: int) -> Array:
    """Return the first so many rows of an order, sorted; of equal ones the first of the table."""
    held, down = order[0]
    if len(rows) > 4 * most:
        values, missing = held.sort_keys(rows, down)
        there = ~missing
        if np.count_nonzero(there) >= most:
            rows = rows[there & (values <= np.partition(values[there], most - 1)[most - 1])]
    keys = [key for each, falling in reversed(order) for key in each.sort_keys(rows, falling)]
    return rows[np.lexsort([rows, *keys])][:most]
