"""Downloads as a workbook: one sheet, written row by row, so that memory stays what it is."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import shapely

from zinneke.kernel.problem import Problem
from zinneke.kernel.spreadsheet import guard

MOST_ROWS = 1_048_575
"""Rows of a sheet below its heading."""
MOST_COLUMNS = 16_384
_LONGEST = 32_767
_CHUNK = 1 << 18


def write_xlsx(parts: Iterator[pa.RecordBatch], names: Sequence[str], count: int) -> Iterator[bytes]:
    """Return a workbook in chunks. Times are UTC, shapes WKT; texts that would be run have an apostrophe before them.

    Raises `Problem` 413 for more rows or columns than a sheet holds.
    """
    if count > MOST_ROWS or len(names) > MOST_COLUMNS:
        raise Problem(
            413,
            "Too large",
            f"A sheet holds {MOST_ROWS:,} rows and {MOST_COLUMNS:,} columns; these are {count:,} and {len(names):,}. "
            "Use csv or parquet, or ask for less.",
            where="form",
        )
    return write_rows(names, _rows(parts, names))


def write_rows(names: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    """Return a workbook of some rows in chunks, all of them taken in before the first. Raises `Problem` 413 for more than a sheet holds."""
    return _saved(_book(names, rows))


def _rows(parts: Iterator[pa.RecordBatch], names: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    for part in parts:
        yield from zip(*(_column(part.column(name)) for name in names), strict=True)


def _book(names: Sequence[str], rows: Iterable[Sequence[Any]]) -> Any:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet("data")
    sheet.append([_cell(name) for name in names])
    for count, row in enumerate(rows):
        if count == MOST_ROWS:
            raise Problem(
                413, "Too large", f"A sheet holds {MOST_ROWS:,} rows, and these are more. Use csv or parquet, or ask for less.", where="form"
            )
        sheet.append([_cell(cell) for cell in row])
    return book


def _saved(book: Any) -> Iterator[bytes]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "book.xlsx"
        book.save(path)
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                yield chunk


def _column(column: pa.Array) -> list[Any]:
    cells = column.to_pylist()
    if pa.types.is_binary(column.type):
        cells = list(shapely.to_wkt(shapely.from_wkb(np.array(cells, dtype=object)), rounding_precision=7))
    return cells


def _cell(value: Any) -> Any:
    """Return a value as a sheet takes it: no zone, no control characters, not too long, nothing to run."""
    if isinstance(value, str):
        return guard("".join(each for each in value if each >= " " or each in "\t\n\r"))[:_LONGEST]
    return value.astimezone(UTC).replace(tzinfo=None) if isinstance(value, datetime) else value
