"""The back office speaks French and Dutch: no name of a table, a column, an action or a role is left in English."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from django.apps import apps
from django.contrib import admin
from django.test import Client
from django.utils import translation

from zinneke.foundations.audit import store as audit
from zinneke.foundations.identity import models, rules, store
from zinneke.kernel.confidentiality import SYSTEM

pytestmark = pytest.mark.django_db
BOSS = "an.chef@brussels.test"
ALIKE = {
    "fr": {"action", "organisation", "organisations", "journal"},
    "nl": {"token", "tokens", "details", "partner", "operator"},
}
"""Words that are the same as in English, and right."""

DATA = {"Zinneke", BOSS, "An Chef", "export", "elsene", "system"}
CODE = re.compile(r"[a-z]+[.:]\w+|[{\[].*|[0-9a-f]{64}|\d+ [a-z.]+ [a-z:]+")
"""What the journal and the rights keep as it was written: deeds, keys, details and seals."""


class Visible(HTMLParser):
    """The pieces of text that a page shows, and those that it reads aloud."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str] = []
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.hidden += tag in {"script", "style"}
        self.pieces += [value for name, value in attrs if name in {"aria-label", "title", "placeholder", "alt"} and value]

    def handle_endtag(self, tag: str) -> None:
        self.hidden -= tag in {"script", "style"}

    def handle_data(self, data: str) -> None:
        if not self.hidden and data.strip():
            self.pieces.append(" ".join(data.split()))


@pytest.fixture
def pages(client: Client) -> list[str]:
    """Return the addresses of the back office, with an administrator signed in and something on every list."""
    store.add_organisation(SYSTEM, "elsene", {"fr": "Commune d’Ixelles", "nl": "Gemeente Elsene", "en": "Ixelles town hall"})
    store.add_person(SYSTEM, BOSS, "An Chef", "elsene", "quatre mots peu communs")
    for role, area in (("administrator", ""), ("steward", "21009")):
        store.grant_role(SYSTEM, BOSS, role, area)
    store.add_token(SYSTEM, BOSS, "export", ["see:tables"], 3)
    person = models.Person.objects.get()
    client.force_login(person)
    lists = [f"/admin/{model._meta.app_label}/{model._meta.model_name}/" for model in admin.site._registry]
    forms = [f"identity/person/{person.pk}/change/", f"identity/token/{models.Token.objects.get().pk}/change/", "audit/entry/1/change/"]
    forms += [
        "identity/person/add/",
        "identity/organisation/add/",
        "identity/grant/add/",
        f"identity/grant/{models.Grant.objects.first().pk}/delete/",
    ]
    return ["/admin/", "/admin/identity/", "/admin/audit/", *lists, *(f"/admin/{form}" for form in forms)]


def show(client: Client, address: str, language: str) -> list[str]:
    response = client.get(address, headers={"accept-language": language})
    assert response.status_code == 200, address
    seen = Visible()
    seen.feed(response.content.decode())
    return seen.pieces


def names() -> list[str]:
    """Return the names of rooms, tables, columns, actions and roles that the back office may show, in the language that is on."""
    found: list[object] = [admin.site.index_title, *(role.name.said_in(translation.get_language()) for role in rules.roles().values())]
    for model, office in admin.site._registry.items():
        found += [apps.get_app_config(model._meta.app_label).verbose_name, model._meta.verbose_name, model._meta.verbose_name_plural]
        found += [
            text for field in model._meta.fields if field.name not in {"id", "digest", "stamp"} for text in (field.verbose_name, field.help_text)
        ]
        found += [getattr(office, action).short_description for action in office.actions]
    return [str(name).lower() for name in found]


@pytest.mark.parametrize("language", ["fr", "nl"])
def test_every_page_of_the_back_office_is_free_of_english_names(client: Client, pages: list[str], language: str) -> None:
    with translation.override("en"):
        english = names()
    with translation.override(language):
        own = names()
    foreign = {name for name, said in zip(english, own, strict=True) if name and name != said} - ALIKE[language]
    assert len(foreign) > 30
    for address in pages:
        text = "\n".join(show(client, address, language)).lower()
        left = [name for name in foreign if re.search(rf"(?<![\w.:\"*-]){re.escape(name)}(?![\w.:\"-])", text)]
        assert not left, (address, left)


def label(piece: str) -> str:
    """Return what a piece says, without its number, its arrow and its colon."""
    return re.sub(r"^[›\d\s]+|[:\s]+$", "", piece)


@pytest.mark.parametrize("language", ["fr", "nl"])
def test_what_reads_the_same_as_in_english_is_data_or_a_word_of_both_languages(client: Client, pages: list[str], language: str) -> None:
    journal = list(audit.list_entries(SYSTEM, limit=1000))  # with what other tests left in it
    deeds = {said for entry in journal for said in (entry.action, entry.subject, f"{entry.action} {entry.subject}")}
    for address in pages:
        shared = set(show(client, address, "en")) & set(show(client, address, language))
        words = {label(piece) for piece in shared - DATA if re.search("[a-zA-Z]{2}", piece) and not CODE.fullmatch(piece.removeprefix("› "))}
        assert {word for word in words - DATA - deeds if word.lower() not in ALIKE[language]} == set(), address


def test_an_organisation_is_named_in_the_language_of_the_reader(client: Client, pages: list[str]) -> None:
    assert "Gemeente Elsene" in show(client, "/admin/identity/organisation/", "nl")
    assert "Commune d’Ixelles" in show(client, "/admin/identity/person/", "fr")


def test_roles_are_said_in_words_and_still_filtered_by_their_key(client: Client, pages: list[str]) -> None:
    said = show(client, "/admin/identity/grant/?role=steward", "fr")
    assert said.count("gestionnaire de données") == 2  # the filter and the one line
    assert said.count("administrateur") == 1


def test_a_role_that_cannot_be_given_is_refused_in_the_language_of_the_reader(client: Client, pages: list[str]) -> None:
    data = {"person": models.Person.objects.get().pk, "role": "partner", "area": "; drop", "subject": "*"}
    answer = client.post("/admin/identity/grant/add/", data, headers={"accept-language": "nl"})
    assert "Deze rol kan zo niet worden toegekend" in answer.content.decode()
