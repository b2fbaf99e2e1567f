"""Values out of a spreadsheet: CSV or Excel with a head in French, Dutch or English; each row that cannot be read is named with the reason."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from typing import Any

from zinneke.foundations.tables.rules import fold
from zinneke.kernel.load import Fault
from zinneke.kernel.problem import Problem, wrong
from zinneke.kernel.text import Text
from zinneke.office.indicators import sentences as say
from zinneke.office.indicators.sentences import fill
from zinneke.office.indicators.values import ValueRow

MOST_ROWS, MOST_BYTES = 20_000, 5_000_000
HEADS = {
    "period": ("period", "periode", "période", "annee", "année", "jaar", "year"),
    "area": ("area", "commune", "gemeente", "municipality", "nis", "code nis", "nis-code"),
    "dimension": ("dimension", "dimensie"),
    "value": ("value", "valeur", "waarde"),
    "low": ("low", "bas", "laag", "minimum"),
    "high": ("high", "haut", "hoog", "maximum"),
    "quality": ("quality", "qualite", "qualité", "kwaliteit"),
    "note": ("note", "remarque", "opmerking"),
}
"""What a column may be called; the head is read without accents and capitals."""
_NAMES = {fold(word): field for field, words in HEADS.items() for word in words}


class _Unreadable(ValueError):
    """A row that cannot be read, with the sentence that says why."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


def read(data: bytes, code_of: Callable[[str], str], language: str = "en") -> tuple[list[tuple[str, ValueRow]], list[Fault]]:
    """Return the rows with their places, and the faults of those that cannot be read. Raises `Problem` for a file that is none.

    `code_of` returns the code of a commune from its code or name, "" for one that is not known. Rows that are wholly empty are passed over.
    """
    if len(data) > MOST_BYTES:
        raise Problem(413, "Too large", f"The file has {len(data):,} bytes; at most {MOST_BYTES:,} are taken. Send it in parts.", where="file")
    lines = _excel(data) if data[:4] == b"PK\x03\x04" else _text(data)
    try:
        head = next(lines)
    except StopIteration:
        raise wrong("The file is empty. Its first row names the columns: period, area, value.", where="file") from None
    columns = [_NAMES.get(fold(str(cell or "").strip()), "") for cell in head]
    missing = [field for field in ("period", "value") if field not in columns]
    if missing:
        raise wrong(
            f"The first row names no column for {' or '.join(missing)}. "
            "Call them period, area, value (or période, commune, valeur; periode, gemeente, waarde).",
            where="row 1",
        )
    rows: list[tuple[str, ValueRow]] = []
    faults: list[Fault] = []
    for number, cells in enumerate(lines, 2):
        if number > MOST_ROWS:
            faults.append(Fault(f"row {number}", f"{fill(say.TOO_MANY, most=MOST_ROWS).said_in(language)}."))
            break
        filled = {field: cell for field, cell in zip(columns, cells, strict=False) if field and cell not in (None, "")}
        if not filled:
            continue
        try:
            rows.append((f"row {number}", _row(filled, code_of)))
        except _Unreadable as fault:
            faults.append(Fault(f"row {number}", f"{fault.text.said_in(language)}."))
    return rows, faults


def _row(filled: dict[str, Any], code_of: Callable[[str], str]) -> ValueRow:
    if "value" not in filled:
        raise _Unreadable(say.NO_VALUE)
    area = str(filled.get("area", "")).strip()
    code = code_of(area) if area else ""
    if area and not code:
        raise _Unreadable(fill(say.NO_COMMUNE, cell=area))
    quality = int(number(filled.get("quality", 0)))
    if not 0 <= quality <= 6:
        raise _Unreadable(fill(say.NO_GRADE, cell=quality))
    return ValueRow(
        period=_period(filled.get("period", "")), value=number(filled["value"]), area=code, dimension=str(filled.get("dimension", "")).strip(),
        low=number(filled["low"]) if "low" in filled else None, high=number(filled["high"]) if "high" in filled else None,
        quality=quality, note=str(filled.get("note", ""))[:500],
    )  # fmt: skip


def _period(cell: Any) -> str:
    """Return a period as it is written; spreadsheets make numbers of years."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if hasattr(cell, "isoformat"):
        return str(cell.isoformat())[:10]
    return str(cell).strip()


def number(cell: Any) -> float:
    """Return a number as people write it: 1234.5, 1 234,5 or 1.234,5. Raises `_Unreadable` for what is none."""
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        found = float(cell)
    else:
        text = "".join(str(cell).split()).replace("\u2019", "").removesuffix("%")
        point, comma = text.rfind("."), text.rfind(",")
        if comma > point:
            text = text.replace(".", "").replace(",", ".")
        elif point > comma >= 0:
            text = text.replace(",", "")
        try:
            found = float(text)
        except ValueError:
            raise _Unreadable(fill(say.NO_NUMBER, cell=str(cell)[:40])) from None
    if not math.isfinite(found):
        raise _Unreadable(fill(say.NO_NUMBER, cell=str(cell)[:40]))
    return found


def _text(data: bytes) -> Iterator[Sequence[Any]]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")
    if "\0" in text:
        raise wrong("This is neither CSV nor an Excel workbook (.xlsx). Save it as one of them.", where="file")
    head = text.partition("\n")[0]
    delimiter = max(";,\t|", key=head.count)
    try:
        yield from csv.reader(io.StringIO(text), delimiter=delimiter)
    except csv.Error as fault:
        raise wrong(f"The file cannot be read as CSV: {fault}.", where="file") from None


def _excel(data: bytes) -> Iterator[Sequence[Any]]:
    try:
        book = import_module("openpyxl").load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        yield from book.worksheets[0].iter_rows(values_only=True)
    except Exception as fault:  # openpyxl raises whatever its parts raise
        raise wrong(f"The Excel workbook cannot be opened: {str(fault)[:200]}. Save it again as .xlsx, or send CSV.", where="file") from None
