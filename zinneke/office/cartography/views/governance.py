"""How long data are kept, where they lie and what their impact was assessed to be, as pages: what is due first."""

from __future__ import annotations

from collections import Counter

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from zinneke.kernel.text import Text
from zinneke.office.cartography import codes, store
from zinneke.office.cartography.governance import AFTERWARDS, State
from zinneke.office.cartography.things import HOSTING_NAMES, KIND_NAMES, Hosting
from zinneke.office.cartography.views.reading import owners

KEPT: dict[State, Text] = {
    "act": Text("échéance passée", "vervallen", "past due"),
    "watch": Text("échéance proche", "vervalt binnenkort", "due soon"),
    "unknown": Text("pas décidé", "niet beslist", "not decided"),
    "good": Text("décidé", "beslist", "decided"),
}
ASSESSED: dict[State, Text] = {
    "act": Text("à faire", "te doen", "to be done"),
    "watch": Text("à suivre", "op te volgen", "to be followed"),
    "unknown": Text("pas examinée", "niet onderzocht", "not considered"),
    "good": Text("en ordre", "in orde", "in order"),
}


def retention(request: HttpRequest) -> HttpResponse:
    """Show the retention and archiving plan."""
    language = request.LANGUAGE_CODE
    named = owners(request.actor, language)
    found = [
        (
            each,
            KIND_NAMES[each.kind],
            named.get(each.owner, each.owner),
            codes.kept(each.keep, language),
            AFTERWARDS[each.afterwards],
            KEPT[each.state],
        )
        for each in store.list_retention(request.actor)
    ]
    counted = Counter(each.state for each, *_ in found)
    return render(
        request, "cartography/retention.html", {"found": found, "counted": [(key, KEPT[key], counted[key]) for key in KEPT if counted[key]]}
    )


def hosting(request: HttpRequest) -> HttpResponse:
    """Show where applications and databases lie, by kind of cloud."""
    named = owners(request.actor, request.LANGUAGE_CODE)
    listed = store.list_hosting(request.actor)
    found = [(each, KIND_NAMES[each.kind], named.get(each.owner, each.owner), HOSTING_NAMES[each.hosting]) for each in listed]
    counted: Counter[Hosting] = Counter(each.hosting for each in listed)
    return render(
        request, "cartography/hosting.html", {"found": found, "counted": [(key, name, counted[key]) for key, name in HOSTING_NAMES.items()]}
    )


def assessments(request: HttpRequest) -> HttpResponse:
    """Show how far the impact assessments are."""
    named = owners(request.actor, request.LANGUAGE_CODE)
    found = [
        (each, named.get(each.owner, each.owner), codes.ASSESSMENTS[each.assessment], ASSESSED[each.state])
        for each in store.list_assessments(request.actor)
    ]
    return render(request, "cartography/assessments.html", {"found": found})
