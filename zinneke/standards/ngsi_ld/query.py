"""Questions of this standard: `q`, types, scopes, places, order; read into trees that the store understands."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import msgspec
import shapely
from shapely.geometry import shape

from zinneke.foundations.observations.attributes.documents import SHAPES
from zinneke.foundations.observations.attributes.finding import FARTHEST
from zinneke.foundations.observations.attributes.values import (
    Around,
    Compare,
    Condition,
    InScope,
    Leads,
    Logic,
    OfType,
    Sorting,
)
from zinneke.kernel.period import read_moment_or_none
from zinneke.kernel.problem import wrong
from zinneke.standards.ngsi_ld.contexts import Context
from zinneke.standards.ngsi_ld.faults import invalid

LONGEST, DEEPEST, MOST_VALUES = 8_000, 30, 200
SIGN = re.compile(r"!~=|~=|==|!=|>=|<=|>|<")
NAME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^\s=<>!~;|()\[\]{}\",]+|[^\s=<>!~;|()\[\]{}\",]+")
QUOTED = re.compile(r"\"((?:[^\"\\]|\\.)*)\"|'((?:[^'\\]|\\.)*)'")
RAW = re.compile(r"(?:(?!\.\.)[^;|()\",])+")
NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?")
SYSTEM = frozenset({"observedAt", "createdAt", "modifiedAt", "unitCode", "datasetId"})
OWN = {"id": "@id", "type": "@type", "createdAt": "@createdAt", "modifiedAt": "@modifiedAt"}
PREDICATES = frozenset({"near", "within", "contains", "intersects", "equals", "disjoint", "overlaps"})
HINT = re.compile(r"([^\s=<>!~;|()\[\]{}\"]*):(?!//)")
"""The types of entities to which a relationship leads, before the path to one of their attributes."""
BRACKET = re.compile(r"\[[^\[\]]*\]")


class Reader:
    """Reads a question from left to right. `ands` and `ors` are the signs between conditions, `leaf` reads one."""

    def __init__(self, text: str, where: str, ands: str, ors: str, leaf: Callable[[Reader], Condition]) -> None:
        if len(text) > LONGEST:
            raise wrong(f"{where} has {LONGEST:,} characters at the most.", where=where, code="TooComplexQuery")
        self.text, self.where, self.ands, self.ors, self.leaf = text, where, ands, ors, leaf
        self.at = 0

    def whole(self) -> Condition:
        """Read to the end. Raises `Problem` 400."""
        found = self._any(0)
        if self.at < len(self.text):
            raise self.broken()
        return found

    def broken(self) -> Exception:
        """Return the refusal of what stands here."""
        rest = self.text[self.at : self.at + 30]
        return wrong(
            f"{self.where} cannot be read from character {self.at + 1}: {rest!r}." if rest else f"{self.where} ends too early.", where=self.where
        )

    def take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """Take what stands here, when it is of a pattern."""
        match = pattern.match(self.text, self.at)
        if match:
            self.at = match.end()
        return match

    def sign(self, among: str) -> bool:
        """Take one of these characters, when it stands here."""
        found = self.at < len(self.text) and self.text[self.at] in among
        self.at += found
        return found

    def _any(self, depth: int) -> Condition:
        parts = [self._all(depth)]
        while self.sign(self.ors):
            parts.append(self._all(depth))
        return parts[0] if len(parts) == 1 else Logic("or", tuple(parts))

    def _all(self, depth: int) -> Condition:
        parts = [self._one(depth)]
        while self.sign(self.ands):
            parts.append(self._one(depth))
        return parts[0] if len(parts) == 1 else Logic("and", tuple(parts))

    def _one(self, depth: int) -> Condition:
        if depth > DEEPEST:
            raise wrong(f"{self.where} goes {DEEPEST} parentheses deep at the most.", where=self.where, code="TooComplexQuery")
        if not self.sign("("):
            return self.leaf(self)
        inner = self._any(depth + 1)
        if not self.sign(")"):
            raise self.broken()
        return inner


def read_q(text: str, context: Context, expanded: frozenset[str] = frozenset()) -> Condition:
    """Read conditions on attributes; texts compared with the attributes of `expanded` are terms."""

    def leaf(reader: Reader) -> Condition:
        ways, target = _way(reader, context)
        sign = reader.take(SIGN)
        if sign is None:
            return _led(ways, target)
        values: list[Any] = [_value(reader, sign[0])]
        while sign[0] in ("==", "!=") and reader.sign(","):
            values.append(_value(reader, sign[0]))
        if len(values) > MOST_VALUES:
            raise wrong(f"A list has {MOST_VALUES} values at the most.", where="q", code="TooComplexQuery")
        if isinstance(values[0], tuple) and sign[0] not in ("==", "!="):
            raise wrong("A range goes with == or !=.", where="q")
        if target.name in expanded:
            values = [context.expand(each) if isinstance(each, str) else each for each in values]
        return _led(ways, msgspec.structs.replace(target, sign=sign[0], values=tuple(values)))

    return Reader(text, "q", ";", "|", leaf).whole()


def _way(reader: Reader, context: Context) -> tuple[list[tuple[str, tuple[str, ...]]], Compare]:
    """Read a path: relationships, each with the types of what it leads to in braces, and an attribute of what stands at the end of them."""
    ways: list[tuple[str, tuple[str, ...]]] = []
    while True:
        found = reader.take(NAME)
        if found is None:
            raise reader.broken()
        if not reader.sign("{"):
            break
        hint = reader.take(HINT)
        types = hint[1].split(",") if hint else []
        if not all(types) or ("." in found[0] and "://" not in found[0]):
            raise reader.broken()
        ways.append((context.expand(found[0]), tuple(context.expand(each) for each in types)))
        if len(ways) > FARTHEST:
            raise wrong(f"A condition follows {FARTHEST} relationships at the most.", where=reader.where, code="TooComplexQuery")
    bracket = reader.take(BRACKET)
    read = target(found[0] + (bracket[0] if bracket else ""), context)
    for _ in ways:
        if not reader.sign("}"):
            raise reader.broken()
    if ways and reader.text.startswith(".", reader.at):
        raise wrong("What an entity has to which a relationship leads is asked for inside the braces: owner{Person:name}.", where="q")
    return ways, read


def _led(ways: Sequence[tuple[str, tuple[str, ...]]], node: Condition) -> Condition:
    for name, types in reversed(ways):
        node = Leads(name, types, node)
    return node


def depth(node: Condition) -> int:
    """Return how many relationships a condition follows one after the other."""
    if isinstance(node, Leads):
        return 1 + depth(node.where)
    return max(map(depth, node.parts)) if isinstance(node, Logic) else 0


def target(text: str, context: Context) -> Compare:
    """Read a path: an attribute, attributes about it after dots, and members of its document in brackets. Raises `Problem` 400."""
    path, bracket, inside = text.partition("[")
    names = [path] if "://" in path else path.split(".")
    if not all(names) or "{" in text or "}" in text or (bracket and not inside.endswith("]")):
        raise wrong(f"{text[:60]!r} is no path to an attribute.", where="q")
    if "*" in inside and inside != "*]":
        raise wrong("[*] stands for any language of a text, and for nothing else.", where="q")
    about = tuple(name if name in SYSTEM else context.expand(name) for name in names[1:])
    return Compare(context.expand(names[0]), about, tuple(step for step in inside[:-1].split(".") if step) if bracket else ())


def _value(reader: Reader, sign: str) -> Any:
    low = _single(reader, sign)
    if reader.text.startswith("..", reader.at) and sign != "~=":
        reader.at += 2
        return low, _single(reader, sign)
    return low


def _single(reader: Reader, sign: str) -> Any:
    if quoted := reader.take(QUOTED):
        inner = quoted[1] if quoted[1] is not None else quoted[2]
        return inner if "~" in sign else re.sub(r"\\(.)", r"\1", inner)
    found = reader.take(RAW if "~" not in sign else re.compile(r"[^;|\"]+"))
    if found is None:
        raise reader.broken()
    return found[0] if "~" in sign else meant(found[0].strip())


def meant(text: str) -> Any:
    """Return what a word without quotation marks means: a number, true, false, a moment, else itself."""
    if NUMBER.fullmatch(text):
        return float(text)
    if text in ("true", "false"):
        return text == "true"
    moment: datetime | None = read_moment_or_none(text) or (
        read_moment_or_none(f"{text}T00:00:00Z") if re.fullmatch(r"\d{4}-\d\d-\d\d", text) else None
    )
    return moment or text


def read_types(text: str, context: Context) -> Condition:
    """Read a choice of types: `,` or `|` between any, `;` between all; `*` is every type."""

    def leaf(reader: Reader) -> Condition:
        match = reader.take(re.compile(r"[^,;|()]+"))
        if match is None:
            raise reader.broken()
        return OfType(context.expand(name)) if (name := match[0].strip()) != "*" else Compare("@id")

    return Reader(text, "type", ";", ",|", leaf).whole()


def read_scopes(text: str) -> Condition:
    """Read a choice of scopes: `+` stands for one level, `#` for all below."""

    def leaf(reader: Reader) -> Condition:
        match = reader.take(re.compile(r"(/([\w-]+|\+|#))+"))
        if match is None or "#" in match[0][:-1]:
            raise wrong("scopeQ is such as /Brussels/+ or /Brussels/#.", where="scopeQ")
        steps = ["(/[^/\n]+)*" if step == "#" else "/[^/\n]+" if step == "+" else f"/{re.escape(step)}" for step in match[0][1:].split("/")]
        return InScope("".join(steps) if match[0] != "/#" else "/[^\n]*")

    return Reader(text, "scopeQ", ";", ",|", leaf).whole()


def read_around(georel: str, geometry: str, coordinates: Any, name: str) -> Around:
    """Read a condition on a place. Raises `Problem` 400."""
    predicate, *bounds = georel.split(";")
    if predicate not in PREDICATES:
        raise wrong(f"{predicate[:40]!r} is no relation of places: {', '.join(sorted(PREDICATES))}.", where="georel")
    distances: dict[str, float] = {}
    for bound in bounds:
        match = re.fullmatch(r"(maxDistance|minDistance)==(\d+(?:\.\d+)?)", bound)
        if match is None or predicate != "near":
            raise wrong("georel=near has maxDistance==metres, minDistance==metres, or both; other relations have none.", where="georel")
        distances[match[1]] = float(match[2])
    if predicate == "near" and not distances:
        raise wrong("georel=near needs maxDistance==metres or minDistance==metres.", where="georel")
    return Around(predicate, _shape(geometry, coordinates), name, distances.get("maxDistance"), distances.get("minDistance"))


def _shape(geometry: str, coordinates: Any, where: str = "coordinates") -> bytes:
    if geometry not in SHAPES or geometry == "GeometryCollection":
        raise wrong("geometry is one of Point, MultiPoint, LineString, MultiLineString, Polygon, MultiPolygon.", where="geometry")
    if isinstance(coordinates, str):
        try:
            coordinates = msgspec.json.decode(coordinates)
        except (msgspec.DecodeError, RecursionError):
            raise wrong(f"{where} is a list of numbers as in GeoJSON: [4.35,50.85].", where=where) from None
    try:
        made = shape({"type": geometry, "coordinates": coordinates})
        if made.is_empty or not shapely.is_valid(made) or shapely.get_num_coordinates(made) > 10_000 or not _finite(made):
            raise ValueError
    except Exception:  # whatever shapely says of what is no geometry
        raise wrong(f"{where} is no valid {geometry} of degrees, of at most 10,000 points.", where=where) from None
    return bytes(shapely.to_wkb(made))


def _finite(made: Any) -> bool:
    west, south, east, north = made.bounds
    return bool(west >= -180 and east <= 180 and south >= -90 and north <= 90)


WAYS = ("", "asc", "desc", "dist-asc", "dist-desc")


def read_order(text: str, context: Context, geometry: str = "", coordinates: str = "") -> tuple[Sorting, ...]:
    """Read an order: members or attributes with commas between, each with `;asc`, `;desc`, or by its distance with `;dist-asc`, `;dist-desc`."""
    found = []
    for part in text.split(","):
        name, _, way = part.strip().partition(";")
        if way not in WAYS:
            raise invalid(f"{way[:20]!r} is no direction here: asc, desc, dist-asc or dist-desc.", where="orderBy")
        by = Compare(OWN[name]) if name in OWN else target(name, context)
        shape = b""
        if way.startswith("dist"):
            if not coordinates or by.name.startswith("@") or by.about or by.inside:
                raise invalid(
                    "An order by distance names a place of the entity, and orderFrom has the coordinates to measure from.", where="orderFrom"
                )
            shape = _shape(geometry or "Point", coordinates, "orderFrom")
        found.append(Sorting(by, way.endswith("desc"), shape))
    if len(found) > 5:
        raise invalid("An order has five parts at the most.", where="orderBy")
    return tuple(found)
