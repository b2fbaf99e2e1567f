"""From the rows that a source gives to the records that are kept: checked, repaired where possible, fingerprinted."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

import msgspec
import numpy as np
import shapely
from numpy.typing import NDArray

from zinneke.foundations.territory.geojson import repaired, shape_of
from zinneke.foundations.territory.locator import Locator
from zinneke.foundations.territory.models import AreaRecord, PlaceRecord
from zinneke.foundations.territory.rules import coordinate_faults, normalise, search_text
from zinneke.foundations.territory.values import AREA_KINDS, AreaRow, Bbox, PlaceRow
from zinneke.kernel.load import Counts, Fault

_METRES = np.array([70_300.0, 111_200.0])
"""A degree of longitude and of latitude in metres at the latitude of Brussels, right to one in a hundred: for weights only."""
_STEP = 25.0


def area_records(rows: Iterable[AreaRow | Fault], box: Bbox | None, counts: Counts) -> list[AreaRecord]:
    """Return the records of good rows; what is wrong with the others goes to `counts`."""
    records = []
    for row, shape in _sound(rows, counts, "code", (3, 6), box):
        if row.kind not in AREA_KINDS:
            counts.refuse(f"area {row.code}", f"{row.kind!r} is not a kind of area. Kinds are {', '.join(AREA_KINDS)}.")
            continue
        centre = shape.centroid if shape.contains(shape.centroid) else shape.representative_point()
        record = AreaRecord(
            code=row.code, kind=row.kind, parent=row.parent, postal_codes=list(row.postal_codes), facts=row.facts, lon=centre.x, lat=centre.y
        )
        if row.note and len(counts.faults) < 100:
            counts.faults.append(Fault(where=f"area {row.code}", what=row.note))
        records.append(_finished(record, row.name, shape, [row.kind, row.parent, row.postal_codes, row.facts]))
    return records


def place_records(kind: str, rows: Iterable[PlaceRow | Fault], communes: Locator, counts: Counts) -> list[PlaceRecord]:
    """Return the records of good rows, with the communes that they lie in."""
    sound = list(_sound(rows, counts, "key", (0, 1, 4, 5), communes.box))
    passed = _communes_passed([shape for _, shape in sound], communes)
    if kind == "street":
        sound, passed = _joined(sound, passed)
    records = []
    for (row, shape), areas in zip(sound, passed, strict=True):
        area = row.area or (areas[0] if areas else "")
        detail = row.detail | ({"communes": areas} if kind == "street" else {})
        centre = shape.interpolate(0.5, normalized=True) if shape.geom_type == "LineString" else _middle(shape)
        record = PlaceRecord(kind=kind, key=row.key, category=row.category, area=area, detail=detail, weight=row.weight, lon=centre.x, lat=centre.y)
        records.append(_finished(record, row.name, shape, [row.category, area, detail, row.weight]))
    return records


def _joined(sound: list[tuple[PlaceRow, Any]], passed: list[list[str]]) -> tuple[list[tuple[PlaceRow, Any]], list[list[str]]]:
    """Join the rows of one street: a commune gives a name to one street only, so the same name in the same commune is the same."""
    leader = list(range(len(sound)))
    first: dict[tuple[str, str], int] = {}

    def top(at: int) -> int:
        while leader[at] != at:
            at = leader[at]
        return at

    for at, (row, _) in enumerate(sound):
        spellings = [normalise(row.name[language]) for language in ("fr", "nl") if row.name.get(language)]
        for code in passed[at]:
            for spelling in spellings:
                leader[top(at)] = top(first.setdefault((code, spelling), at))
    members: dict[int, list[int]] = {}
    for at in range(len(sound)):
        members.setdefault(top(at), []).append(at)
    groups = list(members.values())
    return [_one(sound, group) for group in groups], [list(dict.fromkeys(code for at in group for code in passed[at])) for group in groups]


def _one(sound: list[tuple[PlaceRow, Any]], group: list[int]) -> tuple[PlaceRow, Any]:
    """Return the rows of a group as one: the key, names and details of the longest, the lengths added up."""
    if len(group) == 1:
        return sound[group[0]]
    first = max(group, key=lambda at: (sound[at][0].weight, sound[at][0].key))
    row = sound[first][0]
    length = sum(sound[at][0].detail.get("length_m", 0) for at in group)
    whole = shapely.union_all([sound[at][1] for at in group])
    return replace(row, weight=round(sum(sound[at][0].weight for at in group), 3), detail=row.detail | {"length_m": length}), whole


def _middle(shape: Any) -> Any:
    """Return a point of the shape that is near its middle."""
    if shape.geom_type == "Point":
        return shape
    middle = shape.centroid
    return shape.interpolate(shape.project(middle)) if shapely.get_dimensions(shape) == 1 else middle


def _sound(rows: Iterable[Any], counts: Counts, key_name: str, types: tuple[int, ...], box: Bbox | None) -> Iterator[tuple[Any, Any]]:
    """Yield the rows that have a key of their own, a name in some language, and a geometry of the right type on Earth."""
    seen: set[str] = set()
    for row in rows:
        if isinstance(row, Fault):
            counts.refuse(row.where, row.what)
            continue
        key = getattr(row, key_name)
        where = f"{key_name} {key!r}"
        if not key or len(key) > 120:
            counts.refuse(where, "the key is empty or longer than 120 characters.")
        elif key in seen:
            counts.refuse(where, "this key came before in the same load; the first one was kept.")
        else:
            shape = _shape(row.geometry)
            fault = shape if isinstance(shape, str) else _wrong(shape, types, box)
            if fault:
                counts.refuse(where, fault)
            else:
                seen.add(key)
                yield row, shape


def _shape(geometry: Any) -> Any:
    """Return the geometry as shapely has it, or a sentence on why it cannot be read."""
    try:
        shape = shape_of(geometry) if isinstance(geometry, dict) else geometry
        return "it has no geometry." if shape is None or shape.is_empty else repaired(shape)[0]
    except (AttributeError, ValueError, shapely.errors.ShapelyError) as fault:
        return f"the geometry cannot be read: {str(fault).rstrip('.')}."


def _wrong(shape: Any, types: tuple[int, ...], box: Bbox | None) -> str:
    if shapely.get_type_id(shape) not in types:
        return f"a {shape.geom_type} is not the kind of geometry that belongs here."
    west, south, east, north = shape.bounds
    if box and box[0] <= west and box[1] <= south and east <= box[2] and north <= box[3]:
        return ""
    faults = coordinate_faults(np.array([west, east]), np.array([south, north]), box, 1)
    return faults[0].what if faults else ""


def _finished(record: Any, name: dict[str, str], shape: Any, content: list[Any]) -> Any:
    """Fill in what every record has: names, box, geometry, and the fingerprint of it all."""
    record.name = {language: text for language, text in name.items() if text}
    record.search = search_text(record.name)
    record.west, record.south, record.east, record.north = shape.bounds
    record.geometry = shapely.to_wkb(shape, include_srid=False)
    told = msgspec.json.encode([record.name, content], order="deterministic")
    record.digest = hashlib.blake2b(told + record.geometry, digest_size=16).hexdigest()
    return record


def _communes_passed(shapes: list[Any], communes: Locator) -> list[list[str]]:
    """Return, for each shape, the communes that it passes through, the one with most of it first.

    A line is looked at every 25 m; a commune counts when it holds a tenth of the line or 75 m of it.
    """
    if not shapes:
        return []
    points, owner = _spread(np.array(shapes, dtype=object))
    codes = communes.find(points[:, 0], points[:, 1])
    held: list[dict[str, int]] = [{} for _ in shapes]
    totals = np.bincount(owner, minlength=len(shapes)).tolist()
    for at, code in zip(owner.tolist(), codes.tolist(), strict=True):
        if code:
            held[at][code] = held[at].get(code, 0) + 1
    return [
        [code for code, number in sorted(counts.items(), key=lambda each: (-each[1], each[0])) if number >= 3 or number * 10 >= total]
        for counts, total in zip(held, totals, strict=True)
    ]


def _spread(shapes: NDArray[Any]) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """Return points along every shape about 25 m apart, and the index of the shape that each belongs to."""
    flat = shapely.transform(shapes, lambda pairs: pairs * _METRES)
    lines = shapely.get_dimensions(flat) == 1
    flat[lines] = shapely.segmentize(flat[lines], _STEP)
    pairs, owner = shapely.get_coordinates(flat, return_index=True)
    previous = np.roll(pairs, 1, axis=0)
    step = np.hypot(*(pairs - previous).T)
    travelled = np.cumsum(np.where(np.roll(owner, 1) == owner, step, 0))
    first = np.concatenate(([True], owner[1:] != owner[:-1]))
    mark = np.floor(travelled / _STEP)
    keep = first | (mark != np.roll(mark, 1))
    return pairs[keep] / _METRES, owner[keep]
