"""What the records say of entities, remembered as long as they are those of the register: a reading of one entity then asks nobody."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Subquery

from zinneke.foundations.observations import models
from zinneke.foundations.observations.attributes import documents, tables
from zinneke.foundations.observations.attributes.values import Instance
from zinneke.foundations.observations.entities import mirror
from zinneke.foundations.observations.register import Register
from zinneke.foundations.observations.values import Thing
from zinneke.kernel.period import to_microseconds

_NAME, MOST = "records", 20_000
"""The name under which a register remembers them, and how many."""


@dataclass(frozen=True, slots=True)
class Record:
    """What the records say of an entity: of which thing, when it was first and last written, what is kept of it, where it stands."""

    key: str
    created: int | None
    changed: int | None
    kept: list[tuple[str, Instance]]
    place: Any


def recall(known: Register, key: str) -> Record | None:
    """Return what is remembered of a thing."""
    found: Record | None = known.derived.get(_NAME, {}).get(key)
    return found


def remember(known: Register, read: Iterable[Record]) -> None:
    """Remember what was read of the records of a register."""
    kept = known.derived.setdefault(_NAME, {})
    if len(kept) >= MOST:
        kept.clear()
    kept.update((record.key, record) for record in read)


def read(known: Register, thing: Thing) -> Record | None:
    """Read one thing, and remember it; None when the records are no longer, or not yet, those of the register."""
    stamp = Subquery(models.Stamp.objects.filter(pk=1).values("value")[:1])
    things = models.Thing.objects.filter(key=thing.key).annotate(stamp=stamp).order_by("locations__pk")
    rows = list(things.values_list("stamp", "description", "created", "changed", "locations__location"))  # one statement sees one moment
    if not rows or rows[0][0] != known.stamp:
        return None
    _, description, created, changed, _ = rows[0]
    plain = [(name, tables.plain(each)) for name, instances in tables.kept(thing, description).items() for each in instances]
    kept = [(name, documents.read(json.loads(json.dumps(each)))[0]) for name, each in plain]
    place = next((row[4] for row in rows if row[4] is not None and mirror.geometry(row[4]) is not None), None)
    record = Record(thing.key, _moment(created), _moment(changed), kept, placed(place))
    remember(known, [record])
    return record


def _moment(time: datetime | None) -> int | None:
    return None if time is None else to_microseconds(time)


def placed(location: Any) -> Any:
    """Return the geometry of a location, which may be a feature."""
    return location.get("geometry", location) if isinstance(location, dict) and location.get("type") == "Feature" else location
