from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.office.indicators.conftest import sheet
from zinneke.kernel.problem import Problem
from zinneke.office.indicators import rules
from zinneke.office.indicators.periods import earlier, read_period, say_period, years_of
from zinneke.office.indicators.values import Objective, Point, Waypoint

PROMISED = Objective(says={"fr": "x", "nl": "x"}, value=20, period="2030", path=(Waypoint("2026", 30),))


def fields(faults: object) -> set[str]:
    return {each.field for each in faults}  # type: ignore[attr-defined]


def test_an_objective_without_baseline_target_date_or_owner_is_refused() -> None:
    whole = sheet(objective=PROMISED, baseline=Waypoint("2023", 35), better="down")
    assert not rules.sheet_faults(whole)
    assert "baseline" in fields(rules.sheet_faults(sheet(objective=PROMISED, better="down")))
    assert "better" in fields(rules.sheet_faults(sheet(objective=PROMISED, baseline=Waypoint("2023", 35))))
    undated = Objective(says=PROMISED.says, value=20, period="")
    assert "objective" in fields(rules.sheet_faults(sheet(objective=undated, baseline=Waypoint("2023", 35), better="down")))
    assert "owner" in fields(rules.sheet_faults(sheet(objective=PROMISED, baseline=Waypoint("2023", 35), better="down", owner="")))


def test_a_negative_target_is_refused_unless_the_indicator_may_be_below_nought() -> None:
    below = Objective(says=PROMISED.says, value=-5, period="2030")
    given_ = {"objective": below, "baseline": Waypoint("2023", 3), "better": "down"}
    assert any("below nought" in each.text.en for each in rules.sheet_faults(sheet(**given_)))
    assert not rules.sheet_faults(sheet(**given_, signed=True))


def test_a_path_goes_forward_in_time() -> None:
    back = Objective(says=PROMISED.says, value=20, period="2020")
    assert any("forward" in each.text.en for each in rules.sheet_faults(sheet(objective=back, baseline=Waypoint("2023", 35), better="down")))


def test_every_fault_is_told_in_three_languages() -> None:
    for fault in rules.sheet_faults(sheet(name={}, definition={}, unit="", domain="x", low=2, high=1, tolerance=-1, objective=PROMISED)):
        assert fault.text.fr and fault.text.nl and fault.text.en


def test_the_path_is_straight_between_its_steps() -> None:
    made = sheet(objective=PROMISED, baseline=Waypoint("2022", 38), better="down")
    assert rules.path_at(made, "2021") is None
    assert rules.path_at(made, "2024") == pytest.approx(34)
    assert rules.path_at(made, "2028") == pytest.approx(25)
    assert rules.path_at(made, "2035") == 20


def test_a_value_is_good_on_its_path_to_watch_within_tolerance_and_to_act_on_beyond() -> None:
    assert rules.judge(24, 25, "down", 2) == ("good", -1)
    assert rules.judge(26, 25, "down", 2) == ("watch", 1)
    assert rules.judge(30, 25, "down", 2) == ("act", 5)
    assert rules.judge(30, 25, "up", 2)[0] == "good"
    assert rules.judge(None, 25, "up", 2) == ("unknown", None)


def points(values: list[float]) -> list[Point]:
    return [Point(str(2000 + place), date(2000 + place, 1, 1), value) for place, value in enumerate(values)]


@given(st.lists(st.floats(-1e6, 1e6), min_size=5, max_size=20, unique=True))
def test_the_trend_is_that_of_the_reference_implementation(values: list[float]) -> None:
    from scipy.stats import theilslopes

    slope, _, low, high = theilslopes(values, range(len(values)), 0.95)
    found = rules.trend(points(values))
    assert (found.slope, found.low, found.high) == pytest.approx((slope, low, high))


def test_no_trend_is_told_of_fewer_than_five_years_nor_across_a_change_of_unit() -> None:
    assert rules.trend(points([1, 2, 3, 4])).direction == "unknown"
    older = [Point(str(1990 + place), date(1990 + place, 1, 1), 7000.0 * place, unit="EUR") for place in range(9)]
    assert rules.trend([*older, *points([1, 2, 3, 4])]).direction == "unknown"


def test_the_interval_of_a_share_is_the_published_one() -> None:
    assert rules.wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=1e-4)  # Newcombe, 1998, table I
    assert rules.wilson(0, 0) == (0, 1)


@given(st.text(max_size=20))
def test_any_text_is_a_period_or_a_sentence(text: str) -> None:
    try:
        start, end = read_period(text)
    except Problem as problem:
        assert problem.status == 400
    else:
        assert start <= end


def test_periods_are_read_said_and_moved() -> None:
    assert read_period("2023-Q4") == (date(2023, 10, 1), date(2024, 1, 1))
    assert read_period("2020-06/2021-05") == (date(2020, 6, 1), date(2021, 6, 1))
    assert years_of("2023") == 2023.5
    assert earlier("2023-Q4", 2) == "2021-Q4"
    assert say_period("2023-11").fr == "novembre 2023"
    assert say_period("").en == "year not stated by the source"


def test_an_update_is_due_a_cycle_and_a_delay_after_the_period() -> None:
    assert rules.due_after(sheet(frequency="year", delay=0), "2023") == date(2024, 12, 31)
    assert rules.due_after(sheet(frequency="once"), "2023") is None
