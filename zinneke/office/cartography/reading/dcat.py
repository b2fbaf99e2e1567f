"""DCAT in Turtle, JSON-LD or RDF/XML: each dataset of another's catalogue becomes a table of the map. Nothing is ever fetched."""

from __future__ import annotations

from typing import Any

from zinneke.kernel.load import Fault
from zinneke.kernel.payload import read_document
from zinneke.kernel.problem import Problem, wrong
from zinneke.office.cartography.reading.origin import Origin, decoded
from zinneke.office.cartography.scanning import Scanned
from zinneke.office.cartography.things import Database, Relation, Table

MOST = 50_000


def read(data: bytes, origin: Origin) -> Scanned:
    """Read the datasets of a catalogue. Raises `Problem` 400 for what is no RDF, or holds no dataset."""
    from rdflib import DCAT, DCTERMS, RDF, Graph, URIRef

    text, graph = decoded(data), Graph()
    form = _form(text)
    if form == "json-ld":
        _refuse_addresses(read_document(data))
    if form == "xml" and "<!ENTITY" in text:
        raise wrong("The document defines entities of its own, which are not taken.")
    try:
        graph.parse(data=text, format=form, publicID="urn:zinneke:import/")
    except Exception as fault:  # rdflib's parsers raise what they like
        raise wrong(f"This cannot be read as {form}: {str(fault).splitlines()[0][:300]}.") from None
    things, faults, holds = [], list[Fault](), list[tuple[Relation, str]]()
    for number, dataset in enumerate(graph.subjects(RDF.type, DCAT.Dataset)):
        if number >= MOST:
            faults.append(Fault(f"dataset {number}", f"only the first {MOST:,} were read."))
            break
        titles = _said(graph, dataset, DCTERMS.title)
        if not titles:
            faults.append(Fault(str(dataset), "it has no title; it was left out."))
            continue
        name = str(graph.value(dataset, DCTERMS.identifier) or (dataset if isinstance(dataset, URIRef) else next(iter(titles.values()))))
        key = origin.key(name.rstrip("/").rpartition("/")[2] or name)
        things.append(origin.row(key, Table(dataset=str(dataset)[:500]), titles, _said(graph, dataset, DCTERMS.description)))
        holds.append(("holds", key))
    if not things and not faults:
        raise wrong("There is no dcat:Dataset in this document.")
    things.append(origin.row(origin.key(), Database(engine="DCAT"), origin.title or origin.name, links=holds))
    return origin.scanned(things, faults)


def _form(text: str) -> str:
    start = text.lstrip()[:1]
    return "json-ld" if start in ("{", "[") else "xml" if start == "<" else "turtle"


def _said(graph: Any, subject: Any, predicate: Any) -> dict[str, str]:
    found = {str(each.language or "en")[:2]: str(each) for each in graph.objects(subject, predicate) if hasattr(each, "language")}
    return {language: said for language, said in found.items() if language in ("fr", "nl", "en")} or (
        {"en": next(iter(found.values()))} if found else {}
    )


def _refuse_addresses(document: Any) -> None:
    """Refuse a JSON-LD document whose context stands at an address: reading it would ask the network."""
    waiting = [document]
    while waiting:
        each = waiting.pop()
        if isinstance(each, dict):
            contexts = each.get("@context", ())
            for context in contexts if isinstance(contexts, list) else [contexts]:
                if isinstance(context, str):
                    raise Problem(400, "The request needs a correction", f"The context {context[:200]!r} stands elsewhere; put it into the document.")
                if isinstance(context, dict) and "@import" in context:
                    raise wrong("A context that imports another is not taken; put it into the document.")
            waiting += each.values()
        elif isinstance(each, list):
            waiting += each
