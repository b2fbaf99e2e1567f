"""Open what was handed over: a path or bytes, plain, gzip or zip, within bounds, as one plain file with its digest."""

from __future__ import annotations

import codecs
import gzip
import hashlib
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from zinneke.foundations.tables.values import Spec
from zinneke.kernel.load import Fault
from zinneke.kernel.problem import Problem, wrong

LARGEST = 2_000_000_000
"""Bytes of a source after unpacking."""
RATIO = 250
"""How many times larger than its packed form a source may be, beyond the first fifty million bytes."""
_CHUNK = 1 << 20
_ENCODINGS = ["cp1252", "cp850", "iso8859_15", "mac_roman"]


@dataclass(slots=True)
class Opened:
    """A source as one plain file: its name for messages, the digest of its content, and what had to be done to read it."""

    path: Path
    name: str
    digest: str
    size: int
    faults: list[Fault] = field(default_factory=list)
    encoding: str = "utf-8"


def is_workbook(path: Path) -> bool:
    """Say whether a file is an Excel workbook of the kind that is a zip archive."""
    try:
        with zipfile.ZipFile(path) as archive:
            return "xl/workbook.xml" in archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError):
        return False


def open_source(source: Path | bytes, spec: Spec, work: Path) -> Opened:
    """Unpack a source into the working folder where it is packed, and hash its content.

    Raises `Problem` 413 for one that is too large or unpacks to far more than it says, 400 for a broken archive.
    """
    name = spec.name or (source.name if isinstance(source, Path) else "upload")
    path = source if isinstance(source, Path) else work / "given"
    if isinstance(source, bytes):
        path.write_bytes(source)
    elif not path.is_file():
        raise wrong(f"There is no file {path.name}.", where=str(path.name))
    with path.open("rb") as file:
        magic = file.read(4)
    try:
        if magic[:2] == b"\x1f\x8b":
            with gzip.open(path) as packed:
                return _unpack(packed, name.removesuffix(".gz"), path.stat().st_size, work)  # type: ignore[arg-type]
        if magic == b"PK\x03\x04" and not is_workbook(path):
            return _open_zip(path, name, spec.member, work)
        if name.endswith(".gz") or path.suffix == ".gz":
            raise OSError("it is named .gz and is no gzip")
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile, NotImplementedError, RuntimeError) as reason:
        raise wrong(f"{name} cannot be unpacked: {reason}. Pack it again, or send it as it is.", where=name) from reason
    size = path.stat().st_size
    if size > LARGEST:
        raise Problem(413, "Too large", f"{name} has {size:,} bytes; at most {LARGEST:,} are taken.", where=name)
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return Opened(path, name, digest, size)


def _open_zip(path: Path, name: str, member: str, work: Path) -> Opened:
    with zipfile.ZipFile(path) as archive:
        files = [info for info in archive.infolist() if not info.is_dir() and not info.filename.startswith("__MACOSX")]
        chosen = [info for info in files if info.filename == member] if member else files
        if len(chosen) != 1:
            known = ", ".join(info.filename for info in files[:20])
            raise wrong(f"{name} holds {len(files)} files: {known}. Say which one with `member`.", where=name)
        if chosen[0].file_size > LARGEST:
            raise Problem(413, "Too large", f"{chosen[0].filename} in {name} unpacks to more than {LARGEST:,} bytes.", where=name)
        with archive.open(chosen[0]) as packed:
            return _unpack(packed, f"{name}/{chosen[0].filename}", chosen[0].compress_size, work)


def _unpack(packed: IO[bytes], name: str, packed_size: int, work: Path) -> Opened:
    digest, size, path = hashlib.sha256(), 0, work / "plain"
    with path.open("wb") as plain:
        while chunk := packed.read(_CHUNK):
            size += len(chunk)
            if size > LARGEST or (size > 50_000_000 and size > RATIO * max(packed_size, 1)):
                raise Problem(
                    413, "Too large", f"{name} unpacks to far more than its {packed_size:,} bytes promise; it was not read further.", where=name
                )
            digest.update(chunk)
            plain.write(chunk)
    return Opened(path, name, digest.hexdigest(), size)


def as_utf8(opened: Opened, encoding: str, work: Path) -> Path:
    """Return the path of the same text in UTF-8 without byte order mark, noting what had to be changed.

    An encoding that is not said is UTF-8 when all bytes are, else the most probable one.
    """
    bad = None if encoding else _first_bad_byte(opened.path)
    with opened.path.open("rb") as file:
        start = file.read(4)
    if not encoding:
        if start[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
            encoding = "utf-16"
        elif bad is not None:
            encoding = _guess(opened.path, bad)
            opened.faults.append(
                Fault(f"{opened.name}: byte {bad}", f"the text is not UTF-8; it was read as {encoding}. Save it as UTF-8, or name its encoding.")
            )
        elif start.startswith(codecs.BOM_UTF8):
            encoding = "utf-8-sig"
        else:
            return opened.path
    path, opened.encoding = work / "text", encoding
    try:
        codecs.lookup(encoding)
        with path.open("w", encoding="utf-8", newline="") as target:
            for text in _decoded(opened.path, encoding):
                target.write(text)
    except LookupError as reason:
        raise wrong(f"{encoding[:40]!r} is no encoding that is known here.", where="encoding") from reason
    except UnicodeError as reason:
        if bad is not None:
            advice = "Save it as UTF-8, or name its encoding or its form."
            raise wrong(f"{opened.name} is not text: byte {bad} fits no encoding that it could be in. {advice}", where=opened.name) from reason
        raise wrong(f"{opened.name} is not {encoding}: {reason}.", where=opened.name) from reason
    return path


def _decoded(path: Path, encoding: str) -> Iterator[str]:
    with path.open(encoding=encoding, newline="") as file:
        while text := file.read(_CHUNK):
            if "\0" in text:
                raise UnicodeError("it holds NUL characters, which no text does")
            yield text


def _first_bad_byte(path: Path) -> int | None:
    decoder, place = codecs.getincrementaldecoder("utf-8")(), 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            pending = len(decoder.getstate()[0])
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError as reason:
                return place - pending + reason.start
            place += len(chunk)
    return place if decoder.getstate()[0] else None


def _guess(path: Path, bad: int) -> str:
    with path.open("rb") as file:
        file.seek(max(0, bad - 50_000))
        from charset_normalizer import from_bytes

        best = from_bytes(file.read(100_000), cp_isolation=_ENCODINGS).best()
    return best.encoding if best else "cp1252"
