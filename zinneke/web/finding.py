"""Finding what is not data: solutions, policy domains, pages, and what each room finds in its own things, by the words people type."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from django.urls import reverse

from zinneke.foundations.territory.values import Place
from zinneke.kernel import registry
from zinneke.kernel.confidentiality import Actor
from zinneke.kernel.finding import Finding, answers, fold
from zinneke.kernel.problem import Problem
from zinneke.kernel.route import Page
from zinneke.kernel.text import Text, choose
from zinneke.web.domains import DOMAINS


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of thing that can be found: its icon and its name."""

    icon: str
    name: Text


MOST = 50
"""Things of one room that a search shows."""
KINDS: dict[str, Kind] = {
    "commune": Kind(icon="building-2", name=Text("Commune", "Gemeente", "Commune")),
    "neighbourhood": Kind(icon="map-pinned", name=Text("Quartier", "Wijk", "Neighbourhood")),
    "street": Kind(icon="signpost", name=Text("Rue", "Straat", "Street")),
    "poi": Kind(icon="map-pin", name=Text("Lieu", "Plaats", "Place")),
    "address": Kind(icon="map-pin-house", name=Text("Adresse", "Adres", "Address")),
}


SMALL_WORDS = frozenset(
    (
        *("rue", "avenue", "boulevard", "chaussee", "place", "square", "quai", "chemin", "parc", "clos", "dreve", "allee", "sentier"),
        *("straat", "laan", "steenweg", "plein", "kaai", "weg", "park", "dreef", "pad"),
        *("de", "du", "des", "d", "l", "la", "le", "les", "van", "den", "het", "ten", "ter", "the", "of"),
    )
)
"""Words of a street's name that tell it from no other: typing the rest is typing its name."""


def names(typed: str, place: Place) -> bool:
    """Say whether what was typed is a place's name, or whole words of an area's; a part of a street's name says too little."""
    wanted = set(fold(typed))
    area = place.kind in ("commune", "neighbourhood")
    for name in place.name.values():
        there = set(fold(name))
        if wanted <= there and (area or there - SMALL_WORDS <= wanted):
            return True
    return False


def find_solutions(typed: str, language: str) -> Iterator[Finding]:
    """Yield the solutions that answer to what was typed."""
    kind = Text("Solution", "Oplossing", "Solution")
    for solution in registry.solutions().values():
        if answers(typed, solution.name, solution.purpose, *(reading.name for reading in solution.readings)):
            address = reverse("solution", kwargs={"key": solution.key})
            yield Finding(
                kind, solution.icon, solution.name.said_in(language), language, address, solution.purpose.said_in(language), solution.domain
            )


def fronts(actor: Actor) -> list[Page]:
    """Return the pages at which people begin, without those whose door stays shut for this actor."""

    def opens(page: Page) -> bool:
        try:
            page.audience.check(actor)
        except Problem:
            return False
        return True

    return [page for page in registry.pages() if page.front and opens(page)]


def find_pages(actor: Actor, typed: str, language: str) -> Iterator[Finding]:
    """Yield the domains and pages of plain words that answer to what was typed."""
    kind = Text("Domaine", "Domein", "Domain")
    for domain in DOMAINS:
        if answers(typed, domain.name, domain.about):
            address = reverse("domain", kwargs={"key": domain.key})
            yield Finding(kind, domain.icon, domain.name.said_in(language), language, address, domain.about.said_in(language), domain.key)
    for page in fronts(actor):
        if (front := page.front) and answers(typed, front.title, front.about):
            words = front.title.said_in(language), language, reverse(page.name), front.about.said_in(language)
            yield Finding(Text("Page", "Pagina", "Page"), front.icon, *words)


def find_in_rooms(actor: Actor, typed: str, language: str) -> dict[str, list[Finding]]:
    """Return what each room finds in its own things, by the room's name."""
    return {module.__name__.split(".")[2]: list(islice(module.find(actor, typed, language), MOST)) for module in registry.modules("search")}


def place_results(typed: str, places: Iterable[Place], communes: dict[str, tuple[str, str]], language: str) -> Iterator[Finding]:
    """Yield places as results, those that are named first; `communes` gives each commune's name and address by code."""
    for weak, place in sorted(((not names(typed, place), place) for place in places), key=lambda each: each[0]):
        kind = KINDS.get(place.kind, KINDS["poi"])
        title, lang = choose(place.name, language)
        around, address = communes.get(place.area, ("", ""))
        if place.kind == "commune":
            yield Finding(kind.name, kind.icon, title, lang, communes.get(place.key, ("", address))[1] or address, weak=weak)
        else:
            yield Finding(kind.name, kind.icon, title, lang, f"{reverse('map')}?at=16.5/{place.lat:.5f}/{place.lon:.5f}", around, weak=weak)
