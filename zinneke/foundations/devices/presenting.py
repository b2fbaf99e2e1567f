"""Client certificates as they are shown: to the proxy that ends TLS, which hands them on (RFC 9440), or pasted into a form. Pure."""

from __future__ import annotations

import re
from base64 import b64decode
from binascii import Error as NotBase64
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import unquote

from zinneke.kernel.problem import Problem, wrong

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

LONGEST = 20_000
_FINGERPRINT = re.compile(r"[0-9a-f]{64}")
_FIELD = re.compile(r":([A-Za-z0-9+/]+={0,2}):")
_BEGIN = "-----BEGIN CERTIFICATE-----"


@dataclass(frozen=True, slots=True)
class Shown:
    """A certificate: the SHA-256 of the whole of it, and what it says; of one that is known by its fingerprint alone, nothing."""

    fingerprint: str
    subject: str = ""
    begins: datetime | None = None
    expires: datetime | None = None


def read_field(field: str) -> Shown:
    """Read the `Client-Cert` of a proxy: the base64 of RFC 9440, or escaped PEM as nginx writes it. Raises `Problem` 401."""
    try:
        if field.startswith("-----BEGIN"):
            return _of_pem(unquote(field[:LONGEST]))
        found = _FIELD.fullmatch(field.strip()[:LONGEST])
        if found is not None:
            return _of_der(b64decode(found[1], validate=True))
    except (ValueError, NotBase64):
        pass
    raise Problem(401, "The certificate cannot be read", "The proxy hands on no certificate as RFC 9440 writes it. Nothing was stored.")


def read_given(text: str) -> Shown:
    """Read what somebody registers: a certificate as PEM, or its SHA-256 in hexadecimal, with or without colons. Raises `Problem` 400."""
    plain = text.strip().replace(":", "").replace(" ", "").lower()
    if _FINGERPRINT.fullmatch(plain):
        return Shown(plain)
    if "PRIVATE KEY" in text:
        raise wrong("This holds a private key, which must stay in the device. Give the certificate alone; nothing was kept.", where="certificate")
    if text.count(_BEGIN) > 1:
        raise wrong("Give the certificate of the device alone, without those above it.", where="certificate")
    try:
        return _of_pem(text.strip()[:LONGEST])
    except ValueError:
        raise wrong(
            f"Give a certificate as PEM, which begins with {_BEGIN}, or its SHA-256 fingerprint in hexadecimal.", where="certificate"
        ) from None


def _of_pem(text: str) -> Shown:
    from cryptography.x509 import load_pem_x509_certificate  # takes a while, which a city without such devices need not wait for

    return _shown(load_pem_x509_certificate(text.encode()))


def _of_der(code: bytes) -> Shown:
    from cryptography.x509 import load_der_x509_certificate

    return _shown(load_der_x509_certificate(code))


def _shown(certificate: Certificate) -> Shown:
    from cryptography.hazmat.primitives.hashes import SHA256

    subject = certificate.subject.rfc4514_string()[:300]
    return Shown(certificate.fingerprint(SHA256()).hex(), subject, certificate.not_valid_before_utc, certificate.not_valid_after_utc)
