"""Charts: round ticks, gaps as gaps, no peak lost, names apart, a table behind; the same for every reader."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zinneke.kernel.chart import Bar, BarChart, Limit, Line, LineChart
from zinneke.web import axes, charts

START = datetime(2026, 11, 1, tzinfo=UTC)


def hours(values: list[float | None]) -> list[tuple[datetime, float | None]]:
    return [(START + timedelta(hours=index), value) for index, value in enumerate(values)]


def chart(values: list[float | None], **more: object) -> LineChart:
    line = Line("Arts-Loi", hours(values))
    return LineChart(key="t", title="NO₂", caption="It rises.", unit="ug/m3", lines=[line], **more)  # type: ignore[arg-type]


@given(st.floats(-1e9, 1e9), st.floats(0, 1e9), st.integers(3, 8))
def test_ticks_are_round_and_enclose_the_values(low: float, span: float, count: int) -> None:
    ticks = axes.ticks(low, low + span, count)
    unseen = 1e-6 * max(1, abs(low), span)
    assert ticks[0] <= low + unseen and ticks[-1] >= low + span - unseen
    assert 2 <= len(ticks) <= count + 3
    assert ticks == sorted(ticks)


def test_a_silence_longer_than_the_gap_lifts_the_pen() -> None:
    points = [(0.0, 1.0), (10.0, 2.0), (100.0, 3.0), (110.0, None), (120.0, 4.0)]
    assert list(axes.stretches(points, 30)) == [[(0.0, 1.0), (10.0, 2.0)], [(100.0, 3.0)], [(120.0, 4.0)]]


@given(st.lists(st.floats(-1e6, 1e6), min_size=3, max_size=3000))
def test_thinning_loses_neither_the_highest_nor_the_lowest(values: list[float]) -> None:
    points = [(float(index), value) for index, value in enumerate(values)]
    kept = axes.thin(points, 300)
    assert len(kept) <= max(300, 2 * 151)
    assert max(value for _, value in kept) == max(values)
    assert min(value for _, value in kept) == min(values)
    assert [at for at, _ in kept] == sorted(at for at, _ in kept)


def test_names_that_would_touch_are_moved_apart() -> None:
    assert axes.apart([10, 12, 13], 16, 200) == [10, 26, 42]
    assert axes.apart([190, 195], 16, 200) == [184, 200]


def test_a_week_has_a_tick_at_midnights_of_the_city() -> None:
    found = axes.time_ticks(START.timestamp(), (START + timedelta(days=5)).timestamp(), 6, "fr")
    assert [words for _, words, _ in found] == ["2 nov.", "3 nov.", "4 nov.", "5 nov.", "6 nov."]


def test_the_hour_that_autumn_repeats_makes_no_tick_twice() -> None:
    start = datetime(2026, 10, 24, 22, tzinfo=UTC)
    words = [words for _, words, _ in axes.time_ticks(start.timestamp(), (start + timedelta(hours=25)).timestamp(), 9, "en")]
    assert words == ["00:00", "03:00", "06:00", "09:00", "12:00", "15:00", "18:00", "21:00", "00:00"]


@pytest.mark.parametrize(("language", "hours"), [("fr", ["3\xa0h", "6\xa0h", "9\xa0h"]), ("nl", ["3\xa0u.", "6\xa0u.", "9\xa0u."])])
def test_hours_are_written_as_the_language_writes_them(language: str, hours: list[str]) -> None:
    start = datetime(2026, 3, 2, tzinfo=UTC)
    assert [words for _, words, _ in axes.time_ticks(start.timestamp(), (start + timedelta(hours=25)).timestamp(), 9, language)][:3] == hours


@pytest.mark.parametrize("years", [4, 12, 29, 60, 120])
def test_years_beside_one_another_leave_room_however_long_the_time(years: int) -> None:
    start = datetime(1996, 1, 1, tzinfo=UTC)
    found = axes.time_ticks(start.timestamp(), start.replace(year=1996 + years).timestamp(), 3, "fr")
    assert 1 <= len(found) <= 4


def test_a_line_is_drawn_for_a_phone_and_for_a_wide_column() -> None:
    svg = charts.draw_lines(chart([1, 2, None, 4, 3]), "fr")
    assert svg.count("<svg") == 2
    assert "plot-narrow" in svg and "plot-wide" in svg
    assert "NaN" not in svg and "nan" not in svg
    path = re.search(r'class="line[^"]*" d="([^"]+)"', svg)
    assert path and path[1].count("M") == 2, "the missing value is a gap"


def test_a_chart_without_values_draws_nothing_and_breaks_nothing() -> None:
    assert charts.draw_lines(chart([None, None]), "nl") == ""
    assert charts.draw_lines(chart([]), "nl") == ""
    assert charts.draw_bars(BarChart(key="b", title="", caption="", unit="1", bars=[]), "nl") == ""


def test_words_from_outside_are_escaped() -> None:
    bars = [Bar("<script>", 3)]
    svg = charts.draw_bars(BarChart(key="b", title="", caption="", unit="1", bars=bars), "en")
    assert "<script>" not in svg and "&lt;script&gt;" in svg


def test_bars_start_at_zero_and_say_their_value() -> None:
    bars = [Bar("A", 10), Bar("B", 5), Bar("C", None)]
    svg = charts.draw_bars(BarChart(key="b", title="", caption="", unit="kg", bars=bars), "fr")
    widths = [float(width) for width in re.findall(r'<rect class="bar" x="[^"]+" y="[^"]+" width="([^"]+)"', svg)]
    assert widths[0] == pytest.approx(2 * widths[1], rel=0.01)
    assert widths[2] == 0
    assert "10\u00a0kg" in svg


def test_the_table_behind_has_the_newest_first_and_says_when_it_is_cut() -> None:
    table = charts.line_table(chart([float(n) for n in range(150)]), "en")
    assert len(table.rows) == 100 and table.cut and table.total == 150
    assert table.rows[0][1].startswith("149")


def test_a_band_and_a_limit_are_inside_the_scale() -> None:
    times = [START + timedelta(hours=index) for index in range(3)]
    made = chart([1, 2, 3], band=[(time, 0.5, 9.0) for time in times], limits=[Limit(20, "Limit")])
    svg = charts.draw_lines(made, "en")
    assert 'class="band"' in svg and "Limit" in svg
    assert all(float(y) >= 0 for y in re.findall(r'class="limit[^"]*"[^>]*y1="([^"]+)"', svg))
