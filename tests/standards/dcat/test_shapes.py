"""The published shapes, over what we say of our own datasets and of the nation's: DCAT-AP 3.0.1, its high-value annex, and the Belgian profile."""

from __future__ import annotations

import gzip
from itertools import islice
from pathlib import Path
from typing import Any

import pyshacl
import pytest
from rdflib import DCAT, OWL, RDF, RDFS, Graph, Literal, Namespace, URIRef

from tests.standards.dcat.test_catalogue import row
from tests.standards.knock import BASE
from zinneke.foundations.catalogue import store
from zinneke.foundations.catalogue.high_value import recognise
from zinneke.foundations.catalogue.readers import read_data_gov_be
from zinneke.foundations.catalogue.values import Dataset, DatasetRow
from zinneke.foundations.tables import store as tables
from zinneke.foundations.tables.values import Spec
from zinneke.kernel.confidentiality import ANONYMOUS, SYSTEM
from zinneke.kernel.route import Call
from zinneke.standards.dcat import routes, services
from zinneke.standards.dcat.datasets import Teller
from zinneke.standards.dcat.vocabularies import Told
from zinneke.standards.dcat.writers import FORMS, write_turtle

SH = Namespace("http://www.w3.org/ns/shacl#")
HVD_CATEGORY = URIRef("http://data.europa.eu/r5r/hvdCategory")
OTHERWISE = {"byteSize": "DCAT-AP 3 wants nonNegativeInteger", "bbox": "DCAT 3 wants wktLiteral"}
"""Where the Belgian profile, written for DCAT-AP 2, contradicts version 3."""


def shapes(folder: Path, *names: str) -> Graph:
    graph = Graph()
    for name in names:
        graph.parse(folder / "standards" / name)
    graph.remove((None, OWL.imports, None))
    return graph


@pytest.fixture(scope="module")
def dcat_ap(shared_data: Path) -> Graph:
    return shapes(shared_data, "dcat-ap/dcat-ap-3.0.1-shapes.ttl", "dcat-ap/dcat-ap-3.0.1-range.ttl")


@pytest.fixture(scope="module")
def belgium(shared_data: Path) -> Graph:
    return shapes(shared_data, "belgif/bedcatap2-shacl.ttl")


@pytest.fixture(scope="module")
def annex(shared_data: Path) -> Graph:
    graph = shapes(shared_data, "dcat-ap/dcat-ap-3.0.0-hvd.ttl")
    graph.remove((None, SH["class"], RDFS.Resource))  # everything is one
    return graph


@pytest.fixture(scope="module")
def nation(shared_data: Path) -> list[DatasetRow]:
    """Return every three-hundredth line of the national catalogue, and some that speak of high value."""
    with gzip.open(shared_data / "catalog" / "data_gov_be_datasets_2025-04.jsonl.gz") as lines:
        some = [line for number, line in enumerate(lines) if number % 300 == 0]
    with gzip.open(shared_data / "catalog" / "data_gov_be_datasets_2025-04.jsonl.gz") as lines:
        some += islice((line for line in lines if b"HVD_cat" in line), 25)
    return [each for each in read_data_gov_be(dict.fromkeys(some)) if isinstance(each, DatasetRow)]


def violations(graph: Graph, shapes: Graph) -> set[tuple[str, str, Any, Any]]:
    """Return what is violated: the constraint, the last word of the path, where, and the value."""
    _conforms, report, _text = pyshacl.validate(graph, shacl_graph=shapes)
    return {
        (
            str(report.value(result, SH.sourceConstraintComponent)).rpartition("#")[2],
            str(report.value(result, SH.resultPath)).replace("#", "/").rpartition("/")[2],
            report.value(result, SH.focusNode),
            report.value(result, SH.value),
        )
        for result in report.subjects(RDF.type, SH.ValidationResult)
        if report.value(result, SH.resultSeverity) == SH.Violation
    }


def told(datasets: list[Dataset]) -> Graph:
    teller = Teller(BASE, Told(), services.mounted())
    nodes = []
    for each in datasets:
        versions = tables.list_versions(SYSTEM, each.key) if each.versioned else []
        nodes += teller.tell(each, versions[0] if versions else None, versions)
    return Graph().parse(data="".join(write_turtle(nodes)), format="turtle")


def catalogue() -> Graph:
    reply = routes.get_catalog(FORMS["ttl"], Call(ANONYMOUS, routes.AskCatalog(), base=BASE))
    return Graph().parse(data=b"".join(reply.body), format="turtle")  # type: ignore[arg-type]


@pytest.mark.django_db
def test_our_own_datasets_break_no_rule(dcat_ap: Graph, belgium: Graph, annex: Graph) -> None:
    store.publish(SYSTEM, row(1, key="own-trees", hvd=("geospatial",)), b"name,lon,lat\nx,4.35,50.85\n", Spec())
    store.publish(SYSTEM, row(2, key="own-figures", hvd=("statistics",)), b"year,figure\n2020,5\n", Spec(licence="CC0"))
    for graph in (catalogue(), told(store.list_datasets(SYSTEM)[0])):
        assert violations(graph, dcat_ap) == set()
        others = set(graph.subjects(RDF.type, DCAT.DataService)) - set(graph.subjects(HVD_CATEGORY, None))
        assert {each for each in violations(graph, annex) if each[2] not in others} == set(), "the annex binds what serves data of high value"
        strict = {each for each in violations(graph, belgium) if each[1] not in OTHERWISE}
        assert {each[:2] for each in strict} <= {("MinCountConstraintComponent", "license")}, strict
        assert all("/dcat/catalog#" in str(each[2]) for each in strict), "only our interfaces, whose use has no licence, lack one"


@pytest.mark.django_db
def test_the_nations_datasets_break_no_rule_but_where_their_source_says_nothing(
    nation: list[DatasetRow], dcat_ap: Graph, belgium: Graph, annex: Graph
) -> None:
    store.set_datasets(SYSTEM, nation, "data.gov.be")
    listed = store.list_datasets(SYSTEM, limit=1000)[0]
    graph = told(listed)
    assert {each[:2] for each in violations(graph, dcat_ap)} <= {("MinCountConstraintComponent", "description")}
    for constraint, path, where, value in violations(graph, belgium):
        silent = constraint == "MinCountConstraintComponent" or (isinstance(value, Literal) and value.language is None and path not in OTHERWISE)
        assert silent or path in OTHERWISE or (path == "keyword" and constraint == "LanguageInConstraintComponent"), (constraint, path, where, value)
    valued = [each for each in listed if recognise(each.row)]
    assert len(valued) > 10 and violations(told(valued), annex) == set()
