"""Scenarios that come with the platform: read from a file of ours, computed and published once, and left alone ever after."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec

from zinneke.kernel.confidentiality import SYSTEM
from zinneke.kernel.load import Counts
from zinneke.kernel.problem import Problem, wrong
from zinneke.office.scenarios import store
from zinneke.office.scenarios.declared import get_model
from zinneke.office.scenarios.values import Draft, Question


class Shipped(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A scenario as the file has it."""

    key: str
    model: str
    name: dict[str, str]
    purpose: dict[str, str]
    note: dict[str, str] = {}
    changed: dict[str, float] = {}
    parent: str = ""


class File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All scenarios of a file."""

    scenario: tuple[Shipped, ...] = ()


def read_illustrations(path: Path, options: dict[str, str]) -> Counts:
    """Publish the scenarios of a file that are not there yet. Raises `Problem` 400 for a file that cannot be read."""
    try:
        file = msgspec.toml.decode(path.read_bytes(), type=File)
    except msgspec.DecodeError as fault:
        raise wrong(f"{fault}") from None
    counts = Counts()
    for each in file.scenario:
        try:
            added = store.add_illustration(SYSTEM, each.key, _draft(each))
        except Problem as problem:
            counts.refuse(each.key, problem.detail)
            continue
        counts.added += added
        counts.unchanged += not added
    return counts


def _draft(each: Shipped) -> Draft:
    model = get_model(each.model)
    question = Question(model=model.key, version=model.version, changed=each.changed, draws=model.draws)
    return Draft(name=each.name, purpose=each.purpose, note=each.note, question=question, parent=each.parent)


READERS: dict[str, Callable[[Path, dict[str, str]], Counts]] = {"illustrations": read_illustrations}
