"""Payloads and words: what a source sends is read or told by its place, and moments and numbers are said as people write them."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zinneke.kernel.payload import finite, read_document, read_table
from zinneke.kernel.period import say_day, say_moment
from zinneke.kernel.problem import Problem
from zinneke.kernel.text import say_number


def test_cells_are_read_by_the_name_of_their_column() -> None:
    [row] = read_table(b"\xef\xbb\xbfa;b;when\n x ;;2026-03-02 12:00\n", ("a", "b"), ";")
    assert (row.number, row.text("a"), row.value("b")) == (2, "x", None)
    assert row.moment("when", ZoneInfo("Europe/Brussels")) == datetime(2026, 3, 2, 11, tzinfo=UTC)


def test_a_row_shorter_than_its_heading_has_empty_cells() -> None:
    [row] = read_table(b"a,b\n1\n")
    assert row.value("b") is None


@pytest.mark.parametrize(
    ("data", "said", "where"),
    [
        (b"a\n1\n", "no column b", "row 1"),
        (b"", "no column", "row 1"),
        (b"a,b\n1,caf\xe9\n", "Byte 9 is not UTF-8", "byte 9"),
        (b"a,b\n1,much\n", "Row 2, column b: 'much' is not a number", "row 2, column b"),
        (b"a,b\n1,nan\n", "'nan' is not a number", "row 2, column b"),
    ],
)
def test_a_faulty_table_is_told_by_its_place(data: bytes, said: str, where: str) -> None:
    with pytest.raises(Problem, match=said) as raised:
        [row.value("b") for row in read_table(data, ("b",))]
    assert raised.value.extra["where"] == where


@pytest.mark.parametrize("data", [b"{", b"[1, NaN]", b"\xff", b"[" * 100_000, b""])
def test_what_is_not_json_is_a_problem(data: bytes) -> None:
    with pytest.raises(Problem) as raised:
        read_document(data)
    assert raised.value.status == 400


@given(st.one_of(st.none(), st.booleans(), st.text(), st.lists(st.integers()), st.just(float("inf")), st.just(10**400)))
def test_only_finite_numbers_are_numbers(value: object) -> None:
    try:
        assert abs(finite(value)) < float("inf")
    except Problem as problem:
        assert "is not a number" in problem.detail


def test_days_moments_and_numbers_are_said_in_three_languages() -> None:
    day = datetime(2021, 5, 31, 22, tzinfo=UTC)
    assert say_day(day).as_dict() == {"fr": "1er juin 2021", "nl": "1 juni 2021", "en": "1 June 2021"}
    assert say_moment(day.replace(hour=11, minute=5)).as_dict() == {
        "fr": "31 mai 2021 à 13 h 05",
        "nl": "31 mei 2021 om 13.05 uur",
        "en": "31 May 2021 at 13:05",
    }
    assert say_number(1234567.5, 1).as_dict() == {"fr": "1\u202f234\u202f567,5", "nl": "1.234.567,5", "en": "1,234,567.5"}
