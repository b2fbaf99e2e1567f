"""Features: the items of a collection, page by page, and each at an address of its own."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlencode

import msgspec

from zinneke.foundations.tables import store as tables
from zinneke.foundations.tables.values import Features, Filter, Query, Version, Where
from zinneke.kernel.period import city_zone
from zinneke.kernel.problem import wrong
from zinneke.kernel.route import Call, Reply
from zinneke.standards.ogc import areas, collections, edr, records, stations
from zinneke.standards.ogc.answers import GEOJSON, JSON, ROOT, Link, address, itself, query_of
from zinneke.standards.ogc.asks import AskItem, AskItems
from zinneke.standards.ogc.cql2 import read_filter
from zinneke.standards.ogc.items import MOST, USUAL, FeatureCollection, told
from zinneke.standards.ogc.systems import read_box, read_system
from zinneke.standards.ogc.times import Span, read_span, written

_OWN = frozenset(field.encode_name for field in msgspec.structs.fields(AskItems))
_FOREIGN = ("q", "type", "externalId", "ids", "parameter-name")
"""Parameters of other collections, which a table takes as names of columns."""


def list_items(call: Call[AskItems]) -> Reply:
    """List the items of a collection: features of a table or of the territory, or records of the catalogue.

    Narrow them with `bbox`, `datetime`, a property by its name, or `filter` in CQL2; `next` leads to the following page.
    """
    collection = call.ask.collection
    if collection == records.CATALOGUE:
        return records.list_records(call)
    if collection.startswith(areas.PREFIX):
        return areas.list_areas(call)
    if collection.startswith(stations.PREFIX):
        return edr.list_stations(call)
    key, number = collections.split(collection)
    version = tables.get_version(call.actor, key, number)
    system = read_system(call.ask.crs)
    found = tables.read_features(call.actor, key, _query(call, version), None if call.ask.after else version.number, system.code, system.flipped)
    links = itself(call, f"{ROOT}/collections/{collection}/items", GEOJSON)
    links.append(Link(f"{call.base}{ROOT}/collections/{collection}", "collection", JSON))
    if found.next:
        links.append(Link(address(call, f"{ROOT}/collections/{collection}/items", after=found.next), "next", GEOJSON))
    answer = FeatureCollection(written(datetime.now(UTC)), found.total, len(found.ids), links, found.records())
    return told(call, answer, links, system, lambda: collections.title_of(call, key))


def filter_items(call: Call[AskItems]) -> Reply:
    """List the items of a collection for which a condition in CQL2 JSON holds that is sent: what clients do that find it too long for an address.

    Everything else is as in `list_items`, and the links of the answer name the condition.
    """
    try:
        condition = call.body.decode()
    except UnicodeDecodeError:
        raise wrong("The filter is not UTF-8.", where="filter") from None
    if call.ask.filter or call.ask.filter_lang not in ("", "cql2-json"):
        raise wrong("A filter is sent as CQL2 JSON, or stands in the address, not both.", where="filter")
    if not condition.strip():
        raise wrong("No filter was sent. Send one in CQL2 JSON, or ask with GET.", where="filter")
    ask = msgspec.structs.replace(call.ask, filter=condition, filter_lang="cql2-json")
    named = urlencode({**query_of(call), "filter": condition, "filter-lang": "cql2-json"})
    return list_items(replace(call, ask=ask, body=None, query=named))


def get_item(call: Call[AskItem]) -> Reply:
    """Give one item. The identifier of a feature names its version, so that the address always leads to the same row."""
    collection, system = call.ask.collection, read_system(call.ask.crs)
    if collection == records.CATALOGUE:
        return records.get_record(call)
    if collection.startswith(areas.PREFIX):
        return areas.get_area(call)
    if collection.startswith(stations.PREFIX):
        return edr.get_station(call)
    key, _ = collections.split(collection)
    found = tables.get_feature(call.actor, key, call.ask.item, system.code, system.flipped)
    path = f"{ROOT}/collections/{collection}/items/{call.ask.item}"
    links = [*itself(call, path, GEOJSON), Link(f"{call.base}{ROOT}/collections/{collection}", "collection", JSON)]
    return told(call, one(found, links), links, system, lambda: collections.title_of(call, key))


def one(found: Features, links: list[Link]) -> dict[str, Any]:
    """Return the single feature of a page with its links."""
    (feature,) = found.records()
    return {"type": "Feature", "id": feature.id, "geometry": feature.geometry, "properties": feature.properties, "links": links}


def _query(call: Call[AskItems], version: Version) -> Query:
    """Return what is asked of a table. Raises `Problem` 400 naming the parameter."""
    ask = call.ask
    box = read_box(ask.bbox, read_system(ask.bbox_crs, "bbox-crs"))
    where: list[Where] = [*during(version, read_span(ask.datetime)), *_named(call, version)]
    if ask.filter.strip():
        where.append(read_filter(ask.filter, ask.filter_lang, read_system(ask.filter_crs, "filter-crs"), version.columns))
    names = tuple(name for name in ask.properties.split(",") if name)
    order = tuple(part.strip().removeprefix("+") for part in ask.sortby.split(",") if part.strip())
    return Query(names, tuple(where), order, min(ask.limit or USUAL, MOST), ask.after, box)


def _named(call: Call[AskItems], version: Version) -> list[Filter]:
    """Return the conditions on properties by name. Raises `Problem` 400 for a parameter that is no property."""
    known = [column.name for column in version.columns if column.type != "geometry"]
    found = []
    for name, value in query_of(call).items():
        if name in _OWN and not (name in _FOREIGN and name in known):
            if name in _FOREIGN and value:
                raise wrong(f"{name!r} is for the items of other collections, and no property of this one.", where=name)
            continue
        if name not in known:
            raise wrong(f"There is no parameter and no property {name[:100]!r} here. Properties: {', '.join(known)[:500]}.", where=name)
        found.append(Filter(name, "eq", value))
    return found


def during(version: Version, span: Span | None) -> list[Filter]:
    """Return the conditions under which a row's time lies in a span; none where the table has no time, whose rows are always."""
    column = version.column(version.time) if version.time else None
    if span is None or column is None:
        return []
    ends = (("ge", span.start), ("le", span.end))
    return [Filter(column.name, op, _end(column.type, moment)) for op, moment in ends if moment is not None]  # type: ignore[arg-type]


def _end(kind: str, moment: datetime) -> date | datetime:
    return moment.astimezone(city_zone()).date() if kind == "date" else moment
