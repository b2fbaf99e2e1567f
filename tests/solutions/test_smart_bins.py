"""Smart bins, on cases worked out by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from zinneke.kernel.solution import Series
from zinneke.kernel.text import same
from zinneke.solutions.smart_bins import rules

START = datetime(2026, 3, 2, 8, tzinfo=UTC)


def bin_with(*points: tuple[float, float], asset: str = "bin") -> Series:
    """Return a bin from pairs of hours since the start and level."""
    return Series(asset, same(asset), "fill", [START + timedelta(hours=hours) for hours, _ in points], [level for _, level in points])


def test_the_rate_is_the_median_of_the_rises_weighted_by_their_length() -> None:
    # 10 %/h during 1 h, 2 %/h during 10 h, 3 %/h during 4 h: half of the 15 hours is passed in the rise of 2.
    series = bin_with((0, 0), (1, 10), (11, 30), (15, 42))
    assert rules.fill_rate(series.times, series.values) == pytest.approx(2)


def test_an_emptying_is_no_rise_and_one_odd_value_does_not_spoil_the_rate() -> None:
    series = bin_with((0, 0), (10, 20), (20, 40), (20.5, 99), (21, 0), (31, 20), (41, 40))
    assert rules.fill_rate(series.times, series.values) == pytest.approx(2)


def test_too_few_rises_foretell_nothing() -> None:
    series = bin_with((0, 0), (10, 20), (20, 40))
    assert rules.fill_rate(series.times, series.values) is None
    assert rules.forecast(series, START + timedelta(hours=20)).full_at is None


def test_a_bin_is_full_when_its_level_reaches_ninety_at_its_rate() -> None:
    # 2 %/h, 60 % at hour 30: 30 % more take 15 hours.
    series = bin_with((0, 0), (10, 20), (20, 40), (30, 60))
    forecast = rules.forecast(series, START + timedelta(hours=32))
    assert forecast.full_at == START + timedelta(hours=45)
    assert forecast.level == pytest.approx(64)


def test_bins_due_within_the_day_are_ranked_by_the_moment_they_fill() -> None:
    now = START + timedelta(hours=30)
    soon = bin_with((0, 0), (10, 20), (20, 40), (30, 60), asset="soon")
    full = bin_with((29, 95), asset="full")
    later = bin_with((0, 0), (10, 5), (20, 10), (30, 15), asset="later")
    assert [each.series.asset for each in rules.to_empty([soon, later, full], now)] == ["full", "soon"]


def test_a_bin_that_never_rises_is_never_due() -> None:
    series = bin_with((0, 40), (10, 40), (20, 40), (30, 40))
    assert rules.to_empty([series], START + timedelta(hours=30)) == []


def test_emptyings_too_early_and_too_late_are_counted() -> None:
    series = [bin_with((0, 0), (10, 40), (10.1, 0), (30, 100), (30.1, 0), (50, 80), (50.1, 0), (60, 100), (60.1, 5))]
    assert rules.emptyings(series) == [40, 100, 80, 100]
    assert rules.early_share(series) == 25
    assert rules.overflow_share(series) == 50


def test_the_answer_counts_the_bins_and_gives_the_reason() -> None:
    bins = [bin_with((0, 0), (10, 20), (20, 40), (30, 60), asset="a"), bin_with((30, 97), asset="b"), bin_with((30, 10), asset="c")]
    answer = rules.answer({"fill": bins})
    assert answer.sentence.en == "2 of 3 bins to empty within 24 hours (levels up to 3 March 2026 at 15:00)."
    assert answer.sentence.fr == "2 poubelles sur 3 à vider dans les 24 heures (mesures jusqu’au 3 mars 2026 à 15 h)."
    assert [row.asset for row in answer.rows] == ["b", "a"]
    assert answer.rows[1].note.en == "Probably full on 4 March 2026 at 6:00"
    assert answer.status == "act"
