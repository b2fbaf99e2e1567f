"""Edits that only measure, handed over to be stored together with what others send at the same time. Nothing is looked up outside memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
import numpy as np

from zinneke.foundations.observations import lifecycle, pace, register
from zinneke.foundations.observations.attributes import editing, measuring, naming
from zinneke.foundations.observations.attributes.measuring import Measured
from zinneke.foundations.observations.attributes.merging import Plan
from zinneke.foundations.observations.attributes.values import Edit, Outcome
from zinneke.foundations.observations.register import Register
from zinneke.foundations.observations.values import Receipt
from zinneke.kernel.confidentiality import Actor
from zinneke.kernel.pending import Pending
from zinneke.kernel.problem import Problem


@dataclass(frozen=True, slots=True)
class Handed:
    """Edits under way: what becomes of each, if all is stored that they measure, and the receipt for that."""

    done: Pending[Receipt]
    measured: Measured
    planned: list[Problem | Outcome]

    def outcomes(self, receipt: Receipt) -> list[Problem | Outcome] | None:
        """Return what became of each; None when something is to be corrected: then all are applied again, which stores nothing twice."""
        faults = self.measured.faults(receipt)
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
    return Handed(lifecycle.opened().gathering.put(actor, measured.batch), measured, planned)


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
