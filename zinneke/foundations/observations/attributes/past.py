"""What attributes that are not measured were before: kept when they change, so that an entity over time is told whole."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils import timezone

from zinneke.foundations.observations import models
from zinneke.foundations.observations.attributes import documents
from zinneke.foundations.observations.attributes.values import Instance, Linked
from zinneke.foundations.observations.values import Thing
from zinneke.kernel.period import to_microseconds

MOST = 1_000
"""Things changed together of which it is kept; more are a load from files, whose earlier versions are kept elsewhere."""
VALUE = "value"
"""Where a value stands in what is kept; it is not there when the attribute was not."""


def keep(written: Iterable[Thing], before: Mapping[str, Thing]) -> None:
    """Keep what the attributes of things were that are other now, inside the transaction in which they change."""
    changed = [(thing, before[thing.key]) for thing in written if thing.key in before and thing.properties != before[thing.key].properties]
    if not changed or len(changed) > MOST:
        return
    now = timezone.now()
    rows = []
    for thing, earlier in changed:
        for name in {*thing.properties, *earlier.properties} - {documents.SCOPE}:
            was, now_is = _held(earlier.properties, name), _held(thing.properties, name)
            if was != now_is:
                rows.append(models.Past(thing_id=thing.key, name=name[:500], held=was, until=now))
    models.Past.objects.bulk_create(rows, batch_size=200)


def _held(properties: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {VALUE: properties[name]} if name in properties else {}


def forget(thing: str, name: str) -> None:
    """Forget what an attribute of a thing was."""
    models.Past.objects.filter(thing=thing, name=name).delete()


def told(thing: str, entity: Linked, measured: Iterable[tuple[str, str]]) -> dict[str, list[Instance]]:
    """Return all that attributes were and are, the earliest first, but for what is measured; `modified` says since when each held."""
    found: dict[str, list[Instance]] = {}
    since: dict[str, int] = {}
    begin = entity.created or 0
    for name, held, until in models.Past.objects.filter(thing=thing).order_by("until", "pk").values_list("name", "held", "until"):
        if VALUE in held:
            for instance in documents.read(held[VALUE]):
                instance.created = instance.modified = since.get(name, begin)
                found.setdefault(name, []).append(instance)
        since[name] = to_microseconds(until)
    apart = frozenset(measured)
    for name, instances in entity.attributes.items():
        for each in instances:
            if (name, each.dataset) not in apart and name != "location":
                each.created = each.modified = since.get(name, begin)
                found.setdefault(name, []).append(each)
    return found


def moment(instance: Instance) -> int:
    """Return when an instance was observed, or since when it held."""
    return instance.observed if instance.observed is not None else instance.modified or 0
