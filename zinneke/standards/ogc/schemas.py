"""What the items of a collection are made of, as JSON Schema: all of it, what may be asked about, what may be sorted by."""

from __future__ import annotations

from typing import Any

from zinneke.foundations.tables.values import Column, Version
from zinneke.kernel.route import Call, Reply
from zinneke.kernel.text import choose
from zinneke.standards.ogc import areas, collections, record_filters, records
from zinneke.standards.ogc.answers import ROOT, SCHEMA, reply
from zinneke.standards.ogc.asks import AskCollection

_DRAFT = "https://json-schema.org/draft/2020-12/schema"
KINDS: dict[str, dict[str, Any]] = {
    "boolean": {"type": "boolean"},
    "integer": {"type": "integer"},
    "decimal": {"type": "number"},
    "date": {"type": "string", "format": "date"},
    "timestamp": {"type": "string", "format": "date-time"},
    "text": {"type": "string"},
}
_SHAPES = {"point": "geometry-point-or-multipoint", "line": "geometry-linestring-or-multilinestring", "polygon": "geometry-polygon-or-multipolygon"}
_TEXT = {"type": "string"}


def get_schema(call: Call[AskCollection]) -> Reply:
    """Describe the items of a collection: each property with its type, title and unit."""
    return _answer(call, "schema")


def get_queryables(call: Call[AskCollection]) -> Reply:
    """Describe the properties that may stand in `filter`, or be given by their names."""
    return _answer(call, "queryables")


def get_sortables(call: Call[AskCollection]) -> Reply:
    """Describe the properties that `sortby` takes."""
    return _answer(call, "sortables")


def _answer(call: Call[AskCollection], what: str) -> Reply:
    collection = call.ask.collection
    if collection == records.CATALOGUE:
        title, properties = (
            records.TITLE.said_in(call.language),
            {name: schema for name, schema in record_filters.QUERYABLES.items() if what != "sortables" or name in record_filters.SORTS},
        )
    elif collection in areas.KINDS:
        kind, named = areas.KINDS[collection]
        title, properties = (
            named.said_in(call.language),
            {
                column.name: _shape("polygon") if column.type == "geometry" else dict(KINDS[column.type])
                for column in areas.columns(call.actor, kind)
                if what != "sortables" or column.type != "geometry"
            },
        )
        if what == "schema":
            properties |= {"postal_codes": {"type": "array", "items": _TEXT}}
    else:
        version = collections.get_version(call.actor, collection)
        title = collections.title_of(call, version.dataset)
        properties = {
            column.name: _property(column, version, call.language) for column in version.columns if what != "sortables" or column.type != "geometry"
        }
    path = f"{ROOT}/collections/{collection}/{what}"
    document = {"$schema": _DRAFT, "$id": f"{call.base}{path}", "type": "object", "title": title, "properties": properties}
    return reply(call, {**document, "additionalProperties": False}, title, SCHEMA)


def _shape(kind: str) -> dict[str, Any]:
    return {"x-ogc-role": "primary-geometry", "format": _SHAPES.get(kind, "geometry-any")}


def _property(column: Column, version: Version, language: str) -> dict[str, Any]:
    if column.type == "geometry":
        return _shape(version.geometry)
    found = dict(KINDS[column.type])
    if label := choose(column.label, language)[0]:
        found["title"] = label
    if column.unit:
        found |= {"x-ogc-unit": column.unit, "x-ogc-unitLang": "UCUM"}
    if column.name == version.time:
        found["x-ogc-role"] = "primary-instant"
    if column.type == "text" and column.profile.top and len(column.profile.top) == column.profile.distinct:
        found["enum"] = [value for value, _ in column.profile.top]
    return found
