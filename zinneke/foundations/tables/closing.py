"""Closing what is published: rows are never more open than their dataset is described."""

from __future__ import annotations

from zinneke.foundations.tables import publishing
from zinneke.kernel.confidentiality import Actor, Level, Right
from zinneke.kernel.route import verb


@verb(Right.EDIT, "tables")
def raise_level(actor: Actor, dataset: str, level: Level) -> None:
    """Close every version of a dataset to those whom a level keeps out; it never opens anything. Raises `Problem` 404."""
    publishing.raise_levels(actor, dataset, level)
