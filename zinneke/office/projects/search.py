"""Projects and components in the search over everything."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse

from zinneke.kernel.confidentiality import Actor
from zinneke.kernel.finding import Finding, answers
from zinneke.kernel.text import Text, choose
from zinneke.office.projects import searching, store, words

KIND = Text("Projets", "Projecten", "Projects")
PROJECT, WORKS = Text("Projet", "Project", "Project"), Text("Chantier", "Werf", "Works")
COMPONENT = Text("Composant", "Component", "Component")


def find(actor: Actor, typed: str, language: str) -> Iterator[Finding]:
    """Yield the projects that answer, smart ones before works, then the components."""
    found = [each for each in store.list_projects(actor) if searching.says(each, typed)]
    for each in sorted(found, key=lambda each: (each.fiche.kind, each.name_in(language))):
        name, lang = choose(each.fiche.name, language)
        works = each.fiche.kind == "works"
        icon = "traffic-cone" if works else words.ICONS[each.fiche.domain]
        about = choose(each.fiche.summary, language)[0]
        address = reverse("project", kwargs={"key": each.key})
        yield Finding(WORKS if works else PROJECT, icon, name, lang, address, about, each.fiche.domain, weak=works)
    for part in store.list_components(actor):
        if answers(typed, searching.text_of(part.name), searching.text_of(part.about)):
            name, lang = choose(part.name, language)
            address = reverse("component", kwargs={"key": part.key})
            yield Finding(COMPONENT, "blocks", name, lang, address, choose(part.about, language)[0], weak=part.own)
