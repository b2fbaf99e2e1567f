"""Numbers, quantities and moments as people write them in each language."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zinneke.web import formats

NOON = datetime(2026, 11, 23, 13, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "written"),
    [("fr", "lundi 23 novembre 2026, 14 h 05"), ("nl", "maandag 23 november 2026, 14.05 uur"), ("en", "Monday 23 November 2026, 14:05")],
)
def test_a_moment_is_written_in_city_time_as_people_do(language: str, written: str) -> None:
    assert formats.moment(NOON, language).replace("\u00a0", " ") == written


def test_a_moment_follows_daylight_saving() -> None:
    assert "15:05" in formats.moment(datetime(2026, 7, 1, 13, 5, tzinfo=UTC), "en")


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="without a zone"):
        formats.moment(datetime(2026, 1, 1), "fr")


@pytest.mark.parametrize(("language", "written"), [("fr", "1 234 567,5"), ("nl", "1.234.567,5"), ("en", "1,234,567.5")])
def test_a_number_is_grouped_in_the_readers_way(language: str, written: str) -> None:
    assert formats.number(1234567.5, language, 1).replace("\u00a0", " ") == written


@pytest.mark.parametrize(("language", "written"), [("fr", "12,3\u00a0µg/m³"), ("nl", "12,3\u00a0µg/m³"), ("en", "12.3\u00a0µg/m³")])
def test_a_quantity_never_leaves_its_unit(language: str, written: str) -> None:
    assert formats.quantity(12.34, "ug/m3", language) == written


def test_per_cent_stands_apart_in_french_only() -> None:
    assert formats.quantity(40, "%", "fr") == "40\u00a0%"
    assert formats.quantity(40, "%", "en") == "40%"


@pytest.mark.parametrize("value", [None, math.nan, math.inf])
def test_what_is_not_a_number_is_a_dash(value: float | None) -> None:
    assert formats.quantity(value, "ug/m3", "fr") == formats.MISSING


@pytest.mark.parametrize(("form", "written"), [("long", "lundi 23 novembre 2026"), ("plain", "23 novembre 2026"), ("month", "novembre 2026")])
def test_a_day_has_several_lengths(form: str, written: str) -> None:
    assert formats.day(date(2026, 11, 23), "fr", form) == written


@given(st.floats(allow_nan=True, allow_infinity=True) | st.integers(-(10**15), 10**15), st.sampled_from(["fr", "nl", "en", "de"]))
def test_any_number_can_be_written(value: float, language: str) -> None:
    assert formats.number(value, language)
