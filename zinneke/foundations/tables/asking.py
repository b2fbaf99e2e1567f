"""From a question in words to what is put to open columns: which columns, in which order, under which conditions."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from django.conf import settings

from zinneke.foundations.tables.conditions import Condition, Touching
from zinneke.foundations.tables.frame import Frame
from zinneke.foundations.tables.rules import choose_column, parse_condition
from zinneke.foundations.tables.trees import check_size, conditions
from zinneke.foundations.tables.values import GEOMETRY, BBox, Column, Query, Where
from zinneke.kernel.problem import wrong


def selected(columns: Sequence[Column], asked: Sequence[str]) -> list[str]:
    """Return the names of the columns that are asked for; without any, all but the shapes."""
    if not asked:
        return [column.name for column in columns if column.type != "geometry"]
    return list(dict.fromkeys(choose_column(columns, name).name for name in asked))


def ordered(columns: Sequence[Column], asked: Sequence[str]) -> list[tuple[str, bool]]:
    """Return the columns of an order, and whether each is descending."""
    found = []
    for name in asked:
        known = {column.name for column in columns}
        down = name.startswith("-") and name not in known
        column = choose_column(columns, name[1:] if down else name, "order")
        if column.type == "geometry":
            raise wrong("Shapes have no order. Choose another column.", where="order")
        found.append((column.name, down))
    return found


def conditions_of(frame: Frame, columns: Sequence[Column], where: Sequence[Where | str], bbox: BBox | None, zone: str = "") -> list[Condition]:
    """Return the conditions of a question, ready to be put to rows."""
    asked = [parse_condition(each, columns) if isinstance(each, str) else each for each in where]
    found = conditions(frame, asked, columns, zone or settings.CITY_ZONE)
    if bbox is not None:
        if GEOMETRY not in {column.name for column in columns}:
            raise wrong("This dataset has no shapes to look for in a box.", where="bbox")
        found.append(Touching(frame.blocks(), bbox))
    return found


def demand_shapes(dataset: str, columns: Sequence[Column]) -> None:
    """Refuse a dataset without shapes (`Problem` 400)."""
    if GEOMETRY not in {column.name for column in columns}:
        raise wrong(f"{dataset} has no shapes.", where="dataset")


def figure_column(frame: Frame, columns: Sequence[Column], name: str) -> Any:
    """Return a column of numbers, open. Raises `Problem` 400 for another."""
    column = choose_column(columns, name, "value")
    if column.type not in ("integer", "decimal", "boolean"):
        raise wrong(f"Column {name!r} is {column.type}; figures need numbers.", where="value")
    return frame.held(name)


def fingerprint(query: Query) -> str:
    """Return a short word for what is asked, so that a cursor is not used for another question."""
    check_size(query.where)
    return hashlib.sha256(repr((query.where, query.order, query.bbox, query.zone)).encode()).hexdigest()[:10]
