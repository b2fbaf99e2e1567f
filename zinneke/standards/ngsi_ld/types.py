"""What there is: types of entities, and attributes, with what has them. Read-only, from the entities themselves."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from zinneke.foundations.observations.attributes import naming, verbs
from zinneke.foundations.observations.attributes.values import TypeCount
from zinneke.kernel.problem import not_found
from zinneke.kernel.route import Call, Reply
from zinneke.standards.ngsi_ld import talk
from zinneke.standards.ngsi_ld.contexts import Context
from zinneke.standards.ngsi_ld.talk import AskPath

PREFIX = "urn:ngsi-ld:"


def list_types(call: Call[None]) -> Reply:
    """List the types of entities there are; with `details=true`, which attributes entities of each have."""
    lines, context, details = _asked(call)
    types = sorted({context.compact(each) for line in lines for each in line.types})
    if not details:
        return _answer(call, context, {"id": f"{PREFIX}EntityTypeList:{len(types)}", "type": "EntityTypeList", "typeList": types})
    return _answer(call, context, [_type(lines, context.expand(name), context) for name in types])


def _asked(call: Call[Any]) -> tuple[list[TypeCount], Context, bool]:
    asked, context = talk.options(call), talk.linked(call)
    details = asked.truth("details")
    asked.get("local")
    asked.done()
    return verbs.count_attributes(call.actor), context, details


def _answer(call: Call[Any], context: Context, document: Any) -> Reply:
    return talk.answer(call, context, talk.accepted(call), document)


def _type(lines: Iterable[TypeCount], name: str, context: Context) -> dict[str, Any]:
    attributes = sorted({context.compact(line.name) for line in lines if name in line.types and line.name})
    return {"id": naming.full(name), "type": "EntityType", "typeName": context.compact(name), "attributeNames": attributes}


def get_type(call: Call[AskPath]) -> Reply:
    """Say of a type how many entities there are, and which attributes they have."""
    lines, context, _ = _asked(call)
    name = context.expand(call.ask.key)
    mine = [line for line in lines if name in line.types]
    if not mine:
        raise not_found("type", call.ask.key)
    kinds: dict[str, set[str]] = {}
    for line in mine:
        if line.name:
            kinds.setdefault(context.compact(line.name), set()).add(line.kind)
    details = [
        {"id": naming.full(context.expand(each)), "type": "Attribute", "attributeName": each, "attributeTypes": sorted(found)}
        for each, found in sorted(kinds.items())
    ]
    document = {"id": naming.full(name), "type": "EntityTypeInfo", "typeName": context.compact(name), "attributeDetails": details}
    return _answer(call, context, {**document, "entityCount": sum(line.count for line in mine if not line.name)})


def list_attributes(call: Call[None]) -> Reply:
    """List the attributes there are; with `details=true`, on which types of entities."""
    lines, context, details = _asked(call)
    names = sorted({context.compact(line.name) for line in lines if line.name})
    if not details:
        return _answer(call, context, {"id": f"{PREFIX}AttributeList:{len(names)}", "type": "AttributeList", "attributeList": names})
    return _answer(call, context, [_attribute(lines, context.expand(name), context, whole=False) for name in names])


def _attribute(lines: Iterable[TypeCount], name: str, context: Context, whole: bool) -> dict[str, Any]:
    mine = [line for line in lines if line.name == name]
    types = sorted({context.compact(each) for line in mine for each in line.types})
    found = {"id": naming.full(name), "type": "Attribute", "attributeName": context.compact(name), "typeNames": types}
    return {**found, "attributeCount": sum(line.count for line in mine), "attributeTypes": sorted({line.kind for line in mine})} if whole else found


def get_attribute(call: Call[AskPath]) -> Reply:
    """Say of an attribute how many entities have it, of which types, and as what."""
    lines, context, _ = _asked(call)
    name = context.expand(call.ask.key)
    if not any(line.name == name for line in lines):
        raise not_found("attribute", call.ask.key)
    return _answer(call, context, _attribute(lines, name, context, whole=True))
