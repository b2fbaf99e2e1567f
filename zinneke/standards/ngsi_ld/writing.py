"""Entities as documents: normalized, concise or simplified, names compacted with the context of whoever asks."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from zinneke.foundations.observations.attributes.documents import is_shape, told
from zinneke.foundations.observations.attributes.values import MEMBERS, NULL, Instance, Linked
from zinneke.standards.ngsi_ld.contexts import Context

NOTHING: Mapping[str, Any] = {}
PREVIOUS = {kind: f"previous{member[0].upper()}{member[1:]}" for kind, member in MEMBERS.items()}
"""The member that tells what an attribute of each kind was before."""


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes entities. `only` and `without` name members as they are kept; `lang` chooses among languages."""

    context: Context
    form: str = "normalized"
    system: bool = False
    lang: str = ""
    only: frozenset[str] | None = None
    without: frozenset[str] = frozenset()
    dataset: frozenset[str] | None = None
    inside: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Entities, as they are told, by id, that stand in the relationships that lead to them."""
    below: Mapping[str, Writer] = field(default_factory=dict)
    """How the entities are told to which certain relationships lead; others are told whole."""
    before: Mapping[tuple[str, str], Instance] = field(default_factory=dict)
    """What attributes were before, by name and dataset, told beside what they are."""

    def entity(self, entity: Linked) -> dict[str, Any]:
        """Return one entity."""
        found: dict[str, Any] = {}
        if self.shown("@id"):
            found["id"] = entity.id
        if self.shown("@type"):
            found["type"] = self.types(entity.types)
        if entity.scopes and self.shown("scope"):
            found["scope"] = entity.scopes[0] if len(entity.scopes) == 1 else list(entity.scopes)
        if self.system:
            found |= _times(entity.created, entity.modified)
        for name, instances in entity.attributes.items():
            if self.shown(name):
                chosen = [each for each in instances if self.dataset is None or (each.dataset or "@none") in self.dataset]
                if chosen:
                    found[self.context.compact(name)] = self.attribute(chosen, name)
        return found

    def linked(self, name: str) -> Writer:
        """Return how entities are told to which a relationship leads."""
        return self.below.get(name) or replace(self, only=None, without=frozenset(), below={})

    def shown(self, name: str) -> bool:
        """Say whether a member is told."""
        return (self.only is None or name in self.only) and name not in self.without

    def types(self, types: Sequence[str]) -> str | list[str]:
        """Return types as a document has them."""
        names = [self.context.compact(each) for each in types]
        return names[0] if len(names) == 1 else names

    def attribute(self, instances: Sequence[Instance], name: str = "") -> Any:
        """Return an attribute with its instances; `name` is that of one of the entity itself."""
        linked = self.inside.get(name, {})
        if self.form == "simplified":
            if len(instances) == 1 and not instances[0].dataset:
                return self._simple(instances[0], linked)
            return {"dataset": {each.dataset or "@none": self._simple(each, linked) for each in instances}}
        made = [self.instance(each, self.before.get((name, each.dataset)), linked) for each in instances]
        return made[0] if len(made) == 1 else made

    def _value(self, instance: Instance) -> tuple[str, Any]:
        """Return the kind and the value, in one language where one is asked for."""
        if instance.kind == "LanguageProperty" and self.lang:
            return "Property", instance.value[self.language(instance.value)]
        if instance.kind == "VocabProperty":
            return instance.kind, self.vocab(instance.value)
        if instance.kind == "ListRelationship" and self.form == "normalized":
            return instance.kind, [{"object": each} for each in instance.value]
        return instance.kind, instance.value

    def language(self, said: Mapping[str, Any]) -> str:
        """Return in which of its languages something is told: the most wanted that is there, else English, else the first; `*` is any."""
        weighed = [each.strip().partition(";") for each in self.lang.split(",")]
        ranked = sorted(weighed, key=lambda each: -_weight(each[2]))
        wanted = (code for code, _, rest in ranked if _weight(rest))
        return next((next(iter(said)) if code == "*" else code for code in (*wanted, "en") if code in said or code == "*"), next(iter(said)))

    def vocab(self, value: Any) -> Any:
        """Return terms of a vocabulary, compacted."""
        return [self.context.compact(each) for each in value] if isinstance(value, list) else self.context.compact(value)

    def _simple(self, instance: Instance, linked: Mapping[str, Any]) -> Any:
        kind, value = self._value(instance)
        if linked and kind == "Relationship":
            told = [linked.get(each, each) for each in (value if isinstance(value, list) else [value])]
            return told if isinstance(value, list) else told[0]
        return value if kind in ("Property", "Relationship", "GeoProperty") else {MEMBERS[kind]: value}

    def ended(self, name: str, instance: Instance) -> Any:
        """Return an attribute that is no more: null in the place of its value, and what it was where that is told."""
        if self.form == "simplified":
            return NULL
        member = MEMBERS[instance.kind]
        found: dict[str, Any] = {"type": instance.kind} if self.form == "normalized" else {}
        found[member] = {"@none": NULL} if instance.kind == "LanguageProperty" else NULL
        if instance.dataset:
            found["datasetId"] = instance.dataset
        if (before := self.before.get((name, instance.dataset))) is not None:
            found[PREVIOUS.get(before.kind, "previousValue")] = self._value(before)[1]
        if self.system and instance.modified is not None:
            found["deletedAt"] = told(instance.modified)
        return NULL if self.form == "concise" and len(found) == 1 and member == "value" else found

    def instance(self, instance: Instance, before: Instance | None = None, linked: Mapping[str, Any] = NOTHING) -> Any:
        """Return one instance with what is about it, what it was before where that is told, and the entities that it leads to."""
        kind, value = self._value(instance)
        found: dict[str, Any] = {"type": kind} if self.form == "normalized" else {}
        found[MEMBERS[kind]] = value
        found |= self._beside(kind, instance, before)
        if instance.unit:
            found["unitCode"] = instance.unit
        if instance.observed is not None:
            found["observedAt"] = told(instance.observed)
        if instance.dataset:
            found["datasetId"] = instance.dataset
        if linked and kind in ("Relationship", "ListRelationship"):
            found |= _linked(kind, instance.value, linked)
        if instance.target:
            found["objectType"] = self.types(instance.target)
        if self.system:
            found |= _times(instance.created, instance.modified)
        for name, about in instance.about.items():
            found[self.context.compact(name)] = self.attribute(about)
        if self.form == "concise" and len(found) == 1 and (kind == "GeoProperty" or (kind == "Property" and not _ambiguous(value))):
            return value
        return found

    def _beside(self, kind: str, instance: Instance, before: Instance | None) -> dict[str, Any]:
        """Return in which language a value is told, where it was chosen, and what it was before."""
        found = {"lang": self.language(instance.value)} if kind != instance.kind else {}
        return found if before is None else {**found, PREVIOUS.get(before.kind, "previousValue"): self._value(before)[1]}

    def feature(self, entity: Linked, place: str) -> dict[str, Any]:
        """Return one entity as a feature of GeoJSON; `place` is the attribute that is its geometry."""
        found = self.entity(entity)
        instances = [each for each in entity.attributes.get(place, ()) if each.kind == "GeoProperty"]
        properties = {name: value for name, value in found.items() if name != "id"}
        return {"id": entity.id, "type": "Feature", "geometry": instances[0].value if instances else None, "properties": properties}


def _linked(kind: str, value: Any, inside: Mapping[str, Any]) -> dict[str, Any]:
    """Return the member with the entities to which a relationship leads, where there are any."""
    linked = [inside[each] for each in (value if isinstance(value, list) else [value]) if each in inside]
    if not linked:
        return {}
    return {"entityList": linked} if kind == "ListRelationship" else {"entity": linked if isinstance(value, list) else linked[0]}


def _weight(rest: str) -> float:
    """Return how much a language is wanted, as in `fr;q=0.8`."""
    match = re.fullmatch(r"\s*q=(\d(?:\.\d+)?)\s*", rest)
    return float(match[1]) if match else 1.0


def _ambiguous(value: Any) -> bool:
    return isinstance(value, dict) or is_shape(value) or (isinstance(value, list) and any(isinstance(each, dict) for each in value))


def _times(created: int | None, modified: int | None) -> dict[str, str]:
    return {name: told(value) for name, value in (("createdAt", created), ("modifiedAt", modified)) if value is not None}
