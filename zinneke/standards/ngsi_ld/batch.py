"""Several entities in one request: each is created, updated, merged into or deleted for itself, and the answer says which were not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from zinneke.foundations.observations.attributes import verbs
from zinneke.foundations.observations.attributes.values import Edit, Outcome
from zinneke.kernel.problem import Problem, wrong
from zinneke.kernel.route import Call, Reply
from zinneke.standards.ngsi_ld import contexts, faults, fragments, talk
from zinneke.standards.ngsi_ld.editing import Editing, Work
from zinneke.standards.ngsi_ld.entities import edit_of
from zinneke.standards.ngsi_ld.fragments import Fragment

MOST = 1_000
"""Entities of one request."""


def _edits(call: Call[Any], make: Callable[[Fragment], Edit], whole: bool) -> tuple[list[str], list[Edit | Problem]]:
    """Return the ids that were sent, and what each entity is to become."""
    sent, context = talk.body(call)
    if not isinstance(sent, list) or not sent or len(sent) > MOST:
        raise wrong(f"A batch is a list of 1 to {MOST:,} entities.")
    ids: list[str] = []
    found: list[Edit | Problem] = []
    for each in sent:
        own = context
        ids.append(str(each.get("id", "")) if isinstance(each, dict) else "")
        try:
            if isinstance(each, dict) and "@context" in each:
                own = contexts.of(each.pop("@context"), call.base)
            fragment = (fragments.whole if whole else fragments.read)(each, own)
            if not fragment.id:
                raise wrong("An entity has an id.", where="id")
            found.append(make(fragment))
        except Problem as problem:
            found.append(problem)
    return ids, found


def told(ids: list[str], outcomes: Sequence[Problem | Outcome | None], status: int, body: Any = None) -> Reply:
    """Answer with 207 and the reason for each that failed, else with `status`."""
    good = [key for key, each in zip(ids, outcomes, strict=True) if not isinstance(each, Problem) and not (each and each.left)]
    errors = []
    for key, each in zip(ids, outcomes, strict=True):
        problem = (
            Problem(400, "Not everything was updated", "; ".join(f"{n}: {w}" for n, w in each.left.items())) if isinstance(each, Outcome) else each
        )
        if key not in good and problem:
            errors.append({"entityId": key, "error": faults.told(problem)})
    if errors:
        return Reply(talk.encoder.encode({"success": good, "errors": errors}), 207)
    return Reply(talk.encoder.encode(body) if body is not None else b"", status)


@Editing
def create(call: Call[None]) -> Work:
    """Create several entities."""
    talk.options(call).done()
    ids, edits = _edits(call, lambda found: edit_of(found, found.id, new=True), whole=True)
    return Work(edits, lambda outcomes: told(ids, outcomes, 201, ids))


@Editing
def upsert(call: Call[None]) -> Work:
    """Create entities, or replace those that are there; with `options=update`, their attributes only."""
    asked = talk.options(call)
    words = set(asked.words("options"))
    asked.done()
    if words - {"update", "replace"}:
        raise faults.invalid("options is update or replace.", where="options")
    ids, edits = _edits(call, lambda found: edit_of(found, found.id, new=None, whole="update" not in words), whole=True)

    def answer(outcomes: list[Problem | Outcome]) -> Reply:
        new = [key for key, each in zip(ids, outcomes, strict=True) if isinstance(each, Outcome) and each.new]
        return told(ids, outcomes, 201 if new else 204, new or None)

    return Work(edits, answer)


@Editing
def update(call: Call[None]) -> Work:
    """Update the attributes of several entities; with `options=noOverwrite`, only those that are not there yet."""
    asked = talk.options(call)
    keep = "noOverwrite" in asked.words("options")
    asked.done()
    ids, edits = _edits(call, lambda found: edit_of(found, found.id, how="fresh" if keep else "put"), whole=False)
    return Work(edits, lambda outcomes: told(ids, outcomes, 204))


@Editing
def merge(call: Call[None]) -> Work:
    """Merge what is sent into several entities."""
    asked = talk.options(call)
    moment = fragments.moment(asked.get("observedAt"), "observedAt") if asked.has("observedAt") else None
    asked.done()
    ids, edits = _edits(call, lambda found: edit_of(found, found.id, how="merge", moment=moment), whole=False)
    return Work(edits, lambda outcomes: told(ids, outcomes, 204))


def delete(call: Call[None]) -> Reply:
    """Delete several entities with all that was measured of them."""
    sent = read_ids(call)
    outcomes: list[Problem | Outcome | None] = []
    for key in sent:
        try:
            verbs.remove_linked(call.actor, key)
            outcomes.append(None)
        except Problem as problem:
            outcomes.append(problem)
    return told(sent, outcomes, 204)


def read_edits(door: Editing) -> Callable[[Call[Any]], list[Edit | Problem]]:
    """Return what reads the entities of a batch as a door does: each as an edit, or what is wrong with it."""
    return lambda call: door.read(call).edits


def read_ids(call: Call[Any]) -> list[str]:
    """Return the ids of entities that are to be deleted. Raises `Problem` 400."""
    talk.options(call).done()
    sent, _ = talk.body(call)
    if not isinstance(sent, list) or not sent or len(sent) > MOST or not all(isinstance(each, str) for each in sent):
        raise wrong(f"A batch is a list of 1 to {MOST:,} ids.")
    return sent
