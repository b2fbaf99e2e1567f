"""The written forms of values: how a number, a date or a moment may stand in a text, and the expression that reads it.

The expressions are DuckDB's, over one column name of our own making; `{v}` stands for it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from zinneke.foundations.tables.values import Type

_compiled = cache(re.compile)

SQL_TYPES: dict[str, str] = {
    "boolean": "BOOLEAN",
    "integer": "BIGINT",
    "decimal": "DOUBLE",
    "date": "DATE",
    "timestamp": "TIMESTAMPTZ",
    "text": "VARCHAR",
}


@dataclass(frozen=True, slots=True)
class Written:
    """One way to write values of a type: the pattern of the whole cell, and the expression that reads a cell which has it.

    `quick` reads the usual cells without matching the pattern; it may give NULL for a good cell, never a value for a bad one.
    `mark` is the decimal mark that the form takes for granted.
    """

    type: Type
    pattern: str
    reads: str
    quick: str = ""
    mark: str = ""

    def looks(self, text: str) -> bool:
        """Say whether a cell looks like this form."""
        return _compiled(self.pattern).fullmatch(text) is not None

    def mostly(self, cells: Sequence[str]) -> bool:
        """Say whether at least four in five of some cells look like this form; none do of none."""
        others = len(cells) // 5
        for text in cells:
            if not self.looks(text):
                others -= 1
                if others < 0:
                    return False
        return bool(cells)

    def match(self, v: str) -> str:
        """Return the SQL condition that a cell has this form."""
        return f"regexp_full_match({v}, '{self.pattern}')"

    def expression(self, v: str) -> str:
        """Return the SQL expression that reads a cell, NULL when it is not one of these."""
        value = self.reads.format(v=v)
        if self.type == "decimal":
            return f"CASE WHEN {self.match(v)} AND isfinite({value}) THEN {value} END"
        if self.type in ("date", "timestamp"):
            return f"CASE WHEN {self.match(v)} AND {value} {_IN_TIME[self.type]} THEN {value} END"
        return f"CASE WHEN {self.match(v)} THEN {value} END"

    def quickly(self, v: str) -> str:
        """Return the expression that reads the usual cells, or all of them where there is no quicker one."""
        return self.quick.format(v=v, value=self.reads.format(v=v)) if self.quick else self.expression(f"trim({v})")


_IN_TIME = {
    "date": "BETWEEN DATE '0001-01-01' AND DATE '9998-12-31'",
    "timestamp": "BETWEEN TIMESTAMPTZ '0001-01-02 00:00:00Z' AND TIMESTAMPTZ '9998-12-30 00:00:00Z'",
}
_USUAL = "{v} >= '0001-01-03' AND {v} < '9998-12-29'"
"""The same as a comparison of texts, well within it: reading a moment costs more than all else, and is done once."""
_CLOCK = r"([01]?[0-9]|2[0-4]):[0-5][0-9](:[0-6][0-9])?"


def _day(pattern: str, layout: str) -> Written:
    return Written("date", pattern, f"CAST(try_strptime({{v}}, '{layout}') AS DATE)")


def _moment(pattern: str, *layouts: str) -> Written:
    listed = ", ".join(f"'{layout}'" for layout in layouts)
    return Written("timestamp", pattern, f"CAST(try_strptime({{v}}, [{listed}]) AS TIMESTAMPTZ)")


WRITTEN: tuple[Written, ...] = (
    Written("boolean", "(?i:true|false)", "(lower({v}) = 'true')", "CASE lower({v}) WHEN 'true' THEN true WHEN 'false' THEN false END"),
    Written(
        "integer",
        "[+-]?[0-9]{1,18}",
        "CAST({v} AS BIGINT)",
        "CASE WHEN length({v}) < 19 AND CAST(TRY_CAST({v} AS BIGINT) AS VARCHAR) = {v} THEN TRY_CAST({v} AS BIGINT) END",
    ),
    Written(
        "decimal",
        r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?",
        "TRY_CAST({v} AS DOUBLE)",
        "CASE WHEN isfinite({value}) AND NOT contains({v}, '_') AND NOT ({v} >= '00' AND {v} < '0:' OR {v} >= '-00' AND {v} < '-0:') THEN {value} END",  # noqa: E501 one expression
        ".",
    ),
    Written("decimal", r"[+-]?([0-9]+|[0-9]{1,3}(\.[0-9]{3})+)(,[0-9]+)?", "TRY_CAST(replace(replace({v}, '.', ''), ',', '.') AS DOUBLE)", mark=","),
    Written("decimal", r"[+-]?([0-9]+|[0-9]{1,3}(,[0-9]{3})+)(\.[0-9]+)?", "TRY_CAST(replace({v}, ',', '') AS DOUBLE)", mark="."),
    Written(
        "decimal",
        "[+-]?[0-9]{1,3}([ \u00a0\u202f\u2019][0-9]{3})*([.,][0-9]+)?",
        "TRY_CAST(replace(regexp_replace({v}, '[ \u00a0\u202f\u2019]', '', 'g'), ',', '.') AS DOUBLE)",
    ),
    Written(
        "date",
        "[0-9]{4}-[0-9]{2}-[0-9]{2}",
        "TRY_CAST({v} AS DATE)",
        f"CASE WHEN length({{v}}) = 10 AND {{v}}[5] = '-' AND {_USUAL} THEN {{value}} END",
    ),
    _day("[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}", "%d/%m/%Y"),
    _day("[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}", "%m/%d/%Y"),
    _day("[0-9]{1,2}-[0-9]{1,2}-[0-9]{4}", "%d-%m-%Y"),
    _day("[0-9]{1,2}[.][0-9]{1,2}[.][0-9]{4}", "%d.%m.%Y"),
    _day("[0-9]{4}/[0-9]{1,2}/[0-9]{1,2}", "%Y/%m/%d"),
    Written(
        "timestamp",
        f"[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}([T ]{_CLOCK}([.][0-9]{{1,9}})? ?(Z|[+-][0-9]{{2}}(:?[0-9]{{2}})?)?)?",
        "TRY_CAST({v} AS TIMESTAMPTZ)",
        f"CASE WHEN length({{v}}) > 15 AND {{v}}[5] = '-' AND {_USUAL} THEN {{value}} END",
    ),
    _moment(f"[0-9]{{1,2}}/[0-9]{{1,2}}/[0-9]{{4}}( {_CLOCK})?", "%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%d/%m/%Y"),
    _moment(f"[0-9]{{1,2}}/[0-9]{{1,2}}/[0-9]{{4}}( {_CLOCK})?", "%m/%d/%Y %H:%M:%S", "%m/%d/%Y %H:%M", "%m/%d/%Y"),
    _moment(f"[0-9]{{1,2}}/[0-9]{{1,2}}/[0-9]{{4}} {_CLOCK} [AP]M", "%m/%d/%Y %I:%M:%S %p", "%m/%d/%Y %I:%M %p"),
    _moment(f"[0-9]{{1,2}}-[0-9]{{1,2}}-[0-9]{{4}}( {_CLOCK})?", "%d-%m-%Y %H:%M:%S", "%d-%m-%Y %H:%M", "%d-%m-%Y"),
    _moment(f"[0-9]{{4}}/[0-9]{{1,2}}/[0-9]{{1,2}} {_CLOCK}", "%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M"),
)
UNIX = Written("timestamp", r"-?[0-9]{1,11}(\.[0-9]+)?", "to_timestamp(TRY_CAST({v} AS DOUBLE))")
TEXT = Written("text", "(?s:.*)", "{v}")


def written_as(type_: Type, layout: str) -> Written:
    """Return the form of a date or moment whose layout is known beforehand (strptime, or `unix`)."""
    if layout == "unix":
        return UNIX
    safe = layout.replace("'", "''").replace("{", "").replace("}", "")
    cast = "DATE" if type_ == "date" else "TIMESTAMPTZ"
    return Written(type_, "(?s:.+)", f"CAST(try_strptime({{v}}, '{safe}') AS {cast})")
