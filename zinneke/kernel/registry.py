"""What is in the house: rooms and solutions, discovered by walking the folders, never named by hand."""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
from functools import cache
from types import ModuleType
from typing import Any

from zinneke.kernel.command import Command
from zinneke.kernel.route import Page, Route
from zinneke.kernel.solution import Solution
from zinneke.kernel.topic import Telling, Topic

STOREYS = ("zinneke.foundations", "zinneke.office", "zinneke.engagement")


@cache
def rooms() -> tuple[str, ...]:
    """Return the dotted names of every room, storey by storey."""
    return tuple(name for storey in STOREYS for name in _folders(storey))


def _folders(package: str) -> list[str]:
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        return []
    return sorted(f"{package}.{info.name}" for info in pkgutil.iter_modules(spec.submodule_search_locations) if info.ispkg)


@cache
def modules(name: str) -> tuple[ModuleType, ...]:
    """Return the module `name` (`routes`, `pages`, `store`, …) of every room and door that has one; routes, topics: each standard too."""
    places = [f"{room}.{name}" for room in (*rooms(), "zinneke.web", "zinneke.asgi", "zinneke.cli")]
    found = [place for place in places if importlib.util.find_spec(place)]
    if name in ("routes", "topics"):
        found += [f"zinneke.standards.{info.name}" for info in pkgutil.iter_modules(importlib.import_module("zinneke.standards").__path__)]
    return tuple(importlib.import_module(place) for place in found)


def routes() -> tuple[Route, ...]:
    """Return every machine's door in the house."""
    return tuple(route for module in modules("routes") for route in _declared(module, "ROUTES"))


def topics() -> tuple[Topic, ...]:
    """Return every door for messages in the house."""
    return tuple(topic for module in modules("topics") for topic in _declared(module, "TOPICS"))


def tellings() -> tuple[Telling, ...]:
    """Return all that the house publishes by itself."""
    return tuple(telling for module in modules("topics") for telling in _declared(module, "TELLINGS"))


def pages() -> tuple[Page, ...]:
    """Return every people's door in the house."""
    return tuple(page for module in modules("pages") for page in _declared(module, "PAGES"))


def commands() -> dict[str, Command]:
    """Return every verb of the `zinneke` command by name."""
    return {command.name: command for module in modules("commands") for command in _declared(module, "COMMANDS")}


def _declared(module: ModuleType, name: str) -> tuple[Any, ...]:
    return tuple(getattr(module, name, ()))


@cache
def standards() -> tuple[str, ...]:
    """Return the keys of the standards that the house speaks: the names of their modules."""
    return tuple(sorted(info.name for info in pkgutil.iter_modules(importlib.import_module("zinneke.standards").__path__)))


@cache
def solutions() -> dict[str, Solution]:
    """Return every solution by key, in alphabetical order."""
    found: dict[str, Solution] = {}
    for name in _folders("zinneke.solutions"):
        solution = importlib.import_module(f"{name}.solution").SOLUTION
        found[solution.key] = solution
    return found
