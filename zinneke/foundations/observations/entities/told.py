"""What was written is announced once it is committed, for those above who tell it on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial

from django.db import transaction

from zinneke.foundations.observations import models
from zinneke.foundations.observations.values import Stream, Thing
from zinneke.kernel.event import EntityChanged, announce

MOST = 1_000
"""Things or streams written together that are announced one by one; more are a load from files, which nobody follows entity by entity."""
THING = {"name": "name", "properties": "properties"}
STREAM = {"name": "name", "unit": "unitOfMeasurement"}
"""Fields of things and streams, and the properties of the entities that they are."""


def entity(set_name: str, number: int | str, names: Iterable[str] = ()) -> None:
    """Announce an entity that was created or changed, when the transaction is committed."""
    if isinstance(number, int):
        transaction.on_commit(partial(announce, EntityChanged(set_name, number, tuple(names))))


def things(written: Sequence[Thing], before: Mapping[str, Thing]) -> None:
    """Announce things."""
    if len(written) > MOST:
        return
    numbers = dict(models.Thing.objects.filter(key__in=[thing.key for thing in written]).values_list("key", "number"))
    for thing in written:
        entity("Things", numbers[thing.key], _differing(thing, before.get(thing.key), THING))


def streams(written: Sequence[Stream], before: Mapping[str, Stream]) -> None:
    """Announce streams."""
    if len(written) <= MOST:
        for stream in written:
            entity("Datastreams", stream.id, _differing(stream, before.get(stream.key), STREAM))


def _differing(now: Thing | Stream, before: Thing | Stream | None, fields: Mapping[str, str]) -> list[str]:
    return [name for field, name in fields.items() if before is not None and getattr(now, field) != getattr(before, field)]
