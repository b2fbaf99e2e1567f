"""What `where`, `refine` and `exclude` ask of the catalogue, as a tree of its wishes."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from math import ceil, cos, floor, inf, radians
from typing import Any
from zoneinfo import ZoneInfo

import shapely
import shapely.affinity

from zinneke.foundations.catalogue import answers, store, vocabularies
from zinneke.foundations.catalogue.wanted import (
    Boxed,
    Coded,
    CodedField,
    Dated,
    Either,
    Every,
    Kept,
    Moment,
    Named,
    Not,
    Numbered,
    TextField,
    Wanted,
    Words,
)
from zinneke.foundations.tables.values import Column, Spatial, Version
from zinneke.kernel.confidentiality import Actor
from zinneke.standards.explore.facets import Path, path_of
from zinneke.standards.explore.faults import malformed, misfit
from zinneke.standards.explore.meaning import SPATIAL, Sense, condition
from zinneke.standards.explore.moments import read_moment
from zinneke.standards.explore.syntax import Applied, Field, Listed, Node, Star, Tagged, read_expression
from zinneke.standards.explore.syntax import Literal as Value

FACETS: dict[str, CodedField] = {
    "publisher": "publisher", "theme": "theme", "keyword": "keyword", "license": "licence", "language": "language", "format": "format",
    "source": "source",
}  # fmt: skip
"""The facets of the catalogue by the names that they have here."""
MOMENTS: dict[str, Moment] = {"modified": "modified", "metadata_processed": "changed"}
"""The moments of a dataset: when its data last changed, when its entry did; facets too, by year, month and day."""
_TEXTS: dict[str, TextField] = {"title": "title", "description": "description", "keyword": "keywords", "publisher": "publisher"}
_MOMENT = timedelta(seconds=1)
_DEGREE = 111_195.0
"""Metres of a degree along a meridian, on a sphere of the mean radius."""
_PLACES = Sense(Version("", 0, "", 0, 0, (Column("bbox", "geometry"),), datetime.min.replace(tzinfo=UTC)))
"""What a condition about places of datasets is read with: one field, the box of the data."""


class Reader:
    """Reads the clauses of one request for somebody, in a language; names of values are looked up as they see them."""

    def __init__(self, actor: Actor, language: str, zone: str = "UTC") -> None:
        self.actor, self.language, self.zone = actor, language, zone
        self._known: dict[str, dict[str, str]] = {}
        self._publishers: dict[str, dict[str, str]] | None = None

    def wanted(self, where: Sequence[str], refine: Sequence[str], exclude: Sequence[str]) -> Wanted:
        """Return what the clauses ask, all of which must hold. Raises `Problem` 400 for what means nothing here."""
        parts = [self.condition(read_expression(each)) for each in where if each.strip()]
        chosen: dict[CodedField, list[str]] = {}
        for each in refine:
            field, value = self._facet(each, "refine")
            if field in MOMENTS:
                parts.append(self._period(field, value))
            else:
                chosen.setdefault(FACETS[field], []).append(self.code(FACETS[field], value))
        parts += [Coded(field, tuple(values)) for field, values in chosen.items()]
        for field, value in (self._facet(each, "exclude") for each in exclude if each.strip()):
            parts.append(Not(self._period(field, value) if field in MOMENTS else Coded(FACETS[field], (self.code(FACETS[field], value),))))
        return Every(tuple(parts))

    def _facet(self, text: str, parameter: str) -> tuple[str, str]:
        name, parted, value = text.partition(":")
        name = name.strip().removeprefix("default.")
        if not parted or name not in (*FACETS, *MOMENTS):
            raise misfit(parameter, f"{text[:60]!r} is not written facet:value with one of {', '.join((*FACETS, *MOMENTS))}.")
        return name, value.strip().strip("\"'")

    def _period(self, field: str, text: str) -> Wanted:
        """Return the wish for a moment in a year, a month or a day."""
        first = read_moment("/".join(path := path_of(text)), self.zone)
        month = 12 if len(path) == 1 else first.month
        last = date(first.year, month, first.day if len(path) == 3 else monthrange(first.year, month)[1])
        low, after = self._day(date(first.year, first.month, first.day))[0], self._day(last)[1]
        return Dated(MOMENTS[field], low, after - _MOMENT)

    def _day(self, day: date) -> tuple[datetime, datetime]:
        """Return when a day begins, and when the next does; after the last of all, the last moment of all."""
        zone = ZoneInfo(self.zone)
        after = datetime.max.replace(tzinfo=zone) if day == date.max else datetime.combine(day + timedelta(days=1), time(), zone)
        return datetime.combine(day, time(), zone), after

    def inside(self, wanted: Wanted, field: str, path: Path) -> Wanted:
        """Return the same wishes of what has a moment in a year, a month or a day."""
        return Every((wanted, self._period(field, "/".join(path))))

    def condition(self, node: Node) -> Wanted:
        """Return what a node means. Raises `Problem` 400."""
        if isinstance(node, Value) and isinstance(node.value, str):
            return Words(node.value)
        if isinstance(node, Applied):
            if node.name in ("and", "or"):
                parts = tuple(self.condition(each) for each in node.args)
                return Every(parts) if node.name == "and" else Either(parts)
            if node.name == "not":
                return Not(self.condition(node.args[0]))
            if node.name in ("search", "suggest", "startswith", "like") and node.args:
                return self._searched(node)
            if node.name in ("eq", "ne", "lt", "le", "gt", "ge", "in") and isinstance(node.args[0], Field):
                return self._compared(node.name, node.args[0].name.removeprefix("default."), node.args[1])
            if node.name == "is" and isinstance(node.args[0], Field):
                return self._is(node.args[0].name.removeprefix("default."), node.args[1])
            if node.name in SPATIAL and node.args:
                return _placed(node)
        if isinstance(node, Field) and node.name == "has_records":
            return Kept()
        known = ("words", "search(…)", "dataset_id", "modified", "data_quality", "records_count > 0", "in_bbox(bbox, …)", *FACETS)
        raise malformed(f"the catalogue takes {', '.join(known)}, joined by AND, OR, NOT")

    def _searched(self, node: Applied) -> Wanted:
        """Return `search("…")`, in every text or in those that are named; a word that is only begun is enough for the others."""
        last = node.args[-1]
        if not isinstance(last, Value) or not isinstance(last.value, str):
            raise malformed("a text between quotes is missing")
        begins, nearly = node.name in ("suggest", "startswith"), node.name == "suggest"
        fields = [each.name.removeprefix("default.") for each in node.args[:-1] if isinstance(each, Field)]
        if any(name not in _TEXTS for name in fields) or any(not isinstance(each, Field | Star) for each in node.args[:-1]):
            raise malformed(f"words are searched for in {', '.join(_TEXTS)}")
        if not fields:
            return Words(last.value, begins=begins, nearly=nearly)
        return Either(tuple(Words(last.value, _TEXTS[name], begins=begins, nearly=nearly) for name in fields))

    def _is(self, name: str, node: Node) -> Wanted:
        value = node.value if isinstance(node, Value) else None
        if name == "has_records" and isinstance(value, bool):
            return Kept() if value else Not(Kept())
        if value is None and name in MOMENTS:
            return Not(Dated(MOMENTS[name]))
        if value is None and name in FACETS:
            return Not(Coded(FACETS[name], like="*"))
        raise malformed(f"IS NULL is asked of {', '.join((*FACETS, *MOMENTS))}, IS TRUE of has_records")

    def _compared(self, op: str, name: str, node: Node) -> Wanted:
        if name in MOMENTS:
            return self._dated(MOMENTS[name], op, node)
        if name == "has_records" and op in ("eq", "ne") and isinstance(node, Value) and isinstance(node.value, bool):
            return Kept() if node.value == (op == "eq") else Not(Kept())
        if name.removeprefix("dcat.") in ("data_quality", "dataquality"):
            return _numbered(op, node)
        values = [str(each.value) for each in (node.values if isinstance(node, Listed) else [node]) if isinstance(each, Value)]
        if not values or op not in ("eq", "ne", "in", "gt"):
            raise malformed(f"{name[:40]} is compared with texts, by = or != or IN")
        if name == "records_count" and op == "gt" and values == ["0"]:
            return Kept()
        if name in ("dataset_id", "datasetid"):
            found: Wanted = Named(tuple(values))
        elif name in FACETS:
            found = Coded(FACETS[name], tuple(self.code(FACETS[name], value) for value in values))
        elif name in _TEXTS:
            found = Either(tuple(Words(value, _TEXTS[name]) for value in values))
        else:
            raise malformed(f"datasets have no {name[:40]} that can be compared. There are dataset_id, modified, {', '.join({*FACETS, *_TEXTS})}")
        if op == "gt":
            raise malformed(f"{name[:40]} is compared with texts, by = or != or IN")
        return Not(found) if op == "ne" else found

    def _dated(self, field: Moment, op: str, node: Node) -> Wanted:
        text = node.text if isinstance(node, Tagged) and node.kind == "date" else node.value if isinstance(node, Value) else None
        if not isinstance(text, str) or op == "in":
            raise malformed("a moment is missing, such as date'2024-01-31'")
        first: Any = read_moment(text, self.zone)
        if isinstance(first, datetime):
            low, after = first, _moved(first, _MOMENT)
        elif isinstance(first, date):
            low, after = self._day(first)
        else:
            raise malformed("a moment is missing, such as date'2024-01-31'")
        last, before = _moved(after, -_MOMENT), _moved(low, -_MOMENT)
        bounds = {"eq": (low, last), "ne": (low, last), "lt": (None, before), "le": (None, last), "gt": (after, None), "ge": (low, None)}
        found = Dated(field, *bounds[op])
        return Not(found) if op == "ne" else found

    def code(self, field: CodedField, value: str) -> str:
        """Return the code of a facet's value that is given by its name."""
        if field == "theme":
            return next((code for code, text in vocabularies.THEMES.items() if value in (code, text.fr, text.nl, text.en)), value)
        if field == "licence":
            return next((code for code, each in vocabularies.LICENCES.items() if value in (code, each.name.fr, each.name.nl, each.name.en)), value)
        if field == "keyword":
            return value
        known = self._known.get(field)
        if known is None:
            there = store.select(self.actor, limit=0, counted=(field,), most=0).counts[field]
            known = self._known[field] = {self.label(field, code): code for code, _ in there}
        return known.get(value, value)

    def label(self, field: CodedField, code: str) -> str:
        """Return how a facet's value is called."""
        if field == "publisher" and self._publishers is None:
            self._publishers = store.publisher_names(self.actor)
        return answers.label(field, code, self.language, self._publishers or {})

    def respelled(self, wanted: Wanted) -> Wanted:
        """Return the same wishes, each word that nothing visible has replaced by the nearest that something has, but for `startswith()`."""
        if isinstance(wanted, Every | Either):
            return replace(wanted, parts=tuple(self.respelled(each) for each in wanted.parts))
        if isinstance(wanted, Words) and wanted.text.strip() and wanted.begins == wanted.nearly:
            return replace(wanted, text=store.search(self.actor, wanted.text, self.language, limit=0).suggestion or wanted.text)
        return wanted


def _numbered(op: str, node: Node) -> Wanted:
    """Return what compares the quality of a dataset, a whole number, with numbers."""
    if isinstance(node, Listed) and node.span:
        low, high = (_number(each) for each in node.values)
        first = floor(low) + 1 if node.opened == "]" else ceil(low)
        return Numbered("quality", first, ceil(high) - 1 if node.closed == "[" else floor(high))
    numbers = [_number(each) for each in (node.values if isinstance(node, Listed) else (node,))]
    if op == "in":
        return Either(tuple(Numbered("quality", each, each) for each in numbers))
    (number,) = numbers
    bounds = {"lt": (-inf, ceil(number) - 1), "le": (-inf, number), "gt": (floor(number) + 1, inf), "ge": (number, inf)}
    found = Numbered("quality", *bounds.get(op, (number, number)))
    return Not(found) if op == "ne" else found


def _number(node: Node) -> float:
    if isinstance(node, Value) and isinstance(node.value, int | float) and not isinstance(node.value, bool):
        return node.value
    raise malformed("the quality of data is compared with a number")


def _placed(node: Applied) -> Wanted:
    """Return what compares the box that data cover with a shape."""
    named = node.args[0]
    if not isinstance(named, Field) or named.name.removeprefix("default.") != "bbox":
        raise malformed("of datasets the field of places is bbox")
    found = condition(Applied(node.name, (Field("bbox"), *node.args[1:])), _PLACES)
    assert isinstance(found, Spatial)
    if found.op == "dwithin":
        return Boxed("intersects", _around(found))
    return Boxed(found.op, found.shape)


def _around(found: Spatial) -> bytes:
    """Return the shape that lies so many metres around another, in degrees: a circle becomes an ellipse of 64 corners."""
    shape = shapely.from_wkb(found.shape)
    if shape.is_empty or not 0 <= found.metres <= 1e6 or abs(shape.centroid.y) > 85:
        raise malformed("datasets are found at most 1,000 km around a place")
    wide = 1 / cos(radians(shape.centroid.y))
    plain = shapely.affinity.scale(shape, xfact=1 / wide, yfact=1, origin=(0, 0))
    return bytes(shapely.affinity.scale(plain.buffer(found.metres / _DEGREE), xfact=wide, yfact=1, origin=(0, 0)).wkb)


def _moved(moment: datetime, by: timedelta) -> datetime:
    """Return another moment, the same where there is none."""
    try:
        return moment + by
    except OverflowError:
        return moment
