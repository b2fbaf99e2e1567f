"""What waits on the desk, and what the search over everything finds."""

from __future__ import annotations

from datetime import date

from django.test import Client
from django.urls import reverse

from tests.office.projects.conftest import fiche
from zinneke.kernel.confidentiality import ANONYMOUS, SYSTEM, Actor
from zinneke.office.projects import desk, keeping, search, store
from zinneke.office.projects.rules import Line
from zinneke.office.projects.values import Milestone


def test_the_owner_finds_what_projects_ask_and_nobody_else_does(owner: Actor, manager: Actor) -> None:
    stone = Milestone(name={"fr": "Premier feu"}, due=date(2020, 1, 1))
    keeping.take(SYSTEM, [Line("1", fiche(milestones=(stone,), as_of=date(2019, 1, 24)), "execution")])
    store.set_draft(owner, "", {"name_fr": ["Idée"]})
    waiting = list(desk.waiting(owner))
    assert [each.what.en for each in waiting] == ["Confirm that the record is still right", "Late milestone: Premier feu", "Finish the draft"]
    assert all(reverse(each.page, kwargs=dict(each.values)) for each in waiting)
    assert not list(desk.waiting(ANONYMOUS)) and not list(desk.waiting(manager))
    store.confirm_project(owner, "tram-lights")
    assert [each.page for each in desk.waiting(owner)] == ["project", "project-new"]


def test_the_search_finds_projects_before_works_and_parts_of_the_platform_last(town: None) -> None:
    works = fiche(key="works", kind="works", name={"fr": "Avenue du Tram", "nl": "Tramlaan", "en": "Avenue du Tram"})
    keeping.take(SYSTEM, [Line("1", works), Line("2", fiche())])
    found = list(search.find(ANONYMOUS, "tram", "fr"))
    assert [each.title for each in found] == ["Feux pour le tram", "Avenue du Tram"] and found[1].weak
    assert any(each.icon == "blocks" for each in search.find(ANONYMOUS, "catalogue", "fr"))


def test_a_commune_and_a_domain_show_their_projects(town: None) -> None:
    keeping.take(SYSTEM, [Line("1", fiche(communes=("21015",))), Line("2", fiche(key="works", kind="works", communes=("21015",)))])
    page = Client().get("/fr/communes/21015-schaerbeek/").content.decode()
    assert "Feux pour le tram" in page and "Chantiers en voirie" in page
    assert "Feux pour le tram" in Client().get("/fr/domains/mobility/").content.decode()
