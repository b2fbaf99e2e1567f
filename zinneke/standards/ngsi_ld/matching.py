"""Which events a subscription is told of: what triggers it, which attributes it watches, which entities it means, as its owner sees them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from zinneke.foundations.observations import register
from zinneke.foundations.observations.attributes import changes, fitting, naming, reading, verbs
from zinneke.foundations.observations.attributes.values import Condition, Leads, Linked, Logic, OfType, Wanted
from zinneke.foundations.subscriptions.values import CHANGED, CORRECTED, CREATED, DELETED, OBSERVATION, Event
from zinneke.kernel.confidentiality import Actor
from zinneke.kernel.period import to_microseconds
from zinneke.kernel.problem import Problem
from zinneke.standards.ngsi_ld import contexts, query, wanted
from zinneke.standards.ngsi_ld.contexts import Context

ATTRIBUTES = ("attributeCreated", "attributeUpdated", "attributeDeleted")
TRIGGERS = frozenset({*ATTRIBUTES, "entityCreated", "entityUpdated", "entityDeleted"})
USUAL = ("attributeCreated", "attributeUpdated")
"""What triggers a notification where a subscription does not say."""
_KINDS = {
    "attributeCreated": (OBSERVATION, CREATED, CHANGED),
    "attributeUpdated": (OBSERVATION, CORRECTED, CHANGED),
    "attributeDeleted": (CHANGED,),
    "entityCreated": (CREATED,),
    "entityDeleted": (DELETED,),
}


def triggers(named: Iterable[str]) -> frozenset[str]:
    """Return what triggers a notification; an entity is updated when any of its attributes is."""
    found = set(named) or set(USUAL)
    return frozenset((found | set(ATTRIBUTES) if "entityUpdated" in found else found) - {"entityUpdated"})


def kinds(named: Iterable[str]) -> tuple[str, ...]:
    """Return the kinds of events of the house that may trigger it."""
    return tuple(dict.fromkeys(kind for each in sorted(triggers(named)) for kind in _KINDS[each]))


def context_of(asked: Mapping[str, Any]) -> Context:
    """Return the context in which a subscription was made; the core when it was deleted since, in which its names mean nothing that is here."""
    try:
        return contexts.of(list(asked.get("said", [])), str(asked.get("base", "")))
    except Problem:
        return contexts.of([], "")


def meant(asked: Mapping[str, Any], context: Context) -> Wanted:
    """Return which entities a subscription means."""
    where: list[Condition] = []
    if entities := [wanted.entity(each, context) for each in asked.get("entities", ())]:
        where.append(Logic("or", tuple(entities)) if len(entities) > 1 else entities[0])
    if "q" in asked:
        where.append(query.read_q(asked["q"], context))
    if "scopeQ" in asked:
        where.append(query.read_scopes(asked["scopeQ"]))
    around = wanted.geo(asked["geoQ"], context) if "geoQ" in asked else None
    return Wanted(where=tuple(where), around=around, limit=1)


def condition(asked: Mapping[str, Any], actor: Actor) -> Callable[[Event], bool]:
    """Make the test of an event."""
    watched = frozenset(asked.get("watched", []))
    return Matching(actor, triggers(asked.get("triggers", ())), watched, meant(asked, context_of(asked))).holds


@dataclass(frozen=True, slots=True)
class Matching:
    """What a subscription asks of an event."""

    actor: Actor
    triggers: frozenset[str]
    watched: frozenset[str]
    meant: Wanted

    def holds(self, event: Event) -> bool:
        """Say whether an event is told."""
        if event.kind == DELETED:
            return "entityDeleted" in self.triggers and fitting.fits(_last(event), self.meant, self._leads)
        return (self._measured(event) if event.kind in (OBSERVATION, CORRECTED) else self._kept(event)) and self._is_meant(event.thing)

    def _leads(self, ids: tuple[str, ...], node: Leads) -> bool:
        """Say whether a relationship of an entity that is no more leads to what is meant."""
        types = (Logic("or", tuple(map(OfType, node.types))),) if node.types else ()
        return bool(ids) and bool(verbs.find_linked(self.actor, Wanted(ids=ids, where=(*types, node.where), limit=1)).entities)

    def _watches(self, name: str) -> bool:
        return not self.watched or name in self.watched

    def _kept(self, event: Event) -> bool:
        if event.kind == CREATED and "entityCreated" in self.triggers:
            return True
        return any(self._watches(name) and trigger(*change) in self.triggers for name, change in event.about.get("changes", {}).items())

    def _measured(self, event: Event) -> bool:
        known = register.current()
        position = int(known.position[event.stream]) if event.stream is not None and event.stream <= known.highest else -1
        thing = known.things.get(event.thing)
        if position < 0 or thing is None or not self._watches(naming.attribute(known.streams[position], thing.kind)[0]):
            return False
        if self.triggers >= set(USUAL) and event.kind == OBSERVATION:
            return True
        found = reading.newest(known, [position]).get(position)
        if found is None:
            return False
        if event.kind == CORRECTED:  # what was corrected longer ago is of the past
            return "attributeUpdated" in self.triggers and found.observed == to_microseconds(event.time)
        return ("attributeCreated" if found.created == to_microseconds(event.time) else "attributeUpdated") in self.triggers

    def _is_meant(self, key: str) -> bool:
        thing = register.current().things.get(key)
        if thing is None:
            return False
        if not self.meant.where and self.meant.around is None:
            return True
        return bool(verbs.find_linked(self.actor, msgspec.structs.replace(self.meant, ids=(naming.uri(thing),))).entities)


def trigger(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    """Return what became of an attribute, from what it was and what it is."""
    return "attributeUpdated" if before and after else "attributeCreated" if after else "attributeDeleted"


def _last(event: Event) -> Linked:
    """Return an entity as it was when it was deleted."""
    return changes.entity_of(event.about) if "last" in event.about else Linked(id=event.about["entity"], types=tuple(event.about["types"]))
