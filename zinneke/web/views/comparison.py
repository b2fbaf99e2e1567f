"""An idea beside the projects of the Region that look like it: does it exist already, partly, or not yet?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from math import log
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zinneke.kernel.confidentiality import Actor, Right
from zinneke.kernel.problem import Problem
from zinneke.kernel.route import Needs, Page
from zinneke.kernel.text import choose
from zinneke.office.projects import store as projects
from zinneke.office.projects.values import Project
from zinneke.office.selection import store as selection
from zinneke.office.selection.forms import refuse, said
from zinneke.office.selection.rights import SUBJECT
from zinneke.office.selection.rules.likeness import concepts
from zinneke.office.selection.values import Idea
from zinneke.office.selection.words import COVERAGE
from zinneke.web.templatetags.zinneke import language

MOST = 12


class CompareForm(forms.Form):
    """Whether an idea exists in the Region, and where."""

    coverage = forms.ChoiceField(label=gettext_lazy("Does it exist in the Region?"), widget=forms.RadioSelect)
    matches = forms.MultipleChoiceField(label=gettext_lazy("In which projects"), required=False, widget=forms.CheckboxSelectMultiple)
    reason = forms.CharField(label=gettext_lazy("Why"), max_length=5000, required=False, widget=forms.Textarea({"rows": 2}))
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *given: Any, found: Iterable[Project], **named: Any) -> None:
        super().__init__(*given, **named)
        self.fields["coverage"].choices = [(key, said(text)) for key, text in COVERAGE.items()]
        self.fields["matches"].choices = [(each.key, choose(each.fiche.name, language())[0]) for each in found]

    def clean(self) -> dict[str, Any]:
        """Ask for a project or a sentence where something is said to exist."""
        found: dict[str, Any] = super().clean() or self.cleaned_data
        if found.get("coverage") in ("exists", "partly") and not found.get("matches") and not found.get("reason", "").strip():
            self.add_error("reason", _("Name a project in which it exists, or say in a sentence how you know."))
        return found


def likely(actor: Actor, idea: Idea, most: int = MOST) -> list[Project]:
    """Return the projects whose words mean most of what the idea's words mean, rare meanings counting more; those matched already come first.

    A project that is more confidential than the idea is not offered, since its key would stand beside the idea.
    """
    known = [each for each in projects.list_projects(actor, kind="smart") if each.fiche.level <= idea.row.level]
    meant = {each.key: concepts([*each.fiche.name.values(), *each.fiche.summary.values()]) for each in known}
    often = Counter(word for words in meant.values() for word in words)
    wanted = concepts([*idea.row.title.values(), *idea.row.about.values()])
    worth = {each.key: sum(log(1 + len(known) / often[word]) for word in wanted & meant[each.key]) for each in known}
    ordered = sorted(known, key=lambda each: (each.key not in idea.matches, -worth[each.key], each.key))
    return [each for each in ordered if worth[each.key] > 0 or each.key in idea.matches][:most]


def compare(request: HttpRequest, key: str) -> HttpResponse:
    """Show an idea beside the projects that look like it, and take what somebody finds."""
    actor: Actor = request.actor
    idea = selection.get_idea(actor, key)
    found = likely(actor, idea)
    form = CompareForm(
        request.POST or None, found=found, initial={"coverage": idea.coverage, "matches": list(idea.matches), "version": idea.version}
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            selection.compare(actor, key, given["coverage"], given["matches"], given["reason"], given["version"])
            return redirect("idea", key=key)
        except Problem as problem:
            if problem.status in (401, 403, 404):
                raise
            refuse(form, problem)
    title = choose(idea.row.title, language())[0]
    trail = [(_("Ideas"), reverse("ideas")), (title, reverse("idea", kwargs={"key": key}))]
    context = {"idea": idea, "found": found, "form": form, "trail": trail}
    return render(request, "web/idea_compare.html", context, status=422 if form.errors else 200)


PAGES = (
    Page(
        name="idea-compare", path="selection/ideas/{key}/compare/", view=compare, audience=Needs(Right.EDIT, SUBJECT),
        sample={"key": "note-smart-lighting"},
    ),
)  # fmt: skip
