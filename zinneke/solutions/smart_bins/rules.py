"""How fast a bin fills, when it will be full, which bins to empty today and why. Levels in per cent, rates in per cent an hour."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from zinneke.kernel.period import say_moment
from zinneke.kernel.solution import Answer, AnswerRow, Series
from zinneke.kernel.text import Text

FULL = 90.0
"""From this level on, waste is put beside a bin."""
EARLY = 50.0
"""A bin emptied below this level was visited too early."""
EMPTIED = 15.0
"""A fall of the level by more than this is an emptying; less is waste that settles."""
HORIZON = timedelta(hours=24)


class Forecast(NamedTuple):
    """A bin: its level at the moment of asking, its rate, when it will be full (None: not foreseen), and the bin's series."""

    level: float
    rate: float | None
    full_at: datetime | None
    series: Series


def fill_rate(times: Sequence[datetime], levels: Sequence[float]) -> float | None:
    """Return how fast a bin fills, in per cent an hour: the median over its rises, each weighing as long as it lasted.

    Emptyings are left out. None when fewer than three rises were seen: too little to foretell from.
    """
    rises = []
    for before, after, low, high in zip(times, times[1:], levels, levels[1:], strict=False):
        hours = (after - before) / timedelta(hours=1)
        if hours >= 0.25 and high >= low - EMPTIED:
            rises.append((max(0.0, high - low) / hours, hours))
    if len(rises) < 3:
        return None
    rises.sort()
    half, passed = sum(hours for _, hours in rises) / 2, 0.0
    for rate, hours in rises:
        passed += hours
        if passed >= half:
            return rate
    return rises[-1][0]


def forecast(series: Series, now: datetime) -> Forecast:
    """Foretell one bin from its series: its last level, carried on at its own rate."""
    rate, last, level = fill_rate(series.times, series.values), series.times[-1], series.values[-1]
    level_now = min(100.0, level + (rate or 0.0) * max(0.0, (now - last) / timedelta(hours=1)))
    if level >= FULL:
        return Forecast(level_now, rate, last, series)
    return Forecast(level_now, rate, last + timedelta(hours=(FULL - level) / rate) if rate else None, series)


def to_empty(bins: Sequence[Series], now: datetime, horizon: timedelta = HORIZON) -> list[Forecast]:
    """Return the bins that are full, or will be within the horizon, the earliest first."""
    forecasts = [forecast(each, now) for each in bins if each.times]
    due = [(each.full_at, each) for each in forecasts if each.full_at is not None and each.full_at <= now + horizon]
    return [each for _, each in sorted(due, key=lambda pair: (pair[0], -pair[1].level, pair[1].series.asset))]


def emptyings(series: Sequence[Series]) -> list[float]:
    """Return the level that each bin had when it was emptied, over all emptyings seen."""
    pairs = ((before, after) for each in series for before, after in zip(each.values, each.values[1:], strict=False))
    return [before for before, after in pairs if before - after > EMPTIED]


def early_share(series: Sequence[Series]) -> float | None:
    """Return the share of emptyings, in per cent, that came too early; None without any."""
    found = emptyings(series)
    return 100 * sum(level < EARLY for level in found) / len(found) if found else None


def overflow_share(series: Sequence[Series]) -> float | None:
    """Return the share of emptyings, in per cent, that came when the bin was completely full; None without any."""
    found = emptyings(series)
    return 100 * sum(level >= 100 for level in found) / len(found) if found else None


def total(series: Sequence[Series]) -> float | None:
    """Return the sum of all values, None without any."""
    return sum(sum(each.values) for each in series) if any(each.values for each in series) else None


def full(value: float) -> Text | None:
    """Say that a bin is full, from the level at which waste is put beside it."""
    if value < FULL:
        return None
    return Text(f"La poubelle est pleine à {value:.0f} %.", f"De vuilnisbak is {value:.0f}% vol.", f"The bin is {value:.0f}% full.")


def answer(series: Mapping[str, Sequence[Series]]) -> Answer:
    """Say how many bins to empty in the 24 hours after the newest level, and list them with the reason."""
    bins = [each for each in series.get("fill", ()) if each.times]
    if not bins:
        return Answer(Text("Aucune poubelle ne s’est encore annoncée.", "Nog geen vuilnisbak gemeld.", "No bin has reported yet."))
    now = max(each.times[-1] for each in bins)
    due, when = to_empty(bins, now), say_moment(now)
    count = len(due)
    sentence = Text(
        f"{count} poubelle{'s' if count > 1 else ''} sur {len(bins)} à vider dans les 24 heures (mesures jusqu’au {when.fr}).",
        f"{count} van de {len(bins)} vuilnisbakken te ledigen binnen 24 uur (metingen tot {when.nl}).",
        f"{count} of {len(bins)} bins to empty within 24 hours (levels up to {when.en}).",
    )
    return Answer(
        sentence, "act" if any(each.level >= FULL for each in due) else "watch" if due else "good", tuple(_row(each, now) for each in due[:50])
    )


def _row(bin_: Forecast, now: datetime) -> AnswerRow:
    if bin_.full_at is None or bin_.series.values[-1] >= FULL:
        note = Text("Pleine : à vider maintenant", "Vol: nu ledigen", "Full: empty it now")
    else:
        when = say_moment(bin_.full_at)
        note = Text(f"Sans doute pleine le {when.fr}", f"Wellicht vol op {when.nl}", f"Probably full on {when.en}")
        if bin_.full_at <= now:
            note = Text(f"Sans doute pleine depuis le {when.fr}", f"Wellicht vol sinds {when.nl}", f"Probably full since {when.en}")
    return AnswerRow(bin_.series.asset, bin_.series.name, round(bin_.level, 1), "%", note, "act" if bin_.level >= FULL else "watch")
