"""What a scan brought: written down, compared with what was known, and never a reason to delete."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

import msgspec
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from zinneke.foundations.audit import store as audit
from zinneke.foundations.identity.within import within
from zinneke.kernel.confidentiality import Actor, Level, Right
from zinneke.kernel.load import Counts, Fault
from zinneke.office.cartography import keeping, models, shelf
from zinneke.office.cartography.shelf import SUBJECT
from zinneke.office.cartography.things import ThingRow
from zinneke.office.cartography.values import TableProfile

ALIKE = 0.8
"""Share of a source's tables that stand under another name already, from which we ask whether the two are one."""


class Scanned(msgspec.Struct, frozen=True, kw_only=True):
    """What an importer or a scan read. `origin` names the source, the same at every scan; `partial` is a sentence when it broke off.

    `profiles` are by the key of their table. `whole` says that what is not in it is not in the source any more.
    """

    origin: str
    things: tuple[ThingRow, ...]
    profiles: tuple[TableProfile, ...] = ()
    faults: tuple[Fault, ...] = ()
    partial: str = ""
    whole: bool = True
    owner: str = ""
    level: Level = Level.SHARED
    area: str = ""


class ScanRecord(msgspec.Struct, frozen=True):
    """A scan as the map remembers it. `alike` names another source that seems to be the same one."""

    id: int
    origin: str
    owner: str
    began: datetime
    state: str
    added: int
    changed: int
    unchanged: int
    refused: int
    missing: int
    faults: tuple[str, ...]
    alike: str
    by: str


def take(actor: Actor, scanned: Scanned) -> ScanRecord:
    """Write a scan into the map and return what became of it; a broken off one adds what it saw and calls nothing missing."""
    counts = Counts(faults=list(scanned.faults[:100]), refused=len(scanned.faults))
    with transaction.atomic():
        scan = models.Scan.objects.create(
            origin=scanned.origin, owner=scanned.owner, level=scanned.level, area=scanned.area,
            began=datetime.now(UTC), state="running", by=actor.key,
        )  # fmt: skip
        rows = [msgspec.structs.replace(row, origin=scanned.origin) for row in scanned.things]
        taken = keeping.take(actor, rows, counts)
        _keep_profiles(taken, scanned.profiles)
        lost = _call_missing(actor, scanned, {row.key for row in rows}) if scanned.whole and not scanned.partial else 0
        scan.ended, scan.state = datetime.now(UTC), "partial" if scanned.partial else "done" if taken or not counts.refused else "failed"
        scan.counts = {"added": counts.added, "changed": counts.changed, "unchanged": counts.unchanged, "refused": counts.refused, "missing": lost}
        scan.faults = [*([scanned.partial] if scanned.partial else []), *(str(fault) for fault in counts.faults)]
        scan.alike = _alike(scanned.origin, rows)
        scan.save()
        audit.record(actor, "scan", f"{SUBJECT}:{scanned.origin}", {**scan.counts, "state": scan.state})
    return record(actor, scan)


def _keep_profiles(taken: set[str], profiles: tuple[TableProfile, ...]) -> None:
    """Keep what was measured; what a broken off connection gave does not stand in the place of what was measured of a whole table."""
    ids = dict(models.Thing.objects.filter(key__in=taken).values_list("key", "pk"))
    held = set(models.Profile.objects.filter(thing__key__in=taken).values_list("thing__key", flat=True))
    now = datetime.now(UTC)
    for each in profiles:
        if each.key in ids and not (each.partial and each.key in held):
            models.Profile.objects.update_or_create(thing_id=ids[each.key], defaults={"document": msgspec.msgpack.encode(each), "when": now})


def _call_missing(actor: Actor, scanned: Scanned, seen: set[str]) -> int:
    """Note since when things of this source are not seen there any more."""
    lost = 0
    for record in models.Thing.objects.filter(shelf.reachable(actor, Right.EDIT), origin=scanned.origin, missing=None):
        if record.key not in seen:
            record.missing, record.changed, record.by, record.version = timezone.localdate(), datetime.now(UTC), actor.key, record.version + 1
            record.save()
            lost += 1
    return lost


def _alike(origin: str, rows: list[ThingRow]) -> str:
    """Return the name of another source that holds most of these tables too, "" when there is none."""
    marks = {mark for row in rows if (mark := keeping.fingerprint(row))}
    if not marks:
        return ""
    others = models.Thing.objects.filter(fingerprint__in=marks, withdrawn=False).exclude(origin=origin)
    found = Counter(origin for origin, _ in set(others.values_list("origin", "fingerprint")))
    best = found.most_common(1)
    return best[0][0] if best and best[0][1] >= ALIKE * len(marks) else ""


def record(actor: Actor, scan: models.Scan) -> ScanRecord:
    """Return a scan as a value; another source that it resembles is named to who sees both on the map."""
    both = {scan.origin, scan.alike} if scan.alike else set()
    known = set(shelf.things(actor).filter(origin__in=both).values_list("origin", flat=True).distinct()) if both else set()
    alike = scan.alike if known == both else ""
    counted = {name: scan.counts.get(name, 0) for name in ("added", "changed", "unchanged", "refused", "missing")}
    return ScanRecord(
        id=scan.pk, origin=scan.origin, owner=scan.owner, began=scan.began, state=scan.state, faults=tuple(scan.faults), alike=alike,
        by=scan.by, **counted,
    )  # fmt: skip


def broken(actor: Actor, limit: int) -> list[models.Scan]:
    """Return the last scan of each source that the actor may write, where that one broke off or failed, the oldest first."""
    mine = models.Scan.objects.filter(within(actor, Right.EDIT, SUBJECT, part="owner"))
    last = mine.values("origin").annotate(last=Max("pk")).values("last")
    return list(mine.filter(pk__in=last, state__in=("partial", "failed")).order_by("began")[:limit])
