"""The tables of observations in ClickHouse, as text: on one server, or replicated and spread over a cluster."""

from __future__ import annotations

MONTH = "toYYYYMM(fromUnixTimestamp64Micro({}, 'UTC'))"
"""The partition in which what was observed at a moment stands."""
TABLES: dict[str, tuple[str, str, str]] = {
    "observation": (
        "stream Int32, t Int64 CODEC(DoubleDelta, ZSTD(1)), value Float64 CODEC(ZSTD(1)), quality UInt8 CODEC(ZSTD(1)),"
        " heard UInt32 CODEC(Delta, ZSTD(1)), version UInt32 CODEC(ZSTD(1))",
        "ReplacingMergeTree(version)",
        f"PARTITION BY {MONTH.format('t')} ORDER BY (stream, t)",
    ),
    "revision": (
        "stream Int32, t Int64, value Float64, quality UInt8, until Int64, who String, why String, detail Nullable(String)",
        "ReplacingMergeTree()",
        "ORDER BY (stream, t, until)",
    ),
    "detail": (
        "stream Int32, t Int64, until Nullable(Int64), result Nullable(String), result_time Nullable(Int64), valid_start Nullable(Int64),"
        " valid_end Nullable(Int64), quality Nullable(String), parameters Nullable(String), feature Nullable(Int32), version UInt64",
        "ReplacingMergeTree(version)",
        "ORDER BY (stream, t)",
    ),
    "rollup": (
        "stream Int32, b Int64 CODEC(DoubleDelta, ZSTD(1)), total Float64, low Float64, high Float64, n Int64, flagged Int64",
        "ReplacingMergeTree()",
        "ORDER BY (stream, b)",
    ),
    "dropped": ("stream Int32, edge Int64", "ReplacingMergeTree(edge)", "ORDER BY stream"),
    "newest": (
        "stream Int32, first SimpleAggregateFunction(min, Int64), last SimpleAggregateFunction(max, Int64),"
        " value AggregateFunction(argMax, Float64, Tuple(Int64, UInt32)), quality AggregateFunction(argMax, UInt8, Tuple(Int64, UInt32)),"
        " n SimpleAggregateFunction(sum, Int64)",
        "AggregatingMergeTree()",
        "ORDER BY stream",
    ),
}
"""Each table: its columns, its engine on one server, and how it is ordered and parted. A row written twice counts once."""
NEWEST = (
    "stream, min(t) AS first, max(t) AS last, argMaxState(value, (t, version)) AS value, argMaxState(quality, (t, version)) AS quality,"
    " toInt64(countIf(version = 0)) AS n"
)
"""The state of the newest values of rows, as `newest` keeps it."""
SAFE = "SETTINGS fsync_after_insert = 1, fsync_part_directory = 1"
"""On one server what was acknowledged is on its disk; in a cluster it is with a majority of the replicas."""


def statements(cluster: str | None = None) -> list[str]:
    """Return what makes the tables where they are not yet. In a cluster each is `<name>_here` on every node, and a Distributed one over them."""
    made = []
    for name, (columns, engine, order) in TABLES.items():
        if cluster is None:
            made.append(f"CREATE TABLE IF NOT EXISTS {name} ({columns}) ENGINE = {engine} {order} {SAFE}")
            continue
        kind, _, rest = engine.partition("(")
        path = f"'/clickhouse/tables/{{shard}}/{{database}}/{name}', '{{replica}}'"
        arguments = f"{path}, {rest[:-1]}" if rest != ")" else path
        made.append(f"CREATE TABLE IF NOT EXISTS {name}_here ON CLUSTER '{cluster}' ({columns}) ENGINE = Replicated{kind}({arguments}) {order}")
        spread = f"Distributed('{cluster}', currentDatabase(), '{name}_here', cityHash64(stream))"
        made.append(f"CREATE TABLE IF NOT EXISTS {name} ON CLUSTER '{cluster}' ({columns}) ENGINE = {spread}")
    here, on = ("", "") if cluster is None else ("_here", f" ON CLUSTER '{cluster}'")
    view = f"SELECT {NEWEST} FROM observation{here} GROUP BY stream"  # noqa: S608  our own names
    made.append(f"CREATE MATERIALIZED VIEW IF NOT EXISTS newest_view{on} TO newest{here} AS {view}")
    return made


def dropping(month: int, cluster: str | None = None) -> str:
    """Return what drops one month of the observations, which is deleting files; in a cluster from every node."""
    here = "observation" if cluster is None else f"observation_here ON CLUSTER '{cluster}'"
    return f"ALTER TABLE {here} DROP PARTITION {int(month)}"
