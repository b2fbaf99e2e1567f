"""What the room does by itself: ask the live addresses of publishers."""

from __future__ import annotations

from datetime import timedelta

from zinneke.foundations.observations import feeds
from zinneke.kernel.chore import Chore

CHORES = (Chore(name="observations.feeds", every=timedelta(seconds=30), run=feeds.ask_due),)
