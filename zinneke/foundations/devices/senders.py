"""Who sends messages under a name: what rooms below ask of this one, which they do not know."""

from __future__ import annotations

from zinneke.foundations.devices import store
from zinneke.kernel.confidentiality import Actor


def find_sender(name: str) -> Actor | None:
    """Return whom a device of this name acts as, None when there is none, or it was revoked."""
    device = store.find_by_name(name)
    return store.actor_of(device) if device and device.state == "active" else None
