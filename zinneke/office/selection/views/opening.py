"""An exercise from its opening to its closing: what it is, the options it takes over in bulk, what each of them takes, and its end."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zinneke.kernel.problem import Problem
from zinneke.office.selection import store
from zinneke.office.selection.forms import ExerciseForm, PlanForm, refuse
from zinneke.office.selection.ideas import slug
from zinneke.office.selection.values import STAGES, Exercise, Idea, OptionRow
from zinneke.office.selection.views.shown import language, plain, trail, whole
from zinneke.office.selection.words import STAGES as STAGE_WORDS


def _trail(exercise: Exercise) -> list[tuple[str, str]]:
    return trail((plain(exercise.row.name), reverse("exercise", kwargs={"key": exercise.key})))


def add(request: HttpRequest) -> HttpResponse:
    """Open an exercise on one version of a method."""
    initial = {"first": 10, "kind": "real", "method": request.GET.get("method", "")}
    form = ExerciseForm(request.POST or None, initial=initial, methods=store.list_methods(request.actor))
    if request.method == "POST" and form.is_valid():
        try:
            made = store.add_exercise(request.actor, form.row(slug(form.cleaned_data["name_fr"])[:60].strip("-")))
            return redirect("exercise-options", key=made.key)
        except Problem as problem:
            if problem.status != 409:
                raise
            form.add_error("name_fr", _("There is an exercise with this title already. Give this one another."))
    return render(request, "selection/exercise_form.html", {"form": form, "trail": trail()}, status=422 if form.errors else 200)


def close(request: HttpRequest, key: str) -> HttpResponse:
    """Show what is still open in an exercise, and close it."""
    exercise, told = store.get_exercise(request.actor, key), ""
    if request.method == "POST":
        try:
            store.close_exercise(request.actor, key, whole(request.POST.get("sequence", ""), -1))
            messages.success(request, _("The exercise is closed. Its scores stay as they are."))
            return redirect("exercise", key=key)
        except Problem as problem:
            if problem.status != 409:
                raise
            told = (
                _("This exercise is closed: its scores stay as they are.")
                if problem.title == "Closed"
                else _("Scores or options changed meanwhile. Look at what is open now, then close it.")
            )
    progress = store.list_progress(request.actor, key)
    context = {
        "exercise": exercise, "told": told, "progress": progress, "lacking": sum(each.asked - each.given for each in progress),
        "trail": _trail(exercise),
    }  # fmt: skip
    return render(request, "selection/exercise_close.html", context, status=422 if told else 200)


def options(request: HttpRequest, key: str) -> HttpResponse:
    """Take ideas of a stage (the long list, unless the address says another) over as options: those ticked, or all of them."""
    exercise, told = store.get_exercise(request.actor, key), ""
    stage = next((each for each in STAGES if each == request.GET.get("stage")), "longlist")
    there = {each.key for each in store.get_ledger(request.actor, key).options}
    waiting = [each for each in store.find_ideas(request.actor, facets={"standing": [stage]}, limit=1000).ideas if each.key not in there]
    ticked = set(request.POST.getlist("idea"))
    if request.method == "POST":
        chosen = waiting if request.POST.get("which") == "all" else [each for each in waiting if each.key in ticked]
        try:
            if chosen:
                n = store.add_options(request.actor, key, map(_option, chosen))
                messages.success(request, ngettext("%(n)s option was added.", "%(n)s options were added.", n) % {"n": n})
                return redirect("exercise", key=key)
            told = _("Tick at least one idea that is not an option yet.")
        except Problem as problem:
            if problem.status != 409:
                raise
            told = problem.said_in(language())
    context = {
        "exercise": exercise, "told": told, "there": len(there), "stage": stage, "stage_name": STAGE_WORDS[stage],
        "stages": STAGE_WORDS.items(), "waiting": [(each, each.key in ticked) for each in waiting], "trail": _trail(exercise),
    }  # fmt: skip
    return render(request, "selection/options_form.html", context, status=422 if told else 200)


def _option(idea: Idea) -> OptionRow:
    row = idea.row
    return OptionRow(key=idea.key, name=row.title, about=row.about, domain=row.domain, refers=f"idea:{idea.key}")


def plan(request: HttpRequest, key: str, option: str) -> HttpResponse:
    """Say what an option takes: cost, quarters, people, what it needs and excludes, and whether it must be."""
    exercise, found = store.get_exercise(request.actor, key), store.get_option(request.actor, key, option)
    others = [(each.key, plain(each.row.name)) for each in store.get_ledger(request.actor, key).options if each.key != option]
    now = found.row.plan
    initial = {
        "cost": round(now.cost), "quarters": now.quarters, "people": now.people, "needs": now.needs, "against": now.against, "must": now.must,
        "version": found.version,
    }  # fmt: skip
    form = PlanForm(request.POST or None, initial=initial, others=others)
    if request.method == "POST" and form.is_valid():
        try:
            store.set_plan(request.actor, key, option, form.plan(), form.cleaned_data["version"])
            return redirect("exercise", key=key)
        except Problem as problem:
            if problem.status in (401, 403, 404):
                raise
            refuse(form, problem)
    context = {"exercise": exercise, "option": found, "form": form, "trail": _trail(exercise)}
    return render(request, "selection/plan_form.html", context, status=422 if form.errors else 200)
