from __future__ import annotations

import json
import re

import pytest
from django.test import Client

from zinneke.foundations.catalogue import rules, shelf, store
from zinneke.foundations.catalogue.values import DatasetRow, Distribution, Publisher
from zinneke.foundations.tables.values import Spec
from zinneke.kernel.confidentiality import SYSTEM

pytestmark = pytest.mark.django_db


def page(key: str) -> str:
    shelf.forget()
    answer = Client().get(f"/fr/data/{key}/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_page_says_in_schema_org_what_can_be_downloaded_and_under_which_licence() -> None:
    row = DatasetRow(
        uri="https://a.example/1", key="own-trees", title={"fr": "Arbres"}, licence="cc0", publisher=Publisher("x", {"fr": "Ixelles"}), start="2019",
    )  # fmt: skip
    store.publish(SYSTEM, row, b"name,lon,lat\nx,4.35,50.85\n", Spec())
    html = page("own-trees")
    said = json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)[1])  # type: ignore[index]
    assert said["@id"] == "http://testserver/datasets/own-trees" and said["publisher"]["name"] == "Ixelles" and said["temporalCoverage"] == "2019/.."
    assert {each["encodingFormat"] for each in said["distribution"]} >= {"text/csv", "application/geo+json"}
    assert all(each["contentUrl"].startswith("http://testserver/") for each in said["distribution"])
    for other in ("text/turtle", "application/ld+json", "application/rdf+xml"):
        assert f'<link rel="alternate" type="{other}" href="/dcat/datasets/own-trees.' in html
    assert 'href="/feeds/fr/datasets.atom"' in html and 'href="/opensearch/fr.xml"' in html


def test_hostile_words_stay_words() -> None:
    hostile = '</script><script>alert(1)</script>&"\u2028'
    row = DatasetRow(
        uri="urn:1", title={"fr": f"Titre {hostile}"}, description={"fr": hostile * 5}, distributions=(Distribution(url="javascript:alert(1)"),)
    )
    store.set_datasets(SYSTEM, [row], "elsewhere")
    html = page("titre-script-script-alert-1-script")
    assert html.count("<script>alert") == 0
    said = json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)[1])  # type: ignore[index]
    assert hostile in said["name"] and "distribution" not in said


def test_a_version_can_be_cited_by_a_line_that_leads_back_to_it() -> None:
    row = DatasetRow(uri="https://a.example/1", key="own-trees", title={"fr": "Arbres"}, publisher=Publisher("x", {"fr": "Ixelles"}))
    made = store.publish(SYSTEM, row, b"name\nx\n", Spec()).version
    html = page("own-trees")
    address = f"http://testserver/datasets/own-trees/versions/1-{made.digest[:12]}"
    assert f"Arbres, version 1 [jeu de données]. {address} (SHA-256 {made.digest})" in html and f"<code>{address}</code>" in html


def test_quality_is_told_side_by_side_with_what_would_make_each_better() -> None:
    row = DatasetRow(uri="urn:1", key="poor", title={"fr": "Arbres", "nl": "Bomen"}, licence="cc0", publisher=Publisher("x", {"fr": "Ixelles"}))
    store.set_datasets(SYSTEM, [row], "elsewhere")
    html = page("poor")
    for words in ("Facile à trouver", "10 sur 39", "Libre à réutiliser", "19 sur 22", "Lisible par machine", "0 sur 15"):
        assert words in html, words
    sides = rules.dimensions(store.get_dataset(SYSTEM, "poor").advice)
    assert sum(side.points for side in sides) == 100 and sum(side.earned for side in sides) == store.get_dataset(SYSTEM, "poor").quality
