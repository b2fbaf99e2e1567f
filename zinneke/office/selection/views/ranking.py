"""A ranking that an adviser understands in a minute: who leads, how firmly, what each weight could change; its address replays it for ever."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from zinneke.kernel.problem import Problem
from zinneke.kernel.text import say_number
from zinneke.office.selection import drawings, results, store
from zinneke.office.selection.results import Firmness, Question, Ranking
from zinneke.office.selection.values import Exercise, Ledger
from zinneke.office.selection.views.shown import language, may, names_of, plain, trail, whole
from zinneke.office.selection.words import WAYS, WAYS_MEAN

FIRM = 0.9


def asked(request: HttpRequest, key: str) -> tuple[Exercise, Ledger, Question, str]:
    """Return the exercise, its state and the question that an address asks, and a sentence where its weights meant nothing."""
    exercise = store.get_exercise(request.actor, key)
    at = request.GET.get("at", "")
    ledger = store.get_ledger(request.actor, key, whole(at, -1) if at else None)
    if (version := request.GET.get("version", "")) and version != str(ledger.method_version):
        raise Problem(404, "Not found", "This exercise stands on another version of the method.")
    weights, told = dict[str, float](), ""
    for each in ledger.method.criteria:
        text = request.GET.get(f"w-{each.key}", "").strip().replace(",", ".")
        if text:
            try:
                weights[each.key] = float(text)
            except ValueError:
                told = _("A weight is a number, such as 20. Those of the method are used instead.")
    way, first = request.GET.get("way", ""), whole(request.GET.get("first", ""), 0)
    try:
        return exercise, ledger, results.question(ledger, way if way in WAYS else "", {} if told else weights, first), told
    except Problem:
        told = _("Weights are from zero upwards, and at least one is above zero. Those of the method are used instead.")
        return exercise, ledger, results.question(ledger, way if way in WAYS else "", None, first), told


def permanent(key: str, ledger: Ledger, question: Question) -> str:
    """Return the address that gives this ranking for ever: exercise, version, state, way and weights."""
    weights = {f"w-{name}": f"{value:g}" for name, value in question.weights.items()}
    query = {"version": ledger.method_version, "at": ledger.sequence, "way": question.way, "first": question.first, **weights}
    return f"{reverse('ranking', kwargs={'key': key})}?{urlencode(query)}"


def show(request: HttpRequest, key: str) -> HttpResponse:
    """Show a ranking, how firm it is, and the form with which to ask another."""
    exercise, ledger, question, told = asked(request, key)
    found = results.rank(ledger, question, results.DRAWS if len(ledger.options) <= 100 else results.DRAWS // 5)
    firmness = results.firmness(ledger, question) if found.lines else None
    names = names_of(ledger.options)
    criteria = {each.key: plain(each.name) for each in ledger.method.criteria}
    lines = [
        (line, drawings.parts(list(line.parts.values())), line.rank <= question.first, _percent(line.firm), points(line.score, question.way))
        for line in found.lines
    ]
    context: dict[str, Any] = {
        "exercise": exercise, "ranking": found, "question": question, "told": told, "lines": lines, "names": names,
        "criteria": [(each, question.weights[each.key], at % 6 + 1) for at, each in enumerate(ledger.method.criteria)],
        "ways": [(way, WAYS[way], WAYS_MEAN[way], way == question.way) for way in WAYS],
        "answer": answer(found, names), "firm": firm(found),
        "aside": [(each, [criteria[key] for key in each.criteria]) for each in found.aside],
        "permanent": permanent(key, ledger, question), "api": f"/api/selection/exercises/{key}/ranking?{_api(ledger, question)}",
        "portfolio": f"{reverse('portfolio', kwargs={'key': key})}?{permanent(key, ledger, question).partition('?')[2]}",
        "trail": trail((plain(exercise.row.name), reverse("exercise", kwargs={"key": key}))),
        "closed_state": ledger.sequence < exercise.sequence, **may(request, key),
    }  # fmt: skip
    if firmness is not None:
        context |= _firmness(firmness, found, names, criteria)
    return render(request, "selection/ranking.html", context)


def _percent(share: float | None) -> str:
    return "" if share is None else say_number(share * 100).said_in(language()) + ("%" if language() == "nl" else "\u00a0%")


def points(score: float, way: str) -> str:
    """Return a score as people read it: points of a hundred, or a net flow between −1 and 1."""
    return say_number(score if way == "promethee" else score * 100, 2 if way == "promethee" else 1).said_in(language())


def _api(ledger: Ledger, question: Question) -> str:
    weights = ",".join(f"{name}:{value:g}" for name, value in question.weights.items())
    return urlencode({"at": ledger.sequence, "way": question.way, "weights": weights, "first": question.first}, safe=":,")


def answer(found: Ranking, names: dict[str, str]) -> str:
    """Return in one sentence who leads."""
    first = [names[line.option.key] for line in found.lines if line.rank <= 3][:3]
    if not first:
        return _("Nothing can be ranked yet: no option has all its scores.")
    if len({line.rank for line in found.lines}) == 1 and len(found.lines) > 1:
        return _("No criterion tells the options apart: all share the first place.")
    return _("%(names)s come first.") % {"names": ", ".join(first)} if len(first) > 1 else _("%(names)s comes first.") % {"names": first[0]}


def firm(found: Ranking) -> tuple[int, int]:
    """Return how many of the first so many stay among them under nine weightings in ten, and how many those are."""
    first = [line for line in found.lines if line.rank <= found.question.first]
    return sum(1 for line in first if (line.firm or 0) >= FIRM), len(first)


def _firmness(firmness: Firmness, found: Ranking, names: dict[str, str], criteria: dict[str, str]) -> dict[str, Any]:
    turnings = [
        (
            each,
            criteria[each.criterion],
            drawings.room(each),
            *(tuple(names[key] for key in pair) if pair else None for pair in (each.below, each.above)),
        )
        for each in firmness.turnings
    ]
    order = [line.option.key for line in found.lines][:20]
    return {
        "turnings": turnings,
        "beside": [(names[key], [firmness.ways[way][key] for way in WAYS]) for key in order],
        "agreement": [(WAYS[each.one], WAYS[each.other], each.kendall, each.spearman) for each in firmness.agreement],
        "reversals": [tuple(names[key] for key in each) for each in firmness.reversals[:12]],
        "reversal_count": len(firmness.reversals),
    }
