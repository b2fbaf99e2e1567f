"""Client certificates as they are shown: to the proxy that ends TLS, which hands them on (RFC 9440), or pasted into a form. Pure."""

from __future__ import annotations

import re
from base64 import b64decode
from binascii import Error as NotBase64
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import unquote

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256

from zinneke.kernel.problem import Problem, wrong

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
            return _shown(x509.load_pem_x509_certificate(unquote(field[:LONGEST]).encode()))
        found = _FIELD.fullmatch(field.strip()[:LONGEST])
        if found is not None:
            return _shown(x509.load_der_x509_certificate(b64decode(found[1], validate=True)))
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
        return _shown(x509.load_pem_x509_certificate(text.strip()[:LONGEST].encode()))
    except ValueError:
        raise wrong(
            f"Give a certificate as PEM, which begins with {_BEGIN}, or its SHA-256 fingerprint in hexadecimal.", where="certificate"
        ) from None


def _shown(certificate: x509.Certificate) -> Shown:
    subject = certificate.subject.rfc4514_string()[:300]
    return Shown(certificate.fingerprint(SHA256()).hex(), subject, certificate.not_valid_before_utc, certificate.not_valid_after_utc)
