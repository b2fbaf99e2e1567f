"""Pure rules: names, conditions written as text, values of a type, and cursors."""

from __future__ import annotations

import re
import unicodedata
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from difflib import get_close_matches
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from zinneke.foundations.tables.values import Column, Filter, Type
from zinneke.kernel.problem import wrong

_OF_TEXT = ("contains", "starts", "like", "ilike", "caselike", "accentlike", "near", "begins")
OPERATORS = ("eq", "ne", "lt", "le", "gt", "ge", "between", "in", *_OF_TEXT, "null")
_KEY = re.compile(r"[a-z0-9][a-z0-9_-]{0,119}")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def check_key(dataset: str) -> str:
    """Return the key of a dataset if it may be one: small letters, digits, `-` and `_`, at most 120 of them."""
    if not _KEY.fullmatch(dataset):
        raise wrong(f"{dataset[:130]!r} cannot be the key of a dataset: use small letters, digits, - and _, at most 120.", where="dataset")
    return dataset


def fold(text: str) -> str:
    """Return a text without case and accents, for comparing."""
    if text.isascii():
        return text.lower()
    return "".join(each for each in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(each))


def choose_column(columns: Iterable[Column], name: str, where: str = "select") -> Column:
    """Return the column with this name, or refuse naming the nearest one that the reader can see."""
    known = {column.name: column for column in columns}
    if name in known:
        return known[name]
    near = get_close_matches(name, known, 1, 0.5)
    hint = f"Did you mean {near[0]!r}?" if near else f"The columns are: {', '.join(list(known)[:30])}."
    raise wrong(f"There is no column {name[:100]!r}. {hint}", where=where)


def parse_condition(text: str, columns: Sequence[Column]) -> Filter:
    """Read a condition `column:op:value` (the values of `in` and `between` are parted by bars, `a|b`)."""
    for column in sorted(columns, key=lambda each: -len(each.name)):
        if text.startswith(f"{column.name}:"):
            op, _, value = text[len(column.name) + 1 :].partition(":")
            if op not in OPERATORS:
                raise wrong(f"{op[:50]!r} is no operator. Use one of {', '.join(OPERATORS)}: column:op:value.", where=f"where={text[:100]}")
            return Filter(column.name, op, value.split("|") if op in ("in", "between") else value)  # type: ignore[arg-type]
    name = text.partition(":")[0]
    choose_column(columns, name, f"where={text[:100]}")
    raise wrong(f"{text[:100]!r} is no condition. Write column:op:value, for example {name}:eq:1.", where="where")


def value_of(column: Column, value: Any, zone: str) -> Any:
    """Return a condition's value as the column's type holds it: int, float, bool, days or microseconds since 1970, text.

    Raises `Problem` 400 for one that cannot be read so.
    """
    try:
        return _READERS[column.type](value, zone)
    except (ValueError, TypeError, OverflowError) as reason:
        example = _EXAMPLES[column.type]
        raise wrong(f"{str(value)[:100]!r} is no {column.type} for column {column.name!r}. Write it like {example}.", where=column.name) from reason


def _boolean(value: Any, zone: str) -> int:
    if isinstance(value, bool):
        return int(value)
    return {"true": 1, "false": 0, "1": 1, "0": 0}[str(value).lower()] if str(value).lower() in ("true", "false", "1", "0") else _fail()


def _fail() -> int:
    raise ValueError


def _number(value: Any, zone: str) -> float | int:
    if isinstance(value, bool):
        raise TypeError
    if isinstance(value, int):
        return value
    if isinstance(value, str) and re.fullmatch(r"[+-]?\d{1,18}", value.strip()):
        return int(value)
    number = float(value)
    if number != number:
        raise ValueError
    return number


def _day(value: Any, zone: str) -> int:
    day = value if isinstance(value, date) and not isinstance(value, datetime) else date.fromisoformat(str(value)[:10])
    return (day - _EPOCH.date()).days


def _moment(value: Any, zone: str) -> int:
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value).replace(" ", "T" if "+" in str(value) else " "))
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=ZoneInfo(zone))
    return (moment - _EPOCH) // timedelta(microseconds=1)


def _text(value: Any, zone: str) -> str:
    return str(value)


_READERS = {"boolean": _boolean, "integer": _number, "decimal": _number, "date": _day, "timestamp": _moment, "text": _text}
_EXAMPLES = {"boolean": "true", "integer": "12", "decimal": "12.5", "date": "2026-03-29", "timestamp": "2026-03-29T12:00:00+02:00", "text": "a text"}


def check_operator(column: Column, op: str) -> None:
    """Refuse an operator that says nothing about the column's type."""
    kind: Type = column.type
    if op == "null" or (kind == "text") or (kind != "geometry" and op not in _OF_TEXT):
        return
    usable = "null" if kind == "geometry" else ", ".join(each for each in OPERATORS if each not in _OF_TEXT)
    raise wrong(f"{op!r} cannot be asked of column {column.name!r}, which is {kind}. Use {usable}.", where=column.name)


class Cursor(msgspec.Struct, array_like=True):
    """Where a page ended: the version, what was asked, and the place in that order."""

    number: int
    asked: str
    place: int


def write_cursor(cursor: Cursor) -> str:
    """Return a cursor as an opaque word."""
    return urlsafe_b64encode(msgspec.json.encode(cursor)).decode().rstrip("=")


def read_cursor(word: str) -> Cursor:
    """Read a cursor back. Raises `Problem` 400 for a word that we did not write."""
    try:
        cursor = msgspec.json.decode(urlsafe_b64decode(word + "=" * (-len(word) % 4)), type=Cursor)
    except (ValueError, msgspec.DecodeError) as reason:
        raise wrong("This `after` was not given out here. Begin again without it.", where="after") from reason
    if not 0 <= cursor.place < 2**53 or not 0 < cursor.number < 2**31:
        raise wrong("This `after` was not given out here. Begin again without it.", where="after")
    return cursor
