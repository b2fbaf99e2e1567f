"""Which observations a subscription is told of, and how: a notification holds the entities as they stand, within its owner's reach."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import msgspec

from zinneke.foundations.observations import register
from zinneke.foundations.observations.attributes import naming, verbs
from zinneke.foundations.observations.attributes.values import Condition, Logic, Wanted
from zinneke.foundations.subscriptions.shapes import identifier, register_condition, register_shape
from zinneke.foundations.subscriptions.values import Event, Notification, Shaped, Standing
from zinneke.kernel.confidentiality import ANONYMOUS, Actor
from zinneke.kernel.problem import Problem
from zinneke.standards.ngsi_ld import contexts, query, wanted
from zinneke.standards.ngsi_ld.contexts import Context
from zinneke.standards.ngsi_ld.core import CORE
from zinneke.standards.ngsi_ld.talk import GEO, JSON, LD, said
from zinneke.standards.ngsi_ld.writing import Writer

NAME = "ngsi-ld"
ASKED = ("entities", "q", "geoQ", "scopeQ", "watched", "said", "base")


def _context(asked: Mapping[str, Any]) -> Context:
    """Return the context in which a subscription was made; the core when it was deleted since, in which its names mean nothing that is here."""
    try:
        return contexts.of(list(asked.get("said", [])), str(asked.get("base", "")))
    except Problem:
        return contexts.of([], "")


def condition(asked: Mapping[str, Any]) -> Callable[[Event], bool]:
    """Make the test of an event: is its attribute watched, and is its entity one that is meant. Conditions see what is public."""
    context, watched = _context(asked), frozenset(asked.get("watched", []))
    meant = _wanted(asked, context)
    return partial(_holds, watched, meant)


def _wanted(asked: Mapping[str, Any], context: Context) -> Wanted:
    where: list[Condition] = []
    if entities := [wanted.entity(each, context) for each in asked.get("entities", ())]:
        where.append(Logic("or", tuple(entities)) if len(entities) > 1 else entities[0])
    if "q" in asked:
        where.append(query.read_q(asked["q"], context))
    if "scopeQ" in asked:
        where.append(query.read_scopes(asked["scopeQ"]))
    around = wanted.geo(asked["geoQ"], context) if "geoQ" in asked else None
    return Wanted(where=tuple(where), around=around, limit=1)


def _holds(watched: frozenset[str], meant: Wanted, event: Event) -> bool:
    known = register.current()
    thing = known.things.get(event.thing)
    stream = known.by_key.get(event.key)
    if thing is None or stream is None or (watched and naming.attribute(stream, thing.kind)[0] not in watched):
        return False
    if not meant.where and meant.around is None:
        return True
    return bool(verbs.find_linked(ANONYMOUS, msgspec.structs.replace(meant, ids=(naming.uri(thing),))).entities)


def shape(standing: Standing, notification: Notification, actor: Actor) -> Shaped:
    """Return a notification as this standard sends it: the entities of its events as they stand now, each once."""
    asked = standing.subscription.settings
    context, known = _context(asked), register.current()
    only = frozenset(context.expand(name) for name in asked["attributes"])
    writer = Writer(context, asked["format"], asked["system"], asked["lang"], only | {"@id", "@type", "scope"} if only else None)
    keys = dict.fromkeys(event.thing for event in notification.events if event.thing in known.things)
    ids = tuple(naming.uri(known.things[key]) for key in keys)
    found = verbs.find_linked(actor, Wanted(ids=ids, limit=max(1, len(ids)))).entities if ids else []
    accept = asked["accept"]
    entities = [writer.feature(each, "location") if accept == GEO else writer.entity(each) for each in found]
    if accept == LD:
        entities = [{**each, "@context": said(context)} for each in entities]
    data: Any = {"type": "FeatureCollection", "features": entities} if accept == GEO else entities
    document = {
        "id": f"urn:ngsi-ld:Notification:{identifier(notification)}",
        "type": "Notification",
        "subscriptionId": standing.subscription.key,
        "notifiedAt": notification.made.isoformat().replace("+00:00", "Z"),
        "data": data,
    }
    link = f'<{context.link or CORE}>; rel="http://www.w3.org/ns/json-ld#context"; type="{LD}"'
    media = LD if accept == LD else JSON
    headers = {} if accept == LD else {"Link": link}
    if standing.subscription.endpoint.kind == "mqtt":
        metadata = {"Content-Type": media, **headers, **standing.subscription.endpoint.headers}
        return Shaped(msgspec.json.encode({"metadata": metadata, "body": document}), JSON)
    return Shaped(msgspec.json.encode(document), media, headers)


register_shape(NAME, shape)
register_condition(NAME, condition)
