"""What collections there are, and how each is described: tables, areas, the catalogue, and what solutions observe."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from zinneke.foundations.catalogue import store as catalogue
from zinneke.foundations.catalogue.values import Dataset
from zinneke.foundations.catalogue.vocabularies import LICENCES
from zinneke.foundations.tables import store as tables
from zinneke.foundations.tables.values import Version
from zinneke.kernel.confidentiality import Actor
from zinneke.kernel.problem import Problem
from zinneke.kernel.route import Call, Reply
from zinneke.standards.ogc import areas, records, stations
from zinneke.standards.ogc.answers import GEOJSON, HTML, JSON, MATRIX_SET, MVT, ROOT, SCHEMA, Link, address, itself, reply
from zinneke.standards.ogc.asks import AskCollection, AskCollections
from zinneke.standards.ogc.systems import CRS84, NAMES
from zinneke.standards.ogc.times import written

MOST = 1_000
_GREGORIAN = "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian"


def split(collection: str) -> tuple[str, int | None]:
    """Return the dataset of a collection and, where it names one (`trees@2`), the version."""
    key, at, number = collection.partition("@")
    return key, int(number) if at and number.isascii() and number.isdigit() and 0 < len(number) < 10 else (0 if at else None)


def get_version(actor: Actor, collection: str) -> Version:
    """Return the version of a collection that is a table. Raises `Problem` 404."""
    key, number = split(collection)
    return tables.get_version(actor, key, number)


def list_collections(call: Call[AskCollections]) -> Reply:
    """List the collections: the catalogue, the areas, what is observed, and every dataset whose rows are here."""
    limit = min(call.ask.limit, MOST)
    versions = tables.list_datasets(call.actor, call.ask.after, limit)
    entries = {each.key: each for each in catalogue.list_datasets(call.actor, limit=MOST, source=catalogue.OURS)[0]}
    found = [] if call.ask.after else [records.describe(call), *areas.describe_all(call), *stations.describe_all(call)]
    found += [of_table(call, version, version.dataset, entries.get(version.dataset)) for version in versions]
    links = itself(call, f"{ROOT}/collections")
    if len(versions) == limit:
        links.append(Link(address(call, f"{ROOT}/collections", after=versions[-1].dataset), "next", JSON))
    return reply(call, {"links": links, "collections": found}, "Collections")


def get_collection(call: Call[AskCollection]) -> Reply:
    """Describe one collection: what it holds, where and when, in which systems, and where its items and tiles are."""
    found = describe(call, call.ask.collection)
    return reply(call, found, str(found["title"]))


def describe(call: Call[Any], collection: str) -> dict[str, Any]:
    """Describe a collection. Raises `Problem` 404."""
    if collection == records.CATALOGUE:
        return records.describe(call)
    if collection.startswith(areas.PREFIX):
        return areas.describe(call, collection)
    if collection.startswith(stations.PREFIX):
        return stations.describe(call, collection)
    version = get_version(call.actor, collection)
    return of_table(call, version, collection, entry_of(call.actor, version.dataset))


def entry_of(actor: Actor, key: str) -> Dataset | None:
    """Return the catalogue's entry of a dataset, None where it has none that the actor may see."""
    try:
        return catalogue.get_dataset(actor, key)
    except Problem:
        return None


def title_of(call: Call[Any], key: str) -> str:
    """Return what a dataset is called in the reader's language."""
    entry = entry_of(call.actor, key)
    return entry.title_in(call.language)[0] if entry else key


def of_table(call: Call[Any], version: Version, collection: str, entry: Dataset | None) -> dict[str, Any]:
    """Describe a version of a dataset as a collection."""
    path = f"{ROOT}/collections/{collection}"
    here = call.base + path
    links = [
        Link(here, "self", JSON),
        Link(f"{here}?f=html", "alternate", HTML),
        Link(f"{here}/items", "items", GEOJSON, "Items"),
        Link(f"{here}/items?f=html", "items", HTML, "Items"),
        Link(f"{here}/queryables", "http://www.opengis.net/def/rel/ogc/1.0/queryables", SCHEMA, "Queryables"),
        Link(f"{here}/sortables", "http://www.opengis.net/def/rel/ogc/1.0/sortables", SCHEMA, "Sortables"),
        Link(f"{here}/schema", "http://www.opengis.net/def/rel/ogc/1.0/schema", SCHEMA, "Schema"),
        Link(
            f"{call.base}/api/tables/{version.dataset}/export/parquet?version={version.number}",
            "enclosure",
            "application/vnd.apache.parquet",
            "GeoParquet",
        ),
    ]
    if version.geometry:
        links.append(Link(f"{here}/tiles", "http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector", JSON, MATRIX_SET))
        links.append(Link(f"{here}/tiles/{MATRIX_SET}/{{tileMatrix}}/{{tileRow}}/{{tileCol}}", "item", MVT, MATRIX_SET, templated=True))
    if entry:
        links.append(Link(f"{call.base}{ROOT}/collections/{records.CATALOGUE}/items/{entry.key}", "describedby", GEOJSON, "Record"))
        links += _licence(entry)
    return {
        "id": collection,
        "title": entry.title_in(call.language)[0] if entry else version.dataset,
        "description": entry.description_in(call.language)[0] if entry else version.source,
        "links": links,
        "extent": extent(version.bbox, _interval(version)),
        "itemType": "feature",
        "crs": list(NAMES),
        "storageCrs": CRS84,
        "version": str(version.number),
        "updated": written(version.created),
        **({"attribution": version.source} if version.source else {}),
    }


def _licence(entry: Dataset) -> list[Link]:
    licence = LICENCES.get(entry.row.licence)
    return [Link(licence.uri, "license")] if licence and licence.uri else []


def _interval(version: Version) -> tuple[str | None, str | None] | None:
    column = version.column(version.time) if version.time else None
    if column is None:
        return None
    ends = (str(each) if each else None for each in (column.profile.minimum, column.profile.maximum))
    return tuple(f"{each}T00:00:00Z" if each and len(each) == 10 else each for each in ends)  # type: ignore[return-value]


def extent(bbox: Any, interval: tuple[str | None, str | None] | None) -> Mapping[str, Any]:
    """Return an extent in space and time, as far as it is known."""
    found: dict[str, Any] = {}
    if bbox:
        found["spatial"] = {"bbox": [list(bbox)], "crs": CRS84}
    if interval:
        found["temporal"] = {"interval": [list(interval)], "trs": _GREGORIAN}
    return found
