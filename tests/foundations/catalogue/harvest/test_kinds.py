"""Each kind of catalogue, as small answers of our own making, honest and hostile."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.foundations.catalogue.harvest.conftest import Remote
from zinneke.foundations.catalogue.harvest.asking import Visit
from zinneke.foundations.catalogue.harvest.ckan import _row as row_of_ckan
from zinneke.foundations.catalogue.harvest.dcat import parse
from zinneke.foundations.catalogue.harvest.explore import _row as row_of_explore
from zinneke.foundations.catalogue.harvest.records import _row as row_of_record
from zinneke.foundations.catalogue.harvesting import KINDS, reader
from zinneke.foundations.catalogue.values import DatasetRow
from zinneke.foundations.fetching import Fetcher
from zinneke.kernel.load import Fault
from zinneke.kernel.problem import Problem

Make = Callable[[], Fetcher]


def gather(kind: str, address: str, make: Make, **more: Any) -> tuple[list[DatasetRow], list[Fault]]:
    with make() as fetcher:
        found = list(reader(kind)(Visit(address, fetcher, **more)))
    return [each for each in found if isinstance(each, DatasetRow)], [each for each in found if isinstance(each, Fault)]


PACKAGE = {
    "id": "11111111-2222", "name": "arbres", "title_translated": {"fr": "Arbres d'Ixelles", "nl": "Bomen van Elsene"},
    "notes": "<p>Tous les arbres.</p>",
    "tags": [{"name": "arbre"}], "organization": {"title": "Ixelles"}, "license_id": "CC-BY-4.0", "license_url": "https://creativecommons.org/licenses/by/4.0/",
    "metadata_modified": "2026-03-01T10:00:00", "maintainer_email": "data@ixelles.example",
    "extras": [{"key": "theme", "value": '["http://publications.europa.eu/resource/authority/data-theme/ENVI"]'},
               {"key": "hvd_category", "value": "http://data.europa.eu/bna/c_dd313021"}, {"key": "frequency", "value": ".../frequency/ANNUAL"}],
    "resources": [{"url": "https://ixelles.example/arbres.csv", "format": "CSV", "name": "Table", "size": 12}, {"url": "javascript:alert(1)"}],
}  # fmt: skip


def ckan(count: int) -> Callable[[dict[str, str], Any], Any]:
    def search(query: dict[str, str], headers: Any) -> Any:
        start, rows = int(query["start"]), int(query["rows"])
        packages = [{**PACKAGE, "id": f"{n:08}", "name": f"arbres-{n}"} for n in range(start, min(start + rows, count))]
        return {"success": True, "result": {"count": count, "results": packages}}

    return search


def test_ckan_is_read_page_by_page_with_all_that_it_says(remote: Remote, make: Make) -> None:
    remote.gives["/api/3/action/package_search"] = ckan(230)
    rows, faults = gather("ckan", remote.address, make, language="fr")
    assert len(rows) == 230 and not faults and len(remote.asked) == 3
    first = rows[0]
    assert first.title == {"fr": "Arbres d'Ixelles", "nl": "Bomen van Elsene"} and first.description == {"fr": "Tous les arbres."}
    assert (first.themes, first.hvd, first.frequency, first.licence) == (("ENVI",), ("earth-observation",), "annual", "cc-by-4.0")
    assert first.communes == ("21009",) and first.contact == "data@ixelles.example" and first.uri == f"{remote.address}/dataset/arbres-0"
    assert [(form.format, form.url) for form in first.distributions] == [("csv", "https://ixelles.example/arbres.csv"), ("", "")]


def test_ckan_that_translated_nothing_is_read_by_its_plain_words(remote: Remote, make: Make) -> None:
    empty = {"fr": "", "nl": ""}
    package = {
        **PACKAGE,
        "title": "Arbres",
        "title_translated": empty,
        "notes_translated": empty,
        "resources": [{"name": "T", "name_translated": empty}],
    }
    remote.gives["/api/3/action/package_search"] = {"success": True, "result": {"count": 1, "results": [package]}}
    (row,), _ = gather("ckan", remote.address, make, language="fr")
    assert (row.title, row.description, row.distributions[0].title) == ({"fr": "Arbres"}, {"fr": "Tous les arbres."}, {"fr": "T"})


def test_ckan_is_asked_only_for_what_changed_since(remote: Remote, make: Make) -> None:
    remote.gives["/api/3/action/package_search"] = ckan(0)
    gather("ckan", f"{remote.address}/api/3/", make, since=datetime(2026, 1, 2, tzinfo=UTC))
    assert "metadata_modified%3A%5B2026-01-02T00%3A00%3A00Z+TO+%2A%5D" in remote.asked[0]


def test_explore_is_read_with_its_exports(remote: Remote, make: Make) -> None:
    item = {
        "dataset_id": "arbres", "has_records": True, "features": ["geo"],
        "metas": {"default": {"title": "Arbres", "description": "Tous", "language": "fr", "license": "CC BY 4.0", "modified": "2026-03-01T00:00:00Z",
                              "publisher": "Ville de Bruxelles", "keyword": ["arbre"], "theme": ["Environnement"]},
                  "dcat": {"accrualperiodicity": "http://x/frequency/DAILY"}},
    }  # fmt: skip
    remote.gives["/api/explore/v2.1/catalog/datasets"] = {"total_count": 1, "results": [item]}
    (row,), faults = gather("explore", remote.address, make)
    assert not faults and row.title == {"fr": "Arbres"} and row.communes == ("21004",) and row.licence == "cc-by-4.0" and row.frequency == "daily"
    assert {form.format for form in row.distributions} == {"csv", "json", "parquet", "xlsx", "geojson", "api"}


def test_records_are_read_by_their_next_link(remote: Remote, make: Make) -> None:
    def page(query: dict[str, str], headers: Any) -> Any:
        n = int(query.get("offset", 0))
        feature = {
            "id": f"r{n}", "type": "Feature", "time": {"interval": ["2019-01-01", ".."]},
            "properties": {"type": "dataset", "title": f"Record {n}", "language": {"code": "nl"}, "keywords": ["x"], "license": "CC0",
                           "contacts": [{"organization": "Bureau", "emails": [{"value": "a@b.example"}]}],
                           "themes": [{"concepts": [{"id": "http://e/data-theme/TRAN"}]}]},
            "links": [{"rel": "enclosure", "href": "/x.csv", "type": "text/csv", "title": "CSV"}, {"rel": "self", "href": f"/records/r{n}"}],
        }  # fmt: skip
        links = [{"rel": "next", "href": f"/collections/c/items?offset={n + 1}"}] if n < 2 else []
        return {"type": "FeatureCollection", "features": [feature], "links": links}

    remote.gives["/collections/c/items"] = page
    rows, faults = gather("records", f"{remote.address}/collections/c", make)
    assert [row.title for row in rows] == [{"nl": "Record 0"}, {"nl": "Record 1"}, {"nl": "Record 2"}] and not faults
    assert rows[0].uri == f"{remote.address}/records/r0" and rows[0].contact == "a@b.example" and rows[0].themes == ("TRAN",)
    assert (rows[0].start, rows[0].end) == ("2019-01-01", "") and rows[0].distributions[0].url == f"{remote.address}/x.csv"


def test_a_next_link_that_goes_round_ends(remote: Remote, make: Make) -> None:
    remote.gives["/items"] = {"features": [{"id": "1", "properties": {"title": "x"}}], "links": [{"rel": "next", "href": "/items?limit=100"}]}
    rows, faults = gather("records", f"{remote.address}/items", make)
    assert len(rows) == 1 and "leads back" in faults[0].what


CAPABILITIES = b"""<wfs:WFS_Capabilities xmlns:wfs="http://www.opengis.net/wfs/2.0" xmlns:ows="http://www.opengis.net/ows/1.1" version="2.0.0">
<ows:ServiceProvider><ows:ProviderName>Paradigm</ows:ProviderName></ows:ServiceProvider>
<ows:OperationsMetadata><ows:Operation name="GetFeature"><ows:Parameter name="outputFormat"><ows:AllowedValues><ows:Value>application/json</ows:Value>
</ows:AllowedValues></ows:Parameter></ows:Operation></ows:OperationsMetadata>
<wfs:FeatureTypeList><wfs:FeatureType><wfs:Name>urbis:trees</wfs:Name><wfs:Title>Trees</wfs:Title><wfs:Abstract>All trees</wfs:Abstract>
<ows:Keywords><ows:Keyword>tree</ows:Keyword></ows:Keywords></wfs:FeatureType><wfs:FeatureType><wfs:Title>No name</wfs:Title></wfs:FeatureType>
</wfs:FeatureTypeList></wfs:WFS_Capabilities>"""


def test_wfs_gives_a_dataset_for_each_type(remote: Remote, make: Make) -> None:
    remote.gives["/wfs"] = CAPABILITIES
    (row,), (fault,) = gather("wfs", f"{remote.address}/wfs?map=x", make, language="en")
    assert row.title == {"en": "Trees"} and row.uri.endswith("/wfs#urbis:trees") and row.keywords == {"en": ("tree",)}
    assert [form.format for form in row.distributions] == ["wfs", "geojson"] and "outputFormat=application%2Fjson" in row.distributions[1].url
    assert "map=x" in remote.asked[0] and "no name" in fault.what


def test_a_folder_gives_a_dataset_for_each_name(remote: Remote, make: Make) -> None:
    remote.gives["/data/"] = (
        b'<a href="../">up</a><a href="trees_2020.csv">x</a><a href="trees_2020.geojson">x</a><a href="notes.exe">x</a>'
        b'<a href="http://elsewhere.example/x.csv">x</a><a href="sub/y.csv">x</a><a href="/data/b%20b.csv?C=N">x</a>'
    )
    rows, faults = gather("folder", f"{remote.address}/data", make, language="en")
    assert [(row.title["en"], len(row.distributions)) for row in rows] == [("b b", 1), ("trees 2020", 2)] and not faults


def test_a_folder_that_does_not_want_to_be_read_is_not(remote: Remote, make: Make) -> None:
    remote.gives |= {"/robots.txt": b"User-agent: *\nDisallow: /data/", "/data/": b'<a href="a.csv">a</a>'}
    with pytest.raises(Problem, match=r"robots\.txt"):
        gather("folder", f"{remote.address}/data/", make)
    assert remote.asked == ["/robots.txt"]


TURTLE = """@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> .
@prefix hydra: <http://www.w3.org/ns/hydra/core#> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> . @prefix dcatap: <http://data.europa.eu/r5r/> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
<https://a.example/{n}> a dcat:Dataset ; dct:title "Arbres"@fr, "Bomen"@nl ; dct:description "Tous"@fr ; dct:identifier "id-{n}" ;
  dcat:theme <http://publications.europa.eu/resource/authority/data-theme/ENVI> ; dcatap:hvdCategory <http://data.europa.eu/bna/c_ac64a52d> ;
  dct:publisher [ foaf:name "Ixelles"@fr ] ; dct:modified "2026-03-01"^^xsd:date ;
  dct:accrualPeriodicity <http://publications.europa.eu/resource/authority/frequency/ANNUAL> ;
  dcat:distribution [ a dcat:Distribution ; dcat:accessURL <https://a.example/x.csv> ;
    dct:format <http://publications.europa.eu/resource/authority/file-type/CSV> ;
    dct:license <http://publications.europa.eu/resource/authority/licence/CC_BY_4_0> ] .
"""


def test_dcat_is_read_with_hydra_s_pages(remote: Remote, make: Make) -> None:
    def page(query: dict[str, str], headers: Any) -> Any:
        n = int(query.get("page", 1))
        body = TURTLE.replace("{n}", str(n))
        body += f"<{remote.address}/c.ttl?page={n}> hydra:next <{remote.address}/c.ttl?page={n + 1}> ." if n < 3 else ""
        return body.encode()

    remote.gives["/c.ttl"] = page
    rows, faults = gather("dcat", f"{remote.address}/c.ttl", make)
    assert [row.uri[-1] for row in rows] == ["1", "2", "3"] and not faults
    row = rows[0]
    assert row.title == {"fr": "Arbres", "nl": "Bomen"} and row.hvd == ("geospatial",) and row.licence == "cc-by-4.0" and row.frequency == "annual"
    assert row.distributions[0].format == "csv" and row.publisher is not None and row.publisher.name == {"fr": "Ixelles"}


HOSTILE = {
    "xml bomb": (b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><rdf:RDF>&b;</rdf:RDF>', "application/rdf+xml"),
    "xml from a file": (b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>', "application/rdf+xml"),
    "broken xml": (b"<rdf:RDF><a></rdf:RDF>", "application/rdf+xml"),
    "broken turtle": (b"<a> <b> .. <<<", "text/turtle"),
    "deep turtle": (b"[" * 50_000, "text/turtle"),
    "a context elsewhere": (b'{"@context": "http://127.0.0.1:9/x", "@id": "http://a/b"}', "application/ld+json"),
    "a context inside elsewhere": (b'{"@graph": [{"@context": ["http://127.0.0.1:9/x"]}]}', "application/ld+json"),
    "an imported context": (b'{"@context": {"@import": "http://127.0.0.1:9/x"}}', "application/ld+json"),
    "broken json": (b'{"@context": {', "application/ld+json"),
    "deep json": (b"[" * 100_000, "application/ld+json"),
    "not utf-8": (b"\xff\xfe\x00", "text/turtle"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_documents_are_refused_with_a_sentence(name: str) -> None:
    body, media_type = HOSTILE[name]
    with pytest.raises(Problem) as refused:
        parse(body, media_type, "http://a.example/c")
    assert len(refused.value.detail) > 20


@pytest.mark.parametrize("kind", sorted(KINDS))
@pytest.mark.parametrize(
    "body", [b"", b"null", b"[]", b"{}", b"<html>sorry</html>", b'{"success": true, "result": {"results": [1, null]}}', b"\x00\xff"]
)
def test_what_is_no_catalogue_is_a_fault_or_nothing_but_never_a_crash(kind: str, body: bytes, remote: Remote, make: Make) -> None:
    remote.gives = dict.fromkeys(("/", "/items", "/api/3/action/package_search", "/api/explore/v2.1/catalog/datasets"), body)
    try:
        rows, _faults = gather(kind, f"{remote.address}/", make)
    except Problem as problem:
        assert problem.detail
    else:
        assert rows == []


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*PACKAGE, "properties", "metas", "value", "key"]), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from([*PACKAGE, "properties", "metas", "links", "time", "dataset_id", "assets"]), json_values))
@settings(max_examples=60)
def test_any_item_is_a_row_or_one_of_the_faults_that_the_reading_knows(item: dict[str, Any]) -> None:
    for read in (
        lambda: row_of_ckan(item, "https://a", "fr"),
        lambda: row_of_explore(item, "https://a", "fr"),
        lambda: row_of_record(item, "https://a", "fr"),
    ):
        with contextlib.suppress(ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError, Problem):
            read()
