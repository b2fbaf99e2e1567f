"""Columns of times: local clocks in summer and winter, fixed offsets, Unix seconds, and what is none."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zinneke.cli.instants import NOT_A_TIME, Clock
from zinneke.kernel.period import read_moment, to_microseconds
from zinneke.kernel.problem import Problem

BRUSSELS = ZoneInfo("Europe/Brussels")


def moments(zone: str, *texts: str, things: tuple[str, ...] = ()) -> list[str | None]:
    read = Clock(zone).read(texts, things or ("",) * len(texts))
    start = datetime(1970, 1, 1, tzinfo=UTC)
    return [None if each == NOT_A_TIME else (start + timedelta(microseconds=int(each))).strftime("%Y-%m-%d %H:%M") for each in read]


def test_a_local_clock_is_an_hour_ahead_in_winter_and_two_in_summer() -> None:
    assert moments("Europe/Brussels", "2022-01-10 12:00:00", "2022-07-10T12:00") == ["2022-01-10 11:00", "2022-07-10 10:00"]


def test_the_hour_that_spring_skips_does_not_exist() -> None:
    assert moments("Europe/Brussels", "2022-03-27 01:59", "2022-03-27 02:30", "2022-03-27 03:00") == ["2022-03-27 00:59", None, "2022-03-27 01:00"]


def test_the_hour_that_autumn_repeats_is_told_apart_for_each_thing() -> None:
    texts = ("2022-10-30 02:00",) * 4
    found = moments("Europe/Brussels", *texts, things=("a", "b", "a", "b"))
    assert found == ["2022-10-30 00:00", "2022-10-30 00:00", "2022-10-30 01:00", "2022-10-30 01:00"]


def test_a_fixed_offset_knows_no_summer() -> None:
    assert moments("+01:00", "2010-03-28T02:00", "2010-07-01T00:00") == ["2010-03-28 01:00", "2010-06-30 23:00"]


def test_unix_seconds_and_what_is_none() -> None:
    assert moments("unix", "1544095800", "never", "nan", "1e30", "") == ["2018-12-06 11:30", None, None, None, None]


def test_an_offset_in_the_text_wins_over_the_zone() -> None:
    assert moments("Europe/Brussels", "2026-07-01T00:00:01+00:00", "2026-07-01T00:00:01+00:00") == ["2026-07-01 00:00"] * 2
    assert moments("Europe/Brussels", "2026-07-01T00:00:00+05:30", "2026-07-01 00:00:00") == ["2026-06-30 18:30", "2026-06-30 22:00"]


@pytest.mark.parametrize("text", ["", "today", "now", "NaT", "2022-13-01", "2022-02-30 10:00", "yesterday", "2022", "12/31/2022", "99999-01-01"])
def test_what_is_not_a_time_is_none_and_spoils_no_other(text: str) -> None:
    assert moments("Europe/Brussels", "2022-01-10 12:00", text) == ["2022-01-10 11:00", None]


@given(
    st.lists(
        st.datetimes(datetime(1990, 1, 1), datetime(2035, 1, 1)).map(lambda each: each.replace(microsecond=0)), min_size=1, max_size=20, unique=True
    )
)
def test_columns_and_single_moments_agree(wall: list[datetime]) -> None:
    texts = [each.isoformat(sep=" ") for each in wall]
    found = Clock("Europe/Brussels").read(texts, [str(place) for place in range(len(texts))]).tolist()
    for text, read in zip(texts, found, strict=True):
        try:
            assert read == to_microseconds(read_moment(text, BRUSSELS))
        except Problem:
            assert read == NOT_A_TIME
