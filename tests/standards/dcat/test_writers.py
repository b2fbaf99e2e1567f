from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rdflib import Graph, Literal, URIRef
from rdflib.namespace import XSD

from zinneke.standards.dcat.negotiation import wanted
from zinneke.standards.dcat.nodes import PREFIXES, Node, address, day, kind_of
from zinneke.standards.dcat.writers import FORMS, encoded

PARSERS = {"ttl": "turtle", "jsonld": "json-ld", "rdf": "xml"}
TITLE = URIRef(PREFIXES["dct"] + "title")
PAGE = URIRef(PREFIXES["foaf"] + "page")
TRICKY = (
    "L’été \"à\" 20 °C \\ <b>&amp; tout</b> ]]> \r\n\t {{x}} 'a' 😀 \u2028 \x7f",
    "--> <!-- ?> \\u0041 \\n @fr ^^xsd:date",
    " leading and trailing ",
)


def graph(form: str, nodes: list[Node]) -> Graph:
    """Return what another's parser reads in what we write."""
    return Graph().parse(data=b"".join(encoded(FORMS[form].write(nodes))), format=PARSERS[form])


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("text", TRICKY)
def test_every_text_comes_back_as_it_was(form: str, text: str) -> None:
    read = graph(form, [("https://a.example/x", ("dcat:Dataset",), [("dct:title", "@fr", text), ("dct:title", "", text)])])
    assert set(read.objects(URIRef("https://a.example/x"), TITLE)) == {Literal(text, lang="fr"), Literal(text)}


@given(st.text(st.characters(codec="utf-8"), max_size=40), st.text(max_size=40), st.text(max_size=12))
@settings(max_examples=60)
def test_no_text_address_or_language_of_others_breaks_a_document(text: str, tail: str, language: str) -> None:
    uri = address(f"https://a.example/{tail}")
    nodes: list[Node] = [(uri, ("dcat:Dataset",), [("dct:title", kind_of(language), text), ("foaf:page", "<", uri)])]
    read = {form: graph(form, nodes) for form in FORMS}
    assert {len(each) for each in read.values()} == {3}
    for form in ("ttl", "jsonld"):
        assert [str(each) for each in read[form].objects(None, TITLE)] == [text]
    assert len({str(next(each.objects(None, PAGE))) for each in read.values()}) == 1


@pytest.mark.parametrize("form", FORMS)
def test_a_document_of_nothing_is_one(form: str) -> None:
    assert len(graph(form, [("https://a.example/x", (), [])])) == 0


def test_half_a_character_does_not_end_the_stream() -> None:
    assert "?" in str(next(graph("ttl", [("https://a.example/x", (), [("dct:title", "", "a\ud800b")])]).objects(None, TITLE)))


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("http://a.example/one two", "http://a.example/one%20two"),
        ("https://a.example/<x>\"'", "https://a.example/%3Cx%3E%22'"),
        ("http://[2001:db8::1]/x[1]", "http://[2001:db8::1]/x%5B1%5D"),
        ("http://[broken/", "http://%5Bbroken/"),
        ("urn:uuid:1", "urn:uuid:1"),
        ("javascript:alert(1)", ""),
        ("5cbe2495", ""),
        ("", ""),
    ],
)
def test_addresses_of_others_are_made_safe_or_left_out(written: str, expected: str) -> None:
    assert address(written) == expected


@pytest.mark.parametrize(
    ("written", "last", "expected"),
    [("2020", False, "2020-01-01"), ("2020", True, "2020-12-31"), ("2020-02", True, "2020-02-29"), ("2020-12", True, "2020-12-31"),
     ("2020-05-06T10:00", False, "2020-05-06"), ("2020-13-40", False, ""), ("soon", False, ""), ("", True, "")],
)  # fmt: skip
def test_a_year_or_month_has_its_first_and_last_day(written: str, last: bool, expected: str) -> None:
    assert [text for _, kind, text in day("dcat:startDate", written, last)] == ([expected] if expected else [])
    assert XSD.date


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("", "ttl"), ("*/*", "ttl"), ("text/turtle", "ttl"), ("application/ld+json", "jsonld"), ("image/png", "ttl"),
        ("application/rdf+xml;q=0.9, text/turtle;q=0.5", "rdf"), ("text/turtle;q=0, application/rdf+xml", "rdf"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "html"),
        ("text/turtle;q=many, application/json", "jsonld"), (",;=,;q=", "ttl"),
    ],
)  # fmt: skip
def test_the_form_that_is_wanted_most_is_given(accept: str, expected: str) -> None:
    assert wanted(accept) == expected


@given(st.text(max_size=200))
@settings(max_examples=50)
def test_any_accept_header_is_understood_as_something(accept: str) -> None:
    assert wanted(accept) in {"ttl", "jsonld", "rdf", "html"}
