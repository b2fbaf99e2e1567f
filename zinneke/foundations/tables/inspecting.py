"""Look at a source before it is published: what was found in it, shown for correction; nothing is kept."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from zinneke.foundations import compute as pc
from zinneke.foundations.tables import files, recognising, treatments, workbooks
from zinneke.foundations.tables.findings import Evidence, Inspection, Looked
from zinneke.foundations.tables.opening import is_workbook, open_source
from zinneke.foundations.tables.values import GEOMETRY, Column, ColumnSpec, Spec
from zinneke.foundations.tables.writing import Written, write_version
from zinneke.kernel.confidentiality import Level

SHOWN = 8
"""Rows that are shown."""
EXAMPLES = 3
_SAMPLE = 2_000
_LONG = 60
_FREE_TEXT = 40
_THEIRS = frozenset(("address", "street", "house_number", "coordinate", "parcel", "licence_plate", "sex", "nationality", "birth_place"))
_BEARERS = frozenset(("national_number", "bis_number", "first_name", "birth_date"))
"""What only people have: a column that is called a name and nothing more is then theirs."""
_PEOPLE = frozenset(("national_number", "bis_number", "person_name", "surname", "first_name", "mail", "phone", "birth_date"))


def inspect(source: Path | bytes, spec: Spec, least: int = 0) -> Inspection:
    """Return what a source would become under a spec. Raises `Problem` when it cannot be read at all.

    With `spec.quasi`, groups are counted and not refused, `least` being the size that they should have.
    """
    with files.workplace() as work:
        opened = open_source(source, spec, work)
        written = write_version(opened, msgspec.structs.replace(spec, k=0), work, {})
        table = pq.read_table(written.path)
    groups = treatments.groups(table, spec.quasi, least) if spec.quasi else None
    columns = _looked(table, written, spec)
    return Inspection(
        name=opened.name,
        bytes=opened.size,
        form=written.found.form,
        encoding=opened.encoding,
        delimiter=written.found.delimiter,
        columns=columns,
        rows=written.rows,
        read=written.read,
        set_aside=written.set_aside,
        faults=tuple(written.faults.all()),
        sample=_sample(table, [column.name for column in written.columns]),
        geometry=written.geometry,
        place=written.found.place,
        crs=written.found.crs if written.found.place else "",
        bbox=written.bbox,
        time=written.time,
        groups=groups,
    )


def close(source: Path | bytes, spec: Spec) -> Spec:
    """Return a spec under which no column is more open than what is recognised in it suggests."""
    asked = {each.name: each for each in spec.columns}
    for looked in inspect(source, spec).columns:
        said = asked.get(looked.source, ColumnSpec(looked.source))
        if looked.suggested > (spec.level if said.level is None else said.level):
            asked[looked.source] = msgspec.structs.replace(said, level=looked.suggested)
    return msgspec.structs.replace(spec, columns=tuple(asked.values()))


def _looked(table: pa.Table, written: Written, spec: Spec) -> tuple[Looked, ...]:
    names = [column.name for column in written.columns]
    evidence = {name: _evidence(name, table[name]) for name in names if name != GEOMETRY}
    sources = {each.to or each.name: each.name for each in spec.columns}
    kinds = {each.kind for found in evidence.values() for each in found[:1] if each.sure or each.named}
    people, bearers = bool(kinds & _PEOPLE), bool(kinds & _BEARERS)
    return tuple(
        Looked(
            column,
            sources.get(column.name, column.name),
            evidence.get(column.name, ()),
            Level.PERSONAL if bearers and _names_people(column, table) else suggested(column, evidence.get(column.name, ()), table, people),
            _examples(table, column),
            written.found.marks.get(sources.get(column.name, column.name), ""),
        )
        for column in written.columns
    )


def list_parts(source: Path) -> list[str]:
    """Return the files inside a zip archive, or the sheets of a workbook, from which one is to be chosen; nothing for other sources."""
    if not zipfile.is_zipfile(source):
        return []
    if is_workbook(source):
        return workbooks.sheets(source, source.name)
    with zipfile.ZipFile(source) as archive:
        return [info.filename for info in archive.infolist() if not info.is_dir() and not info.filename.startswith("__MACOSX")][:200]


def suggested(column: Column, evidence: Sequence[Evidence], table: pa.Table, people: bool) -> Level:
    """Return the level that the evidence suggests: places and dates beside people are theirs; long free text is looked at by somebody first."""
    level = max((each.level for each in evidence if each.sure or each.named), default=Level.PUBLIC)
    kind = next((each.kind for each in evidence if each.sure or each.named), "")
    if people and (kind in _THEIRS or column.type == "geometry"):
        return Level.PERSONAL
    if column.type == "text" and column.profile.distinct > recognising.MANY:
        some = table[column.name].slice(0, _SAMPLE).drop_null()
        mean = pc.mean(pc.utf8_length(some)).as_py() if len(some) else 0
        addresses = len(some) and pc.sum(pc.starts_with(some, "http").cast(pa.int64())).as_py() * 2 > len(some)
        if mean >= _FREE_TEXT and not addresses:
            return max(level, Level.SHARED)
    return level


def _names_people(column: Column, table: pa.Table) -> bool:
    """Say whether a column that is called a name holds what is shaped like surnames, many and different."""
    if column.type != "text" or not recognising.called_name(column.name) or column.profile.distinct <= recognising.MANY:
        return False
    some = pc.unique(table[column.name].slice(0, _SAMPLE).drop_null()).to_pylist()
    return sum(map(recognising.shaped, some)) >= 0.7 * len(some)


def _evidence(name: str, column: pa.ChunkedArray) -> tuple[Evidence, ...]:
    """Return what a column may hold, by a sample of its different values over all of its rows."""
    filled = column.drop_null()
    if len(filled) > 200_000:
        filled = filled.take(pa.array(np.linspace(0, len(filled) - 1, 200_000).astype(np.int64)))
    different = pc.unique(filled)
    if len(different) > _SAMPLE:
        different = different.take(pa.array(np.linspace(0, len(different) - 1, _SAMPLE).astype(np.int64)))
    return recognising.evidence(name, [text for text in different.cast(pa.string()).to_pylist() if text])


def _examples(table: pa.Table, column: Column) -> tuple[str, ...]:
    if column.type == "geometry":
        return ()
    some = pc.unique(table[column.name].slice(0, _SAMPLE).drop_null())
    return tuple(_told(each) for each in some.slice(0, EXAMPLES).to_pylist())


def _sample(table: pa.Table, names: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    chosen = [name for name in names if name != GEOMETRY]
    rows: list[Mapping[str, Any]] = table.select(chosen).slice(0, SHOWN).to_pylist()
    return tuple(tuple(_told(row[name]) for name in chosen) for row in rows)


def _told(value: Any) -> str:
    if value is None:
        return ""
    text = str(value).lower() if isinstance(value, bool) else value.isoformat() if hasattr(value, "isoformat") else str(value)
    return text if len(text) <= _LONG else text[: _LONG - 1] + "…"
