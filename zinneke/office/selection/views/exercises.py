"""An exercise and its sheets: who has evaluated what, one's own scores by keyboard, and where evaluators disagree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from zinneke.kernel.problem import Problem
from zinneke.office.selection import results, store
from zinneke.office.selection.forms import SettleForm
from zinneke.office.selection.rules import accord
from zinneke.office.selection.values import Cell, Criterion, Exercise, Sheet
from zinneke.office.selection.views.shown import may, plain, trail, whole


def _trail(exercise: Exercise) -> list[tuple[str, str]]:
    return trail((plain(exercise.row.name), reverse("exercise", kwargs={"key": exercise.key})))


def show(request: HttpRequest, key: str) -> HttpResponse:
    """Show an exercise: how far it is, what it ranks, and the way to its results."""
    exercise, ledger = store.get_exercise(request.actor, key), store.get_ledger(request.actor, key)
    found = results.gathered(ledger)
    rows = [
        (option, [(float(found.middle[at][column]), float(found.spread[at][column])) if found.voices[at][column] else None
                  for column in range(len(ledger.method.criteria))])
        for at, option in enumerate(ledger.options)
    ]  # fmt: skip
    waiting = [each for each in results.disagreements(ledger) if each.settled is None]
    context = {
        "exercise": exercise, "criteria": ledger.method.criteria, "rows": rows, "progress": store.list_progress(request.actor, key),
        "waiting": len(waiting), "trail": trail(), **may(request, key),
    }  # fmt: skip
    return render(request, "selection/exercise.html", context)


@dataclass(frozen=True, slots=True)
class Asked:
    """One criterion on a sheet: its grades as (value as written, words, chosen), the reason, and what is wrong."""

    criterion: Criterion
    grades: list[tuple[str, Any, bool]]
    value: str
    reason: str
    fault: str = ""


@never_cache
def sheet(request: HttpRequest, key: str, option: str = "") -> HttpResponse:
    """Show one's own sheet of an option (the first that is not complete, where none is named), and take the scores."""
    exercise = store.get_exercise(request.actor, key)
    own = store.list_sheets(request.actor, key)
    asked = len(exercise.method.row.criteria)
    if not option:
        following = next((each.key for each, given in own if given < asked), None) or (own[0][0].key if own else "")
        if not following:
            messages.info(request, _("There is nothing to evaluate in this exercise yet."))
            return redirect("exercise", key=key)
        return redirect("sheet-option", key=key, option=following)
    held, faults = store.get_sheet(request.actor, key, option), dict[str, str]()
    told = ""
    if request.method == "POST":
        cells, faults = _cells(request, exercise)
        if not faults:
            try:
                store.set_scores(request.actor, key, option, cells, whole(request.POST.get("sequence", ""), 0))
                return redirect("sheet", key=key) if request.POST.get("then") == "next" else redirect("sheet-option", key=key, option=option)
            except Problem as problem:
                if problem.status != 409:
                    raise
                closed = problem.title == "Closed"
                told = _("This exercise is closed: its scores stay as they are.") if closed else _CHANGED()
    context = {
        "exercise": exercise, "sheet": held, "asked": _asked(request, exercise, held, faults), "faults": faults, "told": told, "own": own,
        "complete": sum(1 for _option, given in own if given == asked), "criteria": asked, "trail": _trail(exercise),
    }  # fmt: skip
    return render(request, "selection/sheet.html", context, status=422 if faults or told else 200)


def _CHANGED() -> str:  # noqa: N802  a sentence that waits for its language
    return _("You gave other scores meanwhile, in another window. Nothing was overwritten: they are shown when you open this sheet again.")


def _cells(request: HttpRequest, exercise: Exercise) -> tuple[list[Cell], dict[str, str]]:
    """Return the scores that were sent, and what is wrong with them by criterion."""
    cells, faults = [], {}
    for each in exercise.method.row.criteria:
        text = request.POST.get(each.key, "").strip().replace(",", ".")
        try:
            value = float(text) if text else None
            if value is not None and not each.low <= value <= each.high:
                raise ValueError
        except ValueError:
            faults[each.key] = _("Give a number from %(low)s to %(high)s, or leave it open.") % {"low": f"{each.low:g}", "high": f"{each.high:g}"}
            continue
        cells.append(Cell(each.key, value, request.POST.get(f"{each.key}-reason", "").strip()[:5000]))
    return cells, faults


def _asked(request: HttpRequest, exercise: Exercise, held: Sheet, faults: dict[str, str]) -> list[Asked]:
    found = []
    sent = request.POST if request.method == "POST" else None
    for each in exercise.method.row.criteria:
        cell = held.cells.get(each.key, Cell(each.key, None))
        value = sent.get(each.key, "") if sent is not None else "" if cell.value is None else f"{cell.value:g}"
        reason = sent.get(f"{each.key}-reason", "") if sent is not None else cell.reason
        steps = round((each.high - each.low) / each.step) + 1
        grades = []
        for at in range(steps if steps <= 11 else 0):
            written = f"{each.low + at * each.step:g}"
            grades.append((written, each.grades[at] if at < len(each.grades) else None, written == value))
        found.append(Asked(each, grades, value, reason, faults.get(each.key, "")))
    return found


def disagreements(request: HttpRequest, key: str) -> HttpResponse:
    """Show where evaluators disagree, how far they agree beyond chance, and what was settled."""
    return _disagreements(request, key)


def _disagreements(request: HttpRequest, key: str, form: SettleForm | None = None, at: str = "", status: int = 200) -> HttpResponse:
    exercise, ledger = store.get_exercise(request.actor, key), store.get_ledger(request.actor, key)
    found = results.disagreements(ledger)
    waiting, settled = ([each for each in found if (each.settled is None) is still] for still in (True, False))
    context = {
        "exercise": exercise, "open": waiting, "settled": settled,
        "accords": [(each, accord.say(each.weighted.value)) for each in results.accords(ledger)], "form": form or SettleForm(), "at": at,
        "tolerated": results.TOLERATED * 100, "trail": _trail(exercise), **may(request, key),
    }  # fmt: skip
    return render(request, "selection/disagreements.html", context, status=status)


@require_POST
def settle(request: HttpRequest, key: str, option: str, criterion: str) -> HttpResponse:
    """Settle a disagreement, with the reason."""
    form = SettleForm(request.POST)
    if form.is_valid():
        try:
            store.settle(request.actor, key, option, criterion, form.cleaned_data["value"], form.cleaned_data["reason"])
            return redirect("disagreements", key=key)
        except Problem as problem:
            if problem.status != 400:
                raise
            form.add_error("value", _("This value is not on the scale of the criterion."))
    return _disagreements(request, key, form, f"{option}/{criterion}", 422)
