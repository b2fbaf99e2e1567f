"""What moments and intervals are to one another (Allen's relations); a property that is a moment is an interval that ends where it begins."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Literal

from zinneke.foundations.tables.values import And, Column, Filter, Or, Where
from zinneke.standards.ogc.cql2.tree import Interval, Node, Operation, Property, fault

End = Literal["start", "end"]
Test = tuple[End, Literal["lt", "le", "eq", "ge", "gt"], End]
"""An end of what is asked about, how it lies, and an end of what it is compared with."""
ALLEN: dict[str, tuple[Test, ...]] = {
    "after": (("start", "gt", "end"),),
    "before": (("end", "lt", "start"),),
    "contains": (("start", "lt", "start"), ("end", "gt", "end")),
    "during": (("start", "gt", "start"), ("end", "lt", "end")),
    "equals": (("start", "eq", "start"), ("end", "eq", "end")),
    "finishedby": (("start", "lt", "start"), ("end", "eq", "end")),
    "finishes": (("start", "gt", "start"), ("end", "eq", "end")),
    "intersects": (("start", "le", "end"), ("end", "ge", "start")),
    "meets": (("end", "eq", "start"),),
    "metby": (("start", "eq", "end"),),
    "overlappedby": (("start", "gt", "start"), ("start", "lt", "end"), ("end", "gt", "end")),
    "overlaps": (("start", "lt", "start"), ("end", "gt", "start"), ("end", "lt", "end")),
    "startedby": (("start", "eq", "start"), ("end", "gt", "end")),
    "starts": (("start", "eq", "start"), ("end", "lt", "end")),
    "disjoint": (("end", "lt", "start"), ("start", "gt", "end")),
}
"""All tests must hold; of `disjoint`, either."""
_TURNED = {
    "after": "before", "before": "after", "contains": "during", "during": "contains", "finishedby": "finishes", "finishes": "finishedby",
    "meets": "metby", "metby": "meets", "overlappedby": "overlaps", "overlaps": "overlappedby", "startedby": "starts", "starts": "startedby",
}  # fmt: skip


def compared(node: Operation, column: Callable[[str], Column]) -> Where:
    """Translate a temporal function of a property (or of an interval of two) and a constant, either way round. Raises `Problem` 400."""
    relation = node.op.removeprefix("t_")
    if relation not in ALLEN or len(node.args) != 2:
        raise fault(f"{node.op[:60]!r} is no function of two times. There are {', '.join(f't_{each}' for each in ALLEN)}.")
    first, second = (_interval(each) for each in node.args)
    if _asked(second) and not _asked(first):
        first, second, relation = second, first, _TURNED.get(relation, relation)
    if not _asked(first) or _asked(second):
        raise fault(f"{node.op} compares properties that are dates or times with constants.")
    tests = tuple(_test(first, test, second, column) for test in ALLEN[relation])
    return Or(tests) if relation == "disjoint" else And(tests)


def _interval(node: Node) -> Interval:
    if isinstance(node, Interval):
        return node
    if isinstance(node, Property | date | datetime):
        return Interval(node, node)
    raise fault(f"A date, a timestamp, an interval or a property should stand where {str(node)[:60]!r} does.")


def _asked(interval: Interval) -> bool:
    return isinstance(interval.start, Property) or isinstance(interval.end, Property)


def _test(first: Interval, test: Test, second: Interval, column: Callable[[str], Column]) -> Where:
    """Return one test; an end that is open lies before or after everything."""
    mine, op, other = test
    left, right = getattr(first, mine), getattr(second, other)
    if left is None or right is None:
        low = -1 if (left is None and mine == "start") or (right is None and other == "end") else 1
        if left is None and right is None:
            low = (mine == "end") - (mine == "start") - (other == "end") + (other == "start")
        holds = {"lt": low < 0, "le": low <= 0, "eq": low == 0, "ge": low >= 0, "gt": low > 0}[op]
        return And(()) if holds else Or(())
    if not isinstance(left, Property):
        return _turned(left, op, right, column)
    return _filter(left, op, right, column)


def _turned(left: date | datetime, op: str, right: Property | date | datetime, column: Callable[[str], Column]) -> Where:
    if isinstance(right, Property):
        return _filter(right, {"lt": "gt", "gt": "lt", "le": "ge", "ge": "le"}.get(op, op), left, column)
    raise fault("An interval of a property and a constant is compared by the end that is a property only.")


def _filter(named: Property, op: str, value: date | datetime, column: Callable[[str], Column]) -> Where:
    found = column(named.name)
    if found.type not in ("date", "timestamp"):
        raise fault(f"{named.name!r} is {found.type}; it is no date and no time.")
    return Filter(found.name, op, value)  # type: ignore[arg-type]
