"""Attributes as they are kept in the properties document of a thing: a plain value where that says it all, else with its kind. Pure."""

from __future__ import annotations

from typing import Any

from zinneke.foundations.observations.attributes.values import MEMBERS, Instance
from zinneke.kernel.period import from_microseconds, read_moment_or_none, to_microseconds

SHAPES = frozenset({"Point", "LineString", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon", "GeometryCollection"})
SCOPE = "scope"
KNOWN = frozenset({"type", "unitCode", "observedAt", "datasetId", "objectType", *MEMBERS.values()})


def is_shape(value: Any) -> bool:
    """Say whether a document looks like a geometry of GeoJSON."""
    return (
        isinstance(value, dict)
        and isinstance(value.get("type"), str)
        and value["type"] in SHAPES
        and ("coordinates" in value or "geometries" in value)
    )


def _marked(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("type"), str) and MEMBERS.get(value["type"], "type ") in value


def written(instances: list[Instance]) -> Any:
    """Return the instances of one attribute as they are kept."""
    return write(instances[0]) if len(instances) == 1 else [write(each, plainly=False) for each in instances]


def write(instance: Instance, plainly: bool = True) -> Any:
    """Return one instance as it is kept."""
    value = instance.value
    plain = instance.kind == "Property" and not (instance.unit or instance.observed is not None or instance.dataset or instance.about)
    ambiguous = value is None or _marked(value) or is_shape(value) or (isinstance(value, list) and any(_marked(each) for each in value))
    if plainly and plain and not ambiguous:
        return value
    kept: dict[str, Any] = {"type": instance.kind, MEMBERS[instance.kind]: value}
    if instance.unit:
        kept["unitCode"] = instance.unit
    if instance.observed is not None:
        kept["observedAt"] = told(instance.observed)
    if instance.dataset:
        kept["datasetId"] = instance.dataset
    if instance.target:
        kept["objectType"] = list(instance.target)
    return {**kept, **{name: written(about) for name, about in instance.about.items()}}


def read(value: Any) -> list[Instance]:
    """Return the instances that a kept value is."""
    if isinstance(value, list) and value and all(_marked(each) for each in value):
        return [_read(each) for each in value]
    return [_read(value)]


def _read(value: Any) -> Instance:
    if is_shape(value):
        return Instance(kind="GeoProperty", value=value)
    if not _marked(value):
        return Instance(value=value)
    moment, target = read_moment_or_none(str(value.get("observedAt", ""))), value.get("objectType", ())
    return Instance(
        kind=value["type"],
        value=value[MEMBERS[value["type"]]],
        unit=str(value.get("unitCode", "")),
        observed=to_microseconds(moment) if moment else None,
        dataset=str(value.get("datasetId", "")),
        target=tuple(map(str, target)) if isinstance(target, list | tuple) else (str(target),),
        about={name: read(each) for name, each in value.items() if name not in KNOWN},
    )


def told(microseconds: int) -> str:
    """Return a moment as the standard writes it."""
    return from_microseconds(microseconds).isoformat().replace("+00:00", "Z")


def scopes(properties: dict[str, Any]) -> tuple[str, ...]:
    """Return the scopes that a properties document has."""
    given = properties.get(SCOPE)
    found = given if isinstance(given, list) else [given]
    return tuple(each for each in found if isinstance(each, str) and each.startswith("/"))


def of_words(words: dict[str, str]) -> Instance | None:
    """Return a name or a description in one or several languages as an instance, None when there is none."""
    if not words:
        return None
    values = set(words.values())
    return Instance(value=values.pop()) if len(values) == 1 else Instance(kind="LanguageProperty", value=dict(words))


def to_words(instance: Instance) -> dict[str, str] | None:
    """Return what an instance says as a name in languages; None when it is no such thing, or says more."""
    if instance.unit or instance.observed is not None or instance.dataset or instance.about:
        return None
    if instance.kind == "Property" and isinstance(instance.value, str):
        return dict.fromkeys(("fr", "nl", "en"), instance.value)
    whole = instance.kind == "LanguageProperty" and all(isinstance(each, str) for each in instance.value.values())
    return dict(instance.value) if whole and set(instance.value) <= {"fr", "nl", "en"} else None
