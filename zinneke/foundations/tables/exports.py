"""Downloads: the rows that match in every usual form, a few thousand at a time."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
import shapely

from zinneke.foundations import compute as pc
from zinneke.foundations.tables import geofiles, sheets
from zinneke.foundations.tables.frame import Array, Frame
from zinneke.foundations.tables.geoparquet import Shapes
from zinneke.foundations.tables.values import GEOMETRY, Form, Layout, Query, Version
from zinneke.foundations.territory.crs import code_of, transform
from zinneke.kernel.problem import wrong
from zinneke.kernel.spreadsheet import FORMULA, guard

MEDIA_TYPES: dict[Form, str] = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "jsonl": "application/x-ndjson",
    "geojson": "application/geo+json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "parquet": "application/vnd.apache.parquet",
    "gpkg": "application/geopackage+sqlite3",
    "shp": "application/zip",
    "fgb": "application/vnd.flatgeobuf",
    "kml": "application/vnd.google-earth.kml+xml",
    "gpx": "application/gpx+xml",
}
ENDINGS: dict[Form, str] = {form: form for form in MEDIA_TYPES} | {"shp": "zip"}
SHAPED = ("geojson", "gpkg", "shp", "fgb", "kml", "gpx")
"""Forms in which every row is a shape."""
MOVED: tuple[Form, ...] = ("geojson", "gpkg", "shp", "fgb")
"""Forms that may hold shapes in other systems than degrees."""
_STEADY = ("csv", "json", "jsonl", "geojson", "parquet")
"""Forms whose bytes are the same each time."""
_BATCH = 16_384
_POINT = np.dtype([("order", "u1"), ("kind", "<u4"), ("x", "<f8"), ("y", "<f8")])


def batches(frame: Frame, names: Sequence[str], found: Array | None, rows: Array | None) -> Iterator[pa.RecordBatch]:
    """Yield the chosen columns: of `rows` in their order when they are given, else of all rows that `found` marks, as they lie in the file."""
    if rows is not None:
        for start in range(0, len(rows), _BATCH):
            some = rows[start : start + _BATCH]
            yield pa.RecordBatch.from_arrays([frame.held(name).array(some) for name in names], names=list(names))
        return
    place = 0
    with pq.ParquetFile(frame.parquet) as file:
        for batch in file.iter_batches(batch_size=_BATCH, columns=list(names), use_threads=False):
            chosen = batch if found is None else batch.filter(pa.array(found[place : place + batch.num_rows]))
            place += batch.num_rows
            if chosen.num_rows:
                yield chosen.select(list(names))


@dataclass(frozen=True, slots=True)
class Parts:
    """The rows of a download: their columns, their number, the schema of the version, and how to go through them."""

    names: Sequence[str]
    count: int
    schema: pa.Schema
    read: Callable[[], Iterator[pa.RecordBatch]]


def check(form: str, version: Version, layout: Layout) -> None:
    """Refuse a form that does not exist, or that this version cannot take (`Problem` 400)."""
    if form not in MEDIA_TYPES:
        raise wrong(f"{str(form)[:20]!r} is no form of download. Use {', '.join(MEDIA_TYPES)}.", where="form")
    if form in SHAPED and not version.geometry:
        raise wrong(f"{version.dataset} has no shapes, so it cannot be {form}. Use csv, json, xlsx or parquet.", where="form")
    if form == "shp" and version.geometry == "mixed":
        raise wrong(f"{version.dataset} has shapes of several kinds, and a Shapefile holds one. Use gpkg or geojson.", where="form")
    if form == "gpx" and version.geometry not in ("point", "line"):
        raise wrong(f"{version.dataset} has areas, and GPX holds points and lines. Use kml or geojson.", where="form")
    if layout.crs != 4326 and form not in MOVED:
        raise wrong(f"{form} holds coordinates in EPSG:4326. Other systems are for {', '.join(MOVED)}.", where="crs")
    code_of(layout.crs)
    if len(layout.separator) != 1 or layout.separator in '"\r\n' or layout.separator == layout.decimal:
        raise wrong("Columns are parted by one sign: a comma, a semicolon, a tab or a bar, and not the one before decimals.", where="separator")


def etag_of(form: Form, version: Version, names: Sequence[str], query: Query, layout: Layout) -> str:
    """Return a tag that is the same only for the same bytes, "" for a form that is written anew each time."""
    if form not in _STEADY:
        return ""
    asked = (form, version.digest, tuple(names), query.where, query.order, query.bbox, query.zone, layout)
    return hashlib.sha256(repr(asked).encode()).hexdigest()[:32]


def write(form: Form, parts: Parts, version: Version, layout: Layout) -> Iterator[bytes]:
    """Return the rows as a file of a form, in chunks. Raises `Problem` 413 for more rows than it can hold."""
    if form == "xlsx":
        return sheets.write_xlsx(parts.read(), parts.names, parts.count)
    if form in ("gpkg", "shp", "fgb", "kml", "gpx"):
        return geofiles.write(form, _placed(parts.read(), layout.crs), schema_of(parts.schema, parts.names), version, layout.crs)
    if form == "csv":
        return write_csv(parts.read(), parts.names, layout)
    if form == "parquet":
        return write_parquet(parts.read(), schema_of(parts.schema, parts.names))
    if form == "geojson":
        return write_geojson(_placed(parts.read(), layout.crs), parts.names, layout.crs)
    return {"json": write_json, "jsonl": write_json_lines}[form](parts.read(), parts.names)


def _placed(parts: Iterator[pa.RecordBatch], crs: int) -> Iterator[pa.RecordBatch]:
    """Yield rows with their shapes in another system."""
    for part in parts:
        if crs == 4326:
            yield part
            continue
        shapes = shapely.from_wkb(np.array(part.column(GEOMETRY).to_pylist(), dtype=object))
        placed = shapely.transform(shapes, lambda pairs: np.column_stack(transform(pairs[:, 0], pairs[:, 1], 4326, crs)))
        placed[~np.isfinite(shapely.bounds(placed)).all(axis=1)] = None  # a pole lies nowhere in some systems
        column = pa.array(shapely.to_wkb(placed, output_dimension=2).tolist(), part.column(GEOMETRY).type)
        yield part.set_column(part.schema.get_field_index(GEOMETRY), part.schema.field(GEOMETRY), column)


def write_csv(parts: Iterator[pa.RecordBatch], names: Sequence[str], layout: Layout) -> Iterator[bytes]:
    """Yield CSV after RFC 4180. Text that a spreadsheet would run as a formula gets an apostrophe before it; times are UTC; shapes are WKT."""
    header = layout.separator.join(f'"{_doubled(guard(name))}"' for name in names) + "\r\n"
    yield (("\ufeff" if layout.bom else "") + header).encode()
    options = pacsv.WriteOptions(include_header=False, eol="\r\n", delimiter=layout.separator)
    for part in parts:
        columns = [_cells(part.column(name), layout.decimal) for name in names]
        sink = pa.BufferOutputStream()
        pacsv.write_csv(pa.table(columns, names=list(names)), sink, options)
        yield sink.getvalue().to_pybytes()


def _doubled(name: str) -> str:
    return name.replace('"', '""')


def _cells(column: pa.Array, decimal: str = ".") -> pa.Array:
    if pa.types.is_binary(column.type):
        if (points := _points(column)) is not None:
            return points
        return pa.array(shapely.to_wkt(shapely.from_wkb(np.array(column.to_pylist(), dtype=object)), rounding_precision=7), pa.string())
    if pa.types.is_timestamp(column.type):
        whole = pc.all(pc.equal(column.cast(pa.timestamp("s", "UTC"), safe=False).cast(column.type), column)).as_py()
        return pc.strftime(column.cast(pa.timestamp("s", "UTC"), safe=False) if whole else column, "%Y-%m-%dT%H:%M:%SZ")
    if pa.types.is_floating(column.type) and decimal != ".":
        return pc.replace_substring(column.cast(pa.string()), ".", decimal)
    return pc.replace_substring_regex(column, FORMULA, "'\\1") if pa.types.is_string(column.type) else column


def _points(column: pa.Array) -> pa.Array | None:
    """Return shapes as WKT when all of them are points that lie packed in memory, which needs no reading of shapes; else None."""
    _, offsets, data = column.buffers()
    starts = np.frombuffer(offsets, dtype=np.int32, count=len(column) + 1, offset=4 * column.offset)
    if column.null_count or not len(column) or not (np.diff(starts) == _POINT.itemsize).all():
        return None
    found = np.frombuffer(data, dtype=_POINT, count=len(column), offset=int(starts[0]))
    if not ((found["order"] == 1) & (found["kind"] == 1)).all():
        return None
    x, y = (pa.array(np.round(found[side], 7)).cast(pa.string()) for side in ("x", "y"))
    return pc.binary_join_element_wise(pc.binary_join_element_wise("POINT (", x, ""), pc.binary_join_element_wise(y, ")", ""), " ")


def write_json(parts: Iterator[pa.RecordBatch], names: Sequence[str]) -> Iterator[bytes]:
    """Yield a JSON array of objects; shapes are GeoJSON, times are UTC."""
    yield from _listed(b"[", parts, lambda part: _records(part, names), b"]\n")


def write_json_lines(parts: Iterator[pa.RecordBatch], names: Sequence[str]) -> Iterator[bytes]:
    """Yield one JSON object a line."""
    encoder = msgspec.json.Encoder()
    for part in parts:
        yield b"".join(encoder.encode(each) + b"\n" for each in _records(part, names))


def write_geojson(parts: Iterator[pa.RecordBatch], names: Sequence[str], crs: int = 4326) -> Iterator[bytes]:
    """Yield a GeoJSON FeatureCollection (RFC 7946); of another system than degrees with the name that GeoJSON had for it in 2008."""
    system = "" if crs == 4326 else f'"crs":{{"type":"name","properties":{{"name":"urn:ogc:def:crs:EPSG::{crs}"}}}},'

    def features(part: pa.RecordBatch) -> list[Any]:
        shapes = _geojson(part.column(GEOMETRY))
        properties = part.select([name for name in names if name != GEOMETRY]).to_pylist()
        return [{"type": "Feature", "geometry": shape, "properties": each} for shape, each in zip(shapes, properties, strict=True)]

    yield from _listed(f'{{"type":"FeatureCollection",{system}"features":['.encode(), parts, features, b"]}\n")


def _records(part: pa.RecordBatch, names: Sequence[str]) -> list[Any]:
    if GEOMETRY not in names:
        return part.to_pylist()
    shapes = _geojson(part.column(GEOMETRY))
    others = part.select([name for name in names if name != GEOMETRY]).to_pylist()
    return [{**each, GEOMETRY: shape} for shape, each in zip(shapes, others, strict=True)]


def plain(column: pa.Array) -> list[Any]:
    """Return the cells of a column as JSON has them; shapes are GeoJSON."""
    return _geojson(column) if pa.types.is_binary(column.type) else column.to_pylist()


def _geojson(column: pa.Array) -> list[msgspec.Raw | None]:
    texts = shapely.to_geojson(shapely.from_wkb(np.array(column.to_pylist(), dtype=object)))
    return [None if text is None else msgspec.Raw(text.encode()) for text in texts]


def _listed(start: bytes, parts: Iterator[pa.RecordBatch], told: Callable[[pa.RecordBatch], list[Any]], end: bytes) -> Iterator[bytes]:
    yield start
    comma = b"\n"
    encoder = msgspec.json.Encoder()
    for part in parts:
        yield comma + b",\n".join(encoder.encode(each) for each in told(part))
        comma = b",\n"
    yield b"\n" + end


class _Sink(io.RawIOBase):
    """Keeps what is written until it is taken away."""

    def __init__(self) -> None:
        self.kept: list[bytes] = []
        self.place = 0

    def writable(self) -> bool:
        return True

    def tell(self) -> int:
        return self.place

    def write(self, some: Any) -> int:
        self.kept.append(bytes(some))
        self.place += len(self.kept[-1])
        return len(self.kept[-1])

    def take(self) -> bytes:
        kept, self.kept = self.kept, []
        return b"".join(kept)


def write_parquet(parts: Iterator[pa.RecordBatch], schema: pa.Schema) -> Iterator[bytes]:
    """Yield a Parquet file, written anew so that it holds the chosen columns and nothing else; with shapes it is GeoParquet."""
    sink, shapes = _Sink(), Shapes(schema)
    with pq.ParquetWriter(pa.PythonFile(sink, mode="w"), shapes.schema, compression="zstd", store_schema=not shapes.shaped) as writer:
        for part in parts:
            writer.write_batch(shapes.add(part.cast(schema)))
            yield sink.take()
        writer.add_key_value_metadata(shapes.metadata())
    yield sink.take()


def schema_of(schema: pa.Schema, names: Sequence[str]) -> pa.Schema:
    """Return the schema of some columns of a version."""
    return pa.schema([schema.field(name) for name in names])
