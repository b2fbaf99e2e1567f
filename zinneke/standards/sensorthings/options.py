"""The options of a question, outside and inside `$expand`: `$filter`, `$orderby`, `$select`, `$expand`, `$top`, `$skip`, `$count`."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_plus

import msgspec

from zinneke.foundations.observations.values import Node, Order
from zinneke.kernel.problem import wrong
from zinneke.standards.sensorthings.grammar import LONGEST, read_filter, read_order

PAGE = 100
LARGEST_PAGE = 10_000
DEEPEST = 6
MOST_EXPANDED = 40
INNER = frozenset({"$filter", "$orderby", "$select", "$expand", "$top", "$skip", "$count"})
OUTER = INNER | {"$resultFormat", "$skiptoken"}


@dataclass(slots=True)
class Options:
    """What a question says beyond its address. `expand` leads from the name of a link to what is asked of it."""

    where: Node | None = None
    order: tuple[Order, ...] = ()
    select: tuple[str, ...] | None = None
    expand: dict[str, Options] | None = None
    top: int | None = None
    skip: int = 0
    count: bool = False
    format: str = ""
    after: tuple[Any, ...] | None = None
    said: dict[str, str] | None = None


def read_query(query: str) -> Options:
    """Read the options of an address. Raises `Problem` 400."""
    pairs: list[tuple[str, str]] = []
    for part in query.split("&") if query else ():
        name, _, value = part.partition("=")
        try:
            pairs.append((unquote_plus(name, errors="strict"), unquote_plus(value, errors="strict")))
        except UnicodeDecodeError:
            raise wrong("The query string is not UTF-8.") from None
    if len(pairs) > 50:
        raise wrong("A question has 50 options at the most.")
    asked = [(name if name.startswith("$") else f"${name}", value) for name, value in pairs if name]
    return _options(asked, OUTER, 0, [0])


def _options(pairs: list[tuple[str, str]], known: frozenset[str], depth: int, expanded: list[int]) -> Options:
    found = Options(said=dict(pairs))
    for name, value in pairs:
        if name not in known:
            raise wrong(f"There is no option {name!r} here. There are: {', '.join(sorted(known))}.", where=name)
        if "\0" in value:
            raise wrong("The query string holds a NUL character.", where=name)
    if len(found.said or {}) < len(pairs):
        raise wrong("An option is given twice.", where=pairs[0][0])
    for name, value in pairs:
        _take(found, name, value, depth, expanded)
    return found


def _take(found: Options, name: str, value: str, depth: int, expanded: list[int]) -> None:
    if name == "$expand":
        found.expand = _expansions(value, depth, expanded)
    elif name == "$select":
        found.select = tuple(word.strip() for word in value.split(",") if word.strip())
    elif value.strip():
        field, read = _READ[name]
        setattr(found, field, read(value))


def _top(value: str) -> int:
    return min(_number("$top", value), LARGEST_PAGE)


def _number(name: str, value: str) -> int:
    word = value.strip()
    if not (word.isascii() and word.isdigit() and len(word) < 13):
        raise wrong(f"{name} takes a whole number from 0, not {value[:40]!r}.", where=name)
    return int(word)


def _truth(value: str) -> bool:
    if value not in ("true", "false"):
        raise wrong(f"$count is true or false, not {value[:40]!r}.", where="$count")
    return value == "true"


def _expansions(text: str, depth: int, expanded: list[int]) -> dict[str, Options]:
    """Read `A,B/C($top=1;$expand=D)`; a path is an expansion inside an expansion."""
    if depth >= DEEPEST:
        raise wrong(f"An expansion goes {DEEPEST} links deep at the most.", where="$expand")
    if len(text) > LONGEST:
        raise wrong(f"$expand is longer than {LONGEST:,} characters. Ask in parts.", where="$expand")
    found: dict[str, Options] = {}
    for item in _parts(text, ","):
        path, options = _item(item)
        expanded[0] += len(path)
        if expanded[0] > MOST_EXPANDED:
            raise wrong(f"A question expands {MOST_EXPANDED} links at the most.", where="$expand")
        if depth + len(path) > DEEPEST:
            raise wrong(f"An expansion goes {DEEPEST} links deep at the most.", where="$expand")
        pairs = [_pair(part) for part in _parts(options, ";")]
        inner = _options(pairs, INNER, depth + len(path), expanded)
        _place(found, path, inner)
    return found


def _place(found: dict[str, Options], path: list[str], inner: Options) -> None:
    here = found
    for step in path[:-1]:
        there = here.setdefault(step, Options())
        there.expand = there.expand if there.expand is not None else {}
        here = there.expand
    before = here.get(path[-1])
    if before is not None and before.expand:
        inner.expand = {**before.expand, **(inner.expand or {})}
    here[path[-1]] = inner


def _pair(text: str) -> tuple[str, str]:
    name, _, value = text.strip().partition("=")
    return (name if name.startswith("$") else f"${name}"), value


def _item(text: str) -> tuple[list[str], str]:
    name, bracket, rest = text.strip().partition("(")
    if bracket and not rest.endswith(")"):
        raise wrong(f"The options of {name!r} have no closing parenthesis.", where="$expand")
    path = [step.strip() for step in name.split("/")]
    if not all(path):
        raise wrong(f"{text[:60]!r} names no link to expand.", where="$expand")
    return path, rest[:-1] if bracket else ""


def _parts(text: str, separator: str) -> Iterator[str]:
    """Yield what stands between separators that are in no parentheses and no quotation."""
    depth, quoted, begin = 0, False, 0
    for at, letter in enumerate(text):
        if letter == "'":
            quoted = not quoted
        elif not quoted and letter in "()":
            depth += 1 if letter == "(" else -1
        elif letter == separator and not quoted and depth == 0:
            yield text[begin:at]
            begin = at + 1
        if depth < 0:
            raise wrong("A parenthesis closes that was never opened.", where="$expand")
    if depth or quoted:
        raise wrong("A parenthesis or a quotation is never closed.", where="$expand")
    if text[begin:].strip():
        yield text[begin:]


_READ: dict[str, tuple[str, Callable[[str], Any]]] = {
    "$filter": ("where", read_filter),
    "$orderby": ("order", read_order),
    "$top": ("top", _top),
    "$skip": ("skip", lambda value: _number("$skip", value)),
    "$count": ("count", _truth),
    "$resultFormat": ("format", str),
    "$skiptoken": ("after", lambda value: read_token(value)),
}


def write_token(after: tuple[Any, ...]) -> str:
    """Return a place in an order as a word for an address."""
    return base64.urlsafe_b64encode(msgspec.json.encode(after)).decode().rstrip("=")


def read_token(word: str) -> tuple[Any, ...]:
    """Read such a word. Raises `Problem` 400."""
    try:
        found = msgspec.json.decode(base64.urlsafe_b64decode(word + "=" * (-len(word) % 4)), type=tuple[float | int | str | bool | None, ...])
    except (msgspec.MsgspecError, binascii.Error, ValueError):
        raise wrong("The $skiptoken cannot be read. Begin again without it.", where="$skiptoken") from None
    return found
