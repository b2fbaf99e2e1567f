"""From the tree of CQL2 to the conditions of the tables: types are checked, moments compared as intervals, shapes brought to degrees."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

from zinneke.foundations.tables.values import And, Column, Compare, Filter, Not, Or, Term, Where
from zinneke.standards.ogc.cql2 import json, text
from zinneke.standards.ogc.cql2.spatial import RELATIONS, related
from zinneke.standards.ogc.cql2.temporal import ALLEN, compared
from zinneke.standards.ogc.cql2.tree import Node, Operation, Property, fault
from zinneke.standards.ogc.systems import System

_COMPARED = {"=": "eq", "<>": "ne", "<": "lt", ">": "gt", "<=": "le", ">=": "ge"}
_TURNED = {"=": "=", "<>": "<>", "<": ">", ">": "<", "<=": ">=", ">=": "<="}
_CONSTANT: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq, "<>": operator.ne, "<": operator.lt, ">": operator.gt, "<=": operator.le, ">=": operator.ge,
}  # fmt: skip
_SUMS: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "div": operator.floordiv, "%": operator.mod, "^": operator.pow,
}  # fmt: skip
_FOLDING = {
    frozenset({"casei"}): "caselike",
    frozenset({"accenti"}): "accentlike",
    frozenset({"casei", "accenti"}): "ilike",
    frozenset[str](): "like",
}
LANGUAGES = ("cql2-text", "cql2-json", "cql-text")
EVERYTHING, NOTHING = And(()), Or(())
_KINDS = {"integer": "number", "decimal": "number"}
_HELD: tuple[tuple[str, type | tuple[type, ...]], ...] = (
    ("boolean", bool), ("number", (int, float)), ("timestamp", datetime), ("date", date), ("text", str)
)  # fmt: skip


def read_filter(source: str, language: str, system: System, columns: Sequence[Column]) -> Where:
    """Read a condition in `cql2-text` or `cql2-json` about these columns. Raises `Problem` 400 saying what is wrong with it."""
    return Reading(columns, system).condition(read_tree(source, language))


def read_tree(source: str, language: str) -> Node:
    """Read a condition as it was written; `cql-text` is what drafts called the text, and GDAL still does. Raises `Problem` 400."""
    if language not in ("", *LANGUAGES):
        raise fault(f"{language[:40]!r} is no language of filters here. Use cql2-text or cql2-json.")
    as_json = language == "cql2-json" or (not language and source.lstrip().startswith("{"))
    return json.parse(source) if as_json else text.parse(source)


class Reading:
    """Reads conditions about these columns, geometries being in a system."""

    def __init__(self, columns: Sequence[Column], system: System) -> None:
        self.columns = {column.name: column for column in columns}
        self.system = system

    def column(self, name: str) -> Column:
        """Return a column by the name of a property."""
        if name not in self.columns:
            raise fault(f"There is no property {name[:100]!r} here. Properties: {', '.join(self.columns)[:500]}.")
        return self.columns[name]

    def condition(self, node: Node) -> Where:
        """Translate what is true or false of a row."""
        if isinstance(node, bool):
            return EVERYTHING if node else NOTHING
        if isinstance(node, Property):
            if self.column(node.name).type != "boolean":
                raise fault(f"{node.name!r} is {self.column(node.name).type}, so it is no condition alone. Compare it with something.")
            return Filter(node.name, "eq", True)
        if not isinstance(node, Operation):
            raise fault(f"{str(node)[:60]!r} is a value, not a condition.")
        op, args = node.op, node.args
        if op in ("and", "or"):
            parts = tuple(self.condition(each) for each in args)
            return And(parts) if op == "and" else Or(parts)
        if op in _COMPARED:
            return self.comparison(op, *_counted(op, args, 2))
        if op.startswith("s_"):
            return related(node, self.system, self.column)
        if op.startswith("t_"):
            return compared(node, self.column)
        special: dict[str, Callable[[tuple[Node, ...]], Where]] = {
            "not": lambda each: Not(self.condition(_counted(op, each, 1)[0])),
            "isnull": lambda each: Filter(self.named(_counted(op, each, 1)[0]).name, "null", True),
            "between": self.between,
            "like": self.like,
            "in": self.among,
        }
        if op not in special:
            known = [*special, *(f"s_{each}" for each in RELATIONS), "s_dwithin", *(f"t_{each}" for each in ALLEN), "casei", "accenti"]
            raise fault(f"There is no function {op[:60]!r} that gives a condition. There are {', '.join(known)}.")
        return special[op](args)

    def named(self, node: Node) -> Column:
        """Return the column of what must be a property."""
        if not isinstance(node, Property):
            raise fault(f"A property should stand where {_said(node)} does.")
        return self.column(node.name)

    def value(self, node: Node) -> Any:
        """Return what must be a constant; sums of constants are worked out."""
        if isinstance(node, Operation) and node.op in _SUMS:
            left, right = (self.value(each) for each in _counted(node.op, node.args, 2))
            if not all(isinstance(each, int | float) and not isinstance(each, bool) for each in (left, right)):
                raise fault(f"{node.op!r} is for numbers.")
            if node.op == "^" and (abs(left) > 1e6 or abs(right) > 20):
                raise fault("That power is too large.")
            try:
                return _finite(_SUMS[node.op](left, right))
            except (ArithmeticError, TypeError):
                raise fault(f"{left:g} {node.op} {right:g} has no result.") from None
        if isinstance(node, str | bool | int | float | date | datetime):
            return node
        raise fault(f"A constant should stand where {_said(node)} does; properties are compared with constants.")

    def comparison(self, op: str, left: Node, right: Node) -> Where:
        """Translate a comparison: of a property with a constant, either way round, of two constants, of two properties, of sums of them."""
        left_folds, left_bare = _folds(left)
        right_folds, right_bare = _folds(right)
        if _computed(left_bare) or _computed(right_bare) or (isinstance(left_bare, Property) and isinstance(right_bare, Property)):
            if left_folds or right_folds:
                raise fault("CASEI and ACCENTI compare a property with a constant.")
            return self.compared(op, left, right)
        if isinstance(right_bare, Property) and not isinstance(left_bare, Property):
            return self.comparison(_TURNED[op], right, left)
        if not isinstance(left_bare, Property):
            first, second = self.value(left_bare), self.value(right_bare)
            try:
                return EVERYTHING if _CONSTANT[op](first, second) else NOTHING
            except TypeError:
                raise fault(f"{_said(first)} and {_said(second)} cannot be compared.") from None
        column = self.named(left_bare)
        if not left_folds and not right_folds:
            return Filter(column.name, _COMPARED[op], fitting(column, self.value(right_bare)))  # type: ignore[arg-type]
        if op not in ("=", "<>"):
            raise fault(f"CASEI and ACCENTI compare with =, <>, LIKE and IN, not with {op}.")
        found = self.folded(column, left_folds, right_folds, _escaped(str(fitting(column, self.value(right_bare)))))
        return Not(found) if op == "<>" else found

    def compared(self, op: str, left: Node, right: Node) -> Where:
        """Translate a comparison in which both sides are computed of the row. Raises `Problem` 400 where their kinds do not fit."""
        kinds = [self.kind(each) for each in (left, right)]
        if kinds[0] != kinds[1]:
            raise fault(f"{_said(left)} is {kinds[0]} and {_said(right)} {kinds[1]}; they cannot be compared.")
        return Compare(_COMPARED[op], self.term(left), self.term(right))  # type: ignore[arg-type]

    def kind(self, node: Node) -> str:
        """Return what kind of value a side has."""
        if isinstance(node, Property):
            column = self.column(node.name)
            if column.type == "geometry":
                raise fault(f"{node.name!r} is a shape. Compare it with S_INTERSECTS, S_WITHIN and the like.")
            return _KINDS.get(column.type, column.type)
        if isinstance(node, Operation) and node.op in _SUMS:
            return "number"
        value = self.value(node)
        return next((kind for kind, held in _HELD if isinstance(value, held)), "text")

    def term(self, node: Node) -> Term:
        """Translate a side as a value computed of a row: arithmetic is for numbers alone."""
        if isinstance(node, Property):
            return Term("column", (node.name,))
        if isinstance(node, Operation) and node.op in _SUMS and _computed(node):
            for each in (sides := _counted(node.op, node.args, 2)):
                if self.kind(each) != "number":
                    raise fault(f"{node.op!r} is for numbers.")
            return Term(node.op, tuple(self.term(each) for each in sides))
        return Term("value", (self.value(node),))

    def folded(self, column: Column, left: frozenset[str], right: frozenset[str], pattern: str) -> Filter:
        """Return the condition that a text is like a pattern, whatever case, accents or both."""
        if column.type != "text":
            raise fault(f"{column.name!r} is {column.type}; LIKE, CASEI and ACCENTI are for texts.")
        if left != right:
            raise fault("CASEI and ACCENTI must stand on both sides: CASEI(name) = CASEI('x').")
        return Filter(column.name, _FOLDING[left], pattern)  # type: ignore[arg-type]

    def between(self, args: tuple[Node, ...]) -> Where:
        """Translate `between`, both ends included."""
        tested, low, high = _counted("between", args, 3)
        if any(_computed(each) for each in args) or isinstance(low, Property) or isinstance(high, Property):
            return And((self.comparison(">=", tested, low), self.comparison("<=", tested, high)))
        column = self.named(tested)
        ends = [fitting(column, self.value(each)) for each in (low, high)]
        return And((Filter(column.name, "ge", ends[0]), Filter(column.name, "le", ends[1])))

    def like(self, args: tuple[Node, ...]) -> Where:
        """Translate `like`: `%` stands for any letters, `_` for one."""
        tested, pattern = _counted("like", args, 2)
        left, bare = _folds(tested)
        right, given = _folds(pattern)
        if not isinstance(given, str):
            raise fault("The pattern of LIKE is a text in quotes.")
        return self.folded(self.named(bare), left, right or left, given)

    def among(self, args: tuple[Node, ...]) -> Where:
        """Translate `in`."""
        tested, listed = _counted("in", args, 2)
        left, bare = _folds(tested)
        column = self.named(bare)
        if not isinstance(listed, tuple) or not listed:
            raise fault("IN takes a list of values in brackets.")
        if not left:
            return Filter(column.name, "in", [fitting(column, self.value(each)) for each in listed])
        pairs = [_folds(each) for each in listed]
        return Or(tuple(self.folded(column, left, folds, _escaped(str(fitting(column, self.value(value))))) for folds, value in pairs))


def _computed(node: Node) -> bool:
    """Say whether a value is arithmetic over some property."""
    return isinstance(node, Operation) and node.op in _SUMS and any(isinstance(each, Property) or _computed(each) for each in node.args)


def _counted(op: str, args: tuple[Node, ...], number: int) -> tuple[Node, ...]:
    if len(args) != number:
        raise fault(f"{op!r} takes {number} argument{'s' if number > 1 else ''}; here are {len(args)}.")
    return args


def _folds(node: Node) -> tuple[frozenset[str], Node]:
    """Return which of case and accents do not count, and what stands inside."""
    found: set[str] = set()
    while isinstance(node, Operation) and node.op in ("casei", "accenti") and len(node.args) == 1:
        found.add(node.op)
        node = node.args[0]
    return frozenset(found), node


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _finite(number: Any) -> Any:
    if isinstance(number, complex) or not abs(number) < 1e300:
        raise ArithmeticError
    return number


_FITTING: dict[str, tuple[tuple[type, ...], str]] = {
    "boolean": ((bool,), "TRUE or FALSE"),
    "integer": ((int, float), "a number"),
    "decimal": ((int, float), "a number"),
    "text": ((str,), "a text in quotes"),
    "date": ((date, str), "DATE('2024-03-01')"),
    "timestamp": ((date, str), "TIMESTAMP('2024-03-01T12:00:00Z')"),
}


def fitting(column: Column, value: Any) -> Any:
    """Return a value if the column may be compared with it. Raises `Problem` 400."""
    if column.type == "geometry":
        raise fault(f"{column.name!r} is a shape. Compare it with S_INTERSECTS, S_WITHIN and the like.")
    kinds, example = _FITTING[column.type]
    if not isinstance(value, kinds) or (isinstance(value, bool) and column.type != "boolean"):
        raise fault(f"{column.name!r} is {column.type}; compare it with {example}, not with {_said(value)}.")
    return value


def _said(node: object) -> str:
    if isinstance(node, Property):
        return f"the property {node.name[:60]!r}"
    if isinstance(node, Operation):
        return f"{node.op[:60]!r}"
    return repr(node)[:60]
