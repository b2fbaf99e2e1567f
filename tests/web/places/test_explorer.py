"""The table explorer: a question is an address, its answer can be taken away as it stands, and machines get the same."""

from __future__ import annotations

import html
import json
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from tests.standards.knock import knock
from zinneke.foundations.catalogue import store as catalogue
from zinneke.foundations.catalogue.values import DatasetRow
from zinneke.foundations.tables.values import ColumnSpec, Spec
from zinneke.kernel.confidentiality import SYSTEM, Level

pytestmark = pytest.mark.django_db
ROWS = "\n".join(
    (
        "species,height,planted,owner,lat,lon",
        "oak,10,2020-01-05,Zebedee,50.84,4.35",
        "oak,20,2020-02-10,An,50.85,4.36",
        '"el\'m ""x""",6,2021-03-01,Eva,50.86,4.37',
    )
)
QUESTIONS = ["", "?where=species:eq:oak&order=-height", "?by=species", "?by=planted&step=month&figure=sum:height", '?where=species:eq:el\'m "x"']
NONSENSE = ["by=nothing", "by=owner", "by=species&figure=mean:owner", "where=owner:eq:Zebedee", "order=owner", "step=x&by=planted", "after=x"]


@pytest.fixture(autouse=True)
def trees(tmp_path: Any, settings: Any) -> None:
    settings.DATA = tmp_path
    spec = Spec(columns=(ColumnSpec("owner", level=Level.PERSONAL),), time="planted")
    row = DatasetRow(uri="urn:trees", key="trees", level=Level.PUBLIC, title={"en": "Trees", "fr": "Arbres", "nl": "Bomen"})
    catalogue.publish(SYSTEM, row, ROWS.encode(), spec)


def page(query: str = "", language: str = "en", kind: str = "explore") -> str:
    answer = Client().get(f"/{language}/data/trees/{kind}/{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def test_rows_are_narrowed_and_grouped_and_the_address_keeps_it() -> None:
    assert "3 rows" in page() and "owner" not in page().lower() and "Zebedee" not in page()
    narrowed = page("?where=species:eq:oak&order=-height")
    assert narrowed.index("20") < narrowed.index('<td class="num">10') and "2 rows" in narrowed
    grouped = page("?by=species&figure=mean:height&where=height:ge:1")
    assert (
        "eight, average" in grouped and "<svg" in grouped and 'name="by" value="species"' in grouped and 'name="where" value="height:ge:1"' in grouped
    )
    assert re.search(r"oak</th><td class=\"num\">15", grouped)
    months = page("?by=planted&step=year", "fr")
    assert months.count("<tr>") >= 3 and "par an" in months


@pytest.mark.parametrize("query", QUESTIONS)
def test_every_call_and_file_on_the_page_is_answered(query: str) -> None:
    found = page(query)
    addresses = [html.unescape(each) for each in re.findall(r'href="(/api/[^"]+)" download', found)]
    addresses += re.findall(r'curl -s "http://testserver([^"]+)"', html.unescape(html.unescape(found)))
    assert len(addresses) >= 5
    for address in addresses:
        answered = knock(address)
        assert answered.status_code == 200, (address, answered.content)
        assert b"Zebedee" not in answered.content


def test_the_same_question_to_both_interfaces_finds_the_same() -> None:
    found = html.unescape(html.unescape(page("?where=species:eq:oak&where=planted:ge:2020-02-01")))
    rows, explore = re.findall(r'curl -s "http://testserver([^"]+)"', found)
    assert parse_qs(urlsplit(explore).query)["where"] == ["species = \"oak\" and planted >= date'2020-02-01'"]
    assert b'"total":1' in knock(rows).content and b'"total_count":1' in knock(explore).content


def test_others_may_frame_the_answer_and_nothing_else() -> None:
    answer = Client().get("/nl/data/trees/embed/?by=species")
    assert "frame-ancestors *" in answer.headers["Content-Security-Policy"] and "X-Frame-Options" not in answer.headers
    assert "<svg" in answer.content.decode() and "<nav" not in answer.content.decode() and "<script" not in answer.content.decode()
    assert Client().get("/nl/data/trees/explore/").headers["X-Frame-Options"] == "DENY"
    assert "data/trees/embed/?by=species" in html.unescape(page("?by=species"))


@pytest.mark.parametrize("query", NONSENSE)
def test_what_means_nothing_is_left_out_and_what_is_hidden_too(query: str) -> None:
    assert "Zebedee" not in page(f"?{query}").replace("owner:eq:Zebedee", "").replace("owner%3Aeq%3AZebedee", "")


def test_a_dataset_that_is_not_there_has_no_explorer() -> None:
    for kind in ("explore", "embed"):
        assert Client().get(f"/en/data/nothing/{kind}/").status_code == 404


def test_the_map_draws_the_rows_that_were_asked_for_and_none_else() -> None:
    layers = re.findall(r'data-layers="([^"]*)"', page("?where=species:eq:oak"))
    (layer,) = json.loads(html.unescape(layers[0]))
    drawn = json.loads(knock(layer["url"]).content)["features"]
    assert drawn and {each["properties"]["species"] for each in drawn} == {"oak"}
    assert "/tiles/tables/trees/" in html.unescape(re.findall(r'data-layers="([^"]*)"', page(""))[0])
    assert not re.findall(r'data-layers="([^"]*)"', page("?by=species"))
