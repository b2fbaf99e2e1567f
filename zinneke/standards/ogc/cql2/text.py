"""CQL2 as text: a scanner, and a parser that climbs by precedence, so that `a OR b AND c` means what it says."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn

import shapely

from zinneke.standards.ogc.cql2.tree import DEEPEST, MOST, Interval, Node, Operation, Property, Shape, day_of, end_of, fault, moment_of

_TOKEN = re.compile(
    r"""\s*(?:(?P<text>'(?:[^'\\]|''|\\.)*')|(?P<quoted>"(?:[^"]|"")*")|(?P<number>(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)"""
    r"""|(?P<word>[^\W\d][\w.:]*)|(?P<sign><=|>=|<>|!=|[=<>()+\-*/%^,]))""",
    re.UNICODE,
)
_COMPARISONS = {"=": "=", "<>": "<>", "!=": "<>", "<": "<", ">": ">", "<=": "<=", ">=": ">="}
_SHAPES = frozenset({"POINT", "LINESTRING", "POLYGON", "MULTIPOINT", "MULTILINESTRING", "MULTIPOLYGON", "GEOMETRYCOLLECTION"})
_OR, _AND, _NOT, _COMPARED, _SUM, _PRODUCT, _POWER = range(1, 8)
_INFIX = {"OR": _OR, "AND": _AND, "+": _SUM, "-": _SUM, "*": _PRODUCT, "/": _PRODUCT, "%": _PRODUCT, "DIV": _PRODUCT, "^": _POWER}
_PREDICATES = frozenset({"LIKE", "BETWEEN", "IN", "IS", "NOT"})
_RESERVED = frozenset({*_PREDICATES, "AND", "OR", "DIV", "NULL"})


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    value: str
    start: int
    end: int

    @property
    def word(self) -> str:
        """Return a keyword or a sign as it is compared; nothing for texts, numbers and quoted names."""
        return self.value.upper() if self.kind in ("word", "sign") else ""


def _scan(source: str) -> list[_Token]:
    found: list[_Token] = []
    place = 0
    while source[place:].strip():
        match = _TOKEN.match(source, place)
        if match is None or match.lastgroup is None:
            start = place + len(source[place:]) - len(source[place:].lstrip())
            raise fault(f"The filter cannot be read from character {start + 1} on: {source[start : start + 20]!r}.")
        found.append(_Token(match.lastgroup, match[match.lastgroup], match.start(match.lastgroup), match.end()))
        place = match.end()
        if len(found) > 4 * MOST:
            raise fault(f"The filter has more than {4 * MOST:,} words. Ask several times, or use IN.")
    return [*found, _Token("end", "", len(source), len(source))]


class _Parser:
    def __init__(self, source: str) -> None:
        self.source, self.tokens, self.at, self.depth = source, _scan(source), 0, 0

    @property
    def next(self) -> _Token:
        return self.tokens[self.at]

    def take(self) -> _Token:
        token = self.tokens[self.at]
        self.at = min(self.at + 1, len(self.tokens) - 1)
        return token

    def met(self, word: str) -> bool:
        """Take a keyword or a sign if it comes next, and say whether it did."""
        if self.next.word != word:
            return False
        self.take()
        return True

    def demand(self, word: str) -> None:
        if not self.met(word):
            self.refuse(f"{word!r}")

    def refuse(self, wanted: str) -> NoReturn:
        token = self.next
        given = f"{token.value[:30]!r}" if token.kind != "end" else "its end"
        raise fault(f"At character {token.start + 1} of the filter {wanted} should stand, not {given}.")

    def climb(self, least: int) -> Node:
        """Read an operation whose signs bind at least so strongly."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise fault(f"The filter goes more than {DEEPEST} levels deep. Write it flatter.")
        left = self.negated() if self.next.word == "NOT" else self.atom()
        while True:
            word = self.next.word
            if word in _INFIX and _INFIX[word] >= least:
                self.take()
                left = _joined(word.lower(), left, self.climb(_INFIX[word] + (word != "^")))
            elif word in _COMPARISONS and least <= _COMPARED:
                self.take()
                left = Operation(_COMPARISONS[word], (left, self.climb(_SUM)))
            elif word in _PREDICATES and least <= _COMPARED:
                left = self.predicate(left)
            else:
                self.depth -= 1
                return left

    def negated(self) -> Node:
        self.take()
        return Operation("not", (self.climb(_NOT),))

    def predicate(self, left: Node) -> Node:
        contrary = self.met("NOT")
        if self.met("LIKE"):
            found = Operation("like", (left, self.climb(_SUM)))
        elif self.met("BETWEEN"):
            low = self.climb(_SUM)
            self.demand("AND")
            found = Operation("between", (left, low, self.climb(_SUM)))
        elif self.met("IN"):
            self.demand("(")
            found = Operation("in", (left, self.several(")")))
        elif not contrary and self.met("IS"):
            contrary = self.met("NOT")
            self.demand("NULL")
            found = Operation("isnull", (left,))
        else:
            self.refuse("LIKE, BETWEEN or IN" if contrary else "an operator")
        return Operation("not", (found,)) if contrary else found

    def several(self, end: str) -> tuple[Node, ...]:
        found = [self.climb(_OR)]
        while self.met(","):
            found.append(self.climb(_OR))
        self.demand(end)
        return tuple(found)

    def atom(self) -> Node:
        token = self.next
        if token.kind == "text":
            return _unquoted(self.take().value)
        if token.kind == "number":
            return _number(self.take().value)
        if token.kind == "quoted":
            return Property(self.take().value[1:-1].replace('""', '"'))
        if self.met("("):
            found = self.several(")")
            return found[0] if len(found) == 1 else found  # several are a list, which functions of lists take
        if token.word in ("-", "+"):
            self.take()
            value = self.climb(_POWER)
            return Operation("-", (0, value)) if token.word == "-" and not isinstance(value, int | float) else _signed(token.word, value)
        if token.kind != "word" or token.word in _RESERVED:
            self.refuse("a property, a value or a function")
        return self.named()

    def named(self) -> Node:
        token = self.take()
        word = token.word
        if word in ("TRUE", "FALSE"):
            return word == "TRUE"
        if word in _SHAPES and (self.next.word == "(" or self.next.word in ("Z", "M", "ZM", "EMPTY")):
            return self.shape(token)
        if self.next.word != "(":
            return Property(token.value)
        self.take()
        special: dict[str, Callable[[tuple[Node, ...]], Node]] = {"DATE": _date, "TIMESTAMP": _timestamp, "INTERVAL": _interval, "BBOX": _box}
        arguments = () if self.met(")") else self.several(")")
        return special[word](arguments) if word in special else Operation(token.value.lower(), arguments)

    def shape(self, token: _Token) -> Shape:
        """Take a geometry: everything to the bracket that closes it."""
        open_brackets = 0
        while self.next.kind != "end":
            open_brackets += {"(": 1, ")": -1}.get(self.next.word, 0)
            last = self.take()
            if open_brackets <= 0 and last.word not in ("Z", "M", "ZM"):
                break
        text = self.source[token.start : self.tokens[self.at - 1].end]
        try:
            return Shape(shapely.from_wkt(text))
        except shapely.errors.ShapelyError as reason:
            raise fault(f"The geometry {text[:60]!r} cannot be read: {str(reason)[:120]}.") from None


def is_bare(name: str) -> bool:
    """Say whether a property may be written in a filter without quotes around its name."""
    found = _TOKEN.fullmatch(name)
    return bool(found and found["word"] == name and name.upper() not in _RESERVED | _SHAPES | {"TRUE", "FALSE"})


def _joined(op: str, left: Node, right: Node) -> Operation:
    """Join two sides; a chain of `and` or `or` becomes one operation, so that a long one is not a deep one."""
    if op in ("and", "or") and isinstance(left, Operation) and left.op == op:
        return Operation(op, (*left.args, right))
    return Operation(op, (left, right))


def _unquoted(text: str) -> str:
    return re.sub(r"''|\\'", "'", text[1:-1])


def _number(text: str) -> float | int:
    number = float(text)
    if number in (float("inf"), float("-inf")):
        raise fault(f"The number {text[:30]} is too large.")
    return int(text) if text.isdigit() and len(text) < 19 else number


def _signed(sign: str, value: Node) -> Node:
    return -value if sign == "-" and isinstance(value, int | float) else value


def _one_text(arguments: tuple[Node, ...], name: str) -> str:
    if len(arguments) != 1 or not isinstance(arguments[0], str):
        raise fault(f"{name} takes one text in quotes.")
    return arguments[0]


def _date(arguments: tuple[Node, ...]) -> Node:
    return day_of(_one_text(arguments, "DATE"))


def _timestamp(arguments: tuple[Node, ...]) -> Node:
    return moment_of(_one_text(arguments, "TIMESTAMP"))


def _interval(arguments: tuple[Node, ...]) -> Node:
    return interval_of(arguments)


def interval_of(arguments: tuple[Node, ...]) -> Interval:
    """Return an interval of two ends, each a text or a property. Raises `Problem` 400."""
    if len(arguments) != 2 or not all(isinstance(each, str | Property) for each in arguments):
        raise fault("INTERVAL takes two ends: dates, timestamps, properties, or '..' for an open one.")
    start, end = (each if isinstance(each, Property) else end_of(str(each)) for each in arguments)
    return Interval(start, end)


def _box(arguments: tuple[Node, ...]) -> Node:
    return box_of(arguments)


def box_of(arguments: tuple[Node, ...]) -> Shape:
    """Return a box of four numbers, or of six with heights, as a polygon. Raises `Problem` 400."""
    numbers = [float(each) for each in arguments if isinstance(each, int | float) and not isinstance(each, bool)]
    if len(numbers) != len(arguments) or len(numbers) not in (4, 6):
        raise fault("BBOX takes four numbers: the lower corner, then the upper; or six with heights.")
    low_x, low_y, high_x, high_y = numbers if len(numbers) == 4 else [numbers[at] for at in (0, 1, 3, 4)]
    if low_x > high_x or low_y > high_y:
        raise fault("The corners of BBOX are swapped, or it crosses the antimeridian: write the lower corner, then the upper.")
    return Shape(shapely.box(low_x, low_y, high_x, high_y))


def parse(source: str) -> Node:
    """Read a condition of CQL2 text. Raises `Problem` 400 with the character at which it goes wrong."""
    parser = _Parser(source)
    found = parser.climb(_OR)
    if parser.next.kind != "end":
        parser.refuse("AND, OR or the end")
    return found
