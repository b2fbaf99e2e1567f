"""Subscriptions to registrations of sources: what already matches is told first, then what begins to match, changes, or ceases to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from zinneke.foundations.observations.attributes import verbs
from zinneke.foundations.observations.attributes.keeping import is_over
from zinneke.foundations.subscriptions.shapes import identifier, register_condition, register_shape
from zinneke.foundations.subscriptions.values import ROUND, SOURCE, Event, Notification, Shaped, Standing, Subscription
from zinneke.kernel.confidentiality import Actor
from zinneke.kernel.problem import wrong
from zinneke.standards.ngsi_ld import discovering, matching, sources, subscribing, telling
from zinneke.standards.ngsi_ld.contexts import Context
from zinneke.standards.ngsi_ld.discovering import Sought
from zinneke.standards.ngsi_ld.talk import GEO, JSON, LD, said

NAME = "ngsi-ld-sources"
MEMBERS = (subscribing.MEMBERS - {"q", "lang", "notificationTrigger", "datasetId"}) | {"csf"}
"""What a subscription to registrations may say: these have no values on which `q` could be asked."""
NOTIFICATION = frozenset({"attributes", "pick", "format", "sysAttrs", "endpoint"})
ASKED = ("entities", "names", "geoQ", "scopeQ", "csf", "said", "base")
PAGE = 100
"""Registrations of one notification of what already matches."""
NEWLY, UPDATED, NO_LONGER = "newlyMatching", "updated", "noLongerMatching"


def read(sent: Any, context: Context, base: str) -> Subscription:
    """Return a subscription to registrations as the house keeps it. Raises `Problem` 400."""
    sent = subscribing.checked(sent, MEMBERS)
    for each in subscribing.entities(sent):
        if not (isinstance(each, dict) and set(each) <= {"type", "id", "idPattern"} and isinstance(each.get("type"), str) and each["type"]):
            raise wrong("Each of entities is an object with a type, and an id or an idPattern where that matters.", where="entities")
    settings = {name: sent[name] for name in ("entities", "geoQ", "scopeQ", "csf") if name in sent} | subscribing.words(sent, context, base)
    endpoint = msgspec.structs.replace(subscribing.delivered(sent, settings, NOTIFICATION), most=1)
    if settings["accept"] == GEO:
        raise wrong(f"Registrations are told as {JSON} or {LD}.", where="notification.endpoint.accept")
    settings["names"] = _names(sent, settings, context)
    for name in ("scopeQ", "csf"):
        if name in sent and not isinstance(sent[name], str):
            raise wrong(f"{name} is a text.", where=name)
    discovering.from_settings(settings, context)
    kinds = () if "timeInterval" in sent else (SOURCE,)
    return subscribing.kept(sent, settings, endpoint, NAME, ASKED, kinds, first=True)


def _names(sent: dict[str, Any], settings: dict[str, Any], context: Context) -> list[str]:
    """Return the attributes for which a source is of interest: those watched and those told, all where either is not said."""
    watched = subscribing.names(sent, "watchedAttributes")
    shown = [each for each in settings["attributes"] or settings["pick"] if each not in ("id", "type", "scope")]
    return [context.expand(each) for each in dict.fromkeys((*watched, *shown))] if watched and shown else []


def condition(asked: Mapping[str, Any], actor: Actor) -> Callable[[Event], bool]:
    """Make the test of an event."""
    sought = _sought(asked)
    return lambda event: _reason(sought, event) is not None


def _sought(asked: Mapping[str, Any]) -> Sought:
    return discovering.from_settings(asked, matching.context_of(asked))


def _reason(sought: Sought, event: Event) -> str | None:
    """Return why an event is told; None when the registration was not meant and is not."""
    was, now = sought.of(event.about["was"]) is not None, sought.of(event.about["now"]) is not None
    if now:
        return UPDATED if was else NEWLY
    return NO_LONGER if was else None


def shape(standing: Standing, notification: Notification, actor: Actor) -> Shaped:
    """Return a notification of one event, or of a page of all that match; nothing where none does."""
    asked = standing.subscription.settings
    context, sought = telling.words(asked), _sought(asked)
    found, more, reason = _present(asked, sought, notification, actor, context) if notification.kind == ROUND else ([], False, UPDATED)
    for event in notification.events:
        reason = _reason(sought, event) or UPDATED
        meant = sought.of(event.about["now"]) or sought.of(event.about["was"])
        found += [sources.told(meant, context)] if meant else []
    if notification.kind == ROUND and not found:
        return Shaped(b"", JSON)
    document = {
        "id": f"urn:ngsi-ld:ContextSourceNotification:{identifier(notification)}",
        "type": "ContextSourceNotification",
        "subscriptionId": standing.subscription.key,
        "notifiedAt": notification.made.isoformat().replace("+00:00", "Z"),
        "triggerReason": reason,
        "data": found,
    }
    accept = asked["accept"]
    shaped = telling.enveloped(standing, context, accept, {**document, "@context": said(context)} if accept == LD else document)
    return msgspec.structs.replace(shaped, more=more)


def _present(
    asked: Mapping[str, Any], sought: Sought, notification: Notification, actor: Actor, context: Context
) -> tuple[list[dict[str, Any]], bool, str]:
    """Return a page of the registrations that match, and whether there are more."""
    kept = [each for each in verbs.list_kept(actor, "source") if not is_over(each.document)]
    meant = [(each, found) for each in kept if (found := sought.of(each.document)) is not None]
    page = meant[notification.page * PAGE : (notification.page + 1) * PAGE]
    told = [sources.told(found, context, each if asked["system"] else None) for each, found in page]
    return told, len(meant) > (notification.page + 1) * PAGE, NEWLY


register_shape(NAME, shape)
register_condition(NAME, condition)
