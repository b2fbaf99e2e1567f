"""Whether an entity that is in memory is meant, as the engine's statement would say of one that is kept: for those that are no longer there."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from operator import eq, ge, gt, le, lt
from typing import Any

import pyarrow as pa
import shapely

from zinneke.foundations import compute as pc
from zinneke.foundations.observations.attributes import tables
from zinneke.foundations.observations.attributes.finding import ANY, OPPOSITE, OWN, TIMES
from zinneke.foundations.observations.attributes.values import (
    MEMBERS,
    Around,
    Compare,
    Condition,
    InScope,
    Instance,
    Leads,
    Linked,
    Logic,
    OfType,
    Wanted,
)
from zinneke.foundations.observations.entities import geometry, mirror
from zinneke.kernel.period import from_microseconds, read_moment_or_none, to_microseconds

SIGNS = {"==": eq, ">": gt, ">=": ge, "<": lt, "<=": le}
LONGEST = 10_000
"""Characters of a text in which a pattern is looked for."""
Follow = Callable[[tuple[str, ...], Leads], bool]
"""Says whether one of the entities of these ids is of the types, and meets the condition, of a relationship that leads to it."""


def fits(entity: Linked, wanted: Wanted, leads: Follow = lambda ids, node: False) -> bool:
    """Say whether an entity is meant by the conditions of a question."""
    return all(holds(entity, each, leads) for each in wanted.where) and (wanted.around is None or _around(entity, wanted.around))


def holds(entity: Linked, node: Condition, leads: Follow = lambda ids, node: False) -> bool:
    """Say whether a condition holds for an entity."""
    if isinstance(node, Logic):
        return (all if node.operator == "and" else any)(holds(entity, each, leads) for each in node.parts)
    if isinstance(node, Leads):
        return leads(tuple(_targets(entity, node.name)), node)
    if isinstance(node, OfType):
        return node.iri in entity.types
    if isinstance(node, InScope):
        return any(re.fullmatch(node.pattern, scope) for scope in entity.scopes)
    values = [each for each in _values(entity, node) if each is not None]
    if node.sign in OPPOSITE:
        return bool(values) and not any(_meets(each, OPPOSITE[node.sign], value) for each in values for value in node.values)
    return any(_meets(each, node.sign, value) for each in values for value in node.values) if node.sign else bool(values)


def _targets(entity: Linked, name: str) -> Iterator[str]:
    """Yield the ids to which a relationship leads."""
    for instance in entity.attributes.get(name, ()):
        if instance.kind in ("Relationship", "ListRelationship"):
            yield from instance.value if isinstance(instance.value, list) else [instance.value]


def _values(entity: Linked, node: Compare) -> Iterator[Any]:
    """Yield what stands at the end of a path; of a list that is kept each element too, of a text what it is in any language."""
    if node.name in OWN:
        yield {"@id": entity.id, "@type": " ".join(entity.types), "@createdAt": entity.created, "@modifiedAt": entity.modified}[node.name]
    for instance in entity.attributes.get(node.name, ()):
        if node.about:
            yield _about(entity, instance, node)
            continue
        parts = [] if _measured(instance) else tables.parts(instance)
        if node.inside == ANY:
            yield from parts if instance.kind == "LanguageProperty" else ()
            continue
        yield _inside(instance.value, node.inside)
        if instance.kind != "LanguageProperty":
            yield from (_inside(each, node.inside) for each in parts)


def _measured(instance: Instance) -> bool:
    return instance.kind == "Property" and bool(instance.unit or instance.observed is not None)


def _about(entity: Linked, instance: Instance, node: Compare) -> Any:
    last = node.about[-1]
    if last in TIMES or (last == "observedAt" and _measured(instance)):
        moment = instance.observed if _measured(instance) else entity.created if last == "createdAt" else entity.modified
        return None if moment is None else from_microseconds(moment)
    document = tables.plain(instance)
    if last in ("observedAt", "unitCode", "datasetId"):
        return _inside(document, node.about)
    ends = (_inside(document, [*node.about, member, *node.inside]) for member in dict.fromkeys(MEMBERS.values()))
    return next((each for each in ends if each is not None), None)


def _inside(value: Any, path: Sequence[str]) -> Any:
    for step in path:
        value = value.get(step) if isinstance(value, dict) else None
    return value


def _meets(found: Any, sign: str, value: Any) -> bool:
    if isinstance(value, tuple):
        return _meets(found, ">=", value[0]) and _meets(found, "<=", value[1])
    if sign == "~=":
        return isinstance(found, str) and bool(pc.match_substring_regex(pa.scalar(found[:LONGEST]), str(value)).as_py())
    left, right = found, value
    if isinstance(value, datetime):
        moment = found if isinstance(found, datetime) else read_moment_or_none(found) if isinstance(found, str) else None
        left, right = (None if moment is None else to_microseconds(moment)), to_microseconds(value)
    elif isinstance(found, bool) != isinstance(value, bool):
        return False
    kinds = isinstance(left, int | float) and isinstance(right, int | float)
    return (kinds or (isinstance(left, str) and isinstance(right, str))) and SIGNS[sign](left, right)


def _around(entity: Linked, around: Around) -> bool:
    shape = shapely.from_wkb(around.shape)
    for instance in entity.attributes.get(around.name, ()):
        made = mirror.geometry(instance.value) if instance.kind == "GeoProperty" else None
        if made is None:
            continue
        place = shapely.from_wkb(made)
        if around.predicate != "near":
            if getattr(shapely, around.predicate)(place, shape):
                return True
            continue
        metres = float(geometry.metres(place, shape))
        if (around.most is None or metres <= around.most) and (around.least is None or metres >= around.least):
            return True
    return False
