"""Edits that only measure, handed over to be stored together with what others send at the same time. Nothing is looked up outside memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
import numpy as np

from zinneke.foundations.observations import declaring, lifecycle, pace, register
from zinneke.foundations.observations.attributes import editing, measuring, naming
from zinneke.foundations.observations.attributes.merging import Plan
from zinneke.foundations.observations.attributes.units import UCUM
from zinneke.foundations.observations.attributes.values import DERIVED, Edit, Number, Outcome
from zinneke.foundations.observations.register import Register
from zinneke.foundations.observations.singles import One
from zinneke.foundations.observations.values import Receipt
from zinneke.kernel.confidentiality import Actor, Right
from zinneke.kernel.pending import Pending
from zinneke.kernel.problem import Problem


@dataclass(frozen=True, slots=True)
class Handed:
    """Edits under way: what becomes of each, if all is stored that they measure, the receipt for that, and of which edit each of its rows is."""

    done: Pending[Receipt]
    sources: list[int]
    planned: list[Problem | Outcome]

    def outcomes(self, receipt: Receipt) -> list[Problem | Outcome] | None:
        """Return what became of each; None when something is to be corrected: then all are applied again, which stores nothing twice."""
        faults = measuring.faults(receipt, self.sources)
        return None if faults is None else [faults.get(at, each) for at, each in enumerate(self.planned)]


def hand_over(actor: Actor, edits: Sequence[Edit]) -> Handed | None:
    """Hand over what edits measure; None when one does more, must be compared with what is stored, or nothing is measured.

    Raises `Problem` when a single edit is refused.
    """
    known = register.current()
    if not all(_fresh(known, edit) for edit in edits):
        return None
    planned: list[Problem | Outcome] = []
    plans: list[tuple[int, Plan]] = []
    for at, edit in enumerate(edits):
        try:
            plan = editing.planned(actor, known, edit)
        except Problem as problem:
            planned.append(problem)
            continue
        if not plan.quick:
            return None
        planned.append(Outcome(left=plan.left))
        plans.append((at, plan))
    measured = measuring.gather(known, plans)
    if not len(measured.batch):
        if len(planned) == 1 and isinstance(refusal := planned[0], Problem):
            raise refusal
        return None
    pace.check(actor, known, len(measured.batch))
    return Handed(lifecycle.opened().gathering.put(actor, measured.batch), measured.sources, planned)


def hand_over_number(actor: Actor, entity: str, name: str, number: Number) -> Handed | None:
    """Hand over a number that is another value of an attribute that is measured already; None when more is to be thought of: then as an edit.

    Of whoever may not write it the edit says why. Raises `Problem` 429.
    """
    known = register.current()
    thing = naming.find(known, entity)
    if thing is None or not declaring.may(actor, Right.SEE, thing.solution, thing.level, thing.area):
        return None
    at = naming.attributes(known, thing.key).get((name, ""))
    if at is None or name in DERIVED or not known.allows(actor, Right.EDIT, at) or _detailed(known, at):
        return None
    stream = known.streams[at]
    if number.unit and UCUM.get(number.unit, number.unit) != stream.unit:
        return None
    pace.check(actor, known, 1)
    done = lifecycle.opened().gathering.put(actor, One(stream.id, number.moment, number.value, revises=True))
    return Handed(done, [0], [Outcome()])


def _fresh(known: Register, edit: Edit) -> bool:
    """Say whether an edit can be planned without reading what its streams held last."""
    if edit.how not in ("partial", "merge"):
        return True
    thing = naming.find(known, edit.id)
    if thing is None:
        return True
    streams = naming.attributes(known, thing.key)
    for name, instances in edit.put.items():
        for each in instances:
            at = streams.get((name, each.dataset))
            if at is not None and (each.value is msgspec.UNSET or isinstance(each.value, dict) or _detailed(known, at)):
                return False
    return True


def _detailed(known: Register, position: int) -> bool:
    return lifecycle.opened().store.detailed(np.array([known.ids[position]], np.int32))
