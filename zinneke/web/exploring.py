"""A question put to a dataset by hand: what the address asks, its answer as a table and a chart, and the same question for machines."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any
from urllib.parse import quote, urlencode

from django.http import QueryDict
from django.utils.translation import gettext as _

from zinneke.foundations.tables import store as tables
from zinneke.foundations.tables.values import Bins, Column, Figure, Filter, Grouping, Key, Term, Version
from zinneke.kernel.chart import Bar, BarChart, Line, LineChart
from zinneke.kernel.confidentiality import Actor
from zinneke.kernel.text import Text
from zinneke.web import formats
from zinneke.web.table_view import NUMERIC, Asked, Cell, asked, cell, label

STEPS = {
    "day": Text("par jour", "per dag", "by day"),
    "week": Text("par semaine", "per week", "by week"),
    "month": Text("par mois", "per maand", "by month"),
    "year": Text("par an", "per jaar", "by year"),
}
TAKES = {
    "sum": Text("somme", "som", "sum"),
    "mean": Text("moyenne", "gemiddelde", "average"),
    "median": Text("médiane", "mediaan", "median"),
    "min": Text("minimum", "minimum", "lowest"),
    "max": Text("maximum", "maximum", "highest"),
}
FORMS = (
    ("csv", "CSV"), ("xlsx", "Excel"), ("json", "JSON"), ("jsonl", "JSON lines"), ("parquet", "Parquet"), ("geojson", "GeoJSON"),
    ("gpkg", "GeoPackage"), ("shp", "Shapefile"), ("fgb", "FlatGeobuf"), ("kml", "KML"), ("gpx", "GPX"),
)  # fmt: skip
MOST_GROUPS = 200
MOST_BARS = 20
_TIMED = ("date", "timestamp")
_SIGNS = {"eq": "=", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}
_ODSQL = {"count": "count(*)", "mean": "avg", "sum": "sum", "median": "median", "min": "min", "max": "max"}


@dataclass(frozen=True, slots=True)
class Exploring(Asked):
    """What the address asks: conditions and order as a table does, and the column to group by, its step of time, the figure and its column."""

    by: str = ""
    step: str = ""
    take: str = ""
    of: str = ""

    @property
    def kept(self) -> list[tuple[str, str]]:
        """Return what a form for conditions keeps of the question."""
        return [(name, value) for name, value in (("by", self.by), ("step", self.step), ("figure", self.figure)) if value and self.by]

    @property
    def figure(self) -> str:
        """Return the figure as the form names it: how it is taken, of which column; empty for the number of rows."""
        return f"{self.take}:{self.of}" if self.of else ""

    def address(self, **changes: Any) -> str:
        """Return the query string of the same question with something changed; a change begins at the first page again."""
        state: dict[str, Any] = {"where": list(self.where), "order": self.order, "after": "", **dict(self.kept), **changes}
        words = urlencode([(key, each) for key, value in state.items() for each in (value if isinstance(value, list) else [value]) if each])
        return f"?{words}#table" if words else "?#table"


def read(query: QueryDict, version: Version) -> Exploring:
    """Read the address: what a table asks, and `by`, `step`, `figure` (`mean:column`); what means nothing is left out."""
    table = asked(query, version)
    by = version.column(query.get("by", ""))
    take, _colon, of = query.get("figure", "").partition(":")
    figure = version.column(of)
    if by is None or by.type == "geometry":
        return Exploring(table.where, table.order, table.after, table.filters, table.fault)
    step = query.get("step", "")
    fits = take in TAKES and figure is not None and figure.type in NUMERIC
    return Exploring(
        table.where, table.order, table.after, table.filters, table.fault, by.name, (step if step in STEPS else "month") if by.type in _TIMED else "",
        take if fits else "", of if fits else "",
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Groups:
    """Groups as a page shows them: two headings, the cells, how many there are, and the chart."""

    head: tuple[str, str]
    rows: list[tuple[Cell, Cell]]
    total: int
    line: LineChart | None
    bar: BarChart | None


def groups(actor: Actor, version: Version, state: Exploring, language: str, title: str, csv: str) -> Groups:
    """Return the groups that are asked for. Raises `Problem` 400 for a question that cannot be answered."""
    by, of = version.column(state.by), version.column(state.of)
    assert by is not None
    timed = by.type in _TIMED
    key = Key("group", Term("column", (by.name,)), Bins(width=state.step) if timed else None)  # type: ignore[arg-type]
    figure = Figure("figure", state.take, Term("column", (of.name,))) if of else Figure("figure", "count")  # type: ignore[arg-type]
    order = ("group",) if timed else ("-figure",)
    asked_for = Grouping((key,), (figure,), state.filters, order, MOST_GROUPS)
    found = tables.read_groups(actor, version.dataset, asked_for, version.number)
    what = f"{label(of, language)[0]}, {TAKES[state.take].said_in(language)}" if of else _("Number of rows")
    rows = [(cell(by, _day(group, timed), language), _figure_cell(of, value, language)) for group, value in found.rows]
    chart = _chart(by, of, found.rows, (what, label(by, language)[0]), language, title, csv)
    return Groups((label(by, language)[0], what), rows, found.total, *chart)


def _day(group: Any, timed: bool) -> Any:
    return group.date() if timed and isinstance(group, datetime) else group


def _figure_cell(of: Column | None, value: Any, language: str) -> Cell:
    if value is None:
        return Cell(formats.MISSING)
    return Cell(formats.quantity(value, of.unit, language) if of and of.unit else formats.number(value, language), True)


def _chart(
    by: Column, of: Column | None, rows: Sequence[tuple[Any, ...]], words: tuple[str, str], language: str, title: str, csv: str
) -> tuple[LineChart | None, BarChart | None]:
    """Draw groups over time as a line, all others as bars, the largest first."""
    unit = (of.unit if of else "") or "1"
    known = [(group, float(value)) for group, value in rows if group is not None and value is not None]
    if len(known) < 2:
        return None, None
    high = max(known, key=lambda point: point[1])
    caption = _("%(figure)s by “%(column)s”. Highest: %(first)s (%(count)s).") % {
        "figure": words[0], "column": words[1], "count": formats.quantity(high[1], unit, language),
        "first": cell(by, _day(high[0], by.type in _TIMED), language).words,
    }  # fmt: skip
    if by.type in _TIMED:
        points = [(_moment(group), value) for group, value in known]
        return LineChart(key="groups", title=words[0], caption=caption, unit=unit, lines=(Line(words[0], points),), csv=csv, source=title), None
    bars = tuple(Bar(cell(by, group, language).words, value) for group, value in known[:MOST_BARS])
    return None, BarChart(key="groups", title=words[0], caption=caption, unit=unit, bars=bars, csv=csv, source=title)


def _moment(group: Any) -> datetime:
    return group if isinstance(group, datetime) else datetime.combine(group, time(12), tzinfo=UTC)


def odsql(version: Version, filters: Sequence[Filter]) -> str:
    """Return conditions in the language of the Explore interface."""
    return " and ".join(_said(version.column(each.column), each) for each in filters)


def _said(column: Column | None, each: Filter) -> str:
    name = _name(each.column)
    kind = column.type if column else "text"
    if each.op == "null":
        return f"{name} is null" if str(each.value).lower() not in ("false", "0") else f"{name} is not null"
    if each.op in _SIGNS:
        return f"{name} {_SIGNS[each.op]} {_value(kind, each.value)}"
    if each.op == "in":
        return f"{name} in ({', '.join(_value(kind, value) for value in each.value)})"
    if each.op == "between" and len(each.value) == 2:
        return f"{name} in [{_value(kind, each.value[0])}..{_value(kind, each.value[1])}]"
    return f"{'startswith' if each.op == 'starts' else 'search'}({name}, {_value('text', each.value)})"


def _name(name: str) -> str:
    return name if re.fullmatch(r"[a-z_]\w*", name) and name not in ("and", "or", "not", "in", "is", "like", "date", "null") else f"`{name}`"


def _value(kind: str, value: Any) -> str:
    text = str(value)
    if kind in _TIMED:
        return f"date'{text}'"
    if (kind in NUMERIC and re.fullmatch(r"-?\d+(\.\d+)?", text)) or (kind == "boolean" and text.lower() in ("true", "false")):
        return text.lower()
    return '"' + text.replace("\\", "\\\\").replace('"', '""') + '"'


def addresses(version: Version, state: Exploring, zone: str) -> dict[str, str]:
    """Return where machines get exactly this: in our own interface (`rows`, unless it has no such figure), in Explore v2.1, and as CSV."""
    key = quote(version.dataset)
    where = [("where", each) for each in state.where]
    own = [*where, *([("order", state.order)] if state.order else [])]
    asked_for: list[tuple[str, str]] = [("where", odsql(version, state.filters))] if state.filters else []
    if not state.by:
        asked_for += [("order_by", f"{_name(state.order.removeprefix('-'))}{' desc' if state.order.startswith('-') else ''}")] if state.order else []
        rows = f"/api/tables/{key}/rows"
    else:
        by = version.column(state.by)
        timed = by is not None and by.type in _TIMED
        figure = f"{_ODSQL[state.take]}({_name(state.of)})" if state.of else "count(*)"
        grouped = f"range({_name(state.by)}, 1 {state.step})" if timed else _name(state.by)
        asked_for += [("select", f"{figure} as figure"), ("group_by", f"{grouped} as {'time' if timed else 'value'}")]
        asked_for += [("order_by", "time" if timed else "figure desc"), ("timezone", zone)]
        rows = f"/api/tables/{key}/{'series' if timed else 'tally'}"
        own = [*where, *([("time", state.by), ("step", state.step)] if timed else [("column", state.by)])]
        own += [("value", state.of), ("aggregate", state.take)] if state.of else []
    explore = f"/api/explore/v2.1/catalog/datasets/{key}/records"
    found = {"explore": _address(explore, [*asked_for, ("limit", "100")])}
    if state.take != "median":
        found["rows"] = _address(rows, own)
    found["csv"] = _address(explore.replace("/records", "/exports/csv"), asked_for) if state.by else _address(f"/api/tables/{key}/export/csv", own)
    return found


def _address(path: str, pairs: Sequence[tuple[str, str]]) -> str:
    return f"{path}?{urlencode(pairs)}" if pairs else path


def downloads(version: Version, state: Exploring, found: dict[str, str]) -> list[tuple[str, str]]:
    """Return the files of exactly this: (form, address)."""
    if state.by:
        return [(words, found["csv"].replace("/exports/csv", f"/exports/{form}", 1)) for form, words in FORMS if form in ("csv", "json", "jsonl")]
    left_out = {"shp": ("", "mixed"), "gpx": ("", "mixed", "polygon")}
    fits = [(form, words) for form, words in FORMS if form in ("csv", "xlsx", "json", "jsonl", "parquet") or version.geometry]
    return [
        (words, found["csv"].replace("/export/csv", f"/export/{form}", 1)) for form, words in fits if version.geometry not in left_out.get(form, ())
    ]
