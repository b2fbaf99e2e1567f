"""Subscriptions as they are sent, read into what the house keeps: every member known, and only what is told here."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from zinneke.foundations.subscriptions import brokers
from zinneke.foundations.subscriptions.values import Condition, Endpoint, Subscription
from zinneke.kernel.period import from_microseconds
from zinneke.kernel.problem import wrong
from zinneke.standards.ngsi_ld import contexts, fragments, joining, matching, picking, query, telling, wanted
from zinneke.standards.ngsi_ld.contexts import Context
from zinneke.standards.ngsi_ld.talk import FORMS, GEO, JSON, LD

MEMBERS = frozenset({
    "id", "type", "subscriptionName", "description", "entities", "watchedAttributes", "q", "geoQ", "scopeQ", "isActive", "notification",
    "expiresAt", "throttling", "timeInterval", "lang", "notificationTrigger", "jsonldContext", "datasetId", "localOnly",
})  # fmt: skip
OURS = frozenset({"status", "createdAt", "modifiedAt", "@context"})
"""What we tell of a subscription ourselves; sent back to us, it means nothing."""
NOTIFICATION = frozenset({"attributes", "pick", "omit", "format", "sysAttrs", "showChanges", "join", "joinLevel", "endpoint"})
HOW_IT_DOES = frozenset({"status", "timesSent", "timesFailed", "lastNotification", "lastSuccess", "lastFailure"})
ENDPOINT = frozenset({"uri", "accept", "receiverInfo", "notifierInfo"})
NOTIFIER = {"MQTT-Version": ("mqtt3.1.1", "mqtt5.0"), "MQTT-QoS": ("0", "1")}
"""What may be asked of whoever notifies: the broker speaks both versions to subscribers, and gets everything with QoS 1."""
MONTH = 2_678_400


def read(sent: Any, context: Context, base: str) -> Subscription:
    """Return a subscription as the house keeps it. Raises `Problem` 400 for what makes no sense or is not told here."""
    sent = checked(sent, MEMBERS)
    settings = {**_meaning(sent, context), **words(sent, context, base)}
    endpoint = delivered(sent, settings, NOTIFICATION)
    every = "timeInterval" in sent
    return kept(sent, settings, endpoint, telling.NAME, telling.ASKED, () if every else matching.kinds(settings["triggers"]))


def checked(sent: Any, members: frozenset[str]) -> dict[str, Any]:
    """Return what was sent of a subscription, without what is ours. Raises `Problem` 400 for members that nobody knows."""
    if not isinstance(sent, dict) or sent.get("type") != "Subscription":
        raise wrong('A subscription is an object with "type": "Subscription".', where="type")
    found: dict[str, Any] = {name: value for name, value in sent.items() if name not in OURS}
    _known(found, members, "A subscription", "")
    if not (found.get("entities") or found.get("watchedAttributes")):
        raise wrong("A subscription has entities, watchedAttributes, or both.", where="entities")
    return found


def kept(
    sent: dict[str, Any], settings: dict[str, Any], endpoint: Endpoint, shape: str, asked: Sequence[str], kinds: tuple[str, ...], first: bool = False
) -> Subscription:
    """Return a subscription as the house keeps it: `asked` are the settings by which events are told from others."""
    expires = fragments.moment(str(sent["expiresAt"]), "expiresAt") if "expiresAt" in sent else None
    every, throttling = _seconds(sent, "timeInterval", MONTH, "31 days"), _seconds(sent, "throttling", 604_800, "a week")
    if every and ("watchedAttributes" in sent or throttling):
        raise wrong("timeInterval tells by the clock, whatever changed: leave out watchedAttributes and throttling.", where="timeInterval")
    key = sent.get("id") or f"urn:ngsi-ld:Subscription:{uuid.uuid4().hex}"
    if not fragments.is_uri(key):
        raise wrong("The id of a subscription is a URI.", where="id")
    notification = {name: value for name, value in (sent.get("notification") or {}).items() if name not in HOW_IT_DOES}
    document = {**{name: value for name, value in sent.items() if name != "isActive"}, "notification": notification, "id": key}
    return Subscription(
        name=str(sent.get("subscriptionName", ""))[:200],
        endpoint=endpoint,
        kinds=kinds,
        condition=Condition(shape, {name: settings[name] for name in asked if name in settings}),
        throttling=throttling,
        every=every,
        first=first,
        expires=None if expires is None else from_microseconds(expires),
        shape=shape,
        settings={**settings, "document": document},
        key=key,
    )


def words(sent: dict[str, Any], context: Context, base: str) -> dict[str, Any]:
    """Return in which context a subscription is said, and in which it is told. Raises `Problem` 400, 504."""
    if "jsonldContext" in sent:
        contexts.of([str(sent["jsonldContext"])], base)
    return {"said": context.said[:-1], "base": base, "context": str(sent.get("jsonldContext", ""))}


def _known(sent: dict[str, Any], members: frozenset[str], what: str, where: str) -> None:
    if unknown := sorted(set(sent) - members):
        raise wrong(f"{what} has no member {unknown[0][:60]!r} here. Known: {', '.join(sorted(members))}.", where=f"{where}{unknown[0][:60]}")


def _seconds(sent: dict[str, Any], name: str, most: int, said: str) -> float:
    given = sent.get(name, 0)
    if (
        isinstance(given, bool)
        or not isinstance(given, int | float)
        or not 0 <= given <= most
        or (name == "timeInterval" and name in sent and not given)
    ):
        raise wrong(f"{name} is a number of seconds, {said} at the most.", where=name)
    return float(given)


def names(sent: dict[str, Any], name: str) -> list[str]:
    """Return a list of names. Raises `Problem` 400."""
    found = sent.get(name, [])
    if not isinstance(found, list) or not all(isinstance(each, str) and each and "," not in each for each in found):
        raise wrong(f"{name} is a list of names.", where=name)
    return found


def entities(sent: dict[str, Any]) -> list[Any]:
    """Return which entities a subscription is for. Raises `Problem` 400."""
    found = sent.get("entities", [])
    if not isinstance(found, list):
        raise wrong("entities is a list.", where="entities")
    return found


def _meaning(sent: dict[str, Any], context: Context) -> dict[str, Any]:
    """Return what is meant, with names expanded."""
    for each in entities(sent):
        wanted.entity(each, context)
    if "q" in sent:
        query.read_q(str(sent["q"]), context)
    if "scopeQ" in sent:
        query.read_scopes(str(sent["scopeQ"]))
    if "geoQ" in sent:
        wanted.geo(sent["geoQ"], context)
    triggers = names(sent, "notificationTrigger")
    if strange := set(triggers) - matching.TRIGGERS:
        raise wrong(f"{sorted(strange)[0]!r} is not told here: {', '.join(sorted(matching.TRIGGERS))} are.", where="notificationTrigger")
    found: dict[str, Any] = {name: sent[name] for name in ("entities", "q", "geoQ", "scopeQ") if name in sent}
    watched = [context.expand(name) for name in names(sent, "watchedAttributes")]
    return {**found, "triggers": triggers, "dataset": names(sent, "datasetId"), "watched": watched, "lang": str(sent.get("lang", ""))}


def delivered(sent: dict[str, Any], settings: dict[str, Any], members: frozenset[str]) -> Endpoint:
    """Return where a subscription is told; how, goes into its settings. Raises `Problem` 400."""
    notification = sent.get("notification")
    if not isinstance(notification, dict) or not isinstance(notification.get("endpoint"), dict):
        raise wrong("notification has an endpoint with a uri.", where="notification")
    endpoint = notification["endpoint"]
    _known({name: value for name, value in notification.items() if name not in HOW_IT_DOES}, members, "notification", "notification.")
    _known(endpoint, ENDPOINT, "endpoint", "notification.endpoint.")
    uri, accept = str(endpoint.get("uri", "")), endpoint.get("accept", JSON)
    if accept not in (JSON, LD, GEO):
        raise wrong(f"accept is {JSON}, {LD} or {GEO}.", where="notification.endpoint.accept")
    settings |= {"accept": accept, **_form(notification)}
    headers = dict(_pairs(endpoint, "receiverInfo"))
    over_mqtt = uri.startswith(("mqtt://", "mqtts://"))
    for key, value in _pairs(endpoint, "notifierInfo"):
        if not over_mqtt or value not in NOTIFIER.get(key, ()):
            raise wrong(
                "notifierInfo is for MQTT: MQTT-Version is mqtt3.1.1 or mqtt5.0, MQTT-QoS is 0 or 1.", where="notification.endpoint.notifierInfo"
            )
    if over_mqtt:
        return Endpoint(kind="mqtt", address=brokers.topic_at(uri), headers=headers)
    return Endpoint(kind="webhook", address=uri, headers=headers)


def _form(notification: dict[str, Any]) -> dict[str, Any]:
    """Return in which form entities are told. Raises `Problem` 400."""
    form = notification.get("format", "normalized")
    if form not in FORMS:
        raise wrong(f"format is one of {', '.join(sorted(FORMS))}.", where="notification.format")
    for name in ("sysAttrs", "showChanges"):
        if not isinstance(notification.get(name, False), bool):
            raise wrong(f"{name} is true or false.", where=f"notification.{name}")
    if notification.get("showChanges") and (FORMS[form] == "simplified" or notification.get("join")):
        raise wrong("showChanges goes neither with the simplified format, which has no room for it, nor with join.", where="notification.showChanges")
    join, level = notification.get("join", ""), notification.get("joinLevel", 1)
    if join and (join not in joining.WAYS or isinstance(level, bool) or not isinstance(level, int) or not 1 <= level <= joining.DEEPEST):
        raise wrong(f"join is flat, inline or @none, and joinLevel from 1 to {joining.DEEPEST}.", where="notification.join")
    if notification.get("attributes") and notification.get("pick"):
        raise wrong("Give attributes or pick, not both.", where="notification.pick")
    return {
        "format": FORMS[form],
        "system": bool(notification.get("sysAttrs")),
        "changes": bool(notification.get("showChanges")),
        "join": "" if "none" in join else join,
        "level": level,
        "attributes": names(notification, "attributes"),
        **{name: _picked(notification, name, 0 if join in ("", "none", "@none") else level) for name in ("pick", "omit")},
    }


def _picked(notification: dict[str, Any], name: str, level: int) -> list[str]:
    """Return what is picked or left out of entities, and of those that they lead to as far as these are told. Raises `Problem` 400."""
    found = notification.get(name, [])
    if not isinstance(found, list) or not all(isinstance(each, str) and each for each in found):
        raise wrong(f"{name} is a list of names.", where=f"notification.{name}")
    if picking.deepest(picking.read(",".join(found), name, str)) > level:
        raise wrong("What is picked or left out of linked entities goes with join and as deep a joinLevel.", where=f"notification.{name}")
    return found


def _pairs(endpoint: dict[str, Any], name: str) -> list[tuple[str, str]]:
    pairs = endpoint.get(name, [])
    if not isinstance(pairs, list) or not all(isinstance(each, dict) and isinstance(each.get("key"), str) for each in pairs):
        raise wrong(f"{name} is a list of objects with key and value.", where=f"notification.endpoint.{name}")
    return [(each["key"], str(each.get("value", ""))) for each in pairs]
