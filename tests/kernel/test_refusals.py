"""What a store refuses in English is said on pages in the reader's language, from one catalogue."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tools import refusals
from zinneke.kernel.problem import Problem, wrong
from zinneke.kernel.refusals import read, say

BLANK = re.compile(r"\{\d+\}")


def test_every_refusal_that_a_page_can_show_is_in_the_catalogue_and_nothing_else_is() -> None:
    assert list(refusals.faults()) == []


def test_a_sentence_without_translation_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    room = tmp_path / "office" / "room"
    room.mkdir(parents=True)
    (room / "store.py").write_text('def f(key):\n    raise wrong(f"The room {key!r} is closed on {day}.")\n')
    monkeypatch.setattr(refusals, "ROOT", tmp_path)
    assert "fr, nl: the refusal \"The room '{0}' is closed on {1}.\" has no translation in a refusals.toml (zinneke/office/room/store.py:2)" in list(
        refusals.faults()
    )


def test_doors_of_machines_need_no_translation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "standards").mkdir()
    (tmp_path / "standards" / "sta.py").write_text('def f():\n    raise wrong("No.")\n')
    monkeypatch.setattr(refusals, "ROOT", tmp_path)
    assert not list(refusals.sentences())


def test_translations_fill_in_nothing_that_the_sentence_does_not() -> None:
    for sentence, text in read().items():
        for said in (text.fr, text.nl):
            assert said
            assert set(BLANK.findall(said)) <= set(BLANK.findall(sentence))


def test_what_is_filled_in_comes_back_in_each_language() -> None:
    problem = wrong("There is no criterion 'reuse' in this method.")
    assert problem.said_in("fr") == "Il n’y a pas de critère «\u00a0reuse\u00a0» dans cette méthode."
    assert problem.said_in("nl") == "Er is geen criterium ‘reuse’ in deze methode."
    assert problem.said_in("en") == problem.detail


def test_a_refusal_within_a_refusal_is_translated_too() -> None:
    assert say("The dataset air has changed: Column 'a' is text; figures need numbers.").fr.endswith("un chiffre demande des nombres.")


def test_what_is_in_no_catalogue_stays_as_it_was_raised() -> None:
    assert Problem(400, "Odd", "Nobody wrote this { down }.").said_in("fr") == "Nobody wrote this { down }."


def test_braces_that_somebody_typed_are_told_and_not_filled_in() -> None:
    assert say("There is no criterion '{1} {x}' in this method.").nl == "Er is geen criterium ‘{1} {x}’ in deze methode."


def test_templates_count_their_blanks_in_order() -> None:
    node = ast.parse('f"{a} of {b!r}"', mode="eval").body
    assert isinstance(node, ast.JoinedStr)
    assert refusals.template(node) == "{0} of '{1}'"
