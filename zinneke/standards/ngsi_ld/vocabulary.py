"""Contexts that others entrust to the house, and its own: listed, served as JSON-LD, added, deleted."""

from __future__ import annotations

import uuid
from typing import Any

from zinneke.foundations.observations.attributes import verbs
from zinneke.foundations.observations.attributes.documents import told
from zinneke.foundations.observations.attributes.values import Kept
from zinneke.kernel.period import to_microseconds
from zinneke.kernel.problem import Problem, wrong
from zinneke.kernel.route import Call, Reply
from zinneke.standards.ngsi_ld import contexts, talk
from zinneke.standards.ngsi_ld.contexts import HOUSE_KEY, STORED
from zinneke.standards.ngsi_ld.core import CORE, HOUSE, TERMS, VERSIONS
from zinneke.standards.ngsi_ld.faults import invalid
from zinneke.standards.ngsi_ld.talk import LD, AskPath


def _address(call: Call[Any], key: str) -> str:
    return f"{call.base}{STORED}{key}"


def list_contexts(call: Call[None]) -> Reply:
    """List the addresses of the contexts that are known here; with `details=true`, what is known of each."""
    asked = talk.options(call)
    details, kind = asked.truth("details"), asked.get("kind")
    asked.done()
    if kind not in ("", "Hosted", "Cached", "ImplicitlyCreated"):
        raise invalid("kind is Hosted, Cached or ImplicitlyCreated.", where="kind")
    lines = [_core(), _own(call), *(_details(call, each) for each in verbs.list_kept(call.actor, "context"))]
    chosen = [each for each in lines if kind in ("", each["kind"])]
    return Reply(talk.encoder.encode(chosen if details else [each["URL"] for each in chosen]))


def _core() -> dict[str, Any]:
    """Return what is known of the core context, which is somebody else's and is answered from the house's own table."""
    return {"URL": CORE, "localId": "core", "kind": "Cached"}


def _own(call: Call[Any]) -> dict[str, Any]:
    return {"URL": _address(call, HOUSE_KEY), "localId": HOUSE_KEY, "kind": "Hosted"}


def _details(call: Call[Any], kept: Kept) -> dict[str, Any]:
    return {"URL": _address(call, kept.id), "localId": kept.id, "kind": "Hosted", "timestamp": told(to_microseconds(kept.created))}


def add(call: Call[None]) -> Reply:
    """Add a context; it may name others only when they are known here."""
    talk.options(call).done()
    sent = talk.decoded(call.body)
    if not isinstance(sent, dict) or set(sent) != {"@context"}:
        raise wrong('What is added is {"@context": …} and nothing beside.', where="@context")
    contexts.of(sent["@context"], call.base)
    key = uuid.uuid4().hex
    verbs.keep(call.actor, "context", key, sent["@context"])
    return Reply(status=201, headers={"Location": f"{STORED}{key}"})


def serve(call: Call[AskPath]) -> Reply:
    """Serve a context, as JSON-LD; with `details=true`, what is known of it."""
    asked, key = talk.options(call), _key(call)
    details = asked.truth("details")
    asked.done()
    if key in VERSIONS or key == "core":
        document: Any = _core() if details else {"@context": TERMS}
    elif key == HOUSE_KEY:
        document = _own(call) if details else {"@context": HOUSE}
    else:
        kept = verbs.get_kept(call.actor, "context", key)
        document = _details(call, kept) if details else {"@context": kept.document}
    return Reply(talk.encoder.encode(document), media_type=talk.JSON if details else LD)


def _key(call: Call[AskPath]) -> str:
    return call.ask.key.removeprefix(_address(call, ""))


def delete(call: Call[AskPath]) -> Reply:
    """Delete a context that one added. Nothing is fetched anew (`reload`), since nothing was ever fetched."""
    asked, key = talk.options(call), _key(call)
    reload = asked.truth("reload")
    asked.done()
    if key == HOUSE_KEY or key in VERSIONS or key == "core":
        raise Problem(403, "Not allowed", "The house’s own context and the core context stay.")
    if reload:
        verbs.get_kept(call.actor, "context", key)
        raise wrong("A context is kept here as it was added, and never fetched: there is nothing to load anew. It was not deleted.", where="reload")
    verbs.remove_kept(call.actor, "context", key)
    contexts.forget()
    return Reply(status=204)
