"""GeoParquet 1.1: shapes with the boxes around them in a column of their own, so that readers skip what lies elsewhere."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pyarrow as pa
import shapely

from zinneke.foundations.tables.frame import Array
from zinneke.foundations.tables.values import GEOMETRY

_SIDES = ("xmin", "ymin", "xmax", "ymax")
_BOX = pa.field("bbox", pa.struct([(side, pa.float64()) for side in _SIDES]))
_KINDS = {0: "Point", 1: "LineString", 3: "Polygon", 4: "MultiPoint", 5: "MultiLineString", 6: "MultiPolygon", 7: "GeometryCollection"}


class Shapes:
    """What is learnt of the shapes while they are written, which the end of the file tells."""

    def __init__(self, schema: pa.Schema) -> None:
        self.shaped = GEOMETRY in schema.names
        self.covered = self.shaped and "bbox" not in schema.names
        self.schema = schema.append(_BOX) if self.covered else schema
        self.kinds: set[int] = set()
        self.around = np.array([np.inf, np.inf, -np.inf, -np.inf])

    def add(self, part: pa.RecordBatch) -> pa.RecordBatch:
        """Return rows with the boxes of their shapes, of which kinds and box are noted."""
        if not self.shaped:
            return part
        shapes = shapely.from_wkb(np.array(part.column(GEOMETRY).to_pylist(), dtype=object))
        boxes: Array = shapely.bounds(shapes)
        self.kinds |= set(shapely.get_type_id(shapes[~shapely.is_missing(shapes)]).tolist())
        found = boxes[~np.isnan(boxes[:, 0])]
        if len(found):
            self.around[:2] = np.minimum(self.around[:2], found[:, :2].min(axis=0))
            self.around[2:] = np.maximum(self.around[2:], found[:, 2:].max(axis=0))
        if not self.covered:
            return part
        sides = [pa.array(boxes[:, side], mask=np.isnan(boxes[:, side])) for side in range(4)]
        return pa.RecordBatch.from_arrays([*part.columns, pa.StructArray.from_arrays(sides, names=_SIDES)], schema=self.schema)

    def metadata(self) -> dict[str, str]:
        """Return what GeoParquet wants to know of the shapes; without a `crs` they are in degrees, longitude first."""
        if not self.shaped:
            return {}
        column: dict[str, Any] = {"encoding": "WKB", "geometry_types": [_KINDS[kind] for kind in sorted(self.kinds) if kind in _KINDS]}
        if np.isfinite(self.around).all():
            column["bbox"] = self.around.tolist()
        if self.covered:
            column["covering"] = {"bbox": {side: ["bbox", side] for side in _SIDES}}
        return {"geo": json.dumps({"version": "1.1.0", "primary_column": GEOMETRY, "columns": {GEOMETRY: column}})}
