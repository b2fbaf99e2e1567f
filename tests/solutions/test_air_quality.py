"""Air quality: the two indices against the published bounds, the thresholds of the law, and what is said."""

from __future__ import annotations

import csv
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zinneke.kernel.solution import Series
from zinneke.kernel.text import same
from zinneke.solutions.air_quality import connect, rules

MIDNIGHT = datetime(2021, 5, 31, 22, tzinfo=UTC)


def station(name: str, reading: str, *values: float, area: str = "21012", end: datetime = MIDNIGHT, step: timedelta = timedelta(days=1)) -> Series:
    times = [end - step * back for back in reversed(range(len(values)))]
    return Series(name, same(name), reading, times, values, None, area)


def test_the_bounds_are_the_published_ones(shared_data: Path) -> None:
    with (shared_data / "air/belaqi-2022-bounds.csv").open() as file:
        for row in csv.DictReader(file):
            scale = rules.BELAQI_HOURLY if row["scale"] == "hourly" else rules.BELAQI_DAILY
            assert scale[row["pollutant"]] == tuple(float(row[f"b{place}"]) for place in range(1, 10))
    with (shared_data / "air/eaqi-2024-bounds.csv").open() as file:
        for row in csv.DictReader(file):
            assert rules.EAQI[row["pollutant"]] == tuple(float(row[name]) for name in ("good", "fair", "moderate", "poor", "very_poor"))


@pytest.mark.parametrize(("value", "expected"), [(0, 1), (10, 1), (10.01, 2), (15, 2), (30, 4), (30.1, 5), (75, 9), (75.1, 10), (900, 10)])
def test_a_bound_belongs_to_the_class_below_it(value: float, expected: int) -> None:
    assert rules.sub_index(rules.BELAQI_HOURLY["no2"], value) == expected


@given(st.lists(st.floats(0, 500), min_size=2))
def test_more_of_a_pollutant_is_never_a_better_class(values: list[float]) -> None:
    numbers = [rules.sub_index(rules.BELAQI_DAILY["pm25"], value) for value in sorted(values)]
    assert all(low <= high for low, high in pairwise(numbers))


def test_the_worst_pollutant_decides() -> None:
    assert rules.index({"no2": 12, "pm25": 21, "o3": 40, "co": 9999}, rules.BELAQI_HOURLY) == (6, "pm25")
    assert rules.index({"no2": 12, "pm25": 21, "o3": 40}, rules.EAQI) == (3, "pm25")
    assert rules.index({"co": 3}, rules.EAQI) is None


def test_ten_classes_have_a_name_a_colour_and_a_bound() -> None:
    classes = rules.classes(rules.BELAQI_HOURLY["no2"])
    assert len(classes) == 10
    assert (classes[3].name.fr, classes[3].name.nl, classes[3].name.en) == ("assez bon", "vrij goed", "fairly good")
    assert classes[-1].upto == float("inf")


def test_the_sentence_names_the_worst_station_and_says_the_date_of_old_data() -> None:
    series = {
        "no2_day": [station("Molenbeek", "no2_day", 30, 18), station("Haren", "no2_day", 9), station("Antwerpen", "no2_day", 80, area="")],
        "pm25_day": [station("Molenbeek", "pm25_day", 4)],
    }
    answer = rules.answer(series, now=datetime(2026, 11, 23, tzinfo=UTC))
    assert answer.sentence.en == "On 1 June 2021 the air was fairly good in Molenbeek."
    assert answer.sentence.fr == "Le 1er juin 2021, l’indice de l’air était assez bon à Molenbeek."
    assert answer.sentence.nl == "Op 1 juni 2021 was de lucht vrij goed in Molenbeek."
    assert [row.asset for row in answer.rows] == ["Molenbeek", "Haren"]
    assert answer.status == "good"


def test_fresh_hours_are_told_in_the_present_with_both_indices() -> None:
    now = datetime(2026, 3, 2, 14, tzinfo=UTC)
    answer = rules.answer({"no2": [station("Haren", "no2", 41, end=now)]}, now=now + timedelta(hours=1))
    assert answer.sentence.en == "The air is poor in Haren (2 March 2026 at 15:00)."
    assert answer.rows[0].note.en == "poor: BelAQI 6 of 10, because of NO₂; European index: moderate"
    assert answer.status == "watch"


def test_a_value_of_yesterday_does_not_mix_with_one_of_now() -> None:
    now = datetime(2026, 3, 2, 14, tzinfo=UTC)
    series = {"no2": [station("Haren", "no2", 12, end=now)], "o3": [station("Haren", "o3", 200, end=now - timedelta(days=1))]}
    assert rules.answer(series, now=now).rows[0].value == 12


@pytest.mark.parametrize(("value", "said"), [(150, None), (151, "information threshold of 150"), (201, "alert threshold of 200")])
def test_the_law_s_thresholds_speak_when_passed(value: float, said: str | None) -> None:
    text = rules.over_threshold("no2")(value)
    assert (said in text.en) if said and text else text is None


def test_a_year_s_mean_needs_three_quarters_of_its_days_and_is_that_of_the_highest_station() -> None:
    low, high = station("low", "no2_day", *[10.0] * 300), station("high", "no2_day", *[20.0, 30.0] * 150)
    short = station("short", "no2_day", *[99.0] * 100)
    assert rules.highest_mean([low, high, short]) == 25
    assert rules.highest_mean([short]) is None
    assert rules.most_days_above(20)([low, high]) == 150


def test_a_daily_mean_begins_at_midnight_in_belgium() -> None:
    samples = list(connect.decode_daily(b"date,station,pm25,pm10,no2\n2021-06-01,BETR001,8.1,,18.6\n"))
    assert [(each.reading, each.value) for each in samples] == [("pm25_day", 8.1), ("no2_day", 18.6)]
    assert samples[0].time == MIDNIGHT


def test_a_bad_value_is_told_by_row_and_column() -> None:
    with pytest.raises(Exception, match="Row 3, column no2: 'much' is not a number"):
        list(connect.decode_daily(b"date,station,pm25,pm10,no2\n2021-06-01,A,1,2,3\n2021-06-02,A,1,2,much\n"))
