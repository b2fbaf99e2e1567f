"""A condition asked of things at hand: areas, of which there are few. What cannot be known is neither true nor false."""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Mapping
from typing import Any

import shapely

from zinneke.foundations.tables.rules import fold
from zinneke.foundations.tables.values import And, Compare, Filter, Not, Or, Spatial, Term, Where
from zinneke.foundations.territory.crs import transform

_COMPARED: dict[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq, "ne": operator.ne, "lt": operator.lt, "le": operator.le, "gt": operator.gt, "ge": operator.ge,
}  # fmt: skip
_SUMS: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "div": operator.floordiv, "%": operator.mod, "^": math.pow,
}  # fmt: skip
_METRES = 3812


def holds(where: Where, record: Mapping[str, Any], shape: Any) -> bool | None:
    """Say whether a condition holds of a record with a shape in degrees; None where a value is lacking."""
    match where:
        case And(parts):
            found = [holds(each, record, shape) for each in parts]
            return False if False in found else None if None in found else True
        case Or(parts):
            found = [holds(each, record, shape) for each in parts]
            return True if True in found else None if None in found else False
        case Not(part):
            inner = holds(part, record, shape)
            return None if inner is None else not inner
        case Spatial():
            return _related(where, shape)
        case Compare(op, left, right):
            values = _value(left, record), _value(right, record)
            return None if None in values else _COMPARED[op](*values)
    return _filtered(where, record.get(where.column))


def _value(term: Term, record: Mapping[str, Any]) -> Any:
    """Return a value computed of a record; None where one is lacking, or the result is no number."""
    if term.op == "value":
        return term.args[0]
    if term.op == "column":
        found = record.get(term.args[0])
        return None if found == "" else found
    left, right = (_value(each, record) for each in term.args)
    if left is None or right is None:
        return None
    try:
        result = float(_SUMS[term.op](left, right))
    except (ArithmeticError, TypeError, ValueError):  # the root of a negative number, too
        return None
    return result if math.isfinite(result) else None


def _filtered(asked: Filter, value: Any) -> bool | None:
    if asked.op == "null":
        return (value in (None, "")) is bool(asked.value)
    if value in (None, ""):
        return None
    if isinstance(value, int | float) and asked.op in (*_COMPARED, "in"):
        numbers = asked.value if asked.op == "in" else [asked.value]
        return any(value == each for each in numbers) if asked.op == "in" else _COMPARED[asked.op](value, numbers[0])
    if asked.op in _COMPARED:
        return _COMPARED[asked.op](*((fold(str(each)), str(each)) for each in (value, asked.value)))
    if asked.op == "in":
        return str(value) in {str(each) for each in asked.value}
    folds: dict[str, Callable[[str], str]] = {"ilike": fold, "caselike": str.lower, "accentlike": _unaccented, "like": str}
    return re.fullmatch(_pattern(folds[asked.op](str(asked.value))), folds[asked.op](str(value)), re.DOTALL) is not None


def _unaccented(text: str) -> str:
    return "".join(folded if letter.islower() else folded.upper() for letter in text for folded in [fold(letter)])


def _pattern(like: str) -> str:
    found = []
    for each in re.findall(r"\\.|[%_]|[^%_\\]+|\\", like, re.DOTALL):
        plain = each[1:] if each[:1] == "\\" and len(each) > 1 else each
        found.append(".*" if each == "%" else "." if each == "_" else re.escape(plain))
    return "".join(found)


def _related(asked: Spatial, shape: Any) -> bool:
    given = shapely.from_wkb(asked.shape)
    if asked.op != "dwithin":
        return bool(getattr(shapely, asked.op)(shape, given))
    here, there = (shapely.transform(each, lambda pairs: _metres(pairs)) for each in (shape, given))
    return bool(shapely.dwithin(here, there, asked.metres))


def _metres(pairs: Any) -> Any:
    x, y = transform(pairs[:, 0], pairs[:, 1], 4326, _METRES)
    return shapely.get_coordinates(shapely.points(x, y))
