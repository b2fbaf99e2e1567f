"""What `select`, `group_by` and `order_by` ask of the catalogue: fields of datasets, values computed of them, groups with figures."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeGuard
from zoneinfo import ZoneInfo

from zinneke.foundations.catalogue import store
from zinneke.foundations.catalogue.grouping import Figure, Key, Step, Take
from zinneke.foundations.catalogue.wanted import Wanted
from zinneke.standards.explore.faults import malformed
from zinneke.standards.explore.metadata import TellDataset
from zinneke.standards.explore.syntax import Applied, Field, Item, Literal, Node, Star, read_items
from zinneke.standards.explore.wishes import FACETS, MOMENTS, Reader

_SIGNS: dict[str, Callable[[float, float], float]] = {"+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv}
_LONGEST = 2**63
"""The least whole number that an answer cannot hold; from there on numbers are told as decimal ones."""
_STEPS: dict[str, Step] = {"year": "year", "quarter": "quarter", "month": "month", "day": "day"}
_TAKES: dict[str, Take] = {
    "count": "count", "min": "min", "max": "max", "sum": "sum", "avg": "mean", "median": "median", "percentile": "percentile", "stddev": "stddev",
}  # fmt: skip
_NUMBERS = {"data_quality": "quality"}
_COUNT = Applied("count", ())
_OWN = ("dataset_id", "dataset_uid", "attachments", "has_records", "data_visible", "fields", "metas", "features")
FIELDS = (
    "title", "description", "theme", "keyword", "license", "license_url", "language", "metadata_languages", "publisher", "references", "modified",
    "data_processed", "metadata_processed", "records_count", "territory", "geographic_reference", "bbox",
)  # fmt: skip
"""The metadata of a dataset by their names."""
DCAT = ("issued", "accrualperiodicity", "contact_email", "temporal", "dataquality")
_EVERY = (*_OWN, *FIELDS, *DCAT)


def written(parts: Sequence[str]) -> str:
    """Return the parts of a clause as one."""
    return ", ".join(part for part in parts if part.strip())


def items_of(parts: Sequence[str], ordered: bool = False) -> list[Item]:
    """Return the expressions of a clause that may be given in several parts."""
    text = written(parts)
    return read_items(text, ordered) if text else []


def has_figures(items: Sequence[Item]) -> bool:
    """Say whether any of what is selected is a figure of many datasets, or computed of one."""
    return any(_is_figure(each.node) for each in items)


def _is_figure(node: Node) -> bool:
    return isinstance(node, Applied) and (node.name in _TAKES or any(map(_is_figure, node.args)))


def _name(node: Field) -> str:
    return (
        "dataset_id"
        if node.name == "datasetid"
        else node.name.removeprefix("default.").removeprefix("metas.default.").removeprefix("dcat.").removeprefix("metas.dcat.")
    )


def chooser(items: Sequence[Item], zone: str) -> Callable[[TellDataset], Any]:
    """Return what makes of a dataset what is selected: all of it, or an object of labels. Raises `Problem` 400 for what it does not have."""
    if not items or (len(items) == 1 and isinstance(items[0].node, Star)):
        return lambda each: each
    plans: dict[str, Node] = {}
    left_out = [each.node for each in items if isinstance(each.node, Applied) and each.node.name == "exclude"]
    for each in [each for each in items if each.node not in left_out] or [Item(Star(), "*")]:
        if isinstance(each.node, Star):
            plans |= {name: Field(name) for name in _EVERY}
        elif isinstance(each.node, Applied) and each.node.name == "include":
            plans |= {name: Field(name) for name in _EVERY if _fits(name, each.node)}
        else:
            _check(each.node)
            plans[each.label if each.named or not isinstance(each.node, Field) else _name(each.node)] = each.node
    plans = {label: node for label, node in plans.items() if not any(_fits(label, each) for each in left_out)}
    if not plans:
        raise malformed("select leaves no field")

    def chosen(each: TellDataset) -> dict[str, Any]:
        told = _values(each)
        return {label: computed(node, lambda field: told[_name(field)] if isinstance(field, Field) else None, zone) for label, node in plans.items()}

    return chosen


def _values(each: TellDataset) -> dict[str, Any]:
    return {**{name: getattr(each, name) for name in _OWN}, **each.metas["default"], **each.metas["dcat"]}


def _fits(name: str, node: Node) -> bool:
    for each in node.args if isinstance(node, Applied) else ():
        if isinstance(each, Star):
            return True
        if isinstance(each, Field) and (name.startswith(each.name[:-1]) if each.name.endswith("*") else name == _name(each)):
            return True
    return False


def _check(node: Node) -> None:
    """Refuse what a dataset has not, and what cannot be computed of it."""
    if isinstance(node, Field):
        if _name(node) not in _EVERY:
            raise malformed(f"of datasets these can be selected: {', '.join(_EVERY)}")
    elif isinstance(node, Applied):
        if node.name not in (*_SIGNS, *_OF_VALUES) or len(node.args) != (2 if node.name in _SIGNS else 1):
            raise malformed(f"Unknown function: {node.name[:40]}. Of datasets there are {', '.join(_OF_VALUES)} and + - * /")
        for each in node.args:
            _check(each)
    elif not isinstance(node, Literal):
        raise malformed("a field is missing")


def _part(name: str) -> Callable[[Any, str], Any]:
    def read(value: Any, zone: str) -> Any:
        moment = value if isinstance(value, datetime) else datetime.fromisoformat(value)
        local = moment.astimezone(ZoneInfo(zone)) if moment.tzinfo else moment
        return (local.month + 2) // 3 if name == "quarter" else getattr(local, name)

    return read


_OF_VALUES: dict[str, Callable[[Any, str], Any]] = {
    "length": lambda value, _zone: len(value), "lower": lambda value, _zone: value.lower(), "upper": lambda value, _zone: value.upper(),
    **{name: _part(name) for name in ("year", "quarter", "month", "day", "hour", "minute", "second")},
}  # fmt: skip


def computed(node: Node, of: Callable[[Node], Any], zone: str) -> Any:
    """Return the value of an expression, `of` giving that of its fields and figures; null where it has none, as a sum with a text has none."""
    if isinstance(node, Literal):
        return float(node.value) if _is_number(node.value) and abs(node.value) >= _LONGEST else node.value
    if isinstance(node, Applied) and node.name in (*_SIGNS, *_OF_VALUES):
        values = [computed(each, of, zone) for each in node.args]
        if node.name in _SIGNS and not all(map(_is_number, values)):
            return None
        try:
            found = _SIGNS[node.name](*values) if node.name in _SIGNS else _OF_VALUES[node.name](values[0], zone)
            found = float(found) if _is_number(found) and abs(found) >= _LONGEST else found
        except (TypeError, ValueError, AttributeError, ArithmeticError):
            return None
        return None if isinstance(found, float) and not math.isfinite(found) else found
    return of(node)


def _is_number(value: object) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


@dataclass(frozen=True, slots=True)
class Groups:
    """Groups that are asked for: their keys and figures by the nodes that mean them, and what is shown of them by its label."""

    keys: Mapping[Node, tuple[str, Key]]
    figures: Mapping[Node, Figure]
    shown: Mapping[str, Node]
    order: Sequence[tuple[Node, bool]]


def read_groups(select: Sequence[str], group_by: Sequence[str], order_by: Sequence[str]) -> Groups:
    """Return the groups that the clauses ask for. Raises `Problem` 400."""
    keys = {each.node: (each.label, _key(each.node)) for each in items_of(group_by)}
    named: dict[str, Node] = {label: Field(label) for label, _ in keys.values()}
    figures: dict[Node, Figure] = {_COUNT: Figure("count")}
    shown: dict[str, Node] = {}

    def noted(node: Node) -> Node:
        """Check an expression of groups and note its figures."""
        if isinstance(node, Field) and node.name in named:
            return node
        if node in keys:
            return Field(keys[node][0])
        if isinstance(node, Literal):
            return node
        if isinstance(node, Applied) and node.name in _TAKES:
            figures[node] = _figure(node)
            return node
        if isinstance(node, Applied) and node.name in _SIGNS:
            return Applied(node.name, tuple(noted(each) for each in node.args))
        raise malformed(f"of groups their keys and figures can be selected and ordered by; there are {', '.join((*named, *_TAKES))}")

    for each in items_of(select):
        if isinstance(each.node, Star):
            shown |= named
        else:
            shown[each.label] = noted(each.node)
    shown = {label: node for label, node in named.items() if node not in shown.values()} | shown
    order = [(shown[each.label] if each.label in shown else noted(each.node), each.down) for each in items_of(order_by, ordered=True)]
    return Groups(keys, figures, shown, order or [(_COUNT, True)])


def _key(node: Node) -> Key:
    step: Step = ""
    if isinstance(node, Applied) and node.name == "range":
        named, width = node.args if len(node.args) == 2 else (None, None)
        good = isinstance(width, Literal) and _is_number(width.value) and width.value >= 1
        if not isinstance(named, Field) or _name(named) not in _NUMBERS or not good:
            raise malformed(f"datasets are grouped by range of {', '.join(_NUMBERS)} with a number of at least 1, such as range(data_quality, 10)")
        return Key("quality", width=float(width.value))  # type: ignore[union-attr, arg-type]
    if isinstance(node, Applied) and node.name in _STEPS and len(node.args) == 1:
        step, node = _STEPS[node.name], node.args[0]
    name = _name(node) if isinstance(node, Field) else ""
    if name in MOMENTS:
        return Key(MOMENTS[name], step)
    if step or name not in (*FACETS, "has_records"):
        raise malformed(f"datasets are grouped by {', '.join((*FACETS, *MOMENTS))}, has_records, and year, quarter, month or day of a moment")
    return Key("versioned") if name == "has_records" else Key(FACETS[name])


def _figure(node: Applied) -> Figure:
    arg = node.args[0] if len(node.args) == 1 or (node.name == "percentile" and len(node.args) == 2) else None
    if node.name == "count" and (not node.args or isinstance(arg, Star)):
        return Figure("count")
    take = _TAKES[node.name]
    if isinstance(arg, Applied) and arg.name == "distinct" and take == "count":
        take, arg = "distinct", arg.args[0]
    name = _name(arg) if isinstance(arg, Field) else ""
    if take in ("count", "distinct") and name in (*FACETS, *MOMENTS):
        return Figure(take, FACETS.get(name) or MOMENTS[name])
    if take == "percentile":
        given = node.args[1].value if len(node.args) == 2 and isinstance(node.args[1], Literal) else None
        if name not in _NUMBERS or not _is_number(given) or not 0 <= given <= 100:
            raise malformed("percentile takes data_quality and a number from 0 to 100")
        return Figure(take, _NUMBERS[name], given / 100)  # type: ignore[arg-type]
    if take in ("min", "max", "sum", "mean", "median", "stddev") and (name in _NUMBERS or (name in MOMENTS and take in ("min", "max"))):
        return Figure(take, _NUMBERS.get(name) or MOMENTS[name])  # type: ignore[arg-type]
    known = f"min and max of {', '.join(MOMENTS)}, min, max, sum, avg, median, percentile and stddev of {', '.join(_NUMBERS)}"
    raise malformed(f"figures of datasets are count(*), count and count(distinct) of a facet, {known}; there is no {node.name}({name[:40]})")


def grouped(reader: Reader, wanted: Wanted, groups: Groups, offset: int, limit: int | None) -> tuple[int, list[dict[str, Any]]]:
    """Return how many groups the datasets that are meant make, and some of them in the order that is asked for: by default the largest first."""
    found = store.group(reader.actor, wanted, [key for _, key in groups.keys.values()], list(groups.figures.values()), reader.zone)
    nodes: list[Node] = [*(Field(label) for label, _ in groups.keys.values()), *groups.figures]
    kinds = [*(key for _, key in groups.keys.values()), *(None for _ in groups.figures)]
    places = {node: place for place, node in enumerate(nodes)}

    def of(row: tuple[Any, ...], node: Node) -> Any:
        return computed(node, lambda each: _told(reader, kinds[places[each]], row[places[each]]), reader.zone)

    for node, down in reversed(groups.order):
        if node in groups.figures:
            found.sort(key=lambda row, place=places[node]: _rank(row[place]), reverse=down)  # type: ignore[misc]
        else:
            found.sort(key=lambda row, node=node: _rank(of(row, node)), reverse=down)  # type: ignore[misc]
    page = found[offset : None if limit is None else offset + limit]
    return len(found), [{label: of(row, node) for label, node in groups.shown.items()} for row in page]


def _rank(value: Any) -> tuple[bool, Any]:
    return value is None, 0 if value is None else value.casefold() if isinstance(value, str) else value


def _told(reader: Reader, key: Key | None, value: Any) -> Any:
    """Return a key as its reader calls it, and a moment as text."""
    if isinstance(value, datetime):
        return value.isoformat()
    if key and key.field == "quality" and value is not None:
        return f"[{value:g}, {value + key.width:g}["
    return reader.label(key.field, value) if key and value is not None and key.field in FACETS.values() else value  # type: ignore[arg-type]
