from __future__ import annotations

from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import pytest
from defusedxml.ElementTree import fromstring

from tests.standards.knock import BASE, knock
from zinneke.foundations.catalogue import store
from zinneke.foundations.catalogue.values import DatasetRow, Publisher
from zinneke.kernel.confidentiality import SYSTEM, Level
from zinneke.standards import sitemaps

pytestmark = pytest.mark.django_db
ATOM = {"a": "http://www.w3.org/2005/Atom"}
MAP = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}


@pytest.fixture(autouse=True)
def _some() -> None:
    rows = [
        DatasetRow(uri="urn:1", title={"fr": "Arbres & <parcs>", "nl": "Bomen"}, themes=("ENVI",), modified=datetime(2026, 3, 1, tzinfo=UTC),
                   publisher=Publisher("ixelles", {"fr": "Ixelles", "nl": "Elsene"}), description={"fr": "Tous les arbres \x0b de la commune."}),
        DatasetRow(uri="urn:2", title={"fr": "Trams", "nl": "Trams"}, themes=("TRAN",), modified=datetime(2026, 4, 1, tzinfo=UTC)),
        DatasetRow(uri="urn:3", title={"fr": "Demain"}, modified=datetime.now(UTC) + timedelta(days=9)),
        DatasetRow(uri="urn:4", title={"fr": "Sans date"}),
        DatasetRow(uri="urn:5", title={"fr": "Entre nous"}, level=Level.SHARED, modified=datetime(2026, 5, 1, tzinfo=UTC)),
    ]  # fmt: skip
    store.set_datasets(SYSTEM, rows, "elsewhere")


def feed(address: str) -> ElementTree.Element:
    answer = knock(address)
    assert answer.status_code == 200 and answer.media_type == "application/atom+xml", answer.content
    return fromstring(answer.content)


def titles(root: ElementTree.Element) -> list[str]:
    return [each.text or "" for each in root.findall("a:entry/a:title", ATOM)]


def test_the_feed_has_what_changed_newest_first_and_nothing_that_is_not_public_or_not_yet() -> None:
    assert titles(feed("/feeds/fr/datasets.atom")) == ["Trams", "Arbres & <parcs>"]
    assert titles(feed("/feeds/nl/datasets.atom?publisher=ixelles")) == ["Bomen"]
    assert titles(feed("/feeds/nl/datasets.atom?theme=TRAN")) == ["Trams"]
    assert titles(feed("/feeds/en/datasets.atom?q=trees")) == ["Arbres & <parcs>"]


def test_an_entry_has_a_permanent_address_and_leads_to_the_page_in_the_language_of_the_feed() -> None:
    entry = feed("/feeds/fr/datasets.atom?theme=ENVI").find("a:entry", ATOM)
    assert entry is not None and entry.findtext("a:id", "", ATOM) == f"{BASE}/datasets/arbres-parcs"
    assert entry.find("a:link[@rel='alternate']", ATOM).get("href") == f"{BASE}/fr/data/arbres-parcs/"  # type: ignore[union-attr]
    assert entry.findtext("a:updated", "", ATOM) == "2026-03-01T00:00:00Z" and entry.findtext("a:author/a:name", "", ATOM) == "Ixelles"


def test_the_same_feed_is_not_sent_twice() -> None:
    first = knock("/feeds/fr/datasets.atom")
    assert knock("/feeds/fr/datasets.atom", {"if-none-match": first.headers["etag"]}).status_code == 304


@pytest.mark.parametrize("address", ["/feeds/de/datasets.atom", "/feeds/fr/datasets.atom?page=2", "/feeds/fr/datasets.atom?q=" + "x" * 301])
def test_what_is_no_question_for_a_feed_is_refused(address: str) -> None:
    assert knock(address).status_code == 400


def test_the_sitemap_leads_to_every_public_page_in_three_languages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sitemaps, "SIZE", 3)
    index = fromstring(knock("/sitemap.xml").content)
    parts = [each.text or "" for each in index.findall("s:sitemap/s:loc", MAP)]
    assert parts == [f"{BASE}/sitemaps/pages.xml", f"{BASE}/sitemaps/datasets/1.xml", f"{BASE}/sitemaps/datasets/2.xml"]
    pages = [fromstring(knock(part).content) for part in parts]
    found = [each.text for page in pages for each in page.findall("s:url/s:loc", MAP)]
    assert {f"{BASE}/fr/data/trams/", f"{BASE}/nl/data/trams/", f"{BASE}/en/data/trams/", f"{BASE}/en/search/"} <= set(found)
    assert not any("entre-nous" in (each or "") or "desk" in (each or "") for each in found) and len(found) == len(set(found))
    assert {len(url.findall("x:link", MAP)) for page in pages for url in page.findall("s:url", MAP)} == {3}
    assert knock("/sitemaps/datasets/9.xml").status_code == 404


def test_crawlers_are_told_where_the_sitemap_is_and_browsers_how_to_search() -> None:
    assert f"Sitemap: {BASE}/sitemap.xml".encode() in knock("/robots.txt").content
    described = fromstring(knock("/opensearch/nl.xml").content)
    assert f"{BASE}/nl/search/?q={{searchTerms}}" in [each.get("template") for each in described]
