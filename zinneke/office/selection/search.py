"""What the selection finds for the search over everything: ideas, by words in any of the three languages."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse

from zinneke.kernel.confidentiality import Actor
from zinneke.kernel.finding import Finding
from zinneke.kernel.text import Text, choose
from zinneke.office.selection import store
from zinneke.office.selection.cities import city_name

KIND = Text("Idées d’autres villes", "Ideeën van andere steden", "Ideas of other cities")
MOST = 20


def find(actor: Actor, typed: str, language: str) -> Iterator[Finding]:
    """Yield the ideas that have every word that was typed."""
    if not typed.strip():
        return
    for idea in store.find_ideas(actor, typed, limit=MOST).ideas:
        title, lang = choose(idea.row.title, language)
        about = f"{city_name(idea.row.city).said_in(language)}. {choose(idea.row.about, language)[0]}"
        yield Finding(KIND, "lightbulb", title, lang, reverse("idea", kwargs={"key": idea.key}), about, idea.row.domain, weak=True)
