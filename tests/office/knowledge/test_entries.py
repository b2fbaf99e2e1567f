"""Entries: written, reviewed, published, changed by two at once, archived."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import msgspec
import pytest

from tests.office.knowledge.conftest import THEMES, VISITOR, draft, person
from zinneke.kernel.confidentiality import SYSTEM, Level
from zinneke.kernel.problem import Problem
from zinneke.office.knowledge import store
from zinneke.office.knowledge.values import Article, Conclusion, Entry, Event

Publish = Callable[..., Entry]
pytestmark = pytest.mark.django_db


def test_a_draft_is_read_by_nobody_but_those_who_write() -> None:
    store.set_entry(SYSTEM, draft("secret"))
    assert store.list_entries(VISITOR, "article") == []
    with pytest.raises(Problem) as refused:
        store.get_entry(VISITOR, "article", "secret")
    assert refused.value.status == 404
    assert [each.key for each in store.list_entries(person("steward"), "article")] == ["secret"]


def test_who_edits_gives_to_review_and_only_who_commands_publishes() -> None:
    steward, operator = person("steward"), person("operator")
    entry = store.set_entry(steward, draft("a"))
    entry = store.set_state(steward, "article", "a", "review", entry.version)
    assert [each.key for each in store.list_in_review(operator)] == ["a"] and store.list_in_review(steward) == []
    with pytest.raises(Problem) as refused:
        store.set_state(steward, "article", "a", "published", entry.version)
    assert refused.value.status == 403
    assert store.set_state(operator, "article", "a", "published", entry.version).live
    assert store.get_entry(VISITOR, "article", "a").state == "published"


def test_nothing_is_published_without_french_and_dutch() -> None:
    entry = store.set_entry(SYSTEM, msgspec.structs.replace(draft("a"), title={"en": "Only English"}))
    with pytest.raises(Problem) as refused:
        store.set_state(SYSTEM, "article", "a", "published", entry.version)
    assert refused.value.status == 422 and "fr.title" in refused.value.extra["lacking"]


def test_readers_see_the_published_version_until_the_next_is_published(publish: Publish) -> None:
    entry = publish("a")
    changed = store.set_entry(SYSTEM, draft("a", title={"fr": "Nouveau", "nl": "Nieuw"}), entry.version)
    assert store.get_entry(VISITOR, "article", "a").draft.title["fr"] == "Titre a"
    assert store.get_working(SYSTEM, "article", "a").draft.title["fr"] == "Nouveau"
    store.set_state(SYSTEM, "article", "a", "published", changed.version)
    assert store.get_entry(VISITOR, "article", "a").draft.title["fr"] == "Nouveau"


def test_two_editors_at_once_overwrite_nothing(publish: Publish) -> None:
    entry = publish("a")
    store.set_entry(person("steward"), draft("a", title={"fr": "Le sien", "nl": "Het zijne"}), entry.version)
    with pytest.raises(Problem) as refused:
        store.set_entry(SYSTEM, draft("a", title={"fr": "Le mien", "nl": "Het mijne"}), entry.version)
    assert refused.value.status == 409 and "steward" in refused.value.detail
    assert store.get_working(SYSTEM, "article", "a").draft.title["fr"] == "Le sien"


def test_every_version_stays_readable_with_who_and_why(publish: Publish) -> None:
    entry = publish("a")
    store.set_entry(SYSTEM, draft("a", title={"fr": "B", "nl": "B"}), entry.version, "another title")
    changes = store.list_changes(SYSTEM, "article", "a")
    assert [each.version for each in changes] == [2, 1, 1] and changes[0].note == "another title"
    assert changes[-1].draft.title["fr"] == "Titre a"


def test_what_is_archived_is_out_of_lists_and_search_but_keeps_its_address(publish: Publish) -> None:
    entry = publish("a")
    store.set_state(SYSTEM, "article", "a", "archived", entry.version)
    assert store.list_entries(VISITOR, "article") == [] and store.search(VISITOR, "titre") == []
    assert [each.key for each in store.list_entries(VISITOR, "article", archived=True)] == ["a"]
    assert store.get_entry(VISITOR, "article", "a").state == "archived"


def test_a_published_entry_is_opened_further_only_by_who_commands(publish: Publish) -> None:
    entry = publish("a", level=Level.SHARED)
    with pytest.raises(Problem) as refused:
        store.set_entry(person("steward"), draft("a"), entry.version)
    assert refused.value.status == 403


def test_an_entry_of_an_organisation_is_edited_by_who_holds_that_part_only() -> None:
    store.set_entry(SYSTEM, draft("a", owner="stib", level=Level.SHARED))
    mine, others = person("operator", "knowledge.stib"), person("operator", "knowledge.parking")
    assert store.get_working(mine, "article", "a").key == "a"
    with pytest.raises(Problem):
        store.get_working(others, "article", "a")


def test_a_key_is_made_of_the_title_and_never_taken_twice() -> None:
    first = store.set_entry(SYSTEM, draft("", title={"fr": "L’eau et la ville", "nl": "Water"}))
    second = store.set_entry(SYSTEM, draft("", title={"fr": "L’eau et la ville", "nl": "Water"}))
    assert (first.key, second.key) == ("l-eau-et-la-ville", "l-eau-et-la-ville-2")
    with pytest.raises(Problem) as refused:
        store.set_entry(SYSTEM, draft(first.key))
    assert refused.value.status == 409


def test_a_step_that_does_not_exist_is_refused(publish: Publish) -> None:
    entry = publish("a")
    with pytest.raises(Problem) as refused:
        store.set_state(SYSTEM, "article", "a", "review", entry.version)
    assert refused.value.status == 409


def test_what_follows_from_an_entry_is_found_from_both_ends(publish: Publish) -> None:
    publish("note", related=("project:lora",))
    starts = datetime(2026, 1, 1, tzinfo=UTC)
    publish("meeting", Event(starts=starts, ends=starts, conclusions=(Conclusion("Do it", "action:7"),)))
    publish("study", related=("article:note",))
    assert [each.key for each in store.list_about(VISITOR, "project:lora")] == ["note"]
    assert [each.key for each in store.list_about(VISITOR, "action:7")] == ["meeting"]
    assert [each.key for each in store.list_about(VISITOR, "article:note")] == ["study"]
    assert [each.key for each in store.list_by_reference(VISITOR, ("article:note", "article:none", "project:lora"))] == ["note"]


def test_a_theme_lists_what_is_part_of_it_too(publish: Publish, themes: None) -> None:
    publish("a", themes=("air",))
    publish("b", themes=("mobility",), plans=("good-move",))
    assert [each.key for each in store.list_entries(VISITOR, "article", theme="sensors")] == ["a"]
    assert [each.key for each in store.list_entries(VISITOR, "article", plan="good-move")] == ["b"]


def test_setting_the_same_themes_again_changes_nothing(themes: None) -> None:
    counts = store.set_concepts(SYSTEM, "theme", THEMES)
    assert (counts.added, counts.changed, counts.unchanged) == (0, 0, 3)
    with pytest.raises(Problem):
        store.set_concepts(person("operator", area="21015"), "theme", THEMES)
    with pytest.raises(Problem):
        store.set_concepts(SYSTEM, "colours", THEMES)


@pytest.mark.parametrize("wrong", [{"title": {"fr": " "}}, {"title": {"fr": "a\nb"}}, {"related": ("not a reference",)}])
def test_what_nobody_could_read_is_refused_with_its_field(wrong: dict[str, object]) -> None:
    with pytest.raises(Problem) as refused:
        store.set_entry(SYSTEM, draft("a", **wrong))
    assert refused.value.status == 400 and refused.value.extra["where"]


def test_articles_carry_the_day_they_were_published_when_they_have_none(publish: Publish) -> None:
    publish("a", Article())
    assert store.list_entries(VISITOR, "article")[0].published is not None
