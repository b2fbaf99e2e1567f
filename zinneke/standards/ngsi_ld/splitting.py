"""Entities of which each source has a part only (`splitEntities`): put together first, and only then looked at, whether they are meant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from zinneke.foundations.observations.attributes import fitting, verbs
from zinneke.foundations.observations.attributes.values import Condition, Found, Linked, Logic, Wanted
from zinneke.kernel.problem import Problem, wrong
from zinneke.standards.ngsi_ld import forwarding, query, registrations, wanted
from zinneke.standards.ngsi_ld.contexts import Context
from zinneke.standards.ngsi_ld.discovering import Sought
from zinneke.standards.ngsi_ld.forwarding import Asking, Question
from zinneke.standards.ngsi_ld.merged import merge
from zinneke.standards.ngsi_ld.talk import Options

MOST = 1_000
"""Entities of a request that are looked at, of each source and here."""
WIDE = frozenset({"type", "id", "idPattern"})
WIDE_SENT = frozenset({"type", "@context", "entities"})
"""What is handed on of a question: what holds of each part of an entity, wherever it is."""


def kinds(asked: Options, entities: Sequence[Any], meant: Wanted, context: Context) -> tuple[Condition, ...]:
    """Return the conditions that hold of each part of an entity. Raises `Problem` 400 for a question that depends on other entities."""
    if any(map(query.depth, meant.where)):
        raise wrong("splitEntities does not go with conditions on linked entities. Ask for their ids first.", where="splitEntities")
    if entities:
        return (Logic("or", tuple(wanted.entity(each, context) for each in entities)),)
    return (query.read_types(asked.get("type"), context),) if asked.get("type") else ()


def queried(asking: Asking, sought: Sought, question: Question, meant: Wanted, kinds: tuple[Condition, ...]) -> Found:
    """Return a page of the entities that are meant, put together from here and elsewhere, by their ids; `kinds` are the types that are asked for.

    Raises `Problem` 403 when there are too many to look at.
    """
    wide = Wanted(where=kinds, ids=meant.ids, pattern=meant.pattern, limit=MOST)
    here = verbs.find_linked(asking.actor, wide)
    if here.more:
        told = (
            f"To put entities together, {MOST:,} are looked at, and there are more of these types and ids. Ask for fewer, or without splitEntities."
        )
        raise Problem(403, "Too many", told, code="TooManyResults")
    chosen, parts = forwarding.gathered(asking, replace(sought, names=frozenset(), around=None, scopes=None), question)
    local = {each.id: each for each in here.entities}
    found = []
    for key in sorted({*local, *parts}):
        one = local.get(key)
        whole = merge(one, parts.get(key, []), forwarding.taken(chosen, one.types if one else (), key))
        if whole is not None and _is_meant(whole, meant):
            found.append(whole)
    if meant.order:
        asking.warnings.append("entities are in the order of their ids")
    page = found[meant.offset : meant.offset + meant.limit]
    return Found(entities=page, more=len(found) > meant.offset + meant.limit, count=len(found) if meant.count else None)


def _is_meant(entity: Linked, meant: Wanted) -> bool:
    """Say whether an entity that was put together meets all of a question, of which sources may have told more than was asked."""
    if meant.ids is not None and entity.id not in meant.ids:
        return False
    if meant.pattern and not registrations.fits(meant.pattern, entity.id):
        return False
    return fitting.fits(entity, meant) and (not meant.having or any(name in entity.attributes for name in meant.having))
