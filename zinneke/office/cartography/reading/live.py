"""Live databases: their tables and columns, read-only, in a bounded time, without looking at a row unless asked to (`sampling`).

The address and its password are used and forgotten: never kept, logged or shown.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import msgspec

from zinneke.kernel.load import Fault
from zinneke.kernel.problem import wrong
from zinneke.office.cartography.reading.origin import MOST_COLUMNS, Origin, column
from zinneke.office.cartography.reading.sampling import Ask, Broken, Dialect, Refused, Sampling, Target, look
from zinneke.office.cartography.scanning import Scanned
from zinneke.office.cartography.things import Column, Table
from zinneke.office.cartography.values import TableProfile

PATIENCE = 30
"""Seconds that one question to the database may take."""
Rows = Iterator[tuple[Any, ...]]

_POSTGRESQL = """SELECT n.nspname || '.' || c.relname, a.attname, format_type(a.atttypid, a.atttypmod),
       coalesce(col_description(c.oid, a.attnum), ''),
       EXISTS (SELECT 1 FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary AND a.attnum = ANY (i.indkey)),
       coalesce((SELECT f.confrelid::regclass::text FROM pg_constraint f WHERE f.conrelid = c.oid AND f.contype = 'f' AND a.attnum = ANY (f.conkey)
                 LIMIT 1), ''), c.reltuples::bigint, coalesce(obj_description(c.oid, 'pg_class'), ''),
       CASE WHEN c.relkind IN ('r', 'p') THEN format('%I.%I', n.nspname, c.relname) ELSE '' END
       FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
       WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND a.attnum > 0 AND NOT a.attisdropped
       AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg_toast%' ORDER BY 1, a.attnum"""
_MYSQL = """SELECT c.table_name, c.column_name, c.column_type, c.column_comment, c.column_key = 'PRI', coalesce(k.referenced_table_name, ''),
       coalesce(t.table_rows, -1), coalesce(t.table_comment, ''),
       IF(t.table_type = 'BASE TABLE', CONCAT('`', REPLACE(c.table_name, '`', '``'), '`'), '')
       FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
       LEFT JOIN information_schema.key_column_usage k ON k.table_schema = c.table_schema AND k.table_name = c.table_name
            AND k.column_name = c.column_name AND k.referenced_table_name IS NOT NULL
       WHERE c.table_schema = database() ORDER BY c.table_name, c.ordinal_position"""


def read(address: str, origin: Origin, sampling: Sampling | None = None) -> Scanned:
    """Read the tables of `postgresql://…`, `mysql://…` or `sqlite:PATH`; with `sampling`, some rows of each table too, for its profile alone.

    A connection that drops half-way gives what was seen, and says so. Views are not looked into: they repeat their tables.
    """
    scheme = address.partition(":")[0]
    if scheme not in _OPENERS:
        raise wrong("A database's address begins with postgresql://, mysql:// or sqlite:.", where="address")
    opener, question, engine, dialect = _OPENERS[scheme]
    tables: dict[str, list[Column]] = defaultdict(list)
    facts: dict[str, tuple[int | None, str, str]] = {}
    faults: list[Fault] = []
    profiles: list[TableProfile] = []
    partial = ""
    try:
        with opener(address) as ask:
            for table, name, kind, said, key, target, count, about, quoted in ask(question):
                facts[table] = None if count is None or count < 0 else int(count), about, quoted
                if len(tables[table]) < MOST_COLUMNS:
                    tables[table].append(column(name, str(kind), str(said or ""), bool(key), str(target or "")))
            if sampling is not None:
                targets = [_target(name, columns, facts[name]) for name, columns in tables.items() if facts[name][2]]
                partial = _sample(ask, dialect, targets, sampling, profiles, faults)
    except Broken as fault:
        if not tables:
            raise wrong(f"The database did not answer: {fault}. Nothing was read, and nothing in the map changes.") from None
        partial = f"The connection broke off after {len(tables):,} tables: {fault}. What was not seen stays as it was."
    found = ((name, Table(tuple(columns), facts[name][0]), facts[name][1]) for name, columns in tables.items())
    measured = tuple(msgspec.structs.replace(each, key=origin.key(each.key)) for each in profiles)
    return msgspec.structs.replace(origin.with_tables(found, engine, faults, partial), profiles=measured)


def _target(name: str, columns: list[Column], facts: tuple[int | None, str, str]) -> Target:
    return Target(name, facts[2], [each.name for each in columns], [each.name for each in columns if each.key], facts[0])


def _sample(ask: Ask, dialect: Dialect, targets: list[Target], sampling: Sampling, profiles: list[TableProfile], faults: list[Fault]) -> str:
    """Look at some rows of each table, and return a sentence when the connection was lost before the last one."""
    for number, target in enumerate(targets, 1):
        found, fault, lost = look(ask, dialect, target, sampling)
        profiles += [found] if found else []
        faults += [fault] if fault else []
        if lost:
            return f"The connection broke off at table {number:,} of {len(targets):,}. What was read is kept; what was not seen stays as it was."
    return ""


@contextmanager
def _postgresql(address: str) -> Iterator[Ask]:
    import psycopg

    try:
        with closing(psycopg.connect(address, connect_timeout=10, options=f"-c statement_timeout={PATIENCE * 1000}")) as connection:
            connection.read_only = True

            def ask(question: str) -> Rows:
                try:
                    with connection.cursor(name="zinneke") as cursor:
                        cursor.itersize = 500
                        cursor.execute(question)
                        yield from cursor
                except psycopg.Error as fault:
                    if connection.broken or connection.closed:
                        raise Broken(_bare(fault, address)) from None
                    connection.rollback()
                    raise Refused(type(fault).__name__) from None

            yield ask
    except psycopg.Error as fault:
        raise Broken(_bare(fault, address)) from None


@contextmanager
def _mysql(address: str) -> Iterator[Ask]:
    try:
        import pymysql
        from pymysql.cursors import SSCursor
    except ImportError:
        raise wrong("MySQL and MariaDB need one more package: pip install pymysql.") from None
    parts = urlsplit(address)
    try:
        connection = pymysql.connect(
            host=parts.hostname or "127.0.0.1", port=parts.port or 3306, user=unquote(parts.username or ""),
            password=unquote(parts.password or ""), database=unquote(parts.path.lstrip("/")),
            connect_timeout=10, read_timeout=PATIENCE, cursorclass=SSCursor, charset="utf8mb4",
        )  # fmt: skip
        with closing(connection):
            connection.query("SET SESSION TRANSACTION READ ONLY")

            def ask(question: str) -> Rows:
                try:
                    with connection.cursor() as cursor:
                        cursor.execute(question)
                        while row := cursor.fetchone():
                            yield row
                except (pymysql.Error, OSError) as fault:
                    if isinstance(fault, OSError) or not connection.open or (fault.args and fault.args[0] in _LOST):
                        raise Broken(_bare(fault, address)) from None
                    raise Refused(type(fault).__name__) from None

            yield ask
    except (pymysql.Error, OSError) as fault:
        raise fault if isinstance(fault, Broken) else Broken(_bare(fault, address)) from None


@contextmanager
def _sqlite(address: str) -> Iterator[Ask]:
    path = Path(address.removeprefix("sqlite:").removeprefix("//")).resolve()
    if not path.is_file():
        raise Broken("there is no such file")
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=0", uri=True, timeout=PATIENCE)) as connection:
            connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
            connection.create_function("hashed", -1, _hashed, deterministic=True)

            def ask(question: str) -> Rows:
                try:
                    yield from connection.execute(question) if question else _schema(connection)
                except sqlite3.Error as fault:
                    raise Refused(type(fault).__name__) from None

            yield ask
    except sqlite3.Error as fault:
        raise Broken(str(fault)) from None


def _schema(connection: sqlite3.Connection) -> Rows:
    listed = connection.execute("SELECT name, type FROM sqlite_master WHERE type IN ('table', 'view') ORDER BY name").fetchall()
    for name, sort in ((name, sort) for name, sort in listed if not name.startswith("sqlite_")):
        targets = {each[3]: each[2] for each in connection.execute("SELECT * FROM pragma_foreign_key_list(?)", (name,))}
        quoted = '"' + name.replace('"', '""') + '"' if sort == "table" else ""
        for _, field, kind, _, _, key in connection.execute("SELECT * FROM pragma_table_info(?)", (name,)):
            yield name, field, kind, "", bool(key), targets.get(field, ""), None, "", quoted


def _hashed(*values: Any) -> str:
    """Return what md5 of the same values is in the other engines."""
    return hashlib.md5("|".join(map(str, values)).encode(), usedforsecurity=False).hexdigest()


def _bare(fault: BaseException, address: str) -> str:
    """Return a fault's first line without anything of the address that is secret."""
    said = (str(fault).splitlines() or [type(fault).__name__])[0][:300]
    password = urlsplit(address).password
    return said.replace(address, "the address").replace(password, "…") if password else said.replace(address, "the address")


_LOST = (2003, 2006, 2013, 2055)
"""Numbers by which MySQL says that the connection is gone."""
_IN_POSTGRESQL, _IN_MYSQL, _IN_SQLITE = Dialect('"', "md5(concat_ws('|', {}))"), Dialect("`", "md5(concat_ws('|', {}))"), Dialect('"', "hashed({})")
_OPENERS: dict[str, tuple[Any, str, str, Dialect]] = {
    "postgresql": (_postgresql, _POSTGRESQL, "PostgreSQL", _IN_POSTGRESQL),
    "postgres": (_postgresql, _POSTGRESQL, "PostgreSQL", _IN_POSTGRESQL),
    "mysql": (_mysql, _MYSQL, "MySQL", _IN_MYSQL),
    "mariadb": (_mysql, _MYSQL, "MySQL", _IN_MYSQL),
    "sqlite": (_sqlite, "", "SQLite", _IN_SQLITE),
}
