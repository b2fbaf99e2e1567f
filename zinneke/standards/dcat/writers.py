"""Nodes on the wire, one after the other: Turtle, RDF/XML and JSON-LD. What is written is a copy of nothing: the memory it takes is one node's."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from json.encoder import encode_basestring
from xml.sax.saxutils import escape, quoteattr

from zinneke.standards.dcat.nodes import PREFIXES, Node

_NOT_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_MARKS = re.compile(r"[&<>\r\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_MARKS_OF_ATTRIBUTES = re.compile(r"[&<>\"\n\r\t]")
"""What is written otherwise in XML: most texts have nothing of it, and are looked at once."""
PIECE = 64_000
"""Characters that leave together."""


@dataclass(frozen=True, slots=True)
class Form:
    """One way to write a graph: its ending, its media type, and its writer."""

    key: str
    media_type: str
    write: Callable[[Iterable[Node]], Iterator[str]]


def _full(name: str) -> str:
    prefix, _, local = name.partition(":")
    return PREFIXES[prefix] + local


def write_turtle(nodes: Iterable[Node]) -> Iterator[str]:
    """Write nodes as Turtle. A string of JSON, with nothing but the escapes that it needs, is one of Turtle too."""
    yield "".join(f"@prefix {prefix}: <{uri}> .\n" for prefix, uri in PREFIXES.items())
    for subject, kinds, facts in nodes:
        parts = ["a " + ", ".join(kinds)] if kinds else []
        for predicate, kind, text in facts:
            if kind == "<":
                parts.append(f"{predicate} <{text}>")
            elif kind[:1] == "^":
                parts.append(f"{predicate} {encode_basestring(text)}^^{kind[1:]}")
            else:
                parts.append(f"{predicate} {encode_basestring(text)}{kind}")
        if parts:
            yield f"\n<{subject}> " + " ;\n  ".join(parts) + " .\n"


def _marked(text: str) -> str:
    return text if _MARKS.search(text) is None else escape(_NOT_XML.sub("", text), {"\r": "&#13;"})


def _quoted(text: str) -> str:
    return f'"{text}"' if _MARKS_OF_ATTRIBUTES.search(text) is None else quoteattr(text)


def write_xml(nodes: Iterable[Node]) -> Iterator[str]:
    """Write nodes as RDF/XML; what XML cannot hold (control characters) is left out."""
    spaces = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in PREFIXES.items())
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n<rdf:RDF {spaces}>\n'
    for subject, kinds, facts in nodes:
        if not kinds and not facts:
            continue
        parts = [f"<rdf:Description rdf:about={_quoted(subject)}>"]
        parts += [f'  <rdf:type rdf:resource="{_full(kind)}"/>' for kind in kinds]
        for predicate, kind, text in facts:
            if kind == "<":
                parts.append(f"  <{predicate} rdf:resource={_quoted(text)}/>")
                continue
            mark = f' rdf:datatype="{_full(kind[1:])}"' if kind[:1] == "^" else f' xml:lang="{kind[1:]}"' if kind else ""
            parts.append(f"  <{predicate}{mark}>{_marked(text)}</{predicate}>")
        parts.append("</rdf:Description>\n")
        yield "\n".join(parts)
    yield "</rdf:RDF>\n"


def write_json(nodes: Iterable[Node]) -> Iterator[str]:
    """Write nodes as JSON-LD: one `@graph`, a node a line, its context inside."""
    yield '{"@context":{' + ",".join(f'"{prefix}":"{uri}"' for prefix, uri in PREFIXES.items()) + '},"@graph":['
    comma = "\n"
    for subject, kinds, facts in nodes:
        if not kinds and not facts:
            continue
        members: dict[str, list[str]] = {}
        for predicate, kind, text in facts:
            said = encode_basestring(text)
            if kind == "<":
                value = f'{{"@id":{said}}}'
            elif kind[:1] == "^":
                value = f'{{"@value":{said},"@type":"{kind[1:]}"}}'
            else:
                value = f'{{"@value":{said},"@language":"{kind[1:]}"}}' if kind else said
            members.setdefault(predicate, []).append(value)
        parts = [f'"@id":{encode_basestring(subject)}']
        if kinds:
            parts.append('"@type":[' + ",".join(f'"{kind}"' for kind in kinds) + "]")
        parts += [f'"{predicate}":[{",".join(values)}]' for predicate, values in members.items()]
        yield comma + "{" + ",".join(parts) + "}"
        comma = ",\n"
    yield "\n]}\n"


FORMS = {
    form.key: form
    for form in (
        Form("ttl", "text/turtle", write_turtle),
        Form("jsonld", "application/ld+json", write_json),
        Form("rdf", "application/rdf+xml", write_xml),
    )
}


def encoded(pieces: Iterable[str]) -> Iterator[bytes]:
    """Yield text as bytes in pieces of a size that is worth sending; half a character that came from outside becomes a question mark."""
    held: list[str] = []
    size = 0
    for piece in pieces:
        held.append(piece)
        size += len(piece)
        if size >= PIECE:
            yield "".join(held).encode("utf-8", "replace")
            held, size = [], 0
    if held:
        yield "".join(held).encode("utf-8", "replace")
