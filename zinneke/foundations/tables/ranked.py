"""A column of very many rows by rank: two bytes a row that say about where its value stands, and all rows in order, both mapped from files.

A table of a hundred million rows is not looked through value by value. Some 32,000 values, taken so that about as many rows lie between
any two, get odd codes, and what lies between them even ones: a range of values is a range of codes, apart from two short stretches of the
order. It is made piece by piece: what it takes in memory does not grow with the rows, apart from the words of a text column.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from zinneke.foundations import compute as pc
from zinneke.foundations.tables.rules import fold

Array = np.ndarray[Any, Any]
CHUNK = 65_536
"""Rows that are looked at together, and of which is kept which codes they have at least and at most."""
EMPTY = 65_535
_BOUNDS, _SAMPLE = 32_000, 1_000_000


class Ranked:
    """Values of a column by rank: `codes` of its rows, `starts` of each code in `order`, `lows` and `highs` of each piece of `CHUNK` rows."""

    def __init__(self, folder: Path, keys: Array) -> None:
        self.keys = keys
        self.bounds, self.codes, self.starts, self.order, self.lows, self.highs = (
            np.asarray(np.load(folder / f"{name}.npy", mmap_mode="r")) for name in ("bounds", "codes", "starts", "order", "lows", "highs")
        )

    def code(self, value: float | int) -> int:
        """Return the code of a value, even where it lies between two bounds."""
        at = int(np.searchsorted(self.bounds, value))
        return 2 * at + int(at < len(self.bounds) and self.bounds[at] == value)

    def place(self, value: float | int, right: bool) -> int:
        """Return how many rows come before a value in the order, or before and with it."""
        code = self.code(value)
        low, high = int(self.starts[code]), int(self.starts[code + 1])
        if code % 2:
            return high if right else low
        return low + int(np.searchsorted(self.keys[self.order[low:high]], value, "right" if right else "left"))

    def piece(self, start: int, stop: int, descending: bool) -> Array:
        """Return the rows from one place of the order to another; descending, equal ones still come in the order of the table."""
        count = len(self.order)
        stop = min(stop, count)
        if not descending:
            return self.order[start:stop]
        found = []
        while start < stop:
            code = int(np.searchsorted(self.starts, count - 1 - start, "right")) - 1
            low, high = int(self.starts[code]), int(self.starts[code + 1])
            skipped = start - (count - high)
            if code % 2:
                rows = self.order[low + skipped : min(high, low + skipped + stop - start)]
            else:
                rows = self.order[low:high]
                keys = self.keys[rows]
                rows = rows[np.argsort(-keys if keys.dtype.kind == "f" else -keys.astype(np.int64), kind="stable")][skipped : skipped + stop - start]
            found.append(rows)
            start += len(rows)
        return np.concatenate(found) if found else self.order[:0]


def lay(parquet: Path, name: str, rows: int, folder: Path, kinds: dict[str, tuple[str, pa.DataType]]) -> None:
    """Lay one column of a file out with its ranks; the folder appears whole or not at all, and where another was first, theirs stays."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    made = Path(mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        with pq.ParquetFile(parquet) as file:
            column = file.schema_arrow.field(name).type
            if pa.types.is_string(column):
                _write_words(file, name, made)
                words = _sorted(made)
                _write_keys(file, name, rows, made, np.dtype(np.int32), lambda some: pc.index_in(some, words))
                (made / "kind").write_text("text")
            else:
                kind, physical = kinds[str(column).partition("[")[0]]
                dtype = np.dtype(physical.to_pandas_dtype())
                _write_keys(file, name, rows, made, dtype, lambda some: some.cast(pa.int8()) if kind == "boolean" else some.view(physical))
                (made / "kind").write_text(kind)
        _rank(made, rows)
        try:
            made.rename(folder)
        except OSError:
            if not folder.exists():
                raise
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _pieces(file: pq.ParquetFile, name: str) -> Any:
    for batch in file.iter_batches(batch_size=CHUNK, columns=[name], use_threads=False):
        yield batch.column(0)


def _write_words(file: pq.ParquetFile, name: str, made: Path) -> None:
    """Write the words of a text column in the order of the house, and folded."""
    found: set[str] = set()
    for piece in _pieces(file, name):
        found.update(piece.unique().drop_null().to_pylist())
    pairs = sorted((fold(word), word) for word in found)
    table = pa.table(
        {"word": pa.array([word for _, word in pairs], pa.large_string()), "folded": pa.array([each for each, _ in pairs], pa.large_string())}
    )
    with pa.OSFile(str(made / "words.arrow"), "wb") as out, pa.ipc.new_file(out, table.schema) as writer:
        writer.write_table(table)


def _sorted(made: Path) -> pa.Array:
    with pa.OSFile(str(made / "words.arrow"), "rb") as file:
        words = pa.ipc.open_file(file).read_all()["word"].combine_chunks()
    return words.cast(pa.string())


def _write_keys(file: pq.ParquetFile, name: str, rows: int, made: Path, dtype: Any, turned: Callable[[pa.Array], pa.Array]) -> None:
    """Write the values as they lie in memory, and which cells hold one where some are empty."""
    keys = np.lib.format.open_memmap(made / "keys.npy", "w+", dtype, (rows,))
    valid = np.lib.format.open_memmap(made / "valid.npy", "w+", np.bool_, (rows,))
    start, whole = 0, True
    for piece in _pieces(file, name):
        stop = start + len(piece)
        there = ~np.asarray(piece.is_null().to_numpy(zero_copy_only=False))
        found = turned(piece)
        keys[start:stop] = np.asarray(found.fill_null(0).to_numpy(zero_copy_only=False)).astype(dtype, copy=False)
        valid[start:stop] = there
        whole = whole and bool(there.all())
        start = stop
    del keys, valid
    if whole:
        (made / "valid.npy").unlink()


def _rank(made: Path, rows: int) -> None:
    """Write codes and order of the values that were written."""
    keys = np.load(made / "keys.npy", mmap_mode="r")
    valid = np.load(made / "valid.npy", mmap_mode="r") if (made / "valid.npy").exists() else None
    bounds = _bounds(keys, valid)
    codes = np.lib.format.open_memmap(made / "codes.npy", "w+", np.uint16, (rows,))
    lows, highs, counts = [], [], np.zeros(EMPTY + 1, np.int64)
    for start in range(0, rows, CHUNK):
        some = keys[start : start + CHUNK]
        at = np.searchsorted(bounds, some)
        code = 2 * at + (bounds[np.minimum(at, len(bounds) - 1)] == some) if len(bounds) else np.zeros(len(some), np.int64)
        if valid is not None:
            code = np.where(valid[start : start + CHUNK], code, EMPTY)
        codes[start : start + CHUNK] = code
        lows.append(code.min())
        highs.append(np.where(code == EMPTY, 0, code).max())
        counts += np.bincount(code, minlength=EMPTY + 1)
    starts = np.concatenate(([0], np.cumsum(counts[:EMPTY])))
    for name, values in (("bounds", bounds), ("starts", starts), ("lows", np.array(lows, np.uint16)), ("highs", np.array(highs, np.uint16))):
        np.save(made / f"{name}.npy", values)
    order = np.lib.format.open_memmap(made / "order.npy", "w+", np.int32, (max(int(starts[-1]), 0),)) if starts[-1] else np.empty(0, np.int32)
    _fill(order, codes, starts)
    for code in np.flatnonzero(counts[:EMPTY:2] > 1).tolist():
        low, high = int(starts[2 * code]), int(starts[2 * code + 1])
        some = np.sort(order[low:high])
        order[low:high] = some[np.argsort(keys[some], kind="stable")]
    if not len(order):
        np.save(made / "order.npy", order)


def _bounds(keys: Array, valid: Array | None) -> Array:
    """Return the values that get codes of their own: all of few, else such as part the rows evenly."""
    chosen = np.arange(len(keys)) if len(keys) <= _SAMPLE else np.sort(np.random.default_rng(1).integers(0, len(keys), _SAMPLE))
    if valid is not None:
        chosen = chosen[valid[chosen]]
    sample = np.sort(keys[chosen])
    found = np.unique(sample)
    return found if len(found) <= _BOUNDS else np.unique(sample[np.linspace(0, len(sample) - 1, _BOUNDS).astype(np.int64)])


def _fill(order: Array, codes: Array, starts: Array) -> None:
    """Put all rows that hold a value in the order of their codes, some at a time."""
    ahead = starts.copy()
    for start in range(0, len(codes), CHUNK * 8):
        some = codes[start : start + CHUNK * 8]
        places = np.argsort(some, kind="stable")
        sorted_ = some[places]
        held = int(np.searchsorted(sorted_, EMPTY))
        places, sorted_ = places[:held], sorted_[:held]
        counts = np.bincount(sorted_, minlength=EMPTY)
        first = np.cumsum(counts) - counts
        order[ahead[sorted_] + np.arange(held) - first[sorted_]] = places + start
        ahead[:EMPTY] += counts[:EMPTY]
