"""What is sent of an attribute put together with what is there: merged into it, or left aside where it must, or must not, be there."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import msgspec

from zinneke.foundations.observations import lifecycle
from zinneke.foundations.observations.attributes import documents, reading
from zinneke.foundations.observations.attributes.values import NULL, Edit, Instance
from zinneke.foundations.observations.register import Register
from zinneke.foundations.observations.values import Stream, StreamRow, Thing
from zinneke.kernel.problem import not_found, wrong


@dataclass(slots=True)
class Plan:
    """What one edit comes to: the thing as it will be, streams to make or take away, observations by the key of their stream."""

    edit: Edit
    thing: Thing
    before: Thing | None
    streams: dict[str, StreamRow] = field(default_factory=dict)
    measured: list[tuple[str, Instance]] = field(default_factory=list)
    gone: list[Stream] = field(default_factory=list)
    place: Any = None
    unplaced: bool = False
    description: dict[str, str] | None = None
    left: dict[str, str] = field(default_factory=dict)

    @property
    def quick(self) -> bool:
        """Say whether nothing but observations comes of it."""
        changed = self.thing != self.before or self.streams or self.gone or self.unplaced
        return not changed and self.place is None and self.description is None


def merged(
    plan: Plan, properties: dict[str, Any], name: str, instance: Instance, streams: dict[tuple[str, str], int], known: Register
) -> Instance | None:
    """Return an instance as it is to be written, None when it is left aside. Raises `Problem` 400, 404."""
    how, position = plan.edit.how, streams.get((name, instance.dataset))
    there = position is not None or _there(plan, properties, name, instance.dataset)
    if how == "fresh" and there:
        plan.left[name] = "It is there already, and nothing was to be overwritten."
        return None
    if how == "update" and not there:
        plan.left[name] = "There is no such attribute."
        return None
    if how == "partial" and not there:
        raise not_found("attribute", name)
    if there and how in ("partial", "merge"):
        quick = (
            position is not None and instance.value is not msgspec.UNSET and not isinstance(instance.value, dict) and not _detailed(known, position)
        )
        if quick:
            return _whole(instance)
        return _into(_current(plan, properties, name, instance.dataset, position, known), instance, how == "merge", plan.edit.lang)
    return _whole(instance)


def _whole(instance: Instance) -> Instance:
    if instance.value is msgspec.UNSET:
        raise wrong("An attribute has a value, an object, or another member that says what it is.")
    if not instance.kind:
        instance.kind = "GeoProperty" if documents.is_shape(instance.value) else "Property"
    instance.about = {name: about for name, about in instance.about.items() if about[0].value != NULL}
    return instance


def _detailed(known: Register, position: int) -> bool:
    return lifecycle.opened().store.detailed(known.ids[position : position + 1])


def _there(plan: Plan, properties: dict[str, Any], name: str, dataset: str) -> bool:
    if name in properties:
        return any(each.dataset == dataset for each in documents.read(properties[name]))
    if dataset or plan.before is None:
        return False
    if name == "description":
        return True
    return (name == "location" and plan.before.place is not None) or (name == "name" and bool(plan.before.name))


def _current(plan: Plan, properties: dict[str, Any], name: str, dataset: str, position: int | None, known: Register) -> Instance | None:
    if position is not None:
        found = reading.newest(known, [position]).get(position)
        if found:
            found.observed = None
        return found
    if name in properties:
        return next(each for each in documents.read(properties[name]) if each.dataset == dataset)
    return documents.of_words(plan.thing.name) if name == "name" else None


def _into(before: Instance | None, instance: Instance, deep: bool, lang: str = "") -> Instance:
    """Put what is sent into what is there; `deep` goes into documents too, as JSON Merge Patch (RFC 7396) does.

    A text put where there are several languages is one of them.
    """
    if before is None or (instance.kind and instance.kind != before.kind and instance.value is not msgspec.UNSET):
        return _whole(instance)
    value = before.value if instance.value is msgspec.UNSET else instance.value
    if before.kind == "LanguageProperty" and isinstance(value, str):
        value = {lang or "@none": value}
    if not instance.kind and before.kind in ("Relationship", "GeoProperty") and not (value is before.value or _suits(before.kind, value)):
        raise wrong("This attribute is a relationship or a place, and what is sent in its place is neither. Send its type along.")
    if deep and isinstance(value, dict) and isinstance(before.value, dict) and before.kind in ("Property", "LanguageProperty"):
        value = _patched(before.value, value)
    about = {**before.about, **instance.about}
    return Instance(
        kind=before.kind,
        value=value,
        unit=instance.unit or before.unit,
        observed=before.observed if instance.observed is None else instance.observed,
        dataset=instance.dataset,
        target=instance.target or before.target,
        about={name: each for name, each in about.items() if each[0].value != NULL},
    )


def _suits(kind: str, value: Any) -> bool:
    """Say whether a bare value can stand in an attribute of a kind."""
    if kind == "GeoProperty":
        return documents.is_shape(value)
    return all(isinstance(each, str) and ":" in each for each in (value if isinstance(value, list) and value else [value]))


def _patched(before: Any, patch: Any) -> Any:
    if not isinstance(patch, dict) or not isinstance(before, dict):
        return patch
    left = {name: value for name, value in before.items() if patch.get(name, "") not in (None, NULL)}
    return {**left, **{name: _patched(left.get(name), value) for name, value in patch.items() if value not in (None, NULL)}}
