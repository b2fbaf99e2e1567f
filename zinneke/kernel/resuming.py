"""Downloads that can be resumed: one part of what is written anew, the same each time (RFC 9110, sections 13 and 14)."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from typing import IO

from zinneke.kernel.event import Used, announce
from zinneke.kernel.problem import Problem
from zinneke.kernel.route import Reply

_CHUNK = 1 << 18
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


def resumable(chunks: Iterable[bytes], etag: str, headers: Mapping[str, str], reply: Reply) -> Reply:
    """Return a download, or the part of it that `Range` asks for; `etag` must be the same only for the same bytes, "" when they may differ.

    A whole is streamed; packed with gzip on its way it is something else, with a tag of its own and no parts. For a part the whole is
    written once more, to a file without a name, since a part must say how long the whole is. Raises `Problem` 416 for a part outside.
    """
    reply.body = chunks
    if not etag:
        return reply
    plain, packed = f'"{etag}"', f'"{etag}-gzip"'
    match = _RANGE.fullmatch(headers.get("range", "").replace(" ", ""))
    whole = match is None or not any(match.groups()) or headers.get("if-range", plain) != plain
    tag = packed if whole and "gzip" in headers.get("accept-encoding", "") else plain
    reply.headers = {"ETag": tag, "Accept-Ranges": "none" if tag == packed else "bytes", "Cache-Control": "no-cache", **reply.headers}
    if {each.strip() for each in headers.get("if-none-match", "").split(",")} & {plain, packed}:
        return Reply(b"", 304, reply.media_type, reply.headers)
    if match is None or whole:
        return reply
    file = tempfile.TemporaryFile()  # noqa: SIM115  closed when the last of it was sent
    try:
        file.writelines(chunks)
        size = file.tell()
        start, stop = _bounds(match.group(1), match.group(2), size)
    except BaseException:
        file.close()
        raise
    reply.status, reply.body = 206, _sliced(file, start, stop)
    reply.headers |= {"Content-Range": f"bytes {start}-{stop - 1}/{size}", "Content-Length": str(stop - start), "Content-Encoding": "identity"}
    return reply


def _bounds(first: str, last: str, size: int) -> tuple[int, int]:
    """Return where a part begins and ends; without a first byte it is so many from the end."""
    start, stop = (int(first), min(int(last) + 1 if last else size, size)) if first else (max(0, size - int(last)), size)
    if start >= stop:
        raise Problem(416, "Nothing lies there", f"The whole has {size:,} bytes.", headers={"Content-Range": f"bytes */{size}"})
    return start, stop


def _sliced(file: IO[bytes], start: int, stop: int) -> Iterator[bytes]:
    with file:
        file.seek(start)
        while start < stop and (chunk := file.read(min(_CHUNK, stop - start))):
            start += len(chunk)
            yield chunk


def counted(dataset: str, reply: Reply) -> Reply:
    """Count a whole file that somebody is given as a download; what is unchanged, or a piece of one, is none."""
    if reply.status == 200:
        announce(Used("download", dataset))
    return reply
