"""Files of a load, unpacked within bounds, as bytes, as lines or as rows."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from zinneke.kernel.problem import Problem, wrong

LARGEST = 2_000_000_000
"""Bytes of a file that is read in a stream, after unpacking."""
WHOLE = 200_000_000
"""Bytes of a file that is held in memory."""
RATIO = 200
"""How many times larger than its packed form a file may be, beyond the first fifty million bytes."""


class _Bounded(io.RawIOBase):
    """Passes bytes on until there are more than a file of this size can honestly hold."""

    def __init__(self, plain: IO[bytes], most: int) -> None:
        self._plain, self._most, self._passed = plain, most, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        try:
            chunk = self._plain.read(len(buffer))
        except (OSError, EOFError, zlib.error, zipfile.BadZipFile, RuntimeError, NotImplementedError) as fault:
            told = f"It cannot be unpacked beyond byte {self._passed:,}: {fault}. Fetch the file again."
            raise wrong(told, where=f"byte {self._passed}") from fault
        self._passed += len(chunk)
        if self._passed > self._most:
            told = f"It unpacks to more than {self._most:,} bytes: far more than a file of its size should."
            raise Problem(413, "Too large", told, where=f"byte {self._most}")
        buffer[: len(chunk)] = chunk
        return len(chunk)


@contextmanager
def opened(path: Path, most: int = LARGEST) -> Iterator[io.BufferedReader]:
    """Open a plain file, a gzip or a zip of one file. Raises `Problem` for one that is broken or unpacks to far too much."""
    with path.open("rb") as file:
        magic = file.read(4)
    size = path.stat().st_size
    if magic[:2] == b"\x1f\x8b":
        bound = min(most, 50_000_000 + RATIO * size)
        with gzip.open(path) as packed:
            yield io.BufferedReader(_Bounded(packed, bound), 1 << 18)  # type: ignore[arg-type]
    elif magic == b"PK\x03\x04":
        bound = min(most, 50_000_000 + RATIO * size)
        try:
            archive = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, OSError) as fault:
            raise wrong(f"It is not a whole zip archive: {fault}. Fetch the file again.") from fault
        with archive:
            members = [each for each in archive.infolist() if not each.is_dir()]
            if len(members) != 1:
                raise wrong(f"The archive holds {len(members)} files; one is expected.")
            with archive.open(members[0]) as packed:
                yield io.BufferedReader(_Bounded(packed, bound), 1 << 18)
    else:
        with path.open("rb") as plain:
            yield io.BufferedReader(_Bounded(plain, most), 1 << 18)


def read_whole(path: Path) -> bytes:
    """Return a file's content, unpacked. Raises `Problem` as `opened` does."""
    with opened(path, WHOLE) as file:
        return file.read()


def read_rows(path: Path, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows of a UTF-8 table with the number of each line, the heading first. Raises `Problem` 400 naming the row and byte."""
    with opened(path) as file:
        reader = csv.reader(_lines(file), delimiter=delimiter)
        try:
            for row in reader:
                if row:
                    yield reader.line_num, row
        except csv.Error as fault:
            raise wrong(f"Row {reader.line_num} cannot be read: {fault}.", where=f"row {reader.line_num}") from None


def _lines(file: IO[bytes]) -> Iterator[str]:
    """Yield the lines of a file as text, without the mark that some programs put before the first."""
    byte = 0
    for number, line in enumerate(file, 1):
        try:
            yield line.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError as fault:
            where = f"row {number}, byte {byte + fault.start}"
            raise wrong(f"There is a byte 0x{line[fault.start]:02x} that is not UTF-8. Save the file as UTF-8.", where=where) from None
        byte += len(line)


def digest_of(path: Path) -> str:
    """Return the digest of a file as it lies there."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=16)).hexdigest()
