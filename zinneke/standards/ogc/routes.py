"""The addresses of OGC API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from zinneke.kernel.confidentiality import Right
from zinneke.kernel.route import EVERYONE, Call, Needs, Route
from zinneke.standards.ogc import asks, collections, conformance, edr, features, landing, schemas, tilesets
from zinneke.standards.ogc.answers import COVERAGE, GEOJSON, JSON, MVT, OPENAPI, ROOT, SCHEMA

_TABLES, _OBSERVATIONS = Needs(Right.SEE, "tables"), Needs(Right.SEE, "observations")
_TAGS = ("OGC API",)


def _get(path: str, call: Callable[[Call[Any]], Any], ask: type, summary: str, media_type: str = JSON, classes: tuple[str, ...] = ()) -> Route:
    return Route(
        method="GET", path=ROOT + path, call=call, audience=_TABLES, ask=ask, summary=summary, media_type=media_type, tags=_TAGS, conformance=classes
    )


def _open(path: str, call: Callable[[Call[Any]], Any], ask: type, summary: str, media_type: str = JSON, classes: tuple[str, ...] = ()) -> Route:
    return Route(
        method="GET", path=ROOT + path, call=call, audience=EVERYONE, ask=ask, summary=summary, media_type=media_type, tags=_TAGS, conformance=classes
    )


def _data(path: str, call: Callable[[Call[Any]], Any], ask: type, summary: str, media_type: str = COVERAGE) -> Route:
    return Route(
        method="GET", path=ROOT + _ONE + path, call=call, audience=_OBSERVATIONS, ask=ask, summary=summary, media_type=media_type, tags=_TAGS,
        conformance=conformance.EDR,
    )  # fmt: skip


_ONE = "/collections/{collection}"
_TILESET = f"{_ONE}/tiles/{{matrix_set}}"
ROUTES = (
    _open("", landing.get_landing, asks.AskForm, "Where clients of OGC API begin", classes=conformance.COMMON),
    _open("/", landing.get_landing, asks.AskForm, "Where clients of OGC API begin, with a stroke at the end"),
    _open("/conformance", landing.get_conformance, asks.AskForm, "The conformance classes that hold"),
    _open("/api", landing.get_api, asks.AskForm, "The description of OGC API in OpenAPI", OPENAPI),
    _open("/tileMatrixSets", tilesets.list_matrix_sets, asks.AskForm, "Tile matrix sets"),
    _open("/tileMatrixSets/{matrix_set}", tilesets.get_matrix_set, asks.AskMatrixSet, "A tile matrix set"),
    _get("/collections", collections.list_collections, asks.AskCollections, "Collections"),
    _get(_ONE, collections.get_collection, asks.AskCollection, "A collection"),
    _get(f"{_ONE}/items", features.list_items, asks.AskItems, "Items of a collection", GEOJSON, conformance.FEATURES),
    Route(
        method="POST",
        path=f"{ROOT}{_ONE}/items",
        call=features.filter_items,
        audience=_TABLES,
        ask=asks.AskItems,
        takes=bytes,
        media_type=GEOJSON,
        summary="Items of a collection by a filter in CQL2 JSON that is sent",
        tags=_TAGS,
        limit=asks.LONGEST_FILTER,
    ),
    _get(f"{_ONE}/items/{{item}}", features.get_item, asks.AskItem, "One item of a collection", GEOJSON, conformance.RECORDS),
    _get(f"{_ONE}/schema", schemas.get_schema, asks.AskCollection, "What items are made of", SCHEMA),
    _get(f"{_ONE}/queryables", schemas.get_queryables, asks.AskCollection, "What may be asked about", SCHEMA, conformance.FILTERS),
    _get(f"{_ONE}/sortables", schemas.get_sortables, asks.AskCollection, "What may be sorted by", SCHEMA),
    _get(f"{_ONE}/tiles", tilesets.list_tilesets, asks.AskCollection, "Tilesets of a collection"),
    _get(_TILESET, tilesets.get_tileset, asks.AskTileset, "A tileset, also as TileJSON", classes=conformance.TILES),
    _get(f"{_TILESET}/{{matrix}}/{{row}}/{{column}}", tilesets.get_tile, asks.AskTile, "A vector tile", MVT),
    _data("/position", edr.get_position, asks.AskPosition, "What the station nearest to a point measured"),
    _data("/radius", edr.get_radius, asks.AskRadius, "What the stations around a point measured"),
    _data("/area", edr.get_area, asks.AskArea, "What the stations in an area measured"),
    _data("/cube", edr.get_cube, asks.AskCube, "What the stations in a box measured"),
    _data("/locations", edr.list_locations, asks.AskLocations, "The stations of a collection", GEOJSON),
    _data("/locations/{location:path}", edr.get_location, asks.AskLocation, "What one station measured"),
)
