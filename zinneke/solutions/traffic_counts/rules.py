"""Days and weeks of traffic: totals, what is usual, and the same day last year. Days are the city's, from midnight to midnight."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from statistics import median

from zinneke.kernel.period import city_zone, say_day
from zinneke.kernel.solution import Answer, AnswerRow, Series, Status
from zinneke.kernel.text import Text, say_number

_FR = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
_NL = ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag")
_EN = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
DAYS = tuple(Text(fr, nl, en) for fr, nl, en in zip(_FR, _NL, _EN, strict=True))
YEAR = timedelta(days=364)
"""Fifty-two weeks: the same day of the week last year."""


def in_city(series: Sequence[Series]) -> Sequence[Series]:
    """Return the series inside the city's territory, all of them when none is."""
    return [each for each in series if each.area] or series


def day_values(series: Series, day: date) -> Sequence[float]:
    """Return the values of a day."""
    begin, end = (bisect_left(series.times, datetime.combine(each, time(), city_zone())) for each in (day, day + timedelta(days=1)))
    return series.values[begin:end]


def is_whole(series: Series, day: date, earlier: Sequence[date]) -> bool:
    """Say whether a counter counted the whole day: at least half as many values as on the earlier days that it knows."""
    known = [len(values) for values in (day_values(series, other) for other in earlier) if values]
    return len(day_values(series, day)) >= (median(known) / 2 if known else 1)


def last_full_day(series: Sequence[Series], lasts: timedelta = timedelta(hours=1)) -> date | None:
    """Return the last day that the newest value closes, None without values; `lasts` is how long a value stands for, one at 23:00 for an hour."""
    newest = max((each.times[-1] for each in series if each.times), default=None)
    return None if newest is None else (newest.astimezone(city_zone()) + lasts).date() - timedelta(days=1)


def compare(series: Sequence[Series], day: date, earlier: Sequence[date]) -> float | None:
    """Return the change in per cent of a day's total against the median of earlier days, over the counters that have both; None without any."""
    now = before = 0.0
    for each in series:
        totals = [sum(values) for values in (day_values(each, other) for other in earlier) if values]
        if totals and is_whole(each, day, earlier):
            now, before = now + sum(day_values(each, day)), before + median(totals)
    return 100 * (now - before) / before if before else None


def bikes_against_last_year(series: Sequence[Series]) -> float | None:
    """Return the change in per cent of the last full day of bikes against the same weekday 52 weeks before, all counters that have both."""
    day = last_full_day(series)
    return compare(series, day, [day - YEAR]) if day else None


def vehicles_against_last_year(series: Sequence[Series]) -> float | None:
    """Return the same change for daily means of vehicles."""
    day = last_full_day(series, timedelta(days=1))
    return compare(series, day, [day - YEAR]) if day else None


def bikes_a_day(series: Sequence[Series]) -> float | None:
    """Return the mean number of bikes a counter sees on a day, over the city's counters and the days on which they counted."""
    counted = [(sum(each.values), len({moment.astimezone(city_zone()).date() for moment in each.times})) for each in in_city(series) if each.times]
    days = sum(each for _, each in counted)
    return sum(total for total, _ in counted) / days if days else None


def typical_day(series: Sequence[Series]) -> list[float | None]:
    """Return, for each hour of a working day, the mean number of bikes a counter sees."""
    sums, days = [0.0] * 24, 0
    for each in in_city(series):
        seen = set()
        for moment, value in zip(each.times, each.values, strict=True):
            local = moment.astimezone(city_zone())
            if local.weekday() < 5:
                sums[local.hour] += value
                seen.add(local.date())
        days += len(seen)
    return [each / days for each in sums] if days else [None] * 24


def typical_week(series: Sequence[Series]) -> list[float | None]:
    """Return, for each day of the week, the median total of a counter's day."""
    totals: list[list[float]] = [[] for _ in range(7)]
    for each in in_city(series):
        sums: dict[date, float] = defaultdict(float)
        for moment, value in zip(each.times, each.values, strict=True):
            sums[moment.astimezone(city_zone()).date()] += value
        for day, total in sums.items():
            totals[day.weekday()].append(total)
    return [median(each) if each else None for each in totals]


def answer(series: Mapping[str, Sequence[Series]]) -> Answer:
    """Say how many bikes passed on the last full day, and whether that is usual for the day of the week; list the counters."""
    bikes = [each for each in in_city(series.get("bikes", ())) if each.times]
    day = last_full_day(bikes)
    weeks = [day - timedelta(days=7 * week) for week in (1, 2, 3)] if day else []
    counted = [(each, float(sum(day_values(each, day)))) for each in bikes if day and is_whole(each, day, weeks)]
    if not day or not counted:
        return Answer(
            Text("Aucun compteur n’a compté un jour entier.", "Geen enkele teller telde een hele dag.", "No counter has counted a whole day.")
        )
    passed, number = say_number(sum(total for _, total in counted)), len(counted)
    change = compare(bikes, day, weeks)
    when, usual = say_day(datetime.combine(day, time(12), city_zone())), said_change(change, day)
    counters = Text(f"{number} compteur{'s' if number > 1 else ''}", f"{number} teller{'s' if number > 1 else ''}", "")
    sentence = Text(
        f"Le {when.fr}, {counters.fr} {'ont' if number > 1 else 'a'} vu passer {passed.fr} vélos{usual.fr}.",
        f"Op {when.nl} {'telden' if number > 1 else 'telde'} {counters.nl} {passed.nl} fietsen{usual.nl}.",
        f"On {when.en}, {passed.en} bikes passed {number} counter{'s' if number > 1 else ''}{usual.en}.",
    )
    counted.sort(key=lambda pair: -pair[1])
    return Answer(sentence, judged(change), tuple(_row(each, total, day, weeks) for each, total in counted[:30]))


def said_change(change: float | None, day: date) -> Text:
    """Return a change in words, to be put at the end of a sentence; nothing when it is not known."""
    if change is None:
        return Text("", "", "")
    name, size = DAYS[day.weekday()], f"{abs(change):.0f}"
    if size == "0":
        return Text(f", comme un {name.fr} habituel", f", zoals op een gewone {name.nl}", f", as on a usual {name.en}")
    more = change > 0
    return Text(
        f", {size} % de {'plus' if more else 'moins'} qu’un {name.fr} habituel",
        f", {size}% {'meer' if more else 'minder'} dan op een gewone {name.nl}",
        f", {size}% {'more' if more else 'fewer'} than on a usual {name.en}",
    )


def _row(series: Series, total: float, day: date, weeks: Sequence[date]) -> AnswerRow:
    change = compare([series], day, weeks)
    note = Text(**{language: words.removeprefix(", ") for language, words in said_change(change, day).as_dict().items()})
    return AnswerRow(series.asset, series.name, total, "1", note, judged(change))


def judged(change: float | None) -> Status:
    """Say how a change in per cent stands: within a fifth of the usual is good, beyond it is worth a look, either way."""
    return "unknown" if change is None else "good" if abs(change) <= 20 else "watch"
