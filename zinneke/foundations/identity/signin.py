"""How a person proves who they are: password, second factor, recovery code, and how often one may try."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pyotp
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils.crypto import constant_time_compare, salted_hmac

from zinneke.foundations.audit import store as audit
from zinneke.foundations.identity import memory, models, rules, vault
from zinneke.foundations.identity.values import Held
from zinneke.kernel.problem import Problem, wrong

WINDOW = timedelta(minutes=15)
PER_PAIR, PER_ACCOUNT, PER_ADDRESS = 5, 30, 60
STEP = 30
"""Seconds for which one code of the second factor holds (RFC 6238)."""

_hashing = threading.BoundedSemaphore(2)
"""Argon2 takes 100 MB for each password: two at a time leave the memory to others."""


@dataclass(frozen=True, slots=True)
class Passed:
    """Somebody whose password was right: who, whether a second factor is set, and whether they may go without."""

    person: int
    has_second_factor: bool
    needs_second_factor: bool


def check_password(email: str, password: str, address: str) -> Passed | None:
    """Check an email and a password; None for a wrong one and for an unknown account alike, in the same time.

    Raises Problem 429 after too many failures for this account from this address, for the account, or from the address.
    """
    email = email.strip().lower()[:254]
    keys = {f"pair {email} {address}": PER_PAIR, f"account {email}": PER_ACCOUNT, f"address {address}": PER_ADDRESS}
    person = models.Person.objects.filter(email=email, is_active=True).first()
    subject = f"person:{person.pk}" if person else "person:unknown"
    _reserve(keys, subject, address)
    with _hashing:
        right = _is_right(person, password)
    if person is None or not right:
        audit.record("anonymous", "sign-in.failed", subject, {"address": address, "step": "password"})
        return None
    _release(keys)
    grants = rules.grants_of(Held(*row) for row in person.grants.values_list("role", "area", "subject"))
    return Passed(person.pk, bool(person.totp_secret), rules.needs_second_factor(grants))


def _is_right(person: models.Person | None, password: str) -> bool:
    if len(password) > 1000:
        return False
    if person is None:
        models.Person().set_password(password)
        return False
    return person.check_password(password)


def check_second_factor(person_id: int, code: str, address: str) -> bool:
    """Check a code of the second factor, or a recovery code; each works once. Raises Problem 429 after too many failures."""
    keys = {f"factor {person_id}": PER_PAIR}
    subject = f"person:{person_id}"
    _reserve(keys, subject, address)
    person = models.Person.objects.filter(pk=person_id, is_active=True).first()
    if person is not None and (_accept_code(person, code) or _accept_recovery(person, code)):
        _release(keys)
        return True
    audit.record("anonymous", "sign-in.failed", subject, {"address": address, "step": "second factor"})
    return False


def _accept_code(person: models.Person, code: str) -> bool:
    secret = vault.unseal(person.totp_secret, f"person:{person.pk}") if person.totp_secret else None
    counter = counter_of(secret, code) if secret else None
    if counter is None:
        return False
    return models.Person.objects.filter(pk=person.pk, totp_counter__lt=counter).update(totp_counter=counter) == 1


def _accept_recovery(person: models.Person, code: str) -> bool:
    digest = rules.digest(rules.normalised_code(code[:100]))
    with transaction.atomic():
        used = bool(person.recovery_codes.filter(digest=digest).delete()[0])
        if used:
            audit.record(f"person:{person.pk}", "recovery.used", f"person:{person.pk}", {"left": person.recovery_codes.count()})
    return used


def counter_of(secret: str, code: str) -> int | None:
    """Return the time step a code belongs to, one step before and after now allowed for slow clocks; None when it is wrong."""
    plain = "".join(code.split())
    now = int(datetime.now(UTC).timestamp()) // STEP
    maker = pyotp.HOTP(secret)
    return next((counter for counter in (now - 1, now, now + 1) if constant_time_compare(maker.at(counter), plain)), None)


def set_second_factor(person_id: int, secret: str, code: str) -> list[str]:
    """Keep a second factor once its first code is right, and return new recovery codes: the only time that they are seen.

    Raises Problem 400 for a wrong code.
    """
    counter = counter_of(secret, code)
    if counter is None:
        raise wrong("The code is not right.", field="code")
    codes = rules.new_recovery_codes()
    with transaction.atomic():
        person = models.Person.objects.get(pk=person_id)
        person.totp_secret, person.totp_counter = vault.seal(secret, f"person:{person_id}"), counter
        person.save(update_fields=("totp_secret", "totp_counter"))
        person.recovery_codes.all().delete()
        models.RecoveryCode.objects.bulk_create(models.RecoveryCode(person=person, digest=rules.digest(each)) for each in codes)
        audit.record(f"person:{person_id}", "person.totp_set", f"person:{person_id}")
    return codes


def set_own_password(person_id: int, current: str, new: str, address: str) -> models.Person:
    """Change one's own password, and return the person so that their present session can go on; the others end.

    Raises Problem 400 with `field` `current` or `new`.
    """
    person = models.Person.objects.get(pk=person_id)
    if check_password(person.email, current, address) is None:
        raise wrong("The current password is not right.", field="current")
    try:
        validate_password(new, person)
    except ValidationError as fault:
        raise wrong(" ".join(fault.messages), field="new") from None
    with transaction.atomic():
        person.set_password(new)
        person.save(update_fields=("password",))
        audit.record(f"person:{person_id}", "person.password", f"person:{person_id}")
    memory.forget()
    return person


def _reserve(keys: dict[str, int], subject: str, address: str) -> None:
    """Count an attempt before it is made, so that many at once cannot slip past the limit. Raises Problem 429."""
    now = datetime.now(UTC)
    full = newly = False
    with transaction.atomic():
        models.Attempt.objects.filter(since__lt=now - WINDOW).delete()
        for key, most in keys.items():
            attempt, _ = models.Attempt.objects.select_for_update().get_or_create(digest=_digest(key), defaults={"since": now})
            models.Attempt.objects.filter(pk=attempt.pk).update(failures=F("failures") + 1)
            full |= attempt.failures >= most
            newly |= attempt.failures == most
    if newly:
        audit.record("anonymous", "sign-in.throttled", subject, {"address": address})
    if full:
        seconds = int(WINDOW.total_seconds())
        raise Problem(429, "Too many attempts", "Wait a quarter of an hour, then try again.", headers={"Retry-After": str(seconds)})


def _release(keys: dict[str, int]) -> None:
    for key, most in keys.items():
        found = models.Attempt.objects.filter(digest=_digest(key))
        if most == PER_ADDRESS:
            found.filter(failures__gt=0).update(failures=F("failures") - 1)
        else:
            found.delete()


def _digest(key: str) -> str:
    return salted_hmac("zinneke.identity.attempt", key, algorithm="sha256").hexdigest()
