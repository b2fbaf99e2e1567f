"""What the store offers about entities with attributes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from zinneke.foundations.observations.attributes import editing, evolving, handing, keeping, reading
from zinneke.foundations.observations.attributes.handing import Handed
from zinneke.foundations.observations.attributes.values import Edit, Evolution, Found, Kept, Linked, Number, Outcome, Span, TypeCount, Wanted
from zinneke.foundations.observations.entities import removing
from zinneke.foundations.observations.register import SUBJECT
from zinneke.kernel.confidentiality import Actor, Right, demand
from zinneke.kernel.problem import Problem
from zinneke.kernel.route import verb


@verb(Right.SEE, SUBJECT)
def find_linked(actor: Actor, wanted: Wanted) -> Found:
    """Return a page of the entities that are meant, as far as the actor sees them."""
    return reading.find(actor, wanted)


@verb(Right.SEE, SUBJECT)
def list_linked(actor: Actor, wanted: Wanted) -> tuple[list[str], bool]:
    """Return the ids of a page of the entities that are meant, as far as the actor sees them, and whether there are more."""
    return reading.list_ids(actor, wanted)


@verb(Right.SEE, SUBJECT)
def get_linked(actor: Actor, entity: str) -> Linked:
    """Return one entity. Raises `Problem` 404."""
    return reading.get(actor, entity)


@verb(Right.SEE, SUBJECT)
def recall_linked(actor: Actor, entity: str) -> Linked | None:
    """Return one entity from memory alone, None when it must be asked for: then `get_linked`."""
    return reading.recall(actor, entity)


@verb(Right.SEE, SUBJECT)
def count_attributes(actor: Actor) -> list[TypeCount]:
    """Return which types of entities there are, with which attributes."""
    return reading.count_types(actor)


@verb(Right.SEE, SUBJECT)
def evolve(actor: Actor, wanted: Wanted, span: Span, names: Sequence[str] = ()) -> tuple[Found, list[Evolution]]:
    """Return how entities were over time, or figures by period. `names` are the attributes that are meant, all when empty."""
    return evolving.evolve(actor, wanted, span, names)


@verb(Right.EDIT, SUBJECT)
def edit_linked(actor: Actor, edits: Sequence[Edit]) -> list[Problem | Outcome]:
    """Change or create entities; say for each what became of it, or why nothing came of it."""
    return editing.apply(actor, edits)


@verb(Right.SEE, SUBJECT)
def check_instance(actor: Actor, entity: str, name: str, dataset: str, moment: int) -> None:
    """Do nothing when an attribute was observed at a moment. Raises `Problem` 404 when it was not."""
    evolving.find_instance(actor, entity, name, dataset, moment)


@verb(Right.EDIT, SUBJECT)
def remove_instance(actor: Actor, entity: str, name: str, dataset: str, moment: int) -> None:
    """Delete what was observed of an attribute at one moment. Raises `Problem` 403, 404."""
    removing.remove(actor, "Observations", evolving.find_instance(actor, entity, name, dataset, moment))


@verb(Right.EDIT, SUBJECT)
def hand_over_linked(actor: Actor, edits: Sequence[Edit]) -> Handed | None:
    """Store what edits measure together with what others send at the same time; None when one of them does more, then `edit_linked`."""
    return handing.hand_over(actor, edits)


@verb(Right.EDIT, SUBJECT)
def hand_over_number(actor: Actor, entity: str, name: str, number: Number) -> Handed | None:
    """Store another value of an attribute that is measured, as `hand_over_linked` does; None when it is to be read as an edit."""
    return handing.hand_over_number(actor, entity, name, number)


@verb(Right.EDIT, SUBJECT)
def forget_past(actor: Actor, entity: str, name: str) -> None:
    """Forget what an attribute was before it was taken away. Raises `Problem` 403, 404."""
    editing.forget_past(actor, entity, name)


@verb(Right.EDIT, SUBJECT)
def remove_linked(actor: Actor, entity: str) -> None:
    """Delete an entity with all that was measured of it."""
    editing.remove(actor, entity)


@verb(Right.SEE, SUBJECT)
def list_kept(actor: Actor, kind: str) -> list[Kept]:
    """Return contexts, or sources, that are kept for everybody."""
    return keeping.listed(kind)


@verb(Right.SEE, SUBJECT)
def get_kept(actor: Actor, kind: str, key: str) -> Kept:
    """Return one of them. Raises `Problem` 404."""
    return keeping.get(kind, key)


@verb(Right.EDIT, SUBJECT)
def keep(actor: Actor, kind: str, key: str, document: Any, new: bool = True) -> None:
    """Keep a document; with `new` False in the place of one's earlier one. A source takes the right to command everywhere."""
    _check(actor, kind)
    (keeping.add if new else keeping.change)(actor, kind, key, document)


@verb(Right.EDIT, SUBJECT)
def remove_kept(actor: Actor, kind: str, key: str) -> None:
    """Delete a document that one added; a source, whoever added it, with the right to command everywhere."""
    _check(actor, kind)
    keeping.remove(actor, kind, key)


def _check(actor: Actor, kind: str) -> None:
    """Refuse a source of somebody who may merely write somewhere: what it tells stands for the house, before everybody."""
    if kind == "source":
        demand(actor, Right.COMMAND, SUBJECT)
