"""What the map does by itself: look at the platform's own datasets, look for what is kept twice, keep the summary of the day."""

from __future__ import annotations

from datetime import datetime, timedelta

from zinneke.kernel.chore import Chore
from zinneke.office.cartography import ourselves, surveys


def look(now: datetime) -> str:
    """Register our own datasets, then look for what is kept or asked twice."""
    scan = ourselves.register()
    found, new = ourselves.find()
    return f"{scan.added} added, {scan.changed} changed; {found} findings, {new} new"


def compare(now: datetime) -> str:
    """Look for datasets that the catalogue holds twice, and for what it lacks."""
    lacking = len(surveys.look().lacks)
    return f"{ourselves.find_twins()} groups of the catalogue seem to be one dataset; peers have {lacking} subjects that it lacks"


CHORES = (
    Chore(name="cartography", every=timedelta(days=1), run=look),
    Chore(name="cartography.twins", every=timedelta(days=7), run=compare),
)
