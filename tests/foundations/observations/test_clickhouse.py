"""ClickHouse: the tables of a server and of a cluster, as text, and the house on its engine."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
import pytest

from tests.foundations.observations.city import HOUR, NOON, batch, make
from zinneke.foundations.observations import clickhouse as engines
from zinneke.foundations.observations import lifecycle, register, store
from zinneke.foundations.observations.attributes import naming, verbs
from zinneke.foundations.observations.attributes.values import Compare, Span, Wanted
from zinneke.foundations.observations.clickhouse import ClickHouseStore
from zinneke.foundations.observations.clickhouse_tables import TABLES, dropping, statements
from zinneke.foundations.observations.engine import Rows
from zinneke.foundations.observations.values import Apply, Batch, Detail, Given, Node, Order, Parent, Period, Question
from zinneke.foundations.observations.values import Path as Steps
from zinneke.kernel.confidentiality import ANONYMOUS, SYSTEM
from zinneke.kernel.period import to_microseconds
from zinneke.kernel.problem import Problem

CLUSTER = """
CREATE TABLE IF NOT EXISTS observation_here ON CLUSTER 'city' (stream Int32, t Int64 CODEC(DoubleDelta, ZSTD(1)), value Float64 CODEC(ZSTD(1)),
 quality UInt8 CODEC(ZSTD(1)), heard UInt32 CODEC(Delta, ZSTD(1)), version UInt32 CODEC(ZSTD(1)))
 ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/observation', '{replica}', version)
 PARTITION BY toYYYYMM(fromUnixTimestamp64Micro(t, 'UTC')) ORDER BY (stream, t)
"""
SPREAD = "ENGINE = Distributed('city', currentDatabase(), 'observation_here', cityHash64(stream))"


def test_the_tables_of_a_cluster_are_replicated_and_spread_by_stream() -> None:
    made = statements("city")
    assert made[0] == CLUSTER.replace("\n", "").strip()
    assert made[1].startswith("CREATE TABLE IF NOT EXISTS observation ON CLUSTER 'city' (stream Int32")
    assert made[1].endswith(SPREAD)
    assert [statement.split()[5] for statement in made[:-1]] == [name + end for name in TABLES for end in ("_here", "")]
    assert "ReplicatedAggregatingMergeTree('/clickhouse/tables/{shard}/{database}/newest', '{replica}') ORDER BY stream" in made[-3]
    assert made[-1].startswith("CREATE MATERIALIZED VIEW IF NOT EXISTS newest_view ON CLUSTER 'city' TO newest_here AS SELECT stream, min(t)")
    assert all(statement.endswith("fsync_part_directory = 1") for statement in statements()[:-1])


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[ClickHouseStore]:
    _need()
    opened = ClickHouseStore(f"chdb://{tmp_path}/clickhouse")
    yield opened
    opened.close()


def _need() -> None:
    if not os.environ.get("CI"):
        pytest.importorskip("chdb", reason="ClickHouse's engine is not here: tools/peers.sh says how to install it; on a build machine it must be")


DAY = 86_400_000_000


def _fill(engine: ClickHouseStore, *days: tuple[int, int]) -> None:
    streams, times = zip(*days, strict=True)
    moments = np.array(times, np.int64) * DAY
    engine.append(Rows(np.array(streams, np.int32), moments, moments / DAY, np.zeros(len(days), np.uint8)))


def _partitions(engine: ClickHouseStore) -> list[str]:
    sql = "SELECT DISTINCT partition FROM system.parts WHERE active AND rows > 0 AND table = 'observation' ORDER BY partition"
    return [partition for (partition,) in engine._rows_of(sql)]


class Heard:
    """ClickHouse's client, that keeps what is commanded, and does on this server what is meant for a cluster."""

    def __init__(self, client: Any) -> None:
        self.client, self.commands = client, list[str]()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.client, name)

    def command(self, text: str) -> Any:
        self.commands.append(text)
        return self.client.command(text.replace("_here ON CLUSTER 'city'", ""))


def test_months_that_hold_nothing_else_are_dropped_whole_when_they_are_no_longer_kept(engine: ClickHouseStore) -> None:
    _fill(engine, (1, 0), (3, 5), (1, 32), (2, 33), (1, 60), (1, 75), (1, 80))
    assert _partitions(engine) == ["197001", "197002", "197003"]
    engine._client = heard = Heard(engine._client)
    assert engine.drop_before(np.array([1, 3], np.int32), 75 * DAY, 900_000_000)[1].sum() == 4
    assert _partitions(engine) == ["197002", "197003"]
    assert [each for each in heard.commands if each.startswith("ALTER")] == ["ALTER TABLE observation DROP PARTITION 197001"]
    assert sum(each.startswith("DELETE FROM observation") for each in heard.commands) == 1
    assert engine.read_many(np.array([1, 2, 3], np.int32), 0, 100 * DAY, 10).times.tolist() == [75 * DAY, 80 * DAY, 33 * DAY]
    assert engine.bucket(1, 0, 100 * DAY, "month", "UTC", 10).count.tolist() == [1, 1, 3]
    assert engine.drop_before(np.array([2], np.int32), 59 * DAY)[1].sum() == 1
    assert _partitions(engine) == ["197003"]
    assert sum(each.startswith("DELETE FROM observation") for each in heard.commands) == 1, "nothing was left to delete row by row"
    assert engine.summarise().rows.tolist() == [2]


def test_a_month_is_dropped_from_every_node_of_a_cluster(engine: ClickHouseStore) -> None:
    assert dropping(202501, "city") == "ALTER TABLE observation_here ON CLUSTER 'city' DROP PARTITION 202501"
    _fill(engine, (1, 0), (1, 40), (2, 41), (1, 80))
    engine._client = heard = Heard(engine._client)
    engine.cluster = "city"
    assert engine.drop_before(np.array([1], np.int32), 75 * DAY)[1].sum() == 2
    changed = [each for each in heard.commands if each.startswith(("ALTER", "DELETE"))]
    assert all("_here ON CLUSTER 'city' " in each and "asked_" not in each for each in changed), "a table of ours is on one node only"
    assert changed[0] == dropping(197001, "city")
    assert [each.split()[2] for each in changed[1:]] == ["observation_here", "newest_here"]
    assert engine.remove(np.array([1], np.int32), np.array([80 * DAY], np.int64)) == 1
    assert not any("asked_" in each for each in heard.commands)
    assert engine.summarise().streams.tolist() == [2]


class Told:
    """Stands for the client: keeps what is commanded, and knows of one row of everything."""

    def __init__(self) -> None:
        self.commands, self.result_rows = list[str](), [[1]]

    def command(self, text: str) -> None:
        self.commands.append(text)

    def query(self, text: str, parameters: Any) -> Any:
        return self

    def query_arrow(self, text: str, parameters: Any) -> Any:
        return pa.table({"stream": np.array([1], np.int32), "n": np.array([1])})

    def insert_arrow(self, table: str, rows: Any) -> None:
        assert len(rows)


@pytest.mark.parametrize("what", ["drop", "drop_before", "remove"])
def test_what_is_deleted_of_replicated_tables_is_named_and_not_asked(what: str) -> None:
    """Of replicated tables the engine refuses a deletion with a question in its condition, and Keeper a command of a megabyte."""
    store, streams = ClickHouseStore.__new__(ClickHouseStore), np.arange(1, 12_001, dtype=np.int32)
    store.cluster, store._client = "city", (told := Told())
    more = {"drop": (), "drop_before": (75 * DAY,), "remove": (np.full(len(streams), DAY),)}[what]
    answer = getattr(store, what)(streams, *more)
    assert (answer[1].tolist() == [1]) if what == "drop_before" else (answer == 3), "one row each time"
    deleted = [each for each in told.commands if each.startswith("DELETE")]
    assert deleted and all("_here ON CLUSTER 'city' " in each and "SELECT" not in each and len(each) < 200_000 for each in deleted)
    named = [
        int(each)
        for command in deleted
        if command.startswith("DELETE FROM newest")
        for each in re.findall(r"\d+", command.split("IN (")[1].split(")")[0])
    ]
    assert named == streams.tolist()


@pytest.fixture
def clickhouse(tmp_path: Path, settings: Any) -> Iterator[None]:
    _need()
    settings.CLICKHOUSE_URL = f"chdb://{tmp_path}/clickhouse"
    yield
    lifecycle.stop()


@pytest.mark.django_db
def test_the_house_runs_on_it(clickhouse: None) -> None:
    one, other = make("a", "b")
    receipt = store.ingest(SYSTEM, batch((one.id, NOON, 10), (one.id, NOON + HOUR, 20), (other.id, NOON, 30), (one.id, NOON, 11)))
    assert (receipt.stored, receipt.refusals) == (3, 1)
    store.correct(SYSTEM, one.id, NOON, 12, "calibrated")
    lifecycle.stop()
    assert [line.value for line in store.latest(ANONYMOUS)] == [20, 30]
    history = store.history(ANONYMOUS, one.id, NOON, NOON + 3 * HOUR)
    assert [(point.value, point.quality) for point in history.points] == [(12, 3), (20, 0)]
    hot = Apply("gt", (Steps(("Datastreams", "Observations", "result")), Given("number", 25)))
    assert len(store.ask(ANONYMOUS, Question(set="Things", where=hot)).entities) == 1
    observed = store.ask(ANONYMOUS, Question(set="Observations", order=(Order(Steps(("result",)), True),)))
    assert [entity.values["result"] for entity in observed.entities] == [30, 20, 12]
    store.remove_entity(SYSTEM, "Observations", observed.entities[0].id)
    assert [line.value for line in store.latest(ANONYMOUS)] == [20]


BEGIN = to_microseconds(NOON)
MINUTE = 60_000_000
MOMENT, NEWEST, OLDEST = Steps(("phenomenonTime",)), *((Order(Steps(("phenomenonTime",)), down),) for down in (True, False))


def _at(name: str, minute: int) -> Node:
    return Apply(name, (MOMENT, Given("time", BEGIN + minute * MINUTE)))


def _within(start: int, end: int) -> Node:
    return Apply("during", (MOMENT, Given("period", Period(BEGIN + start * MINUTE, BEGIN + end * MINUTE))))


def _of(stream: int) -> Node:
    return Apply("eq", (Given("number", stream), Steps(("Datastream", "id"))))


def _questions(one: int, other: int) -> list[Question]:
    """Return what is asked of a store with more observations than can be brought: newest values, and what is bounded by streams and time."""
    here, there = (Parent("Datastreams", number, "Observations") for number in (one, other))
    hot = Apply("gt", (Steps(("result",)), Given("number", 50)))
    inner = Question(set="Observations", order=NEWEST, top=3)
    return [
        Question(set="Datastreams", count=True),
        Question(set="FeaturesOfInterest"),
        Question(set="Things", expand=(("Datastreams", Question(set="Datastreams", expand=(("Observations", inner),))),)),
        *(Question(set="Observations", parent=each, order=order, top=7, count=True) for each in (here, there) for order in ((), OLDEST, NEWEST)),
        *(Question(set="Observations", top=top, order=order, count=not order) for order in ((), OLDEST, NEWEST) for top in (2, 7)),
        Question(set="Observations", top=7, skip=40),
        Question(set="Observations", ids=(f"{one}.{BEGIN + 3 * MINUTE}", f"{other}.{BEGIN}", f"{other}.1")),
        Question(set="Observations", parent=here, where=Apply("and", (_at("ge", 20), _at("lt", 40))), order=NEWEST, top=5, count=True),
        Question(set="Observations", parent=there, where=_within(20, 30), top=5),
        Question(set="Observations", where=Apply("and", (_of(other), Apply("and", (_at("gt", 30), _at("le", 50))))), order=OLDEST, top=4),
        Question(set="Observations", where=Apply("and", (hot, Apply("and", (_at("ge", 45), _at("before", 60))))), order=NEWEST, top=4),
        Question(set="Observations", where=Apply("and", (_of(one), _at("eq", 12)))),
        *(Question(set="Observations", parent=here, where=_at(name, 150), order=NEWEST, top=2) for name in ("ge", "after", "starts")),
    ]


def _pages(question: Question) -> list[Any]:
    """Return the pages of an answer, one after the other, but no more than three."""
    found: list[Any] = []
    for _ in range(3):
        answered = store.ask(ANONYMOUS, question)
        found.append((msgspec.json.encode(answered.entities), answered.count))
        if not answered.next:
            break
        question = msgspec.structs.replace(question, after=answered.next, skip=0)
    return found


def _linked() -> list[Any]:
    """Return how entities stand and how they evolved."""
    (name,) = {name for thing in register.current().things.values() for name, _ in naming.attributes(register.current(), thing.key)}
    hot = Wanted(where=(Compare(name, (), (), ">", (10.0,)),), count=True)
    found: list[Any] = [verbs.find_linked(ANONYMOUS, hot), verbs.find_linked(ANONYMOUS, Wanted(having=(name,)))]
    for span in (
        Span(start=BEGIN, end=BEGIN + 30 * MINUTE),
        Span(start=BEGIN, end=BEGIN + 10**9 * MINUTE, last=3),
        Span(start=BEGIN + 90 * MINUTE, end=BEGIN + 120 * MINUTE, methods=("avg", "max", "distinctCount"), period="PT10M"),
        Span(start=BEGIN, end=BEGIN + 10**9 * MINUTE, limit=4),
    ):
        found.append(verbs.evolve(ANONYMOUS, Wanted(having=(name,)), span))
    return [repr(each) for each in found]


def _load(one: int, other: int, *more: int) -> None:
    minutes = np.arange(160)
    times = BEGIN + np.tile(minutes, 2) * MINUTE
    told = {int(at): Detail(until=int(times[at]) + 90_000_000, result_time=int(times[at]) + 1) for at in range(160, 320, 3)}
    store.ingest(SYSTEM, Batch(np.repeat([one, other], 160).astype(np.int32), times, np.tile(minutes % 100, 2).astype(float), details=told))
    last = [(number, NOON + at * HOUR / 30, float(at)) for at, number in enumerate(more)]
    store.ingest(SYSTEM, batch(*last, *((number, NOON - HOUR - at, 1.0) for number, at, _ in ((n, t - NOON, v) for n, t, v in last))))


@pytest.mark.django_db
def test_a_large_store_answers_what_is_bounded_as_a_small_one_does(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    _need()
    lifecycle.stop()
    settings.DATA = tmp_path
    one, other, *more = make(*"abcdefghijkl")
    answers = []
    for url in ("", f"chdb://{tmp_path}/clickhouse"):
        settings.CLICKHOUSE_URL = url
        _load(one.id, other.id, *(stream.id for stream in more))
        monkeypatch.setattr(engines, "MOST_JOINED", 100)
        answers.append([*map(_pages, _questions(one.id, other.id)), _linked()])
        lifecycle.stop()
    for question, small, large in zip([*_questions(one.id, other.id), None], *answers, strict=True):
        assert large == small, question
    assert [pages[0][0] for pages in answers[0][:-1]].count(b"[]") == 1, "there is no feature of interest; of all else there is something"
    assert all("entities=[Linked(" in each for each in answers[0][-1])
    hot = Apply("gt", (Steps(("Datastreams", "Observations", "result")), Given("number", 25)))
    with pytest.raises(Problem, match="100 are read at the most"):
        store.ask(ANONYMOUS, Question(set="Things", where=hot))
    lifecycle.stop()
