"""A version's columns lying open: fixed-width arrays mapped from disk, texts as numbers in alphabetical order, and orders kept ready.

Parquet is the record; this is how it is read fast. Opening a page of a Parquet file costs milliseconds, and a request for a
hundred rows must cost less. So each column that is asked for is laid out once, uncompressed, in the cache folder, and mapped;
a column that nobody asks for is never laid out.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from datetime import UTC, date
from functools import lru_cache
from itertools import count
from pathlib import Path
from threading import RLock
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from zinneke.foundations import compute as pc
from zinneke.foundations.tables import ranked
from zinneke.foundations.tables.blocks import Blocks
from zinneke.foundations.tables.rules import fold
from zinneke.foundations.tables.values import GEOMETRY

Array = np.ndarray[Any, Any]
INDEXED = 65_536
"""Rows from which on orders are kept ready; a smaller table is simply looked through."""
LARGE = 4_000_000
"""Rows from which on columns are laid out with their ranks, in pieces, and nothing that grows with the rows stays in memory."""
_EPOCH_DAY = date(1970, 1, 1).toordinal()
_SIDES = ("xmin", "ymin", "xmax", "ymax")


class Orders:
    """The orders of columns that are kept ready: those asked for last, up to so many bytes in all."""

    def __init__(self, most: int) -> None:
        self.most, self.bytes = most, 0
        self._kept: OrderedDict[tuple[int, bool], Array] = OrderedDict()
        self._lock = RLock()

    def get(self, key: tuple[int, bool], make: Callable[[], Array]) -> Array:
        """Return the order under a key, made when it is not kept."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        made = make()
        with self._lock:
            if key not in self._kept:
                self.bytes += made.nbytes
            self._kept[key] = made
            while self.bytes > self.most and len(self._kept) > 1:
                self.bytes -= self._kept.popitem(last=False)[1].nbytes
        return made


SPELLED = 10_000
"""Words of a text column that are kept spelled out in memory: about a megabyte at the most."""
_orders = Orders(128_000_000)
_serial = count()


class Held:
    """One column: `keys` hold its values in their order (a text's place in `words`), `valid` says where there is one (None: everywhere)."""

    def __init__(self, kind: str, keys: Array, valid: Array | None, words: pa.Array | None = None, folded: pa.Array | None = None) -> None:
        self.kind, self.keys, self.valid, self.words, self.folded = kind, keys, valid, words, folded
        self._key = next(_serial)
        self._counts: Array | None = None
        self._spelled: Array | None = None
        self._lock = RLock()

    def order(self, descending: bool = False) -> Array:
        """Return the rows that hold a value, in order of it, equal ones in the order of the table."""

        def make() -> Array:
            rows = np.arange(len(self.keys), dtype=np.int32) if self.valid is None else np.flatnonzero(self.valid).astype(np.int32)
            keys = self.keys if self.valid is None else self.keys[rows]
            return rows[np.argsort(_negated(keys) if descending else keys, kind="stable")]

        return _orders.get((self._key, descending), make)

    def counts(self) -> Array:
        """Return how many rows hold each word of a text column."""
        with self._lock:
            if self._counts is None:
                assert self.words is not None
                keys = self.keys if self.valid is None else self.keys[self.valid]
                self._counts = np.bincount(keys, minlength=max(len(self.words), 1))
            return self._counts

    def empty_rows(self) -> Array:
        """Return the rows that hold no value."""
        return np.empty(0, dtype=np.int32) if self.valid is None else np.flatnonzero(~self.valid).astype(np.int32)

    def sort_keys(self, rows: Array, descending: bool) -> tuple[Array, Array]:
        """Return two keys for `lexsort`: the values, then whether there is one, so that empty cells come last."""
        keys = self.keys[rows]
        missing = np.zeros(len(rows), dtype=bool) if self.valid is None else ~self.valid[rows]
        keys = np.where(missing, np.zeros(1, keys.dtype), keys)
        return (_negated(keys) if descending else keys), missing

    def cells(self, rows: Array) -> list[Any]:
        """Return the values of some rows as Python values, None for empty cells."""
        if self.kind == GEOMETRY:
            return self._shapes(rows)
        if self.words is not None:
            keys = self.keys[rows]
            found = self.values(keys if self.valid is None else np.where(self.valid[rows], keys, 0)) if len(self.words) else [None] * len(rows)
        else:
            found = self.values(self.keys[rows])
        if self.valid is None:
            return found
        return [cell if there else None for cell, there in zip(found, self.valid[rows].tolist(), strict=True)]

    def values(self, keys: Array) -> list[Any]:
        """Return what keys stand for, as Python values."""
        if self.words is not None:
            return self._words(keys)
        if self.kind == "timestamp":
            return [moment.replace(tzinfo=UTC) for moment in keys.view("M8[us]").tolist()]
        if self.kind == "date":
            return [date.fromordinal(_EPOCH_DAY + key) for key in keys.tolist()]
        plain: list[Any] = (keys.astype(bool) if self.kind == "boolean" else keys).tolist()
        return plain

    def _words(self, keys: Array) -> list[Any]:
        """Return words by their places; the few of a short list are kept as Python has them, which costs a fifth of making them each time."""
        assert self.words is not None
        if len(self.words) > SPELLED:
            taken: list[Any] = self.words.take(pa.array(keys)).to_pylist()
            return taken
        if self._spelled is None:
            self._spelled = np.array(self.words.to_pylist(), dtype=object)
        spelled: list[Any] = self._spelled[keys].tolist()
        return spelled

    def array(self, rows: Array) -> pa.Array:
        """Return the values of some rows as an Arrow array of the column's own type."""
        if self.kind == GEOMETRY:
            return pa.array(self.wkb(rows), pa.binary())
        missing = None if self.valid is None else ~self.valid[rows]
        keys = pa.array(self.keys[rows], mask=missing)
        if self.words is not None:
            return self.words.take(keys).cast(pa.string())
        return keys.cast(pa.bool_()) if self.kind == "boolean" else keys.view(_LOGICAL[self.kind])

    def _shapes(self, rows: Array) -> list[Any]:
        texts = shapely.to_geojson(shapely.from_wkb(self.wkb(rows)))
        return [None if text is None else msgspec.json.decode(text) for text in texts]

    def wkb(self, rows: Array) -> Array:
        """Return the shapes of some rows as WKB."""
        assert self.words is not None
        return np.array(self.words.take(pa.array(rows)).to_pylist(), dtype=object)


class Large(Held):
    """A column of very many rows: its order and its ranks are mapped from files, too."""

    def __init__(self, kind: str, keys: Array, valid: Array | None, words: pa.Table | None, ranks: ranked.Ranked) -> None:
        super().__init__(kind, keys, valid, *(() if words is None else (_whole(words["word"]), _whole(words["folded"]))))
        self.ranks = ranks

    def order(self, descending: bool = False) -> Array:
        """Return the rows that hold a value, in order of it, equal ones in the order of the table."""
        return self.ranks.piece(0, len(self.ranks.order), descending)

    def counts(self) -> Array:
        """Return how many rows hold each word of a text column."""
        with self._lock:
            if self._counts is None:
                assert self.words is not None
                found = [self.ranks.place(word, right=False) for word in range(len(self.words))]
                self._counts = np.diff([*found, len(self.ranks.order)]) if found else np.zeros(1, np.int64)
            return self._counts


def _negated(keys: Array) -> Array:
    return -keys.astype(np.int64) if keys.dtype.kind in "biu" else -keys


class Frame:
    """The columns of one version, each laid open when it is first asked for."""

    def __init__(self, parquet: Path, place: Path, rows: int) -> None:
        self.parquet, self.place, self.rows = parquet, place, rows
        self._held: dict[str, Held] = {}
        self._boxes: tuple[Array, ...] | None = None
        self._blocks: Blocks | None = None
        self.written: dict[int, msgspec.Raw | None] = {}
        self._lock = RLock()
        self._names = {name: number for number, name in enumerate(pq.read_schema(parquet).names)}

    @property
    def large(self) -> bool:
        """Say whether columns are laid out with their ranks."""
        return self.rows > LARGE

    def held(self, name: str) -> Held:
        """Return one column."""
        found = self._held.get(name)
        if found is None:
            with self._lock:
                found = self._held.get(name)
                if found is None:
                    found = self._held[name] = self._open(name)
        return found

    def boxes(self) -> tuple[Array, ...]:
        """Return west, south, east and north of each row's shape, NaN where there is none."""
        with self._lock:
            if self._boxes is None:
                table = self._laid("box", self._lay_boxes)
                self._boxes = tuple(_numpy(table[side]) for side in _SIDES)
            return self._boxes

    def blocks(self) -> Blocks:
        """Return the boxes of all shapes, searched by blocks of neighbours."""
        if self._blocks is None:
            self._blocks = Blocks(self.boxes())
        return self._blocks

    def _open(self, name: str) -> Held:
        number = self._names[name]
        if self.large and name != GEOMETRY:
            return self._ranked(name, self.place / f"{number}.ranked")
        table = self._laid(f"{number}", lambda: self._lay(name))
        kind = (table.schema.metadata or {})[b"kind"].decode()
        column = table["keys"].combine_chunks() if table["keys"].num_chunks != 1 else table["keys"].chunk(0)
        if kind == GEOMETRY:
            return Held(kind, np.empty(self.rows, dtype=np.int8), None, column)
        valid = None if not column.null_count else np.asarray(column.is_valid().to_numpy(zero_copy_only=False))
        if kind != "text":
            return Held(kind, _numpy(column), valid)
        words = self._laid(f"{number}.words", lambda: self._lay(name))
        return Held(kind, _numpy(column), valid, _whole(words["word"]), _whole(words["folded"]))

    def _ranked(self, name: str, folder: Path) -> Large:
        if not folder.exists():
            ranked.lay(self.parquet, name, self.rows, folder, _PHYSICAL)
        keys = np.asarray(np.load(folder / "keys.npy", mmap_mode="r"))
        valid = np.asarray(np.load(folder / "valid.npy", mmap_mode="r")) if (folder / "valid.npy").exists() else None
        words = None
        if (folder / "words.arrow").exists():
            with pa.memory_map(str(folder / "words.arrow")) as file:
                words = pa.ipc.open_file(file).read_all()
        return Large((folder / "kind").read_text(), keys, valid, words, ranked.Ranked(folder, keys))

    def _laid(self, part: str, lay: Any) -> pa.Table:
        """Return a part as it lies in the cache folder, laying it there first when it does not."""
        path = self.place / f"{part}.arrow"
        if not path.exists():
            lay()
        with pa.memory_map(str(path)) as file:
            return pa.ipc.open_file(file).read_all()

    def _lay(self, name: str) -> None:
        number = self._names[name]
        column = _whole(pq.read_table(self.parquet, columns=[name], use_threads=False)[name])
        if pa.types.is_string(column.type):
            encoded = column.dictionary_encode()
            words = encoded.dictionary.to_pylist()
            folded = [fold(word) for word in words]
            order = sorted(range(len(words)), key=lambda place: (folded[place], words[place]))
            rank = np.empty(max(len(words), 1), dtype=np.int32)
            rank[order] = np.arange(len(words), dtype=np.int32)
            codes = rank[encoded.indices.fill_null(0).to_numpy(zero_copy_only=False)] if len(words) else np.zeros(self.rows, dtype=np.int32)
            keys = pa.array(codes, mask=column.is_null().to_numpy(zero_copy_only=False)) if column.null_count else pa.array(codes)
            texts = [pa.array([words[place] for place in order], pa.large_string()), pa.array([folded[place] for place in order], pa.large_string())]
            self._put(f"{number}.words", pa.table(texts, names=["word", "folded"]), "words")
            self._put(f"{number}", pa.table([keys], names=["keys"]), "text")
        elif pa.types.is_binary(column.type):
            self._put(f"{number}", pa.table([column.cast(pa.large_binary())], names=["keys"]), GEOMETRY)
        else:
            kind, physical = _PHYSICAL[str(column.type).partition("[")[0]]
            self._put(f"{number}", pa.table([column.cast(pa.int8()) if kind == "boolean" else column.view(physical)], names=["keys"]), kind)

    def _lay_boxes(self) -> None:
        box = _whole(pq.read_table(self.parquet, columns=["bbox"], use_threads=False)["bbox"])
        self._put("box", pa.table([pc.fill_null(box.field(side), np.nan) for side in _SIDES], names=list(_SIDES)), "box")

    def _put(self, part: str, table: pa.Table, kind: str) -> None:
        self.place.mkdir(parents=True, exist_ok=True)
        made = self.place / f".{part}.{id(self):x}"
        table = table.replace_schema_metadata({"kind": kind})
        with pa.OSFile(str(made), "wb") as file, pa.ipc.new_file(file, table.schema) as writer:
            writer.write_table(table)
        made.replace(self.place / f"{part}.arrow")


_PHYSICAL = {
    "bool": ("boolean", pa.int8()),
    "int64": ("integer", pa.int64()),
    "double": ("decimal", pa.float64()),
    "date32": ("date", pa.int32()),
    "timestamp": ("timestamp", pa.int64()),
}
_LOGICAL = {"integer": pa.int64(), "decimal": pa.float64(), "date": pa.date32(), "timestamp": pa.timestamp("us", "UTC")}


def _whole(column: pa.ChunkedArray) -> pa.Array:
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


def _numpy(column: pa.ChunkedArray | pa.Array) -> Array:
    """Return the values as they lie in memory, whatever is under empty cells."""
    array = _whole(column) if isinstance(column, pa.ChunkedArray) else column
    buffer = array.buffers()[1]
    dtype = array.type.to_pandas_dtype()
    if buffer is None:
        return np.zeros(len(array), dtype=dtype)
    return np.frombuffer(buffer, dtype=dtype, count=len(array) + array.offset)[array.offset :]


_opening = RLock()


@lru_cache(maxsize=32)
def _frame(parquet: Path, place: Path, rows: int) -> Frame:
    return Frame(parquet, place, rows)


def open_frame(parquet: Path, place: Path, rows: int) -> Frame:
    """Return the open columns of a version, the same to all who ask at once; the thirty-two that were asked for last stay open."""
    with _opening:
        return _frame(parquet, place, rows)


def close_frames() -> None:
    """Forget which versions are open."""
    _frame.cache_clear()


def tuples(frame: Frame, names: Sequence[str], rows: Array) -> list[tuple[Any, ...]]:
    """Return some rows of some columns, as Python values."""
    return list(zip(*(frame.held(name).cells(rows) for name in names), strict=True)) if names else [() for _ in range(len(rows))]
