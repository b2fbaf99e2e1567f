"""What an ODSQL condition or expression means over a table: typed conditions and terms, never text for a database."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from difflib import get_close_matches
from typing import Any

import shapely

from zinneke.foundations.tables.values import GEOMETRY, And, Column, Compare, Filter, Not, Or, Spatial, Term, Version, Where
from zinneke.standards.explore.faults import malformed
from zinneke.standards.explore.moments import now, read_layout, read_moment
from zinneke.standards.explore.syntax import Applied, Field, Listed, Literal, Node, Quantity, Star, Tagged, read_expression

SHAPE_NAMES = ("geo_point_2d", "geo_shape")
"""The names that clients know the place and the shape of a record by."""
_METRES = {"mi": 1609.344, "yd": 0.9144, "ft": 0.3048, "m": 1.0, "cm": 0.01, "km": 1000.0, "mm": 0.001}
_COMPARISONS = ("eq", "ne", "lt", "le", "gt", "ge")
_TURNED = {"lt": "gt", "le": "ge", "gt": "lt", "ge": "le"}
_PARTS = ("year", "quarter", "month", "day", "dayofweek", "hour", "minute", "second")
_MOST_WORDS = 20


@dataclass(frozen=True, slots=True)
class Sense:
    """What names and moments mean in one request: the version as its reader sees it, the zone, the language."""

    version: Version
    zone: str = "UTC"
    language: str = "en"

    def column(self, name: str) -> Column:
        """Return a column by the name that a client knows it by. Raises `Problem` 400, naming the nearest."""
        found = self.version.column(GEOMETRY if name in SHAPE_NAMES and self.version.column(name) is None else name)
        if found is not None:
            return found
        near = get_close_matches(name, [column.name for column in self.version.columns], 1, 0.5)
        raise malformed(f"Unknown field: {name[:100]}." + (f" Did you mean {near[0]}" if near else ""))

    def texts(self) -> list[Column]:
        """Return the columns of text."""
        return [column for column in self.version.columns if column.type == "text"]


def read_where(text: str, sense: Sense) -> Where:
    """Return the condition of a `where`. Raises `Problem` 400 for one that cannot be read or means nothing."""
    return condition(read_expression(text), sense)


def condition(node: Node, sense: Sense) -> Where:
    """Return what a node means as a condition."""
    if isinstance(node, Literal) and isinstance(node.value, str):
        return _containing(node.value, sense.texts())
    if isinstance(node, Literal) and isinstance(node.value, bool):
        return And(()) if node.value else Or(())
    if isinstance(node, Field):
        return Filter(_typed(node, sense, "boolean").name, "eq", True)
    if not isinstance(node, Applied):
        raise malformed("a condition is missing: compare a field with a value")
    if node.name in ("and", "or"):
        parts = tuple(condition(each, sense) for each in node.args)
        return And(parts) if node.name == "and" else Or(parts)
    if node.name == "not":
        return Not(condition(node.args[0], sense))
    if node.name in _COMPARISONS:
        return _comparison(node.name, node.args[0], node.args[1], sense)
    if node.name in _FILTERS:
        return _FILTERS[node.name](node.args, sense)
    raise malformed(f"Unknown function: {node.name[:40]}. It gives no condition")


def _typed(node: Node, sense: Sense, *types: str) -> Column:
    if not isinstance(node, Field):
        raise malformed("a field is missing")
    column = sense.column(node.name)
    if types and column.type not in types:
        raise malformed(f"field {node.name} is {column.type}, where {' or '.join(types)} is needed")
    return column


def _comparison(op: str, left: Node, right: Node, sense: Sense) -> Where:
    if isinstance(right, Field) and not isinstance(left, Field):
        return _comparison(_TURNED.get(op, op), right, left, sense)
    if isinstance(left, Field) and not isinstance(right, Field) and (held := _constant(right, sense)) is not None:
        return Filter(sense.column(left.name).name, op, held)  # type: ignore[arg-type]
    if isinstance(right, Literal) and right.value is None:
        raise malformed("nothing equals null. Write `is null` or `is not null`")
    return Compare(op, term(left, sense), term(right, sense))  # type: ignore[arg-type]


def _constant(node: Node, sense: Sense) -> Any:
    """Return the value of a literal, None for anything else."""
    if isinstance(node, Literal):
        return node.value
    if isinstance(node, Tagged) and node.kind == "date":
        return read_moment(node.text, sense.zone)
    if isinstance(node, Applied) and node.name == "now":
        return now(dict(_shift(each) for each in node.args), sense.zone)
    return None


def _shift(node: Node) -> tuple[str, int]:
    if isinstance(node, Applied) and node.name == "eq" and isinstance(node.args[0], Field) and isinstance(node.args[1], Literal):
        number = node.args[1].value
        if isinstance(number, int):
            return node.args[0].name, number
    raise malformed("the arguments of now() are written like days=-7")


def constant(node: Node, sense: Sense) -> Any:
    """Return the value of a literal that must stand here."""
    found = _constant(node, sense)
    if found is None:
        raise malformed("a value is missing, such as 12, 'text' or date'2024-01-31'")
    return found


def _within(args: Sequence[Node], sense: Sense) -> Where:
    column, listed = _typed(args[0], sense), args[1]
    if not isinstance(listed, Listed):
        raise malformed("after IN comes a list or a range")
    values = [constant(each, sense) for each in listed.values]
    if not listed.span:
        return Filter(column.name, "in", values)
    low = Filter(column.name, "gt" if listed.opened == "]" else "ge", values[0])
    return And((low, Filter(column.name, "lt" if listed.closed == "[" else "le", values[1])))


def _is(args: Sequence[Node], sense: Sense) -> Where:
    value = args[1].value if isinstance(args[1], Literal) else None
    column = _typed(args[0], sense, *(() if value is None else ("boolean",)))
    return Filter(column.name, "null", True) if value is None else Filter(column.name, "eq", value)


def _like(args: Sequence[Node], sense: Sense) -> Where:
    return _containing(_text(args[1]), [_typed(args[0], sense, "text")])


def _text(node: Node) -> str:
    if isinstance(node, Literal) and isinstance(node.value, str):
        return node.value
    raise malformed("a text between quotes is missing")


def words_of(text: str) -> list[str]:
    """Return the words of a text that is searched for; a star after a word is what is done anyway."""
    found = re.findall(r"\w+", text)
    if len(found) > _MOST_WORDS:
        raise malformed(f"at most {_MOST_WORDS} words are searched for at once")
    return found


def _containing(text: str, columns: Sequence[Column]) -> Where:
    """Return the condition that every word stands in one of some columns, whatever its case and accents."""
    return And(tuple(Or(tuple(Filter(column.name, "contains", word) for column in columns)) for word in words_of(text)))


def _searched(args: Sequence[Node], sense: Sense) -> tuple[list[Column], str]:
    """Return the columns and the text of `search(field, …, "text")`; a star, or no field, means every text."""
    if not args:
        raise malformed("a text between quotes is missing")
    fields = [each for each in args[:-1] if not isinstance(each, Star)]
    return [_typed(each, sense, "text") for each in fields] or sense.texts(), _text(args[-1])


def _search(args: Sequence[Node], sense: Sense) -> Where:
    columns, text = _searched(args, sense)
    return And(tuple(Or(tuple(Filter(column.name, "near", word) for column in columns)) for word in words_of(text)))


def _escaped(text: str) -> str:
    return re.sub(r"([%_\\])", r"\\\1", text)


def _suggest(args: Sequence[Node], sense: Sense) -> Where:
    columns, text = _searched(args, sense)
    return And(tuple(Or(tuple(Filter(column.name, "begins", word) for column in columns)) for word in words_of(text)))


def _starts(args: Sequence[Node], sense: Sense) -> Where:
    columns, text = _searched(args, sense)
    return Or(tuple(Filter(column.name, "ilike", f"{_escaped(text)}%") for column in columns))


def _geometry(node: Node) -> Any:
    """Return the shape of a literal in WKT, WKB or GeoJSON, longitude first."""
    if not isinstance(node, Tagged) or node.kind != "geom":
        raise malformed("a shape is missing, such as geom'POINT(4.35 50.85)'")
    text = node.text.strip()
    try:
        if text.startswith("{"):
            return shapely.from_geojson(text)
        return shapely.from_wkb(text) if re.fullmatch(r"[0-9A-Fa-f]+", text) else shapely.from_wkt(text)
    except (shapely.errors.ShapelyError, ValueError, TypeError) as reason:
        raise malformed(f"the shape {text[:40]!r} cannot be read: {str(reason)[:80]}") from reason


def _distance(args: Sequence[Node], sense: Sense) -> Where:
    if len(args) != 3:
        raise malformed("within_distance takes a field, a shape and a distance")
    _typed(args[0], sense, "geometry")
    far = args[2]
    if isinstance(far, Quantity) and far.unit.lower() in _METRES:
        metres = far.number * _METRES[far.unit.lower()]
    elif isinstance(far, Literal) and isinstance(far.value, int | float) and not isinstance(far.value, bool):
        metres = float(far.value)
    else:
        raise malformed(f"a distance has a unit: {', '.join(_METRES)}")
    return Spatial("dwithin", _geometry(args[1]).wkb, metres)


def _relation(op: str) -> Callable[[Sequence[Node], Sense], Where]:
    def relate(args: Sequence[Node], sense: Sense) -> Where:
        if len(args) < 2:
            raise malformed(f"{op} takes a field and a shape")
        _typed(args[0], sense, "geometry")
        mode = args[2] if len(args) == 3 else None
        chosen = op
        if isinstance(mode, Field):
            chosen = {"intersect": "intersects"}.get(mode.name.lower(), mode.name.lower())
        if chosen not in ("intersects", "disjoint", "within"):
            raise malformed("shapes are compared by intersects, disjoint or within")
        return Spatial(chosen, _geometry(args[1]).wkb)  # type: ignore[arg-type]

    return relate


def _box(args: Sequence[Node], sense: Sense) -> Where:
    """Read `in_bbox(field, lat, lon, lat, lon)`, and the older form with two corners as shapes."""
    if len(args) not in (3, 5):
        raise malformed("in_bbox takes a field and latitude, longitude of two corners")
    _typed(args[0], sense, "geometry")
    if len(args) == 3:
        corners = [(shape.x, shape.y) for shape in (_geometry(each) for each in args[1:]) if shape.geom_type == "Point" and not shape.is_empty]
    else:
        sides = [each.value for each in args[1:] if isinstance(each, Literal) and isinstance(each.value, int | float)]
        corners = list(zip(map(float, sides[1::2]), map(float, sides[::2]), strict=False))
    if len(corners) != 2:
        raise malformed("in_bbox takes a field and latitude, longitude of two corners")
    (x, y), (other_x, other_y) = corners
    return Spatial("intersects", shapely.box(min(x, other_x), min(y, other_y), max(x, other_x), max(y, other_y)).wkb)


_FILTERS: dict[str, Callable[[Sequence[Node], Sense], Where]] = {
    "in": _within, "is": _is, "like": _like, "search": _search, "suggest": _suggest, "startswith": _starts,
    "within_distance": _distance, "distance": _distance, "in_bbox": _box, "bbox": _box, "intersects": _relation("intersects"),
    "disjoint": _relation("disjoint"), "within": _relation("within"), "geometry": _relation("intersects"), "polygon": _relation("intersects"),
}  # fmt: skip


SPATIAL = ("within_distance", "distance", "in_bbox", "bbox", "intersects", "disjoint", "within", "geometry", "polygon")
"""The functions that compare places."""


def term(node: Node, sense: Sense) -> Term:
    """Return what a node means as a value computed of a row. Raises `Problem` 400."""
    if isinstance(node, Field):
        column = sense.column(node.name)
        if column.type == "geometry":
            raise malformed(f"nothing is computed of the shape {node.name}")
        return Term("column", (column.name,))
    value = _constant(node, sense)
    if isinstance(value, datetime | date | str | int | float):
        return Term("value", (value,))
    if isinstance(node, Applied):
        if node.name in ("+", "-", "*", "/"):
            return Term(node.name, tuple(term(each, sense) for each in node.args))
        if node.name in ("length", "lower", "upper", *_PARTS) and len(node.args) == 1:
            return Term(node.name, (term(node.args[0], sense),))
        if node.name == "date_format" and len(node.args) == 2:
            return Term("format", (term(node.args[0], sense), read_layout(_text(node.args[1]), sense.language)))
        raise malformed(f"Unknown function: {node.name[:40]}, or not with {len(node.args)} arguments")
    raise malformed("a value is missing")
