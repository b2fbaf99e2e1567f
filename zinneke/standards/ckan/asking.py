"""What a client sends, in any of CKAN's ways (query string, JSON, form, multipart), read into the Struct that an action takes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

import msgspec

from zinneke.kernel.problem import Problem, wrong
from zinneke.kernel.route import Call

Many = str | list[str]
"""A list as CKAN's clients write it: a JSON list, the text of one, or one value alone."""
Mapped = dict[str, Any] | str
"""An object, or the text of one."""
UPLOAD = "upload"


def sent(call: Call[Any]) -> dict[str, Any]:
    """Return the parameters of a request by name; a name given several times has a list. Raises `Problem` 400 for what cannot be read."""
    if call.body is None or not call.body:
        return _pairs(call.query.encode("latin-1"))
    kind = call.headers.get("content-type", "")
    if "multipart/form-data" in kind:
        return _multipart(call.body, kind)
    text: bytes = call.body
    if "x-www-form-urlencoded" in kind and text[:1] not in (b"{", b"["):
        return _pairs(text)
    try:
        found = msgspec.json.decode(text.removesuffix(b"=") if text.startswith(b"%") else text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as reason:
        raise Problem(400, "Bad Request", f"JSON Error: the body is not JSON: {reason}") from None
    if not isinstance(found, dict):
        raise Problem(400, "Bad Request", "JSON Error: the body must be an object with the parameters of the action")
    return {name: value for name, value in found.items() if value is not None}


def _pairs(query: bytes) -> dict[str, Any]:
    try:
        pairs = parse_qsl(query.decode(), keep_blank_values=True, max_num_fields=500, errors="strict")
    except (UnicodeDecodeError, ValueError) as reason:
        raise Problem(400, "Bad Request", f"The parameters cannot be read: {reason}") from None
    return _gathered(pairs)


def _gathered(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        found[name] = [*found[name], value] if isinstance(found.get(name), list) else [found[name], value] if name in found else value
    return found


_NAME = re.compile(rb'\bname="((?:[^"\\]|\\.)*)"')
_FILE = re.compile(rb'\bfilename="((?:[^"\\]|\\.)*)"')


class Upload(msgspec.Struct, frozen=True):
    """A file that was sent along."""

    name: str
    content: bytes
    media_type: str = ""


def _multipart(body: bytes, kind: str) -> dict[str, Any]:
    """Read a form with files."""
    match = re.search(r'boundary="?([^";]{1,200})"?', kind)
    if match is None:
        raise Problem(400, "Bad Request", "The form names no boundary")
    parts = body.split(b"--" + match[1].encode("latin-1"))
    if len(parts) < 2 or len(parts) > 500 or not parts[-1].startswith(b"--"):
        raise Problem(400, "Bad Request", "The form is not whole: a boundary is missing, or there are more than 500 parts")
    pairs: list[tuple[str, Any]] = []
    for part in parts[1:-1]:
        head, _, content = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        content = content.removesuffix(b"\r\n")
        name, file = _NAME.search(head), _FILE.search(head)
        if name is None:
            raise Problem(400, "Bad Request", "A part of the form has no name")
        if file:
            media = re.search(rb"(?im)^content-type:\s*([^\r\n;]+)", head)
            value: Any = Upload(file[1].decode("utf-8", "replace"), content, media[1].decode("latin-1") if media else "")
        else:
            value = content.decode("utf-8", "replace")
        pairs.append((name[1].decode("utf-8", "replace"), value))
    return _gathered(pairs)


def read(kind: type[Any], given: Mapping[str, Any]) -> Any:
    """Return the Struct that an action takes; names that it does not know are passed over, as CKAN does. Raises `Problem` 400."""
    try:
        return msgspec.convert(given, type=kind, strict=False)
    except msgspec.ValidationError as fault:
        text, _, place = str(fault).partition(" - at ")
        where = place.strip("`").removeprefix("$").removeprefix(".")
        missing = re.search(r"required field `([^`]+)`", text)
        if missing:
            raise wrong("Missing value", where=missing[1]) from None
        raise wrong(f"{text}.", where=where or "message") from None


def many(value: Many) -> list[str]:
    """Return a list however it was written."""
    if isinstance(value, list):
        return value
    if value.lstrip().startswith("["):
        try:
            return msgspec.json.decode(value, type=list[str])
        except (msgspec.MsgspecError, RecursionError):
            raise wrong(f"{value[:60]!r} is no list of texts.") from None
    return [each.strip() for each in value.split(",") if each.strip()] if value else []


def mapped(value: Any, where: str) -> dict[str, Any]:
    """Return an object however it was written."""
    if isinstance(value, dict):
        return value
    if not isinstance(value, str):
        raise wrong("This takes an object.", where=where)
    if not value.strip():
        return {}
    try:
        return msgspec.json.decode(value, type=dict[str, Any])
    except (msgspec.MsgspecError, RecursionError):
        raise wrong(f"{value[:60]!r} is no JSON object.", where=where) from None


def queries(value: Many) -> list[str]:
    """Return queries however they were written: a list, the text of one, or a single query."""
    return many(value) if isinstance(value, list) or value.lstrip().startswith('["') else [value] if value else []
