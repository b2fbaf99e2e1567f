"""The first page: one search box, six domains, live figures, a map of the communes, and the news of the data."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from zinneke.foundations.catalogue import store as catalogue
from zinneke.foundations.observations import store as observations
from zinneke.kernel import registry
from zinneke.kernel.confidentiality import Actor
from zinneke.kernel.route import EVERYONE, Page
from zinneke.web import formats, live
from zinneke.web.density import densities
from zinneke.web.figures import FigureCard
from zinneke.web.ground import ground, picture
from zinneke.web.outline import Point

FIGURES = 4


def home(request: HttpRequest) -> HttpResponse:
    """Show the first page; each part is left out, or says what will be here, until there is something to show."""
    language, actor = request.LANGUAGE_CODE, request.actor
    land = ground(actor)
    communes = sorted(((land.name(code, language), land.href(code, language)) for code in land.communes), key=lambda pair: pair[0])
    solutions = registry.solutions().values()
    figures = live.cards(actor, solutions, language)[: FIGURES - 1]
    news = catalogue.list_news(actor, 6, language)
    if data := data_card(actor, language):
        figures.append(replace(data, time=news[0].when, daily=True) if news else data)
    context = {
        "figures": figures,
        "fresh": all(figure.time > datetime.now(UTC) - timedelta(days=2) for figure in figures if figure.time),
        "communes": communes,
        "densities": densities(actor, language),
        "region": picture(actor, language, _measuring(actor), width=400),
        "news": news,
        "solutions": solutions,
    }
    return render(request, "web/home.html", context)


def _measuring(actor: Actor) -> list[Point]:
    """Return the places where something measures, for the drawing of the Region."""
    return [Point(thing.place.lon, thing.place.lat, "", "good") for thing in observations.list_things(actor)[:1000] if thing.place]


def data_card(actor: Actor, language: str) -> FigureCard | None:
    """Return the figure of the catalogue: how many datasets, and how many of them can be read here."""
    counted = catalogue.statistics(actor)
    if not counted.datasets:
        return None
    return FigureCard(
        name=_("Open data"),
        value=formats.number(counted.datasets, language),
        what=_("datasets that can be searched in three languages"),
        words=_("%(n)s can be read, mapped and downloaded here.") % {"n": formats.number(counted.versioned, language)},
        source=_("%(n)s publishers") % {"n": formats.number(counted.publishers, language)},
        address=reverse("search"),
        icon="database",
    )


PAGES = (Page(name="home", path="", view=home, audience=EVERYONE),)
