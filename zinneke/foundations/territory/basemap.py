"""The base map: vector tiles of the region, its communes, neighbourhoods and streets, and where their names stand."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from zinneke.foundations.territory import store, tiles
from zinneke.kernel.confidentiality import Actor
from zinneke.kernel.text import LANGUAGES

FIRST_ZOOM = {"region": 0, "communes": 8, "neighbourhoods": 12, "streets": 11}
STREET_CLASSES = (("main", 2.5, 11), ("middle", 0.8, 12), ("small", 0.0, 13))
"""A street's class by its length in kilometres, and the zoom from which it is drawn."""
CACHE_BYTES = 32_000_000


@dataclass(frozen=True, slots=True)
class Tile:
    """An encoded tile and its mark for caches; empty bytes when nothing is there."""

    content: bytes
    etag: str


@dataclass(frozen=True, slots=True)
class _Drawing:
    """Geometries with their boxes, properties and the zooms between which each is drawn."""

    name: str
    shapes: NDArray[Any]
    boxes: NDArray[np.float64]
    properties: list[dict[str, Any]]
    first: NDArray[np.int8]
    last: NDArray[np.int8]

    def layer(self, z: int, box: tuple[float, float, float, float]) -> tiles.Layer:
        """Return what belongs in a tile of this zoom and box."""
        west, south, east, north = box
        near = (self.boxes[:, 0] <= east) & (self.boxes[:, 2] >= west) & (self.boxes[:, 1] <= north) & (self.boxes[:, 3] >= south)
        chosen = np.flatnonzero(near & (self.first <= z) & (self.last >= z))
        return tiles.Layer(self.name, self.shapes[chosen], [self.properties[at] for at in chosen.tolist()])


_lock = threading.Lock()
_drawn: tuple[str, list[_Drawing]] = ("unread", [])
_cache: OrderedDict[tuple[str, int, int, int], Tile] = OrderedDict()
_cached = 0


def tile(actor: Actor, z: int, x: int, y: int) -> Tile:
    """Return one tile of the base map, from memory when it was drawn before. Raises Problem 400 for a tile that does not exist."""
    box = tiles.buffered(z, x, y)
    mark = store.edition(actor)
    key = (mark, z, x, y)
    with _lock:
        if key in _cache:
            _cache.move_to_end(key)
            return _cache[key]
    content = tiles.encode([drawing.layer(z, box) for drawing in _drawings(actor, mark)], z, x, y)
    made = Tile(content, f'"{hashlib.blake2b(content, digest_size=12).hexdigest()}"')
    _keep(key, made)
    return made


def _keep(key: tuple[str, int, int, int], made: Tile) -> None:
    """Keep a tile, and let go of those that were not asked for longest when there are too many bytes of them."""
    global _cached
    with _lock:
        if key in _cache:
            return
        _cache[key] = made
        _cached += len(made.content) + 200
        while _cached > CACHE_BYTES:
            _cached -= len(_cache.popitem(last=False)[1].content) + 200


def _drawings(actor: Actor, mark: str) -> list[_Drawing]:
    """Return everything that the map draws, read again when the territory has changed."""
    global _drawn
    held = _drawn
    if held[0] != mark:
        held = _drawn = (mark, _read(actor))
    return held[1]


def _read(actor: Actor) -> list[_Drawing]:
    kinds: list[tuple[str, str]] = [("region", "region"), ("communes", "commune"), ("neighbourhoods", "neighbourhood")]
    drawings: list[_Drawing] = []
    points: list[tuple[Any, dict[str, Any], int, int]] = []
    for layer, kind in kinds:
        areas = store.area_shapes(actor, kind)
        rows = [(shape, {"code": area.code} | names(area.name), FIRST_ZOOM[layer], tiles.MAX_ZOOM) for area, shape in areas]
        drawings += _drawing(layer, rows)
        if kind != "region":
            first, last = (9, 14) if kind == "commune" else (13, 17)
            points += [(shapely.Point(area.centre), {"kind": kind, "code": area.code} | names(area.name), first, last) for area, _ in areas]
    streets = []
    for place, weight, shape in store.place_shapes(actor, "street", (-180.0, -90.0, 180.0, 90.0)):
        label, _, first = next(each for each in STREET_CLASSES if weight >= each[1])
        streets.append((shape, {"class": label} | names(place.name), first, tiles.MAX_ZOOM))
    return drawings + _drawing("streets", streets) + _drawing("labels", points)


def _drawing(name: str, rows: list[tuple[Any, dict[str, Any], int, int]]) -> list[_Drawing]:
    if not rows:
        return []
    shapes, properties, first, last = zip(*rows, strict=True)
    held = np.array(shapes, dtype=object)
    return [_Drawing(name, held, shapely.bounds(held), list(properties), np.array(first, np.int8), np.array(last, np.int8))]


def names(texts: Mapping[str, str]) -> dict[str, str]:
    """Return the names that a tile carries: `name_fr`, `name_nl`, and `name` for readers of other languages.

    `name` is the English name where there is one; otherwise both others, with a stroke between, as on the street signs.
    """
    french = texts.get("fr") or texts.get("nl") or next((texts[each] for each in LANGUAGES if texts.get(each)), "")
    dutch = texts.get("nl") or french
    both = french if french == dutch else f"{french} / {dutch}"
    return {"name_fr": french, "name_nl": dutch, "name": texts.get("en") or both}
