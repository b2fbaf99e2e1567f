"""What a request asks and sends, checked: path and query into the `ask` Struct, the body into the `takes` type."""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl

import msgspec
import msgspec.inspect

from zinneke.kernel.openapi import list_fields
from zinneke.kernel.problem import Problem, wrong

RATIO = 200
"""A compressed body may grow this many times at the most."""


def read_ask(kind: type, path: Mapping[str, str], query: bytes) -> Any:
    """Fill a route's `ask` Struct from path values and the query string.

    Raises `Problem` 400 naming the parameter: unknown, given twice, of the wrong type, out of bounds.
    """
    lists = list_fields(kind)
    values: dict[str, Any] = dict(path)
    for name, value in _pairs(query):
        if name in lists:
            values.setdefault(name, []).append(value)
        elif name in values:
            raise wrong(f"The parameter {name!r} is given twice.", where=name)
        else:
            values[name] = value
    try:
        return msgspec.convert(values, type=kind, strict=False)
    except msgspec.ValidationError as fault:
        raise _told(fault, "parameter", [field.encode_name for field in msgspec.structs.fields(kind)]) from None


@lru_cache(500)
def _pairs(query: bytes) -> list[tuple[str, str]]:
    if not query:
        return []
    try:
        pairs = parse_qsl(query.decode("ascii"), keep_blank_values=True, max_num_fields=500, errors="strict")
    except (UnicodeDecodeError, ValueError) as fault:
        raise wrong(f"The query string cannot be read: {fault}. Percent-encode it as UTF-8.") from None
    if any("\0" in name or "\0" in value for name, value in pairs):
        raise wrong("The query string holds a NUL character.")
    return pairs


def read_body(kind: Any, body: bytes) -> Any:
    """Decode a JSON body into the route's `takes` type; `bytes` gives the body as it is.

    Raises `Problem` 400 with the byte or the member where it goes wrong; a member given twice is refused too, because
    keeping one of the two in silence would lose the other.
    """
    if kind is bytes:
        return body
    try:
        value = msgspec.json.decode(body, type=kind)
    except msgspec.ValidationError as fault:
        raise _told(fault, "member", within=kind) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as fault:
        raise wrong(f"The body is not JSON: {_broken(fault, body)}. Nothing was stored.") from None
    except RecursionError:
        raise wrong("The body is nested too deeply. Nothing was stored.") from None
    _refuse_twins(body)
    return value


def _broken(fault: Exception, body: bytes) -> str:
    """Say what is wrong with a body that is no JSON, and at which of its bytes."""
    try:
        body.decode()
    except UnicodeDecodeError as place:
        return f"byte {place.start} is not UTF-8"
    return str(fault) if "byte" in str(fault) else f"{fault} (byte {len(body)})"


def _refuse_twins(body: bytes) -> None:
    """Refuse an object that gives the same member twice."""

    def check(pairs: list[tuple[str, Any]]) -> None:
        if len(pairs) > 1 and len({name for name, _ in pairs}) < len(pairs):
            names = [name for name, _ in pairs]
            twin = next(name for name in names if names.count(name) > 1)
            raise wrong(f"An object gives {twin!r} twice. Send each member once; nothing was stored.", where=twin)

    try:
        json.loads(body, object_pairs_hook=check)
    except RecursionError:
        raise wrong("The body is nested too deeply. Nothing was stored.") from None


_WORDS = {
    "float": "a number",
    "int": "a whole number",
    "str": "a text",
    "bool": "true or false",
    "array": "a list",
    "object": "an object",
    "null": "nothing",
}
"""What msgspec calls the kinds of values, in words."""
_UNKNOWN = re.compile(r"^Object contains unknown field `(.*)`$")
_MISSING = re.compile(r"^Object missing required field `(.*)`$")
_EXPECTED = re.compile(r"^Expected `(?P<kind>[^`]+)`(?:, got `(?P<given>[^`]+)`)?(?P<more>.*)$")


def _told(fault: msgspec.ValidationError, kind: str, known: Iterable[str] = (), within: Any = None) -> Problem:
    """Turn msgspec's fault into a sentence that names the place, and says that nothing came of the request."""
    text, _, place = str(fault).partition(" - at ")
    where = place.strip("`").removeprefix("$").removeprefix(".")
    known = known or (members(within, where) if within is not None else ())
    around = f", in the {kind} {where}" if where else ""
    if found := _UNKNOWN.match(text):
        there = f" Known: {', '.join(known)}." if known else ""
        return wrong(f"There is no {kind} {found[1]!r} here{around}.{there}{_AFTER[kind]}", where=f"{where}.{found[1]}" if where else found[1])
    if found := _MISSING.match(text):
        return wrong(f"The {kind} {found[1]!r} is missing{around}. Add it.{_AFTER[kind]}", where=f"{where}.{found[1]}" if where else found[1])
    if found := _EXPECTED.match(text):
        given = f", not {_said(found['given'])}" if found["given"] else ""
        holding = f"; its members are {', '.join(known)}" if found["kind"] == "object" and known else ""
        text = f"It should be {_said(found['kind'])}{found['more']}{given}{holding}"
    return wrong(f"{text}{around}.{_AFTER[kind]}", **({"where": where} if where else {}))


def members(kind: Any, where: str) -> list[str]:
    """Return the members that an object at a place of a body may have, as in `observations[0]`; none where they are not declared."""
    found = [_described(kind)]
    for step in _STEP.findall(where):
        found = [below for each in _apart(found) for below in _below(each, step)]
    return list(dict.fromkeys(field.encode_name for each in _apart(found) for field in getattr(each, "fields", ())))


_described = lru_cache(200)(msgspec.inspect.type_info)


def _apart(kinds: list[Any]) -> list[Any]:
    return [one for kind in kinds for one in (_apart(list(kind.types)) if isinstance(kind, msgspec.inspect.UnionType) else [kind])]


def _below(kind: Any, step: str) -> list[Any]:
    if step.startswith("["):
        return [below for name in ("item_type", "value_type") if (below := getattr(kind, name, None)) is not None]
    return [field.type for field in getattr(kind, "fields", ()) if field.encode_name == step]


_STEP = re.compile(r"\[[^\]]*\]|[^.\[\]]+")
_AFTER = {"parameter": "", "member": " Nothing was stored."}
"""What came of a request that was refused whole."""


def _said(kinds: str) -> str:
    return " or ".join(_WORDS.get(kind, kind) for kind in kinds.split(" | "))


def inflate(chunks: Iterator[bytes], limit: int) -> bytes:
    """Decompress a gzip body without letting it grow past `limit` bytes or `RATIO` times its size (a zip bomb).

    Raises `Problem` 413, or 400 when it is not gzip.
    """
    engine = zlib.decompressobj(wbits=31)
    out = bytearray()
    read = 0
    try:
        for chunk in chunks:
            read += len(chunk)
            out += engine.decompress(chunk, limit + 1 - len(out))
            if len(out) > limit or len(out) > 100_000 + RATIO * read:
                raise too_large(limit)
    except zlib.error as fault:
        raise wrong(f"The body says it is gzip, but it cannot be decompressed: {fault}. Nothing was stored.") from None
    if not engine.eof:
        raise wrong("The gzip body ends too early. Nothing was stored.")
    return bytes(out)


def too_large(limit: int) -> Problem:
    """Return the answer for a body that is larger than the route takes."""
    return Problem(
        413, "The body is too large", f"This address takes {limit:,} bytes at the most. Send it in parts; nothing was stored.", limit=limit
    )
