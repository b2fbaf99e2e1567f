"""Pieces of a table by number: so many rows from the so-manieth on, in an order, unlike one another, with words that stand anywhere in a row."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any, Literal

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from zinneke.foundations import compute as pc
from zinneke.foundations.tables import exports
from zinneke.foundations.tables.asking import conditions_of, ordered, selected
from zinneke.foundations.tables.conditions import Among, Between, Condition, mask
from zinneke.foundations.tables.frame import INDEXED, Array, Frame, tuples
from zinneke.foundations.tables.numbered import NUMBER, Slice, Sliced, Told
from zinneke.foundations.tables.paging import page, skip
from zinneke.foundations.tables.rules import choose_column, fold
from zinneke.foundations.tables.values import Column, Export, Layout
from zinneke.foundations.tables.versions import open_version
from zinneke.kernel.confidentiality import Actor, Right
from zinneke.kernel.problem import wrong
from zinneke.kernel.route import verb

MOST_SLICED = 32_000
MOST_WORDS = 12
_BATCH = 16_384
_WORD = re.compile(r"[^\W_]+")


@verb(Right.SEE, "tables")
def read_slice(actor: Actor, dataset: str, asked: Slice, number: int | None = None) -> Sliced:
    """Return at most 32,000 rows from the so-manieth on, each with its number first, and how many match. Raises `Problem` as `read_rows` does."""
    if not 0 <= asked.limit <= MOST_SLICED or not 0 <= asked.offset < 2**53:
        raise wrong(f"`limit` goes from 0 to {MOST_SLICED:,}, `offset` from 0.", where="limit")
    record, columns, frame = open_version(actor, dataset, number)
    chosen, rows, total = _sliced(columns, frame, asked)
    names = [column.name for column in chosen]
    cells = tuples(frame, names, rows) if names else [()] * len(rows)
    numbered = [(place + 1, *row) for place, row in zip(rows.tolist(), cells, strict=True)]
    return Sliced(record.number, chosen, numbered, total)


@verb(Right.SEE, "tables")
def ask(actor: Actor, select: str, find: Callable[[str], str]) -> Told:
    """Answer one SELECT over datasets; `find` gives the dataset of each name in FROM. Only the columns that the actor may see are there.

    Nothing but what `sql` lists is taken, and rows, memory and time are bounded. Raises `Problem` 400, 404 or 503.
    """
    from zinneke.foundations.tables import sql  # its parser takes long to load, and most never ask

    tree = sql.read(select)
    sources = {}
    for name in sql.tables_of(tree):
        _, columns, frame = open_version(actor, find(name), None)
        sources[name] = sql.Source(frame.parquet, columns)
    return sql.answer(tree, sources)


@verb(Right.SEE, "tables")
def export_slice(
    actor: Actor,
    dataset: str,
    form: Literal["csv", "tsv", "lists"],
    asked: Slice,
    number: int | None = None,
    bom: bool = False,
    numbered: bool = True,
) -> tuple[Export, tuple[Column, ...]]:
    """Return a slice of any size as a file, in chunks, and its columns; `lists` is a JSON list a line, `numbered` puts the row's number first."""
    record, columns, frame = open_version(actor, dataset, number)
    whole = asked == Slice(columns=asked.columns, limit=asked.limit) and asked.limit >= frame.rows
    chosen, rows, _ = _sliced(columns, frame, replace(asked, limit=0) if whole else asked)
    names = [*([NUMBER] if numbered else []), *(column.name for column in chosen)]
    parts = batches(frame, names, None if whole else rows)
    media_type = {"csv": exports.MEDIA_TYPES["csv"], "tsv": "text/tab-separated-values; charset=utf-8"}.get(form, "application/json")
    return Export(write(parts, names, form, bom), media_type, f"{dataset}-{record.number}.{form}"), chosen


def _sliced(columns: Sequence[Column], frame: Frame, asked: Slice) -> tuple[tuple[Column, ...], Any, int]:
    names = selected(columns, asked.columns or tuple(column.name for column in columns))
    chosen = tuple(choose_column(columns, name) for name in names)
    for name, _words in asked.texts:
        choose_column(columns, name, "q")
    order = order_of(columns, asked.order, ordered)
    rows, total = rows_of(frame, columns, asked, conditions_of(frame, columns, asked.where, None), order)
    return chosen, rows, total


def rows_of(
    frame: Frame, columns: Sequence[Column], asked: Slice, conditions: Sequence[Condition], order: Sequence[tuple[str, bool]]
) -> tuple[Array, int]:
    """Return the rows of a slice in their order, and how many there are in all. `columns` are those that the reader may see."""
    numbered = [down for name, down in order if name == NUMBER]
    keyed = [(frame.held(name), down) for name, down in order if name != NUMBER]
    plain = not (asked.text or asked.texts or asked.numbers or asked.distinct or numbered)
    if plain and (not asked.offset or not conditions or frame.rows <= INDEXED):
        rows, total, _ = page(frame, conditions, keyed, asked.limit, asked.offset)
        return rows, total
    if plain and frame.large:
        return skip(frame, conditions, keyed, asked.limit, asked.offset)
    found = _found(frame, columns, asked, conditions)
    rows = np.arange(frame.rows) if found is None else np.flatnonzero(found)
    if asked.numbers is not None:
        rows = rows[np.isin(rows, np.array([number - 1 for number in asked.numbers], np.int64))]
    if asked.distinct:
        rows = _unlike(frame, asked.columns or tuple(column.name for column in columns if column.type != "geometry"), rows)
    if order:
        keys: list[Array] = []
        for name, down in order:
            keys += [-rows if down else rows] if name == NUMBER else frame.held(name).sort_keys(rows, down)
        rows = rows[np.lexsort(keys[::-1])] if len(order) > 1 or order[0][0] != NUMBER else rows[:: -1 if order[0][1] else 1]
    return rows[asked.offset : asked.offset + asked.limit], len(rows)


def _found(frame: Frame, columns: Sequence[Column], asked: Slice, conditions: Sequence[Condition]) -> Array | None:
    found = mask(frame, conditions)
    wishes = [(asked.text, columns), *((words, [column for column in columns if column.name == name]) for name, words in asked.texts)]
    for text, among in wishes:
        typed = _WORD.findall(fold(text))
        if len(typed) > MOST_WORDS:
            raise wrong(f"Search for at most {MOST_WORDS} words at once.", where="q")
        for word in typed:
            here = _holding(frame, among, word)
            found = here if found is None else found & here
    return found


def _holding(frame: Frame, columns: Sequence[Column], word: str) -> Array:
    """Return the rows that have a word beginning so in some text, or that number."""
    found = np.zeros(frame.rows, dtype=bool)
    everything = slice(0, frame.rows)
    begins = rf"(^|[^\pL\pN]){word}"
    for column in columns:
        held = frame.held(column.name) if column.type in ("text", "integer", "decimal") else None
        if held is not None and held.folded is not None and len(held.folded):
            chosen = np.asarray(pc.match_substring_regex(held.folded, begins).to_numpy(zero_copy_only=False), dtype=bool)
            found |= Among(held, chosen, table=True).at(everything)
        elif held is not None and held.folded is None and word.isascii() and word.isdigit() and len(word) < 16:
            found |= Between(held, int(word), int(word)).at(everything)
    return found


def _unlike(frame: Frame, names: Sequence[str], rows: Array) -> Array:
    """Return the first of all rows that are alike in some columns."""
    codes = np.zeros(len(rows), dtype=np.int64)
    for name in names:
        held = frame.held(name)
        if held.kind == "geometry":
            raise wrong("Shapes cannot be compared with one another. Name the other columns in `fields`.", where="distinct")
        keys, missing = held.sort_keys(rows, False)
        _, codes = np.unique(np.stack([codes, np.unique(keys, return_inverse=True)[1] * 2 + missing]), axis=1, return_inverse=True)
    _, first = np.unique(codes, return_index=True)
    return rows[np.sort(first)]


def batches(frame: Frame, names: Sequence[str], rows: Array | None) -> Iterator[pa.RecordBatch]:
    """Yield rows, all of the table where none are given, a few thousand at a time; `NUMBER` among the names is the row's number."""
    held = [name for name in names if name != NUMBER]
    if rows is not None:
        for start in range(0, len(rows), _BATCH):
            some = rows[start : start + _BATCH]
            cells = {name: frame.held(name).array(some) for name in held}
            yield pa.RecordBatch.from_pydict({name: cells.get(name, pa.array(some + 1)) for name in names})
        return
    place = 1
    with pq.ParquetFile(frame.parquet) as file:
        for batch in file.iter_batches(batch_size=_BATCH, columns=held, use_threads=False):
            numbers = pa.array(range(place, place + batch.num_rows))
            yield pa.RecordBatch.from_pydict({name: numbers if name == NUMBER else batch.column(name) for name in names})
            place += batch.num_rows


def write(parts: Iterator[pa.RecordBatch], names: Sequence[str], form: str, bom: bool) -> Iterator[bytes]:
    """Yield rows as CSV or TSV with a heading, or as lists in JSON, a line each, parted by commas."""
    if form in ("csv", "tsv"):
        yield from exports.write_csv(parts, names, Layout("," if form == "csv" else "\t", bom=bom))
        return
    encoder = msgspec.json.Encoder()
    comma = b""
    for part in parts:
        columns = [exports.plain(part.column(place)) for place in range(part.num_columns)]
        yield comma + b",\n".join(encoder.encode(row) for row in zip(*columns, strict=True))
        comma = b",\n"


def order_of(columns: Sequence[Column], asked: Sequence[str], ordered: Any) -> list[tuple[str, bool]]:
    """Return names with whether each goes down; the row's number is one of them. `ordered` knows the columns."""
    found: list[tuple[str, bool]] = []
    for name in asked:
        found += [(NUMBER, name.startswith("-"))] if name.lstrip("-") == NUMBER else ordered(columns, [name])
    return found
