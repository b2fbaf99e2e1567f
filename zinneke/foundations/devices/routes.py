"""The machines' door to devices: register, list, rotate, revoke."""

from __future__ import annotations

from typing import Annotated

import msgspec

from zinneke.foundations.devices import campaign_routes, certificates, store
from zinneke.foundations.devices.values import CertificateRecord, Device, DeviceRow, State
from zinneke.foundations.observations import standing
from zinneke.foundations.observations.standing import Standing
from zinneke.kernel.confidentiality import Actor, Level, Right
from zinneke.kernel.problem import wrong
from zinneke.kernel.route import Call, Needs, Reply, Route

SEE, EDIT = Needs(Right.SEE, store.SUBJECT), Needs(Right.EDIT, store.SUBJECT)
TAGS = ("Devices",)


class AskDevices(msgspec.Struct, forbid_unknown_fields=True):
    """Which devices; `after` is the `next` of the page before, `stream` the number of a stream that they write."""

    state: State | None = None
    stream: int | None = None
    after: str = ""
    limit: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 100


class AskDevice(msgspec.Struct, forbid_unknown_fields=True):
    """One device."""

    name: str


class AskKey(msgspec.Struct, forbid_unknown_fields=True):
    """One key or certificate of a device."""

    name: str
    id: Annotated[int, msgspec.Meta(ge=0, le=2**53)]


class SentDevice(msgspec.Struct, forbid_unknown_fields=True):
    """A device as it is registered: `level` is public, shared or personal, `streams` the numbers of those that it writes.

    One that `signs` is heard only in signed messages.
    """

    name: str = ""
    kind: str = ""
    organisation: str = ""
    area: str = ""
    level: str = "shared"
    streams: tuple[int, ...] = ()
    signs: bool = False


class SentCertificate(msgspec.Struct, forbid_unknown_fields=True):
    """A certificate as PEM, or its SHA-256 in hexadecimal."""

    certificate: str


class DevicePage(msgspec.Struct):
    """Devices, and the `after` of the next page, null on the last."""

    devices: list[Device]
    next: str | None = None


class Told(msgspec.Struct):
    """A device and how its streams stand, those that whoever asks may see."""

    device: Device
    streams: list[Standing]


class Registered(msgspec.Struct):
    """A device and its key, which is shown this once."""

    device: Device
    key: str


class NewKey(msgspec.Struct):
    """A key, which is shown this once."""

    key: str


def list_devices(call: Call[AskDevices]) -> DevicePage:
    """List registered devices with their state, streams and keys, without the secrets."""
    ask = call.ask
    found = store.list_devices(call.actor, state=ask.state, stream=ask.stream, after=ask.after, limit=ask.limit)
    return DevicePage(found, found[-1].name if len(found) == ask.limit else None)


def get_device(call: Call[AskDevice]) -> Told:
    """Describe one device, and how its streams stand: last heard of, lag, findings."""
    return told(call.actor, call.ask.name)


def told(actor: Actor, name: str) -> Told:
    """Return a device with how its streams stand."""
    device = store.get_device(actor, name)
    return Told(device, standing.list_standing(actor, device.streams))


def register(call: Call[None]) -> Registered:
    """Register a device. The answer holds its key, which is shown this once."""
    return Registered(*store.register(call.actor, _row(call.body, call.body.name)))


def set_device(call: Call[AskDevice]) -> Device:
    """Change what is known of a device, and which streams it writes, at once."""
    return store.set_device(call.actor, _row(call.body, call.ask.name))


def _row(sent: SentDevice, name: str) -> DeviceRow:
    level = {each.name.lower(): each for each in Level}.get(sent.level)
    if level is None:
        raise wrong(f"{sent.level!r} is not a level. Choose public, shared or personal.", where="level")
    told = {each: getattr(sent, each) for each in ("kind", "organisation", "area", "streams", "signs")}
    return DeviceRow(name=name, level=level, **told)


def add_key(call: Call[AskDevice]) -> NewKey:
    """Give a device a second key; the first works until it is revoked."""
    return NewKey(store.add_key(call.actor, call.ask.name))


def revoke_key(call: Call[AskKey]) -> Reply:
    """Revoke one key of a device, at once."""
    store.revoke_key(call.actor, call.ask.name, call.ask.id)
    return Reply(status=204)


def add_certificate(call: Call[AskDevice]) -> CertificateRecord:
    """Register a client certificate of a device; an earlier one works until it is revoked."""
    return certificates.add_certificate(call.actor, call.ask.name, call.body.certificate)


def revoke_certificate(call: Call[AskKey]) -> Reply:
    """Revoke one certificate of a device, at once."""
    certificates.revoke_certificate(call.actor, call.ask.name, call.ask.id)
    return Reply(status=204)


def revoke(call: Call[AskDevice]) -> Device:
    """Revoke a device with all its keys and certificates, at once."""
    return store.revoke(call.actor, call.ask.name)


def restore(call: Call[AskDevice]) -> Device:
    """Let a revoked device come back; it needs a new key."""
    return store.restore(call.actor, call.ask.name)


ROUTES = (
    Route(method="GET", path="/api/devices", call=list_devices, audience=SEE, ask=AskDevices, gives=DevicePage, summary="List devices", tags=TAGS),
    Route(
        method="POST",
        path="/api/devices",
        call=register,
        audience=EDIT,
        takes=SentDevice,
        gives=Registered,
        status=201,
        summary="Register a device",
        tags=TAGS,
    ),
    Route(method="GET", path="/api/devices/{name}", call=get_device, audience=SEE, ask=AskDevice, gives=Told, summary="Describe a device", tags=TAGS),
    Route(
        method="PUT",
        path="/api/devices/{name}",
        call=set_device,
        audience=EDIT,
        ask=AskDevice,
        takes=SentDevice,
        gives=Device,
        summary="Change a device",
        tags=TAGS,
    ),
    Route(
        method="POST",
        path="/api/devices/{name}/keys",
        call=add_key,
        audience=EDIT,
        ask=AskDevice,
        gives=NewKey,
        status=201,
        summary="Give a device a second key",
        tags=TAGS,
    ),
    Route(
        method="DELETE",
        path="/api/devices/{name}/keys/{id}",
        call=revoke_key,
        audience=EDIT,
        ask=AskKey,
        status=204,
        summary="Revoke a key",
        tags=TAGS,
    ),
    Route(
        method="POST",
        path="/api/devices/{name}/certificates",
        call=add_certificate,
        audience=EDIT,
        ask=AskDevice,
        takes=SentCertificate,
        gives=CertificateRecord,
        status=201,
        summary="Register a certificate of a device",
        tags=TAGS,
    ),
    Route(
        method="DELETE",
        path="/api/devices/{name}/certificates/{id}",
        call=revoke_certificate,
        audience=EDIT,
        ask=AskKey,
        status=204,
        summary="Revoke a certificate",
        tags=TAGS,
    ),
    Route(
        method="POST",
        path="/api/devices/{name}/revoke",
        call=revoke,
        audience=EDIT,
        ask=AskDevice,
        gives=Device,
        summary="Revoke a device",
        tags=TAGS,
    ),
    Route(
        method="POST",
        path="/api/devices/{name}/restore",
        call=restore,
        audience=EDIT,
        ask=AskDevice,
        gives=Device,
        summary="Let a revoked device come back",
        tags=TAGS,
    ),
    *campaign_routes.ROUTES,
)
