"""Once a day the room looks anew for what projects have in common."""

from __future__ import annotations

from datetime import datetime, timedelta

from zinneke.kernel.chore import Chore
from zinneke.office.projects import pairing


def look(moment: datetime) -> str:
    """Compute the pairs anew and say what changed."""
    counts = pairing.refresh()
    return f"{counts.added} new and {counts.changed} changed pairs of projects" if counts.added or counts.changed else ""


CHORES = (Chore(name="synergies between projects", every=timedelta(days=1), run=look),)
