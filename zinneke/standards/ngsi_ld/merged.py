"""One entity out of what several sources hold of it, as the modes of registrations say. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from zinneke.foundations.observations.attributes.values import Instance, Linked


@dataclass(frozen=True, slots=True)
class Part:
    """What one source holds of an entity, and the mode in which it is registered."""

    mode: str
    entity: Linked
    source: str = ""
    """The id of its registration."""


def merge(local: Linked | None, parts: Sequence[Part], taken: tuple[bool, frozenset[str]]) -> Linked | None:
    """Return an entity from its parts; None when nobody holds any of it.

    `taken` says whether sources alone tell of it, and which attributes they alone tell: what the house has of these is passed over.
    Of two instances of one dataset that both may tell, the one observed later counts; what an auxiliary source holds fills gaps only.
    """
    whole, names = taken
    held = None if whole or local is None else msgspec.structs.replace(local, attributes=_without(local, names))
    entities = [each.entity for each in parts]
    if held is None and not any(each.mode != "auxiliary" for each in parts):
        return None
    first = held or entities[0]
    attributes = {name: list(instances) for name, instances in (held.attributes if held else {}).items()}
    for part in sorted(parts, key=lambda each: each.mode == "auxiliary"):
        for name, instances in part.entity.attributes.items():
            for each in instances:
                _add(attributes.setdefault(name, []), each, later=part.mode != "auxiliary")
    types = tuple(dict.fromkeys(each for entity in (first, *entities) for each in entity.types))
    scopes = tuple(dict.fromkeys(each for entity in (first, *entities) for each in entity.scopes))
    return msgspec.structs.replace(first, types=types, scopes=scopes, attributes=attributes)


def _without(entity: Linked, names: frozenset[str]) -> dict[str, list[Instance]]:
    return {name: instances for name, instances in entity.attributes.items() if name not in names}


def _add(held: list[Instance], new: Instance, later: bool) -> None:
    """Put an instance among those of its attribute, in the place of one of its dataset that was observed before it."""
    for at, each in enumerate(held):
        if each.dataset == new.dataset:
            if later and new.observed is not None and (each.observed is None or new.observed > each.observed):
                held[at] = new
            return
    held.append(new)
