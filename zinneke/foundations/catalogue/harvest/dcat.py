"""DCAT in Turtle, JSON-LD or RDF/XML, page by page where Hydra says that there are more."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec
from rdflib import DCAT, DCTERMS, FOAF, RDF, SKOS, Graph, Literal, Namespace, URIRef
from rdflib.term import Node

from zinneke.foundations.catalogue.harvest import wfs
from zinneke.foundations.catalogue.harvest.asking import MOST, PAGES, Rows, Visit
from zinneke.foundations.catalogue.high_value import category_key
from zinneke.foundations.catalogue.readers import Described, DescribedForm, DescribedPeriod, DescribedPublisher, row_of
from zinneke.foundations.catalogue.values import DatasetRow, Series
from zinneke.kernel.load import Fault
from zinneke.kernel.payload import read_document, read_text
from zinneke.kernel.problem import Problem, wrong

ACCEPT = "text/turtle, application/ld+json;q=0.9, application/rdf+xml;q=0.8, */*;q=0.1"
FORMS = {
    "text/turtle": "turtle", "application/x-turtle": "turtle", "text/n3": "turtle", "application/n-triples": "turtle",
    "application/ld+json": "json-ld", "application/json": "json-ld", "application/rdf+xml": "xml", "application/xml": "xml", "text/xml": "xml",
    ".ttl": "turtle", ".nt": "turtle", ".jsonld": "json-ld", ".json": "json-ld", ".rdf": "xml", ".xml": "xml",
}  # fmt: skip
HYDRA, VCARD = Namespace("http://www.w3.org/ns/hydra/core#"), Namespace("http://www.w3.org/2006/vcard/ns#")
DCATAP, SCHEMA = Namespace("http://data.europa.eu/r5r/"), Namespace("http://schema.org/")
IN_SERIES = URIRef(f"{DCAT}inSeries")


def read(visit: Visit) -> Rows:
    """Read every dataset of a document, and of the pages that it leads to."""
    at: str | None = visit.address
    seen: set[str] = set()
    while at and at not in seen and len(seen) < PAGES:
        seen.add(at)
        answer = visit.document(at, ACCEPT) if len(seen) == 1 else visit.fetcher.get(at, accept=ACCEPT)
        graph = parse(answer.body, answer.media_type, answer.address)
        for number, subject in enumerate(_sorted(set(graph.subjects(RDF.type, DCAT.Dataset))), 1):
            if number > MOST:
                yield Fault(at, f"There are more than {MOST:,} datasets on a page; the rest was not read.")
                break
            try:
                if (row := _row(graph, subject, visit.language)) is not None:
                    yield row
            except (ValueError, TypeError, Problem) as fault:
                yield Fault(f"{at}, {str(subject)[:200]}", f"it cannot be read: {fault}. Tell the publisher; the others were read.")
        at = _next(graph, at)
        if at:
            visit.after.clear()  # of several pages the first says nothing of the others
    if at and at not in seen:
        yield Fault(at, f"There are more than {PAGES} pages; the rest was not read.")
    elif at:
        yield Fault(at, "The page leads back to one that was read. The rest was not read; tell the publisher.")


def parse(body: bytes, media_type: str, address: str) -> Graph:
    """Return a document as a graph. Raises `Problem` 400 for one that is broken, or that would make us fetch or unfold something else."""
    path = address.partition("?")[0].lower()
    form = next((name for ending, name in FORMS.items() if ending[0] == "." and path.endswith(ending)), "") or FORMS.get(media_type, "turtle")
    if form == "xml":
        wfs.parse(body)
    if form == "json-ld":
        _refuse_contexts(read_document(body))
    graph = Graph(bind_namespaces="none")
    try:
        graph.parse(data=read_text(body), format=form, publicID=address)
    except Problem:
        raise
    except (Exception, RecursionError) as fault:  # its parsers raise whatever they meet
        said = str(fault).strip().splitlines()
        raise wrong(f"The document cannot be read as {form}: {(said[0] if said else type(fault).__name__)[:200]}.") from None
    return graph


def _refuse_contexts(document: Any) -> None:
    """Refuse a document that names a context at another address: the parser would fetch it, past every rule of ours."""
    waiting = [document]
    while waiting:
        found = waiting.pop()
        if isinstance(found, dict):
            context = found.get("@context")
            named = [each for each in (context if isinstance(context, list) else [context]) if isinstance(each, str)]
            if named or (isinstance(context, dict) and "@import" in json.dumps(context)):
                raise wrong(f"The document leaves the meaning of its words to another address ({', '.join(named)[:200]}). Use its Turtle or RDF/XML.")
            waiting += found.values()
        elif isinstance(found, list):
            waiting += found


def _next(graph: Graph, at: str) -> str | None:
    found = (each for name in ("next", "nextPage") for each in _sorted(graph.objects(None, HYDRA[name])))
    return next((str(each) for each in found if isinstance(each, URIRef) and str(each) != at), None)


def _sorted(found: Iterable[Node]) -> list[Node]:
    """Return nodes in an order that is the same each time, so that what did not change reads the same."""
    return sorted(found, key=str)


def _texts(graph: Graph, subject: Node, *predicates: URIRef, language: str) -> dict[str, str | list[str]]:
    found: dict[str, str | list[str]] = {}
    for predicate in predicates:
        for value in graph.objects(subject, predicate):
            if isinstance(value, Literal):
                found.setdefault(value.language[:2] if value.language else language, str(value))
    return found


def _one(graph: Graph, subject: Node, *predicates: URIRef) -> str:
    return next((str(found) for predicate in predicates for found in _sorted(graph.objects(subject, predicate))), "")


def _ends(graph: Graph, subject: Node, predicate: URIRef) -> list[str]:
    return [str(found).rstrip("/#").replace("#", "/").rpartition("/")[2] for found in _sorted(graph.objects(subject, predicate))]


def _row(graph: Graph, subject: Node, language: str) -> DatasetRow | None:
    if not isinstance(subject, URIRef) and not _one(graph, subject, DCTERMS.identifier):
        raise ValueError("it has neither an address nor an identifier")
    if (subject, URIRef(f"{DCAT}isVersionOf"), None) in graph:
        return None
    keywords: dict[str, list[str]] = {}
    for word in graph.objects(subject, DCAT.keyword):
        if isinstance(word, Literal):
            keywords.setdefault(word.language[:2] if word.language else language, []).append(str(word))
    period = next(graph.objects(subject, DCTERMS.temporal), None)
    licence = _one(graph, subject, DCTERMS.license)
    described = Described(
        uri=str(subject) if isinstance(subject, URIRef) else _one(graph, subject, DCTERMS.identifier),
        identifier=_one(graph, subject, DCTERMS.identifier),
        title=_texts(graph, subject, DCTERMS.title, language=language),
        description=_texts(graph, subject, DCTERMS.description, language=language),
        keywords={key: sorted(words) for key, words in keywords.items()},
        themes=_ends(graph, subject, DCAT.theme),
        publisher=_publisher(graph, subject, language),
        issued=_one(graph, subject, DCTERMS.issued),
        modified=_one(graph, subject, DCTERMS.modified),
        frequency=_one(graph, subject, DCTERMS.accrualPeriodicity),
        accessRights=next(iter(_ends(graph, subject, DCTERMS.accessRights)), ""),
        languages=_ends(graph, subject, DCTERMS.language),
        spatial=[str(found) for found in _sorted(graph.objects(subject, DCTERMS.spatial)) if isinstance(found, URIRef)],
        landingPage=_one(graph, subject, DCAT.landingPage, FOAF.page),
        temporal=_period(graph, period) if period is not None else None,
        distributions=[_form(graph, form, language, licence) for form in _forms(graph, subject)],
    )
    series = next((found for found in graph.objects(subject, IN_SERIES) if isinstance(found, URIRef)), None)
    return msgspec.structs.replace(
        row_of(described),
        contact=_contact(graph, subject),
        hvd=tuple(key for found in _sorted(graph.objects(subject, DCATAP.hvdCategory)) if (key := category_key(str(found)))),
        series=Series(str(series), {key: str(said) for key, said in _texts(graph, series, DCTERMS.title, language=language).items()})
        if series
        else None,
    )


def _series(graph: Graph, series: Node, language: str) -> Series:
    return Series(str(series), {key: str(said) for key, said in _texts(graph, series, DCTERMS.title, language=language).items()})


def _publisher(graph: Graph, subject: Node, language: str) -> DescribedPublisher | None:
    who = next(iter(_sorted(graph.objects(subject, DCTERMS.publisher))), None)
    if who is None:
        return None
    if isinstance(who, Literal):
        return DescribedPublisher({language: str(who)})
    names = _texts(graph, who, FOAF.name, SKOS.prefLabel, VCARD.fn, language=language)
    return DescribedPublisher(names or {language: str(who).rstrip("/").rpartition("/")[2]}, str(who) if isinstance(who, URIRef) else "")


def _period(graph: Graph, period: Node) -> DescribedPeriod:
    return DescribedPeriod(_one(graph, period, DCAT.startDate, SCHEMA.startDate), _one(graph, period, DCAT.endDate, SCHEMA.endDate))


def _contact(graph: Graph, subject: Node) -> str:
    for who in _sorted(graph.objects(subject, DCAT.contactPoint)):
        if found := _one(graph, who, VCARD.hasEmail, VCARD.hasURL):
            return found.removeprefix("mailto:")
    return ""


def _forms(graph: Graph, subject: Node) -> Iterator[Node]:
    yield from _sorted(graph.objects(subject, DCAT.distribution))


def _form(graph: Graph, form: Node, language: str, licence: str) -> DescribedForm:
    media = next(iter(graph.objects(form, DCAT.mediaType)), None)
    size = _one(graph, form, DCAT.byteSize)
    return DescribedForm(
        title=_texts(graph, form, DCTERMS.title, language=language),
        format=next(iter(_ends(graph, form, DCTERMS["format"])), ""),
        mediaType=str(media).partition("media-types/")[2] or str(media) if media is not None else "",
        downloadURL=_one(graph, form, DCAT.downloadURL),
        accessURL=_one(graph, form, DCAT.accessURL),
        license=_licence(_one(graph, form, DCTERMS.license) or licence),
        byteSize=size if size.isdigit() else "",
    )


def _licence(address: str) -> str:
    """Return a licence as our vocabulary knows it: the EU's own addresses end in the code that it has."""
    return address.rpartition("/")[2] if "/authority/licence/" in address else address
