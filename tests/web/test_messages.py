"""No string of the house is without a French and a Dutch translation."""

from __future__ import annotations

import pytest

from tests.web.conftest import tool

messages = tool("messages")


@pytest.mark.parametrize("language", ["fr", "nl"])
def test_every_string_is_translated_once_and_used(language: str) -> None:
    assert list(messages.faults_of(language, messages.collect())) == []


def test_a_missing_string_is_named_with_its_place() -> None:
    found = messages.Catalog()
    found.add("A sentence that nobody translated", locations=[("zinneke/web/x.html", 3)])
    faults = list(messages.faults_of("fr", found))
    assert "fr: 'A sentence that nobody translated' has no translation (zinneke/web/x.html:3)" in faults


def test_fuzzy_doubled_and_unreadable_translations_are_named(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "fr" / "LC_MESSAGES"  # type: ignore[operator]
    (folder / "parts").mkdir(parents=True)
    (folder / "django.po").write_text('msgid "Map"\nmsgstr "Carte"\n\n#, fuzzy\nmsgid "Dog"\nmsgstr "Chat"\n', encoding="utf-8")
    (folder / "parts" / "a.po").write_text('msgid "Map"\nmsgstr "Plan"\n\nmsgid "%(n)s rows"\nmsgstr "%(m)s lignes"\n', encoding="utf-8")
    monkeypatch.setattr(messages, "LOCALE", tmp_path)
    monkeypatch.setattr(messages, "ROOT", tmp_path)
    faults = "\n".join(messages.faults_of("fr", messages.Catalog()))
    assert "'Dog' is fuzzy" in faults
    assert "'Map' is translated differently" in faults
    assert "different placeholders" in faults
    assert "nothing says it" in faults
