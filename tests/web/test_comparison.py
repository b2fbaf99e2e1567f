"""An idea beside the projects that look like it."""

from __future__ import annotations

import pytest
from django.test import Client

from zinneke.foundations.identity import models as identity_models
from zinneke.foundations.identity import store as identity
from zinneke.kernel.confidentiality import SYSTEM, Level
from zinneke.office.projects import store as projects
from zinneke.office.projects.values import Fiche, Organisation
from zinneke.office.selection import store as selection
from zinneke.office.selection.values import IdeaRow
from zinneke.web.views.comparison import likely

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def planted() -> None:
    projects.set_organisation(SYSTEM, Organisation(key="region", name={"en": "Region"}))
    for key, name, level in (
        ("bins", "Slimme vuilnisbakken", Level.PUBLIC),
        ("bikes", "Deelfietsen", Level.PUBLIC),
        ("secret", "Poubelles", Level.SHARED),
    ):
        projects.set_project(SYSTEM, Fiche(key=key, name={"nl": name, "fr": name, "en": name}, owner="region", domain="environment", level=level))
    selection.set_ideas(SYSTEM, [IdeaRow(key="idea", title={"fr": "Poubelles intelligentes"}, city="Lyon")])


def test_projects_are_found_across_languages_and_none_that_is_more_confidential() -> None:
    assert [each.key for each in likely(SYSTEM, selection.get_idea(SYSTEM, "idea"))] == ["bins"]


def test_what_is_found_is_kept_with_its_projects_and_a_claim_needs_one_or_a_sentence(client: Client) -> None:
    identity.add_person(SYSTEM, "a@example.org", "An Analist")
    identity.grant_role(SYSTEM, "a@example.org", "operator")
    client.force_login(identity_models.Person.objects.get(email="a@example.org"))
    page = "/en/selection/ideas/idea/compare/"
    assert "Slimme vuilnisbakken" in client.get(page).content.decode()
    refused = client.post(page, {"coverage": "exists", "version": "1"})
    assert refused.status_code == 422
    assert "Name a project in which it exists" in refused.content.decode()
    assert client.post(page, {"coverage": "partly", "matches": ["bins"], "version": "1"}).status_code == 302
    found = selection.get_idea(SYSTEM, "idea")
    assert (found.coverage, found.matches) == ("partly", ("bins",))
