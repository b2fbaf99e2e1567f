"""Addresses: `Things(1)/Datastreams(2)/Observations`, an entity's property, its value alone, references alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from zinneke.foundations.observations import store
from zinneke.foundations.observations.entities import sets
from zinneke.foundations.observations.values import Entity, Parent, Question
from zinneke.kernel.confidentiality import Actor
from zinneke.kernel.problem import Problem, not_found, wrong

DEEPEST = 12
_SEGMENT = re.compile(r"(\$?[A-Za-z_][\w.-]*)(?:\((?:'((?:[^']|'')*)'|(\d{1,18}))\))?", re.ASCII)


class Segment(NamedTuple):
    """One part of an address: a name, and an id where it names one entity."""

    name: str
    id: int | str | None


@dataclass(slots=True)
class Address:
    """Where a path leads: a set, or one entity of it, perhaps reached from another; then perhaps into a property. `one` is a single entity."""

    set: str
    id: int | str | None = None
    parent: Parent | None = None
    one: bool = False
    property: list[str] = field(default_factory=list)
    form: str = ""

    def question(self, **options: Any) -> Question:
        """Return the question for what stands here."""
        ids = None if self.id is None else (self.id,)
        return Question(set=self.set, ids=ids, parent=self.parent, **options)


def read(path: str) -> list[Segment]:
    """Return the segments of a path. Raises `Problem` 404 for what is no address here."""
    words = [word for word in path.strip("/").split("/") if word]
    if len(words) > DEEPEST:
        raise wrong(f"An address has {DEEPEST} parts at the most.", where="path")
    found = []
    for word in words:
        match = _SEGMENT.fullmatch(word)
        if match is None:
            raise Problem(404, "Not found", f"{word[:60]!r} is no part of an address here. Write Things, Things(1) or Observations('17.5').")
        name, text, number = match.groups()
        found.append(Segment(name, int(number) if number else text.replace("''", "'") if text is not None else None))
    return found


def walk(actor: Actor, segments: Sequence[Segment], language: str = "en") -> Address:
    """Follow segments from entity to entity, each within the actor's reach. Raises `Problem` 404."""
    first, *rest = segments
    sets.get(first.name)
    here = Address(first.name, first.id, one=first.id is not None)
    for place, segment in enumerate(rest):
        if segment.name in ("$ref", "$value", "$count"):
            here.form = segment.name
            if place + 1 < len(rest) or segment.id is not None:
                raise Problem(404, "Not found", f"Nothing stands behind {segment.name}.")
            return here
        if here.property:
            here.property.append(segment.name)
        elif not here.one:
            raise Problem(404, "Not found", f"{here.set} is a set; name one by its id before {segment.name}: {here.set}(1)/{segment.name}.")
        elif segment.name in sets.get(here.set).properties or segment.name in ("id", "@iot.id"):
            here.property.append(segment.name)
        else:
            here = _step(actor, here, segment, language)
    return here


def _step(actor: Actor, here: Address, segment: Segment, language: str) -> Address:
    link = sets.get(here.set).links.get(segment.name)
    if link is None:
        known = ", ".join([*sets.get(here.set).properties, *sets.get(here.set).links])
        raise Problem(404, "Not found", f"{here.set} have nothing named {segment.name!r}. They have: {known}.")
    number = here.id
    if here.parent is not None or number is None:
        number = find(actor, here, language).id
    return Address(link.target, segment.id, Parent(here.set, number, segment.name), one=segment.id is not None or not link.many)


def find(actor: Actor, here: Address, language: str = "en", **options: Any) -> Entity:
    """Return the one entity at an address. Raises `Problem` 404."""
    found = store.ask(actor, here.question(top=1, language=language, **options)).entities
    if not found:
        raise not_found(sets.get(here.set).one, here.id if here.id is not None else here.parent.link if here.parent else here.set)
    return found[0]
