"""Certificates of devices: registered by their fingerprint, two at most while one replaces the other, revoked at once."""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import sha256

from django.db import IntegrityError, transaction

from zinneke.foundations.audit import store as audit
from zinneke.foundations.devices import models, presenting, rules, store
from zinneke.foundations.devices.values import CertificateRecord
from zinneke.foundations.identity import memory
from zinneke.kernel.confidentiality import Actor, Right
from zinneke.kernel.problem import Problem, not_found, wrong
from zinneke.kernel.route import verb

MOST = 2
"""Certificates of one device at once: the one in use, and the one that replaces it."""
INTERNAL = ("find_actor",)


def find_actor(field: str) -> Actor | None:
    """Return whom a certificate acts for that a trusted proxy hands on, None when it is unknown, revoked or expired, or its device was revoked.

    Needs no right: it is how rights are found. Raises `Problem` 401 for what is no certificate.
    """
    return memory.remember("device-certificate", sha256(field.encode()).hexdigest(), lambda: _look_up(presenting.read_field(field)))


def _look_up(shown: presenting.Shown) -> tuple[Actor, float] | None:
    now = datetime.now(UTC)
    if shown.begins is None or shown.expires is None or not shown.begins <= now < shown.expires:
        return None
    known = models.Certificate.objects.select_related("device").filter(fingerprint=shown.fingerprint, revoked=None)
    row = known.filter(device__state="active", device__signs=False).first()
    if row is None:
        return None
    if row.last_used != now.date():
        models.Certificate.objects.filter(pk=row.pk).update(last_used=now.date())
    device = store.find_by_name(row.device.name)
    return (rules.actor_of(device), (shown.expires - now).total_seconds()) if device else None


@verb(Right.EDIT, store.SUBJECT)
def add_certificate(actor: Actor, name: str, given: str) -> CertificateRecord:
    """Register a certificate of a device, given as PEM or by its SHA-256. Raises `Problem` 400, 404 or 409."""
    shown = presenting.read_given(given)
    now = datetime.now(UTC)
    if shown.expires is not None and shown.expires <= now:
        raise wrong(f"This certificate expired on {shown.expires.date().isoformat()}. Register one that is valid.", where="certificate")
    try:
        with transaction.atomic():
            found = store.one(actor, Right.EDIT, name)
            if found.state != "active":
                raise Problem(409, "Revoked", f"The device {name} was revoked. Restore it first.")
            if found.certificates.filter(revoked=None).count() >= MOST:
                raise Problem(409, "Two certificates already", f"The device {name} has two certificates. Revoke the one that it no longer uses.")
            told = {"fingerprint": shown.fingerprint, "subject": shown.subject}
            made = models.Certificate.objects.create(device=found, expires=shown.expires, made=now, **told)
            audit.record(actor, "device.certificate.add", f"device:{name}", {"certificate": made.pk, **told})
    except IntegrityError:
        raise Problem(409, "Already registered", "This certificate is registered already. Each device has its own.", where="certificate") from None
    memory.forget()
    return store.certificate_record(made)


@verb(Right.EDIT, store.SUBJECT)
def revoke_certificate(actor: Actor, name: str, number: int) -> None:
    """Revoke one certificate of a device, at once. Raises `Problem` 404."""
    with transaction.atomic():
        if not store.one(actor, Right.EDIT, name).certificates.filter(pk=number, revoked=None).update(revoked=datetime.now(UTC)):
            raise not_found("certificate", number)
        audit.record(actor, "device.certificate.revoke", f"device:{name}", {"certificate": number})
    memory.forget()
