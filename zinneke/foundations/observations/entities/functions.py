"""The operators and functions that questions may use, as expressions of the engine. {0}, {1}, {2} are the operands, already of the kind asked."""

from __future__ import annotations

from typing import NamedTuple

from zinneke.foundations.observations.entities.sets import Kind


class Function(NamedTuple):
    """What a function takes, gives, and how the engine says it."""

    takes: tuple[Kind, ...]
    gives: Kind
    says: str


_MOMENT = "make_timestamp({0})"
_FRACTION = "((({0} % 1000000) + 1000000) % 1000000) / 1000000.0"

FUNCTIONS: dict[str, tuple[Function, ...]] = {
    "substringof": (Function(("text", "text"), "truth", "contains({1}, {0})"),),
    "contains": (Function(("text", "text"), "truth", "contains({0}, {1})"),),
    "startswith": (Function(("text", "text"), "truth", "starts_with({0}, {1})"),),
    "endswith": (Function(("text", "text"), "truth", "suffix({0}, {1})"),),
    "length": (Function(("text",), "number", "length({0})"),),
    "indexof": (Function(("text", "text"), "number", "(strpos({0}, {1}) - 1)"),),
    "substring": (
        Function(("text", "number"), "text", "substr({0}, CAST(greatest({1}, 0) AS BIGINT) + 1)"),
        Function(("text", "number", "number"), "text", "substr({0}, CAST(greatest({1}, 0) AS BIGINT) + 1, CAST(greatest({2}, 0) AS BIGINT))"),
    ),
    "tolower": (Function(("text",), "text", "lower({0})"),),
    "toupper": (Function(("text",), "text", "upper({0})"),),
    "trim": (Function(("text",), "text", "trim({0})"),),
    "concat": (Function(("text", "text"), "text", "({0} || {1})"),),
    **{part: (Function(("time",), "number", f"{part}({_MOMENT})"),) for part in ("year", "month", "day", "hour", "minute", "second")},
    "fractionalseconds": (Function(("time",), "number", f"({_FRACTION})"),),
    "date": (Function(("time",), "date", f"strftime({_MOMENT}, '%Y-%m-%d')"),),
    "time": (Function(("time",), "clock", f"strftime({_MOMENT}, '%H:%M:%S.%f')"),),
    "totaloffsetminutes": (Function(("time",), "number", "(CASE WHEN {0} IS NULL THEN NULL ELSE 0 END)"),),
    "totalseconds": (Function(("duration",), "number", "({0} / 1000000.0)"),),
    "mindatetime": (Function((), "time", "(-62135596800000000)"),),
    "maxdatetime": (Function((), "time", "253402300799999999"),),
    "round": (Function(("number",), "number", "round({0})"),),
    "floor": (Function(("number",), "number", "floor({0})"),),
    "ceiling": (Function(("number",), "number", "ceil({0})"),),
    "geo.distance": (Function(("geometry", "geometry"), "number", "geo_distance({0}, {1})"),),
    "geo.length": (Function(("geometry",), "number", "geo_length({0})"),),
    "geo.intersects": (Function(("geometry", "geometry"), "truth", "st_intersects({0}, {1})"),),
    **{
        f"st_{name}": (Function(("geometry", "geometry"), "truth", f"st_{name}({{0}}, {{1}})"),)
        for name in ("equals", "disjoint", "touches", "within", "overlaps", "crosses", "intersects", "contains")
    },
    "st_relate": (Function(("geometry", "geometry", "text"), "truth", "st_relate({0}, {1}, {2})"),),
}
ARITHMETIC: dict[tuple[str, str, str], Function] = {
    **{
        (name, "number", "number"): Function(("number", "number"), "number", f"({{0}} {sign} {{1}})")
        for name, sign in zip(("add", "sub", "mul"), "+-*", strict=True)
    },
    ("div", "number", "number"): Function(("number", "number"), "number", "({0} / nullif({1}, 0))"),
    ("mod", "number", "number"): Function(("number", "number"), "number", "({0} % nullif({1}, 0))"),
    ("add", "time", "duration"): Function(("time", "duration"), "time", "({0} + {1})"),
    ("sub", "time", "duration"): Function(("time", "duration"), "time", "({0} - {1})"),
    ("sub", "time", "time"): Function(("time", "time"), "duration", "({0} - {1})"),
    ("add", "duration", "duration"): Function(("duration", "duration"), "duration", "({0} + {1})"),
    ("sub", "duration", "duration"): Function(("duration", "duration"), "duration", "({0} - {1})"),
}
SIGNS = {"eq": "=", "ne": "<>", "gt": ">", "ge": ">=", "lt": "<", "le": "<="}
SPANS = {
    "eq": "({0} = {2} AND {1} = {3})",
    "ne": "NOT ({0} = {2} AND {1} = {3})",
    "lt": "{1} < {2}",
    "le": "{1} <= {2}",
    "gt": "{0} > {3}",
    "ge": "{0} >= {3}",
    "before": "{1} < {2}",
    "after": "{0} > {3}",
    "meets": "({1} = {2} OR {0} = {3})",
    "during": "({0} >= {2} AND {1} <= {3})",
    "overlaps": "({0} <= {3} AND {2} <= {1})",
    "starts": "{0} = {2}",
    "finishes": "{1} = {3}",
}
"""Comparisons of two spans of time, {0} to {1} and {2} to {3}; a moment is a span that ends as it begins."""
LOGIC = {"and": "({0} AND {1})", "or": "({0} OR {1})", "not": "(NOT {0})"}
NAMES = frozenset({*FUNCTIONS, *SIGNS, *SPANS, *LOGIC, *(name for name, _, _ in ARITHMETIC), "now", "neg"})
