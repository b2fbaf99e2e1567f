"""Each conformance class that is claimed: what it promises is knocked at, and nothing is claimed that has no knock here."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest

from tests.standards.ogc.conftest import get
from zinneke.foundations.catalogue import store as catalogue
from zinneke.foundations.catalogue.values import DatasetRow
from zinneke.foundations.observations import lifecycle
from zinneke.foundations.observations import store as observations
from zinneke.foundations.observations.values import Batch, Place, StreamRow, Thing
from zinneke.foundations.tables.values import Published
from zinneke.kernel.confidentiality import SYSTEM
from zinneke.standards.ogc.conformance import CLASSES

AIR = "/ogc/collections/observations.air_quality"
ITEMS = "/ogc/collections/trees/items"
RECORDS = "/ogc/collections/catalogue/items"


@pytest.fixture(autouse=True)
def _city(trees: Published) -> Iterator[None]:
    catalogue.set_datasets(SYSTEM, [DatasetRow(uri="urn:air", key="air", title={"en": "Air quality"})], "test")
    lifecycle.stop()
    place = Place(lon=4.35, lat=50.85)
    observations.set_things(SYSTEM, [Thing(key="air_quality/a", name={"en": "A"}, kind="station", solution="air_quality", place=place)])
    observations.set_streams(SYSTEM, [StreamRow(key="air_quality/a/no2", thing="air_quality/a", reading="no2", unit="ug/m3", interval=3600)])
    stream = observations.find_stream(SYSTEM, "air_quality/a/no2")
    assert stream
    start = datetime(2026, 11, 20, tzinfo=UTC)
    observations.ingest(SYSTEM, Batch.of([(stream.id, start + timedelta(hours=hour), 10.0 + hour) for hour in range(5)]))
    yield
    lifecycle.stop()


def found(condition: str, language: str = "cql2-text") -> list[Any]:
    answer = get(f"{ITEMS}?filter-lang={language}&filter={quote(condition)}")
    assert answer.status == 200, answer.json
    return answer.names


def linked(path: str, relation: str) -> bool:
    return any(link["rel"] == relation for link in get(path).json["links"])


def page(path: str) -> bool:
    return get(path, accept="text/html").type.startswith("text/html")


def answered(path: str, kind: str = "") -> bool:
    answer = get(path)
    return answer.status == 200 and answer.type.startswith(kind)


POINT, SQUARE = quote("POINT(4.35 50.85)"), quote("POLYGON((4.3 50.8,4.4 50.8,4.4 50.9,4.3 50.9,4.3 50.8))")
RELATIONS = ("INTERSECTS", "EQUALS", "DISJOINT", "TOUCHES", "WITHIN", "OVERLAPS", "CROSSES", "CONTAINS")
TIMES = (
    ["AFTER", "BEFORE", "DISJOINT", "EQUALS", "INTERSECTS"],
    ["CONTAINS", "DURING", "FINISHEDBY", "FINISHES", "MEETS", "METBY", "OVERLAPPEDBY", "OVERLAPS", "STARTEDBY", "STARTS"],
)
TILES = "/ogc/collections/trees/tiles"
KNOCKS: dict[str, Any] = {
    "ogcapi-common-1/1.0/conf/core": lambda: linked("/ogc", "service-desc") and linked("/ogc", "conformance"),
    "ogcapi-common-1/1.0/conf/landing-page": lambda: {"title", "description", "links"} <= set(get("/ogc").json),
    "ogcapi-common-1/1.0/conf/json": lambda: answered("/ogc", "application/json"),
    "ogcapi-common-1/1.0/conf/html": lambda: page("/ogc"),
    "ogcapi-common-1/1.0/conf/oas30": lambda: get("/ogc/api").json["openapi"].startswith("3.0"),
    "ogcapi-common-2/1.0/conf/collections": lambda: get("/ogc/collections").json["collections"] and linked("/ogc", "data"),
    "ogcapi-features-1/1.0/conf/core": lambda: get(f"{ITEMS}?limit=2&bbox=4,50,5,51").json["numberReturned"] == 2,
    "ogcapi-features-1/1.0/conf/geojson": lambda: answered(ITEMS, "application/geo+json"),
    "ogcapi-features-1/1.0/conf/html": lambda: page(ITEMS),
    "ogcapi-features-1/1.0/conf/oas30": lambda: "/collections/{collectionId}/items" in get("/ogc/api").json["paths"],
    "ogcapi-features-2/1.0/conf/crs": lambda: "31370" in get(f"{ITEMS}?crs=http://www.opengis.net/def/crs/EPSG/0/31370").headers["Content-Crs"],
    "ogcapi-features-5/1.0/conf/schemas": lambda: answered("/ogc/collections/trees/schema", "application/schema+json"),
    "ogcapi-features-5/1.0/conf/queryables": lambda: answered("/ogc/collections/trees/queryables", "application/schema+json"),
    "ogcapi-features-5/1.0/conf/sortables": lambda: answered("/ogc/collections/trees/sortables", "application/schema+json"),
    "ogcapi-features-3/1.0/conf/queryables": lambda: linked("/ogc/collections/trees", "http://www.opengis.net/def/rel/ogc/1.0/queryables"),
    "ogcapi-features-3/1.0/conf/queryables-query-parameters": lambda: get(f"{ITEMS}?name=chene").names == ["chene"],
    "ogcapi-features-3/1.0/conf/filter": lambda: get(f"{ITEMS}?filter-lang=sql&filter=1").status == 400,
    "ogcapi-features-3/1.0/conf/features-filter": lambda: found("height = 3") == ["chene"],
    "cql2/1.0/conf/cql2-text": lambda: found("name = 'chene'") == ["chene"],
    "cql2/1.0/conf/cql2-json": lambda: found('{"op": "=", "args": [{"property": "name"}, "chene"]}', "cql2-json") == ["chene"],
    "cql2/1.0/conf/basic-cql2": lambda: len(found("NOT (height < 4 OR name IS NULL) AND alive")) == 2,
    "cql2/1.0/conf/advanced-comparison-operators": lambda: len(found("name LIKE 'ch%' AND height BETWEEN 1 AND 9 AND height IN (3)")) == 1,
    "cql2/1.0/conf/case-insensitive-comparison": lambda: found("CASEI(name) = CASEI('CHENE')") == ["chene"],
    "cql2/1.0/conf/accent-insensitive-comparison": lambda: found("ACCENTI(name) = ACCENTI('Chene')") == ["Chêne"],
    "cql2/1.0/conf/basic-spatial-functions": lambda: found("S_INTERSECTS(geometry, BBOX(4.355, 50.84, 4.365, 50.855))") == ["chene"],
    "cql2/1.0/conf/basic-spatial-functions-plus": lambda: found("S_INTERSECTS(geometry, POLYGON((4.35 50.84,4.36 50.84,4.35 50.85,4.35 50.84)))"),
    "cql2/1.0/conf/spatial-functions": lambda: all(len(found(f"S_{each}(geometry, POINT(4.36 50.85))")) < 5 for each in RELATIONS),
    "cql2/1.0/conf/temporal-functions": lambda: [
        *(found(f"T_{each}(seen, TIMESTAMP('2024-06-01T10:00:00Z'))") for each in TIMES[0]),
        *(found(f"T_{each}(INTERVAL(seen, '..'), INTERVAL('2024-06-01', '2024-07-02'))") for each in TIMES[1]),
    ],
    "cql2/1.0/conf/property-property": lambda: found("name = name AND height = height") and not found("height <> height"),
    "cql2/1.0/conf/arithmetic": lambda: found("height * 2 - 1 = 5 AND height ^ 2 = 9 AND height % 2 = 1 AND height div 2 = 1") == ["chene"],
    "cql2/1.0/conf/array-functions": lambda: [
        get(f"{RECORDS}?filter=A_{each}(keywords,('a','b'))").json["numberMatched"] for each in ("EQUALS", "CONTAINS", "CONTAINEDBY", "OVERLAPS")
    ],
    "ogcapi-tiles-1/1.0/conf/core": lambda: answered(f"{TILES}/WebMercatorQuad/0/0/0"),
    "ogcapi-tiles-1/1.0/conf/tileset": lambda: "tileMatrixSetURI" in get(f"{TILES}/WebMercatorQuad").json,
    "ogcapi-tiles-1/1.0/conf/tilesets-list": lambda: get(TILES).json["tilesets"],
    "ogcapi-tiles-1/1.0/conf/geodata-tilesets": lambda: linked("/ogc/collections/trees", "http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector"),
    "ogcapi-tiles-1/1.0/conf/mvt": lambda: answered(f"{TILES}/WebMercatorQuad/0/0/0", "application/vnd.mapbox-vector-tile"),
    "tms/2.0/conf/tilematrixset": lambda: get("/ogc/tileMatrixSets").json["tileMatrixSets"],
    "tms/2.0/conf/json-tilematrixset": lambda: get("/ogc/tileMatrixSets/WebMercatorQuad").json["tileMatrices"],
    "tms/2.0/conf/tilesetmetadata": lambda: {"dataType", "crs", "links"} <= set(get(f"{TILES}/WebMercatorQuad").json),
    "ogcapi-records-1/1.0/conf/record-core": lambda: {"type", "title"} <= set(get(f"{RECORDS}/air").json["properties"]),
    "ogcapi-records-1/1.0/conf/record-collection": lambda: get("/ogc/collections/catalogue").json["itemType"] == "record",
    "ogcapi-records-1/1.0/conf/sorting": lambda: get(f"{RECORDS}?sortby=-title").status == 200 and get(f"{RECORDS}?sortby=depth").status == 400,
    "ogcapi-records-1/1.0/conf/json": lambda: answered(RECORDS, "application/geo+json"),
    "ogcapi-records-1/1.0/conf/html": lambda: page(RECORDS),
    "ogcapi-edr-1/1.1/conf/core": lambda: linked("/ogc", "service-desc"),
    "ogcapi-edr-1/1.1/conf/collections": lambda: {"parameter_names", "data_queries", "extent"} <= set(get(AIR).json),
    "ogcapi-edr-1/1.1/conf/json": lambda: answered(AIR, "application/json"),
    "ogcapi-edr-1/1.1/conf/geojson": lambda: answered(f"{AIR}/position?coords={POINT}&f=GeoJSON", "application/geo+json"),
    "ogcapi-edr-1/1.1/conf/covjson": lambda: answered(f"{AIR}/position?coords={POINT}", "application/prs.coverage+json"),
    "ogcapi-edr-1/1.1/conf/oas30": lambda: "/collections/{collectionId}/position" in get("/ogc/api").json["paths"],
    "ogcapi-edr-1/1.1/conf/position": lambda: answered(f"{AIR}/position?coords={POINT}"),
    "ogcapi-edr-1/1.1/conf/radius": lambda: answered(f"{AIR}/radius?coords={POINT}&within=1&within-units=km"),
    "ogcapi-edr-1/1.1/conf/area": lambda: answered(f"{AIR}/area?coords={SQUARE}"),
    "ogcapi-edr-1/1.1/conf/cube": lambda: answered(f"{AIR}/cube?bbox=4.3,50.8,4.4,50.9"),
    "ogcapi-edr-1/1.1/conf/locations": lambda: answered(f"{AIR}/locations/a") or answered(f"{AIR}/locations"),
    "ogcapi-edr-1/1.1/conf/items": lambda: answered(f"{AIR}/items", "application/geo+json"),
}
"""What each class promises, asked as its clients ask; the end of its address leads to the question."""


def test_what_is_claimed_is_what_is_knocked_at() -> None:
    assert {each.partition("/spec/")[2] for each in CLASSES} == set(KNOCKS)
    assert get("/ogc/conformance").json["conformsTo"] == list(CLASSES)


@pytest.mark.parametrize("name", sorted(KNOCKS))
def test_a_class_that_is_claimed_holds(name: str) -> None:
    assert KNOCKS[name]()
