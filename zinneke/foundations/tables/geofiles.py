"""Downloads for geographic programs: GeoPackage, Shapefile, FlatGeobuf, KML and GPX, written by GDAL from one batch after the other."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa

from zinneke.foundations import compute as pc
from zinneke.foundations.tables.values import GEOMETRY, Version
from zinneke.kernel.problem import wrong

_CHUNK = 1 << 18
_DRIVERS: dict[str, tuple[str, dict[str, str]]] = {
    "gpkg": ("GPKG", {}),
    "shp": ("ESRI Shapefile", {"ENCODING": "UTF-8"}),
    "fgb": ("FlatGeobuf", {"SPATIAL_INDEX": "NO"}),
    "kml": ("KML", {}),
    "gpx": ("GPX", {}),
}
_KINDS = {"point": "Point", "line": "MultiLineString", "polygon": "MultiPolygon"}
_GPX = ("ele", "time", "name", "cmt", "desc", "src", "url", "sym", "type")
"""Columns for which GPX has elements; others go into its extensions."""


def write(form: str, parts: Iterator[pa.RecordBatch], schema: pa.Schema, version: Version, crs: int = 4326) -> Iterator[bytes]:
    """Yield a file for geographic programs. Rows without a shape are left out of Shapefile, KML and GPX, which cannot hold them."""
    import pyogrio

    driver, options = _DRIVERS[form]
    kind = _KINDS.get(version.geometry, "Unknown")
    told: dict[str, Any] = {"GPX_USE_EXTENSIONS": "YES"} if form == "gpx" else {}
    whole = form in ("gpkg", "fgb")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{version.dataset}.{form}"
        reader = pa.RecordBatchReader.from_batches(_plain(schema), (_shaped(part, schema, whole) for part in parts))
        try:
            pyogrio.raw.write_arrow(
                reader,
                str(path),
                layer=_layer(form, version),
                driver=driver,
                geometry_name=GEOMETRY,
                geometry_type="Unknown" if form != "shp" and kind != "Point" else kind,
                crs=f"EPSG:{crs}",
                layer_options=options,
                dataset_options=told,
            )
        except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, pyogrio.errors.FeatureError, RuntimeError) as reason:
            raise wrong(f"{form} cannot hold these rows: {str(reason)[:150]}. Use geojson, gpkg or parquet.", where="form") from reason
        made = _zipped(Path(folder)) if form == "shp" else path
        with made.open("rb") as file:
            while chunk := file.read(_CHUNK):
                yield chunk


def _layer(form: str, version: Version) -> str:
    return ("waypoints" if version.geometry == "point" else "tracks") if form == "gpx" else version.dataset


def _plain(schema: pa.Schema) -> pa.Schema:
    """Return the schema as GDAL takes it, the shapes marked as such."""
    fields = [field.with_type(pa.timestamp("ms", "UTC")) if pa.types.is_timestamp(field.type) else field for field in schema]
    marked = {"ARROW:extension:name": "geoarrow.wkb"}
    return pa.schema([field.with_metadata(marked) if field.name == GEOMETRY else field for field in fields])


def _shaped(part: pa.RecordBatch, schema: pa.Schema, whole: bool) -> pa.RecordBatch:
    chosen = part.select(schema.names)
    if not whole:
        chosen = chosen.filter(pc.is_valid(chosen.column(GEOMETRY)))
    target = _plain(schema)
    return pa.RecordBatch.from_arrays([chosen.column(field.name).cast(field.type, safe=False) for field in target], schema=target)


def _zipped(folder: Path) -> Path:
    made = folder / "made.zip"
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.iterdir()):
            if path != made:
                archive.write(path, path.name)
    return made
