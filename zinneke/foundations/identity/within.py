"""The decision about rights as a condition of a Django query: what every store puts into its questions, so that none filters a result."""

from __future__ import annotations

from django.db.models import Q

from zinneke.kernel.confidentiality import Actor, Level, Reach, Right, parts, reach


def within(actor: Actor, right: Right, subject: str, *, part: str = "key", prefix: str = "") -> Q:
    """Return what an actor reaches on a subject as a condition on the columns `level` and `area`, and on `part` for grants on a part of it.

    `part` is the column that names the part: with `part="owner"` a grant on `projects.stib` reaches the rows whose owner is stib.
    `prefix` leads to a table beside, such as `thing__`.
    """
    condition = reached(reach(actor, right, subject), prefix)
    for name, narrow in parts(actor, right, subject).items():
        condition |= Q(**{f"{prefix}{part}": name[len(subject) + 1 :]}) & reached(narrow, prefix)
    return condition


def reached(held: Reach, prefix: str = "") -> Q:
    """Return a reach as a condition on the columns `level` and `area`."""
    condition = Q(pk__in=())
    for level, areas in zip(Level, held.areas, strict=True):
        if areas is None:
            condition |= Q(**{f"{prefix}level": level})
        elif areas:
            condition |= Q(**{f"{prefix}level": level, f"{prefix}area__in": sorted(areas)})
    return condition
