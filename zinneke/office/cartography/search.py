"""The map in the search over everything."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse

from zinneke.kernel.confidentiality import Actor
from zinneke.kernel.finding import Finding
from zinneke.kernel.text import Text, choose
from zinneke.office.cartography import store
from zinneke.office.cartography.things import KIND_NAMES

KIND = Text("Carte des données", "Kaart van de gegevens", "Map of the data")
MOST = 20


def find(actor: Actor, typed: str, language: str) -> Iterator[Finding]:
    """Yield the things of the map whose words begin as those typed."""
    if not typed.strip():
        return
    for thing in store.list_things(actor, text=typed, limit=MOST)[0]:
        title, lang = choose(thing.title, language)
        address = reverse("cartography-thing", kwargs={"key": thing.key})
        yield Finding(KIND_NAMES[thing.kind], "waypoints", title, lang, address, choose(thing.row.about, language)[0], weak=True)
