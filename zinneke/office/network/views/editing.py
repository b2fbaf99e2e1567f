"""Editing a sheet in a form: what is wrong is said at its field, nothing typed is lost, and nobody writes over somebody else unawares."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from zinneke.kernel.confidentiality import Right, reach
from zinneke.kernel.problem import Problem, not_found
from zinneke.kernel.route import Needs
from zinneke.office.network import store
from zinneke.office.network.sheets import EDITORS

NEW = "new"
EDITORS_ONLY = Needs(Right.EDIT, store.SUBJECT)


def language() -> str:
    """Return the language of the page."""
    return (get_language() or "en")[:2]


def may(request: HttpRequest, right: Right) -> bool:
    """Say whether somebody may do something somewhere in the network, so that a page offers it; the verb decides."""
    try:
        Needs(right, store.SUBJECT).check(request.actor)
    except Problem:
        return False
    return True


def commands(request: HttpRequest) -> bool:
    """Say whether somebody steers the whole office."""
    return not reach(request.actor, Right.COMMAND, store.SUBJECT).nothing


@never_cache
def edit(request: HttpRequest, what: str, key: str) -> HttpResponse:
    """Show the form of a sheet, new or kept, and write it."""
    EDITORS_ONLY.check(request.actor)
    editor = EDITORS.get(what)
    if editor is None:
        raise not_found("form", what)
    before = None if key == NEW else editor.get(request.actor, key)
    given = {name: value[:300] for name, value in request.GET.items()} if before is None else {}
    form = editor.form(request.actor, before=before, given=given, data=request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                written = editor.write(request.actor, form.value())
            except Problem as problem:
                status = complain(form, problem)
            else:
                messages.success(request, _("Kept."))
                return redirect(editor.after(written))
    there = editor.after(before) if before is not None else request.GET.get("back", "")
    shown = {"form": form, "title": editor.change if before else editor.new, "there": there if there.startswith("/") else "", "what": what}
    return render(request, "network/edit.html", shown, status=status)


def complain(form: forms.Form, problem: Problem) -> int:
    """Say a verb's refusal on a form, at its field where it names one, and return the status of the answer. A refused right stays a refusal."""
    if problem.status in (401, 403, 404):
        raise problem
    where = str(problem.extra.get("where", ""))
    if problem.status == 409 and "by" in problem.extra:
        said = _("%(who)s changed this meanwhile. Nothing was overwritten, and what you typed is below. Compare before you keep it again.")
        form.add_error(None, said % {"who": problem.extra["by"]})
    else:
        form.add_error(where if where in form.fields else None, problem.said_in(language()))
    return problem.status if problem.status in (409, 429) else 422


def done(request: HttpRequest, deed: Callable[[], Any], kept: str, there: str) -> HttpResponse:
    """Do what a button of a page asks, say what became of it, and go back to the page."""
    try:
        deed()
    except Problem as problem:
        if problem.status in (401, 403, 404):
            raise
        changed = _("%(who)s changed this meanwhile. Nothing was overwritten; look at it and try again.") % {"who": problem.extra.get("by", "")}
        messages.error(request, changed if "by" in problem.extra else problem.said_in(language()))
    else:
        messages.success(request, kept)
    return redirect(there)


def whole(text: str | None) -> int:
    """Read a whole number that a form sent; 0 for anything else."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 18 else 0
