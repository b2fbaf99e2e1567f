"""What is done to columns before they are published, so that they tell less of people: each step is recorded with the version."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import shapely

from zinneke.foundations import compute as pc
from zinneke.foundations.tables.findings import Groups
from zinneke.foundations.tables.values import GEOMETRY, Treatment
from zinneke.foundations.territory import store as territory
from zinneke.kernel.confidentiality import SYSTEM
from zinneke.kernel.problem import Problem, wrong

MASK = "***"
COMMUNE = "commune"
LOWERING = frozenset(("mask", "first", "range", "year", "month", "commune", "declare"))
"""Steps after which a column may have a lower level than before."""


@dataclass(slots=True)
class Laid:
    """A table on its way to its file: the columns, one WKB and one box per row when it has shapes, and the columns these came from."""

    table: pa.Table
    shapes: np.ndarray[Any, Any] | None = None
    boxes: np.ndarray[Any, Any] | None = None
    place: tuple[str, ...] = ()

    def kept(self, rows: np.ndarray[Any, Any]) -> None:
        """Keep the rows of a mask, or in the order of a list of rows."""
        self.table = self.table.filter(pa.array(rows)) if rows.dtype == np.bool_ else self.table.take(pa.array(rows))
        self.shapes = None if self.shapes is None else self.shapes[rows]
        self.boxes = None if self.boxes is None else self.boxes[rows]

    def set(self, name: str, column: Any) -> None:
        """Put a column in the place of the one of that name."""
        self.table = self.table.set_column(self.table.column_names.index(name), name, column)

    def drop(self, name: str) -> None:
        """Take a column, or the shapes, away."""
        if name == GEOMETRY:
            self.shapes = self.boxes = None
        else:
            self.table = self.table.drop_columns([name])


def apply(laid: Laid, treatments: Sequence[Treatment], quasi: Sequence[str], least: int) -> None:
    """Do the steps one after the other, then see that no group of `quasi` has fewer than `least` rows.

    Raises `Problem` 400 for a step that cannot be done, and for groups that are still too small.
    """
    for step in treatments:
        if step.do == "suppress":
            _suppress(laid, quasi, max(int(step.by), least))
        elif step.do == "commune":
            _commune(laid)
        elif step.column != GEOMETRY and step.column not in laid.table.column_names:
            raise wrong(f"There is no column {step.column!r} to treat; there are {', '.join(laid.table.column_names[:30])}.", where="treatments")
        elif step.do != "declare":
            _DO[step.do](laid, step)
    if quasi and least > 1:
        found = groups(laid.table, quasi, least)
        if found.rows:
            told = (
                f"{found.rows:,} rows stand in groups of fewer than {least} by {', '.join(quasi)}. Generalise a column, drop one, or leave them out."
            )
            raise Problem(400, "Groups too small", told, where="quasi")
    if not laid.table.num_columns and laid.shapes is None:
        raise wrong("The steps leave no column to publish.", where="treatments")


def groups(table: pa.Table, quasi: Sequence[str], least: int) -> Groups:
    """Return how many rows share the same values of some columns: the smallest group (k), the groups, and the rows in those below `least`."""
    counts = _counts(table, quasi)
    small = counts < least
    return Groups(int(counts.min()) if len(counts) else 0, len(counts), int(counts[small].sum()), least)


def _counts(table: pa.Table, quasi: Sequence[str]) -> np.ndarray[Any, Any]:
    if missing := [name for name in quasi if name not in table.column_names]:
        raise wrong(f"There is no column {missing[0]!r} to group by.", where="quasi")
    counted = table.select(list(quasi)).group_by(list(quasi)).aggregate([([], "count_all")])
    return np.asarray(counted["count_all"].to_numpy(), np.int64)


def _suppress(laid: Laid, quasi: Sequence[str], least: int) -> None:
    if not quasi or least < 2:
        raise wrong("Choose the columns by which people could be recognised, and how many must share them.", where="quasi")
    names = list(quasi)
    counts = laid.table.select(names).group_by(names).aggregate([([], "count_all")])
    rows = laid.table.select(names).append_column("_row", pa.array(np.arange(laid.table.num_rows)))
    codes = np.zeros(laid.table.num_rows, np.int64)
    for name in names:  # null-safe: a dictionary gives each value, and the lack of one, a number
        held = rows[name].combine_chunks().dictionary_encode(null_encoding="encode")
        codes = codes * (len(held.dictionary) + 1) + held.indices.to_numpy(zero_copy_only=False)
        codes = np.unique(codes, return_inverse=True)[1]
    sizes = np.bincount(codes)
    assert len(sizes) == counts.num_rows
    laid.kept(sizes[codes] >= least)


def _mask(laid: Laid, step: Treatment) -> None:
    if step.column == GEOMETRY:
        raise wrong("Shapes cannot be masked. Drop them, or tell only the commune.", where="treatments")
    column = laid.table[step.column]
    laid.set(step.column, pc.if_else(pc.is_valid(column), pa.scalar(MASK), pa.scalar(None, pa.string())))


def _first(laid: Laid, step: Treatment) -> None:
    width = int(step.by)
    if not 1 <= width <= 20:
        raise wrong("Keep between 1 and 20 characters.", where="treatments")
    laid.set(step.column, pc.utf8_slice_codeunits(laid.table[step.column].cast(pa.string()), 0, width))


def _range(laid: Laid, step: Treatment) -> None:
    column = laid.table[step.column]
    if not (pa.types.is_integer(column.type) or pa.types.is_floating(column.type)) or not step.by > 0:
        raise wrong(f"Only numbers have ranges, of a width above 0; {step.column!r} is {column.type}.", where="treatments")
    width = step.by
    whole = pa.types.is_integer(column.type) and float(width).is_integer()
    numbers = np.array(column.cast(pa.float64()).to_numpy(zero_copy_only=False), np.float64)
    with np.errstate(invalid="ignore"):
        steps = np.floor(numbers / width)
    known = {each: _said(each * width, width, whole) for each in np.unique(steps[np.isfinite(steps)]).tolist()}
    laid.set(step.column, pa.array([known.get(each) for each in steps.tolist()], pa.string()))


def _said(low: float, width: float, whole: bool) -> str:
    return f"{int(low)}–{int(low + width - 1)}" if whole else f"{low:g}–{low + width:g}"


def _year(laid: Laid, step: Treatment) -> None:
    laid.set(step.column, pc.year(_dated(laid, step)))


def _month(laid: Laid, step: Treatment) -> None:
    laid.set(step.column, pc.strftime(_dated(laid, step), format="%Y-%m"))


def _dated(laid: Laid, step: Treatment) -> Any:
    column = laid.table[step.column]
    if not (pa.types.is_date(column.type) or pa.types.is_timestamp(column.type)):
        raise wrong(f"Only dates have a year and a month; {step.column!r} is {column.type}.", where="treatments")
    return column


def _drop(laid: Laid, step: Treatment) -> None:
    laid.drop(step.column)


def _commune(laid: Laid) -> None:
    """Put the commune in the place of the shapes and of the coordinates that they came from."""
    if laid.shapes is None:
        raise wrong("There are no places to tell the commune of.", where="treatments")
    middle = shapely.centroid(shapely.from_wkb(laid.shapes))
    lon, lat = shapely.get_x(middle), shapely.get_y(middle)
    good = np.isfinite(lon) & np.isfinite(lat)
    codes: list[str | None] = [None] * len(lon)
    if good.any():
        found, _neighbourhoods = territory.locate(SYSTEM, lon[good], lat[good])
        for row, code in zip(np.flatnonzero(good).tolist(), found.tolist(), strict=True):
            codes[row] = code or None
    laid.shapes = laid.boxes = None
    for name in laid.place:
        if name in laid.table.column_names:
            laid.drop(name)
    name = COMMUNE if COMMUNE not in laid.table.column_names else f"{COMMUNE}_of_place"
    laid.table = laid.table.append_column(name, pa.array(codes, pa.string()))


_DO = {"mask": _mask, "first": _first, "range": _range, "year": _year, "month": _month, "drop": _drop}
