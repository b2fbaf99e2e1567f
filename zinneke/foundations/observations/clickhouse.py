"""The observations' rows in ClickHouse, on one server or a cluster, or in its engine inside this process (`chdb:///folder`)."""

from __future__ import annotations

import re
import time as clock
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import numpy as np
import pyarrow as pa

from zinneke.foundations.observations import clickhouse_tables as tables
from zinneke.foundations.observations.duck import FIXED, GRID, TOLD, DuckStore
from zinneke.foundations.observations.engine import FIRST, LAST, Bound, Buckets, Details, Earlier, Found, Rows, Summary
from zinneke.foundations.observations.values import Detail, Int32s, Int64s, Step
from zinneke.kernel.problem import Problem, wrong

FIGURES = "sum(value) AS total, min(value) AS low, max(value) AS high, toInt64(count()) AS n, toInt64(countIf(quality != 0)) AS flagged"
MOST_JOINED = 2_000_000
"""Observations that a question over entities and observations together brings at the most."""
TOLD_OF = {
    "told_results": "SELECT stream, arrayJoin([min(result_time), max(result_time)]) AS result_time FROM detail FINAL GROUP BY stream",
    "told_about": "SELECT DISTINCT stream, feature FROM detail FINAL WHERE feature IS NOT NULL",
}
"""What is asked about what was told of all observations, as few rows."""
AT_ONCE = 5_000
"""Keys that one deletion names, and streams that one in a cluster does."""
FEW = 1_000
"""Streams that are named one by one."""
LONGEST = 64 * 1024 * 1024
"""Bytes of a question: a million streams are named in eight million."""
NOW = "observation FINAL"
THEN = """(
    SELECT o.stream AS stream, o.t AS t, if(r.n > 0, r.value, o.value) AS value, if(r.n > 0, r.quality, o.quality) AS quality
    FROM (SELECT * FROM observation FINAL WHERE {where} AND heard <= {second}) AS o LEFT JOIN (
        SELECT stream, t, argMin(value, until) AS value, argMin(quality, until) AS quality, count() AS n
        FROM revision WHERE until > {moment} AND {where} GROUP BY stream, t
    ) AS r ON o.stream = r.stream AND o.t = r.t
)"""
_LOCAL = {
    "day": "toStartOfDay(fromUnixTimestamp64Micro(g, {zone:String}))",
    "week": "toDateTime(toStartOfWeek(fromUnixTimestamp64Micro(g, {zone:String}), 1), {zone:String})",
    "month": "toDateTime(toStartOfMonth(fromUnixTimestamp64Micro(g, {zone:String})), {zone:String})",
}


class ClickHouseStore:
    """An `ObservationStore` in ClickHouse. `url` is `http(s)://user:password@host:port/database` (`?cluster=name`), or `chdb:///folder`.

    What is written twice, since an answer was lost, counts once. Entities stand in DuckDB, in the file `mirror` or in memory; questions that
    need observations too bring those of the datastreams they are about. Raises `Problem` 503 when the server cannot be reached.
    """

    at_once = 1_000_000_000

    def __init__(self, url: str, mirror: Path | None = None) -> None:
        try:
            import clickhouse_connect
        except ImportError:
            raise Problem(500, "ClickHouse's client is not installed", "Install the extra `clickhouse` of this package.") from None
        parts = urlsplit(url)
        self.cluster = parse_qs(parts.query).get("cluster", [None])[0]
        settings: dict[str, Any] = {"max_partitions_per_insert_block": 0, "do_not_merge_across_partitions_select_final": 1}
        settings["max_query_size"] = LONGEST
        if self.cluster:
            settings |= {"insert_quorum": "auto", "distributed_foreground_insert": 1, "distributed_product_mode": "global", "alter_sync": 2}
        if parts.scheme == "chdb":
            settings = {name: str(value) for name, value in settings.items()}
        more = {} if parts.scheme == "chdb" else {"autogenerate_session_id": False}  # without a session several questions run at once
        try:
            self._client = clickhouse_connect.get_client(dsn=parts._replace(query="").geturl(), settings=settings, **more)
            for statement in tables.statements(self.cluster):
                self._client.command(statement)
        except clickhouse_connect.driver.exceptions.ClickHouseError as fault:
            raise Problem(503, "ClickHouse cannot be used", f"{parts.hostname or parts.path}: {str(fault)[:300]}") from None
        self._mirror = DuckStore(":memory:", mirror=mirror)
        self._detailed = {int(stream) for (stream,) in self._rows_of("SELECT DISTINCT stream FROM detail")}
        self._heard = int(self._rows_of("SELECT max(heard) FROM observation")[0][0])

    def _rows_of(self, sql: str, **values: Any) -> Sequence[Sequence[Any]]:
        return self._client.query(sql, parameters=values).result_rows

    def _columns(self, sql: str, **values: Any) -> dict[str, Any]:
        found = self._client.query_arrow(sql, parameters=values)
        return {name: found.column(name).to_numpy() for name in found.column_names}

    def _insert(self, table: str, columns: Mapping[str, Any]) -> None:
        self._client.insert_arrow(table, pa.table(dict(columns)))

    @contextmanager
    def _asked(self, streams: Int32s, times: Int64s) -> Iterator[str]:
        """Give a table of keys for a while, and return its name."""
        name = f"asked_{uuid4().hex}"
        self._client.command(f"CREATE TABLE {name} (position Int64, stream Int32, t Int64) ENGINE = Memory")
        try:
            self._insert(name, {"position": np.arange(len(streams), dtype=np.int64), "stream": streams, "t": times})
            yield name
        finally:
            self._client.command(f"DROP TABLE {name}")

    @contextmanager
    def _keyed(self, streams: Int32s, times: Int64s) -> Iterator[str]:
        """Give the condition that a row has one of these keys; few are named in it, many stand in a table for a while."""
        if len(streams) <= FEW:
            yield f"(stream, t) IN ({_pairs(streams, times)})" if len(streams) else "0"
            return
        with self._asked(streams, times) as asked:
            span = f"t BETWEEN {int(times.min())} AND {int(times.max())}"
            yield f"{span} AND (stream, t) GLOBAL IN (SELECT stream, t FROM {asked})"  # noqa: S608  our own name

    def append(self, rows: Rows, details: Details | None = None) -> None:
        """Store rows: what is told beside them first, so that whoever sees a row sees it whole."""
        self._heard = max(self._heard, clock.time_ns() // 10**9)
        self._tell(details or {})
        self._write(rows, self._heard, 0)

    def _write(self, rows: Rows, heard: int, version: int) -> None:
        same = {"heard": np.full(len(rows.streams), heard, np.uint32), "version": np.full(len(rows.streams), version, np.uint32)}
        self._insert("observation", {"stream": rows.streams, "t": rows.times, "value": rows.values, "quality": rows.qualities, **same})

    def _tell(self, details: Details) -> None:
        if details:
            self._detailed |= {stream for stream, _ in details}
            columns = zip(*((*key, *detail) for key, detail in details.items()), strict=True)
            told = {name: pa.array(column, kind) for (name, kind), column in zip(TOLD.items(), columns, strict=True)}
            self._insert("detail", {**told, "version": pa.array([clock.time_ns()] * len(details), pa.uint64())})

    def detailed(self, streams: Int32s) -> bool:
        """Say whether anything is, or once was, known of any of these streams beyond values."""
        return bool(self._detailed) and not self._detailed.isdisjoint(streams.tolist())

    def details(self, streams: Int32s, times: Int64s) -> Details:
        """Return what is known of these keys beyond their value."""
        names = ", ".join(name for name in TOLD)
        with self._keyed(streams, times) as where:
            found = self._rows_of(f"SELECT {names} FROM detail FINAL WHERE {where}")  # noqa: S608  our own words
        told = {(row[0], row[1]): Detail(*row[2:]) for row in found}
        return {key: detail for key, detail in told.items() if any(value is not None for value in detail)}

    def find(self, streams: Int32s, times: Int64s) -> Found:
        """Look keys up, bounded by their span of time."""
        with self._asked(streams, times) as asked:
            found = self._columns(
                f"SELECT a.position AS position, o.value AS value FROM {asked} AS a JOIN (SELECT stream, t, value FROM observation FINAL "  # noqa: S608
                f"WHERE t BETWEEN {{low:Int64}} AND {{high:Int64}} AND (stream, t) GLOBAL IN (SELECT stream, t FROM {asked})) AS o "
                "ON a.stream = o.stream AND a.t = o.t",
                low=int(times.min()),
                high=int(times.max()),
            )
        return Found(found["position"], found["value"])

    def revise(self, stream: int, time: int, value: float, quality: int, earlier: Earlier, detail: Detail | None = None) -> None:
        """Keep the earlier value, then write the new one as the next version of its row: a reader sees the one or the other."""
        kept = {"value": earlier.value, "quality": earlier.quality, "until": earlier.until, "who": earlier.who, "why": earlier.why}
        key = {"stream": pa.array([stream], pa.int32()), "t": pa.array([time], pa.int64())}
        before = self._rows_of("SELECT max(heard), max(version) FROM observation WHERE stream = {s:Int32} AND t = {t:Int64}", s=stream, t=time)[0]
        revision = {name: pa.array([one], pa.uint8() if name == "quality" else None) for name, one in kept.items()}
        self._insert("revision", {**key, **revision, "detail": pa.array([earlier.detail], pa.string())})
        if detail is not None:
            self._tell({(stream, time): detail})
        row = np.array([stream], np.int32), np.array([time], np.int64), np.array([value]), np.array([quality], np.uint8)
        self._write(Rows(*row), int(before[0]), int(before[1]) + 1)

    def revisions(self, stream: int, time: int) -> list[Earlier]:
        """Return what a key was before, oldest first."""
        asked = "SELECT value, quality, until, who, why, detail FROM revision FINAL WHERE stream = {s:Int32} AND t = {t:Int64} ORDER BY until"
        found = self._rows_of(asked, s=stream, t=time)
        return [Earlier(*row) for row in found]

    def remove(self, streams: Int32s, times: Int64s) -> int:
        """Delete these keys with their revisions and details; return how many there were."""
        gone = 0
        for at in range(0, len(streams), AT_ONCE):  # named one by one, since a table of ours would be on one node of a cluster only
            some = slice(at, at + AT_ONCE)
            where = f"(stream, t) IN ({_pairs(streams[some], times[some])})"
            gone += self._delete(("revision", "detail", "observation"), where, np.unique(streams[some]))
        return gone

    def _delete(self, kinds: Sequence[str], where: str, streams: Int32s) -> int:
        """Delete from tables, and make the newest values of the streams again out of what is left."""
        (count,) = self._rows_of(f"SELECT count() FROM {NOW} WHERE {where}")[0]  # noqa: S608  conditions of this module
        here, on = ("_here", f" ON CLUSTER '{self.cluster}'") if self.cluster else ("", "")
        among = self._named(streams)
        for kind in kinds:
            if self._rows_of(f"SELECT 1 FROM {kind} WHERE {where} LIMIT 1"):  # noqa: S608  a mutation is dear, also one of nothing
                self._client.command(f"DELETE FROM {kind}{here}{on} WHERE {where} SETTINGS lightweight_deletes_sync = 2")  # noqa: S608
        self._client.command(f"DELETE FROM newest{here}{on} WHERE {among} SETTINGS lightweight_deletes_sync = 2")  # noqa: S608
        self._client.command(f"INSERT INTO newest SELECT {tables.NEWEST} FROM observation WHERE {among} GROUP BY stream")  # noqa: S608
        return int(count)

    def _some(self, streams: Int32s) -> Iterator[Int32s]:
        """Give the streams of one deletion after the other: all at once, in a cluster as many as Keeper keeps in one command."""
        step = AT_ONCE if self.cluster else max(1, len(streams))
        yield from (streams[at : at + step] for at in range(0, len(streams), step))

    def _named(self, streams: Int32s) -> str:
        """Return the condition of a deletion; of replicated tables the engine takes none in which something is asked."""
        return _listed(streams) if self.cluster else _among(streams)

    def drop_before(self, streams: Int32s, time: int, grain: int = 0) -> tuple[Int32s, Int64s]:
        """Delete these streams' rows and revisions older than `time`, and keep their roll-ups; return how many rows of which.

        Months that hold nothing else are dropped whole; what is left of the others is deleted row by row.
        """
        among = _among(streams)
        where = f"{among} AND t < {int(time)}"
        if grain:
            kept = f"SELECT stream, intDiv(t, {int(grain)}) * {int(grain)} AS b, {FIGURES} FROM {NOW} WHERE {where} AND NOT isNaN(value)"  # noqa: S608
            self._client.command(f"INSERT INTO rollup {kept} GROUP BY stream, b")  # noqa: S608  our own words
        self._insert("dropped", {"stream": streams, "edge": np.full(len(streams), time, np.int64)})
        found = self._columns(f"SELECT stream, toInt64(count()) AS n FROM {NOW} WHERE {where} GROUP BY stream")  # noqa: S608  our own words
        for month in self._months_of(among, time):
            self._client.command(tables.dropping(month, self.cluster))
        for some in self._some(streams):
            self._delete(("revision", "detail", "observation"), f"{self._named(some)} AND t < {int(time)}", some)
        return found["stream"], found["n"]

    def begin(self, streams: Int32s, since: int) -> tuple[Int32s, Int64s]:
        """Look among the newest values, which know it."""
        found = self._columns(f"SELECT stream, min(first) AS t FROM newest WHERE {_among(streams)} GROUP BY stream")  # noqa: S608  our own words
        return found["stream"], found["t"]

    def _months_of(self, among: str, time: int) -> list[int]:
        """Return the months before a moment in which no other streams have rows. Nothing is written meanwhile, since one thread writes."""
        month = tables.MONTH
        sql = (
            f"SELECT {month.format('t')} AS month FROM observation WHERE {month.format('t')} < {month.format(f'toInt64({int(time)})')} "  # noqa: S608
            f"GROUP BY month HAVING max(t) < {int(time)} AND countIf(NOT {among}) = 0 ORDER BY month"
        )
        return [int(row[0]) for row in self._rows_of(sql)]

    def dropped(self) -> tuple[Int32s, Int64s]:
        """Return of which streams what is older than which moment was deleted."""
        found = self._columns("SELECT stream, edge FROM dropped FINAL")
        return found["stream"], found["edge"]

    def drop(self, streams: Int32s) -> int:
        """Delete every row of these streams; return how many."""
        return sum(self._delete(("revision", "detail", "rollup", "observation"), self._named(some), some) for some in self._some(streams))

    def summarise(self, streams: Int32s | None = None, as_of: int | None = None) -> Summary:
        """Return one line for each stream, or for each of these, that has rows: from the materialised view, or as of a moment from the rows."""
        where = "1" if streams is None else _among(streams)
        if as_of is None:
            columns = "min(first) AS first, max(last) AS last, argMaxMerge(value) AS value, argMaxMerge(quality) AS quality, sum(n) AS n"
            sql = f"SELECT stream, {columns} FROM newest WHERE {where} GROUP BY stream"  # noqa: S608  our own words
        else:
            columns = "min(t) AS first, max(t) AS last, argMax(o.value, t) AS value, argMax(o.quality, t) AS quality, toInt64(count()) AS n"
            sql = f"SELECT stream, {columns} FROM {_observed(as_of, where)} AS o GROUP BY stream"  # noqa: S608  our own words
        found = self._columns(sql)
        return Summary(found["stream"], found["first"], found["last"], found["value"], found["quality"], found["n"])

    def read(self, stream: int, start: int, end: int, limit: int, as_of: int | None = None) -> Rows:
        """Return one stream's rows in time order."""
        return self.read_many(np.array([stream], np.int32), start, end, limit, as_of)

    def read_many(self, streams: Int32s, start: int, end: int, limit: int, as_of: int | None = None) -> Rows:
        """Return several streams' rows by stream then time."""
        where = f"{_among(streams)} AND t >= {int(start)} AND t < {int(end)}"
        source = _observed(as_of, where) if as_of is not None else f"{NOW} WHERE {where}"
        found = self._columns(f"SELECT stream, t, value, quality FROM {source} ORDER BY stream, t LIMIT {int(limit)}")  # noqa: S608
        return Rows(found["stream"], found["t"], found["value"], found["quality"])

    def bucket(self, stream: int, start: int, end: int, step: Step, zone: str, limit: int, as_of: int | None = None) -> Buckets:
        """Return one stream's rows by steps of local time; of what was dropped, its roll-ups, which have no minutes."""
        size = FIXED.get(step, GRID)
        begin = "g" if step in FIXED else f"toInt64(toUnixTimestamp({_LOCAL[step]})) * 1000000"
        where = f"stream = {int(stream)} AND t >= {int(start)} AND t < {int(end)}"
        source = _observed(as_of, where) if as_of is not None else f"(SELECT * FROM {NOW} WHERE {where})"  # noqa: S608  our own words
        inner = f"SELECT intDiv(t, {size}) * {size} AS g, {FIGURES} FROM {source} AS o WHERE NOT isNaN(o.value) GROUP BY g"  # noqa: S608
        if step != "minute":
            inner += (
                f" UNION ALL SELECT intDiv(b, {size}) * {size} AS g, total, low, high, n, flagged FROM rollup FINAL "  # noqa: S608
                f"WHERE {where.replace('t ', 'b ')}"
            )
        found = self._columns(
            f"SELECT {begin} AS time, sum(i.total) AS total, min(i.low) AS low, max(i.high) AS high, sum(i.n) AS n, sum(i.flagged) AS flagged "  # noqa: S608
            f"FROM ({inner}) AS i GROUP BY time ORDER BY time LIMIT {int(limit)}",
            zone=zone,
        )
        mean = found["total"] / np.maximum(found["n"], 1)
        return Buckets(found["time"], mean, found["low"], found["high"], found["n"], found["total"], found["flagged"])

    @property
    def reflected(self) -> str | None:
        """Return the stamp of the records whose entities stand in memory."""
        return self._mirror.reflected

    def reflect(self, stamp: str, parts: Iterable[Mapping[str, Any]]) -> None:
        """Replace the tables of entities, all at once."""
        self._mirror.reflect(stamp, parts)

    def amend(self, stamp: str, given: Mapping[str, Any], gone: Sequence[str], touched: Any) -> None:
        """Take rows out of the tables of entities, and put others in, all at once."""
        self._mirror.amend(stamp, given, gone, touched)

    def find_about(self, feature: int) -> tuple[Int32s, Int64s]:
        """Return the keys of what was told to be about a feature."""
        found = self._columns("SELECT stream, t FROM detail FINAL WHERE feature = {feature:Int32}", feature=feature)
        return found["stream"], found["t"]

    def select(
        self, sql: str, values: Mapping[str, object], relations: Mapping[str, Any], bound: Callable[[], Bound] = Bound
    ) -> list[tuple[Any, ...]]:
        """Run a statement of `entities` in memory, over the observations in its bound. Raises `Problem` 400 where they are too many to bring."""
        named = set(re.findall(r"\b(observation|detail|told_results|told_about)\b", sql))
        brought = {name: self._client.query_arrow(TOLD_OF[name]) for name in named & TOLD_OF.keys()}
        if kept := named - TOLD_OF.keys():
            brought |= self._bring(kept, bound())
        return self._mirror.select(sql, values, {**relations, **brought})

    def _bring(self, names: set[str], bound: Bound) -> dict[str, pa.Table]:
        """Return the rows of these tables within a bound. Raises `Problem` 400 where they are too many."""
        found = {}
        if "observation" not in names and bound.streams is not None and bound.times is not None:
            known = np.isin(bound.streams, list(self._detailed))
            bound = bound._replace(streams=bound.streams[known], times=bound.times[known])
        with self._bounded(bound) as (where, tail):
            for name, columns in (("observation", "stream, t, value, quality"), ("detail", ", ".join(TOLD))):
                if name in names:
                    told = f"FROM {name} FINAL WHERE {where}{tail}"
                    if not _small(bound):
                        self._check(f"SELECT stream {told}" if tail else f"SELECT stream FROM {name} WHERE {where}")  # noqa: S608  our own words
                    found[name] = self._client.query_arrow(f"SELECT {columns} {told}")  # noqa: S608  our own words
        return found

    @contextmanager
    def _bounded(self, bound: Bound) -> Iterator[tuple[str, str]]:
        """Give a bound as a condition, and as what follows the conditions."""
        if bound.times is not None and bound.streams is not None:
            with self._keyed(bound.streams, bound.times) as where:
                yield where, ""
            return
        found = [] if bound.streams is None else [_among(bound.streams)]
        if bound.start != FIRST:
            found.append(f"t >= {int(bound.start)}")
        if bound.end != LAST:
            found.append(f"t < {int(bound.end)}")
        if bound.since is not None:
            stream, time = map(int, bound.since)
            found.append(f"(stream > {stream} OR (stream = {stream} AND t >= {time}))")
        tail = ""
        if bound.most is not None:
            single = bound.streams is not None and len(bound.streams) == 1
            tail = f" ORDER BY stream, t {'DESC' if bound.latest else 'ASC'} LIMIT {int(bound.most)}{'' if single else ' BY stream'}"
        yield " AND ".join(found) or "1", tail

    def _check(self, sql: str) -> None:
        (count,) = self._rows_of(f"SELECT count() FROM (SELECT 1 FROM ({sql}) LIMIT {MOST_JOINED + 1})")[0]  # noqa: S608  our own words
        if count > MOST_JOINED:
            told = f"Over observations and entities together {MOST_JOINED:,} are read at the most. Ask the history of one datastream."
            raise wrong(told)

    def hold(self) -> None:
        """The rows are ClickHouse's own to copy."""

    def release(self) -> None:
        """Nothing was held."""

    def close(self) -> None:
        """Let go of the connection."""
        self._mirror.close()
        self._client.close()


def _observed(as_of: int, where: str) -> str:
    return THEN.format(where=where, moment=int(as_of), second=max(0, int(as_of) // 1_000_000))


def _small(bound: Bound) -> bool:
    """Say whether a bound is so narrow that no more than can be brought are in it."""
    each = 1 if bound.times is not None else bound.most
    return bound.streams is not None and each is not None and len(bound.streams) * each <= MOST_JOINED


def _pairs(streams: Int32s, times: Int64s) -> str:
    return ", ".join(f"({stream}, {time})" for stream, time in zip(streams.tolist(), times.tolist(), strict=True))


def _among(streams: Int32s) -> str:
    """Return the condition that a row is of one of these streams; many are written as one text, which is read in a fortieth of the time."""
    if len(streams) > FEW:
        return f"stream IN (SELECT arrayJoin(CAST('{streams.tolist()}', 'Array(Int32)')))"  # noqa: S608  numbers
    return _listed(streams)


def _listed(streams: Int32s) -> str:
    return f"stream IN ({', '.join(map(str, streams.tolist()))})" if len(streams) else "0"
