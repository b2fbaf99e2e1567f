"""Certificates made for a test, by an authority of its own."""

from __future__ import annotations

from base64 import b64encode
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

DAY = timedelta(days=1)
NOW = datetime.now(UTC)


class Authority:
    """An authority that vouches for certificates, and says which of them it takes back."""

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "authority of a test")])
        made = self._begun(self.name, self.key.public_key(), NOW + 30 * DAY)
        self.certificate = made.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True).sign(self.key, SHA256())

    def _begun(self, name: x509.Name, key: ec.EllipticCurvePublicKey, until: datetime) -> x509.CertificateBuilder:
        begun = x509.CertificateBuilder().subject_name(name).issuer_name(self.name).public_key(key)
        return begun.serial_number(x509.random_serial_number()).not_valid_before(NOW - 10 * DAY).not_valid_after(until)

    def make(self, name: str, until: datetime = NOW + 30 * DAY) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
        """Return a certificate for a name, also as that of 127.0.0.1, and its private key."""
        from ipaddress import ip_address

        key = ec.generate_private_key(ec.SECP256R1())
        begun = self._begun(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]), key.public_key(), until)
        names = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
        return begun.add_extension(names, critical=False).sign(self.key, SHA256()), key

    def taken_back(self, *certificates: x509.Certificate) -> bytes:
        """Return the list of those that are taken back, as PEM."""
        told = x509.CertificateRevocationListBuilder().issuer_name(self.name).last_update(NOW - DAY).next_update(NOW + 30 * DAY)
        for each in certificates:
            told = told.add_revoked_certificate(x509.RevokedCertificateBuilder().serial_number(each.serial_number).revocation_date(NOW - DAY).build())
        return told.sign(self.key, SHA256()).public_bytes(Encoding.PEM)


def pem(certificate: x509.Certificate) -> str:
    """Return a certificate as people paste it."""
    return certificate.public_bytes(Encoding.PEM).decode()


def pem_of(key: ec.EllipticCurvePrivateKey) -> str:
    """Return a private key as a program reads it."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def field(certificate: x509.Certificate) -> str:
    """Return a certificate as a proxy hands it on (RFC 9440)."""
    return f":{b64encode(certificate.public_bytes(Encoding.DER)).decode()}:"
