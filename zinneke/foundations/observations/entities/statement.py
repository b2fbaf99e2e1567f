"""A question becomes one statement: what is selected, from what, on which conditions, in which order, from where on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from zinneke.foundations.observations.entities import sets
from zinneke.foundations.observations.entities.sets import EntitySet, Property
from zinneke.foundations.observations.entities.sight import Sight
from zinneke.foundations.observations.entities.terms import Join, Terms, Values
from zinneke.foundations.observations.values import Question
from zinneke.kernel.problem import not_found, wrong

FEW = 20
"""Numbers that are bound one by one, so that the engine skips what they cannot be in."""


@dataclass(frozen=True, slots=True)
class Near:
    """Several entities from which one link is followed at once: those of `set` with these ids."""

    set: str
    link: str
    ids: Sequence[Any]


@dataclass(slots=True)
class Statement:
    """One question under the eyes of one actor, made into text with names for its values.

    `span` is the first and last stream among whose observations a page is known to lie.
    """

    question: Question
    sight: Sight
    near: Near | None = None
    span: tuple[int, int] | None = None
    values: Values = field(default_factory=Values)
    set: EntitySet = field(init=False)
    ordering: Terms = field(init=False)
    keys: list[tuple[str, bool]] = field(init=False)
    conditions: list[str] = field(init=False)

    def __post_init__(self) -> None:
        self.set = sets.get(self.question.set)
        self.ordering = Terms(self.set, "t", self.values, self.sight, self.question.language, prefix="o")
        self.keys = [(self.ordering.order(each.by), each.descending) for each in self.question.order]
        if self.ordering.many:
            raise wrong("An order follows links to one entity only; this one leads to several.", where="$orderby")
        self.conditions = self._conditions()

    def _conditions(self) -> list[str]:
        question, here = self.question, self.set
        found = [self.sight.condition(here.name, "t", self.values)]
        if here.condition:
            found.append(here.condition.format(t="t"))
        if question.ids is not None:
            found.append(self._identified(question.ids))
        if self.near is not None:
            found.append(self._linked(self.near))
        if question.where is not None:
            terms = Terms(here, "t", self.values, self.sight, question.language)
            condition = terms.truth(question.where)
            if terms.many:
                keys = ", ".join(key.format(t="t") for key in here.order)
                inner = _from(here, "t", list(terms.joins.values()), f"{keys} {condition}")
                condition = f"({keys}) IN (SELECT {keys} FROM {inner} WHERE {condition})"  # noqa: S608  our own names; values are bound
            else:
                self.ordering.joins = {**self.ordering.joins, **{("", *path): join for path, join in terms.joins.items()}}
            found.append(condition)
        return found

    def _identified(self, ids: Sequence[int | str]) -> str:
        if self.set.name != "Observations":
            return self._among("t.id", [each for each in ids if isinstance(each, int)])
        pairs = [split(each) for each in ids]
        keys = [f"(t.stream = {self.values.bind(stream)} AND t.t = {self.values.bind(time)})" for stream, time in pairs]
        return f"({' OR '.join(keys)})" if keys else "(1 = 0)"

    def _linked(self, near: Near) -> str:
        link = sets.get_link(near.set, near.link)
        column = f"t_x.{link.between[0]}" if link.table else link.far.format(t="t")
        return self._among(column, near.ids)

    def _among(self, column: str, numbers: Sequence[int]) -> str:
        """Return the condition that a column is one of some numbers; many are bound as one list."""
        if len(numbers) <= FEW:
            return f"{column} IN ({', '.join(self.values.bind(each) for each in numbers)})" if numbers else "(1 = 0)"
        return f"{column} IN (SELECT unnest({self.values.bind(str(list(numbers)))}::BIGINT[]))"

    def _between(self) -> tuple[str, str]:
        """Return the table between the entities near and these, and the column that tells from which of them each was reached."""
        if self.near is None:
            return "", "NULL"
        link = sets.get_link(self.near.set, self.near.link)
        if link.table:
            return f"JOIN {link.table} t_x ON t_x.{link.between[1]} = {link.far.format(t='t')}", f"t_x.{link.between[0]}"
        return "", link.far.format(t="t")

    def page(self, extra: Sequence[str] = ()) -> tuple[str, dict[str, Any]]:
        """Return the statement of a page with one entity more than asked, so that one sees whether there are more.

        Each row: from where it was reached, its keys, its columns, `extra` links' columns, what it is ordered by.
        """
        question, here = self.question, self.set
        between, origin = self._between()
        keys = [key.format(t="t") for key in here.order]
        links = [here.links[name].near.format(t="t") for name in extra]
        columns = [origin, *keys, *columns_of(here, question.language), *links, *(sql for sql, _ in self.keys)]
        selected = ", ".join(f"{sql} AS c{at}" for at, sql in enumerate(columns))
        order = ", ".join([*(f"{sql} {'DESC' if down else 'ASC'} NULLS LAST" for sql, down in self.keys), *keys])
        conditions = [*self.conditions, *([self._after(question.after, keys)] if question.after is not None else [])]
        if self.span is not None:
            conditions.append(f"t.stream BETWEEN {self.values.bind(self.span[0])} AND {self.values.bind(self.span[1])}")
        where = " AND ".join(conditions)
        limit, skip = self.values.bind(question.top + 1), self.values.bind(question.skip)
        source = _from(here, "t", list(self.ordering.joins.values()), f"{selected} {where} {order}", between)
        if self.near is not None and len(self.near.ids) > 1 and sets.get_link(self.near.set, self.near.link).many:
            each = f"row_number() OVER (PARTITION BY {origin} ORDER BY {order})"
            ranked = f"SELECT {selected}, {each} AS place FROM {source} WHERE {where}"  # noqa: S608  our own names; values are bound
            return self.values.used(f"SELECT * FROM ({ranked}) WHERE place > {skip} AND place <= {skip} + {limit} ORDER BY place")  # noqa: S608
        if self.near is None and not question.order and len(keys) == 1:  # which ones first, so that columns are worked out for those alone
            found = _from(here, "t", list(self.ordering.joins.values()), f"{where} {order}")
            chosen = f"SELECT {order} FROM {found} WHERE {where} ORDER BY {order} LIMIT {limit} OFFSET {skip}"  # noqa: S608  as above
            source = _from(here, "t", [], f"{selected} {order}")
            return self.values.used(f"SELECT {selected} FROM {source} WHERE {order} IN ({chosen}) ORDER BY {order}")  # noqa: S608  as above
        return self.values.used(f"SELECT {selected} FROM {source} WHERE {where} ORDER BY {order} LIMIT {limit} OFFSET {skip}")  # noqa: S608

    def counting(self) -> tuple[str, dict[str, Any]]:
        """Return the statement that counts what fulfils the conditions, by where it was reached from."""
        between, origin = self._between()
        where = " AND ".join(self.conditions)
        source = _from(self.set, "t", list(self.ordering.joins.values()), where, between)
        group = "" if origin == "NULL" else f" GROUP BY {origin}"
        return self.values.used(f"SELECT {origin}, count(*) FROM {source} WHERE {where}{group}")  # noqa: S608  our own names; values are bound

    def _after(self, after: tuple[Any, ...], keys: Sequence[str]) -> str:
        """Return the condition that only what comes after the last one seen is meant: by value, not by count, so that news move nothing."""
        if len(after) != len(self.keys) + len(keys):
            raise wrong("The $skiptoken is not of this question. Begin again without it.", where="$skiptoken")
        chain = [*((sql, down, True) for sql, down in self.keys), *((sql, False, False) for sql in keys)]
        ways, same = [], []
        for (sql, down, empty), value in zip(chain, after, strict=True):
            if value is None:
                same.append(f"{sql} IS NULL")
                continue
            bound = self.values.bind(value)
            further = f"{sql} {'<' if down else '>'} {bound}"
            ways.append(" AND ".join([*same, f"({further} OR {sql} IS NULL)" if empty else further]))
            same.append(f"{sql} = {bound}")
        return f"({' OR '.join(f'({way})' for way in ways)})" if ways else "(1 = 0)"


def columns_of(here: EntitySet, language: str) -> list[str]:
    """Return the columns that hold a set's properties, in order."""
    found = []
    for each in here.properties.values():
        found.append(each.column.format(t="t", language=language))
        if wide(each):
            found.append(each.second.format(t="t"))
    return found


def wide(each: Property) -> bool:
    """Say whether a property is read from two columns."""
    return each.kind in ("period", "result")


def split(number: int | str) -> tuple[int, int]:
    """Return the stream and time of an observation's id. Raises `Problem` 404 for what is none."""
    stream, dot, time = str(number).partition(".")
    negative = time.removeprefix("-")
    if not (dot and stream.isascii() and stream.isdigit() and negative.isascii() and negative.isdigit()) or len(stream) > 9 or len(negative) > 18:
        raise not_found("observation", number)
    return int(stream), int(time)


def _from(here: EntitySet, alias: str, joins: list[Join], text: str, between: str = "") -> str:
    """Return what a statement reads: the table, what its text mentions beside it, and where its paths lead."""
    text = " ".join([text, between, *(f"{join.on} {join.between}" for join in joins)])
    parts = [_tables(here, alias, text), between]
    for join in joins:
        tables = _tables(join.set, join.alias, text)
        parts += [join.between, f"LEFT JOIN {f'({tables})' if ' JOIN ' in tables else tables} ON {join.on}"]
    return " ".join(part for part in parts if part)


def _tables(here: EntitySet, alias: str, text: str) -> str:
    beside: list[str] = []
    for mark, join in reversed(here.asides.items()):
        if f"{alias}_{mark}." in f"{text} {' '.join(beside)}":
            beside.insert(0, join.format(t=alias))
    return " ".join([f"{here.table} {alias}", *beside])
