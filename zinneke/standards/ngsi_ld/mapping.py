"""Entity maps at their own addresses: made by a question, read, prolonged, dropped."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from zinneke.kernel.period import read_moment_or_none
from zinneke.kernel.problem import wrong
from zinneke.kernel.route import Call, Reply
from zinneke.standards.ngsi_ld import maps, querying, talk
from zinneke.standards.ngsi_ld.talk import AskPath


def create(call: Call[None]) -> Reply:
    """Make the map of a question for entities."""
    return _made(call, querying.asked_for(call))


def create_sent(call: Call[None]) -> Reply:
    """Make the map of a query that is sent."""
    return _made(call, querying.sent_for(call))


def _made(call: Call[None], question: querying.Query) -> Reply:
    made, headers = querying.mapped(question)
    return Reply(talk.encoder.encode(made.document), 201, talk.JSON, {**headers, querying.MAP: f"{querying.MAPS}/{quote(made.key, safe=':')}"})


def read(call: Call[AskPath]) -> Reply:
    """Read one of one's own maps."""
    asked, context = talk.options(call), talk.linked(call)
    asked.done()
    return talk.answer(call, context, talk.accepted(call), maps.get(call.actor, call.ask.key).document)


def change(call: Call[AskPath]) -> Reply:
    """Let one of one's own maps end at another moment; whatever else is sent is told by the house, and passed over."""
    talk.options(call).done()
    sent, _ = talk.body(call)
    maps.get(call.actor, call.ask.key)
    given: Any = sent.get("expiresAt") if isinstance(sent, dict) else None
    moment = read_moment_or_none(given) if isinstance(given, str) else None
    if not isinstance(sent, dict) or (moment is None and "expiresAt" in sent):
        raise wrong("What changes of an entity map is its expiresAt, a moment such as 2026-11-23T14:05:00Z.", where="expiresAt")
    if moment is not None:
        maps.prolong(call.actor, call.ask.key, moment)
    return Reply(status=204)


def delete(call: Call[AskPath]) -> Reply:
    """Drop one of one's own maps."""
    talk.options(call).done()
    maps.drop(call.actor, call.ask.key)
    return Reply(status=204)
