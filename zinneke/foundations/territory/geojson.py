"""Reading GeoJSON (RFC 7946) that may be broken, hostile or huge: feature by feature, within bounds, with a place for each fault."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
from typing import Any

import msgspec
import numpy as np
import shapely
from numpy.typing import NDArray

from zinneke.foundations.territory import crs
from zinneke.kernel.load import Fault
from zinneke.kernel.problem import Problem

MAX_BYTES = 400_000_000
MAX_FEATURES = 2_000_000
MAX_COORDINATES = 20_000_000

_DEPTHS = {"Point": 0, "MultiPoint": 1, "LineString": 1, "MultiLineString": 2, "Polygon": 2, "MultiPolygon": 3}


class _Collection(msgspec.Struct):
    type: str
    features: list[msgspec.Raw] = []
    crs: Any = None


class _Feature(msgspec.Struct):
    geometry: dict[str, Any] | None = None
    properties: dict[str, Any] | None = None
    id: str | int | float | None = None
    type: str = ""


_collections = msgspec.json.Decoder(_Collection)
_features = msgspec.json.Decoder(_Feature)


def unpacked(data: bytes, limit: int = MAX_BYTES) -> bytes | Fault:
    """Return the content of a gzip file, or the bytes as they are; a fault where it is broken or swells beyond `limit` bytes."""
    if data[:2] != b"\x1f\x8b":
        return data if len(data) <= limit else Fault("file", f"the file has {len(data):,} bytes; {limit:,} is the most that is read.")
    out, rest = bytearray(), data
    try:
        while rest:
            opened = zlib.decompressobj(31)
            out += opened.decompress(rest, limit + 1 - len(out))
            if len(out) > limit:
                return Fault("file", f"the compressed file swells beyond {limit:,} bytes, so it was not opened.")
            if not opened.eof:
                return Fault(f"byte {len(data)}", "the compressed file stops before its end. Fetch it again.")
            rest = opened.unused_data.lstrip(b"\0")
    except zlib.error as fault:
        return Fault("file", f"the compressed file is damaged ({fault}). Fetch it again.")
    return bytes(out)


def read_geojson(
    data: bytes, max_features: int = MAX_FEATURES, max_coordinates: int = MAX_COORDINATES, max_bytes: int = MAX_BYTES
) -> Iterator[tuple[int, dict[str, Any], Any]]:
    """Yield (index, properties, geometry or Fault) for each feature of a FeatureCollection, or of one Feature; gzip is opened.

    The geometry is shapely's, in degrees (an old `crs` member of a known system is transformed), and None where the
    feature has none; it may be invalid: see `repaired`. A feature's `id` is in its properties as `@id`. A fault of the
    whole file comes with index -1 and ends the reading, and so does the feature that goes beyond a limit.
    """
    opened = _opened(data, max_bytes)
    if isinstance(opened, Fault):
        yield -1, {}, opened
        return
    features, code = opened
    left = max_coordinates
    for index, raw in enumerate(features):
        if index >= max_features:
            yield index, {}, Fault(f"feature {index}", f"there are {len(features):,} features; the first {max_features:,} were read.")
            return
        if left <= 0:
            yield index, {}, Fault(f"feature {index}", f"the file has more than {max_coordinates:,} coordinates; reading stopped here.")
            return
        properties, geometry, used = _feature(raw, index, left, code)
        left -= used
        yield index, properties, geometry


def _broken_off(plain: bytes) -> Fault:
    """Say at which byte a text stops being JSON."""
    text = plain.decode()
    if not text.strip():
        return Fault("file", "the file is empty. Fetch it again.")
    try:
        json.loads(text)
    except (ValueError, RecursionError) as place:  # a number of thousands of digits, too
        if isinstance(place, json.JSONDecodeError):
            byte = len(text[: place.pos].encode())
            return Fault(f"byte {byte}", f"this is not GeoJSON: it breaks off or goes wrong here ({place.msg.lower()}). Fetch the file again, whole.")
    return Fault("file", "this is not GeoJSON that can be read.")


def _opened(data: bytes, limit: int) -> tuple[list[msgspec.Raw], int] | Fault:
    """Return the features still encoded, and the coordinate system; or the fault of the file."""
    plain = unpacked(data, limit)
    if isinstance(plain, Fault):
        return plain
    plain = plain.removeprefix(b"\xef\xbb\xbf")
    try:
        plain.decode()
        held = _collections.decode(plain)
    except UnicodeDecodeError as fault:
        return Fault(f"byte {fault.start}", "the text is not UTF-8. Save the file as UTF-8.")
    except RecursionError:
        return Fault("file", "the JSON is nested too deep to be GeoJSON.")
    except msgspec.ValidationError as fault:
        return Fault("file", f"this is not GeoJSON: {fault}.")
    except msgspec.DecodeError:
        return _broken_off(plain)
    try:
        code = crs.code_of(held.crs["properties"]["name"]) if held.crs else 4326
    except (Problem, KeyError, TypeError) as fault:
        return Fault("crs", str(fault) if isinstance(fault, Problem) else "the crs member cannot be read.")
    if held.type == "Feature":
        return [msgspec.Raw(plain)], code
    if held.type != "FeatureCollection":
        return Fault("file", f"a GeoJSON file is a FeatureCollection; this one says it is {held.type[:40]!r}.")
    return held.features, code


def _feature(raw: msgspec.Raw, index: int, left: int, code: int) -> tuple[dict[str, Any], Any, int]:
    where = f"feature {index}"
    try:
        feature = _features.decode(raw)
    except (msgspec.DecodeError, RecursionError) as fault:
        return {}, Fault(where, f"it cannot be read: {fault}."), 0
    properties = feature.properties or {}
    if feature.id is not None:
        properties["@id"] = feature.id
    if feature.type != "Feature":
        return properties, Fault(where, f"its type is {feature.type[:40]!r}, not 'Feature'."), 0
    if feature.geometry is None:
        return properties, None, 0
    try:
        shape = shape_of(feature.geometry, left)
    except ValueError as fault:
        return properties, Fault(where, f"{fault}"), 0
    if code != 4326:
        shape = shapely.transform(shape, lambda pairs: np.column_stack(crs.transform(pairs[:, 0], pairs[:, 1], code, 4326)))
    return properties, shape, int(shapely.get_num_coordinates(shape))


def shape_of(geometry: dict[str, Any], limit: int = MAX_COORDINATES) -> Any:
    """Return a GeoJSON geometry as shapely has it, height dropped. Raises ValueError with a sentence that says what is wrong."""
    kind = geometry.get("type")
    if kind == "GeometryCollection":
        parts = geometry.get("geometries")
        if not isinstance(parts, list) or any(not isinstance(part, dict) or part.get("type") == "GeometryCollection" for part in parts):
            raise ValueError("a GeometryCollection needs a list of plain geometries.")
        return shapely.geometrycollections([shape_of(part, limit) for part in parts])
    if not isinstance(kind, str) or kind not in _DEPTHS:
        raise ValueError(f"{str(kind)[:40]!r} is not a type of geometry.")
    try:
        return _built(kind, geometry.get("coordinates"), limit)
    except (shapely.errors.ShapelyError, TypeError) as fault:
        raise ValueError(f"its coordinates do not make a {kind}: {fault}.") from None


def _built(kind: str, coordinates: Any, limit: int) -> Any:
    if not isinstance(coordinates, list):
        raise ValueError(f"a {kind} needs a list of coordinates.")
    if kind == "Point":
        return shapely.points(_pairs([coordinates], limit)[0])
    if kind == "MultiPoint":
        return shapely.multipoints(shapely.points(_pairs(coordinates, limit)))
    if kind == "LineString":
        return shapely.linestrings(_pairs(coordinates, limit))
    if kind == "MultiLineString":
        return shapely.multilinestrings([shapely.linestrings(_pairs(line, limit)) for line in coordinates])
    if kind == "Polygon":
        return _polygon(coordinates, limit)
    return shapely.multipolygons([_polygon(rings, limit) for rings in coordinates])


def _polygon(rings: Any, limit: int) -> Any:
    if not isinstance(rings, list) or not rings:
        raise ValueError("a polygon needs at least one ring.")
    made = [shapely.linearrings(_pairs(ring, limit)) for ring in rings]
    return shapely.polygons(made[0], made[1:] or None)


def _pairs(positions: Any, limit: int) -> NDArray[np.float64]:
    """Return a list of positions as numbers, two columns. Raises ValueError."""
    if not isinstance(positions, list) or not positions:
        raise ValueError("a line or ring has no coordinates.")
    if len(positions) > limit:
        raise ValueError(f"it has {len(positions):,} coordinates in one line, more than may be read.")
    try:
        pairs = np.array(positions)
    except ValueError:
        pairs = np.array(["?"])
    if pairs.dtype.kind not in "iuf" or pairs.ndim != 2 or pairs.shape[1] not in (2, 3, 4):
        raise ValueError(f"coordinate {_first_bad(positions)}.")
    if not np.isfinite(pairs).all():
        raise ValueError("a coordinate is not a finite number.")
    return np.ascontiguousarray(pairs[:, :2], np.float64)


def _first_bad(positions: list[Any]) -> str:
    for at, position in enumerate(positions):
        if not isinstance(position, list) or not 2 <= len(position) <= 4 or not all(type(each) in (int, float) for each in position):
            return f"{at} is {str(position)[:60]}, not a pair of numbers"
    return "positions differ in their number of values"


def repaired(shape: Any) -> tuple[Any, str]:
    """Return a valid geometry and, where something had to be repaired, a sentence that says what."""
    if shapely.get_dimensions(shape) < 2 or shapely.is_valid(shape):
        return shape, ""
    reason = str(shapely.is_valid_reason(shape))
    whole = shapely.make_valid(shape)
    if whole.geom_type == "GeometryCollection":
        whole = shapely.union_all([part for part in whole.geoms if shapely.get_dimensions(part) == 2])
    return whole, f"the outline was invalid ({reason}) and was repaired; check it against its source."
