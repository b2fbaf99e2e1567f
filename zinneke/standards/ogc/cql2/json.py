"""CQL2 as JSON."""

from __future__ import annotations

from typing import Any

import msgspec
import shapely

from zinneke.standards.ogc.cql2.text import box_of, interval_of
from zinneke.standards.ogc.cql2.tree import DEEPEST, MOST, Node, Operation, Property, Shape, day_of, fault, moment_of


def parse(source: str) -> Node:
    """Read a condition of CQL2 JSON. Raises `Problem` 400."""
    try:
        document = msgspec.json.decode(source)
    except (msgspec.DecodeError, RecursionError) as reason:
        raise fault(f"The filter is not JSON: {str(reason)[:120]}.") from None
    return _Reader().read(document, 0)


class _Reader:
    def __init__(self) -> None:
        self.count = 0

    def read(self, value: Any, depth: int) -> Node:
        """Read one value, object or list."""
        self.count += 1
        if depth > DEEPEST:
            raise fault(f"The filter goes more than {DEEPEST} levels deep. Write it flatter.")
        if self.count > MOST:
            raise fault(f"The filter has more than {MOST:,} parts. Ask several times, or use in.")
        if isinstance(value, dict):
            return self.object(value, depth)
        if isinstance(value, list):
            return tuple(self.read(each, depth + 1) for each in value)
        if isinstance(value, str | int | float | bool):
            return value
        raise fault("The filter holds null where a value should stand. Use isNull.")

    def object(self, value: dict[str, Any], depth: int) -> Node:
        """Read an object: a property, a moment, a geometry or an operation."""
        if "op" in value:
            return self.operation(value, depth)
        if isinstance(name := value.get("property"), str):
            return Property(name)
        if isinstance(text := value.get("date"), str):
            return day_of(text)
        if isinstance(text := value.get("timestamp"), str):
            return moment_of(text)
        if isinstance(ends := value.get("interval"), list):
            return interval_of(tuple(self.read(each, depth + 1) for each in ends))
        if isinstance(numbers := value.get("bbox"), list) and "type" not in value:
            return box_of(tuple(self.read(each, depth + 1) for each in numbers[:7]))
        if isinstance(value.get("type"), str):
            return _shape(value)
        raise fault(f"The filter holds an object that is none of CQL2: {sorted(map(str, value))[:5]}.")

    def operation(self, value: dict[str, Any], depth: int) -> Operation:
        op, given = value["op"], value.get("args")
        if not isinstance(op, str) or not isinstance(given, list):
            raise fault("An operation has a name (`op`) and a list of arguments (`args`).")
        name = op.lower()
        args = tuple(self.read(each, depth + 1) for each in given)
        if name == "between" and len(args) == 2 and isinstance(args[1], tuple):
            args = (args[0], *args[1])
        return Operation("<>" if name == "!=" else name, args)


def _shape(value: dict[str, Any]) -> Shape:
    try:
        return Shape(shapely.from_geojson(msgspec.json.encode(value)))
    except (shapely.errors.ShapelyError, RecursionError) as reason:
        raise fault(f"The geometry cannot be read: {str(reason)[:120]}.") from None
