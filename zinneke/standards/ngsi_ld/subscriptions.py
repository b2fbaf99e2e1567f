"""Subscriptions, to entities and to registrations of sources: made, read, changed, ended in this standard's words. The house's outbox tells."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from zinneke.foundations.observations.attributes.values import NULL
from zinneke.foundations.subscriptions import store
from zinneke.foundations.subscriptions.values import Standing, Subscription
from zinneke.kernel.problem import Problem, wrong
from zinneke.kernel.route import Call, Reply
from zinneke.standards.ngsi_ld import announcing, contexts, subscribing, talk, telling
from zinneke.standards.ngsi_ld.contexts import ROOT, Context
from zinneke.standards.ngsi_ld.talk import AskPath

STATUS = {"active": "active", "paused": "paused", "stopped": "paused", "expired": "expired"}
MEANT = frozenset({"entities", "watchedAttributes", "q", "geoQ", "scopeQ", "notification"})
"""What is said in the words of a context."""


@dataclass(frozen=True, slots=True)
class Subscriptions:
    """One's own subscriptions of a kind: the form of their notifications, their address, and how they are read."""

    shape: str
    path: str
    read: Callable[[Any, Context, str], Subscription]

    def create(self, call: Call[None]) -> Reply:
        """Subscribe: be told, at an address of one's own, whenever what is meant happens."""
        talk.options(call).done()
        sent, context = talk.body(call)
        made = self.read(sent, context, call.base)
        store.add(call.actor, made)
        if sent.get("isActive") is False:
            store.pause(call.actor, str(made.key))
        return Reply(status=201, headers={"Location": f"{ROOT}{self.path}/{made.key}"})

    def list_own(self, call: Call[None]) -> Reply:
        """List one's own subscriptions."""
        asked = talk.options(call)
        limit, offset, counted = asked.number("limit", talk.PAGE, 1, talk.MOST), asked.number("offset", 0, 0, 10_000_000), asked.truth("count")
        system = _system(asked)
        asked.done()
        found = store.list_own(call.actor, self.shape, limit=10_000)
        headers = {"NGSILD-Results-Count": str(len(found))} if counted else {}
        if links := talk.page_links(call, f"{ROOT}{self.path}", asked.given, limit, offset, len(found) > offset + limit):
            headers["Link"] = ", ".join(links)
        page = [told(each, system) for each in found[offset : offset + limit]]
        return talk.answer(call, talk.linked(call), talk.accepted(call), page, headers=headers)

    def get(self, call: Call[AskPath]) -> Reply:
        """Read one of one's own subscriptions."""
        asked = talk.options(call)
        system = _system(asked)
        asked.done()
        standing = self._own(call)
        return talk.answer(call, contexts.of(standing.subscription.settings["said"], call.base), talk.accepted(call), told(standing, system))

    def change(self, call: Call[AskPath]) -> Reply:
        """Change members of one of one's own subscriptions."""
        talk.options(call).done()
        sent, context = talk.body(call)
        if not isinstance(sent, dict) or sent.get("id", call.ask.key) != call.ask.key:
            raise wrong("The body is an object, and the id of a subscription stays.", where="id")
        standing = self._own(call)
        merged = {name: value for name, value in {**standing.subscription.settings["document"], **sent}.items() if value != NULL}
        meaning = context if MEANT & set(sent) else contexts.of(standing.subscription.settings["said"], call.base)
        store.change(call.actor, call.ask.key, self.read(merged, meaning, call.base))
        if sent.get("isActive") is False and standing.state == "active":
            store.pause(call.actor, call.ask.key)
        if sent.get("isActive") is True and standing.state in ("paused", "stopped"):
            store.resume(call.actor, call.ask.key)
        return Reply(status=204)

    def delete(self, call: Call[AskPath]) -> Reply:
        """End one of one's own subscriptions."""
        talk.options(call).done()
        self._own(call)
        store.remove(call.actor, call.ask.key)
        return Reply(status=204)

    def _own(self, call: Call[AskPath]) -> Standing:
        standing = store.get(call.actor, call.ask.key)
        if standing.subscription.shape != self.shape:
            raise Problem(404, "Not found", f"There is no subscription {call.ask.key!r} here, or it is not open to you.")
        return standing


def told(standing: Standing, system: bool = False) -> dict[str, Any]:
    """Return a subscription as this standard tells it: as it was sent, with how it does, and with `system` when it was made and changed."""
    document = dict(standing.subscription.settings["document"])
    notification = {**document["notification"], "status": "failed" if standing.circuit != "closed" else "ok", "timesSent": standing.sent}
    times = (("lastNotification", standing.last_attempt), ("lastSuccess", standing.last_success), ("lastFailure", standing.last_failure))
    notification |= {name: _said(moment) for name, moment in times if moment is not None}
    if standing.failed:
        notification["timesFailed"] = standing.failed
    moments = {"createdAt": _said(standing.created), "modifiedAt": _said(standing.changed)} if system else {}
    return {**document, "notification": notification, "isActive": standing.state == "active", "status": STATUS[standing.state], **moments}


def _said(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def _system(asked: talk.Options) -> bool:
    return "sysAttrs" in asked.words("options") or asked.truth("sysAttrs")


ENTITIES = Subscriptions(telling.NAME, "/subscriptions", subscribing.read)
SOURCES = Subscriptions(announcing.NAME, "/csourceSubscriptions", announcing.read)
