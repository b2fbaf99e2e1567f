"""OpenAPI documents and JSON Schemas: every object that has properties becomes a table, or a form where people fill it in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from zinneke.kernel.load import Fault
from zinneke.kernel.payload import read_document
from zinneke.kernel.problem import wrong
from zinneke.office.cartography.reading.origin import MOST_COLUMNS, Origin, column, decoded
from zinneke.office.cartography.scanning import Scanned
from zinneke.office.cartography.things import Application, Column, Field, Form, Table

DEEPEST = 6
"""Levels of objects inside objects that are followed."""


def read_openapi(data: bytes, origin: Origin) -> Scanned:
    """Read an OpenAPI 3 or Swagger 2 document: an application that holds a table a schema. Raises `Problem` 400 for what is none."""
    document = _mapping(data)
    if "openapi" not in document and "swagger" not in document:
        raise wrong("This is no OpenAPI document: it says neither `openapi` nor `swagger` at its top.")
    info, components = _part(document, "info"), _part(document, "components") or document
    schemas = components.get("schemas") or components.get("definitions") or {}
    tables: list[tuple[str, Table, str]] = []
    faults: list[Fault] = []
    for name, schema in schemas.items() if isinstance(schemas, Mapping) else ():
        columns = tuple(_columns(schema, document, faults, str(name)))
        if columns:
            tables.append((str(name), Table(columns), _said(schema, "description")))
    found = origin.with_tables(tables, "API", faults)
    servers = document.get("servers")
    web = next((str(each.get("url", "")) for each in servers if isinstance(each, Mapping)), "") if isinstance(servers, list) else ""
    title = origin.title or str(info.get("title") or origin.name)
    about = str(info.get("description") or "")
    application = origin.row(origin.key("api"), Application(web=web[:500]), title, about, [("uses", origin.key())])
    return origin.scanned([*found.things, application], faults)


def read_json_schema(data: bytes, origin: Origin, form: bool = False) -> Scanned:
    """Read a JSON Schema: its object, and each object among its definitions. With `form` the top is a form that people fill in."""
    document, faults = _mapping(data), list[Fault]()
    title = _said(document, "title") or origin.name
    columns = tuple(_columns(document, document, faults, "#"))
    if form:
        required = set(document.get("required") or ())
        fields = tuple(Field(name=each.name, label=each.label, type=each.type, required=each.name in required) for each in columns)
        return origin.scanned([origin.row(origin.key(), Form(fields), origin.title or title, _said(document, "description"))], faults)
    tables = [(title, Table(columns), _said(document, "description"))] if columns else []
    for name, schema in (document.get("$defs") or document.get("definitions") or {}).items():
        if inner := tuple(_columns(schema, document, faults, str(name))):
            tables.append((str(name), Table(inner), _said(schema, "description")))
    if not tables:
        raise wrong("No object with properties is in this schema.")
    return origin.with_tables(tables, "JSON", faults)


def _mapping(data: bytes) -> Mapping[str, Any]:
    """Return a JSON or YAML document. Raises `Problem` 400 saying where it stops being one."""
    text = decoded(data)
    if text.lstrip()[:1] in ("{", "["):
        document = read_document(data)
    else:
        import yaml

        try:
            document = yaml.load(text, _loader())  # noqa: S506  a safe loader without anchors, see `_loader`
        except yaml.YAMLError as fault:
            mark = getattr(fault, "problem_mark", None)
            where = f"line {mark.line + 1}" if mark else ""
            raise wrong(
                f"This is neither JSON nor YAML{f', from {where}' if where else ''}: {getattr(fault, 'problem', fault)}.", where=where
            ) from None
    if not isinstance(document, Mapping):
        raise wrong("The document holds no object at its top.")
    return document


def _loader() -> type:
    """Return YAML's safe loader without anchors, of which a few lines can make a billion values."""
    import yaml

    class Plain(yaml.SafeLoader):
        def compose_node(self, parent: Any, index: Any) -> Any:
            if self.check_event(yaml.AliasEvent):
                event = self.peek_event()
                raise yaml.composer.ComposerError(None, None, "aliases (*name) are not taken", event.start_mark)
            return super().compose_node(parent, index)

    return Plain


def _columns(schema: Any, document: Mapping[str, Any], faults: list[Fault], where: str) -> Iterator[Column]:
    for number, (path, each) in enumerate(_properties(schema, document, faults, where, (), 0)):
        if number >= MOST_COLUMNS:
            faults.append(Fault(where, f"it has more than {MOST_COLUMNS:,} properties; the rest were left out."))
            return
        kind = each.get("format") or each.get("type") or ("enum" if "enum" in each else "")
        yield column(".".join(path), ", ".join(map(str, kind)) if isinstance(kind, list) else str(kind), _said(each, "title", "description"))


def _properties(
    schema: Any, document: Mapping[str, Any], faults: list[Fault], where: str, path: tuple[str, ...], depth: int
) -> Iterator[tuple[tuple[str, ...], Mapping[str, Any]]]:
    schema = _resolved(schema, document, faults, where)
    if depth > DEEPEST:
        return
    for part in schema.get("allOf") or ():
        yield from _properties(part, document, faults, where, path, depth + 1)
    properties = schema.get("properties")
    for name, each in properties.items() if isinstance(properties, Mapping) else ():
        inner = _resolved(each, document, faults, f"{where}.{name}")
        items = _resolved(inner.get("items") or {}, document, faults, f"{where}.{name}")
        if inner.get("properties") or inner.get("allOf"):
            yield from _properties(inner, document, faults, where, (*path, str(name)), depth + 1)
        elif items.get("properties"):
            yield from _properties(items, document, faults, where, (*path, str(name)), depth + 1)
        else:
            yield (*path, str(name)), inner


def _resolved(schema: Any, document: Mapping[str, Any], faults: list[Fault], where: str) -> Mapping[str, Any]:
    """Follow references inside the document; those to elsewhere are told and not followed."""
    for _ in range(DEEPEST):
        if not isinstance(schema, Mapping):
            return {}
        reference = schema.get("$ref")
        if not isinstance(reference, str):
            return schema
        if not reference.startswith("#/"):
            faults.append(Fault(where, f"it refers to {reference[:200]!r}, which is not in this document and was not fetched."))
            return {}
        schema = document
        try:
            for step in reference[2:].split("/"):
                schema = schema[step.replace("~1", "/").replace("~0", "~")]
        except (KeyError, TypeError, IndexError):
            faults.append(Fault(where, f"it refers to {reference[:200]!r}, which is not there."))
            return {}
    return {}


def _part(document: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = document.get(name)
    return found if isinstance(found, Mapping) else {}


def _said(schema: Any, *names: str) -> str:
    found = (schema.get(name) for name in names) if isinstance(schema, Mapping) else ()
    return next((each for each in found if isinstance(each, str) and each), "")
