"""What is written handed on to registered sources, as the modes and operations of their registrations say, and told in one answer."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial, update_wrapper
from typing import Any
from urllib.parse import quote

import msgspec

from zinneke.foundations import bus, fetching
from zinneke.foundations.observations.attributes import verbs
from zinneke.foundations.observations.attributes.values import Linked, Wanted
from zinneke.foundations.observations.register import SUBJECT
from zinneke.kernel.confidentiality import Actor, Right, demand
from zinneke.kernel.problem import Problem
from zinneke.kernel.route import Call, Later, Reply
from zinneke.standards.ngsi_ld import choosing, contexts, faults, forwarding, registrations, talk
from zinneke.standards.ngsi_ld.choosing import Target
from zinneke.standards.ngsi_ld.contexts import ROOT, Context

BY_ATTRIBUTE = frozenset({"appendAttrs", "updateEntity"})
"""Operations of which an answer names the attributes that were not written."""
MOST_BYTES, HOLDS = 100_000, 60.0
Work = Callable[[Call[Any]], Reply]
_checked: tuple[float, bool] | None = None
"""Until when it holds whether any source is written to."""
_lock = threading.Lock()
_generation = 0
"""How often this was doubted: what was read before a doubt is not kept after it."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What a source said instead of writing."""

    target: Target
    problem: Problem


def doubt(told: bytes = b"") -> None:
    """Look again whether any source is written to."""
    global _checked, _generation
    with _lock:
        _generation += 1
        _checked = None


def changed() -> None:
    """Say, here and in every other process, that registrations changed."""
    doubt()
    bus.tell(CHANGED)


def idle() -> bool:
    """Say whether it is known, without asking the records, that no source has to do with what is written."""
    checked = _checked
    return checked is not None and checked[0] > time.monotonic() and not checked[1]


def writers() -> list[dict[str, Any]]:
    """Return the registrations of sources that are written to, or have alone what is then not to be written here."""
    global _checked
    generation = _generation
    found = [each for each in forwarding.registered() if choosing.concerned(each)]
    with _lock:
        if generation == _generation:
            _checked = (time.monotonic() + HOLDS, bool(found))
    return found


class Relaying:
    """A door that writes one entity, before which sources have their part. `quick` is left to it as long as no source is written to.

    `check` reads a request as the door does, and raises what is wrong with it, so that it is not handed on.
    """

    def __init__(self, operation: str, work: Any, check: Callable[[Call[Any]], Any] | None = None) -> None:
        self._operation, self._work, self._check = operation, work, check or work.read
        self.quick = self._quick if getattr(work, "quick", None) is not None else None
        update_wrapper(self, work)

    def _quick(self, call: Call[Any]) -> Later | None:
        here, call = local(call)
        found: Later | None = self._work.quick(call) if here or idle() else None
        return found

    def __call__(self, call: Call[Any]) -> Reply:
        """Write what is kept here, and hand on what is kept elsewhere."""
        here, call = local(call)
        asked = [] if here or idle() else forwarding.unmet(call, writers())
        if not asked:
            return reply(self._work(call))
        self._check(call)
        part = _Part(self._operation, call)
        targets = choosing.chosen(asked, frozenset({self._operation}), part.entity, part.types, part.names())
        if not targets:
            return reply(self._work(call))
        return _told(part, targets, self._work, _handed_on(part, targets))


def local(call: Call[Any]) -> tuple[bool, Call[Any]]:
    """Say whether nobody else is to be written to, and return the request without the parameter that says so."""
    parts = call.query.split("&") if "local=" in call.query else []
    kept = [each for each in parts if each.lower() not in ("local=true", "local=false")]
    if len(kept) == len(parts):
        return False, call
    return any(each.lower() == "local=true" for each in parts), replace(call, query="&".join(kept))


def reply(found: Any) -> Reply:
    """Return what a door answered."""
    assert isinstance(found, Reply)
    return found


class _Part:
    """One request: its entity and attributes, and what of it is whose."""

    def __init__(self, operation: str, call: Call[Any]) -> None:
        self.operation, self.call = operation, call
        self.sent = talk.decoded(call.body) if call.body else None
        document = self.sent if isinstance(self.sent, dict) else {}
        self.entity = str(getattr(call.ask, "id", "") or document.get("id", document.get("@id", "")))
        self.one = getattr(call.ask, "attr", "")
        self.context: Context = contexts.of(document["@context"], call.base) if document.get("@context") else talk.linked(call)
        self.types = choosing.types(document, self.context) if not self.one else frozenset()
        self.here = _here(call.actor, self.entity)
        if not self.types and self.here:
            self.types = frozenset(self.here.types)

    def names(self) -> frozenset[str] | None:
        """Return the attributes that are written; None for all there are."""
        if self.one:
            return frozenset({self.context.expand(self.one)})
        return choosing.written(self.sent, self.context) if isinstance(self.sent, dict) else None

    def body(self, names: frozenset[str] | None, without: frozenset[str] = frozenset()) -> bytes:
        """Return the body with these attributes only, and without others."""
        if self.one or not isinstance(self.sent, dict):
            return bytes(self.call.body or b"")
        return talk.encoder.encode(choosing.reduced(self.sent, self.context, names, without))

    def path(self) -> str:
        """Return the address of the same at a source."""
        at = "/entities"
        if self.operation != "createEntity":
            at += f"/{quote(self.entity, safe=':')}"
        if self.operation in ("appendAttrs", "updateEntity", "updateAttrs", "replaceAttrs", "deleteAttrs"):
            at += "/attrs" + (f"/{quote(self.one, safe=':')}" if self.one else "")
        return f"{at}?{self.call.query}" if self.call.query else at


def _here(actor: Actor, entity: str) -> Linked | None:
    found = verbs.find_linked(actor, Wanted(ids=(entity,), limit=1)).entities if entity else []
    return found[0] if found else None


METHODS = {
    "createEntity": "POST", "replaceEntity": "PUT", "mergeEntity": "PATCH", "deleteEntity": "DELETE", "appendAttrs": "POST",
    "updateEntity": "PATCH", "updateAttrs": "PATCH", "replaceAttrs": "PUT", "deleteAttrs": "DELETE",
}  # fmt: skip


def _handed_on(part: _Part, targets: Sequence[Target]) -> list[Fault]:
    """Write to all sources at once; return what was not written."""
    takers = [each for each in targets if each.offers]
    headers = onward(part.call) if takers else {}
    works = [
        partial(
            write,
            METHODS[part.operation],
            each.document,
            part.path(),
            part.body(each.names, each.without) if part.call.body else b"",
            headers | registrations.headers(each.document),
        )
        for each in takers
    ]
    said = zip(takers, forwarding.at_once(works), strict=True) if works else ()
    wrong = [Fault(target, problem(target, fault)) for target, fault in said if fault is not None]
    return wrong + [Fault(each, conflict(each)) for each in targets if not each.offers]


def conflict(target: Target) -> Problem:
    """Return what is said of what a source has alone, and does not take."""
    told = f"{registrations.host(target.document)} has this alone ({target.mode}), and does not take this operation. Look at its registration."
    return Problem(409, "Conflict", told, code="Conflict")


def onward(call: Call[Any]) -> dict[str, str]:
    """Return the headers with which something to write goes on. Raises `Problem` 403, and 508 for what came through us, or too many, already."""
    demand(call.actor, Right.EDIT, SUBJECT)  # others take our word for who may
    via, link = forwarding.onward(call), call.headers.get("link", "")
    if via is None:
        told = "What is to be written came through this broker already, or through too many others. Look at the registrations between them."
        raise Problem(508, "It goes around", told)
    return {"Via": via, "Content-Type": call.headers.get("content-type", talk.JSON), **({"Link": link} if link else {})}


def problem(target: Target, fault: Exception) -> Problem:
    """Return what went wrong with a source as a problem."""
    return fault if isinstance(fault, Problem) else Problem(504, "Too slow", f"{registrations.host(target.document)} did not answer in time.")


def write(method: str, document: Mapping[str, Any], path: str, body: bytes, headers: Mapping[str, str]) -> None:
    """Write one entity to one source. Raises `Problem` with what it said instead."""
    status, came = sent(method, document, path, body, headers, MOST_BYTES)
    if status == 207:
        raise Problem(502, "Not everything was written", f"{registrations.host(document)} wrote it in part only.")
    refuse(document, status, came)


def sent(method: str, document: Mapping[str, Any], path: str, body: bytes, headers: Mapping[str, str], most: int) -> tuple[int, bytes]:
    """Send something to a source, and return its answer. Raises `Problem` when it is away."""
    root = document["endpoint"].rstrip("/")
    address = f"{root}{'' if root.endswith(ROOT) else ROOT}{registrations.addressed(document, path)}"
    return fetching.send(method, address, body, headers, registrations.seconds(document), most)


def refuse(document: Mapping[str, Any], status: int, came: bytes) -> None:
    """Do nothing when a source wrote what it was sent. Raises `Problem` with what it said instead."""
    if not 200 <= status < 300:
        told = f"{registrations.host(document)} answered {status}{_detail(came)}."
        raise Problem(status if status in (400, 403, 404, 409, 422) else 502, "Not written", told)


def _detail(came: bytes) -> str:
    try:
        said = msgspec.json.decode(came)
        return f": {str(said.get('detail') or said.get('title'))[:200].rstrip('.')}" if isinstance(said, dict) else ""
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ""


def _told(part: _Part, targets: Sequence[Target], work: Work, gone_wrong: Sequence[Fault]) -> Reply:
    """Write what is kept here, and answer for all of it."""
    alone = [each for each in targets if each.alone]
    whole = any(each.names is None for each in alone)
    taken = frozenset(name for each in alone for name in each.names or ())
    written = part.names()
    nothing = whole or (written is not None and bool(written) and written <= taken) or (part.operation == "deleteEntity" and part.here is None)
    problem, reply = None, Reply(status=201 if part.operation == "createEntity" else 204)
    if part.operation == "createEntity":
        reply.headers = {"Location": f"{ROOT}/entities/{quote(part.entity, safe=':')}"}
    if not nothing:
        body = part.body(None, taken) if part.call.body else part.call.body
        try:
            reply = work(replace(part.call, body=body))
        except Problem as fault:
            problem = fault
    if not gone_wrong and problem is None:
        return reply
    if len(gone_wrong) == len(targets) and (nothing or problem is not None):
        raise problem or gone_wrong[0].problem
    return _partly(part, gone_wrong, problem, reply, taken if not nothing else None)


def _partly(part: _Part, gone_wrong: Sequence[Fault], problem: Problem | None, reply: Reply, taken: frozenset[str] | None) -> Reply:
    """Answer that some of it was written: by attribute where that is what was asked, else by entity."""
    if part.operation in BY_ATTRIBUTE:
        return _by_attribute(part, gone_wrong, problem, reply, taken or frozenset())
    errors = [{"entityId": part.entity, "registrationId": each.target.document["id"], "error": faults.told(each.problem)} for each in gone_wrong]
    errors += [{"entityId": part.entity, "error": faults.told(problem)}] if problem is not None else []
    return Reply(talk.encoder.encode({"success": [part.entity], "errors": errors}), 207)


def _by_attribute(part: _Part, gone_wrong: Sequence[Fault], problem: Problem | None, reply: Reply, taken: frozenset[str]) -> Reply:
    written = part.names() or frozenset()
    failed: list[dict[str, Any]] = []
    for each in gone_wrong:
        told = {"reason": each.problem.detail, "registrationId": each.target.document["id"]}
        names = (written if each.target.names is None else each.target.names & written) - each.target.without
        failed += [{"attributeName": part.context.compact(name), **told} for name in sorted(names)]
    if problem is not None:
        failed += [{"attributeName": part.context.compact(name), "reason": problem.detail} for name in sorted(written - taken)]
    if reply.status == 207 and isinstance(reply.body, bytes):
        failed += msgspec.json.decode(reply.body).get("notUpdated", [])
    not_updated = {each["attributeName"] for each in failed}
    updated = [name for name in sorted(map(part.context.compact, written)) if name not in not_updated]
    return Reply(talk.encoder.encode({"updated": updated, "notUpdated": failed}), 207)


CHANGED = "sources"
bus.hear(CHANGED, doubt)
