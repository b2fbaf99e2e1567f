"""Tiles that were drawn before, kept in memory as they go over the line; a version never changes, so neither does its tile."""

from __future__ import annotations

import gzip
import zlib
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock

from zinneke.foundations.tables import layers
from zinneke.foundations.tables.frame import Frame

MOST_BYTES = 64_000_000
_DRAWING = 4
"""Grows when tiles are drawn otherwise, so that nobody is told that an old one has not changed."""
_SMALL = 1_000
"""Bytes under which packing gains nothing."""

Key = tuple[str, tuple[str, ...], int, int, int, bool]
_kept: OrderedDict[Key, bytes] = OrderedDict()
_bytes = 0
_lock = Lock()


@dataclass(frozen=True, slots=True)
class Tile:
    """A vector tile as it goes over the line: its bytes (empty where nothing is), how they are packed (`gzip` or ""), its entity tag."""

    content: bytes
    packing: str
    etag: str


def etag_of(digest: str, names: Sequence[str], packed: bool) -> str:
    """Return the entity tag of every tile of a version as somebody sees it who may see these columns."""
    seen = zlib.crc32("\n".join(names).encode())
    return f'"{digest[:16]}-{seen:08x}-{_DRAWING}{"-gzip" if packed else ""}"'


def tile(frame: Frame, digest: str, layer: str, names: Sequence[str], z: int, x: int, y: int, packed: bool) -> Tile:
    """Return a tile, from memory when it was drawn before; `packed` with gzip, where that makes it smaller."""
    body = _find(frame, (digest, tuple(names), z, x, y, False), layer)
    if not packed or len(body) < _SMALL:
        return Tile(body, "", etag_of(digest, names, False))
    key = (digest, tuple(names), z, x, y, True)
    small = _get(key) or _keep(key, gzip.compress(body, 1, mtime=0))
    return Tile(small, "gzip", etag_of(digest, names, True))


def _find(frame: Frame, key: Key, layer: str) -> bytes:
    digest, names, z, x, y, _ = key
    found = _get(key)
    return _keep(key, layers.draw_tile(frame, layer, names, z, x, y)) if found is None else found


def _get(key: Key) -> bytes | None:
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
        return _kept.get(key)


def _keep(key: Key, body: bytes) -> bytes:
    """Keep a tile, and let go of those that were not asked for longest when there are too many bytes of them."""
    global _bytes
    with _lock:
        if key not in _kept:
            _kept[key] = body
            _bytes += len(body) + 200
            while _bytes > MOST_BYTES:
                _bytes -= len(_kept.popitem(last=False)[1]) + 200
    return body


def forget() -> None:
    """Forget every tile."""
    global _bytes
    with _lock:
        _kept.clear()
        _bytes = 0
