"""A second pair of eyes: what each publisher asks, for everybody to see, and the version of a dataset that waits for somebody."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from zinneke.foundations.catalogue import store as catalogue
from zinneke.foundations.catalogue.wanted import Coded
from zinneke.foundations.tables import store as tables
from zinneke.kernel.confidentiality import Actor, Level, Right, reach
from zinneke.kernel.problem import Problem
from zinneke.kernel.refusals import say
from zinneke.kernel.text import Text, choose
from zinneke.office.publishing.views.flow import actor_of, language

WORDS = {
    "title": Text("Qui relit avant la publication", "Wie naleest vóór publicatie", "Who looks before publication"),
    "lead": Text(
        "Chaque organisation dit quand une deuxième personne relit ses données avant qu’elles soient publiques. Cela vaut pour toutes les voies : "
        "ces pages, l’API et les programmes.",
        "Elke organisatie zegt wanneer een tweede persoon haar gegevens naleest voor ze openbaar zijn. Dat geldt voor alle wegen: "
        "deze pagina’s, de API en programma’s.",
        "Each organisation says when a second person looks at its data before they are public. It holds for every way in: these pages, "
        "the API and programs.",
    ),
    "organisation": Text("Organisation", "Organisatie", "Organisation"),
    "rule": Text("Une deuxième personne relit", "Een tweede persoon leest na", "A second person looks"),
    "since": Text("Depuis", "Sinds", "Since"),
    "change": Text("Changer une règle", "Een regel wijzigen", "Change a rule"),
    "keep": Text("Appliquer dès maintenant", "Vanaf nu toepassen", "Apply from now on"),
    "all": Text("Toutes les organisations", "Alle organisaties", "All organisations"),
    "other": Text("Toutes les autres", "Alle andere", "All the others"),
    "waits": Text("Une nouvelle version attend", "Een nieuwe versie wacht", "A new version waits"),
    "hint": Text(
        "Elle n’est visible que pour qui peut modifier le jeu de données. Quelqu’un d’autre que son auteur la rend publique.",
        "Alleen wie de dataset mag wijzigen ziet ze. Iemand anders dan wie ze instuurde maakt ze openbaar.",
        "Only those who may edit the dataset see it. Somebody other than who sent it makes it public.",
    ),
    "accept": Text("Rendre cette version publique", "Deze versie openbaar maken", "Make this version public"),
    "refuse": Text("Refuser cette version", "Deze versie weigeren", "Refuse this version"),
    "compare": Text("Voir ce qui change", "Zien wat verandert", "See what changes"),
    "which": Text("Règles de relecture", "Regels voor het nalezen", "Rules of review"),
}
ASKS = {
    "declared": Text(
        "quand quelqu’un déclare qu’une colonne ne contient pas de données personnelles",
        "wanneer iemand verklaart dat een kolom geen persoonsgegevens bevat",
        "when somebody declares that a column holds no personal data",
    ),
    "first": Text("aussi avant la première publication", "ook voor de eerste publicatie", "also before the first publication"),
    "always": Text("avant chaque nouvelle version", "voor elke nieuwe versie", "before each new version"),
}


def waiting_of(actor: Actor, key: str) -> dict[str, Any]:
    """Return what the page of a dataset on its way says about a version that waits."""
    version = catalogue.find_waiting(actor, key)
    current = tables.find_version(actor, key) if version else None
    return {"waiting": version, "current": current, "eyes": WORDS}


@never_cache
def rules(request: HttpRequest) -> HttpResponse:
    """Show what each publisher asks of a second person; who may command changes it."""
    actor = actor_of(request)
    faults: list[tuple[str, str, Text]] = []
    if request.method == "POST":
        try:
            catalogue.set_rule(actor, request.POST.get("publisher", ""), request.POST.get("asks", ""))
            return redirect("publish-rules")
        except Problem as problem:
            if problem.status in (401, 403):
                raise
            faults = [("asks", "", say(problem.detail or problem.title))]
    declared, names = catalogue.list_rules(actor), catalogue.publisher_names(actor)
    names |= {key: body.title for key, body in catalogue.list_bodies(actor, "organization").items()}
    ours = dict(catalogue.select(actor, Coded("source", (catalogue.OURS,)), limit=0, counted=("publisher",), most=0).counts["publisher"])
    titled = {key: choose(names.get(key, {}), language())[0] or key for key in {**ours, **catalogue.list_bodies(actor, "organization"), **declared}}
    listed = sorted(((titled[key], ASKS[rule.asks], rule.since) for key, rule in declared.items()), key=lambda each: each[0].lower())
    context = {
        "eyes": WORDS, "listed": listed, "asks": ASKS, "default": ASKS["declared"], "faults": faults, "may": _may(actor),
        "publishers": sorted(titled.items(), key=lambda each: each[1].lower()), "titled": titled,
    }  # fmt: skip
    return render(request, "publishing/rules.html", context, status=422 if faults else 200)


def _may(actor: Actor) -> bool:
    return reach(actor, Right.COMMAND, catalogue.SUBJECT).allows(Level.PUBLIC)
