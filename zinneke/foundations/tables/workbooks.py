"""Excel workbooks into raw cells: one sheet, its header found, merged cells filled, within bounds whatever the archive claims."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from itertools import chain, islice
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from zinneke.foundations.tables.documents import raw_from_arrow
from zinneke.foundations.tables.raw import MOST_COLUMNS, Faults, Raw, clean_names
from zinneke.foundations.tables.values import Spec
from zinneke.kernel.problem import Problem, wrong

MOST_CELLS = 5_000_000
LARGEST = 400_000_000
"""Bytes of a workbook after unpacking."""
RATIO = 200
_FREE = 20_000_000
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s+ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')
_MOST_MERGED = 20_000
_HEAD = 30
_ERRORS = frozenset(("#N/A", "#DIV/0!", "#REF!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!"))

Row = list[Any]


def check_bounds(path: Path, name: str) -> None:
    """Refuse a workbook that unpacks to far more than it is, before anything of it is unpacked (Problem 413)."""
    with zipfile.ZipFile(path) as archive:
        whole = sum(info.file_size for info in archive.infolist())
        if whole > LARGEST or (whole > _FREE and whole > RATIO * path.stat().st_size) or len(archive.infolist()) > 5_000:
            told = f"{name} unpacks from {path.stat().st_size:,} to {whole:,} bytes; it was not opened. Save the sheet as CSV and send that."
            raise Problem(413, "Too large", told, where=name)


def sheets(path: Path, name: str) -> list[str]:
    """Return the names of the sheets that hold cells, in their order."""
    book = _opened(path, name)
    try:
        return [sheet.title for sheet in book.worksheets if sheet.sheet_state == "visible"]
    finally:
        book.close()


def read_workbook(path: Path, spec: Spec, faults: Faults, connection: duckdb.DuckDBPyConnection) -> Raw:
    """Read one sheet, the first one unless `spec.sheet` names another. Raises `Problem` 400 or 413 when it cannot be read."""
    book = _opened(path, faults.name)
    try:
        shown = [sheet.title for sheet in book.worksheets if sheet.sheet_state == "visible"]
        wanted = spec.sheet or next(iter(shown), "")
        if wanted not in shown:
            raise wrong(f"{faults.name} has no sheet {wanted!r}. Its sheets are: {', '.join(shown[:30])}.", where="sheet")
        if not spec.sheet and len(shown) > 1:
            faults.note("", f"it has {len(shown)} sheets; {wanted!r} was read. Choose another one with `sheet`")
        sheet = book[wanted]
        merged = _merged(path, sheet)
        try:
            return _raw(_filled(sheet.iter_rows(values_only=True), merged), spec, faults, connection)
        except (ValueError, KeyError, TypeError, AttributeError, IndexError, SyntaxError, zipfile.BadZipFile, EOFError) as reason:
            raise wrong(f"The sheet {wanted!r} of {faults.name} cannot be read: {str(reason)[:200]}", where=faults.name) from reason
    finally:
        book.close()


def _opened(path: Path, name: str) -> Any:
    from openpyxl import load_workbook

    try:
        check_bounds(path, name)
        return load_workbook(io.BytesIO(path.read_bytes()), read_only=True, data_only=True, keep_links=False)
    except Problem:
        raise
    except Exception as reason:  # openpyxl raises whatever its many parts do
        why = (str(reason).splitlines() or [""])[0][:200].rstrip(".")
        raise wrong(f"{name} is no Excel workbook that can be read: {why}. Save it again, or as CSV.", where=name) from reason


def _merged(path: Path, sheet: Any) -> list[tuple[int, int, int, int]]:
    """Return the merged ranges of a sheet as first row, last row, first column, last column, counted from 0; small ones only."""
    from openpyxl.utils import column_index_from_string

    found: list[tuple[int, int, int, int]] = []
    with zipfile.ZipFile(path) as archive, archive.open(sheet._worksheet_path.lstrip("/")) as file:
        rest = b""
        while piece := file.read(1 << 20):
            data = rest + piece
            last = 0
            for match in _MERGED.finditer(data):
                left, top, right, bottom = match.groups()
                last = match.end()
                box = (int(top) - 1, int(bottom) - 1, column_index_from_string(left.decode()) - 1, column_index_from_string(right.decode()) - 1)
                if (box[1] - box[0] + 1) * (box[3] - box[2] + 1) <= MOST_CELLS and len(found) < _MOST_MERGED:
                    found.append(box)
            rest = data[max(last, len(data) - 200) :]
    return sorted(found)


def _filled(rows: Iterator[Sequence[Any]], merged: Sequence[tuple[int, int, int, int]]) -> Iterator[Row]:
    """Yield rows with the value of a merged cell in each of the cells that it covers."""
    open_: list[tuple[tuple[int, int, int, int], Any]] = []
    place = 0
    for number, given in enumerate(rows):
        row = list(given)
        open_ = [(box, value) for box, value in open_ if box[1] >= number]
        while place < len(merged) and merged[place][0] <= number:
            box = merged[place]
            place += 1
            if box[0] == number and box[2] < len(row):
                open_.append((box, row[box[2]]))
        for box, value in open_:
            for column in range(box[2], min(box[3] + 1, len(row))):
                row[column] = value
        yield row


def _raw(rows: Iterator[Row], spec: Spec, faults: Faults, connection: duckdb.DuckDBPyConnection) -> Raw:
    first = [_trimmed(row) for row in islice(rows, spec.skip, spec.skip + _HEAD)]
    top = _header(first)
    if top is None:
        raise wrong(f"{faults.name} has an empty sheet. Choose another one with `sheet`.", where=faults.name)
    if top and any(first[:top]):
        faults.note(f"rows {spec.skip + 1} to {spec.skip + top}", "stand above the header; they were left out")
    head = first[top] if spec.header else [f"column_{number}" for number in range(1, max(map(len, first[top:])) + 1)]
    if len(head) > MOST_COLUMNS:
        raise Problem(413, "Too large", f"{faults.name} has {len(head):,} columns; at most {MOST_COLUMNS:,} are taken.", where=faults.name)
    columns: list[list[Any]] = [[] for _ in head]
    cells, begin = 0, top + int(spec.header)
    aside: list[int] = []
    for number, row in enumerate(chain(first[begin:], map(_trimmed, rows)), spec.skip + begin + 1):
        if not row:
            aside.append(number)
            continue
        cells += len(head)
        if cells > MOST_CELLS:
            raise Problem(413, "Too large", f"{faults.name} has more than {MOST_CELLS:,} cells. Save it as CSV and send that.", where=faults.name)
        if len(row) > len(head):
            faults.note(f"row {number}", f"has cells beyond the last column of the header: {str(row[len(head)])[:40]!r}; they were left out")
        for place, column in enumerate(columns):
            column.append(row[place] if place < len(row) else None)
    kept = [place for place, column in enumerate(columns) if head[place] not in (None, "") or any(value is not None for value in column)]
    names = clean_names(["" if head[place] is None else str(head[place]) for place in kept], faults)
    arrays = [pa.array(_texts(columns[place], name, faults), pa.string()) for place, name in zip(kept, names, strict=True)]
    if not arrays or not len(arrays[0]):
        raise wrong(f"{faults.name} has a header and no row below it.", where=faults.name)
    table = pa.table(arrays, names=[f"c{number}" for number in range(len(arrays))])
    raw = raw_from_arrow(table, names, [None] * len(names), faults, connection, None)
    raw.first_line = spec.skip + begin + 1
    return raw


def _trimmed(row: Row) -> Row:
    """Return a row without the empty cells at its end."""
    end = len(row)
    while end and (row[end - 1] is None or row[end - 1] == ""):
        end -= 1
    return list(row[:end])


def _header(first: Sequence[Row]) -> int | None:
    """Return which row is the header: the first one about as wide as the widest; titles above tables are narrow."""
    widths = [sum(cell not in (None, "") for cell in row) for row in first]
    widest = max(widths, default=0)
    return next((place for place, width in enumerate(widths) if width and width * 2 > widest), None)


def _texts(values: Sequence[Any], name: str, faults: Faults) -> list[str | None]:
    """Return the cells of a column as text; dates without a time of day as dates, when none of the column has one."""
    moments = any(isinstance(value, datetime) and value.time() != time() for value in values)
    errors = 0
    texts: list[str | None] = []
    for value in values:
        if value is None or value == "":
            texts.append(None)
        elif isinstance(value, datetime):
            texts.append(value.isoformat() if moments else value.date().isoformat())
        elif isinstance(value, date | time):
            texts.append(value.isoformat())
        elif isinstance(value, bool):
            texts.append(str(value).lower())
        elif isinstance(value, int | float):
            texts.append(repr(value))
        elif value in _ERRORS:
            errors += 1
            texts.append(None)
        else:
            texts.append(str(value).replace("\x00", "").strip() or None)
    if errors:
        faults.note(f"column {name}", f"{errors:,} cells hold an error of the spreadsheet; they were left empty", errors)
    return texts
