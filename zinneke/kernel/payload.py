"""Read what a source sends, table or document, so that a fault names the row and the column and is never anything but a `Problem`."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Iterator, Sequence
from datetime import datetime
from io import StringIO
from typing import Any
from zoneinfo import ZoneInfo

from zinneke.kernel.period import read_moment
from zinneke.kernel.problem import Problem, wrong


class Row:
    """One row of a table: its number as a person counts it (the heading is row 1), and its cells by column."""

    __slots__ = ("_cells", "_places", "number")

    def __init__(self, number: int, cells: Sequence[str], places: dict[str, int]) -> None:
        self.number = number
        self._cells = cells
        self._places = places

    def text(self, column: str) -> str:
        """Return a cell, trimmed; a missing cell is empty."""
        place = self._places[column]
        return self._cells[place].strip() if place < len(self._cells) else ""

    def value(self, column: str) -> float | None:
        """Return a cell as a number, None when it is empty. Raises `Problem` 400 naming the row and column."""
        text = self.text(column)
        if not text:
            return None
        try:
            return finite(text)
        except Problem as fault:
            raise self.fault(column, fault.detail) from None

    def moment(self, column: str, zone: ZoneInfo | None = None) -> datetime:
        """Return a cell as a moment in UTC. Raises `Problem` 400 naming the row and column."""
        try:
            return read_moment(self.text(column), zone)
        except Problem as fault:
            raise self.fault(column, fault.detail) from None

    def fault(self, column: str, what: str) -> Problem:
        """Return the problem that says where in the table something is wrong."""
        return wrong(f"Row {self.number}, column {column}: {what}", where=f"row {self.number}, column {column}")


def read_table(data: bytes, needs: Sequence[str] = (), delimiter: str = ",") -> Iterator[Row]:
    """Yield the rows of a UTF-8 table whose first row is the heading. Raises `Problem` 400 when it is not one, or lacks a column."""
    reader = csv.reader(StringIO(read_text(data), newline=""), delimiter=delimiter)
    try:
        heading = next(reader, [])
        places = {name.strip(): place for place, name in enumerate(heading)}
        if missing := [column for column in needs if column not in places]:
            raise wrong(f"The table has no column {', '.join(missing)}. It has: {', '.join(places)[:200] or 'nothing'}.", where="row 1")
        for cells in reader:
            if cells:
                yield Row(reader.line_num, cells, places)
    except csv.Error as fault:
        raise wrong(f"Row {reader.line_num} cannot be read: {fault}.", where=f"row {reader.line_num}") from None


def read_document(data: bytes) -> Any:
    """Return a JSON document. Raises `Problem` 400 saying at which line and column it breaks off."""
    try:
        return json.loads(read_text(data), parse_constant=_refuse_constant)
    except json.JSONDecodeError as fault:
        raise wrong(f"The document is not JSON: {fault.msg}, line {fault.lineno}, column {fault.colno}.", where=f"byte {fault.pos}") from None
    except (ValueError, RecursionError):
        raise wrong("The document is not JSON that can be read: too deep, or a number that is none.") from None


def read_text(data: bytes) -> str:
    """Return bytes as text. Raises `Problem` 400 naming the first byte that is not UTF-8."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise wrong(f"Byte {fault.start} is not UTF-8. Save the file as UTF-8.", where=f"byte {fault.start}") from None


def finite(value: object) -> float:
    """Return a number or the text of one as a float. Raises `Problem` 400 for anything else, NaN and infinity included."""
    try:
        number = float(value) if isinstance(value, int | float | str) and not isinstance(value, bool) else math.nan
    except (ValueError, OverflowError):
        number = math.nan
    if not math.isfinite(number):
        raise wrong(f"{str(value)[:80]!r} is not a number.")
    return number


def _refuse_constant(name: str) -> float:
    raise ValueError(name)
