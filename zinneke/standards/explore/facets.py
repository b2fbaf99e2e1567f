"""Facets: which are asked for and how, and their values as clients know them: flat, or of dates a year's months and a month's days."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import msgspec

from zinneke.kernel.problem import Problem
from zinneke.standards.explore.faults import misfit
from zinneke.standards.explore.records import Link
from zinneke.standards.explore.syntax import Applied, Field, Node, read_items
from zinneke.standards.explore.syntax import Literal as Value

MOST_VALUES = 100
_MOST = 1_000
_SORTS = ("count", "-count", "alphanum", "-alphanum")
LEVELS: tuple[Literal["year", "month", "day"], ...] = ("year", "month", "day")
Path = tuple[str, ...]
"""A date as a facet tells it, as far as it goes: `("2024", "05")`."""


class FacetValue(msgspec.Struct, omit_defaults=True):
    """A value of a facet, how many have it, whether it is `displayed`, `refined` or `excluded`, and what lies below it."""

    name: str
    count: int
    state: str
    value: str
    facets: list[FacetValue] = []


class TellFacet(msgspec.Struct):
    """A facet with its values, the most frequent first; dates from the latest year on."""

    name: str
    facets: list[FacetValue]


class TellFacets(msgspec.Struct):
    """Facets."""

    links: list[Link]
    facets: list[TellFacet]


@dataclass(frozen=True, slots=True)
class Wish:
    """A facet that is asked for: how many values, in which order, of which beginning; `disjunctive` counts as if it were not refined."""

    name: str
    limit: int = MOST_VALUES
    sort: str = ""
    prefix: str = ""
    disjunctive: bool = False


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is refined and excluded of one facet, as it was written."""

    refined: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()

    def state(self, *names: str) -> str:
        """Return the state of a value that has some names."""
        return "refined" if set(names) & set(self.refined) else "displayed"


def read_wishes(clauses: Sequence[str]) -> list[Wish]:
    """Return the facets of `facet=name` or `facet=facet(name="name", limit=5, sort="alphanum", prefix="a", disjunctive=true)`."""
    found: list[Wish] = []
    for each in clauses:
        if re.match(r"\s*facet\s*\(", each):
            found += [_wish(item.node) for item in read_items(each)]
        elif each.strip():
            found.append(Wish(each.strip().strip("`")))
    return found


def _wish(node: Node) -> Wish:
    said = dict(_argument(each) for each in node.args) if isinstance(node, Applied) and node.name == "facet" else {}
    match said:
        case {"name": str(name)}:
            wish = Wish(name)
        case _:
            raise misfit("facet", 'a facet is written name or facet(name="name").')
    for key, value in said.items():
        match key, value:
            case "disjunctive", bool():
                wish = replace(wish, disjunctive=value)
            case "limit", int() if not isinstance(value, bool) and 0 < value <= _MOST:
                wish = replace(wish, limit=value)
            case "sort", str() if value in _SORTS:
                wish = replace(wish, sort=value)
            case "prefix", str():
                wish = replace(wish, prefix=value)
            case "name", _:
                continue
            case _:
                raise misfit(
                    "facet", f"{key[:40]!r} cannot be that. There are limit (up to {_MOST}), sort ({', '.join(_SORTS)}), prefix, disjunctive."
                )
    return wish


def _argument(node: Node) -> tuple[str, object]:
    match node:
        case Applied("eq", (Field(name), Value(value))):
            return name, value
    raise misfit("facet", 'the arguments of facet() are written like name="species".')


def chosen_of(refine: Sequence[str], exclude: Sequence[str], name: str) -> Chosen:
    """Return what is refined and excluded of one facet."""
    return Chosen(_values(refine, name), _values(exclude, name))


def _values(clauses: Sequence[str], name: str) -> tuple[str, ...]:
    parted = (each.partition(":") for each in clauses)
    return tuple(value.strip().strip("\"'") for field, _, value in parted if field.strip().strip("`").removeprefix("default.") == name)


def listed(wish: Wish, values: Sequence[tuple[str, str, int]], chosen: Chosen) -> TellFacet:
    """Return the values of a facet, given as name, code and count: sorted, cut off, and those that are excluded without a count."""
    order = wish.sort or "-count"
    shown = [each for each in values if each[0].casefold().startswith(wish.prefix.casefold())]
    shown.sort(key=lambda each: each[2] if order.endswith("count") else each[0].casefold(), reverse=order.startswith("-"))
    told = [FacetValue(name, count, chosen.state(name, code), code) for name, code, count in shown[: wish.limit]]
    return TellFacet(wish.name, [*told, *(FacetValue(each, 0, "excluded", each) for each in chosen.excluded)])


def dated(wish: Wish, count: Callable[[int, Path], Sequence[tuple[int, int]]], chosen: Chosen) -> TellFacet:
    """Return a facet of dates: its years, and below what is refined the months of a year and the days of a month.

    `count(depth, path)` gives the years (depth 0), or the months or days below a path, each with how many there are.
    """
    refined = tuple(path_of(each) for each in chosen.refined)
    years = _below(wish, count, (), refined, chosen)
    return TellFacet(wish.name, [*years, *(FacetValue(path_of(each)[-1], 0, "excluded", "/".join(path_of(each))) for each in chosen.excluded)])


def _below(
    wish: Wish, count: Callable[[int, Path], Sequence[tuple[int, int]]], path: Path, refined: Sequence[Path], chosen: Chosen
) -> list[FacetValue]:
    found = []
    order = wish.sort or "-alphanum"
    counts = sorted(count(len(path), path), key=lambda each: each[order.endswith("count")], reverse=order.startswith("-"))
    for number, times in counts[: wish.limit]:
        here = (*path, f"{number:0{4 if not path else 2}d}")
        inside = any(each[: len(here)] == here for each in refined)
        below = _below(wish, count, here, refined, chosen) if inside and len(here) < len(LEVELS) else []
        found.append(FacetValue(here[-1], times, "refined" if inside else "displayed", "/".join(here), below))
    return found


def path_of(text: str) -> Path:
    """Return the parts of a date that is written `2024`, `2024/05` or `2024-05-31`. Raises `Problem` 400."""
    match = re.fullmatch(r"(\d{4})(?:[/-](\d{1,2}))?(?:[/-](\d{1,2}))?(?:[T ].*)?", text.strip(), re.DOTALL)
    if match is None:
        raise _no_date(text)
    return tuple(part.zfill(2) for part in match.groups() if part)


def _no_date(text: str) -> Problem:
    return misfit("refine", f"{text[:40]!r} is no date such as 2024, 2024/05 or 2024/05/31.")
