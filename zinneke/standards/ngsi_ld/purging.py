"""Many entities deleted by one question, or certain of their attributes: as far as whoever asks may, told entity by entity."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from zinneke.foundations.observations.attributes import verbs
from zinneke.foundations.observations.attributes.values import ALL, DERIVED, Edit, Linked, Outcome, Wanted
from zinneke.kernel.problem import Problem, wrong
from zinneke.kernel.route import Call, Reply
from zinneke.standards.ngsi_ld import discovering, faults, forwarding, relaying, talk, wanted
from zinneke.standards.ngsi_ld.choosing import Target
from zinneke.standards.ngsi_ld.contexts import Context
from zinneke.standards.ngsi_ld.query import depth
from zinneke.standards.ngsi_ld.registrations import ALONE, mode
from zinneke.standards.ngsi_ld.talk import Options

MOST = 1_000
"""Entities of one request."""
PAGES = frozenset({"limit", "offset", "count", "orderBy", "orderFrom", "orderGeometry", "options", "splitEntities"})
"""What chooses among entities where they are read, and does not where they are deleted."""
STAYS = frozenset({"id", "type", "@id", "@type"})


def purge(call: Call[None]) -> Reply:
    """Delete the entities that a question means, or, of these, the attributes to `drop`, or all but those to `keep`."""
    asked, context = talk.options(call), talk.linked(call)
    meant, local = _meant(asked, context), asked.truth("local")
    shorn = _shorn(asked, context)
    sought = discovering.along(asked, (), meant, context)
    asked.done()
    found = verbs.find_linked(call.actor, meant)
    if found.more:
        told = f"That means more than {MOST:,} entities, and nothing was deleted. Ask for fewer: by type, idPattern, q or scopeQ."
        raise Problem(403, "Too many", told, code="TooManyResults")
    outcomes = _deleted(call, found.entities) if shorn is None else _reduced(call, found.entities, shorn)
    elsewhere = [] if local else _elsewhere(call, sought)
    errors = [{"entityId": key, "error": faults.told(each)} for key, each in outcomes if each is not None]
    errors += [{"registrationId": each.document["id"], "error": faults.told(relaying.conflict(each))} for each in elsewhere]
    if elsewhere and not outcomes:
        raise relaying.conflict(elsewhere[0])
    if errors:
        good = [key for key, each in outcomes if each is None]
        return Reply(talk.encoder.encode({"success": good, "errors": errors}), 207)
    return Reply(status=204)


def _meant(asked: Options, context: Context) -> Wanted:
    """Return which entities are meant. Raises `Problem` 400, where that depends on others, or is everything without saying so."""
    if paged := PAGES & set(asked.given):
        raise faults.invalid(f"All that is meant is deleted, and {sorted(paged)[0]} does not say otherwise. Leave it out.", where=sorted(paged)[0])
    if empty := sorted(name for name, value in asked.given.items() if not value.strip(" ,")):
        raise faults.invalid(f"{empty[0]} says nothing, and more would be deleted than is meant. Fill it in, or leave it out.", where=empty[0])
    asked.given |= {"limit": str(MOST)}
    meant = wanted.from_parameters(asked, context)
    if any(map(depth, meant.where)):
        raise wrong("What is deleted is not chosen by linked entities. Ask for their ids first.", where="q")
    return meant


Shorn = Callable[[str], bool]


def _shorn(asked: Options, context: Context) -> Shorn | None:
    """Return which attributes are to be taken away; None for the entities themselves. Raises `Problem` 400."""
    dropped, kept = asked.words("drop"), asked.words("keep")
    if dropped and kept:
        raise wrong("Give drop or keep, not both.", where="drop")
    if STAYS & set(dropped):
        raise wrong("An entity has its id and its type as long as it is there. Without drop it is deleted.", where="drop")
    names = frozenset(wanted.MEMBERS.get(each) or context.expand(each) for each in dropped or kept)
    if dropped:
        return lambda name: name in names
    return (lambda name: name not in names and name != "scope" and name not in DERIVED) if kept else None


def _deleted(call: Call[None], entities: Iterable[Linked]) -> list[tuple[str, Problem | None]]:
    found: list[tuple[str, Problem | None]] = []
    for each in entities:
        try:
            verbs.remove_linked(call.actor, each.id)
            found.append((each.id, None))
        except Problem as problem:
            found.append((each.id, problem))
    return found


def _reduced(call: Call[None], entities: Iterable[Linked], shorn: Shorn) -> list[tuple[str, Problem | None]]:
    edits = []
    for each in entities:
        drop = tuple((name, ALL) for name in each.attributes if shorn(name))
        scopes = () if each.scopes and shorn("scope") else None
        if drop or scopes is not None:
            edits.append(Edit(id=each.id, how="partial", drop=drop, scopes=scopes))
    outcomes = dict(zip([each.id for each in edits], verbs.edit_linked(call.actor, edits), strict=True)) if edits else {}
    return [(each.id, _problem(outcomes.get(each.id))) for each in entities]


def _problem(outcome: Problem | Outcome | None) -> Problem | None:
    return outcome if isinstance(outcome, Problem) else None


def _elsewhere(call: Call[None], sought: discovering.Sought) -> list[Target]:
    """Return the sources that have alone some of what is meant: nothing of it is deleted there."""
    documents = [] if relaying.idle() else forwarding.unmet(call, relaying.writers())
    return [Target(each, None, offers=False) for each in documents if mode(each) in ALONE and sought.of(each) is not None]
