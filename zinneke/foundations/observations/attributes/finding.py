"""A question about entities becomes one statement of the engine: names are our own, values are bound, the reach stands inside."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from zinneke.foundations.observations.attributes.values import (
    MEMBERS,
    Around,
    Compare,
    Condition,
    InScope,
    Leads,
    Logic,
    OfType,
    Sorting,
    Wanted,
)
from zinneke.foundations.observations.entities.sight import Sight
from zinneke.foundations.observations.entities.terms import Values
from zinneke.kernel.period import to_microseconds
from zinneke.kernel.problem import wrong

MOST_PARTS = 100
NUMBERS = "('BIGINT', 'UBIGINT', 'HUGEINT', 'DOUBLE', 'DECIMAL')"
SHAPES = {"within": "st_within", "contains": "st_contains", "intersects": "st_intersects", "equals": "st_equals"} | {
    "disjoint": "st_disjoint", "overlaps": "st_overlaps",
}  # fmt: skip
OPPOSITE = {"!=": "==", "!~=": "~="}
LINE = "(^|\n)(?:{})\n"
"""One line, in which a pattern is to be found whole."""
SIGNS = {"==": "=", ">": ">", ">=": ">=", "<": "<", "<=": "<="}
ANY = ("*",)
"""What stands in brackets for any language."""
TIMES = {"createdAt": "created", "modifiedAt": "changed"}
OWN = {"@id": ("text", "{}.uri"), "@type": ("text", "trim({}.types)"), "@createdAt": ("time", "{}.created"), "@modifiedAt": ("time", "{}.changed")}
"""What an entity has that is no attribute, of its table under some alias."""
FARTHEST = 5
"""Relationships that are followed one after the other for a condition."""
Reader = Callable[[str], str]
"""Returns the expression that reads a value as one kind: number, text, truth, time, or there (whether it is there at all)."""


def _json(source: str, paths: Sequence[str]) -> Reader:
    """Read from a document at the first of these paths at which there is something."""

    def read(kind: str) -> str:
        types = [f"json_type({source}, {path})" for path in paths]
        texts = [f"json_extract_string({source}, {path})" for path in paths]
        type_, text = (f"coalesce({', '.join(each)})" if len(each) > 1 else each[0] for each in (types, texts))
        if kind == "there":
            return f"({type_} IS NOT NULL)"
        if kind == "number":
            return f"CASE WHEN {type_} IN {NUMBERS} THEN TRY_CAST({text} AS DOUBLE) END"
        if kind == "truth":
            return f"CASE WHEN {type_} = 'BOOLEAN' THEN TRY_CAST({text} AS BOOLEAN) END"
        if kind == "time":
            return f"CASE WHEN {type_} = 'VARCHAR' THEN epoch_us(TRY_CAST({text} AS TIMESTAMPTZ)) END"
        return f"CASE WHEN {type_} = 'VARCHAR' THEN {text} END"

    return read


def _column(kind_of: str, sql: str) -> Reader:
    def read(kind: str) -> str:
        return f"({sql} IS NOT NULL)" if kind == "there" else sql if kind == kind_of else "NULL"

    return read


class Statement:
    """One question under the eyes of one actor. `newest` and `detail` are relations of the engine: the last of each stream, what else was told."""

    def __init__(self, wanted: Wanted, sight: Sight) -> None:
        self.wanted, self.sight, self.values = wanted, sight, Values()
        self.parts = self.leads = 0
        found = [sight.condition("Things", "g", self.values), *(self.truth(each) for each in wanted.where)]
        if wanted.ids is not None:
            found.append(f"g.uri IN ({', '.join(self.values.bind(each) for each in wanted.ids)})" if wanted.ids else "(1 = 0)")
        if wanted.pattern:
            found.append(f"regexp_matches(g.uri, {self.values.bind(wanted.pattern)})")
        if wanted.around:
            found.append(self._around(wanted.around))
        if wanted.having:
            found.append(f"({' OR '.join(self.truth(Compare(name)) for name in wanted.having)})")
        self.where = " AND ".join(found)

    def page(self) -> tuple[str, dict[str, Any]]:
        """Return the statement of the page, one entity more than asked: number, key, first and last change."""
        order = [f"{sql} {'DESC' if each.descending else 'ASC'} NULLS LAST" for each in self.wanted.order for sql in self._order(each)]
        limit, offset = self.values.bind(self.wanted.limit + 1), self.values.bind(self.wanted.offset)
        sql = f"SELECT g.id, g.key, g.created, g.changed FROM mirror.thing g WHERE {self.where} ORDER BY {', '.join([*order, 'g.id'])}"  # noqa: S608  our own names
        return self.values.used(f"{sql} LIMIT {limit} OFFSET {offset}")

    def counting(self) -> tuple[str, dict[str, Any]]:
        """Return the statement that counts all that is meant."""
        return self.values.used(f"SELECT count(*) FROM mirror.thing g WHERE {self.where}")  # noqa: S608  our own names

    def truth(self, node: Condition, of: str = "g", deep: int = 0) -> str:
        """Return a condition on the entity under an alias, `deep` relationships away. Raises `Problem` 403 when there are too many parts."""
        self.parts += 1
        if self.parts > MOST_PARTS:
            raise wrong(f"A question has {MOST_PARTS} conditions at the most.", code="TooComplexQuery")
        if isinstance(node, Logic):
            return f"({f' {node.operator.upper()} '.join(self.truth(each, of, deep) for each in node.parts)})"
        if isinstance(node, OfType):
            return f"contains({of}.types, {self.values.bind(f' {node.iri} ')})"
        if isinstance(node, InScope):
            return f"regexp_matches({of}.scopes, {self.values.bind(LINE.format(node.pattern))})"
        if isinstance(node, Leads):
            return self._leads(node, of, deep)
        if node.sign in OPPOSITE:
            there, same = Compare(node.name, node.about, node.inside), Compare(node.name, node.about, node.inside, OPPOSITE[node.sign], node.values)  # type: ignore[arg-type]
            return f"({self.truth(there, of, deep)} AND NOT {self.truth(same, of, deep)})"
        return self._compare(node, of)

    def _leads(self, node: Leads, of: str, deep: int) -> str:
        """Return that a relationship leads to an entity that whoever asks sees, and for which a condition holds."""
        if deep == FARTHEST:
            raise wrong(f"A condition follows {FARTHEST} relationships at the most.", code="TooComplexQuery")
        self.leads += 1
        way, there = f"r{self.leads}", f"g{self.leads}"
        found = [f"{way}.thing = {of}.id", f"{way}.name = {self.values.bind(node.name)}", f"{way}.kind IN ('Relationship', 'ListRelationship')"]
        found.append(self.sight.condition("Things", there, self.values))
        if node.types:
            found.append(self.truth(Logic("or", tuple(map(OfType, node.types))), there, deep + 1))
        found.append(self.truth(node.where, there, deep + 1))
        source = f"mirror.instance {way} JOIN mirror.thing {there} ON {there}.uri = json_extract_string({way}.value, '$')"
        return f"EXISTS (SELECT 1 FROM {source} WHERE {' AND '.join(found)})"  # noqa: S608  our own names

    def _compare(self, node: Compare, of: str) -> str:
        if node.name in OWN:
            kind, sql = OWN[node.name]
            return f"({self._meets(node, _column(kind, sql.format(of)))})"
        name = self.values.bind(node.name)
        instances = f"EXISTS (SELECT 1 FROM mirror.instance a WHERE a.thing = {of}.id AND a.name = {name}"  # noqa: S608  our own names
        if node.inside == ANY:
            return f"{instances} AND {_SAID} AND {self._meets(node, _json('a.value', [self._path(())]))})"
        kept = f"{instances} AND NOT {_SAID} AND {self._meets(node, self._kept(node, of))})"
        seen = self.sight.condition("Datastreams", "s", self.values)
        source = "mirror.stream s JOIN newest e ON e.stream = s.id LEFT JOIN detail d ON d.stream = s.id AND d.t = e.last"
        meets = self._meets(node, self._measured(node))
        measured = f"EXISTS (SELECT 1 FROM {source} WHERE s.thing = {of}.id AND s.attribute = {name} AND {seen} AND {meets})"  # noqa: S608  our own names
        ways = [kept, measured]
        if node.name == "location" and not node.about:
            read = _json("l.location", [self._path(node.inside)])
            ways.append(f"EXISTS (SELECT 1 FROM {_PLACES} WHERE x.thing = {of}.id AND {self._meets(node, read)})")  # noqa: S608  our own names
        return f"({' OR '.join(ways)})"

    def _path(self, steps: Sequence[str]) -> str:
        return self.values.bind("$" + "".join('."{}"'.format(step.replace('"', "")) for step in steps))

    def _kept(self, node: Compare, of: str = "g") -> Reader:
        if not node.about:
            return _json("a.value", [self._path(node.inside)])
        if node.about[-1] in TIMES:
            return _column("time", f"{of}.{TIMES[node.about[-1]]}")
        ends = [()] if node.about[-1] in ("observedAt", "unitCode", "datasetId") else [(member,) for member in dict.fromkeys(MEMBERS.values())]
        return _json("a.document", [self._path([*node.about, *end, *node.inside]) for end in ends])

    def _measured(self, node: Compare) -> Reader:
        result = _json("d.result", [self._path(node.inside)])
        if not node.about:
            number = _column("number", "CASE WHEN isnan(e.value) THEN NULL ELSE e.value END")
            if node.inside:
                return result
            return lambda kind: f"coalesce({number(kind)}, {result(kind)})" if kind == "number" else "true" if kind == "there" else result(kind)
        if node.about in (("observedAt",), ("modifiedAt",)):
            return _column("time", "e.last")
        if node.about == ("createdAt",):
            return _column("time", "e.first")
        if node.about == ("unitCode",):
            return _column("text", "e.unit")
        if node.about == ("datasetId",):
            return _column("text", "nullif(s.dataset, '')")
        ends: list[tuple[str, ...]] = [(), *((member,) for member in dict.fromkeys(MEMBERS.values()))]
        return _json("d.parameters", [self._path([*node.about, *end, *node.inside]) for end in reversed(ends)])

    def _meets(self, node: Compare, read: Reader) -> str:
        if not node.sign:
            return read("there")
        return f"coalesce({' OR '.join(self._one(node.sign, value, read) for value in node.values)}, false)"

    def _one(self, sign: str, value: Any, read: Reader) -> str:
        if isinstance(value, tuple):
            low, high = (self._operand(each, read) for each in value)
            return f"({low[0]} BETWEEN {low[1]} AND {high[1]})" if low[0] == high[0] else "false"
        if sign == "~=":
            return f"regexp_matches({read('text')}, {self.values.bind(str(value))})"
        left, right = self._operand(value, read)
        return f"({left} {SIGNS[sign]} {right})"

    def _operand(self, value: Any, read: Reader) -> tuple[str, str]:
        if isinstance(value, bool):
            return read("truth"), self.values.bind(value)
        if isinstance(value, int | float):
            return read("number"), self.values.bind(float(value))
        if isinstance(value, datetime):
            return read("time"), self.values.bind(to_microseconds(value))
        return read("text"), self.values.bind(str(value))

    def _around(self, around: Around) -> str:
        shape = self.values.bind(around.shape)
        column = "l.geometry" if around.name == "location" else "a.geometry"
        if around.predicate == "near":
            bounds = [
                f"geo_metres({column}, {shape}) {sign} {self.values.bind(float(each))}"
                for sign, each in (("<=", around.most), (">=", around.least))
                if each is not None
            ]
            condition = " AND ".join(bounds)
        else:
            condition = f"{SHAPES[around.predicate]}({column}, {shape})"
        if around.name == "location":
            return f"EXISTS (SELECT 1 FROM {_PLACES} WHERE x.thing = g.id AND {condition})"  # noqa: S608  our own names
        name = self.values.bind(around.name)
        return f"EXISTS (SELECT 1 FROM mirror.instance a WHERE a.thing = g.id AND a.name = {name} AND NOT a.part AND {condition})"  # noqa: S608  our own names

    def _distance(self, by: Compare, shape: bytes) -> str:
        """Return the metres from a shape to the nearest of an entity's places."""
        bound = self.values.bind(shape)
        if by.name == "location":
            return f"(SELECT min(geo_metres(l.geometry, {bound})) FROM {_PLACES} WHERE x.thing = g.id)"  # noqa: S608  our own names
        kept = f"a.thing = g.id AND a.name = {self.values.bind(by.name)} AND NOT a.part AND a.geometry IS NOT NULL"
        return f"(SELECT min(geo_metres(a.geometry, {bound})) FROM mirror.instance a WHERE {kept})"  # noqa: S608  our own names

    def _order(self, sorting: Sorting) -> list[str]:
        by = sorting.by
        if sorting.shape:
            return [self._distance(by, sorting.shape)]
        if by.name in OWN:
            return [OWN[by.name][1].format("g")]
        name, seen = self.values.bind(by.name), self.sight.condition("Datastreams", "s", self.values)
        source = "mirror.stream s JOIN newest e ON e.stream = s.id LEFT JOIN detail d ON d.stream = s.id AND d.t = e.last"
        found = []
        for kind in ("number", "text"):
            kept = f"SELECT min({self._kept(by)(kind)}) FROM mirror.instance a WHERE a.thing = g.id AND a.name = {name} AND NOT a.part"  # noqa: S608  our own names
            measured = f"SELECT min({self._measured(by)(kind)}) FROM {source} WHERE s.thing = g.id AND s.attribute = {name} AND {seen}"  # noqa: S608  our own names
            found.append(f"coalesce(({kept}), ({measured}))")
        return found


_SAID = "(a.part AND a.kind = 'LanguageProperty')"
"""Lines that are what a text is in one language."""
_PLACES = "mirror.thing_location x JOIN mirror.location l ON l.id = x.location"
