"""Values computed of rows: arithmetic, lengths, parts of moments. Each is one pass of Arrow over whole columns."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from zinneke.foundations import compute as pc
from zinneke.foundations.tables.frame import Array, Frame
from zinneke.foundations.tables.rules import choose_column
from zinneke.foundations.tables.values import Column, Compare, Term
from zinneke.kernel.problem import wrong

DEEPEST = 20
MOST = 200


def _arrow(name: str) -> Callable[..., Any]:
    """Return a function of Arrow by its name, found when it is called."""
    return lambda *columns: getattr(pc, name)(*columns)


_ARITHMETIC: dict[str, Callable[..., Any]] = {
    "+": _arrow("add_checked"),
    "-": _arrow("subtract_checked"),
    "*": _arrow("multiply_checked"),
    "/": lambda left, right: pc.divide(left.cast(pa.float64()), right.cast(pa.float64())),
    "div": lambda left, right: _floored(left, right),
    "%": lambda left, right: pc.subtract(left.cast(pa.float64()), pc.multiply(_floored(left, right), right.cast(pa.float64()))),
    "^": lambda left, right: pc.power(left.cast(pa.float64()), right.cast(pa.float64())),
}
_TEXTUAL: dict[str, Callable[[Any], Any]] = {"length": _arrow("utf8_length"), "lower": _arrow("utf8_lower"), "upper": _arrow("utf8_upper")}
_MOMENTS: dict[str, Callable[[Any], Any]] = {
    "year": _arrow("year"),
    "quarter": _arrow("quarter"),
    "month": _arrow("month"),
    "day": _arrow("day"),
    "dayofweek": lambda moments: pc.day_of_week(moments, count_from_zero=False),
    "hour": _arrow("hour"),
    "minute": _arrow("minute"),
    "second": lambda moments: pc.cast(pc.floor(pc.second(moments)), pa.int64()),
    "dayofyear": _arrow("day_of_year"),
    "week": _arrow("iso_week"),
    "weekyear": _arrow("iso_year"),
}
PARTS = tuple(_MOMENTS)
"""Parts of moments that `format` can write: each as (part, digits), (part, table of words) or ("", text as it stands)."""
_COMPARED = {"eq": "equal", "ne": "not_equal", "lt": "less", "le": "less_equal", "gt": "greater", "ge": "greater_equal"}


@dataclass(frozen=True, slots=True)
class Scene:
    """Where terms are computed: the open columns, those of them that the reader may see, and the zone of hours and days."""

    frame: Frame
    columns: Mapping[str, Column]
    zone: str


def scene(frame: Frame, columns: Sequence[Column], zone: str) -> Scene:
    """Return where terms are computed for a reader."""
    return Scene(frame, {column.name: column for column in columns}, zone)


def check_term(scene: Scene, term: Term) -> pa.DataType:
    """Return the type of a term, computing it over no rows. Raises `Problem` 400 for one that says nothing, or is far too large."""
    count, layer = 0, [term]
    for _ in range(DEEPEST):
        count += len(layer)
        layer = [each for one in layer for each in one.args if isinstance(each, Term)]
        if not layer and count <= MOST:
            return compute(scene, term, np.empty(0, dtype=np.int64)).type
    raise wrong(f"An expression goes at most {DEEPEST} deep and has at most {MOST} parts. Write a shorter one.", where="expression")


def compute(scene: Scene, term: Term, rows: Array) -> pa.Array:
    """Return a term for some rows. Raises `Problem` 400 where it cannot be computed."""
    try:
        found = _compute(scene, term, rows)
        if isinstance(found, pa.Scalar):
            return pa.repeat(found, len(rows))
        return found.combine_chunks() if isinstance(found, pa.ChunkedArray) else found
    except pa.ArrowNotImplementedError as reason:
        raise wrong(f"{term.op!r} cannot be applied to these kinds of values.", where="expression") from reason
    except pa.ArrowInvalid as reason:
        raise wrong(f"{term.op!r} cannot be computed for every row: {str(reason)[:100]}.", where="expression") from reason


def _compute(scene: Scene, term: Term, rows: Array) -> Any:
    if term.op == "column":
        column = choose_column(scene.columns.values(), term.args[0], "expression")
        return scene.frame.held(column.name).array(rows)
    if term.op == "value":
        return pa.scalar(term.args[0])
    if term.op in _ARITHMETIC:
        found = _ARITHMETIC[term.op](*(_number(_compute(scene, each, rows), term.op) for each in term.args))
        return pc.if_else(pc.is_finite(found), found, pa.scalar(None, found.type)) if pa.types.is_floating(found.type) else found
    if term.op in _TEXTUAL:
        text = _compute(scene, term.args[0], rows)
        if not (pa.types.is_string(text.type) or pa.types.is_large_string(text.type)):
            raise wrong(f"{term.op} takes a text.", where="expression")
        return _TEXTUAL[term.op](text)
    if term.op in _MOMENTS:
        return _MOMENTS[term.op](_local(_compute(scene, term.args[0], rows), scene.zone, term.op))
    if term.op == "format":
        moments = _local(_compute(scene, term.args[0], rows), scene.zone, "date_format")
        parts = [_written(moments, part, how) for part, how in term.args[1]]
        return pc.binary_join_element_wise(*parts, "") if parts else pc.binary_join_element_wise(pc.cast(pc.year(moments), pa.string()), "", "")
    raise wrong(f"There is no function {term.op[:40]!r}.", where="expression")


def _floored(left: Any, right: Any) -> Any:
    """Return whole quotients, rounded down, as Python's `//` does."""
    return pc.floor(pc.divide(left.cast(pa.float64()), right.cast(pa.float64())))


def _number(value: Any, op: str) -> Any:
    kind = value.type
    if pa.types.is_integer(kind) or pa.types.is_floating(kind):
        return value.cast(pa.int64() if pa.types.is_integer(kind) else pa.float64())
    raise wrong(f"{op!r} takes numbers.", where="expression")


def _local(moments: Any, zone: str, op: str) -> Any:
    """Return moments as clocks of the zone show them; dates stay what they are."""
    if pa.types.is_timestamp(moments.type):
        return moments.cast(pa.timestamp("us", "UTC")).cast(pa.timestamp("us", zone))
    if pa.types.is_date(moments.type):
        return moments.cast(pa.timestamp("us"))
    raise wrong(f"{op} takes a date or a time.", where="expression")


def _written(moments: Any, part: str, how: Any) -> Any:
    if not part:
        return pa.scalar(how)
    numbers = pc.cast(_MOMENTS[part](moments), pa.int64())
    if isinstance(how, tuple):
        return pa.array(how).take(pc.subtract(numbers, 1))
    if how == 2 and part in ("year", "weekyear"):
        numbers = pc.subtract(numbers, pc.multiply(pc.cast(pc.floor(pc.divide(pc.cast(numbers, pa.float64()), 100.0)), pa.int64()), 100))
    return pc.utf8_lpad(pc.cast(numbers, pa.string()), how, "0")


def computed(scene: Scene, asked: Sequence[tuple[str, Term]], rows: Array) -> list[list[Any]]:
    """Return the values of some terms, each under its name, for some rows."""
    for name, term in asked:
        if pa.types.is_nested(check_term(scene, term)):
            raise wrong("Values that hold others cannot be computed.", where=name)
    found = [compute(scene, term, rows) for _, term in asked]
    return [[None] * len(rows) if pa.types.is_null(each.type) else each.to_pylist() for each in found]


@dataclass(frozen=True, slots=True)
class Compared:
    """Rows in which one computed value is something to another."""

    scene: Scene
    asked: Compare

    def at(self, rows: Array | slice) -> Array:
        """Return which of some rows match."""
        return np.asarray(pc.fill_null(self._answers(rows), False).to_numpy(zero_copy_only=False), dtype=bool)

    def known(self, rows: Array | slice) -> Array | None:
        """Return of which of some rows it can be said: those where both values are there."""
        return np.asarray(pc.is_valid(self._answers(rows)).to_numpy(zero_copy_only=False), dtype=bool)

    def _answers(self, rows: Array | slice) -> pa.Array:
        some = np.arange(*rows.indices(self.scene.frame.rows)) if isinstance(rows, slice) else rows
        left, right = (compute(self.scene, each, some) for each in (self.asked.left, self.asked.right))
        return getattr(pc, _COMPARED[self.asked.op])(left, right)


def compared(scene: Scene, asked: Compare) -> Compared:
    """Return a condition that compares two terms. Raises `Problem` 400 for two that cannot be compared."""
    kinds = [check_term(scene, each) for each in (asked.left, asked.right)]
    found = Compared(scene, asked)
    try:
        found.at(slice(0, 0))
    except pa.ArrowException as reason:
        raise wrong(f"{kinds[0]} and {kinds[1]} cannot be compared.", where="where") from reason
    return found
