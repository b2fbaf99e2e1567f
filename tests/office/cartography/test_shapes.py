"""The register, the authentic sources and the datasets of the map against the published Belgian and European shapes."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyshacl
import pytest
from rdflib import OWL, RDF, Graph, Namespace

from zinneke.kernel.confidentiality import SYSTEM, Level
from zinneke.office.cartography import store
from zinneke.office.cartography.things import Administration, Agreement, Column, Element, Source, Table, ThingRow, Treatment

pytestmark = pytest.mark.django_db
SH = Namespace("http://www.w3.org/ns/shacl#")
WORDS = {"fr": "Mot", "nl": "Woord", "en": "Word"}
COMPLETE = Treatment(
    controller="paradigm",
    processors=("Hosting NV",),
    start=date(2020, 1, 1),
    purposes=("permits", "mobility", "environment"),
    basis=("public", "law"),
    ground="Ordonnance",
    categories=("identity", "health", "judicial"),
    persons=("citizens", "minors"),
    receivers=("Police",),
    keep=120,
    assessment="done",
    assessed=date(2024, 5, 1),
    measures=("access", "journal"),
)


def row(key: str, details: object, **more: object) -> ThingRow:
    return ThingRow(key=key, details=details, title=WORDS, about=WORDS, level=Level.PUBLIC, **more)  # type: ignore[arg-type]


@pytest.fixture
def city() -> None:
    register = Source(responsible="SPF Intérieur", integrator="Fidus", start=date(1983, 8, 8), frequency="CONT")
    ours = Administration(contact="Data office", dpo="dpo@example.org", dpo_of="internal")
    rows = [
        row("element/birth", Element(personal=True)),
        row("source/nr", register, links=(("guarantees", "element/birth"),)),
        row("agreement/1", Agreement(reference="RR 1/2020"), links=(("covers", "source/nr"),)),
        row("administration/paradigm", ours, owner="paradigm", links=(("consumes", "agreement/1"),)),
        row("administration/interior", Administration(), owner="interior", links=(("provides", "agreement/1"),)),
        row("treatment/permits", COMPLETE, owner="paradigm"),
        row("table/permits", Table((Column("id"),), 3)),
    ]
    assert not store.set_things(SYSTEM, rows).refused


def broken(name: str, folder: Path, *shapes: str) -> list[tuple[str, str]]:
    """Return what an export violates: which path, of what."""
    wanted = Graph()
    for each in shapes:
        wanted.parse(folder / "standards" / each)
    wanted.remove((None, OWL.imports, None))
    told = Graph().parse(data=store.export(SYSTEM, name, "fr", "https://zinneke.example")[1], format="turtle")
    _, report, _ = pyshacl.validate(told, shacl_graph=wanted)
    return sorted(
        (str(report.value(each, SH.resultPath)).replace("#", "/").rpartition("/")[2], str(report.value(each, SH.focusNode)))
        for each in report.subjects(RDF.type, SH.ValidationResult)
        if report.value(each, SH.resultSeverity) == SH.Violation
    )


def test_a_complete_register_passes_the_belgian_shapes(city: None, shared_data: Path) -> None:
    assert broken("register.ttl", shared_data, "belgif/gdpr-shacl.ttl") == []


def test_what_an_entry_lacks_of_what_the_law_asks_for_is_not_made_up(city: None, shared_data: Path) -> None:
    store.set_thing(SYSTEM, row("treatment/thin", Treatment(), owner="interior"))
    missing = {path for path, where in broken("register.ttl", shared_data, "belgif/gdpr-shacl.ttl")}
    assert {"startDate", "finalityMain", "juridicalBase", "involvedParty", "hasPart", "hasDPO", "hasResponsible"} <= missing


def test_authentic_sources_elements_and_agreements_pass_the_belgian_shapes(city: None, shared_data: Path) -> None:
    assert broken("sources.ttl", shared_data, "belgif/authsrc-shacl.ttl") == []


def test_the_datasets_of_the_map_pass_the_european_shapes(city: None, shared_data: Path) -> None:
    assert broken("datasets.ttl", shared_data, "dcat-ap/dcat-ap-3.0.1-shapes.ttl", "dcat-ap/dcat-ap-3.0.1-range.ttl") == []
