"""Entities written: what is measured becomes observations, where they stand a location, the rest their properties document.

What only measures goes straight to the writer; whatever changes records is one transaction with the observations that follow.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from zinneke.foundations.observations import declaring, models, register
from zinneke.foundations.observations.attributes import documents, measuring, merging, naming, past, placing
from zinneke.foundations.observations.attributes.merging import Plan
from zinneke.foundations.observations.attributes.units import CODES, UCUM
from zinneke.foundations.observations.attributes.values import ALL, DERIVED, Edit, Instance, Outcome
from zinneke.foundations.observations.entities import removing
from zinneke.foundations.observations.register import Register
from zinneke.foundations.observations.values import Stream, StreamRow, Thing
from zinneke.kernel.confidentiality import Actor, Right, refusal
from zinneke.kernel.problem import Problem, not_found, wrong
from zinneke.kernel.text import same

LONGEST = 170
"""The most characters of an entity's id."""


MOST_TOGETHER = 200
"""Entities whose records are written in one transaction."""


def apply(actor: Actor, edits: Sequence[Edit]) -> list[Problem | Outcome]:
    """Apply edits one by one, each whole or not at all; say for each what became of it, or why nothing came of it."""
    known = register.current()
    outcomes: list[Problem | Outcome] = [Outcome() for _ in edits]
    waiting: list[tuple[int, Plan]] = []
    records: list[int] = []
    for at, edit in enumerate(edits):
        if any(edits[other].id == edit.id for other in records):
            _settle(actor, edits, records, outcomes)
            known, records = register.current(), []
        try:
            plan = planned(actor, known, edit)
        except Problem as problem:
            outcomes[at] = problem
            continue
        outcomes[at] = Outcome(left=plan.left)
        if plan.quick:
            waiting.append((at, plan))
        else:
            records.append(at)
    _settle(actor, edits, records, outcomes)
    for at, fault in measuring.store(actor, register.current(), waiting).items():
        outcomes[at] = fault
    return outcomes


def _settle(actor: Actor, edits: Sequence[Edit], records: Sequence[int], outcomes: list[Problem | Outcome]) -> None:
    """Apply the edits that change records: some hundreds together, or each for itself where one of them cannot be."""
    for first in range(0, len(records), MOST_TOGETHER):
        part = records[first : first + MOST_TOGETHER]
        try:
            for at, outcome in zip(part, _record(actor, [edits[at] for at in part]), strict=True):
                outcomes[at] = outcome
        except Problem as fault:
            for at in part:
                try:
                    outcomes[at] = fault if len(part) == 1 else _record(actor, [edits[at]])[0]
                except Problem as problem:
                    outcomes[at] = problem


def remove(actor: Actor, entity: str) -> None:
    """Delete an entity with all that was measured of it. Raises `Problem` 403, 404."""
    known = register.current()
    thing = _mine(actor, known, entity)
    number = models.Thing.objects.filter(key=thing.key).values_list("number", flat=True).first()
    removing.remove(actor, "Things", number or 0)


def forget_past(actor: Actor, entity: str, name: str) -> None:
    """Forget what an attribute was. Raises `Problem` 403, 404."""
    past.forget(_mine(actor, register.current(), entity).key, name)


def _seen(actor: Actor, known: Register, entity: str) -> Thing:
    thing = naming.find(known, entity)
    if thing is None or not declaring.may(actor, Right.SEE, thing.solution, thing.level, thing.area):
        raise not_found("entity", entity)
    return thing


def _mine(actor: Actor, known: Register, entity: str) -> Thing:
    thing = _seen(actor, known, entity)
    if not declaring.may(actor, Right.EDIT, thing.solution, thing.level, thing.area):
        raise refusal(actor, Right.EDIT, entity)
    return thing


def planned(actor: Actor, known: Register, edit: Edit) -> Plan:
    """Work out what an edit comes to. Raises `Problem` 400, 403, 404, 409, 422."""
    there = naming.find(known, edit.id)
    if edit.new is not False and there is not None and (edit.new or not declaring.may(actor, Right.SEE, there.solution, there.level, there.area)):
        raise Problem(409, "Already exists", f"There is an entity {edit.id!r} already, or its id is taken.")
    if edit.new is False or there is not None:
        before: Thing | None = _seen(actor, known, edit.id)
        assert before
        thing = before
    else:
        before, thing = None, _fresh(edit)
    thing = _typed(thing, edit)
    streams = naming.attributes(known, before.key) if before else {}
    hidden = {key for key, at in streams.items() if not known.mask(actor, Right.EDIT)[at]}
    plan = Plan(edit, thing, before)
    properties = dict(thing.properties)
    if edit.scopes is not None:
        properties.pop(documents.SCOPE, None)
        properties |= {documents.SCOPE: list(edit.scopes)} if edit.scopes else {}
    if edit.whole:
        _clear(plan, properties, {key: known.streams[at] for key, at in streams.items() if key not in hidden})
    for name, dataset in edit.drop:
        _drop(plan, properties, name, dataset, {key: known.streams[at] for key, at in streams.items() if key not in hidden})
    for name, instances in edit.put.items():
        for instance in instances:
            whole = merging.merged(plan, properties, name, instance, streams, known)
            if whole is not None:
                _put(plan, properties, name, whole, streams, known, hidden)
    plan.thing = msgspec.structs.replace(plan.thing, properties=properties)
    return plan


def _fresh(edit: Edit) -> Thing:
    if len(edit.id) > LONGEST or not edit.id.isprintable():
        raise wrong(f"An entity's id is a URI of at most {LONGEST} printable characters.", where="id")
    return Thing(key=f"{naming.OWNER}/{edit.id}")


def _typed(thing: Thing, edit: Edit) -> Thing:
    held = naming.types(thing) if thing.kind else ()
    wanted = edit.types if edit.whole or not held else tuple(dict.fromkeys([*held, *edit.types]))
    if not wanted or set(wanted) == set(held):
        return thing
    if thing.solution:
        raise Problem(422, "Not supported", "The type of what a solution declares is its solution's and stays.", where="type")
    if len(kind := " ".join(wanted)) > 250:
        raise wrong("The types of an entity have at most 250 characters together.", where="type")
    return msgspec.structs.replace(thing, kind=kind)


def _clear(plan: Plan, properties: dict[str, Any], streams: dict[tuple[str, str], Stream]) -> None:
    """Take away what the edit does not name."""
    named = {(name, each.dataset) for name, instances in plan.edit.put.items() for each in instances}
    for name in [name for name in properties if name != documents.SCOPE]:
        del properties[name]
    if plan.edit.scopes is None:
        properties.pop(documents.SCOPE, None)
    plan.gone += [stream for key, stream in streams.items() if key not in named]
    if plan.before and plan.before.place and ("location", "") not in named:
        plan.unplaced, plan.thing = True, msgspec.structs.replace(plan.thing, place=None)
    if plan.before and ("name", "") not in named:
        plan.thing = msgspec.structs.replace(plan.thing, name={})
    if plan.before and ("description", "") not in named:
        plan.description = {}


def _drop(plan: Plan, properties: dict[str, Any], name: str, dataset: str, streams: dict[tuple[str, str], Stream]) -> None:
    found = [stream for (called, part), stream in streams.items() if called == name and dataset in (part, ALL)]
    plan.gone += found
    kept = [] if name not in properties else documents.read(properties[name])
    left = [each for each in kept if dataset not in (each.dataset, ALL)]
    if len(left) < len(kept):
        properties |= {name: documents.written(left)}
        if not left:
            del properties[name]
    elif name == "location" and plan.before and plan.before.place:
        plan.unplaced, plan.thing = True, msgspec.structs.replace(plan.thing, place=None)
    elif name == "name" and plan.thing.name:
        plan.thing = msgspec.structs.replace(plan.thing, name={})
    elif name == "description":
        plan.description = {}
    elif not found and plan.edit.how == "partial":
        raise not_found("attribute", name)


def _put(
    plan: Plan,
    properties: dict[str, Any],
    name: str,
    instance: Instance,
    streams: dict[tuple[str, str], int],
    known: Register,
    hidden: set[tuple[str, str]],
) -> None:
    key = (name, instance.dataset)
    if plan.thing.solution and name in DERIVED:
        return  # what follows from the thing itself
    if key in hidden:
        raise Problem(403, "Not allowed", f"The attribute {name!r} is not yours to write here.")
    if key in streams:
        stream = known.streams[streams[key]]
        _fits(name, instance, stream)
        plan.gone = [each for each in plan.gone if each.id != stream.id]
        plan.measured.append((stream.key, instance))
    elif instance.kind == "Property" and (instance.unit or instance.observed is not None):
        row = _stream(plan.thing, name, instance)
        plan.streams[row.key] = row
        plan.measured.append((row.key, instance))
        _without(properties, name, instance.dataset)
    elif name == "location" and instance.kind == "GeoProperty" and not instance.dataset:
        plan.place, plan.unplaced = instance.value, False
        plan.thing = msgspec.structs.replace(plan.thing, place=placing.point(instance.value), area="")
    elif name in ("name", "description") and (words := documents.to_words(instance)) is not None:
        if name == "name":
            plan.thing = msgspec.structs.replace(plan.thing, name=words)
        else:
            plan.description = words
        _without(properties, name, "")
    else:
        kept = [each for each in documents.read(properties[name]) if each.dataset != instance.dataset] if name in properties else []
        properties[name] = documents.written([*kept, instance])


def _without(properties: dict[str, Any], name: str, dataset: str) -> None:
    left = [each for each in documents.read(properties.pop(name)) if each.dataset != dataset] if name in properties else []
    if left:
        properties[name] = documents.written(left)


def _fits(name: str, instance: Instance, stream: Stream) -> None:
    if instance.kind != "Property":
        raise Problem(422, "Not supported", f"{name!r} is measured: it stays a Property. Delete it first to give it another kind.", where=name)
    code = CODES.get(stream.unit, stream.unit)
    if instance.unit and UCUM.get(instance.unit, instance.unit) != stream.unit:
        told = f"{name!r} is measured in {code or 'no unit'}, and its history would be misread in {instance.unit}. Send it under a datasetId."
        raise Problem(422, "Not supported", told, where=name)


def _stream(thing: Thing, name: str, instance: Instance) -> StreamRow:
    key, word = naming.stream_key(thing.key, name, instance.dataset), naming.last(name)[:100]
    if len(key) > 300 or len(instance.unit) > 50:
        raise wrong(f"The attribute {name[:60]!r}, its datasetId or its unit is too long.", where=name[:60])
    unit = UCUM.get(instance.unit, instance.unit) or "1"
    return StreamRow(key=key, thing=thing.key, name=same(word).as_dict(), reading=word, means=naming.full(name)[:500], unit=unit)


def _record(actor: Actor, edits: Sequence[Edit]) -> list[Outcome]:
    """Apply edits of different entities that change records, all or none. Raises `Problem`."""
    with register.doubted(), register.alone():
        known = register.current()
        plans = [planned(actor, known, edit) for edit in edits]
        for plan in plans:
            if plan.before is not None:
                _mine(actor, known, plan.edit.id)
            measuring.judge(plan)
        counts = declaring.set_things(actor, [plan.thing for plan in plans])
        if not counts.refused:
            counts += declaring.set_streams(actor, [row for plan in plans for row in plan.streams.values()])
        if counts.refused:
            raise Problem(403, "Not allowed", counts.faults[0].what)
        _stand(plans)
        known, numbered = register.current(), list(enumerate(plans))
        measuring.foresee(actor, known, numbered)
        for fault in measuring.store(actor, known, numbered).values():
            raise fault
    for plan in plans:
        for stream in plan.gone:
            removing.remove(actor, "Datastreams", stream.id)
    return [Outcome(plan.before is None, plan.left) for plan in plans]


def _stand(plans: Sequence[Plan]) -> None:
    """Write where things stand and how they are described."""
    told = [plan for plan in plans if plan.place is not None or plan.unplaced or plan.description is not None]
    for plan in told:
        placing.settle(plan.thing.key, plan.place, plan.unplaced)
        if plan.description is not None:
            models.Thing.objects.filter(key=plan.thing.key).update(description=plan.description)
    if told:
        register.replace([], [])
