"""What is found about a stream: silent, by another clock, late, frozen, jumping; each by what it sent and when it came."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.foundations.observations.city import HOUR, NOON, batch, make
from zinneke.foundations.observations import arrivals, rules, standing, store
from zinneke.foundations.observations.values import Level
from zinneke.kernel.confidentiality import ANONYMOUS, SYSTEM

pytestmark = pytest.mark.django_db


def findings(number: int, now: datetime) -> tuple[str, ...]:
    return standing.list_standing(SYSTEM, [number], now)[0].findings


def test_a_stream_is_heard_of_then_silent_after_three_intervals() -> None:
    (stream,) = make("a")
    assert findings(stream.id, NOON) == ("never",)
    store.ingest(SYSTEM, batch((stream.id, NOON, 10)))
    assert "silent" not in findings(stream.id, NOON + 3 * HOUR)
    assert "silent" in findings(stream.id, NOON + 3 * HOUR + timedelta(seconds=1))


def test_a_clock_that_runs_ahead_and_values_that_come_late_are_told() -> None:
    ahead, late = make("ahead", "late")
    now = datetime.now(UTC)
    store.ingest(SYSTEM, batch((ahead.id, now + timedelta(minutes=5), 10), (late.id, now - 4 * HOUR, 10)))
    fast, slow = standing.list_standing(SYSTEM, [ahead.id, late.id])
    assert "ahead" in fast.findings
    assert fast.lag is not None
    assert -301 < fast.lag < -5
    assert "behind" in slow.findings
    assert slow.lag is not None
    assert slow.lag > 4 * 3600 - 1
    store.ingest(SYSTEM, batch((late.id, now - 40 * HOUR, 11)))
    assert standing.list_standing(SYSTEM, [late.id])[0].lag == slow.lag, "what was missed long ago says nothing about the clock"


def test_the_same_value_for_twelve_intervals_is_frozen_and_one_other_is_not() -> None:
    still, moving, few = make("still", "moving", "few")
    rows = [(stream.id, NOON + at * HOUR, 10.0) for stream in (still, moving) for at in range(13)]
    store.ingest(SYSTEM, batch(*rows, (moving.id, NOON + 13 * HOUR, 11.0), (few.id, NOON, 10.0)))
    assert "frozen" in findings(still.id, NOON + 13 * HOUR)
    assert "frozen" not in findings(moving.id, NOON + 13 * HOUR)
    assert "frozen" not in findings(few.id, NOON + 13 * HOUR)


def test_a_jump_is_told_while_it_is_the_newest() -> None:
    (stream,) = make("a", jump=30)
    store.ingest(SYSTEM, batch((stream.id, NOON, 10), (stream.id, NOON + HOUR, 90)))
    assert "jump" in findings(stream.id, NOON + HOUR)
    store.ingest(SYSTEM, batch((stream.id, NOON + 2 * HOUR, 80)))
    assert "jump" not in findings(stream.id, NOON + 2 * HOUR)


def test_what_is_closed_is_not_told() -> None:
    closed, shown = make("closed", level=Level.SHARED)[0], make("open")[0]
    assert [each.stream for each in standing.list_standing(ANONYMOUS, [closed.id, shown.id, 10**6])] == [shown.id]


@given(st.lists(st.integers(1, 5000), unique=True, max_size=20))
def test_arrivals_are_kept_for_any_number_of_streams(numbers: list[int]) -> None:
    arrivals.forget()
    streams = np.array(numbers, np.int32)
    arrivals.note(streams, np.full(len(numbers), 7, np.int64), 10)
    moments, lag = arrivals.heard(streams)
    assert moments.tolist() == [10] * len(numbers)
    assert lag.tolist() == [3] * len(numbers)
    assert arrivals.heard(np.array([9999], np.int32))[0].tolist() == [np.iinfo(np.int64).min]


@given(st.lists(st.floats(allow_nan=False), max_size=20))
def test_frozen_is_more_than_six_and_all_the_same(values: list[float]) -> None:
    assert rules.frozen(np.array(values)) == (len(values) > 6 and len(set(values)) == 1)
