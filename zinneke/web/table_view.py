"""A dataset's rows as a page shows them: what the address asks, cells as readers write them, columns in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict

from zinneke.foundations.tables import rules
from zinneke.foundations.tables.values import GEOMETRY, Column, Filter, Query, Version
from zinneke.kernel.problem import Problem
from zinneke.kernel.text import Text, choose
from zinneke.web import column_words, formats

PAGE = 25
LONGEST = 400
ASKED = ("where", "order", "after")
SIGNS = {
    **{op: Text(sign, sign, sign) for op, sign in {"eq": "=", "ne": "≠", "lt": "<", "le": "≤", "gt": ">", "ge": "≥"}.items()},
    "contains": Text("contient", "bevat", "contains"),
    "starts": Text("commence par", "begint met", "begins with"),
    "in": Text("parmi", "een van", "one of"),
    "between": Text("entre", "tussen", "between"),
}
EMPTY, FILLED = Text("est vide", "is leeg", "is empty"), Text("n’est pas vide", "is niet leeg", "is not empty")
NUMERIC = ("integer", "decimal")
DEGREES = ("lon", "lat", "longitude", "latitude")


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address of the page asks of the table; `fault` is the sentence about a condition that could not be read."""

    where: tuple[str, ...] = ()
    order: str = ""
    after: str = ""
    filters: tuple[Filter, ...] = ()
    fault: str = ""

    def query(self, columns: tuple[str, ...]) -> Query:
        """Return the query for the store."""
        return Query(columns=columns, where=self.filters, order=(self.order,) if self.order else (), limit=PAGE, after=self.after)

    def address(self, **changes: Any) -> str:
        """Return the query string of the same page with something changed; a change begins at the first page again."""
        state: dict[str, Any] = {"where": list(self.where), "order": self.order, "after": "", **changes}
        words = urlencode([(key, each) for key, value in state.items() for each in (value if isinstance(value, list) else [value]) if each])
        return f"?{words}#table" if words else "?#table"


def asked(query: QueryDict, version: Version) -> Asked:
    """Read the address: repeated `where=column:op:value`, `order`, `after`, and the three fields of the form (`column`, `op`, `value`)."""
    conditions = [each for each in query.getlist("where") if each]
    if (column := query.get("column")) and (value := query.get("value", "").strip()):
        conditions.append(f"{column}:{query.get('op', 'contains')}:{value}")
    elif column and query.get("op") == "null":
        conditions.append(f"{column}:null:true")
    kept: list[str] = []
    filters: list[Filter] = []
    fault = ""
    for each in dict.fromkeys(conditions):
        try:
            condition = rules.parse_condition(each, version.columns)
            found = rules.choose_column(version.columns, condition.column)
            rules.check_operator(found, condition.op)
            filters.append(condition)
            kept.append(each)
        except Problem as problem:
            fault = problem.detail
    order = query.get("order", "")
    if not _sortable(version.column(order.removeprefix("-"))):
        order = ""
    return Asked(tuple(kept), order, query.get("after", ""), tuple(filters), fault)


def _sortable(column: Column | None) -> bool:
    return column is not None and column.type != "geometry"


@dataclass(frozen=True, slots=True)
class Heading:
    """A column's heading: its words, its type, its unit, how it is sorted now, and where a press leads."""

    column: Column
    label: str
    lang: str
    sorted: str
    address: str

    @property
    def numeric(self) -> bool:
        """Say whether its cells stand to the right."""
        return self.column.type in NUMERIC


def label(column: Column, language: str) -> tuple[str, str]:
    """Return a column's words and the language they are in; without words those of such columns, or its name made readable."""
    words, spoken = choose(column.label, language)
    if not words and (words := column_words.find_words(column.name, language)):
        spoken = language
    return (words, spoken) if words else (column.name.replace("_", " ").strip() or column.name, "")


def said(condition: str, columns: Sequence[Column], language: str) -> str:
    """Return a condition as readers write it, `Height ≥ 20`."""
    asked = rules.parse_condition(condition, columns)
    column = next(each for each in columns if each.name == asked.column)
    if asked.op == "null":
        return f"{label(column, language)[0]} {(FILLED if str(asked.value) == 'false' else EMPTY).said_in(language)}"
    sign = SIGNS.get(asked.op)
    value = " – ".join(map(str, asked.value)) if isinstance(asked.value, list) else str(asked.value)
    return f"{label(column, language)[0]} {sign.said_in(language) if sign else asked.op} {value}"


def conditions(state: Asked, columns: Sequence[Column], language: str) -> list[tuple[str, str]]:
    """Return each condition in words, with the address of the page without it."""
    return [(said(each, columns, language), state.address(where=[other for other in state.where if other != each])) for each in state.where]


def shown(version: Version) -> tuple[Column, ...]:
    """Return the columns of the table: all but the shapes, which the map shows; coordinates come last."""
    columns = [column for column in version.columns if column.type != "geometry" and column.name != GEOMETRY]
    return tuple(sorted(columns, key=lambda column: column.name.lower() in DEGREES))


def headings(columns: Sequence[Column], state: Asked, language: str) -> list[Heading]:
    """Return the headings of the table."""
    made = []
    for column in columns:
        words, spoken = label(column, language)
        now = {column.name: "ascending", f"-{column.name}": "descending"}.get(state.order, "none")
        following = f"-{column.name}" if now == "ascending" else column.name
        made.append(Heading(column, words, spoken if spoken != language else "", now, state.address(order=following)))
    return made


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell as it is read: the words, whether it is a number, and an address when it is one."""

    words: str
    numeric: bool = False
    href: str = ""

    @property
    def long(self) -> bool:
        """Say whether the words are to be shown in part."""
        return len(self.words) > 60 and not self.href


YES_NO = {"fr": ("oui", "non"), "nl": ("ja", "nee"), "en": ("yes", "no")}


def cell(column: Column, value: Any, language: str) -> Cell:
    """Return one cell in the reader's words."""
    if value is None or value == "":
        return Cell(formats.MISSING)
    if isinstance(value, bool):
        return Cell(YES_NO.get(language, YES_NO["en"])[0 if value else 1])
    if isinstance(value, int | float) and column.type in NUMERIC:
        return Cell(_code(column, value) or formats.number(value, language, 5 if column.name.lower() in DEGREES else None), True)
    if isinstance(value, datetime):
        return Cell(formats.moment(value, language, "short"))
    if isinstance(value, date):
        return Cell(formats.day(value, language, "short"))
    words = str(value)
    if words.startswith(("https://", "http://")) and " " not in words:
        return Cell(words[:60] + ("…" if len(words) > 60 else ""), href=words)
    return Cell(words[:LONGEST] + "…") if len(words) > LONGEST else Cell(words)


def _code(column: Column, value: float) -> str:
    """Return a year or a code without the marks that group thousands; empty for a real figure."""
    name = column.name.lower()
    if (
        isinstance(value, int)
        and not column.unit
        and any(word in name for word in ("year", "jaar", "annee", "année", "nis", "refnis", "code", "id", "zip", "postal"))
    ):
        return str(value)
    return ""


@dataclass(frozen=True, slots=True)
class Bin:
    """One bar of a tiny histogram: where it stands and how high, of a hundred by thirty."""

    x: float
    y: float
    width: float
    height: float


def histogram(column: Column) -> tuple[Bin, ...]:
    """Return the bars of a column's histogram; none when there is nothing to show."""
    counts = column.profile.histogram
    if len(counts) < 2 or not max(counts):
        return ()
    width, most = 100 / len(counts), max(counts)
    return tuple(
        Bin(
            round(at * width, 2),
            round(30 - max(count / most * 30, 1 if count else 0), 2),
            round(width * 0.88, 2),
            round(max(count / most * 30, 1 if count else 0), 2),
        )
        for at, count in enumerate(counts)
    )


@dataclass(frozen=True, slots=True)
class ColumnView:
    """A column with what it holds: empty share in percent, distinct values, extremes, the middle half, most frequent values."""

    column: Column
    label: str
    lang: str
    empty: float
    distinct: int
    low: str
    high: str
    middle: tuple[str, str] | None
    top: tuple[tuple[str, int], ...]
    bins: tuple[Bin, ...]

    @property
    def dated(self) -> bool:
        """Say whether the extremes are days, which French words otherwise than numbers."""
        return self.column.type in ("date", "timestamp")


def describe(column: Column, language: str) -> ColumnView:
    """Put a column's profile into the reader's words and numbers."""
    profile = column.profile
    words, spoken = label(column, language)
    numeric = column.type in (*NUMERIC, "date", "timestamp")
    low, high = (_extreme(column, each, language) if numeric else "" for each in (profile.minimum, profile.maximum))
    middle = None
    if numeric and len(profile.quantiles) >= 4 and profile.quantiles[1] != profile.quantiles[3]:
        middle = _extreme(column, profile.quantiles[1], language), _extreme(column, profile.quantiles[3], language)
    top = tuple((cell(column, value, language).words, count) for value, count in profile.top[:3]) if column.type in ("text", "boolean") else ()
    empty = round(profile.nulls * 100, 1)
    return ColumnView(column, words, spoken if spoken != language else "", empty, profile.distinct, low, high, middle, top, histogram(column))


def _extreme(column: Column, value: Any, language: str) -> str:
    if value is None:
        return ""
    if column.type in ("date", "timestamp") and isinstance(value, str):
        try:
            return formats.day(date.fromisoformat(value[:10]), language, "short")
        except ValueError:
            return value
    return cell(column, value, language).words
