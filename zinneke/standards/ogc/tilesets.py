"""Vector tiles after OGC API Tiles: the tile matrix set of the usual web maps, what a tileset holds, and the tiles themselves."""

from __future__ import annotations

import math
from typing import Any

from zinneke.foundations.tables import store as tables
from zinneke.foundations.tables.values import Version
from zinneke.foundations.territory.tiles import tile_at
from zinneke.kernel.freshness import unchanged
from zinneke.kernel.problem import not_found
from zinneke.kernel.route import Call, Reply
from zinneke.standards.ogc import collections
from zinneke.standards.ogc.answers import JSON, MATRIX_SET, MVT, ROOT, TILEJSON, Link, encode, form_of, itself, reply
from zinneke.standards.ogc.asks import AskCollection, AskForm, AskMatrixSet, AskTile, AskTileset
from zinneke.standards.ogc.systems import CRS84

_URI = "http://www.opengis.net/def/tilematrixset/OGC/1.0/WebMercatorQuad"
_CRS = "http://www.opengis.net/def/crs/EPSG/0/3857"
_SIDE = 20_037_508.342789244
_SCALE = 559_082_264.028717
_ZOOMS = range(23)
_KINDS = {"integer": "integer", "decimal": "number", "boolean": "boolean"}
_DIMENSIONS = {"point": 0, "line": 1, "polygon": 2}
_SCHEME = "http://www.opengis.net/def/rel/ogc/1.0/tiling-scheme"


def _demand(matrix_set: str) -> None:
    if matrix_set != MATRIX_SET:
        raise not_found("tile matrix set", matrix_set[:60])


def _shaped(call: Call[Any], collection: str) -> Version:
    if "." in collection:
        raise not_found("collection with tiles", collection)
    version = collections.get_version(call.actor, collection)
    if not version.geometry:
        raise not_found("collection with tiles", collection)
    return version


def list_matrix_sets(call: Call[AskForm]) -> Reply:
    """List the tile matrix sets in which tiles are cut: the one of the usual web maps."""
    here = f"{ROOT}/tileMatrixSets"
    own = {"id": MATRIX_SET, "title": MATRIX_SET, "uri": _URI, "crs": _CRS, "links": [Link(f"{call.base}{here}/{MATRIX_SET}", "self", JSON)]}
    return reply(call, {"tileMatrixSets": [own], "links": itself(call, here)}, "Tile matrix sets")


def get_matrix_set(call: Call[AskMatrixSet]) -> Reply:
    """Describe a tile matrix set: scale, size of a cell and number of tiles at each zoom."""
    _demand(call.ask.matrix_set)
    matrices = [
        {
            "id": str(z),
            "scaleDenominator": _SCALE / 2**z,
            "cellSize": 2 * _SIDE / 256 / 2**z,
            "cornerOfOrigin": "topLeft",
            "pointOfOrigin": [-_SIDE, _SIDE],
            "tileWidth": 256,
            "tileHeight": 256,
            "matrixWidth": 2**z,
            "matrixHeight": 2**z,
        }
        for z in _ZOOMS
    ]
    document = {"id": MATRIX_SET, "title": MATRIX_SET, "uri": _URI, "crs": _CRS, "orderedAxes": ["E", "N"], "wellKnownScaleSet": _WKSS}
    return reply(call, {**document, "tileMatrices": matrices, "links": itself(call, f"{ROOT}/tileMatrixSets/{MATRIX_SET}")}, MATRIX_SET)


_WKSS = "http://www.opengis.net/def/wkss/OGC/1.0/GoogleMapsCompatible"


def list_tilesets(call: Call[AskCollection]) -> Reply:
    """List the tilesets of a collection."""
    _shaped(call, call.ask.collection)
    here = f"{ROOT}/collections/{call.ask.collection}/tiles"
    links = [
        Link(f"{call.base}{here}/{MATRIX_SET}", "self", JSON),
        Link(f"{call.base}{ROOT}/tileMatrixSets/{MATRIX_SET}", _SCHEME, JSON),
        Link(f"{call.base}{here}/{MATRIX_SET}/{{tileMatrix}}/{{tileRow}}/{{tileCol}}", "item", MVT, templated=True),
    ]
    entry = {"title": MATRIX_SET, "dataType": "vector", "crs": _CRS, "tileMatrixSetURI": _URI, "links": links}
    return reply(call, {"links": itself(call, here), "tilesets": [entry]}, f"{call.ask.collection}: tiles")


def get_tileset(call: Call[AskTileset]) -> Reply:
    """Describe a tileset: its box, the tiles that it has at each zoom and the properties in them; `f=tilejson` gives a TileJSON."""
    _demand(call.ask.matrix_set)
    collection = call.ask.collection
    version = _shaped(call, collection)
    title = collections.title_of(call, version.dataset)
    here = f"{ROOT}/collections/{collection}/tiles/{MATRIX_SET}"
    if form_of(call, ("json", "html", "tilejson")) == "tilejson":
        return Reply(encode(_tilejson(call, version, title, here)), 200, TILEJSON)
    links = [
        *itself(call, here),
        Link(f"{call.base}{here}?f=tilejson", "describedby", TILEJSON, "TileJSON"),
        Link(f"{call.base}{ROOT}/tileMatrixSets/{MATRIX_SET}", _SCHEME, JSON),
        Link(f"{call.base}{here}/{{tileMatrix}}/{{tileRow}}/{{tileCol}}", "item", MVT, templated=True),
    ]
    properties = {column.name: {"type": _KINDS.get(column.type, "string")} for column in version.columns if column.type != "geometry"}
    layer: dict[str, Any] = {"id": version.dataset, "dataType": "vector", "propertiesSchema": {"type": "object", "properties": properties}}
    if version.geometry in _DIMENSIONS:
        layer["geometryDimension"] = _DIMENSIONS[version.geometry]
    document: dict[str, Any] = {"title": title, "dataType": "vector", "crs": _CRS, "tileMatrixSetURI": _URI, "layers": [layer], "links": links}
    if version.bbox:
        west, south, east, north = version.bbox
        document["boundingBox"] = {"lowerLeft": [west, south], "upperRight": [east, north], "crs": CRS84}
        document["tileMatrixSetLimits"] = [_limits(version.bbox, z) for z in _ZOOMS]
    return reply(call, document, title)


def _limits(box: tuple[float, float, float, float], z: int) -> dict[str, Any]:
    low, top = tile_at(box[0], box[3], z)
    high, bottom = tile_at(box[2], box[1], z)
    return {"tileMatrix": str(z), "minTileRow": top, "maxTileRow": bottom, "minTileCol": low, "maxTileCol": high}


def _tilejson(call: Call[Any], version: Version, title: str, here: str) -> dict[str, Any]:
    fields = {
        column.name: _KINDS.get(column.type, "string").title().replace("Integer", "Number") for column in version.columns if column.type != "geometry"
    }
    west, south, east, north = version.bbox or (-180.0, -85.0, 180.0, 85.0)
    return {
        "tilejson": "3.0.0",
        "name": title,
        "attribution": version.source,
        "version": f"{version.number}.0.0",
        "scheme": "xyz",
        "tiles": [f"{call.base}{here}/{{z}}/{{y}}/{{x}}"],
        "minzoom": 0,
        "maxzoom": 15,
        "bounds": [west, south, east, north],
        "center": [(west + east) / 2, (south + north) / 2, _fitting(east - west)],
        "vector_layers": [{"id": version.dataset, "fields": fields, "minzoom": 0, "maxzoom": 15}],
    }


def _fitting(wide: float) -> int:
    return max(0, min(14, int(math.log2(360 / wide)))) if wide > 0 else 14


def get_tile(call: Call[AskTile]) -> Reply:
    """Give one vector tile with a strong entity tag; 304 when the asker has it, 204 where nothing is."""
    ask = call.ask
    _demand(ask.matrix_set)
    form_of(call, ("mvt",))
    if "." in ask.collection:
        raise not_found("collection with tiles", ask.collection)
    key, number = collections.split(ask.collection)
    headers = {"Cache-Control": "private, max-age=300" if call.actor.known else "public, max-age=300"}
    if "if-none-match" in call.headers:
        for etag in tables.tile_tags(call.actor, key, number):
            if unchanged(call.headers, etag):
                return Reply(status=304, headers={**headers, "ETag": etag})
    made = tables.tile(call.actor, key, ask.matrix, ask.column, ask.row, number, packed="gzip" in call.headers.get("accept-encoding", ""))
    headers |= {"ETag": made.etag, **({"Content-Encoding": made.packing} if made.packing else {})}
    return Reply(made.content, 200 if made.content else 204, MVT, headers)
