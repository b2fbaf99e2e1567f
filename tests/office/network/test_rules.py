"""Working days, lines of text and series: what the network decides without looking anything up."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from dateutil.easter import easter as another
from hypothesis import given
from hypothesis import strategies as st

from zinneke.kernel.problem import Problem
from zinneke.office.network import rules

BRUSSELS = ZoneInfo("Europe/Brussels")
LATE = datetime(2026, 1, 1, tzinfo=UTC)


@given(st.integers(1583, 4099))
def test_easter_falls_where_another_library_says(year: int) -> None:
    assert rules.easter(year) == another(year)


def test_the_ten_holidays_of_2026_are_no_working_days() -> None:
    days = ("01-01", "04-06", "05-01", "05-14", "05-25", "07-21", "08-15", "11-01", "11-11", "12-25")
    assert not any(rules.is_working_day(date.fromisoformat(f"2026-{day}")) for day in days)
    assert sum(rules.is_working_day(date(2026, 1, 1) + timedelta(days=each)) for each in range(365)) == 261 - 8  # two fall in a weekend


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(1, 40))
def test_a_promise_ends_on_a_working_day_with_as_many_before_it(day: date, count: int) -> None:
    end = rules.after_working_days(day, count)
    assert rules.is_working_day(end)
    assert sum(rules.is_working_day(day + timedelta(days=each)) for each in range(1, (end - day).days + 1)) == count


def test_a_question_on_the_eve_of_christmas_is_promised_for_january() -> None:
    assert rules.promised("question", date(2026, 12, 24)) == date(2027, 1, 11)


@given(st.text())
def test_one_line_is_one_line_whatever_was_typed(text: str) -> None:
    line = rules.one_line(text)
    assert len(line.splitlines()) <= 1
    assert len(line) <= 300
    assert line == rules.one_line(line)


@given(st.text())
def test_an_address_that_passes_can_stand_in_the_head_of_a_letter(text: str) -> None:
    assert not (rules.is_email(text) and set(text) & set("\r\n,; <>\"'"))


@pytest.mark.parametrize("text", ["a@b.be\r\nBcc: all@b.be", "a@b.be, c@d.be", "<a@b.be>", "a@b", "@b.be", "a@b..be", "a b@c.be"])
def test_what_is_not_one_address_is_refused(text: str) -> None:
    assert not rules.is_email(text)


def test_a_meeting_at_two_stays_at_two_when_the_clocks_change() -> None:
    begins = datetime(2026, 10, 15, 14, tzinfo=BRUSSELS)
    found = rules.occurrences("FREQ=WEEKLY;COUNT=4", begins, BRUSSELS, LATE)
    assert [each.astimezone(BRUSSELS).hour for each in found] == [14] * 4
    assert [each.hour for each in found] == [12, 12, 13, 13]


def test_an_hour_that_the_spring_skips_is_taken_an_hour_later() -> None:
    found = rules.occurrences("FREQ=DAILY;COUNT=2", datetime(2026, 3, 28, 2, 30, tzinfo=BRUSSELS), BRUSSELS, LATE)
    assert [each.astimezone(BRUSSELS).strftime("%d %H:%M") for each in found] == ["28 02:30", "29 03:30"]


def test_a_rule_without_an_end_is_followed_for_sixty_meetings_at_the_most() -> None:
    found = rules.occurrences("FREQ=DAILY", datetime(2026, 1, 5, 9, tzinfo=UTC), BRUSSELS, LATE)
    assert len(found) == rules.MOST_MEETINGS
    yearly = rules.occurrences("FREQ=YEARLY", datetime(2026, 1, 5, 9, tzinfo=UTC), BRUSSELS, LATE)
    assert len(yearly) == 2  # within 400 days


def test_a_rule_with_a_last_day_is_followed_to_it_whatever_its_zone() -> None:
    for until in ("20260119", "20260119T000000Z", "20260119T235959"):
        assert len(rules.occurrences(f"RRULE:FREQ=WEEKLY;UNTIL={until}", datetime(2026, 1, 5, 9, tzinfo=UTC), BRUSSELS, LATE)) == 3


@pytest.mark.parametrize(
    "rule", ["FREQ=SECONDLY", "FREQ=MINUTELY;INTERVAL=1", "every Monday", "", "FREQ=WEEKLY;BYDAY=XX", "FREQ=DAILY\nDTSTART:20200101"]
)
def test_a_rule_that_cannot_be_followed_is_a_sentence(rule: str) -> None:
    with pytest.raises(Problem, match="cannot be followed|does not") as refused:
        rules.occurrences(rule, LATE, BRUSSELS, LATE)
    assert refused.value.status == 400


@given(st.text(max_size=60))
def test_any_rule_gives_moments_or_a_sentence(rule: str) -> None:
    try:
        assert len(rules.occurrences(f"FREQ=DAILY;{rule}", LATE, BRUSSELS, LATE)) <= rules.MOST_MEETINGS
    except Problem as problem:
        assert problem.status == 400
