"""How far somebody reaches in the selection, as conditions of queries. An exercise is a part of its own: `selection.<exercise>`."""

from __future__ import annotations

from django.db.models import Q

from zinneke.foundations.identity import within as deciding
from zinneke.kernel.confidentiality import Actor, Right, reach

SUBJECT = "selection"


def within(actor: Actor, right: Right) -> Q:
    """Return what an actor reaches of the whole, by level and area."""
    return deciding.reached(reach(actor, right, SUBJECT))


def exercises_within(actor: Actor, right: Right, prefix: str = "") -> Q:
    """Return the exercises that an actor reaches: by level and area, or because they hold that one exercise."""
    return deciding.within(actor, right, SUBJECT, prefix=prefix)
