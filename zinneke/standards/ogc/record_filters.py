"""Conditions in CQL2 about records of the catalogue, translated to the catalogue's tree of wishes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

from zinneke.foundations.catalogue import store as catalogue
from zinneke.foundations.catalogue.selecting import is_like
from zinneke.foundations.catalogue.vocabularies import FORMATS, LICENCES, THEMES
from zinneke.foundations.catalogue.wanted import (
    EVERYTHING,
    NOTHING,
    Boxed,
    Coded,
    CodedField,
    Dated,
    Either,
    Every,
    Moment,
    Named,
    Not,
    Numbered,
    Only,
    Titled,
    Wanted,
)
from zinneke.foundations.tables.values import And, Column, Filter, Or, Spatial, Where
from zinneke.foundations.tables.values import Not as Contrary
from zinneke.kernel.confidentiality import Actor
from zinneke.kernel.period import city_zone
from zinneke.standards.ogc.cql2 import Node, Operation, Property, Reading, fault, read_tree
from zinneke.standards.ogc.cql2.tree import day_of, moment_of
from zinneke.standards.ogc.systems import System

CODED: dict[str, CodedField] = {
    "keywords": "keyword", "themes": "theme", "formats": "format", "resourceLanguages": "language", "publisher": "publisher", "license": "licence",
    "communes": "commune", "source": "source",
}  # fmt: skip
MOMENTS: dict[str, Moment] = {"updated": "modified", "created": "seen"}
ARRAYS = ("keywords", "themes", "formats", "resourceLanguages", "communes")
"""Properties with several values: a comparison asks whether any of them is so."""
SORTS = {"title": "title", "updated": "modified", "created": "seen", "id": "key", "quality": "quality"}
QUERYABLES: dict[str, dict[str, Any]] = {
    "id": {"type": "string"},
    "type": {"type": "string", "enum": ["dataset"]},
    "title": {"type": "string"},
    **{name: {"type": "array", "items": {"type": "string"}} if name in ARRAYS else {"type": "string"} for name in CODED},
    "updated": {"type": "string", "format": "date-time"},
    "created": {"type": "string", "format": "date-time"},
    "quality": {"type": "integer", "minimum": 0, "maximum": 100},
    "geometry": {"x-ogc-role": "primary-geometry", "format": "geometry-polygon"},
}
_COLUMNS = (
    *(Column(name, "text") for name in ("id", "type", "title", *CODED)),
    *(Column(name, "timestamp") for name in MOMENTS),
    Column("quality", "integer"),
    Column("geometry", "geometry"),
)
_LISTED = {"a_equals", "a_contains", "a_containedby", "a_overlaps"}
_SECOND = timedelta(seconds=1)


def read_wanted(actor: Actor, source: str, language: str, system: System) -> Wanted:
    """Read a condition about records. Raises `Problem` 400 saying what is wrong with it."""
    return _Reader(actor, system).node(read_tree(source, language), False)


class _Reader:
    """Translates one condition; what is negated is negated at its leaves, so that a record without a value answers neither side."""

    def __init__(self, actor: Actor, system: System) -> None:
        self.actor, self.reading = actor, Reading(_COLUMNS, system)
        self.codes: dict[CodedField, dict[str, str]] = {}

    def node(self, node: Node, negated: bool) -> Wanted:
        """Translate what was written, functions of lists among it."""
        if isinstance(node, Operation) and node.op in ("and", "or"):
            parts = tuple(self.node(each, negated) for each in node.args)
            return Every(parts) if (node.op == "and") != negated else Either(parts)
        if isinstance(node, Operation) and node.op == "not" and len(node.args) == 1:
            return self.node(node.args[0], not negated)
        if isinstance(node, Operation) and node.op in _LISTED:
            found = self.listed(node)
            return Not(found) if negated else found
        return self.where(self.reading.condition(node), negated)

    def listed(self, node: Operation) -> Wanted:
        """Translate a function of a property with several values and a list, either way round."""
        if len(node.args) != 2:
            raise fault(f"{node.op.upper()} takes a property and a list of values.")
        (left, right), op = node.args, node.op
        if isinstance(right, Property):
            left, right = right, left
            op = {"a_contains": "a_containedby", "a_containedby": "a_contains"}.get(op, op)
        values = right if isinstance(right, tuple) else (right,)
        if not isinstance(left, Property) or left.name not in ARRAYS or not values or not all(isinstance(each, str) for each in values):
            raise fault(f"{node.op.upper()} compares one of {', '.join(ARRAYS)} with a list of texts.")
        field = CODED[left.name]
        codes = tuple(self.code(field, str(each)) for each in values)
        every, only = Every(tuple(Coded(field, (each,)) for each in codes)), Only(field, codes)
        found: dict[str, Wanted] = {"a_contains": every, "a_containedby": only, "a_equals": Every((every, only)), "a_overlaps": Coded(field, codes)}
        return found[op]

    def where(self, where: Where, negated: bool) -> Wanted:
        """Translate a condition of tables."""
        if isinstance(where, And | Or):
            parts = tuple(self.where(each, negated) for each in where.parts)
            return Every(parts) if isinstance(where, And) != negated else Either(parts)
        if isinstance(where, Contrary):
            return self.where(where.part, not negated)
        if isinstance(where, Spatial):
            if where.op == "dwithin":
                raise fault("S_DWITHIN is for features. Records are found by S_INTERSECTS and the like.")
            found: Wanted = Boxed(where.op, where.shape)
            return Every((Not(found), Either((Boxed("disjoint", where.shape), Boxed("intersects", where.shape))))) if negated else found
        if not isinstance(where, Filter):
            raise fault("Records are compared with constants: a property on one side, a value on the other.")
        if where.op == "null":
            return self.present(where.column) if negated == bool(where.value) else Not(self.present(where.column))
        found = self.compared(where)
        if negated == (where.op == "ne"):
            return found
        return Every((Not(found), self.present(where.column)))

    def present(self, name: str) -> Wanted:
        """Return what has a property at all."""
        if name in MOMENTS:
            return Dated(MOMENTS[name])
        return Coded(CODED[name], like="*") if name in CODED else EVERYTHING

    def compared(self, where: Filter) -> Wanted:
        """Translate one comparison; `ne` as if it were `eq`, for whoever asks turns it."""
        name, op, value = where.column, where.op, where.value
        if name in MOMENTS:
            return _dated(MOMENTS[name], op, value)
        if name == "quality":
            return _numbered(op, value)
        if op in ("lt", "le", "gt", "ge", "between"):
            raise fault(f"{name!r} is a text that has no order here. Compare it by =, <>, IN or LIKE.")
        values = tuple(map(str, value)) if op == "in" else (str(value),)
        like = op in ("like", "ilike", "caselike", "accentlike")
        folds = {"case": op in ("ilike", "caselike"), "accents": op in ("ilike", "accentlike")}
        if name == "type":
            return EVERYTHING if (is_like("dataset", str(value), **folds) if like else "dataset" in values) else NOTHING
        if name == "title":
            return Either(tuple(Titled(each if like else _escaped(each), **folds) for each in values))
        if like:
            return Named(like=_starred(str(value))) if name == "id" else Coded(CODED[name], like=_starred(str(value)))
        return Named(values) if name == "id" else Coded(CODED[name], tuple(self.code(CODED[name], each) for each in values))

    def code(self, field: CodedField, value: str) -> str:
        """Return the code of a value that may be given by its name."""
        if field not in self.codes:
            self.codes[field] = {name: code for code, names in self.names(field).items() for name in names}
        return self.codes[field].get(value, value)

    def names(self, field: CodedField) -> dict[str, tuple[str, ...]]:
        """Return what each code of a field is also called."""
        if field == "theme":
            return {code: (text.fr, text.nl, text.en) for code, text in THEMES.items()}
        if field == "licence":
            return {code: (each.uri, each.name.fr, each.name.nl, each.name.en) for code, each in LICENCES.items()}
        if field == "format":
            return {code: (each.name,) for code, each in FORMATS.items()}
        return {key: tuple(names.values()) for key, names in catalogue.publisher_names(self.actor).items()} if field == "publisher" else {}


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _starred(like: str) -> str:
    if "\\" in like or "*" in like or "?" in like:
        raise fault("In LIKE about codes and names of records only % and _ may stand for letters, and no *, ? or stroke before them.")
    return like.replace("%", "*").replace("_", "?")


def _numbered(op: str, value: Any) -> Wanted:
    if op == "in":
        return Either(tuple(Numbered("quality", each, each) for each in value))
    low, high = value if op == "between" else (value, value)
    bounds: dict[str, tuple[float, float]] = {
        "lt": (float("-inf"), _below(high)), "le": (float("-inf"), high), "gt": (_above(low), float("inf")), "ge": (low, float("inf")),
    }  # fmt: skip
    return Numbered("quality", *bounds.get(op, (low, high)))


def _below(value: float) -> float:
    return value - 1 if value == int(value) else value


def _above(value: float) -> float:
    return value + 1 if value == int(value) else value


def _dated(field: Moment, op: str, value: Any) -> Wanted:
    """Translate a comparison of a moment; a day is all of it in the city's time."""
    if op == "in":
        return Either(tuple(_dated(field, "eq", each) for each in value))
    if op == "between":
        return Dated(field, _span(value[0])[0], _span(value[1])[1])
    if op not in ("eq", "ne", "lt", "le", "gt", "ge"):
        raise fault("A moment is compared with a moment or a day, by =, <, > and the like.")
    first, last = _span(value)
    bounds: dict[str, Callable[[], tuple[datetime | None, datetime | None]]] = {
        "lt": lambda: (None, first - _SECOND), "le": lambda: (None, last), "gt": lambda: (last + _SECOND, None), "ge": lambda: (first, None),
    }  # fmt: skip
    return Dated(field, *bounds.get(op, lambda: (first, last))())


def _span(value: Any) -> tuple[datetime, datetime]:
    if isinstance(value, str):
        value = day_of(value) if len(value) == 10 else moment_of(value)
    if isinstance(value, datetime):
        return value, value
    assert isinstance(value, date)
    begin = datetime.combine(value, time(), city_zone())
    return begin, datetime.combine(value + timedelta(days=1), time(), city_zone()) - _SECOND
