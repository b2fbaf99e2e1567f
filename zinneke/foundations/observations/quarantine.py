"""What was refused: read, mended and sent again, by those who may write it."""

from __future__ import annotations

from zinneke.foundations.observations import intake, models
from zinneke.foundations.observations.register import SUBJECT, within_reach
from zinneke.foundations.observations.values import Quarantined
from zinneke.kernel.confidentiality import Actor, Right
from zinneke.kernel.route import verb


@verb(Right.EDIT, SUBJECT)
def list_quarantine(actor: Actor, solution: str | None = None, after: int = 0, limit: int = 100) -> list[Quarantined]:
    """Return what was refused, newest first; `after` is the number of the last one seen."""
    rows = models.Quarantined.objects.filter(within_reach(actor, Right.EDIT)).order_by("-pk")
    if solution is not None:
        rows = rows.filter(solution=solution)
    if after:
        rows = rows.filter(pk__lt=after)
    return [intake.quarantined(row) for row in rows[: max(1, min(limit, 1000))]]
