"""Notifications as this standard sends them: the entities as they stand, within their subscriber's reach, with what was there before where asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec

from zinneke.foundations.observations import register
from zinneke.foundations.observations.attributes import changes, documents, evolving, naming, verbs
from zinneke.foundations.observations.attributes.values import Found, Instance, Linked, Wanted
from zinneke.foundations.subscriptions.shapes import identifier, register_condition, register_shape
from zinneke.foundations.subscriptions.values import CORRECTED, DELETED, OBSERVATION, ROUND, Event, Notification, Shaped, Standing
from zinneke.kernel.confidentiality import Actor
from zinneke.kernel.period import to_microseconds
from zinneke.kernel.problem import Problem
from zinneke.standards.ngsi_ld import contexts, joining, matching, wanted
from zinneke.standards.ngsi_ld.contexts import Context
from zinneke.standards.ngsi_ld.core import CORE
from zinneke.standards.ngsi_ld.talk import GEO, JSON, LD, Options, said
from zinneke.standards.ngsi_ld.writing import Writer

NAME = "ngsi-ld"
ASKED = ("entities", "q", "geoQ", "scopeQ", "watched", "said", "base", "triggers")
PAGE = 1_000
"""Entities of one notification of a round."""


@dataclass(slots=True)
class Before:
    """What attributes of one entity were before, by name and dataset, and which of them are no more."""

    was: dict[tuple[str, str], Instance] = field(default_factory=dict)
    gone: dict[tuple[str, str], Instance] = field(default_factory=dict)


def shape(standing: Standing, notification: Notification, actor: Actor) -> Shaped:
    """Return a notification: each entity of its events once; of a round a page of all that are meant, and nothing where none is."""
    asked = standing.subscription.settings
    context = words(asked)
    writer = _writer(asked, context)
    found = _found(asked, notification, actor)
    if notification.kind == ROUND and not found.entities:
        return Shaped(b"", JSON)
    before = _before(notification, bool(asked.get("changes")))
    entities = _documents(asked, writer, found, before, actor)
    entities += [_deleted(writer, event, bool(asked.get("changes"))) for event in notification.events if event.kind == DELETED]
    accept = asked["accept"]
    if accept == LD:
        entities = [{**each, "@context": said(context)} for each in entities]
    document = {
        "id": f"urn:ngsi-ld:Notification:{identifier(notification)}",
        "type": "Notification",
        "subscriptionId": standing.subscription.key,
        "notifiedAt": notification.made.isoformat().replace("+00:00", "Z"),
        "data": {"type": "FeatureCollection", "features": entities} if accept == GEO else entities,
    }
    shaped = enveloped(standing, context, LD if accept == LD else JSON, document)
    return msgspec.structs.replace(shaped, more=notification.kind == ROUND and found.more)


def words(asked: Mapping[str, Any]) -> Context:
    """Return the context with which entities are told: the one that is asked for, else that of the subscription."""
    try:
        return contexts.of([asked["context"]], asked["base"]) if asked.get("context") else matching.context_of(asked)
    except Problem:  # it was deleted since
        return matching.context_of(asked)


def _writer(asked: Mapping[str, Any], context: Context) -> Writer:
    """Return the writer that a subscription asks for."""
    given = {name: ",".join(asked[name]) for name in ("pick", "omit") if asked.get(name)}
    given |= {"attrs": ",".join(asked["attributes"])} if asked["attributes"] else {}
    given |= {"datasetId": ",".join(asked["dataset"])} if asked.get("dataset") else {}
    level = int(asked.get("level", 1)) if asked.get("join") else 0
    made = wanted.writer(Options({**given, "lang": asked["lang"], "format": asked["format"]}), matching.context_of(asked), level)
    return replace(made, context=context, system=asked["system"])


def _found(asked: Mapping[str, Any], notification: Notification, actor: Actor) -> Found:
    """Return the entities that are told, as they stand now."""
    if notification.kind == ROUND:
        meant = matching.meant(asked, matching.context_of(asked))
        return verbs.find_linked(actor, msgspec.structs.replace(meant, limit=PAGE, offset=notification.page * PAGE))
    known = register.current()
    keys = dict.fromkeys(event.thing for event in notification.events if event.thing in known.things and event.kind != DELETED)
    ids = tuple(naming.uri(known.things[key]) for key in keys)
    return verbs.find_linked(actor, Wanted(ids=ids, limit=len(ids))) if ids else Found(entities=[])


def _documents(asked: Mapping[str, Any], writer: Writer, found: Found, before: Mapping[str, Before], actor: Actor) -> list[dict[str, Any]]:
    pasts = [before.get(entity.id, Before()) for entity in found.entities]
    writers = [replace(writer, before=past.was) for past in pasts] if asked.get("changes") else [writer] * len(pasts)
    ended = [_ended(mine, past, entity) for mine, past, entity in zip(writers, pasts, found.entities, strict=True)]
    if asked["accept"] == GEO:
        features = [mine.feature(entity, "location") for mine, entity in zip(writers, found.entities, strict=True)]
        return [each | {"properties": each["properties"] | gone} for each, gone in zip(features, ended, strict=True)]
    if asked.get("join"):
        told = joining.documents(actor, joining.Joining(asked["join"], int(asked.get("level", 1))), writer, found.entities)
    else:
        told = [mine.entity(entity) for mine, entity in zip(writers, found.entities, strict=True)]
    return [each | gone for each, gone in zip(told, ended, strict=False)] + told[len(ended) :]


def _before(notification: Notification, shown: bool) -> dict[str, Before]:
    """Return what was before the first of the events, of each entity; of what is measured only where it is shown."""
    known, found = register.current(), dict[str, Before]()
    for event in notification.events:
        thing = known.things.get(event.thing)
        if thing is None or event.kind == DELETED:
            continue
        past = found.setdefault(naming.uri(thing), Before())
        if event.kind in (OBSERVATION, CORRECTED):
            if shown:
                _measured_before(past, event, known)
            continue
        for name, (was, now) in event.about.get("changes", {}).items():
            held = documents.read(was[changes.VALUE]) if changes.VALUE in was else []
            for instance in held:
                past.was.setdefault((name, instance.dataset), instance)
            for instance in held or [Instance(kind=was[changes.KIND])] if was and not now else ():
                past.gone[name, instance.dataset] = msgspec.structs.replace(instance, modified=to_microseconds(event.stored))
    return found


def _measured_before(past: Before, event: Event, known: register.Register) -> None:
    position = int(known.position[event.stream]) if event.stream is not None and event.stream <= known.highest else -1
    if position < 0:
        return
    key = naming.attribute(known.streams[position], known.things[event.thing].kind)
    if key in past.was:
        return
    if event.kind == CORRECTED:
        past.was[key] = Instance(value=event.about.get("before"))
    elif (earlier := evolving.before(known.streams[position], to_microseconds(event.time))) is not None:
        past.was[key] = earlier


def _ended(writer: Writer, past: Before, entity: Linked) -> dict[str, Any]:
    """Return the attributes that an entity had and has no more, with null for their value."""
    there = {(name, each.dataset) for name, instances in entity.attributes.items() for each in instances}
    gone = {key: each for key, each in past.gone.items() if key not in there and writer.shown(key[0])}
    return {writer.context.compact(name): writer.ended(name, each) for (name, _), each in gone.items() if name not in entity.attributes}


def _deleted(writer: Writer, event: Event, shown: bool) -> dict[str, Any]:
    """Return an entity that is no more: when it was deleted, and what it was where that is asked for."""
    told = {"id": event.about["entity"], "type": writer.types(event.about["types"]), "deletedAt": documents.told(to_microseconds(event.stored))}
    if not shown or "last" not in event.about:
        return told
    last = changes.entity_of(event.about)
    mine = replace(writer, before={(name, each.dataset): each for name, instances in last.attributes.items() for each in instances})
    return told | {
        writer.context.compact(name): mine.ended(name, instances[0]) for name, instances in last.attributes.items() if writer.shown(name)
    }  # fmt: skip


def enveloped(standing: Standing, context: Context, media: str, document: Any) -> Shaped:
    """Return a notification as it travels: with its context in a header or inside, over MQTT with what would be headers beside it."""
    link = f'<{context.link or CORE}>; rel="http://www.w3.org/ns/json-ld#context"; type="{LD}"'
    headers = {} if media == LD else {"Link": link}
    if standing.subscription.endpoint.kind == "mqtt":
        metadata = {"Content-Type": media, **headers, **standing.subscription.endpoint.headers}
        return Shaped(msgspec.json.encode({"metadata": metadata, "body": document}), JSON)
    return Shaped(msgspec.json.encode(document), media, headers)


register_shape(NAME, shape)
register_condition(NAME, matching.condition)
