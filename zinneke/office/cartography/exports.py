"""The map for others: a table, the glossary as SKOS, the datasets as DCAT-AP, the register of processing as a table, as RDF and as PDF."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import Any

import msgspec
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import override

from zinneke.kernel.confidentiality import Actor
from zinneke.kernel.paper import as_pdf, escaped
from zinneke.kernel.problem import not_found
from zinneke.kernel.spreadsheet import as_csv
from zinneke.kernel.text import LANGUAGES, Text, choose
from zinneke.office.cartography import codes, governance, models, shelf
from zinneke.office.cartography.governance import Assessed, Hosted, Retention
from zinneke.office.cartography.things import Administration, Element, Table, Treatment


def things_csv(actor: Actor, language: str, base: str) -> bytes:
    """Return every thing of the map, a line each."""
    found = ((each, choose(each.title, language)[0], choose(each.about, language)[0]) for each in shelf.rows(actor))
    return as_csv(
        ("key", "kind", "title", "about", "owner", "level", "area", "next_review", "origin"),
        (
            (each.key, each.kind, title, about, each.owner, each.level.name.lower(), each.area, each.next_review or "", each.origin)
            for each, title, about in found
        ),
    ).encode()


def glossary(actor: Actor, language: str, base: str) -> bytes:
    """Return the approved elements as a SKOS concept scheme in Turtle."""
    from rdflib import RDF, SKOS, Graph, Literal, URIRef

    graph, scheme = Graph(), URIRef(f"{base}/cartography/glossary")
    graph.add((scheme, RDF.type, SKOS.ConceptScheme))
    for tongue in LANGUAGES:
        graph.add((scheme, SKOS.prefLabel, Literal(GLOSSARY.said_in(tongue), lang=tongue)))
    found = {each.key: each for each in shelf.rows(actor, "element") if isinstance(each.details, Element) and each.details.approved}
    addresses = {key: URIRef(each.details.iri or f"{scheme}#{key}") for key, each in found.items() if isinstance(each.details, Element)}
    for key, each in found.items():
        assert isinstance(each.details, Element)
        graph.add((addresses[key], RDF.type, SKOS.Concept))
        graph.add((addresses[key], SKOS.inScheme, scheme))
        for predicate, texts in ((SKOS.prefLabel, each.title), (SKOS.definition, each.details.definition)):
            for spoken, text in texts.items():
                graph.add((addresses[key], predicate, Literal(text, lang=spoken)))
        for spoken, synonyms in each.details.synonyms.items():
            for text in synonyms:
                graph.add((addresses[key], SKOS.altLabel, Literal(text, lang=spoken)))
    for source, target in models.Link.objects.filter(relation="broader").values_list("source__key", "target__key"):
        if source in addresses and target in addresses:
            graph.add((addresses[source], SKOS.broader, addresses[target]))
    return graph.serialize(format="turtle").encode()


GLOSSARY = Text("Glossaire des données de la Région", "Woordenlijst van de gegevens van het Gewest", "Glossary of the Region’s data")
TITLE = Text("La carte des données de la Région", "De kaart van de gegevens van het Gewest", "The map of the Region’s data")
ABOUT = Text("Les tables que tiennent les administrations.", "De tabellen die de administraties bijhouden.", "The tables that administrations keep.")


def datasets(actor: Actor, language: str, base: str) -> bytes:
    """Return the tables of the map as DCAT-AP in Turtle, with their access rights, open or not."""
    from rdflib import DCAT, DCTERMS, FOAF, RDF, Graph, Literal, URIRef

    rights = "http://publications.europa.eu/resource/authority/access-right/"
    graph, catalogue = Graph(), URIRef(f"{base}/cartography")
    graph.add((catalogue, RDF.type, DCAT.Catalog))
    publisher = URIRef(f"{base}/")
    for predicate, value in ((RDF.type, FOAF.Agent), (FOAF.name, Literal("Zinneke"))):
        graph.add((publisher, predicate, value))
    graph.add((catalogue, DCTERMS.publisher, publisher))
    for tongue in LANGUAGES:
        graph.add((catalogue, DCTERMS.title, Literal(TITLE.said_in(tongue), lang=tongue)))
        graph.add((catalogue, DCTERMS.description, Literal(ABOUT.said_in(tongue), lang=tongue)))
    for each in shelf.rows(actor, "table"):
        assert isinstance(each.details, Table)
        address = URIRef(f"{base}/{language}/cartography/things/{each.key}/")
        graph.add((catalogue, DCAT.dataset, address))
        graph.add((address, RDF.type, DCAT.Dataset))
        graph.add((address, DCTERMS.identifier, Literal(each.key)))
        right = URIRef(rights + ("PUBLIC", "RESTRICTED", "NON_PUBLIC")[each.level])
        graph.add((address, DCTERMS.accessRights, right))
        graph.add((right, RDF.type, DCTERMS.RightsStatement))
        for predicate, texts in ((DCTERMS.title, each.title), (DCTERMS.description, each.about or each.title)):
            for spoken, text in texts.items():
                graph.add((address, predicate, Literal(text, lang=spoken)))
    return graph.serialize(format="turtle").encode()


REGISTER: tuple[tuple[str, Text], ...] = (
    ("title", Text("Traitement", "Verwerking", "Processing activity")),
    ("role", Text("Rôle", "Rol", "Role")),
    ("controller", Text("Responsable", "Verantwoordelijke", "Controller")),
    ("contact", Text("Contact", "Contact", "Contact")),
    ("dpo", Text("Délégué à la protection des données", "Functionaris voor gegevensbescherming", "Data protection officer")),
    ("processors", Text("Sous-traitants", "Verwerkers", "Processors")),
    ("purposes", Text("Finalités", "Doeleinden", "Purposes")),
    ("basis", Text("Base juridique", "Rechtsgrond", "Legal basis")),
    ("categories", Text("Catégories de données", "Categorieën van gegevens", "Categories of data")),
    ("persons", Text("Personnes concernées", "Betrokkenen", "Persons concerned")),
    ("receivers", Text("Destinataires", "Ontvangers", "Receivers")),
    ("transfers", Text("Transferts hors UE", "Doorgifte buiten de EU", "Transfers outside the EU")),
    ("keep", Text("Conservation", "Bewaring", "Retention")),
    ("assessment", Text("Analyse d’impact", "Effectbeoordeling", "Impact assessment")),
    ("measures", Text("Mesures de sécurité", "Beveiligingsmaatregelen", "Security measures")),
)


def register_lines(actor: Actor, language: str) -> Iterator[list[str]]:
    """Yield the register of processing, a line an activity, in words; controllers that are on the map by name, with how to reach them."""
    offices = {each.owner: each for each in shelf.rows(actor, "administration") if each.owner}
    for each in shelf.rows(actor, "treatment"):
        about = each.details
        assert isinstance(about, Treatment)
        key = about.controller or each.owner
        office = offices.get(key)
        reached = office.details if office and isinstance(office.details, Administration) else Administration()
        kept = choose(about.keep_words, language)[0] or codes.kept(about.keep, language)
        yield [
            choose(each.title, language)[0],
            codes.ROLES[about.role].said_in(language),
            choose(office.title, language)[0] if office else key,
            reached.contact or reached.web,
            reached.dpo,
            ", ".join(about.processors),
            codes.said(codes.PURPOSES, about.purposes, language),
            "; ".join(filter(None, (codes.said(codes.BASES, about.basis, language), about.ground))),
            codes.said(codes.CATEGORIES, about.categories, language),
            codes.said(codes.PERSONS, about.persons, language),
            ", ".join(about.receivers),
            ", ".join(about.transfers),
            kept,
            codes.ASSESSMENTS[about.assessment].said_in(language) + (f" ({about.assessed.isoformat()})" if about.assessed else ""),
            codes.said(codes.MEASURES, about.measures, language),
        ]


def retention_csv(actor: Actor, language: str, base: str) -> bytes:
    """Return the retention and archiving plan, what is due first."""
    return _listed(Retention, governance.retention(shelf.rows(actor, "database", "treatment"), timezone.localdate()), language)


def hosting_csv(actor: Actor, language: str, base: str) -> bytes:
    """Return where applications and databases lie, and in which kind of cloud."""
    return _listed(Hosted, governance.hosting(shelf.rows(actor, "application", "database"), shelf.used(actor)), language)


def assessments_csv(actor: Actor, language: str, base: str) -> bytes:
    """Return how far the impact assessments are."""
    return _listed(Assessed, governance.assessments(shelf.rows(actor, "treatment"), timezone.localdate()), language)


def _listed(sort: type[msgspec.Struct], found: Iterable[msgspec.Struct], language: str) -> bytes:
    """Return a list of values as a table with a column a field; texts in one language, nothing for what nobody said."""

    def cell(value: Any) -> Any:
        return choose(value, language)[0] if isinstance(value, dict) else "" if value is None else int(value) if isinstance(value, bool) else value

    names = sort.__struct_fields__
    return as_csv(names, ([cell(getattr(each, name)) for name in names] for each in found)).encode()


def register_csv(actor: Actor, language: str, base: str) -> bytes:
    """Return the register of processing as CSV."""
    return as_csv((head.said_in(language) for _, head in REGISTER), register_lines(actor, language)).encode()


AS_OF = Text("État au {}", "Stand op {}", "As of {}")


def _day(day: date, language: str) -> str:
    with override(language):
        return date_format(day, "DATE_FORMAT")


def register_rdf(actor: Actor, language: str, base: str) -> bytes:
    """Return the register of processing in Turtle, in the words of the Belgian vocabulary."""
    from zinneke.office.cartography import belgif

    return belgif.register(actor, language, base)


def sources_rdf(actor: Actor, language: str, base: str) -> bytes:
    """Return the authentic sources, their elements and agreements in Turtle, in the words of the Belgian vocabulary."""
    from zinneke.office.cartography import belgif

    return belgif.sources(actor, language, base)


def register_pdf(actor: Actor, language: str, base: str) -> bytes:
    """Return the register of processing as a PDF that can be filed: one activity after the other, the day and the pages numbered."""
    from reportlab.lib.styles import getSampleStyleSheet
    from reportlab.lib.units import mm
    from reportlab.platypus import KeepTogether, Paragraph, Spacer

    styles = getSampleStyleSheet()
    today: date = timezone.localdate()
    story: list[Any] = [
        Paragraph(codes.REGISTER.said_in(language), styles["Title"]),
        Paragraph(AS_OF.said_in(language).format(_day(today, language)), styles["Normal"]),
        Spacer(1, 8 * mm),
    ]
    for line in register_lines(actor, language):
        parts: list[Any] = [Paragraph(escaped(line[0]), styles["Heading2"])]
        for (_, head), cell in zip(REGISTER[1:], line[1:], strict=True):
            if cell:
                parts.append(Paragraph(f"<b>{escaped(head.said_in(language))}</b>: {escaped(cell)}", styles["Normal"]))
        story += [KeepTogether([*parts, Spacer(1, 5 * mm)])]
    return as_pdf(story, codes.REGISTER.said_in(language), language)


EXPORTS: Mapping[str, tuple[str, Callable[[Actor, str, str], bytes]]] = {
    "things.csv": ("text/csv; charset=utf-8", things_csv),
    "glossary.ttl": ("text/turtle", glossary),
    "datasets.ttl": ("text/turtle", datasets),
    "register.csv": ("text/csv; charset=utf-8", register_csv),
    "register.ttl": ("text/turtle", register_rdf),
    "register.pdf": ("application/pdf", register_pdf),
    "sources.ttl": ("text/turtle", sources_rdf),
    "retention.csv": ("text/csv; charset=utf-8", retention_csv),
    "hosting.csv": ("text/csv; charset=utf-8", hosting_csv),
    "assessments.csv": ("text/csv; charset=utf-8", assessments_csv),
}
"""Each export by its file's name: media type, and what makes it for an actor, in a language, with our own address."""


def export(actor: Actor, name: str, language: str, base: str) -> tuple[str, bytes]:
    """Return an export's media type and bytes. Raises `Problem` 404 for one that is not made."""
    if name not in EXPORTS:
        raise not_found("export", name)
    media_type, make = EXPORTS[name]
    return media_type, make(actor, language, base)
