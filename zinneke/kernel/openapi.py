"""The OpenAPI 3.1 page, computed from the table of routes, so that it cannot say what the routes do not do."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable
from functools import cache
from typing import Any, get_args, get_origin

import msgspec

from zinneke import __version__
from zinneke.kernel.route import Needs, Route

_REF = "#/components/schemas/{name}"
_CONVERTOR = re.compile(r"\{(\w+):\w+\}")
PROBLEM: dict[str, Any] = {
    "type": "object",
    "required": ["type", "title", "status"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string"},
        "where": {"type": "string"},
    },
}


def describe(routes: Iterable[Route], base: str, title: str = "Zinneke") -> dict[str, Any]:
    """Return the OpenAPI 3.1 document of these routes, served at `base`."""
    table = list(routes)
    schemas = _schemas(table)
    paths: dict[str, dict[str, Any]] = {}
    for route in table:
        path = _CONVERTOR.sub(r"{\1}", route.path)
        paths.setdefault(path, {})[route.method.lower()] = _operation(route, path)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": title,
            "version": __version__,
            "description": "The open urban platform: a city's data, described, protected and shared. Faults are problem documents (RFC 9457).",
            "license": {"name": "EUPL-1.2", "identifier": "EUPL-1.2"},
        },
        "servers": [{"url": base}],
        "paths": paths,
        "components": {
            "schemas": {**schemas, "Problem": PROBLEM},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "description": "A machine's token, made on the account page."}},
        },
    }


def _types(route: Route) -> list[Any]:
    given = [kind for kind in (route.takes, route.gives) if kind is not None and kind is not bytes]
    return [*given, *([route.ask] if route.ask else [])]


def _schemas(routes: list[Route]) -> dict[str, Any]:
    kinds = [kind for route in routes for kind in _types(route)]
    _, components = msgspec.json.schema_components(kinds, ref_template=_REF)
    asked = {route.ask.__name__ for route in routes if route.ask}
    return {name: schema for name, schema in components.items() if name not in asked}


def _schema(kind: Any) -> dict[str, Any]:
    (schema,), _ = msgspec.json.schema_components([kind], ref_template=_REF)
    return schema


def _operation(route: Route, path: str) -> dict[str, Any]:
    doc = inspect.getdoc(route.call) or ""
    operation: dict[str, Any] = {
        "operationId": f"{route.method.lower()}_{re.sub(r'[^a-z0-9]+', '_', path.lower()).strip('_')}{'_root' if path.endswith('/') else ''}",
        "summary": route.summary or doc.split("\n", 1)[0],
        "description": doc,
        "tags": list(route.tags) or [path.split("/")[1]],
        "parameters": _parameters(route, path),
        "responses": {
            str(route.status): {"description": "The answer", "content": {route.media_type: {"schema": _schema(route.gives) if route.gives else {}}}}
        },
    }
    if route.method == "GET" and route.media_type != "application/json":
        operation["responses"] |= {"204": {"description": "Nothing is there"}, "304": {"description": "It has not changed"}}
    operation["responses"]["default"] = {
        "description": "A problem, told as a sentence",
        "content": {"application/json": {}} if route.fault else {"application/problem+json": {"schema": {"$ref": _REF.format(name="Problem")}}},
    }
    if route.takes is not None:
        media = "application/octet-stream" if route.takes is bytes else "application/json"
        schema = {} if route.takes is bytes else _schema(route.takes)
        operation["requestBody"] = {"required": True, "content": {media: {"schema": schema}}}
    if isinstance(route.audience, Needs):
        open_to_all = route.audience.right == "see" and route.method == "GET"
        operation["security"] = [*([{}] if open_to_all else []), {"token": []}]
    return operation


def _parameters(route: Route, path: str) -> list[dict[str, Any]]:
    if route.ask is None:
        return []
    _, components = msgspec.json.schema_components([route.ask], ref_template=_REF)
    properties = components[route.ask.__name__]["properties"]
    lists = list_fields(route.ask)
    parameters = []
    for field in msgspec.structs.fields(route.ask):
        name = field.encode_name
        inside = f"{{{name}}}" in path
        parameter: dict[str, Any] = {
            "name": name,
            "in": "path" if inside else "query",
            "required": inside or field.required,
            "schema": properties[name],
        }
        if name in lists:
            parameter |= {"style": "form", "explode": True}
        parameters.append(parameter)
    return parameters


@cache
def list_fields(kind: type) -> frozenset[str]:
    """Return the names of a Struct's fields that take a repeated parameter."""
    return frozenset(field.encode_name for field in msgspec.structs.fields(kind) if _holds_list(field.type))


def _holds_list(annotation: Any) -> bool:
    origin = get_origin(annotation) or annotation
    return origin in (list, tuple, set, frozenset) or any(_holds_list(each) for each in get_args(annotation) if each is not annotation)
