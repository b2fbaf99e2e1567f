"""Pages of plain words: how it works, accessibility, use from code; and one page a policy domain."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote, urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from zinneke.foundations.catalogue import store as catalogue
from zinneke.foundations.observations import store as observations
from zinneke.kernel import registry
from zinneke.kernel.confidentiality import Actor
from zinneke.kernel.problem import not_found
from zinneke.kernel.route import EVERYONE, Front, Page
from zinneke.kernel.text import Text
from zinneke.web import live
from zinneke.web.domains import BY_KEY


@dataclass(frozen=True, slots=True)
class Call:
    """A call to paste: its key on the page, what it does, and the text."""

    key: str
    about: str
    text: str


def about(request: HttpRequest) -> HttpResponse:
    """Say what this is and how it works, with the figures of today."""
    trail = ()
    context = {"trail": trail, "counted": catalogue.statistics(request.actor), "observed": observations.count(request.actor)}
    return render(request, "web/about.html", context)


def accessibility(request: HttpRequest) -> HttpResponse:
    """Say how accessible this is, and what to do when it is not."""
    return render(request, "web/accessibility.html", {"trail": ()})


def developers(request: HttpRequest) -> HttpResponse:
    """Show calls that work when pasted, with identifiers that exist here."""
    return render(request, "web/developers.html", {"trail": (), "examples": list(_examples(request))})


def _examples(request: HttpRequest) -> list[Call]:
    """Return calls to our own interfaces: what each does, and the line to paste."""
    base = request.build_absolute_uri("/").rstrip("/")
    found = [
        Call("index", _("What is there: every interface, with its address"), f"curl {base}/api"),
        Call("search", _("Search the catalogue"), f"curl '{base}/api/datasets?q={quote(_('trees'))}&limit=5'"),
        Call("where", _("Which commune and neighbourhood a point is in"), f"curl '{base}/api/where?lon=4.3517&lat=50.8466'"),
    ]
    if dataset := _dataset(request.actor, request.LANGUAGE_CODE):
        rows = f"{base}/api/tables/{dataset}/rows?limit=5"
        found.append(Call("rows", _("Rows of a dataset, as JSON"), f"curl '{rows}'"))
        found.append(Call("csv", _("The whole dataset, as CSV"), f"curl -o {dataset}.csv {base}/api/tables/{dataset}/export/csv"))
        found.append(
            Call("pandas", _("The same in Python, with pandas"), f'import pandas\ntable = pandas.read_csv("{base}/api/tables/{dataset}/export/csv")')
        )
    if streams := observations.list_streams(request.actor, limit=1):
        found.append(Call("latest", _("The latest value of every sensor of a solution"), f"curl '{base}/api/latest?solution={streams[0].solution}'"))
    return found


def _dataset(actor: Actor, language: str) -> str:
    """Return the key of a dataset that we keep ourselves, empty when there is none."""
    return next((each.key for each in catalogue.list_news(actor, 50, language) if each.versioned), "")


def domain(request: HttpRequest, key: str) -> HttpResponse:
    """Show one policy domain: its solutions, figures and data."""
    if key not in BY_KEY:
        raise not_found("domain", key)
    shown, language = BY_KEY[key], request.LANGUAGE_CODE
    solutions = [solution for solution in registry.solutions().values() if solution.domain == key]
    found = catalogue.search(request.actor, "", language, {"theme": list(shown.themes)}, order="relevance", limit=10)
    figures = live.cards(request.actor, solutions, language)
    context = {
        "domain": shown,
        "figures": figures,
        "silent": [each for each in solutions if reverse("solution", kwargs={"key": each.key}) not in [figure.address for figure in figures]],
        "hits": found.hits,
        "total": found.total,
        "all_address": f"{reverse('search')}?{urlencode([('theme', theme) for theme in shown.themes])}",
        "trail": (),
    }
    return render(request, "web/domain.html", context)


PAGES = (
    Page(
        name="about",
        path="about/",
        view=about,
        audience=EVERYONE,
        front=Front(
            icon="info",
            title=Text("Comment ça marche", "Hoe het werkt", "How it works"),
            about=Text(
                "D’où viennent les données, qui les protège, comment les réutiliser.",
                "Waar de gegevens vandaan komen, wie ze beschermt, hoe u ze hergebruikt.",
                "Where the data come from, who protects them, how to use them again.",
            ),
        ),
    ),
    Page(
        name="accessibility",
        path="accessibility/",
        view=accessibility,
        audience=EVERYONE,
        front=Front(
            icon="accessibility",
            title=Text("Accessibilité", "Toegankelijkheid", "Accessibility"),
            about=Text(
                "La déclaration d’accessibilité et comment signaler un obstacle.",
                "De toegankelijkheidsverklaring en hoe u een drempel meldt.",
                "The accessibility statement and how to report an obstacle.",
            ),
        ),
    ),
    Page(
        name="developers",
        path="developers/",
        view=developers,
        audience=EVERYONE,
        front=Front(
            icon="code-xml",
            title=Text("Utiliser depuis du code", "Gebruiken vanuit code", "Use it from code"),
            about=Text("API ouvertes, formats et exemples.", "Open API’s, formaten en voorbeelden.", "Open APIs, formats and examples."),
        ),
    ),
    Page(name="domain", path="domains/{key}/", view=domain, audience=EVERYONE, sample={"key": "environment"}),
)
