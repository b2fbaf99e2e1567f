"""What types and attributes other sources have, as they tell it, as far as they are registered for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from zinneke.foundations.observations.attributes.values import TypeCount
from zinneke.kernel.route import Call
from zinneke.standards.ngsi_ld import forwarding, registrations
from zinneke.standards.ngsi_ld.contexts import Context
from zinneke.standards.ngsi_ld.forwarding import Asking, Question
from zinneke.standards.ngsi_ld.talk import Options

GROUPS = frozenset({"federationOps", "associationOps", "redirectionOps"})
MOST = 10_000
"""Names that are read of what one source tells."""


def gathered(call: Call[Any], asked: Options, context: Context, operation: str, path: str) -> tuple[list[TypeCount], dict[str, str]]:
    """Return what sources tell that offer an operation, in the lines in which the house tells it, and what is told of those that fail."""
    asking = forwarding.begin(call, asked, context, GROUPS | {operation})
    if asking is None:
        return [], {}
    answers = forwarding.ask(asking, asking.sources, Question(path))
    return [line for document, told in answers for line in _meant(document, _lines(asking, document, told))], asking.headers


def _lines(asking: Asking, document: Mapping[str, Any], told: Any) -> list[TypeCount]:
    """Return what a source told; nothing, with a warning, of one that cannot be read."""
    try:
        found: list[TypeCount] = []
        for each in told if isinstance(told, list) else [told]:
            found += _of(each, asking.context)
        return found[:MOST]
    except (AttributeError, KeyError, TypeError, ValueError):
        asking.warnings.append(f"{registrations.host(document)} told what cannot be read")
        return []


def _of(told: Mapping[str, Any], context: Context) -> Iterator[TypeCount]:
    """Yield what one document tells: a list of names, a type with its attributes, or an attribute with its types."""
    for name in _names(told.get("typeList", ()), context):
        yield TypeCount((name,), "", "", 0)
    for name in _names(told.get("attributeList", ()), context):
        yield TypeCount((), name, "", 0)
    if "typeName" in told:
        (kind,) = _names([told["typeName"]], context)
        yield TypeCount((kind,), "", "", _count(told.get("entityCount")))
        for name in _names(told.get("attributeNames", ()), context):
            yield TypeCount((kind,), name, "", 0)
        for detail in told.get("attributeDetails", ()):
            (name,) = _names([detail["attributeName"]], context)
            for how in _words(detail.get("attributeTypes", ())) or [""]:
                yield TypeCount((kind,), name, how, 0)
    elif "attributeName" in told:
        (name,) = _names([told["attributeName"]], context)
        yield TypeCount(tuple(_names(told.get("typeNames", ()), context)), name, "", _count(told.get("attributeCount")))
        for how in _words(told.get("attributeTypes", ())):
            yield TypeCount((), name, how, 0)


def _words(given: Any) -> list[str]:
    if isinstance(given, str) or not all(isinstance(each, str) and 0 < len(each) <= registrations.LONGEST for each in given):
        raise TypeError
    return list(given)[:MOST]


def _names(given: Any, context: Context) -> list[str]:
    return [context.expand(each) for each in _words(given)]


def _count(given: Any) -> int:
    return given if isinstance(given, int) and not isinstance(given, bool) and 0 <= given < 2**53 else 0


def _meant(document: Mapping[str, Any], lines: list[TypeCount]) -> list[TypeCount]:
    """Return those lines for which a source is registered."""
    infos = document["information"]
    types = (
        None
        if not all(info.get("entities") for info in infos)
        else {kind for info in infos for each in info["entities"] for kind in registrations.kinds(each)}
    )
    names = None if not all(map(registrations.names, infos)) else {name for info in infos for name in registrations.names(info)}
    return [
        line
        for line in lines
        if (types is None or not line.types or types & set(line.types)) and (names is None or not line.name or line.name in names)
    ]
