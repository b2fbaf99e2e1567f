"""A typed tree becomes an expression of the engine: names are our own, every value is bound."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from zinneke.foundations.observations.entities import sets
from zinneke.foundations.observations.entities.functions import ARITHMETIC, FUNCTIONS, LOGIC, NAMES, SIGNS, SPANS, Function
from zinneke.foundations.observations.entities.sets import EntitySet, Kind, Link
from zinneke.foundations.observations.entities.sight import LEVELLED, Sight
from zinneke.foundations.observations.values import Apply, Given, Node, Path, Period
from zinneke.kernel.period import read_moment, to_microseconds
from zinneke.kernel.problem import Problem, wrong

MOST_JOINS = 12
SAID: dict[Kind, str] = {
    "text": "a text",
    "number": "a number",
    "truth": "true or false",
    "time": "a moment",
    "period": "a period",
    "duration": "a duration",
    "geometry": "a geometry",
    "json": "a document",
    "result": "a result",
    "date": "a day",
    "clock": "a time of the day",
    "null": "null",
}


@dataclass(frozen=True, slots=True)
class Term:
    """An expression and its kind. `second` is the end of a period, the WKB of a geometry, the path in a document, the document of a result."""

    kind: Kind
    sql: str
    second: str = ""
    given: Any = None


class Values:
    """The values bound to a statement, by name."""

    def __init__(self) -> None:
        self.bound: dict[str, Any] = {}

    def bind(self, value: Any) -> str:
        """Keep a value and return what stands for it in the statement."""
        name = f"v{len(self.bound)}"
        self.bound[name] = value
        return f"${name}"

    def used(self, sql: str) -> tuple[str, dict[str, Any]]:
        """Return a statement with the values that it names: the engine refuses any other, as the end of a period of which the beginning counts."""
        names = set(re.findall(r"\$(v\d+)", sql))
        return sql, {name: value for name, value in self.bound.items() if name in names}


@dataclass(slots=True)
class Join:
    """A table that a path leads to: its alias, its set, and on what it is joined; `between` is what stands between."""

    alias: str
    set: EntitySet
    on: str
    between: str = ""


@dataclass(slots=True)
class Terms:
    """Makes expressions about one set under the alias `root`; the paths that they follow are joined once each."""

    set: EntitySet
    root: str
    values: Values
    sight: Sight
    language: str
    joins: dict[tuple[str, ...], Join] = field(default_factory=dict)
    many: bool = False
    prefix: str = "j"

    def truth(self, node: Node) -> str:
        """Return a condition."""
        return self._as(self.term(node), "truth")

    def term(self, node: Node) -> Term:
        """Return the expression of a tree. Raises `Problem` 400 for what has no meaning."""
        if isinstance(node, Path):
            return self._path(node)
        if isinstance(node, Given):
            return self._given(node)
        return self._apply(node)

    def _given(self, node: Given) -> Term:
        if node.kind == "period":
            assert isinstance(node.value, Period)
            return Term("period", self.values.bind(node.value.start), self.values.bind(node.value.end))
        if node.kind == "null":
            return Term("null", "NULL")
        sql = self.values.bind(node.value)
        return Term(_kind(node), sql, sql if node.kind == "geometry" else "", node.value)

    def _path(self, node: Path) -> Term:
        here, alias, steps = self.set, self.root, node.steps
        for place, step in enumerate(steps):
            name = sets.ALIASES.get(step, step)
            if name == "@iot.id" and place == len(steps) - 1:
                return Term("text" if here.name == "Observations" else "number", here.id.format(t=alias))
            if name in here.properties:
                return self._property(here, alias, name, steps[place + 1 :])
            if name not in here.links:
                known = ", ".join(["id", *here.properties, *here.links])
                raise wrong(f"{here.name} have no property {step!r}. They have: {known}.", where="/".join(steps))
            here, alias = self._follow(here, alias, steps[: place + 1], here.links[name])
        raise wrong(f"{'/'.join(steps)!r} leads to entities; name one of their properties, such as {steps[-1]}/name.", where="/".join(steps))

    def _follow(self, here: EntitySet, alias: str, path: tuple[str, ...], link: Link) -> tuple[EntitySet, str]:
        self.many |= link.many
        if path not in self.joins:
            if len(self.joins) >= MOST_JOINS:
                raise wrong(f"A question follows {MOST_JOINS} different paths at the most. Ask it in parts.", where="/".join(path))
            there, to = sets.SETS[link.target], f"{self.prefix}{len(self.joins)}"
            near, between = link.near.format(t=alias), ""
            if link.table:
                between = f"LEFT JOIN {link.table} {to}_x ON {to}_x.{link.between[0]} = {near}"
                near = f"{to}_x.{link.between[1]}"
            on = [f"{link.far.format(t=to)} = {near}"]
            if there.name in LEVELLED:
                on.append(self.sight.condition(there.name, to, self.values))
            if there.condition:
                on.append(there.condition.format(t=to))
            self.joins[path] = Join(to, there, " AND ".join(on), between)
        return self.joins[path].set, self.joins[path].alias

    def _property(self, here: EntitySet, alias: str, name: str, inside: tuple[str, ...]) -> Term:
        found = here.properties[name]
        sql, second = (text.format(t=alias, language=self.language) for text in (found.column, found.second))
        if not inside:
            return Term(found.kind, sql, second)
        if found.kind == "result":
            sql = second
        elif found.kind not in ("json", "geometry"):
            raise wrong(f"{name} is {SAID[found.kind]} and has nothing inside.", where="/".join((name, *inside)))
        members = ((f"[{step}]" if step.isdigit() else '."{}"'.format(step.replace('"', ""))) for step in inside)
        return Term("json", sql, self.values.bind("$" + "".join(members)))

    def _apply(self, node: Apply) -> Term:
        name = node.function
        if name not in NAMES:
            raise wrong(f"There is no function {name!r}. There are: {', '.join(sorted(FUNCTIONS))}.", where=name)
        terms = [self.term(each) for each in node.operands]
        if name in LOGIC:
            return Term("truth", LOGIC[name].format(*(self._as(term, "truth") for term in terms)))
        if name == "now":
            return Term("time", self.values.bind(to_microseconds(datetime.now(UTC))))
        if name == "neg":
            return Term("number", f"(-{self._as(terms[0], 'number')})")
        if name in SIGNS or name in SPANS:
            _count(name, terms, 2)
            return Term("truth", self._compare(name, terms[0], terms[1]))
        if name in FUNCTIONS:
            found = next((each for each in FUNCTIONS[name] if len(each.takes) == len(terms)), None)
            if found is None:
                _count(name, terms, len(FUNCTIONS[name][0].takes))
                raise AssertionError("the number of operands was wrong")
            return self._call(found, terms)
        return self._arithmetic(name, terms)

    def _call(self, function: Function, terms: list[Term]) -> Term:
        sql = function.says.format(*(self._as(term, kind) for term, kind in zip(terms, function.takes, strict=True)))
        return Term(function.gives, sql)

    def _arithmetic(self, name: str, terms: list[Term]) -> Term:
        _count(name, terms, 2)
        kinds = [_settled(term, other) for term, other in zip(terms, reversed(terms), strict=True)]
        kinds = ["time" if kind in ("period", "date") else kind for kind in kinds]
        found = ARITHMETIC.get((name, kinds[0], kinds[1]))
        if found is None:
            raise wrong(f"{name} does not go between {SAID[terms[0].kind]} and {SAID[terms[1].kind]}.", where=name)
        return self._call(found, terms)

    def _compare(self, name: str, one: Term, other: Term) -> str:
        if "null" in (one.kind, other.kind):
            return self._to_null(name, one if other.kind == "null" else other)
        kind = _settled(one, other)
        if kind in ("time", "period", "date") and _settled(other, one) in ("time", "period", "date") and (kind, other.kind) != ("date", "date"):
            return SPANS[name].format(*self._span(one), *self._span(other))
        if name not in SIGNS:
            raise wrong(f"{name} compares moments and periods, not {SAID[one.kind]} and {SAID[other.kind]}.", where=name)
        left, right = self._as(one, kind), self._as(other, kind)
        return f"({left} {SIGNS[name]} {right})"

    def _to_null(self, name: str, term: Term) -> str:
        if name not in ("eq", "ne"):
            raise wrong(f"null is only compared by eq and ne, not by {name}.", where=name)
        negation = "" if name == "eq" else " NOT"
        if term.kind == "result":
            return f"({negation} ({_number(term)} IS NULL AND {term.second} IS NULL))"
        sql = self._as(term, "text") if term.kind == "json" else term.sql
        return f"({sql} IS{negation} NULL)"

    def _span(self, term: Term) -> tuple[str, str]:
        if term.kind == "period":
            return term.sql, term.second
        moment = self._as(term, "time")
        return moment, moment

    def order(self, node: Node) -> str:
        """Return an expression to order by."""
        term = self.term(node)
        if term.kind == "json":
            return self._as(term, "text")
        return _number(term) if term.kind == "result" else term.sql

    def _as(self, term: Term, kind: Kind) -> str:
        """Return the expression as one of another kind. Raises `Problem` 400 where it is not one."""
        if term.kind in ("json", "result"):
            return _read(term, kind, self.values)
        if term.kind == "null":
            return "NULL"
        if kind == "geometry" and term.kind == "geometry":
            return term.second
        if kind == "time" and term.kind == "period":
            return term.sql
        if kind == "time" and term.kind == "date" and isinstance(term.given, str):
            return self.values.bind(to_microseconds(read_moment(f"{term.given}T00:00:00Z")))
        if term.kind != kind:
            raise wrong(f"{SAID[kind].capitalize()} is needed where {SAID[term.kind]} stands.", where="$filter")
        return term.sql


def _count(name: str, terms: list[Term], needed: int) -> None:
    if len(terms) != needed:
        raise wrong(f"{name} takes {needed} operands, not {len(terms)}.", where=name)


def _kind(node: Given) -> Kind:
    if isinstance(node.value, float) and not math.isfinite(node.value):
        raise Problem(400, "The request needs a correction", "A number in a question must be finite.")
    if node.kind not in SAID:
        raise ValueError(node.kind)
    return node.kind


def _settled(term: Term, other: Term) -> Kind:
    """Return of which kind a term is beside another: a document or a result is what the other one is, else a text or a number."""
    if term.kind not in ("json", "result"):
        return term.kind
    if other.kind in ("json", "result"):
        return "number" if "result" in (term.kind, other.kind) else "text"
    return "time" if other.kind == "period" else other.kind


def _number(term: Term) -> str:
    return f"CASE WHEN isnan({term.sql}) THEN NULL ELSE {term.sql} END"


def _read(term: Term, kind: Kind, values: Values) -> str:
    """Return what a document, or the result of an observation, holds, as one kind; NULL where it is of another."""
    if term.kind == "result" and kind == "number":
        return f"({_number(term)})"
    source, path = (term.second, values.bind("$")) if term.kind == "result" else (term.sql, term.second or values.bind("$"))
    text = f"json_extract_string({source}, {path})"
    if kind in ("text", "date", "clock"):
        return text
    if kind == "number":
        return f"TRY_CAST({text} AS DOUBLE)"
    if kind == "truth":
        return f"TRY_CAST({text} AS BOOLEAN)"
    if kind == "time":
        return f"epoch_us(TRY_CAST({text} AS TIMESTAMPTZ))"
    raise wrong(f"{SAID[kind].capitalize()} is needed where {SAID[term.kind]} stands.", where="$filter")
