"""Who sends messages under a name: what rooms below ask of this one, which they do not know."""

from __future__ import annotations

from zinneke.foundations.devices import opening, store
from zinneke.kernel.confidentiality import Actor


def find_sender(name: str, signed: bool) -> Actor | None:
    """Return whom a device of this name acts as, None when there is none, or it was revoked.

    Raises `Problem` 400 when it signs what it sends, and this is not `signed`.
    """
    device = store.find_by_name(name)
    if device is None or device.state != "active":
        return None
    if device.signs and not signed:
        raise opening.unsigned()
    return store.actor_of(device)
