"""Where clients begin: what there is, what we conform to, and the description of the interface."""

from __future__ import annotations

from typing import Any

from zinneke.foundations.tables import store as tables
from zinneke.foundations.tables.values import Version
from zinneke.kernel import registry
from zinneke.kernel.openapi import describe
from zinneke.kernel.route import Call, Reply
from zinneke.kernel.text import Text
from zinneke.standards.ogc.answers import HTML, JSON, OPENAPI, ROOT, Link, encode, form_of, itself, page, reply
from zinneke.standards.ogc.asks import AskForm
from zinneke.standards.ogc.conformance import CLASSES
from zinneke.standards.ogc.cql2 import is_bare
from zinneke.standards.ogc.schemas import KINDS

_TITLE = Text("Les données de la ville par OGC API", "De data van de stad via OGC API", "The city’s data by OGC API")
_ABOUT = Text(
    "Objets géographiques, tuiles, catalogue et mesures, pour les logiciels qui parlent OGC API.",
    "Geografische objecten, tegels, catalogus en metingen, voor software die OGC API spreekt.",
    "Features, tiles, the catalogue and measurements, for software that speaks OGC API.",
)


_ONE = "/collections/{collectionId}"
MOST = 500
"""So many collections have a path of their own in the description, which says what each may be asked by name."""


def get_landing(call: Call[AskForm]) -> Reply:
    """Say what there is: the description of the interface, what it conforms to, and the collections."""
    base = call.base + ROOT
    links = [
        *itself(call, ROOT),
        Link(f"{base}/api", "service-desc", OPENAPI, "OpenAPI"),
        Link(f"{base}/api?f=html", "service-doc", HTML, "OpenAPI"),
        Link(f"{base}/conformance", "conformance", JSON, "Conformance"),
        Link(f"{base}/conformance", "http://www.opengis.net/def/rel/ogc/1.0/conformance", JSON, "Conformance"),
        Link(f"{base}/collections", "data", JSON, "Collections"),
        Link(f"{base}/collections", "http://www.opengis.net/def/rel/ogc/1.0/data", JSON, "Collections"),
        Link(f"{base}/tileMatrixSets", "http://www.opengis.net/def/rel/ogc/1.0/tiling-schemes", JSON, "Tile matrix sets"),
    ]
    return reply(
        call, {"title": _TITLE.said_in(call.language), "description": _ABOUT.said_in(call.language), "links": links}, _TITLE.said_in(call.language)
    )


def get_conformance(call: Call[AskForm]) -> Reply:
    """List the conformance classes that hold."""
    document = {"conformsTo": list(CLASSES), "links": itself(call, f"{ROOT}/conformance")}
    if form_of(call) == "html":
        return reply(call, {**document, "collections": [{"id": each, "links": [{"rel": "self", "href": each}]} for each in CLASSES]}, "Conformance")
    return reply(call, {"conformsTo": list(CLASSES)}, "Conformance")


def get_api(call: Call[AskForm]) -> Reply:
    """Describe every address under this one in OpenAPI 3.0, which is what clients of OGC API read."""
    own = [route for route in registry.routes() if route.path == ROOT or (route.path.startswith(f"{ROOT}/") and route.path != f"{ROOT}/")]
    document = {**describe(own, call.base + ROOT, _TITLE.said_in("en")), "openapi": "3.0.3"}
    document["info"]["license"] = {"name": "EUPL-1.2", "url": "https://eupl.eu/1.2/"}
    document["paths"] = {_beneath(path): _renamed(operations) for path, operations in document["paths"].items()}
    listed = document["paths"][f"{_ONE}/items"]["get"]
    document["components"]["parameters"] = {each["name"]: each for each in listed["parameters"]}
    document["paths"] |= {f"/collections/{each.dataset}/items": {"get": _items(each, listed)} for each in tables.list_datasets(call.actor, "", MOST)}
    if form_of(call) == "html":
        listed = [
            {"id": f"{route.method} {route.path}: {route.summary}", "links": [{"rel": "self", "href": f"{call.base}{ROOT}/api"}]} for route in own
        ]
        return Reply(
            page(call, "OpenAPI", {"collections": listed, "links": [{"rel": "self", "href": f"{call.base}{ROOT}/api"}]}),
            200,
            f"{HTML}; charset=utf-8",
        )
    return Reply(encode(document), 200, OPENAPI)


def _beneath(path: str) -> str:
    """Return an address as it stands beneath the landing page, with the name that the standard gives to what changes in it."""
    return path.removeprefix(ROOT).replace("{collection}", "{collectionId}") or "/"


def _renamed(operations: dict[str, Any]) -> dict[str, Any]:
    for operation in operations.values():
        for each in operation["parameters"]:
            if each["in"] == "path" and each["name"] == "collection":
                each["name"] = "collectionId"
    return operations


def _items(version: Version, listed: dict[str, Any]) -> dict[str, Any]:
    """Describe the items of one table: as those of any, and its properties as parameters.

    Those whose names need quotes in a filter are not told here, for GDAL would write them without.
    """
    shared = [{"$ref": f"#/components/parameters/{each['name']}"} for each in listed["parameters"] if each["in"] == "query"]
    taken = {each["name"] for each in listed["parameters"]}
    named = [each for each in version.columns if each.type != "geometry" and each.name not in taken and is_bare(each.name)]
    own = [{"name": each.name, "in": "query", "required": False, "schema": dict(KINDS[each.type])} for each in named]
    said = {name: listed[name] for name in ("summary", "tags", "responses")}
    return {**said, "operationId": f"get_items_of_{version.dataset}", "parameters": [*shared, *own]}
