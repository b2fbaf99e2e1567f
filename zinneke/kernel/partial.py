"""A file on disk, or the part of it that is asked for (RFC 9110, sections 13 and 14): read where it lies, never written anew."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from zinneke.kernel.freshness import unchanged
from zinneke.kernel.problem import Problem
from zinneke.kernel.route import Reply

_CHUNK = 1 << 18
_SMALL = 1 << 20
"""Bytes up to which a part is read at once."""
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


def of_file(path: Path, etag: str, headers: Mapping[str, str], media_type: str) -> Reply:
    """Return a file or one part of it; several parts at once are answered with the whole. Never packed on its way: parts are of these bytes.

    Raises `Problem` 416 for a part that lies outside.
    """
    size = path.stat().st_size
    told = {"ETag": etag, "Accept-Ranges": "bytes", "Content-Encoding": "identity"}
    if "if-none-match" in headers and unchanged(headers, etag):
        return Reply(status=304, headers=told)
    asked = _RANGE.fullmatch(headers.get("range", "").replace(" ", ""))
    if asked is None or not any(asked.groups()) or headers.get("if-range", etag) != etag:
        return Reply(_read(path, 0, size), 200, media_type, {**told, "Content-Length": str(size)})
    first, last = asked.groups()
    start, stop = (int(first), min(int(last) + 1 if last else size, size)) if first else (max(0, size - int(last)), size)
    if start >= stop:
        raise Problem(416, "Nothing lies there", f"The file has {size:,} bytes.", headers={"Content-Range": f"bytes */{size}"})
    told["Content-Range"] = f"bytes {start}-{stop - 1}/{size}"
    if stop - start <= _SMALL:
        return Reply(b"".join(_read(path, start, stop)), 206, media_type, told)
    return Reply(_read(path, start, stop), 206, media_type, {**told, "Content-Length": str(stop - start)})


def _read(path: Path, start: int, stop: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(start)
        while start < stop and (chunk := file.read(min(_CHUNK, stop - start))):
            start += len(chunk)
            yield chunk
