"""What was refused, as an operator meets it: the list with filters, many sent again at once, and one mended."""

from __future__ import annotations

from typing import Any, get_args
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from zinneke.foundations.observations import quarantine
from zinneke.foundations.observations.refused import Mend, Quarantined, Sought, State
from zinneke.foundations.observations.resending import STORED
from zinneke.kernel import registry
from zinneke.kernel.confidentiality import Actor
from zinneke.kernel.payload import finite
from zinneke.kernel.period import read_moment
from zinneke.kernel.problem import Problem, not_found

PAGE = 50
STATES: dict[State, Any] = {
    "waiting": gettext_lazy("Waits"),
    "stored": gettext_lazy("Stored since"),
    "dismissed": gettext_lazy("Let go"),
}


class MendForm(forms.Form):
    """What to send instead."""

    stream = forms.CharField(label=gettext_lazy("Stream, by its number or key"), max_length=300)
    time = forms.CharField(label=gettext_lazy("Time, with its zone"), max_length=60, help_text=gettext_lazy("For example 2026-11-23T10:00:00Z."))
    value = forms.CharField(label=gettext_lazy("Value"), max_length=60)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.fields["time"].widget.attrs["aria-describedby"] = "id_time_helptext"


class MessageForm(forms.Form):
    """The message as it should have been."""

    raw = forms.CharField(label=gettext_lazy("The message"), widget=forms.Textarea(attrs={"rows": 10, "class": "code", "spellcheck": "false"}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)


@never_cache
def show_all(request: HttpRequest) -> HttpResponse:
    """List what was refused, narrowed as the address says; send the chosen ones again."""
    actor: Actor = request.actor
    asked = {name: request.GET.get(name, "").strip() for name in ("state", "solution", "device", "reason", "after")}
    if request.method == "POST":
        numbers = [int(word) for word in request.POST.getlist("id")[: quarantine.MOST_AT_ONCE] if _is_number(word)]
        done = quarantine.replay_many(actor, numbers)
        stored = sum(each.state == "stored" for each in done)
        told = ngettext("%(n)d measurement is stored.", "%(n)d measurements are stored.", stored) % {"n": stored}
        rest = len(numbers) - stored
        more = ngettext("%(n)d still waits.", "%(n)d still wait.", rest) % {"n": rest} if rest else ""
        messages.success(request, f"{told} {more}".strip())
        return redirect(f"{request.path}?{urlencode({name: value for name, value in asked.items() if value})}")
    state: State = next((each for each in get_args(State) if each == asked["state"]), "waiting")
    who = f"device:{asked['device']}" if asked["device"] else None
    sought = Sought(state=state, solution=asked["solution"] or None, who=who, reason=asked["reason"] or None)
    found = quarantine.list_quarantine(actor, sought, int(asked["after"]) if _is_number(asked["after"]) else 0, PAGE + 1)
    further = {name: value for name, value in asked.items() if value and name != "after"}
    context = {
        "rows": [_line(row) for row in found[:PAGE]],
        "asked": asked,
        "state": state,
        "states": STATES.items(),
        "solutions": [(key, each.name) for key, each in registry.solutions().items()],
        "next": f"?{urlencode({**further, 'after': found[PAGE - 1].id})}" if len(found) > PAGE else "",
    }
    return render(request, "devices/quarantine.html", context)


def _line(row: Quarantined) -> dict[str, Any]:
    """Return what was refused as people read it: whose it is, and its time and value where they are such."""
    device = row.who.removeprefix("device:") if row.who.startswith("device:") else ""
    try:
        moment = read_moment(row.time) if row.time else None
    except Problem:
        moment = None
    try:
        value = finite(row.value) if row.value else None
    except Problem:
        value = None
    return {"row": row, "device": device, "who": said(row.who), "moment": moment, "value": value}


def said(who: str) -> str:
    """Say who sent something, or sent it again."""
    kind, _sep, name = who.partition(":")
    words = {
        "device": _("device %(name)s"),
        "person": _("person %(name)s"),
        "token": _("token %(name)s"),
        "system": _("the platform"),
        "nobody known": _("nobody known"),
    }
    return words[kind] % {"name": name} if kind in words else who


def _is_number(word: str) -> bool:
    return word.isascii() and word.isdigit() and len(word) < 18


@never_cache
def show(request: HttpRequest, number: str) -> HttpResponse:
    """Show one of what was refused; send it again, mended, or let it go."""
    actor: Actor = request.actor
    if not _is_number(number):
        raise not_found("refused observation", number)
    row = quarantine.get_quarantined(actor, int(number))
    form = _form(request, row)
    if request.method == "POST":
        try:
            if request.POST.get("answer") == "dismiss":
                quarantine.dismiss(actor, row.id, request.POST.get("reason", ""))
                messages.success(request, _("It was let go. It can still be read."))
                return redirect("quarantined", number=number)
            if form.is_valid():
                return _sent(request, quarantine.replay(actor, row.id, Mend(**form.cleaned_data)))
        except Problem as problem:
            if problem.status in (401, 403, 404):
                raise
            form.full_clean()
            form.add_error(None, problem.said_in((get_language() or "en")[:2]))
    attempts = [(said(each.who), each) for each in row.attempts]
    context = {**_line(row), "attempts": attempts, "form": form, "state": STATES[row.state], "stored": STORED}
    return render(request, "devices/quarantined.html", context, status=422 if request.method == "POST" else 200)


def _form(request: HttpRequest, row: Quarantined) -> forms.Form:
    """Return the form that fits: filled in as it was sent, or with what was refused, which is also what stands beside a reason to let it go."""
    message = bool(row.size or row.source)
    kind = MessageForm if message else MendForm
    initial = {"raw": row.raw} if message else {"stream": row.stream, "time": row.time, "value": row.value}
    if request.method != "POST":
        return kind(initial=initial)
    return kind(initial if request.POST.get("answer") == "dismiss" else request.POST)


def _sent(request: HttpRequest, row: Quarantined) -> HttpResponse:
    told = row.attempts[-1].outcome
    if row.state == "stored":
        messages.success(request, _("It is stored."))
    else:
        messages.error(request, Problem(400, told).said_in((get_language() or "en")[:2]))
    return redirect("quarantined", number=str(row.id))
