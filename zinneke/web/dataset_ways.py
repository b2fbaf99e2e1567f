"""Which charts suit a dataset, from its columns alone: what are figures, whether they add up, and the ways to draw it, the best first."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from zinneke.foundations.tables.values import Aggregate, Column, Filter, Version
from zinneke.kernel.units import unit
from zinneke.web.table_view import NUMERIC

NOT_FIGURES = frozenset(
    (
        *("lon", "lat", "lng", "longitude", "latitude", "x", "y", "id", "nis", "refnis", "code", "number", "objectid", "fid", "osm_id"),
        *("year", "annee", "anne", "jaar", "month", "mois", "maand", "hour", "nhours", "update"),
    )
)
"""Names, or last words of a name, of numbers that are places, codes or parts of a date."""
CODES = frozenset(("cd", "nis", "nuts", "id", "is"))
YEARS = frozenset(("year", "annee", "année", "jaar", "cd_year"))
PERIODS = YEARS | {"quarter", "trimestre", "kwartaal", "month", "mois", "maand"}
ADDED = frozenset(("1", "EUR", "kWh", "L", "kg", "km2"))
"""Units of amounts that add up; all others (degrees, shares, concentrations) have a mean."""
SHARES = ("pct", "percent", "share", "rate", "ratio", "mean", "avg", "average", "index", "price", "speed", "dur", "relative")
"""Beginnings of words in a name that say it does not add up, whatever its unit."""
STOCKS = frozenset(("free", "available", "occupancy", "capacity", "places"))
"""Words in the name of what is counted again at every moment: over time it has a mean."""
FEWEST = 30
"""Rows from which counting them, or a line through them, says something."""

Kind = Literal["year", "time", "rows", "each", "category"]


@dataclass(frozen=True, slots=True)
class Way:
    """A way to draw: a figure by year or over time, rows over time, a figure of `each` named thing, or a category (with a figure or counted)."""

    kind: Kind
    column: Column
    figure: Column | None = None


def ways(version: Version, name: str) -> list[Way]:
    """Return the ways to draw a version, the best first; `name` is the column that names a row, "" where none does."""
    made = [*_over_time(version), *_of_things(version, name)]
    measured = _measured(version)
    made += [Way("category", column, measured) for column in categories(version) if measured or version.rows >= FEWEST]
    if _things(version) or (version.geometry and not figures(version)):
        made.sort(key=lambda way: way.kind in ("time", "rows"))
    return [*([Way("year", column) for column in figures(version)] if year_of(version) else ()), *made]


def _over_time(version: Version) -> Iterator[Way]:
    if version.time and version.rows >= FEWEST:
        yield from (Way("time", column) for column in figures(version))
        column = version.column(version.time)
        if column and column.profile.distinct > 5 and not figures(version):
            yield Way("rows", column)


def _of_things(version: Version, name: str) -> Iterator[Way]:
    named = version.column(name)
    if named and named.label and named.profile.distinct > 0.7 * version.rows and not version.time:
        yield from (Way("each", column) for column in figures(version) if column.label and column.profile.nulls < 0.5)


def _things(version: Version) -> bool:
    """Say whether each row is a thing on the map with a number of its own, so that its dates are no course of time."""
    return bool(version.geometry) and any(
        column.type in ("integer", "text") and column.profile.distinct > 0.9 * version.rows and not column.unit for column in version.columns
    )


def _words(column: Column) -> list[str]:
    return re.split(r"[_\-.: ]+", column.name.lower())


def year_of(version: Version) -> Column | None:
    """Return the column of years, None without one or with a single year in it."""
    for column in version.columns:
        low, high = column.profile.minimum, column.profile.maximum
        named = column.type == "integer" and column.name.lower() in YEARS and not version.time
        if named and isinstance(low, int) and isinstance(high, int) and 1500 <= low < high <= 2200:
            return column
    return None


def figures(version: Version) -> list[Column]:
    """Return the columns that hold figures worth a chart, those with words first: no codes, no places, no parts of dates."""
    numbers = [column for column in version.columns if column.type in NUMERIC and not _coded(column)]
    found = [column for column in numbers if not _numbering(column, version) and not _tiny(column)]
    return sorted(found, key=lambda column: not column.label)


def _coded(column: Column) -> bool:
    words = _words(column)
    first = words[0].rstrip("0123456789")
    return column.name.lower() in NOT_FIGURES or words[-1] in NOT_FIGURES or (first in CODES and not column.unit)


def _numbering(column: Column, version: Version) -> bool:
    """Say whether a column merely numbers the rows."""
    numbers = column.type == "integer" and version.rows > 20 and column.profile.distinct > 0.9 * version.rows
    return numbers and not (column.label and column.unit) and not _share(column)


def _tiny(column: Column) -> bool:
    """Say whether all of a column would be read as zero with the decimals of its unit."""
    extremes = [abs(each) for each in (column.profile.minimum, column.profile.maximum) if isinstance(each, int | float)]
    return bool(extremes) and max(extremes) < 0.5 * 10 ** -unit(column.unit or "1").decimals


def _share(column: Column) -> bool:
    return any(word.startswith(SHARES) for word in _words(column))


def aggregate(version: Version, column: Column, by: Kind) -> Aggregate:
    """Return how a column's figures are brought together: counts and amounts add up, shares and means have a mean.

    What is counted again at every moment of a course of time has a mean too, as have at moments those that name no unit; and in
    a table of years or quarters so has a count by anything but the year, as it would count the same things again for each.
    """
    words = set(_words(column))
    time = version.column(version.time)
    moments = time is not None and time.type == "timestamp"
    adds = column.unit in ADDED or (not column.unit and not moments and (column.type == "integer" or "tot" in words))
    again = by == "category" and column.unit in ("", "1") and any(each.name.lower() in PERIODS for each in version.columns)
    return "mean" if not adds or again or _share(column) or (time and words & STOCKS) else "sum"


def _measured(version: Version) -> Column | None:
    """Return the figure that a table is about: the first with words and a unit, where each row is no mere thing with some sizes."""
    found = [column for column in figures(version) if column.label and column.unit and column.profile.nulls < 0.5]
    return found[0] if found and not _things(version) else None


def categories(version: Version) -> list[Column]:
    """Return the columns whose values make good bars, the one that best parts the rows first."""
    most = max(60, version.rows // 20)
    found = [
        column
        for column in version.columns
        if column.type in ("text", "boolean")
        and 2 <= column.profile.distinct <= min(most, version.rows * 0.6)
        and column.profile.nulls < 0.97
        and not _coded(column)
    ]
    return sorted(found, key=_awkward)


def _awkward(column: Column) -> tuple[bool, bool, bool, bool, float]:
    profile = column.profile
    return profile.nulls > 0.7, profile.distinct > 400, profile.distinct < 4, not column.label, profile.nulls


def whole(version: Version) -> tuple[Filter, ...]:
    """Return the conditions that leave totals out of a sum: a month 0 is the whole year, a category left empty all of them."""
    months = (column for column in version.columns if column.name.lower() in ("month", "mois", "maand"))
    found = [Filter(column.name, "gt", 0) for column in months if column.type == "integer" and column.profile.minimum == 0]
    texts = [column for column in categories(version) if column.type == "text" and not version.geometry]
    return (*found, *(Filter(column.name, "null", False) for column in texts if 0 < column.profile.nulls < 0.1))
