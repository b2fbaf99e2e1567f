"""A table to be profiled, from a file or a database, as text cells in a DuckDB of our own; what cannot be read is said, not hidden.

Databases are read in a transaction that can only read. A connection that drops half-way leaves the rows that came and a sentence.
"""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import batched
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from zinneke.foundations import databases
from zinneke.foundations.tables.delimited import as_wide_as_rows, common_width, rows_below, without_empty_end
from zinneke.foundations.tables.opening import as_utf8, open_source
from zinneke.foundations.tables.values import Spec
from zinneke.kernel.problem import wrong

_BATCH = 10_000
_LONGEST_LINE = 2_000_000
_DELIMITERS = (",", ";", "\t", "|")
NULLS = ("", "null", "NULL", "Null", "NA", "N/A", "n/a", "nan", "NaN", "None", "#N/A", "-", "\\N")
"""Cells that say that there is nothing."""


@dataclass(slots=True)
class Source:
    """Cells as text in the table `raw` (columns c0, c1, …), NULL where they say nothing; `partial` is a sentence when rows are missing."""

    connection: duckdb.DuckDBPyConnection
    name: str
    names: list[str]
    rows: int
    partial: str = ""
    faults: list[str] = field(default_factory=list)


@contextmanager
def _engine() -> Iterator[tuple[duckdb.DuckDBPyConnection, Path]]:
    with tempfile.TemporaryDirectory(prefix="zinneke-profile-") as name:
        bounds = {
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "temp_directory": name,
            "memory_limit": "3GB",
            "threads": 2,
        }
        connection = duckdb.connect(config=bounds)
        try:
            yield connection, Path(name)
        finally:
            connection.close()


@contextmanager
def read(path: Path, table: str = "") -> Iterator[Source]:
    """Read a CSV (plain, gzip or zip), Parquet or SQLite file. Raises `Problem` 400 when it cannot be read at all.

    `table` names the table of a SQLite file that has several.
    """
    if not path.is_file():
        raise wrong(f"There is no file {path}.", where=str(path))
    with path.open("rb") as file:
        magic = file.read(16)
    with _engine() as (connection, work):
        if magic[:4] == b"PAR1":
            yield _parquet(connection, path)
        elif magic.startswith(b"SQLite format 3"):
            yield _sqlite(connection, path, table)
        else:
            yield _delimited(connection, path, work)


@contextmanager
def read_rows(name: str, names: Sequence[str], batches: Iterable[Sequence[Sequence[Any]]]) -> Iterator[Source]:
    """Read rows that come in batches, from a database or from memory; an error between batches makes the source partial."""
    with _engine() as (connection, _):
        yield _rows(connection, name, list(names), batches, (OSError,))


@contextmanager
def read_postgresql(address: str, table: str, connect: Callable[..., Any] | None = None) -> Iterator[Source]:
    """Read a table or view (`name` or `schema.name`) of a PostgreSQL database, which is only read. Raises `Problem` 400 if it cannot be."""
    import psycopg
    from psycopg import sql

    with _engine() as (connection, _):
        try:
            database = (connect or psycopg.connect)(address, options="-c default_transaction_read_only=on", connect_timeout=10)
        except psycopg.Error as reason:
            raise wrong(f"The database does not let us in: {_first(reason)}", where="database") from reason
        try:
            cursor = database.cursor(name="zinneke")
            cursor.itersize = _BATCH
            cursor.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(*table.split("."))))
            first = cursor.fetchmany(_BATCH)
            names = [column.name for column in cursor.description or ()]
        except psycopg.Error as reason:
            database.close()
            raise wrong(f"{table} cannot be read: {_first(reason)}", where=table) from reason
        try:
            yield _rows(connection, table, names, _batches(first, cursor), (psycopg.Error, OSError))
        finally:
            database.close()


@contextmanager
def read_database(address: str, table: str) -> Iterator[Source]:
    """Read a table or view of any database that `foundations.databases` opens, such as MySQL, which is only read. Raises `Problem` 400."""
    try:
        with databases.opened(address) as (ask, engine):
            known = {each.name: each for each in databases.read_relations(ask, engine)}
            if table not in known:
                raise wrong(f"There is no table {table!r}. Name one of its tables: {', '.join(sorted(known)[:30]) or 'none'}.", where="table")
            names = [each.name for each in known[table].fields]
            columns = ", ".join(engine.dialect.quoted(name) for name in names)
            rows = ask(f"SELECT {columns} FROM {known[table].spelled}")  # noqa: S608 quoted names
            with read_rows(table, names, batched(rows, _BATCH)) as source:  # noqa: B911 the last batch is shorter
                yield source
    except databases.Broken as reason:
        raise wrong(f"The database does not let us in: {reason}", where="database") from None


def _batches(first: list[Any], cursor: Any) -> Iterator[list[Any]]:
    while first:
        yield first
        first = cursor.fetchmany(_BATCH)


def _rows(
    connection: duckdb.DuckDBPyConnection, name: str, names: list[str], batches: Iterable[Sequence[Any]], expected: tuple[type[BaseException], ...]
) -> Source:
    source = Source(connection, name, _named(names), 0)
    connection.execute(f"CREATE TABLE raw ({', '.join(f'c{number} VARCHAR' for number in range(max(1, len(names))))})")
    coming = iter(batches)
    while True:
        try:
            batch = next(coming, None)
        except expected as reason:
            source.partial = (
                f"The connection to {name} was lost after {source.rows:,} rows ({_harmless(reason)}); the profile covers those rows only."
            )
            return source
        if batch is None:
            return source
        if names and batch:
            columns = [pa.array(list(map(_cell, column)), pa.string()) for column in zip(*batch, strict=True)]
            connection.register("batch", pa.table(columns, names=[f"c{number}" for number in range(len(names))]))
            connection.execute("INSERT INTO raw SELECT * FROM batch")
            connection.unregister("batch")
        source.rows += len(batch)


def _cell(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, bytes | memoryview):
        return bytes(value[:32]).hex()
    text = str(value).encode("utf-8", "replace").decode()
    return None if text in NULLS else text


def _first(reason: BaseException) -> str:
    return (str(reason) or type(reason).__name__).splitlines()[0][:200]


def _harmless(reason: BaseException) -> str:
    """Return what an error says when it can only speak of the connection; of others the name alone, since they may quote a value."""
    speaks = isinstance(reason, OSError) or type(reason).__name__ == "OperationalError"
    return _first(reason) if speaks else type(reason).__name__


def _named(names: Iterable[str]) -> list[str]:
    """Return usable, different names."""
    found: list[str] = []
    for number, name in enumerate(names, 1):
        wanted = " ".join(str(name).replace("\x00", "").split())[:200] or f"column_{number}"
        found.append(wanted if wanted not in found else f"{wanted}_{number}")
    return found


def _parquet(connection: duckdb.DuckDBPyConnection, path: Path) -> Source:
    try:
        names = [row[0] for row in connection.execute("DESCRIBE SELECT * FROM read_parquet(?)", [str(path)]).fetchall()]
        cells = ", ".join(f"{_sql_cell(name)} AS c{number}" for number, name in enumerate(names))
        connection.execute(f"CREATE TABLE raw AS SELECT {cells} FROM read_parquet(?)", [str(path)])  # noqa: S608 names are quoted
    except duckdb.Error as reason:
        raise wrong(f"{path.name} is no Parquet file that can be read: {_first(reason)}", where=path.name) from reason
    return Source(connection, path.stem, _named(names), _count(connection))


def _sql_cell(name: str) -> str:
    quoted = '"' + name.replace('"', '""') + '"'
    nulls = ", ".join(f"'{null}'" for null in NULLS)
    return f"CASE WHEN CAST({quoted} AS VARCHAR) IN ({nulls}) THEN NULL ELSE CAST({quoted} AS VARCHAR) END"


def _sqlite(connection: duckdb.DuckDBPyConnection, path: Path, table: str) -> Source:
    import sqlite3

    database = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        tables = [row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite_%'")]
        chosen = table or (tables[0] if len(tables) == 1 else "")
        if chosen not in tables:
            known = ", ".join(sorted(tables)[:30]) or "none"
            raise wrong(f"{path.name} has no table {chosen!r}. Name one of its tables: {known}.", where=path.name)
        database.text_factory = lambda raw: raw.decode("utf-8", "replace")
        quoted = chosen.replace('"', '""')
        cursor = database.execute(f'SELECT * FROM "{quoted}"')  # noqa: S608 one of the tables that are there, quoted
        names = [column[0] for column in cursor.description]
        return _rows(connection, chosen, names, _batches(cursor.fetchmany(_BATCH), cursor), (sqlite3.Error,))
    except sqlite3.Error as reason:
        raise wrong(f"{path.name} cannot be read: {_first(reason)}", where=path.name) from reason
    finally:
        database.close()


def _delimited(connection: duckdb.DuckDBPyConnection, path: Path, work: Path) -> Source:
    opened = open_source(path, Spec(), work)
    text = as_utf8(opened, "", work)
    faults = [f"{fault.where}: {fault.what}" for fault in opened.faults]
    with text.open(encoding="utf-8", errors="replace", newline="") as file:
        lines = file.read(1_000_000).splitlines(keepends=True)
    if not "".join(lines).strip():
        return _rows(connection, path.stem, [], [], ())
    delimiter = _delimiter(lines[:100])
    first = next(csv.reader(io.StringIO("".join(lines)), delimiter=delimiter))
    names = _with_row_names(as_wide_as_rows(first, lines, delimiter), lines, delimiter)
    if len(names) > len(first) and names[-1].strip():
        faults.append(f"{path.name}: every row has one cell more than the header; the first is taken for the name of the row")
    columns = ", ".join(f"'c{number}': 'VARCHAR'" for number in range(len(names)))
    try:
        connection.execute("SET preserve_insertion_order = false")
        connection.execute(
            f"""CREATE TABLE raw AS SELECT * FROM read_csv(?, columns = {{{columns}}}, delim = ?, header = true, quote = '"', escape = '"',
                auto_detect = false, nullstr = ?, store_rejects = true, rejects_limit = 0, max_line_size = {_LONGEST_LINE})""",  # noqa: S608
            [str(text), delimiter, list(NULLS)],
        )
        connection.execute("SET preserve_insertion_order = true")
    except duckdb.Error as reason:
        raise wrong(f"{path.name} cannot be read as a table: {_first(reason)}", where=path.name) from reason
    aside = connection.execute("SELECT count(DISTINCT line), min(line) FROM reject_errors").fetchone() or (0, None)
    if aside[0]:
        faults.append(f"{path.name}: {aside[0]:,} rows do not have {len(names)} cells and were set aside, the first at line {aside[1]}")
    rows, partial = _count(connection), ""
    if not rows and aside[0]:
        partial = f"No row of {path.name} fits its header of {len(names)} columns; the profile covers the names only."
    return Source(connection, path.name.split(".")[0], _named(without_empty_end(connection, names)), rows, partial, faults)


def _with_row_names(names: list[str], lines: Sequence[str], delimiter: str) -> list[str]:
    """Return the names with one before them where R has written the rows' names, all different, without a name of their own."""
    rows = rows_below(lines, delimiter)
    named = len(rows) > 1 and common_width(rows) == len(names) + 1 and len({row[0] for row in rows}) == len(rows)
    return ["", *names] if named else names


def _delimiter(lines: Sequence[str]) -> str:
    """Return the delimiter under which most lines have as many cells as the first, and the most of them."""

    def score(delimiter: str) -> tuple[float, int]:
        try:
            widths = [len(row) for row in csv.reader(io.StringIO("".join(lines)), delimiter=delimiter) if row]
        except csv.Error:
            return 0.0, 0
        return (sum(width == widths[0] for width in widths) / len(widths) if widths[0] > 1 else 0.0, widths[0])

    return max(_DELIMITERS, key=score)


def _count(connection: duckdb.DuckDBPyConnection) -> int:
    row = connection.execute("SELECT count(*) FROM raw").fetchone()
    return int(row[0]) if row else 0
