"""What everybody reads: the inventory, a project, and what was learnt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language

from zinneke.foundations.catalogue import store as catalogue
from zinneke.foundations.papers import serving
from zinneke.foundations.territory import store as territory
from zinneke.kernel import policy
from zinneke.kernel.chart import Bar, BarChart, Dot
from zinneke.kernel.confidentiality import Actor, Right
from zinneke.kernel.problem import Problem
from zinneke.kernel.text import Text, choose
from zinneke.office.projects import papers, rules, searching, store, words
from zinneke.office.projects.rules import Standing
from zinneke.office.projects.values import Choice, Component, Data, Fiche, Gate, Organisation, Project, Wanted

SIZE = 24
FILTERS = ("domain", "challenge", "phase", "owner", "commune")


@dataclass(frozen=True, slots=True)
class Shown:
    """A project in a list: with its name, owner and standing in the reader's words, and its middle where it has a place."""

    project: Project
    name: str
    about: str
    owner: str
    standing: Standing
    address: str
    icon: str
    middle: tuple[float, float] | None = None

    @property
    def fiche(self) -> Fiche:
        """Return the fiche."""
        return self.project.fiche

    @property
    def phase(self) -> Text:
        """Return the phase in words."""
        return words.PHASES[self.project.phase]

    @property
    def place(self) -> str:
        """Return the middle as `lon,lat`, as scripts read it."""
        return f"{self.middle[0]:.5f},{self.middle[1]:.5f}" if self.middle else ""


@dataclass(frozen=True, slots=True)
class Pages:
    """The ways to the page before and after."""

    before: str = ""
    after: str = ""
    numbers: Sequence[object] = field(default_factory=tuple)


def spoken() -> str:
    """Return the language of the page."""
    return (get_language() or "en")[:2]


def communes(actor: Actor) -> dict[str, str]:
    """Return the names of the communes by code, in the language of the page, in order of name."""
    named = {area.code: choose(area.name, spoken())[0] for area in territory.list_areas(actor, "commune")}
    return dict(sorted(named.items(), key=lambda each: each[1]))


def name_of(key: str, organisations: dict[str, Organisation]) -> str:
    """Return an organisation's name, its key where it has none."""
    return choose(organisations[key].name, spoken())[0] if key in organisations else key


def shown(projects: Sequence[Project], organisations: dict[str, Organisation], today: date) -> list[Shown]:
    """Return projects as a list shows them."""
    made = []
    for each in projects:
        box = each.bbox
        made.append(
            Shown(
                each,
                each.name_in(spoken()),
                choose(each.fiche.summary, spoken())[0],
                name_of(each.fiche.owner, organisations),
                rules.standing(each, today),
                reverse("project", kwargs={"key": each.key}),
                "traffic-cone" if each.fiche.kind == "works" else words.ICONS[each.fiche.domain],
                ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2) if box else None,
            )
        )
    return made


def dots(listed: Sequence[Shown]) -> list[Dot]:
    """Return the points of a map for the projects that have a place."""
    return [Dot(*each.middle, each.name, each.address, words.HUES[each.fiche.domain]) for each in listed if each.middle]


def inventory(request: HttpRequest) -> HttpResponse:
    """Show the projects that answer, on a map and as a list; every filter's choices lead somewhere."""
    actor: Actor = request.actor
    asked = {name: request.GET.get(name, "").strip()[:200] for name in (*FILTERS, "kind", "order")}
    wanted = Wanted(text=request.GET.get("q", "").strip()[:200], **{**asked, "kind": asked["kind"] or "smart", "order": asked["order"] or "name"})
    found = store.search(actor, wanted, spoken(), communes(actor))
    organisations = store.list_organisations(actor)
    listed = shown(found.projects, organisations, timezone.localdate())
    at = max(1, min(_number(request.GET.get("page", "")), -(-len(listed) // SIZE) or 1))
    state = [(key, value) for key, value in {"q": wanted.text, **asked}.items() if value]
    kinds = [(kind, words.KINDS[kind], count) for kind, count in store.list_kinds(actor).items()]
    context = {
        "listed": listed[(at - 1) * SIZE : at * SIZE],
        "total": len(listed),
        "placed": sum(each.middle is not None for each in listed),
        "dots": dots(listed),
        "domains": _legend(listed),
        "filters": [(name, words.FILTERS[name], found.choices[name]) for name in FILTERS if _narrows(found.choices[name])],
        "chosen": [(choice.label, without(state, name)) for name in FILTERS for choice in found.choices[name] if choice.chosen],
        "wanted": wanted,
        "orders": words.ORDERS,
        "kinds": kinds,
        "pages": Pages(_page(state, at - 1) if at > 1 else "", _page(state, at + 1) if at * SIZE < len(listed) else ""),
        "query": urlencode(state),
        "layers": [{"id": "projects", "kind": "values", "url": f"/api/projects.geojson?{urlencode([*state, ('lang', spoken())])}"}],
        "may_add": may(actor, Right.EDIT),
        "may_decide": may(actor, Right.COMMAND),
    }
    return render(request, "projects/inventory.html", context)


def may(actor: Actor, right: Right) -> bool:
    """Say whether somebody holds a right over any project, so that a page offers what they may do."""
    try:
        store.check_room(actor, right)
    except Problem:
        return False
    return True


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 1


def _page(state: list[tuple[str, str]], number: int) -> str:
    return f"?{urlencode([*state, ('page', number)])}"


def without(state: list[tuple[str, str]], name: str) -> str:
    """Return the address with one filter taken off."""
    return f"?{urlencode([(key, value) for key, value in state if key != name])}"


def _narrows(choices: Sequence[Choice]) -> bool:
    return len(choices) > 1 or any(choice.chosen for choice in choices)


def _legend(listed: Sequence[Shown]) -> list[tuple[Text, str, str]]:
    """Return the domains of what is on the map: name, icon and colour."""
    there = {each.fiche.domain for each in listed if each.middle}
    return [(policy.DOMAINS[code], words.ICONS[code], words.HUES[code]) for code in policy.DOMAINS if code in there]


def show(request: HttpRequest, key: str) -> HttpResponse:
    """Show one project: where it stands against what was promised, since when, and who answers for it. Raises `Problem` 404."""
    actor: Actor = request.actor
    project = store.get_project(actor, key)
    organisations = store.list_organisations(actor)
    today = timezone.localdate()
    fiche = project.fiche
    named = communes(actor)
    editing = store.check_editable(actor, key)
    pairs = [each for each in store.list_pairs(actor) if key in (each.one, each.other)] if editing and may(actor, Right.EDIT) else []
    asked = urlencode({"key": key, "kind": fiche.kind, "lang": spoken()})
    context = {
        "project": project,
        "each": shown([project], organisations, today)[0],
        "owner": organisations.get(fiche.owner),
        "standing": rules.standing(project, today),
        "old": rules.is_old(project, today),
        "late": rules.late_milestones(fiche, today),
        "phases": [(phase, name, rules.ORDER.index(phase) <= rules.ORDER.index(project.phase)) for phase, name in words.PHASES.items()],
        "gates": [(each, words.PHASES[each.after], _evidence(each)) for each in store.list_gates(actor, key)],
        "dots": dots(shown([project], organisations, today)),
        "communes": [(named[code], reverse("commune", kwargs={"key": code})) for code in fiche.communes if code in named],
        "helix": _helix(fiche, organisations),
        "layers": [{"id": "project", "kind": "values", "url": f"/api/projects.geojson?{asked}"}],
        "bounds": _around(project),
        "editing": editing,
        **serving.shown(papers.list_papers(actor, key), reverse("project", kwargs={"key": key}), editing),
        "deciding": store.check_editable(actor, key, Right.COMMAND),
        "pairs": [(each, each.names[each.one == key], each.other if each.one == key else each.one) for each in pairs],
        "reasons": words.REASONS,
        **_told(actor, fiche),
    }
    return render(request, "projects/project.html", context)


def _told(actor: Actor, fiche: Fiche) -> dict[str, Any]:
    """Return what a fiche tells, its codes in words and its keys as links."""
    parts = {each.key: each for each in store.list_components(actor)}
    return {
        "fiche": fiche,
        "domain": policy.DOMAINS[fiche.domain],
        "icon": words.ICONS[fiche.domain],
        "domains": [policy.DOMAINS[code] for code in fiche.domains],
        "challenges": [policy.CHALLENGES[code] for code in fiche.challenges],
        "foundations": [policy.FOUNDATIONS[code] for code in fiche.foundations],
        "audiences": [policy.AUDIENCES[code] for code in fiche.audiences],
        "plans": [words.PLANS[code] for code in fiche.plans],
        "uses": datasets(actor, fiche.uses),
        "gives": datasets(actor, fiche.gives),
        "components": [known(code, parts) for code in fiche.components],
        "offers": [known(code, parts) for code in fiche.offers],
        "check": [(words.CHECK[name], words.ANSWERS[answer], answer) for name in words.CHECK if (answer := getattr(fiche.check, name))],
        "lessons": [(words.LESSONS[each.kind], each) for each in fiche.lessons],
        "obstacles": [(words.OBSTACLES[each.state], each) for each in fiche.obstacles],
        "risks": [(words.WEIGHTS[each.weight], each) for each in fiche.risks],
        "budget": _budget(fiche),
        "untold": rules.untold(fiche),
    }


def known(code: str, parts: dict[str, Component]) -> Component:
    """Return a component by key; one that is not known, or not open, as its bare key."""
    return parts.get(code) or Component(key="", name={spoken(): code})


def datasets(actor: Actor, data: Sequence[Data]) -> list[tuple[str, str, str]]:
    """Return the data of a project as title, its language and the address in the catalogue (empty where it is not known there)."""
    made = []
    for each in data:
        found = None
        if each.key:
            try:
                found = catalogue.get_dataset(actor, each.key)
            except Problem:
                found = None
        title, lang = found.title_in(spoken()) if found else (each.name or each.key, "")
        made.append((title, lang, reverse("dataset", kwargs={"key": each.key}) if found else ""))
    return made


def _helix(fiche: Fiche, organisations: dict[str, Organisation]) -> list[tuple[Text, list[tuple[str, list[tuple[Text, str]]]]]]:
    """Return for each of the four audiences who takes part, and how in which phase; an audience without anybody shows that."""
    made = []
    for code, name in policy.AUDIENCES.items():
        there = [
            (name_of(each.name, organisations), [(words.PHASES[phase], how) for phase, how in each.phases.items()])
            for each in fiche.partners
            if each.helix == code
        ]
        made.append((name, there))
    return made if fiche.partners else []


def _budget(fiche: Fiche) -> BarChart | None:
    named = (
        (Text("Prévu", "Gepland", "Planned"), fiche.planned),
        (Text("Engagé", "Vastgelegd", "Committed"), fiche.committed),
        (Text("Dépensé", "Uitgegeven", "Spent"), fiche.spent),
    )
    bars = [
        Bar(name.said_in(spoken()), amount, "act" if amount and fiche.planned and amount > fiche.planned else "")
        for name, amount in named
        if amount is not None
    ]
    if not bars:
        return None
    title = Text("Budget", "Budget", "Budget").said_in(spoken())
    return BarChart(key="budget", title=title, caption=fiche.funding, unit="EUR", bars=bars)


def _evidence(gate: Gate) -> list[tuple[Text, str]]:
    """Return what each audience has shown, why the limit of parallel projects was passed, or which promise changed."""
    others = {
        "limit": Text("Au-delà de la limite", "Boven de grens", "Above the limit"),
        "promise": Text("Ce qui était promis a changé", "Wat beloofd was, is gewijzigd", "What was promised has changed"),
    }
    return [(name, what) for code, what in gate.evidence.items() if (name := (policy.AUDIENCES | others).get(code))]


def _around(project: Project) -> list[float]:
    if project.bbox is None:
        return []
    west, south, east, north = project.bbox
    return [west - 0.006, south - 0.004, east + 0.006, north + 0.004]


def lessons(request: HttpRequest) -> HttpResponse:
    """Show what projects have learnt, failures included, and where the law stood in their way; searchable."""
    actor: Actor = request.actor
    typed, kind = request.GET.get("q", "").strip()[:200], request.GET.get("kind", "")
    projects = [each for each in store.list_projects(actor, "smart") if each.fiche.lessons or each.fiche.obstacles]
    answering = [each for each in projects if not typed or searching.says(each, typed)]
    learnt = [(each, lesson, words.LESSONS[lesson.kind]) for each in answering for lesson in each.fiche.lessons if kind in ("", lesson.kind)]
    context = {
        "learnt": learnt,
        "obstacles": [(each, found, words.OBSTACLES[found.state]) for each in answering for found in each.fiche.obstacles],
        "typed": typed,
        "kind": kind,
        "kinds": words.LESSONS,
        "any": bool(projects),
    }
    return render(request, "projects/lessons.html", context)
