"""The index that stands in this process, brought up to date with the records whenever anybody, in any process, changed them."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from threading import Lock

import msgspec
from django.conf import settings
from django.db import connection
from django.db.models import Q

from zinneke.foundations.catalogue import segment
from zinneke.foundations.catalogue.index import Index
from zinneke.foundations.catalogue.intake import decode_row
from zinneke.foundations.catalogue.models import Entry
from zinneke.foundations.catalogue.segment import Item, Segment
from zinneke.kernel.confidentiality import Level
from zinneke.kernel.event import UseCounted

SMALL = 2_000
"""Entries up to which an index is simply built again, and kept in memory only; above, it is kept as files and added to."""
MOST_USED = 500
"""Datasets whose use counts in the ranking: those that are used most."""
AN_HOUR = 3_600
"""Seconds after which a half-written index was left by a process that is gone."""

_lock = Lock()
_standing: tuple[str, Index] | None = None
_use: dict[int, int] = {}
"""Downloads of late by the number of the entry."""


def current() -> Index:
    """Return the index of the catalogue as it is now."""
    global _standing
    lineage, sequence = _state()
    held = _standing
    if held and held[0] == lineage and held[1].sequence == sequence:
        return held[1]
    with _lock:
        lineage, sequence = _state()
        held = _standing
        if not (held and held[0] == lineage and held[1].sequence == sequence):
            held = (lineage, _renewed(held, lineage, sequence))
            _standing = held
    return held[1]


def forget() -> None:
    """Drop the index of this process, and how much is used; the next search opens or builds it again."""
    global _standing, _use
    _standing, _use = None, {}


def take_use(counted: UseCounted) -> None:
    """Rank by these figures from the next search on, until others come."""
    global _use
    most = dict(sorted(counted.downloads.items(), key=lambda each: -each[1])[:MOST_USED])
    numbers = dict(Entry.objects.filter(key__in=most).values_list("key", "pk"))
    with _lock:
        _use = {numbers[key]: count for key, count in most.items() if key in numbers}
        if _standing is not None:
            _standing[1].weigh(_use)


def _state() -> tuple[str, int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT lineage, sequence FROM catalogue_state WHERE id = 1")
        row = cursor.fetchone()
    return (row[0], row[1]) if row else ("", 0)


def _renewed(held: tuple[str, Index] | None, lineage: str, sequence: int) -> Index:
    """Return an index of this state: the large part kept, what changed since added, all built anew when that has become much."""
    base = held[1].segments[0] if held and held[0] == lineage and held[1].sequence <= sequence else _saved(lineage, sequence)
    if base is not None and base.sequence <= sequence:
        changed = Entry.objects.filter(sequence__gt=base.sequence)
        if (count := changed.count()) == 0:
            return Index([base], use=_use)
        if count <= max(200, len(base) // 10):
            items, gone = _items(changed), list(changed.filter(Q(gone=True) | Q(state__in=("withdrawn", "deleted"))).values_list("pk", flat=True))
            return Index([base, segment.build(items, sequence)], gone, _use)
    built = segment.build(_items(Entry.objects.all()), sequence)
    if len(built) > SMALL:
        built = _keep(built, lineage)
    return Index([built], use=_use)


def _items(entries: object) -> Iterator[Item]:
    fields = ("pk", "key", "source", "document", "level", "area", "quality", "versioned", "state", "first_seen", "changed")
    rows = entries.filter(gone=False, state__in=("published", "draft", "review")).order_by("pk").values_list(*fields)  # type: ignore[attr-defined]
    for pk, key, source, document, level, area, quality, versioned, state, seen, changed in rows.iterator(chunk_size=2000):
        yield Item(pk, key, source, decode_row(bytes(document)), Level(level), area, quality, versioned, state, seen, changed)


def _folder() -> Path:
    return Path(settings.DATA) / "catalogue"


def _saved(lineage: str, sequence: int) -> Segment | None:
    """Return the newest saved segment that is not newer than the records, None when there is none that can be read."""
    kept = sorted(_folder().glob(f"{lineage}-{segment.LAYOUT}-*"), reverse=True) if lineage else []
    for folder in kept:
        made = folder.name.rsplit("-", 1)[-1]
        if made.isdigit() and int(made) <= sequence:
            with suppress(OSError, EOFError, ValueError, msgspec.MsgspecError):
                return segment.load(folder, int(made))
    return None


def _keep(built: Segment, lineage: str) -> Segment:
    """Save a segment, clear older ones away, and return it as files mapped into memory; where it cannot be saved, as it is."""
    folder = _folder() / f"{lineage}-{segment.LAYOUT}-{built.sequence:020d}"
    try:
        if not folder.exists():
            built.save(folder)
        for other in _folder().iterdir():
            if other != folder and (not other.name.startswith("part-") or time.time() - other.stat().st_mtime > AN_HOUR):
                shutil.rmtree(other, ignore_errors=True)
        return segment.load(folder, built.sequence)
    except OSError:
        return built
