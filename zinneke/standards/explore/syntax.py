"""ODSQL as it is written: words, literals and operators made into a tree by precedence, whatever their meaning."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from zinneke.standards.explore.faults import malformed

LONGEST = 10_000
"""Letters of one clause."""
DEEPEST = 40
_MOST_LISTED = 1_000
_TOKEN = re.compile(
    r"""\s*(?:
        (?P<string>"(?:[^"\\]|\\.|"")*"|'(?:[^'\\]|\\.|'')*')
      | (?P<field>`[^`]+`)
      | (?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)
      | (?P<name>[^\W\d]\w*(?:\.[^\W\d]\w*)*)
      | (?P<sign>\.\.|<=|>=|!=|<>|[-+*/=:<>()\[\],])
      | (?P<end>$)
    )""",
    re.VERBOSE | re.DOTALL,
)
_COMPARED = {"=": "eq", ":": "eq", "!=": "ne", "<>": "ne", "<": "lt", "<=": "le", ">": "gt", ">=": "ge"}


@dataclass(frozen=True, slots=True)
class Field:
    """A field by name."""

    name: str


@dataclass(frozen=True, slots=True)
class Literal:
    """A text, number, true, false or null."""

    value: str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Tagged:
    """A literal with a word before it: `date'2024-01-31'`, `geom'POINT(4.35 50.85)'`."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with a unit: `10km`, `1 day`."""

    number: float
    unit: str


@dataclass(frozen=True, slots=True)
class Star:
    """All fields, or all rows."""


@dataclass(frozen=True, slots=True)
class Listed:
    """Values between brackets, which may be turned outwards: `[1..10[`, `]10, 50, 100[`, `("a", "b")`."""

    values: tuple[Node, ...]
    span: bool = False
    opened: str = "["
    closed: str = "]"


@dataclass(frozen=True, slots=True)
class Applied:
    """A function or an operator (`+ - * /`, `eq ne lt le gt ge`, `and or not`, `in like is`) with what it is applied to."""

    name: str
    args: tuple[Node, ...]


Node = Field | Literal | Tagged | Quantity | Star | Listed | Applied


@dataclass(frozen=True, slots=True)
class Item:
    """One of several expressions between commas: its label (AS, else as it was written) and direction."""

    node: Node
    label: str
    named: bool = False
    down: bool = False


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    start: int
    stop: int


def read_expression(text: str) -> Node:
    """Return one expression, as `where` takes it. Raises `Problem` 400 saying what is wrong and at which letter."""
    reader = _Reader(text)
    node = reader.expression()
    reader.close()
    return node


def read_items(text: str, ordered: bool = False) -> list[Item]:
    """Return expressions between commas, as `select` and `group_by` take them (`AS label`), or `order_by` (`ASC`, `DESC`)."""
    reader, found = _Reader(text), []
    while True:
        start = reader.token.start
        node: Node = Star() if reader.take("*") else reader.expression()
        label, named, down = reader.text[start : reader.stop].strip(), False, False
        if ordered:
            down = reader.word("desc") or (reader.word("asc") and False)
        elif reader.word("as"):
            label, named = reader.name(), True
        found.append(Item(node, node.name if isinstance(node, Field) and not named else label, named, down))
        if not reader.take(","):
            reader.close()
            return found


class _Reader:
    """Reads tokens from left to right; one is looked at ahead."""

    def __init__(self, text: str) -> None:
        if len(text) > LONGEST:
            raise malformed(f"it has {len(text):,} letters, and at most {LONGEST:,} are read")
        self.text, self.depth, self.stop = text, 0, 0
        self.token = self._next(0)

    def _next(self, place: int) -> _Token:
        match = _TOKEN.match(self.text, place)
        if match is None or match.lastgroup is None:
            rest = self.text[place:].lstrip()
            raise malformed(f"{rest[:20]!r} at letter {len(self.text) - len(rest) + 1} cannot be read")
        kind = match.lastgroup
        return _Token(kind, match.group(kind), match.start(kind), match.end(kind))

    def move(self) -> _Token:
        """Return the token at hand and go to the next."""
        token = self.token
        self.stop = token.stop
        self.token = self._next(token.stop)
        return token

    def take(self, sign: str) -> bool:
        """Go on if the token at hand is a sign."""
        if self.token.kind == "sign" and self.token.text == sign:
            self.move()
            return True
        return False

    def word(self, *words: str) -> bool:
        """Go on if the token at hand is one of some keywords, whatever its case."""
        if self.token.kind == "name" and self.token.text.lower() in words:
            self.move()
            return True
        return False

    def need(self, sign: str) -> None:
        """Go on over a sign that must stand here."""
        if not self.take(sign):
            raise self.lost(f"{sign!r} is missing before")

    def lost(self, what: str = "nothing is known about") -> Exception:
        """Return the fault of a token that cannot stand where it stands."""
        told = "its end" if self.token.kind == "end" else f"{self.token.text[:30]!r} at letter {self.token.start + 1}"
        return malformed(f"{what} {told}")

    def close(self) -> None:
        """Refuse what is left over."""
        if self.token.kind != "end":
            raise self.lost("it does not go on with")

    def name(self) -> str:
        """Return a name that must stand here."""
        token = self.move()
        if token.kind == "field":
            return token.text[1:-1]
        if token.kind != "name":
            raise malformed(f"a name is missing at letter {token.start + 1}")
        return token.text

    def expression(self) -> Node:
        """Read an expression: OR binds least, then AND, NOT, comparisons, sums, products."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise malformed(f"it goes more than {DEEPEST} deep. Write it flatter")
        found = self._series("or", lambda: self._series("and", self._negation))
        self.depth -= 1
        return found

    def _series(self, word: str, part: Callable[[], Node]) -> Node:
        parts = [part()]
        while self.word(word):
            parts.append(part())
        return parts[0] if len(parts) == 1 else Applied(word, tuple(parts))

    def _negation(self) -> Node:
        if not self.word("not"):
            return self._comparison()
        self.depth += 1
        if self.depth > DEEPEST:
            raise malformed(f"it goes more than {DEEPEST} deep. Write it flatter")
        found = Applied("not", (self._negation(),))
        self.depth -= 1
        return found

    def _comparison(self) -> Node:
        left = self._sum()
        if self.token.kind == "sign" and self.token.text in _COMPARED:
            sign = self.move().text
            if sign == ":" and self.token.kind == "sign" and self.token.text in ("[", "]"):
                return Applied("in", (left, self._listed()))
            return Applied(_COMPARED[sign], (left, self._sum()))
        if self.word("is"):
            contrary = self.word("not")
            if not self.word("null", "true", "false"):
                raise self.lost("after IS come NULL, TRUE or FALSE, not")
            word = self.text[: self.stop].rsplit(None, 1)[-1].lower()
            found: Node = Applied("is", (left, Literal({"null": None, "true": True, "false": False}[word])))
            return Applied("not", (found,)) if contrary else found
        contrary = self.word("not")
        if self.word("in"):
            found = Applied("in", (left, self._listed()))
        elif self.word("like"):
            found = Applied("like", (left, self._sum()))
        elif contrary:
            raise self.lost("after NOT come IN or LIKE, not")
        else:
            return left
        return Applied("not", (found,)) if contrary else found

    def _listed(self) -> Node:
        """Read values between brackets: `[1..10]`, `]1 TO 10[`, `("a", "b")`."""
        opened = self.move().text
        if opened not in ("[", "]", "("):
            raise malformed("after IN comes a list such as (1, 2) or a range such as [1..10]")
        values = [self._sum()]
        span = self.take("..") or self.word("to")
        if span:
            values.append(self._sum())
        while not span and self.take(","):
            values.append(self._sum())
            if len(values) > _MOST_LISTED:
                raise malformed(f"a list holds at most {_MOST_LISTED:,} values")
        closed = self.move().text
        if closed not in ((")",) if opened == "(" else ("[", "]")):
            raise malformed(f"the list that begins with {opened!r} is not closed")
        return Listed(tuple(values), span, opened, closed)

    def _sum(self) -> Node:
        found = self._product()
        while self.token.kind == "sign" and self.token.text in ("+", "-"):
            found = Applied(self.move().text, (found, self._product()))
        return found

    def _product(self) -> Node:
        found = self._single()
        while self.token.kind == "sign" and self.token.text in ("*", "/"):
            found = Applied(self.move().text, (found, self._single()))
        return found

    def _single(self) -> Node:
        if self.take("-"):
            return self._negative()
        token = self.move()
        if token.kind == "string":
            return Literal(_unquoted(token.text))
        if token.kind == "number":
            return self._number(token)
        if token.kind == "field":
            return Field(token.text[1:-1])
        if token.kind == "name":
            return self._named(token)
        if token.kind == "sign" and token.text == "(":
            found = self.expression()
            self.need(")")
            return found
        told = "it ends too early" if token.kind == "end" else f"{token.text!r} at letter {token.start + 1} cannot stand there"
        raise malformed(told)

    def _negative(self) -> Node:
        token = self.move()
        if token.kind != "number":
            raise malformed(f"a number is missing at letter {token.start + 1}")
        found = self._number(token)
        if not isinstance(found, Literal) or not isinstance(found.value, int | float):
            raise malformed(f"a number is missing at letter {token.start + 1}")
        return Literal(-found.value)

    def _number(self, token: _Token) -> Node:
        whole = token.text.isdigit()
        if len(token.text) > 30:
            raise malformed(f"the number at letter {token.start + 1} is too long")
        if self.token.kind == "name" and self.token.text.lower() not in _AFTER_NUMBERS:
            return Quantity(float(token.text), self.move().text)
        number: int | float = int(token.text) if whole else float(token.text)
        if number in (float("inf"),):
            raise malformed(f"the number at letter {token.start + 1} is too large")
        return Literal(number)

    def _named(self, token: _Token) -> Node:
        word = token.text.lower()
        if self.token.kind == "string" and self.token.start == token.stop and word in ("date", "geom"):
            return Tagged(word, _unquoted(self.move().text))
        if self.token.kind == "sign" and self.token.text == "(" and "." not in word:
            self.move()
            return Applied(word, self._arguments(word in ("include", "exclude")))
        if word in ("true", "false", "null"):
            return Literal({"true": True, "false": False, "null": None}[word])
        return Field(token.text)

    def _arguments(self, patterns: bool) -> tuple[Node, ...]:
        """Read what stands between the brackets of a function; names of fields may end with a star in `include` and `exclude`."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise malformed(f"it goes more than {DEEPEST} deep. Write it flatter")
        found: list[Node] = []
        while not self.take(")"):
            if found:
                self.need(",")
            if self.take("*"):
                found.append(Star())
            elif patterns:
                found.append(Field(self.name() + ("*" if self.take("*") else "")))
            elif self.token.kind == "sign" and self.token.text in ("[", "]"):
                found.append(self._listed())
            elif self.word("distinct"):
                found.append(Applied("distinct", (self.expression(),)))
            else:
                found.append(self.expression())
            if len(found) > _MOST_LISTED:
                raise malformed("a function has far too many arguments")
        self.depth -= 1
        return tuple(found)


_AFTER_NUMBERS = frozenset({"as", "and", "or", "not", "to", "in", "like", "is", "asc", "desc"})


def _unquoted(text: str) -> Any:
    """Return the text of a string literal: a quote in it is doubled or has a backslash before it."""
    quote = text[0]
    return re.sub(r"\\(.)", r"\1", text[1:-1].replace(quote * 2, quote), flags=re.DOTALL)
