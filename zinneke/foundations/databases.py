"""Live databases of others, opened to be read: PostgreSQL, MySQL and MariaDB, SQLite; read-only, in a bounded time, in pieces.

An address may hold a password: no fault tells it, and who shows an address shows `shown` of it. One that somebody typed into a page is
opened only where the city allows it (`check_address`); the operator at the command line opens what they like.
"""

from __future__ import annotations

import hashlib
import os
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from zinneke.kernel.problem import Problem, wrong

PATIENCE = 30
"""Seconds that one question to a database may take."""
AT_ONCE = 500
"""Rows that a server sends together."""
Rows = Iterator[tuple[Any, ...]]
Ask = Callable[[str], Rows]


class Broken(OSError):
    """A database that refused, broke off or took too long; its words do not hold the address."""


class Refused(Broken):
    """A question that the database did not answer; the next one may be asked."""


class Dialect(NamedTuple):
    """How an engine quotes a name, and how it hashes the text of a key made of some columns (`{}`)."""

    quote: str
    hashed: str

    def quoted(self, name: str) -> str:
        """Return a name as the engine spells it, whatever it holds."""
        return self.quote + name.replace(self.quote, self.quote * 2) + self.quote


class Engine(NamedTuple):
    """How a kind of database is opened, asked for its tables and called."""

    opener: Callable[[str], AbstractContextManager[Ask]]
    question: str
    name: str
    dialect: Dialect


class Field(NamedTuple):
    """A column: its name, type and description, whether it belongs to the key, and the table that it leads to."""

    name: str
    type: str
    about: str = ""
    key: bool = False
    target: str = ""


@dataclass(slots=True)
class Relation:
    """A table or a view: its name, how SQL spells it, its columns, about how many rows it has; `view` repeats other tables."""

    name: str
    spelled: str = ""
    about: str = ""
    rows: int | None = None
    view: bool = False
    fields: list[Field] = field(default_factory=list)


_POSTGRESQL = """SELECT n.nspname || '.' || c.relname, a.attname, format_type(a.atttypid, a.atttypmod),
       coalesce(col_description(c.oid, a.attnum), ''),
       EXISTS (SELECT 1 FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary AND a.attnum = ANY (i.indkey)),
       coalesce((SELECT f.confrelid::regclass::text FROM pg_constraint f WHERE f.conrelid = c.oid AND f.contype = 'f' AND a.attnum = ANY (f.conkey)
                 LIMIT 1), ''), c.reltuples::bigint, coalesce(obj_description(c.oid, 'pg_class'), ''),
       format('%I.%I', n.nspname, c.relname), c.relkind NOT IN ('r', 'p')
       FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
       WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND a.attnum > 0 AND NOT a.attisdropped
       AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg_toast%' ORDER BY 1, a.attnum"""
_MYSQL = """SELECT c.table_name, c.column_name, c.column_type, c.column_comment, c.column_key = 'PRI', coalesce(k.referenced_table_name, ''),
       coalesce(t.table_rows, -1), coalesce(t.table_comment, ''),
       CONCAT('`', REPLACE(c.table_name, '`', '``'), '`'), t.table_type <> 'BASE TABLE'
       FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
       LEFT JOIN information_schema.key_column_usage k ON k.table_schema = c.table_schema AND k.table_name = c.table_name
            AND k.column_name = c.column_name AND k.referenced_table_name IS NOT NULL
       WHERE c.table_schema = database() ORDER BY c.table_name, c.ordinal_position"""


def engine_of(address: str) -> Engine:
    """Return the engine that an address names. Raises `Problem` 400 for any other."""
    found = ENGINES.get(address.partition(":")[0].lower())
    if found is None:
        raise wrong("A database's address begins with postgresql://, mysql:// or sqlite:.", where="address")
    return found


def is_database(address: str) -> bool:
    """Say whether an address is that of a database."""
    return address.partition(":")[0].lower() in ENGINES


def read_relations(ask: Ask, engine: Engine) -> Iterator[Relation]:
    """Yield the tables and views of an open database as they are met; the columns of each are there once the next one is.

    One that breaks off (`Broken`) gave what came before.
    """
    relation = Relation("")
    for table, name, kind, said, key, target, count, about, spelled, view in ask(engine.question):
        if table != relation.name:
            relation = Relation(table, spelled, str(about or ""), None if count is None or count < 0 else int(count), bool(view))
            yield relation
        relation.fields.append(Field(name, str(kind), str(said or ""), bool(key), str(target or "")))


def shown(address: str) -> str:
    """Return an address as people may read it: the engine and the name of the database, without host, user and password."""
    name = engine_of(address).name
    path = address.partition(":")[2] if name == "SQLite" else unquote(urlsplit(address).path)
    return f"{name} {path.rstrip('/').rpartition('/')[2]}".strip()


def check_address(address: str) -> str:
    """Return an address that somebody typed in the form in which it is opened. Raises `Problem` 400 for one that the city does not allow.

    Allowed are the hosts (`db.example`, `db.example:5433`) and the folders of files that `ZINNEKE_DATABASES` lists. Of the parameters of
    an address only `sslmode` is taken, since others name files of this machine or another host.
    """
    engine = engine_of(address)
    allowed = [each.strip() for each in os.environ.get("ZINNEKE_DATABASES", "").split(",") if each.strip()]
    if engine.name == "SQLite":
        path = _path(address)
        if not any(each.startswith("/") and path.is_relative_to(Path(each).resolve()) for each in allowed):
            raise wrong("That folder is not one from which databases are read here. Ask whoever runs the platform to allow it.", where="address")
        return f"sqlite:{path}"
    try:
        parts = urlsplit(address)
        host, port = (parts.hostname or "").lower(), parts.port or PORTS[engine.name]
        options = dict(parse_qsl(parts.query, strict_parsing=True)) if parts.query else {}
    except ValueError:
        raise wrong("This is not the address of a database.", where="address") from None
    if not host or f"{host}:{port}" not in {_with_port(each.lower(), PORTS[engine.name]) for each in allowed}:
        raise wrong("That host is not one whose databases are read here. Ask whoever runs the platform to allow it.", where="address")
    mode = options.pop("sslmode", "")
    if options.get("passfile") == NO_FILE:  # our own, at the second reading
        del options["passfile"]
    if options or mode not in ("", *_MODES) or not parts.username or not parts.path.strip("/"):
        raise wrong("Give the host, the name of the database and a user who may read it, and nothing else.", where="address")
    who = f"{quote(unquote(parts.username), safe='')}:{quote(unquote(parts.password or ''), safe='')}"
    clean = f"{parts.scheme}://{who}@{host}:{port}/{quote(unquote(parts.path.strip('/')), safe='')}"
    if engine.name == "PostgreSQL":
        clean += f"?passfile={NO_FILE}{f'&sslmode={mode}' if mode else ''}"
    return clean


def _with_port(host: str, usual: int) -> str:
    return host if host.rpartition(":")[2].isdigit() else f"{host}:{usual}"


@contextmanager
def opened(address: str) -> Iterator[tuple[Ask, Engine]]:
    """Open a database for reading while the block runs. Raises `Broken` for one that does not answer, `Problem` 400 for no address of one."""
    engine = engine_of(address)
    with engine.opener(address) as ask:
        yield ask, engine


@contextmanager
def _postgresql(address: str) -> Iterator[Ask]:
    import psycopg

    try:
        with closing(psycopg.connect(address, connect_timeout=10, options=f"-c statement_timeout={PATIENCE * 1000}")) as connection:
            connection.read_only = True

            def ask(question: str) -> Rows:
                try:
                    with connection.cursor(name="zinneke") as cursor:
                        cursor.itersize = AT_ONCE
                        cursor.execute(question)
                        yield from cursor
                except psycopg.Error as fault:
                    if connection.broken or connection.closed:
                        raise Broken(bare(fault, address)) from None
                    connection.rollback()
                    raise Refused(type(fault).__name__) from None

            yield ask
    except psycopg.Error as fault:
        raise Broken(bare(fault, address)) from None


@contextmanager
def _mysql(address: str) -> Iterator[Ask]:
    try:
        import pymysql
        from pymysql.cursors import SSCursor
    except ImportError:
        raise Problem(501, "Not installed", "MySQL and MariaDB need one more package: pip install pymysql.") from None
    parts = urlsplit(address)
    try:
        connection = pymysql.connect(
            host=parts.hostname or "127.0.0.1", port=parts.port or 3306, user=unquote(parts.username or ""),
            password=unquote(parts.password or ""), database=unquote(parts.path.lstrip("/")), local_infile=False,
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
                        raise Broken(bare(fault, address)) from None
                    raise Refused(type(fault).__name__) from None

            yield ask
    except (pymysql.Error, OSError) as fault:
        raise fault if isinstance(fault, Broken) else Broken(bare(fault, address)) from None


def _path(address: str) -> Path:
    return Path(address.partition(":")[2].removeprefix("//")).resolve()


@contextmanager
def _sqlite(address: str) -> Iterator[Ask]:
    path = _path(address)
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
        for _, column, kind, _, _, key in connection.execute("SELECT * FROM pragma_table_info(?)", (name,)):
            yield name, column, kind, "", bool(key), targets.get(column, ""), None, "", _IN_SQLITE.quoted(name), sort == "view"


def _hashed(*values: Any) -> str:
    """Return what md5 of the same values is in the other engines."""
    return hashlib.md5("|".join(map(str, values)).encode(), usedforsecurity=False).hexdigest()


def bare(fault: BaseException, address: str) -> str:
    """Return a fault's first line without anything of the address that is secret."""
    said = (str(fault).splitlines() or [type(fault).__name__])[0][:300].replace(address, "the address")
    parts = urlsplit(address)
    for secret in sorted({each for part in (parts.password, parts.username) if part for each in (part, unquote(part))}, key=len, reverse=True):
        said = said.replace(secret, "…")
    return _WHERE.sub("", said)


_WHERE = re.compile(r"(?:connection to )?server at [^:]*: |\(?'?[\w.-]+'? \(\[Errno|(?<= on )'[^']*'")
"""Where drivers say that a server stands: whoever reads a fault need not know."""
NO_FILE = "/dev/null"
PORTS = {"PostgreSQL": 5432, "MySQL": 3306}
_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
_LOST = (2003, 2006, 2013, 2055)
"""Numbers by which MySQL says that the connection is gone."""
_IN_POSTGRESQL, _IN_MYSQL, _IN_SQLITE = Dialect('"', "md5(concat_ws('|', {}))"), Dialect("`", "md5(concat_ws('|', {}))"), Dialect('"', "hashed({})")
ENGINES: dict[str, Engine] = {
    "postgresql": Engine(_postgresql, _POSTGRESQL, "PostgreSQL", _IN_POSTGRESQL),
    "postgres": Engine(_postgresql, _POSTGRESQL, "PostgreSQL", _IN_POSTGRESQL),
    "mysql": Engine(_mysql, _MYSQL, "MySQL", _IN_MYSQL),
    "mariadb": Engine(_mysql, _MYSQL, "MySQL", _IN_MYSQL),
    "sqlite": Engine(_sqlite, "", "SQLite", _IN_SQLITE),
}
