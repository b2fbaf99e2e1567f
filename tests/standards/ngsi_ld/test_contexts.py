"""Contexts: names mean what a processor of JSON-LD says they mean, in what is sent and in what is told; nothing is fetched."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest
from pyld import jsonld
from rdflib import Graph, URIRef
from starlette.testclient import TestClient

from tests.foundations.observations.city import make
from zinneke.kernel.problem import Problem
from zinneke.standards.ngsi_ld import contexts
from zinneke.standards.ngsi_ld.core import CORE, HOUSE, NGSI, TERMS

pytestmark = pytest.mark.django_db(transaction=True)
HOME = "http://city/ngsi-ld/v1/jsonldContexts/zinneke"
LINK = '<{}>; rel="http://www.w3.org/ns/json-ld#context"; type="application/ld+json"'
MODELS = "https://smartdatamodels.org/"
DEFAULT = f"{NGSI}default-context/"
BIN = "urn:ngsi-ld:WasteContainer:1"
SENT: dict[str, Any] = {
    "id": BIN,
    "type": "WasteContainer",
    "fillingLevel": {"type": "Property", "value": 40, "observedAt": "2026-03-01T10:00:00Z"},
    "colour": {"type": "Property", "value": "green"},
    "kind": {"type": "VocabProperty", "vocab": "litter"},
    "owner": {"type": "Relationship", "object": "urn:ngsi-ld:Organisation:bp"},
    "location": {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [4.35, 50.85]}},
}


def local(address: str, options: Any = None) -> dict[str, Any]:
    """Load contexts as a client would, from the house's tables only."""
    terms = {CORE: TERMS, HOME: HOUSE}[address]
    return {"contextUrl": None, "documentUrl": address, "document": {"@context": terms}, "contentType": "application/ld+json"}


def expanded(document: Any) -> Any:
    return jsonld.expand(document, {"documentLoader": local})


def test_a_processor_reads_what_was_told_alike_in_every_context(broker: TestClient) -> None:
    sent = {**SENT, "@context": [HOME, CORE]}
    answer = broker.post("entities", json=sent, headers={"content-type": "application/ld+json"})
    assert answer.status_code == 201, answer.text
    told = [broker.get(f"entities/{BIN}", headers={"accept": "application/ld+json", **more}).json() for more in ({}, {"link": LINK.format(HOME)})]
    assert told[0]["@context"] == CORE
    assert told[1]["@context"] == [HOME, CORE]
    assert told[0]["type"] == f"{MODELS}dataModel.WasteManagement/WasteContainer"
    assert told[1]["fillingLevel"]["value"] == 40
    assert expanded(told[0]) == expanded(told[1]) == expanded(sent)
    graph = Graph().parse(data=json.dumps({**told[0], "@context": TERMS}), format="json-ld")
    (level,) = graph.objects(URIRef(BIN), URIRef(f"{MODELS}dataModel.WasteManagement/fillingLevel"))
    assert graph.value(level, URIRef(f"{NGSI}hasValue")).toPython() == 40
    assert (URIRef(BIN), URIRef(f"{DEFAULT}owner"), None) in graph
    (owner,) = graph.objects(URIRef(BIN), URIRef(f"{DEFAULT}owner"))
    assert graph.value(owner, URIRef(f"{NGSI}hasObject")) == URIRef("urn:ngsi-ld:Organisation:bp")


def test_the_link_of_an_answer_gives_its_names_their_meaning(broker: TestClient) -> None:
    broker.post("entities", json=SENT, headers={"link": LINK.format(HOME)})
    for more, address in (({}, CORE), ({"link": LINK.format(HOME)}, HOME)):
        answer = broker.get(f"entities/{BIN}", headers=more)
        assert answer.headers["link"] == LINK.format(address)
        whole = {**answer.json(), "@context": [address, CORE] if address != CORE else CORE}
        assert f"{MODELS}dataModel.WasteManagement/fillingLevel" in expanded(whole)[0]
    query = {"type": "WasteContainer", "q": "fillingLevel>30"}
    assert broker.get("entities", params=query).json() == [], "in the core context that is another type"
    assert len(broker.get("entities", params=query, headers={"link": LINK.format(HOME)}).json()) == 1


def test_what_solutions_measure_has_the_names_of_the_published_models(broker: TestClient) -> None:
    make("a", solution="smart_bins")
    from tests.foundations.observations.city import NOON
    from zinneke.foundations.observations import store
    from zinneke.foundations.observations.values import Batch, Thing
    from zinneke.kernel.confidentiality import SYSTEM

    store.set_things(SYSTEM, [Thing(key="smart_bins/a", name={"en": "A"}, kind="bin", solution="smart_bins", area="21004")])
    stream = store.find_stream(SYSTEM, "smart_bins/a/fill")
    assert stream
    store.ingest(SYSTEM, Batch.of([(stream.id, NOON, 70.0)]))
    found = broker.get("entities", params={"type": "WasteContainer", "q": "fillingLevel==70"}, headers={"link": LINK.format(HOME)}).json()
    assert [each["id"] for each in found] == ["urn:ngsi-ld:WasteContainer:smart_bins:a"]
    assert found[0]["fillingLevel"] == {"type": "Property", "value": 70, "unitCode": "P1", "observedAt": "2026-03-10T12:00:00Z"}
    assert found[0]["commune"]["value"] == "21004"


CONTEXTS: list[Any] = [
    {},
    {"a": "http://x.example/a", "b": {"@id": "http://x.example/b", "@type": "@id"}, "x": "http://x.example/"},
    [{"x": "http://x.example/"}, {"a": "x:a", "b": "a"}],
    {"@vocab": "http://other.example/", "a": "http://x.example/a"},
    {"a": "http://x.example/1", "longer": "http://x.example/1"},
    {"location": "http://x.example/place", "a": f"{DEFAULT}z"},
    [HOME, {"fillingLevel": "http://x.example/level"}],
]


@pytest.mark.parametrize("given", CONTEXTS)
@pytest.mark.parametrize("name", ["a", "b", "c", "x:y", "location", "fillingLevel", "http://x.example/q", "ngsi-ld:z", "longer", "description"])
def test_a_name_means_what_the_library_says(given: Any, name: str) -> None:
    made = contexts.of(given, "http://city")
    kept = made.expand(name)
    user = given if isinstance(given, list) else [given]
    document = {"@context": [*user, CORE], "id": "urn:x:1", name: {"type": "Property", "value": 1}}
    (iri,) = {key for key in expanded(document)[0] if not key.startswith("@")}
    assert contexts.naming.full(kept) == iri
    again = {"@context": [*user, CORE], "id": "urn:x:1", made.compact(kept): {"type": "Property", "value": 1}}
    assert expanded(again) == expanded(document), "the name in the answer means the same"


def test_other_contexts_are_refused_and_never_fetched(broker: TestClient) -> None:
    away = "http://127.0.0.1:1/context.jsonld"
    link = broker.get("entities", params={"type": "T"}, headers={"link": LINK.format(away)})
    inside = broker.post("entities", json={**SENT, "@context": [away]}, headers={"content-type": "application/ld+json"})
    deep = broker.post(
        "entities", json={**SENT, "@context": {"a": {"@id": "urn:a", "@context": away}}}, headers={"content-type": "application/ld+json"}
    )
    imported = broker.post("entities", json={**SENT, "@context": {"@version": 1.1, "@import": away}}, headers={"content-type": "application/ld+json"})
    for answer in (link, inside, deep, imported):
        assert answer.status_code == 504, answer.text
        assert answer.json()["type"].endswith("/LdContextNotAvailable")
        assert away in answer.json()["detail"]


@pytest.mark.parametrize("given", [1, [1], {"a": {"@id": 1}}, {"@version": 2}, {"a": "b", "b": "a"}, {"a": {"@id": "@context"}}, {"@vocab": 1}])
def test_what_is_no_context_is_refused(given: Any) -> None:
    with pytest.raises(Problem) as fault:
        contexts.of(given, "http://city")
    assert fault.value.status == 400


def test_the_context_stands_where_the_media_type_has_it(broker: TestClient) -> None:
    ld = {"content-type": "application/ld+json"}
    assert broker.post("entities", json=SENT, headers=ld).status_code == 400, "no @context inside"
    assert broker.post("entities", json={**SENT, "@context": CORE}).status_code == 400, "@context in plain JSON"
    both = broker.post("entities", json={**SENT, "@context": CORE}, headers={**ld, "link": LINK.format(CORE)})
    assert both.status_code == 400
    own = [{**SENT, "@context": HOME}, {**SENT, "id": "urn:ngsi-ld:B:2", "@context": CORE}]
    assert broker.post("entityOperations/create", json=own, headers=ld).status_code == 201
    types = {each["type"] for each in broker.get("entities", params={"local": "true"}).json()}
    assert types == {"WasteContainer", f"{MODELS}dataModel.WasteManagement/WasteContainer"}


def test_contexts_are_listed_by_kind_and_none_is_deleted_in_the_place_of_being_loaded_anew(broker: TestClient) -> None:
    added = broker.post("jsonldContexts", json={"@context": {"fill": "urn:own:fill"}}).headers["location"].rpartition("/")[2]
    address = f"http://city/ngsi-ld/v1/jsonldContexts/{added}"
    assert broker.get("jsonldContexts").json() == [CORE, HOME, address]
    assert broker.get("jsonldContexts?kind=Cached").json() == [CORE]
    assert broker.get("jsonldContexts?kind=Hosted").json() == [HOME, address]
    assert broker.get("jsonldContexts?kind=ImplicitlyCreated").json() == []
    assert [each["kind"] for each in broker.get("jsonldContexts?details=true").json()] == ["Cached", "Hosted", "Hosted"]
    assert broker.get("jsonldContexts?kind=Strange").status_code == 400
    assert "Property" in broker.get(f"jsonldContexts/{quote(CORE, safe='')}").json()["@context"]
    refused = broker.delete(f"jsonldContexts/{added}?reload=true")
    assert (refused.status_code, "not deleted" in refused.json()["detail"]) == (400, True)
    assert broker.get(f"jsonldContexts/{added}").status_code == 200
    assert broker.delete(f"jsonldContexts/{quote(CORE, safe='')}").status_code == 403
    assert broker.delete(f"jsonldContexts/{added}").status_code == 204
    assert broker.delete(f"jsonldContexts/{added}?reload=true").status_code == 404
