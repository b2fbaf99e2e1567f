"""Tables for spreadsheets: CSV whose cells are shown and never run."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Any

RISKY = ("=", "+", "-", "@", "\t", "\r")
"""Signs with which a spreadsheet takes a text for a formula."""
FORMULA = "^([" + "".join(f"\\x{ord(sign):02x}" for sign in RISKY) + "])"
"""The same as a pattern, for texts that are written many at a time."""


def guard(cell: Any) -> Any:
    """Return a cell that a spreadsheet shows instead of running: text that begins like a formula gets an apostrophe before it."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(RISKY) else cell


def as_csv(head: Iterable[str], lines: Iterable[Iterable[Any]]) -> str:
    """Return a table as CSV (RFC 4180), every cell guarded."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([guard(cell) for cell in head])
    writer.writerows([guard(cell) for cell in line] for line in lines)
    return text.getvalue()
