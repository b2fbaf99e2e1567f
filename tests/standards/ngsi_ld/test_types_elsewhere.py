"""Types and attributes are told with those that other sources tell of, as far as these are registered for them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.standards.ngsi_ld.source import Source
from tests.standards.ngsi_ld.test_forwarding import A, bin_of, register, valued

pytestmark = pytest.mark.django_db(transaction=True)
TYPES = {"id": "urn:x:1", "type": "EntityTypeList", "typeList": ["Bin", "Bench"]}
DETAILS = [
    {"id": "urn:x:1", "type": "EntityType", "typeName": "Bin", "attributeNames": ["weight", "fill"]},
    {"id": "urn:x:2", "type": "EntityType", "typeName": "Bench", "attributeNames": ["colour"]},
]
INFO = {
    "id": "urn:x:1",
    "type": "EntityTypeInfo",
    "typeName": "Bin",
    "entityCount": 4,
    "attributeDetails": [
        {"id": "urn:x:1", "type": "Attribute", "attributeName": "weight", "attributeTypes": ["Property", "ListProperty"]},
        {"id": "urn:x:2", "type": "Attribute", "attributeName": "colour"},
    ],
}
ATTRIBUTES = {"id": "urn:x:1", "type": "AttributeList", "attributeList": ["weight", "colour"]}
ATTRIBUTE = {"id": "urn:x:1", "type": "Attribute", "attributeName": "fill", "attributeCount": 6, "attributeTypes": ["Relationship"]} | {
    "typeNames": ["Bin"]
}


@pytest.fixture
def town(broker: TestClient) -> TestClient:
    assert broker.post("entities", json=bin_of(A, fill=valued(1))).status_code == 201
    return broker


def told(town: TestClient, source: Source, path: str, answer: Any) -> Any:
    source.raw = json.dumps(answer).encode()
    found = town.get(path)
    assert found.status_code == 200, found.text
    assert "ngsild-warning" not in found.headers
    assert source.asked.pop()[0] == f"/ngsi-ld/v1/{path}"
    return found.json()


def test_what_is_elsewhere_is_told_with_what_is_here(town: TestClient, source: Source) -> None:
    register(town, source, information=[{"entities": [{"type": "Bin"}, {"type": "Bench"}]}])
    assert told(town, source, "types", TYPES)["typeList"] == ["Bench", "Bin"]
    assert [(each["typeName"], each["attributeNames"]) for each in told(town, source, "types?details=true", DETAILS)] == [
        ("Bench", ["colour"]),
        ("Bin", ["fill", "weight"]),
    ]
    one = told(town, source, "types/Bin", INFO)
    assert (one["entityCount"], [(each["attributeName"], each["attributeTypes"]) for each in one["attributeDetails"]]) == (
        5,
        [("colour", []), ("fill", ["Property"]), ("weight", ["ListProperty", "Property"])],
    )
    assert told(town, source, "attributes", ATTRIBUTES)["attributeList"] == ["colour", "fill", "weight"]
    known = told(town, source, "attributes/fill", ATTRIBUTE)
    assert (known["attributeCount"], known["attributeTypes"], known["typeNames"]) == (7, ["Property", "Relationship"], ["Bin"])
    assert told(town, source, "types/Bench", {**INFO, "typeName": "Bench"})["entityCount"] == 4
    assert town.get("types?local=true").json()["typeList"] == ["Bin"] and source.asked == []


def test_a_source_tells_of_nothing_for_which_it_is_not_registered(town: TestClient, source: Source) -> None:
    register(town, source, "inclusive", ("weight",))
    assert told(town, source, "types", TYPES)["typeList"] == ["Bin"]
    assert told(town, source, "types?details=true", DETAILS)[0]["attributeNames"] == ["fill", "weight"]
    assert told(town, source, "attributes", ATTRIBUTES)["attributeList"] == ["fill", "weight"]


@pytest.mark.parametrize(
    ("operations", "due"), [(["retrieveOps"], 0), (["retrieveEntityTypes"], 1), (["retrieveEntityTypeInfo"], 0), (["associationOps"], 1)]
)
def test_only_sources_that_offer_it_are_asked(town: TestClient, source: Source, operations: list[str], due: int) -> None:
    register(town, source, operations=operations)
    assert town.get("types").json()["typeList"] == ["Bin"]
    assert len(source.asked) == due


@pytest.mark.parametrize(
    ("status", "raw"),
    [
        (500, b"{}"),
        (200, b"no json"),
        (200, b"5"),
        (200, b'{"typeList": 5}'),
        (200, b'{"typeList": "Bin"}'),
        (200, b'{"typeList": [5]}'),
        (200, b'{"typeName": null}'),
        (200, b'[{"typeName": "Bin", "attributeDetails": [{}]}]'),
    ],
)
def test_a_source_that_fails_is_named_and_the_rest_is_told(town: TestClient, source: Source, status: int, raw: bytes) -> None:
    register(town, source)
    source.status, source.raw = status, raw
    answer = town.get("types")
    assert (answer.json()["typeList"], "127.0.0.1" in answer.headers["ngsild-warning"]) == (["Bin"], True)


def test_what_is_nowhere_is_not_found(town: TestClient, source: Source) -> None:
    register(town, source)
    assert town.get("types/Chair").status_code == 404
    source.status, source.raw = 500, b""
    answer = town.get("attributes/strange")
    assert (answer.status_code, "127.0.0.1" in answer.headers["ngsild-warning"]) == (404, True)
