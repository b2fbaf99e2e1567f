"""Shapes that stand in a column of their own: WKB or EWKB in hexadecimal digits, WKT or EWKT, as databases write them, and as portals do
GeoJSON, or latitude and longitude with a comma between."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import shapely

from zinneke.foundations.tables.nesting import deep_text, deep_wkb
from zinneke.foundations.tables.raw import Raw
from zinneke.foundations.tables.shapes import checked, moved
from zinneke.foundations.tables.systems import DEGREES, System, find_system
from zinneke.foundations.tables.values import Spec
from zinneke.foundations.territory.crs import CODES, code_of

_SAMPLE, _MOST = 1_000, 20_000_000
_SHARE = 0.9
"""How many of the filled cells of a column must be written so that it is one of shapes."""
_KINDS = "POINT|LINESTRING|POLYGON|MULTIPOINT|MULTILINESTRING|MULTIPOLYGON|GEOMETRYCOLLECTION"
_WKT = re.compile(rf"\s*(?:SRID=(\d{{1,6}});)?\s*(?:{_KINDS})\s*(?:Z|M|ZM)?\s*(?:\(|EMPTY)", re.IGNORECASE)
_WKB = re.compile(r"(?:\\x|0x)?(?:01(?:0[1-7]0000[0-9a-f]0|[0-9a-f]{2}0[3-9b]0000)|00(?:[0-9a-f]000000[1-7]|0000[0-9a-f]{4}))", re.IGNORECASE)
_DIGITS = re.compile(r"(?:\\x|0x)?[0-9A-Fa-f]+")
_PAIR = re.compile(r"\s*(-?\d{1,3}\.\d+)\s*,\s*(-?\d{1,3}\.\d+)\s*")
_POINTS = re.compile(
    r"geo_?point|point_?geo|geo_?loc|(?:^|_)coord(?:s|o|onn[eé]es?|inates?|inaten?|in[aà]ten)?(?:_|$)|lat_?lon|(?:^|_)locati(?:on|e)s?(?:_|$)|"
    r"(?:^|_)localisation|wgs_?84|(?:^|_)gps",
    re.IGNORECASE,
)
"""How a column of pairs is called."""


def take_shapes(raw: Raw, spec: Spec) -> None:
    """Take the first column of written shapes out of the cells, as the shapes of the rows; those that cannot be are noted and left out."""
    number = _column(raw, spec)
    if number is None:
        return
    name = raw.names[number]
    cells = [cell for (cell,) in raw.connection.execute(f"SELECT c{number} FROM raw").fetchall()]  # noqa: S608 the names are c0, c1, …
    raw.connection.execute(f"ALTER TABLE raw DROP COLUMN c{number}")
    for later in range(number + 1, len(raw.names)):
        raw.connection.execute(f"ALTER TABLE raw RENAME COLUMN c{later} TO c{later - 1}")
    raw.names = [each for place, each in enumerate(raw.names) if place != number]
    raw.allowed = [each for place, each in enumerate(raw.allowed) if place != number]
    raw.shapes = _read(cells, name, raw, spec)


def _column(raw: Raw, spec: Spec) -> int | None:
    asked = {each.name for each in spec.columns}
    rows = raw.connection.execute(f"SELECT * FROM raw LIMIT {_SAMPLE}").fetchall()  # noqa: S608 a number of ours
    if len(raw.names) < 2:
        return None
    filled = {number: cells for number in range(len(raw.names)) if (cells := [row[number] for row in rows if row[number]])}
    free = [number for number in filled if raw.names[number] not in asked]
    pointed = [number for number in free if _POINTS.search(re.sub(r"\W+", "_", raw.names[number]))]
    return next((number for looks, among in ((_written, free), (_paired, pointed)) for number in among if _mostly(looks, filled[number])), None)


def _mostly(looks: Callable[[str], bool], filled: Sequence[str]) -> bool:
    return looks(filled[0]) and sum(map(looks, filled)) >= _SHARE * len(filled)


def _paired(cell: str) -> bool:
    return _PAIR.fullmatch(cell) is not None


def _written(cell: str) -> bool:
    if _WKT.match(cell[:100]) or (cell[:1] == "{" and '"coordinates"' in cell and '"type"' in cell):
        return True
    return len(cell) >= 18 and _WKB.match(cell[:40]) is not None and _DIGITS.fullmatch(cell) is not None


def _read(cells: list[str | None], name: str, raw: Raw, spec: Spec) -> np.ndarray[Any, Any]:
    shapes, systems = np.full(len(cells), None, dtype=object), np.zeros(len(cells), dtype=np.int64)
    places = [raw.place(row, name) for row in range(len(cells))]
    for row, cell in enumerate(cells):
        if cell:
            shapes[row], systems[row] = _shape(cell)
        if cell and shapes[row] is None:
            raw.faults.note(places[row], f"{cell[:40]!r} cannot be read as a shape; the row was kept without it")
    own = code_of(spec.crs) if spec.crs else 4326
    for system in sorted({int(each) for each in systems}):
        here = np.flatnonzero((systems == system) & ~shapely.is_missing(shapes))
        code = system or own
        if code not in CODES:
            known = ", ".join(f"EPSG:{each}" for each in CODES)
            for row in here[:20].tolist():
                raw.faults.note(places[row], f"its shape is in EPSG:{code}, and only {known} are known here; the row was kept without it")
            raw.faults.note(f"column {name}", "more rows like this", max(0, len(here) - 20)) if len(here) > 20 else None
            shapes[here] = None
        elif code != 4326 and len(here):
            shapes[here] = moved(shapes[here], f"EPSG:{code}")
    return checked(shapes, places, raw.faults)


def _hostile(text: str) -> bool:
    """Say whether a cell is too long, or holds shapes in shapes so deep that reading them would not end well."""
    if len(text) > _MOST:
        return True
    return _DIGITS.fullmatch(text) is None and deep_text(text.encode())


def _shape(cell: str) -> tuple[Any, int]:
    """Return a shape and the number of its coordinate system, 0 where none is said; None for what is no shape."""
    text = cell.strip()
    if _hostile(text):
        return None, 0
    try:
        if text[:1] == "{":
            return shapely.from_geojson(text), 4326
        if found := _PAIR.fullmatch(text):
            first, second = float(found[1]), float(found[2])
            swapped = find_system(np.array([first]), np.array([second])) == System(DEGREES)
            return (shapely.Point(first, second) if swapped else shapely.Point(second, first)), 4326
        if found := _WKT.match(text):
            bare = text.partition(";")[2] if found[1] else text
            return shapely.from_wkt(bare), int(found[1] or 0)
        data = bytes.fromhex(re.sub(r"^(?:\\x|0x)", "", text))
        if deep_wkb(data):
            return None, 0
        made = shapely.from_wkb(data)
        return made, int(shapely.get_srid(made))
    except (ValueError, shapely.errors.ShapelyError):
        return None, 0
