"""What the room does by itself: archives of tiles, ahead of the first who asks."""

from __future__ import annotations

from datetime import timedelta

from zinneke.foundations.tables import ahead
from zinneke.kernel.chore import Chore

CHORES = (Chore(name="tables.archives", every=timedelta(minutes=2), run=ahead.build_next),)
