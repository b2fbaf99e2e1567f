"""Following projects: one's own, the manager's board, gates, what projects have in common, and files to import."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from zinneke.kernel.chart import Bar, BarChart
from zinneke.kernel.confidentiality import Actor, Right
from zinneke.kernel.load import Counts
from zinneke.kernel.problem import Problem
from zinneke.kernel.text import Text
from zinneke.office.projects import intake, places, rules, store, words
from zinneke.office.projects.forms import GateForm, spoken
from zinneke.office.projects.values import Data, Pair, Passage, Project
from zinneke.office.projects.views.inventory import Pages, datasets, shown

SIZE = 20


@dataclass(frozen=True, slots=True)
class Money:
    """Budgets together, in euro: how many projects tell theirs, and the sums."""

    told: int
    planned: float
    committed: float
    spent: float

    @classmethod
    def of(cls, projects: list[Project]) -> Money:
        """Return the sums over projects."""
        fiches = [each.fiche for each in projects]
        sums = [sum(amount for each in fiches if (amount := getattr(each, name)) is not None) for name in ("planned", "committed", "spent")]
        return cls(sum(each.planned is not None for each in fiches), *sums)


@never_cache
def mine(request: HttpRequest) -> HttpResponse:
    """Show the projects of one's organisation, those that ask for something first, and the drafts one has begun."""
    actor: Actor = request.actor
    today = timezone.localdate()
    listed = shown([each for each in store.list_own(actor) if each.fiche.kind == "smart"], store.list_organisations(actor), today)
    asking = [each for each in listed if _asks(each.project, today)]
    return render(
        request,
        "projects/mine.html",
        {
            "more": len(asking) - 20,
            "asking": [(each, _asks(each.project, today)) for each in asking],
            "listed": [each for each in listed if each not in asking],
            "drafts": store.list_drafts(actor),
        },
    )


def _asks(project: Project, today: date) -> list[Text]:
    """Return what a project asks of its owner."""
    asked = []
    if rules.is_old(project, today):
        asked.append(
            Text(
                "À confirmer : personne ne l’a fait depuis un an",
                "Te bevestigen: niemand deed het sinds een jaar",
                "To confirm: nobody has for a year",
            )
        )
    if late := rules.late_milestones(project.fiche, today):
        n = len(late)
        asked.append(Text(f"{n} jalon{'s' * (n > 1)} en retard", f"{n} late mijlpa{'len' if n > 1 else 'al'}", f"{n} late milestone{'s' * (n > 1)}"))
    if project.fiche.health == "act":
        asked.append(words.HEALTH["act"])
    return asked


@never_cache
def board(request: HttpRequest) -> HttpResponse:
    """Show the manager how all projects are doing: phases, health, late milestones, budget, and how many run at a time."""
    actor: Actor = request.actor
    store.check_room(actor, Right.COMMAND)
    if request.method == "POST":
        typed = request.POST.get("limit", "").strip()
        if not (typed.isascii() and typed.isdigit() and len(typed) < 6):
            return _board(request, typed)
        store.set_limit(actor, int(typed))
        messages.success(request, _("The limit is set."))
        return redirect("project-board")
    return _board(request, None)


def _board(request: HttpRequest, typed: str | None) -> HttpResponse:
    actor: Actor = request.actor
    today = timezone.localdate()
    projects = store.list_projects(actor, "smart")
    listed = shown(projects, store.list_organisations(actor), today)
    counted = Counter[str](each.phase for each in projects)
    health = Counter[str](each.fiche.health for each in projects)
    title = Text("Projets par phase", "Projecten per fase", "Projects by phase").said_in(spoken())
    bars = [Bar(name.said_in(spoken()), counted[phase]) for phase, name in words.PHASES.items()]
    context = {
        "phases": BarChart(key="phases", title=title, caption="", unit="1", bars=bars),
        "health": [(code, name, health[code]) for code, name in words.HEALTH.items()],
        "late": [(each, stone) for each in listed for stone in rules.late_milestones(each.fiche, today)],
        "behind": [each for each in listed if each.standing.late],
        "risky": [(each, risk) for each in listed for risk in each.fiche.risks if risk.weight == "high"],
        "old": sum(rules.is_old(each, today) for each in projects),
        "ownerless": sum(each.fiche.owner == "unnamed" for each in projects),
        "total": len(projects),
        "money": Money.of(projects),
        "running": store.get_running(actor),
        "limit": store.get_limit(actor),
        "typed": typed,
        "open_pairs": len(store.list_pairs(actor, kind="smart")),
    }
    return render(request, "projects/board.html", context, status=422 if typed is not None else 200)


@never_cache
def gate(request: HttpRequest, key: str) -> HttpResponse:
    """Decide whether a project passes to another phase. Raises `Problem` 404, 403."""
    actor: Actor = request.actor
    project = store.get_project(actor, key)
    if not store.check_editable(actor, key, Right.COMMAND):
        raise Problem(403, "Not allowed", "You may not decide about this project.")
    ways = rules.open_gates(project.phase)
    at = rules.ORDER.index(project.phase)
    first = next((way for way in ways if rules.ORDER.index(way) == at + 1), ways[0])
    form = GateForm(request.POST or None, audiences=project.fiche.audiences, ways=ways, initial={"to": first})
    status = 200
    if request.method == "POST" and form.is_valid():
        evidence = {
            name.removeprefix("evidence-"): typed for name, typed in form.cleaned_data.items() if name.startswith("evidence-") and typed.strip()
        }
        wish = Passage(
            to=form.cleaned_data["to"], reason=form.cleaned_data["reason"], above_limit=form.cleaned_data["above_limit"], evidence=evidence
        )
        version = request.POST.get("version", "")
        try:
            store.pass_gate(actor, key, wish, int(version) if version.isascii() and version.isdigit() else None)
        except Problem as problem:
            status = problem.status
            for fault in problem.extra.get("faults", ()):
                form.put(fault["field"], fault["what"])
            if not problem.extra.get("faults"):
                form.put("", CHANGED)
        else:
            messages.success(request, _("The decision is taken and kept."))
            return redirect("project", key=key)
    context = {
        "project": project,
        "name": project.name_in(spoken()),
        "form": form,
        "phase": words.PHASES[project.phase],
        "limit": store.get_limit(actor),
        "running": store.get_running(actor),
    }
    return render(request, "projects/gate.html", context, status=status)


CHANGED = Text(
    "Ce projet a changé entre-temps. Relisez-le avant de décider ; rien n’a été enregistré.",
    "Dit project is intussen gewijzigd. Lees het opnieuw voor u beslist; er is niets bewaard.",
    "This project changed meanwhile. Read it again before you decide; nothing was kept.",
)


@never_cache
def synergies(request: HttpRequest) -> HttpResponse:
    """Show what projects have in common, the weightiest first, until somebody accepts or refuses it."""
    return _synergies(request, None, "")


def _synergies(request: HttpRequest, faulty: int | None, typed: str) -> HttpResponse:
    actor: Actor = request.actor
    state = request.GET.get("state", "open")
    state = state if state in words.PAIR_STATES else "open"
    kind = request.GET.get("kind", "smart")
    kind = kind if kind in words.KINDS else "smart"
    pairs = store.list_pairs(actor, state, kind)
    at = int(page) if (page := request.GET.get("page", "")).isascii() and page.isdigit() and 0 < len(page) < 5 else 1
    parts = {each.key: each.name_in(spoken()) for each in store.list_components(actor)}
    there = f"?state={state}&kind={kind}&page="
    context = {
        "pairs": [_pair(actor, each, parts) for each in pairs[(at - 1) * SIZE : at * SIZE]],
        "total": len(pairs),
        "state": state,
        "kind": kind,
        "kinds": words.KINDS,
        "states": [(code, name, len(store.list_pairs(actor, code, kind))) for code, name in words.PAIR_STATES.items()],
        "pages": Pages(f"{there}{at - 1}" if at > 1 else "", f"{there}{at + 1}" if at * SIZE < len(pairs) else ""),
        "faulty": faulty,
        "typed": typed,
        "query": request.GET.urlencode(),
    }
    return render(request, "projects/synergies.html", context, status=422 if faulty else 200)


def _pair(actor: Actor, each: Pair, parts: dict[str, str]) -> tuple[Pair, list[tuple[Text, str]]]:
    return each, [(words.REASONS[reason.kind], said(actor, reason.kind, reason.what, parts)) for reason in each.reasons]


def said(actor: Actor, kind: str, what: str, parts: dict[str, str]) -> str:
    """Say what exactly two projects share; `parts` gives the names of components by key."""
    if kind == "component":
        return parts.get(what, what)
    if kind in ("data", "feeds"):
        return datasets(actor, [Data(key=what)])[0][0]
    if kind == "public":
        return ", ".join(words.AUDIENCES[code].said_in(spoken()).lower() for code in what.split(", ") if code in words.AUDIENCES)
    if kind == "time":
        days = int(what)
        return (rules.span(days) if days else Text("ils se chevauchent", "ze overlappen", "they overlap")).said_in(spoken())
    return what


@never_cache
@require_POST
def settle(request: HttpRequest, id: str) -> HttpResponse:
    """Accept or refuse what two projects have in common, with a reason."""
    number = int(id) if id.isascii() and id.isdigit() and len(id) < 18 else 0
    reason = request.POST.get("reason", "")
    try:
        store.settle_pair(request.actor, number, request.POST.get("decision", ""), reason)
    except Problem as problem:
        if problem.status == 422:
            return _synergies(request, number, reason)
        if problem.status != 409:
            raise
        messages.warning(request, _("Somebody decided this before you: their decision stands."))
    else:
        messages.success(request, _("Your decision is kept."))
    return redirect("synergies")


@never_cache
def take_file(request: HttpRequest) -> HttpResponse:
    """Take projects from a CSV file or an Excel workbook, and say what became of every row."""
    actor: Actor = request.actor
    store.check_room(actor, Right.EDIT)
    counts: Counts | None = None
    fault: Text | None = None
    file = request.FILES.get("file") if request.method == "POST" else None
    if request.method == "POST" and file is None:
        fault = Text("Choisissez d’abord un fichier.", "Kies eerst een bestand.", "Choose a file first.")
    elif file is not None and (file.size or 0) > intake.LARGEST:
        fault = TOO_LARGE
    elif file is not None:
        try:
            counts = store.take_projects(actor, intake.read(file.read(), places.lookups(actor)), language=spoken())
        except Problem as problem:
            fault = TOO_LARGE if problem.status == 413 else NO_TABLE
    context = {"counts": counts, "fault": fault, "headings": [(member, names) for member, names in intake.HEADINGS.items()], "domains": words.ICONS}
    return render(request, "projects/import.html", context, status=422 if fault else 200)


TOO_LARGE = Text(
    "Ce fichier est trop grand : 5 Mo et 5 000 lignes au plus. Rien n’a été pris ; partagez-le en plusieurs fichiers.",
    "Dit bestand is te groot: hoogstens 5 MB en 5.000 rijen. Er is niets overgenomen; splits het in meerdere bestanden.",
    "This file is too large: 5 MB and 5,000 rows at the most. Nothing was taken; split it into several files.",
)
NO_TABLE = Text(
    "Ce fichier n’est pas un tableau de projets : la première ligne doit porter des titres, dont un nom, un responsable et un domaine.",
    "Dit bestand is geen tabel met projecten: de eerste rij moet titels bevatten, waaronder een naam, een verantwoordelijke en een domein.",
    "This file is no table of projects: the first row must hold headings, among them a name, an owner and a domain.",
)
