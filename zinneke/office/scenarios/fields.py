"""The fields of a model's form: what is shown beside each input, and what was typed or went wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from zinneke.kernel.text import Text
from zinneke.kernel.units import unit
from zinneke.office.scenarios import child, rules
from zinneke.office.scenarios.declaring import Engine, Input, Model
from zinneke.office.scenarios.values import Question


@dataclass(frozen=True, slots=True)
class Field:
    """One input in a form: what to write in it, the value without the change, the range, and the fault, if any."""

    input: Input
    value: str
    default: Text
    low: Text
    high: Text
    unit: str
    fault: Text | None
    changed: bool


@dataclass(frozen=True, slots=True)
class Group:
    """Inputs under one heading; `lever` when they are what is decided, `open` when they are shown at once."""

    name: Text
    fields: list[Field]
    lever: bool
    open: bool


def groups(model: Model, question: Question, typed: Mapping[str, str], faults: Mapping[str, Text]) -> list[Group]:
    """Return the form of a model: what is decided first; what is assumed is folded unless it was changed or is wrong."""
    found = []
    for name, inputs in model.groups().items():
        fields = [_field(each, question, typed, faults) for each in inputs]
        lever = any(each.lever for each in inputs)
        found.append(Group(name, fields, lever, lever or any(each.changed or each.fault for each in fields)))
    return found


def _field(given: Input, question: Question, typed: Mapping[str, str], faults: Mapping[str, Text]) -> Field:
    value = question.changed.get(given.key, given.default)
    words = typed.get(given.key, "") if given.key in faults else f"{value:.12g}"
    return Field(
        input=given,
        value=words,
        default=rules.say(given, given.default),
        low=rules.say(given, given.low),
        high=rules.say(given, given.high),
        unit=unit(given.unit).symbol,
        fault=faults.get(given.key),
        changed=given.key in question.changed,
    )


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that a question changes: from what to what."""

    input: Input
    was: Text
    now: Text
    unit: str


def changes(model: Model, question: Question) -> list[Change]:
    """Return what a question changes, in the order of the form."""
    return [
        Change(each, rules.say(each, each.default), rules.say(each, question.changed[each.key]), unit(each.unit).symbol)
        for each in model.inputs
        if each.key in question.changed
    ]


@dataclass(frozen=True, slots=True)
class EngineChoice:
    """Another engine as a form offers it: installed here or not."""

    engine: Engine
    here: bool


def engines(model: Model) -> list[EngineChoice]:
    """Return the other engines of a model, and whether each is installed here."""
    return [EngineChoice(each, child.installed(each)) for each in model.engines]
