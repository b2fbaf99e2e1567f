"""How a version comes to be: read and written aside, then named and recorded while nobody else does the same."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pyarrow as pa
from django.db import transaction

from zinneke.foundations.audit import store as audit
from zinneke.foundations.tables import files
from zinneke.foundations.tables.models import VersionRecord
from zinneke.foundations.tables.opening import open_source
from zinneke.foundations.tables.values import Published, Spec
from zinneke.foundations.tables.versions import columns_of, subject_of, version_of
from zinneke.foundations.tables.writing import Written, digest_of, write_version
from zinneke.kernel.confidentiality import Actor, Level, Right, demand, strictest
from zinneke.kernel.event import DatasetChanged, DatasetPublished, announce
from zinneke.kernel.load import Fault
from zinneke.kernel.problem import Problem, not_found


def publish_version(
    actor: Actor, dataset: str, source: Path | bytes, spec: Spec, held: bool = False, after: int | None = None, waits: bool = False
) -> Published:
    """Publish a source as the next version of a dataset; the same content read in the same way changes nothing.

    Whoever replaces a version must be allowed to edit the strictest of what it held: leaving a level out never lowers it.
    A first version may be `held`; later ones are as the one before. Nothing is published when the current version is another than `after`.
    One that `waits` is held beside an open one that stays current, until `settle_waiting`; it takes the place of another that waits.
    """
    demand(
        actor, Right.EDIT, subject_of(dataset), strictest([spec.level, *(each.level for each in spec.columns if each.level is not None)]), spec.area
    )
    before = _current(dataset)
    levels: dict[str, Level] = {}
    if before is not None:
        demand(actor, Right.EDIT, subject_of(dataset), Level(before.level), before.area)
        levels = {column.name: column.level for column in columns_of(before)}
    with files.workplace() as work:
        opened = open_source(source, spec, work)
        digest = digest_of(opened, spec)
        if before is not None and before.digest == digest:
            return _told(before, False)
        aside = find_waiting(dataset)
        if waits and aside is not None and aside.digest == digest:
            return _told(aside, False)
        written = write_version(opened, spec, work, levels)
        with files.lock(), transaction.atomic():
            before = _current(dataset)
            if before is not None and before.digest == digest:
                return _told(before, False)
            if after is not None and (before is None or before.number != after):
                raise Problem(409, "Not as things stand", f"Somebody changed the rows of {dataset} meanwhile. Send yours once more.")
            waits = waits and before is not None and not before.held
            if waits:
                _drop(find_waiting(dataset))
            record = _settle(actor, dataset, digest, written, spec, waits or (before.held if before else held), waits)
    pa.default_memory_pool().release_unused()
    return _told(record, True)


def _current(dataset: str) -> VersionRecord | None:
    return VersionRecord.objects.filter(dataset=dataset, current=True).first()


def find_waiting(dataset: str) -> VersionRecord | None:
    """Return the version that waits beside the open one until somebody settles it."""
    before = _current(dataset)
    newer = VersionRecord.objects.filter(dataset=dataset, held=True, current=False)
    return newer.filter(number__gt=before.number).order_by("number").last() if before else None


def _drop(record: VersionRecord | None) -> None:
    """Forget a version that nobody but editors ever saw, its file with it."""
    if record is not None:
        path = files.path_of(record.dataset, record.number, record.digest)
        record.delete()
        transaction.on_commit(lambda: path.unlink(missing_ok=True))


def settle_waiting(actor: Actor, dataset: str, accept: bool, mark: str) -> VersionRecord:
    """Open the version that waits and make it the current one, or forget it. Raises `Problem` 404 when none waits, 409 when another does."""
    with files.lock(), transaction.atomic():
        _may_change(actor, dataset)
        waiting = find_waiting(dataset)
        if waiting is None:
            raise not_found("version that waits", dataset)
        if mark != version_of(waiting, columns_of(waiting)).mark:
            raise Problem(409, "Not as things stand", f"Another version of {dataset} waits by now. Look at it, then decide.")
        demand(actor, Right.EDIT, subject_of(dataset), Level(waiting.level), waiting.area)
        if accept:
            VersionRecord.objects.filter(dataset=dataset, current=True).update(current=False)
            waiting.current, waiting.held = True, False
            waiting.save(update_fields=("current", "held"))
            _tell(waiting, published=True)
            transaction.on_commit(lambda: announce(DatasetPublished(dataset, waiting.number)))
        audit.record(actor, "open version" if accept else "refuse version", subject_of(dataset), {"version": waiting.number})
        if not accept:
            _drop(waiting)
    return waiting


def _settle(actor: Actor, dataset: str, digest: str, written: Written, spec: Spec, held: bool, waits: bool) -> VersionRecord:
    """Give the file its name and record it: the file first, so that a record never lacks its file."""
    last = VersionRecord.objects.filter(dataset=dataset).order_by("-number").first()
    number = last.number + 1 if last else 1
    size = written.path.stat().st_size
    files.settle(written.path, files.path_of(dataset, number, digest))
    if not waits:
        VersionRecord.objects.filter(dataset=dataset, current=True).update(current=False)
    record = VersionRecord.objects.create(
        dataset=dataset,
        number=number,
        digest=digest,
        rows=written.rows,
        bytes=size,
        columns=msgspec.to_builtins(written.columns),
        created=datetime.now(UTC),
        source=spec.source,
        licence=spec.licence,
        level=strictest(column.level for column in written.columns),
        lowest=min(column.level for column in written.columns),
        area=spec.area,
        geometry=written.geometry,
        time=written.time,
        bbox=written.bbox,
        lineage=list(spec.lineage),
        treatments=msgspec.to_builtins(spec.treatments),
        faults=[[fault.where, fault.what] for fault in written.faults.all()],
        read=written.read,
        set_aside=written.set_aside,
        actor=actor.key[:200],
        held=held,
        current=not waits,
    )
    audit.record(actor, "publish", subject_of(dataset), {"version": number, "rows": written.rows, "digest": digest})
    if not held:
        _tell(record, published=True)
        transaction.on_commit(lambda: announce(DatasetPublished(dataset, number)))
    return record


def set_held(actor: Actor, dataset: str, held: bool) -> None:
    """Close every version of a dataset to all but those who may edit it, or open them as their levels say."""
    with files.lock(), transaction.atomic():
        before = _may_change(actor, dataset)
        if before.held != held:
            VersionRecord.objects.filter(dataset=dataset, number__lte=before.number).update(held=held)
            audit.record(actor, "hold" if held else "release", subject_of(dataset), {"version": before.number})
            _tell(before, published=not held)
            if not held:
                transaction.on_commit(lambda: announce(DatasetPublished(dataset, before.number)))


def raise_levels(actor: Actor, dataset: str, level: Level) -> None:
    """Make every column of every version at least as closed as a level."""
    with files.lock(), transaction.atomic():
        _may_change(actor, dataset)
        for record in VersionRecord.objects.filter(dataset=dataset, lowest__lt=level):
            columns = [msgspec.structs.replace(each, level=max(each.level, level)) for each in columns_of(record)]
            record.columns, record.lowest, record.level = msgspec.to_builtins(columns), int(level), max(record.level, int(level))
            record.save(update_fields=("columns", "lowest", "level"))
        audit.record(actor, "raise level", subject_of(dataset), {"level": level.name.lower()})


def _tell(record: VersionRecord, *, published: bool) -> None:
    """Tell those above that a dataset was published or withdrawn; who sees any column of it may know."""
    told = DatasetChanged(published=published, dataset=record.dataset, version=record.number, level=record.lowest, area=record.area)
    announce(told)


def discard_versions(actor: Actor, dataset: str) -> int:
    """Delete the versions of a dataset that is held, records first, so that no record lacks its file. Returns how many."""
    with files.lock(), transaction.atomic():
        before = _may_change(actor, dataset)
        if not before.held:
            raise Problem(409, "Published", f"The versions of {dataset} are published, and a version never goes. Withdraw the dataset instead.")
        records = list(VersionRecord.objects.filter(dataset=dataset))
        VersionRecord.objects.filter(dataset=dataset).delete()
        audit.record(actor, "discard", subject_of(dataset), {"versions": len(records)})
        transaction.on_commit(lambda: files.remove(dataset))
    return len(records)


def _may_change(actor: Actor, dataset: str) -> VersionRecord:
    before = _current(dataset)
    if before is None:
        raise not_found("dataset", dataset)
    demand(actor, Right.EDIT, subject_of(dataset), Level(before.level), before.area)
    return before


def _told(record: VersionRecord, changed: bool) -> Published:
    faults = tuple(Fault(where, what) for where, what in record.faults)
    return Published(version_of(record, columns_of(record)), changed, faults, record.read, record.rows, record.set_aside)


def sweep_leftovers() -> int:
    """Remove what a crash left behind; return how many files and folders."""
    with files.lock():
        known = list(VersionRecord.objects.values_list("dataset", "number", "digest", "current"))
        opened = [files.columns_folder(dataset, digest) for dataset, _, digest, current in known if current]
        return files.sweep((files.path_of(*each[:3]) for each in known), opened)
