"""The base of ideas: the list with its filters, the fiche of one idea with what was decided, and the forms that change them."""

from __future__ import annotations

import csv
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from zinneke.kernel.policy import DOMAINS
from zinneke.kernel.problem import Problem
from zinneke.kernel.refusals import say
from zinneke.kernel.spreadsheet import guard
from zinneke.kernel.text import LANGUAGES
from zinneke.office.selection import intake, store
from zinneke.office.selection.cities import CITIES
from zinneke.office.selection.forms import DecisionForm, IdeaForm, ImportForm, refuse, said, typed
from zinneke.office.selection.ideas import slug
from zinneke.office.selection.values import STAGES, Found
from zinneke.office.selection.views.shown import language, may, plain, trail, whole
from zinneke.office.selection.words import COVERAGE, EVIDENCE, KINDS, STANDINGS

SIZE = 25
FACETS = ("domain", "city", "standing", "coverage", "evidence")


def index(request: HttpRequest) -> HttpResponse:
    """Show the ideas that the address asks for, with filters that never lead to nothing."""
    page = max(1, whole(request.GET.get("page", ""), 1))
    found = _found(request, SIZE, (page - 1) * SIZE)
    labels = {"domain": DOMAINS, "standing": STANDINGS, "coverage": COVERAGE, "evidence": EVIDENCE, "city": CITIES}
    names = {"domain": _("Domain"), "city": _("City"), "standing": _("Stage"), "coverage": _("In the Region"), "evidence": _("How sure")}
    facets = [
        (
            name,
            names[name],
            [
                (value, said(labels[name][value]) if name in labels and value in labels[name] else value, count, value == request.GET.get(name))
                for value, count in found.facets[name].items()
            ],
        )
        for name in FACETS
    ]
    last = max(1, -(-found.total // SIZE))
    context = {
        "found": found, "facets": facets, "q": request.GET.get("q", "")[:300], "reached": request.GET.get("reached", ""), "stages": STANDINGS,
        "chosen": any(request.GET.get(name) for name in (*FACETS, "q", "reached")), "trail": trail(), "standings": STANDINGS, "domains": DOMAINS,
        "before": _at(request, page - 1) if page > 1 else "", "after": _at(request, page + 1) if page < last else "", "page": page, "last": last,
        "query": request.GET.urlencode(), **may(request),
    }  # fmt: skip
    return render(request, "selection/ideas.html", context)


def _at(request: HttpRequest, page: int) -> str:
    kept = {name: value for name, value in request.GET.items() if name != "page" and value}
    return f"?{urlencode({**kept, 'page': page})}"


def _found(request: HttpRequest, limit: int, offset: int) -> Found:
    facets = {name: [value] for name in (*FACETS, "tag") if (value := request.GET.get(name))}
    return store.find_ideas(request.actor, request.GET.get("q", ""), facets, request.GET.get("reached", ""), limit, offset)


def table(request: HttpRequest) -> HttpResponse:
    """Give the same ideas as CSV, in the columns that an import takes."""
    response = HttpResponse(content_type="text/csv; charset=utf-8", headers={"Content-Disposition": 'attachment; filename="ideas.csv"'})
    write = csv.writer(response)
    write.writerow([*intake.COLUMNS, "stage", "out", "coverage", "matches"])
    for idea in _found(request, 1000, 0).ideas:
        row = idea.row
        texts = [getattr(row, name).get(each, "") for name in ("title", "about") for each in LANGUAGES]
        cells = [idea.key, *texts, row.city, row.country, row.domain, row.since or "", ",".join(row.tags), row.source, row.source_url]
        cells += [row.source_date or "", row.evidence, idea.stage, idea.out, idea.coverage, " ".join(idea.matches)]
        write.writerow([guard(cell) for cell in cells])
    return response


def show(request: HttpRequest, key: str) -> HttpResponse:
    """Show one idea, where it stands and why; and take a decision about it."""
    idea = store.get_idea(request.actor, key)
    form = DecisionForm(request.POST or None, idea=idea, initial={"version": idea.version})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            store.decide(request.actor, key, given["kind"], given["reason"], given["version"])
            messages.success(request, _("Decided, and recorded with your name."))
            return redirect("idea", key=key)
        except Problem as problem:
            if problem.status in (401, 403):
                raise
            refuse(form, problem)
    context = {
        "idea": idea, "form": form, "trail": trail((_("Ideas"), reverse("ideas"))), "standing": STANDINGS["out" if idea.out else idea.stage],
        "coverage": COVERAGE.get(idea.coverage), "evidence": EVIDENCE[idea.row.evidence], "domain": DOMAINS.get(idea.row.domain),
        "stages": [(stage, STANDINGS[stage], STAGES.index(stage) <= STAGES.index(idea.stage)) for stage in STAGES],
        "decisions": [(each, KINDS.get(each.kind), COVERAGE.get(each.after.split(" ")[0])) for each in store.list_decisions(request.actor, key)],
        **may(request),
    }  # fmt: skip
    return render(request, "selection/idea.html", context, status=422 if form.errors else 200)


def edit(request: HttpRequest, key: str) -> HttpResponse:
    """Change an idea; what somebody else changed meanwhile is never overwritten."""
    idea = store.get_idea(request.actor, key)
    form = IdeaForm(request.POST or None, initial=typed(idea))
    if request.method == "POST" and form.is_valid():
        try:
            store.set_idea(request.actor, key, form.row(key), form.cleaned_data["version"] or 0)
            return redirect("idea", key=key)
        except Problem as problem:
            if problem.status in (401, 403, 404):
                raise
            refuse(form, problem)
    steps = ((_("Ideas"), reverse("ideas")), (plain(idea.row.title), reverse("idea", kwargs={"key": key})))
    return render(request, "selection/idea_form.html", {"form": form, "idea": idea, "trail": trail(*steps)}, status=422 if form.errors else 200)


def add(request: HttpRequest) -> HttpResponse:
    """Add an idea."""
    form = IdeaForm(request.POST or None, initial={"evidence": "public_knowledge"})
    if request.method == "POST" and form.is_valid():
        row = form.row()
        key = slug(f"{row.city} {next(iter(row.title.values()))}")
        counts = store.set_ideas(request.actor, [form.row(key)]) if not store.find_ideas(request.actor, key, limit=1).total else None
        if counts is not None and counts.added:
            return redirect("idea", key=key)
        told = say(counts.faults[0].what).said_in(language()) if counts and counts.faults else _("An idea with this city and title is there already.")
        form.add_error(None, told)
    context = {"form": form, "idea": None, "trail": trail((_("Ideas"), reverse("ideas")))}
    return render(request, "selection/idea_form.html", context, status=422 if form.errors else 200)


def take(request: HttpRequest) -> HttpResponse:
    """Import a table of ideas, and say row by row what could not be taken."""
    form, counts = ImportForm(request.POST or None, request.FILES or None), None
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data["file"]
        try:
            rows, counts = intake.read(given.name, given.read(intake.LARGEST + 1))
            counts += store.set_ideas(request.actor, rows)
        except Problem as problem:
            if problem.status in (401, 403):
                raise
            refuse(form, problem)
    context = {"form": form, "counts": counts, "trail": trail((_("Ideas"), reverse("ideas"))), "columns": sorted(intake.COLUMNS.items())}
    return render(request, "selection/import.html", context, status=422 if form.errors else 200)


def doubles(request: HttpRequest) -> HttpResponse:
    """Show pairs of ideas that look like one, to merge or tell apart."""
    pairs = store.list_doubles(request.actor)
    return render(request, "selection/doubles.html", {"pairs": pairs, "trail": trail((_("Ideas"), reverse("ideas"))), "language": language()})


@require_POST
def settle_double(request: HttpRequest, key: str) -> HttpResponse:
    """Merge an idea into another, or say that they are two."""
    other, reason = request.POST.get("other", ""), request.POST.get("reason", "").strip()[:1000]
    if request.POST.get("kind") == "merge":
        store.merge(request.actor, key, other, reason or _("The same idea."))
    else:
        store.keep_apart(request.actor, key, other, reason or _("Two different ideas."))
    return redirect("idea-doubles")
