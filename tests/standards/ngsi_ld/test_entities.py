"""Entities through the door of NGSI-LD: created, read in every form, changed in every way, deleted; and what is refused."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

pytestmark = pytest.mark.django_db(transaction=True)
BIN = "urn:ngsi-ld:WasteContainer:b1"
ERRORS = "https://uri.etsi.org/ngsi-ld/errors/"
NULL = "urn:ngsi-ld:null"
WHOLE: dict[str, Any] = {
    "id": BIN,
    "type": "WasteContainer",
    "scope": "/Brussels/Centre",
    "name": {"type": "Property", "value": "Bin 1"},
    "fillingLevel": {
        "type": "Property",
        "value": 40,
        "unitCode": "P1",
        "observedAt": "2026-03-01T10:00:00Z",
        "accuracy": {"type": "Property", "value": 2},
    },
    "colour": {"type": "Property", "value": "green", "madeBy": {"type": "Relationship", "object": "urn:ngsi-ld:Firm:1"}},
    "location": {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [4.35, 50.85]}},
    "owner": {"type": "Relationship", "object": "urn:ngsi-ld:Organisation:bp"},
    "street": {"type": "LanguageProperty", "languageMap": {"fr": "Rue Neuve", "nl": "Nieuwstraat"}},
    "kind": {"type": "VocabProperty", "vocab": "litter"},
    "raw": {"type": "JsonProperty", "json": {"a": [1, {"b": None}]}},
    "days": {"type": "ListProperty", "valueList": [1, 3, 5]},
}


def put(broker: TestClient, **more: Any) -> None:
    answer = broker.post("entities", json={**WHOLE, **more})
    assert answer.status_code == 201, answer.text


def get(broker: TestClient, **parameters: Any) -> Any:
    answer = broker.get(f"entities/{BIN}", params=parameters)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_an_entity_is_read_as_it_was_written(broker: TestClient) -> None:
    answer = broker.post("entities", json=WHOLE)
    assert answer.status_code == 201
    assert answer.headers["location"] == f"/ngsi-ld/v1/entities/{BIN}"
    assert get(broker) == WHOLE


def test_the_same_in_each_form(broker: TestClient) -> None:
    put(broker)
    simple = get(broker, options="keyValues")
    assert simple["fillingLevel"] == 40
    assert simple["owner"] == "urn:ngsi-ld:Organisation:bp"
    assert simple["street"] == {"languageMap": {"fr": "Rue Neuve", "nl": "Nieuwstraat"}}
    assert simple["location"] == {"type": "Point", "coordinates": [4.35, 50.85]}
    assert simple == get(broker, format="simplified")
    concise = get(broker, options="concise")
    assert concise["name"] == "Bin 1"
    assert concise["colour"] == {"value": "green", "madeBy": {"object": "urn:ngsi-ld:Firm:1"}}
    assert concise["location"] == {"type": "Point", "coordinates": [4.35, 50.85]}
    assert get(broker, lang="nl")["street"] == {"type": "Property", "value": "Nieuwstraat", "lang": "nl"}
    for asked, told in (("de,fr;q=0.2,nl;q=0.9", "nl"), ("nl;q=0,fr", "fr"), ("de,*;q=0.1", "fr"), ("de", "fr")):
        assert get(broker, lang=asked)["street"]["lang"] == told
    known = get(broker, options="sysAttrs")
    assert known["createdAt"] <= known["modifiedAt"]
    assert known["colour"]["createdAt"]
    assert set(get(broker, pick="id,colour")) == {"id", "colour"}
    assert set(get(broker, omit="colour,raw")) == set(WHOLE) - {"colour", "raw"}
    assert set(get(broker, attrs="colour")) == {"id", "type", "scope", "colour"}
    feature = broker.get(f"entities/{BIN}", headers={"accept": "application/geo+json"}).json()
    assert (feature["type"], feature["id"], feature["geometry"]["coordinates"]) == ("Feature", BIN, [4.35, 50.85])
    assert feature["properties"]["colour"]["value"] == "green"


def test_concise_is_taken_as_it_is_told(broker: TestClient) -> None:
    put(broker)
    concise = get(broker, options="concise")
    assert broker.delete(f"entities/{BIN}").status_code == 204
    assert broker.get(f"entities/{BIN}").status_code == 404
    assert broker.post("entities", json=concise).status_code == 201
    assert get(broker) == WHOLE


def test_an_update_is_another_observation_and_keeps_what_is_about_it(broker: TestClient) -> None:
    put(broker)
    part = {"value": 55, "observedAt": "2026-03-01T11:00:00Z"}
    assert broker.patch(f"entities/{BIN}/attrs/fillingLevel", json=part).status_code == 204
    level = get(broker)["fillingLevel"]
    assert level == {**WHOLE["fillingLevel"], **part}
    assert broker.patch(f"entities/{BIN}/attrs/fillingLevel", json={"value": 10, "observedAt": "2026-03-01T09:00:00Z"}).status_code == 204
    assert get(broker)["fillingLevel"]["value"] == 55, "what was observed earlier is not the newest"
    assert broker.patch(f"entities/{BIN}/attrs/fillingLevel", json={**part, "value": 56}).status_code == 204
    assert get(broker)["fillingLevel"]["value"] == 56, "another value for a moment corrects it"


def test_attributes_are_appended_updated_and_deleted(broker: TestClient) -> None:
    put(broker)
    more = {"colour": {"type": "Property", "value": "red"}, "height": {"type": "Property", "value": 1.2}}
    answer = broker.post(f"entities/{BIN}/attrs", params={"options": "noOverwrite"}, json=more)
    assert answer.status_code == 207
    assert [each["attributeName"] for each in answer.json()["notUpdated"]] == ["colour"]
    assert (get(broker)["colour"]["value"], get(broker)["height"]["value"]) == ("green", 1.2)
    assert broker.post(f"entities/{BIN}/attrs", json=more).status_code == 204
    assert get(broker)["colour"] == {"type": "Property", "value": "red"}
    answer = broker.patch(f"entities/{BIN}/attrs", json={"colour": {"type": "Property", "value": "blue"}, "width": {"type": "Property", "value": 1}})
    assert answer.status_code == 207
    assert answer.json()["updated"] == ["colour"]
    assert "width" not in get(broker)
    assert broker.put(f"entities/{BIN}/attrs/colour", json={"type": "Property", "value": "black"}).status_code == 204
    assert broker.put(f"entities/{BIN}/attrs/width", json={"type": "Property", "value": 1}).status_code == 404
    assert broker.patch(f"entities/{BIN}/attrs/width", json={"type": "Property", "value": 1}).status_code == 404
    for name in ("colour", "fillingLevel", "location", "name", "street"):
        assert broker.delete(f"entities/{BIN}/attrs/{name}").status_code == 204, name
        assert broker.delete(f"entities/{BIN}/attrs/{name}").status_code == 404, name
    assert not set(get(broker)) & {"colour", "fillingLevel", "location", "name", "street"}


def test_instances_of_one_attribute_are_told_apart_by_their_dataset(broker: TestClient) -> None:
    dataset = "urn:ngsi-ld:Dataset:backup"
    moment = "2026-03-01T10:00:00Z"
    several = [{"type": "Property", "value": 1, "observedAt": moment}, {"type": "Property", "value": 2, "observedAt": moment, "datasetId": dataset}]
    words = [{"type": "Property", "value": "a"}, {"type": "Property", "value": "b", "datasetId": dataset}]
    put(broker, fillingLevel=several, colour=words)
    found = get(broker)
    assert found["fillingLevel"] == several
    assert found["colour"] == words
    assert get(broker, options="keyValues")["colour"] == {"dataset": {"@none": "a", dataset: "b"}}
    assert get(broker, datasetId=dataset)["colour"] == words[1]
    assert broker.delete(f"entities/{BIN}/attrs/colour", params={"datasetId": dataset}).status_code == 204
    assert get(broker)["colour"] == words[0]
    assert broker.delete(f"entities/{BIN}/attrs/fillingLevel", params={"deleteAll": "true"}).status_code == 204
    assert "fillingLevel" not in get(broker)


def test_a_merge_goes_into_what_is_there_and_null_takes_away(broker: TestClient) -> None:
    put(broker, address={"type": "Property", "value": {"street": "a", "number": 1, "box": {"x": 1, "y": 2}}})
    patch = {
        "address": {"value": {"number": 2, "box": {"y": NULL}}},
        "colour": NULL,
        "street": {"languageMap": {"en": "New Street"}},
        "fillingLevel": {"type": "Property", "value": NULL},
        "height": 3,
    }
    assert broker.patch(f"entities/{BIN}", json=patch).status_code == 204
    found = get(broker)
    assert found["address"]["value"] == {"street": "a", "number": 2, "box": {"x": 1}}
    assert found["street"]["languageMap"] == {"fr": "Rue Neuve", "nl": "Nieuwstraat", "en": "New Street"}
    assert found["height"] == {"type": "Property", "value": 3}
    assert not {"colour", "fillingLevel"} & set(found)


def test_bare_values_are_merged_into_whatever_kind_there_is(broker: TestClient) -> None:
    place = {"type": "Point", "coordinates": [4.35, 50.85]}
    body = {
        "id": "urn:x:bare", "type": "T", "plain": {"value": {"a": 1, "b": 2}}, "owner": {"object": "urn:a:1"},
        "title": {"languageMap": {"fr": "Rue"}}, "fill": {"value": 1, "observedAt": "2026-03-01T10:00:00Z"}, "gone": {"value": 1},
    }  # fmt: skip
    assert broker.post("entities", json=body).status_code == 201
    sent = {"plain": {"b": 3}, "owner": "urn:a:2", "title": "Straat", "fill": 2, "gone": "urn:ngsi-ld:null", "fresh": {"c": 1}, "location": place}
    assert broker.patch("entities/urn:x:bare", params={"options": "keyValues", "lang": "nl"}, json=sent).status_code == 204
    found = broker.get("entities/urn:x:bare").json()
    assert found["plain"] == {"type": "Property", "value": {"a": 1, "b": 3}}
    assert found["owner"] == {"type": "Relationship", "object": "urn:a:2"}
    assert found["title"]["languageMap"] == {"fr": "Rue", "nl": "Straat"}
    assert (found["fill"]["value"], found["fresh"]["value"], found["location"]["value"], "gone" in found) == (2, {"c": 1}, place, False)
    assert broker.patch("entities/urn:x:bare", params={"format": "simplified"}, json={"owner": 5}).status_code == 400
    assert broker.patch("entities/urn:x:bare", params={"format": "strange"}, json={"plain": 5}).status_code == 400


def test_a_replacement_leaves_nothing_else(broker: TestClient) -> None:
    put(broker)
    fresh = {"id": BIN, "type": "Bench", "colour": {"type": "Property", "value": "grey"}}
    assert broker.put(f"entities/{BIN}", json=fresh).status_code == 204
    assert get(broker) == fresh


def test_any_geometry_is_where_an_entity_stands(broker: TestClient) -> None:
    shape = {"type": "Polygon", "coordinates": [[[4.3, 50.8], [4.4, 50.8], [4.4, 50.9], [4.3, 50.8]]]}
    put(broker, location={"type": "GeoProperty", "value": shape})
    assert get(broker)["location"]["value"] == shape
    point = {"type": "Point", "coordinates": [4.36, 50.86]}
    assert broker.patch(f"entities/{BIN}/attrs/location", json={"value": point}).status_code == 204
    assert get(broker)["location"]["value"] == point


def test_batches_answer_for_each_entity(broker: TestClient) -> None:
    def bins(*names: str, **more: Any) -> list[dict[str, Any]]:
        return [{"id": f"urn:ngsi-ld:Bin:{name}", "type": "Bin", "colour": {"type": "Property", "value": "green"}, **more} for name in names]

    answer = broker.post("entityOperations/create", json=bins("a", "b"))
    assert (answer.status_code, answer.json()) == (201, ["urn:ngsi-ld:Bin:a", "urn:ngsi-ld:Bin:b"])
    answer = broker.post("entityOperations/create", json=[*bins("b", "c"), {"id": "no uri", "type": "Bin"}])
    assert answer.status_code == 207
    assert answer.json()["success"] == ["urn:ngsi-ld:Bin:c"]
    assert [each["error"]["type"] for each in answer.json()["errors"]] == [f"{ERRORS}AlreadyExists", f"{ERRORS}BadRequestData"]
    level = {"fill": {"type": "Property", "value": 5, "observedAt": "2026-03-01T10:00:00Z"}}
    answer = broker.post("entityOperations/upsert", params={"options": "update"}, json=bins("c", "d", **level))
    assert (answer.status_code, answer.json()) == (201, ["urn:ngsi-ld:Bin:d"])
    answer = broker.post("entityOperations/upsert", json=[{"id": "urn:ngsi-ld:Bin:c", "type": "Bin", "width": {"type": "Property", "value": 1}}])
    assert answer.status_code == 204
    assert set(broker.get("entities/urn:ngsi-ld:Bin:c").json()) == {"id", "type", "width"}
    more = [{"id": f"urn:ngsi-ld:Bin:{name}", "colour": {"type": "Property", "value": "red"}} for name in "az"]
    for operation in ("update", "merge"):
        answer = broker.post(f"entityOperations/{operation}", json=more)
        assert answer.status_code == 207
        assert [each["entityId"] for each in answer.json()["errors"]] == ["urn:ngsi-ld:Bin:z"]
    answer = broker.post("entityOperations/delete", json=["urn:ngsi-ld:Bin:a", "urn:ngsi-ld:Bin:z"])
    assert (answer.status_code, answer.json()["success"]) == (207, ["urn:ngsi-ld:Bin:a"])
    assert broker.post("entityOperations/delete", json=["urn:ngsi-ld:Bin:b"]).status_code == 204
    answer = broker.post("entityOperations/query", json={"type": "Query", "entities": [{"type": "Bin"}], "q": "fill>1"})
    assert [each["id"] for each in answer.json()] == ["urn:ngsi-ld:Bin:d"]


def test_what_there_is_is_told(broker: TestClient) -> None:
    put(broker)
    assert broker.get("types").json()["typeList"] == ["WasteContainer"]
    told = broker.get("types/WasteContainer").json()
    assert told["entityCount"] == 1
    assert {each["attributeName"]: each["attributeTypes"] for each in told["attributeDetails"]}["street"] == ["LanguageProperty"]
    assert {"fillingLevel", "location", "name"} <= set(broker.get("attributes").json()["attributeList"])
    assert broker.get("attributes/fillingLevel").json()["attributeCount"] == 1
    assert broker.get("types", params={"details": "true"}).json()[0]["typeName"] == "WasteContainer"
    assert broker.get("attributes", params={"details": "true"}).status_code == 200
    assert broker.get("types/Nothing").status_code == 404
    assert broker.get("attributes/nothing").status_code == 404


@pytest.mark.parametrize(
    ("sent", "where"),
    [
        ({"type": "T"}, "id"),
        ({"id": "urn:x:1"}, "type"),
        ({"id": "not a uri", "type": "T"}, "id"),
        ({"id": "urn:x:1", "type": "T", "a": None}, "a"),
        ({"id": "urn:x:1", "type": "T", "a": {}}, "a"),
        ({"id": "urn:x:1", "type": "T", "a": {"type": "Strange", "value": 1}}, "a"),
        ({"id": "urn:x:1", "type": "T", "a": {"type": "Property", "value": None}}, "a"),
        ({"id": "urn:x:1", "type": "T", "a": {"type": "Relationship", "object": "no uri"}}, "a"),
        ({"id": "urn:x:1", "type": "T", "a": {"type": "GeoProperty", "value": {"type": "Point", "coordinates": ["x"]}}}, ""),
        ({"id": "urn:x:1", "type": "T", "a": {"type": "Property", "value": 1, "observedAt": "yesterday"}}, "a.observedAt"),
        ({"id": "urn:x:1", "type": "T", "a": {"type": "Property", "value": 1, "observedAt": "2099-01-01T00:00:00Z"}}, "observedAt"),
        ({"id": "urn:x:1", "type": "T", "a": {"type": "LanguageProperty", "languageMap": "x"}}, "a"),
        ({"id": "urn:x:1", "type": "T", "a": NULL}, "a"),
        ({"id": "urn:x:1", "type": "T", "a b": 1}, "a b"),
        ({"id": "urn:x:1", "type": "T", "scope": "no slash"}, "scope"),
        ({"id": "urn:x:" + "1" * 400, "type": "T"}, "id"),
        ([], ""),
        ("x", ""),
    ],
)
def test_what_is_no_entity_is_refused_and_nothing_is_stored(broker: TestClient, sent: Any, where: str) -> None:
    answer = broker.post("entities", json=sent)
    assert answer.status_code == 400, answer.text
    assert answer.json()["type"] == f"{ERRORS}BadRequestData"
    assert not where or answer.json()["where"] == where
    assert broker.get("entities", params={"local": "true"}).json() == []


def test_requests_of_the_wrong_form_are_told_in_this_standards_words(broker: TestClient, visitor: TestClient) -> None:
    put(broker)
    cases = {
        400: [broker.post("entities", content=b"{", headers={"content-type": "application/json"}), broker.get("entities", params={"strange": "1"})],
        404: [broker.get("entities/urn:ngsi-ld:Nothing:1"), broker.delete("entities/urn:ngsi-ld:Nothing:1")],
        406: [broker.get(f"entities/{BIN}", headers={"accept": "text/turtle"})],
        409: [broker.post("entities", json=WHOLE)],
        415: [broker.post("entities", content=b"{}", headers={"content-type": "text/plain"})],
        422: [
            broker.patch(f"entities/{BIN}/attrs/fillingLevel", json={"value": 1, "unitCode": "CEL"}),
            broker.patch(f"entities/{BIN}/attrs/fillingLevel", json={"type": "Relationship", "object": "urn:x:1"}),
        ],
        501: [broker.get("entities", params={"type": "T"}, headers={"ngsild-tenant": "other"})],
        401: [visitor.post("entities", json=WHOLE), visitor.delete(f"entities/{BIN}")],
    }
    for status, answers in cases.items():
        for answer in answers:
            assert answer.status_code == status, (status, answer.text)
            assert answer.json()["title"]
    assert cases[409][0].json()["type"] == f"{ERRORS}AlreadyExists"
    assert cases[404][0].json()["type"] == f"{ERRORS}ResourceNotFound"
    assert cases[501][0].json()["type"] == f"{ERRORS}NoMultiTenantSupport"
    assert broker.get("entities").json()["type"] == f"{ERRORS}BadRequestData"
    assert get(broker) == WHOLE
