"""Reading: the models, the published scenarios, one scenario, several side by side, a scenario computed again."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from zinneke.kernel.text import Text
from zinneke.office.scenarios import asking, charts, fields, rules, store
from zinneke.office.scenarios.declared import get_model, models
from zinneke.office.scenarios.declaring import Model, Values
from zinneke.office.scenarios.values import OWN, Question, Scenario
from zinneke.office.scenarios.views.showing import FigureRow, language, rows, shown
from zinneke.office.scenarios.views.trying import may_keep


def front(request: HttpRequest) -> HttpResponse:
    """Show what can be tried and what was published; to those who may edit, also the drafts."""
    keep = may_keep(request)
    words = {
        "models": store.list_models(request.actor),
        "published": store.list_scenarios(request.actor),
        "drafts": store.list_scenarios(request.actor, state="draft") if keep else [],
        "names": {model.key: model for model in models().values()},
    }
    return render(request, "scenarios/front.html", words | {"may_keep": keep})


def model(request: HttpRequest, key: str) -> HttpResponse:
    """Show a model: what it answers, its inputs and where they come from, what it assumes and does not tell, and what was done with it."""
    declared = get_model(key)
    presets = [(preset, asking.query(declared, _preset(declared, preset.values))) for preset in declared.presets]
    words = {
        "model": declared,
        "presets": presets,
        "groups": fields.groups(declared, _preset(declared, {}), {}, {}),
        "engines": fields.engines(declared),
        "published": store.list_scenarios(request.actor, model=key),
        "models": [declared],
        "call": f"curl '{request.build_absolute_uri(asking.call(declared, _preset(declared, declared.presets[0].values)))}'",
    }
    return render(request, "scenarios/model.html", words)


def _preset(declared: Model, values: Values) -> Question:
    changed = {key: float(value) for key, value in values.items() if value != declared.input(key).default}
    return Question(model=declared.key, version=declared.version, changed=changed, draws=declared.draws)


def scenario(request: HttpRequest, key: str) -> HttpResponse:
    """Show a scenario: its answer first; a draft without a result shows its jobs."""
    found = store.get_scenario(request.actor, key)
    declared = get_model(found.question.model)
    may = may_keep(request)
    words = {
        "scenario": found,
        "model": declared,
        "query": asking.query(declared, found.question),
        "changes": fields.changes(declared, found.question),
        "runs": store.list_runs(request.actor, key) if found.question.engine != OWN else [],
        "own_engine": found.question.engine == OWN,
        "others": [each for each in store.list_scenarios(request.actor, model=declared.key) if each.key != key][:8],
        "may_keep": may,
        "new_query": urlencode([("model", declared.key), ("parent", key), *asking.pairs(declared, found.question)]),
    }
    if found.result is not None:
        words |= shown(declared, found.result)
    return render(request, "scenarios/scenario.html", words)


def reproduce(request: HttpRequest, key: str) -> HttpResponse:
    """Compute a scenario again and say whether it comes out the same."""
    found = store.get_scenario(request.actor, key)
    declared = get_model(found.question.model)
    told = store.get_reproduction(request.actor, key)
    names = {output.key: output.name for output in declared.outputs}
    differing = [(names.get(each.output), each) for each in told.differences]
    command = f"zinneke scenario reproduce {key}"
    return render(
        request, "scenarios/reproduce.html", {"scenario": found, "model": declared, "told": told, "differing": differing, "command": command}
    )


def compare(request: HttpRequest) -> HttpResponse:
    """Show up to four scenarios of one model side by side; without any, what can be chosen."""
    chosen = store.list_compared(request.actor, request.GET.getlist("s"))
    published = store.list_scenarios(request.actor)
    declared = get_model(chosen[0].question.model) if chosen else None
    words: dict[str, object] = {"chosen": chosen, "model": declared, "choices": _choices(published, {each.key for each in chosen})}
    if declared:
        told = [(each, rows(declared, each.result)) for each in chosen if each.result]
        table = [(output, [_find(row, output.key) for _, row in told]) for output in declared.outputs]
        drawn = [(output, found) for output in declared.outputs[:4] if (found := charts.side_by_side(declared, chosen, output, language()))]
        lines = [chart for output in declared.outputs[:2] if (chart := charts.compared(declared, chosen, output, language()))]
        changed = {change.input.key: change.input for each in chosen for change in fields.changes(declared, each.question)}
        differing = [(given, [_value(declared, each, key) for each in chosen]) for key, given in changed.items()]
        words |= {"lettered": list(zip(charts.LETTERS, chosen, strict=False)), "table": table, "drawn": drawn, "lines": lines, "differing": differing}
    return render(request, "scenarios/compare.html", words)


def _find(found: list[FigureRow], key: str) -> FigureRow | None:
    return next((row for row in found if row.output.key == key), None)


def _value(declared: Model, each: Scenario, key: str) -> Text:
    given = declared.input(key)
    return rules.say(given, each.question.changed.get(key, given.default))


def _choices(published: list[Scenario], on: set[str]) -> list[tuple[Model, list[tuple[Scenario, bool]]]]:
    grouped = []
    for declared in models().values():
        mine = [(each, each.key in on) for each in published if each.question.model == declared.key]
        if mine:
            grouped.append((declared, mine))
    return grouped


def address(key: str) -> str:
    """Return the address of a scenario's page."""
    return reverse("scenario", kwargs={"key": key})
