"""The roadmap: what starts in which quarter, as a timeline and as a list, with its editions and the reason of every change."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from zinneke.kernel.policy import DOMAINS
from zinneke.kernel.problem import Problem
from zinneke.office.selection import drawings, store
from zinneke.office.selection.forms import EditionForm, StepForm, refuse
from zinneke.office.selection.ideas import slug
from zinneke.office.selection.roadmap import as_calendar, quarter
from zinneke.office.selection.values import Edition, StepRow
from zinneke.office.selection.views.shown import may, plain, said_quarter, trail, whole
from zinneke.office.selection.words import STATES

LONGEST = 24


def show(request: HttpRequest) -> HttpResponse:
    """Show the roadmap as it stands now."""
    return _show(request)


def _show(request: HttpRequest, form: EditionForm | None = None) -> HttpResponse:
    actor = request.actor
    steps = [each.row for each in store.list_steps(actor)]
    steps = [each for each in steps if not each.example] or steps
    editions, ceiling = store.list_editions(actor), store.get_ceiling(actor)
    running = sum(1 for each in steps if each.state == "running")
    context = {
        **_drawn(steps), "editions": editions, "ceiling": ceiling, "running": running, "example": any(each.example for each in steps),
        "changes": store.list_changes(actor, limit=20), "form": form or EditionForm(initial={"ceiling": ceiling}), "trail": trail(), **may(request),
    }  # fmt: skip
    return render(request, "selection/roadmap.html", context, status=422 if form else 200)


def edition(request: HttpRequest, number: str) -> HttpResponse:
    """Show one edition as it was published."""
    found = store.get_edition(request.actor, whole(number, 0))
    context = {**_drawn(list(found.steps)), "edition": found, "trail": trail((_("Roadmap"), reverse("roadmap")))}
    return render(request, "selection/edition.html", context)


def _drawn(steps: list[StepRow]) -> dict[str, Any]:
    """Return the timeline of some steps, and the same by quarter."""
    if not steps:
        return {"steps": []}
    first = min(quarter(each.start) for each in steps)
    last = min(max(quarter(each.start) + each.quarters for each in steps), first + LONGEST)
    order = sorted(steps, key=lambda each: (quarter(each.start), list(DOMAINS).index(each.domain) if each.domain in DOMAINS else 9, each.key))
    rows = [
        drawings.Row(plain(each.name), at, min(each.quarters, last - first - at), each.domain, each.state)
        for each in order
        if (at := quarter(each.start) - first) < last - first
    ]
    groups: dict[tuple[str, str], list[Any]] = {}
    for each in order:
        end = said_quarter(quarter(each.start) + each.quarters - 1)
        groups.setdefault((each.start, said_quarter(quarter(each.start))), []).append(
            (each, DOMAINS.get(each.domain), STATES[each.state], end, each.refers.removeprefix("idea:"))
        )
    used = dict.fromkeys(each.domain for each in order if each.domain in DOMAINS)
    return {
        "steps": order, "timeline": drawings.timeline(rows, [said_quarter(at) for at in range(first, last)]), "groups": groups.items(),
        "domains": [(key, DOMAINS[key]) for key in used],
    }  # fmt: skip


def calendar(request: HttpRequest) -> HttpResponse:
    """Give the newest edition as iCalendar."""
    editions = store.list_editions(request.actor)
    found = editions[0] if editions else Edition(number=0, time=timezone.now(), by_name="", reason="", ceiling=0, steps=())
    base = request.build_absolute_uri("/").rstrip("/")
    return HttpResponse(as_calendar(found, base), content_type="text/calendar; charset=utf-8")


@require_POST
def publish(request: HttpRequest) -> HttpResponse:
    """Publish the roadmap as it stands as the next edition."""
    form = EditionForm(request.POST)
    if not form.is_valid():
        return _show(request, form)
    made = store.publish_roadmap(request.actor, form.cleaned_data["reason"], form.cleaned_data["ceiling"])
    return redirect("roadmap-edition", number=str(made.number))


def change(request: HttpRequest, key: str) -> HttpResponse:
    """Change a project on the roadmap: when, how long, in which state, and why."""
    step = store.get_step(request.actor, key)
    row = step.row
    names = {f"name_{language}": row.name.get(language, plain(row.name)) for language in ("fr", "nl")}
    initial = {**names, "domain": row.domain, "start": row.start, "quarters": row.quarters, "state": row.state, "version": step.version}
    form = StepForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid() and _kept(request, form, row):
        return redirect("roadmap")
    context = {"form": form, "step": step, "changes": store.list_changes(request.actor, key), "trail": trail((_("Roadmap"), reverse("roadmap")))}
    return render(request, "selection/step_form.html", context, status=422 if form.errors else 200)


def add(request: HttpRequest) -> HttpResponse:
    """Put a project on the roadmap."""
    form = StepForm(request.POST or None, initial={"quarters": 2, "state": "planned"})
    fresh = request.method == "POST" and form.is_valid()
    if fresh and _kept(request, form, StepRow(key=slug(form.cleaned_data["name_fr"]), name={}, start="2027-Q1")):
        return redirect("roadmap")
    context = {"form": form, "step": None, "changes": [], "trail": trail((_("Roadmap"), reverse("roadmap")))}
    return render(request, "selection/step_form.html", context, status=422 if form.errors else 200)


def _kept(request: HttpRequest, form: StepForm, row: StepRow) -> bool:
    """Keep what was filled in, and say whether it was; what was refused stands on the form."""
    given = form.cleaned_data
    made = StepRow(
        key=row.key, name={**row.name, "fr": given["name_fr"], "nl": given["name_nl"]}, start=given["start"], quarters=given["quarters"],
        about=row.about, domain=given["domain"], refers=row.refers, state=given["state"], level=row.level, area=row.area,
    )  # fmt: skip
    try:
        store.set_step(request.actor, made, given["reason"], given["version"] or 0, given["beyond"])
    except Problem as problem:
        if problem.status in (401, 403, 404):
            raise
        refuse(form, problem)
        return False
    return True
