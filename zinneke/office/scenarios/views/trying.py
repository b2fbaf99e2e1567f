"""Trying a model: the form, the answer, a table of one's own. Everything stands in the address; nothing is kept."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import msgspec
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from zinneke.foundations.catalogue import store as catalogue
from zinneke.foundations.tables import store as tables
from zinneke.kernel.confidentiality import Right, demand_any
from zinneke.kernel.problem import Problem
from zinneke.kernel.text import Text
from zinneke.office.scenarios import asking, fields, limits, store
from zinneke.office.scenarios.declared import get_model
from zinneke.office.scenarios.declaring import Model
from zinneke.office.scenarios.values import OWN, Question
from zinneke.office.scenarios.views.showing import language, shown

MOST_BYTES = 100_000


def may_keep(request: HttpRequest) -> bool:
    """Say whether whoever looks may keep scenarios somewhere."""
    try:
        demand_any(request.actor, Right.EDIT, store.SUBJECT)
    except Problem:
        return False
    return True


def form(request: HttpRequest, key: str) -> HttpResponse:
    """Show the form of a model, filled with what the address says."""
    model = get_model(key)
    typed = request.GET.dict()
    question, faults = asking.read(model, typed) if typed else (blank(model), {})
    return _form(request, model, question, typed, faults)


def blank(model: Model) -> Question:
    """Return the question that changes nothing."""
    return Question(model=model.key, version=model.version, draws=model.draws)


def _form(request: HttpRequest, model: Model, question: Question, typed: dict[str, str], faults: dict[str, Text]) -> HttpResponse:
    words = form_words(model, question, typed, faults)
    response = render(request, "scenarios/try.html", words | {"may_keep": may_keep(request), "countable": countable(request, model)})
    response.status_code = 400 if faults else 200
    return response


def form_words(model: Model, question: Question, typed: dict[str, str], faults: dict[str, Text]) -> dict[str, Any]:
    """Return what the template of a model's form needs."""
    table = model.table
    rows = ""
    if table:
        rows = typed.get(table.key, "") if table.key in faults else question.rows or table.write(table.default)
    return {
        "model": model,
        "question": question,
        "groups": fields.groups(model, question, typed, faults),
        "table_text": rows,
        "table_open": bool(question.rows) or bool(table and table.key in faults),
        "table_fault": faults.get(table.key) if table else None,
        "faults": named(model, faults),
        "engines": fields.engines(model),
        "seed": typed.get("seed", str(question.seed)),
        "draws": typed.get("draws", str(question.draws)),
        "seed_fault": faults.get("seed"),
        "draws_fault": faults.get("draws"),
    }


def named(model: Model, faults: dict[str, Text]) -> list[tuple[str, str, Text]]:
    """Return faults with the field's address and name, in the order of the form."""
    order = [each.key for each in model.inputs]
    names = {each.key: each.name.said_in(language()) for each in model.inputs}
    if model.table:
        names[model.table.key] = model.table.name.said_in(language())
    ranked = sorted(faults.items(), key=lambda pair: order.index(pair[0]) if pair[0] in order else len(order))
    return [(f"input-{key}", names.get(key, ""), text) for key, text in ranked]


def answer(request: HttpRequest, key: str) -> HttpResponse:
    """Answer the question in the address; one that can be written shorter is led to its shortest address, one with faults back to the form."""
    model = get_model(key)
    typed = request.GET.dict()
    question, faults = asking.read(model, typed)
    if faults:
        return _form(request, model, question, typed, faults)
    address = reverse("scenario-result", kwargs={"key": key})
    if list(typed.items()) != (wanted := asking.pairs(model, question)):
        return HttpResponseRedirect(f"{address}?{urlencode(wanted)}" if wanted else address)
    if question.engine != OWN:
        return HttpResponseRedirect(f"{reverse('scenario-new')}?{urlencode([('model', key), *wanted])}")
    limits.demand(request.META.get("REMOTE_ADDR", ""), request.actor)
    result = store.get_answer(request.actor, question)
    return render(request, "scenarios/answer.html", shown(model, result) | {"may_keep": may_keep(request)})


def count(request: HttpRequest, key: str) -> HttpResponse:
    """Count the rows of a dataset of ours for an input that may be counted, and lead to the form with the figure in the address."""
    model = get_model(key)
    typed = request.GET.dict()
    given = next((each for each in model.inputs if each.countable), None)
    version = tables.find_version(request.actor, typed.pop("dataset", "")) if given else None
    question, _ = asking.read(model, typed)
    if given and version:
        question = msgspec.structs.replace(question, changed=question.changed | {given.key: float(min(version.rows, given.high))})
    address = f"{reverse('scenario-try', kwargs={'key': key})}?{asking.query(model, question)}"
    return HttpResponseRedirect(f"{address}#input-{given.key}" if given else address)


def countable(request: HttpRequest, model: Model) -> list[tuple[str, dict[str, str], int]]:
    """Return the datasets of ours that whoever looks may see, with their rows, where the model has something to count."""
    if not any(each.countable for each in model.inputs):
        return []
    titles = {each.key: each.row.title for each in catalogue.list_datasets(request.actor, source=catalogue.OURS, limit=1000)[0]}
    return [(each.dataset, titles.get(each.dataset, {"en": each.dataset}), each.rows) for each in tables.list_datasets(request.actor)]


def table(request: HttpRequest, key: str) -> HttpResponse:
    """Read a table that somebody sends and lead to the form with it in the address; one with faults is said there."""
    model = get_model(key)
    if request.method != "POST" or model.table is None:
        return HttpResponseRedirect(reverse("scenario-try", kwargs={"key": key}))
    typed = {name: value for name, value in request.POST.items() if name != "csrfmiddlewaretoken"}
    sent = request.FILES.get("file")
    if sent is not None:
        typed[model.table.key] = sent.read(MOST_BYTES).decode("utf-8", errors="replace")
    question, faults = asking.read(model, typed)
    if faults:
        return _form(request, model, question, typed, faults)
    return HttpResponseRedirect(f"{reverse('scenario-try', kwargs={'key': key})}?{asking.query(model, question)}#input-{model.table.key}")
