"""What is missing, as pages: what nobody publishes about whom, where and when; what peer cities publish; what is asked or looked for in vain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from zinneke.foundations.catalogue.vocabularies import THEMES
from zinneke.foundations.territory import store as territory
from zinneke.kernel.confidentiality import Actor
from zinneke.kernel.text import Text, choose
from zinneke.office.cartography import gaps, store
from zinneke.office.cartography.coverage import AXES, PERIODS, Axis, Crossing, Survey, cross

AXIS_NAMES: dict[Axis, Text] = {
    "theme": Text("Thème", "Thema", "Theme"),
    "commune": Text("Commune", "Gemeente", "Commune"),
    "administration": Text("Administration", "Administratie", "Administration"),
    "period": Text("Période", "Periode", "Period"),
}
UNSAID: dict[Axis, Text] = {
    "theme": Text("sans thème", "zonder thema", "no theme"),
    "commune": Text("toute la Région", "het hele Gewest", "the whole Region"),
    "administration": Text("sans éditeur", "zonder uitgever", "no publisher"),
    "period": Text("non précisée", "niet vermeld", "not said"),
}
BEFORE = Text("avant {}", "vóór {}", "before {}")
FEW = 10
"""Subjects of peers that stand on the page of everything that is missing."""
MOST = 200


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: how many datasets, and the search that shows them, where the search can."""

    count: int
    address: str


def list_gaps(request: HttpRequest) -> HttpResponse:
    """Show what is missing: blanks between two axes, high-value data, peers' subjects, elements held nowhere, vain searches."""
    actor, language = request.actor, request.LANGUAGE_CODE
    elements = {each.key: each.title for each in store.list_things(actor, ("element",), limit=500)[0]}
    compared, peers = store.get_compared(actor)
    context = {
        **_coverage(actor, request, language),
        "high_value": [(gaps.HIGH_VALUE[each.index], each) for each in store.list_high_value(actor)],
        "nowhere": [(key, elements.get(key, {})) for key in store.list_held_nowhere(actor)],
        "misses": store.list_misses(actor),
        "few": gaps.FEW,
        "lacks": _lacks(compared.lacks[:FEW], peers),
        "compared": compared,
    }
    return render(request, "cartography/gaps.html", context)


def list_peers(request: HttpRequest) -> HttpResponse:
    """Show what peer cities publish and we do not: subject by subject, what comes nearest here, and which cities were compared."""
    compared, peers = store.get_compared(request.actor)
    chosen = request.GET.get("peer", "")
    lacks = [each for each in compared.lacks if not chosen or chosen in each.peers]
    context = {"compared": compared, "peers": peers, "chosen": chosen, "total": len(lacks), "lacks": _lacks(lacks[:MOST], peers)}
    return render(request, "cartography/peers.html", context)


def _lacks(lacks: Any, peers: Any) -> list[tuple[Any, list[Any], list[Any]]]:
    """Return each subject with the titles of its cities and its examples: the city's title, whether we have a page of it, address, title."""
    titles = {each.key: each.title for each in peers}
    return [
        (
            each,
            [titles.get(key, {"en": key}) for key in each.peers],
            [(titles.get(peer, {"en": peer}), ":" not in address, address, title) for peer, address, title in each.examples],
        )
        for each in lacks
    ]


def _coverage(actor: Actor, request: HttpRequest, language: str) -> dict[str, Any]:
    """Return two axes against each other as the page shows them, narrowed by the other two."""
    survey, when = store.get_coverage(actor)
    names = _names(actor, survey, language)
    given = request.GET
    rows = _axis(given.get("rows", ""), "theme")
    columns = _axis(given.get("columns", ""), "commune" if rows != "commune" else "theme")
    if columns == rows:
        columns = next(each for each in AXES if each != rows)
    narrowed: dict[Axis, str] = {
        axis: value for axis in AXES if axis not in (rows, columns) and (value := given.get(axis, "")) in names[axis] and value
    }
    found = cross(survey, rows, columns, {axis: tuple(names[axis]) for axis in AXES}, narrowed)
    return {
        "when": when,
        "axes": list(AXIS_NAMES.items()),
        "rows_axis": rows,
        "columns_axis": columns,
        "rows_name": AXIS_NAMES[rows],
        "columns_name": AXIS_NAMES[columns],
        "narrowing": [(axis, AXIS_NAMES[axis], list(names[axis].items()), narrowed.get(axis, "")) for axis in AXES if axis not in (rows, columns)],
        "crossing": found,
        "heads": [names[columns].get(key) or UNSAID[columns].said_in(language) for key in found.columns],
        "table": _table(found, rows, columns, names, narrowed, language),
    }


def _axis(given: str, otherwise: Axis) -> Axis:
    return next((axis for axis in AXES if axis == given), otherwise)


def _names(actor: Actor, survey: Survey, language: str) -> dict[Axis, dict[str, str]]:
    """Return the values of each axis in the order in which they are shown, with their names."""
    communes = {each.code: choose(each.name, language)[0] for each in territory.list_areas(actor, "commune")}
    administrations = {key: choose(name, language)[0] for key, name in survey.administrations.items()}
    years = {each: f"{each}–{int(each) + 4}" for each in PERIODS[1:]}
    return {
        "theme": {key: name.said_in(language) for key, name in THEMES.items()},
        "commune": dict(sorted(communes.items(), key=lambda each: each[1])),
        "administration": dict(sorted(administrations.items(), key=lambda each: each[1].casefold())),
        "period": {PERIODS[0]: BEFORE.said_in(language).format(PERIODS[1]), **years},
    }


def _table(
    found: Crossing, rows: Axis, columns: Axis, names: dict[Axis, dict[str, str]], narrowed: dict[Axis, str], language: str
) -> list[tuple[str, list[Cell]]]:
    """Return the rows with their names; a cell leads to the search when that can be asked for just what it counts."""
    searchable = {rows, columns} == {"theme", "commune"} and not narrowed
    table = []
    for row, counts in zip(found.rows, found.counts, strict=True):
        cells = [
            Cell(n, f"?{urlencode([(rows, row), (columns, column)])}" if n and searchable and row and column else "")
            for column, n in zip(found.columns, counts, strict=True)
        ]
        table.append((names[rows].get(row) or UNSAID[rows].said_in(language), cells))
    return table
