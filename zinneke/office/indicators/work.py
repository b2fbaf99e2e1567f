"""The pages of those who propose, enter and decide."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from zinneke.kernel.confidentiality import Actor, Right
from zinneke.kernel.load import Counts
from zinneke.kernel.problem import Problem
from zinneke.office.indicators import figures, store
from zinneke.office.indicators import sentences as say
from zinneke.office.indicators.forms import EvidenceForm, ImportForm, SheetForm, ValueForm, filled
from zinneke.office.indicators.periods import say_period
from zinneke.office.indicators.values import Indicator, Value, ValueRow
from zinneke.office.indicators.views import language, names_of


def propose(request: HttpRequest) -> HttpResponse:
    """Propose an indicator."""
    actor: Actor = request.actor
    form = SheetForm(request.POST or None, initial={"owner": actor.organisation or ""})
    if request.method == "POST" and form.is_valid():
        try:
            found = store.propose(actor, form.cleaned_data["key"], form.sheet(), contact=form.cleaned_data["contact"])
            return redirect("indicator-edit", key=found.key)
        except Problem as problem:
            _blame(form, problem)
    return render(request, "indicators/sheet.html", {"form": form, "new": True}, status=422 if form.errors else 200)


def edit(request: HttpRequest, key: str) -> HttpResponse:
    """Change a proposal, or write the next version of a definition; nothing of somebody else's is overwritten."""
    actor: Actor = request.actor
    found = store.get_indicator(actor, key)
    if not store.may(actor, Right.EDIT, key):
        raise Problem(403, "Not allowed", f"You may not change the indicator {key}. Ask an administrator for a role that does.")
    opened = next((each for each in store.list_versions(actor, key) if each.number == found.open), None)
    shown = opened.sheet if opened else found.sheet
    initial = {
        **filled(shown),
        "key": key,
        "revision": found.revision,
        "since": opened.since if opened else "",
        "reason": opened.reason if opened else "",
    }
    form = SheetForm(request.POST or None, initial=initial)
    form.fields["key"].required = False
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            store.revise(actor, key, form.sheet(), data["revision"] or 0, data["since"], data["reason"])
            return redirect("indicator-edit", key=key)
        except Problem as problem:
            _blame(form, problem)
            if problem.status == 409:
                form.data = form.data.copy()
                form.data["revision"] = str(store.get_indicator(actor, key).revision)
    context = {
        "form": form,
        "indicator": found,
        "opened": opened,
        "state": say.STATES[opened.state] if opened else None,
        "sendable": _sendable(opened),
    }
    return render(request, "indicators/sheet.html", context, status=422 if form.errors else 200)


def _sendable(opened: Any) -> bool:
    return opened is not None and opened.state in ("proposed", "returned")


def _blame(form: Any, problem: Problem) -> None:
    """Tell what the room refused at the fields, and keep what was typed."""
    if problem.status == 422:
        form.blame(problem.extra["faults"])
    elif problem.status == 403:
        form.add_error("owner", _("You may not do this for this owner."))
    else:
        form.add_error("key" if problem.extra.get("where") == "key" else None, problem.said_in(language()))


@require_POST
def submit(request: HttpRequest, key: str) -> HttpResponse:
    """Send what is open to review."""
    store.submit(request.actor, key)
    return redirect("indicator-edit", key=key)


def values(request: HttpRequest, key: str) -> HttpResponse:
    """Enter values one by one, or from a file; both are drafts until a colleague decides."""
    actor: Actor = request.actor
    found, names = store.get_indicator(actor, key), names_of(actor)
    if not store.may(actor, Right.EDIT, key):
        raise Problem(403, "Not allowed", f"You may not enter values of the indicator {key}. Ask an administrator for a role that does.")
    importing = request.method == "POST" and "import" in request.POST
    typed = ValueForm(request.POST if request.method == "POST" and not importing else None, areas=names)
    sent = ImportForm(request.POST, request.FILES) if importing else ImportForm()
    counts: Counts | None = None
    if importing and sent.is_valid():
        counts = _imported(actor, key, sent)
    elif request.method == "POST" and not importing and typed.is_valid():
        counts = _typed(actor, key, typed)
        if counts is not None and not counts.refused:
            typed = ValueForm(areas=names)
    drafts = [_draft(found, each, names) for each in store.list_values(actor, key, drafts=True) if each.state == "draft"]
    context = {"indicator": found, "typed": typed, "sent": sent, "counts": counts, "drafts": drafts, "shown": sent if importing else typed}
    return render(request, "indicators/values.html", context, status=422 if typed.errors or sent.errors else 200)


def _typed(actor: Actor, key: str, form: ValueForm) -> Counts | None:
    data = form.cleaned_data
    row = ValueRow(period=data["period"].strip(), value=data["value"], area=data["area"], low=data["low"], high=data["high"], note=data["note"])
    try:
        counts = store.enter_values(actor, key, [row], data["why"], "typed", language())
    except Problem as problem:
        form.add_error(None, problem.said_in(language()))
        return None
    for fault in counts.faults:
        form.add_error("value", fault.what[:1].upper() + fault.what[1:])
    return counts


def _imported(actor: Actor, key: str, form: ImportForm) -> Counts | None:
    try:
        return store.import_values(actor, key, form.cleaned_data["file"].read(), form.cleaned_data["why"], language())
    except Problem as problem:
        form.add_error("file", problem.said_in(language()))
        return None


def _draft(indicator: Indicator | None, value: Value, names: dict[str, str]) -> dict[str, Any]:
    doubt = value.provenance.get("doubt", {})
    return {
        "value": value,
        "figure": figures.say_figure(value.value, value.unit),
        "place": names.get(value.area, value.area),
        "period": say_period(value.period),
        "doubt": doubt,
        "indicator": indicator,
    }


def review(request: HttpRequest) -> HttpResponse:
    """Show what waits for a decision: definitions in review, and draft values by indicator."""
    return _review(request, EvidenceForm(prefix="values"))


def _review(request: HttpRequest, form: EvidenceForm, wrong: str = "") -> HttpResponse:
    actor: Actor = request.actor
    names = names_of(actor)
    waiting: dict[str, list[dict[str, Any]]] = {}
    for key, value in store.list_drafts(actor):
        waiting.setdefault(key, []).append(_draft(None, value, names))
    known = {each.key: each for each in store.list_indicators(actor, state=None)}
    opened = [(each, _in_review(actor, each)) for each in store.list_in_review(actor)]
    groups = [(known[key], rows) for key, rows in waiting.items() if key in known]
    context = {"opened": opened, "groups": groups, "form": form, "wrong": wrong}
    return render(request, "indicators/review.html", context, status=422 if form.errors or wrong else 200)


def _in_review(actor: Actor, indicator: Indicator) -> Any:
    return next((each for each in store.list_versions(actor, indicator.key) if each.state == "review"), None)


@require_POST
def decide(request: HttpRequest, key: str) -> HttpResponse:
    """Decide on a definition in review."""
    try:
        store.decide(request.actor, key, request.POST.get("verdict", ""), request.POST.get("evidence", ""))
    except Problem as problem:
        if problem.status == 404:
            raise
        return _review(request, EvidenceForm(prefix="values"), _refused(problem))
    return redirect("indicator-review")


def _refused(problem: Problem) -> str:
    if problem.title == "Four eyes":
        return _("Whoever wrote something does not decide on it. Ask a colleague.")
    if problem.extra.get("where") in ("evidence", "verdict"):
        return _("Choose a decision and say on which evidence you take it.")
    if problem.status == 409:
        return _("Nothing of this waits any more. Perhaps a colleague was quicker.")
    return problem.said_in(language())


@require_POST
def decide_values(request: HttpRequest) -> HttpResponse:
    """Say yes or no to draft values."""
    form = EvidenceForm(request.POST, prefix="values")
    ids = [int(each) for each in request.POST.getlist("id") if each.isascii() and each.isdigit() and len(each) < 18]
    if not ids:
        return _review(request, form, _("Choose at least one value."))
    if not form.is_valid():
        return _review(request, form)
    try:
        store.decide_values(request.actor, ids, request.POST.get("verdict") == "accept", form.cleaned_data["evidence"])
    except Problem as problem:
        return _review(request, form, _refused(problem))
    return redirect("indicator-review")


@require_POST
def retire(request: HttpRequest, key: str) -> HttpResponse:
    """Retire an indicator."""
    store.retire(request.actor, key, request.POST.get("reason", ""), request.POST.get("successor", ""))
    return redirect("indicator", key=key)
