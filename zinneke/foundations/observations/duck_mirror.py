"""The tables of entities, in a DuckDB file beside that of the observations, or in memory; made again where they are not sound."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import duckdb
import pyarrow as pa

from zinneke.kernel.problem import Problem

UNMADE = "The tables that this question needs cannot be written. Free some space and ask again."
FULL = ("No space left", "File too large", "Could not write", "quota")
"""What the operating system says, through DuckDB, when a file cannot grow."""


class Mirror:
    """The database `mirror` attached to a connection. `stamp` is that of the records that it holds, None while it holds none."""

    def __init__(self, owner: duckdb.DuckDBPyConnection, path: Path | None) -> None:
        self._owner, self._renewed = owner, False
        self.stamp = self._attach(path)

    def _attach(self, path: Path | None) -> str | None:
        """Attach the tables of entities, and return the stamp of those that were left in the file; what cannot be read is made anew."""
        if path is not None:
            with suppress(duckdb.Error):
                self._owner.execute(f"ATTACH {_quoted(path)} AS mirror")
                ((stamp,),) = self._owner.execute("SELECT stamp FROM mirror.reflected").fetchall()
                return str(stamp)
            self._owner.execute("DETACH DATABASE IF EXISTS mirror")
            for old in path.parent.glob(f"{path.name}*"):
                old.unlink()
        self._owner.execute(f"ATTACH {_quoted(path or ':memory:')} AS mirror")
        return None

    def reflect(self, stamp: str, parts: Iterable[Mapping[str, pa.Table]]) -> None:
        """Replace the tables of entities by these parts of them, all at once. Raises `Problem` 507 when the disk is full: they stay as they are."""
        with self._reflecting(stamp) as write:
            for at, part in enumerate(parts):
                if at == 0:
                    for name, table in part.items():
                        write.register("given", table)
                        write.execute(f"CREATE OR REPLACE TABLE mirror.{name} AS SELECT * FROM given LIMIT 0")  # noqa: S608  our own names
                _put(write, part)

    def amend(self, stamp: str, tables: Mapping[str, pa.Table], gone: Sequence[str], touched: pa.Table) -> None:
        """Take rows out of the tables of entities by statements over `touched`, and put others in, all at once."""
        with self._reflecting(stamp) as write:
            write.register("touched", touched)
            for statement in gone:
                write.execute(statement)
            _put(write, tables)

    @contextmanager
    def _reflecting(self, stamp: str) -> Iterator[duckdb.DuckDBPyConnection]:
        with self.sound(), told_when_full(UNMADE), self._owner.cursor() as write:
            write.execute("BEGIN")
            try:
                yield write
                write.execute("CREATE OR REPLACE TABLE mirror.reflected AS SELECT ? AS stamp", [stamp])
                write.execute("COMMIT")
            except BaseException:
                with suppress(duckdb.Error):
                    write.execute("ROLLBACK")
                raise
        self.stamp = stamp

    @contextmanager
    def sound(self) -> Iterator[None]:
        """Let tables of entities of which a part cannot be read be made anew, once. Raises `Problem` 503 in the place of what the engine says."""
        try:
            yield
        except duckdb.IOException as fault:
            if self._renewed or "Corrupt" not in str(fault):
                raise
            self.stamp, self._renewed = None, True
            raise Problem(503, "Damaged", "What this question needs was damaged, and is made anew. Ask again.", {"Retry-After": "1"}) from fault


def _put(write: duckdb.DuckDBPyConnection, tables: Mapping[str, pa.Table]) -> None:
    for name, table in tables.items():
        if len(table):
            write.register("given", table)
            write.execute(f"INSERT INTO mirror.{name} SELECT * FROM given")  # noqa: S608  our own names


@contextmanager
def told_when_full(told: str = "Nothing of this was stored. Free some space and send it again.") -> Iterator[None]:
    """Raise `Problem` 507 in the place of what the engine says when the disk is full."""
    try:
        yield
    except duckdb.Error as fault:
        if any(words in str(fault) for words in FULL):
            raise Problem(507, "The disk is full", told) from fault
        raise


def _quoted(path: Path | str) -> str:
    return "'" + str(path).replace("'", "''") + "'"
