"""Rows by number, as the verbs of slices take and give them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from zinneke.foundations.tables.values import Column, Filter

NUMBER = "_id"
"""What a row is called by: its place in its version, from 1."""


@dataclass(frozen=True, slots=True)
class Slice:
    """So many rows from the so-manieth on. No columns means all, shapes too; `order` holds names, `-name` for descending, and `NUMBER`.

    `text` are words that must all begin a word somewhere in the row, `texts` in one column each; `numbers` keeps rows by their number;
    `distinct` keeps the first of rows that are alike in the columns.
    """

    columns: tuple[str, ...] = ()
    where: tuple[Filter | str, ...] = ()
    text: str = ""
    texts: tuple[tuple[str, str], ...] = ()
    numbers: tuple[int, ...] | None = None
    order: tuple[str, ...] = ()
    distinct: bool = False
    limit: int = 100
    offset: int = 0


@dataclass(frozen=True, slots=True)
class Sliced:
    """A slice: the version it is of, its columns, each row with its number first, and how many rows match in all."""

    version: int
    columns: tuple[Column, ...]
    rows: list[tuple[Any, ...]]
    total: int


@dataclass(frozen=True, slots=True)
class Told:
    """The answer to a question in SQL: the columns with the type of each, the rows, whether there would have been more."""

    columns: tuple[tuple[str, str], ...]
    rows: list[tuple[Any, ...]]
    truncated: bool
