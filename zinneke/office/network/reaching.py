"""How far somebody reaches in the network, as a condition of each query; and how a sheet is read and written under it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, TypeVar

import msgspec
from django.db import transaction
from django.db.models import Model, Q, QuerySet

from zinneke.foundations.audit import store as audit
from zinneke.foundations.identity import within as shared
from zinneke.kernel.confidentiality import Actor, Level, Reach, Right, parts, reach, refusal
from zinneke.kernel.problem import Problem, not_found
from zinneke.office.network.values import Sheet

SUBJECT = "network"
PLAIN = (datetime, date)
BOOKKEEPING = {"key", "version", "changed", "changed_by"}
S = TypeVar("S", bound=Sheet)


def within(actor: Actor, right: Right) -> Q:
    """Return the actor's reach on each row's own level as a condition of the query."""
    return shared.within(actor, right, SUBJECT, part="owner")


def within_at(actor: Actor, right: Right, level: Level) -> Q:
    """Return the condition that the actor reaches a level where a row is, whatever the row's own: for columns stricter than their row."""
    condition = _reached_at(reach(actor, right, SUBJECT), level)
    for part, narrow in parts(actor, right, SUBJECT).items():
        condition |= Q(owner=part.partition(".")[2]) & _reached_at(narrow, level)
    return condition


def _reached_at(held: Reach, level: Level) -> Q:
    areas = held.areas[level]
    return Q(level__lte=level) if areas is None else Q(level__lte=level, area__in=sorted(areas))


def reaches(actor: Actor, right: Right, level: Level, area: str, owner: str) -> bool:
    """Say whether the actor's right reaches one sheet already at hand. Needs no right: it reads nothing."""
    return reach(actor, right, f"{SUBJECT}.{owner}" if owner else SUBJECT).allows(level, area)


def may_edit(actor: Actor, sheet: Sheet) -> bool:
    """Say whether the actor may change a sheet, for pages that offer it. Needs no right: it reads nothing."""
    return reaches(actor, Right.EDIT, sheet.level, sheet.area, sheet.owner)


def demand(actor: Actor, right: Right, level: Level, area: str, owner: str) -> None:
    """Refuse whoever does not reach it. Raises Problem 401 or 403."""
    if not reaches(actor, right, level, area, owner):
        raise refusal(actor, right, f"{SUBJECT}.{owner}" if owner else SUBJECT)


def rows(actor: Actor, model: type[Model], right: Right = Right.SEE, /, **conditions: object) -> QuerySet[Any]:
    """Return the rows within reach under some conditions; one that is `""` is none."""
    found: QuerySet[Any] = model.objects.filter(within(actor, right), **{name: value for name, value in conditions.items() if value != ""})
    return found


def row(actor: Actor, model: type[Model], key: str, right: Right = Right.SEE, lock: bool = False) -> Any:
    """Return the row of a key. Raises Problem 404 for what is not there or not to be seen, 401 or 403 for what may only be seen."""
    query = model.objects.select_for_update() if lock else model.objects
    found = query.filter(within(actor, right), key=key).first()
    if found is None:
        if right is not Right.SEE and rows(actor, model, key=key).exists():
            raise refusal(actor, right, SUBJECT)
        raise not_found(model.__name__.lower(), key)
    return found


def sheet(kind: type[S], found: Any, **extra: Any) -> S:
    """Return a row as the value that others get."""
    taken = {name: getattr(found, name) for name in kind.__struct_fields__ if name not in extra and hasattr(found, name)}
    return msgspec.convert({**taken, **extra}, kind)


def put(actor: Actor, model: type[Model], value: Sheet, needs: Level = Level.PUBLIC) -> Any:
    """Write a sheet and return its row; nothing is overwritten that changed since it was read.

    The actor must reach what was there and what comes. `needs` is the level of what the sheet holds, where stricter than its own.
    Raises Problem 409, with `by`, when it was changed meanwhile, and when something new has the key of something old.
    """
    what, names = model.__name__.lower(), {field.name for field in model._meta.concrete_fields}
    written = {
        name: msgspec.to_builtins(getattr(value, name), builtin_types=PLAIN) for name in value.__struct_fields__ if name in names - BOOKKEEPING
    }
    with transaction.atomic():
        before = model.objects.select_for_update().filter(key=value.key).first()
        if before is not None:
            before = row(actor, model, value.key, Right.EDIT)
            demand(actor, Right.EDIT, max(Level(before.level), needs), before.area, before.owner)
            check_version(before, value.version)
        demand(actor, Right.EDIT, max(value.level, needs), value.area, value.owner)
        found = before or model(key=value.key)
        for name, content in written.items():
            setattr(found, name, content)
        touch(found, actor)
        audit.record(actor, f"{what}.set", f"{SUBJECT}.{what}:{value.key}", {"version": found.version})
    return found


def check_version(found: Any, version: int) -> None:
    """Refuse to write over what somebody changed since it was read. Raises Problem 409."""
    if version == 0:
        raise Problem(409, "Already there", f"There is something under the key {found.key!r} already. Choose another, or change what is there.")
    if version != found.version:
        raise Problem(
            409,
            "Changed meanwhile",
            f"{found.changed_by} changed it meanwhile. Nothing was overwritten; look at it and write again.",
            by=found.changed_by,
        )


def touch(found: Any, by: Actor | str) -> None:
    """Save a row as changed now by somebody."""
    found.version = found.version + 1 if found.pk else 1
    found.changed, found.changed_by = datetime.now(UTC), by if isinstance(by, str) else by.name or by.key
    found.save()
