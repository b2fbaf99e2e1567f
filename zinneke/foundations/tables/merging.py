"""Some rows put to those of the current version, or taken from them: what the next version is made of."""

from __future__ import annotations

import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from django.conf import settings

from zinneke.foundations import compute as pc
from zinneke.foundations.tables.asking import conditions_of
from zinneke.foundations.tables.frame import Frame
from zinneke.foundations.tables.models import VersionRecord
from zinneke.foundations.tables.numbered import Slice
from zinneke.foundations.tables.places import find_degrees
from zinneke.foundations.tables.slices import rows_of
from zinneke.foundations.tables.values import GEOMETRY, Column, ColumnSpec, Spec
from zinneke.foundations.tables.versions import columns_of, open_version, subject_of, version_of
from zinneke.kernel.confidentiality import Actor, Level, Right, demand, refusal
from zinneke.kernel.problem import Problem, wrong
from zinneke.kernel.route import verb

MOST_ROWS = 500_000
"""Rows of a version that is changed row by row; a larger one is sent whole."""
MOST_RECORDS = 20_000
Cells = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Change:
    """Rows to `insert`, `update` or `upsert`, told apart by the columns `keys`; or to `delete`, those that `rows` finds."""

    how: Literal["insert", "update", "upsert", "delete"]
    records: Sequence[Cells] = ()
    keys: tuple[str, ...] = ()
    rows: Slice | None = None


@dataclass(frozen=True, slots=True)
class Merged:
    """The next version as a source, how to read it, and the number of the version that it follows; `source` is empty where nothing changed."""

    source: bytes
    spec: Spec
    after: int


@verb(Right.EDIT, "tables")
def get_merged(actor: Actor, dataset: str, change: Change) -> Merged:
    """Return what the next version is made of when some rows of the current one change; keeps nothing.

    Raises `Problem` 400 for rows that do not fit, 404 for a dataset that is not there, 409 where columns were treated, 413 for too many rows.
    """
    record, seen, frame = open_version(actor, dataset, None)
    demand(actor, Right.EDIT, subject_of(dataset), Level(record.level), record.area)
    columns = columns_of(record)
    if len(seen) < len(columns):
        raise refusal(actor, Right.EDIT, subject_of(dataset))
    _check(record, columns, change)
    plain = [column for column in columns if column.name != GEOMETRY]
    before = pq.read_table(frame.parquet, columns=[column.name for column in plain]).replace_schema_metadata(None)
    after = _without(before, frame, columns, change.rows or Slice()) if change.how == "delete" else _with(before, plain, change)
    spec = _spec(record, plain)
    if record.geometry and not _placed(record, before, spec):
        raise wrong("This table has shapes that do not stand in columns of their own. Send the whole file instead.", where="records")
    if after is before or after.equals(before):
        return Merged(b"", spec, record.number)
    sink = io.BytesIO()
    pq.write_table(after, sink)
    return Merged(sink.getvalue(), spec, record.number)


def _check(record: VersionRecord, columns: Sequence[Column], change: Change) -> None:
    if record.rows > MOST_ROWS or len(change.records) > MOST_RECORDS:
        said = f"Tables of up to {MOST_ROWS:,} rows are changed row by row, {MOST_RECORDS:,} at once. Send the whole file instead."
        raise Problem(413, "Too large", said, where="records")
    if record.treatments:
        said = "Columns of this table were treated before it was published, and new rows need the same. Publish the next version in the browser."
        raise Problem(409, "Treated", said, where="records")
    names = {column.name for column in columns if column.name != GEOMETRY}
    for name in change.keys:
        if name not in names:
            raise wrong(f"There is no column {name[:60]!r} to tell rows apart by.", where="primary_key")
    for place, each in enumerate(change.records, 1):
        if unknown := sorted(set(each) - names):
            raise wrong(f"Record {place} has the field {str(unknown[0])[:60]!r}, which this table has not.", where="records")
        if missing := [name for name in change.keys if each.get(name) is None]:
            raise wrong(f"Record {place} has no {missing[0]!r}, by which rows are told apart.", where="records")
    if change.how in ("update", "upsert") and not change.keys:
        raise wrong("Name the fields by which rows are told apart.", where="primary_key")


def _spec(record: VersionRecord, plain: Sequence[Column]) -> Spec:
    """Return how the version's rows are read again, so that every column keeps its type, level, label and unit."""
    version = version_of(record, columns_of(record))
    return Spec(
        form="parquet",
        columns=tuple(ColumnSpec(each.name, type=each.type, level=each.level, label=each.label, unit=each.unit) for each in plain),
        nulls=(),
        geometry=bool(version.geometry),
        level=version.level,
        area=version.area,
        time=version.time,
        source=version.source,
        licence=version.licence,
        lineage=version.lineage,
    )


def _placed(record: VersionRecord, before: pa.Table, spec: Spec) -> bool:
    """Say whether the shapes of a version are the points that its own columns of degrees name."""
    pair = find_degrees(before.column_names) if spec.geometry else None
    if not pair or not record.bbox or any(str(before.schema.field(name).type) not in ("double", "int64") for name in pair):
        return False
    sides = [pc.min_max(before[name]).as_py() for name in pair]
    found = (sides[0]["min"], sides[1]["min"], sides[0]["max"], sides[1]["max"])
    return None not in found and bool(np.allclose(found, record.bbox, atol=1e-6))


def _without(before: pa.Table, frame: Frame, columns: Sequence[Column], asked: Slice) -> pa.Table:
    rows, total = rows_of(frame, columns, asked, conditions_of(frame, columns, asked.where, None), ())
    if not total:
        return before
    kept = np.ones(before.num_rows, dtype=bool)
    kept[rows] = False
    if not kept.any():
        raise wrong("That would leave no row at all. Withdraw the dataset instead.", where="filters")
    return before.filter(pa.array(kept))


def _with(before: pa.Table, plain: Sequence[Column], change: Change) -> pa.Table:
    """Put records to a table: each in its row where its key stands already, else behind the last one."""
    if not change.records:
        return before
    named = {name for record in change.records for name in record}
    cells = {each.name: _cells(each, before.schema.field(each.name).type, change.records) for each in plain if each.name in named}
    places = _places(before, cells, change)
    total = before.num_rows + len({place for place in places if place >= before.num_rows})
    filler = pa.Table.from_pydict({name: pa.nulls(total - before.num_rows, before.schema.field(name).type) for name in before.column_names})
    table = pa.concat_tables([before, filler.cast(before.schema)])
    for name in cells:
        wanted = {place: row for row, (place, record) in enumerate(zip(places, change.records, strict=True)) if name in record}
        mask = np.zeros(total, dtype=bool)
        order = sorted(wanted)
        mask[order] = True
        replaced = pc.replace_with_mask(table[name].combine_chunks(), pa.array(mask), cells[name].take(pa.array([wanted[place] for place in order])))
        table = table.set_column(table.column_names.index(name), before.schema.field(name), replaced)
    return table


def _places(before: pa.Table, cells: Mapping[str, pa.Array], change: Change) -> list[int]:
    """Return the row that each record goes to."""
    count = before.num_rows
    if not change.keys:
        return list(range(count, count + len(change.records)))
    known: dict[tuple[Any, ...], int] = {}
    for place, key in enumerate(zip(*(before[name].to_pylist() for name in change.keys), strict=True)):
        if known.setdefault(key, place) != place and change.how != "insert":
            raise wrong(
                f"{', '.join(map(repr, change.keys))} does not tell rows apart: row {place + 1} has the values of another.", where="primary_key"
            )
    places = []
    for number, key in enumerate(zip(*(cells[name].to_pylist() for name in change.keys), strict=True), 1):
        if change.how == "insert" and key in known:
            raise wrong(f"Record {number} is there already. Use the method upsert to change it.", where="records")
        if change.how == "update" and key not in known:
            raise wrong(f"Record {number} is not there, so it cannot be updated. Use the method upsert to add it.", where="records")
        if key not in known:
            known[key] = count
            count += 1
        places.append(known[key])
    return places


def _cells(column: Column, kind: pa.DataType, records: Sequence[Cells]) -> pa.Array:
    """Return one column of the records in its own type. Raises `Problem` 400 naming the record."""
    found = []
    for number, record in enumerate(records, 1):
        value = record.get(column.name)
        try:
            found.append(None if value is None or (value == "" and column.type != "text") else _cell(column.type, value))
        except (ValueError, OverflowError, TypeError):
            raise wrong(f"Record {number}, {column.name}: {str(value)[:60]!r} is no {column.type}.", where="records") from None
    try:
        return pa.array(found, kind)
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError, UnicodeEncodeError):
        raise wrong(f"The field {column.name!r} holds values that do not fit {column.type}.", where="records") from None


def _cell(kind: str, value: Any) -> Any:
    if isinstance(value, dict | list):
        raise TypeError
    if kind == "text":
        return str(value).lower() if isinstance(value, bool) else str(value)
    if kind == "boolean":
        return {"true": True, "false": False, "1": True, "0": False}.get(str(value).lower()) if _boolean(value) else _refuse()
    if isinstance(value, bool):
        raise TypeError
    if kind == "integer":
        return int(value) if float(value) == int(value) else _refuse()
    if kind == "decimal":
        return float(value) if math.isfinite(float(value)) else _refuse()
    if kind == "date":
        return date.fromisoformat(str(value)[:10]) if len(str(value)) == 10 else datetime.fromisoformat(str(value)).date()
    time = datetime.fromisoformat(str(value))
    return (time if time.tzinfo else time.replace(tzinfo=ZoneInfo(settings.CITY_ZONE))).astimezone(UTC)


def _boolean(value: Any) -> bool:
    return str(value).lower() in ("true", "false", "1", "0")


def _refuse() -> Any:
    raise ValueError


__all__ = ["MOST_RECORDS", "Change", "Merged", "get_merged"]
