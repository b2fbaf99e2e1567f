"""The register of processing and the authentic sources in Turtle, in the words of the Belgian vocabularies, as their published shapes want them.

What nobody said is left out: an entry that lacks what the law asks for does not pass the shapes, and should not. Concepts are named with
their scheme, since the shapes look for it. Categories of a part stand in a second scheme of which no list is published: ours are declared in both.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from rdflib import DCTERMS, ORG, RDF, SKOS, XSD, BNode, Graph, Literal, Namespace, URIRef

from zinneke.kernel.confidentiality import Actor
from zinneke.kernel.finding import fold
from zinneke.kernel.text import LANGUAGES
from zinneke.office.cartography import codes, models, shelf
from zinneke.office.cartography.governance import SENSITIVE
from zinneke.office.cartography.things import Administration, Agreement, Element, Source, ThingRow, Treatment

GDPR, AUTHSRC = Namespace("http://vocab.belgif.be/ns/gdpr#"), Namespace("http://vocab.belgif.be/ns/authsrc#")
ENTRY, SCHEMA = Namespace("http://vocab.belgif.be/ns/dataentry#"), Namespace("http://schema.org/")
LISTS, EUROPE = "http://vocab.belgif.be/auth/", "http://publications.europa.eu/resource/authority/"
SPOKEN = {"nl": "NLD", "fr": "FRA", "de": "DEU", "en": "ENG"}
PURPOSES = {
    "service": "B6_01", "permits": "B3_01", "taxes": "B1_01", "benefits": "B2_01", "inspection": "C1_03", "mobility": "B6_01", "environment": "B6_01",
    "safety": "C1_01", "participation": "B6_01", "information": "A4_01", "statistics": "H5_01", "personnel": "A1_01", "accounts": "A3_01",
    "archive": "H4_01", "operation": "A7_01",
}  # fmt: skip
BASES = {"consent": "01", "contract": "02", "law": "03", "vital": "04", "public": "05", "legitimate": "06"}
CATEGORIES = {
    "identity": "A1", "national_number": "P", "contact": "A1", "household": "G3", "finance": "B", "employment": "O", "education": "N", "housing": "L",
    "vehicle": "X", "location": "A4", "image": "V", "electronic": "A3", "health": "M", "origin": "Q", "opinion": "S", "biometric": "A5",
    "judicial": "J",
}  # fmt: skip
PERSONS = {"citizens": "01", "applicants": "01", "users": "01", "staff": "02", "minors": "09"}
OTHER = {"purposes": "Z", "categories": "Z", "persons": "17"}
"""The code of each Belgian list for what is not in it."""


class _Writer:
    """A graph being written, with what the actor may see of administrations."""

    def __init__(self, actor: Actor, language: str, base: str) -> None:
        self.graph, self.base, self.language = Graph(), base, language
        for name, space in (("gdpr", GDPR), ("authsrc", AUTHSRC), ("schema", SCHEMA)):
            self.graph.bind(name, space)
        self.administrations = {row.owner: row for row in shelf.rows(actor, "administration") if row.owner}

    def add(self, subject: Any, *pairs: tuple[Any, Any]) -> Any:
        """Say several things of a subject, and return it."""
        for predicate, value in pairs:
            self.graph.add((subject, predicate, value))
        return subject

    def thing(self, key: str) -> URIRef:
        """Return the address of a thing."""
        return URIRef(f"{self.base}/{self.language}/cartography/things/{key}/")

    def texts(self, subject: Any, predicate: Any, texts: Mapping[str, str]) -> None:
        """Say a text in each language that it has."""
        for spoken, text in texts.items():
            if text:
                self.graph.add((subject, predicate, Literal(text, lang=spoken)))

    def concept(self, address: str, *schemes: str) -> URIRef:
        """Return a concept of one or more lists."""
        return URIRef(self.add(URIRef(address), (RDF.type, SKOS.Concept), *((SKOS.inScheme, URIRef(each)) for each in schemes)))

    def listed(self, name: str, code: str) -> URIRef:
        """Return a concept of one of the Belgian lists."""
        return self.concept(f"{LISTS}{name}/{code}#id", f"{LISTS}{name}#id")

    def organisation(self, name: str) -> URIRef:
        """Return an organisation by the key of its owner, else by its name."""
        row = self.administrations.get(name)
        address = self.thing(row.key) if row else URIRef(f"{self.base}/cartography/organisations/{'-'.join(fold(name))}")
        self.add(address, (RDF.type, ORG.Organization), (SKOS.altLabel, Literal(name, datatype=XSD.string)))
        return address

    def contact(self, said: str) -> BNode:
        """Return somebody to turn to, by the name of a function or by an address."""
        way, node = SCHEMA.email if "@" in said else SCHEMA.name, BNode()
        self.add(node, (RDF.type, SCHEMA.ContactPoint), (way, Literal(said, datatype=XSD.string)))
        return node


def register(actor: Actor, language: str, base: str) -> bytes:
    """Return the register of processing, one for each administration that keeps one."""
    out, kept = _Writer(actor, language, base), defaultdict[str, list[ThingRow]](list)
    for row in shelf.rows(actor, "treatment"):
        kept[row.owner].append(row)
    for owner, rows in kept.items():
        node = URIRef(f"{base}/cartography/register{f'/{owner}' if owner else ''}")
        out.add(node, (RDF.type, GDPR.Register))
        out.texts(node, DCTERMS.title, {each: codes.REGISTER.said_in(each) for each in LANGUAGES})
        if owner:
            out.add(node, (DCTERMS.rightsHolder, out.organisation(owner)))
        for row in rows:
            out.add(node, (GDPR.hasDataTreatment, _treatment(out, row)))
    return out.graph.serialize(format="turtle").encode()


def _treatment(out: _Writer, row: ThingRow) -> URIRef:
    about, node = row.details, out.thing(row.key)
    assert isinstance(about, Treatment)
    controller = _controller(out, about.controller or row.owner)
    out.add(node, (RDF.type, GDPR.DataTreatment), (DCTERMS.identifier, Literal(row.key)), (GDPR.hasController, controller))
    out.texts(node, DCTERMS.title, row.title)
    out.texts(node, DCTERMS.description, row.about)
    for place, key in enumerate(dict.fromkeys(PURPOSES.get(each, OTHER["purposes"]) for each in about.purposes)):
        out.add(node, (GDPR.finalityOther if place else GDPR.finalityMain, out.listed("gdpr-finality", key)))
    for each in [each for each in about.basis if each in BASES][:1]:
        out.add(node, (GDPR.juridicalBase, out.listed("gdpr-juridical", BASES[each])))
    for each in about.persons:
        out.add(node, (GDPR.involvedParty, out.listed("gdpr-involved", PERSONS.get(each, OTHER["persons"]))))
    if about.start:
        out.add(node, (SCHEMA.startDate, Literal(about.start)))
    for spoken in SPOKEN:
        out.add(node, (ENTRY.hasDataStatus, _status(out, spoken, bool(row.title.get(spoken)))))
    for each in about.processors:
        processor = out.add(BNode(), (RDF.type, GDPR.Processor), (ORG.memberOf, out.organisation(each)), (GDPR.hasResponsible, out.contact(each)))
        out.add(node, (GDPR.hasProcessor, processor))
    for each in about.categories:
        out.add(node, (DCTERMS.hasPart, _part(out, about, each)))
    for spoken in LANGUAGES:
        said = {
            GDPR.finalityText: codes.said(codes.PURPOSES, about.purposes, spoken),
            GDPR.juridicalBaseText: "; ".join(filter(None, (codes.said(codes.BASES, about.basis, spoken), about.ground))),
            GDPR.involvedPartyText: codes.said(codes.PERSONS, about.persons, spoken),
            GDPR.securityMeasures: codes.said(codes.MEASURES, about.measures, spoken),
            GDPR.privacyImpact: codes.ASSESSMENTS[about.assessment].said_in(spoken) + (f" ({about.assessed})" if about.assessed else ""),
        }  # fmt: skip
        for predicate, text in said.items():
            out.texts(node, predicate, {spoken: text})
    return node


def _status(out: _Writer, spoken: str, said: bool) -> Any:
    """Return whether an entry is said in a language, and that it is told."""
    return out.add(
        BNode(),
        (RDF.type, ENTRY.DataStatus),
        (DCTERMS.language, out.concept(f"{EUROPE}language/{SPOKEN[spoken]}", f"{EUROPE}language")),
        (ENTRY.importStatus, out.concept(f"{out.base}/cartography/status/{'said' if said else 'not-said'}")),
        (ENTRY.exportStatus, out.concept(f"{out.base}/cartography/status/told")),
    )


def _controller(out: _Writer, name: str) -> Any:
    """Return who decides why and how, with whom to turn to; the data protection officer is there when somebody said who it is."""
    known = out.administrations.get(name)
    about = known.details if known else None
    node = out.add(BNode(), (RDF.type, GDPR.Controller), (ORG.memberOf, out.organisation(name)))
    if isinstance(about, Administration):
        if about.contact:
            out.add(node, (GDPR.hasResponsible, out.contact(about.contact)))
        if about.dpo:
            out.add(node, (GDPR.hasDPO, out.contact(about.dpo)))
        if about.dpo_of:
            out.add(node, (GDPR.isDPOInternal, Literal(about.dpo_of == "internal")))
    return node


def _part(out: _Writer, about: Treatment, category: str) -> Any:
    address = f"{LISTS}gdpr-category/{CATEGORIES.get(category, OTHER['categories'])}#id"
    node = out.add(
        BNode(),
        (RDF.type, GDPR.DataTreatmentPart),
        (GDPR.dataCategory, out.concept(address, f"{LISTS}gdpr-category#id", f"{LISTS}gdpr-category2#id")),
        (GDPR.isJuridical, Literal(category == "judicial")),
        (GDPR.isSensitive, Literal(category in SENSITIVE)),
    )
    out.texts(node, GDPR.dataCategoryText, {each: codes.said(codes.CATEGORIES, (category,), each) for each in LANGUAGES})
    out.texts(node, GDPR.conservation, {each: about.keep_words.get(each) or codes.kept(about.keep, each) for each in LANGUAGES})
    return node


def sources(actor: Actor, language: str, base: str) -> bytes:
    """Return the authentic sources, the elements that they guarantee, and the agreements about them."""
    out = _Writer(actor, language, base)
    links = models.Link.objects.filter(shelf.reachable(actor, prefix="source__") & shelf.reachable(actor, prefix="target__"))
    tied = defaultdict[str, list[tuple[str, str, str]]](list)
    for relation, source, target, owner in links.values_list("relation", "source__key", "target__key", "source__owner"):
        tied[source].append((relation, target, owner))
        tied[target].append((f"{relation} by", source, owner))
    for row in shelf.rows(actor, "source", "element", "agreement"):
        node = out.thing(row.key)
        out.add(node, (DCTERMS.identifier, Literal(row.key)))
        out.texts(node, DCTERMS.title, row.title)
        out.texts(node, DCTERMS.description, row.about)
        _SORTS[type(row.details)](out, node, row, tied[row.key])
    return out.graph.serialize(format="turtle").encode()


def _source(out: _Writer, node: Any, row: ThingRow, ties: Iterable[tuple[str, str, str]]) -> None:
    about = row.details
    assert isinstance(about, Source)
    right = ("PUBLIC", "RESTRICTED", "NON_PUBLIC")[row.level]
    out.add(
        node,
        (RDF.type, AUTHSRC.DataSource),
        (AUTHSRC.isAuthoritative, Literal(about.authoritative)),
        (DCTERMS.accessRights, out.concept(f"{EUROPE}access-right/{right}", f"{EUROPE}access-right")),
        *((DCTERMS.hasPart, out.thing(target)) for relation, target, _ in ties if relation == "guarantees"),
        *((AUTHSRC.hasAgreement, out.thing(source)) for relation, source, _ in ties if relation == "covers by"),
    )
    if about.start:
        out.add(node, (SCHEMA.startDate, Literal(about.start)))
    if about.frequency:
        out.add(node, (DCTERMS.accrualPeriodicity, out.concept(f"{EUROPE}frequency/{about.frequency}", f"{EUROPE}frequency")))
    if about.integrator:
        name = "-".join(about.integrator.lower().split())
        out.add(node, (AUTHSRC.hasIntegrator, out.concept(f"{out.base}/cartography/integrators/{name}", f"{LISTS}serv-integr")))
    if about.responsible:
        owner = out.organisation(about.responsible)
        out.add(node, (AUTHSRC.hasResponsible, out.add(BNode(), (RDF.type, AUTHSRC.SourceResponsible), (ORG.memberOf, owner))))


def _element(out: _Writer, node: Any, row: ThingRow, ties: Iterable[tuple[str, str, str]]) -> None:
    about = row.details
    assert isinstance(about, Element)
    sort = "personal" if about.personal else "other"
    sure = any(relation == "guarantees by" for relation, *_ in ties)
    kind = out.concept(f"{out.base}/cartography/element-types/{sort}", f"{LISTS}authsrc-element")
    out.add(node, (RDF.type, AUTHSRC.DataElement), (DCTERMS.type, kind), (AUTHSRC.isAuthoritative, Literal(sure)))


def _agreement(out: _Writer, node: Any, row: ThingRow, ties: Iterable[tuple[str, str, str]]) -> None:
    out.add(node, (RDF.type, AUTHSRC.Agreement))
    for relation, source, owner in ties:
        sort = {"consumes by": (AUTHSRC.hasConsumer, AUTHSRC.Consumer), "provides by": (AUTHSRC.hasProvider, AUTHSRC.Provider)}.get(relation)
        if sort:
            part = URIRef(f"{node}#{'consumer' if sort[1] == AUTHSRC.Consumer else 'provider'}-{owner or source.replace('/', '-')}")
            out.add(node, (sort[0], out.add(part, (RDF.type, sort[1]), (ORG.memberOf, out.organisation(owner or source)))))


_SORTS: Mapping[type, Any] = {Source: _source, Element: _element, Agreement: _agreement}
