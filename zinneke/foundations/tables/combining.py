"""Figures computed of other figures, group by group: a sum over a count, a difference of two means."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping
from typing import Any

from zinneke.foundations.tables.values import Figure, Term
from zinneke.kernel.problem import wrong

DEEPEST, MOST = 20, 200
EXACT = 2**53
"""Whole numbers up to which a figure stays whole."""
_OPERATIONS: dict[str, Callable[[Any, Any], Any]] = {"+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv}


def of_others(figure: Figure, told: Mapping[str, list[Any]], count: int) -> list[Any]:
    """Return a figure of each group computed of those told before it; None where one of them is missing, or it is divided by nothing.

    Raises `Problem` 400 for a term that is too large, or is made of anything but numbers.
    """
    assert figure.term is not None
    layer, parts = [figure.term], 0
    for _ in range(DEEPEST):
        parts += len(layer)
        layer = [each for one in layer for each in one.args if isinstance(each, Term)]
    if layer or parts > MOST:
        raise wrong(f"An expression goes at most {DEEPEST} deep and has at most {MOST} parts. Write a shorter one.", where="expression")
    return _computed(figure.term, told, count)


def _computed(term: Term, told: Mapping[str, list[Any]], count: int) -> list[Any]:
    if term.op == "figure":
        return told[term.args[0]]
    if term.op == "value":
        return [term.args[0]] * count
    left, right = (_computed(each, told, count) for each in term.args)
    return [_one(_OPERATIONS[term.op], *pair) for pair in zip(left, right, strict=True)]


def _one(operation: Callable[[Any, Any], Any], left: Any, right: Any) -> Any:
    if left is None or right is None:
        return None
    if not all(isinstance(each, int | float) for each in (left, right)):
        raise wrong("Arithmetic takes figures that are numbers: not dates, times, texts or boxes.", where="expression")
    try:
        found = operation(left, right)
        if isinstance(found, int):
            return found if abs(found) <= EXACT else float(found)
        return found if math.isfinite(found) else None
    except (ZeroDivisionError, OverflowError):
        return None
