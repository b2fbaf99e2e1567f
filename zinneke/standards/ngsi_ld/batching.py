"""Batches handed on to registered sources: each gets one batch of its part, or entity by entity where it takes none; one answer tells of all."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote

import msgspec

from zinneke.foundations.observations.attributes import verbs
from zinneke.foundations.observations.attributes.values import Edit, Wanted
from zinneke.kernel.problem import Problem
from zinneke.kernel.route import Call, Reply
from zinneke.standards.ngsi_ld import choosing, contexts, faults, forwarding, registrations, relaying, talk
from zinneke.standards.ngsi_ld.choosing import Target
from zinneke.standards.ngsi_ld.contexts import Context
from zinneke.standards.ngsi_ld.fragments import is_uri

SINGLY = {
    "createBatch": "createEntity",
    "upsertBatch": "createEntity",
    "updateBatch": "appendAttrs",
    "mergeBatch": "mergeEntity",
    "deleteBatch": "deleteEntity",
}
"""What a source is asked to do with each entity when it takes no such batches."""
BEGUN, MOST_BYTES = forwarding.SECONDS, 1_000_000
"""Seconds in which the entities of a batch are handed on one by one; and the most of a source's answer that is read."""


@dataclass(slots=True)
class Item:
    """One entity of a batch: as it was sent, the words that hold in it, its attributes (None: all of them), and who is to be written what of it."""

    sent: Any
    id: str
    context: Context
    types: frozenset[str]
    names: frozenset[str] | None
    targets: list[Target] = field(default_factory=list)
    here: bool = False

    def stays(self) -> Any:
        """Return what of it is written here, None when nothing is."""
        alone = [each for each in self.targets if each.alone]
        taken = frozenset(name for each in alone for name in each.names or ())
        if any(each.names is None for each in alone):
            return None
        if self.names is None:
            return self.sent if self.here or not self.targets else None
        if not self.targets:
            return self.sent
        return None if self.names and self.names <= taken else choosing.reduced(self.sent, self.context, None, taken)

    def part(self, target: Target) -> Any:
        """Return what of it a source is written."""
        return self.sent if self.names is None else choosing.reduced(self.sent, self.context, target.names, target.without)


@dataclass(slots=True)
class Errand:
    """What one source is to be written, and what became of each entity of it, by its place in the batch."""

    operation: str
    document: dict[str, Any]
    query: str
    headers: Mapping[str, str]
    parts: dict[int, tuple[Item, Any]] = field(default_factory=dict)
    outcomes: dict[int, Problem | None] = field(default_factory=dict)
    created: set[str] = field(default_factory=set)

    def run(self) -> None:
        """Write it: as one batch where the source takes batches."""
        if self.operation in choosing.operations(self.document):
            self._together()
        else:
            self._one_by_one()

    def _together(self) -> None:
        path = f"/entityOperations/{self.operation.removesuffix('Batch')}{f'?{self.query}' if self.query else ''}"
        body = talk.encoder.encode([part for _, part in self.parts.values()])
        status, came = relaying.sent("POST", self.document, path, body, self.headers, MOST_BYTES)
        relaying.refuse(self.document, status, came)
        said = _said(came)
        if status == 207:
            self._told_apart(said if isinstance(said, dict) else {})
            return
        self.created.update(str(each) for each in said if isinstance(said, list) and status == 201)
        self.outcomes.update(dict.fromkeys(self.parts))

    def _told_apart(self, said: Mapping[str, Any]) -> None:
        """Take what a source tells of each entity; of one of which it tells nothing it is not known that it was written."""
        host, good = registrations.host(self.document), {str(each) for each in _listed(said, "success")}
        wrong: dict[str, Any] = {str(each.get("entityId")): each.get("error") for each in _listed(said, "errors") if isinstance(each, dict)}
        for at, (item, _) in self.parts.items():
            if item.id in wrong:
                error: dict[str, Any] = wrong[item.id] if isinstance(wrong[item.id], dict) else {}
                status, why = error.get("status"), str(error.get("detail") or error.get("title") or "no reason")[:200].rstrip(".")
                told = Problem(status if status in (400, 403, 404, 409, 422) else 502, "Not written", f"{host} answered: {why}.")
                self.outcomes[at] = told
            else:
                told = Problem(502, "Not everything was written", f"{host} told nothing of it.")
                self.outcomes[at] = None if item.id in good else told

    def _one_by_one(self) -> None:
        until = time.monotonic() + BEGUN
        for at, (item, part) in self.parts.items():
            if time.monotonic() > until:
                return
            try:
                self._single(item, part)
                self.outcomes[at] = None
            except Problem as problem:
                self.outcomes[at] = problem
                if problem.title in forwarding.AWAY:
                    self.outcomes.update({each: problem for each in self.parts if each not in self.outcomes})
                    return

    def _single(self, item: Item, part: Any) -> None:
        first, other = _singly(self.operation, self.query)
        offered = choosing.operations(self.document)
        if first in offered:
            try:
                self._written(first, item, part)
                self.created.update({item.id} if first == "createEntity" else ())
                return
            except Problem as problem:
                if self.operation != "upsertBatch" or problem.status != 409 or other not in offered:
                    raise
        self._written(other, item, part)

    def _written(self, operation: str, item: Item, part: Any) -> None:
        at = "/entities" if operation == "createEntity" else f"/entities/{quote(item.id, safe=':')}"
        if operation in relaying.BY_ATTRIBUTE:
            at += "/attrs" + (f"?{self.query}" if self.query and self.operation == "updateBatch" else "")
            part = {word: value for word, value in part.items() if word not in ("id", "@id")}
        body = b"" if operation == "deleteEntity" else talk.encoder.encode(part)
        relaying.write(relaying.METHODS[operation], self.document, at, body, self.headers)


def _singly(operation: str, query: str) -> tuple[str, str]:
    """Return what is done with each entity where a source takes no such batches, and what instead: when there is such an entity, or no first."""
    if operation == "upsertBatch":
        return SINGLY[operation], "updateEntity" if "update" in query else "replaceEntity"
    return SINGLY[operation], "updateEntity" if operation == "updateBatch" and "noOverwrite" not in query else ""


def _said(came: bytes) -> Any:
    try:
        return msgspec.json.decode(came) if came else []
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return []


def _listed(said: Mapping[str, Any], name: str) -> list[Any]:
    found = said.get(name)
    return found if isinstance(found, list) else []


class BatchRelaying(relaying.Relaying):
    """A door that writes several entities, before which sources have their part."""

    def __call__(self, call: Call[Any]) -> Reply:
        """Write what is kept here, and hand on what is kept elsewhere."""
        here, call = relaying.local(call)
        asked = [] if here or relaying.idle() else forwarding.unmet(call, relaying.writers())
        if asked:
            items = _items(call, self._check(call))
            _choose(call, items, asked, frozenset({self._operation, *_singly(self._operation, call.query)}))
            if any(each.targets for each in items):
                return _told(self._operation, call, items, _errands(self._operation, call, items), self._work)
        return relaying.reply(self._work(call))


def _items(call: Call[Any], read: Sequence[Any]) -> list[Item]:
    """Return the entities of a batch; what cannot be `read` goes nowhere, since what is wrong with it is said of it when it is written here."""
    linked = talk.linked(call)
    return [_item(each, found, linked, call.base) for each, found in zip(talk.decoded(call.body), read, strict=True)]


def _item(sent: Any, read: Any, context: Context, base: str) -> Item:
    """Return one entity, or one that is only named; without an id where it goes nowhere."""
    key = sent if isinstance(sent, str) else read.id if isinstance(read, Edit) else ""
    if not is_uri(key):
        return Item(sent, "", context, frozenset(), frozenset())
    if isinstance(sent, str):
        return Item(sent, key, context, frozenset(), None)
    context = contexts.of(sent["@context"], base) if sent.get("@context") else context
    return Item(sent, key, context, choosing.types(sent, context), choosing.written(sent, context))


def _choose(call: Call[Any], items: Sequence[Item], asked: list[dict[str, Any]], wanted: frozenset[str]) -> None:
    """Say of each entity who is to be written what; what is here tells the types of those that come without."""
    ids = tuple(dict.fromkeys(each.id for each in items if each.id))
    found = {each.id: each for each in verbs.find_linked(call.actor, Wanted(ids=ids, limit=len(ids))).entities} if ids else {}
    for each in items:
        if each.id:
            each.here = each.id in found
            each.types = each.types or frozenset(found[each.id].types if each.here else ())
            each.targets = choosing.chosen(asked, wanted, each.id, each.types, each.names)


def _errands(operation: str, call: Call[Any], items: Sequence[Item]) -> list[Errand]:
    """Write to all sources at once, and return what became of it; what a source has alone and does not take is a conflict."""
    takes = any(target.offers for item in items for target in item.targets)
    headers = relaying.onward(call) if takes else {}
    made: dict[str, Errand] = {}
    for at, item in enumerate(items):
        for target in item.targets:
            errand = made.setdefault(
                target.document["id"], Errand(operation, target.document, call.query, headers | registrations.headers(target.document))
            )
            errand.parts[at] = item, item.part(target)
            if not target.offers:
                errand.outcomes[at] = relaying.conflict(target)
    errands = [each for each in made.values() if not each.outcomes]
    gone_wrong = forwarding.at_once([each.run for each in errands], 2 * BEGUN + 1) if errands else []
    for errand, fault in zip(errands, gone_wrong, strict=True):
        told = relaying.problem(Target(errand.document, None), fault or TimeoutError())
        errand.outcomes = {at: errand.outcomes.get(at, told) if fault is None or at in errand.outcomes else told for at in errand.parts}
    return list(made.values())


def _told(operation: str, call: Call[Any], items: Sequence[Item], errands: Sequence[Errand], work: Callable[[Call[Any]], Reply]) -> Reply:
    """Write what is kept here, and answer for each entity: written, where it was anywhere, and what went wrong, here or there."""
    good, errors, created = _written_here(call, items, work)
    for errand in errands:
        created |= errand.created
        for at, problem in errand.outcomes.items():
            if problem is None:
                good.add(items[at].id)
            else:
                errors.append({"entityId": items[at].id, "registrationId": errand.document["id"], "error": faults.told(problem)})
    ids = list(dict.fromkeys(each.id for each in items))
    if errors:
        return Reply(talk.encoder.encode({"success": [each for each in ids if each in good], "errors": errors}), 207)
    if operation == "createBatch":
        return Reply(talk.encoder.encode(ids), 201)
    new = [each for each in ids if each in created] if operation == "upsertBatch" else []
    return Reply(talk.encoder.encode(new), 201) if new else Reply(status=204)


def _written_here(call: Call[Any], items: Sequence[Item], work: Callable[[Call[Any]], Reply]) -> tuple[set[str], list[dict[str, Any]], set[str]]:
    """Write what is kept here; return what was written, what went wrong, and what is new."""
    staying = [(each.id, part) for each in items if (part := each.stays()) is not None]
    if not staying:
        return set(), [], set()
    ids = {key for key, _ in staying}
    try:
        reply = work(replace(call, body=talk.encoder.encode([part for _, part in staying])))
    except Problem as problem:
        return set(), [{"entityId": key, "error": faults.told(problem)} for key in sorted(ids)], set()
    said: Any = msgspec.json.decode(reply.body) if isinstance(reply.body, bytes) and reply.body else []
    if reply.status == 207:
        return set(said["success"]), list(said["errors"]), set()
    return ids, [], set(said)
