"""How entities were, with what other sources tell of it: those that offer it, of the time that is asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

import msgspec

from zinneke.foundations.observations.attributes.past import moment
from zinneke.foundations.observations.attributes.values import Evolution, Found, Instance, Linked, Span, Wanted
from zinneke.kernel.period import read_moment_or_none, to_microseconds
from zinneke.kernel.problem import Problem
from zinneke.kernel.route import Call
from zinneke.standards.ngsi_ld import forwarding, fragments, registrations
from zinneke.standards.ngsi_ld.contexts import Context
from zinneke.standards.ngsi_ld.discovering import Sought
from zinneke.standards.ngsi_ld.forwarding import Asking, Question
from zinneke.standards.ngsi_ld.merged import Part
from zinneke.standards.ngsi_ld.talk import JSON, MOST, Options

TIME = frozenset({"timerel", "timeAt", "endTimeAt", "timeproperty", "lastN"})
RETRIEVE, QUERY = "retrieveTemporal", "queryTemporal"


@dataclass(frozen=True, slots=True)
class Recalled:
    """How entities were, here and elsewhere, whether there are more of them, and what is told of sources that fail."""

    found: Found
    evolutions: list[Evolution]
    headers: Mapping[str, str]


def begin(call: Call[Any], asked: Options, context: Context, operation: str, span: Span) -> Asking | None:
    """Return a request with which sources are asked how entities were; None when there are none. Of figures none is asked, and that is said."""
    about = "managementInterval" if asked.given.get("timeproperty") in ("createdAt", "modifiedAt") else "observationInterval"
    offering = [each for each in forwarding.registered() if operation in each.get("operations", ()) and _meets(each, about, span)]
    asking = forwarding.begin(call, asked, context, documents=offering)
    if asking is not None and span.methods:
        asking.warnings += [f"{registrations.host(each)} was not asked, since figures are of what is here" for each in asking.sources]
        asking.sources.clear()
    return asking


def _meets(document: Mapping[str, Any], about: str, span: Span) -> bool:
    """Say whether a source may tell something of a time: it does not say of which it tells, or that meets it."""
    if registrations.is_current(document):
        return True
    interval = document.get(about)
    if not isinstance(interval, dict):
        return False
    start, end = (read_moment_or_none(str(interval.get(name, ""))) for name in ("startAt", "endAt"))
    return (start is None or _micro(start) < span.end) and (end is None or _micro(end) >= span.start)


def _micro(when: datetime) -> int:
    return to_microseconds(when)


def from_parameters(asked: Options) -> Question:
    """Return the question that sources are asked for one in an address: which entities, in which time."""
    given = {name: value for name, value in asked.given.items() if name in TIME | forwarding.FORWARDED}
    return Question(f"/temporal/entities?{urlencode({**given, 'limit': MOST})}")


def sent(call: Call[Any]) -> Question:
    """Return the question that sources are asked for one that is sent."""
    given: dict[str, Any] = msgspec.json.decode(call.body)
    body = msgspec.json.encode({name: value for name, value in given.items() if name in forwarding.SENT | {"temporalQ"}})
    return Question(f"/temporal/entityOperations/query?limit={MOST}", body, call.headers.get("content-type", JSON))


def retrieved(asking: Asking, entity: str, here: Sequence[Evolution], span: Span, asked: Options) -> list[Evolution]:
    """Return how one entity was, here and elsewhere; nothing where nobody says."""
    local = here[0] if here else None
    types = frozenset(local.entity.types) if local else frozenset[str]()
    chosen = [each for each in asking.sources if any(registrations.may_hold(info, types, {entity}) for info in each["information"])]
    time = urlencode({name: value for name, value in asked.given.items() if name in TIME})
    answers = forwarding.ask(asking, chosen, Question(f"/temporal/entities/{quote(entity, safe=':')}{f'?{time}' if time else ''}"))
    parts = [part for document, told in answers for part in _parts(asking, document, [told]) if part.entity.id == entity]
    made = _merged(local, parts, forwarding.taken(chosen, local.entity.types if local else (), entity), span)
    return [made] if made is not None else []


def queried(asking: Asking, sought: Sought, asked: Question, meant: Wanted, found: Found, here: Sequence[Evolution], span: Span) -> Recalled:
    """Return a page of how entities were, here and elsewhere; entities that only sources hold follow those of the house, by id."""
    chosen = [part for each in asking.sources if (part := sought.of(each)) is not None]
    parts: dict[str, list[Part]] = {}
    for document, told in forwarding.ask(asking, chosen, asked):
        for each in _parts(asking, document, told) if isinstance(told, list) else ():
            parts.setdefault(each.entity.id, []).append(each)
    page = [_merged(each, parts.get(each.entity.id, []), forwarding.taken(chosen, each.entity.types, each.entity.id), span) for each in here]
    added, found = forwarding.others(asking, meant, found, tuple(parts)) if parts else ([], found)
    page += [_merged(None, parts[each], (False, frozenset()), span) for each in added]
    return Recalled(found, [each for each in page if each is not None], asking.headers)


def _parts(asking: Asking, document: Mapping[str, Any], told: Iterable[Any]) -> list[Part]:
    """Read what a source tells of entities over time, as far as it is registered for it."""
    named = [registrations.names(info) for info in document["information"]]
    only = frozenset().union(*named) if all(named) else None
    found = []
    for each in told:
        try:
            entity = _entity(each, asking.context)
        except (Problem, AttributeError, TypeError, ValueError):
            asking.warnings.append(f"{registrations.host(document)} told what cannot be read")
            continue
        entity.attributes = {name: instances for name, instances in entity.attributes.items() if only is None or name in only}
        found.append(Part(registrations.mode(document), entity))
    return found


def _entity(told: Mapping[str, Any], context: Context) -> Linked:
    head = fragments.whole({name: value for name, value in told.items() if name in fragments.IDENTITY and name != "@context"}, context)
    attributes: dict[str, list[Instance]] = {}
    for name, value in told.items():
        if name in fragments.IDENTITY or name in fragments.SYSTEM:
            continue
        for each in value if isinstance(value, list) else [value]:
            (instance,) = fragments.attribute(name, each, context)
            since = instance.observed
            if since is None and isinstance(each, dict) and "modifiedAt" in each:
                since = fragments.moment(each["modifiedAt"], "modifiedAt")
            if since is not None and instance.value is not msgspec.UNSET:
                instance.created = instance.modified = since
                attributes.setdefault(context.expand(name), []).append(instance)
    return Linked(id=head.id, types=head.types, scopes=head.scopes or (), attributes=attributes)


def _merged(local: Evolution | None, parts: Sequence[Part], taken: tuple[bool, frozenset[str]], span: Span) -> Evolution | None:
    """Return how an entity was out of what several tell of it: of two instances of one moment and dataset the house's, else the first that came."""
    whole, names = taken
    held = None if whole or local is None else local.entity
    if held is None and not any(each.mode != "auxiliary" for each in parts):
        return None
    attributes = {name: list(each) for name, each in held.attributes.items() if name not in names} if held else {}
    for part in sorted(parts, key=lambda each: each.mode == "auxiliary"):
        for name, instances in part.entity.attributes.items():
            kept = attributes.setdefault(name, [])
            known = {(each.dataset, moment(each)) for each in kept}
            kept += [each for each in instances if (each.dataset, moment(each)) not in known and span.start <= moment(each) < span.end]
    entities = [*([held] if held else ()), *(each.entity for each in parts)]
    entity = msgspec.structs.replace(
        entities[0],
        types=tuple(dict.fromkeys(each for one in entities for each in one.types)),
        scopes=tuple(dict.fromkeys(each for one in entities for each in one.scopes)),
        attributes=attributes,
    )
    if not parts and local is not None:
        return msgspec.structs.replace(local, entity=entity)
    return _bounded(entity, local.until if held and local else None, span)


def _bounded(entity: Linked, until: int | None, span: Span) -> Evolution:
    """Return an entity over time with as many instances as one answer holds, in their order; `until` what is told is told of all."""
    most = min(span.last or span.limit, span.limit)
    for instances in entity.attributes.values():
        instances.sort(key=moment, reverse=bool(span.last))
        if not span.last and len(instances) > most:
            until = min(until or span.end, moment(instances[most]))
    shown = {
        name: instances[:most] if span.last else [each for each in instances if until is None or moment(each) < until]
        for name, instances in entity.attributes.items()
    }
    return Evolution(entity=msgspec.structs.replace(entity, attributes={name: each for name, each in shown.items() if each}), until=until)
