"""Linked entities told along with those that lead to them (`join`): inside the relationship, or behind the entities, in one list."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from zinneke.foundations.observations.attributes import verbs
from zinneke.foundations.observations.attributes.values import Condition, Linked, Wanted
from zinneke.kernel.confidentiality import Actor
from zinneke.kernel.problem import wrong
from zinneke.standards.ngsi_ld import picking, query
from zinneke.standards.ngsi_ld.fragments import is_uri
from zinneke.standards.ngsi_ld.talk import Options
from zinneke.standards.ngsi_ld.writing import Writer

WAYS = ("none", "@none", "flat", "inline")
DEEPEST, MOST = 5, 1_000
RELATIONS = frozenset({"Relationship", "ListRelationship"})


@dataclass(frozen=True, slots=True)
class Joining:
    """How far relationships are followed, and which entities whoever asks has already."""

    way: str = ""
    level: int = 0
    known: frozenset[str] = frozenset()


def read(asked: Options) -> Joining:
    """Return what `join`, `joinLevel` and `containedBy` ask for. Raises `Problem` 400."""
    way = asked.get("join") or "none"
    if way not in WAYS:
        raise wrong("join is flat, inline or @none.", where="join")
    level, known = asked.number("joinLevel", 1, 1, DEEPEST), asked.words("containedBy")
    if not all(is_uri(each) for each in known):
        raise wrong("containedBy is a list of URIs.", where="containedBy")
    return Joining() if "none" in way else Joining(way, level, frozenset(known))


def check(joining: Joining, where: Iterable[Condition]) -> None:
    """Refuse conditions that follow relationships farther than is asked to. Raises `Problem` 400."""
    deep = max(map(query.depth, where), default=0)
    if deep > joining.level:
        raise wrong(f"Conditions on linked entities go with join=inline or join=flat, and as deep a joinLevel: {deep} or more.", where="joinLevel")


def documents(actor: Actor, joining: Joining, writer: Writer, entities: Sequence[Linked]) -> list[dict[str, Any]]:
    """Return entities as documents, with those that they lead to, as far as the actor sees them."""
    if not joining.way:
        return [writer.entity(each) for each in entities]
    found, reached = _followed(actor, joining, writer, entities)
    if joining.way == "flat":
        return [writer.entity(each) for each in entities] + [how.entity(found[key]) for key, how in reached.items()]
    budget = iter(range(MOST))
    return [_inline(writer, each, found, joining.level, joining.known | {each.id}, budget) for each in entities]


def _followed(actor: Actor, joining: Joining, writer: Writer, entities: Iterable[Linked]) -> tuple[dict[str, Linked], dict[str, Writer]]:
    """Return the entities that relationships lead to, by id; and how each is told, in the order in which they were reached."""
    found = {each.id: each for each in entities}
    reached, edge = dict[str, Writer](), [(each, writer) for each in found.values()]
    for _ in range(joining.level):
        led = _led(edge, joining.known)
        ids = tuple(key for key in led if key not in found)
        if len(reached) + len(ids) > MOST:
            raise wrong(
                f"That leads to more than {MOST:,} entities. Ask for fewer, or for a lower joinLevel.", where="joinLevel", code="TooComplexQuery"
            )
        wider = {key: picking.either(reached[key], how) for key, how in led.items() if key in reached}
        edge = [(found[key], how) for key, how in wider.items() if how != reached[key]]
        reached |= wider
        for each in verbs.find_linked(actor, Wanted(ids=ids, limit=len(ids))).entities if ids else ():
            found[each.id], reached[each.id] = each, led[each.id]
            edge.append((each, led[each.id]))
        if not edge:
            break
    return found, reached


def _led(edge: Iterable[tuple[Linked, Writer]], known: frozenset[str]) -> dict[str, Writer]:
    """Return to which entities these lead, and how they are told."""
    found: dict[str, Writer] = {}
    for entity, writer in edge:
        for name, target in targets(entity, writer):
            if target not in known:
                how = writer.linked(name)
                found[target] = picking.either(found[target], how) if target in found else how
    return found


def targets(entity: Linked, writer: Writer) -> Iterator[tuple[str, str]]:
    """Yield the relationships of an entity, those that are told, and the ids to which they lead."""
    for name, instances in entity.attributes.items():
        if writer.shown(name):
            for each in instances:
                if each.kind in RELATIONS:
                    yield from ((name, target) for target in (each.value if isinstance(each.value, list) else [each.value]))


def _inline(writer: Writer, entity: Linked, found: dict[str, Linked], level: int, above: frozenset[str], budget: Iterator[int]) -> dict[str, Any]:
    """Return a document with the entities that it leads to inside it; none inside itself."""
    inside: dict[str, dict[str, Any]] = {}
    for name, target in dict.fromkeys(targets(entity, writer)) if level else ():
        if target in found and target not in above:
            if next(budget, None) is None:
                raise wrong(f"That would tell more than {MOST:,} entities. Ask with join=flat.", where="join", code="TooComplexQuery")
            told = _inline(writer.linked(name), found[target], found, level - 1, above | {target}, budget)
            inside.setdefault(name, {})[target] = told
    return replace(writer, inside=inside).entity(entity)
