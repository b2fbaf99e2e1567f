"""The observations' rows in one DuckDB file: each commit is a log record flushed to disk; one process owns the file."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from zinneke.foundations.observations.duck_mirror import Mirror, told_when_full
from zinneke.foundations.observations.engine import Bound, Buckets, Details, Earlier, Found, Rows, Summary
from zinneke.foundations.observations.entities import geometry
from zinneke.foundations.observations.values import Detail, Int32s, Int64s, Step
from zinneke.kernel.problem import Problem, wrong

SCHEMA = """
CREATE TABLE IF NOT EXISTS observation (stream INTEGER NOT NULL, t BIGINT NOT NULL, value DOUBLE NOT NULL, quality UTINYINT NOT NULL);
CREATE TABLE IF NOT EXISTS revision (
    stream INTEGER NOT NULL, t BIGINT NOT NULL, value DOUBLE NOT NULL, quality UTINYINT NOT NULL,
    until BIGINT NOT NULL, who VARCHAR NOT NULL, why VARCHAR NOT NULL
);
CREATE TABLE IF NOT EXISTS detail (
    stream INTEGER NOT NULL, t BIGINT NOT NULL, until BIGINT, result VARCHAR, result_time BIGINT, valid_start BIGINT, valid_end BIGINT,
    quality VARCHAR, parameters VARCHAR, feature INTEGER
);
ALTER TABLE revision ADD COLUMN IF NOT EXISTS detail VARCHAR;
ALTER TABLE observation ADD COLUMN IF NOT EXISTS heard UINTEGER DEFAULT 0;
CREATE TABLE IF NOT EXISTS rollup (
    stream INTEGER NOT NULL, b BIGINT NOT NULL, total DOUBLE NOT NULL, low DOUBLE NOT NULL, high DOUBLE NOT NULL, n BIGINT NOT NULL,
    flagged BIGINT NOT NULL
);
CREATE TABLE IF NOT EXISTS dropped (stream INTEGER NOT NULL, edge BIGINT NOT NULL);
CREATE VIEW IF NOT EXISTS told_results AS SELECT stream, result_time FROM detail;
CREATE VIEW IF NOT EXISTS told_about AS SELECT stream, feature FROM detail;
"""
THEN = """(
    SELECT o.stream, o.t, coalesce(r.value, o.value) AS value, coalesce(r.quality, o.quality) AS quality FROM observation o LEFT JOIN (
        SELECT stream, t, arg_min(value, until) AS value, arg_min(quality, until) AS quality FROM revision WHERE until > {moment} GROUP BY stream, t
    ) r ON r.stream = o.stream AND r.t = o.t WHERE o.heard <= {second}
)"""
"""The observations as they stood at a moment: what was heard later is left out, what was corrected later has the value that it had."""
TOLD = {
    "stream": pa.int32(), "t": pa.int64(), "until": pa.int64(), "result": pa.string(), "result_time": pa.int64(), "valid_start": pa.int64(),
    "valid_end": pa.int64(), "quality": pa.string(), "parameters": pa.string(), "feature": pa.int32(),
}  # fmt: skip
PATIENCE = 15.0
"""Seconds after which a question is given up."""
SUMMARY = """
WITH ends AS (SELECT stream, min(t) AS first, max(t) AS last, count(*) AS n FROM {source} {where} GROUP BY stream)
SELECT stream, first, last, o.value, o.quality, n FROM ends JOIN {source} o USING (stream) WHERE o.t = last
"""
"""The ends, then the values at the last of them: a third of what `arg_max` of two columns costs, and a key has one row."""
LOCAL = {"day": "day", "week": "week", "month": "month"}
FIGURES = "sum(value) AS total, min(value) AS low, max(value) AS high, count(*) AS n, count(*) FILTER (quality <> 0) AS flagged"
FIXED = {"minute": 60_000_000, "hour": 3_600_000_000}
COLUMNS = ("stream", "t", "value", "quality", "heard")
GRID = 900_000_000
"""A quarter of an hour in microseconds: every zone's days begin on it, so that rows are first grouped by it."""
DAY = 86_400_000_000


class DuckStore:
    """An `ObservationStore` in a DuckDB file (or `:memory:`), with the tables of entities in another, `mirror`, or in memory.

    Raises `Problem` 409 when another process owns the file, 507 when the disk is full.
    """

    at_once = 1_000_000

    def __init__(self, path: Path | str, memory: str = "192MB", threads: int = 2, mirror: Path | None = None) -> None:
        self.path = str(path)
        self._local = threading.local()
        if self.path != ":memory:":
            Path(path).parent.mkdir(parents=True, exist_ok=True)
        try:
            self._owner = duckdb.connect(self.path, config={"memory_limit": memory, "threads": threads})
        except duckdb.IOException as fault:
            if "lock" not in str(fault):
                raise
            sentence = f"Another process, the server, has the observations open ({self.path}). Stop it, or let it do this work."
            raise Problem(409, "The server has it", sentence) from fault
        self._writer = self._owner.cursor()
        self._writer.execute(SCHEMA)
        self._detailed = {int(stream) for (stream,) in self._writer.execute("SELECT DISTINCT stream FROM detail").fetchall()}
        self._mirror = Mirror(self._owner, mirror)
        geometry.install(self._owner)
        (self._heard,) = self._writer.execute("SELECT coalesce(max(heard), 0) FROM observation").fetchone()

    def _reader(self) -> duckdb.DuckDBPyConnection:
        cursor = getattr(self._local, "cursor", None)
        if cursor is None:
            cursor = self._local.cursor = self._owner.cursor()
        return cursor

    def append(self, rows: Rows, details: Details | None = None) -> None:
        """Store rows in one transaction, flushed to disk on return."""
        self._heard = max(self._heard, time.time_ns() // 10**9)  # in order of arrival whatever our clock does
        if not details:  # one statement is a transaction of its own
            with told_when_full():
                self._insert(rows)
            return
        with self._transaction():
            self._insert(rows)
            self._tell(details)

    def _insert(self, rows: Rows) -> None:
        columns = (*(np.ascontiguousarray(column) for column in rows), np.full(len(rows.streams), self._heard, np.uint32))
        batch: Any = dict(zip(COLUMNS, columns, strict=True))  # read as they are, at a third of what a table of Arrow costs the engine
        if np.isnan(rows.values).any():  # which would be read as NULL
            batch = pa.table(batch)
        self._writer.execute("INSERT INTO observation FROM batch")
        del batch

    def hold(self) -> Path | None:
        """Write all into the file and leave it as it is until `release`: what is stored meanwhile stands in the log beside it."""
        self._writer.execute("SET checkpoint_threshold = '1TB'")
        self._writer.execute("CHECKPOINT")
        return None if self.path == ":memory:" else Path(self.path)

    def release(self) -> None:
        """Let the file change again."""
        self._writer.execute("RESET checkpoint_threshold")

    def _tell(self, details: Details) -> None:
        if details:
            self._detailed |= {stream for stream, _ in details}
            columns = zip(*((*key, *detail) for key, detail in details.items()), strict=True)
            told = pa.table({name: pa.array(column, kind) for (name, kind), column in zip(TOLD.items(), columns, strict=True)})
            self._writer.execute("INSERT INTO detail SELECT * FROM told")
            del told

    def detailed(self, streams: Int32s) -> bool:
        """Say whether anything is, or once was, known of any of these streams beyond values."""
        return bool(self._detailed) and not self._detailed.isdisjoint(streams.tolist())

    def details(self, streams: Int32s, times: Int64s) -> Details:
        """Return what is known of these keys beyond their value."""
        asked = pa.table({"stream": streams, "t": times})
        found = self._writer.execute("SELECT d.* FROM detail d JOIN asked ON d.stream = asked.stream AND d.t = asked.t").fetchall()
        del asked
        return {(row[0], row[1]): Detail(*row[2:]) for row in found}

    def remove(self, streams: Int32s, times: Int64s) -> int:
        """Delete these keys with their revisions and details; return how many there were."""
        gone = pa.table({"stream": streams, "t": times})
        with self._transaction() as write:
            for table in ("revision", "detail", "observation"):
                deleted = write.execute(f"DELETE FROM {table} o USING gone WHERE o.stream = gone.stream AND o.t = gone.t").fetchall()  # noqa: S608
        del gone
        return int(deleted[0][0])

    @contextmanager
    def _transaction(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Do all of the block or nothing. Raises `Problem` 507 when the disk is full: reading goes on, and writing when there is space."""
        write = self._writer
        with told_when_full():
            write.execute("BEGIN")
            try:
                yield write
                write.execute("COMMIT")
            except BaseException:
                with suppress(duckdb.Error):
                    write.execute("ROLLBACK")
                raise

    def find(self, streams: Int32s, times: Int64s) -> Found:
        """Look keys up by a join bounded by their span of time."""
        asked = pa.table({"position": np.arange(len(streams), dtype=np.int64), "stream": streams, "t": times})
        found = self._writer.execute(
            "SELECT asked.position, o.value FROM observation o JOIN asked ON o.stream = asked.stream AND o.t = asked.t "
            "WHERE o.t BETWEEN ? AND ? AND o.stream BETWEEN ? AND ?",
            [int(times.min()), int(times.max()), int(streams.min()), int(streams.max())],
        ).fetchnumpy()
        del asked
        return Found(found["position"], found["value"])

    def revise(self, stream: int, time: int, value: float, quality: int, earlier: Earlier, detail: Detail | None = None) -> None:
        """Update one row and keep what it was, in one transaction."""
        kept = [stream, time, earlier.value, earlier.quality, earlier.until, earlier.who, earlier.why, earlier.detail]
        with self._transaction() as write:
            write.execute("INSERT INTO revision VALUES (?, ?, ?, ?, ?, ?, ?, ?)", kept)
            if detail is not None:
                write.execute("DELETE FROM detail WHERE stream = ? AND t = ?", [stream, time])
                self._tell({(stream, time): detail} if any(value is not None for value in detail) else {})
            write.execute("UPDATE observation SET value = ?, quality = ? WHERE stream = ? AND t = ?", [value, quality, stream, time])

    def revisions(self, stream: int, time: int) -> list[Earlier]:
        """Return what a key was before, oldest first."""
        rows = self._reader().execute(
            "SELECT value, quality, until, who, why, detail FROM revision WHERE stream = ? AND t = ? ORDER BY until", [stream, time]
        )
        return [Earlier(*row) for row in rows.fetchall()]

    def summarise(self, streams: Int32s | None = None, as_of: int | None = None) -> Summary:
        """Return one line for each stream, or for each of these, that has rows."""
        where, values = ("", []) if streams is None else ("WHERE stream IN (SELECT unnest(?::INTEGER[]))", [_listed(streams)])
        found = self._reader().execute(SUMMARY.format(source=_observed(as_of), where=where), values).fetchnumpy()
        return Summary(found["stream"], found["first"], found["last"], found["value"], found["quality"], found["n"])

    def read(self, stream: int, start: int, end: int, limit: int, as_of: int | None = None) -> Rows:
        """Return one stream's rows in time order."""
        sql = f"SELECT stream, t, value, quality FROM {_observed(as_of)} WHERE stream = ? AND t >= ? AND t < ? ORDER BY t LIMIT ?"  # noqa: S608
        return self._rows(sql, [stream, start, end, limit])

    def read_many(self, streams: Int32s, start: int, end: int, limit: int, as_of: int | None = None) -> Rows:
        """Return several streams' rows by stream then time."""
        return self._rows(
            f"SELECT stream, t, value, quality FROM {_observed(as_of)} "  # noqa: S608  our own words
            "WHERE stream IN (SELECT unnest(?::INTEGER[])) AND t >= ? AND t < ? ORDER BY stream, t LIMIT ?",
            [_listed(streams), start, end, limit],
        )

    def _rows(self, sql: str, values: list[object]) -> Rows:
        found = self._reader().execute(sql, values).fetchnumpy()
        return Rows(found["stream"], found["t"], found["value"], found["quality"])

    def bucket(self, stream: int, start: int, end: int, step: Step, zone: str, limit: int, as_of: int | None = None) -> Buckets:
        """Return one stream's rows by steps of local time.

        Minutes and hours begin on those of UTC, which are those of every zone a whole number of hours away; days, weeks
        (from Monday) and months are the zone's own, of 23 and 25 hours too. Roll-ups have no minutes.
        """
        bucket, zones = ("b", []) if step in FIXED else (f"date_trunc('{LOCAL[step]}', make_timestamptz(b) AT TIME ZONE ?)", [zone])
        moment, back = ("b", []) if step in FIXED else ("epoch_us(b AT TIME ZONE ?)", [zone])
        size, asked = FIXED.get(step, GRID), [stream, start, end]
        dropped = "" if step == "minute" else (
            "UNION ALL SELECT b - b % ? AS b, total, low, high, n, flagged FROM rollup WHERE stream = ? AND b >= ? AND b < ? "
        )  # fmt: skip
        sql = (
            f"SELECT {moment} AS time, total, low, high, n, flagged FROM ("  # noqa: S608  our own words
            f"SELECT {bucket} AS b, sum(total) AS total, min(low) AS low, max(high) AS high, sum(n)::BIGINT AS n, sum(flagged)::BIGINT AS flagged "
            f"FROM (SELECT t - t % ? AS b, {FIGURES} FROM {_observed(as_of)} WHERE stream = ? AND t >= ? AND t < ? AND NOT isnan(value) GROUP BY 1 "
            f"{dropped}) GROUP BY 1 ORDER BY 1 LIMIT ?) ORDER BY 1"
        )
        found = self._reader().execute(sql, [*back, *zones, size, *asked, *([size, *asked] if dropped else []), limit]).fetchnumpy()
        mean = found["total"] / np.maximum(found["n"], 1)
        return Buckets(found["time"], mean, found["low"], found["high"], found["n"], found["total"], found["flagged"])

    @property
    def reflected(self) -> str | None:
        """Return the stamp of the records whose entities stand beside the rows."""
        return self._mirror.stamp

    def reflect(self, stamp: str, parts: Iterable[Mapping[str, pa.Table]]) -> None:
        """Replace the tables of entities by these parts of them, all at once. Raises `Problem` 507 when the disk is full: they stay as they are."""
        self._mirror.reflect(stamp, parts)

    def amend(self, stamp: str, tables: Mapping[str, pa.Table], gone: Sequence[str], touched: pa.Table) -> None:
        """Take rows out of the tables of entities by statements over `touched`, and put others in, all at once."""
        self._mirror.amend(stamp, tables, gone, touched)

    def find_about(self, feature: int) -> tuple[Int32s, Int64s]:
        """Return the keys of what was told to be about a feature."""
        found = self._reader().execute("SELECT stream, t FROM detail WHERE feature = ?", [feature]).fetchnumpy()
        return found["stream"], found["t"]

    def select(
        self, sql: str, values: Mapping[str, object], relations: Mapping[str, pa.Table], bound: Callable[[], Bound] = Bound
    ) -> list[tuple[Any, ...]]:
        """Run a statement of `entities`. Raises `Problem` 400 when its values do not fit, 503 when it takes too long."""
        cursor = self._reader()
        for name, relation in relations.items():
            cursor.register(name, relation)
        done = threading.Event()
        threading.Thread(target=_hurry, args=(cursor, done), daemon=True).start()
        try:
            with self._mirror.sound():
                return cursor.execute(sql, values).fetchall()
        except duckdb.InterruptException:
            told = f"This took more than {PATIENCE:g} seconds and was given up. Ask for a shorter period, or of fewer streams."
            raise Problem(503, "The question is too heavy", told) from None
        except (duckdb.ConversionException, duckdb.OutOfRangeException, duckdb.InvalidInputException) as fault:
            raise wrong(f"The values in it do not fit: {str(fault).splitlines()[0][:200]}") from None
        except duckdb.BinderException as fault:
            if "Cannot compare values" not in str(fault):
                raise
            raise wrong("A value in it is compared with one of another kind. Begin again without a $skiptoken of another question.") from None
        finally:
            done.set()
            for name in relations:  # which may be large, and would hide a table of that name from the next
                cursor.unregister(name)

    def drop_before(self, streams: Int32s, time: int, grain: int = 0) -> tuple[Int32s, Int64s]:
        """Delete these streams' rows and revisions older than `time`, and keep their roll-ups; return how many rows of which.

        Rows lie in groups in order of arrival; a group of which nothing is left is let go of as a whole.
        """
        where, values = "stream IN (SELECT unnest(?::INTEGER[])) AND t < ?", [_listed(streams), time]
        with self._transaction() as write:
            if grain:
                kept = f"SELECT stream, t - t % ? AS b, {FIGURES} FROM observation WHERE {where} AND NOT isnan(value) GROUP BY stream, b"  # noqa: S608
                write.execute(f"INSERT INTO rollup {kept}", [grain, *values])  # noqa: S608  our own words
            found = write.execute(f"SELECT stream, count(*) AS n FROM observation WHERE {where} GROUP BY stream", values).fetchnumpy()  # noqa: S608
            write.execute("DELETE FROM dropped WHERE stream IN (SELECT unnest(?::INTEGER[]))", values[:1])
            write.execute("INSERT INTO dropped SELECT unnest(?::INTEGER[]), ?", values)
            self._drop(("revision", "detail", "observation"), where, values)
        return found["stream"], found["n"]

    def begin(self, streams: Int32s, since: int) -> tuple[Int32s, Int64s]:
        """Look among the rows of a day, which are few, and for those that have none there among all."""
        soon = self._begin(streams, since, since + DAY)
        later = self._begin(np.setdiff1d(streams, soon[0]), since + DAY, 2**62)
        return np.r_[soon[0], later[0]], np.r_[soon[1], later[1]]

    def _begin(self, streams: Int32s, start: int, end: int) -> tuple[Int32s, Int64s]:
        sql = "SELECT stream, min(t) AS t FROM observation WHERE stream IN (SELECT unnest(?::INTEGER[])) AND t >= ? AND t < ? GROUP BY stream"
        found = self._reader().execute(sql, [_listed(streams), start, end]).fetchnumpy()
        return found["stream"], found["t"]

    def dropped(self) -> tuple[Int32s, Int64s]:
        """Return of which streams what is older than which moment was deleted."""
        found = self._reader().execute("SELECT stream, edge FROM dropped").fetchnumpy()
        return found["stream"], found["edge"]

    def drop(self, streams: Int32s) -> int:
        """Delete every row of these streams; return how many."""
        with self._transaction():
            return self._drop(("revision", "detail", "rollup", "observation"), "stream IN (SELECT unnest(?::INTEGER[]))", [_listed(streams)])

    def _drop(self, tables: tuple[str, ...], where: str, values: list[object]) -> int:
        for table in tables:
            gone = self._writer.execute(f"DELETE FROM {table} WHERE {where}", values).fetchall()  # noqa: S608  the conditions above
        return int(gone[0][0])

    def close(self) -> None:
        """Write the log into the file and let go of it."""
        self._writer.close()
        self._owner.close()
        self._local = threading.local()


def _hurry(cursor: duckdb.DuckDBPyConnection, done: threading.Event) -> None:
    """Interrupt a question that takes too long, again and again, since one that has not begun yet is not heard."""
    while not done.wait(PATIENCE):
        cursor.interrupt()


def _observed(as_of: int | None) -> str:
    """Return from where observations are read: as they stand, or as they stood at a moment."""
    return "observation" if as_of is None else THEN.format(moment=int(as_of), second=max(0, int(as_of) // 1_000_000))


def _listed(streams: Int32s) -> str:
    """Write streams as DuckDB reads a list: it looks for pandas at each element of a Python list, a tenth of a millisecond each."""
    return str(streams.tolist())
