"""What devices leave to be done from time to time: nonces are forgotten once their window has passed."""

from __future__ import annotations

from datetime import datetime, timedelta

from zinneke.foundations.devices import verifying
from zinneke.kernel.chore import Chore


def forget_nonces(now: datetime) -> str:
    """Forget nonces that can no longer be replayed."""
    gone = verifying.forget(now)
    return f"{gone} nonces forgotten" if gone else ""


CHORES = (Chore(name="devices.nonces", every=timedelta(minutes=5), run=forget_nonces),)
