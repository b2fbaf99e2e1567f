"""A small city for the tests: things, streams and who looks at them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from zinneke.foundations.observations import store
from zinneke.foundations.observations.values import Batch, Stream, StreamRow, Thing
from zinneke.kernel.confidentiality import SYSTEM, Actor, Grant, Level, Right

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def actor(subject: str = "observations", level: Level = Level.PUBLIC, area: str = "", rights: frozenset[Right] = frozenset(Right)) -> Actor:
    return Actor("somebody", grants=(Grant("tester", rights, level, area, subject),))


def make(*names: str, solution: str = "demo", level: Level = Level.PUBLIC, area: str = "21004", **more: object) -> list[Stream]:
    store.set_things(SYSTEM, [Thing(key=f"{solution}/{name}", name={"en": name}, solution=solution, area=area, level=level) for name in names])
    rows = [
        StreamRow(key=f"{solution}/{name}/fill", thing=f"{solution}/{name}", reading="fill", unit="%", low=0, high=100, interval=3600, **more)  # type: ignore[arg-type]
        for name in names
    ]
    store.set_streams(SYSTEM, rows)
    found = [store.find_stream(SYSTEM, row.key) for row in rows]
    return [stream for stream in found if stream]


def batch(*rows: tuple[int, datetime, float]) -> Batch:
    return Batch.of(rows)
