"""Whose signature is whose: the device's keys are derived and tried, and each nonce is taken once."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

from django.db import IntegrityError, transaction

from zinneke.foundations.devices import keys, models, signing
from zinneke.foundations.devices.signing import Signed


def verify(signed: Signed) -> str:
    """Return the name of the device that made a signature just now, which is taken this once. Raises `Problem` 401.

    The nonce is in the database before anybody acts on it, so that what was taken before a restart is refused after it.
    """
    now = time.time()
    row = models.Device.objects.filter(name=signed.name, state="active").first()
    live = list(row.keys.filter(revoked=None)) if row else []
    if row is None or not any(signed.made_with(keys.derive(key.pk, row.pk, key.salt)) for key in live):
        raise signing.refused("It was not made with a key of a device that is registered here, over what was sent.")
    if abs(now - signed.created) > signing.WINDOW:
        told = datetime.fromtimestamp(now, UTC).isoformat(timespec="seconds")
        raise signing.refused(f"It was made more than {signing.WINDOW} seconds from now, which is {told}. Set the device's clock, and sign anew.")
    until = datetime.fromtimestamp(signed.created, UTC) + timedelta(seconds=signing.WINDOW + 1)
    try:
        with transaction.atomic():
            models.Nonce.objects.create(device=row, nonce=signed.nonce, until=until)
    except IntegrityError:
        raise signing.refused("This message was taken before. Sign a new one with another nonce.") from None
    return str(row.name)


def forget(now: datetime) -> int:
    """Forget the nonces of which the window has passed; return how many."""
    return models.Nonce.objects.filter(until__lt=now).delete()[0]
