"""The chart that a dataset gets without anybody drawing it: by year, over time, of each thing, or by a category."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.utils.translation import gettext as _

from zinneke.foundations.tables import store as tables
from zinneke.foundations.tables.values import Aggregate, Column, Filter, Step, Version
from zinneke.kernel.chart import Bar, BarChart, Line, LineChart
from zinneke.kernel.confidentiality import Actor
from zinneke.kernel.problem import Problem
from zinneke.web import formats
from zinneke.web.dataset_map import name_column
from zinneke.web.dataset_ways import Kind, Way, aggregate, ways, whole, year_of
from zinneke.web.table_view import cell, label

DAY = 86_400
MOST_BARS = 15
MOST_VALUES = 5000
SECONDS: dict[Step, float] = {"minute": 60, "hour": 3600, "day": DAY, "week": 7 * DAY, "month": 31 * DAY, "year": 366 * DAY}


@dataclass(frozen=True, slots=True)
class Choice:
    """One way to draw the dataset: the column, in words, and whether it is drawn now."""

    name: str
    words: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Drawn:
    """The chart of a dataset and the other ways to draw it; `rows` are its figures for the CSV, `upright` bars run in an order of their own."""

    line: LineChart | None
    bar: BarChart | None
    choices: tuple[Choice, ...]
    head: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    upright: bool = False


def step_of(version: Version) -> Step:
    """Return the step of time that shows the whole span in at most a few hundred points."""
    column = version.column(version.time)
    start, end = (_moment(each) for each in (column.profile.minimum, column.profile.maximum)) if column else (None, None)
    if start is None or end is None:
        return "day"
    days = (end - start).total_seconds() / DAY
    for most, step in ((3, "hour"), (400, "day"), (1500, "week"), (4000, "month")):
        if days <= most and not (column and column.type == "date" and step == "hour"):
            return step  # type: ignore[return-value]
    return "month" if days <= 40 * 366 and len(_months(column)) > 1 else "year"


def _months(column: Column | None) -> set[str]:
    """Return the months that appear among a time column's quantiles: one alone means yearly figures."""
    if column is None:
        return set()
    return {str(each)[5:7] for each in (column.profile.minimum, column.profile.maximum, *column.profile.quantiles) if each}


def _moment(value: Any) -> datetime | None:
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=formats.zone())
    if isinstance(value, date):
        return datetime.combine(value, time(), formats.zone())
    try:
        found = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=formats.zone())


@dataclass(frozen=True, slots=True)
class Sheet:
    """What every drawing needs: who asks for which rows of what, the reader's language, the source and the address of the figures."""

    actor: Actor
    version: Version
    where: tuple[Filter, ...]
    language: str
    title: str
    csv: str
    choices: tuple[Choice, ...]

    def words(self, column: Column) -> str:
        """Return a column in words."""
        return label(column, self.language)[0]

    def tally(self, column: str, figure: Column | None, how: Aggregate) -> list[tuple[Any, float]]:
        """Return (value, figure) for the values of a column, the largest first, empty values left out; sums without the totals in the table."""
        where = (*self.where, *whole(self.version)) if how == "sum" else self.where
        named = figure.name if figure else None
        found = tables.tally(self.actor, self.version.dataset, column, named, how, MOST_VALUES, where, self.version.number)
        return [(value, amount) for value, amount in found if value not in (None, "")]


def chart(actor: Actor, version: Version, asked: str, where: tuple[Filter, ...], language: str, title: str, csv: str) -> Drawn | None:
    """Return the chart of a version, of the rows that the filters leave; None where nothing in it can be drawn.

    `asked` is the column to draw, any other word the best one.
    """
    known = ways(version, name_column(version, language))
    if not known:
        return None
    way = next((each for each in known if each.column.name == asked), known[0])
    named = {each.column.name: each.column for each in known if each.kind != "rows"}
    choices = tuple(Choice(name, label(column, language)[0], column is way.column) for name, column in list(named.items())[:30])
    try:
        return DRAWINGS[way.kind](Sheet(actor, version, where, language, title, csv, choices), way)
    except Problem:
        return None


STEP_WORDS = {
    "minute": lambda: _("by minute"),
    "hour": lambda: _("by hour"),
    "day": lambda: _("by day"),
    "week": lambda: _("by week"),
    "month": lambda: _("by month"),
    "year": lambda: _("by year"),
}


def _said(how: Aggregate, figure: str, by: str) -> str:
    """Say what is drawn: the sum or the mean of what, by what."""
    words = {"figure": figure, "step": by}
    return _("Sum of “%(figure)s” %(step)s") % words if how == "sum" else _("Mean of “%(figure)s” %(step)s") % words


def _lines(sheet: Sheet, way: Way) -> Drawn | None:
    column, version = way.column, sheet.version
    step = step_of(version)
    how = aggregate(version, column, way.kind)
    found = tables.series(sheet.actor, version.dataset, version.time, (column.name,), step, sheet.where, version.number, how)
    points = [(moment, row[1]) for row in found if (moment := _moment(row[0])) is not None]
    words = sheet.words(column)
    return _over_time(sheet, points, column.unit, words, step, _said(how, words, STEP_WORDS[step]()))


def _counted(sheet: Sheet, way: Way) -> Drawn | None:
    version = sheet.version
    step = step_of(version)
    found = tables.series(sheet.actor, version.dataset, version.time, (), step, sheet.where, version.number)
    points: list[tuple[datetime, float | None]] = [(moment, float(row[1])) for row in found if (moment := _moment(row[0])) is not None]
    return _over_time(sheet, points, "1", _("Rows"), step, _("Number of rows %(step)s") % {"step": STEP_WORDS[step]()})


def _over_time(sheet: Sheet, points: list[tuple[datetime, float | None]], unit: str, words: str, step: Step, what: str) -> Drawn | None:
    known = [(moment, value) for moment, value in points if value is not None]
    if len(known) < 2:
        return None
    language = sheet.language
    top = max(known, key=lambda point: point[1])
    caption = _("%(what)s, from %(start)s to %(end)s. Highest: %(high)s, on %(day)s.") % {
        "what": what,
        "start": formats.day(known[0][0], language, "plain"),
        "end": formats.day(known[-1][0], language, "plain"),
        "high": formats.quantity(top[1], unit or "1", language),
        "day": formats.day(top[0], language, "plain"),
    }
    gap, lines = SECONDS[step] * 1.6, (Line(words, known),)
    line = LineChart(key="data", title=words, caption=caption, unit=unit or "1", lines=lines, gap=gap, csv=sheet.csv, source=sheet.title)
    rows = tuple((moment.isoformat(), value) for moment, value in points)
    return Drawn(line, None, sheet.choices, ("time", words), rows)


def _years(sheet: Sheet, way: Way) -> Drawn | None:
    """Draw a figure by year, as columns; nothing where the filters leave a single year."""
    year, column = year_of(sheet.version), way.column
    how = aggregate(sheet.version, column, way.kind)
    found = sorted(sheet.tally(year.name, column, how)) if year else []
    if len(found) < 2:
        return None
    words = sheet.words(column)
    top = max(found, key=lambda each: each[1])
    caption = _("%(what)s, from %(start)s to %(end)s. Highest: %(high)s, in %(year)s.") % {
        "what": _said(how, words, _("by year")),
        "start": found[0][0],
        "end": found[-1][0],
        "high": formats.quantity(top[1], column.unit or "1", sheet.language),
        "year": top[0],
    }
    bars = tuple(Bar(str(value), figure) for value, figure in found)
    made = BarChart(key="data", title=words, caption=caption, unit=column.unit or "1", bars=bars, csv=sheet.csv, source=sheet.title)
    return Drawn(None, made, sheet.choices, ("year", words), tuple(found), upright=True)


def _each(sheet: Sheet, way: Way) -> Drawn | None:
    """Draw a figure of each named thing, the largest ones."""
    named = sheet.version.column(name_column(sheet.version, sheet.language))
    return _bars(sheet, named, way.column, _("“%(figure)s” of each “%(column)s”")) if named else None


def _parted(sheet: Sheet, way: Way) -> Drawn | None:
    """Draw the parts of a table by a category: a figure's sum or mean, or the number of rows."""
    return _bars(sheet, way.column, way.figure, "")


def _bars(sheet: Sheet, column: Column, figure: Column | None, what: str) -> Drawn | None:
    """Draw the largest values of a column; `what` says so in words of its own, with places for `figure` and `column`."""
    how: Aggregate = aggregate(sheet.version, figure, "each" if what else "category") if figure else "count"
    found = sheet.tally(column.name, figure, how)
    if not found:
        return None
    language, words, unit = sheet.language, sheet.words(column), (figure.unit if figure else "") or "1"
    told = {"figure": sheet.words(figure) if figure else "", "column": words}
    bars = tuple(Bar(cell(column, value, language).words, amount) for value, amount in found[:MOST_BARS])
    first = {"first": bars[0].label, "count": formats.quantity(bars[0].value, unit, language)}
    if figure is None:
        caption = _("Number of rows by “%(column)s”. Most frequent: %(first)s (%(count)s).") % {**told, **first}
    else:
        caption = what % told if what else _said(how, told["figure"], _("by “%(column)s”") % told)
        caption += ". " + _("Highest: %(first)s (%(count)s).") % first
    if len(found) > MOST_BARS:
        caption += " " + _("The %(shown)s largest of %(all)s are shown.") % {"shown": MOST_BARS, "all": len(found)}
    title = told["figure"] or words
    made = BarChart(key="data", title=title, caption=caption, unit=unit, bars=bars, csv=sheet.csv, source=sheet.title)
    return Drawn(None, made, sheet.choices, (column.name, told["figure"] or "rows"), tuple(found))


DRAWINGS: dict[Kind, Callable[[Sheet, Way], Drawn | None]] = {
    "year": _years,
    "time": _lines,
    "rows": _counted,
    "each": _each,
    "category": _parted,
}
