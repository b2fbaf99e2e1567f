"""What a registration must name in its mode, and with what it must not be in conflict: other registrations, and what the house holds itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from zinneke.foundations.observations.attributes import verbs
from zinneke.foundations.observations.attributes.values import Logic, OfType, Wanted
from zinneke.kernel.confidentiality import Actor
from zinneke.kernel.problem import Problem, wrong
from zinneke.standards.ngsi_ld import registrations
from zinneke.standards.ngsi_ld.registrations import ALONE, mode

AUXILIARY = frozenset({"retrieveOps", "retrieveEntity", "queryEntity"})
"""What may be asked of a source that only fills gaps."""
MOST, TOGETHER = 100, 80
"""Kinds of entities that a source may have alone; and attributes of one question."""


def check(actor: Actor, document: Mapping[str, Any], others: Iterable[Mapping[str, Any]]) -> None:
    """Refuse a registration that says too little or too much in its mode, or claims what is here or elsewhere. Raises `Problem` 400, 409."""
    how = mode(document)
    if how == "auxiliary" and not set(document.get("operations", ())) <= AUXILIARY:
        raise wrong(f"An auxiliary source only fills gaps: its operations are among {', '.join(sorted(AUXILIARY))}.", where="operations")
    if how == "exclusive":
        _named(document["information"])
    if how not in ALONE:
        return
    for other in others:
        if "exclusive" in (how, mode(other)) and _overlaps(document, other):
            raise _conflict(f"{other['id']} is registered for the same alone ({mode(other)}). Change or delete that registration first.")
    for held in _held(document["information"]):
        if found := verbs.find_linked(actor, held).entities:
            raise _conflict(f"{found[0].id} is kept here with what the source would have alone. Delete it here first.")


def _conflict(told: str) -> Problem:
    return Problem(409, "Conflict", told, code="Conflict")


def _named(information: Iterable[Mapping[str, Any]]) -> None:
    """Refuse an exclusive source that is not registered for certain attributes of one entity. Raises `Problem` 400."""
    entities = [each for info in information for each in info.get("entities") or [{}]]
    if not all(registrations.names(info) for info in information) or len({each.get("id") for each in entities}) > 1 or "id" not in entities[0]:
        told = "An exclusive source has attributes of one entity: each of information names them, and that entity by its id. Register others apart."
        raise wrong(told, where="information")


def _overlaps(document: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Say whether two sources that have their part alone are registered for the same attributes of the same entity, of the same times."""
    if mode(other) not in ALONE or registrations.is_current(document) != registrations.is_current(other):
        return False
    return any(_shared(one, another) for one in document["information"] for another in other["information"])


def _shared(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    mine, theirs = registrations.names(one), registrations.names(other)
    if mine and theirs and not mine & theirs:
        return False
    entities = [(each, another) for each in one.get("entities") or [{}] for another in other.get("entities") or [{}]]
    return any(_same(each, another) or _same(another, each) for each, another in entities)


def _same(named: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Say whether an entity that is named is one of others: by its id, or by its type and a pattern of ids where there is one."""
    if "id" not in named:
        return False
    if "id" in other:
        return bool(named["id"] == other["id"])
    return "type" not in other or registrations.may_hold({"entities": [other]}, frozenset(registrations.kinds(named)), {named["id"]})


def _held(information: Iterable[Mapping[str, Any]]) -> Iterator[Wanted]:
    """Yield the questions that find what is here of what a source would have alone."""
    asked = 0
    for info in information:
        names = sorted(registrations.names(info))
        for having in [tuple(names[at : at + TOGETHER]) for at in range(0, len(names) or 1, TOGETHER)]:
            for held in _entities(info, having):
                asked += 1
                if asked > MOST:
                    raise wrong(f"A source has {MOST} kinds of entities alone at the most. Register the others apart.", where="information")
                yield held


def _entities(info: Mapping[str, Any], having: tuple[str, ...]) -> Iterator[Wanted]:
    ids = tuple(dict.fromkeys(each["id"] for each in info.get("entities", ()) if "id" in each))
    if ids:
        yield Wanted(ids=ids, having=having, limit=1)
    for each in info.get("entities") or [{}]:
        if "id" not in each:
            where = tuple(OfType(kind) for kind in registrations.kinds(each))
            yield Wanted(where=(Logic("or", where),) if where else (), pattern=each.get("idPattern", ""), having=having, limit=1)
