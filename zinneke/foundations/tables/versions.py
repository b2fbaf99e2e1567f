"""Between the records of versions and what an actor may see of them; the reach stands in the query and in the choice of columns."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import msgspec
from django.db import connection
from django.db.models import Q

from zinneke.foundations.tables import files
from zinneke.foundations.tables.frame import Frame, close_frames, open_frame
from zinneke.foundations.tables.models import VersionRecord
from zinneke.foundations.tables.values import GEOMETRY, Column, Treatment, Version
from zinneke.kernel.confidentiality import Actor, Level, Reach, Right, parts, reach, strictest
from zinneke.kernel.problem import not_found

_TABLE = VersionRecord._meta.db_table


def subject_of(dataset: str) -> str:
    """Return the subject under which rights on one dataset are granted."""
    return f"tables.{dataset}"


def _within(held: Reach) -> Q:
    condition = Q(pk__in=())
    for level in Level:
        areas = held.areas[level]
        if areas is None:
            condition |= Q(lowest=level)
        elif areas:
            condition |= Q(lowest=level, area__in=sorted(areas))
    return condition


def seen_by(actor: Actor, dataset: str | None = None) -> Q:
    """Return the condition under which a version, of one dataset or of any, has a column that the actor may see.

    One that is held is seen by the right to edit instead.
    """
    return (Q(held=False) & _reached(actor, Right.SEE, dataset)) | (Q(held=True) & _reached(actor, Right.EDIT, dataset))


def _reached(actor: Actor, right: Right, dataset: str | None) -> Q:
    if dataset is not None:
        return _within(reach(actor, right, subject_of(dataset)))
    condition = _within(reach(actor, right, "tables"))
    for part, held in parts(actor, right, "tables").items():
        condition |= Q(dataset=part.removeprefix("tables.")) & _within(held)
    return condition


def find_record(actor: Actor, dataset: str, number: int | None) -> VersionRecord | None:
    """Return the record of a version that the actor may see something of, the current one when no number is given."""
    seen, values = reach(actor, Right.SEE, subject_of(dataset)).sql("lowest", "area")
    edited, others = reach(actor, Right.EDIT, subject_of(dataset)).sql("lowest", "area")
    condition = f"((NOT held AND {seen}) OR (held AND {edited}))"
    which = "current" if number is None else "number = %s"
    query = f"SELECT id, dataset, digest, held, lowest FROM {_TABLE} WHERE dataset = %s AND {which} AND {condition.replace('?', '%s')} LIMIT 1"  # noqa: S608 our own names
    with connection.cursor() as cursor:
        cursor.execute(query, [dataset, *([] if number is None else [number]), *values, *others])
        found = cursor.fetchone()
    return None if found is None else _record(*found)


@lru_cache(maxsize=256)
def _record(key: int, dataset: str, digest: str, held: bool, lowest: int) -> VersionRecord:
    """Return a record from memory: apart from which one is current, held, and how open it is, versions never change."""
    return VersionRecord.objects.get(pk=key)


@lru_cache(maxsize=256)
def _columns(key: int, dataset: str, digest: str, lowest: int) -> tuple[Column, ...]:
    return msgspec.convert(VersionRecord.objects.values_list("columns", flat=True).get(pk=key), tuple[Column, ...])


def columns_of(record: VersionRecord) -> tuple[Column, ...]:
    """Return every column of a version."""
    return _columns(record.pk, record.dataset, record.digest, record.lowest)


def forget() -> None:
    """Forget what is kept in memory of versions and their columns: a test's database is gone, or files were swept."""
    _record.cache_clear()
    _columns.cache_clear()
    close_frames()


def visible(actor: Actor, record: VersionRecord) -> tuple[Column, ...]:
    """Return the columns within the actor's reach."""
    held = reach(actor, Right.EDIT if record.held else Right.SEE, subject_of(record.dataset))
    return tuple(column for column in columns_of(record) if held.allows(column.level, record.area))


def version_of(record: VersionRecord, columns: Sequence[Column]) -> Version:
    """Return a version as somebody sees it who may see these columns."""
    names = {column.name for column in columns}
    shaped = GEOMETRY in names
    return Version(
        dataset=record.dataset,
        number=record.number,
        digest=record.digest,
        rows=record.rows,
        bytes=record.bytes,
        columns=tuple(columns),
        created=record.created,
        source=record.source,
        licence=record.licence,
        level=strictest(column.level for column in columns),
        area=record.area,
        geometry=record.geometry if shaped else "",
        time=record.time if record.time in names else "",
        bbox=tuple(record.bbox) if shaped and record.bbox else None,
        lineage=tuple(record.lineage),
        held=record.held,
        treatments=tuple(each for each in _treatments(record.treatments) if each.do in ("drop", "suppress", "commune") or each.column in names),
    )


def _treatments(kept: object) -> tuple[Treatment, ...]:
    return msgspec.convert(kept, tuple[Treatment, ...])


def frame_of(record: VersionRecord) -> Frame:
    """Return the open columns of a version."""
    return open_frame(files.path_of(record.dataset, record.number, record.digest), files.columns_folder(record.dataset, record.digest), record.rows)


def open_version(actor: Actor, dataset: str, number: int | None) -> tuple[VersionRecord, tuple[Column, ...], Frame]:
    """Return a version's record, the columns that the actor may see, and all columns, open. Raises `Problem` 404."""
    record = find_record(actor, dataset, number)
    if record is None:
        raise not_found("dataset" if number is None else "version of this dataset", dataset if number is None else number)
    return record, visible(actor, record), frame_of(record)
