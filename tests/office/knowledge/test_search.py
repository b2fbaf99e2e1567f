"""The search: three languages, themes, typing errors, and nothing that is not open."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.office.knowledge.conftest import THEMES, VISITOR, person
from zinneke.kernel.confidentiality import Level
from zinneke.office.knowledge import search, store
from zinneke.office.knowledge.index import Index
from zinneke.office.knowledge.thesaurus import Thesaurus
from zinneke.office.knowledge.values import Article, Draft, Entry, Expert

Publish = Callable[..., Entry]


def found(text: str, **narrowed: str) -> list[str]:
    return [hit.entry.key for hit in store.search(VISITOR, text, **narrowed)]


@pytest.fixture
def some(publish: Publish, themes: None) -> None:
    publish("a", title={"fr": "Mesurer le bruit", "nl": "Geluid meten"}, themes=("sensors",))
    publish("b", title={"fr": "Capteurs en rue", "nl": "Meten op straat"})
    publish("c", title={"fr": "Vélos et trottinettes", "nl": "Fietsen en steps"}, themes=("mobility",), body={"fr": "capteurs", "nl": "x"})


@pytest.mark.parametrize("asked", ["sensors", "sensoren", "capteurs", "Sensor", "probes"])
def test_a_theme_is_found_by_its_name_in_any_language(some: None, asked: str) -> None:
    assert {"a", "b"} <= set(found(asked))


@pytest.mark.parametrize("asked", ["senzors", "capteur", "cpateurs"])
def test_typing_errors_are_forgiven(some: None, asked: str) -> None:
    assert {"a", "b"} <= set(found(asked))


def test_the_title_weighs_more_than_the_text(some: None) -> None:
    order = found("capteurs")
    assert order.index("b") < order.index("c")


def test_accents_and_plurals_do_not_matter(some: None) -> None:
    assert found("velo") == ["c"] and found("fiets") == ["c"]


def test_every_word_must_be_there_unless_nothing_holds_them_all(some: None) -> None:
    assert found("mesurer bruit") == ["a"]
    assert set(found("bruit trottinettes")) == {"a", "c"}


def test_a_search_is_narrowed_by_kind_and_theme(some: None) -> None:
    assert found("capteurs", theme="mobility") == ["c"]
    assert found("capteurs", kind="norm") == []


def test_experts_are_found_by_what_they_know_and_only_by_administrations(publish: Publish, themes: None) -> None:
    expert = Expert(organisation="STIB", email="x@stib.example", skills=("hydrogène", "bus"))
    publish("ann", expert, level=Level.SHARED, title={"fr": "Ann Peeters", "nl": "Ann Peeters"})
    assert found("hydrogène") == []
    assert [hit.entry.key for hit in store.search(person("partner"), "hydrogene")] == ["ann"]


def test_the_room_joins_the_search_over_everything(some: None) -> None:
    results = list(search.find(VISITOR, "bruit", "nl"))
    assert [each.title for each in results] == ["Geluid meten"] and results[0].address.endswith("/knowledge/publications/a/")


@settings(max_examples=60)
@given(st.text(max_size=60))
def test_no_question_breaks_the_index(text: str) -> None:
    index = Index([(1, Draft(title={"fr": "Capteurs d’air"}, details=Article(), themes=("air",)))], Thesaurus(THEMES))
    assert set(index.search(text)) <= {1}


def test_a_tree_of_themes_that_bites_its_tail_ends() -> None:
    from msgspec.structs import replace

    held = Thesaurus([replace(THEMES[0], broader="air"), THEMES[1]])
    assert held.within("air") == {"air", "sensors"} and len(held.path("air")) == 2
