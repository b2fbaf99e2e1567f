"""The methods as they are published: criteria, scales, weights and rules; the next version of one; and weights from comparisons two by two."""

from __future__ import annotations

from itertools import combinations
from math import isfinite
from typing import Any, Literal
from urllib.parse import urlencode

import msgspec
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from zinneke.kernel.problem import Problem
from zinneke.office.selection import store
from zinneke.office.selection.ideas import slug
from zinneke.office.selection.rules import hierarchy
from zinneke.office.selection.rules.ranking import NORMALISATIONS
from zinneke.office.selection.rules.table import share
from zinneke.office.selection.values import Criterion, Method, MethodRow
from zinneke.office.selection.views.shown import language, may, plain, trail, whole
from zinneke.office.selection.words import MISSING, WAYS, WAYS_MEAN

SENT = {
    "name": "new-name", "name_nl": "new-name-nl", "weight": "new-weight", "low": "new-low", "high": "new-high", "step": "new-step",
    "less": "new-less", "note": "note", "way": "way", "missing": "missing",
}  # fmt: skip
JUDGEMENTS = (9, 7, 5, 3, 1, -3, -5, -7, -9)


def index(request: HttpRequest) -> HttpResponse:
    """Show every version of every method."""
    return render(request, "selection/methods.html", {"methods": store.list_methods(request.actor), "trail": trail()})


def _get(request: HttpRequest, key: str, version: str) -> Method:
    return store.get_method(request.actor, key, whole(version, 0))


def show(request: HttpRequest, key: str, version: str) -> HttpResponse:
    """Show one version of a method."""
    method = _get(request, key, version)
    versions = [each for each in store.list_methods(request.actor) if each.key == key]
    shares = share([each.weight for each in method.row.criteria])
    criteria = [(each, float(part) * 100) for each, part in zip(method.row.criteria, shares, strict=True)]
    context = {
        "method": method, "versions": versions, "criteria": criteria,
        "way": WAYS[method.row.way], "way_means": WAYS_MEAN[method.row.way], "missing": MISSING[method.row.missing],
        "newest": versions[0].version == method.version, "trail": trail((_("Methods"), reverse("methods"))), **may(request),
    }  # fmt: skip
    return render(request, "selection/method.html", context)


def renew(request: HttpRequest, key: str, version: str) -> HttpResponse:
    """Make the next version of a method: weights, vetoes, rules, and one criterion more; published, the former ones stay."""
    method, faults = _get(request, key, version), dict[str, str]()
    if request.method == "POST":
        try:
            row = _typed(request, method, faults)
            if not faults:
                made = store.add_method(request.actor, row, request.POST.get("note", ""), method.version)
                return redirect("method", key=key, version=str(made.version))
        except Problem as problem:
            if problem.status in (401, 403, 404):
                raise
            changed = problem.title == "Changed meanwhile"
            faults[str(problem.extra.get("where", ""))] = (
                _("Another version was published meanwhile. Open it, and make yours from it.") if changed else problem.said_in(language())
            )
    sent = request.POST if request.method == "POST" else None
    rows = [
        (each, sent.get(f"weight-{each.key}", "") if sent else request.GET.get(f"weight-{each.key}", f"{each.weight:g}"),
         sent.get(f"veto-{each.key}", "") if sent else "" if each.veto is None else f"{each.veto:g}", faults.get(each.key, ""))
        for each in method.row.criteria
    ]  # fmt: skip
    context = {
        "method": method, "rows": rows, "faults": faults, "sent": {name: request.POST.get(key, "") for name, key in SENT.items()},
        "ways": WAYS.items(), "missing": MISSING.items(), "normalisations": NORMALISATIONS, "trail": trail((_("Methods"), reverse("methods"))),
    }  # fmt: skip
    return render(request, "selection/method_form.html", context, status=422 if faults else 200)


def _typed(request: HttpRequest, method: Method, faults: dict[str, str]) -> MethodRow:
    """Return the method as it was filled in; what cannot be read is noted at its criterion."""
    criteria = []
    for each in method.row.criteria:
        try:
            weight, veto = _number(request, f"weight-{each.key}"), _number(request, f"veto-{each.key}")
            if not request.POST.get(f"drop-{each.key}"):
                criteria.append(msgspec.structs.replace(each, weight=weight or 0.0, veto=veto))
        except ValueError:
            faults[each.key] = _("Weight and threshold are numbers.")
    if name := request.POST.get("new-name", "").strip()[:100]:
        try:
            criteria.append(_added(request, name))
        except ValueError:
            faults["new-name"] = _("Weight, ends and step of the new criterion are numbers, and the step is above zero.")
    rules = {name: request.POST[name] for name in ("way", "missing", "normalisation") if request.POST.get(name)}
    return msgspec.convert({**msgspec.to_builtins(method.row), "criteria": msgspec.to_builtins(criteria), **rules}, MethodRow)


def _added(request: HttpRequest, name: str) -> Criterion:
    """Return the criterion that is new, on the scale that was filled in (1 to 5 in whole steps where nothing was). Raises `ValueError`."""
    figures = {"low": 1.0, "high": 5.0, "step": 1.0, "weight": 10.0}
    given = {key: usual if (value := _number(request, f"new-{key}")) is None else value for key, usual in figures.items()}
    if not (given["low"] < given["high"] and 0 < given["step"] <= given["high"] - given["low"]):
        raise ValueError
    names = {"fr": name, "nl": request.POST.get("new-name-nl", "").strip()[:100] or name}
    better: Literal["more", "less"] = "less" if request.POST.get("new-less") else "more"
    return Criterion(
        key=slug(name)[:50], name=names, better=better, low=given["low"], high=given["high"], step=given["step"], weight=given["weight"]
    )  # fmt: skip


def _number(request: HttpRequest, name: str) -> float | None:
    """Return a finite number that was filled in, None where nothing was. Raises `ValueError`."""
    text = request.POST.get(name, "").strip().replace(",", ".")
    if not text:
        return None
    if not isfinite(value := float(text)):
        raise ValueError
    return value


def weights(request: HttpRequest, key: str, version: str) -> HttpResponse:
    """Find weights by comparing criteria two by two (AHP); the address keeps the judgements."""
    method = _get(request, key, version)
    criteria = method.row.criteria
    if len(criteria) > hierarchy.MOST:
        raise Problem(400, "Too many criteria", f"Comparisons two by two serve up to {hierarchy.MOST} criteria.")
    judged, rows = dict[tuple[int, int], float](), list[Any]()
    for one, other in combinations(range(len(criteria)), 2):
        text = request.GET.get(f"j-{one}-{other}", "1")
        value = next((each for each in JUDGEMENTS if str(each) == text), 1)
        judged[one, other] = float(value) if value > 0 else 1 / -value
        rows.append((f"j-{one}-{other}", plain(criteria[one].name), plain(criteria[other].name), value))
    found = hierarchy.weigh(hierarchy.complete(judged, len(criteria)))
    named = [plain(each.name) for each in criteria]
    taken = {f"weight-{each.key}": f"{float(part) * 100:.2f}" for each, part in zip(criteria, found.weights, strict=True)}
    worst = (named[found.worst[0]], named[found.worst[1]]) if found.worst and not found.consistent else None
    context = {
        "method": method, "rows": rows, "judgements": JUDGEMENTS, "found": found, "worst": worst, "asked": bool(request.GET), "language": language(),
        "take": f"{reverse('method-renew', kwargs={'key': key, 'version': version})}?{urlencode(taken)}", **may(request),
        "weights": [(name, float(a) * 100, float(b) * 100) for name, a, b in zip(named, found.weights, found.geometric, strict=True)],
        "trail": trail((_("Methods"), reverse("methods")), (plain(method.row.name), reverse("method", kwargs={"key": key, "version": version}))),
    }  # fmt: skip
    return render(request, "selection/weights.html", context)
