"""Register devices, give and take their keys, and find whom a key or a name acts for."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from hashlib import sha256

from django.db import IntegrityError, transaction
from django.db.models import Q

from zinneke.foundations.audit import store as audit
from zinneke.foundations.devices import keys, models, rules, signing, verifying
from zinneke.foundations.devices.values import CertificateRecord, Device, DeviceRow, KeyRecord
from zinneke.foundations.identity import memory
from zinneke.foundations.identity import store as identity
from zinneke.foundations.identity.within import within
from zinneke.foundations.observations import store as observations
from zinneke.kernel.confidentiality import SYSTEM, Actor, Right, demand
from zinneke.kernel.problem import Problem, not_found, wrong
from zinneke.kernel.route import verb

SUBJECT = "devices"
INTERNAL = ("find_by_name", "find_by_names", "find_actor_by_key", "actor_of", "verify_request", "one", "certificate_record")
DAY = 86_400.0


def find_by_name(name: str) -> Device | None:
    """Return a device, active or revoked, or None; remembered for seconds, forgotten at once when any changes.

    Needs no right: whoever asks has verified that this device speaks.
    """
    return memory.remember("device", name, lambda: _look_up(name)) if rules.NAME.fullmatch(name) else None


def _look_up(name: str) -> tuple[Device, float] | None:
    row = models.Device.objects.prefetch_related("writes", "keys", "certificates").filter(name=name).first()
    return (_value(row), DAY) if row else None


def find_by_names(names: Iterable[str]) -> dict[str, Device]:
    """Return the devices of many names at once; names of none are left out.

    Needs no right: whoever asks has verified that these devices speak.
    """
    return memory.remember_all("device", {name for name in names if rules.NAME.fullmatch(name)}, _look_up_all)


def _look_up_all(names: list[str]) -> dict[str, Device]:
    rows = models.Device.objects.prefetch_related("writes", "keys", "certificates").filter(name__in=names)
    return {row.name: _value(row) for row in rows}


def actor_of(device: Device) -> Actor:
    """Return whom a device acts as: it edits its own streams and nothing else. Raises `Problem` 403 for one that was revoked.

    Needs no right: whoever asks has verified that this device speaks.
    """
    return rules.actor_of(device)


def find_actor_by_key(key: str) -> Actor | None:
    """Return whom a device's key acts for, None when the key is unknown or revoked, or its device was.

    Needs no right: it is how rights are found.
    """
    number = rules.key_number(key)
    if number is None:
        return None
    return memory.remember("device-key", sha256(key.encode()).hexdigest(), lambda: _look_up_key(number, key))


def _look_up_key(number: int, sent: str) -> tuple[Actor, float] | None:
    row = models.Key.objects.select_related("device").filter(pk=number, revoked=None, device__state="active", device__signs=False).first()
    if row is None or not keys.same(sent, row.pk, row.device_id, row.salt):
        return None
    today = datetime.now(UTC).date()
    if row.last_used != today:
        models.Key.objects.filter(pk=row.pk).update(last_used=today)
    return rules.actor_of(_value(row.device)), DAY


def verify_request(message: signing.Message) -> Actor:
    """Return whom a signed request acts for, which is taken this once; see `signing.read`. Raises `Problem` 401.

    Needs no right: it is how rights are found.
    """
    return _signer(verifying.verify(signing.read(message)))


def _signer(name: str) -> Actor:
    device = find_by_name(name)
    if device is None or device.state != "active":
        raise signing.refused("The device was revoked.")
    return rules.actor_of(device)


@verb(Right.SEE, SUBJECT)
def list_devices(
    actor: Actor, *, state: str | None = None, stream: int | None = None, right: Right = Right.SEE, after: str = "", limit: int = 100
) -> list[Device]:
    """Return the devices within reach of a right in order of name, from the one after `after`; those that write one stream where given."""
    rows = models.Device.objects.prefetch_related("writes", "keys", "certificates").filter(_reached(actor, right), name__gt=after)
    if state is not None:
        rows = rows.filter(state=state)
    if stream is not None:
        rows = rows.filter(writes__stream=stream)
    return [_value(row) for row in rows[: max(1, min(limit, 1000))]]


@verb(Right.SEE, SUBJECT)
def get_device(actor: Actor, name: str, right: Right = Right.SEE) -> Device:
    """Return one device within reach of a right. Raises `Problem` 404."""
    return _value(one(actor, right, name))


@verb(Right.EDIT, SUBJECT)
def register(actor: Actor, row: DeviceRow) -> tuple[Device, str]:
    """Register a device and return it with its first key: the only time that the key is seen.

    Nobody lets a device write a stream that they may not write themselves. Raises `Problem` 400, 404 or 409.
    """
    demand(actor, Right.EDIT, SUBJECT, row.level, row.area)
    _check(actor, row)
    fields = {"kind": row.kind, "organisation": row.organisation, "area": row.area, "level": row.level, "signs": row.signs}
    try:
        with transaction.atomic():
            made = models.Device.objects.create(name=row.name, registered=datetime.now(UTC), registered_by=actor.key[:200], **fields)
            _set_writes(made, row.streams)
            key = _new_key(made)
            audit.record(actor, "device.register", f"device:{row.name}", {**fields, "streams": sorted(row.streams)})
    except IntegrityError:
        raise Problem(409, "Already there", f"There is a device {row.name} already. Choose another name.", where="name") from None
    memory.forget()
    return _value(made), key


@verb(Right.EDIT, SUBJECT)
def set_device(actor: Actor, row: DeviceRow) -> Device:
    """Change what is known of a device and which streams it writes, at once. Raises `Problem` 400, 403 or 404."""
    with transaction.atomic():
        found = one(actor, Right.EDIT, row.name)
        demand(actor, Right.EDIT, SUBJECT, row.level, row.area)
        before = set(found.writes.values_list("stream", flat=True))
        _check(actor, row, before)
        found.kind, found.organisation, found.area, found.level, found.signs = row.kind, row.organisation, row.area, row.level, row.signs
        found.save(update_fields=("kind", "organisation", "area", "level", "signs"))
        _set_writes(found, row.streams)
        audit.record(actor, "device.set", f"device:{row.name}", {"area": row.area, "streams": sorted(row.streams), "before": sorted(before)})
    memory.forget()
    return _value(one(actor, Right.EDIT, row.name))


@verb(Right.EDIT, SUBJECT)
def add_key(actor: Actor, name: str) -> str:
    """Give a device a further key and return it: the only time that it is seen. The other works until it is revoked; two at most."""
    with transaction.atomic():
        found = one(actor, Right.EDIT, name)
        if found.state != "active":
            raise Problem(409, "Revoked", f"The device {name} was revoked. Restore it first.")
        if found.keys.filter(revoked=None).count() >= rules.MOST_KEYS:
            raise Problem(409, "Two keys already", f"The device {name} has two keys. Revoke the one that it no longer uses.")
        key = _new_key(found)
        audit.record(actor, "device.key.add", f"device:{name}", {"key": rules.key_number(key)})
    memory.forget()
    return key


@verb(Right.EDIT, SUBJECT)
def revoke_key(actor: Actor, name: str, number: int) -> None:
    """Revoke one key of a device, at once. Raises `Problem` 404."""
    with transaction.atomic():
        if not one(actor, Right.EDIT, name).keys.filter(pk=number, revoked=None).update(revoked=datetime.now(UTC)):
            raise not_found("key", number)
        audit.record(actor, "device.key.revoke", f"device:{name}", {"key": number})
    memory.forget()


@verb(Right.EDIT, SUBJECT)
def revoke(actor: Actor, name: str) -> Device:
    """Revoke a device with all its keys and certificates, at once; what it sent stays."""
    return _set_state(actor, name, "revoked")


@verb(Right.EDIT, SUBJECT)
def restore(actor: Actor, name: str) -> Device:
    """Let a revoked device come back; it has neither key nor certificate until one is added."""
    return _set_state(actor, name, "active")


def _set_state(actor: Actor, name: str, state: str) -> Device:
    with transaction.atomic():
        found = one(actor, Right.EDIT, name)
        models.Device.objects.filter(pk=found.pk).update(state=state)
        now = datetime.now(UTC)
        found.keys.filter(revoked=None).update(revoked=now)
        found.certificates.filter(revoked=None).update(revoked=now)
        audit.record(actor, "device.revoke" if state == "revoked" else "device.restore", f"device:{name}")
    memory.forget()
    return _value(one(actor, Right.EDIT, name))


def _reached(actor: Actor, right: Right) -> Q:
    return within(actor, right, SUBJECT, part="name")


def one(actor: Actor, right: Right, name: str) -> models.Device:
    """Return the record of a device within reach of a right. Raises `Problem` 404.

    Needs no right of its own: it is for the verbs of this room, which ask for theirs.
    """
    found = models.Device.objects.filter(_reached(actor, right), name=name).first()
    if found is None:
        raise not_found("device", name)
    return found


def _check(actor: Actor, row: DeviceRow, kept: Iterable[int] = ()) -> None:
    rules.check(row)
    if row.organisation and all(each.key != row.organisation for each in identity.list_organisations(SYSTEM)):
        raise wrong(f"There is no organisation {row.organisation!r}.", where="organisation")
    if added := set(row.streams) - set(kept):
        observations.check_streams(actor, added)


def _set_writes(device: models.Device, streams: Iterable[int]) -> None:
    device.writes.exclude(stream__in=streams).delete()
    there = set(device.writes.values_list("stream", flat=True))
    models.Writes.objects.bulk_create([models.Writes(device=device, stream=number) for number in sorted(set(streams) - there)])


def _new_key(device: models.Device) -> str:
    made = models.Key.objects.create(device=device, salt=keys.new_salt(), made=datetime.now(UTC))
    return keys.derive(made.pk, device.pk, made.salt)


def _value(row: models.Device) -> Device:
    return Device(
        name=row.name,
        kind=row.kind,
        organisation=row.organisation,
        area=row.area,
        level=row.level,
        signs=row.signs,
        streams=tuple(sorted(each.stream for each in row.writes.all())),
        state=row.state,
        registered=row.registered,
        registered_by=row.registered_by,
        keys=tuple(KeyRecord(each.pk, each.made, each.revoked, each.last_used) for each in row.keys.all()),
        certificates=tuple(map(certificate_record, row.certificates.all())),
    )


def certificate_record(row: models.Certificate) -> CertificateRecord:
    """Return what is known of a certificate.

    Needs no right: whoever asks has read its device.
    """
    return CertificateRecord(row.pk, row.fingerprint, row.subject, row.expires, row.made, row.revoked, row.last_used)
