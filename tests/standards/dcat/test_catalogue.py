from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from rdflib import DCAT, DCTERMS, RDF, Graph, Literal, Namespace, URIRef

from tests.standards.knock import BASE, knock
from zinneke.foundations.catalogue import store
from zinneke.foundations.catalogue.values import DatasetRow, Distribution, Publisher, Series
from zinneke.foundations.tables import store as tables
from zinneke.foundations.tables.values import Spec
from zinneke.kernel.confidentiality import ANONYMOUS, SYSTEM, Level
from zinneke.kernel.route import Call
from zinneke.standards.dcat import routes
from zinneke.standards.dcat.writers import FORMS

pytestmark = pytest.mark.django_db
HYDRA = Namespace("http://www.w3.org/ns/hydra/core#")
DCATAP = Namespace("http://data.europa.eu/r5r/")
EU = "http://publications.europa.eu/resource/authority/"


def row(number: int, **other: Any) -> DatasetRow:
    given: dict[str, Any] = {
        "uri": f"https://elsewhere.example/dataset/{number}",
        "title": {"fr": f"Arbres {number}", "nl": f"Bomen {number}"},
        "description": {"fr": "Les arbres de la commune.", "nl": "De bomen van de gemeente."},
        "keywords": {"fr": ("arbre", "rue")},
        "themes": ("ENVI",),
        "publisher": Publisher("commune", {"fr": "Commune", "nl": "Gemeente"}, "https://commune.example/"),
        "licence": "cc-by-4.0",
        "frequency": "annual",
        "languages": ("fr", "nl"),
        "modified": datetime(2026, 3, 1, tzinfo=UTC),
        "communes": ("21015",),
        "start": "2019",
        "end": "2020-06",
        "contact": "data@commune.example",
        "distributions": (Distribution(format="csv", media_type="text/csv", url="https://elsewhere.example/a b.csv", licence="cc-by-4.0", bytes=12),),
    }
    return DatasetRow(**{**given, **other})


def read(path: str) -> Graph:
    answer = knock(path)
    assert answer.status_code == 200, answer.content[:500]
    form = next(form for form in ("turtle", "json-ld", "xml") if {"turtle": ".ttl", "json-ld": ".jsonld", "xml": ".rdf"}[form] in path)
    return Graph().parse(data=answer.content, format=form)


def test_the_three_forms_say_the_same() -> None:
    store.set_datasets(SYSTEM, [row(each) for each in range(3)], "elsewhere")
    store.publish(SYSTEM, row(9, key="own-trees"), b"name,lon,lat\nx,4.35,50.85\n", Spec())
    graphs = [read(f"/dcat/catalog.{form}") for form in FORMS]
    assert set(graphs[0]) == set(graphs[1]) == set(graphs[2])
    assert len(set(graphs[0].objects(None, DCAT.dataset))) == 4


def test_a_dataset_is_told_with_all_that_is_known_of_it() -> None:
    store.set_datasets(SYSTEM, [row(1, series=Series("https://elsewhere.example/series", {"fr": "Arbres par année"}))], "elsewhere")
    told = read("/dcat/datasets/arbres-1.ttl")
    it = URIRef("https://elsewhere.example/dataset/1")
    assert set(told.objects(it, DCTERMS.title)) == {Literal("Arbres 1", lang="fr"), Literal("Bomen 1", lang="nl")}
    for predicate, expected in (
        (DCAT.theme, f"{EU}data-theme/ENVI"),
        (DCTERMS.accrualPeriodicity, f"{EU}frequency/ANNUAL"),
        (DCTERMS.accessRights, f"{EU}access-right/PUBLIC"),
        (DCTERMS.license, f"{EU}licence/CC_BY_4_0"),
        (DCTERMS.publisher, "https://commune.example/"),
        (DCAT.inSeries, "https://elsewhere.example/series"),
    ):
        assert told.value(it, predicate) == URIRef(expected)
    period = told.value(it, DCTERMS.temporal)
    assert (str(told.value(period, DCAT.startDate)), str(told.value(period, DCAT.endDate))) == ("2019-01-01", "2020-06-30")
    form = told.value(it, DCAT.distribution)
    assert told.value(form, DCTERMS["format"]) == URIRef(f"{EU}file-type/CSV") and "a%20b.csv" in str(told.value(form, DCAT.downloadURL))
    assert told.value(told.value(it, DCAT.contactPoint), URIRef("http://www.w3.org/2006/vcard/ns#hasEmail")) == URIRef("mailto:data@commune.example")


def test_our_own_data_are_told_with_versions_services_and_where_they_lie() -> None:
    for figure in (1, 2):
        store.publish(SYSTEM, row(9, key="own-trees"), f"name,lon,lat\nx{figure},4.35,50.85\n".encode(), Spec())
    told = read("/dcat/datasets/own-trees.ttl")
    it = URIRef(f"{BASE}/datasets/own-trees")
    versions = sorted(told.objects(it, DCAT.hasVersion))
    assert versions == [URIRef(f"{it}/versions/{each.mark}") for each in reversed(tables.list_versions(SYSTEM, "own-trees"))]
    assert told.value(it, DCAT.version) == Literal("2")
    assert "sha256:" in str(told.value(versions[0], DCTERMS.identifier)) and told.value(versions[1], DCAT.previousVersion) == versions[0]
    service = URIRef(f"{BASE}/dcat/catalog#api-tables")
    assert (service, DCAT.servesDataset, it) in told and told.value(service, DCAT.endpointURL) == URIRef(f"{BASE}/api/tables")
    assert any("POLYGON" in str(box) for box in told.objects(None, DCAT.bbox))


def test_what_says_that_it_is_of_high_value_is_told_so_and_nothing_else() -> None:
    said = row(1, keywords={"en": ("HVD_cat_land use, HVD_cat_buidings", "tree")})
    declared = row(2, hvd=("mobility",), licence="cc0")
    store.set_datasets(SYSTEM, [said, declared, row(3, keywords={"en": ("HVD", "buildings")})], "elsewhere")
    told = read("/dcat/catalog.ttl")
    found = {str(it)[-1]: {str(each)[-8:] for each in told.objects(it, DCATAP.hvdCategory)} for it in told.objects(None, DCAT.dataset)}
    assert found == {"1": {"dd313021", "ac64a52d"}, "2": {"b79e35eb"}, "3": set()}
    laws = {str(it)[-1] for it in told.subjects(DCATAP.applicableLegislation, None) if (it, RDF.type, DCAT.Dataset) in told}
    assert laws == {"1", "2"}


def test_pages_together_are_the_whole_and_lead_to_one_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(routes, "SIZE", 2)
    store.set_datasets(SYSTEM, [row(each) for each in range(5)], "elsewhere")
    whole = set(read("/dcat/catalog.jsonld").objects(None, DCAT.dataset))
    seen: set[Any] = set()
    at, pages = f"{BASE}/dcat/catalog.jsonld?page=1", 0
    while at:
        page = read(at.removeprefix(BASE))
        seen |= set(page.objects(None, DCAT.dataset))
        assert str(page.value(URIRef(at), HYDRA.totalItems)) == "5"
        at, pages = str(page.value(URIRef(at), HYDRA.next) or ""), pages + 1
    assert seen == whole and len(whole) == 5 and pages == 3
    assert knock("/dcat/catalog.ttl?page=4").status_code == 404 and knock("/dcat/catalog.ttl?page=0").status_code == 400
    assert 'rel="next"' in knock("/dcat/catalog.ttl?page=1").headers["link"]


def test_what_did_not_change_is_not_sent_again() -> None:
    store.set_datasets(SYSTEM, [row(1)], "elsewhere")
    for path in ("/dcat/catalog.ttl", "/dcat/catalog.rdf?page=1", "/dcat/datasets/arbres-1.jsonld"):
        first = knock(path)
        for asked in ({"if-none-match": f'"x", {first.headers["etag"]}'}, {"if-modified-since": first.headers["last-modified"]}):
            again = knock(path, asked)
            assert again.status_code == 304 and not again.content, path
    store.set_datasets(SYSTEM, [row(1, frequency="monthly")], "elsewhere")
    assert knock("/dcat/catalog.ttl", {"if-none-match": first.headers["etag"]}).status_code == 200


@pytest.mark.parametrize(
    ("path", "accept", "leads"),
    [
        ("/dcat/catalog", "text/turtle", "/dcat/catalog.ttl"),
        ("/dcat/catalog?page=1", "application/ld+json", "/dcat/catalog.jsonld?page=1"),
        ("/dcat/catalog", "text/html", "/en/search/"),
        ("/dcat/datasets/own-trees", "application/rdf+xml", "/dcat/datasets/own-trees.rdf"),
        ("/datasets/own-trees", "text/html", "/en/data/own-trees/"),
        ("/datasets/own-trees", "text/turtle", "/dcat/datasets/own-trees.ttl"),
        ("/datasets/own-trees/versions/{mark}", "text/html", "/en/data/own-trees/?version=1"),
        ("/datasets/own-trees/versions/{mark}", "*/*", "/dcat/datasets/own-trees.ttl"),
    ],
)
def test_an_address_leads_to_the_form_that_is_asked_for(path: str, accept: str, leads: str) -> None:
    made = store.publish(SYSTEM, row(9, key="own-trees"), b"name\nx\n", Spec()).version
    answer = knock(path.replace("{mark}", made.mark), {"accept": accept})
    assert answer.status_code == 303 and answer.headers["location"] == BASE + leads and "Accept" in answer.headers["vary"]


def test_the_address_of_a_version_leads_nowhere_when_its_digest_is_another() -> None:
    made = store.publish(SYSTEM, row(9, key="own-trees"), b"name\nx\n", Spec()).version
    for mark in (f"1-{made.digest[:11]}{'0' if made.digest[11] != '0' else '1'}", f"2-{made.digest[:12]}"):
        assert knock(f"/datasets/own-trees/versions/{mark}").status_code == 404, mark


def test_what_is_not_there_or_not_open_has_no_address() -> None:
    store.set_datasets(SYSTEM, [row(1, level=Level.SHARED)], "elsewhere")
    for path in ("/datasets/arbres-1", "/dcat/datasets/arbres-1.ttl", "/dcat/datasets/nothing.rdf", f"/datasets/arbres-1/versions/1-{'a' * 12}"):
        assert knock(path).status_code == 404, path
    assert b"elsewhere.example" not in knock("/dcat/catalog.ttl").content


def test_the_catalogue_is_read_as_it_is_sent(
    monkeypatch: pytest.MonkeyPatch, transactional_db: None, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    monkeypatch.setattr(routes, "AT_ONCE", 10)
    store.set_datasets(SYSTEM, [row(each, description={"fr": "x" * 9_000}) for each in range(60)], "elsewhere")
    with django_assert_max_num_queries(6):
        reply = routes.get_catalog(FORMS["ttl"], Call(ANONYMOUS, routes.AskCatalog(), base=BASE))
        assert not isinstance(reply.body, bytes)
        next(iter(reply.body))


def test_a_catalogue_of_nothing_is_a_catalogue() -> None:
    told = read("/dcat/catalog.rdf?page=1")
    assert (URIRef(f"{BASE}/dcat/catalog"), RDF.type, DCAT.Catalog) in told
