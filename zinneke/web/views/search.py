"""Search over everything: data, places, communes, solutions and pages in one list, with the query kept in the address."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render

from zinneke.foundations.catalogue import store as catalogue
from zinneke.foundations.catalogue.values import Facet
from zinneke.foundations.territory import store as territory
from zinneke.kernel import registry
from zinneke.kernel.box import Box, read_box
from zinneke.kernel.finding import Finding
from zinneke.kernel.problem import Problem
from zinneke.kernel.route import EVERYONE, Page
from zinneke.kernel.text import Text
from zinneke.office.cartography import store as cartography
from zinneke.web import finding, paging
from zinneke.web.ground import ground
from zinneke.web.templatetags.zinneke import language

SIZE = 20
FACETS = ("theme", "publisher", "format", "licence", "commune", "level")
ORDERS = ("relevance", "newest", "title")
LONGEST = 300
AROUND = Text("Partie de la carte", "Deel van de kaart", "Part of the map")
TYPES: dict[str, Text] = {
    "dataset": Text("Données", "Gegevens", "Data"),
    "place": Text("Lieux", "Plaatsen", "Places"),
    "solution": Text("Solutions", "Oplossingen", "Solutions"),
    **{module.__name__.split(".")[2]: module.KIND for module in registry.modules("search")},
    "page": Text("Pages", "Pagina’s", "Pages"),
}


@dataclass(frozen=True, slots=True)
class Tab:
    """One kind of result to look at alone, or all of them (no `key`)."""

    key: str
    name: Text
    count: int
    address: str
    current: bool


@dataclass(frozen=True, slots=True)
class Chosen:
    """A filter that is on, and the address without it."""

    facet: str
    label: str
    address: str


def search(request: HttpRequest) -> HttpResponse:
    """Show what was found; the same address gives the same list."""
    language = request.LANGUAGE_CODE
    text = request.GET.get("q", "").strip()[:LONGEST]
    kind = request.GET.get("type", "") if request.GET.get("type") in TYPES else ""
    page = _whole(request.GET.get("page", ""))
    order = request.GET.get("order", "") if request.GET.get("order") in ORDERS else "relevance"
    facets = {key: values for key in FACETS if (values := [value for value in request.GET.getlist(key) if value])}
    box = _box(request.GET.get("bbox", ""))
    found = catalogue.search(request.actor, text, language, facets, order=order, limit=SIZE, offset=(page - 1) * SIZE, box=box)
    others = {} if facets or box or not text else _others(request, text, language)
    tabs = _tabs(request.GET, kind, {"dataset": found.total, **{key: len(results) for key, results in others.items()}})
    first = page == 1
    shown = [result for key, results in others.items() for result in results[: None if kind else 4] if kind in ("", key)] if first else []
    if text and page == 1 and not (facets or box or found.total or any(others.values())):
        cartography.record_miss(text)
    context = {
        "q": text,
        "kind": kind,
        "box": box,
        "bbox": ",".join(map(str, box or ())),
        "order": order,
        "orders": ORDERS,
        "found": found,
        "hits": found.hits if kind in ("", "dataset") else (),
        "facets": _useful(found.facets),
        "others": [result for result in shown if kind or not result.weak],
        "later": [result for result in shown if result.weak and not kind],
        "tabs": tabs,
        "total": sum(tab.count for tab in tabs if tab.current),
        "chosen": _chosen(request.GET, found.facets),
        "pages": paging.pages(request.GET, page, found.total, SIZE) if kind in ("", "dataset") else paging.Pages(),
        "page": page,
    }
    return render(request, "web/search.html", context)


def _whole(text: str) -> int:
    """Read a page number between 1 and 500; anything else is the first page."""
    return min(int(text), 500) if text.isdecimal() and len(text) < 6 and int(text) else 1


def _box(text: str) -> Box | None:
    """Read a part of the map; what is none narrows nothing."""
    try:
        return read_box(text) if text else None
    except Problem:
        return None


def _others(request: HttpRequest, text: str, language: str) -> dict[str, list[Finding]]:
    land = ground(request.actor)
    communes = {code: (land.name(code, language), land.href(code, language)) for code in land.communes}
    places = territory.find_places(request.actor, text, language, limit=20)
    return {
        "solution": list(finding.find_solutions(text, language)),
        "place": list(finding.place_results(text, places, communes, language)),
        **finding.find_in_rooms(request.actor, text, language),
        "page": list(finding.find_pages(request.actor, text, language)),
    }


def _tabs(query: QueryDict, kind: str, counts: dict[str, int]) -> list[Tab]:
    """Return the kinds that have results; the address of each keeps the words and forgets the page."""
    if len([count for count in counts.values() if count]) < 2 and not kind:
        return [Tab("", Text("Tout", "Alles", "All"), sum(counts.values()), _with(query, "type", ""), True)]
    tabs = [Tab("", Text("Tout", "Alles", "All"), sum(counts.values()), _with(query, "type", ""), not kind)]
    return tabs + [
        Tab(key, name, counts.get(key, 0), _with(query, "type", key), kind == key) for key, name in TYPES.items() if counts.get(key) or kind == key
    ]


def _with(query: QueryDict, name: str, value: str) -> str:
    changed = query.copy()
    for each in (name, "page"):
        changed.pop(each, None)
    if value:
        changed[name] = value
    return f"?{changed.urlencode()}"


def _useful(facets: tuple[Facet, ...]) -> list[Facet]:
    """Keep the facets that divide the results; a single choice that is not chosen divides nothing."""
    ordered = sorted((facet for facet in facets if facet.key in FACETS), key=lambda facet: FACETS.index(facet.key))
    return [facet for facet in ordered if (len(facet.values) > 1 or any(value.selected for value in facet.values))]


def _chosen(query: QueryDict, facets: tuple[Facet, ...]) -> list[Chosen]:
    labels = {(facet.key, value.value): (facet.label, value.label) for facet in facets for value in facet.values}
    chosen: list[Chosen] = []
    for key in FACETS:
        for value in filter(None, query.getlist(key)):
            changed = query.copy()
            changed.pop("page", None)
            changed.setlist(key, [other for other in query.getlist(key) if other != value])
            name, label = labels.get((key, value), ("", value))
            chosen.append(Chosen(name, label, f"?{changed.urlencode()}"))
    if _box(query.get("bbox", "")):
        chosen.append(Chosen("", AROUND.said_in(language()), _with(query, "bbox", "")))
    return chosen


PAGES = (Page(name="search", path="search/", view=search, audience=EVERYONE),)
