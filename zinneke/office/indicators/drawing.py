"""The charts of an indicator's page: its course in an area beside the Region's, and the communes beside one another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time

from zinneke.kernel.chart import Bar, BarChart, Limit, Line, LineChart
from zinneke.kernel.text import Text
from zinneke.office.indicators import rules
from zinneke.office.indicators.figures import say_figure
from zinneke.office.indicators.periods import UNSTATED, read_period, say_period
from zinneke.office.indicators.values import Comparison, Indicator, Point

REGION = Text("Région", "Gewest", "Region")


def at(day: date) -> datetime:
    """Return the moment at which a period stands on the axis of time."""
    return datetime.combine(day, time(12), UTC)


def course(indicator: Indicator, held: Sequence[Point], region: Sequence[Point], name: str, language: str) -> LineChart | None:
    """Return the course of an indicator in an area, with its band of uncertainty, its path and its target; None for fewer than two points."""
    points = [point for point in held if point.start != UNSTATED and point.unit == indicator.sheet.unit]
    if len([point for point in points if point.value is not None]) < 2:
        return None
    own = Line(name, [(at(point.start), point.value) for point in points])
    lines = [own]
    if region:
        beside = [(at(point.start), point.value) for point in region if point.start != UNSTATED and point.unit == indicator.sheet.unit]
        lines.append(Line(REGION.said_in(language), beside, "soft", dashed=True))
    band = [(at(point.start), point.low, point.high) for point in points if point.low is not None and point.high is not None]
    limits = []
    if indicator.sheet.objective:
        limits.append(Limit(indicator.sheet.objective.value, _target(indicator).said_in(language), "good"))
    first, last = points[0], next(point for point in reversed(points) if point.value is not None)
    begin, begun, end, ended = (
        say_period(first.period),
        say_figure(first.value, first.unit),
        say_period(last.period),
        say_figure(last.value, last.unit),
    )
    caption = Text(
        f"De {begin.fr} à {end.fr} : {begun.fr}, puis {ended.fr}.",
        f"Van {begin.nl} tot {end.nl}: {begun.nl}, dan {ended.nl}.",
        f"From {begin.en} to {end.en}: {begun.en}, then {ended.en}.",
    )
    return LineChart(
        key="course",
        title=f"{indicator.title(language)}, {name}",
        caption=caption.said_in(language),
        unit=indicator.sheet.unit,
        lines=lines,
        band=band,
        limits=limits,
        zero=not indicator.sheet.signed,
        csv=f"/api/indicators/{indicator.key}/values.csv",
        source=_source(indicator, language),
    )


def _target(indicator: Indicator) -> Text:
    objective = indicator.sheet.objective
    assert objective is not None
    when = say_period(objective.period)
    return Text(f"cible {when.fr}", f"doel {when.nl}", f"target {when.en}")


def _source(indicator: Indicator, language: str) -> str:
    return indicator.sheet.source.get(language) or indicator.sheet.source.get("fr", "")


def side_by_side(indicator: Indicator, found: Comparison, names: Mapping[str, str], language: str) -> BarChart | None:
    """Return the communes beside one another, the highest first, each with the status it has against the path; None without values."""
    placed = [each for each in found.communes if each.value is not None]
    if len(placed) < 2:
        return None
    sheet, path = indicator.sheet, rules.path_at(indicator.sheet, found.period)
    bars = [
        Bar(names.get(each.area, each.area), each.value, rules.judge(each.value, path, sheet.better, sheet.tolerance)[0] if path is not None else "",
            f"?area={each.area}#course")
        for each in placed
    ]  # fmt: skip
    top, low = placed[0], placed[-1]
    when, high, least = say_period(found.period), say_figure(top.value, sheet.unit), say_figure(low.value, sheet.unit)
    first, last = names.get(top.area, top.area), names.get(low.area, low.area)
    mark, line = _mark(indicator, found, language)
    caption = Text(
        f"{when.fr[:1].upper()}{when.fr[1:]}\u00a0: de {high.fr} à {first} jusqu’à {least.fr} à {last}. {line.fr}",
        f"{when.nl[:1].upper()}{when.nl[1:]}: van {high.nl} in {first} tot {least.nl} in {last}. {line.nl}",
        f"{when.en[:1].upper()}{when.en[1:]}: from {high.en} in {first} to {least.en} in {last}. {line.en}",
    )
    title = Text("Les communes côte à côte", "De gemeenten naast elkaar", "The municipalities beside one another")
    return BarChart(
        key="communes", title=title.said_in(language), caption=caption.said_in(language), unit=sheet.unit, bars=bars,
        csv=f"/api/indicators/{indicator.key}/values.csv", source=_source(indicator, language), mark=mark,
    )  # fmt: skip


def _mark(indicator: Indicator, found: Comparison, language: str) -> tuple[Limit | None, Text]:
    """Return the line across the bars, and what it is: the target where there is one, else the Region; none among counts."""
    sheet = indicator.sheet
    if sheet.objective:
        name, value = _target(indicator), sheet.objective.value
    elif found.region is not None and sheet.unit != "1":
        name, value = REGION, found.region
    else:
        return None, Text("", "", "")
    said = say_figure(value, sheet.unit)
    line = Text(f"Le trait\u00a0: {name.fr}, {said.fr}.", f"De lijn: {name.nl}, {said.nl}.", f"The line: {name.en}, {said.en}.")
    return Limit(value, name.said_in(language), ""), line


def grid(values: Mapping[tuple[str, str], object], areas: Sequence[str], most: int = 6) -> tuple[list[str], list[tuple[str, list[object]]]]:
    """Return the newest periods, and for each area its cells in them: the table of values."""
    periods = sorted({period for _, period in values}, key=lambda period: (read_period(period)[0], period))[-most:]
    return periods, [
        (area, [values.get((area, period)) for period in periods]) for area in areas if any((area, period) in values for period in periods)
    ]
