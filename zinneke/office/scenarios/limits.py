"""How often somebody may try a model: a few answers a minute for visitors, so that nobody keeps the others waiting."""

from __future__ import annotations

from zinneke.kernel.confidentiality import Actor
from zinneke.kernel.pacing import Pacing
from zinneke.kernel.problem import Problem

A_MINUTE = 30
"""Answers that one address gets in a minute without signing in."""
_pacing = Pacing(60, known=5_000)


def demand(address: str, actor: Actor, now: float | None = None) -> None:
    """Count one answer for a visitor's address. Raises `Problem` 429 when there were too many in the last minute."""
    if actor.known:
        return
    if _pacing.take(address, A_MINUTE, now):
        raise Problem(429, "A moment, please", f"You asked {A_MINUTE} answers within a minute. Wait a little; the address keeps what you chose.")


def forget() -> None:
    """Forget everybody."""
    _pacing.forget()
