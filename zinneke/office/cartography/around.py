"""What lies around a thing: what links lead to, and what an administration answers for, step by step, within one's reach."""

from __future__ import annotations

import msgspec

from zinneke.kernel.confidentiality import Actor
from zinneke.office.cartography import models, shelf
from zinneke.office.cartography.things import Thing

ANSWERS = "answers"
"""The relation between an administration and what it answers for, which is no link that anybody wrote."""


class Neighbourhood(msgspec.Struct, frozen=True):
    """A thing, those around it up to some steps away (each with its distance), and what ties them: a relation, or `answers`."""

    things: tuple[tuple[Thing, int], ...]
    links: tuple[tuple[str, str, str], ...]


def look(actor: Actor, key: str, steps: int, most: int) -> Neighbourhood:
    """Return what lies around a thing. Raises `Problem` 404 where it is not within reach."""
    start = shelf.record_of(actor, key)
    distance, edge = {start.pk: 0}, {start.pk}
    visible = models.Link.objects.filter(shelf.reachable(actor, prefix="source__") & shelf.reachable(actor, prefix="target__"))
    for step in range(1, max(1, min(steps, 4)) + 1):
        out = visible.filter(source_id__in=edge).values_list("target_id", flat=True)
        into = visible.filter(target_id__in=edge).values_list("source_id", flat=True)
        linked = sorted({each for each in (*out, *into) if each not in distance})
        for each in (*linked, *(pk for pk in _owned(actor, edge, most) if pk not in distance and pk not in linked)):
            if len(distance) < most:
                distance[each] = step
        edge = {pk for pk, far in distance.items() if far == step}
    records = {each.pk: each for each in shelf.things(actor).filter(pk__in=distance)}
    between = visible.filter(source_id__in=distance, target_id__in=distance).order_by("source__key", "relation", "target__key")
    ties: list[tuple[str, str, str]] = list(between.values_list("source__key", "relation", "target__key"))
    offices = {each.owner: each.key for each in records.values() if each.kind == "administration" and each.owner}
    ties += [(offices[each.owner], ANSWERS, each.key) for each in records.values() if each.kind != "administration" and each.owner in offices]
    nearest = sorted(records, key=lambda pk: (distance[pk], records[pk].key))
    return Neighbourhood(tuple((shelf.thing(records[pk]), distance[pk]) for pk in nearest), tuple(sorted(set(ties))))


def _owned(actor: Actor, edge: set[int], most: int) -> list[int]:
    """Return who answers for some things, and of administrations what they answer for; the words of the glossary are too many to be drawn."""
    seen = shelf.things(actor)
    owners = set(seen.filter(pk__in=edge).exclude(owner="").values_list("owner", flat=True))
    offices = seen.filter(kind="administration", owner__in=owners).order_by("key").values_list("pk", flat=True)
    leading = seen.filter(pk__in=edge, kind="administration").exclude(owner="").values("owner")
    held = seen.filter(owner__in=leading).exclude(kind__in=("administration", "element")).order_by("kind", "key").values_list("pk", flat=True)
    return [*offices[:most], *held[:most]]
