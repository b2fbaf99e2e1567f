"""What goes with what across the rooms of the office: for a project, an indicator, a domain, a commune. Who sees it, each store decides."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from django.urls import reverse

from zinneke.kernel.confidentiality import Actor
from zinneke.kernel.problem import Problem
from zinneke.kernel.text import Text, choose
from zinneke.office.indicators import store as indicators
from zinneke.office.indicators.figures import say_figure
from zinneke.office.indicators.periods import say_period
from zinneke.office.indicators.values import Indicator
from zinneke.office.knowledge import store as knowledge
from zinneke.office.knowledge.kinds import KINDS
from zinneke.office.network import store as network
from zinneke.office.projects import store as projects
from zinneke.office.projects.values import Project
from zinneke.office.projects.words import PHASES
from zinneke.office.selection import store as selection

MOST = 6
INDICATORS = Text("Indicateurs", "Indicatoren", "Indicators")
PROJECTS = Text("Projets", "Projecten", "Projects")
WORKS = Text("Chantiers en voirie", "Wegenwerken", "Works in the street")


@dataclass(frozen=True, slots=True)
class Link:
    """One thing that goes with another: its name, the language of the name, its address, and a word more."""

    name: str
    language: str
    address: str
    more: Text | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Things of one sort, and where all of them stand when there are more."""

    title: Text
    links: tuple[Link, ...]
    all: str = ""


def to_project(actor: Actor, key: str, spoken: str) -> list[Group]:
    """Return the indicators that a project is to move, and the roadmap, ideas, actions, leads and knowledge that name it."""
    return _held(
        (INDICATORS, lambda: _indicators(actor, [each for each in indicators.list_indicators(actor) if each.key in _moved(actor, key)], spoken)),
        (Text("Feuille de route", "Roadmap", "Roadmap"), lambda: _steps(actor, key, spoken)),
        (Text("Idées d’autres villes", "Ideeën van andere steden", "Ideas of other cities"), lambda: _ideas(actor, key, spoken)),
        (Text("Qui le conduit", "Wie het leidt", "Who leads it"), lambda: _leads(actor, key)),
        (Text("Actions", "Acties", "Actions"), lambda: _actions(actor, key)),
        (Text("Connaissances", "Kennis", "Knowledge"), lambda: _entries(actor, f"project:{key}", spoken)),
    )


def to_indicator(actor: Actor, key: str, spoken: str) -> list[Group]:
    """Return the projects that are to move an indicator, and the knowledge that names it."""
    return _held(
        (
            Text("Projets qui doivent le faire bouger", "Projecten die hem moeten doen bewegen", "Projects that are to move it"),
            lambda: _projects((each for each in projects.list_projects(actor) if _moves(each, key)), spoken),
        ),
        (Text("Connaissances", "Kennis", "Knowledge"), lambda: _entries(actor, f"indicator:{key}", spoken)),
    )


def to_domain(actor: Actor, key: str, spoken: str) -> list[Group]:
    """Return the main indicators of a domain and the projects that run in it."""
    return _held(
        (INDICATORS, lambda: _indicators(actor, indicators.list_indicators(actor, key), spoken), reverse("indicators")),
        (PROJECTS, lambda: _projects(_running(projects.list_projects(actor, "smart", domain=key)), spoken), f"{reverse('projects')}?domain={key}"),
    )


def to_commune(actor: Actor, code: str, spoken: str) -> list[Group]:
    """Return the main indicators that are measured in a commune, the projects that run in it and the works in its streets."""
    there = f"{reverse('projects')}?commune={code}"
    return _held(
        (INDICATORS, lambda: _indicators(actor, indicators.list_indicators(actor, area=code), spoken, code), reverse("indicators")),
        (PROJECTS, lambda: _projects(_running(projects.list_projects(actor, "smart", code)), spoken), there),
        (WORKS, lambda: _projects(_running(projects.list_projects(actor, "works", code)), spoken), f"{there}&kind=works"),
    )


TO: Mapping[str, Callable[[Actor, str, str], list[Group]]] = {
    "project": to_project,
    "indicator": to_indicator,
    "domain": to_domain,
    "commune": to_commune,
}


def _held(*asked: tuple[Text, Callable[[], Iterable[Link]]] | tuple[Text, Callable[[], Iterable[Link]], str]) -> list[Group]:
    """Return the groups that hold something; a room whose door stays shut for whoever looks has nothing to show."""
    made = []
    for title, find, *everything in asked:
        try:
            links = tuple(islice(find(), MOST + 1))
        except Problem:
            continue
        if links:
            made.append(Group(title, links[:MOST], str(everything[0]) if everything and len(links) > MOST else ""))
    return made


def _moved(actor: Actor, key: str) -> set[str]:
    found = projects.find_project(actor, key)
    return {effect.indicator for effect in found.fiche.effects} if found else set()


def _moves(project: Project, indicator: str) -> bool:
    return any(effect.indicator == indicator for effect in project.fiche.effects)


def _running(found: Iterable[Project]) -> list[Project]:
    """Return what is not over: what is being done first, what is only an idea last."""
    order = ("execution", "rollout", "planning", "initiation", "idea")
    return sorted((each for each in found if each.phase in order), key=lambda each: order.index(each.phase))


def _indicators(actor: Actor, found: list[Indicator], spoken: str, area: str | None = None) -> Iterator[Link]:
    """Yield indicators that have a value, with the newest figure and its period: those with a target first, then one of each domain in turn."""
    stands = [pair for pair in zip(found, indicators.standings(actor, found, area), strict=True) if pair[1].latest]
    seen: Counter[str] = Counter()
    order: dict[str, tuple[bool, int]] = {}
    for each, _stand in stands:
        order[each.key] = (each.sheet.objective is None, seen[each.sheet.domain])
        seen[each.sheet.domain] += 1
    for each, stand in sorted(stands, key=lambda pair: order[pair[0].key]):
        if stand.latest:
            figure, period = say_figure(stand.latest.value, each.sheet.unit), say_period(stand.latest.period)
            more = Text(f"{figure.fr} · {period.fr}", f"{figure.nl} · {period.nl}", f"{figure.en} · {period.en}")
            yield Link(*choose(each.sheet.name, spoken), reverse("indicator", kwargs={"key": each.key}), more)


def _projects(found: Iterable[Project], spoken: str) -> Iterator[Link]:
    for each in found:
        yield Link(*choose(each.fiche.name, spoken), reverse("project", kwargs={"key": each.key}), PHASES[each.phase])


def _steps(actor: Actor, key: str, spoken: str) -> Iterator[Link]:
    for each in selection.list_steps(actor):
        if each.row.refers == f"project:{key}":
            yield Link(*choose(each.row.name, spoken), reverse("roadmap"))


def _ideas(actor: Actor, key: str, spoken: str) -> Iterator[Link]:
    for each in selection.find_ideas(actor, limit=1000).ideas:
        if key in each.matches:
            yield Link(*choose(each.row.title, spoken), reverse("idea", kwargs={"key": each.key}))


def _leads(actor: Actor, key: str) -> Iterator[Link]:
    for each in network.list_leads(actor, project=key):
        yield Link(each.title, "", reverse("network-lead", kwargs={"key": each.key}), each.state_words)


def _actions(actor: Actor, key: str) -> Iterator[Link]:
    for each in network.list_actions(actor, project=key):
        yield Link(each.title, "", reverse("network-action", kwargs={"key": each.key}), each.state_words)


def _entries(actor: Actor, reference: str, spoken: str) -> Iterator[Link]:
    for each in knowledge.list_about(actor, reference, limit=MOST + 1):
        address = reverse("knowledge-entry", kwargs={"path": KINDS[each.kind].path, "key": each.key})
        yield Link(*choose(each.draft.title, spoken), address, KINDS[each.kind].name)
