"""ClickHouse: the tables of a server and of a cluster, as text, and the house on its engine."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.foundations.observations.city import HOUR, NOON, batch, make
from zinneke.foundations.observations import lifecycle, store
from zinneke.foundations.observations.clickhouse_tables import TABLES, statements
from zinneke.foundations.observations.values import Apply, Given, Order, Question
from zinneke.foundations.observations.values import Path as Steps
from zinneke.kernel.confidentiality import ANONYMOUS, SYSTEM

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
def clickhouse(tmp_path: Path, settings: Any) -> Iterator[None]:
    if not os.environ.get("CI"):
        pytest.importorskip("chdb", reason="ClickHouse's engine is not here: tools/peers.sh says how to install it; on a build machine it must be")
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
