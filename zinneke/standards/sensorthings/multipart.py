"""Batches as multipart/mixed: each part a request of HTTP, or a change set that is itself multipart, as OData writes them. Pure."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from email.errors import MessageError
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32
from http import HTTPStatus
from itertools import groupby
from typing import Any

import msgspec

from zinneke.kernel.problem import wrong
from zinneke.kernel.route import Reply

LONGEST_HEAD = 10_000


class Asked(msgspec.Struct):
    """One request: its id, its method, its address from the root of the service, what it sends."""

    id: str
    method: str
    url: str
    body: Any = None
    atomicityGroup: str | None = None  # noqa: N815  the standard's name


def read(body: bytes, media: str) -> list[Asked]:
    """Return the requests of a batch. Raises `Problem` 400."""
    head = f"Content-Type: {media}\r\n\r\n".encode("latin-1", "replace")
    try:
        whole = BytesParser(_class=Message, policy=compat32).parsebytes(head + body)
    except (MessageError, ValueError, LookupError):
        raise wrong("The batch is not multipart/mixed with a boundary. Nothing was stored.") from None
    found: list[Asked] = []
    for at, part in enumerate(_parts(whole, "The batch")):
        if part.get_content_type() == "multipart/mixed":
            found += [_request(each, str(at)) for each in _parts(part, "A change set")]
        else:
            found.append(_request(part, None))
    return found


def _parts(whole: Message, what: str) -> list[Message]:
    """Return the parts of what is multipart. Raises `Problem` 400 for what has none, or does not end."""
    parts = whole.get_payload()
    if not whole.is_multipart() or not isinstance(parts, list) or not parts or whole.defects:
        raise wrong(f"{what} is not multipart/mixed, with a boundary before each part and after the last. Nothing was stored.")
    return [each for each in parts if isinstance(each, Message)]


def _request(part: Message, group: str | None) -> Asked:
    """Read a part as a request: a line of HTTP, header fields, an empty line, a body."""
    if part.get_content_type() != "application/http":
        raise wrong("Each part of a batch is application/http, or a change set, which has no change set in it. Nothing was stored.")
    sent = part.get_payload(decode=True)
    raw = (sent if isinstance(sent, bytes) else b"").lstrip(b"\r\n").replace(b"\r\n", b"\n")
    head, _, body = raw.partition(b"\n\n")
    line, *_ = head[:LONGEST_HEAD].decode("utf-8", "replace").split("\n")
    words = line.split()
    if len(words) not in (2, 3) or (len(words) == 3 and not words[2].startswith("HTTP/")):
        raise wrong(f"A request of a batch begins with a line such as POST Things HTTP/1.1, not {line[:60]!r}. Nothing was stored.")
    return Asked(str(part.get("Content-ID", "")).strip("<> "), words[0], words[1], body.strip(), group)


def written(done: Iterable[tuple[Asked, Reply]]) -> Reply:
    """Return answers as multipart/mixed, those of a change set in one part; of one that failed, a single answer in the place of all."""
    boundary = f"batch_{secrets.token_hex(8)}"
    parts = []
    for group, members in groupby(done, lambda each: each[0].atomicityGroup):
        told = list(members)
        if group is None:
            parts += [_answer(*each) for each in told]
        elif failed := [each for each in told if each[1].status >= 400 and each[1].status != 424]:
            parts.append(_answer(*failed[0]))
        else:
            inner = f"changeset_{secrets.token_hex(8)}"
            parts.append(f"Content-Type: multipart/mixed; boundary={inner}\r\n\r\n".encode() + _joined([_answer(*each) for each in told], inner))
    return Reply(_joined(parts, boundary), 200, f"multipart/mixed; boundary={boundary}")


def _joined(parts: list[bytes], boundary: str) -> bytes:
    return b"".join(f"--{boundary}\r\n".encode() + part + b"\r\n" for part in parts) + f"--{boundary}--\r\n".encode()


def _answer(asked: Asked, reply: Reply) -> bytes:
    named = f"Content-ID: {asked.id}\r\n" if asked.id else ""
    head = f"Content-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n{named}\r\nHTTP/1.1 {reply.status} {_phrase(reply.status)}\r\n"
    body = reply.body if isinstance(reply.body, bytes) else b"".join(reply.body) if isinstance(reply.body, Iterable) else b""
    if body:
        head += f"Content-Type: {reply.media_type}\r\nContent-Length: {len(body)}\r\n"
    head += "".join(f"{name}: {value}\r\n" for name, value in reply.headers.items() if name in ("Location", "Retry-After"))
    return head.encode() + b"\r\n" + body


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"
