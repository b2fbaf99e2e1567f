"""Commands to things: what they may hold, and the states that they go through."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from zinneke.foundations.observations import models
from zinneke.foundations.observations.entities import owners
from zinneke.foundations.observations.register import Register
from zinneke.foundations.observations.values import Draft
from zinneke.kernel.confidentiality import Actor
from zinneke.kernel.problem import Problem, wrong

STATES: dict[str, tuple[str, ...]] = {
    "pending": ("accepted", "running", "done", "failed", "cancelled"),
    "accepted": ("running", "done", "failed", "cancelled"),
    "running": ("done", "failed", "cancelled"),
    "done": (),
    "failed": (),
    "cancelled": (),
}
"""Where a task goes from each state; from the last three nowhere."""


def create(actor: Actor, known: Register, capability: int | str, draft: Draft) -> int:
    """Write a task, pending, for whoever may command the thing. Raises `Problem` 400, 401, 403, 404."""
    owners.check_seen(actor, known, "TaskingCapabilities", capability)
    things = owners.of(known, "TaskingCapabilities", capability)
    if not things:
        raise wrong("A task is sent when its thing is there: create the thing first, then the task.", where="Tasks")
    owners.check_commanded(actor, things)
    row = models.TaskingCapability.objects.get(pk=capability)
    parameters = draft.values.get("taskingParameters") or {}
    check(row.parameters, parameters)
    now = timezone.now()
    task = models.Task.objects.create(capability=row, parameters=parameters, created=now, status="pending", changed=now)
    return int(task.pk)


def change(number: int | str, draft: Draft) -> None:
    """Let a task go to another state. Raises `Problem` 400, or 409 where it cannot go there."""
    if set(draft.values) - {"status"}:
        raise wrong("Of a task only the status changes; send a new task for another command.", where="taskingParameters")
    row = models.Task.objects.select_for_update().get(pk=number)
    status = draft.values.get("status", row.status)
    if status not in STATES:
        raise wrong(f"{str(status)[:40]!r} is no state of a task. There are: {', '.join(STATES)}.", where="status")
    if status == row.status:
        return
    if status not in STATES[row.status]:
        raise Problem(409, "It cannot go there", f"The task is {row.status}; from there it goes {_ways(row.status)}.")
    row.status, row.changed = status, timezone.now()
    row.save()


def _ways(status: str) -> str:
    return f"to {' or '.join(STATES[status])}" if STATES[status] else "nowhere"


def check(declared: Any, parameters: Mapping[str, Any]) -> None:
    """Refuse parameters that a capability does not declare, or beyond what it allows (a SWE Common DataRecord). Raises `Problem` 400."""
    fields = declared.get("field") if isinstance(declared, dict) else None
    if not isinstance(fields, list):
        return
    known = {field.get("name"): field for field in fields if isinstance(field, dict)}
    for name, value in parameters.items():
        if name not in known:
            raise wrong(f"This capability has no parameter {name[:40]!r}. It has: {', '.join(map(str, known))}.", where=name)
        _allowed(name, value, known[name].get("constraint"))


def _allowed(name: str, value: Any, constraint: Any) -> None:
    if not isinstance(constraint, dict):
        return
    allowed, spans = constraint.get("value"), constraint.get("interval")
    if isinstance(allowed, list) and value in allowed:
        return
    if isinstance(spans, list) and isinstance(value, int | float) and any(_within(value, span) for span in spans):
        return
    if allowed or spans:
        raise wrong(f"{name} may not be {str(value)[:40]!r}. Allowed: {str(allowed or spans)[:200]}.", where=name)


def _within(value: float, span: Any) -> bool:
    good = isinstance(span, list) and len(span) == 2 and all(isinstance(end, int | float) for end in span)
    return bool(good and span[0] <= value <= span[1])
