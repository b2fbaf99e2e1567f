"""From a source to one Parquet file: read, typed, shaped, put in order, profiled and written."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from duckdb import DuckDBPyConnection

from zinneke.foundations.tables import shapes
from zinneke.foundations.tables.cells import type_columns
from zinneke.foundations.tables.delimited import read_delimited
from zinneke.foundations.tables.documents import read_geojson, read_json, read_json_lines, read_parquet
from zinneke.foundations.tables.opening import Opened, as_utf8, is_workbook
from zinneke.foundations.tables.places import Place, find_place, place_points
from zinneke.foundations.tables.profiles import profile
from zinneke.foundations.tables.raw import Faults, Raw, connect
from zinneke.foundations.tables.treatments import LOWERING, Laid, apply
from zinneke.foundations.tables.values import GEOMETRY, BBox, Column, ColumnSpec, Spec, Type
from zinneke.foundations.tables.workbooks import read_workbook
from zinneke.foundations.tables.written_shapes import take_shapes
from zinneke.kernel.confidentiality import Level, strictest
from zinneke.kernel.problem import wrong

LAYOUT = "1"
"""Changes when the same source would be written differently."""
_LARGE = 50_000
_BINARY = ("xlsx", "xlsm", "xls", "ods", "parquet")
"""Endings of what is no text."""
_GROUP = 32_768
_ALIKE = 20
"""How often a value stands on average in a column that is written with a dictionary."""


@dataclass(frozen=True, slots=True)
class Found:
    """How a source was read: its form, the delimiter, the decimal mark of each column, the columns that points came from and their system."""

    form: str
    delimiter: str = ""
    marks: Mapping[str, str] = field(default_factory=dict)
    place: tuple[str, ...] = ()
    crs: str = ""


@dataclass(frozen=True, slots=True)
class Written:
    """A version's file as it lies in the working folder, and what is to be recorded of it."""

    path: Path
    rows: int
    read: int
    set_aside: int
    columns: tuple[Column, ...]
    geometry: str
    time: str
    bbox: BBox | None
    faults: Faults
    found: Found


def digest_of(opened: Opened, spec: Spec) -> str:
    """Return the digest of a version: of the source's content and of how it is to be read."""
    return hashlib.sha256(f"{LAYOUT} {opened.digest} ".encode() + msgspec.json.encode(spec, order="sorted")).hexdigest()


def write_version(opened: Opened, spec: Spec, work: Path, levels: Mapping[str, Level]) -> Written:
    """Read a source and write it as GeoParquet in the working folder. `levels` are those of the columns of the version before.

    Raises `Problem` when the source as a whole cannot be read.
    """
    faults = Faults(opened.name)
    form = spec.form or _form(opened)
    suffix = opened.name.rpartition(".")[2].lower()
    if form in ("csv", "json", "jsonl", "geojson") and suffix in _BINARY:
        faults.note("", f"its name ends with .{suffix}, but it is text; it was read as {form}")
    with connect(work, spec.zone) as connection:
        raw = _read(opened, form, spec, work, faults, connection)
        if raw.shapes is None and spec.geometry and not spec.lon and not spec.lat:
            take_shapes(raw, spec)
        place = find_place(raw, spec) if raw.shapes is None else Place()
        table = type_columns(raw, spec, frozenset({place.lon, place.lat} - {""}))
    boxes = shapes.bounds(raw.shapes) if raw.shapes is not None else None
    if place.lon:
        table, raw.shapes, boxes = place_points(table, raw, place, spec)
    _keep_faults(opened, faults)
    named = {each.name: each.to or each.name for each in spec.columns}
    laid = Laid(table, raw.shapes, boxes, tuple(named.get(name, name) for name in place[:2] if name))
    apply(laid, spec.treatments, spec.quasi, spec.k)
    columns = _columns(laid, spec, levels, faults)
    time = _time(columns, spec)
    order = _order(laid.table, laid.boxes, time)
    if order is not None:
        laid.kept(order)
    geometry, bbox = _shape_facts(laid.shapes, laid.boxes)
    table = laid.table
    if laid.shapes is not None:
        table = _with_shapes(table, laid.shapes, laid.boxes, columns[-1], bbox, geometry)
    few = [each.name for each in columns if each.profile.distinct * _ALIKE < table.num_rows]  # a dictionary of values that stand once is lost work
    pq.write_table(
        table, work / "version.parquet", compression="zstd", compression_level=1, use_dictionary=few, row_group_size=_GROUP, write_page_index=True
    )
    aside = len(set(raw.set_aside_lines))
    found = Found(form, raw.delimiter, raw.marks, laid.place, place.crs)
    return Written(work / "version.parquet", table.num_rows, raw.rows + aside, aside, columns, geometry, time, bbox, faults, found)


def _keep_faults(opened: Opened, faults: Faults) -> None:
    faults.listed[:0] = opened.faults
    faults.count += len(opened.faults)


def _read(opened: Opened, form: str, spec: Spec, work: Path, faults: Faults, connection: DuckDBPyConnection) -> Raw:
    if form == "parquet":
        return read_parquet(opened.path, spec, faults, connection)
    if form == "xlsx":
        return read_workbook(opened.path, spec, faults, connection)
    text = as_utf8(opened, spec.encoding, work)
    reader = {"csv": read_delimited, "json": read_json, "jsonl": read_json_lines, "geojson": read_geojson}[form]
    return reader(text, spec, faults, connection)


def _form(opened: Opened) -> str:
    """Return the form of a source by its first bytes and its name. Raises `Problem` 400 for one that we cannot read."""
    with opened.path.open("rb") as file:
        start = file.read(65_536)
    suffix = opened.name.rpartition(".")[2].lower()
    if start.startswith(b"PAR1"):
        return "parquet"
    if start.startswith(b"PK\x03\x04") and is_workbook(opened.path):
        return "xlsx"
    head = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    if suffix in ("jsonl", "ndjson"):
        return "jsonl"
    if head[:1] in (b"{", b"["):
        return "geojson" if suffix == "geojson" or b'"FeatureCollection"' in start else "jsonl" if _lines_of_json(head) else "json"
    if suffix in ("json", "geojson"):
        if not head:
            raise wrong(f"{opened.name} is empty.", where=opened.name)
        raise wrong(f"{opened.name} is not JSON: it begins with {head[:20].decode('utf-8', 'replace')!r}.", where=f"{opened.name}: byte 0")
    if head[:5] in (b"%PDF-", b"<?xml", b"<html", b"<!DOC", b"\x89PNG\r") or start.startswith((b"\xd0\xcf\x11\xe0", b"OTTO")):
        raise wrong(f"{opened.name} is no table that can be read. Send CSV, Excel (xlsx), JSON, GeoJSON or Parquet.", where=opened.name)
    return "csv"


def _lines_of_json(head: bytes) -> bool:
    first, _, rest = head.partition(b"\n")
    return first.strip().endswith(b"}") and rest.lstrip().startswith(b"{")


def _columns(laid: Laid, spec: Spec, levels: Mapping[str, Level], faults: Faults) -> tuple[Column, ...]:
    asked = {each.to or each.name: each for each in spec.columns}
    treated = {each.column for each in spec.treatments if each.do in LOWERING}

    def level_of(name: str, otherwise: Level) -> Level:
        """Return the level asked for, or the one before; a lower one than before only after a recorded treatment."""
        said = asked.get(name)
        before = levels.get(name, levels.get(said.name)) if said else None
        if said is None or said.level is None:
            return otherwise
        if before is not None and said.level < before and name not in treated:
            told = f"stays {before.name.lower()} as before: only a recorded treatment of the column lowers its level"
            faults.note(f"column {name}", told)
            return before
        return said.level

    plain = ColumnSpec("")
    parts = [(part.name, _kind(part.type), level_of(part.name, levels.get(part.name, spec.level))) for part in laid.table.schema]
    with ThreadPoolExecutor(2) as both:
        profiles = both.map(lambda part: profile(laid.table[part[0]], *part[1:]), parts)
        found = [
            Column(name, kind, level, asked.get(name, plain).label, asked.get(name, plain).unit, looked)
            for (name, kind, level), looked in zip(parts, profiles, strict=True)
        ]
    if laid.shapes is not None:
        coordinates = [column.level for column in found if column.name in laid.place]
        found.append(Column(GEOMETRY, "geometry", level_of(GEOMETRY, strictest([levels.get(GEOMETRY, spec.level), *coordinates]))))
    return tuple(found)


def _kind(kind: pa.DataType) -> Type:
    if pa.types.is_boolean(kind):
        return "boolean"
    if pa.types.is_integer(kind):
        return "integer"
    if pa.types.is_floating(kind):
        return "decimal"
    if pa.types.is_date(kind):
        return "date"
    return "timestamp" if pa.types.is_timestamp(kind) else "text"


def _time(columns: tuple[Column, ...], spec: Spec) -> str:
    names = [column.name for kind in ("timestamp", "date") for column in columns if column.type == kind]
    if spec.time and spec.time not in names:
        raise wrong(f"{spec.time!r} holds no dates or times, so it cannot be the time of this dataset.", where="time")
    return spec.time or (names[0] if names else "")


def _order(table: pa.Table, boxes: np.ndarray[Any, Any] | None, time: str) -> np.ndarray[Any, Any] | None:
    """Return the order of a large table: neighbours together, else by time; None leaves the order of the source."""
    if table.num_rows <= _LARGE:
        return None
    if boxes is not None and not np.isnan(boxes[:, 0]).all():
        return np.argsort(shapes.hilbert(boxes), kind="stable")
    if time:
        return np.argsort(table[time].cast(pa.int64() if pa.types.is_timestamp(table[time].type) else pa.int32()).to_numpy(), kind="stable")
    return None


def _shape_facts(wkb: np.ndarray[Any, Any] | None, boxes: np.ndarray[Any, Any] | None) -> tuple[str, BBox | None]:
    if wkb is None or boxes is None:
        return "", None
    if np.isnan(boxes[:, 0]).all():
        return shapes.kind(wkb), None
    low, high = np.nanmin(boxes, axis=0), np.nanmax(boxes, axis=0)
    return shapes.kind(wkb), (float(low[0]), float(low[1]), float(high[2]), float(high[3]))


def _with_shapes(
    table: pa.Table, wkb: np.ndarray[Any, Any], boxes: np.ndarray[Any, Any] | None, column: Column, bbox: BBox | None, geometry: str
) -> pa.Table:
    """Return the table with its shapes and their boxes, and what GeoParquet 1.1 wants to know of them."""
    assert boxes is not None
    sides = [pa.array(boxes[:, side], mask=np.isnan(boxes[:, side])) for side in range(4)]
    box = pa.StructArray.from_arrays(sides, names=["xmin", "ymin", "xmax", "ymax"])
    table = table.append_column(column.name, pa.array(wkb, pa.binary())).append_column("bbox", box)
    return table.replace_schema_metadata({"geo": json.dumps(geo_metadata(bbox))})


def geo_metadata(bbox: BBox | None) -> dict[str, Any]:
    """Return the `geo` metadata of GeoParquet 1.1 for our shapes and their boxes."""
    covering = {"bbox": {side: ["bbox", side] for side in ("xmin", "ymin", "xmax", "ymax")}}
    column: dict[str, Any] = {"encoding": "WKB", "geometry_types": [], "covering": covering, **({"bbox": list(bbox)} if bbox else {})}
    return {"version": "1.1.0", "primary_column": GEOMETRY, "columns": {GEOMETRY: column}}
