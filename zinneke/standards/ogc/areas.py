"""The communes, neighbourhoods and the Region as collections of features."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import msgspec
import numpy as np
import shapely

from zinneke.foundations.tables.rules import fold
from zinneke.foundations.tables.values import Column, Filter, Where
from zinneke.foundations.territory import crs
from zinneke.foundations.territory import store as territory
from zinneke.foundations.territory.values import Area, AreaKind
from zinneke.kernel.confidentiality import ANONYMOUS, Actor, Level
from zinneke.kernel.problem import not_found, wrong
from zinneke.kernel.route import Call, Reply
from zinneke.kernel.text import LANGUAGES, Text
from zinneke.standards.ogc.answers import GEOJSON, HTML, JSON, ROOT, Link, address, itself, query_of
from zinneke.standards.ogc.asks import AskItem, AskItems
from zinneke.standards.ogc.cql2 import read_filter
from zinneke.standards.ogc.cql2.among import holds
from zinneke.standards.ogc.items import MOST, USUAL, FeatureCollection, told
from zinneke.standards.ogc.systems import CRS84, NAMES, System, read_box, read_system
from zinneke.standards.ogc.times import read_span

PREFIX = "territory."
KINDS: dict[str, tuple[AreaKind, Text]] = {
    "territory.region": ("region", Text("La Région", "Het Gewest", "The Region")),
    "territory.communes": ("commune", Text("Les communes", "De gemeenten", "The communes")),
    "territory.neighbourhoods": ("neighbourhood", Text("Les quartiers", "De wijken", "The neighbourhoods")),
}
_TEXTS = ("code", "kind", "parent", *(f"name_{language}" for language in LANGUAGES))
_PAGING = frozenset({"f", "limit", "after", "bbox", "bbox-crs", "crs", "datetime", "properties", "sortby", "filter", "filter-lang", "filter-crs"})
_LISTS = ("postal_codes",)
_DIGITS = {4326: 9}


def _kind(collection: str) -> tuple[AreaKind, Text]:
    if collection not in KINDS:
        raise not_found("collection", collection)
    return KINDS[collection]


@lru_cache(maxsize=8)
def _shapes(kind: AreaKind, edition: str) -> list[tuple[Area, Any]]:
    return territory.area_shapes(ANONYMOUS, kind)


def shapes(actor: Actor, kind: AreaKind) -> list[tuple[Area, Any]]:
    """Return the areas of a kind with their shapes, from memory until one changes."""
    return _shapes(kind, territory.edition(actor))


def columns(actor: Actor, kind: AreaKind) -> tuple[Column, ...]:
    """Return what areas of a kind may be asked about: names and codes, the figures that are known of some of them, and their shapes."""
    facts = dict.fromkeys(name for area, _ in shapes(actor, kind) for name, value in area.facts.items() if _is_number(value))
    texts = (Column(name, "text", Level.PUBLIC) for name in _TEXTS)
    return (*texts, *(Column(name, "decimal", Level.PUBLIC) for name in facts), Column("geometry", "geometry", Level.PUBLIC))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def describe_all(call: Call[Any]) -> list[dict[str, Any]]:
    """Describe the collections of areas that there are."""
    return [describe(call, collection) for collection, (kind, _) in KINDS.items() if shapes(call.actor, kind)]


def describe(call: Call[Any], collection: str) -> dict[str, Any]:
    """Describe a collection of areas. Raises `Problem` 404."""
    kind, title = _kind(collection)
    here = f"{call.base}{ROOT}/collections/{collection}"
    boxes = np.array([area.bbox for area, _ in shapes(call.actor, kind)]).reshape(-1, 4)
    around = [float(each) for each in (*boxes[:, :2].min(axis=0), *boxes[:, 2:].max(axis=0))] if len(boxes) else None
    return {
        "id": collection,
        "title": title.said_in(call.language),
        "links": [
            Link(here, "self", JSON),
            Link(f"{here}?f=html", "alternate", HTML),
            Link(f"{here}/items", "items", GEOJSON, "Items"),
            Link(f"{here}/queryables", "http://www.opengis.net/def/rel/ogc/1.0/queryables", "application/schema+json", "Queryables"),
            Link(f"{here}/sortables", "http://www.opengis.net/def/rel/ogc/1.0/sortables", "application/schema+json", "Sortables"),
            Link(f"{here}/schema", "http://www.opengis.net/def/rel/ogc/1.0/schema", "application/schema+json", "Schema"),
        ],
        "extent": {"spatial": {"bbox": [around], "crs": CRS84}} if around else {},
        "itemType": "feature",
        "crs": list(NAMES),
        "storageCrs": CRS84,
    }


def _properties(area: Area) -> dict[str, Any]:
    names = {f"name_{language}": area.name[language] for language in LANGUAGES if language in area.name}
    return {"code": area.code, "kind": area.kind, **names, "parent": area.parent, "postal_codes": list(area.postal_codes), **area.facts}


def list_areas(call: Call[AskItems]) -> Reply:
    """List areas that touch a box, have the properties that are asked for, and answer a filter."""
    ask, query = call.ask, query_of(call)
    kind, title = _kind(ask.collection)
    known = {column.name: column for column in columns(call.actor, kind)}
    named = [name for name, column in known.items() if column.type != "geometry"]
    if unknown := [name for name in query if name not in _PAGING and name not in named]:
        raise wrong(f"Areas are narrowed by a box or by {', '.join(named)}; there is no {unknown[0][:60]!r} here.", where=unknown[0])
    box, system = read_box(ask.bbox, read_system(ask.bbox_crs, "bbox-crs")), read_system(ask.crs)
    read_span(ask.datetime)
    wanted = [_equal(known[name], value) for name, value in query.items() if name in named]
    if ask.filter.strip():
        wanted.append(read_filter(ask.filter, ask.filter_lang, read_system(ask.filter_crs, "filter-crs"), tuple(known.values())))
    found = _sorted([each for each in shapes(call.actor, kind) if _matches(each, wanted, box)], ask.sortby, named)
    kept = _kept(ask.properties, [*named, *_LISTS])
    start = int(ask.after) if ask.after.isascii() and ask.after.isdigit() and len(ask.after) < 9 else 0
    page = found[start : start + min(ask.limit or USUAL, MOST)]
    path = f"{ROOT}/collections/{ask.collection}/items"
    links = [*itself(call, path, GEOJSON), Link(f"{call.base}{ROOT}/collections/{ask.collection}", "collection", JSON)]
    if start + len(page) < len(found):
        links.append(Link(address(call, path, after=str(start + len(page))), "next", GEOJSON))
    now = datetime.now(UTC).isoformat().replace("+00:00", "Z")
    answer = FeatureCollection(now, len(found), len(page), links, list(_written(page, system, kept)))
    return told(call, answer, links, system, lambda: title.said_in(call.language))


def _matches(each: tuple[Area, Any], wanted: Sequence[Where], box: tuple[float, float, float, float] | None) -> bool:
    area, shape = each
    known = _properties(area)
    return all(holds(where, known, shape) is True for where in wanted) and (box is None or bool(shape.intersects(shapely.box(*box))))


def _equal(column: Column, text: str) -> Where:
    if column.type == "text":
        return Filter(column.name, "eq", text)
    try:
        return Filter(column.name, "eq", float(text))
    except ValueError:
        raise wrong(f"{text[:60]!r} is no number, and {column.name} is one.", where=column.name) from None


def _sorted(found: list[tuple[Area, Any]], by: str, named: Sequence[str]) -> list[tuple[Area, Any]]:
    """Return areas in an order, those without a value last. Raises `Problem` 400."""
    for part in reversed([each.strip() for each in by.split(",") if each.strip()]):
        name, down = part.lstrip("+-"), part.startswith("-")
        if name not in named:
            raise wrong(
                f"Areas are sorted by {', '.join(named)}, with a minus before it the largest first; there is no {part[:60]!r}.", where="sortby"
            )
        values = [(each, _properties(each[0]).get(name)) for each in found]
        there = sorted((pair for pair in values if pair[1] not in (None, "")), key=lambda pair: _rank(pair[1]), reverse=down)
        found = [each for each, _ in there] + [each for each, value in values if value in (None, "")]
    return found


def _rank(value: Any) -> Any:
    return fold(value) if isinstance(value, str) else value


def _kept(text: str, known: Sequence[str]) -> frozenset[str] | None:
    """Return which properties are given, None for all of them. Raises `Problem` 400 for one that is not there."""
    names = [each.strip() for each in text.split(",") if each.strip()]
    if unknown := [name for name in names if name not in known]:
        raise wrong(f"There is no property {unknown[0][:60]!r}. There are {', '.join(known)}.", where="properties")
    return frozenset(names) or None


def _written(some: Iterable[tuple[Area, Any]], system: System, kept: frozenset[str] | None = None) -> Iterable[dict[str, Any]]:
    def moved(pairs: Any) -> Any:
        x, y = crs.transform(pairs[:, 0], pairs[:, 1], 4326, system.code)
        return np.column_stack((y, x) if system.flipped else (x, y)).round(_DIGITS.get(system.code, 3))

    for area, shape in some:
        text = shapely.to_geojson(shapely.transform(shape, moved) if system.name != CRS84 else shape)
        properties = {name: value for name, value in _properties(area).items() if kept is None or name in kept}
        yield {"type": "Feature", "id": area.code, "geometry": msgspec.Raw(text), "properties": properties}


def get_area(call: Call[AskItem]) -> Reply:
    """Give one area. Raises `Problem` 404."""
    kind, title = _kind(call.ask.collection)
    system = read_system(call.ask.crs)
    found = [each for each in shapes(call.actor, kind) if each[0].code == call.ask.item]
    if not found:
        raise not_found("item", call.ask.item)
    path = f"{ROOT}/collections/{call.ask.collection}"
    links = [*itself(call, f"{path}/items/{call.ask.item}", GEOJSON), Link(call.base + path, "collection", JSON)]
    return told(call, {**next(iter(_written(found, system))), "links": links}, links, system, lambda: title.said_in(call.language))
