"""The words of our templates."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.http import QueryDict
from django.template import Context, Template
from django.utils import translation

from tests.web.conftest import ROOT, tool
from zinneke.foundations.tables.values import Column
from zinneke.kernel.text import Text
from zinneke.web import assets, finding, paging, table_view


def say(source: str, language: str = "fr", **context: object) -> str:
    with translation.override(language):
        return Template(source).render(Context(context))


def test_a_text_from_outside_is_marked_with_its_language() -> None:
    assert say("{{ t|texts }}", "fr", t={"nl": "Bomen", "en": "Trees"}) == '<span lang="nl">Bomen</span>'
    assert say("{{ t|texts }}", "nl", t={"nl": "Bomen", "en": "Trees"}) == "Bomen"
    assert say("{{ t|texts }}", "nl", t={"nl": "<b>"}) == "&lt;b&gt;"
    assert say("{{ t|texts }}{{ t|plain }}", "nl", t={}) == ""


def test_a_text_of_ours_is_said_in_the_readers_language() -> None:
    assert say("{{ t|said }}", "nl", t=Text("chien", "hond", "dog")) == "hond"


def test_a_moment_carries_its_iso_form() -> None:
    shown = say("{{ t|moment }}", "nl", t=datetime(2026, 11, 23, 13, 5, tzinfo=UTC))
    assert 'datetime="2026-11-23T14:05+01:00"' in shown and "14.05\u00a0uur" in shown


def test_a_status_is_a_shape_with_words() -> None:
    shown = say('{% status "act" %}', "fr")
    assert "<path" in shown and "À traiter" in shown and "status-act" in shown
    assert "status-unknown" in say('{% status "nonsense" "?" %}')


def test_an_icon_is_decoration_unless_it_has_words() -> None:
    assert 'aria-hidden="true"' in say('{% icon "search" %}')
    assert 'role="img" aria-label="Carte"' in say('{% icon "map" "Carte" %}')


def test_a_static_file_carries_the_hash_of_its_content() -> None:
    assert "/static/zinneke.css?v=" in say('{% asset "zinneke.css" %}')


def test_every_icon_that_the_source_names_exists() -> None:
    vendor = tool("vendor")
    if not vendor.MODULES.is_dir():
        pytest.skip("node_modules is not installed")
    assert vendor.sprite(vendor.icons())[1] == []


def test_pages_keep_the_rest_of_the_address() -> None:
    made = paging.pages(QueryDict("q=air&theme=ENVI&page=5"), 5, 300, 20)
    assert made.before == "?q=air&theme=ENVI&page=4"
    assert made.after == "?q=air&theme=ENVI&page=6"
    assert [(each.number, each.gap) for each in made.numbers] == [(1, False), (3, True), (4, False), (5, False), (6, False), (14, True), (15, False)]
    assert paging.pages(QueryDict("q=a&page=2"), 2, 30, 20).before == "?q=a"
    assert not paging.pages(QueryDict(""), 1, 0, 20).after


@pytest.mark.parametrize("typed", ["qualite air", "Luchtkwaliteit", "AIR QUAL"])
def test_a_solution_is_found_in_any_language_without_accents(typed: str) -> None:
    assert finding.answers(typed, Text("Qualité de l’air", "Luchtkwaliteit", "Air quality"))


def test_nothing_typed_finds_nothing() -> None:
    assert not finding.answers("  ", Text("Qualité", "Kwaliteit", "Quality"))


@pytest.mark.parametrize("path", sorted((ROOT / "zinneke").rglob("templates/**/*.html")), ids=lambda path: path.name)
def test_a_template_has_no_style_or_script_written_inside(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert " style=" not in text
    assert "<script>" not in text and "onclick=" not in text


def test_the_font_that_pages_load_ahead_is_the_one_that_the_style_sheet_asks_for() -> None:
    address = assets.address("vendor/fonts/atkinson-400-latin.woff2").removeprefix("/static/")
    if "?v=" not in address:
        pytest.skip("the fonts come with `make`")
    assert f'url("{address}")' in (settings.BASE_DIR / "web" / "static" / "zinneke.css").read_text()


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        ("height:ge:20", "Hauteur ≥ 20"),
        ("height:between:2|3", "Hauteur entre 2 – 3"),
        ("height:null:true", "Hauteur est vide"),
        ("height:null:false", "Hauteur n’est pas vide"),
        ("note:contains:a:b", "note contient a:b"),
    ],
)
def test_a_condition_is_told_in_words(condition: str, words: str) -> None:
    columns = [Column("height", "decimal", label={"fr": "Hauteur"}), Column("note", "text")]
    assert table_view.said(condition, columns, "fr") == words
