"""JSON, JSON lines, GeoJSON and Parquet into raw cells: nested members get dotted names, shapes are taken apart from the cells."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import duckdb
import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from zinneke.foundations.tables.raw import MOST_COLUMNS, MOST_ROWS, Faults, Raw, clean_names
from zinneke.foundations.tables.shapes import Shape, shapes_of
from zinneke.foundations.tables.values import GEOMETRY, Spec, Type
from zinneke.kernel.problem import Problem, wrong

LARGEST_DOCUMENT = 200_000_000
"""Bytes of one JSON document, which is held in memory while it is read."""
_DEEPEST = 4
_SHAPES = frozenset({"Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon", "GeometryCollection"})
_KINDS: dict[type, frozenset[Type]] = {bool: frozenset({"boolean"}), int: frozenset({"integer", "decimal"}), float: frozenset({"decimal"})}
_TEXTS: frozenset[Type] = frozenset({"text", "date", "timestamp"})


class Feature(msgspec.Struct):
    """A feature of GeoJSON; its shape stays undecoded until it is read as one."""

    type: Any = "Feature"
    properties: msgspec.Raw = msgspec.Raw(b"null")
    geometry: msgspec.Raw = msgspec.Raw(b"null")
    id: str | int | float | None = None


class FeatureCollection(msgspec.Struct):
    """What a GeoJSON document should be."""

    type: str = ""
    features: list[Feature] | None = None
    crs: Any = None


class Cells:
    """Columns that grow as records bring members that were not seen before."""

    def __init__(self, faults: Faults) -> None:
        self.faults, self.rows = faults, 0
        self.columns: dict[str, list[str | None]] = {}
        self.kinds: dict[str, set[type]] = {}

    def add(self, record: dict[str, Any]) -> None:
        """Add a record as one row."""
        for name, value in _flat(record, "", 0):
            if value is None:
                continue
            cells = self.columns.get(name)
            if cells is None:
                if len(self.columns) >= MOST_COLUMNS:
                    raise Problem(
                        413,
                        "Too large",
                        f"{self.faults.name} has more than {MOST_COLUMNS:,} members.",
                        where=f"{self.faults.name}: row {self.rows + 1}",
                    )
                cells = self.columns[name] = []
                self.kinds[name] = set()
            if len(cells) < self.rows:
                cells.extend([None] * (self.rows - len(cells)))
            self.kinds[name].add(type(value))
            cells.append(value if isinstance(value, str) else str(value).lower() if isinstance(value, bool) else _written(value))
        self.rows += 1
        if self.rows > MOST_ROWS:
            raise Problem(413, "Too large", f"{self.faults.name} has more than {MOST_ROWS:,} rows.", where=self.faults.name)

    def raw(self, connection: duckdb.DuckDBPyConnection, shapes: Any = None) -> Raw:
        """Return what was added as raw cells."""
        if not self.rows:
            raise wrong(f"{self.faults.name} holds no record.", where=self.faults.name)
        given = list(self.columns)
        arrays = []
        for cells in self.columns.values():
            cells.extend([None] * (self.rows - len(cells)))
            arrays.append(pa.array([None if cell == "" else cell for cell in cells], pa.string()))
        if not arrays:
            given, arrays = ["id"], [pa.array([str(number) for number in range(1, self.rows + 1)], pa.string())]
            self.kinds["id"] = {int}
        table = pa.table(arrays, names=[f"c{number}" for number in range(len(given))])
        allowed = [_allowed(self.kinds[name]) for name in given]
        return raw_from_arrow(table, clean_names(given, self.faults), allowed, self.faults, connection, shapes)


def raw_from_arrow(
    table: pa.Table, names: list[str], allowed: Sequence[frozenset[Type] | None], faults: Faults, connection: duckdb.DuckDBPyConnection, shapes: Any
) -> Raw:
    """Return an Arrow table of texts as raw cells."""
    connection.register("given", table)
    connection.execute("CREATE TABLE raw AS SELECT * FROM given")
    connection.unregister("given")
    return Raw(connection, names, faults, table.num_rows, allowed, 1, (), shapes)


def _marked(value: Any) -> Iterator[str]:
    """Yield what is to be told of objects in a value that gave members more than once."""
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, _Twice):
            yield each.told
        if isinstance(each, dict | list):
            waiting += each.values() if isinstance(each, dict) else each


def _written(value: Any) -> str:
    return repr(value) if isinstance(value, int | float) else json.dumps(value, ensure_ascii=False)


def _allowed(kinds: set[type]) -> frozenset[Type] | None:
    if kinds <= {int, float}:
        return _KINDS[float] if float in kinds else _KINDS[int]
    if kinds == {bool}:
        return _KINDS[bool]
    return _TEXTS if kinds <= {str, dict, list} else None


def _flat(record: dict[str, Any], prefix: str, depth: int) -> Iterator[tuple[str, Any]]:
    for key, value in record.items():
        if isinstance(value, dict) and value and depth < _DEEPEST:
            yield from _flat(value, f"{prefix}{key}.", depth + 1)
        else:
            yield f"{prefix}{key}", value


class _Twice(dict[str, Any]):
    """An object of a whole document that gave members more than once: which of its rows it belongs to is known only at the end."""

    told = ""


def _decoder(faults: Faults, place: list[str]) -> json.JSONDecoder:
    """Return a decoder that notes members given twice (the last counts) and numbers that are none; without a place yet, it marks the object."""

    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            twice = sorted({key for key, _ in pairs if sum(key == each for each, _ in pairs) > 1})
            told = f"the member {', '.join(twice)} is given more than once; the last one was taken"
            if not place:
                found = _Twice(found)
                found.told = told
            else:
                faults.note(place[0], told)
        return found

    def constant(word: str) -> None:
        faults.note(place[0] if place else "", f"{word} is no number in JSON; the cell was left empty")

    return json.JSONDecoder(object_pairs_hook=members, parse_constant=constant)


def read_json(path: Path, spec: Spec, faults: Faults, connection: duckdb.DuckDBPyConnection) -> Raw:
    """Read a JSON document: a list of records, or a document that holds one (at `spec.records`, else the longest list in it)."""
    text = _text(path, faults)
    try:
        document = _decoder(faults, []).decode(text)
    except (ValueError, RecursionError) as reason:
        raise _broken(faults.name, "JSON", text, reason) from reason
    records = _walk(document, spec.records, faults.name) if spec.records else _longest(document)
    marked = [(f"row {number}", told) for number, record in enumerate(records if isinstance(records, list) else [], 1) for told in _marked(record)]
    for where, told in marked or [("", told) for told in _marked(document)]:
        faults.note(where, told)
    return _records(records, spec, faults, connection)


def read_json_lines(path: Path, spec: Spec, faults: Faults, connection: duckdb.DuckDBPyConnection) -> Raw:
    """Read one JSON record a line; a line that is none is set aside."""
    place, records, aside = [""], [], []
    decoder = _decoder(faults, place)
    with path.open(encoding="utf-8-sig") as file:
        for number, line in enumerate(file, 1):
            place[0] = f"row {number}"
            if not line.strip():
                continue
            try:
                records.append(decoder.decode(line))
            except (ValueError, RecursionError) as reason:
                aside.append(number)
                faults.note(f"row {number}", f"is not JSON: {_told(reason)}; the row was set aside")
    raw = _records(records, spec, faults, connection)
    raw.set_aside_lines = sorted({*aside, *raw.set_aside_lines})
    return raw


def _records(records: Any, spec: Spec, faults: Faults, connection: duckdb.DuckDBPyConnection) -> Raw:
    if not isinstance(records, list):
        raise wrong(f"{faults.name} holds no list of records; say where it is with `records`, as in result.records.", where=faults.name)
    cells, shapes, aside = Cells(faults), [], []
    for number, record in enumerate(records, 1):
        if not isinstance(record, dict):
            aside.append(number)
            faults.note(f"row {number}", f"is no record but {str(record)[:60]!r}; the row was set aside")
            continue
        if len(record) < 12 and isinstance(record.get("fields"), dict):
            record = {**record.pop("fields"), **record}
        shape = next((key for key, value in record.items() if isinstance(value, dict) and value.get("type") in _SHAPES), "") if spec.geometry else ""
        shapes.append(json.dumps(record.pop(shape)).encode() if shape else b"null")
        cells.add(record)
    found = (
        shapes_of((Shape(f"row {number}", raw) for number, raw in enumerate(shapes, 1)), len(shapes), faults, "")
        if any(s != b"null" for s in shapes)
        else None
    )
    raw = cells.raw(connection, found)
    raw.set_aside_lines = aside
    return raw


def read_geojson(path: Path, spec: Spec, faults: Faults, connection: duckdb.DuckDBPyConnection) -> Raw:
    """Read a GeoJSON FeatureCollection; a shape that is none leaves its row without shape."""
    text = _text(path, faults)
    try:
        document = msgspec.json.decode(text, type=FeatureCollection)
    except (msgspec.DecodeError, RecursionError) as reason:
        raise _broken(faults.name, "GeoJSON", text, reason) from reason
    if document.features is None:
        raise wrong(f"{faults.name} is no FeatureCollection but {document.type[:40]!r}.", where=faults.name)
    place, cells = [""], Cells(faults)
    decoder = _decoder(faults, place)
    for number, feature in enumerate(document.features, 1):
        place[0] = f"row {number}"
        if feature.type != "Feature":
            faults.note(place[0], f"is no Feature but {str(feature.type)[:40]!r}; what it holds was read as one")
        try:
            properties = decoder.decode(bytes(feature.properties).decode())
        except (ValueError, RecursionError):
            properties = None
            faults.note(place[0], "its properties cannot be read: they are nested too deep or hold an endless number; they were left out")
        record = properties if isinstance(properties, dict) else {}
        cells.add(record if feature.id is None or "id" in record else {"id": feature.id, **record})
    shapes = (Shape(f"row {number}", bytes(feature.geometry)) for number, feature in enumerate(document.features, 1))
    crs = _crs(document.crs) or spec.crs
    return cells.raw(connection, shapes_of(shapes, len(document.features), faults, crs) if spec.geometry else None)


def read_parquet(path: Path, spec: Spec, faults: Faults, connection: duckdb.DuckDBPyConnection) -> Raw:
    """Read a Parquet or GeoParquet file; its types are kept where they are types of ours."""
    try:
        file = pq.ParquetFile(path)
        if file.metadata.num_rows > MOST_ROWS or sum(file.metadata.row_group(each).total_byte_size for each in range(file.num_row_groups)) > 4e9:
            raise Problem(413, "Too large", f"{faults.name} has {file.metadata.num_rows:,} rows; at most {MOST_ROWS:,} are taken.", where=faults.name)
        table = file.read()
    except (pa.ArrowException, OSError) as reason:
        raise wrong(f"{faults.name} is not Parquet: {str(reason)[:200]}", where=faults.name) from reason
    geo = json.loads((table.schema.metadata or {}).get(b"geo", b"{}"))
    shape = geo.get("primary_column", GEOMETRY)
    shapes = None
    if spec.geometry and shape in table.column_names and pa.types.is_binary(table.schema.field(shape).type):
        shapes = np.array(table[shape].to_pylist(), dtype=object)
    table = table.select([field.name for field in table.schema if field.name not in (shape, "bbox") and not pa.types.is_nested(field.type)])
    if not table.num_columns:
        raise wrong(f"{faults.name} has no column that can be read.", where=faults.name)
    allowed = [_arrow_kind(field.type) for field in table.schema]
    arrays = [_as_text(column) for column in table.columns]
    texts = pa.table(arrays, names=[f"c{number}" for number in range(len(arrays))])
    return raw_from_arrow(texts, clean_names(table.column_names, faults), allowed, faults, connection, shapes)


def _as_text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    if pa.types.is_timestamp(column.type):
        column = column.cast(pa.timestamp("us", "UTC" if column.type.tz else None), safe=False)
    return column.cast(pa.string())


def _arrow_kind(kind: pa.DataType) -> frozenset[Type]:
    if pa.types.is_boolean(kind):
        return frozenset({"boolean"})
    if pa.types.is_integer(kind):
        return frozenset({"integer"})
    if pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return frozenset({"decimal"})
    if pa.types.is_date(kind):
        return frozenset({"date"})
    return frozenset({"timestamp"}) if pa.types.is_timestamp(kind) else frozenset({"text"})


def _text(path: Path, faults: Faults) -> str:
    if (size := path.stat().st_size) > LARGEST_DOCUMENT:
        raise Problem(
            413, "Too large", f"{faults.name} is one document of {size:,} bytes; at most {LARGEST_DOCUMENT:,} are taken.", where=faults.name
        )
    return path.read_text("utf-8-sig")


def _told(reason: Exception) -> str:
    return "it is nested too deep" if isinstance(reason, RecursionError) else str(reason)


def _broken(name: str, form: str, text: str, reason: Exception) -> Problem:
    """Say at which byte a document stops being one."""
    try:
        json.loads(text)
    except json.JSONDecodeError as place:
        byte = len(text[: place.pos].encode())
        told = f"{name} is not {form}: it breaks off or goes wrong at line {place.lineno}, column {place.colno} ({place.msg.lower()})"
        return wrong(f"{told}. Nothing was stored; send it again, whole.", where=f"{name}: byte {byte}")
    except (ValueError, RecursionError):
        pass
    return wrong(f"{name} is not {form}: {_told(reason)}. Nothing was stored.", where=name)


def _crs(member: Any) -> str:
    name = str(member.get("properties", {}).get("name", "")) if isinstance(member, dict) and isinstance(member.get("properties"), dict) else ""
    code = name.rpartition(":")[2]
    return "" if not name or code in ("CRS84", "4326") else f"EPSG:{code}"


def _walk(document: Any, path: str, name: str) -> Any:
    for part in path.split("."):
        if not isinstance(document, dict) or part not in document:
            raise wrong(f"{name} has no member {part[:60]!r} on the way to {path[:200]!r}.", where="records")
        document = document[part]
    return document


def _longest(document: Any) -> Any:
    """Return the longest list of records within the first three levels, the document itself when it is a list."""
    found: list[list[Any]] = []
    level: Iterable[Any] = [document]
    for _ in range(3):
        level = list(islice(level, 10_000))
        found += [each for each in level if isinstance(each, list) and each and isinstance(each[0], dict)]
        level = [value for each in level if isinstance(each, dict) for value in each.values()]
    if isinstance(document, dict) and not found:
        return [document]
    return document if isinstance(document, list) else max(found, key=len, default=None)
