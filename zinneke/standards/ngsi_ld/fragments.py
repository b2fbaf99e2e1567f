"""What is sent of entities, normalized or concise, as instances: every member known and of its kind. Names are expanded."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import msgspec

from zinneke.foundations.observations.attributes import placing
from zinneke.foundations.observations.attributes.documents import is_shape
from zinneke.foundations.observations.attributes.values import MEMBERS, NULL, Instance
from zinneke.kernel.period import read_microseconds
from zinneke.kernel.problem import wrong
from zinneke.standards.ngsi_ld.contexts import Context

SYSTEM = frozenset({"createdAt", "modifiedAt", "deletedAt", "instanceId"})
"""What the house knows itself; what is sent of it is not taken."""
IDENTITY = frozenset({"id", "type", "scope", "@id", "@type", "@context"})
URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+")
SCOPE = re.compile(r"/[A-Za-z][\w-]*(/[A-Za-z][\w-]*)*")
DEEPEST = 5
_KIND = {member: kind for kind, member in reversed(MEMBERS.items()) if kind != "GeoProperty"}
_PLAIN = frozenset({*SYSTEM, "type", "unitCode", "observedAt", "datasetId", "objectType", *MEMBERS.values()})


@dataclass(slots=True)
class Fragment:
    """What is sent of one entity: `gone` are attributes to take away."""

    id: str = ""
    types: tuple[str, ...] = ()
    scopes: tuple[str, ...] | None = None
    attributes: dict[str, list[Instance]] = field(default_factory=dict)
    gone: list[tuple[str, str]] = field(default_factory=list)


def is_uri(text: Any) -> bool:
    """Say whether something is an absolute URI."""
    return isinstance(text, str) and len(text) <= 500 and URI.fullmatch(text) is not None


def read(sent: Any, context: Context, simple: bool = False) -> Fragment:
    """Read an entity, or part of one; `simple` when attributes are bare values, of whatever kind they are. Raises `Problem` 400."""
    if not isinstance(sent, dict):
        raise wrong("An entity is an object.")
    found = Fragment()
    if "id" in sent or "@id" in sent:
        found.id = str(sent.get("id", sent.get("@id")))
        if not is_uri(found.id):
            raise wrong(f"{found.id[:100]!r} is no URI. An entity's id is one, such as urn:ngsi-ld:Bin:1.", where="id")
    if "type" in sent or "@type" in sent:
        found.types = _types(sent.get("type", sent.get("@type")), context)
    if "scope" in sent:
        found.scopes = _scopes(sent["scope"])
    for name, value in sent.items():
        if name in IDENTITY or name in SYSTEM:
            continue
        kept = context.expand(name)
        for instance in [_bare(name, value)] if simple else attribute(name, value, context):
            if instance.value == NULL:
                found.gone.append((kept, instance.dataset))
            else:
                found.attributes.setdefault(kept, []).append(instance)
    return found


def _bare(name: str, value: Any) -> Instance:
    if value is None:
        raise wrong(f"{name!r} is null. To take it away, send {NULL}.", where=name)
    if is_shape(value):
        placing.point(value)
    return Instance(kind="", value=value)


def whole(sent: Any, context: Context) -> Fragment:
    """Read an entity that is to be there as it is sent. Raises `Problem` 400."""
    found = read(sent, context)
    if not found.id or not found.types:
        raise wrong("An entity has an id and a type.", where="type" if found.id else "id")
    if found.gone:
        raise wrong(f"{NULL} takes away what is there; here nothing is there yet.", where=found.gone[0][0])
    for name, instances in found.attributes.items():
        if any(each.value is msgspec.UNSET for each in instances):
            raise wrong(f"The attribute {name!r} has no value.", where=name)
    return found


def _types(given: Any, context: Context) -> tuple[str, ...]:
    names = given if isinstance(given, list) else [given]
    if not names or not all(isinstance(name, str) for name in names):
        raise wrong("A type is a name, or a list of names.", where="type")
    return tuple(dict.fromkeys(context.expand(name) for name in names))


def _scopes(given: Any) -> tuple[str, ...]:
    if given == NULL:
        return ()
    names = given if isinstance(given, list) else [given]
    if len(names) > 50 or not all(isinstance(name, str) and SCOPE.fullmatch(name) for name in names):
        raise wrong("A scope is such as /Brussels/Centre; there are fifty at the most.", where="scope")
    return tuple(names)


def attribute(name: str, value: Any, context: Context, depth: int = 0) -> list[Instance]:
    """Read an attribute: one instance, or a list of them with different datasets. Raises `Problem` 400."""
    if depth > DEEPEST:
        raise wrong(f"Attributes about attributes go {DEEPEST} deep at the most.", where=name)
    several = (
        isinstance(value, list) and value and all(isinstance(each, dict) and (MEMBERS.get(str(each.get("type"))) or _named(each)) for each in value)
    )
    found = [_instance(name, each, context, depth) for each in (value if several else [value])]
    if len({each.dataset for each in found}) < len(found):
        raise wrong(f"Two instances of {name!r} have the same datasetId.", where=name)
    return found


def _named(value: dict[str, Any]) -> str:
    return next((_KIND[member] for member in _KIND if member in value), "")


def _instance(name: str, value: Any, context: Context, depth: int) -> Instance:
    if value is None:
        raise wrong(f"{name!r} is null. To take it away, send {NULL}.", where=name)
    if is_shape(value):
        return _checked(name, Instance(kind="GeoProperty", value=value), context)
    if not isinstance(value, dict):
        return Instance(value=value)
    kind = _kind(name, value)
    found = Instance(kind=kind, value=value.get(MEMBERS[kind], msgspec.UNSET) if kind else msgspec.UNSET)
    if found.value is None:
        raise wrong(f"The value of {name!r} is null. To take it away, send {NULL}.", where=name)
    _annotate(found, name, value, context)
    for inner, about in value.items():
        if inner not in _PLAIN:
            found.about[context.expand(inner)] = attribute(inner, about, context, depth + 1)
    if not kind and not found.about and len(set(value) & _PLAIN) == 0:
        raise wrong(f"{name!r} says nothing: give a value, an object, or another member that holds what it is.", where=name)
    return found if found.value is msgspec.UNSET or found.value == NULL else _checked(name, found, context)


def _kind(name: str, value: dict[str, Any]) -> str:
    kind = value.get("type", "")
    if kind and (not isinstance(kind, str) or kind not in MEMBERS):
        raise wrong(f"{str(kind)[:60]!r} is no kind of attribute. There are {', '.join(MEMBERS)}.", where=name)
    kind = kind or _named(value)
    return "GeoProperty" if kind == "Property" and "type" not in value and is_shape(value.get("value")) else kind


def _annotate(found: Instance, name: str, value: dict[str, Any], context: Context) -> None:
    found.unit, found.dataset = (_text(value, member, name) for member in ("unitCode", "datasetId"))
    if found.dataset and not is_uri(found.dataset):
        raise wrong(f"The datasetId of {name!r} is no URI.", where=name)
    if "observedAt" in value:
        found.observed = moment(_text(value, "observedAt", name), f"{name}.observedAt")
    if "objectType" in value:
        found.target = _types(value["objectType"], context)


def _text(value: dict[str, Any], member: str, name: str) -> str:
    text = value.get(member, "")
    if not isinstance(text, str):
        raise wrong(f"The {member} of {name!r} is a text.", where=f"{name}.{member}")
    return text


def moment(text: str, where: str) -> int:
    """Read a moment as microseconds since 1970. Raises `Problem` 400."""
    if "T" not in text:
        raise wrong(f"{text[:40]!r} is no moment. Write it as 2026-11-23T14:05:00Z.", where=where)
    return read_microseconds(text)


def _checked(name: str, found: Instance, context: Context) -> Instance:
    value, kind = found.value, found.kind
    listed = value if isinstance(value, list) else [value]
    if kind == "Relationship" and not (listed and all(is_uri(each) for each in listed)):
        raise wrong(f"The object of {name!r} is a URI, or a list of URIs.", where=name)
    if kind == "ListRelationship":
        found.value = [each.get("object") if isinstance(each, dict) else each for each in listed]
        if not isinstance(value, list) or not all(is_uri(each) for each in found.value):
            raise wrong(f"The objectList of {name!r} is a list of URIs.", where=name)
    if kind == "ListProperty" and not isinstance(value, list):
        raise wrong(f"The valueList of {name!r} is a list.", where=name)
    if kind == "GeoProperty":
        if not is_shape(value):
            raise wrong(f"The value of {name!r} is a geometry of GeoJSON.", where=name)
        placing.point(value)
    if kind == "LanguageProperty" and not (isinstance(value, dict) and value and all(isinstance(each, str | list) for each in value.values())):
        raise wrong(f"The languageMap of {name!r} has a text for each language.", where=name)
    if kind == "VocabProperty":
        if not listed or not all(isinstance(each, str) for each in listed):
            raise wrong(f"The vocab of {name!r} is a term, or a list of terms.", where=name)
        words = [context.expand(each) for each in listed]
        found.value = words if isinstance(value, list) else words[0]
    return found
