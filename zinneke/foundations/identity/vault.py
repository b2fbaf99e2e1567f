"""Seals the secrets that must be read again, so that whoever gets the database alone gets no second factor and no password of another database."""

from __future__ import annotations

import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import TYPE_CHECKING

from django.utils.crypto import salted_hmac

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE = 12
"""Random bytes before each sealed secret (NIST SP 800-38D)."""


def seal(secret: str, owner: str) -> str:
    """Encrypt a secret with AES-256-GCM, under a key that follows from the platform's own and is kept in no database.

    It opens for this owner only (`person:7`, `refresh:trees`), so that no secret can be put in another's place.
    """
    nonce = secrets.token_bytes(_NONCE)
    return urlsafe_b64encode(nonce + _engine().encrypt(nonce, secret.encode(), owner.encode())).decode()


def unseal(sealed: str, owner: str) -> str | None:
    """Return what was sealed for this owner, None when the platform's key has changed since or the text is not what was sealed."""
    from cryptography.exceptions import InvalidTag

    try:
        raw = urlsafe_b64decode(sealed.encode())
        return bytes(_engine().decrypt(raw[:_NONCE], raw[_NONCE:], owner.encode())).decode()
    except (InvalidTag, ValueError):
        return None


def _engine() -> AESGCM:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # 5 MB that few requests need

    return AESGCM(salted_hmac("zinneke.identity.vault", "second factor", algorithm="sha256").digest())
