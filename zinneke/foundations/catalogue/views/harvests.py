"""The pages of harvesting: the list of sources with a form for another, and one source with its report and what can be done."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy, gettext_noop
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from zinneke.foundations.catalogue import harvesting
from zinneke.foundations.catalogue.values import HarvestSource
from zinneke.kernel.confidentiality import Actor, Level
from zinneke.kernel.problem import Problem
from zinneke.kernel.refusals import say

KINDS = {
    "ckan": "CKAN",
    "explore": "Explore v2.1 (Opendatasoft)",
    "dcat": "DCAT-AP (Turtle, JSON-LD, RDF/XML)",
    "records": "OGC API Records",
    "wfs": "WFS",
    "folder": gettext_lazy("A folder of files on the web"),
}
LANGUAGE_CHOICES = (
    ("", gettext_lazy("Each text names its language")),
    ("fr", "Français"),
    ("nl", "Nederlands"),
    ("en", "English"),
    ("de", "Deutsch"),
)
HOURS = (
    (1, gettext_lazy("Every hour")), (6, gettext_lazy("Every six hours")), (24, gettext_lazy("Every day")), (168, gettext_lazy("Every week")),
)  # fmt: skip
OUTCOMES = {
    "done": ("good", gettext_noop("Read")),
    "unchanged": ("good", gettext_noop("Nothing changed")),
    "kept": ("watch", gettext_noop("Read, with something to look at")),
    "failed": ("act", gettext_noop("Could not be read")),
}
NOTES = {
    "nothing": gettext_noop("The source listed nothing this time. Everything that it gave before stays here as it was."),
    "shrunk": gettext_noop("The source lists far fewer datasets than before. Nothing was marked as gone; decide below whether that is right."),
    "incomplete": gettext_noop("Not everything could be read. What was read is here; nothing was marked as gone."),
    "unchanged": gettext_noop("The source says that nothing changed since it was read last."),
}
KNOWN_BY = {
    "identifier": gettext_noop("same identifier"),
    "address": gettext_noop("same address of the data"),
    "title": gettext_noop("same title and publisher"),
}


class HarvestForm(forms.Form):
    """A catalogue to read."""

    kind = forms.ChoiceField(label=gettext_lazy("What it speaks"), choices=list(KINDS.items()))
    address = forms.CharField(
        label=gettext_lazy("Address of the catalogue"), max_length=2000, widget=forms.URLInput(attrs={"placeholder": "https://"})
    )  # fmt: skip
    hours = forms.TypedChoiceField(label=gettext_lazy("How often it is read"), choices=HOURS, coerce=int, initial=24)
    language = forms.ChoiceField(label=gettext_lazy("Language of its texts"), choices=LANGUAGE_CHOICES, required=False)
    key = forms.SlugField(
        label=gettext_lazy("Its name here"), max_length=60, required=False, help_text=gettext_lazy("Made from the address when you leave it empty.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs["aria-describedby"] = f"id_{name}_helptext" if field.help_text else ""

    def tell(self, problem: Problem) -> None:
        """Put a verb's refusal at the field that it names, or on top."""
        where = str(problem.extra.get("where", ""))
        self.add_error(where if where in self.fields else None, say(problem.detail).said_in((get_language() or "en")[:2]))


@never_cache
def show_all(request: HttpRequest) -> HttpResponse:
    """List the catalogues that are read, and take another."""
    actor: Actor = request.actor
    form = HarvestForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            made = harvesting.add_harvest(
                actor,
                HarvestSource(
                    kind=given["kind"], address=given["address"].strip(), hours=given["hours"], language=given["language"], key=given["key"]
                ),
            )
        except Problem as problem:
            if problem.status in (401, 403):
                raise
            form.tell(problem)
        else:
            messages.success(request, _("It is read within a minute. What comes of it will stand here."))
            return redirect("harvest", key=made.key)
    found = [(each, *_standing(each)) for each in harvesting.list_harvests(actor)]
    context = {"sources": found, "form": form, "kinds": KINDS, "trail": []}
    return render(request, "catalogue/harvests.html", context, status=422 if request.method == "POST" else 200)


def _standing(source: HarvestSource) -> tuple[str, str]:
    """Return how a source stands, as a status and in words."""
    if not source.active:
        return "unknown", _("Stopped")
    if source.reading:
        return "unknown", _("Being read now")
    if source.last is None:
        return "unknown", _("Not read yet")
    status, words = OUTCOMES[source.last.outcome]
    return status, _(words)


@never_cache
def show(request: HttpRequest, key: str) -> HttpResponse:
    """Show what became of a source, and what a person can do about it."""
    actor: Actor = request.actor
    source = harvesting.get_harvest(actor, key)
    runs = harvesting.list_gatherings(actor, key)
    status, words = _standing(source)
    report = runs[0].report if runs else None
    context = {
        "source": source,
        "kind": KINDS[source.kind],
        "status_key": status,
        "status_words": words,
        "report": report,
        "notes": [_(NOTES[note]) for note in report.notes if note in NOTES] if report else [],
        "duplicates": [(pair, _(KNOWN_BY[pair.by])) for pair in report.duplicates] if report else [],
        "runs": [(run, *((status, _(said)) for status, said in (OUTCOMES[run.outcome],))) for run in runs],
        "open": source.level == Level.PUBLIC,
    }
    return render(request, "catalogue/harvest.html", context)


@never_cache
@require_POST
def act(request: HttpRequest, key: str) -> HttpResponse:
    """Have a source read soon, stop it, go on with it, or accept that it became smaller."""
    actor: Actor = request.actor
    answer = request.POST.get("answer", "")
    if answer == "read":
        harvesting.set_harvest(actor, key, due=True)
        messages.success(request, _("It is read within a minute. Come back to this page then."))
    elif answer in ("stop", "go"):
        harvesting.set_harvest(actor, key, active=answer == "go")
    elif answer == "accept":
        harvesting.set_harvest(actor, key, due=True, accept_shrink=True)
        messages.success(request, _("What the source lists no longer is marked as gone when it is read next, within a minute."))
    return redirect("harvest", key=key)
