"""What is left of those who signed in is forgotten when their session has ended."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib.sessions.models import Session

from zinneke.kernel.chore import Chore


def forget_sessions(now: datetime) -> str:
    """Delete the sessions that have ended."""
    gone, _kinds = Session.objects.filter(expire_date__lt=now).delete()
    return f"{gone} sessions ended" if gone else ""


CHORES = (Chore(name="identity.sessions", every=timedelta(hours=6), run=forget_sessions),)
