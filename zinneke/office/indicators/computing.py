"""Evaluate a measure: a figure for each period, area and dimension, or the reason why there is none."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import singledispatch
from typing import Any, NamedTuple

import numpy as np

from zinneke.kernel.problem import Problem
from zinneke.office.indicators import rules
from zinneke.office.indicators.measures import ALWAYS, REGION, Change, Listed, Measure, Other, Ranked, Ratio, Readings, Rows, Sum, Surface
from zinneke.office.indicators.periods import earlier
from zinneke.office.indicators.sources import Array, Sources, is_open, local, year_of
from zinneke.office.indicators.values import Absence, City

Place = tuple[str, str, str]
"""Period, area, dimension."""


class Cell(NamedTuple):
    """A figure, or why there is none; `held` is the period from which a divisor was taken when its own year is not known."""

    value: float | None
    absent: Absence = ""
    low: float | None = None
    high: float | None = None
    held: str = ""


Cells = dict[Place, Cell]
_TAKES: dict[str, Callable[[Array], Any]] = {"sum": np.sum, "mean": np.mean, "min": np.min, "max": np.max}


class Known(NamedTuple):
    """What a measure may ask of the room itself: other indicators' values and the rankings, handed in by the store."""

    others: Callable[[str], Cells]
    ranking: Callable[[str], list[City]]


def compute(measure: Measure, sources: Sources, known: Known) -> Cells:
    """Return every figure of a measure. Raises `Problem` when its data are gone or do not fit."""
    return _compute(measure, sources, known)


@singledispatch
def _compute(measure: Any, sources: Sources, known: Known) -> Cells:
    raise TypeError(type(measure))


@_compute.register
def _rows(measure: Rows, sources: Sources, known: Known) -> Cells:
    names = {measure.column, measure.area, measure.year, measure.split.column if measure.split else ""} - {""}
    columns = sources.columns(measure.dataset, sorted(names), measure.where)
    count = len(columns[""])
    periods = _texts([year_of(cell) for cell in columns[measure.year].tolist()]) if measure.year else _texts([measure.period or ""] * count)
    areas = _texts([measure.only] * count)
    if measure.area == "geometry":
        areas = columns["geometry"]
    elif measure.area:
        areas = sources.areas_of(columns[measure.area], measure.areas)
    dimensions = _texts([""] * count)
    if measure.split:
        codes = measure.split.values
        dimensions = _texts([f"{measure.split.name}:{codes[str(cell)]}" if str(cell) in codes else "" for cell in columns[measure.split.column]])
    numbers = np.array([np.nan if cell is None else float(cell) for cell in columns[measure.column]]) if measure.column else np.ones(count)
    keep = ~np.isnan(numbers) & np.array([bool(period) or not measure.year for period in periods], dtype=bool)
    if measure.area:
        keep &= areas != REGION
    if measure.unique:
        keep &= _first(columns, sorted(names), count)
    return _gather(measure, sources, periods[keep], areas[keep], dimensions[keep], numbers[keep])


def _texts(values: list[str]) -> Array:
    made = np.empty(len(values), dtype=object)
    made[:] = values
    return made


def _first(columns: Mapping[str, Array], names: list[str], count: int) -> Array:
    """Return which rows are the first of their kind."""
    seen: set[tuple[Any, ...]] = set()
    first = np.zeros(count, dtype=bool)
    for place, row in enumerate(zip(*(columns[name].tolist() for name in names), strict=True)):
        first[place] = row not in seen
        seen.add(row)
    return first


def _gather(measure: Rows, sources: Sources, periods: Array, areas: Array, dimensions: Array, numbers: Array) -> Cells:
    """Return the figure of each group of rows, for each commune and for all of them, for each dimension and for all of them."""
    groups: dict[Place, list[float]] = defaultdict(list)
    for period, area, dimension, number in zip(periods.tolist(), areas.tolist(), dimensions.tolist(), numbers.tolist(), strict=True):
        places = {(period, area, ""), (period, area, dimension)}
        if not measure.only:
            places |= {(period, REGION, ""), (period, REGION, dimension)}
        for place in places:
            groups[place].append(number)
    cells = {place: _figure(measure, held) for place, held in groups.items()}
    if measure.filled:
        spread = (*sources.communes(), REGION) if measure.area else (measure.only or REGION,)
        found = {(period, dimension) for period, _, dimension in cells} or ({(measure.period, "")} if measure.period is not None else set())
        for period, dimension in found:
            for area in spread:
                cells.setdefault((period, area, dimension), Cell(0.0))
    return cells


def _figure(measure: Rows, held: list[float]) -> Cell:
    if len(held) < measure.least:
        return Cell(None, "too_few")
    if measure.take == "count":
        return Cell(len(held) * measure.times)
    numbers = np.array(held)
    if measure.take == "percentile":
        return Cell(float(np.percentile(numbers, measure.percentile)) * measure.times)
    figure = float(_TAKES[measure.take](numbers)) * measure.times
    if measure.take == "mean" and measure.sample and len(numbers) > 1:
        low, high = rules.mean_interval(figure, float(np.std(numbers, ddof=1)) * measure.times, len(numbers))
        return Cell(figure, low=low, high=high)
    return Cell(figure)


@_compute.register
def _surface(measure: Surface, sources: Sources, known: Known) -> Cells:
    communes = sources.communes()
    return {(ALWAYS, area, ""): Cell(surface) for area, surface in {**communes, REGION: sum(communes.values())}.items()}


@_compute.register
def _readings(measure: Readings, sources: Sources, known: Known) -> Cells:
    groups: dict[Place, list[float]] = defaultdict(list)
    for series in sources.series(measure.solution, measure.reading):
        by_year: dict[int, list[tuple[Any, float]]] = defaultdict(list)
        for moment, value in zip(series.times, series.values, strict=True):
            day = local(moment).date()
            by_year[day.year].append((day, value))
        for year, held in by_year.items():
            figures = [_days_above(held, measure.limit)] if measure.take == "days_above" else [value for _, value in held]
            for area in (series.area, REGION):
                groups[str(year), area, ""] += figures
    figure: Callable[[Array], Any] = _TAKES.get(
        "mean" if measure.take == "days_above" else measure.take, lambda numbers: np.percentile(numbers, measure.percentile)
    )
    return {place: Cell(float(figure(np.array(held))) * measure.times) for place, held in groups.items()}


def _days_above(held: list[tuple[Any, float]], limit: float) -> float:
    days: dict[Any, list[float]] = defaultdict(list)
    for day, value in held:
        days[day].append(value)
    return float(sum(1 for values in days.values() if sum(values) / len(values) > limit))


@_compute.register
def _other(measure: Other, sources: Sources, known: Known) -> Cells:
    sources.inputs[f"indicator {measure.key}"] = None
    return known.others(measure.key)


@_compute.register
def _listed(measure: Listed, sources: Sources, known: Known) -> Cells:
    held = sources.listed(measure.source)
    since = sources.now - timedelta(days=measure.days)
    period = sources.now.strftime("%Y-%m")
    if measure.what == "datasets":
        return {(period, REGION, ""): Cell(float(len(held)))}
    if not held:
        return {(period, REGION, ""): Cell(None, "no_data")}
    if measure.what == "quality":
        return {(period, REGION, ""): Cell(sum(each.quality for each in held) / len(held))}
    chosen = [each for each in held if (is_open(each) if measure.what == "open" else (each.row.modified or each.changed) >= since)]
    return {(period, REGION, ""): Cell(100 * len(chosen) / len(held))}


@_compute.register
def _ranked(measure: Ranked, sources: Sources, known: Known) -> Cells:
    cities = known.ranking(measure.ranking)
    sources.inputs[f"ranking {measure.ranking}"] = None
    city = next((each for each in cities if each.name == measure.city), None)
    if city is None:
        raise Problem(409, "Not in the ranking", f"{measure.city} is not in the ranking {measure.ranking}. Correct the name, or load the edition.")
    behind = 100 * sum(each.rank > city.rank for each in cities) / len(cities)
    return {("", REGION, ""): Cell({"rank": float(city.rank), "score": city.score, "behind": behind}[measure.what])}


@_compute.register
def _sum(measure: Sum, sources: Sources, known: Known) -> Cells:
    parts = [compute(part, sources, known) for part in measure.parts]
    found: Cells = {}
    for place in dict.fromkeys(place for part in parts for place in part):
        held = [part.get(place) or part.get((place[0], place[1], "")) for part in parts]
        values = [each.value for each in held if each is not None and each.value is not None]
        found[place] = Cell(sum(values)) if len(values) == len(parts) else Cell(None, "no_data")
    return found


@_compute.register
def _ratio(measure: Ratio, sources: Sources, known: Known) -> Cells:
    above, below = compute(measure.of, sources, known), compute(measure.per, sources, known)
    found: Cells = {}
    for place, cell in above.items():
        if cell.value is None:
            found[place] = cell
            continue
        divisor, held = _divisor(below, place, measure.hold)
        if divisor is None or divisor.value is None:
            found[place] = Cell(None, divisor.absent if divisor and divisor.absent else "no_divisor")
        elif divisor.value == 0:
            found[place] = Cell(None, "zero_divisor")
        else:
            low, high = _bounds(measure, cell, divisor.value)
            found[place] = Cell(cell.value / divisor.value * measure.times, "", low, high, held)
    return found


def _divisor(below: Cells, place: Place, hold: int) -> tuple[Cell | None, str]:
    """Return the divisor of a place: of its own period, of what never changes, or of the nearest year before, with that year."""
    period, area, dimension = place
    for key in ((period, area, dimension), (period, area, ""), (ALWAYS, area, "")):
        if key in below:
            return below[key], ""
    if period[:4].isdigit():
        for years in range(1, hold + 1):
            past = str(int(period[:4]) - years)
            if (past, area, "") in below:
                return below[past, area, ""], past
    return None, ""


def _bounds(measure: Ratio, cell: Cell, divisor: float) -> tuple[float | None, float | None]:
    if measure.share and cell.value is not None:
        low, high = rules.wilson(cell.value, divisor)
        return low * measure.times, high * measure.times
    scale = measure.times / divisor
    return (None if cell.low is None else cell.low * scale), (None if cell.high is None else cell.high * scale)


@_compute.register
def _change(measure: Change, sources: Sources, known: Known) -> Cells:
    cells = compute(measure.of, sources, known)
    found: Cells = {}
    for (period, area, dimension), cell in cells.items():
        before = cells.get((earlier(period, measure.years), area, dimension))
        if not period or before is None:
            continue
        if cell.value is None or before.value is None:
            found[period, area, dimension] = Cell(None, cell.absent or before.absent or "no_earlier")
        elif measure.percent and before.value == 0:
            found[period, area, dimension] = Cell(None, "zero_divisor")
        else:
            difference = cell.value - before.value
            found[period, area, dimension] = Cell(100 * difference / before.value if measure.percent else difference)
    return found
