"""What the shape of a row is to a shape of the filter, brought to degrees and to longitude first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import shapely

from zinneke.foundations.tables.values import Column, Spatial, Where
from zinneke.foundations.territory import crs
from zinneke.standards.ogc.cql2.tree import Node, Operation, Property, Shape, fault
from zinneke.standards.ogc.systems import System

RELATIONS = ("intersects", "equals", "disjoint", "touches", "within", "overlaps", "crosses", "contains")
_TURNED = {"within": "contains", "contains": "within"}
_UNITS = {"m": 1.0, "meter": 1.0, "meters": 1.0, "metre": 1.0, "metres": 1.0, "km": 1000.0, "kilometers": 1000.0, "kilometres": 1000.0}
_STEP = 0.25
"""Parts of the length of the longest side of a shape at which a straight edge in metres gets a point, so that it bends in degrees."""


def related(node: Operation, system: System, column: Callable[[str], Column]) -> Where:
    """Translate a spatial function of the row's shape and a given one, either way round. Raises `Problem` 400."""
    relation = node.op.removeprefix("s_")
    if relation == "dwithin":
        return _near(node, system, column)
    if relation not in RELATIONS or len(node.args) != 2:
        raise fault(f"{node.op[:60]!r} is no function of two shapes. There are {', '.join(f's_{each}' for each in RELATIONS)}, s_dwithin.")
    first, second = node.args
    if isinstance(second, Property):
        first, second, relation = second, first, _TURNED.get(relation, relation)
    return Spatial(relation, _given(first, second, node.op, system, column))  # type: ignore[arg-type]


def _near(node: Operation, system: System, column: Callable[[str], Column]) -> Where:
    if len(node.args) not in (3, 4):
        raise fault("S_DWITHIN takes the shape, a geometry, a distance, and its unit: S_DWITHIN(geometry, POINT(4.35 50.85), 200, 'm').")
    first, second, distance = node.args[:3]
    if isinstance(second, Property):
        first, second = second, first
    unit = node.args[3] if len(node.args) == 4 else "m"
    if not isinstance(unit, str) or unit.lower() not in _UNITS:
        raise fault(f"{str(unit)[:40]!r} is no unit of length here. Use {', '.join(_UNITS)}.")
    if not isinstance(distance, int | float) or isinstance(distance, bool):
        raise fault("The distance of S_DWITHIN is a number.")
    return Spatial("dwithin", _given(first, second, node.op, system, column), float(distance) * _UNITS[unit.lower()])


def _given(first: Node, second: Node, op: str, system: System, column: Callable[[str], Column]) -> bytes:
    """Return the given shape as WKB in degrees, longitude first."""
    if not isinstance(first, Property) or not isinstance(second, Shape):
        raise fault(f"{op.upper()} compares the property that is a shape with a geometry, such as POLYGON((…)) or BBOX(…).")
    found = column(first.name)
    if found.type != "geometry":
        raise fault(f"{first.name!r} is {found.type}, and no shape.")
    shape = shapely.force_2d(second.geometry)
    if shape is None or shape.is_empty:
        raise fault(f"The geometry of {op.upper()} is empty.")
    return bytes(shapely.to_wkb(in_degrees(shape, system)))


def in_degrees(shape: Any, system: System) -> Any:
    """Return a shape of a system in degrees, longitude first. Raises `Problem` 400 for one that is not on Earth."""
    if system.code != 4326:
        west, south, east, north = shape.bounds
        longest = max(east - west, north - south)
        shape = shapely.segmentize(shape, longest * _STEP) if 0 < longest < 1e9 else shape

    def moved(pairs: Any) -> Any:
        x, y = (pairs[:, 1], pairs[:, 0]) if system.flipped else (pairs[:, 0], pairs[:, 1])
        return np.column_stack(crs.transform(x, y, system.code, 4326))

    found = shapely.transform(shape, moved)
    west, south, east, north = found.bounds
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise fault(f"The geometry is not on Earth in {system.name}. Name its system with filter-crs, and mind the order of the axes.")
    return found
