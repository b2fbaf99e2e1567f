"""The journal: in which order observations that somebody waits for were stored, in files of our own beside the engine's.

A record is written and flushed before the engine commits its rows, and counts only from the commit on. So after a power cut at any moment
just the last record can be in doubt, and the engine knows whether its rows are there: what is stored is owed, and what is not is not.
A position is the number of rows before it since the beginning; who follows keeps a position, and nothing is copied for anybody.
"""

from __future__ import annotations

import os
import struct
import threading
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import FileIO
from pathlib import Path
from typing import NamedTuple

import numpy as np

from zinneke.foundations.observations.engine import ObservationStore, Rows
from zinneke.foundations.observations.values import Int64s
from zinneke.kernel.problem import Problem

HEAD = struct.Struct("<4sIIq")
"""Before each record: its mark, the CRC of the rest, how many rows, when they were stored (microseconds since 1970)."""
MARK = b"ZJ01"
ROW = 4 + 8 + 8 + 1
SEGMENT = 8_000_000
"""Bytes after which a new file is begun; whole files are dropped."""
MOST = 512_000_000
"""Bytes that the journal may hold; beyond it the oldest file goes, whoever still needs it, and they are told."""
STRIDE = 64_000
"""Bytes between two places of a file from which reading can begin."""


class Noted(NamedTuple):
    """Rows as they were stored, their positions, and the moments at which they were stored; `end` is where to go on."""

    rows: Rows
    stored: Int64s
    positions: Int64s
    end: int


class _Record(NamedTuple):
    position: int
    offset: int
    rows: int
    stored: int

    @property
    def end(self) -> int:
        return self.position + self.rows

    @property
    def size(self) -> int:
        return HEAD.size + ROW * self.rows


@dataclass(slots=True)
class _Segment:
    """One file, named by the position of its first row; `marks` are places in it (position, offset), found when first read."""

    path: Path
    first: int
    end: int
    size: int
    marks: list[tuple[int, int]] = field(default_factory=list)


class Journal:
    """Rows in the order in which they were stored. One thread writes; any number read what is settled."""

    def __init__(self, folder: Path, store: ObservationStore, segment: int = SEGMENT, most: int = MOST) -> None:
        self._folder, self._segment_size, self._most = folder, segment, most
        self._lock = threading.Lock()
        self._intended: _Record | None = None
        folder.mkdir(parents=True, exist_ok=True)
        paths = sorted(folder.glob("*.journal")) or [folder / _name(0)]
        firsts = [int(path.stem) for path in paths]
        ends = [*firsts[1:], firsts[-1]]
        sizes = [path.stat().st_size if path.exists() else 0 for path in paths]
        self._segments = [_Segment(*each) for each in zip(paths, firsts, ends, sizes, strict=True)]
        self._file = self._open(paths[-1])
        self._recover(store)
        self._end = self._segments[-1].end

    def _open(self, path: Path) -> FileIO:
        file = open(path, "ab", buffering=0)  # noqa: SIM115  held open as long as the journal
        _flush_folder(self._folder)
        return file

    def _recover(self, store: ObservationStore) -> None:
        """Cut off what was being written when the power went, and ask the engine about the last record, of which it may know nothing."""
        last, whole = self._segments[-1], None
        last.size, data = 0, last.path.read_bytes()
        for record in _records(data, last.first):
            if not _sound(data, record):
                break
            whole, last.end, last.size = record, record.end, record.offset + record.size
        if whole is not None:
            rows = _rows(data, whole)
            if not len(store.find(rows.streams[:1].copy(), rows.times[:1].copy()).positions):
                last.end, last.size = whole.position, whole.offset
        self._file.truncate(last.size)

    @property
    def end(self) -> int:
        """Return the position after the last row that is stored."""
        return self._end

    @property
    def begin(self) -> int:
        """Return the position of the oldest row that is still here."""
        return self._segments[0].first

    def intend(self, rows: Rows, stored: int) -> None:
        """Write rows that are about to be committed, and return when they survive a power cut. Raises `Problem` 507 when the disk is full."""
        body = b"".join((rows.streams.tobytes(), rows.times.tobytes(), rows.values.tobytes(), rows.qualities.tobytes()))
        try:
            if self._segments[-1].size > self._segment_size:
                self._roll()
            _write(self._file, HEAD.pack(MARK, _crc(body, len(rows.streams), stored), len(rows.streams), stored) + body)
            os.fdatasync(self._file.fileno())
        except OSError as fault:
            self.withdraw()
            raise Problem(507, "The disk is full", "Nothing of this was stored. Free some space and send it again.") from fault
        segment = self._segments[-1]
        self._intended = _Record(segment.end, segment.size, len(rows.streams), stored)

    def settle(self) -> None:
        """Count the intended rows as stored: the engine has committed them."""
        assert self._intended is not None
        last = self._segments[-1]
        last.size += self._intended.size
        last.end = self._end = self._intended.end

    def withdraw(self) -> None:
        """Take the intended rows back: the engine did not commit them."""
        self._file.truncate(self._segments[-1].size)

    def _roll(self) -> None:
        """Begin a new file, and drop the oldest beyond what the journal may hold."""
        begun = _Segment(self._folder / _name(self._end), self._end, self._end, 0)
        file = self._open(begun.path)
        self._file.close()
        self._file = file
        with self._lock:
            self._segments = [*self._segments, begun]
        while sum(each.size for each in self._segments) > self._most and len(self._segments) > 1:
            self.trim(self._segments[1].first)

    def extent(self) -> list[tuple[Path, int]]:
        """Return the files and how many bytes of each are settled: those never change, though more may follow."""
        with self._lock:
            return [(each.path, each.size) for each in self._segments]

    def trim(self, position: int) -> None:
        """Drop the files in which everything lies before a position."""
        with self._lock:
            gone = [each for each, after in zip(self._segments, self._segments[1:], strict=False) if after.first <= position]
            self._segments = self._segments[len(gone) :]
        for each in gone:
            each.path.unlink(missing_ok=True)

    def read(self, position: int, most: int) -> Noted:
        """Return about `most` rows from a position on, or from the oldest that is still here; `end` is the position after them."""
        parts: list[tuple[Rows, _Record]] = []
        count, reached = 0, min(max(position, self.begin), self._end)
        for data, record in self._from(position):
            parts.append((_rows(data, record), record))
            count, reached = count + record.rows, record.end
            if count >= most:
                break
        if not parts:
            return Noted(NOTHING, np.empty(0, np.int64), np.empty(0, np.int64), reached)
        positions = np.concatenate([np.arange(record.position, record.end) for _, record in parts])
        stored = np.repeat(np.array([record.stored for _, record in parts], np.int64), [record.rows for _, record in parts])
        later = positions >= position
        rows = Rows(*(np.concatenate(column)[later] for column in zip(*(rows for rows, _ in parts), strict=True)))
        return Noted(rows, stored[later], positions[later], reached)

    def stored_at(self, position: int) -> int | None:
        """Return when the first row from a position on was stored (microseconds since 1970), None when there is none."""
        return next((record.stored for _, record in self._from(position)), None)

    def _from(self, position: int) -> Iterator[tuple[bytes, _Record]]:
        """Yield settled records from the one in which a position lies, each with the bytes of its file in which its offset counts."""
        end = self._end
        for segment in self._segments:
            if segment.end <= position or segment.first >= end:
                continue
            try:
                place, offset = self._mark(segment, position)
                with open(segment.path, "rb") as file:
                    file.seek(offset)
                    data = file.read(segment.size - offset)
            except FileNotFoundError:  # dropped meanwhile
                continue
            for record in _records(data, place):
                if record.end > end:
                    return
                if record.end > position:
                    yield data, record

    def _mark(self, segment: _Segment, position: int) -> tuple[int, int]:
        """Return a place of a segment at or shortly before a position, looking further into the file than was done before."""
        marks = segment.marks or [(segment.first, 0)]
        place, offset = marks[-1]
        if place < position and segment.size - offset > STRIDE:
            with open(segment.path, "rb") as file:
                file.seek(offset)
                data = file.read(segment.size - offset)
            marks = [*marks, *((each.position, offset + each.offset) for each in _spread(_records(data, place)))]
            segment.marks = marks
        return max((each for each in marks if each[0] <= position), default=marks[0])

    def close(self) -> None:
        """Let go of the files."""
        self._file.close()


NOTHING = Rows(np.empty(0, np.int32), np.empty(0, np.int64), np.empty(0), np.empty(0, np.uint8))


def _name(position: int) -> str:
    return f"{position:020d}.journal"


def _crc(body: bytes, rows: int, stored: int) -> int:
    return zlib.crc32(body, zlib.crc32(struct.pack("<Iq", rows, stored)))


def _write(file: FileIO, data: bytes) -> None:
    left = memoryview(data)
    while len(left):
        left = left[file.write(left) or 0 :]


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _records(data: bytes, position: int) -> Iterator[_Record]:
    """Yield the whole records in some bytes, the first of which begins at a position."""
    offset = 0
    while len(data) >= offset + HEAD.size:
        mark, _, rows, stored = HEAD.unpack_from(data, offset)
        record = _Record(position, offset, rows, stored)
        if mark != MARK or offset + record.size > len(data):
            return
        yield record
        position, offset = record.end, offset + record.size


def _sound(data: bytes, record: _Record) -> bool:
    crc = HEAD.unpack_from(data, record.offset)[1]
    return bool(crc == _crc(data[record.offset + HEAD.size : record.offset + record.size], record.rows, record.stored))


def _spread(records: Iterator[_Record]) -> Iterator[_Record]:
    """Yield records that lie at least a stride apart."""
    last = 0
    for record in records:
        if record.offset - last >= STRIDE:
            last = record.offset
            yield record


def _rows(data: bytes, record: _Record) -> Rows:
    begin, count = record.offset + HEAD.size, record.rows
    return Rows(
        np.frombuffer(data, np.int32, count, begin),
        np.frombuffer(data, np.int64, count, begin + 4 * count),
        np.frombuffer(data, np.float64, count, begin + 12 * count),
        np.frombuffer(data, np.uint8, count, begin + 20 * count),
    )
