"""What edits measure, as observations: judged before anything is written, stored in one commit; another value is a correction."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from zinneke.foundations.observations import correcting, intake, rules
from zinneke.foundations.observations.attributes import documents
from zinneke.foundations.observations.attributes.merging import Plan
from zinneke.foundations.observations.attributes.values import Instance
from zinneke.foundations.observations.entities import whole
from zinneke.foundations.observations.register import Register
from zinneke.foundations.observations.values import Batch, Detail, Receipt, Refusal
from zinneke.kernel.confidentiality import Actor
from zinneke.kernel.problem import Problem, wrong

REASON = "changed through NGSI-LD"


@dataclass(frozen=True, slots=True)
class Measured:
    """What several plans measure; `sources` says of which plan each row is."""

    batch: Batch
    sources: list[int]


def faults(receipt: Receipt, sources: Sequence[int]) -> dict[int, Problem] | None:
    """Say for which plans something was refused, None when another value is stored of something, which is to be corrected."""
    if any(_revises(refused) for refused in receipt.refused):
        return None
    return {sources[refused.index]: wrong(refused.reason, where=refused.where) for refused in receipt.refused}


def _revises(refused: Refusal) -> bool:
    return refused.reason.startswith("Another value")


def gather(known: Register, plans: Sequence[tuple[int, Plan]]) -> Measured:
    """Return what plans measure, each with its number."""
    streams: list[int] = []
    times, values, details, sources = [], [], {}, []
    now = time.time_ns() // 1000
    for at, plan in plans:
        for key, instance in plan.measured:
            value, detail = _result(instance)
            if detail:
                details[len(streams)] = detail
            streams.append(known.by_key[key].id)
            times.append(_moment(plan, instance, now))
            values.append(value)
            sources.append(at)
    columns = np.array(streams, np.int32), np.array(times, np.int64), np.array(values, np.float64)
    return Measured(Batch(*columns, details=details, revises=True), sources)


def store(actor: Actor, known: Register, plans: Sequence[tuple[int, Plan]]) -> dict[int, Problem]:
    """Store what was measured, all of it in one commit; say for which plans something was refused. Another value is a correction."""
    measured = gather(known, plans)
    batch = measured.batch
    if not len(batch):
        return {}
    receipt = intake.take(actor, known, batch)
    faults: dict[int, Problem] = {}
    for refused in receipt.refused:
        try:
            if not _revises(refused):
                raise wrong(refused.reason, where=refused.where)
            stream = known.streams[int(known.position[batch.streams[refused.index]])]
            detail = batch.details.get(refused.index) or Detail()
            correcting.correct(actor, stream, int(batch.times[refused.index]), float(batch.values[refused.index]), REASON, detail)
        except Problem as problem:
            faults[measured.sources[refused.index]] = problem
    return faults


def foresee(actor: Actor, known: Register, plans: Sequence[tuple[int, Plan]]) -> None:
    """Refuse what the intake would refuse of plans that are written whole, before any of it is stored. Raises `Problem` 400, 404."""
    batch = gather(known, plans).batch
    if len(batch):
        whole.judge(actor, known, batch)


def judge(plan: Plan) -> None:
    """Refuse times that no observation may have before anything is written. Raises `Problem` 400."""
    now = time.time_ns() // 1000
    for _, instance in plan.measured:
        moment = _moment(plan, instance, now)
        zero, end = np.zeros(1), np.array([np.inf])
        reason = rules.judge(np.array([True]), np.array([moment]), zero, -end, end, now)[0]
        if reason:
            raise wrong(rules.explain(int(reason), 0, 0.0, 0.0, 0.0), where="observedAt")


def _moment(plan: Plan, instance: Instance, now: int) -> int:
    return instance.observed if instance.observed is not None else now if plan.edit.moment is None else plan.edit.moment


def _result(instance: Instance) -> tuple[float, Detail | None]:
    value = instance.value
    number = float(value) if isinstance(value, int | float) and not isinstance(value, bool) else math.nan
    result = json.dumps(value) if math.isnan(number) else None
    parameters = json.dumps({name: documents.written(each) for name, each in instance.about.items()}) if instance.about else None
    return number, Detail(result=result, parameters=parameters) if result or parameters else None
