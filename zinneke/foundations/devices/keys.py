"""Keys of devices: derived, so that none is kept, and yet a signature made with one can be verified.

A key is HMAC-SHA-256 of its number, its device and a random salt, under a key that follows from the platform's own secret.
Whoever gets the database alone can neither send as a device nor sign as one.
"""

from __future__ import annotations

import secrets
from base64 import urlsafe_b64encode

from django.utils.crypto import constant_time_compare, salted_hmac

from zinneke.foundations.devices import rules


def new_salt() -> str:
    """Return 256 random bits."""
    return secrets.token_hex(32)


def derive(number: int, device: int, salt: str) -> str:
    """Return the key of this number and device: `zd_`, the number, and 256 bits that nobody can guess."""
    mac = salted_hmac("zinneke.devices.key", f"{number}:{device}:{salt}", algorithm="sha256").digest()
    return f"{rules.KEY_PREFIX}{number}_{urlsafe_b64encode(mac).decode().rstrip('=')}"


def same(sent: str, number: int, device: int, salt: str) -> bool:
    """Say whether this is that key, in a time that tells nothing."""
    return constant_time_compare(sent, derive(number, device, salt))
