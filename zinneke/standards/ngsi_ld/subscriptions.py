"""Subscriptions: made, read, changed and ended in this standard's words. Notifications go out through the house's own outbox."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from zinneke.foundations.subscriptions import brokers, store
from zinneke.foundations.subscriptions.values import Condition, Endpoint, Standing, Subscription
from zinneke.kernel.period import from_microseconds
from zinneke.kernel.problem import Problem, wrong
from zinneke.kernel.route import Call, Reply
from zinneke.standards.ngsi_ld import contexts, fragments, query, talk, telling, wanted
from zinneke.standards.ngsi_ld.contexts import ROOT, Context
from zinneke.standards.ngsi_ld.talk import FORMS, GEO, JSON, LD, AskPath

SUBSCRIPTIONS = f"{ROOT}/subscriptions"
MEMBERS = frozenset({
    "id", "type", "subscriptionName", "description", "entities", "watchedAttributes", "q", "geoQ", "scopeQ", "isActive", "notification",
    "expiresAt", "throttling", "lang", "notificationTrigger",
})  # fmt: skip
TRIGGERS = frozenset({"attributeCreated", "attributeUpdated", "entityCreated", "entityUpdated"})
STATUS = {"active": "active", "paused": "paused", "stopped": "paused", "expired": "expired"}
NULL = "urn:ngsi-ld:null"


def read(sent: Any, context: Context, base: str) -> Subscription:
    """Return a subscription as the house keeps it. Raises `Problem` 400 for what makes no sense or is not told here."""
    if not isinstance(sent, dict) or sent.get("type") != "Subscription":
        raise wrong('A subscription is an object with "type": "Subscription".', where="type")
    if unknown := sorted(set(sent) - MEMBERS - {"@context"}):
        raise wrong(f"A subscription has no member {unknown[0]!r} here. Known: {', '.join(sorted(MEMBERS))}.", where=unknown[0])
    if not (sent.get("entities") or sent.get("watchedAttributes")):
        raise wrong("A subscription has entities, watchedAttributes, or both.", where="entities")
    if strange := set(_words(sent, "notificationTrigger")) - TRIGGERS:
        raise wrong(f"{sorted(strange)[0]!r} is not told here: {', '.join(sorted(TRIGGERS))} are.", where="notificationTrigger")
    settings = {**_meaning(sent, context), "base": base}
    expires = fragments.moment(str(sent["expiresAt"]), "expiresAt") if "expiresAt" in sent else None
    throttling = sent.get("throttling", 0)
    if isinstance(throttling, bool) or not isinstance(throttling, int | float) or not 0 <= throttling <= 604_800:
        raise wrong("throttling is a number of seconds, a week at the most.", where="throttling")
    key = sent.get("id") or f"urn:ngsi-ld:Subscription:{uuid.uuid4().hex}"
    if not fragments.is_uri(key):
        raise wrong("The id of a subscription is a URI.", where="id")
    document = {**{name: value for name, value in sent.items() if name not in ("@context", "isActive")}, "id": key}
    return Subscription(
        name=str(sent.get("subscriptionName", ""))[:200],
        endpoint=_endpoint(sent.get("notification"), settings),
        condition=Condition(telling.NAME, {name: settings[name] for name in telling.ASKED if name in settings}),
        throttling=float(throttling),
        expires=None if expires is None else from_microseconds(expires),
        shape=telling.NAME,
        settings={**settings, "document": document},
        key=key,
    )


def _words(sent: dict[str, Any], name: str) -> list[str]:
    found = sent.get(name, [])
    if not isinstance(found, list) or not all(isinstance(each, str) for each in found):
        raise wrong(f"{name} is a list of names.", where=name)
    return found


def _meaning(sent: dict[str, Any], context: Context) -> dict[str, Any]:
    """Return what is meant, with names expanded, and the context in which it was said."""
    entities = sent.get("entities", [])
    if not isinstance(entities, list):
        raise wrong("entities is a list.", where="entities")
    for each in entities:
        wanted.entity(each, context)
    if "q" in sent:
        query.read_q(str(sent["q"]), context)
    if "scopeQ" in sent:
        query.read_scopes(str(sent["scopeQ"]))
    if "geoQ" in sent:
        wanted.geo(sent["geoQ"], context)
    found: dict[str, Any] = {name: sent[name] for name in ("entities", "q", "geoQ", "scopeQ") if name in sent}
    watched = [context.expand(name) for name in _words(sent, "watchedAttributes")]
    return {**found, "watched": watched, "said": context.said[:-1], "lang": str(sent.get("lang", ""))}


def _endpoint(notification: Any, settings: dict[str, Any]) -> Endpoint:
    if not isinstance(notification, dict) or not isinstance(notification.get("endpoint"), dict):
        raise wrong("notification has an endpoint with a uri.", where="notification")
    endpoint = notification["endpoint"]
    uri, accept = str(endpoint.get("uri", "")), endpoint.get("accept", JSON)
    if accept not in (JSON, LD, GEO):
        raise wrong(f"accept is {JSON}, {LD} or {GEO}.", where="notification.endpoint.accept")
    form = notification.get("format", "normalized")
    if form not in FORMS:
        raise wrong(f"format is one of {', '.join(sorted(FORMS))}.", where="notification.format")
    _words(notification, "attributes")
    settings |= {"accept": accept, "format": FORMS[form], "attributes": notification.get("attributes", [])}
    settings["system"] = bool(notification.get("sysAttrs"))
    pairs = endpoint.get("receiverInfo", [])
    if not isinstance(pairs, list) or not all(isinstance(each, dict) and isinstance(each.get("key"), str) for each in pairs):
        raise wrong("receiverInfo is a list of objects with key and value.", where="notification.endpoint.receiverInfo")
    headers = {each["key"]: str(each.get("value", "")) for each in pairs}
    if uri.startswith(("mqtt://", "mqtts://")):
        return Endpoint(kind="mqtt", address=brokers.topic_at(uri), headers=headers)
    return Endpoint(kind="webhook", address=uri, headers=headers)


def create(call: Call[None]) -> Reply:
    """Subscribe: be told, at an address of one's own, whenever what is meant is observed."""
    talk.options(call).done()
    sent, context = talk.body(call)
    made = read(sent, context, call.base)
    store.add(call.actor, made)
    if sent.get("isActive") is False:
        store.pause(call.actor, str(made.key))
    return Reply(status=201, headers={"Location": f"{SUBSCRIPTIONS}/{made.key}"})


def told(standing: Standing) -> dict[str, Any]:
    """Return a subscription as this standard tells it: as it was sent, with how it does."""
    document = dict(standing.subscription.settings["document"])
    notification = {**document["notification"], "status": "failed" if standing.circuit != "closed" else "ok", "timesSent": standing.sent}
    times = (("lastNotification", standing.last_attempt), ("lastSuccess", standing.last_success), ("lastFailure", standing.last_failure))
    notification |= {name: _said(moment) for name, moment in times if moment is not None}
    if standing.failed:
        notification["timesFailed"] = standing.failed
    return {**document, "notification": notification, "isActive": standing.state == "active", "status": STATUS[standing.state]}


def _said(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def list_subscriptions(call: Call[None]) -> Reply:
    """List one's own subscriptions."""
    asked = talk.options(call)
    limit, offset, counted = asked.number("limit", talk.PAGE, 1, talk.MOST), asked.number("offset", 0, 0, 10_000_000), asked.truth("count")
    asked.get("options")
    asked.done()
    found = store.list_own(call.actor, telling.NAME, limit=10_000)
    headers = {"NGSILD-Results-Count": str(len(found))} if counted else {}
    if links := talk.page_links(call, SUBSCRIPTIONS, asked.given, limit, offset, len(found) > offset + limit):
        headers["Link"] = ", ".join(links)
    return talk.answer(call, talk.linked(call), talk.accepted(call), [told(each) for each in found[offset : offset + limit]], headers=headers)


def _own(call: Call[AskPath]) -> Standing:
    standing = store.get(call.actor, call.ask.key)
    if standing.subscription.shape != telling.NAME:
        raise Problem(404, "Not found", f"There is no subscription {call.ask.key!r} here, or it is not open to you.")
    return standing


def get(call: Call[AskPath]) -> Reply:
    """Read one of one's own subscriptions."""
    asked = talk.options(call)
    asked.get("options")
    asked.done()
    standing = _own(call)
    return talk.answer(call, contexts.of(standing.subscription.settings["said"], call.base), talk.accepted(call), told(standing))


def change(call: Call[AskPath]) -> Reply:
    """Change members of one of one's own subscriptions."""
    talk.options(call).done()
    sent, context = talk.body(call)
    if not isinstance(sent, dict) or sent.get("id", call.ask.key) != call.ask.key:
        raise wrong("The body is an object, and the id of a subscription stays.", where="id")
    standing = _own(call)
    merged = {name: value for name, value in {**standing.subscription.settings["document"], **sent}.items() if value != NULL}
    named = {"entities", "watchedAttributes", "q", "geoQ", "notification"} & set(sent)
    meaning = context if named else contexts.of(standing.subscription.settings["said"], call.base)
    store.change(call.actor, call.ask.key, read(merged, meaning, call.base))
    if sent.get("isActive") is False and standing.state == "active":
        store.pause(call.actor, call.ask.key)
    if sent.get("isActive") is True and standing.state in ("paused", "stopped"):
        store.resume(call.actor, call.ask.key)
    return Reply(status=204)


def delete(call: Call[AskPath]) -> Reply:
    """End one of one's own subscriptions."""
    talk.options(call).done()
    _own(call)
    store.remove(call.actor, call.ask.key)
    return Reply(status=204)
