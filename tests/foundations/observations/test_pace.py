"""A burst is answered with 429 and a time to come back, and what was acknowledged is stored."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.foundations.observations.city import HOUR, NOON, batch, make
from zinneke.foundations.observations import pace, quarantine, register, store
from zinneke.kernel.confidentiality import SYSTEM, Actor, Grant, Level, Right
from zinneke.kernel.problem import Problem

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [1000.0]
    monkeypatch.setattr(pace, "clock", lambda: now[0])
    monkeypatch.setattr(pace, "HELD", 20)
    pace.forget()
    return now


def device(*numbers: int) -> Actor:
    grants = tuple(Grant("device", frozenset({Right.EDIT}), Level.PERSONAL, subject=f"observations.{number}") for number in numbers)
    return Actor("device:x", "x", grants=grants)


def test_beyond_its_pace_a_device_waits_as_long_as_it_is_told_and_loses_nothing(clock: list[float]) -> None:
    (stream,) = make("a")
    who = device(stream.id)
    room = int(max(pace.HELD, pace.LEAST * 3600))
    pace.check(who, register.current(), room)
    with pytest.raises(Problem) as caught:
        store.ingest(who, batch((stream.id, NOON, 1)))
    told = int(caught.value.headers["Retry-After"])
    assert caught.value.status == 429
    assert store.count(SYSTEM) == 0
    assert quarantine.list_quarantine(SYSTEM) == []
    clock[0] += told
    assert store.ingest(who, batch((stream.id, NOON, 1))).stored == 1


def test_a_batch_larger_than_the_bucket_passes_once_and_the_next_waits(clock: list[float]) -> None:
    (stream,) = make("a")
    who = device(stream.id)
    pace.check(who, register.current(), 10**6)
    with pytest.raises(Problem) as caught:
        pace.check(who, register.current(), 1)
    clock[0] += int(caught.value.headers["Retry-After"])
    pace.check(who, register.current(), 1)


def test_who_is_no_device_has_no_bucket(clock: list[float]) -> None:
    (stream,) = make("a")
    for at in range(3):
        pace.check(SYSTEM, register.current(), 10**6)
        assert store.ingest(SYSTEM, batch((stream.id, NOON + at * HOUR, 1))).stored == 1


def test_one_device_delays_no_other(clock: list[float]) -> None:
    one, two = make("one", "two")
    pace.check(device(one.id), register.current(), 10**6)
    other = Actor("device:y", "y", grants=device(two.id).grants)
    assert store.ingest(other, batch((two.id, NOON, 1))).stored == 1


@given(st.lists(st.tuples(st.integers(1, 5000), st.floats(0, 5000)), max_size=30))
def test_over_any_time_no_more_passes_than_the_bucket_and_its_rate(steps: list[tuple[int, float]]) -> None:
    pace.forget()
    known, who, now = register.Register([], [], "s"), device(1), [0.0]
    real, pace.clock = pace.clock, lambda: now[0]
    try:
        passed = 0
        for rows, wait in steps:
            now[0] += wait
            try:
                pace.check(who, known, min(rows, 3600))
            except Problem:
                continue
            passed += min(rows, 3600)
        assert passed <= 3600 + now[0] * pace.LEAST + 3600
    finally:
        pace.clock = real
        pace.forget()
