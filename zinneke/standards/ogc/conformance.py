"""The conformance classes that hold, each by its address; a test knocks at what each of them promises."""

from __future__ import annotations

_SPEC = "http://www.opengis.net/spec/"
COMMON = tuple(
    f"{_SPEC}{each}"
    for each in (
        "ogcapi-common-1/1.0/conf/core",
        "ogcapi-common-1/1.0/conf/landing-page",
        "ogcapi-common-1/1.0/conf/json",
        "ogcapi-common-1/1.0/conf/html",
        "ogcapi-common-1/1.0/conf/oas30",
        "ogcapi-common-2/1.0/conf/collections",
    )
)
FEATURES = tuple(
    f"{_SPEC}{each}"
    for each in (
        "ogcapi-features-1/1.0/conf/core",
        "ogcapi-features-1/1.0/conf/geojson",
        "ogcapi-features-1/1.0/conf/html",
        "ogcapi-features-1/1.0/conf/oas30",
        "ogcapi-features-2/1.0/conf/crs",
        "ogcapi-features-5/1.0/conf/schemas",
        "ogcapi-features-5/1.0/conf/queryables",
        "ogcapi-features-5/1.0/conf/sortables",
    )
)
FILTERS = tuple(
    f"{_SPEC}{each}"
    for each in (
        "ogcapi-features-3/1.0/conf/queryables",
        "ogcapi-features-3/1.0/conf/queryables-query-parameters",
        "ogcapi-features-3/1.0/conf/filter",
        "ogcapi-features-3/1.0/conf/features-filter",
        "cql2/1.0/conf/cql2-text",
        "cql2/1.0/conf/cql2-json",
        "cql2/1.0/conf/basic-cql2",
        "cql2/1.0/conf/advanced-comparison-operators",
        "cql2/1.0/conf/case-insensitive-comparison",
        "cql2/1.0/conf/accent-insensitive-comparison",
        "cql2/1.0/conf/basic-spatial-functions",
        "cql2/1.0/conf/basic-spatial-functions-plus",
        "cql2/1.0/conf/spatial-functions",
        "cql2/1.0/conf/temporal-functions",
        "cql2/1.0/conf/property-property",
        "cql2/1.0/conf/arithmetic",
        "cql2/1.0/conf/array-functions",
    )
)
TILES = tuple(
    f"{_SPEC}{each}"
    for each in (
        "ogcapi-tiles-1/1.0/conf/core",
        "ogcapi-tiles-1/1.0/conf/tileset",
        "ogcapi-tiles-1/1.0/conf/tilesets-list",
        "ogcapi-tiles-1/1.0/conf/geodata-tilesets",
        "ogcapi-tiles-1/1.0/conf/mvt",
        "tms/2.0/conf/tilematrixset",
        "tms/2.0/conf/json-tilematrixset",
        "tms/2.0/conf/tilesetmetadata",
    )
)
RECORDS = tuple(
    f"{_SPEC}{each}"
    for each in (
        "ogcapi-records-1/1.0/conf/record-core",
        "ogcapi-records-1/1.0/conf/record-collection",
        "ogcapi-records-1/1.0/conf/sorting",
        "ogcapi-records-1/1.0/conf/json",
        "ogcapi-records-1/1.0/conf/html",
    )
)
EDR = tuple(
    f"{_SPEC}{each}"
    for each in (
        "ogcapi-edr-1/1.1/conf/core",
        "ogcapi-edr-1/1.1/conf/collections",
        "ogcapi-edr-1/1.1/conf/json",
        "ogcapi-edr-1/1.1/conf/geojson",
        "ogcapi-edr-1/1.1/conf/covjson",
        "ogcapi-edr-1/1.1/conf/oas30",
        "ogcapi-edr-1/1.1/conf/position",
        "ogcapi-edr-1/1.1/conf/radius",
        "ogcapi-edr-1/1.1/conf/area",
        "ogcapi-edr-1/1.1/conf/cube",
        "ogcapi-edr-1/1.1/conf/locations",
        "ogcapi-edr-1/1.1/conf/items",
    )
)
CLASSES = (*COMMON, *FEATURES, *FILTERS, *TILES, *RECORDS, *EDR)
