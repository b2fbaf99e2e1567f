"""As of any day, and what stays when raw observations are no longer kept."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from tests.foundations.observations.city import HOUR, NOON, actor, batch, make
from zinneke.foundations.observations import chores, lifecycle, retention, store
from zinneke.foundations.observations.values import Batch, Bucket, StreamRow
from zinneke.kernel.confidentiality import ANONYMOUS, SYSTEM, Level
from zinneke.kernel.period import to_microseconds
from zinneke.kernel.problem import Problem

pytestmark = pytest.mark.django_db
BRUSSELS = ZoneInfo("Europe/Brussels")


class Clock:
    """Our clock, at a moment that a test sets."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.moment = NOON + 30 * HOUR
        patch.setattr("time.time_ns", lambda: to_microseconds(self.moment) * 1000)
        clock = self

        class Now(datetime):
            @classmethod
            def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
                return clock.moment

        patch.setattr("zinneke.foundations.observations.correcting.datetime", Now)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


def test_a_figure_is_the_same_as_of_the_day_on_which_it_was_published(clock: Clock) -> None:
    (bin,) = make("a")
    store.ingest(SYSTEM, batch(*((bin.id, NOON + i * HOUR, 10.0 + i) for i in range(6))))
    published = clock.moment
    clock.moment += HOUR
    store.correct(SYSTEM, bin.id, NOON + HOUR, 50.0, "calibrated")
    between = clock.moment
    clock.moment -= 10 * HOUR  # our clock jumps back: what follows still comes after
    store.correct(SYSTEM, bin.id, NOON + HOUR, 60.0, "calibrated again")
    clock.moment += timedelta(days=3)
    store.ingest(SYSTEM, batch((bin.id, NOON + 5.5 * HOUR, 99.0), (bin.id, NOON - HOUR, 98.0)))

    def read(as_of: datetime | None) -> tuple[list[float], list[int], float, float, float]:
        end = NOON + 6 * HOUR
        raw = store.history(ANONYMOUS, bin.id, NOON - 2 * HOUR, end, as_of=as_of)
        days = store.history(ANONYMOUS, bin.id, NOON - 24 * HOUR, end, "day", as_of=as_of)
        (series,) = store.series(ANONYMOUS, "demo", "fill", NOON - 2 * HOUR, end, as_of=as_of)
        (latest,) = store.latest(ANONYMOUS, as_of=as_of)
        assert [point.value for point in raw.points] == list(series.values)
        return [p.value for p in raw.points], [p.quality for p in raw.points], days.buckets[0].sum, days.buckets[0].flagged, latest.value

    assert read(published) == ([10, 11, 12, 13, 14, 15], [0] * 6, 75, 0, 15)
    assert read(between) == ([10, 50, 12, 13, 14, 15], [0, 3, 0, 0, 0, 0], 114, 1, 15)
    assert read(None) == ([98, 10, 60, 12, 13, 14, 15, 99], [0, 0, 3, 0, 0, 0, 0, 0], 321, 1, 99)
    assert store.latest(ANONYMOUS, as_of=NOON) == []
    assert store.history(ANONYMOUS, bin.id, NOON, NOON + HOUR, as_of=published).as_of == published


def quarters(stream: int, start: datetime, end: datetime) -> None:
    times = np.arange(to_microseconds(start), to_microseconds(end), 900_000_000)
    store.ingest(SYSTEM, Batch(np.full(len(times), stream, np.int32), times, np.arange(len(times)) % 97.0))


@pytest.mark.parametrize("change", [datetime(2025, 10, 26, tzinfo=BRUSSELS), datetime(2026, 3, 29, tzinfo=BRUSSELS)])
def test_steps_are_the_same_after_raw_observations_are_gone(change: datetime) -> None:
    kept, other = make("a", "b")
    start, end = change - timedelta(days=3), change + timedelta(days=4)
    for stream in (kept, other):
        quarters(stream.id, start, end)
    retention.set_keep(SYSTEM, kept.id, 10)

    def steps() -> list[list[Bucket]]:
        return [store.history(ANONYMOUS, kept.id, start, end, step, 10_000).buckets for step in ("hour", "day", "week", "month")]  # type: ignore[arg-type]

    before = steps()
    now = change + timedelta(days=11, hours=7, minutes=20)
    assert retention.apply_retention(SYSTEM, now) == {"demo": pytest.approx(96 * 4, abs=40)}
    assert steps() == before
    assert len(before[1]) == 7
    left = store.history(ANONYMOUS, kept.id, start, end, limit=10_000)
    assert left.points[0].time == left.raw_from == (now - timedelta(days=10)).replace(minute=15)
    assert len(store.history(ANONYMOUS, other.id, start, end, limit=10_000).points) == len(
        np.arange(to_microseconds(start), to_microseconds(end), 9e8)
    )
    assert retention.apply_retention(SYSTEM, now) == {"demo": 0}


def test_what_was_dropped_is_not_taken_again_and_not_counted_twice_after_a_restart() -> None:
    (bin,) = make("a")
    quarters(bin.id, NOON, NOON + 48 * HOUR)
    retention.set_keep(SYSTEM, bin.id, 1)
    retention.apply_retention(SYSTEM, NOON + 48 * HOUR)
    before = store.history(ANONYMOUS, bin.id, NOON, NOON + 48 * HOUR, "day").buckets
    lifecycle.stop()
    receipt = store.ingest(SYSTEM, batch((bin.id, NOON + HOUR, 4.0), (bin.id, NOON + 47 * HOUR + HOUR / 8, 4.0)))
    assert (receipt.stored, receipt.refusals) == (1, 1)
    assert "no longer keeps" in receipt.refused[0].reason
    after = store.history(ANONYMOUS, bin.id, NOON, NOON + 48 * HOUR, "day").buckets
    assert [bucket.count for bucket in after] == [bucket.count + (at == len(before) - 1) for at, bucket in enumerate(before)]


def test_of_persons_no_roll_up_stays() -> None:
    (person,) = make("a", level=Level.PERSONAL)
    quarters(person.id, NOON, NOON + 48 * HOUR)
    retention.set_keep(SYSTEM, person.id, 1)
    retention.apply_retention(SYSTEM, NOON + 48 * HOUR)
    assert store.history(SYSTEM, person.id, NOON, NOON + 48 * HOUR, "hour").buckets[0].time == NOON + 24 * HOUR


def test_a_stream_keeps_its_days_when_it_is_declared_again_and_only_its_commanders_set_them() -> None:
    (bin,) = make("a")
    retention.set_keep(SYSTEM, bin.id, 30)
    store.set_streams(SYSTEM, [StreamRow(key=bin.key, thing=bin.thing, reading="fill", high=200)])
    assert store.get_stream(SYSTEM, bin.id).keep == 30
    assert retention.set_keep(SYSTEM, bin.id, None).keep is None
    with pytest.raises(Problem):
        retention.set_keep(ANONYMOUS, bin.id, 5)
    with pytest.raises(Problem, match="no stream"):
        retention.set_keep(actor("observations.other"), bin.id, 5)
    with pytest.raises(Problem, match="36,500"):
        retention.set_keep(SYSTEM, bin.id, -1)


def test_what_is_no_longer_kept_goes_by_itself_a_day_at_a_time_while_others_store(monkeypatch: pytest.MonkeyPatch) -> None:
    often, seldom, other = make("a", "b", "c")
    for stream in (often, other):
        quarters(stream.id, NOON, NOON + 72 * HOUR)
    store.ingest(SYSTEM, batch((seldom.id, NOON, 1.0), (seldom.id, NOON + 71 * HOUR, 2.0)))
    for stream in (often, seldom):
        retention.set_keep(SYSTEM, stream.id, 1)
    room = lifecycle.opened()
    monkeypatch.setattr(room.store, "at_once", 50, raising=False)
    steps: list[int] = []
    drop = room.store.drop_before
    monkeypatch.setattr(room.store, "drop_before", lambda streams, time, grain: (steps.append(time), drop(streams, time, grain))[1], raising=False)
    assert chores.forget(NOON + 47 * HOUR) == "", "less than a day of it"
    assert chores.forget(NOON + 72 * HOUR) == "193 observations are no longer kept"
    assert len(steps) == 4, "of the 193 that go, not of the 290 there are"
    assert steps == sorted(steps)
    assert chores.forget(NOON + 72 * HOUR) == ""
    numbers = np.array([often.id, seldom.id, other.id], np.int32)
    ends = room.tail.ends(numbers)
    assert ends.rows.tolist() == [96, 1, 288]
    assert [moment - to_microseconds(NOON) for moment in ends.first.tolist()] == [48 * 3_600_000_000, 71 * 3_600_000_000, 0]
    told = room.store.summarise()
    lines = {stream: (first, last, rows) for stream, first, last, rows in zip(told.streams, told.first, told.last, told.rows, strict=True)}
    for place, number in enumerate(numbers.tolist()):
        assert lines[number] == (ends.first[place], ends.last[place], ends.rows[place]), "as after a restart"
    assert chores.forget(NOON + 200 * HOUR) == "97 observations are no longer kept"
    assert [latest.stream.id for latest in store.latest(ANONYMOUS)] == [other.id]


def test_what_was_dropped_stays_so_while_older_rows_of_another_stream_go(monkeypatch: pytest.MonkeyPatch) -> None:
    before, later = make("a", "b")
    for stream in (before, later):
        quarters(stream.id, NOON + timedelta(minutes=6), NOON + 96 * HOUR)
    retention.set_keep(SYSTEM, before.id, 1)
    retention.apply_retention(SYSTEM, NOON + 72 * HOUR)
    days = store.history(ANONYMOUS, before.id, NOON, NOON + 96 * HOUR, "day").buckets
    retention.set_keep(SYSTEM, later.id, 1)
    room = lifecycle.opened()
    monkeypatch.setattr(room.store, "at_once", 50, raising=False)
    edges: list[int] = []
    begin = room.store.begin

    def arriving(streams: np.ndarray, since: int) -> tuple[np.ndarray, np.ndarray]:
        edges.append(since)
        assert room.tail.kept_from(np.array([before.id], np.int32))[0] >= to_microseconds(NOON + 48 * HOUR)
        return begin(streams, since)

    monkeypatch.setattr(room.store, "begin", arriving, raising=False)
    retention.apply_retention(SYSTEM, NOON + 96 * HOUR)
    assert len(edges) > 4
    assert all(edge % 900_000_000 == 0 for edge in edges), "each quarter of an hour is rolled up once"
    assert store.history(ANONYMOUS, before.id, NOON, NOON + 96 * HOUR, "day").buckets == days
