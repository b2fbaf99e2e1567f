"""Pieces of pages are drawn once for what they show and the language, and anew for anything else."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.utils import translation

from zinneke.kernel.text import Text
from zinneke.web.templatetags import pieces


@pytest.fixture(autouse=True)
def drawn(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Return what was drawn, in order: the template's name and the value."""
    made: list[str] = []

    def draw(name: str, values: dict[str, object]) -> str:
        made.append(f"{name} {values['said']}")
        return f"{translation.get_language()} {values['said']}"

    monkeypatch.setattr(pieces, "render_to_string", draw)
    pieces._drawn.clear()
    yield made
    pieces._drawn.clear()


def test_what_shows_the_same_is_drawn_once(drawn: list[str]) -> None:
    first, second = (pieces.piece("a.html", said=Text("un", "een", "one")) for _ in range(2))
    assert first == second
    assert len(drawn) == 1


def test_another_value_language_or_template_is_drawn_anew(drawn: list[str]) -> None:
    with translation.override("fr"):
        told = [pieces.piece("a.html", said=1), pieces.piece("a.html", said=2), pieces.piece("a.html", said="1")]
    with translation.override("nl"):
        told.append(pieces.piece("a.html", said=1))
    pieces.piece("b.html", said=1)
    assert told == ["fr 1", "fr 2", "fr 1", "nl 1"]
    assert len(drawn) == 5


def test_only_so_many_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pieces, "MOST", 3)
    for number in range(9):
        pieces.piece("a.html", said=number)
    assert len(pieces._drawn) == 3
