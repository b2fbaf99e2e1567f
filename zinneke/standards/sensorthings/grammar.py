"""The language of `$filter` and `$orderby`: words, then a tree, by precedence. Bounded in length, depth and number of nodes."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple

import shapely

from zinneke.foundations.observations.values import Apply, Given, Node, Order, Path, Period
from zinneke.kernel.period import read_moment, to_microseconds
from zinneke.kernel.problem import Problem, wrong

LONGEST = 8_000
"""Characters of one option."""
DEEPEST = 40
MOST_NODES = 400
_MOMENT = r"\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)"
_SPAN = r"-?P(?=[\dT])(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?"
_WORD = re.compile(
    rf"""(?P<space>\s+)
    |(?P<geometry>geography'(?:[^']*)')
    |(?P<duration>duration'(?:[^']*)')
    |(?P<period>{_MOMENT}/(?:{_MOMENT}|{re.sub("[(](?![?])", "(?:", _SPAN)}))
    |(?P<time>{_MOMENT})
    |(?P<date>\d{{4}}-\d\d-\d\d)
    |(?P<clock>\d\d:\d\d:\d\d(?:\.\d+)?)
    |(?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)
    |(?P<text>'(?:[^']|'')*')
    |(?P<name>@?[^\W\d][\w.@]*(?:/@?[\w.@-]*[\w@])*)
    |(?P<sign>[(),-])""",
    re.VERBOSE,
)
_DURATION = re.compile(_SPAN)
PRECEDENCE = {"or": 1, "and": 2, "eq": 4, "ne": 4, "gt": 5, "ge": 5, "lt": 5, "le": 5, "in": 5, "add": 6, "sub": 6, "mul": 7, "div": 7, "mod": 7}
NOT = 3
"""`not` binds more loosely than comparisons, so that `not a eq b` is what it says."""
WORDS = {"true": True, "false": False}


class Token(NamedTuple):
    """A word: its kind, its text, the character at which it begins."""

    kind: str
    text: str
    at: int


def read_filter(text: str) -> Node:
    """Read a `$filter`. Raises `Problem` 400 that says at which character it cannot be read."""
    return _whole(_Reader(tokens(text, "$filter"), "$filter"))


def read_order(text: str) -> tuple[Order, ...]:
    """Read an `$orderby`: expressions with commas between, each with `asc` or `desc` after it or without."""
    reader = _Reader(tokens(text, "$orderby"), "$orderby")
    found: list[Order] = []
    while True:
        by, descending = reader.expression(0, 0), False
        if reader.peek().kind == "name" and reader.peek().text.lower() in ("asc", "desc"):
            descending = reader.take().text.lower() == "desc"
        found.append(Order(by, descending))
        if len(found) > 8:
            raise wrong("An $orderby has 8 parts at the most.", where="$orderby")
        if reader.peek().text != ",":
            reader.expect("end", "a comma or the end")
            return tuple(found)
        reader.take()


def tokens(text: str, where: str) -> list[Token]:
    """Return the words of an option, an end after them."""
    if len(text) > LONGEST:
        raise wrong(f"{where} is longer than {LONGEST:,} characters. Ask in parts.", where=where)
    found: list[Token] = []
    at = 0
    while at < len(text):
        match = _WORD.match(text, at)
        if match is None:
            raise wrong(f"{where} cannot be read at character {at + 1}: {text[at : at + 20]!r}.", where=where)
        if match.lastgroup != "space":
            found.append(Token(str(match.lastgroup), match[0], at))
        at = match.end()
    return [*found, Token("end", "", len(text))]


def _whole(reader: _Reader) -> Node:
    node = reader.expression(0, 0)
    reader.expect("end", "the end")
    return node


@dataclass(slots=True)
class _Reader:
    words: list[Token]
    where: str
    at: int = 0
    nodes: int = 0

    def peek(self) -> Token:
        return self.words[self.at]

    def take(self) -> Token:
        word = self.words[self.at]
        self.at = min(self.at + 1, len(self.words) - 1)
        return word

    def expect(self, kind: str, said: str) -> Token:
        word = self.take()
        if word.kind != kind and word.text != kind:
            raise self.fault(word, said)
        return word

    def fault(self, word: Token, said: str) -> Problem:
        found = repr(word.text[:40]) if word.text else "the end"
        return wrong(f"{self.where}: {said} is expected at character {word.at + 1}, where {found} stands.", where=self.where)

    def expression(self, least: int, depth: int) -> Node:
        """Read an expression whose operators bind at least so tightly."""
        if depth > DEEPEST:
            raise wrong(f"{self.where} is nested more than {DEEPEST} deep. Ask more simply.", where=self.where)
        left = self._first(depth)
        while (power := PRECEDENCE.get(self.peek().text, 0)) > least and self.peek().kind == "name":
            word = self.take()
            if word.text == "in":
                left = self._among(left, depth)
                continue
            left = self._node(Apply(word.text, (left, self.expression(power, depth + 1))))
        return left

    def _among(self, left: Node, depth: int) -> Node:
        self.expect("(", "a list in parentheses")
        found = self._node(Apply("eq", (left, self.expression(0, depth + 1))))
        while self.peek().text == ",":
            self.take()
            found = self._node(Apply("or", (found, Apply("eq", (left, self.expression(0, depth + 1))))))
        self.expect(")", "a closing parenthesis")
        return found

    def _node(self, node: Node) -> Node:
        self.nodes += 1
        if self.nodes > MOST_NODES:
            raise wrong(f"{self.where} has more than {MOST_NODES} parts. Ask more simply.", where=self.where)
        return node

    def _first(self, depth: int) -> Node:
        word = self.take()
        if word.text == "(" and word.kind == "sign":
            node = self.expression(0, depth + 1)
            self.expect(")", "a closing parenthesis")
            return node
        if word.text == "-" and word.kind == "sign":
            return self._node(Apply("neg", (self.expression(8, depth + 1),)))
        if word.kind == "name":
            return self._named(word, depth)
        if word.kind in ("sign", "end"):
            raise self.fault(word, "a value, a property or a function")
        return self._node(read_given(word))

    def _named(self, word: Token, depth: int) -> Node:
        if word.text == "not":
            return self._node(Apply("not", (self.expression(NOT, depth + 1),)))
        if self.peek().text == "(" and self.peek().kind == "sign":
            self.take()
            operands: list[Node] = []
            while self.peek().text != ")":
                operands.append(self.expression(0, depth + 1))
                if self.peek().text != ",":
                    break
                self.take()
            self.expect(")", "a comma or a closing parenthesis")
            return self._node(Apply(word.text, tuple(operands)))
        if word.text in WORDS:
            return self._node(Given("truth", WORDS[word.text]))
        if word.text == "null":
            return self._node(Given("null"))
        return self._node(Path(tuple(word.text.split("/"))))


def read_given(word: Token) -> Given:
    """Return the value that a word gives. Raises `Problem` 400."""
    text = word.text
    if word.kind == "text":
        return Given("text", text[1:-1].replace("''", "'"))
    if word.kind == "number":
        number = float(text)
        if not math.isfinite(number):
            raise wrong(f"{text[:40]!r} is too large a number.", where="$filter")
        return Given("number", int(text) if text.isdigit() and len(text) < 16 else number)
    if word.kind == "time":
        return Given("time", to_microseconds(read_moment(text)))
    if word.kind == "period":
        return Given("period", read_period(text))
    if word.kind == "duration":
        return Given("duration", read_duration(text[9:-1]))
    if word.kind == "geometry":
        return Given("geometry", read_geometry(text[10:-1]))
    if word.kind == "clock":
        return Given("clock", f"{text.partition('.')[0]}.{text.partition('.')[2].ljust(6, '0')[:6]}")
    if word.kind == "date":
        read_moment(f"{text}T00:00:00Z")
    return Given(word.kind, text)


def read_period(text: str) -> Period:
    """Read `start/end` or `start/duration`, or one moment. Raises `Problem` 400."""
    first, slash, last = text.partition("/")
    start = to_microseconds(read_moment(first))
    if not slash:
        return Period(start, start)
    end = start + read_duration(last) if last.startswith("P") else to_microseconds(read_moment(last))
    if end < start:
        raise wrong(f"The period {text!r} ends before it begins.")
    return Period(start, end)


def read_duration(text: str) -> int:
    """Read an ISO 8601 duration of days, hours, minutes and seconds as microseconds. Raises `Problem` 400."""
    match = _DURATION.fullmatch(text)
    if match is None:
        raise wrong(f"{text[:40]!r} is not a duration. Write days, hours, minutes and seconds: P1DT12H30M5S.")
    days, hours, minutes, seconds = (float(part or 0) for part in match.groups())
    try:
        span = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    except OverflowError:
        raise wrong(f"{text[:40]!r} is too long a duration.") from None
    whole = span // timedelta(microseconds=1)
    return -whole if text.startswith("-") else whole


def read_geometry(text: str) -> bytes:
    """Read well-known text as WKB. Raises `Problem` 400."""
    plain = re.sub(r"^\s*SRID=\d+;", "", text)
    try:
        found = shapely.from_wkt(plain)
    except shapely.errors.ShapelyError:
        found = None
    if found is None or found.is_empty:
        raise wrong(f"{text[:60]!r} is not a geometry. Write it as well-known text: geography'POINT (4.35 50.85)'.", where="$filter")
    return bytes(shapely.to_wkb(shapely.force_2d(found)))
