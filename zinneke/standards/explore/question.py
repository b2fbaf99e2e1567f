"""What `select`, `group_by`, `order_by`, `refine` and `exclude` ask of a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from zinneke.foundations.tables.values import GEOMETRY, And, Bins, Column, Figure, Filter, Grouping, Key, Not, Or, Query, Term, Where
from zinneke.standards.explore.faults import malformed, misfit
from zinneke.standards.explore.meaning import SHAPE_NAMES, Sense, constant, read_where, term
from zinneke.standards.explore.moments import read_moment
from zinneke.standards.explore.syntax import Applied, Field, Item, Listed, Literal, Node, Quantity, Star, read_items

MOST_RECORDS = 100
_PIXELS = 50
"""How wide the squares of `geo_cluster` are on the screen."""
MOST_GROUPS = 20_000
_TAKES = {
    "count": "count", "sum": "sum", "avg": "mean", "min": "min", "max": "max", "median": "median", "percentile": "percentile", "stddev": "stddev",
}  # fmt: skip
_SIGNS = ("+", "-", "*", "/")
_UNITS = {
    "ms": "", "millisecond": "", "milliseconds": "", "s": "", "second": "", "seconds": "", "m": "minute", "minute": "minute", "minutes": "minute",
    "h": "hour", "hour": "hour", "hours": "hour", "d": "day", "day": "day", "days": "day", "w": "week", "week": "week", "weeks": "week",
    "M": "month", "month": "month", "months": "month", "y": "year", "year": "year", "years": "year",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Clauses:
    """The clauses of one request as they were written."""

    select: str = ""
    where: Sequence[str] = ()
    group_by: str = ""
    order_by: str = ""
    refine: Sequence[str] = ()
    exclude: Sequence[str] = ()
    limit: int = 10
    offset: int = 0


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of a table: records by a query, or groups; `labels` are what is shown, each with the column that it is read from."""

    query: Query
    labels: tuple[tuple[str, str], ...] = ()
    groups: Grouping | None = None


def understand(clauses: Clauses, sense: Sense) -> Asked:
    """Return what the clauses ask. Raises `Problem` 400 for what cannot be read, means nothing, or is out of bounds."""
    items = read_items(clauses.select) if clauses.select.strip() else [Item(Star(), "*")]
    where = conditions(clauses, sense)
    if clauses.group_by.strip() or any(_is_figure(each.node) for each in items):
        return _grouping(clauses, items, where, sense)
    columns, computed = _chosen(items, sense)
    seed = _seed(clauses.order_by)
    order = _order(clauses.order_by, dict(columns), sense) if seed is None else ()
    names = tuple(dict.fromkeys(name for _, name in columns))
    query = Query(names, where, order, clauses.limit, "", None, tuple(computed), clauses.offset, sense.zone, seed)
    return Asked(query, (*columns, *((name, name) for name, _ in computed)))


def conditions(clauses: Clauses, sense: Sense) -> tuple[Where, ...]:
    """Return the conditions of `where`, `refine` and `exclude`, all of which must hold."""
    found = [read_where(each, sense) for each in clauses.where if each.strip()]
    refined: dict[str, list[Where]] = {}
    for each in clauses.refine:
        name, part = facet_condition(each, "refine", sense)
        refined.setdefault(name, []).append(part)
    for name, parts in refined.items():
        found += [Or(tuple(parts))] if len(parts) > 1 and sense.column(name).type not in ("date", "timestamp") else parts
    for each in clauses.exclude:
        name, part = facet_condition(each, "exclude", sense)
        found.append(Or((Not(part), Filter(name, "null", True))))
    return tuple(found)


def facet_field(text: str, sense: Sense) -> str:
    """Return the column of `field:value`."""
    return sense.column(text.partition(":")[0].strip().strip("`")).name


def facet_condition(text: str, parameter: str, sense: Sense) -> tuple[str, Where]:
    """Return the column and the condition of `field:value`; of dates `2024`, `2024/03` and `2024/03/31` mean all that lies in them."""
    name, parted, value = text.partition(":")
    if not parted:
        raise misfit(parameter, f"{text[:60]!r} is not written field:value.")
    column = sense.column(facet_field(text, sense))
    value = value.strip()
    if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
        value = value[1:-1]
    if column.type in ("date", "timestamp"):
        first = read_moment(value, sense.zone)
        if type(first) is date:
            return column.name, _period(column, first, value.count("/") + value.count("-"))
    if column.type == "geometry":
        raise misfit(parameter, f"{name[:60]} is a shape and no facet.")
    return column.name, Filter(column.name, "eq", value)


def _period(column: Column, first: date, marks: int) -> Where:
    try:
        if marks == 0:
            after = first.replace(year=first.year + 1)
        elif marks == 1:
            after = (first.replace(day=28) + timedelta(days=4)).replace(day=1)
        else:
            after = first + timedelta(days=1)
    except (ValueError, OverflowError):
        return Filter(column.name, "ge", first)
    return And((Filter(column.name, "ge", first), Filter(column.name, "lt", after)))


def _is_figure(node: Node) -> bool:
    """Say whether a node is a figure, or arithmetic with one."""
    if not isinstance(node, Applied):
        return False
    return node.name in (*_TAKES, "envelope", "bbox") or (node.name in _SIGNS and any(map(_is_figure, node.args)))


def _add_figure(item: Item, figures: list[Figure], sense: Sense) -> str:
    """Add a figure, those before it that it is computed of, and return its name; the same one is not added twice under its own."""
    assert isinstance(item.node, Applied)
    made = Figure(item.label, "of", _of_figures(item.node, figures, sense)) if item.node.name in _SIGNS else _figure(item, sense)
    figures.append(made)
    return made.name


def _of_figures(node: Node, figures: list[Figure], sense: Sense) -> Term:
    if isinstance(node, Literal) and isinstance(node.value, int | float) and not isinstance(node.value, bool):
        return Term("value", (node.value,))
    if not isinstance(node, Applied) or not (_is_figure(node) or node.name in _SIGNS):
        raise malformed("figures are computed with figures and numbers")
    if node.name in _SIGNS:
        return Term(node.name, tuple(_of_figures(each, figures, sense) for each in node.args))
    made = _figure(Item(node, f"\0{len(figures)}"), sense)
    same = next((each for each in figures if (each.take, each.term, each.share) == (made.take, made.term, made.share)), None)
    figures += [] if same else [made]
    return Term("figure", ((same or made).name,))


def _chosen(items: Sequence[Item], sense: Sense) -> tuple[list[tuple[str, str]], list[tuple[str, Term]]]:
    """Return (label, column) for each column that is selected, and the computed values with their labels."""
    columns: dict[str, str] = {}
    computed: dict[str, Term] = {}
    included = [each for each in items if not (isinstance(each.node, Applied) and each.node.name == "exclude")]
    for each in included or [Item(Star(), "*")]:
        node = each.node
        if isinstance(node, Star):
            columns |= dict(_every(sense))
        elif isinstance(node, Applied) and node.name == "include":
            columns |= {name: column for name, column in _every(sense) if _fits(name, node)}
        elif isinstance(node, Field):
            column = sense.column(node.name)
            if column.type == "geometry" and node.name not in SHAPE_NAMES and not each.named:
                columns |= dict.fromkeys(shape_names(sense), GEOMETRY)
            else:
                columns[each.label] = column.name
        else:
            computed[each.label] = term(node, sense)
    for each in items:
        if isinstance(each.node, Applied) and each.node.name == "exclude":
            columns = {name: column for name, column in columns.items() if not _fits(name, each.node)}
    if not columns and not computed:
        raise malformed("select leaves no field")
    return list(columns.items()), list(computed.items())


def shape_names(sense: Sense) -> tuple[str, ...]:
    """Return the names under which a dataset's shapes are given: points have no shape of their own beside their place."""
    return () if not sense.version.geometry else SHAPE_NAMES[:1] if sense.version.geometry == "point" else SHAPE_NAMES


def _every(sense: Sense) -> list[tuple[str, str]]:
    found = [(column.name, column.name) for column in sense.version.columns if column.type != "geometry"]
    return [*found, *((name, GEOMETRY) for name in shape_names(sense))]


def _fits(name: str, node: Applied) -> bool:
    for each in node.args:
        if isinstance(each, Field) and (name.startswith(each.name[:-1]) if each.name.endswith("*") else name == each.name):
            return True
        if isinstance(each, Star):
            return True
    return False


def _seed(text: str) -> int | None:
    """Return the seed of `random(seed)`, which is an order alone; None for another order."""
    items = read_items(text, ordered=True) if "random" in text.lower() else []
    chance = [each.node for each in items if isinstance(each.node, Applied) and each.node.name == "random"]
    if not chance:
        return None
    said = [each.value for each in chance[0].args if isinstance(each, Literal) and isinstance(each.value, int) and not isinstance(each.value, bool)]
    if len(items) > 1 or len(said) != len(chance[0].args) or len(said) > 1:
        raise malformed("random() or random(seed), with a whole number, is an order alone")
    return said[0] if said else 0


def _order(text: str, labels: dict[str, str], sense: Sense) -> tuple[str, ...]:
    found = []
    for each in read_items(text, ordered=True) if text.strip() else ():
        if not isinstance(each.node, Field):
            raise malformed(f"records are ordered by fields, and {each.label[:40]} is none")
        column = sense.column(labels.get(each.node.name, each.node.name))
        found.append(f"-{column.name}" if each.down else column.name)
    return tuple(found)


def _grouping(clauses: Clauses, items: Sequence[Item], where: tuple[Where, ...], sense: Sense) -> Asked:
    """Return the groups that are asked for, and which of their keys and figures are shown, in which order."""
    keys = [_key(each, sense) for each in (read_items(clauses.group_by) if clauses.group_by.strip() else ())]
    figures: list[Figure] = []
    shown: list[tuple[str, str]] = []
    for each in items:
        if isinstance(each.node, Star):
            shown += [(key.name, key.name) for key in keys]
        elif _is_figure(each.node):
            shown.append((each.label, _add_figure(each, figures, sense)))
        else:
            key = _found(each, keys, sense)
            if not key:
                raise malformed(f"{each.label[:60]} is selected, but not grouped by")
            shown.append((each.label, key))
    named = {name for _, name in shown}
    shown = [*((key.name, key.name) for key in keys if key.name not in named), *shown]
    order = []
    names = dict(shown)
    for each in read_items(clauses.order_by, ordered=True) if clauses.order_by.strip() else ():
        if each.label in names or not _is_figure(each.node):
            label = names.get(each.label) or _found(each, keys, sense)
        else:
            meant = _of_figures(each.node, figures, sense)
            same = next((one.name for one in figures if one.take == "of" and one.term == meant), "")
            label = same or (meant.args[0] if meant.op == "figure" else f"\0{len(figures)}")
            figures += [] if same or meant.op == "figure" else [Figure(label, "of", meant)]
        if not label:
            raise malformed(f"groups cannot be ordered by {each.label[:60]}")
        order.append(f"-{label}" if each.down else label)
    grouping = Grouping(tuple(keys), tuple(figures), where, tuple(order), clauses.limit, clauses.offset, None, sense.zone)
    return Asked(Query(), tuple(shown), grouping)


def _found(item: Item, keys: Sequence[Key], sense: Sense) -> str:
    """Return the name of the key that an expression means, an empty one when there is none."""
    named = next((key.name for key in keys if key.name == item.label), "")
    if named or not keys or (isinstance(item.node, Applied) and item.node.name in ("range", "geo_cluster")):
        return named
    meant = term(item.node, sense)
    return next((key.name for key in keys if key.bins is None and key.term == meant), "")


def _key(item: Item, sense: Sense) -> Key:
    node = item.node
    if isinstance(node, Applied) and node.name == "range":
        if len(node.args) != 2:
            raise malformed("range takes a field and a width or a list of edges")
        return Key(item.label, term(node.args[0], sense), _bins(node.args[1], sense))
    if isinstance(node, Applied) and node.name == "geo_cluster":
        return Key(item.label, Term("column", (GEOMETRY,)), Bins(cell=_cell(node, sense)))
    if isinstance(node, Literal | Star):
        raise malformed("a group is a field or a function of one")
    return Key(item.label, term(node, sense))


def _shape(args: Sequence[Node], sense: Sense) -> None:
    if len(args) != 1 or not isinstance(args[0], Field) or sense.column(args[0].name).type != "geometry":
        raise malformed("envelope and bbox take a place or a shape, such as geo_point_2d")


def _cell(node: Applied, sense: Sense) -> float:
    """Return the width of the squares of `geo_cluster(field, zoom, pixels)`, as a part of the width of the map."""
    _shape(node.args[:1], sense)
    said = [constant(each, sense) for each in node.args[1:]]
    match said if len(said) != 1 else [*said, _PIXELS]:
        case [int(zoom), int() | float() as pixels] if not isinstance(zoom, bool) and 0 <= zoom <= 22 and 1 <= pixels <= 256:
            return float(pixels / (256 * 2.0**zoom))
    raise malformed("geo_cluster takes a place, a zoom from 0 to 22 and, if you like, a width from 1 to 256 pixels")


def _bins(node: Node, sense: Sense) -> Bins:
    if isinstance(node, Listed):
        edges = tuple(_edge(constant(each, sense), sense) for each in node.values)
        return Bins(edges, below=node.opened == "]", above=node.closed == "[")
    if isinstance(node, Quantity):
        step = _UNITS.get(node.unit)
        if not step or node.number != 1:
            raise malformed("a step of time is one minute, hour, day, week, month or year, such as 1 day")
        return Bins(width=step)  # type: ignore[arg-type]
    width = constant(node, sense)
    if isinstance(width, bool) or not isinstance(width, int | float):
        raise malformed("the width of ranges is a number or a step such as 1 day")
    return Bins(width=float(width))


def _edge(value: Any, sense: Sense) -> Any:
    return value.replace(tzinfo=ZoneInfo(sense.zone)) if hasattr(value, "hour") and value.tzinfo is None else value


def _figure(item: Item, sense: Sense) -> Figure:
    node = item.node
    assert isinstance(node, Applied)
    if node.name in ("envelope", "bbox"):
        _shape(node.args, sense)
        return Figure(item.label, "box")
    if node.name == "count" and (not node.args or isinstance(node.args[0], Star)):
        return Figure(item.label, "count")
    if len(node.args) != (2 if node.name == "percentile" else 1) or isinstance(node.args[0], Star):
        raise malformed(f"{node.name} takes {'a field and a number' if node.name == 'percentile' else 'one field'}")
    inner: Node = node.args[0]
    take = _TAKES[node.name]
    if isinstance(inner, Applied) and inner.name == "distinct":
        if take != "count":
            raise malformed("only counts can be of distinct values")
        inner, take = inner.args[0], "distinct"
    share = node.args[1].value if len(node.args) == 2 and isinstance(node.args[1], Literal) else 50.0
    if isinstance(share, bool) or not isinstance(share, int | float) or not 0 <= share <= 100:
        raise malformed("a percentile goes from 0 to 100")
    return Figure(item.label, take, term(inner, sense), float(share))  # type: ignore[arg-type]
