"""What the network does by itself: letters leave, series are planned, holders of enquiries are reminded, what is personal is forgotten."""

from __future__ import annotations

from datetime import datetime, timedelta

from zinneke.kernel.chore import Chore
from zinneke.kernel.confidentiality import SYSTEM
from zinneke.office.network import asking, letters, store


def send_letters(now: datetime) -> str:
    """Send the letters that are due."""
    left, failed = letters.send(now)
    return f"{left} letters left, {failed} wait for another try" if left or failed else ""


def keep_time(now: datetime) -> str:
    """Remind, close, erase, forget and plan."""
    reminded = asking.remind(now)
    closed, erased = asking.close_and_erase(now)
    letters.forget(now)
    planned = sum(store.plan_meetings(SYSTEM, group.key) for group in store.list_groups(SYSTEM) if group.rule)
    done = {"reminded": reminded, "closed": closed, "erased": erased, "planned": planned}
    return ", ".join(f"{count} {what}" for what, count in done.items() if count)


CHORES = (
    Chore(name="network letters", every=timedelta(minutes=1), run=send_letters),
    Chore(name="network days", every=timedelta(hours=6), run=keep_time),
)
