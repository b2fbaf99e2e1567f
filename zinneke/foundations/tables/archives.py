"""A version as one file of vector tiles (PMTiles 3), which a map reads piece by piece from wherever it lies; built once."""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from pathlib import Path
from tempfile import NamedTemporaryFile
from threading import Lock

from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import Writer

from zinneke.foundations.tables.frame import Frame
from zinneke.foundations.tables.layers import draw_tile
from zinneke.foundations.tables.values import GEOMETRY, Column, Version
from zinneke.foundations.territory.tiles import buffered, tile_at

DEEPEST = 14
"""The last zoom at which tiles are cut; a map draws them larger from there on."""
MOST_TILES = 10_000
"""Tiles of an archive: data spread over a country stop at an earlier zoom."""
_building = Lock()
Place = tuple[int, int, int]


def archive(frame: Frame, version: Version, columns: Sequence[Column], place: Path) -> Path:
    """Return the archive of a version as somebody sees it who may see these columns, built when it is not there."""
    if place.is_file():
        return place
    with _building:
        if not place.is_file():
            place.parent.mkdir(parents=True, exist_ok=True)
            with NamedTemporaryFile(dir=place.parent, prefix=".archive-", delete=False) as made:
                _write(Writer(made), frame, version, columns)
            Path(made.name).replace(place)
    return place


def _write(writer: Writer, frame: Frame, version: Version, columns: Sequence[Column]) -> None:
    names = [column.name for column in columns]
    deepest = 0
    for zoom, places in enumerate(_levels(frame, version)):
        drawn = ((zxy_to_tileid(*place), draw_tile(frame, version.dataset, names, *place)) for place in places)
        for number, tile in sorted(each for each in drawn if each[1]):
            writer.write_tile(number, gzip.compress(tile, 6, mtime=0))
            deepest = zoom
    west, south, east, north = version.bbox or (-180.0, -85.0, 180.0, 85.0)
    header = {
        "version": 3,
        "tile_type": TileType.MVT,
        "tile_compression": Compression.GZIP,
        "min_lon_e7": round(west * 1e7),
        "min_lat_e7": round(south * 1e7),
        "max_lon_e7": round(east * 1e7),
        "max_lat_e7": round(north * 1e7),
        "center_zoom": min(deepest, 10),
        "center_lon_e7": round((west + east) / 2 * 1e7),
        "center_lat_e7": round((south + north) / 2 * 1e7),
    }
    kinds = {"integer": "Number", "decimal": "Number", "boolean": "Boolean"}
    fields = {column.name: kinds.get(column.type, "String") for column in columns if column.name != GEOMETRY}
    layer = {"id": version.dataset, "fields": fields, "minzoom": 0, "maxzoom": deepest}
    writer.finalize(header, {"name": version.dataset, "attribution": version.source, "version": str(version.number), "vector_layers": [layer]})


def _levels(frame: Frame, version: Version) -> list[list[Place]]:
    """Return, zoom by zoom, the tiles in which something lies, as long as they are not too many."""
    west, south, east, north = version.bbox or (-180.0, -85.0, 180.0, 85.0)
    found: list[list[Place]] = []
    count = 0
    for zoom in range(DEEPEST + 1):
        (left, top), (right, bottom) = tile_at(west, north, zoom), tile_at(east, south, zoom)
        if not found:
            places = [(0, 0, 0)]
        else:
            inside = {(zoom, x, y) for _, px, py in found[-1] for x in (2 * px, 2 * px + 1) for y in (2 * py, 2 * py + 1)}
            places = [place for place in inside if left <= place[1] <= right and top <= place[2] <= bottom]
        places = [place for place in places if len(frame.blocks().touching(buffered(*place)))]
        count += len(places)
        if count > MOST_TILES:
            break
        found.append(places)
    return found
