"""Traffic counts: days, weeks and the same day last year, worked out by hand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from zinneke.kernel.solution import Series
from zinneke.kernel.text import same
from zinneke.solutions.traffic_counts import connect, rules

MONDAY = date(2019, 3, 11)


def counter(name: str, count: Callable[[datetime], float | None], days: int, end: date = MONDAY, area: str = "21004", hours: int = 24) -> Series:
    """Return a counter's hourly values over some days up to and including `end` (winter time: UTC+1)."""
    midnight = datetime(end.year, end.month, end.day, tzinfo=UTC) - timedelta(hours=1, days=days - 1)
    moments = [midnight + timedelta(hours=hour) for hour in range(24 * days)]
    pairs = [(moment, value) for moment in moments if (value := count(moment)) is not None and (moment + timedelta(hours=1)).hour < hours]
    return Series(name, same(name), "bikes", [moment for moment, _ in pairs], [value for _, value in pairs], None, area)


def test_a_day_runs_from_midnight_to_midnight_in_the_city() -> None:
    series = counter("a", lambda _: 1.0, 3)
    assert sum(rules.day_values(series, MONDAY)) == 24
    assert rules.day_values(series, MONDAY - timedelta(days=5)) == []


def test_the_hour_that_spring_skips_makes_a_day_of_twenty_three_hours() -> None:
    moments = [datetime(2019, 3, 30, 23, tzinfo=UTC) + timedelta(hours=hour) for hour in range(48)]
    series = Series("a", same("a"), "bikes", moments, [1.0] * 48)
    assert sum(rules.day_values(series, date(2019, 3, 31))) == 23


def test_the_last_full_day_is_the_one_that_the_newest_value_closes() -> None:
    assert rules.last_full_day([counter("a", lambda _: 1.0, 2)]) == MONDAY
    assert rules.last_full_day([counter("a", lambda _: 1.0, 2, hours=12)]) == MONDAY - timedelta(days=1)
    assert rules.last_full_day([]) is None


def test_the_same_day_last_year_is_fifty_two_weeks_before_and_only_counters_with_both_count() -> None:
    grown = counter("grown", lambda moment: 12.0 if moment.year == 2019 else 10.0, 366)
    new = counter("new", lambda _: 500.0, 30)
    assert rules.bikes_against_last_year([grown, new]) == pytest.approx(20)
    assert rules.bikes_against_last_year([new]) is None


def test_a_daily_mean_is_compared_the_same_way() -> None:
    days = [datetime(2021, 5, 31, 22, tzinfo=UTC) - timedelta(days=back) for back in range(364, -1, -1)]
    series = Series("tunnel", same("tunnel"), "vehicles_day", days, [200.0] * 364 + [150.0])
    assert rules.vehicles_against_last_year([series]) == pytest.approx(-25)


def test_a_typical_day_is_the_mean_of_the_working_days() -> None:
    series = counter("a", lambda moment: 30.0 if (moment + timedelta(hours=1)).hour == 8 else 1.0, 14)
    profile = rules.typical_day([series])
    assert profile[8] == pytest.approx(30)
    assert profile[9] == pytest.approx(1)
    assert rules.typical_day([]) == [None] * 24


def test_a_typical_week_is_the_median_of_each_weekday() -> None:
    series = counter("a", lambda moment: 10.0 if (moment + timedelta(hours=1)).weekday() == 0 else 1.0, 21)
    assert rules.typical_week([series]) == [240, 24, 24, 24, 24, 24, 24]


def test_counters_outside_the_city_are_left_out_of_its_figures() -> None:
    inside, outside = counter("inside", lambda _: 1.0, 5), counter("outside", lambda _: 9.0, 5, area="")
    assert rules.bikes_a_day([inside, outside]) == 24
    assert rules.bikes_a_day([outside]) == 216


def test_the_answer_compares_with_the_same_weekday_of_three_weeks() -> None:
    series = counter("CJM90", lambda moment: 125.0 if moment >= datetime(2019, 3, 10, 23, tzinfo=UTC) else 100.0, 28)
    answer = rules.answer({"bikes": [series]})
    assert answer.sentence.en == "On 11 March 2019, 3,000 bikes passed 1 counter, 25% more than on a usual Monday."
    assert answer.sentence.nl == "Op 11 maart 2019 telde 1 teller 3.000 fietsen, 25% meer dan op een gewone maandag."
    assert answer.rows[0].note.fr == "25 % de plus qu’un lundi habituel"


def test_a_quarter_of_an_hour_with_no_bike_is_a_value_and_has_no_speed() -> None:
    heading = b"device_name\tlatitude\tlongitude\ttimestamp_from\ttimestamp_until\tbike_count\tbike_avg_speed\n"
    samples = list(connect.decode_bikes(heading + b"A\t50.8\t4.3\t1551686400\t1551687300\t0\t-1\n"))
    assert [(each.reading, each.value, each.place) for each in samples] == [("bikes", 0, (4.3, 50.8))]


def test_a_counter_that_broke_down_at_noon_is_left_out_of_the_day() -> None:
    sound = counter("sound", lambda _: 10.0, 28)
    broken = counter("broken", lambda moment: None if moment >= datetime(2019, 3, 11, 9, tzinfo=UTC) else 10.0, 28)
    answer = rules.answer({"bikes": [sound, broken]})
    assert answer.sentence.en == "On 11 March 2019, 240 bikes passed 1 counter, as on a usual Monday."
    assert [row.asset for row in answer.rows] == ["sound"]
    assert rules.compare([broken], MONDAY, [MONDAY - timedelta(days=7)]) is None
