"""The portfolio: what to choose within what there is, why each of the others is out, and what more money would bring."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from zinneke.kernel.problem import Problem
from zinneke.kernel.text import say_number
from zinneke.office.selection import drawings, results, store
from zinneke.office.selection.forms import FrameForm
from zinneke.office.selection.results import Question
from zinneke.office.selection.rules import portfolio
from zinneke.office.selection.rules.portfolio import Choice
from zinneke.office.selection.rules.programme import Candidate, Contradiction, Frame
from zinneke.office.selection.values import Exercise, Ledger, Option
from zinneke.office.selection.views.ranking import asked, permanent
from zinneke.office.selection.views.shown import language, may, names_of, plain, said_quarter, say_clauses, trail

START = 2027 * 4
DEFAULTS = {"quarters": 8}


@dataclass(frozen=True, slots=True)
class Posed:
    """What an address asks of a portfolio; `frame` is None where its form has faults."""

    exercise: Exercise
    ledger: Ledger
    question: Question
    told: str
    candidates: list[Candidate]
    blocked: list[tuple[Option, str]]
    form: FrameForm
    frame: Frame | None


def posed(request: HttpRequest, key: str) -> Posed:
    """Return what an address asks: the ranked options of an exercise, and the frame to choose within."""
    exercise, ledger, question, told = asked(request, key)
    candidates, blocked = results.candidates(results.rank(ledger, question))
    usual = {**DEFAULTS, "parallel": store.get_ceiling(request.actor), "budget": int(round(sum(each.cost for each in candidates) / 3, -4)) or None}
    form = FrameForm({**usual, **{name: request.GET[name] for name in FrameForm.base_fields if name in request.GET}})
    frame = None
    if form.is_valid():
        given = form.cleaned_data
        people = (float(given["people"]),) * given["quarters"] if given["people"] is not None else ()
        frame = Frame(periods=given["quarters"], budget=given["budget"], people=people, parallel=given["parallel"])
    return Posed(exercise, ledger, question, told, candidates, blocked, form, frame)


def show(request: HttpRequest, key: str) -> HttpResponse:
    """Show the best choice within the frame that the address gives."""
    found = posed(request, key)
    ledger, names = found.ledger, names_of(found.ledger.options)
    query = {name: value for name, value in request.GET.items() if name != "enter"}
    context: dict[str, Any] = {
        "exercise": found.exercise, "form": found.form, "told": found.told, "question": found.question, "names": names,
        "ranking": permanent(key, ledger, found.question), "carry": f"{reverse('portfolio-carry', kwargs={'key': key})}?{urlencode(query)}",
        "kept": [(name, value) for name, value in request.GET.items() if name not in FrameForm.base_fields and name != "enter"],
        "blocked": [(plain(option.row.name), names.get(need, need)) for option, need in found.blocked],
        "trail": trail((plain(found.exercise.row.name), reverse("exercise", kwargs={"key": key}))), **may(request, key),
    }  # fmt: skip
    if found.frame is not None:
        context |= _chosen(request, found.candidates, found.frame, names, {each.key: each.row.domain for each in ledger.options})
    return render(request, "selection/portfolio.html", context, status=422 if found.form.errors else 200)


def _chosen(request: HttpRequest, candidates: list[Candidate], frame: Frame, names: dict[str, str], domains: dict[str, str]) -> dict[str, Any]:
    try:
        choice = portfolio.choose(candidates, frame)
    except Contradiction as fault:
        return {"contradiction": say_clauses(fault.clauses, names)}
    by_key = {each.key: each for each in candidates}
    order = sorted(choice.starts.items(), key=lambda each: (each[1], -by_key[each[0]].value))
    rows = [drawings.Row(names[key], start, by_key[key].periods, domains.get(key, "")) for key, start in order]
    kept = {name: value for name, value in request.GET.items() if name != "enter"}
    outside = [each for each in candidates if each.key not in choice.starts]
    found = {
        "choice": choice, "frame": frame, "count": len(candidates),
        "inside": [(names[key], by_key[key], said_quarter(START + start)) for key, start in order],
        "outside": [(names[each.key], each, f"?{urlencode({**kept, 'enter': each.key})}#enter") for each in outside],
        "timeline": drawings.timeline(rows, [said_quarter(START + at) for at in range(frame.periods)]),
        "busiest": max(portfolio.running(choice.starts, candidates, frame.periods), default=0), **_front(candidates, frame, choice),
    }  # fmt: skip
    if wanted := request.GET.get("enter", ""):
        found["entry"] = _entry(candidates, frame, wanted, choice, names)
    return found


def _front(candidates: list[Candidate], frame: Frame, choice: Choice) -> dict[str, Any]:
    found = portfolio.front(candidates, frame, most=40, seconds=3, unit=1000)
    if len(found.choices) < 2:
        return {}
    dots = [drawings.Dot(each.value, each.cost, abs(each.value - choice.value) < 1e-6) for each in found.choices]
    dearest = max(dot.cost for dot in dots)
    say = [(part * dearest, say_number(part * dearest / 1000).said_in(language()) + " k€") for part in (0.25, 0.5, 0.75, 1.0)]
    return {
        "front": drawings.front(dots, _("Value (points)"), _("Cost"), say),
        "front_rows": [(each.cost, each.value, len(each.starts), abs(each.value - choice.value) < 1e-6) for each in found.choices],
        "front_complete": found.complete,
    }


def _entry(candidates: list[Candidate], frame: Frame, wanted: str, choice: Choice, names: dict[str, str]) -> dict[str, Any] | None:
    try:
        entry = portfolio.enter(candidates, frame, wanted, choice)
    except Problem:
        return None
    own = next(each for each in candidates if each.key == wanted)
    return {
        "name": names[wanted], "entry": entry, "own": own, "why": say_clauses(entry.why, names),
        "leaving": [names[key] for key in entry.leaving], "entering": [names[key] for key in entry.entering],
    }  # fmt: skip
