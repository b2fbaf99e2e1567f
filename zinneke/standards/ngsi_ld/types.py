"""What there is: types of entities, and attributes, with what has them: from the entities themselves, and from what other sources tell."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from zinneke.foundations.observations.attributes import naming, verbs
from zinneke.foundations.observations.attributes.values import TypeCount
from zinneke.kernel.problem import Problem, not_found
from zinneke.kernel.route import Call, Reply
from zinneke.standards.ngsi_ld import gathering, talk
from zinneke.standards.ngsi_ld.contexts import Context
from zinneke.standards.ngsi_ld.talk import AskPath

PREFIX = "urn:ngsi-ld:"


def list_types(call: Call[None]) -> Reply:
    """List the types of entities there are; with `details=true`, which attributes entities of each have."""
    found = _found(call, "/types", "EntityTypeDetails", "EntityTypes")
    types = sorted({found.context.compact(each) for line in found.lines for each in line.types})
    if not found.details:
        return found.answer({"id": f"{PREFIX}EntityTypeList:{len(types)}", "type": "EntityTypeList", "typeList": types})
    return found.answer([_type(found.lines, found.context.expand(name), found.context) for name in types])


@dataclass(frozen=True, slots=True)
class _Found:
    """What there is, here and elsewhere, and how it is asked for."""

    call: Call[Any]
    lines: list[TypeCount]
    context: Context
    details: bool
    media: str
    headers: dict[str, str]

    def answer(self, document: Any) -> Reply:
        return talk.answer(self.call, self.context, self.media, document, headers=self.headers)


def _found(call: Call[Any], path: str, detailed: str, plain: str) -> _Found:
    asked, context = talk.options(call), talk.linked(call)
    details, media = asked.truth("details"), talk.accepted(call)
    asked.truth("local")
    asked.done()
    operation, address = (detailed, f"{path}?details=true") if details else (plain, path)
    elsewhere, headers = gathering.gathered(call, asked, context, f"retrieve{operation}", address)
    return _Found(call, [*verbs.count_attributes(call.actor), *elsewhere], context, details, media, headers)


def _type(lines: Iterable[TypeCount], name: str, context: Context) -> dict[str, Any]:
    attributes = sorted({context.compact(line.name) for line in lines if name in line.types and line.name})
    return {"id": naming.full(name), "type": "EntityType", "typeName": context.compact(name), "attributeNames": attributes}


def get_type(call: Call[AskPath]) -> Reply:
    """Say of a type how many entities there are, and which attributes they have."""
    found = _found(call, f"/types/{quote(call.ask.key, safe=':')}", "EntityTypeInfo", "EntityTypeInfo")
    context, name = found.context, found.context.expand(call.ask.key)
    mine = [line for line in found.lines if name in line.types]
    if not mine:
        raise _missing("type", call.ask.key, found)
    kinds: dict[str, set[str]] = {}
    for line in mine:
        if line.name:
            kinds.setdefault(context.compact(line.name), set()).update({line.kind} - {""})
    details = [
        {"id": naming.full(context.expand(each)), "type": "Attribute", "attributeName": each, "attributeTypes": sorted(how)}
        for each, how in sorted(kinds.items())
    ]
    document = {"id": naming.full(name), "type": "EntityTypeInfo", "typeName": context.compact(name), "attributeDetails": details}
    return found.answer({**document, "entityCount": sum(line.count for line in mine if not line.name)})


def _missing(what: str, key: str, found: _Found) -> Problem:
    problem = not_found(what, key)
    problem.headers |= found.headers
    return problem


def list_attributes(call: Call[None]) -> Reply:
    """List the attributes there are; with `details=true`, on which types of entities."""
    found = _found(call, "/attributes", "AttrTypeDetails", "AttrTypes")
    names = sorted({found.context.compact(line.name) for line in found.lines if line.name})
    if not found.details:
        return found.answer({"id": f"{PREFIX}AttributeList:{len(names)}", "type": "AttributeList", "attributeList": names})
    return found.answer([_attribute(found.lines, found.context.expand(name), found.context, whole=False) for name in names])


def _attribute(lines: Iterable[TypeCount], name: str, context: Context, whole: bool) -> dict[str, Any]:
    mine = [line for line in lines if line.name == name]
    types = sorted({context.compact(each) for line in mine for each in line.types})
    found = {"id": naming.full(name), "type": "Attribute", "attributeName": context.compact(name), "typeNames": types}
    return (
        {**found, "attributeCount": sum(line.count for line in mine), "attributeTypes": sorted({line.kind for line in mine} - {""})}
        if whole
        else found
    )


def get_attribute(call: Call[AskPath]) -> Reply:
    """Say of an attribute how many entities have it, of which types, and as what."""
    found = _found(call, f"/attributes/{quote(call.ask.key, safe=':')}", "AttrTypeInfo", "AttrTypeInfo")
    name = found.context.expand(call.ask.key)
    if not any(line.name == name for line in found.lines):
        raise _missing("attribute", call.ask.key, found)
    return found.answer(_attribute(found.lines, name, found.context, whole=True))
