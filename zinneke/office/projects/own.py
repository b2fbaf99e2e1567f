"""The component catalogue: the parts of this platform, read from its own registry, then what people describe."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache

import msgspec
from django.db import transaction

from zinneke.foundations.audit import store as audit
from zinneke.kernel import registry
from zinneke.kernel.confidentiality import Actor, Right, refusal
from zinneke.kernel.finding import fold
from zinneke.kernel.problem import Problem, not_found
from zinneke.kernel.text import choose
from zinneke.office.projects import keeping, rules, shelf
from zinneke.office.projects.models import Part
from zinneke.office.projects.rules import Wrong
from zinneke.office.projects.values import Component, Texts
from zinneke.office.projects.words import ROOMS

LICENCE = "EUPL-1.2"
PREFIX = "zinneke-"


@cache
def components() -> tuple[Component, ...]:
    """Return the parts of this platform: its rooms, its solutions, the standards that it speaks, each with its first address for machines."""
    doors: dict[str, str] = {}
    for route in registry.routes():
        doors.setdefault(route.call.__module__.rpartition(".")[0], route.path)
        doors.setdefault(route.call.__module__, route.path)
    made = [_room(dotted, doors.get(dotted, "")) for dotted in registry.rooms()]
    for solution in registry.solutions().values():
        made.append(
            _part(f"zinneke.solutions.{solution.key}", solution.name.as_dict(), solution.purpose.as_dict(), f"/api/latest?solution={solution.key}")
        )
    for key in registry.standards():
        dotted = f"zinneke.standards.{key}"
        made.append(_part(dotted, {"en": key}, {"en": _sentence(dotted)}, doors.get(dotted, "")))
    return tuple(made)


def _room(dotted: str, api: str) -> Component:
    key = dotted.rpartition(".")[2]
    if key in ROOMS:
        name, about = ROOMS[key]
        return _part(dotted, name.as_dict(), about.as_dict(), api)
    return _part(dotted, {"en": key.replace("_", " ").capitalize()}, {"en": _sentence(dotted)}, api)


def _part(dotted: str, name: Texts, about: Texts, api: str) -> Component:
    key = PREFIX + dotted.rpartition(".")[2].replace("_", "-")
    return Component(key=key, name=name, about=about, licence=LICENCE, code=dotted.replace(".", "/"), api=api, readiness=7, own=True)


def _sentence(dotted: str) -> str:
    return (inspect.getdoc(importlib.import_module(dotted)) or "").split("\n")[0]


def ordered(found: Iterable[Component]) -> list[Component]:
    """Return components as a reader wants them: the platform's own, the others by name, what is missing by priority."""
    return sorted(found, key=lambda each: (not each.own, each.state == "missing", each.priority or 99, fold(choose(each.name, "en")[0])))


def keep(actor: Actor, component: Component, version: int | None, loaded: str) -> Component:
    """Write a component, new or changed. Raises `Problem` 403, 404, 409, 422."""
    component = msgspec.structs.replace(component, own=False, version=0)
    known = {each.key for each in components()}
    others = known | set(Part.objects.values_list("key", flat=True))
    wrongs = rules.check_component(component, others, shelf.organisations())
    if component.key in known:
        wrongs.append(Wrong("key", rules.OURS))
    if wrongs:
        raise keeping.faulty(wrongs)
    with transaction.atomic():
        row = Part.objects.select_for_update().filter(key=component.key).first()
        if row is not None and not shelf.components(actor, Right.EDIT).filter(pk=row.pk).exists():
            raise refusal(actor, Right.EDIT, shelf.SUBJECT) if shelf.components(actor).filter(pk=row.pk).exists() else not_found("component", row.key)
        if not shelf.may(actor, Right.EDIT, component.owner, component.level, component.area):
            raise refusal(actor, Right.EDIT, shelf.SUBJECT)
        if row is not None and (version is None if not loaded else False):
            raise Problem(409, "The key is taken", f"There is a component {component.key!r} already. Send the version that you read to change it.")
        if row is not None and version not in (None, row.version):
            raise Problem(
                409, "Changed meanwhile", "Somebody changed this component meanwhile. Nothing was overwritten: read it again, then send yours."
            )
        if row is None and version:
            raise not_found("component", component.key)
        return _write(actor, row or Part(key=component.key, version=0), component, loaded)


def _write(actor: Actor, row: Part, component: Component, loaded: str) -> Component:
    document = shelf.encode(component)
    if document == bytes(row.document or b""):
        return shelf.component(row)
    row.level, row.area, row.owner = int(component.level), component.area, component.owner
    row.document, row.loaded, row.changed = document, loaded, datetime.now(UTC)
    row.version += 1
    row.save()
    audit.record(actor, "component.set", f"{shelf.SUBJECT}:{component.key}", {"version": row.version})
    return shelf.component(row)
