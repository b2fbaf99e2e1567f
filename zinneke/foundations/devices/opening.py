"""Whose signed messages are whose: the keys are derived and tried together, and each number is remembered once what came with it is stored."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction

from zinneke.foundations.devices import keys, models, sealing
from zinneke.foundations.devices.sealing import Sealed
from zinneke.foundations.devices.signing import refused
from zinneke.kernel.problem import Problem, wrong


@dataclass(frozen=True, slots=True)
class Opened:
    """What is found of a signed message: what it brings, or why it is refused; `again` when it was taken before, as it stands."""

    payload: bytes = b""
    reason: str = ""
    again: bool = False
    key: int = 0
    number: int = 0
    mark: str = ""


def unsigned() -> Problem:
    """Return the refusal of what a device that signs is said to have sent without its signature."""
    return wrong("This device signs its messages, and this one is not signed. Nothing was stored.")


def open_all(sent: Sequence[tuple[str, str, bytes, Mapping[str, str]]]) -> list[Opened]:
    """Open signed messages (device, topic, payload, user properties), in the order in which they came; what is unsigned is refused.

    Nothing is remembered yet: what cannot be stored now comes again, and must be opened again.
    """
    read = [_read(*each) for each in sent]
    live: dict[str, list[models.Key]] = {}
    names = {each.name for each in read if isinstance(each, Sealed)}
    for key in models.Key.objects.select_related("device").filter(revoked=None, device__state="active", device__name__in=names):
        live.setdefault(key.device.name, []).append(key)
    return [_judged(each, live.get(each.name, [])) if isinstance(each, Sealed) else Opened(reason=each) for each in read]


def _read(name: str, topic: str, payload: bytes, properties: Mapping[str, str]) -> Sealed | str:
    if not sealing.is_sealed(payload, properties):
        return unsigned().detail
    try:
        return sealing.read(name, topic, payload, properties)
    except Problem as problem:
        return problem.detail


def _judged(sealed: Sealed, live: Iterable[models.Key]) -> Opened:
    """Return what becomes of a message, whose number then counts for those that came with it."""
    key = next((each for each in live if sealed.made_with(keys.derive(each.pk, each.device_id, each.salt))), None)
    if key is None:
        return Opened(reason=refused("The signature was not made with a key of this device, over what was sent and where.").detail)
    judgement = sealing.judge(key.taken, sealed)
    if refusal := sealing.refusal(judgement):
        return Opened(reason=refusal.detail)
    key.taken[str(sealed.number)] = sealed.mark
    return Opened(sealed.payload, again=judgement == "again", key=key.pk, number=sealed.number, mark=sealed.mark)


def take(opened: Iterable[Opened]) -> None:
    """Remember the numbers of messages that are stored, or refused for what they bring: none of them is taken once more."""
    numbers: dict[int, dict[str, str]] = {}
    for each in opened:
        if each.key and not each.again:
            numbers.setdefault(each.key, {})[str(each.number)] = each.mark
    if not numbers:
        return
    with transaction.atomic():
        found = list(models.Key.objects.select_for_update().filter(pk__in=numbers))
        for key in found:
            key.taken = sealing.kept({**key.taken, **numbers[key.pk]})
        models.Key.objects.bulk_update(found, ["taken"])
