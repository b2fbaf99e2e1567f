"""Linked entities told along with those that lead to them (`join`): inside the relationship, or behind the entities, in one list."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from zinneke.foundations.observations.attributes import verbs
from zinneke.foundations.observations.attributes.values import Condition, Linked, Wanted
from zinneke.kernel.confidentiality import Actor
from zinneke.kernel.problem import wrong
from zinneke.standards.ngsi_ld import query
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
    found, rounds = _followed(actor, joining, writer, entities)
    whole = replace(writer, only=None, without=frozenset())
    if joining.way == "flat":
        return [writer.entity(each) for each in entities] + [whole.entity(each) for each in rounds]
    budget = iter(range(MOST))
    return [_inline(writer, whole, each, found, joining.level, joining.known | {each.id}, budget) for each in entities]


def _followed(actor: Actor, joining: Joining, writer: Writer, entities: Iterable[Linked]) -> tuple[dict[str, Linked], list[Linked]]:
    """Return the entities that relationships lead to, by id, and in the order in which they were reached."""
    first = {each.id: each for each in entities}
    found, reached = dict(first), list[Linked]()
    edge = list(first.values())
    for step in range(joining.level):
        shown = writer if step == 0 else replace(writer, only=None, without=frozenset())
        ids = {target: None for each in edge for target in targets(each, shown) if target not in found and target not in joining.known}
        if len(reached) + len(ids) > MOST:
            raise wrong(
                f"That leads to more than {MOST:,} entities. Ask for fewer, or for a lower joinLevel.", where="joinLevel", code="TooComplexQuery"
            )
        if not ids:
            break
        edge = verbs.find_linked(actor, Wanted(ids=tuple(ids), limit=len(ids))).entities
        found |= {each.id: each for each in edge}
        reached += edge
    return found, reached


def targets(entity: Linked, writer: Writer) -> Iterator[str]:
    """Yield the ids to which the relationships of an entity lead, those that are told."""
    for name, instances in entity.attributes.items():
        if writer.shown(name):
            for each in instances:
                if each.kind in RELATIONS:
                    yield from each.value if isinstance(each.value, list) else [each.value]


def _inline(
    writer: Writer, whole: Writer, entity: Linked, found: dict[str, Linked], level: int, above: frozenset[str], budget: Iterator[int]
) -> dict[str, Any]:
    """Return a document with the entities that it leads to inside it; none inside itself."""
    inside: dict[str, Any] = {}
    for target in dict.fromkeys(targets(entity, writer)) if level else ():
        if target in found and target not in above:
            if next(budget, None) is None:
                raise wrong(f"That would tell more than {MOST:,} entities. Ask with join=flat.", where="join", code="TooComplexQuery")
            inside[target] = _inline(whole, whole, found[target], found, level - 1, above | {target}, budget)
    return replace(writer, inside=inside).entity(entity)
