"""A dataset of our own on its way: who did what, what it would open, and the next step, by whoever may edit it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from zinneke.foundations.catalogue import store as catalogue
from zinneke.foundations.catalogue.values import Dataset
from zinneke.foundations.tables import store as tables
from zinneke.kernel.problem import Problem
from zinneke.kernel.refusals import say
from zinneke.kernel.text import Text, choose
from zinneke.office.publishing.reading import DOING
from zinneke.office.publishing.views import eyes
from zinneke.office.publishing.views.flow import actor_of, language

STATES: dict[str, Text] = {
    "draft": Text("Brouillon", "Ontwerp", "Draft"),
    "review": Text("À relire", "Na te lezen", "In review"),
    "published": Text("Publié", "Gepubliceerd", "Published"),
    "withdrawn": Text("Retiré", "Ingetrokken", "Withdrawn"),
    "changed": Text("Modifié pendant la relecture", "Gewijzigd tijdens het nalezen", "Changed while in review"),
    "waiting": Text("Nouvelle version en attente", "Nieuwe versie wacht", "New version waiting"),
    "renewed": Text("Nouvelle version publique", "Nieuwe versie openbaar", "New version public"),
    "refused": Text("Nouvelle version refusée", "Nieuwe versie geweigerd", "New version refused"),
}


@never_cache
def review(request: HttpRequest, key: str) -> HttpResponse:
    """Show where a dataset stands and every step it took; take the next one."""
    actor = actor_of(request)
    turns = catalogue.list_turns(actor, key)
    dataset = catalogue.get_dataset(actor, key)
    faults: list[tuple[str, str, Text]] = []
    if request.method == "POST":
        try:
            return _moved(request, dataset)
        except Problem as problem:
            if problem.status in (401, 404):
                raise
            faults = [("reason", "", say(problem.detail or problem.title))]
            dataset = catalogue.get_dataset(actor, key)
    version = tables.find_version(actor, key) if dataset.versioned else None
    context = {
        "dataset": dataset, "title_words": choose(dataset.title, language())[0], "turns": [(STATES.get(each.state), each) for each in turns],
        "state": STATES.get(dataset.state), "faults": faults, "version": version, "reason": request.POST.get("reason", ""),
        "treatments": [(each, DOING.get(each.do)) for each in version.treatments] if version else [],
        "ours": dataset.source == catalogue.OURS, **eyes.waiting_of(actor, key),
    }  # fmt: skip
    return render(request, "publishing/review.html", context, status=422 if faults else 200)


def _moved(request: HttpRequest, dataset: Dataset) -> HttpResponse:
    actor, move, reason = actor_of(request), request.POST.get("do", ""), request.POST.get("reason", "").strip()
    if move == "delete":
        catalogue.delete_draft(actor, dataset.key)
        messages.success(request, _("Deleted. Nothing of it was kept."))
        return redirect("publish")
    if move in ("accept-version", "refuse-version"):
        settle = catalogue.accept_version if move == "accept-version" else catalogue.refuse_version
        settle(actor, dataset.key, request.POST.get("version", ""), reason)
        messages.success(request, f"{STATES['renewed' if move == 'accept-version' else 'refused'].said_in(language())}.")
    moves = {"submit": catalogue.submit, "accept": catalogue.accept, "send-back": catalogue.send_back, "withdraw": catalogue.withdraw}
    if move in moves:
        made = moves[move](actor, dataset.key, reason)
        messages.success(request, f"{STATES[made.state].said_in(language())}.")
    return redirect("publish-review", key=dataset.key)
