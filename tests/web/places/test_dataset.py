"""The page of a dataset: complete without script, nothing in it that the reader may not see, its state in the address."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.test import Client

from zinneke.foundations.tables import store as tables
from zinneke.foundations.tables.values import ColumnSpec
from zinneke.kernel.confidentiality import ANONYMOUS, Level
from zinneke.web import dataset_map

pytestmark = pytest.mark.django_db


def test_days_are_written_for_people_and_signs_keep_their_space(publish: Callable[..., Any], read: Callable[..., str]) -> None:
    publish("days", "day,depth_m\n" + "".join(f"2026-03-{number:02},{number}.5\n" for number in range(1, 29)), start="2026-03-01", end="2026-03-28")
    page = read("/fr/data/days/")
    assert "1er mars 2026 – 28 mars 2026" in page
    assert "du 1er mars 2026 au 28 mars 2026\xa0; la moitié entre le " in page


@pytest.mark.parametrize(("language", "words"), [("fr", "Téléchargements"), ("nl", "Downloads"), ("en", "Downloads")])
def test_a_dataset_shows_table_map_chart_columns_downloads_and_code(
    publish: Callable[..., Any], read: Callable[..., str], language: str, words: str
) -> None:
    publish()
    html = read(f"/{language}/data/trees/")
    for anchor in ("table", "map-part", "chart", "columns", "downloads", "code", "versions", "source"):
        assert f'id="{anchor}"' in html
    assert words in html
    assert "/tiles/tables/trees.pmtiles?version=1" in html
    assert len(re.findall(r"<tr>", html)) >= 25


def test_a_title_in_another_language_says_which(publish: Callable[..., Any], read: Callable[..., str]) -> None:
    publish()
    assert '<h1 lang="fr">Arbres</h1>' in read("/en/data/trees/")
    assert "<h1>Bomen</h1>" in read("/nl/data/trees/")


def test_hostile_cells_and_titles_are_shown_as_text(publish: Callable[..., Any], read: Callable[..., str]) -> None:
    publish(title={"en": "<script>alert(1)</script>"}, description={"en": "<img src=x onerror=alert(1)>"})
    html = read("/en/data/trees/?where=id:eq:61")
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "<img src=x" not in html


def test_the_filter_form_and_the_sort_keep_their_state_in_the_address(publish: Callable[..., Any], read: Callable[..., str]) -> None:
    publish()
    html = read("/en/data/trees/?column=species&op=eq&value=elm&order=-height")
    assert "20 rows" in html
    assert 'aria-sort="descending"' in html
    again = unescape(re.search(r'href="(\?[^"]*order=height[^"]*)"', html)[1])  # type: ignore[index]
    assert "where=species%3Aeq%3Aelm" in again
    assert "20 rows" in read(f"/en/data/trees/{again}")


def test_pages_of_rows_follow_each_other_without_repeating(publish: Callable[..., Any], read: Callable[..., str]) -> None:
    publish()
    seen: list[str] = []
    path = "/en/data/trees/?order=id"
    for _page in range(3):
        html = read(path)
        seen += re.findall(r'<tbody><tr><td class="num">(\d+)', html) or [""]
        following = re.search(r'href="(\?[^"]*after=[^"]*)"', html)
        path = f"/en/data/trees/{unescape(following[1])}" if following else ""
    assert seen == ["1", "26", "51"]
    assert not path


@pytest.mark.parametrize(
    "query", ["where=nothing:eq:1", "where=height:eq:x", "where=species", "order=nothing", "after=broken", "where=geometry:eq:1"]
)
def test_an_address_that_cannot_be_read_still_shows_the_table(publish: Callable[..., Any], read: Callable[..., str], query: str) -> None:
    publish()
    assert "61 rows" in read(f"/en/data/trees/?{query}")


def test_a_shared_dataset_is_not_there_for_a_visitor(publish: Callable[..., Any], read: Callable[..., str]) -> None:
    publish(level=Level.SHARED)
    read("/en/data/trees/", 404)
    read("/en/data/trees/chart.csv", 404)


def test_a_hidden_column_appears_nowhere_on_the_page(publish: Callable[..., Any], read: Callable[..., str]) -> None:
    publish(level=Level.PUBLIC, columns=(ColumnSpec("owner", level=Level.PERSONAL),))
    html = read("/en/data/trees/?figure=owner&where=owner:eq:Jan&order=owner")
    assert "Jan 7<" not in html and "Jan 12" not in html
    assert "<code>owner</code>" not in html


def test_a_dataset_of_another_catalogue_leads_away_and_says_so(listed: str, read: Callable[..., str]) -> None:
    html = read(f"/fr/data/{listed}/")
    assert 'href="https://elsewhere.example/file.csv" rel="external nofollow noopener"' in html
    assert "javascript:" not in html
    assert "elsewhere.example" in html


def test_the_lines_of_code_name_the_real_host_and_key(publish: Callable[..., Any]) -> None:
    publish()
    html = Client().get("/en/data/trees/").content.decode()
    assert "http://testserver/api/tables/trees/rows?limit=5" in html


def test_an_old_version_keeps_its_address(publish: Callable[..., Any], read: Callable[..., str]) -> None:
    publish()
    publish(text="id,species\n1,oak\n2,elm\n")
    assert "2 rows" in read("/en/data/trees/")
    assert "61 rows" in read("/en/data/trees/?version=1")
    read("/en/data/trees/?version=9", 404)


def test_the_chart_comes_as_csv(publish: Callable[..., Any]) -> None:
    publish()
    answer = Client().get("/en/data/trees/chart.csv?figure=height")
    assert answer["Content-Type"].startswith("text/csv")
    assert answer.content.decode().startswith("time,height")


def test_the_map_of_a_dataset_tells_its_tiles(publish: Callable[..., Any], read: Callable[..., str]) -> None:
    publish()
    html = read("/en/data/trees/")
    layers = json.loads(unescape(re.search(r'data-layers="([^"]*)"', html)[1]))  # type: ignore[index]
    assert layers[0]["url"] == "/tiles/tables/trees/{z}/{x}/{y}.mvt"


def test_the_drawing_takes_its_shapes_from_all_rows_not_from_the_first(publish: Callable[..., Any]) -> None:
    rows = "".join(f"oak,{4.31 if number < 600 else 4.39},{50.81 + number / 20_000}\n" for number in range(1200))
    publish("many", f"name,lon,lat\n{rows}")
    drawn = dataset_map.of_version(ANONYMOUS, tables.get_version(ANONYMOUS, "many"), "en").drawing
    assert drawn is not None and len(drawn.marks) == dataset_map.DRAWN
    places = [float(re.findall(r"[\d.]+", mark.path)[0]) for mark in drawn.marks]
    middle = (min(places) + max(places)) / 2
    assert 100 < sum(place < middle for place in places) < 300


def test_nothing_is_asked_of_the_database_a_row_at_a_time(publish: Callable[..., Any], django_assert_max_num_queries: Any) -> None:
    publish()
    Client().get("/en/data/trees/")
    with django_assert_max_num_queries(14):
        Client().get("/en/data/trees/")
