"""What was found is carried on: a portfolio into the roadmap, a screening's verdicts into decisions; looked at first, then done with a reason."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zinneke.kernel.problem import Problem
from zinneke.office.selection import results, store
from zinneke.office.selection.carrying import verdicts_of
from zinneke.office.selection.forms import CarryForm, VerdictsForm, refuse
from zinneke.office.selection.roadmap import QUARTER, say_quarter
from zinneke.office.selection.rules import portfolio
from zinneke.office.selection.rules.programme import Contradiction
from zinneke.office.selection.values import STAGES, Carried, Exercise, Option, Step, StepRow
from zinneke.office.selection.views.portfolio import START, posed
from zinneke.office.selection.views.shown import plain, trail
from zinneke.office.selection.words import STAGES as STAGE_WORDS
from zinneke.office.selection.words import STATES


@dataclass(frozen=True, slots=True)
class Line:
    """One chosen option on the form: what was typed, where it stands on the roadmap already, and what is wrong."""

    option: Option
    known: Step | None
    on: bool
    start: str
    state: str
    reason: str
    fault: str = ""


def _seen(*parts: object) -> str:
    return sha256(repr(parts).encode()).hexdigest()


def _trail(exercise: Exercise, *steps: tuple[str, str]) -> list[tuple[str, str]]:
    return trail((plain(exercise.row.name), reverse("exercise", kwargs={"key": exercise.key})), *steps)


def to_roadmap(request: HttpRequest, key: str) -> HttpResponse:
    """Show what a portfolio would put on the roadmap, quarter by quarter, and carry it there."""
    asked = posed(request, key)
    address = f"{reverse('portfolio', kwargs={'key': key})}?{request.GET.urlencode()}"
    if asked.frame is None:
        return redirect(address)
    try:
        choice = portfolio.choose(asked.candidates, asked.frame)
    except Contradiction:
        return redirect(address)
    options = {each.key: each for each in asked.ledger.options}
    on_roadmap = {each.key: each for each in store.list_steps(request.actor)}
    order = sorted(choice.starts.items(), key=lambda each: (each[1], each[0]))
    lines = [_line(request, options[name], on_roadmap.get(name), say_quarter(START + start)) for name, start in order]
    seen = _seen(asked.ledger.digest, sorted(choice.starts), [(each.option.key, each.known.version if each.known else 0) for each in lines])
    usual = _("Chosen by the portfolio of “%(exercise)s”, state %(state)s.") % {
        "exercise": plain(asked.exercise.row.name), "state": asked.ledger.sequence,
    }  # fmt: skip
    form = CarryForm(request.POST or None, initial={"reason": usual, "seen": seen})
    if request.method == "POST" and form.is_valid() and _carry(request, form, asked.exercise, lines, seen):
        return redirect("roadmap")
    context = {
        "exercise": asked.exercise, "form": form, "lines": lines, "states": [(name, STATES[name]) for name in ("planned", "running")],
        "ceiling": store.get_ceiling(request.actor), "trail": _trail(asked.exercise, (_("Portfolio"), address)),
    }  # fmt: skip
    faulty = bool(form.errors) or any(each.fault for each in lines)
    return render(request, "selection/carry_form.html", context, status=422 if faulty else 200)


def _line(request: HttpRequest, option: Option, known: Step | None, start: str) -> Line:
    """Return a chosen option as the form shows it, or as it was filled in."""
    key = option.key
    if request.method != "POST":
        return Line(option, known, True, start, known.row.state if known and known.row.state == "running" else "planned", "")
    typed = request.POST.get(f"start-{key}", "").strip().upper()
    fault = "" if QUARTER.fullmatch(typed) and "2000" <= typed[:4] <= "2100" else _("Write a quarter as 2027-Q1.")
    on = bool(request.POST.get(f"on-{key}"))
    state = "running" if request.POST.get(f"state-{key}") == "running" else "planned"
    return Line(option, known, on, typed, state, request.POST.get(f"reason-{key}", "").strip()[:5000], fault if on else "")


def _carry(request: HttpRequest, form: CarryForm, exercise: Exercise, lines: list[Line], seen: str) -> bool:
    """Carry what was ticked, and say whether it was; what was refused stands on the form."""
    if any(each.fault for each in lines):
        form.add_error(None, _("Write a quarter as 2027-Q1."))
        return False
    if form.cleaned_data["seen"] != seen:
        form.add_error(None, _("Scores or the roadmap changed meanwhile. Nothing was carried: look at what is shown now."))
        form.data = {**request.POST.dict(), "seen": seen}
        return False
    steps = [_carried(each, exercise, form.cleaned_data["reason"]) for each in lines if each.on]
    if not steps:
        form.add_error(None, _("Tick at least one project."))
        return False
    try:
        n = len(store.carry_steps(request.actor, steps, form.cleaned_data["beyond"]))
    except Problem as problem:
        if problem.status in (401, 403, 404):
            raise
        refuse(form, problem)
        return False
    messages.success(request, ngettext("%(n)s project was carried into the roadmap.", "%(n)s projects were carried into the roadmap.", n) % {"n": n})
    return True


def _carried(line: Line, exercise: Exercise, reason: str) -> Carried:
    option, held = line.option.row, line.known.row if line.known else None
    row = StepRow(
        key=option.key, name=held.name if held else option.name, start=line.start, quarters=option.plan.quarters,
        about=held.about if held else option.about, domain=option.domain, refers=option.refers or (held.refers if held else ""),
        state=line.state, example=exercise.row.example and (held is None or held.example),  # type: ignore[arg-type]
        level=held.level if held else exercise.row.level, area=held.area if held else exercise.row.area,
    )  # fmt: skip
    return Carried(row=row, reason=line.reason or reason, version=line.known.version if line.known else 0)


def to_decisions(request: HttpRequest, key: str) -> HttpResponse:
    """Show what a screening says of the ideas at a stage, counted, and record a decision for each."""
    exercise, ledger = store.get_exercise(request.actor, key), store.get_ledger(request.actor, key)
    stage = next((each for each in STAGES[:-1] if each == request.GET.get("stage")), STAGES[0])
    ranking = results.rank(ledger, results.question(ledger))
    at_stage = store.find_ideas(request.actor, facets={"standing": [stage]}, limit=1000).ideas
    verdicts = verdicts_of(ranking, at_stage, stage)
    titles, names = {each.key: each for each in at_stage}, {each.key: plain(each.name) for each in ledger.method.criteria}
    shown = [(each, titles[each.idea], ", ".join(names[name] for name in each.criteria)) for each in verdicts]
    counts, seen = Counter(each.kind for each in verdicts), _seen(ledger.digest, stage, verdicts)
    form = VerdictsForm(request.POST or None, initial={"seen": seen})
    if request.method == "POST" and form.is_valid() and _decided(request, form, shown, seen):
        return redirect("selection")
    context: dict[str, Any] = {
        "exercise": exercise, "form": form, "verdicts": shown, "passing": counts["pass"], "leaving": counts["exclude"],
        "open": sum(1 for each in ranking.aside if each.why == "missing"), "elsewhere": len(ledger.options) - len(verdicts), "stage": stage,
        "stage_name": STAGE_WORDS[stage], "stages": [(name, STAGE_WORDS[name]) for name in STAGES[:-1]], "trail": _trail(exercise),
    }  # fmt: skip
    return render(request, "selection/verdicts_form.html", context, status=422 if form.errors else 200)


def _decided(request: HttpRequest, form: VerdictsForm, shown: list[Any], seen: str) -> bool:
    """Record the decisions, and say whether they were."""
    if form.cleaned_data["seen"] != seen:
        form.add_error(None, _("Scores or ideas changed meanwhile. Nothing was decided: look at the verdicts as they are now."))
        form.data = {**request.POST.dict(), "seen": seen}
        return False
    reason, below = form.cleaned_data["reason"], _("Beyond the threshold:")
    try:
        n = store.carry_verdicts(request.actor, [(each, f"{reason} {below} {why}." if why else reason) for each, _idea, why in shown])
    except Problem as problem:
        if problem.status in (401, 403, 404):
            raise
        refuse(form, problem)
        return False
    messages.success(request, ngettext("%(n)s decision was recorded.", "%(n)s decisions were recorded.", n) % {"n": n})
    return True
