"""Questions answered: the page, what is counted, and what is to be brought along, one statement a link however many entities lead there."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
import pyarrow as pa

from zinneke.foundations.observations import lifecycle, register
from zinneke.foundations.observations.engine import Bound
from zinneke.foundations.observations.entities import bounds, mirror, newest, sets, statement
from zinneke.foundations.observations.entities.sets import EntitySet
from zinneke.foundations.observations.entities.sight import Sight
from zinneke.foundations.observations.entities.statement import Near, Statement
from zinneke.foundations.observations.values import Answered, Entity, Question
from zinneke.kernel.confidentiality import Actor
from zinneke.kernel.period import from_microseconds
from zinneke.kernel.problem import Problem, not_found, wrong

MOST_ENTITIES = 50_000
"""Entities that one answer holds at the most, with all that is brought along."""
DEEPEST = 6
_lock = threading.Lock()


@dataclass(slots=True)
class Asking:
    """One answer in the making: under whose eyes, and how much it may still hold."""

    sight: Sight
    left: int = MOST_ENTITIES
    ends: Any = field(default=None)

    def rows(self, made: Statement, links: Sequence[str] = ()) -> list[tuple[Any, ...]]:
        """Return the rows of a statement's page."""
        return self._select(*made.page(links), lambda: bounds.of(made))

    def counts(self, made: Statement) -> list[tuple[Any, ...]]:
        """Return how many a statement means, by where they were reached from."""
        return self._select(*made.counting(), lambda: bounds.of(made, counting=True))

    def _select(self, sql: str, values: dict[str, Any], bound: Callable[[], Bound]) -> list[tuple[Any, ...]]:
        if "ends " in sql and self.ends is None:
            self.ends = _ends()
        return lifecycle.opened().store.select(sql, values, {"ends": self.ends} if self.ends is not None else {}, bound)

    def spend(self, count: int) -> None:
        """Count entities of the answer. Raises `Problem` 400 when it would become too large."""
        self.left -= count
        if self.left < 0:
            told = f"The answer would hold more than {MOST_ENTITIES:,} entities. Give a smaller $top, also inside $expand, or expand less."
            raise wrong(told, where="$expand")

    def page(self, question: Question, near: Near | None, depth: int) -> dict[Any, Answered]:
        """Return a page for each of the entities near, or the only one under None."""
        if depth > DEEPEST:
            raise wrong(f"An expansion goes {DEEPEST} links deep at the most.", where="$expand")
        here = sets.get(question.set)
        links = [name for name, _ in question.expand]
        total: int | None = None
        made = Statement(question, self.sight, near)
        if near is None and newest.whole(question):
            first, last, total = newest.span(question, self.sight.actor, self.sight.right)
            made.span = (first, last)
        rows = self._rows(question, near, made, links)
        origins = list(near.ids) if near is not None else [None]
        pages = {origin: Answered(question.set, []) for origin in origins}
        keys, width = len(here.order), len(statement.columns_of(here, question.language))
        brought: list[tuple[Entity, tuple[Any, ...]]] = []
        for row in rows:
            page = pages[row[0]]
            if len(page.entities) == question.top:
                page.next = page.next or ()
                continue
            entity = Entity(_id(here, row[1 : 1 + keys]), read(here, row[1 + keys : 1 + keys + width]))
            page.entities.append(entity)
            brought.append((entity, row))
        self.spend(len(brought))
        self._turn(pages, brought, made, keys, 1 + keys + width + len(links))
        if question.count:
            for page in pages.values():
                page.count = 0
            for origin, count in [(None, total)] if total is not None else self._counted(question, near):
                pages[origin].count = count
        for place, (name, inner) in enumerate(question.expand):
            self._bring(here, name, inner, [(entity, row[1 + keys + width + place]) for entity, row in brought], depth)
        return pages

    def _counted(self, question: Question, near: Near | None) -> list[tuple[Any, ...]]:
        if near is not None and near.set in ("Datastreams", "MultiDatastreams") and newest.everything(question):
            return newest.counts(near.ids)
        return self.counts(Statement(msgspec.structs.replace(question, order=()), self.sight, near))

    def _rows(self, question: Question, near: Near | None, made: Statement, links: list[str]) -> list[tuple[Any, ...]]:
        if question.top == 0:
            return []
        if near is not None and near.set in ("Datastreams", "MultiDatastreams") and newest.meant(question):
            known = newest.rows(near.ids)
            if known is not None:
                return known
        return self.rows(made, links)

    def _turn(self, pages: dict[Any, Answered], brought: list[tuple[Entity, tuple[Any, ...]]], made: Statement, keys: int, at: int) -> None:
        """Give each page that is not the last the place after its last entity."""
        last = {row[0]: row for _, row in brought}
        for origin, page in pages.items():
            if page.next is not None:
                row = last.get(origin)
                page.next = (*row[at : at + len(made.keys)], *row[1 : 1 + keys]) if row else None

    def _bring(self, here: EntitySet, name: str, question: Question, brought: list[tuple[Entity, Any]], depth: int) -> None:
        link = sets.get_link(here.name, name)
        if not brought:
            return
        ids = list(dict.fromkeys(key for _, key in brought if key is not None))
        if not link.many:
            found = self.page(msgspec.structs.replace(question, ids=tuple(ids), top=len(ids)), None, depth + 1)[None]
            by_id = {entity.id: entity for entity in found.entities}
            for entity, key in brought:
                entity.linked[name] = by_id.get(key)
            return
        self.spend(0)
        if len(ids) * (question.top + 1) > 10 * MOST_ENTITIES:
            self.spend(len(ids) * question.top)
        pages = self.page(question, Near(here.name, name, ids), depth + 1) if ids else {}
        for entity, key in brought:
            entity.linked[name] = pages.get(key) or Answered(link.target, [])


def ask(actor: Actor, question: Question) -> Answered:
    """Answer a question within the actor's reach. Raises `Problem` 404 when what it starts from is not there."""
    reflect()
    asking = Asking(Sight(actor))
    if question.parent is None:
        return asking.page(question, None, 0)[None]
    parent, link = question.parent, sets.get_link(question.parent.set, question.parent.link)
    start = Question(set=parent.set, ids=(parent.id,), top=1, language=question.language)
    made = Statement(start, asking.sight)
    rows = asking.rows(made, [parent.link])
    if not rows:
        raise not_found(sets.get(parent.set).one, parent.id)
    key = rows[0][-1]
    if link.many:
        return asking.page(question, Near(parent.set, parent.link, [key]), 0)[key]
    if key is None:
        return Answered(link.target, [])
    if question.ids is not None and key not in question.ids:
        return Answered(link.target, [])
    return asking.page(msgspec.structs.replace(question, ids=(key,)), None, 0)[None]


def reflect() -> None:
    """Bring the tables of entities up to the records as they stand now, at least, when their stamp has changed."""
    store, stamp = lifecycle.opened().store, register.stamped()
    if stamp and store.reflected == stamp:
        return
    with _lock:
        for _ in range(2):  # what changed while everything was read is followed afterwards
            stamp = register.stamped()
            if stamp and store.reflected == stamp:
                return
            known = register.current(0)
            if known.stamp != stamp:  # somebody is about to make something else known
                known = register.recorded()
            part = mirror.part(known, store.reflected) if store.reflected else None
            if part is not None:
                store.amend(known.stamp, mirror.tables(known, part), mirror.GONE, mirror.touched(part))
                return
            store.reflect(known.stamp, mirror.whole(known))


def _ends() -> Any:
    known, tail = register.current(), lifecycle.opened().tail
    tail.cover(known.highest)
    ends = tail.ends(known.ids)
    heard = ends.rows > 0
    return pa.table({"stream": known.ids[heard], "first": ends.first[heard], "last": ends.last[heard]})


def _id(here: EntitySet, keys: Sequence[Any]) -> int | str:
    return f"{keys[0]}.{keys[1]}" if here.name == "Observations" else int(keys[0])


def read(here: EntitySet, columns: Sequence[Any]) -> dict[str, Any]:
    """Return the properties of a row as JSON has them: moments as text, documents as they were written."""
    found: dict[str, Any] = {}
    at = 0
    for name, each in here.properties.items():
        value = columns[at]
        if each.kind == "period":
            found[name] = period(value, columns[at + 1])
            at += 1
        elif each.kind == "result":
            found[name] = _result(value, columns[at + 1])
            at += 1
        elif each.kind == "time":
            found[name] = None if value is None else moment(value)
        elif each.kind in ("json", "geometry"):
            found[name] = None if value is None else msgspec.Raw(value.encode())
        else:
            found[name] = value
        at += 1
    return found


def _result(value: float, document: str | None) -> Any:
    if document is not None:
        return msgspec.Raw(document.encode())
    return None if math.isnan(value) else value


def moment(microseconds: int) -> str:
    """Return a moment as the standard writes it."""
    try:
        return from_microseconds(int(microseconds)).isoformat().replace("+00:00", "Z")
    except (OverflowError, ValueError, OSError):
        raise Problem(400, "The request needs a correction", "A moment in it is before the year 1 or after 9999.") from None


def period(start: int | None, end: int | None) -> str | None:
    """Return a period as the standard writes it; one without length is a moment."""
    if start is None or end is None:
        return None
    return moment(start) if start == end else f"{moment(start)}/{moment(end)}"
