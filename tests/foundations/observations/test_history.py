from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from tests.foundations.observations.city import HOUR, NOON, batch, make
from zinneke.foundations.observations import store
from zinneke.foundations.observations.values import Batch
from zinneke.kernel.confidentiality import ANONYMOUS, SYSTEM
from zinneke.kernel.period import to_microseconds
from zinneke.kernel.problem import Problem

pytestmark = pytest.mark.django_db
BRUSSELS = ZoneInfo("Europe/Brussels")


def quarter_hours(stream: int, start: datetime, end: datetime) -> None:
    times = np.arange(to_microseconds(start), to_microseconds(end), 900_000_000)
    store.ingest(SYSTEM, Batch(np.full(len(times), stream, np.int32), times, np.ones(len(times))))


@pytest.mark.parametrize(("day", "hours"), [((2026, 3, 29), 23), ((2026, 10, 25), 25), ((2026, 6, 1), 24)])
def test_a_local_day_has_the_hours_it_has(day: tuple[int, int, int], hours: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.time_ns", lambda: 1_900_000_000 * 10**9)
    (bin,) = make("a")
    start = datetime(*day, tzinfo=BRUSSELS)
    end = start + timedelta(days=1)
    quarter_hours(bin.id, start - 6 * HOUR, end + 6 * HOUR)
    found = store.history(ANONYMOUS, bin.id, start, end, "day")
    assert [(bucket.time, bucket.count) for bucket in found.buckets] == [(start, hours * 4)]
    by_hour = store.history(ANONYMOUS, bin.id, start, end, "hour")
    assert [bucket.count for bucket in by_hour.buckets] == [4] * hours
    assert found.gaps == by_hour.gaps == []


def test_weeks_begin_on_monday_and_months_on_the_first_at_local_midnight() -> None:
    (bin,) = make("a")
    start, end = datetime(2026, 3, 1, tzinfo=BRUSSELS), datetime(2026, 5, 1, tzinfo=BRUSSELS)
    quarter_hours(bin.id, start, end)
    weeks = store.history(ANONYMOUS, bin.id, start, end, "week").buckets
    assert {(week.time.weekday(), week.time.hour) for week in weeks} == {(0, 0)}
    months = store.history(ANONYMOUS, bin.id, start, end, "month").buckets
    assert [month.time for month in months] == [start, datetime(2026, 4, 1, tzinfo=BRUSSELS)]
    assert months[0].count == (31 * 24 - 1) * 4


def test_a_bucket_tells_mean_extremes_count_and_sum_and_a_gap_is_visible() -> None:
    (bin,) = make("a")
    rows = [(bin.id, NOON + timedelta(minutes=10 * i), float(i)) for i in range(6)]
    store.ingest(SYSTEM, batch(*rows, (bin.id, NOON + 5 * HOUR, 50)))
    found = store.history(ANONYMOUS, bin.id, NOON, NOON + 9 * HOUR, "hour")
    first, last = found.buckets
    assert (first.mean, first.min, first.max, first.count, first.sum) == (2.5, 0, 5, 6, 15)
    assert last.time == NOON + 5 * HOUR
    assert [(gap.after, gap.before) for gap in found.gaps] == [(NOON, NOON + 5 * HOUR)]
    raw = store.history(ANONYMOUS, bin.id, NOON, NOON + 9 * HOUR)
    assert [(gap.after, gap.before) for gap in raw.gaps] == [(NOON + timedelta(minutes=50), NOON + 5 * HOUR)]


@pytest.mark.parametrize("step", ["raw", "minute", "hour", "day"])
def test_paging_gives_each_row_once(step: str) -> None:
    (bin,) = make("a")
    quarter_hours(bin.id, NOON, NOON + 50 * HOUR)
    whole = store.history(ANONYMOUS, bin.id, NOON, NOON + 99 * HOUR, step, 10_000)  # type: ignore[arg-type]
    rows, start = [], NOON
    while True:
        page = store.history(ANONYMOUS, bin.id, start, NOON + 99 * HOUR, step, 2)  # type: ignore[arg-type]
        rows += page.points or page.buckets
        if page.next is None:
            break
        start = page.next
    assert rows == (whole.points or whole.buckets)
    assert whole.next is None


def test_an_empty_period_is_refused_and_an_unknown_stream_not_found() -> None:
    (bin,) = make("a")
    with pytest.raises(Problem, match="empty"):
        store.history(ANONYMOUS, bin.id, NOON, NOON)
    with pytest.raises(Problem, match="no stream 12345"):
        store.history(ANONYMOUS, 12345, NOON, NOON + HOUR)


def test_series_are_what_formulas_take() -> None:
    a, b, c = make("a", "b", "c")
    store.ingest(SYSTEM, batch((a.id, NOON, 1), (b.id, NOON, 2), (a.id, NOON + HOUR, 3), (c.id, NOON + 9 * HOUR, 4)))
    first, second = store.series(ANONYMOUS, "demo", "fill", NOON, NOON + 5 * HOUR)
    assert (first.asset, first.name.fr, list(first.times), first.values, first.area) == ("a", "a", [NOON, NOON + HOUR], [1, 3], "21004")
    assert (second.asset, second.times[-1], second.times[0].tzinfo) == ("b", NOON, UTC)
    assert store.series(ANONYMOUS, "demo", "fill", NOON, NOON + HOUR, area="21001") == []
